#include "desk/graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/graph_people.h"
#include "desk/search_internal.h"

#define GROUP_SEED 1

struct desk_graph {
    struct graph_people people;
    struct analysis *network;
    uint64_t messages, namings, sights;
};

/* Who wrote how often to which set. */
struct talks {
    struct census_talk *items;
    size_t count;
};

static struct talks all_talks(const struct census *c)
{
    struct talks t = {.items = mem_array((size_t)c->talk_count + 1, sizeof *t.items)};
    for (uint32_t i = 0; i < c->talk_slots; i++)
        if (c->talks[i].count > 0)
            t.items[t.count++] = c->talks[i];
    return t;
}

static int by_pair(const void *a, const void *b)
{
    const struct census_talk *x = a, *y = b;
    if (x->sender != y->sender)
        return x->sender < y->sender ? -1 : 1;
    return (x->recipients > y->recipients) - (x->recipients < y->recipients);
}

static struct talks talks_of(const struct desk_index *x, const int64_t *ids, size_t count)
{
    struct talks t = {.items = mem_array(count + 1, sizeof *t.items)};
    for (size_t i = 0; i < count; i++)
        t.items[i] = (struct census_talk){x->columns.sender[ids[i] - 1],
                                          x->columns.recipients[ids[i] - 1], 1};
    qsort(t.items, count, sizeof *t.items, by_pair);
    for (size_t i = 0; i < count; i++)
        if (t.count > 0 && by_pair(&t.items[t.count - 1], &t.items[i]) == 0)
            t.items[t.count - 1].count++;
        else
            t.items[t.count++] = t.items[i];
    return t;
}

static int found_talks(struct desk_index *x, const struct desk_graph_ask *ask, struct talks *ret,
                       struct diag *d)
{
    size_t most = x->columns.count < DESK_GRAPH_FOUND_MAX ? x->columns.count : DESK_GRAPH_FOUND_MAX;
    const struct search_ask s = {.query = ask->query, .user = ask->user, .max = most + 1};
    CLEANUP_FREE int64_t *ids = mem_array(most + 1, sizeof *ids);
    size_t count = 0;
    int r = search_collect(x, &s, ids, &count, d);
    if (r == 0 && count > most)
        return diag_set(d, ERR_LIMIT, "narrow the query: it finds over %u messages",
                        DESK_GRAPH_FOUND_MAX);
    if (r == 0)
        *ret = talks_of(x, ids, count);
    return r;
}

static size_t count_contacts(const struct desk_index *x, const struct talks *t)
{
    const uint32_t *to;
    size_t count = 0;
    for (size_t i = 0; i < t->count; i++)
        count += row_set(&x->names[NAME_RECIPIENTS], t->items[i].recipients, &to);
    return count;
}

static int make_network(const struct desk_index *x, const struct talks *t, struct desk_graph *g,
                        struct diag *d)
{
    CLEANUP_FREE struct analysis_contact *contacts =
        mem_array(count_contacts(x, t) + 1, sizeof *contacts);
    size_t count = 0;
    for (size_t i = 0; i < t->count; i++) {
        const uint32_t *to;
        size_t n = row_set(&x->names[NAME_RECIPIENTS], t->items[i].recipients, &to);
        uint32_t from = graph_people_add(&g->people, t->items[i].sender);
        g->messages += t->items[i].count;
        for (size_t k = 0; k < n; k++)
            contacts[count++] = (struct analysis_contact){from, graph_people_add(&g->people, to[k]),
                                                          t->items[i].count};
    }
    return analysis_new(g->people.count, contacts, count, &g->network, d);
}

int desk_graph_make(struct desk_index *x, const struct desk_graph_ask *ask, struct desk_graph **ret,
                    struct diag *d)
{
    CLEANUP(desk_graph_free_cleanup) struct desk_graph *g = mem_new(sizeof *g);
    struct talks t = {.items = NULL};
    int r = people_fresh(x, d);
    if (r == 0)
        r = sql_fault(&x->sql, d);
    graph_people_init(&g->people, x);
    g->namings = x->people.namings;
    g->sights = x->sights;
    if (r == 0 && ask->query != NULL)
        r = found_talks(x, ask, &t, d);
    else if (r == 0)
        t = all_talks(sight_census(x));
    if (r == 0)
        r = make_network(x, &t, g, d);
    free(t.items);
    if (r == 0)
        *ret = TAKE(g);
    return r;
}

void desk_graph_free(struct desk_graph *g)
{
    if (g == NULL)
        return;
    graph_people_clear(&g->people);
    analysis_free(g->network);
    free(g);
}

const struct analysis *desk_graph_network(const struct desk_graph *g)
{
    return g->network;
}

uint64_t desk_graph_messages(const struct desk_graph *g)
{
    return g->messages;
}

bool desk_graph_named_since(const struct desk_graph *g, const struct desk_index *x)
{
    return g->namings != x->people.namings;
}

bool desk_graph_hidden_since(const struct desk_graph *g, const struct desk_index *x)
{
    return g->sights != x->sights;
}

const char *desk_graph_person(const struct desk_graph *g, uint32_t person)
{
    return g->people.items[person].called;
}

const char *desk_graph_account(const struct desk_graph *g, uint32_t person)
{
    return g->people.items[person].account;
}

const char *desk_graph_organisation(const struct desk_graph *g, uint32_t person)
{
    return g->people.items[person].organisation;
}

int desk_graph_find(const struct desk_graph *g, const char *who, uint32_t *ret)
{
    return graph_people_find(&g->people, who, ret);
}

/* ---- communities from day to day ---- */

static const char groups_schema[] = "CREATE TABLE IF NOT EXISTS grouping (called TEXT PRIMARY KEY,"
                                    " community INTEGER NOT NULL) WITHOUT ROWID;";

/* The groups of the day before; whoever was in none, or has a number that is too high, is alone. */
static int read_groups(struct desk_index *x, const struct desk_graph *g, uint32_t *before,
                       bool *ret_any, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT called, community FROM grouping");
    int r = 0;
    *ret_any = false;
    for (uint32_t i = 0; i < g->people.count; i++)
        before[i] = i;
    while (sql_walk(&x->sql, s, &r, d)) {
        uint32_t person;
        int64_t group = sqlite3_column_int64(s, 1);
        if (desk_graph_find(g, sql_text(s, 0), &person) < 0 || group < 0 ||
            group >= g->people.count)
            continue;
        before[person] = (uint32_t)group;
        *ret_any = true;
    }
    return r;
}

static int write_groups(struct desk_index *x, const struct desk_graph *g, const uint32_t *groups,
                        struct diag *d)
{
    int r = sql_execute(&x->sql, "DELETE FROM grouping", d);
    for (uint32_t i = 0; r == 0 && i < g->people.count; i++) {
        sqlite3_stmt *s = sql(&x->sql, "INSERT INTO grouping VALUES (?1, ?2)");
        sql_bind_text(s, 1, desk_graph_person(g, i));
        sqlite3_bind_int64(s, 2, groups[i]);
        r = sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot keep the communities") : 0;
    }
    return r;
}

int desk_graph_group(struct desk_index *x, const struct desk_graph *g, double resolution,
                     uint32_t *ret, uint32_t *ret_count, struct diag *d)
{
    CLEANUP_FREE uint32_t *before = mem_array((size_t)g->people.count + 1, sizeof *before);
    struct analysis_grouping how = {.resolution = resolution, .seed = GROUP_SEED};
    bool any = false;
    int r = sql_execute(&x->sql, groups_schema, d);
    if (r == 0)
        r = read_groups(x, g, before, &any, d);
    if (r < 0)
        return r;
    how.before = any ? before : NULL;
    r = analysis_communities(g->network, &how, ret, ret_count, d);
    return r < 0 ? r : write_groups(x, g, ret, d);
}
