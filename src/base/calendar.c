#include "base/calendar.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FIRST_DAY INT64_C(-719162) /* 0001-01-01 */
#define LAST_DAY INT64_C(2932896)  /* 9999-12-31 */

#define SECOND_MS 1000
#define MINUTE_S 60
#define MINUTE_MS (MINUTE_S * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define HOUR_LAST 23
#define SIXTIETH_LAST 59 /* minute, second */
#define DIGITS_MS 3

/* Civil days: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms". A year begins with March,
 * so that five months have 153 days from there on, and a leap day is its last; an era is the time
 * after which leap years repeat. */
#define MONTHS 12
#define JANUARY_AT 10 /* months after March */
#define MARCH 3
#define BLOCK_MONTHS 5
#define BLOCK_DAYS 153
#define YEAR_DAYS 365
#define LEAP_YEARS 4
#define LEAP_YEARS_DAYS 1460
#define CENTURY 100
#define CENTURY_DAYS 36524
#define ERA_YEARS 400
#define ERA_DAYS 146097
#define ERA_SHIFT 719468 /* days from 0000-03-01 to 1970-01-01 */

int64_t calendar_day_from(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - (ERA_YEARS - 1)) / ERA_YEARS;
    int64_t year_of_era = year - era * ERA_YEARS;
    int64_t month_of_year = month > 2 ? month - MARCH : month + MONTHS - MARCH;
    int64_t day_of_year = (BLOCK_DAYS * month_of_year + 2) / BLOCK_MONTHS + day - 1;
    int64_t leap_days = year_of_era / LEAP_YEARS - year_of_era / CENTURY;
    return era * ERA_DAYS + year_of_era * YEAR_DAYS + leap_days + day_of_year - ERA_SHIFT;
}

static void civil_from_day(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    days += ERA_SHIFT;
    int64_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
    int64_t doe = days - era * ERA_DAYS;
    int64_t leap_days = doe / LEAP_YEARS_DAYS - doe / CENTURY_DAYS + doe / (ERA_DAYS - 1);
    int64_t yoe = (doe - leap_days) / YEAR_DAYS;
    int64_t doy = doe - (YEAR_DAYS * yoe + yoe / LEAP_YEARS - yoe / CENTURY);
    int64_t mp = (BLOCK_MONTHS * doy + 2) / BLOCK_DAYS;
    *day = doy - (BLOCK_DAYS * mp + 2) / BLOCK_MONTHS + 1;
    *month = mp < JANUARY_AT ? mp + MARCH : mp + MARCH - MONTHS;
    *year = yoe + era * ERA_YEARS + (*month <= 2);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

int64_t calendar_day_of(int64_t at_unix_ms)
{
    return floor_div(at_unix_ms, CALENDAR_DAY_MS);
}

static int64_t clamp(int64_t v, int64_t min, int64_t max)
{
    return v < min ? min : v > max ? max : v;
}

static int64_t in_range(int64_t at_unix_ms)
{
    return clamp(at_unix_ms, FIRST_DAY * CALENDAR_DAY_MS, (LAST_DAY + 1) * CALENDAR_DAY_MS - 1);
}

/* The remainders tell the compiler how many digits there can be. */
static void date_of(int64_t day, unsigned *ret_year, unsigned *ret_month, unsigned *ret_day)
{
    int64_t y, m, d;
    civil_from_day(clamp(day, FIRST_DAY, LAST_DAY), &y, &m, &d);
    *ret_year = (unsigned)y % 10000;
    *ret_month = (unsigned)m % 100;
    *ret_day = (unsigned)d % 100;
}

/* By hand: a bot writes three instants for each message. `mark` 0: none. */
static void put(char **at, char mark, unsigned value, int digits)
{
    if (mark != 0)
        *(*at)++ = mark;
    for (int i = digits; i-- > 0; value /= 10)
        (*at)[i] = (char)('0' + value % 10);
    *at += digits;
}

static void put_date(char **at, unsigned y, unsigned m, unsigned d)
{
    put(at, 0, y, 4);
    put(at, '-', m, 2);
    put(at, '-', d, 2);
}

void calendar_format_day(int64_t day, char ret[static CALENDAR_DAY_LEN + 1])
{
    unsigned y, m, d;
    date_of(day, &y, &m, &d);
    put_date(&ret, y, m, d);
    *ret = '\0';
}

void calendar_format(int64_t at_unix_ms, char ret[static CALENDAR_INSTANT_LEN + 1])
{
    int64_t at = in_range(at_unix_ms);
    int64_t day = calendar_day_of(at);
    unsigned ms = (unsigned)(at - day * CALENDAR_DAY_MS) % (unsigned)CALENDAR_DAY_MS;
    unsigned y, m, d;
    date_of(day, &y, &m, &d);
    put_date(&ret, y, m, d);
    put(&ret, 'T', ms / HOUR_MS, 2);
    put(&ret, ':', ms / MINUTE_MS % 60, 2);
    put(&ret, ':', ms / SECOND_MS % MINUTE_S, 2);
    put(&ret, '.', ms % SECOND_MS, DIGITS_MS);
    memcpy(ret, "Z", 2);
}

/* Seconds that the local zone is ahead of UTC then. */
static int64_t zone_offset(int64_t at_unix_ms)
{
    time_t seconds = (time_t)floor_div(at_unix_ms, SECOND_MS);
    struct tm local;
    tzset();
    return localtime_r(&seconds, &local) == NULL ? 0 : local.tm_gmtoff;
}

void calendar_show(int64_t at_unix_ms, char ret[static CALENDAR_SHOWN_LEN + 1])
{
    char local[CALENDAR_INSTANT_LEN + 1];
    int64_t at = in_range(at_unix_ms), offset = zone_offset(at);
    unsigned minutes = (unsigned)((offset < 0 ? -offset : offset) / MINUTE_S);
    calendar_format(at + offset * SECOND_MS, local);
    int n =
        snprintf(ret, CALENDAR_SHOWN_LEN + 1, "%.10s %.5s ", local, local + sizeof "YYYY-MM-DD");
    if (minutes == 0)
        memcpy(ret + n, "UTC", sizeof "UTC");
    else
        snprintf(ret + n, sizeof "+HH:MM", "%c%02u:%02u", offset < 0 ? '-' : '+',
                 minutes / 60 % 100, minutes % 60);
}

void calendar_show_utc(void)
{
    if (setenv("TZ", "UTC0", 1) != 0)
        abort();
}

/* `count` decimal digits at *p; moves on. */
static bool digits(const char **p, int count, int64_t *ret)
{
    int64_t v = 0;
    for (int i = 0; i < count; i++, (*p)++) {
        if (**p < '0' || **p > '9')
            return false;
        v = v * 10 + (**p - '0');
    }
    *ret = v;
    return true;
}

static bool literal(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static bool date(const char **p, int64_t *ret_day)
{
    static const int64_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t y, m, d;
    if (!digits(p, 4, &y) || !literal(p, '-') || !digits(p, 2, &m) || !literal(p, '-') ||
        !digits(p, 2, &d))
        return false;
    if (y < 1 || m < 1 || m > MONTHS || d < 1)
        return false;
    bool leap = (y % LEAP_YEARS == 0 && y % CENTURY != 0) || y % ERA_YEARS == 0;
    if (d > lengths[m - 1] + (m == 2 && leap))
        return false;
    *ret_day = calendar_day_from(y, m, d);
    return true;
}

static bool date_and_time(const char **p, int64_t *ret_ms)
{
    int64_t day, h, min, s;
    if (!date(p, &day) || !literal(p, 'T') || !digits(p, 2, &h) || !literal(p, ':') ||
        !digits(p, 2, &min) || !literal(p, ':') || !digits(p, 2, &s))
        return false;
    if (h > HOUR_LAST || min > SIXTIETH_LAST || s > SIXTIETH_LAST)
        return false;
    *ret_ms = day * CALENDAR_DAY_MS + h * HOUR_MS + min * MINUTE_MS + s * SECOND_MS;
    return true;
}

int calendar_parse_day(const char *text, int64_t *ret_day)
{
    int64_t day;
    if (!date(&text, &day) || *text != '\0')
        return ERR_FORMAT;
    *ret_day = day;
    return 0;
}

int calendar_parse(const char *text, int64_t *ret_at_unix_ms)
{
    int64_t at, ms;
    if (!date_and_time(&text, &at) || !literal(&text, '.') || !digits(&text, DIGITS_MS, &ms) ||
        strcmp(text, "Z") != 0)
        return ERR_FORMAT;
    *ret_at_unix_ms = at + ms;
    return 0;
}

int calendar_parse_loose(const char *text, int64_t *ret_at_unix_ms)
{
    int64_t at;
    if (!date_and_time(&text, &at))
        return ERR_FORMAT;
    if (literal(&text, '.')) {
        int64_t scale = 100;
        if (*text < '0' || *text > '9')
            return ERR_FORMAT;
        for (; *text >= '0' && *text <= '9'; text++, scale /= 10)
            at += (*text - '0') * scale;
    }
    if (strcmp(text, "Z") != 0)
        return ERR_FORMAT;
    *ret_at_unix_ms = at;
    return 0;
}
