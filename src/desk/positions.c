#include "desk/positions.h"

#include <stdlib.h>

#include "base/memory.h"
#include "desk/search_internal.h"

static int by_message(const void *key, const void *place)
{
    int64_t id = *(const int64_t *)key, of = ((const struct place *)place)->message;
    return (id > of) - (id < of);
}

/* NULL: the message has none. */
static const struct place *place_of(const struct desk_index *x, int64_t id)
{
    if ((x->columns.flags[id - 1] & COLUMN_PLACE) == 0)
        return NULL;
    return bsearch(&id, x->places, x->place_count, sizeof *x->places, by_message);
}

/* All that the query finds, newest first. */
static int collect(struct desk_index *x, const struct desk_positions_ask *ask, int64_t **ret,
                   size_t *ret_count, struct diag *d)
{
    size_t most =
        x->columns.count < DESK_POSITIONS_FOUND_MAX ? x->columns.count : DESK_POSITIONS_FOUND_MAX;
    const struct search_ask s = {.query = ask->query, .user = ask->user, .max = most + 1};
    *ret = mem_array(most + 1, sizeof **ret);
    int r = search_collect(x, &s, *ret, ret_count, d);
    if (r == 0 && *ret_count > most)
        return diag_set(d, ERR_LIMIT, "narrow the query: it finds over %u messages",
                        DESK_POSITIONS_FOUND_MAX);
    return r;
}

static int tell(const struct desk_index *x, const struct place *p, desk_position_fn *fn,
                void *context)
{
    size_t i = (size_t)p->message - 1;
    const struct desk_position position = {
        .message = p->message,
        .at_unix_ms = INT64_C(1000) * x->columns.at[i],
        .from = names_text(&x->names[NAME_ACCOUNT], x->columns.sender[i]),
        .lat = p->lat,
        .lon = p->lon,
    };
    return fn(context, &position);
}

int desk_positions(struct desk_index *x, const struct desk_positions_ask *ask, desk_position_fn *fn,
                   void *context, bool *ret_more, struct diag *d)
{
    CLEANUP_FREE int64_t *ids = NULL;
    size_t count = 0, told = 0;
    int r = collect(x, ask, &ids, &count, d);
    *ret_more = false;
    for (size_t i = 0; r == 0 && i < count && !*ret_more; i++) {
        const struct place *p = place_of(x, ids[i]);
        if (p == NULL)
            continue;
        *ret_more = told == ask->limit;
        if (!*ret_more)
            r = tell(x, p, fn, context);
        told++;
    }
    return r;
}
