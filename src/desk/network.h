/* The contact network of all messages, kept while it is fresh: its communities, and betweenness,
 * which is sampled in the steps between questions and never while somebody waits.
 */
#ifndef IRONSIDE_DESK_NETWORK_H
#define IRONSIDE_DESK_NETWORK_H

#include "desk/graph.h"
#include "desk/model.h"

/* It is made anew after that where there are new messages, and at once where somebody was named. */
#define DESK_NETWORK_FRESH_MS 60000

struct desk_network;

void desk_network_new(struct desk_index *x, struct desk_network **ret);
void desk_network_free(struct desk_network *n);
DEFINE_CLEANUP(struct desk_network, desk_network_free)

/* What it says of a person. */
struct desk_standing {
    double contacts, strength, pagerank, coreness;
    uint32_t community;
    bool articulation;
    bool has_between; /* sampled already: of this network, or of the one before it */
    double between, between_error;
};
struct desk_network_view {
    const struct desk_graph *graph;
    const struct desk_standing *people; /* of analysis_people */
    uint32_t communities;
    int64_t made_unix_ms;
};
/* The network of what is in common sight, for whoever has that; made where there is none or it is
 * not fresh. In a transaction of its own. `ret` is valid until the next call. */
int desk_network_look(struct desk_network *n, int64_t now_unix_ms, struct desk_network_view *ret,
                      struct diag *d) MUST_USE;
/* A part of the sampling; true while there is more. An error ends it: *r is then ERR_IO, and what
 * was sampled before stands. */
bool desk_network_step(struct desk_network *n, int *r, struct diag *d);

/* The same of another graph, without what is kept: communities from nothing, no betweenness.
 * `people` has room for all. */
int desk_network_measure(const struct desk_graph *g, double resolution,
                         struct desk_standing *people, uint32_t *ret_communities,
                         struct diag *d) MUST_USE;

#endif
