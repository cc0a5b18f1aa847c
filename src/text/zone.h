/* Instants in a named time zone (IANA), over ICU. */
#ifndef IRONSIDE_TEXT_ZONE_H
#define IRONSIDE_TEXT_ZONE_H

#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct zone;

/* "Europe/Berlin", "UTC". ERR_NOT_FOUND: there is no such zone. */
int zone_open(const char *name, struct zone **ret, struct diag *d) MUST_USE;
void zone_free(struct zone *z);
DEFINE_CLEANUP(struct zone, zone_free)
const char *zone_name(const struct zone *z);

struct zone_time {
    int year, month, day, hour, minute; /* month and day from 1 */
};
/* The first instant of what the clocks of the zone show; what they skip is the instant after.
 * ERR_FORMAT: no such date. */
int zone_instant(const struct zone *z, const struct zone_time *t, int64_t *ret_unix_ms) MUST_USE;
/* The first instant of the day, of the month, and of the one after it are asked by adding to `day`
 * or `month`: both may run over. */
void zone_read(const struct zone *z, int64_t unix_ms, struct zone_time *ret);

#endif
