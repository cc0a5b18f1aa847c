#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void utf8__next__takes_whole_characters(void **state)
{
    static const struct {
        const char *text;
        size_t len, bytes;
        uint32_t c;
    } cases[] = {
        {"a", 1, 1, 'a'},
        {"", 1, 1, 0},
        {"\xc3\xa9", 2, 2, 0xe9},
        {"\xe2\x80\xae!", 4, 3, 0x202e},
        {"\xf0\x9f\x99\x82", 4, 4, 0x1f642},
        {"\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff},
        {"", 0, 0, 0},                 /* nothing left */
        {"\xc3", 1, 0, 0},             /* cut off */
        {"\xf0\x9f\x99", 3, 0, 0},     /* cut off */
        {"\xc3(", 2, 0, 0},            /* not continued */
        {"\xa9", 1, 0, 0},             /* not begun */
        {"\xc0\x8a", 2, 0, 0},         /* longer than needed */
        {"\xe0\x80\x8a", 3, 0, 0},     /* longer than needed */
        {"\xed\xa0\x80", 3, 0, 0},     /* a surrogate */
        {"\xf4\x90\x80\x80", 4, 0, 0}, /* past the last one */
        {"\xff", 1, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t c = 0;
        assert_int_equal(utf8_next(cases[i].text, cases[i].len, &c), cases[i].bytes);
        assert_int_equal(c, cases[i].c);
    }
}

static void utf8__kind__knows_what_a_terminal_obeys(void **state)
{
    static const struct {
        uint32_t first, last;
        enum utf8_kind kind;
    } cases[] = {
        {0, 9, UTF8_CONTROL},
        {'\n', '\n', UTF8_LINE_END},
        {0x0b, 0x1f, UTF8_CONTROL},
        {' ', '~', UTF8_PLAIN},
        {0x7f, 0x84, UTF8_CONTROL},
        {0x85, 0x85, UTF8_LINE_END},
        {0x86, 0x9f, UTF8_CONTROL},
        {0xa0, 0x58f, UTF8_PLAIN},
        {0x590, 0x8ff, UTF8_LEFTWARD},
        {0x200e, 0x200e, UTF8_PLAIN},
        {0x200f, 0x200f, UTF8_LEFTWARD},
        {0x2028, 0x2029, UTF8_LINE_END},
        {0x202a, 0x202e, UTF8_ORDER},
        {0x202f, 0x2065, UTF8_PLAIN},
        {0x2066, 0x2069, UTF8_ORDER},
        {0x206a, 0x206f, UTF8_PLAIN},
        {0xfb1d, 0xfdff, UTF8_LEFTWARD},
        {0xfeff, 0xfeff, UTF8_PLAIN},
        {0x1f600, 0x1f64f, UTF8_PLAIN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (uint32_t c = cases[i].first; c <= cases[i].last; c++)
            assert_int_equal(utf8_kind(c), cases[i].kind);
}

/* What terminals show, or more: less would let one begin a line by itself. */
static void utf8__columns__are_never_fewer_than_a_terminal_takes(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"plain", 5},
        {"\xc3\xa9\xd0\xb6\xce\xb1", 3},                     /* é ж α */
        {"e\xcc\x81\xcc\x82", 1},                            /* combining marks */
        {"\xe6\x97\xa5\xe6\x9c\xac", 4},                     /* 日本 */
        {"\xed\x95\x9c", 2},                                 /* 한 */
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2},         /* 한 in parts */
        {"\xe1\x85\xa1", 2},                                 /* a part alone */
        {"\xf0\x9f\x99\x82", 2},                             /* an emoji */
        {"\xe2\x9d\xa4", 1},                                 /* a heart … */
        {"\xe2\x9d\xa4\xef\xb8\x8f", 2},                     /* … as an emoji */
        {"\xf0\x9f\x99\x82\xef\xb8\x8f", 2},                 /* is one already */
        {"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 4},             /* with a skin */
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 4}, /* joined */
        {"\xf0\x9f\x87\xb3\xf0\x9f\x87\xb1", 4},             /* a flag */
        {"\xef\xbc\xa1", 2},                                 /* full width A */
        {"\xe2\x80\x8b", 0},                                 /* zero width space */
        {"\xf3\xbf\xbf\xbd", 1},                             /* private use */
        {"\xf0\x9f\xab\xa9", 2},                             /* newer than the table */
        {"a\xff z", 4},                                      /* not UTF-8 */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(utf8_text_columns(cases[i].text, strlen(cases[i].text)), cases[i].columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8__next__takes_whole_characters),
        cmocka_unit_test(utf8__kind__knows_what_a_terminal_obeys),
        cmocka_unit_test(utf8__columns__are_never_fewer_than_a_terminal_takes),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
