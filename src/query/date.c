#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "query/internal.h"

#define MINUTE_MS INT64_C(60000)
#define YEAR_MIN 1970
#define YEAR_MAX 9998
#define FORMS "write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDTHH:MM, with Z, +HH:MM or [ZONE]"

enum unit { UNIT_YEAR, UNIT_MONTH, UNIT_DAY, UNIT_MINUTE };

/* How the clock is set that shows a date. */
struct clock_of {
    const struct zone *zone; /* NULL: UTC and this many minutes */
    int offset_min;
};

/* `digits` digits from *s on. */
static bool take_number(const char **s, int digits, int *ret)
{
    *ret = 0;
    for (int i = 0; i < digits; i++, (*s)++) {
        if (**s < '0' || **s > '9')
            return false;
        *ret = *ret * 10 + (**s - '0');
    }
    return true;
}

/* The mark and the number behind it. */
static bool take_part(const char **s, const char *marks, int *ret)
{
    if (**s == '\0' || strchr(marks, **s) == NULL)
        return false;
    (*s)++;
    return take_number(s, 2, ret);
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static bool exists(const struct zone_time *t)
{
    return t->year >= YEAR_MIN && t->year <= YEAR_MAX && t->month >= 1 && t->month <= 12 &&
           t->day >= 1 && t->day <= days_of(t->year, t->month) && t->hour < 24 && t->minute < 60;
}

/* "today", "yesterday": the zone's. */
static bool take_word(const char **s, const struct query_options *o, struct zone_time *t)
{
    static const char *const words[] = {"today", "yesterday"};
    for (int back = 0; back < 2; back++) {
        size_t len = strlen(words[back]);
        if (strncmp(*s, words[back], len) != 0)
            continue;
        zone_read(o->zone, o->now_unix_ms, t);
        t->hour = t->minute = 0;
        if (back == 1 && --t->day == 0) {
            t->year -= t->month == 1;
            t->month = t->month == 1 ? 12 : t->month - 1;
            t->day = days_of(t->year, t->month);
        }
        *s += len;
        return true;
    }
    return false;
}

static bool take_date(const char **s, struct zone_time *t, enum unit *ret)
{
    *t = (struct zone_time){.month = 1, .day = 1};
    *ret = UNIT_YEAR;
    if (!take_number(s, 4, &t->year))
        return false;
    if (**s != '-')
        return true;
    *ret = UNIT_MONTH;
    if (!take_part(s, "-", &t->month))
        return false;
    if (**s != '-')
        return true;
    *ret = UNIT_DAY;
    if (!take_part(s, "-", &t->day))
        return false;
    if (**s == '\0' || strchr("Tt ", **s) == NULL)
        return true;
    *ret = UNIT_MINUTE;
    return take_part(s, "Tt ", &t->hour) && take_part(s, ":", &t->minute);
}

/* +HH:MM, -HH:MM */
static bool take_offset(const char **s, struct clock_of *ret)
{
    int sign = **s == '-' ? -1 : 1, hours, minutes;
    if (!take_part(s, "+-", &hours) || !take_part(s, ":", &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret = (struct clock_of){NULL, sign * (hours * 60 + minutes)};
    return true;
}

/* [Europe/Berlin]: opened for the caller, who frees it. */
static bool take_zone(const char **s, struct zone **ret)
{
    char name[64];
    const char *end = strchr(*s, ']');
    if (**s != '[' || end == NULL || (size_t)(end - *s) > sizeof name)
        return false;
    snprintf(name, sizeof name, "%.*s", (int)(end - *s - 1), *s + 1);
    *s = end + 1;
    return zone_open(name, ret, NULL) == 0;
}

/* The first instant of `t`, whose day or month may be one too many. */
static int instant_of(const struct clock_of *c, struct zone_time t, int64_t *ret)
{
    char text[CALENDAR_INSTANT_LEN + 8];
    if (c->zone != NULL)
        return zone_instant(c->zone, &t, ret);
    if (t.month > 12) {
        t.month = 1;
        t.year++;
    }
    snprintf(text, sizeof text, "%04d-%02d-01T00:00:00.000Z", t.year, t.month);
    int r = calendar_parse(text, ret);
    if (r == 0)
        *ret +=
            (t.day - 1) * CALENDAR_DAY_MS + ((t.hour * 60 + t.minute) - c->offset_min) * MINUTE_MS;
    return r;
}

static int set_range(struct query_date *d, const struct clock_of *c, const struct zone_time *t,
                     enum unit unit)
{
    struct zone_time next = *t;
    next.year += unit == UNIT_YEAR;
    next.month += unit == UNIT_MONTH;
    next.day += unit == UNIT_DAY;
    d->minute = unit == UNIT_MINUTE;
    int r = instant_of(c, *t, &d->from_unix_ms);
    d->to_unix_ms = d->from_unix_ms + MINUTE_MS;
    if (r == 0 && !d->minute)
        r = instant_of(c, next, &d->to_unix_ms);
    return r;
}

static void put_date(char *to, size_t room, const struct zone_time *t, enum unit unit,
                     const struct clock_of *c)
{
    static const size_t lens[] = {4, 7, 10, 16};
    char date[64], suffix[72];
    int off = c->offset_min < 0 ? -c->offset_min : c->offset_min;
    snprintf(date, sizeof date, "%04d-%02d-%02dT%02d:%02d", t->year, t->month, t->day, t->hour,
             t->minute);
    if (c->zone != NULL)
        snprintf(suffix, sizeof suffix, "[%s]", zone_name(c->zone));
    else if (off == 0)
        snprintf(suffix, sizeof suffix, "Z");
    else
        snprintf(suffix, sizeof suffix, "%c%02d:%02d", c->offset_min < 0 ? '-' : '+', off / 60,
                 off % 60);
    snprintf(to, room, "%.*s%s", (int)lens[unit], date, suffix);
}

int query_date_read(const char *text, const struct query_options *o, struct query_date *ret,
                    const char **ret_why)
{
    CLEANUP(zone_free_cleanup) struct zone *named = NULL;
    struct clock_of c = {o->zone, 0};
    struct zone_time t;
    enum unit unit = UNIT_DAY;
    *ret_why = FORMS;
    if (!take_word(&text, o, &t) && !take_date(&text, &t, &unit))
        return ERR_FORMAT;
    if (*text == 'Z' || *text == 'z') {
        c.zone = NULL;
        text++;
    } else if (*text == '[') {
        *ret_why = "there is no such time zone; name one as [Europe/Amsterdam]";
        if (!take_zone(&text, &named))
            return ERR_FORMAT;
        c.zone = named;
    } else if (unit == UNIT_MINUTE && *text != '\0' && !take_offset(&text, &c))
        return ERR_FORMAT;
    if (*text != '\0') {
        *ret_why = FORMS;
        return ERR_FORMAT;
    }
    *ret_why = "there is no such date or time";
    if (!exists(&t) || set_range(ret, &c, &t, unit) < 0)
        return ERR_FORMAT;
    put_date(ret->canonical, sizeof ret->canonical, &t, unit, &c);
    return 0;
}
