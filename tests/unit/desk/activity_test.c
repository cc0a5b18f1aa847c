#include "scene.h"

#include "desk/activity.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define FIRST_DAY 20513 /* 2026-03-01, a Sunday */

static void say_at(struct scene *s, const char *from, int64_t at, const char *country)
{
    struct follower_message m;
    scene_message(s, &m, from, (char[]){"carl"}, "hello boat");
    m.at_unix_ms = at;
    snprintf(m.country, sizeof m.country, "%s", country);
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
}

static struct desk_activity *count(struct scene *s, const char *query, const char *zone_name)
{
    struct desk_activity *a = NULL;
    struct zone *zone;
    struct query *q = query == NULL ? NULL : scene_query(s, query);
    scene_must(s, zone_open(zone_name, &zone, &s->d));
    const struct desk_activity_ask ask = {.query = q, .zone = zone};
    scene_must(s, desk_activity_count(s->x, &ask, &a, &s->d));
    query_free(q);
    zone_free(zone);
    return a;
}

static void activity__count__days_and_hours_of_the_zone(void **state)
{
    struct scene *s = *state;
    say_at(s, "anna", SCENE_BEGIN_MS + 23 * HOUR_MS + HOUR_MS / 2, "NL");
    say_at(s, "anna", SCENE_BEGIN_MS + 23 * HOUR_MS + HOUR_MS / 2, "NL");
    say_at(s, "bert", SCENE_BEGIN_MS + 9 * DAY_MS, "NL");
    CLEANUP(desk_activity_free_cleanup) struct desk_activity *utc = count(s, NULL, "UTC");
    assert_int_equal(utc->messages, 3);
    assert_int_equal(utc->people, 2);
    assert_int_equal(utc->day_count, 2);
    assert_int_equal(utc->days[0].day, FIRST_DAY);
    assert_int_equal(utc->days[0].messages, 2);
    assert_int_equal(utc->days[0].people, 1);
    assert_int_equal(utc->hours[6 * 24 + 23], 2);
    CLEANUP(desk_activity_free_cleanup)
    struct desk_activity *berlin = count(s, NULL, "Europe/Berlin");
    assert_int_equal(berlin->days[0].day, FIRST_DAY + 1);
    assert_int_equal(berlin->hours[0], 2); /* Monday, half past midnight */
    assert_int_equal(berlin->hours[1 * 24 + 1], 1);
}

static void activity__count__weeks_begin_on_monday(void **state)
{
    struct scene *s = *state;
    say_at(s, "anna", SCENE_BEGIN_MS, "NL");              /* Sunday */
    say_at(s, "anna", SCENE_BEGIN_MS + DAY_MS, "NL");     /* Monday */
    say_at(s, "bert", SCENE_BEGIN_MS + 7 * DAY_MS, "NL"); /* Sunday */
    CLEANUP(desk_activity_free_cleanup) struct desk_activity *a = count(s, NULL, "UTC");
    assert_int_equal(a->week_count, 2);
    assert_int_equal(a->weeks[0].day, FIRST_DAY - 6);
    assert_int_equal(a->weeks[0].people, 1);
    assert_int_equal(a->weeks[1].day, FIRST_DAY + 1);
    assert_int_equal(a->weeks[1].messages, 2);
    assert_int_equal(a->weeks[1].people, 2);
}

static void activity__count__people_where_they_write_most(void **state)
{
    struct scene *s = *state;
    say_at(s, "anna", SCENE_BEGIN_MS, "DE");
    say_at(s, "anna", SCENE_BEGIN_MS, "NL");
    say_at(s, "anna", SCENE_BEGIN_MS, "NL");
    say_at(s, "bert", SCENE_BEGIN_MS, "");
    CLEANUP(desk_activity_free_cleanup) struct desk_activity *a = count(s, NULL, "UTC");
    assert_int_equal(a->country_count, 3);
    assert_string_equal(a->countries[0].country, "NL");
    assert_int_equal(a->countries[0].people, 1);
    assert_int_equal(a->countries[0].messages, 2);
    assert_string_equal(a->countries[1].country, "");
    assert_string_equal(a->countries[2].country, "DE");
    assert_int_equal(a->countries[2].people, 0);
    assert_int_equal(a->countries[2].messages, 1);
}

static void activity__count__of_a_search(void **state)
{
    struct scene *s = *state;
    say_at(s, "anna", SCENE_BEGIN_MS, "DE");
    scene_say(s, "bert", "anna", "a car");
    CLEANUP(desk_activity_free_cleanup) struct desk_activity *a = count(s, "boat", "UTC");
    assert_int_equal(a->messages, 1);
    CLEANUP(desk_activity_free_cleanup) struct desk_activity *none = count(s, "plane", "UTC");
    assert_int_equal(none->messages, 0);
    assert_int_equal(none->day_count, 0);
    assert_int_equal(none->country_count, 0);
}

/* All messages are counted in another way than those of a search. */
static void activity__count__all_as_a_search_of_all(void **state)
{
    struct scene *s = *state;
    static const char *const people[] = {"anna", "bert", "dora"}, *const places[] = {"DE", "NL",
                                                                                     ""};
    for (int i = 0; i < 60; i++)
        say_at(s, people[i % 3], SCENE_BEGIN_MS + (int64_t)i * i * HOUR_MS, places[i % 7 % 3]);
    CLEANUP(desk_activity_free_cleanup)
    struct desk_activity *all = count(s, NULL, "America/New_York"),
                         *found = count(s, "boat", "America/New_York");
    assert_int_equal(all->messages, 60);
    assert_int_equal(all->people, found->people);
    assert_memory_equal(all->hours, found->hours, sizeof all->hours);
    assert_int_equal(all->day_count, found->day_count);
    assert_memory_equal(all->days, found->days, all->day_count * sizeof *all->days);
    assert_int_equal(all->week_count, found->week_count);
    assert_memory_equal(all->weeks, found->weeks, all->week_count * sizeof *all->weeks);
    assert_int_equal(all->country_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(all->countries[i].country, found->countries[i].country);
        assert_int_equal(all->countries[i].messages, found->countries[i].messages);
        assert_int_equal(all->countries[i].people, found->countries[i].people);
    }
}

struct silent {
    char text[256];
};

static int list_one(void *context, const struct desk_silent *x)
{
    struct silent *l = context;
    size_t len = strlen(l->text);
    snprintf(l->text + len, sizeof l->text - len, "%.4s%llu ", x->account,
             (unsigned long long)x->sent);
    return 0;
}

static void activity__silent__who_wrote_enough_and_stopped(void **state)
{
    struct scene *s = *state;
    struct silent l = {.text = ""};
    say_at(s, "anna", SCENE_BEGIN_MS, "DE");
    say_at(s, "anna", SCENE_BEGIN_MS + DAY_MS, "DE");
    say_at(s, "bert", SCENE_BEGIN_MS, "DE");
    say_at(s, "dora", SCENE_BEGIN_MS + 9 * DAY_MS, "DE");
    int64_t now = SCENE_BEGIN_MS + 10 * DAY_MS;
    assert_int_equal(desk_activity_silent(s->x, now, 5, 1, 10, list_one, &l), 0);
    assert_string_equal(l.text, "anna2 bert1 ");
    l.text[0] = '\0';
    assert_int_equal(desk_activity_silent(s->x, now, 5, 2, 10, list_one, &l), 0);
    assert_string_equal(l.text, "anna2 ");
    l.text[0] = '\0';
    assert_int_equal(desk_activity_silent(s->x, now, 0, 1, 1, list_one, &l), 0);
    assert_string_equal(l.text, "dora1 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(activity__count__days_and_hours_of_the_zone),
        SCENE_TEST(activity__count__weeks_begin_on_monday),
        SCENE_TEST(activity__count__people_where_they_write_most),
        SCENE_TEST(activity__count__of_a_search),
        SCENE_TEST(activity__count__all_as_a_search_of_all),
        SCENE_TEST(activity__silent__who_wrote_enough_and_stopped),
    };
    return cmocka_run_group_tests_name("desk/activity", tests, NULL, NULL);
}
