/* Who has fallen silent: activity.h. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/memory.h"
#include "desk/activity.h"
#include "desk/index_internal.h"

static int last_heard_first(const void *a, const void *b)
{
    const struct desk_silent *x = a, *y = b;
    if (x->last_unix_ms != y->last_unix_ms)
        return x->last_unix_ms > y->last_unix_ms ? -1 : 1;
    return strcmp(x->account, y->account);
}

int desk_activity_silent(struct desk_index *x, int64_t now_unix_ms, unsigned days, uint64_t least,
                         unsigned limit, desk_silent_fn *fn, void *context)
{
    const struct census *c = sight_census(x);
    CLEANUP_FREE struct desk_silent *list = mem_array((size_t)c->people_count + 1, sizeof *list);
    int64_t before = now_unix_ms / CLOCK_SECOND_MS - (int64_t)days * CALENDAR_DAY_S;
    size_t count = 0;
    int r = 0;
    for (uint32_t i = 0; i < c->people_count; i++) {
        const struct census_person *p = &c->people[i];
        if (p->sent > 0 && p->sent >= least && p->last < before)
            list[count++] = (struct desk_silent){names_text(&x->names[NAME_ACCOUNT], i + 1),
                                                 (int64_t)p->last * CLOCK_SECOND_MS, p->sent};
    }
    qsort(list, count, sizeof *list, last_heard_first);
    for (size_t i = 0; r == 0 && i < count && i < limit; i++)
        r = fn(context, &list[i]);
    return r;
}
