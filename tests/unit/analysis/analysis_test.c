#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/between.h"
#include "base/memory.h"
#include "karate.h"

static struct analysis *network(uint32_t people, const struct analysis_contact *c, size_t count)
{
    struct analysis *a = NULL;
    struct diag d;
    if (analysis_new(people, c, count, &a, &d) < 0)
        fail_msg("%s", d.text);
    return a;
}

static struct analysis *club(void)
{
    struct analysis_contact c[KARATE_PAIRS];
    karate_contacts(c);
    return network(KARATE_PEOPLE, c, KARATE_PAIRS);
}

static void assert_near(double x, double y)
{
    if (!(fabs(x - y) < 1e-6))
        fail_msg("%f is not %f", x, y);
}

/* 0 1 2 3 4: a line; the contact of 1 and 2 is heavy. */
static const struct analysis_contact line[] = {{0, 1, 1}, {1, 2, 5}, {2, 3, 1}, {3, 4, 1}};

static void analysis__new__adds_up_both_directions(void **state)
{
    (void)state;
    const struct analysis_contact c[] = {{0, 1, 2}, {1, 0, 3}, {0, 1, 1}, {2, 2, 9}};
    CLEANUP(analysis_free_cleanup) struct analysis *a = network(3, c, 4);
    double strength[3], contacts[3];
    assert_int_equal(analysis_people(a), 3);
    assert_int_equal(analysis_pairs(a), 1);
    assert_int_equal(analysis_measure(a, ANALYSIS_STRENGTH, strength, NULL), 0);
    assert_int_equal(analysis_measure(a, ANALYSIS_CONTACTS, contacts, NULL), 0);
    assert_near(strength[0], 6);
    assert_near(strength[1], 6);
    assert_near(strength[2], 0);
    assert_near(contacts[0], 1);
    assert_near(contacts[2], 0);
}

static void analysis__new__refuses_what_is_no_contact(void **state)
{
    (void)state;
    const struct analysis_contact wrong[] = {{0, 3, 1},  {3, 0, 1},   {0, 1, 0},
                                             {0, 1, -1}, {0, 1, NAN}, {0, 1, INFINITY}};
    struct analysis *a = NULL;
    struct diag d;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(analysis_new(3, &wrong[i], 1, &a, &d), ERR_FORMAT);
        assert_non_null(strstr(d.text, "contact 0"));
    }
    assert_int_equal(analysis_new(ANALYSIS_PEOPLE_MAX + 1, NULL, 0, &a, &d), ERR_LIMIT);
    assert_null(a);
}

static void analysis__empty__has_answers(void **state)
{
    (void)state;
    for (uint32_t people = 0; people < 3; people++) {
        CLEANUP(analysis_free_cleanup) struct analysis *a = network(people, NULL, 0);
        const struct analysis_grouping g = {.resolution = 1};
        uint32_t groups[3] = {9, 9, 9}, count = 9;
        double values[3];
        size_t cut = 9;
        assert_int_equal(analysis_communities(a, &g, groups, &count, NULL), 0);
        assert_int_equal(count, people);
        for (int m = 0; m < ANALYSIS_MEASURES; m++)
            assert_int_equal(analysis_measure(a, m, values, NULL), 0);
        assert_int_equal(analysis_articulations(a, groups, &cut, NULL), 0);
        assert_int_equal(cut, 0);
    }
}

/* Known: igraph's and networkx's documentation of the club. */
static void analysis__measures__of_the_club(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = club();
    double v[KARATE_PEOPLE], sum = 0;
    assert_int_equal(analysis_measure(a, ANALYSIS_CONTACTS, v, NULL), 0);
    assert_near(v[0], 16);
    assert_near(v[33], 17);
    assert_int_equal(analysis_measure(a, ANALYSIS_CORENESS, v, NULL), 0);
    assert_near(v[0], 4);
    assert_near(v[11], 1);
    assert_int_equal(analysis_measure(a, ANALYSIS_PAGERANK, v, NULL), 0);
    for (size_t i = 0; i < KARATE_PEOPLE; i++)
        sum += v[i];
    assert_near(sum, 1);
    assert_true(fabs(v[33] - 0.1009) < 1e-3 && fabs(v[0] - 0.0970) < 1e-3);
}

static void analysis__articulations__of_the_club(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = club();
    uint32_t who[KARATE_PEOPLE];
    size_t count;
    assert_int_equal(analysis_articulations(a, who, &count, NULL), 0);
    assert_int_equal(count, 1);
    assert_int_equal(who[0], 0);
}

static void analysis__communities__find_the_split(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = club();
    const struct analysis_grouping g = {.resolution = 0.5, .seed = 1};
    uint32_t groups[KARATE_PEOPLE], again[KARATE_PEOPLE], count, wrong = 0;
    bool with[KARATE_PEOPLE + 1] = {false};
    assert_int_equal(analysis_communities(a, &g, groups, &count, NULL), 0);
    assert_int_equal(count, 2);
    assert_int_equal(groups[0], 0);
    for (size_t i = 0; i < sizeof karate_split; i++)
        with[karate_split[i]] = true;
    for (size_t i = 0; i < KARATE_PEOPLE; i++)
        wrong += (groups[i] == 0) != with[i + 1];
    assert_true(wrong <= 2);
    assert_int_equal(analysis_communities(a, &g, again, &count, NULL), 0);
    assert_memory_equal(groups, again, sizeof groups);
}

static void analysis__communities__finer_by_resolution(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = club();
    uint32_t groups[KARATE_PEOPLE], coarse, fine;
    struct analysis_grouping g = {.resolution = 0.5, .seed = 1};
    assert_int_equal(analysis_communities(a, &g, groups, &coarse, NULL), 0);
    g.resolution = 4;
    assert_int_equal(analysis_communities(a, &g, groups, &fine, NULL), 0);
    assert_true(fine > coarse);
}

/* Three groups of five, of whom all write as much with all, and one contact between each two. */
static void analysis__resolution__keeps_the_groups_of_few(void **state)
{
    (void)state;
    struct analysis_contact c[33];
    uint32_t groups[15], count, n = 0;
    for (uint32_t g = 0; g < 3; g++)
        for (uint32_t i = 0; i < 5; i++)
            for (uint32_t k = 0; k < i; k++)
                c[n++] = (struct analysis_contact){5 * g + i, 5 * g + k, 10};
    for (uint32_t g = 0; g < 3; g++)
        c[n++] = (struct analysis_contact){5 * g, 5 * ((g + 1) % 3) + 1, 1};
    CLEANUP(analysis_free_cleanup) struct analysis *a = network(15, c, n);
    const struct analysis_grouping few = {.resolution = analysis_resolution(15), .seed = 1};
    const struct analysis_grouping many = {.resolution = ANALYSIS_RESOLUTION, .seed = 1};
    assert_int_equal(analysis_communities(a, &few, groups, &count, NULL), 0);
    assert_int_equal(count, 3);
    for (uint32_t p = 0; p < 15; p++)
        assert_int_equal(groups[p], p / 5);
    assert_int_equal(analysis_communities(a, &many, groups, &count, NULL), 0);
    assert_true(count > 3); /* what it is for */
}

static void analysis__resolution__grows_with_the_people(void **state)
{
    (void)state;
    assert_near(analysis_resolution(0), 1);
    assert_near(analysis_resolution(50), 1);
    assert_near(analysis_resolution(1000), ANALYSIS_RESOLUTION);
    assert_near(analysis_resolution(12000), ANALYSIS_RESOLUTION);
    for (uint32_t people = 50; people < 1000; people++)
        assert_true(analysis_resolution(people) < analysis_resolution(people + 1));
}

/* From an earlier grouping the same comes again, whatever the seed. */
static void analysis__communities__stay_what_they_were(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = club();
    uint32_t first[KARATE_PEOPLE], groups[KARATE_PEOPLE], count;
    struct analysis_grouping g = {.resolution = 1, .seed = 1};
    assert_int_equal(analysis_communities(a, &g, first, &count, NULL), 0);
    g.before = first;
    for (g.seed = 2; g.seed < 12; g.seed++) {
        assert_int_equal(analysis_communities(a, &g, groups, &count, NULL), 0);
        assert_memory_equal(groups, first, sizeof first);
    }
}

static void analysis__communities__refuse_no_resolution_and_no_group(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = club();
    uint32_t groups[KARATE_PEOPLE], count = 7, before[KARATE_PEOPLE] = {0};
    const double wrong[] = {0, -1, NAN, INFINITY};
    before[5] = KARATE_PEOPLE;
    for (size_t i = 0; i < 4; i++) {
        const struct analysis_grouping g = {.resolution = wrong[i]};
        assert_int_equal(analysis_communities(a, &g, groups, &count, NULL), ERR_FORMAT);
    }
    const struct analysis_grouping g = {.resolution = 1, .before = before};
    assert_int_equal(analysis_communities(a, &g, groups, &count, NULL), ERR_FORMAT);
    assert_int_equal(count, 7);
}

static void analysis__neighbourhood__nearest_and_heaviest_first(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = network(5, line, 4);
    struct analysis_near near[5];
    int more = 9;
    assert_int_equal(analysis_neighbourhood(a, 1, 2, 5, near, &more), 3);
    assert_int_equal(more, 0);
    assert_int_equal(near[0].person, 2);
    assert_near(near[0].weight, 5);
    assert_int_equal(near[1].person, 0);
    assert_int_equal(near[2].person, 3);
    assert_int_equal(near[2].steps, 2);
    assert_int_equal(analysis_neighbourhood(a, 1, 2, 1, near, &more), 1);
    assert_int_equal(more, 1);
    assert_int_equal(analysis_neighbourhood(a, 1, 0, 5, near, &more), 0);
}

struct paths {
    uint32_t people[8][ANALYSIS_STEPS_MAX + 1];
    uint32_t steps[8];
    size_t count;
    int stop;
};

static int keep_path(void *context, const uint32_t *people, uint32_t steps)
{
    struct paths *p = context;
    assert_true(p->count < 8);
    memcpy(p->people[p->count], people, (steps + 1) * sizeof *people);
    p->steps[p->count++] = steps;
    return p->stop;
}

static void analysis__contacts_of__heaviest_first(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = network(5, line, 4);
    const uint32_t *to;
    const double *weight;
    assert_int_equal(analysis_contacts_of(a, 1, &to, &weight), 2);
    assert_int_equal(to[0], 2);
    assert_near(weight[0], 5);
    assert_int_equal(to[1], 0);
    assert_near(weight[1], 1);
}

static void analysis__paths__the_shortest_ones(void **state)
{
    (void)state;
    /* 0 to 3 over 1 and over 2, the latter heavier; a detour over 4 and 5; 6 is alone. */
    const struct analysis_contact c[] = {{0, 1, 1}, {1, 3, 1}, {0, 2, 2}, {2, 3, 1},
                                         {0, 4, 9}, {4, 5, 9}, {5, 3, 9}};
    CLEANUP(analysis_free_cleanup) struct analysis *a = network(7, c, 7);
    struct paths p = {.count = 0};
    assert_int_equal(analysis_paths(a, 0, 3, 8, keep_path, &p), 0);
    assert_int_equal(p.count, 2);
    assert_int_equal(p.steps[0], 2);
    assert_int_equal(p.people[0][1], 2);
    assert_int_equal(p.people[1][1], 1);
    assert_int_equal(p.people[1][2], 3);
    p = (struct paths){.count = 0};
    assert_int_equal(analysis_paths(a, 0, 3, 1, keep_path, &p), 0);
    assert_int_equal(p.count, 1);
    p = (struct paths){.stop = 5};
    assert_int_equal(analysis_paths(a, 0, 3, 8, keep_path, &p), 5);
    assert_int_equal(p.count, 1);
    p = (struct paths){.count = 0};
    assert_int_equal(analysis_paths(a, 0, 6, 8, keep_path, &p), 0);
    assert_int_equal(analysis_paths(a, 2, 2, 8, keep_path, &p), 0);
    assert_int_equal(p.count, 0);
}

/* A line of 14: its ends are one contact too far. */
static void analysis__paths__end_at_so_many_contacts(void **state)
{
    (void)state;
    struct analysis_contact c[ANALYSIS_STEPS_MAX + 1];
    for (uint32_t i = 0; i <= ANALYSIS_STEPS_MAX; i++)
        c[i] = (struct analysis_contact){i, i + 1, 1};
    CLEANUP(analysis_free_cleanup)
    struct analysis *a = network(ANALYSIS_STEPS_MAX + 2, c, ANALYSIS_STEPS_MAX + 1);
    struct paths p = {.count = 0};
    assert_int_equal(analysis_paths(a, 0, ANALYSIS_STEPS_MAX + 1, 8, keep_path, &p), 0);
    assert_int_equal(p.count, 0);
    assert_int_equal(analysis_paths(a, 0, ANALYSIS_STEPS_MAX, 8, keep_path, &p), 0);
    assert_int_equal(p.count, 1);
    assert_int_equal(p.steps[0], ANALYSIS_STEPS_MAX);
}

static void run_between(const struct analysis *a, uint32_t sources, unsigned steps, double *value,
                        double *error)
{
    struct between *b;
    int r;
    assert_int_equal(between_new(a, sources, steps, 7, &b, NULL), 0);
    while (between_step(b, &r, NULL))
        assert_int_equal(r, 0);
    assert_int_equal(r, 0);
    between_result(b, value, error);
    between_free(b);
}

static void between__all__is_exact(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = club();
    double value[KARATE_PEOPLE], error[KARATE_PEOPLE];
    run_between(a, KARATE_PEOPLE, 4, value, error);
    assert_true(fabs(value[0] - 231.0714) < 1e-3);
    assert_true(fabs(value[33] - 160.5516) < 1e-3);
    assert_near(value[11], 0);
    for (size_t i = 0; i < KARATE_PEOPLE; i++)
        assert_near(error[i], 0);
}

/* The exact value is within four of the errors that the sampling states, for all but a few. */
static void between__sampled__states_its_error(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = club();
    double exact[KARATE_PEOPLE], value[KARATE_PEOPLE], error[KARATE_PEOPLE];
    size_t outside = 0;
    run_between(a, KARATE_PEOPLE, 4, exact, error);
    run_between(a, 20, 10, value, error);
    assert_true(error[0] > 0);
    for (size_t i = 0; i < KARATE_PEOPLE; i++)
        outside += fabs(value[i] - exact[i]) > 4 * error[i] + 1e-9;
    assert_true(outside <= 2);
    assert_true(value[0] > value[11]);
}

static void between__new__refuses_too_few(void **state)
{
    (void)state;
    CLEANUP(analysis_free_cleanup) struct analysis *a = club();
    struct between *b = NULL;
    struct diag d;
    assert_int_equal(between_new(a, 10, 1, 1, &b, &d), ERR_FORMAT);
    assert_int_equal(between_new(a, 3, 4, 1, &b, &d), ERR_FORMAT);
    assert_null(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(analysis__new__adds_up_both_directions),
        cmocka_unit_test(analysis__new__refuses_what_is_no_contact),
        cmocka_unit_test(analysis__empty__has_answers),
        cmocka_unit_test(analysis__measures__of_the_club),
        cmocka_unit_test(analysis__articulations__of_the_club),
        cmocka_unit_test(analysis__communities__find_the_split),
        cmocka_unit_test(analysis__communities__finer_by_resolution),
        cmocka_unit_test(analysis__resolution__keeps_the_groups_of_few),
        cmocka_unit_test(analysis__resolution__grows_with_the_people),
        cmocka_unit_test(analysis__communities__stay_what_they_were),
        cmocka_unit_test(analysis__communities__refuse_no_resolution_and_no_group),
        cmocka_unit_test(analysis__neighbourhood__nearest_and_heaviest_first),
        cmocka_unit_test(analysis__contacts_of__heaviest_first),
        cmocka_unit_test(analysis__paths__the_shortest_ones),
        cmocka_unit_test(analysis__paths__end_at_so_many_contacts),
        cmocka_unit_test(between__all__is_exact),
        cmocka_unit_test(between__sampled__states_its_error),
        cmocka_unit_test(between__new__refuses_too_few),
    };
    return cmocka_run_group_tests_name("analysis/analysis", tests, NULL, NULL);
}
