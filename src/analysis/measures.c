#include <string.h>

#include "analysis/internal.h"

#define DAMPING 0.85 /* of PageRank, as published */

static void count_contacts(const struct analysis *a, double *ret)
{
    for (uint32_t p = 0; p < a->people; p++)
        ret[p] = (double)(a->first[p + 1] - a->first[p]);
}

static void add_weights(const struct analysis *a, double *ret)
{
    for (uint32_t p = 0; p < a->people; p++) {
        ret[p] = 0;
        for (size_t i = a->first[p]; i < a->first[p + 1]; i++)
            ret[p] += a->weight[i];
    }
}

static igraph_error_t pagerank(const struct analysis *a, double *ret)
{
    igraph_vector_t v;
    igraph_error_t e = igraph_vector_init(&v, 0);
    if (e != IGRAPH_SUCCESS)
        return e;
    e = igraph_pagerank(&a->graph, IGRAPH_PAGERANK_ALGO_PRPACK, &v, NULL, igraph_vss_all(),
                        IGRAPH_UNDIRECTED, DAMPING, &a->weights, NULL);
    if (e == IGRAPH_SUCCESS)
        igraph_vector_copy_to(&v, ret);
    igraph_vector_destroy(&v);
    return e;
}

static igraph_error_t coreness(const struct analysis *a, double *ret)
{
    igraph_vector_int_t v;
    igraph_error_t e = igraph_vector_int_init(&v, 0);
    if (e != IGRAPH_SUCCESS)
        return e;
    e = igraph_coreness(&a->graph, &v, IGRAPH_ALL);
    for (uint32_t p = 0; e == IGRAPH_SUCCESS && p < a->people; p++)
        ret[p] = (double)VECTOR(v)[p];
    igraph_vector_int_destroy(&v);
    return e;
}

int analysis_measure(const struct analysis *a, enum analysis_measure m, double *ret, struct diag *d)
{
    igraph_error_t e = IGRAPH_SUCCESS;
    if (a->people == 0)
        return 0;
    switch (m) {
    case ANALYSIS_CONTACTS:
        count_contacts(a, ret);
        break;
    case ANALYSIS_STRENGTH:
        add_weights(a, ret);
        break;
    case ANALYSIS_PAGERANK:
        e = pagerank(a, ret);
        break;
    case ANALYSIS_CORENESS:
        e = coreness(a, ret);
        break;
    case ANALYSIS_MEASURES:
        break;
    }
    return e == IGRAPH_SUCCESS ? 0 : analysis_failed(e, d);
}

int analysis_articulations(const struct analysis *a, uint32_t *ret, size_t *ret_count,
                           struct diag *d)
{
    igraph_vector_int_t v;
    if (igraph_vector_int_init(&v, 0) != IGRAPH_SUCCESS)
        return analysis_failed(IGRAPH_ENOMEM, d);
    igraph_error_t e = igraph_articulation_points(&a->graph, &v);
    if (e == IGRAPH_SUCCESS) {
        igraph_vector_int_sort(&v);
        *ret_count = (size_t)igraph_vector_int_size(&v);
        for (size_t i = 0; i < *ret_count; i++)
            ret[i] = (uint32_t)VECTOR(v)[i];
    }
    igraph_vector_int_destroy(&v);
    return e == IGRAPH_SUCCESS ? 0 : analysis_failed(e, d);
}
