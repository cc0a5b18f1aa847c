#include "scene.h"

#include "desk/graph.h"

static struct desk_graph *graph(struct scene *s, const char *query)
{
    struct desk_graph *g = NULL;
    struct query *q = query == NULL ? NULL : scene_query(s, query);
    const struct desk_graph_ask ask = {.query = q};
    scene_must(s, desk_graph_make(s->x, &ask, &g, &s->d));
    query_free(q);
    return g;
}

static uint32_t person(const struct desk_graph *g, const char *who)
{
    uint32_t p = UINT32_MAX;
    if (desk_graph_find(g, who, &p) < 0)
        fail_msg("%s has no contact", who);
    return p;
}

static int keep_account(void *context, const struct desk_message *m)
{
    snprintf(context, 64, "%s", m->from);
    return 0;
}

static const char *account_of(struct scene *s, const char *handle, char ret[static 64])
{
    int64_t id = scene_say(s, handle, "zoe", "x");
    scene_must(s, desk_message(s->x, id, 0, keep_account, ret, &s->d));
    return ret;
}

static void graph__make__weights_of_both_directions(void **state)
{
    struct scene *s = *state;
    char anna[64], bert[64];
    account_of(s, "anna", anna);
    account_of(s, "bert", bert);
    scene_say(s, "anna", "bert", "one boat");
    scene_say(s, "bert", "anna carl", "two");
    CLEANUP(desk_graph_free_cleanup) struct desk_graph *g = graph(s, NULL);
    double strength[8];
    assert_int_equal(desk_graph_messages(g), 4);
    assert_int_equal(analysis_people(desk_graph_network(g)), 4);
    assert_int_equal(analysis_pairs(desk_graph_network(g)), 4);
    scene_must(s, analysis_measure(desk_graph_network(g), ANALYSIS_STRENGTH, strength, &s->d));
    assert_int_equal((int)strength[person(g, anna)], 3);
    assert_int_equal((int)strength[person(g, bert)], 4);
    CLEANUP(desk_graph_free_cleanup) struct desk_graph *found = graph(s, "boat");
    assert_int_equal(desk_graph_messages(found), 1);
    assert_int_equal(analysis_people(desk_graph_network(found)), 2);
    uint32_t p;
    assert_int_equal(desk_graph_find(found, "carl", &p), ERR_NOT_FOUND);
}

struct naming {
    struct scene *s;
    const char *account, *name, *organisation;
};

static int name(void *context, struct diag *d)
{
    struct naming *n = context;
    int r = desk_set_name(n->s->x, n->account, n->name, &scene_by, d);
    return r < 0 ? r : desk_set_organisation(n->s->x, n->account, n->organisation, &scene_by, d);
}

static void graph__make__aliases_are_one_person(void **state)
{
    struct scene *s = *state;
    char anna[64], anya[64];
    account_of(s, "anna", anna);
    account_of(s, "anya", anya);
    const char *const accounts[] = {anna, anya};
    for (size_t i = 0; i < 2; i++) {
        struct naming n = {s, accounts[i], "Anna K", "Port"};
        scene_must(s, sql_transaction(desk_index_sql(s->x), name, &n, &s->d));
    }
    CLEANUP(desk_graph_free_cleanup) struct desk_graph *g = graph(s, NULL);
    assert_int_equal(analysis_people(desk_graph_network(g)), 2);
    assert_string_equal(desk_graph_organisation(g, person(g, "Anna K")), "Port");
    assert_int_equal(person(g, anna), person(g, "Anna K"));
    assert_int_equal(person(g, anya), person(g, "Anna K"));
    uint32_t p;
    assert_int_equal(desk_graph_find(g, "nobody", &p), ERR_NOT_FOUND);
}

static void graph__make__empty(void **state)
{
    struct scene *s = *state;
    CLEANUP(desk_graph_free_cleanup) struct desk_graph *g = graph(s, NULL);
    assert_int_equal(analysis_people(desk_graph_network(g)), 0);
    assert_int_equal(desk_graph_messages(g), 0);
}

struct grouping {
    struct scene *s;
    const struct desk_graph *g;
    uint32_t groups[16], count;
};

static int group(void *context, struct diag *d)
{
    struct grouping *x = context;
    return desk_graph_group(x->s->x, x->g, 1.0, x->groups, &x->count, d);
}

/* Two triangles; the day after, somebody new belongs to one of them, and nobody else moves. */
static void graph__group__stays_from_day_to_day(void **state)
{
    struct scene *s = *state;
    const char *const pairs[][2] = {{"a1", "a2"}, {"a2", "a3"}, {"a3", "a1"},
                                    {"b1", "b2"}, {"b2", "b3"}, {"b3", "b1"}};
    for (size_t i = 0; i < 6; i++)
        scene_say(s, pairs[i][0], pairs[i][1], "x");
    CLEANUP(desk_graph_free_cleanup) struct desk_graph *g = graph(s, NULL);
    struct grouping first = {.s = s, .g = g};
    scene_must(s, sql_transaction(desk_index_sql(s->x), group, &first, &s->d));
    assert_int_equal(first.count, 2);
    scene_say(s, "b4", "b1 b2 b3", "x");
    CLEANUP(desk_graph_free_cleanup) struct desk_graph *later = graph(s, NULL);
    struct grouping second = {.s = s, .g = later};
    scene_must(s, sql_transaction(desk_index_sql(s->x), group, &second, &s->d));
    assert_int_equal(second.count, 2);
    for (uint32_t p = 0; p < 6; p++)
        assert_int_equal(second.groups[person(later, desk_graph_person(g, p))], first.groups[p]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(graph__make__weights_of_both_directions),
        SCENE_TEST(graph__make__aliases_are_one_person),
        SCENE_TEST(graph__make__empty),
        SCENE_TEST(graph__group__stays_from_day_to_day),
    };
    return cmocka_run_group_tests_name("desk/graph", tests, NULL, NULL);
}
