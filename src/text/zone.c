#include "text/zone.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/memory.h"

#define NAME_MAX_BYTES 64
#define YEAR_MAX 9999

struct zone {
    char *name;
    UCalendar *calendar; /* its fields are scratch */
};

/* "BST" is Bangladesh to ICU and Britain to most: a name has a slash, or is one of these. */
static bool is_full_name(const char *name)
{
    return strchr(name, '/') != NULL || strcmp(name, "UTC") == 0 || strcmp(name, "GMT") == 0;
}

/* ICU takes any name for a calendar, and means GMT by those that it does not know. */
static bool is_known(const char *name, UChar units[static NAME_MAX_BYTES])
{
    UErrorCode e = U_ZERO_ERROR;
    UChar canonical[NAME_MAX_BYTES];
    UBool of_system = false;
    if (strlen(name) >= NAME_MAX_BYTES || !is_full_name(name))
        return false;
    u_strFromUTF8(units, NAME_MAX_BYTES, NULL, name, -1, &e);
    ucal_getCanonicalTimeZoneID(units, -1, canonical, NAME_MAX_BYTES, &of_system, &e);
    return U_SUCCESS(e) && of_system;
}

/* With its first calendar ICU looks for the machine's own zone, in files that a confined process
 * may not open; nobody asks for it. */
static UCalendar *open_calendar(const UChar *name, UErrorCode *e)
{
    ucal_setDefaultTimeZone(u"UTC", e);
    return ucal_open(name, -1, "en_US", UCAL_GREGORIAN, e);
}

int zone_open(const char *name, struct zone **ret, struct diag *d)
{
    UChar units[NAME_MAX_BYTES];
    UErrorCode e = U_ZERO_ERROR;
    if (!is_known(name, units))
        return diag_set(d, ERR_NOT_FOUND,
                        "'%s' is no time zone: they are named like Europe/Berlin, or UTC", name);
    UCalendar *calendar = open_calendar(units, &e);
    if (U_FAILURE(e))
        return diag_set(d, ERR_NOT_FOUND, "ICU does not open time zone '%s': %s", name,
                        u_errorName(e));
    ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
    ucal_setAttribute(calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_NEXT_VALID);
    *ret = mem_new(sizeof **ret);
    **ret = (struct zone){.name = mem_string(name), .calendar = calendar};
    return 0;
}

void zone_free(struct zone *z)
{
    if (z == NULL)
        return;
    ucal_close(z->calendar);
    free(z->name);
    free(z);
}

const char *zone_name(const struct zone *z)
{
    return z->name;
}

static bool is_date(const struct zone_time *t)
{
    return t->year >= 1 && t->year <= YEAR_MAX && t->month >= 1 && t->month <= 24 && t->day >= 1 &&
           t->day <= 62 && t->hour >= 0 && t->hour < 24 && t->minute >= 0 && t->minute < 60;
}

int zone_instant(const struct zone *z, const struct zone_time *t, int64_t *ret_unix_ms)
{
    UErrorCode e = U_ZERO_ERROR;
    if (!is_date(t))
        return ERR_FORMAT;
    ucal_clear(z->calendar);
    ucal_setDateTime(z->calendar, t->year, t->month - 1, t->day, t->hour, t->minute, 0, &e);
    double ms = ucal_getMillis(z->calendar, &e);
    if (U_FAILURE(e))
        return ERR_FORMAT;
    *ret_unix_ms = (int64_t)ms;
    return 0;
}

void zone_read(const struct zone *z, int64_t unix_ms, struct zone_time *ret)
{
    UErrorCode e = U_ZERO_ERROR;
    ucal_setMillis(z->calendar, (double)unix_ms,
                   &e); /* which stops at the ends of ICU's calendar */
    *ret = (struct zone_time){
        .year = ucal_get(z->calendar, UCAL_EXTENDED_YEAR, &e),
        .month = ucal_get(z->calendar, UCAL_MONTH, &e) + 1,
        .day = ucal_get(z->calendar, UCAL_DATE, &e),
        .hour = ucal_get(z->calendar, UCAL_HOUR_OF_DAY, &e),
        .minute = ucal_get(z->calendar, UCAL_MINUTE, &e),
    };
}
