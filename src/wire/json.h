/* What documents and messages say, as JSON for programs: the same words wherever it is shown. A new
 * value each, the caller's.
 */
#ifndef IRONSIDE_WIRE_JSON_H
#define IRONSIDE_WIRE_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/warrant.h"

/* "YYYY-MM-DD", and "YYYY-MM-DDTHH:MM:SS.mmmZ" (base/calendar.h). */
json_t *json_of_day(int64_t day);
json_t *json_of_instant(int64_t at_unix_ms);
/* An array of these texts; one that is no UTF-8 is left out. */
json_t *json_of_words(const char *const *words, size_t count);
/* {"name","recipient","desk":KEY|null} */
json_t *json_of_agency(const struct warrant_agency *a);

#endif
