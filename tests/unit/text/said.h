/* What a text's words are, as one line that a test can compare. */
#ifndef IRONSIDE_TESTS_TEXT_SAID_H
#define IRONSIDE_TESTS_TEXT_SAID_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/text_internal.h"

enum said {
    SAID_WORDS = 0,   /* "one two" */
    SAID_FORMS = 1,   /* pairs and Latin forms, too: "of [of+the] the", "москва (moskva)" */
    SAID_OFFSETS = 2, /* "one@0-3" */
    SAID_SLOW = 4,    /* ICU for ASCII, too */
};

struct said_walk {
    struct buf *b;
    int how;
    uint32_t positions;
};

static inline int said_word(void *context, const struct text_word *w)
{
    struct said_walk *s = context;
    if (w->kind == TEXT_WORD) {
        assert_int_equal(w->position, s->positions);
        s->positions++;
    } else {
        assert_int_equal(w->position, s->positions - 1);
    }
    if ((s->how & SAID_FORMS) == 0 && w->kind != TEXT_WORD)
        return 0;
    if (s->b->len > 0)
        buf_put_text(s->b, " ");
    if (w->kind == TEXT_LATIN) {
        assert_int_equal(w->word[0], TEXT_MARK_LATIN);
        buf_format(s->b, "(%.*s)", (int)w->len - 1, w->word + 1);
    } else if (w->kind == TEXT_PAIR) {
        const char *mark = memchr(w->word, TEXT_MARK_PAIR, w->len);
        assert_non_null(mark);
        buf_format(s->b, "[%.*s+%.*s]", (int)(mark - w->word), w->word,
                   (int)(w->word + w->len - mark - 1), mark + 1);
    } else {
        assert_null(memchr(w->word, ' ', w->len));
        buf_put(s->b, w->word, w->len);
    }
    if ((s->how & SAID_OFFSETS) != 0)
        buf_format(s->b, "@%zu-%zu", w->start, w->end);
    return 0;
}

/* Owned by the caller. */
static inline char *said(struct text *t, const char *text, size_t len, int how)
{
    struct buf b = BUF_INIT(1U << 24);
    struct said_walk s = {.b = &b, .how = how};
    struct text_walk w = {.t = t,
                          .text = text,
                          .len = len,
                          .fn = said_word,
                          .context = &s,
                          .slow = (how & SAID_SLOW) != 0};
    assert_int_equal(text_walk(&w), 0);
    return buf_take_text(&b);
}

static inline void assert_said(struct text *t, const char *text, int how, const char *expected)
{
    char *is = said(t, text, strlen(text), how);
    if (strcmp(is, expected) != 0)
        fail_msg("\"%s\": is \"%s\", not \"%s\"", text, is, expected);
    free(is);
}

#endif
