/* Candidates in the order of their ids: what a plan's expression finds in the shards, or a set. */
#ifndef IRONSIDE_DESK_WALK_H
#define IRONSIDE_DESK_WALK_H

#include "desk/index_internal.h"
#include "query/compile.h"

struct walk {
    const char *match;   /* FTS5's; "" all messages */
    int64_t from, to;    /* seconds that candidates lie in: from <= at < to */
    int64_t first, last; /* ids */
    bool oldest;         /* the least id first */
};

/* A value other than 0 ends the walk and is handed on. */
typedef int walk_fn(void *context, int64_t id);

/* Of a plan: its times, all ids beyond `after_id` (0: all) in the order. */
void walk_init(struct walk *w, const struct desk_index *x, const char *match,
               const struct query_plan *p, bool oldest, int64_t after_id);
int walk_matches(struct desk_index *x, const struct walk *w, walk_fn *fn, void *context,
                 struct diag *d) MUST_USE;
int walk_set(struct desk_index *x, const struct walk *w, const struct idset *set, walk_fn *fn,
             void *context) MUST_USE;

#endif
