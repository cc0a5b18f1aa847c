#include "desk/queue.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "desk/search_internal.h"

#define BETWEEN_CLOCKS 256U

struct looking {
    struct desk_index *x;
    const struct desk_queue *q;
    struct judge *judge;
    bool *met; /* conversations, by number less 1; NULL: each message counts */
    struct desk_queue_state *state;
    int64_t until_ms;
    unsigned to_clock;
    struct diag *d;
};
enum { TIME_IS_UP = 1 };

static bool is_beyond(const struct desk_queue *q, int64_t id)
{
    return q->after_id == 0 || (q->newest ? id < q->after_id : id > q->after_id);
}

static bool is_met(const struct looking *l, int64_t id)
{
    if (l->met == NULL)
        return false;
    bool *met = &l->met[l->x->columns.conversation[id - 1] - 1];
    bool before = *met;
    *met = true;
    return before;
}

static int look(void *context, int64_t id)
{
    struct looking *l = context;
    int r = judge_message(l->judge, id, l->d);
    if (r < 0)
        return r;
    if (r > 0 && !is_met(l, id)) {
        l->state->left++;
        if (l->state->next == 0 && is_beyond(l->q, id))
            l->state->next = id;
    }
    if (l->state->next == 0 || --l->to_clock > 0)
        return 0;
    l->to_clock = BETWEEN_CLOCKS;
    return clock_monotonic_ms() >= l->until_ms ? TIME_IS_UP : 0;
}

static int walk(struct desk_index *x, struct query_plan *plan, struct looking *l)
{
    struct walk w;
    const struct idset *driver = search_driver(x, l->judge);
    l->judge->by_set = search_by_set(x);
    walk_init(&w, x, buf_text(&plan->match), plan, !l->q->newest, 0);
    if (driver != NULL && (l->judge->by_set || w.match[0] == '\0'))
        return walk_set(x, &w, driver, look, l);
    return walk_matches(x, &w, look, l, l->d);
}

int desk_queue_look(struct desk_index *x, const struct desk_queue *q, struct desk_queue_state *ret,
                    struct diag *d)
{
    CLEANUP(query_plan_clear) struct query_plan plan;
    CLEANUP(judge_clear) struct judge judge = {0};
    CLEANUP_FREE bool *met =
        q->by_conversation ? mem_array(x->conversations.count + 1U, sizeof *met) : NULL;
    struct desk_queue_state state = {0};
    int r = search_plan(x, q->query, &plan, d);
    if (r == 0)
        r = judge_init(&judge, x, q->query, &plan, q->user, d);
    if (r < 0)
        return r;
    struct looking l = {
        x, q, &judge, met, &state, clock_monotonic_ms() + q->budget_ms, BETWEEN_CLOCKS, d};
    r = walk(x, &plan, &l);
    if (r < 0)
        return r;
    state.exact = r != TIME_IS_UP;
    *ret = state;
    return 0;
}
