#include "support.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define MARCH INT64_C(1772323200000) /* 2026-03-01T00:00Z */
/* Clocks in Berlin: +01:00, and +02:00 from 2026-03-29T01:00Z until 2026-10-25T01:00Z. */

struct reading {
    const char *written, *canonical;
    int64_t from_unix_ms, to_unix_ms;
};

static void query__date__reads_every_form(void **state)
{
    static const struct reading readings[] = {
        {"2026", "2026[Europe/Berlin]", MARCH - 59 * DAY - HOUR, MARCH + 306 * DAY - HOUR},
        {"2026-03", "2026-03[Europe/Berlin]", MARCH - HOUR, MARCH + 31 * DAY - 2 * HOUR},
        {"2026-12Z", "2026-12Z", MARCH + 275 * DAY, MARCH + 306 * DAY},
        {"2026-03-01", "2026-03-01[Europe/Berlin]", MARCH - HOUR, MARCH + DAY - HOUR},
        {"2026-03-31Z", "2026-03-31Z", MARCH + 30 * DAY, MARCH + 31 * DAY},
        {"2026Z", "2026Z", MARCH - 59 * DAY, MARCH + 306 * DAY},
        {"2028-02-29z", "2028-02-29Z", MARCH + 730 * DAY, MARCH + 731 * DAY},
        {"2000-02-29Z", "2000-02-29Z", MARCH - 9497 * DAY, MARCH - 9496 * DAY},
        /* A day of 23 hours, and one of 25. */
        {"2026-03-29", "2026-03-29[Europe/Berlin]", MARCH + 28 * DAY - HOUR,
         MARCH + 29 * DAY - 2 * HOUR},
        {"2026-10-25", "2026-10-25[Europe/Berlin]", MARCH + 238 * DAY - 2 * HOUR,
         MARCH + 239 * DAY - HOUR},
        {"2026-03-01[Asia/Tokyo]", "2026-03-01[Asia/Tokyo]", MARCH - 9 * HOUR,
         MARCH + DAY - 9 * HOUR},
        {"2026-03-01T14:05", "2026-03-01T14:05[Europe/Berlin]", MARCH + 13 * HOUR + 300000,
         MARCH + 13 * HOUR + 360000},
        {"2026-03-01t14:05", "2026-03-01T14:05[Europe/Berlin]", MARCH + 13 * HOUR + 300000,
         MARCH + 13 * HOUR + 360000},
        {"2026-03-01 14:05Z", "2026-03-01T14:05Z", MARCH + 14 * HOUR + 300000,
         MARCH + 14 * HOUR + 360000},
        {"2026-03-01T14:05+05:45", "2026-03-01T14:05+05:45", MARCH + 8 * HOUR + 1200000,
         MARCH + 8 * HOUR + 1260000},
        {"2026-03-01T14:05-03:30", "2026-03-01T14:05-03:30", MARCH + 17 * HOUR + 2100000,
         MARCH + 17 * HOUR + 2160000},
        {"2026-03-01T14:05+00:00", "2026-03-01T14:05Z", MARCH + 14 * HOUR + 300000,
         MARCH + 14 * HOUR + 360000},
        /* What the clocks skip is the minute after. */
        {"2026-03-29T02:30", "2026-03-29T02:30[Europe/Berlin]", MARCH + 28 * DAY + HOUR,
         MARCH + 28 * DAY + HOUR + 60000},
        {"today", "2026-03-29[Europe/Berlin]", MARCH + 28 * DAY - HOUR,
         MARCH + 29 * DAY - 2 * HOUR},
        {"yesterday", "2026-03-28[Europe/Berlin]", MARCH + 27 * DAY - HOUR,
         MARCH + 28 * DAY - HOUR},
        {"todayZ", "2026-03-29Z", MARCH + 28 * DAY, MARCH + 29 * DAY},
    };
    const struct tools *t = *state;
    for (size_t i = 0; i < COUNT(readings); i++) {
        struct query_date d;
        const char *why = "";
        int r = query_date_read(readings[i].written, &t->options, &d, &why);
        if (r != 0 || strcmp(d.canonical, readings[i].canonical) != 0 ||
            d.from_unix_ms != readings[i].from_unix_ms || d.to_unix_ms != readings[i].to_unix_ms)
            fail_msg("%s: %d: %s, %lld to %lld", readings[i].written, r, r != 0 ? why : d.canonical,
                     (long long)d.from_unix_ms, (long long)d.to_unix_ms);
    }
}

static void query__date__begins_a_year_with_yesterday(void **state)
{
    const struct tools *t = *state;
    struct query_options o = t->options;
    struct query_date d;
    const char *why;
    o.now_unix_ms = MARCH + 306 * DAY; /* 2027-01-01 */
    assert_int_equal(query_date_read("yesterday", &o, &d, &why), 0);
    assert_string_equal(d.canonical, "2026-12-31[Europe/Berlin]");
    o.now_unix_ms = MARCH;
    assert_int_equal(query_date_read("yesterday", &o, &d, &why), 0);
    assert_string_equal(d.canonical, "2026-02-28[Europe/Berlin]");
}

static void query__date__refuses_what_is_none(void **state)
{
    static const struct {
        const char *written, *why;
    } wrong[] = {
        {"", "write YYYY"},
        {"26", "write YYYY"},
        {"202", "write YYYY"},
        {"20266", "write YYYY"},
        {"2026-", "write YYYY"},
        {"2026-3", "write YYYY"},
        {"2026-03-1", "write YYYY"},
        {"2026/03/01", "write YYYY"},
        {"01.03.2026", "write YYYY"},
        {"2026-03T14:05", "write YYYY"},
        {"2026-03-01T", "write YYYY"},
        {"2026-03-01T14", "write YYYY"},
        {"2026-03-01T14:5", "write YYYY"},
        {"2026-03-01T14:05:00", "write YYYY"},
        {"2026-03-01T14:05ZZ", "write YYYY"},
        {"2026-03-01T14:05+01", "write YYYY"},
        {"2026-03-01T14:05+24:00", "write YYYY"},
        {"2026-03-01T14:05+01:60", "write YYYY"},
        {"2026-03-01+01:00", "write YYYY"},
        {"2026-03-01[Asia/Tokyo]Z", "write YYYY"},
        {"tomorrow", "write YYYY"},
        {"2026[Asia/Tokio]", "no such time zone"},
        {"2026[]", "no such time zone"},
        {"2026[Asia/Tokyo", "no such time zone"},
        {"2026[Asia/Tokyo/Asia/Tokyo/Asia/Tokyo/Asia/Tokyo/Asia/Tokyo/Asia/Tokyo]",
         "no such time zone"},
        {"2026-00", "no such date"},
        {"2026-13", "no such date"},
        {"2026-02-29", "no such date"},
        {"2026-04-31", "no such date"},
        {"2100-02-29", "no such date"},
        {"2026-04-00", "no such date"},
        {"2026-03-01T24:00", "no such date"},
        {"2026-03-01T24:00Z", "no such date"},
        {"2026-03-01T23:60Z", "no such date"},
        {"1969", "no such date"},
        {"9999", "no such date"},
    };
    const struct tools *t = *state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct query_date d = {.canonical = "untouched"};
        const char *why = "";
        int r = query_date_read(wrong[i].written, &t->options, &d, &why);
        if (r != ERR_FORMAT || strstr(why, wrong[i].why) == NULL)
            fail_msg("%s: %d: %s", wrong[i].written, r, why);
    }
}

/* ---- in a query ---- */

static void query__parse__gives_times_to_terms(void **state)
{
    static const struct reading readings[] = {
        {"before:2026-03-01Z", NULL, INT64_MIN, MARCH},
        {"before:2026-03-01T14:05Z", NULL, INT64_MIN, MARCH + 14 * HOUR + 300000},
        {"after:2026-03-01Z", NULL, MARCH, INT64_MAX},
        {"on:2026-03-01Z", NULL, MARCH, MARCH + DAY},
        {"at:2026-03-01T00:00Z", NULL, MARCH, MARCH + 60000},
    };
    for (size_t i = 0; i < COUNT(readings); i++) {
        CLEANUP(query_free_cleanup) struct query *q = must_parse(*state, readings[i].written);
        assert_true(query_root(q)->from_unix_ms == readings[i].from_unix_ms);
        assert_true(query_root(q)->to_unix_ms == readings[i].to_unix_ms);
    }
}

static void query__parse__names_the_zone(void **state)
{
    assert_canonical(*state, "on:2026-03", "on:2026-03[Europe/Berlin]");
    assert_canonical(*state, "after:\"2026-03-01 14:05\"", "after:2026-03-01T14:05[Europe/Berlin]");
    assert_canonical(*state, "before:today", "before:2026-03-29[Europe/Berlin]");
    assert_canonical(*state, "at:2026-03-01T14:05-01:00", "at:2026-03-01T14:05-01:00");
}

static void query__parse__wants_a_day_or_a_minute(void **state)
{
    static const char *const wrong[][2] = {{"on:2026-03-01T14:05", "write at:"},
                                           {"at:2026-03-01", "write on:"},
                                           {"on:2026-02-30", "no such date"}};
    const struct tools *t = *state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct query *q = NULL;
        struct query_error e;
        assert_int_equal(query_parse(wrong[i][0], strlen(wrong[i][0]), &t->options, &q, &e),
                         ERR_FORMAT);
        if (strstr(e.text, wrong[i][1]) == NULL)
            fail_msg("%s", e.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query__date__reads_every_form),
        cmocka_unit_test(query__date__begins_a_year_with_yesterday),
        cmocka_unit_test(query__date__refuses_what_is_none),
        cmocka_unit_test(query__parse__gives_times_to_terms),
        cmocka_unit_test(query__parse__names_the_zone),
        cmocka_unit_test(query__parse__wants_a_day_or_a_minute),
    };
    return cmocka_run_group_tests(tests, tools_set_up, tools_tear_down);
}
