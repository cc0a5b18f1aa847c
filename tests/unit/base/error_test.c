#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

static void error__text__each_code_has_its_own_words(void **state)
{
    (void)state;
    for (int code = 0; code >= ERR_TIMEOUT; code--) {
        assert_string_not_equal(err_text(code), "unknown error");
        for (int other = 0; other > code; other--)
            assert_string_not_equal(err_text(code), err_text(other));
    }
}

static void error__text__of_an_unknown_code_is_never_null(void **state)
{
    (void)state;
    assert_string_equal(err_text(1), "unknown error");
    assert_string_equal(err_text(ERR_TIMEOUT - 1), "unknown error");
}

static void diag__set__writes_the_line_and_returns_the_code(void **state)
{
    (void)state;
    struct diag d;
    assert_int_equal(diag_set(&d, ERR_IO, "cannot open %s: %d", "x", 7), ERR_IO);
    assert_string_equal(d.text, "cannot open x: 7");
}

static void diag__set__without_a_diag_returns_the_code(void **state)
{
    (void)state;
    assert_int_equal(diag_set(NULL, ERR_AUTH, "%s", "x"), ERR_AUTH);
    assert_int_equal(diag_prefix(NULL, ERR_KEY, "%s", "x"), ERR_KEY);
}

static void diag__set__is_cut_at_its_size(void **state)
{
    (void)state;
    struct diag d;
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    diag_set(&d, 0, "%s", text);
    assert_int_equal(strlen(d.text), sizeof d.text - 1);
}

static void diag__set__control_characters_come_out_as_question_marks(void **state)
{
    (void)state;
    for (int c = 1; c < 0x100; c++) {
        struct diag d;
        char text[] = {'a', (char)c, 'b', '\0'};
        diag_set(&d, 0, "%s", text);
        assert_int_equal(strlen(d.text), 3);
        bool shown = c >= 0x20 && c < 0x7f; /* past that no byte alone is UTF-8 */
        assert_int_equal((unsigned char)d.text[1], shown ? c : '?');
    }
}

/* U+009B starts a terminal's control sequence just as ESC [ does. */
static void diag__set__the_upper_control_characters_as_well(void **state)
{
    (void)state;
    for (int c = 0x80; c <= 0xbf; c++) {
        struct diag d;
        char text[] = {'a', '\xc2', (char)c, 'b', '\0'};
        diag_set(&d, 0, "%s", text);
        assert_string_equal(d.text, c <= 0x9f ? "a??b" : text);
    }
}

static void diag__set__other_languages_stay_as_they_are(void **state)
{
    (void)state;
    struct diag d;
    diag_set(&d, 0, "%s", "Ärger — łódź, Ā, 中文, 🔑");
    assert_string_equal(d.text, "Ärger — łódź, Ā, 中文, 🔑");
    diag_set(&d, 0, "%s", "cut in the middle \xc2");
    assert_string_equal(d.text, "cut in the middle ?");
}

/* U+2028, U+202E, U+2066: each of their bytes. */
static void diag__set__what_ends_a_line_or_turns_it_round_as_well(void **state)
{
    (void)state;
    struct diag d;
    diag_set(&d, 0, "%s",
             "a\xe2\x80\xa8"
             "b\xe2\x80\xae"
             "c\xe2\x81\xa6"
             "d");
    assert_string_equal(d.text, "a???b???c???d");
}

static void diag__prefix__goes_before_the_line(void **state)
{
    (void)state;
    struct diag d;
    diag_set(&d, 0, "no such file");
    assert_int_equal(diag_prefix(&d, ERR_NOT_FOUND, "case %d", 4), ERR_NOT_FOUND);
    assert_string_equal(d.text, "case 4: no such file");
    diag_prefix(&d, 0, "a\nb");
    assert_string_equal(d.text, "a?b: case 4: no such file");
}

static void diag__prefix__is_cut_at_its_size(void **state)
{
    (void)state;
    char text[2000];
    memset(text, 'x', sizeof text);
    for (size_t len = 505; len <= 515; len++) { /* on both sides of the size */
        struct diag d;
        text[len] = '\0';
        diag_set(&d, 0, "old");
        diag_prefix(&d, 0, "%s", text);
        text[len] = 'x';
        size_t got = strlen(d.text);
        assert_int_equal(got, len + 5 < sizeof d.text ? len + 5 : sizeof d.text - 1);
        assert_int_equal(d.text[len < got ? len - 1 : got - 1], 'x');
    }
}

static void diag__prefix__of_a_full_line_is_cut(void **state)
{
    (void)state;
    struct diag d;
    char text[600];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    diag_set(&d, 0, "%s", text);
    diag_prefix(&d, 0, "p");
    assert_int_equal(strlen(d.text), sizeof d.text - 1);
    assert_memory_equal(d.text, "p: xxx", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error__text__each_code_has_its_own_words),
        cmocka_unit_test(error__text__of_an_unknown_code_is_never_null),
        cmocka_unit_test(diag__set__writes_the_line_and_returns_the_code),
        cmocka_unit_test(diag__set__without_a_diag_returns_the_code),
        cmocka_unit_test(diag__set__is_cut_at_its_size),
        cmocka_unit_test(diag__set__control_characters_come_out_as_question_marks),
        cmocka_unit_test(diag__set__the_upper_control_characters_as_well),
        cmocka_unit_test(diag__set__what_ends_a_line_or_turns_it_round_as_well),
        cmocka_unit_test(diag__set__other_languages_stay_as_they_are),
        cmocka_unit_test(diag__prefix__goes_before_the_line),
        cmocka_unit_test(diag__prefix__is_cut_at_its_size),
        cmocka_unit_test(diag__prefix__of_a_full_line_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
