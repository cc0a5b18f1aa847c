/* Figures of the whole. */
#include <stdlib.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/memory.h"
#include "desk/index_internal.h"

#define WEEK_S (CALENDAR_WEEK_DAYS * CALENDAR_DAY_S)

/* Who wrote from then on, and how many messages there are from `day` on. */
static void count_recent(const struct desk_index *x, int64_t now, struct desk_figures *ret)
{
    const struct columns *c = &x->columns;
    int64_t week = now - WEEK_S, day = now - now % CALENDAR_DAY_S;
    struct idset active = {0};
    for (uint32_t i = c->count; i > 0; i--) {
        uint32_t block = (i - 1) / COLUMNS_BLOCK;
        if (c->block_max[block] < week) {
            i = block * COLUMNS_BLOCK + 1;
            continue;
        }
        if (!sight_has(x, i) || c->at[i - 1] > now)
            continue;
        if (c->at[i - 1] > week)
            idset_add(&active, c->sender[i - 1]);
        ret->today += c->at[i - 1] >= day;
    }
    ret->active_week = active.count;
    idset_clear(&active);
}

static void count_all(const struct census *c, struct desk_figures *ret)
{
    uint32_t first = UINT32_MAX, last = 0;
    for (uint32_t i = 0; i < c->people_count; i++) {
        const struct census_person *p = &c->people[i];
        ret->messages += p->sent;
        ret->people += p->sent + p->received > 0;
        first = p->sent > 0 && p->first < first ? p->first : first;
        last = p->sent > 0 && p->last > last ? p->last : last;
    }
    for (uint32_t i = 0; i < c->conversation_count; i++)
        ret->conversations += c->conversations[i].messages > 0;
    ret->first_unix_ms = ret->messages == 0 ? 0 : (int64_t)first * CLOCK_SECOND_MS;
    ret->last_unix_ms = (int64_t)last * CLOCK_SECOND_MS;
}

int desk_figures(struct desk_index *x, int64_t now_unix_ms, struct desk_figures *ret,
                 struct diag *d)
{
    int r = sql_fault(&x->sql, d);
    if (r < 0)
        return r;
    *ret = (struct desk_figures){.records = x->records,
                                 .files = x->files,
                                 .unverified = x->unverified,
                                 .pending = sight_count(x, &x->uncovered)};
    count_all(sight_census(x), ret);
    count_recent(x, now_unix_ms / CLOCK_SECOND_MS, ret);
    return 0;
}

int desk_warrants(struct desk_index *x, desk_warrant_fn *fn, void *context, struct diag *d)
{
    (void)d;
    int r = 0;
    for (size_t i = 0; i < x->warrant_count_count && r == 0; i++) {
        const struct warrant_count *c = &x->warrant_counts[i];
        struct desk_warrant w = {
            .warrant = names_text(&x->names[NAME_WARRANT], c->warrant),
            .bot = names_text(&x->names[NAME_BOT], c->bot),
            .records = c->records,
            .first_unix_ms = c->first,
            .last_unix_ms = c->last,
        };
        desk_validity_of(x, w.warrant, &w.validity);
        r = fn(context, &w);
    }
    return r;
}
