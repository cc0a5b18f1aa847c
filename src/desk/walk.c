#include "desk/walk.h"
#include "base/clock.h"

void walk_init(struct walk *w, const struct desk_index *x, const char *match,
               const struct query_plan *p, bool oldest, int64_t after_id)
{
    *w = (struct walk){.match = match, .first = 1, .last = index_last_id(x), .oldest = oldest};
    w->from = p->from_unix_ms == INT64_MIN ? 0 : columns_seconds(p->from_unix_ms);
    w->to = p->to_unix_ms >= (int64_t)UINT32_MAX * CLOCK_SECOND_MS
                ? (int64_t)UINT32_MAX + 1
                : (p->to_unix_ms + CLOCK_SECOND_MS - 1) / CLOCK_SECOND_MS;
    if (after_id > 0 && oldest)
        w->first = after_id + 1;
    else if (after_id > 0 && after_id <= w->last)
        w->last = after_id - 1;
}

static bool wanted(const struct desk_index *x, const struct walk *w, int64_t id)
{
    const struct columns *c = &x->columns;
    return sight_has(x, id) && c->at[id - 1] >= w->from && c->at[id - 1] < w->to;
}

static int walk_all(struct desk_index *x, const struct walk *w, int64_t first, int64_t last,
                    walk_fn *fn, void *context)
{
    int r = 0;
    for (int64_t i = 0; i <= last - first && r == 0; i++) {
        int64_t id = w->oldest ? first + i : last - i;
        if (wanted(x, w, id))
            r = fn(context, id);
    }
    return r;
}

static int walk_shard(struct desk_index *x, const struct walk *w, size_t shard, int64_t first,
                      int64_t last, walk_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s = shards_query(x, shard, w->oldest);
    int r = 0, told = 0;
    sql_bind_text(s, 1, w->match);
    sqlite3_bind_int64(s, 2, first);
    sqlite3_bind_int64(s, 3, last);
    while (told == 0 && sql_walk(&x->sql, s, &r, d)) {
        int64_t id = sqlite3_column_int64(s, 0);
        if (id >= first && id <= last && wanted(x, w, id))
            told = fn(context, id);
    }
    sqlite3_reset(s);
    return r < 0 ? r : told;
}

static bool all_time(const struct walk *w)
{
    return w->from == 0 && w->to > UINT32_MAX;
}

int walk_matches(struct desk_index *x, const struct walk *w, walk_fn *fn, void *context,
                 struct diag *d)
{
    int r = 0;
    for (size_t i = 0; i < x->shard_count && r == 0; i++) {
        size_t at = w->oldest ? i : x->shard_count - 1 - i;
        const struct shard *s = &x->shards[at];
        int64_t first = s->first > w->first ? s->first : w->first;
        int64_t last = s->last < w->last ? s->last : w->last;
        if (first > last ||
            (!all_time(w) && !columns_narrow(&x->columns, w->from, w->to, &first, &last)))
            continue;
        if (w->match[0] == '\0')
            r = walk_all(x, w, first, last, fn, context);
        else
            r = walk_shard(x, w, at, first, last, fn, context, d);
    }
    return r;
}

int walk_set(struct desk_index *x, const struct walk *w, const struct idset *set, walk_fn *fn,
             void *context)
{
    int64_t id = w->oldest ? idset_above(set, w->first - 1) : idset_below(set, w->last + 1);
    int r = 0;
    while (r == 0 && id >= w->first && id <= w->last && id != 0) {
        if (wanted(x, w, id))
            r = fn(context, id);
        id = w->oldest ? idset_above(set, id) : idset_below(set, id);
    }
    return r;
}
