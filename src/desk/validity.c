#include "desk/validity.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "desk/validity_internal.h"

/* ---- by the day ---- */

static const char *const words[] = {
    [DESK_VALIDITY_UNKNOWN] = "unknown", [DESK_VALIDITY_IN_FORCE] = "in-force",
    [DESK_VALIDITY_ENDED] = "ended",     [DESK_VALIDITY_REVOKED] = "revoked",
    [DESK_VALIDITY_UNNAMED] = "unnamed",
};
_Static_assert(sizeof words / sizeof *words == DESK_VALIDITIES, "a word for each");

const char *desk_validity_text(enum desk_validity s)
{
    return words[s];
}

static const struct validity *find(const struct desk_index *x, const char *warrant)
{
    for (size_t i = 0; i < x->validity.count; i++)
        if (strcmp(x->validity.items[i].warrant, warrant) == 0)
            return &x->validity.items[i];
    return validity_received_find(x, warrant);
}

static enum desk_validity state_of(const struct desk_index *x, const struct validity *s)
{
    if (s == NULL)
        return DESK_VALIDITY_UNKNOWN;
    if (s->revoked)
        return DESK_VALIDITY_REVOKED;
    if (x->validity.today > s->until_day)
        return DESK_VALIDITY_ENDED;
    return s->named ? DESK_VALIDITY_IN_FORCE : DESK_VALIDITY_UNNAMED;
}

void desk_validity_of(const struct desk_index *x, const char *warrant, struct desk_validity_of *ret)
{
    const struct validity *s = find(x, warrant);
    *ret = (struct desk_validity_of){.state = state_of(x, s)};
    ret->readable = !x->validity.told || ret->state == DESK_VALIDITY_IN_FORCE;
    if (s == NULL)
        return;
    ret->from_day = s->from_day;
    ret->until_day = s->until_day;
    if (ret->state == DESK_VALIDITY_IN_FORCE)
        ret->days_left = s->until_day - x->validity.today + 1;
}

/* ---- flags ---- */

static bool is_readable(const struct desk_index *x, uint32_t warrant)
{
    struct desk_validity_of s;
    desk_validity_of(x, names_text(&x->names[NAME_WARRANT], warrant), &s);
    return s.readable;
}

/* Of the warrants that there were when they were judged last it is known. */
static bool is_outside(const struct desk_index *x, uint32_t set)
{
    const uint32_t *warrants;
    size_t count = row_set(&x->names[NAME_WARRANTS], set, &warrants);
    for (size_t i = 0; i < count; i++) {
        uint32_t w = warrants[i];
        if (w <= x->validity.judged ? x->validity.readable[w - 1] : is_readable(x, w))
            return false;
    }
    return true;
}

void validity_arrived(struct desk_index *x, int64_t id)
{
    if (is_outside(x, x->columns.warrants[id - 1]))
        x->columns.flags[id - 1] |= COLUMN_OUTSIDE;
}

static void follow(struct desk_index *x, int64_t id)
{
    bool on = is_outside(x, x->columns.warrants[id - 1]);
    if (((x->columns.flags[id - 1] & COLUMN_OUTSIDE) != 0) != on)
        sight_switch(x, id, COLUMN_OUTSIDE, on);
}

void validity_changed(struct desk_index *x, int64_t id, uint32_t warrants)
{
    x->columns.warrants[id - 1] = warrants;
    follow(x, id);
}

/* Judges every warrant; did any come or go? */
static bool judge(struct desk_index *x)
{
    uint32_t count = x->names[NAME_WARRANT].count;
    CLEANUP_FREE bool *now = mem_array((size_t)count + 1, sizeof *now);
    bool changed = count != x->validity.judged;
    for (uint32_t w = 1; w <= count; w++) {
        now[w - 1] = is_readable(x, w);
        changed = changed || now[w - 1] != x->validity.readable[w - 1];
    }
    free(x->validity.readable);
    x->validity.readable = TAKE(now);
    x->validity.judged = count;
    return changed;
}

void validity_follow(struct desk_index *x)
{
    if (!judge(x))
        return;
    for (int64_t id = 1; id <= index_last_id(x); id++)
        if ((x->columns.flags[id - 1] & COLUMN_THERE) != 0)
            follow(x, id);
    sight_settle(x);
}

/* ---- the clock ---- */

/* Of a replay network: what was archived shows that the clock had come so far. */
static int64_t replay_clock(const struct desk_index *x)
{
    int64_t clock_ms = x->validity.clock_unix_ms;
    for (size_t i = 0; i < x->warrant_count_count; i++)
        if (x->warrant_counts[i].last > clock_ms)
            clock_ms = x->warrant_counts[i].last;
    return clock_ms;
}

static void set_today(struct desk_index *x)
{
    x->validity.today =
        calendar_day_of(x->validity.replay ? replay_clock(x) : x->validity.now_unix_ms);
}

void desk_validities_at(struct desk_index *x, int64_t now_unix_ms)
{
    int64_t before = x->validity.today;
    x->validity.now_unix_ms = now_unix_ms;
    set_today(x);
    if (x->validity.today != before)
        validity_follow(x);
}

/* ---- what is told ---- */

int desk_validities_take(struct desk_index *x, const struct desk_told *told, struct diag *d)
{
    int r = validity_write(x, told, d);
    if (r == 0)
        r = validity_read(x, d);
    if (r < 0)
        return r;
    set_today(x);
    validity_follow(x);
    return 0;
}

int validity_load(struct desk_index *x, struct diag *d)
{
    int r = validity_read(x, d);
    if (r == 0)
        r = validity_received_read(x, d);
    if (r < 0)
        return r;
    set_today(x);
    (void)judge(x);
    return 0;
}

void validity_forget(struct desk_index *x)
{
    validity_clear(x);
    validity_received_forget(x);
    free(x->validity.readable);
    x->validity.readable = NULL;
    x->validity.judged = 0;
}
