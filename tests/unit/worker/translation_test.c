/* A text's job and what came of it, as frames: what has no form is refused. */
#include "worker/translation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"

#define ROOM (4U * TRANSLATION_FRAME_MAX)

static int get_job(struct buf *b, size_t len, struct arena *a, struct translation_job *ret)
{
    struct cursor c = cursor_over(b->data, len);
    return translation_job_get(&c, a, ret);
}
static int get_result(struct buf *b, size_t len, struct arena *a, struct translation_result *ret)
{
    struct cursor c = cursor_over(b->data, len);
    return translation_result_get(&c, a, ret);
}

static void translation__job__comes_back(void **state)
{
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
    CLEANUP_ARENA struct arena a = ARENA_INIT(ROOM);
    const struct translation_job j = {7, "es", "en", "¿Qué tal?"};
    struct translation_job back;
    (void)state;
    translation_job_put(&b, &j);
    assert_int_equal(get_job(&b, b.len, &a, &back), 0);
    assert_int_equal(back.number, 7);
    assert_string_equal(back.from, "es");
    assert_string_equal(back.to, "en");
    assert_string_equal(back.text, "¿Qué tal?");
    for (size_t len = 0; len < b.len; len++)
        assert_int_equal(get_job(&b, len, &a, &back), ERR_FORMAT);
}

static void translation__job__is_bounded(void **state)
{
    CLEANUP_FREE char *text = mem_new(TRANSLATION_TEXT_MAX + 2);
    memset(text, 'x', TRANSLATION_TEXT_MAX + 1);
    const struct translation_job wrong[] = {{1, "es", "en", ""},
                                            {1, "es", "en", text},
                                            {1, "esesesese", "en", "x"},
                                            {1, "es", "enenenene", "x"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
        CLEANUP_ARENA struct arena a = ARENA_INIT(ROOM);
        struct translation_job back;
        translation_job_put(&b, &wrong[i]);
        assert_int_equal(get_job(&b, b.len, &a, &back), ERR_FORMAT);
    }
}

static void translation__result__is_a_text_or_a_reason(void **state)
{
    static const struct {
        struct translation_result r;
        int want;
    } rows[] = {
        {{1, TRANSLATED, "hello\n\tthere"}, 0},       {{1, TRANSLATION_SLOW, ""}, 0},
        {{1, TRANSLATION_SLOW, "hello"}, ERR_FORMAT}, {{1, TRANSLATED, ""}, ERR_FORMAT},
        {{1, TRANSLATED, " \n"}, ERR_FORMAT},         {{1, TRANSLATED, "a\033[2J"}, ERR_FORMAT},
        {{1, TRANSLATED, "a\377"}, ERR_FORMAT},       {{1, TRANSLATION_OUTCOMES, ""}, ERR_FORMAT}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
        CLEANUP_ARENA struct arena a = ARENA_INIT(ROOM);
        struct translation_result back;
        translation_result_put(&b, &rows[i].r);
        assert_int_equal(get_result(&b, b.len, &a, &back), rows[i].want);
        for (size_t len = 0; len < b.len; len++)
            assert_int_equal(get_result(&b, len, &a, &back), ERR_FORMAT);
    }
}

static void translation__judge__takes_blanks_off(void **state)
{
    const char *text;
    size_t len;
    (void)state;
    assert_int_equal(translation_judge(" a b\n\n", 6, &text, &len), TRANSLATED);
    assert_int_equal(len, 3);
    assert_memory_equal(text, "a b", 3);
    assert_int_equal(translation_judge(" \n", 2, &text, &len), TRANSLATION_EMPTY);
    assert_int_equal(translation_judge("a\0b", 3, &text, &len), TRANSLATION_NONSENSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(translation__job__comes_back),
        cmocka_unit_test(translation__job__is_bounded),
        cmocka_unit_test(translation__result__is_a_text_or_a_reason),
        cmocka_unit_test(translation__judge__takes_blanks_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
