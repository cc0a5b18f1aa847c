#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/calendar.h"

#define FIRST_DAY INT64_C(-719162) /* 0001-01-01 */
#define LAST_DAY INT64_C(2932896)  /* 9999-12-31 */

/* The day's name, its instants and back agree with the C library's calendar. */
static void check_day(int64_t day)
{
    time_t seconds = (time_t)(day * 86400);
    struct tm tm;
    assert_non_null(gmtime_r(&seconds, &tm));
    char expected[80], got[CALENDAR_DAY_LEN + 1];
    snprintf(expected, sizeof expected, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday);
    calendar_format_day(day, got);
    assert_string_equal(got, expected);
    int64_t back = 0;
    assert_int_equal(calendar_parse_day(got, &back), 0);
    assert_true(back == day);
    assert_true(calendar_day_from(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) == day);
}

static void calendar__format_day__agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = -30000; day <= 60000; day++) /* 1887 to 2134: each day */
        check_day(day);
    for (int64_t day = FIRST_DAY; day <= LAST_DAY; day += 29)
        check_day(day);
}

static void calendar__format_day__ends_of_february_in_every_year(void **state)
{
    (void)state;
    for (int year = 1; year <= 9999; year++) {
        char text[40];
        int64_t february, march;
        snprintf(text, sizeof text, "%04d-02-28", year);
        assert_int_equal(calendar_parse_day(text, &february), 0);
        check_day(february);
        check_day(february + 1);
        snprintf(text, sizeof text, "%04d-03-01", year);
        assert_int_equal(calendar_parse_day(text, &march), 0);
        check_day(march);
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        assert_int_equal(march - february, leap ? 2 : 1);
    }
}

static void calendar__format_day__first_and_last(void **state)
{
    (void)state;
    char text[CALENDAR_DAY_LEN + 1];
    calendar_format_day(FIRST_DAY, text);
    assert_string_equal(text, "0001-01-01");
    calendar_format_day(LAST_DAY, text);
    assert_string_equal(text, "9999-12-31");
    check_day(FIRST_DAY);
    check_day(LAST_DAY);
}

static void calendar__format_day__outside_is_the_nearest(void **state)
{
    (void)state;
    static const int64_t before[] = {FIRST_DAY - 1, FIRST_DAY - 366, -1000000000, INT64_MIN};
    static const int64_t after[] = {LAST_DAY + 1, LAST_DAY + 366, 1000000000, INT64_MAX};
    char text[CALENDAR_DAY_LEN + 1];
    for (size_t i = 0; i < 4; i++) {
        calendar_format_day(before[i], text);
        assert_string_equal(text, "0001-01-01");
        calendar_format_day(after[i], text);
        assert_string_equal(text, "9999-12-31");
    }
}

static void calendar__format__agrees_with_the_c_library(void **state)
{
    (void)state;
    const int64_t from = FIRST_DAY * CALENDAR_DAY_MS, to = (LAST_DAY + 1) * CALENDAR_DAY_MS;
    for (int64_t at = from; at < to; at += INT64_C(5000000011)) { /* 58 days and a bit */
        time_t seconds = (time_t)((at - (at % 1000 + 1000) % 1000) / 1000);
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        char expected[80], got[CALENDAR_INSTANT_LEN + 1];
        size_t len = (size_t)snprintf(expected, sizeof expected, "%04d-", tm.tm_year + 1900);
        len += strftime(expected + len, sizeof expected - len, "%m-%dT%H:%M:%S", &tm);
        snprintf(expected + len, sizeof expected - len, ".%03dZ", (int)((at % 1000 + 1000) % 1000));
        calendar_format(at, got);
        assert_string_equal(got, expected);
        int64_t back = 0;
        assert_int_equal(calendar_parse(got, &back), 0);
        assert_true(back == at);
        back = 0;
        assert_int_equal(calendar_parse_loose(got, &back), 0);
        assert_true(back == at);
    }
}

static void calendar__format__edges(void **state)
{
    (void)state;
    static const struct {
        int64_t at;
        const char *text;
    } edges[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {1, "1970-01-01T00:00:00.001Z"},
        {INT64_C(951782399999), "2000-02-28T23:59:59.999Z"},
        {INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
        {INT64_C(4107542400000), "2100-03-01T00:00:00.000Z"},
        {FIRST_DAY * CALENDAR_DAY_MS, "0001-01-01T00:00:00.000Z"},
        {(LAST_DAY + 1) * CALENDAR_DAY_MS - 1, "9999-12-31T23:59:59.999Z"},
    };
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        char text[CALENDAR_INSTANT_LEN + 1];
        calendar_format(edges[i].at, text);
        assert_string_equal(text, edges[i].text);
        int64_t back = 5;
        assert_int_equal(calendar_parse(text, &back), 0);
        assert_true(back == edges[i].at);
    }
}

static void calendar__format__outside_is_the_nearest(void **state)
{
    (void)state;
    static const int64_t before[] = {FIRST_DAY * CALENDAR_DAY_MS - 1,
                                     FIRST_DAY * CALENDAR_DAY_MS - 12345678, INT64_MIN};
    static const int64_t after[] = {(LAST_DAY + 1) * CALENDAR_DAY_MS,
                                    (LAST_DAY + 1) * CALENDAR_DAY_MS + 12345678, INT64_MAX};
    char text[CALENDAR_INSTANT_LEN + 1];
    for (size_t i = 0; i < 3; i++) {
        calendar_format(before[i], text);
        assert_string_equal(text, "0001-01-01T00:00:00.000Z");
        calendar_format(after[i], text);
        assert_string_equal(text, "9999-12-31T23:59:59.999Z");
    }
}

static void calendar__day_of__rounds_down(void **state)
{
    (void)state;
    assert_true(calendar_day_of(0) == 0);
    assert_true(calendar_day_of(CALENDAR_DAY_MS - 1) == 0);
    assert_true(calendar_day_of(CALENDAR_DAY_MS) == 1);
    assert_true(calendar_day_of(-1) == -1);
    assert_true(calendar_day_of(-CALENDAR_DAY_MS) == -1);
    assert_true(calendar_day_of(-CALENDAR_DAY_MS - 1) == -2);
    assert_true(calendar_day_of(INT64_MAX) == INT64_MAX / CALENDAR_DAY_MS);
    assert_true(calendar_day_of(INT64_MIN) == INT64_MIN / CALENDAR_DAY_MS - 1);
}

static void calendar__parse_day__bad_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "2024",       "2024-",       "2024-01",     "2024-01-",    "2024-01-1",
        "2024-1-01",  "24-01-01",   "02024-01-01", "2024-01-001", "2024-01-01 ", " 2024-01-01",
        "2024/01/01", "2024-01/01", "20240101",    "2024-00-01",  "2024-13-01",  "2024-01-00",
        "2024-01-32", "2024-04-31", "2024-06-31",  "2024-09-31",  "2024-11-31",  "2024-02-30",
        "2023-02-29", "1900-02-29", "2100-02-29",  "0000-01-01",  "-001-01-01",  "+024-01-01",
        "2024-01-0x", "2024-99-99", "2024-01-01T", "10000-01-01", "2024-+1-01",  "2024-01-01Z"};
    int64_t day = 5;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (calendar_parse_day(bad[i], &day) != ERR_FORMAT)
            fail_msg("\"%s\" was taken", bad[i]);
        assert_true(day == 5);
    }
    assert_int_equal(calendar_parse_day("2024-02-29", &day), 0);
    assert_int_equal(calendar_parse_day("2000-02-29", &day), 0);
}

static void calendar__parse__bad_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2024-01-01",
        "2024-01-01T",
        "2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00.0Z",
        "2024-01-01T00:00:00.00Z",
        "2024-01-01T00:00:00.0000Z",
        "2024-01-01T00:00:00.000",
        "2024-01-01T00:00:00.000z",
        "2024-01-01t00:00:00.000Z",
        "2024-01-01 00:00:00.000Z",
        "2024-01-01T00:00:00,000Z",
        "2024-01-01T00:00:00.000+00:00",
        "2024-01-01T00:00:00.000ZZ",
        "2024-01-01T00:00:00.000Z ",
        " 2024-01-01T00:00:00.000Z",
        "2024-01-01T24:00:00.000Z",
        "2024-01-01T00:60:00.000Z",
        "2024-01-01T00:00:60.000Z",
        "2016-12-31T23:59:60.000Z", /* a leap second: not in our count */
        "2024-01-01T0:00:00.000Z",
        "2024-01-01T00:0:00.000Z",
        "2024-01-01T00:00:0.000Z",
        "2024-01-01T00:00:00.-01Z",
        "2024-01-01T000000.000Z",
        "2023-02-29T00:00:00.000Z",
        "0000-01-01T00:00:00.000Z",
    };
    int64_t at = 5;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (calendar_parse(bad[i], &at) != ERR_FORMAT)
            fail_msg("\"%s\" was taken", bad[i]);
        assert_true(at == 5);
    }
    assert_int_equal(calendar_parse("2024-01-01T00:00:00.000Z", &at), 0);
    assert_true(at == INT64_C(1704067200000));
}

/* A text that ends anywhere is refused without a look past its end. */
static void calendar__parse__cut_short_is_refused(void **state)
{
    (void)state;
    static const char whole[] = "2024-02-29T12:34:56.789Z";
    for (size_t len = 0; len < sizeof whole - 1; len++) {
        char *text = test_malloc(len + 1);
        memcpy(text, whole, len);
        text[len] = '\0';
        int64_t at;
        assert_int_equal(calendar_parse(text, &at), ERR_FORMAT);
        assert_int_equal(calendar_parse_loose(text, &at), ERR_FORMAT);
        if (len != CALENDAR_DAY_LEN)
            assert_int_equal(calendar_parse_day(text, &at), ERR_FORMAT);
        test_free(text);
    }
}

static void calendar__parse_loose__takes_any_fraction(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at;
    } good[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.5Z", 500},
        {"1970-01-01T00:00:00.05Z", 50},
        {"1970-01-01T00:00:00.123Z", 123},
        {"1970-01-01T00:00:00.123456Z", 123},
        {"1970-01-01T00:00:00.9999999999999999999999999999999999999999Z", 999},
        {"1969-12-31T23:59:59.9Z", -100},
        {"0001-01-01T00:00:00.0Z", FIRST_DAY * CALENDAR_DAY_MS},
        {"9999-12-31T23:59:59.9999Z", (LAST_DAY + 1) * CALENDAR_DAY_MS - 1},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t at = 5;
        assert_int_equal(calendar_parse_loose(good[i].text, &at), 0);
        assert_true(at == good[i].at);
    }
}

static void calendar__parse_loose__bad_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "1970-01-01T00:00:00",      "1970-01-01T00:00:00.Z",  "1970-01-01T00:00:00.",
        "1970-01-01T00:00:00z",     "1970-01-01T00:00Z",      "1970-01-01T00:00:00.5",
        "1970-01-01T00:00:00+0000", "1970-01-01T00:00:00.5x", "1970-01-01T00:00:00.5.5Z",
        "1970-01-01T00:00:00 Z",    "1970-01-01T00:00:00Z ",  "1970-02-30T00:00:00Z",
    };
    int64_t at = 5;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (calendar_parse_loose(bad[i], &at) != ERR_FORMAT)
            fail_msg("\"%s\" was taken", bad[i]);
        assert_true(at == 5);
    }
}

static void calendar__show__names_the_zone(void **state)
{
    static const struct {
        const char *zone;
        int64_t at;
        const char *shown;
    } cases[] = {
        {"UTC0", 0, "1970-01-01 00:00 UTC"},
        {"GMT0BST,M3.5.0/1,M10.5.0", INT64_C(1785279612345), "2026-07-29 00:00 +01:00"},
        {"GMT0BST,M3.5.0/1,M10.5.0", INT64_C(1767225600000), "2026-01-01 00:00 UTC"},
        {"XXX-5:45", -1, "1970-01-01 05:44 +05:45"},
        {"XXX+9:30", 0, "1969-12-31 14:30 -09:30"},
        {"XXX-14", INT64_MAX, "9999-12-31 23:59 +14:00"},
        {"XXX+12", INT64_MIN, "0001-01-01 00:00 -12:00"},
    };
    char shown[CALENDAR_SHOWN_LEN + 1];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("TZ", cases[i].zone, 1);
        calendar_show(cases[i].at, shown);
        assert_string_equal(shown, cases[i].shown);
    }
    calendar_show_utc();
    calendar_show(INT64_C(1785279612345), shown);
    assert_string_equal(shown, "2026-07-28 23:00 UTC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calendar__format_day__agrees_with_the_c_library),
        cmocka_unit_test(calendar__format_day__ends_of_february_in_every_year),
        cmocka_unit_test(calendar__format_day__first_and_last),
        cmocka_unit_test(calendar__format_day__outside_is_the_nearest),
        cmocka_unit_test(calendar__format__agrees_with_the_c_library),
        cmocka_unit_test(calendar__format__edges),
        cmocka_unit_test(calendar__format__outside_is_the_nearest),
        cmocka_unit_test(calendar__show__names_the_zone),
        cmocka_unit_test(calendar__day_of__rounds_down),
        cmocka_unit_test(calendar__parse_day__bad_forms_are_refused),
        cmocka_unit_test(calendar__parse__bad_forms_are_refused),
        cmocka_unit_test(calendar__parse__cut_short_is_refused),
        cmocka_unit_test(calendar__parse_loose__takes_any_fraction),
        cmocka_unit_test(calendar__parse_loose__bad_forms_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
