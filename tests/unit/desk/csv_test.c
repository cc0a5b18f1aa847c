/* Cells that no program takes for a formula. */
#include "desk/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_cell(const char *text, const char *expected)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    csv_put(&b, true, text);
    assert_string_equal(buf_text(&b), expected);
}

static void csv__cell__is_quoted(void **state)
{
    (void)state;
    assert_cell("", "\"\"");
    assert_cell("a, \"b\"\nc", "\"a, \"\"b\"\"\nc\"");
    assert_cell("100", "\"100\"");
    assert_cell("a=b", "\"a=b\"");
    assert_cell("'quoted'", "\"'quoted'\"");
}

static void csv__cell__is_no_formula(void **state)
{
    (void)state;
    static const char *const formulas[] = {
        "=1+2", "+31 6 1234", "-2",       "@SUM(A1)", "\t=1",
        "\r=1", "\n=1",       "  =1",     "＝1",      "＋1",
        "－1",  "＠a",        "\u00a0=1", "\u3000=1", "=cmd|' /C calc'!A0",
    };
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(1024);
        csv_put(&b, true, formulas[i]);
        assert_memory_equal(buf_text(&b), "\"'", 2);
        assert_memory_equal(buf_text(&b) + 2, formulas[i], strlen(formulas[i]));
    }
}

static void csv__line__ends_as_rfc_4180_has_it(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    csv_put_number(&b, true, 7);
    csv_put(&b, false, "x");
    csv_put_number(&b, false, -1);
    csv_end(&b);
    assert_string_equal(buf_text(&b), "7,\"x\",-1\r\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv__cell__is_quoted),
        cmocka_unit_test(csv__cell__is_no_formula),
        cmocka_unit_test(csv__line__ends_as_rfc_4180_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
