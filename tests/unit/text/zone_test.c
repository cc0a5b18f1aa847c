#include "text/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct zone *open_zone(const char *name)
{
    struct zone *z = NULL;
    struct diag d = {""};
    if (zone_open(name, &z, &d) != 0)
        fail_msg("%s", d.text);
    return z;
}

/* What an instant is in UTC: "2026-03-29T01:00". */
static void assert_instant(const struct zone *z, struct zone_time t, const char *expected)
{
    CLEANUP(zone_free_cleanup) struct zone *utc = open_zone("UTC");
    struct zone_time u;
    int64_t ms = 0;
    char is[64];
    assert_int_equal(zone_instant(z, &t, &ms), 0);
    assert_int_equal(ms % 60000, 0);
    zone_read(utc, ms, &u);
    snprintf(is, sizeof is, "%04d-%02d-%02dT%02d:%02d", u.year, u.month, u.day, u.hour, u.minute);
    if (strcmp(is, expected) != 0)
        fail_msg("%s: %04d-%02d-%02d %02d:%02d is %s, not %s", zone_name(z), t.year, t.month, t.day,
                 t.hour, t.minute, is, expected);
}
#define AT(...) ((struct zone_time){__VA_ARGS__})

static void zone__open__known(void **state)
{
    static const char *const names[] = {
        "UTC", "GMT", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/UTC", "Asia/Calcutta"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CLEANUP(zone_free_cleanup) struct zone *z = open_zone(names[i]);
        assert_string_equal(zone_name(z), names[i]);
    }
    zone_free(NULL);
}

static void zone__open__unknown(void **state)
{
    static const char *const names[] = {
        "",
        "Europe/Bärlin",
        "Europe/Berlin ",
        "europe/berlin",
        "BST",
        "PST",
        "GMT+3",
        "UTC+01:00",
        "Mars/Phobos",
        "Etc/Unknown",
        "/",
        "../etc/passwd",
        "0123456789/0123456789/0123456789/0123456789/0123456789/012345678",
        "America/Argentina/Buenos_Aires/America/Argentina/Buenos_Aires/America"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone *z = NULL;
        struct diag d = {""};
        if (zone_open(names[i], &z, &d) != ERR_NOT_FOUND)
            fail_msg("'%s' is taken for a zone", names[i]);
        assert_null(z);
        assert_non_null(strstr(d.text, names[i][0] == 'E' && names[i][8] != 'r' ? "" : "Berlin"));
    }
}

static void zone__instant__of_clocks(void **state)
{
    (void)state;
    CLEANUP(zone_free_cleanup) struct zone *berlin = open_zone("Europe/Berlin");
    CLEANUP(zone_free_cleanup) struct zone *calcutta = open_zone("Asia/Kolkata");
    CLEANUP(zone_free_cleanup) struct zone *utc = open_zone("UTC");
    int64_t ms;
    assert_int_equal(zone_instant(utc, &AT(1970, 1, 1, 0, 0), &ms), 0);
    assert_int_equal(ms, 0);
    assert_instant(berlin, AT(2026, 1, 15, 12, 30), "2026-01-15T11:30");
    assert_instant(berlin, AT(2026, 7, 15, 12, 30), "2026-07-15T10:30");
    assert_instant(calcutta, AT(2026, 7, 15, 0, 0), "2026-07-14T18:30");
}

static void zone__instant__skipped_and_repeated(void **state)
{
    (void)state;
    CLEANUP(zone_free_cleanup) struct zone *berlin = open_zone("Europe/Berlin");
    CLEANUP(zone_free_cleanup) struct zone *sao = open_zone("America/Sao_Paulo");
    CLEANUP(zone_free_cleanup) struct zone *apia = open_zone("Pacific/Apia");
    CLEANUP(zone_free_cleanup) struct zone *howe = open_zone("Australia/Lord_Howe");
    assert_instant(berlin, AT(2026, 3, 29, 1, 59), "2026-03-29T00:59");
    assert_instant(berlin, AT(2026, 3, 29, 2, 0), "2026-03-29T01:00");
    assert_instant(berlin, AT(2026, 3, 29, 2, 59), "2026-03-29T01:00");
    assert_instant(berlin, AT(2026, 3, 29, 3, 0), "2026-03-29T01:00");
    assert_instant(berlin, AT(2026, 10, 25, 2, 0), "2026-10-25T00:00");
    assert_instant(berlin, AT(2026, 10, 25, 2, 59), "2026-10-25T00:59");
    assert_instant(berlin, AT(2026, 10, 25, 3, 0), "2026-10-25T02:00");
    assert_instant(sao, AT(2018, 11, 4, 0, 0), "2018-11-04T03:00"); /* no midnight */
    assert_instant(sao, AT(2018, 2, 18, 0, 0), "2018-02-18T03:00");
    assert_instant(sao, AT(2018, 2, 17, 23, 30), "2018-02-18T01:30");  /* twice: the first */
    assert_instant(apia, AT(2011, 12, 30, 12, 0), "2011-12-30T10:00"); /* no such day */
    assert_instant(howe, AT(2026, 10, 4, 2, 10), "2026-10-03T15:30");  /* half an hour */
}

static void zone__instant__runs_over(void **state)
{
    (void)state;
    CLEANUP(zone_free_cleanup) struct zone *z = open_zone("Europe/Berlin");
    assert_instant(z, AT(2026, 12, 32, 0, 0), "2026-12-31T23:00");
    assert_instant(z, AT(2026, 13, 1, 0, 0), "2026-12-31T23:00");
    assert_instant(z, AT(2024, 2, 29, 0, 0), "2024-02-28T23:00");
    assert_instant(z, AT(2024, 2, 30, 0, 0), "2024-02-29T23:00");
    assert_instant(z, AT(2026, 3, 29 + 1, 0, 0), "2026-03-29T22:00"); /* a day of 23 hours */
}

static void zone__instant__no_such_date(void **state)
{
    static const struct zone_time wrong[] = {
        {0, 1, 1, 0, 0},     {-1, 1, 1, 0, 0},    {10000, 1, 1, 0, 0}, {2026, 0, 1, 0, 0},
        {2026, 1, 0, 0, 0},  {2026, 25, 1, 0, 0}, {2026, 1, 63, 0, 0}, {2026, 1, 1, 24, 0},
        {2026, 1, 1, -1, 0}, {2026, 1, 1, 0, 60}, {2026, 1, 1, 0, -1}, {2026, -1, 1, 0, 0},
        {2026, 1, -1, 0, 0}};
    (void)state;
    CLEANUP(zone_free_cleanup) struct zone *z = open_zone("Europe/Berlin");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t ms = 7;
        assert_int_equal(zone_instant(z, &wrong[i], &ms), ERR_FORMAT);
        assert_int_equal(ms, 7);
    }
}

static void zone__read__round_trip(void **state)
{
    static const char *const names[] = {"UTC", "Europe/Berlin", "Asia/Kathmandu",
                                        "America/St_Johns"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CLEANUP(zone_free_cleanup) struct zone *z = open_zone(names[i]);
        for (int day = 1; day <= 365; day++) {
            struct zone_time t = {2026, 1, day, 12, 34}, u;
            int64_t ms;
            assert_int_equal(zone_instant(z, &AT(2026, 1 + day / 32, 1 + day % 28, 12, 34), &ms),
                             0);
            zone_read(z, ms + 59999, &u);
            assert_int_equal(u.month, 1 + day / 32);
            assert_int_equal(u.day, 1 + day % 28);
            assert_int_equal(u.hour * 60 + u.minute, t.hour * 60 + t.minute);
        }
    }
}

static void zone__read__extremes(void **state)
{
    (void)state;
    CLEANUP(zone_free_cleanup) struct zone *z = open_zone("UTC");
    struct zone_time t;
    zone_read(z, -1, &t);
    assert_int_equal(t.year, 1969);
    assert_int_equal(t.minute, 59);
    zone_read(z, INT64_MAX, &t);
    assert_true(t.year > 200000);
    zone_read(z, INT64_MIN, &t);
    assert_true(t.year < -200000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zone__open__known),
        cmocka_unit_test(zone__open__unknown),
        cmocka_unit_test(zone__instant__of_clocks),
        cmocka_unit_test(zone__instant__skipped_and_repeated),
        cmocka_unit_test(zone__instant__runs_over),
        cmocka_unit_test(zone__instant__no_such_date),
        cmocka_unit_test(zone__read__round_trip),
        cmocka_unit_test(zone__read__extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
