/* What a picture of a contact network is drawn of: ties between communities, and people with the
 * contacts among them.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "desk/api_network.h"

#define TIES_MAX 1000U
#define PEOPLE_USUAL 500
#define CONTACTS_USUAL 5000
#define NOBODY UINT32_MAX

struct tie {
    uint32_t from, to;
    double weight;
};

static int heaviest_first(const void *a, const void *b)
{
    const struct tie *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->from != y->from ? (x->from > y->from) - (x->from < y->from)
                              : (x->to > y->to) - (x->to < y->to);
}

/* Each contact of two who both have a place, once. */
typedef void tie_fn(void *context, uint32_t from, uint32_t to, double weight);
static void each_contact(const struct desk_network_view *v, tie_fn *fn, void *context)
{
    const struct analysis *network = desk_graph_network(v->graph);
    for (uint32_t p = 0; p < analysis_people(network); p++) {
        const uint32_t *to;
        const double *weight;
        size_t count = analysis_contacts_of(network, p, &to, &weight);
        for (size_t i = 0; i < count; i++)
            if (to[i] > p)
                fn(context, p, to[i], weight[i]);
    }
}

/* ---- between communities ---- */

struct between_groups {
    const struct desk_network_view *view;
    uint32_t *place; /* of a community in the list; NOBODY: it is not in it */
    double *weight;  /* count times count; above the diagonal, and inside on it */
    size_t count;
};

static void add_weight(void *context, uint32_t from, uint32_t to, double weight)
{
    struct between_groups *b = context;
    uint32_t x = b->place[b->view->people[from].community];
    uint32_t y = b->place[b->view->people[to].community];
    if (x != NOBODY && y != NOBODY)
        b->weight[x < y ? x * b->count + y : y * b->count + x] += weight;
}

static void find_places(struct between_groups *b, const json_t *communities)
{
    size_t i;
    const json_t *o;
    for (uint32_t k = 0; k < b->view->communities; k++)
        b->place[k] = NOBODY;
    json_array_foreach(communities, i, o)
        b->place[json_integer_value(json_object_get(o, "number"))] = (uint32_t)i;
}

static json_int_t number_of(const json_t *communities, size_t i)
{
    return json_integer_value(json_object_get(json_array_get(communities, i), "number"));
}

json_t *api_network_ties(const struct desk_network_view *v, json_t *communities)
{
    size_t n = json_array_size(communities), count = 0;
    CLEANUP_FREE uint32_t *place = mem_array((size_t)v->communities + 1, sizeof *place);
    CLEANUP_FREE double *weight = mem_array(n * n + 1, sizeof *weight);
    CLEANUP_FREE struct tie *ties = mem_array(n * n + 1, sizeof *ties);
    struct between_groups b = {v, place, weight, n};
    json_t *ret = json_array();
    find_places(&b, communities);
    each_contact(v, add_weight, &b);
    for (uint32_t x = 0; x < n; x++) {
        json_object_set_new(json_array_get(communities, x), "inside", json_real(weight[x * n + x]));
        for (uint32_t y = x + 1; y < n; y++)
            if (weight[x * n + y] > 0)
                ties[count++] = (struct tie){x, y, weight[x * n + y]};
    }
    qsort(ties, count, sizeof *ties, heaviest_first);
    for (size_t i = 0; i < count && i < TIES_MAX; i++)
        json_array_append_new(
            ret, json_pack("{sI sI sf}", "from", number_of(communities, ties[i].from), "to",
                           number_of(communities, ties[i].to), "weight", ties[i].weight));
    return ret;
}

/* ---- people, and what is between them ---- */

struct among {
    uint32_t *place; /* of a person in the answer; NOBODY: not in it */
    struct tie *ties;
    size_t count;
};

static void add_tie(void *context, uint32_t from, uint32_t to, double weight)
{
    struct among *a = context;
    if (a->place[from] != NOBODY && a->place[to] != NOBODY)
        a->ties[a->count++] = (struct tie){a->place[from], a->place[to], weight};
}

/* The heaviest ones. */
static json_t *contacts_json(struct api_call *c, const struct desk_network_view *v, uint32_t *place)
{
    const struct analysis *network = desk_graph_network(v->graph);
    struct among a = {place, mem_array(analysis_pairs(network) + 1, sizeof *a.ties), 0};
    size_t most = (size_t)api_number(c, "contacts", CONTACTS_USUAL);
    json_t *list = json_array();
    each_contact(v, add_tie, &a);
    qsort(a.ties, a.count, sizeof *a.ties, heaviest_first);
    for (size_t i = 0; i < a.count && i < most; i++)
        json_array_append_new(
            list, json_pack("[iif]", (int)a.ties[i].from, (int)a.ties[i].to, a.ties[i].weight));
    json_object_set_new(c->answer, "contacts_in_all", json_integer((json_int_t)a.count));
    free(a.ties);
    return list;
}

static int tell_people(struct api_call *c, const struct desk_network_view *v)
{
    uint32_t people = analysis_people(desk_graph_network(v->graph));
    int64_t community = api_number(c, "community", -1),
            limit = api_number(c, "limit", PEOPLE_USUAL);
    CLEANUP_FREE struct api_ranked *ranked = api_network_rank(v);
    CLEANUP_FREE uint32_t *place = mem_array((size_t)people + 1, sizeof *place);
    json_t *list = json_array();
    json_int_t count = 0;
    c->answer = json_pack("{so}", "people", list);
    for (uint32_t i = 0; i < people; i++) {
        uint32_t p = ranked[i].person;
        place[p] = NOBODY;
        if ((community >= 0 && ranked[i].community != community) || count++ >= limit)
            continue;
        place[p] = (uint32_t)json_array_size(list);
        json_t *o = api_network_person(v, p);
        json_object_set_new(o, "account", api_string(desk_graph_account(v->graph, p)));
        json_array_append_new(list, o);
    }
    json_object_set_new(c->answer, "people_in_all", json_integer(count));
    json_object_set_new(c->answer, "contacts", contacts_json(c, v, place));
    return 0;
}

int api_network_people(struct api_call *c)
{
    int64_t community = api_number(c, "community", -1);
    if (community >= 0)
        api_what(c, "community %lld of ", (long long)community);
    return api_network_with(c, tell_people);
}
