#include "worker/translation.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"

const char *translation_outcome_text(enum translation_outcome o)
{
    static const char *const texts[] = {
        [TRANSLATED] = "",
        [TRANSLATION_MISSING] = "no program is there for these languages",
        [TRANSLATION_BUSY] = "too many texts wait to be translated",
        [TRANSLATION_FAILED] = "the program that translates ended with an error",
        [TRANSLATION_SLOW] = "the program's time was up",
        [TRANSLATION_LONG] = "the program said more than is taken of it",
        [TRANSLATION_EMPTY] = "the program said nothing",
        [TRANSLATION_NONSENSE] = "what the program said is no text",
    };
    _Static_assert(sizeof texts / sizeof *texts == TRANSLATION_OUTCOMES, "a text for each outcome");
    return texts[o];
}

/* ---- texts ---- */

static bool is_text(const char *text, size_t len)
{
    size_t step = 0;
    for (size_t at = 0; at < len; at += step) {
        uint32_t point = 0;
        step = utf8_next(text + at, len - at, &point);
        bool control = utf8_kind(point) == UTF8_CONTROL && point != '\t' && point != '\r';
        if (step == 0 || control)
            return false;
    }
    return true;
}

enum translation_outcome translation_judge(const char *text, size_t len, const char **ret,
                                           size_t *ret_len)
{
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    while (len > 0 && isspace((unsigned char)text[0])) {
        text++;
        len--;
    }
    *ret = text;
    *ret_len = len;
    if (len == 0)
        return TRANSLATION_EMPTY;
    return is_text(text, len) ? TRANSLATED : TRANSLATION_NONSENSE;
}

static const char *get_text(struct cursor *c, struct arena *a, size_t max)
{
    size_t len = 0;
    const char *text = (const char *)cursor_block(c, max, &len);
    const char *copy = text == NULL ? NULL : arena_string_n(a, text, len);
    if (copy == NULL || strlen(copy) != len) {
        cursor_fail(c);
        return "";
    }
    return copy;
}

/* ---- frames ---- */

void translation_job_put(struct buf *b, const struct translation_job *j)
{
    buf_put_u64(b, j->number);
    buf_put_block(b, j->from, strlen(j->from));
    buf_put_block(b, j->to, strlen(j->to));
    buf_put_block(b, j->text, strlen(j->text));
}

int translation_job_get(struct cursor *c, struct arena *a, struct translation_job *ret)
{
    struct translation_job j = {.number = cursor_u64(c)};
    j.from = get_text(c, a, TRANSLATION_LANGUAGE_MAX);
    j.to = get_text(c, a, TRANSLATION_LANGUAGE_MAX);
    j.text = get_text(c, a, TRANSLATION_TEXT_MAX);
    if (cursor_end(c) < 0 || j.text[0] == '\0')
        return ERR_FORMAT;
    *ret = j;
    return 0;
}

void translation_result_put(struct buf *b, const struct translation_result *r)
{
    buf_put_u64(b, r->number);
    buf_put_u8(b, (uint8_t)r->outcome);
    buf_put_block(b, r->text, strlen(r->text));
}

int translation_result_get(struct cursor *c, struct arena *a, struct translation_result *ret)
{
    struct translation_result r = {.number = cursor_u64(c)};
    const char *text;
    size_t len;
    unsigned outcome = cursor_u8(c);
    r.text = get_text(c, a, TRANSLATION_MAX);
    if (cursor_end(c) < 0 || outcome >= TRANSLATION_OUTCOMES)
        return ERR_FORMAT;
    r.outcome = (enum translation_outcome)outcome;
    bool good = r.outcome == TRANSLATED
                    ? translation_judge(r.text, strlen(r.text), &text, &len) == TRANSLATED
                    : r.text[0] == '\0';
    if (!good)
        return ERR_FORMAT;
    *ret = r;
    return 0;
}
