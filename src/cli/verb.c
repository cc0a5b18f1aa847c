#include "cli/verb.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/streams.h"
#include "cli/line.h"
#include "wire/value.h"

#define LAST_DAY INT64_C(2896372) /* 9899-12-31 */

static void print_help(const struct verb *v)
{
    printf("usage: ironside %s%s%s %s\n%s\n", v->noun, v->noun[0] == '\0' ? "" : " ", v->name,
           v->usage, v->help);
    if (v->more != NULL)
        printf("\n%s", v->more);
}

__attribute__((format(printf, 3, 0))) static void line(const struct verb *v, const char *behind,
                                                       const char *fmt, va_list ap)
{
    CLEANUP_LINE struct line l = LINE_INIT;
    char text[1024];
    vsnprintf(text, sizeof text, fmt, ap);
    line_put(&l, "ironside %s%s%s: ", v->noun, v->noun[0] == '\0' ? "" : " ", v->name);
    line_foreign(&l, text);
    line_put(&l, "%s", behind);
    line_end_on(stderr, &l, 0);
}

int verb_fail(const struct verb *v, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    line(v, "", fmt, ap);
    va_end(ap);
    return VERB_FAILED;
}

int verb_misused(const struct verb *v, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    line(v, " (see --help)", fmt, ap);
    va_end(ap);
    return VERB_USAGE;
}

int verb_shown(const struct verb *v)
{
    struct diag d = {""};
    return streams_shown(&d) < 0 ? verb_fail(v, "%s", d.text) : VERB_OK;
}

/* A command line under way. */
struct parsing {
    const struct verb *verb;
    int argc, at;
    char **argv;
    const struct option_spec *options;
    size_t count;
    uint64_t given; /* a bit for each option that was */
    const char **words;
    size_t words_max, words_count;
};

/* A text that is empty or that no request can carry would be taken for one that was not given. */
static int check_text(const struct verb *v, const char *what, const char *text)
{
    if (text[0] == '\0')
        return verb_misused(v, "%s is empty: was a variable not set?", what);
    return value_utf8_valid(text, strlen(text)) ? VERB_OK
                                                : verb_misused(v, "%s is not UTF-8", what);
}

static int add_to_list(const struct verb *v, const struct option_spec *o, const char *value)
{
    for (size_t i = 0; i < o->list_max; i++)
        if (o->list[i] == NULL) {
            o->list[i] = value;
            return VERB_OK;
        }
    return verb_misused(v, "--%s is given more than %zu times", o->name, o->list_max);
}

/* `value`: NULL when nothing follows. With `equals` it stands in the same word as the option. */
static int take_value(struct parsing *p, size_t which, const char *value, bool equals)
{
    const struct verb *v = p->verb;
    const struct option_spec *o = &p->options[which];
    char what[64];
    if (value == NULL)
        return verb_misused(v, "--%s needs a value", o->name);
    if (!equals && strncmp(value, "--", 2) == 0)
        return verb_misused(v, "--%s needs a value; if '%s' is meant: --%s=%s", o->name, value,
                            o->name, value);
    snprintf(what, sizeof what, "the value of --%s", o->name);
    int r = check_text(v, what, value);
    if (r != VERB_OK)
        return r;
    if (o->list != NULL)
        return add_to_list(v, o, value);
    if ((p->given & UINT64_C(1) << which) != 0)
        return verb_misused(v, "--%s is given twice", o->name);
    p->given |= UINT64_C(1) << which;
    *o->value = value;
    return VERB_OK;
}

/* What stands at p->at is an option; takes its value too. */
static int take_option(struct parsing *p)
{
    const char *name = p->argv[p->at] + 2, *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    for (size_t i = 0; i < p->count; i++) {
        const struct option_spec *o = &p->options[i];
        if (strlen(o->name) != len || strncmp(o->name, name, len) != 0)
            continue;
        if (!o->flag)
            return take_value(p, i,
                              equals != NULL        ? equals + 1
                              : p->at + 1 < p->argc ? p->argv[++p->at]
                                                    : NULL,
                              equals != NULL);
        if (equals != NULL)
            return verb_misused(p->verb, "--%s takes no value", o->name);
        *o->set = true;
        return VERB_OK;
    }
    return verb_misused(p->verb, "there is no option --%.*s", (int)len, name);
}

static int take_word(struct parsing *p, const char *word, bool only_words)
{
    int r = check_text(p->verb, "a word", word);
    if (r != VERB_OK)
        return r;
    if (!only_words && word[0] == '-' && word[1] != '\0')
        return verb_misused(p->verb, "there is no option %s: if it is a word, write -- before it",
                            word);
    if (p->words_count == p->words_max)
        return verb_misused(p->verb, "'%s' is a word too many", word);
    p->words[p->words_count++] = word;
    return VERB_OK;
}

int verb_parse(const struct verb *v, int argc, char **argv, const struct option_spec *options,
               size_t count, const char **ret_words, size_t max_words, size_t *ret_count)
{
    struct parsing p = {.verb = v,
                        .argc = argc,
                        .argv = argv,
                        .options = options,
                        .count = count,
                        .words = ret_words,
                        .words_max = max_words};
    bool only_words = false;
    int r = VERB_OK;
    for (p.at = 1; r == VERB_OK && p.at < argc; p.at++) {
        char *word = argv[p.at];
        if (!only_words && strcmp(word, "--help") == 0) {
            print_help(v);
            return -1;
        }
        if (!only_words && strcmp(word, "--") == 0)
            only_words = true;
        else if (!only_words && strcmp(word, VERB_UTC) == 0)
            calendar_show_utc();
        else if (!only_words && strncmp(word, "--", 2) == 0)
            r = take_option(&p);
        else
            r = take_word(&p, word, only_words);
    }
    *ret_count = p.words_count;
    return r;
}

int verb_day(const struct verb *v, const char *option, const char *text, int64_t *ret)
{
    int64_t day;
    if (calendar_parse_day(text, &day) < 0)
        return verb_misused(v, "--%s '%s' is not a day as YYYY-MM-DD", option, text);
    if (day < 0 || day > LAST_DAY)
        return verb_misused(v, "--%s %s is not between 1970-01-01 and 9899-12-31", option, text);
    *ret = day;
    return VERB_OK;
}
