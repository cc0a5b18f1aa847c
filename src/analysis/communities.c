#include <math.h>
#include <stdlib.h>

#include "analysis/internal.h"
#include "base/memory.h"

#define ITERATIONS                                                                                 \
    10              /* until nothing changes (-1) stops early: notes of the measurements in docs */
#define BETA 0.01   /* how random the refinement is */
#define FEW 50.0    /* people */
#define MANY 1000.0 /* people */

double analysis_resolution(uint32_t people)
{
    if (people <= FEW)
        return 1;
    if (people >= MANY)
        return ANALYSIS_RESOLUTION;
    return 1 + (ANALYSIS_RESOLUTION - 1) * log(people / FEW) / log(MANY / FEW);
}

static int check(const struct analysis *a, const struct analysis_grouping *g, struct diag *d)
{
    if (!(g->resolution > 0) || !isfinite(g->resolution))
        return diag_set(d, ERR_FORMAT, "a resolution is above 0");
    for (uint32_t p = 0; g->before != NULL && p < a->people; p++)
        if (g->before[p] >= a->people)
            return diag_set(d, ERR_FORMAT, "person %u is in no group", p);
    return 0;
}

/* Groups in the order of their smallest people, from 0. */
static void number_groups(const struct analysis *a, const igraph_vector_int_t *groups,
                          uint32_t *ret, uint32_t *ret_count)
{
    CLEANUP_FREE uint32_t *numbers = mem_array((size_t)a->people + 1, sizeof *numbers);
    uint32_t count = 0;
    for (uint32_t p = 0; p < a->people; p++) {
        uint32_t *number = &numbers[VECTOR(*groups)[p]];
        if (*number == 0)
            *number = ++count;
        ret[p] = *number - 1;
    }
    *ret_count = count;
}

/* Leiden's nodes weigh what their contacts do, and its resolution is a part of the whole weight:
 * that is modularity (igraph's manual of igraph_community_leiden). */
static igraph_error_t leiden(const struct analysis *a, const struct analysis_grouping *g,
                             const igraph_vector_t *strength, igraph_vector_int_t *groups)
{
    double whole = igraph_vector_sum(strength);
    for (uint32_t p = 0; g->before != NULL && p < a->people; p++)
        VECTOR(*groups)[p] = g->before[p];
    igraph_rng_seed(igraph_rng_default(), g->seed);
    return igraph_community_leiden(&a->graph, &a->weights, strength, g->resolution / whole, BETA,
                                   g->before != NULL, ITERATIONS, groups, NULL, NULL);
}

static igraph_error_t group(const struct analysis *a, const struct analysis_grouping *g,
                            igraph_vector_int_t *groups)
{
    igraph_vector_t strength;
    igraph_error_t e = igraph_vector_init(&strength, a->people);
    if (e != IGRAPH_SUCCESS)
        return e;
    e = igraph_strength(&a->graph, &strength, igraph_vss_all(), IGRAPH_ALL, IGRAPH_NO_LOOPS,
                        &a->weights);
    if (e == IGRAPH_SUCCESS)
        e = leiden(a, g, &strength, groups);
    igraph_vector_destroy(&strength);
    return e;
}

int analysis_communities(const struct analysis *a, const struct analysis_grouping *g, uint32_t *ret,
                         uint32_t *ret_count, struct diag *d)
{
    igraph_vector_int_t groups;
    int r = check(a, g, d);
    if (r < 0)
        return r;
    if (igraph_vector_int_init_range(&groups, 0, a->people) != IGRAPH_SUCCESS)
        return analysis_failed(IGRAPH_ENOMEM, d);
    igraph_error_t e = a->pairs == 0 ? IGRAPH_SUCCESS : group(a, g, &groups);
    if (e == IGRAPH_SUCCESS)
        number_groups(a, &groups, ret, ret_count);
    igraph_vector_int_destroy(&groups);
    return e == IGRAPH_SUCCESS ? 0 : analysis_failed(e, d);
}
