/* The contact network of all messages, of a search's, or of a time (analysis/analysis.h): accounts
 * that a reviewer has put under one name are one person. Made from the arrays, without reading a
 * text.
 */
#ifndef IRONSIDE_DESK_GRAPH_H
#define IRONSIDE_DESK_GRAPH_H

#include "analysis/between.h"
#include "desk/search.h"

#define DESK_GRAPH_STEPS 300U   /* of sampled betweenness: a source each */
#define DESK_GRAPH_SOURCES 300U /* people from whom it is sampled */

#define DESK_GRAPH_FOUND_MAX 2000000U /* messages of a search: others wait meanwhile */

struct desk_graph;

struct desk_graph_ask {
    const struct query *query; /* NULL: all messages in sight */
    int64_t user;              /* who asks, for seen: and unseen: */
};
/* ERR_LIMIT: a search that finds over DESK_GRAPH_FOUND_MAX. */
int desk_graph_make(struct desk_index *x, const struct desk_graph_ask *ask, struct desk_graph **ret,
                    struct diag *d) MUST_USE;
void desk_graph_free(struct desk_graph *g);
DEFINE_CLEANUP(struct desk_graph, desk_graph_free)

const struct analysis *desk_graph_network(const struct desk_graph *g);
uint64_t desk_graph_messages(const struct desk_graph *g);
/* Was an account named, or a name taken, since it was made of this index? Its people may be others.
 */
bool desk_graph_named_since(const struct desk_graph *g, const struct desk_index *x);
/* Has anything gone out of common sight since, or come back into it? */
bool desk_graph_hidden_since(const struct desk_graph *g, const struct desk_index *x);
/* A person of it, 0 to analysis_people less 1: the name, or the account where none was given; valid
 * as long as the graph. */
const char *desk_graph_person(const struct desk_graph *g, uint32_t person);
/* An account of theirs: the one that their organisation is of. */
const char *desk_graph_account(const struct desk_graph *g, uint32_t person);
const char *desk_graph_organisation(const struct desk_graph *g, uint32_t person); /* "" none */
/* By name, or by any account of theirs. ERR_NOT_FOUND: it has no contact in this network. */
int desk_graph_find(const struct desk_graph *g, const char *who, uint32_t *ret) MUST_USE;

/* Communities, kept in the vault and begun from the day before, so that a group keeps its number.
 * For the network of all messages; in the caller's transaction. `ret` has room for all its people.
 */
int desk_graph_group(struct desk_index *x, const struct desk_graph *g, double resolution,
                     uint32_t *ret, uint32_t *ret_count, struct diag *d) MUST_USE;

#endif
