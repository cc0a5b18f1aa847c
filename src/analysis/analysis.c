#include "analysis/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/internal.h"
#include "base/memory.h"

int analysis_failed(igraph_error_t e, struct diag *d)
{
    return diag_set(d, ERR_IO, "the network cannot be analysed: %s", igraph_strerror(e));
}

static int by_pair(const void *a, const void *b)
{
    const struct analysis_contact *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static int check(uint32_t people, const struct analysis_contact *contacts, size_t count,
                 struct diag *d)
{
    if (people > ANALYSIS_PEOPLE_MAX)
        return diag_set(d, ERR_LIMIT, "%u people are over %u", people, ANALYSIS_PEOPLE_MAX);
    for (size_t i = 0; i < count; i++)
        if (contacts[i].from >= people || contacts[i].to >= people || !(contacts[i].weight > 0) ||
            !isfinite(contacts[i].weight))
            return diag_set(d, ERR_FORMAT, "contact %zu is none", i);
    return 0;
}

/* Each pair once, the smaller number first, in order. The caller's. */
static struct analysis_contact *merge(const struct analysis_contact *contacts, size_t *count)
{
    struct analysis_contact *pairs = mem_array(*count + 1, sizeof *pairs);
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < *count; i++) {
        const struct analysis_contact *c = &contacts[i];
        if (c->from != c->to)
            pairs[n++] =
                c->from < c->to ? *c : (struct analysis_contact){c->to, c->from, c->weight};
    }
    qsort(pairs, n, sizeof *pairs, by_pair);
    for (size_t i = 0; i < n; i++)
        if (kept > 0 && by_pair(&pairs[kept - 1], &pairs[i]) == 0)
            pairs[kept - 1].weight += pairs[i].weight;
        else
            pairs[kept++] = pairs[i];
    *count = kept;
    return pairs;
}

struct heavy {
    uint32_t to;
    double weight;
};

static int heaviest_first(const void *a, const void *b)
{
    const struct heavy *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static void sort_contacts(struct analysis *a, uint32_t person, struct heavy *room)
{
    size_t first = a->first[person], n = a->first[person + 1] - first;
    for (size_t i = 0; i < n; i++)
        room[i] = (struct heavy){a->to[first + i], a->weight[first + i]};
    qsort(room, n, sizeof *room, heaviest_first);
    for (size_t i = 0; i < n; i++) {
        a->to[first + i] = room[i].to;
        a->weight[first + i] = room[i].weight;
    }
}

static void put_contact(struct analysis *a, size_t *next, uint32_t from, uint32_t to, double weight)
{
    size_t at = next[from]++;
    a->to[at] = to;
    a->weight[at] = weight;
}

static void list_contacts(struct analysis *a, const struct analysis_contact *pairs, size_t count)
{
    a->first = mem_array((size_t)a->people + 1, sizeof *a->first);
    a->to = mem_array(2 * count + 1, sizeof *a->to);
    a->weight = mem_array(2 * count + 1, sizeof *a->weight);
    CLEANUP_FREE size_t *next = mem_array((size_t)a->people + 1, sizeof *next);
    CLEANUP_FREE struct heavy *room = mem_array((size_t)a->people + 1, sizeof *room);
    for (size_t i = 0; i < count; i++) {
        a->first[pairs[i].from + 1]++;
        a->first[pairs[i].to + 1]++;
    }
    for (uint32_t p = 0; p < a->people; p++)
        a->first[p + 1] += a->first[p];
    memcpy(next, a->first, a->people * sizeof *next);
    for (size_t i = 0; i < count; i++) {
        put_contact(a, next, pairs[i].from, pairs[i].to, pairs[i].weight);
        put_contact(a, next, pairs[i].to, pairs[i].from, pairs[i].weight);
    }
    for (uint32_t p = 0; p < a->people; p++)
        sort_contacts(a, p, room);
}

static igraph_error_t make_graph(struct analysis *a, const struct analysis_contact *pairs)
{
    igraph_vector_int_t edges;
    igraph_error_t e = igraph_vector_int_init(&edges, (igraph_integer_t)(2 * a->pairs));
    if (e != IGRAPH_SUCCESS)
        return e;
    for (size_t i = 0; i < a->pairs; i++) {
        VECTOR(edges)[2 * i] = pairs[i].from;
        VECTOR(edges)[2 * i + 1] = pairs[i].to;
    }
    e = igraph_create(&a->graph, &edges, a->people, IGRAPH_UNDIRECTED);
    igraph_vector_int_destroy(&edges);
    if (e != IGRAPH_SUCCESS)
        return e;
    e = igraph_vector_init(&a->weights, (igraph_integer_t)a->pairs);
    if (e != IGRAPH_SUCCESS) {
        igraph_destroy(&a->graph);
        return e;
    }
    for (size_t i = 0; i < a->pairs; i++)
        VECTOR(a->weights)[i] = pairs[i].weight;
    return e;
}

int analysis_new(uint32_t people, const struct analysis_contact *contacts, size_t count,
                 struct analysis **ret, struct diag *d)
{
    int r = check(people, contacts, count, d);
    if (r < 0)
        return r;
    CLEANUP_FREE struct analysis_contact *pairs = merge(contacts, &count);
    struct analysis *a = mem_new(sizeof *a);
    *a = (struct analysis){.people = people, .pairs = count};
    igraph_set_error_handler(igraph_error_handler_ignore);
    igraph_set_warning_handler(igraph_warning_handler_ignore);
    igraph_error_t e = make_graph(a, pairs);
    if (e != IGRAPH_SUCCESS) {
        free(a);
        return analysis_failed(e, d);
    }
    list_contacts(a, pairs, count);
    *ret = a;
    return 0;
}

void analysis_free(struct analysis *a)
{
    if (a == NULL)
        return;
    igraph_destroy(&a->graph);
    igraph_vector_destroy(&a->weights);
    free(a->first);
    free(a->to);
    free(a->weight);
    free(a);
}

uint32_t analysis_people(const struct analysis *a)
{
    return a->people;
}

size_t analysis_pairs(const struct analysis *a)
{
    return a->pairs;
}
