#include "device/arrival.h"

#include <inttypes.h>

#include "base/calendar.h"

enum fate arrival_refuse(struct arrival *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(a->why, sizeof a->why, fmt, ap);
    va_end(ap);
    return REFUSE;
}

struct coverage_query arrival_query(const struct arrival *a)
{
    return (struct coverage_query){.handle = a->handle,
                                   .bot = a->e.bot,
                                   .day = calendar_day_of(a->e.at_unix_ms),
                                   .country = a->country[0] == '\0' ? NULL : a->country};
}

enum fate arrival_lack(struct arrival *a, enum have have, uint32_t serial)
{
    if (have == HAVE_NOT_YET)
        return PARK;
    return arrival_refuse(a, "policy %" PRIu32 ", which it is judged by, is not to be had", serial);
}
