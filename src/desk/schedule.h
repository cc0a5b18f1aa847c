/* At which times something is due: days of the week and what the clocks of a zone show then, as
 * people agree on it: "mon,wed,fri 06:00 Europe/Amsterdam", "daily 18:30 UTC". Pure.
 */
#ifndef IRONSIDE_DESK_SCHEDULE_H
#define IRONSIDE_DESK_SCHEDULE_H

#include "base/buf.h"
#include "base/cleanup.h"

#define DESK_SCHEDULE_MAX 128U /* bytes of the text */

struct desk_schedule;

/* ERR_FORMAT, with what is wrong in it; ERR_NOT_FOUND: no such zone. */
int desk_schedule_parse(const char *text, struct desk_schedule **ret, struct diag *d) MUST_USE;
void desk_schedule_free(struct desk_schedule *s);
DEFINE_CLEANUP(struct desk_schedule, desk_schedule_free)
/* Appends it as text: its days in the order of the week, all seven as "daily". */
void desk_schedule_put(const struct desk_schedule *s, struct buf *b);
/* The first instant behind `after_unix_ms` at which it is due. What the clocks skip on that day is
 * due when they go on; what they show twice is due the first time alone. */
int64_t desk_schedule_next(const struct desk_schedule *s, int64_t after_unix_ms);

#endif
