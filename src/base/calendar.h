/* Instants and days. An instant is in milliseconds since 1970-01-01T00:00:00Z (UTC, no leap
 * seconds), a day is floor(instant / 86,400,000). Years 0001 to 9999.
 */
#ifndef IRONSIDE_BASE_CALENDAR_H
#define IRONSIDE_BASE_CALENDAR_H

#include <stdint.h>

#include "base/error.h"

#define CALENDAR_DAY_MS INT64_C(86400000)
#define CALENDAR_DAY_S INT64_C(86400)
#define CALENDAR_HOUR_S INT64_C(3600)
#define CALENDAR_DAY_HOURS 24
#define CALENDAR_WEEK_DAYS 7
#define CALENDAR_INSTANT_LEN 24 /* YYYY-MM-DDTHH:MM:SS.mmmZ */
#define CALENDAR_DAY_LEN 10     /* YYYY-MM-DD */
#define CALENDAR_SHOWN_LEN 23   /* YYYY-MM-DD HH:MM +HH:MM */

int64_t calendar_day_of(int64_t at_unix_ms);
/* Of a date that exists; month and day from 1. */
int64_t calendar_day_from(int64_t year, int64_t month, int64_t day);
/* Exactly `YYYY-MM-DDTHH:MM:SS.mmmZ` and a NUL; the first or the last instant of those years
 * where `at_unix_ms` is outside, and so for days. */
void calendar_format(int64_t at_unix_ms, char ret[static CALENDAR_INSTANT_LEN + 1]);
void calendar_format_day(int64_t day, char ret[static CALENDAR_DAY_LEN + 1]);
/* For a person's eyes: `YYYY-MM-DD HH:MM +01:00` in the zone of the machine or of TZ, "UTC" instead
 * of an offset of zero. Never for a program, and never in what is signed. */
void calendar_show(int64_t at_unix_ms, char ret[static CALENDAR_SHOWN_LEN + 1]);
/* From here on UTC in this process, whatever TZ says. */
void calendar_show_utc(void);
/* Exactly the form of calendar_format, and a date that exists. ERR_FORMAT. */
int calendar_parse(const char *text, int64_t *ret_at_unix_ms) MUST_USE;
int calendar_parse_day(const char *text, int64_t *ret_day) MUST_USE;
/* RFC 3339 in UTC as other programs write it: seconds with or without a fraction, `Z`.
 * Digits past the millisecond are dropped. ERR_FORMAT. */
int calendar_parse_loose(const char *text, int64_t *ret_at_unix_ms) MUST_USE;

#endif
