/* A poll's words: what is asked, and what can be chosen.
 *
 *     Poll: QUESTION
 *     1. OPTION
 *     2. OPTION
 *
 * A vote repeats the option's words, so that who sees only those is told what is counted.
 */
#include <string.h>

#include "wire/content_internal.h"

#define NUMBER_MAX 16 /* "10. ", with room */

bool content_option_valid(const char *option)
{
    return value_line_valid(option, CONTENT_OPTION_MAX);
}

/* The next line without its newline, in the arena; `pos` is NULL after the last one. NULL: it holds
 * a NUL. */
static const char *take_line(struct arena *a, const char **pos, const char *end)
{
    const char *newline = memchr(*pos, '\n', (size_t)(end - *pos));
    size_t len = (size_t)((newline == NULL ? end : newline) - *pos);
    const char *line = arena_string_n(a, *pos, len);
    *pos = newline == NULL ? NULL : newline + 1;
    return line == NULL || strlen(line) != len ? NULL : line;
}

static bool read_option(struct content *c, const char *line)
{
    char number[NUMBER_MAX];
    if (line == NULL || c->option_count == CONTENT_OPTIONS_MAX)
        return false;
    int len = snprintf(number, sizeof number, "%u. ", c->option_count + 1);
    if (strncmp(line, number, (size_t)len) != 0)
        return false;
    c->options[c->option_count++] = line + len;
    return true;
}

bool content_poll_read(struct arena *a, struct content *c)
{
    const char *pos = c->text, *end = c->text + c->text_len;
    size_t prefix = strlen(CONTENT_ASKS);
    if (c->text_len < prefix || memcmp(pos, CONTENT_ASKS, prefix) != 0)
        return false;
    pos += prefix;
    c->question = take_line(a, &pos, end);
    while (pos != NULL)
        if (!read_option(c, take_line(a, &pos, end)))
            return false;
    return content_poll_check(c, NULL) == 0;
}

void content_poll_put(struct buf *b, const struct content *c)
{
    buf_format(b, CONTENT_ASKS "%s", c->question);
    for (unsigned i = 0; i < c->option_count; i++)
        buf_format(b, "\n%u. %s", i + 1, c->options[i]);
}

/* The number of an earlier one with the same words; 0: none. */
static unsigned find_same(const struct content *c, unsigned option)
{
    for (unsigned i = 0; i < option; i++)
        if (strcmp(c->options[i], c->options[option]) == 0)
            return i + 1;
    return 0;
}

int content_poll_check(const struct content *c, struct diag *d)
{
    if (c->question == NULL || !value_line_valid(c->question, CONTENT_QUESTION_MAX))
        return diag_set(d, ERR_FORMAT, "a poll's question is one line of at most %u bytes",
                        CONTENT_QUESTION_MAX);
    if (c->option_count < CONTENT_OPTIONS_MIN || c->option_count > CONTENT_OPTIONS_MAX)
        return diag_set(d, ERR_FORMAT, "a poll has %u to %u options", CONTENT_OPTIONS_MIN,
                        CONTENT_OPTIONS_MAX);
    for (unsigned i = 0; i < c->option_count; i++) {
        unsigned same = content_option_valid(c->options[i]) ? find_same(c, i) : 0;
        if (!content_option_valid(c->options[i]))
            return diag_set(d, ERR_FORMAT, "option %u is not one line of at most %u bytes", i + 1,
                            CONTENT_OPTION_MAX);
        if (same > 0)
            return diag_set(d, ERR_FORMAT, "the options %u and %u of the poll are the same", same,
                            i + 1);
    }
    return 0;
}

bool content_poll_same(const struct content *a, const struct content *b)
{
    bool same = a->option_count == b->option_count &&
                (a->question == NULL) == (b->question == NULL) &&
                (a->question == NULL || strcmp(a->question, b->question) == 0);
    for (unsigned i = 0; same && i < a->option_count; i++)
        same = strcmp(a->options[i], b->options[i]) == 0;
    return same;
}
