#include "desk/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"

static struct desk_schedule *parse(const char *text)
{
    struct desk_schedule *s = NULL;
    struct diag d = {""};
    if (desk_schedule_parse(text, &s, &d) != 0)
        fail_msg("'%s': %s", text, d.text);
    return s;
}

static void schedule__parse__and_shown(void **state)
{
    static const char *const rows[][2] = {
        {"mon,wed,fri 06:00 Europe/Amsterdam", "mon,wed,fri 06:00 Europe/Amsterdam"},
        {"fri,mon 23:59 UTC", "mon,fri 23:59 UTC"},
        {"sun 00:00 America/Sao_Paulo", "sun 00:00 America/Sao_Paulo"},
        {"daily 18:30 UTC", "daily 18:30 UTC"},
        {"sun,mon,tue,wed,thu,fri,sat 18:30 UTC", "daily 18:30 UTC"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP(desk_schedule_free_cleanup) struct desk_schedule *s = parse(rows[i][0]);
        CLEANUP_BUF struct buf b = BUF_INIT(DESK_SCHEDULE_MAX);
        desk_schedule_put(s, &b);
        assert_string_equal(buf_text(&b), rows[i][1]);
    }
}

static void schedule__parse__none(void **state)
{
    static const char *const wrong[] = {
        "",
        "mon",
        "mon 06:00",
        "06:00 UTC",
        "mon 06:00  UTC",
        " mon 06:00 UTC",
        "mon  06:00 UTC",
        "monday 06:00 UTC",
        "Mon 06:00 UTC",
        "mon,mon 06:00 UTC",
        "mon, 06:00 UTC",
        ",mon 06:00 UTC",
        "mon,daily 06:00 UTC",
        "mon 6:00 UTC",
        "mon 24:00 UTC",
        "mon 06:60 UTC",
        "mon 06.00 UTC",
        "mon -1:00 UTC",
        "mon 06:00 ",
        "mon 06:00 CET",
        "mon 06:00 Europe/Nowhere",
        "mon 06:00 UTC UTC",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct desk_schedule *s = NULL;
        struct diag d = {""};
        int r = desk_schedule_parse(wrong[i], &s, &d);
        if (r != ERR_FORMAT && r != ERR_NOT_FOUND)
            fail_msg("'%s' is taken for a schedule", wrong[i]);
        assert_true(d.text[0] != '\0');
    }
}

static int64_t at(const char *text)
{
    int64_t ms;
    if (calendar_parse(text, &ms) < 0)
        fail_msg("%s", text);
    return ms;
}

static void schedule__next__by_the_zone_s_clocks(void **state)
{
    static const struct {
        const char *schedule, *after, *next;
    } rows[] = {
        /* Monday the 1st of March 2021. */
        {"mon 06:00 UTC", "2021-03-01T05:59:59.999Z", "2021-03-01T06:00:00.000Z"},
        {"mon 06:00 UTC", "2021-03-01T06:00:00.000Z", "2021-03-08T06:00:00.000Z"},
        {"mon,wed,fri 06:00 Europe/Amsterdam", "2021-03-01T05:00:00.000Z",
         "2021-03-03T05:00:00.000Z"},
        {"mon,wed,fri 06:00 Europe/Amsterdam", "2021-03-05T05:00:00.000Z",
         "2021-03-08T05:00:00.000Z"},
        /* The day is the zone's, not that of UTC. */
        {"mon 06:00 Pacific/Auckland", "2021-02-28T12:00:00.000Z", "2021-02-28T17:00:00.000Z"},
        {"mon 20:00 America/New_York", "2021-03-01T20:00:00.000Z", "2021-03-02T01:00:00.000Z"},
        /* Over the ends of a month and of a year. */
        {"fri 12:00 UTC", "2021-12-31T12:00:00.000Z", "2022-01-07T12:00:00.000Z"},
        {"daily 00:00 UTC", "2024-02-28T00:00:00.000Z", "2024-02-29T00:00:00.000Z"},
        /* Summer time begins: 06:00 is an hour earlier. */
        {"sun 06:00 Europe/Amsterdam", "2021-03-27T00:00:00.000Z", "2021-03-28T04:00:00.000Z"},
        /* 02:30 is skipped: due when the clocks go on, at 03:00; and a day later as ever. */
        {"daily 02:30 Europe/Amsterdam", "2021-03-27T12:00:00.000Z", "2021-03-28T01:00:00.000Z"},
        {"daily 02:30 Europe/Amsterdam", "2021-03-28T01:00:00.000Z", "2021-03-29T00:30:00.000Z"},
        /* 02:30 comes twice: the first time alone. */
        {"daily 02:30 Europe/Amsterdam", "2021-10-30T12:00:00.000Z", "2021-10-31T00:30:00.000Z"},
        {"daily 02:30 Europe/Amsterdam", "2021-10-31T00:30:00.000Z", "2021-11-01T01:30:00.000Z"},
        /* A midnight that there is not, and one that is there twice. */
        {"daily 00:00 America/Sao_Paulo", "2018-11-03T12:00:00.000Z", "2018-11-04T03:00:00.000Z"},
        {"daily 23:30 America/Sao_Paulo", "2018-02-17T12:00:00.000Z", "2018-02-18T01:30:00.000Z"},
        {"daily 23:30 America/Sao_Paulo", "2018-02-18T01:30:00.000Z", "2018-02-19T02:30:00.000Z"},
        /* Samoa had no Friday then. */
        {"fri 06:00 Pacific/Apia", "2011-12-29T12:00:00.000Z", "2011-12-30T10:00:00.000Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP(desk_schedule_free_cleanup) struct desk_schedule *s = parse(rows[i].schedule);
        char next[CALENDAR_INSTANT_LEN + 1];
        calendar_format(desk_schedule_next(s, at(rows[i].after)), next);
        if (strcmp(next, rows[i].next) != 0)
            fail_msg("%s after %s is %s, not %s", rows[i].schedule, rows[i].after, next,
                     rows[i].next);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedule__parse__and_shown),
        cmocka_unit_test(schedule__parse__none),
        cmocka_unit_test(schedule__next__by_the_zone_s_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
