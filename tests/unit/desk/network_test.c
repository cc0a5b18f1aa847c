/* The network that is kept: when it is made anew. */
#include "scene.h"

#include "desk/network.h"

#define NOW INT64_C(1790000000000)

static uint32_t look(struct scene *s, struct desk_network *n)
{
    struct desk_network_view v;
    scene_must(s, desk_network_look(n, NOW, &v, &s->d));
    return analysis_people(desk_graph_network(v.graph));
}

static int keep_account(void *context, const struct desk_message *m)
{
    snprintf(context, 64, "%s", m->from);
    return 0;
}

struct naming {
    struct scene *s;
    char account[64];
    const char *name;
    bool taken_back;
};

static int name(void *context, struct diag *d)
{
    struct naming *n = context;
    int r = desk_set_name(n->s->x, n->account, n->name, &scene_by, d);
    return r < 0 || !n->taken_back ? r : diag_set(d, ERR_INVALID_STATE, "taken back");
}

static int nothing(void *context, struct diag *d)
{
    (void)context;
    return diag_set(d, ERR_INVALID_STATE, "taken back");
}

static void say_unnamed(struct scene *s, const char *handle, struct naming *ret)
{
    int64_t id = scene_say(s, handle, "zoe", "x");
    *ret = (struct naming){.s = s, .name = "Anna K"};
    scene_must(s, desk_message(s->x, id, 0, keep_account, ret->account, &s->d));
}

static void network__look__shows_a_name_at_once(void **state)
{
    struct scene *s = *state;
    struct naming anna, anya;
    CLEANUP(desk_network_free_cleanup) struct desk_network *n = NULL;
    say_unnamed(s, "anna", &anna);
    say_unnamed(s, "anya", &anya);
    desk_network_new(s->x, &n);
    assert_int_equal(look(s, n), 3);
    scene_must(s, sql_transaction(desk_index_sql(s->x), name, &anna, &s->d));
    scene_must(s, sql_transaction(desk_index_sql(s->x), name, &anya, &s->d));
    assert_int_equal(look(s, n), 2);
    anya.name = "";
    scene_must(s, sql_transaction(desk_index_sql(s->x), name, &anya, &s->d));
    assert_int_equal(look(s, n), 3);
}

/* What is taken back, a name or anything else, leaves people as they were. */
static void network__look__knows_what_was_taken_back(void **state)
{
    struct scene *s = *state;
    struct naming anna, anya;
    struct desk_network_view first, second;
    CLEANUP(desk_network_free_cleanup) struct desk_network *n = NULL;
    say_unnamed(s, "anna", &anna);
    say_unnamed(s, "anya", &anya);
    scene_must(s, sql_transaction(desk_index_sql(s->x), name, &anna, &s->d));
    desk_network_new(s->x, &n);
    anya.taken_back = true;
    assert_int_equal(sql_transaction(desk_index_sql(s->x), name, &anya, &s->d), ERR_INVALID_STATE);
    assert_int_equal(look(s, n), 3);
    scene_must(s, desk_network_look(n, NOW, &first, &s->d));
    assert_int_equal(sql_transaction(desk_index_sql(s->x), nothing, NULL, &s->d),
                     ERR_INVALID_STATE);
    scene_must(s, desk_people(s->x, "", 0, 0, NULL, NULL, &s->d)); /* reads names again */
    scene_must(s, desk_network_look(n, NOW, &second, &s->d));
    assert_ptr_equal(first.graph, second.graph);
}

/* Messages wait until it is not fresh any more; where nothing came the same one stands. */
static void network__look__keeps_what_is_fresh(void **state)
{
    struct scene *s = *state;
    struct desk_network_view first, second;
    CLEANUP(desk_network_free_cleanup) struct desk_network *n = NULL;
    scene_say(s, "anna", "zoe", "x");
    desk_network_new(s->x, &n);
    scene_must(s, desk_network_look(n, NOW, &first, &s->d));
    scene_say(s, "bert", "zoe", "x");
    scene_must(s, desk_network_look(n, NOW + 1, &second, &s->d));
    assert_ptr_equal(first.graph, second.graph);
    assert_int_equal(second.made_unix_ms, NOW);
}

static const struct desk_standing *standing(const struct desk_network_view *v, const char *person)
{
    uint32_t i = 0;
    assert_int_equal(desk_graph_find(v->graph, person, &i), 0);
    return &v->people[i];
}

static void step_to_the_end(struct scene *s, struct desk_network *n)
{
    int r;
    while (desk_network_step(n, &r, &s->d))
        assert_int_equal(r, 0);
    assert_int_equal(r, 0);
}

/* bert is between anna and carl, whom nobody else knows. */
static void network__step__samples_betweenness(void **state)
{
    struct scene *s = *state;
    struct desk_network_view v;
    int r;
    CLEANUP(desk_network_free_cleanup) struct desk_network *n = NULL;
    scene_say(s, "anna", "bert", "x");
    scene_say(s, "bert", "carl", "x");
    desk_network_new(s->x, &n);
    assert_false(desk_network_step(n, &r, &s->d)); /* there is none yet */
    scene_must(s, desk_network_look(n, NOW, &v, &s->d));
    assert_false(standing(&v, "bert")->has_between);
    step_to_the_end(s, n);
    assert_true(standing(&v, "bert")->has_between);
    assert_true(standing(&v, "bert")->between > 0);
    assert_true(standing(&v, "anna")->has_between);
    assert_true(standing(&v, "anna")->between == 0);
    assert_false(desk_network_step(n, &r, &s->d));
}

/* A network made anew has the one's before it until it is sampled itself. */
static void network__look__keeps_betweenness_of_whom_it_knew(void **state)
{
    struct scene *s = *state;
    struct naming zoe;
    struct desk_network_view v;
    CLEANUP(desk_network_free_cleanup) struct desk_network *n = NULL;
    scene_say(s, "anna", "bert", "x");
    scene_say(s, "bert", "carl", "x");
    desk_network_new(s->x, &n);
    scene_must(s, desk_network_look(n, NOW, &v, &s->d));
    step_to_the_end(s, n);
    double before = standing(&v, "bert")->between;
    say_unnamed(s, "zoe", &zoe);
    scene_must(s, sql_transaction(desk_index_sql(s->x), name, &zoe, &s->d));
    scene_must(s, desk_network_look(n, NOW, &v, &s->d));
    assert_true(standing(&v, "bert")->has_between);
    assert_true(standing(&v, "bert")->between == before);
    assert_false(standing(&v, "Anna K")->has_between);
    step_to_the_end(s, n);
    assert_true(standing(&v, "Anna K")->has_between);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(network__look__shows_a_name_at_once),
        SCENE_TEST(network__look__knows_what_was_taken_back),
        SCENE_TEST(network__look__keeps_what_is_fresh),
        SCENE_TEST(network__step__samples_betweenness),
        SCENE_TEST(network__look__keeps_betweenness_of_whom_it_knew),
    };
    return cmocka_run_group_tests_name("desk/network", tests, NULL, NULL);
}
