#include "desk/schedule.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "text/zone.h"

#define EVERY_DAY ((1U << CALENDAR_WEEK_DAYS) - 1)
#define DAY_CHARS 3
#define MONDAY_OF_DAY_0 3 /* days behind a monday that 1970-01-01 is */

struct desk_schedule {
    unsigned days; /* a bit each, monday's the lowest */
    int hour, minute;
    struct zone *zone;
};

static const char *const day_words[CALENDAR_WEEK_DAYS] = {"mon", "tue", "wed", "thu",
                                                          "fri", "sat", "sun"};

void desk_schedule_free(struct desk_schedule *s)
{
    if (s == NULL)
        return;
    zone_free(s->zone);
    free(s);
}

/* ---- its text ---- */

static unsigned day_bit(const char *word, size_t len)
{
    for (size_t i = 0; i < CALENDAR_WEEK_DAYS; i++)
        if (len == DAY_CHARS && memcmp(word, day_words[i], DAY_CHARS) == 0)
            return 1U << i;
    return 0;
}

/* 0: these are none, or one stands there twice. */
static unsigned read_days(const char *text, size_t len)
{
    unsigned days = 0;
    if (len == strlen("daily") && memcmp(text, "daily", len) == 0)
        return EVERY_DAY;
    for (size_t at = 0; at <= len;) {
        const char *comma = memchr(text + at, ',', len - at);
        size_t n = comma == NULL ? len - at : (size_t)(comma - text) - at;
        unsigned bit = day_bit(text + at, n);
        if (bit == 0 || (days & bit) != 0)
            return 0;
        days |= bit;
        at += n + 1;
    }
    return days;
}

static int two_digits(const char *s, int below)
{
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return -1;
    int n = (s[0] - '0') * 10 + s[1] - '0';
    return n < below ? n : -1;
}

static bool read_time(const char *text, size_t len, struct desk_schedule *s)
{
    if (len != strlen("06:00") || text[2] != ':')
        return false;
    s->hour = two_digits(text, CALENDAR_DAY_HOURS);
    s->minute = two_digits(text + 3, 60);
    return s->hour >= 0 && s->minute >= 0;
}

int desk_schedule_parse(const char *text, struct desk_schedule **ret, struct diag *d)
{
    CLEANUP(desk_schedule_free_cleanup) struct desk_schedule *s = mem_new(sizeof *s);
    size_t days = strcspn(text, " ");
    const char *time = text + days + (text[days] == ' ');
    size_t len = strcspn(time, " ");
    s->days = read_days(text, days);
    if (strlen(text) > DESK_SCHEDULE_MAX || s->days == 0 || !read_time(time, len, s) ||
        time[len] != ' ')
        return diag_set(d, ERR_FORMAT,
                        "'%.*s' is no schedule: they are written like "
                        "'mon,wed,fri 06:00 Europe/Amsterdam' or 'daily 18:30 UTC'",
                        (int)DESK_SCHEDULE_MAX, text);
    int r = zone_open(time + len + 1, &s->zone, d);
    if (r == 0)
        *ret = TAKE(s);
    return r;
}

void desk_schedule_put(const struct desk_schedule *s, struct buf *b)
{
    bool first = true;
    if (s->days == EVERY_DAY)
        buf_format(b, "daily");
    for (size_t i = 0; s->days != EVERY_DAY && i < CALENDAR_WEEK_DAYS; i++)
        if ((s->days & 1U << i) != 0) {
            buf_format(b, "%s%s", first ? "" : ",", day_words[i]);
            first = false;
        }
    buf_format(b, " %02d:%02d %s", s->hour, s->minute, zone_name(s->zone));
}

/* ---- when ---- */

static bool is_on(const struct desk_schedule *s, int64_t day)
{
    return (s->days & 1U << (day + MONDAY_OF_DAY_0) % CALENDAR_WEEK_DAYS) != 0;
}

int64_t desk_schedule_next(const struct desk_schedule *s, int64_t after_unix_ms)
{
    struct zone_time t;
    int64_t at = after_unix_ms;
    zone_read(s->zone, after_unix_ms, &t);
    int64_t today = calendar_day_from(t.year, t.month, t.day);
    t.hour = s->hour;
    t.minute = s->minute;
    /* A day that is on may be over: the same day of the next week is not. */
    for (int64_t i = 0; i <= CALENDAR_WEEK_DAYS; i++, t.day++)
        if (is_on(s, today + i) && zone_instant(s->zone, &t, &at) == 0 && at > after_unix_ms)
            return at;
    return INT64_MAX; /* past the calendar's end */
}
