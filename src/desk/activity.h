/* How much was written when, from where: by hour, weekday, day, week and month of a zone that is
 * named, and who has fallen silent; the figures that an affidavit needs. From the arrays.
 */
#ifndef IRONSIDE_DESK_ACTIVITY_H
#define IRONSIDE_DESK_ACTIVITY_H

#include "desk/search.h"
#include "wire/value.h"

struct desk_activity_ask {
    const struct query *query; /* NULL: all messages */
    int64_t user;
    const struct zone *zone;
};

#define DESK_HOURS_OF_WEEK 168U /* from Monday, 00:00 */

struct desk_activity_day {
    int64_t day; /* since 1970-01-01, of the zone */
    uint32_t messages, people;
};
struct desk_activity_country {
    char country[VALUE_COUNTRY_BYTES]; /* "" unknown */
    uint64_t messages;
    uint32_t people; /* whose most frequent country it is, among what was asked for */
};
struct desk_activity {
    uint64_t messages;
    uint32_t people; /* who wrote */
    uint64_t hours[DESK_HOURS_OF_WEEK];
    struct desk_activity_day *days, *weeks; /* in their order; a week by its Monday */
    size_t day_count, week_count;
    struct desk_activity_country *countries; /* most people first */
    size_t country_count;
};
int desk_activity_count(struct desk_index *x, const struct desk_activity_ask *ask,
                        struct desk_activity **ret, struct diag *d) MUST_USE;
void desk_activity_free(struct desk_activity *a);
DEFINE_CLEANUP(struct desk_activity, desk_activity_free)

/* Who wrote `least` messages or more and none for `days` before `now`: longest silent last. */
struct desk_silent {
    const char *account;
    int64_t last_unix_ms;
    uint64_t sent;
};
typedef int desk_silent_fn(void *context, const struct desk_silent *s);
int desk_activity_silent(struct desk_index *x, int64_t now_unix_ms, unsigned days, uint64_t least,
                         unsigned limit, desk_silent_fn *fn, void *context);

#endif
