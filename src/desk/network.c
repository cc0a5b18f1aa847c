#include "desk/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#define SEED 1

struct desk_network {
    struct desk_index *x;
    struct desk_graph *graph; /* NULL: none yet */
    struct desk_standing *people;
    uint32_t communities;
    int64_t made_unix_ms, made_ms; /* by the wall's clock, and the one that only grows */
    struct between *between;       /* under way; NULL: done, or none */
};

void desk_network_new(struct desk_index *x, struct desk_network **ret)
{
    *ret = mem_new(sizeof **ret);
    (*ret)->x = x;
}

static void forget(struct desk_network *n)
{
    between_free(n->between);
    free(n->people);
    desk_graph_free(n->graph);
    n->between = NULL;
    n->people = NULL;
    n->graph = NULL;
}

void desk_network_free(struct desk_network *n)
{
    if (n == NULL)
        return;
    forget(n);
    free(n);
}

/* ---- measures ---- */

static int measure(const struct desk_graph *g, enum analysis_measure m, double *values,
                   struct desk_standing *people, struct diag *d)
{
    const struct analysis *a = desk_graph_network(g);
    int r = analysis_measure(a, m, values, d);
    for (uint32_t i = 0; r == 0 && i < analysis_people(a); i++) {
        double *const of[ANALYSIS_MEASURES] = {
            [ANALYSIS_CONTACTS] = &people[i].contacts,
            [ANALYSIS_STRENGTH] = &people[i].strength,
            [ANALYSIS_PAGERANK] = &people[i].pagerank,
            [ANALYSIS_CORENESS] = &people[i].coreness,
        };
        *of[m] = values[i];
    }
    return r;
}

static int measure_all(const struct desk_graph *g, struct desk_standing *people, struct diag *d)
{
    const struct analysis *a = desk_graph_network(g);
    size_t room = (size_t)analysis_people(a) + 1, count = 0;
    CLEANUP_FREE double *values = mem_array(room, sizeof *values);
    CLEANUP_FREE uint32_t *cut = mem_array(room, sizeof *cut);
    int r = 0;
    for (int m = 0; r == 0 && m < ANALYSIS_MEASURES; m++)
        r = measure(g, m, values, people, d);
    if (r == 0)
        r = analysis_articulations(a, cut, &count, d);
    for (size_t i = 0; r == 0 && i < count; i++)
        people[cut[i]].articulation = true;
    return r;
}

int desk_network_measure(const struct desk_graph *g, double resolution,
                         struct desk_standing *people, uint32_t *ret_communities, struct diag *d)
{
    const struct analysis *a = desk_graph_network(g);
    const struct analysis_grouping how = {.resolution = resolution, .seed = SEED};
    CLEANUP_FREE uint32_t *groups = mem_array((size_t)analysis_people(a) + 1, sizeof *groups);
    int r = measure_all(g, people, d);
    if (r == 0)
        r = analysis_communities(a, &how, groups, ret_communities, d);
    for (uint32_t i = 0; r == 0 && i < analysis_people(a); i++)
        people[i].community = groups[i];
    return r;
}

/* ---- the one that is kept ---- */

struct making {
    struct desk_network *n;
    struct desk_graph *graph;
    struct desk_standing *people;
    uint32_t communities;
};

static int make(void *context, struct diag *d)
{
    struct making *m = context;
    CLEANUP_FREE uint32_t *groups = NULL;
    int r = desk_graph_make(m->n->x, &(struct desk_graph_ask){.query = NULL}, &m->graph, d);
    if (r < 0)
        return r;
    size_t room = (size_t)analysis_people(desk_graph_network(m->graph)) + 1;
    m->people = mem_array(room, sizeof *m->people);
    groups = mem_array(room, sizeof *groups);
    r = measure_all(m->graph, m->people, d);
    if (r == 0)
        r = desk_graph_group(m->n->x, m->graph, analysis_resolution((uint32_t)room - 1), groups,
                             &m->communities, d);
    for (size_t i = 0; r == 0 && i + 1 < room; i++)
        m->people[i].community = groups[i];
    return r;
}

/* Betweenness of the network before stands until it is sampled anew, but where that tells of who
 * has gone out of sight since. */
static void carry_over(const struct desk_network *n, struct making *m)
{
    uint32_t before;
    if (n->graph != NULL && desk_graph_hidden_since(n->graph, n->x))
        return;
    for (uint32_t i = 0; n->graph != NULL && i < analysis_people(desk_graph_network(m->graph));
         i++) {
        if (desk_graph_find(n->graph, desk_graph_person(m->graph, i), &before) < 0)
            continue;
        m->people[i].has_between = n->people[before].has_between;
        m->people[i].between = n->people[before].between;
        m->people[i].between_error = n->people[before].between_error;
    }
}

static int renew(struct desk_network *n, int64_t now_unix_ms, struct diag *d)
{
    struct making m = {.n = n};
    int r = sql_transaction(desk_index_sql(n->x), make, &m, d);
    if (r < 0) {
        desk_graph_free(m.graph);
        free(m.people);
        return r;
    }
    carry_over(n, &m);
    forget(n);
    n->graph = m.graph;
    n->people = m.people;
    n->communities = m.communities;
    n->made_unix_ms = now_unix_ms;
    n->made_ms = clock_monotonic_ms();
    return between_new(desk_graph_network(n->graph), DESK_GRAPH_SOURCES, DESK_GRAPH_STEPS, SEED,
                       &n->between, d);
}

static bool is_fresh(const struct desk_network *n, struct diag *d)
{
    struct desk_figures f;
    if (n->graph == NULL || desk_graph_named_since(n->graph, n->x) ||
        desk_graph_hidden_since(n->graph, n->x))
        return false;
    return clock_monotonic_ms() - n->made_ms < DESK_NETWORK_FRESH_MS ||
           (desk_figures(n->x, n->made_unix_ms, &f, d) == 0 &&
            f.messages == desk_graph_messages(n->graph));
}

int desk_network_look(struct desk_network *n, int64_t now_unix_ms, struct desk_network_view *ret,
                      struct diag *d)
{
    int r = is_fresh(n, d) ? 0 : renew(n, now_unix_ms, d);
    if (r < 0)
        return r;
    *ret = (struct desk_network_view){n->graph, n->people, n->communities, n->made_unix_ms};
    return 0;
}

static void keep_sampled(struct desk_network *n)
{
    uint32_t people = analysis_people(desk_graph_network(n->graph));
    CLEANUP_FREE double *value = mem_array((size_t)people + 1, sizeof *value);
    CLEANUP_FREE double *error = mem_array((size_t)people + 1, sizeof *error);
    between_result(n->between, value, error);
    for (uint32_t i = 0; i < people; i++) {
        n->people[i].has_between = true;
        n->people[i].between = value[i];
        n->people[i].between_error = error[i];
    }
}

bool desk_network_step(struct desk_network *n, int *r, struct diag *d)
{
    *r = 0;
    if (n->between == NULL)
        return false;
    if (between_step(n->between, r, d))
        return true;
    if (*r == 0)
        keep_sampled(n);
    between_free(n->between);
    n->between = NULL;
    return false;
}
