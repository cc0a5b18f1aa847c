#include <stdlib.h>
#include <string.h>

#include "analysis/internal.h"
#include "base/memory.h"

#define FAR UINT8_MAX

/* Who is how far, breadth first. */
struct reach {
    const struct analysis *a;
    uint8_t *steps;  /* of each person; FAR: not met */
    uint32_t *queue; /* who was met, in order */
    double *weight;  /* of the contact by which it was met; NULL: not wanted */
    size_t count, next;
};

static struct reach reach_from(const struct analysis *a, uint32_t person)
{
    struct reach r = {.a = a};
    r.steps = mem_array((size_t)a->people + 1, sizeof *r.steps);
    r.queue = mem_array((size_t)a->people + 1, sizeof *r.queue);
    memset(r.steps, FAR, a->people);
    r.steps[person] = 0;
    r.queue[r.count++] = person;
    return r;
}

static void reach_clear(struct reach *r)
{
    free(r->steps);
    free(r->queue);
    free(r->weight);
}

/* Meets the contacts of the next who was met. */
static void reach_next(struct reach *r)
{
    uint32_t p = r->queue[r->next++];
    for (size_t i = r->a->first[p]; i < r->a->first[p + 1]; i++) {
        uint32_t to = r->a->to[i];
        if (r->steps[to] != FAR)
            continue;
        r->steps[to] = (uint8_t)(r->steps[p] + 1);
        if (r->weight != NULL)
            r->weight[to] = r->a->weight[i];
        r->queue[r->count++] = to;
    }
}

static int nearest_first(const void *a, const void *b)
{
    const struct analysis_near *x = a, *y = b;
    if (x->steps != y->steps)
        return x->steps < y->steps ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

size_t analysis_contacts_of(const struct analysis *a, uint32_t person, const uint32_t **ret_to,
                            const double **ret_weight)
{
    *ret_to = a->to + a->first[person];
    *ret_weight = a->weight + a->first[person];
    return a->first[person + 1] - a->first[person];
}

size_t analysis_neighbourhood(const struct analysis *a, uint32_t person, uint32_t steps,
                              size_t limit, struct analysis_near *ret, int *ret_more)
{
    CLEANUP(reach_clear) struct reach r = reach_from(a, person);
    r.weight = mem_array((size_t)a->people + 1, sizeof *r.weight);
    uint32_t farthest = steps < ANALYSIS_STEPS_MAX ? steps : ANALYSIS_STEPS_MAX;
    while (r.next < r.count && r.steps[r.queue[r.next]] < farthest)
        reach_next(&r);
    CLEANUP_FREE struct analysis_near *all = mem_array(r.count, sizeof *all);
    for (size_t i = 1; i < r.count; i++)
        all[i - 1] = (struct analysis_near){r.queue[i], r.steps[r.queue[i]], r.weight[r.queue[i]]};
    qsort(all, r.count - 1, sizeof *all, nearest_first);
    size_t n = r.count - 1 < limit ? r.count - 1 : limit;
    memcpy(ret, all, n * sizeof *ret);
    *ret_more = r.count - 1 > limit;
    return n;
}

/* A path under way, from the first person on; `steps` of a reach from its end say who leads there.
 */
struct walk {
    const struct analysis *a;
    const uint8_t *left; /* steps to the end */
    uint32_t people[ANALYSIS_STEPS_MAX + 1];
    size_t at[ANALYSIS_STEPS_MAX + 1]; /* which contact comes next */
    uint32_t depth;
};

/* The next contact of the last person that is one step nearer to the end. */
static bool walk_on(struct walk *w)
{
    uint32_t p = w->people[w->depth];
    for (; w->at[w->depth] < w->a->first[p + 1]; w->at[w->depth]++) {
        uint32_t to = w->a->to[w->at[w->depth]];
        if (w->left[to] + 1 != w->left[p])
            continue;
        w->at[w->depth]++;
        w->people[++w->depth] = to;
        w->at[w->depth] = w->a->first[to];
        return true;
    }
    return false;
}

static int walk_all(struct walk *w, uint32_t steps, size_t limit, analysis_path_fn *fn,
                    void *context)
{
    for (size_t found = 0; found < limit;) {
        if (w->depth == steps) {
            int r = fn(context, w->people, steps);
            if (r != 0)
                return r;
            found++;
        } else if (walk_on(w)) {
            continue;
        }
        if (w->depth-- == 0)
            return 0;
    }
    return 0;
}

int analysis_paths(const struct analysis *a, uint32_t from, uint32_t to, size_t limit,
                   analysis_path_fn *fn, void *context)
{
    CLEANUP(reach_clear) struct reach r = reach_from(a, to);
    while (r.next < r.count && r.steps[from] == FAR &&
           r.steps[r.queue[r.next]] < ANALYSIS_STEPS_MAX)
        reach_next(&r);
    if (r.steps[from] == FAR || from == to)
        return 0;
    struct walk w = {.a = a, .left = r.steps};
    w.people[0] = from;
    w.at[0] = a->first[from];
    return walk_all(&w, r.steps[from], limit, fn, context);
}
