#ifndef IRONSIDE_DESK_SEARCH_INTERNAL_H
#define IRONSIDE_DESK_SEARCH_INTERNAL_H

#include "desk/judge.h"
#include "desk/walk.h"

struct search_ask {
    const struct query *query;
    int64_t user, after_id;
    bool oldest;
    size_t max;
    bool grouped;
};

int search_plan(struct desk_index *x, const struct query *q, struct query_plan *ret,
                struct diag *d) MUST_USE;
/* The smallest set that all that is found is in, of the query's or of what is in sight; NULL: there
 * is none. */
const struct idset *search_driver(const struct desk_index *x, const struct judge *j);
/* Is so little in sight that all of it is looked at, rather than all that the full text finds? */
bool search_by_set(const struct desk_index *x);
/* The ids of at most a->max that match, in the order. */
int search_collect(struct desk_index *x, const struct search_ask *a, int64_t *ids,
                   size_t *ret_count, struct diag *d) MUST_USE;
/* Hands one hit on. */
int search_tell(struct desk_index *x, const struct desk_search *s, int64_t id, double score,
                desk_hit_fn *fn, void *context, struct diag *d) MUST_USE;

/* relevance.c */
int relevance_search(struct desk_index *x, const struct desk_search *s, desk_hit_fn *fn,
                     void *context, bool *ret_more, struct diag *d) MUST_USE;

#endif
