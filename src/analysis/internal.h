/* What the room's files share. */
#ifndef IRONSIDE_ANALYSIS_INTERNAL_H
#define IRONSIDE_ANALYSIS_INTERNAL_H

#include <igraph/igraph.h>

#include "analysis/analysis.h"

/* A person's contacts stand in to[first[p]] to to[first[p + 1] - 1], heaviest first. */
struct analysis {
    igraph_t graph;
    igraph_vector_t weights; /* of the graph's edges */
    uint32_t people;
    size_t pairs;
    size_t *first; /* people + 1 */
    uint32_t *to;
    double *weight;
};

/* igraph's code as ours, with its words. */
int analysis_failed(igraph_error_t e, struct diag *d);

#endif
