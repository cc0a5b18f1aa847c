/* What lies outside the warrants in force is as if it were not there, until one is in force. */
#include "desk/validity.h"

#include <stdio.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "desk/sight.h"
#include "scene.h"

#define FROM (SCENE_BEGIN_MS / CALENDAR_DAY_MS)
#define AT_DAY(n) (SCENE_BEGIN_MS + (n)*CALENDAR_DAY_MS)
#define NAMED true
#define UNNAMED false

static void put(struct desk_told *t, const char *warrant, int64_t days, bool named)
{
    struct validity *v = &t->validities.items[t->validities.count++];
    snprintf(v->warrant, sizeof v->warrant, "%s", warrant);
    v->from_day = FROM;
    v->until_day = FROM + days - 1;
    v->named = named;
}

static void tell(struct scene *s, const struct desk_told *t)
{
    scene_must(s, desk_validities_take(s->x, t, &s->d));
}

/* Warrant w1, by the policy of that serial. */
static void tell_one(struct scene *s, uint32_t policy, int64_t days, bool named)
{
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    t->validities.policy = policy;
    put(t, "w1", days, named);
    tell(s, t);
}

static void say_under(struct scene *s, const char *warrant, const char *body)
{
    char to[] = "bob@x";
    struct follower_message m;
    scene_message(s, &m, "anna@x", to, body);
    m.warrant = warrant;
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
}

static uint64_t messages(struct scene *s)
{
    struct desk_figures f;
    scene_must(s, desk_figures(s->x, SCENE_BEGIN_MS, &f, &s->d));
    return f.messages;
}

static struct desk_validity_of of(const struct scene *s, const char *warrant)
{
    struct desk_validity_of v;
    desk_validity_of(s->x, warrant, &v);
    return v;
}

static void assert_state(const struct scene *s, enum desk_validity state, int64_t days_left)
{
    struct desk_validity_of v = of(s, "w1");
    assert_int_equal(v.state, state);
    assert_true(v.readable == (state == DESK_VALIDITY_IN_FORCE));
    assert_int_equal(v.days_left, days_left);
}

static void validity__before_anything_is_told__all_is_in_sight(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna@x", "bob@x", "hello");
    desk_validities_at(s->x, AT_DAY(1000));
    assert_string_equal(scene_find(s, "hello"), "1");
    assert_int_equal(of(s, "w1").state, DESK_VALIDITY_UNKNOWN);
    assert_true(of(s, "w1").readable);
}

/* The reader tells before it hands on a message: what it does not know is not in force. */
static void validity__told_of_others__is_not_in_sight(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    t->validities.policy = 1;
    put(t, "w2", 3, NAMED);
    tell(s, t);
    say_under(s, "w1", "hello");
    say_under(s, "w2", "hello");
    assert_string_equal(scene_find(s, "hello"), "2");
    assert_false(of(s, "w1").readable);
}

static void validity__last_day__counts_and_the_one_behind_it_does_not(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna@x", "bob@x", "hello");
    tell_one(s, 1, 2, NAMED);
    desk_validities_at(s->x, AT_DAY(2) - 1);
    assert_string_equal(scene_find(s, "hello"), "1");
    assert_state(s, DESK_VALIDITY_IN_FORCE, 1);
    desk_validities_at(s->x, AT_DAY(2));
    assert_string_equal(scene_find(s, "hello"), "");
    assert_true(messages(s) == 0);
    assert_state(s, DESK_VALIDITY_ENDED, 0);
}

static void validity__renewed__is_back_with_what_was_counted(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna@x", "bob@x", "hello");
    tell_one(s, 1, 2, NAMED);
    desk_validities_at(s->x, AT_DAY(5));
    say_under(s, "w1", "hello again");
    assert_true(messages(s) == 0);
    tell_one(s, 2, 9, NAMED);
    assert_string_equal(scene_find(s, "hello"), "2 1");
    assert_true(messages(s) == 2);
    assert_state(s, DESK_VALIDITY_IN_FORCE, 4);
}

static void validity__not_named_or_revoked__is_out_of_sight(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    scene_say(s, "anna@x", "bob@x", "hello");
    tell_one(s, 1, 9, NAMED);
    assert_string_equal(scene_find(s, "hello"), "1");
    tell_one(s, 2, 9, UNNAMED);
    assert_string_equal(scene_find(s, "hello"), "");
    assert_state(s, DESK_VALIDITY_UNNAMED, 0);
    tell_one(s, 3, 9, NAMED);
    assert_string_equal(scene_find(s, "hello"), "1");
    t->validities.policy = 4;
    put(t, "w1", 9, NAMED);
    t->validities.items[0].revoked = true;
    tell(s, t);
    assert_string_equal(scene_find(s, "hello"), "");
    assert_state(s, DESK_VALIDITY_REVOKED, 0);
}

/* What is told of no more is not named; its days stay known. */
static void validity__left_out_of_what_is_told__is_out_of_sight(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    scene_say(s, "anna@x", "bob@x", "hello");
    tell_one(s, 1, 9, NAMED);
    t->validities.policy = 2;
    tell(s, t);
    assert_string_equal(scene_find(s, "hello"), "");
    assert_state(s, DESK_VALIDITY_UNNAMED, 0);
    assert_int_equal(of(s, "w1").until_day, FROM + 8);
}

/* Documents from before, laid back: what was revoked since does not come back with them. */
static void validity__older_policy__changes_nothing(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna@x", "bob@x", "hello");
    tell_one(s, 7, 9, UNNAMED);
    tell_one(s, 6, 9, NAMED);
    assert_string_equal(scene_find(s, "hello"), "");
    scene_reopen(s);
    tell_one(s, 6, 9, NAMED);
    assert_string_equal(scene_find(s, "hello"), "");
    tell_one(s, 7, 9, NAMED);
    assert_string_equal(scene_find(s, "hello"), "1");
}

static void validity__several_warrants__one_in_force_is_enough(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    char to[] = "bob@x";
    struct follower_message m;
    t->validities.policy = 1;
    put(t, "w1", 2, NAMED);
    put(t, "w2", 9, NAMED);
    tell(s, t);
    desk_validities_at(s->x, AT_DAY(3));
    scene_message(s, &m, "anna@x", to, "hello");
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    assert_string_equal(scene_find(s, "hello"), "");
    m.leaf = s->leaf++; /* the other's record comes with a later batch */
    m.warrant = "w2";
    hash_sha256(&m.leaf, sizeof m.leaf, m.record_leaf);
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    assert_string_equal(scene_find(s, "hello"), "1");
    assert_true(messages(s) == 1);
    desk_validities_at(s->x, AT_DAY(9));
    assert_string_equal(scene_find(s, "hello"), "");
}

static void validity__opened_again__is_as_it_was(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna@x", "bob@x", "hello");
    tell_one(s, 1, 2, NAMED);
    desk_validities_at(s->x, AT_DAY(5));
    scene_reopen(s);
    desk_validities_at(s->x, AT_DAY(5));
    assert_string_equal(scene_find(s, "hello"), "");
    assert_true(messages(s) == 0);
    desk_validities_at(s->x, AT_DAY(1)); /* a clock that was wrong */
    assert_string_equal(scene_find(s, "hello"), "1");
}

/* The machine's clock is decades ahead of a replay's. */
static void validity__replay__its_own_clock_counts(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    t->validities.policy = 1;
    t->replay = true;
    put(t, "w1", 2, NAMED);
    put(t, "w2", 20, NAMED);
    tell(s, t);
    scene_say(s, "anna@x", "bob@x", "hello");
    desk_validities_at(s->x, AT_DAY(5000));
    assert_string_equal(scene_find(s, "hello"), "1");
    assert_state(s, DESK_VALIDITY_IN_FORCE, 2);
    t->clock_unix_ms = AT_DAY(2);
    tell(s, t);
    assert_string_equal(scene_find(s, "hello"), "");
    t->clock_unix_ms = AT_DAY(1); /* it never goes back */
    tell(s, t);
    assert_string_equal(scene_find(s, "hello"), "");
    scene_reopen(s);
    assert_string_equal(scene_find(s, "hello"), "");
}

static void validity__replay__what_was_archived_moves_its_clock(void **state)
{
    struct scene *s = *state;
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    char to[] = "bob@x";
    struct follower_message m;
    t->validities.policy = 1;
    t->replay = true;
    put(t, "w1", 2, NAMED);
    put(t, "w2", 20, NAMED);
    tell(s, t);
    scene_say(s, "anna@x", "bob@x", "hello");
    scene_message(s, &m, "anna@x", to, "later");
    m.warrant = "w2";
    m.archived_unix_ms = AT_DAY(3);
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    desk_validities_at(s->x, AT_DAY(5000));
    assert_string_equal(scene_find(s, "hello"), "");
    assert_string_equal(scene_find(s, "later"), "2");
}

/* Completeness counts all the same. */
static void validity__ended__is_whole_and_counted_by_warrant(void **state)
{
    struct scene *s = *state;
    scene_say(s, "anna@x", "bob@x", "hello");
    tell_one(s, 1, 2, NAMED);
    desk_validities_at(s->x, AT_DAY(5));
    struct desk_figures f;
    scene_must(s, desk_figures(s->x, SCENE_BEGIN_MS, &f, &s->d));
    assert_true(f.records == 1 && f.messages == 0);
    scene_must(s, desk_index_check(s->x, &s->d));
    desk_sight_whole(s->x);
    assert_string_equal(scene_find(s, "hello"), "1");
}

/* A vault that was changed is not believed. */
static void validity__damaged__is_refused(void **state)
{
    struct scene *s = *state;
    tell_one(s, 1, 2, NAMED);
    desk_index_close(s->x);
    s->x = NULL;
    scene_plainly(s, "UPDATE validity SET hash = x'00'");
    assert_int_equal(scene_try_reopen(s), ERR_AUTH);
    assert_non_null(strstr(s->d.text, "how warrant w1 stands"));
    scene_plainly(s, "DELETE FROM validity");
    scene_reopen(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(validity__before_anything_is_told__all_is_in_sight),
        SCENE_TEST(validity__told_of_others__is_not_in_sight),
        SCENE_TEST(validity__last_day__counts_and_the_one_behind_it_does_not),
        SCENE_TEST(validity__renewed__is_back_with_what_was_counted),
        SCENE_TEST(validity__not_named_or_revoked__is_out_of_sight),
        SCENE_TEST(validity__left_out_of_what_is_told__is_out_of_sight),
        SCENE_TEST(validity__older_policy__changes_nothing),
        SCENE_TEST(validity__several_warrants__one_in_force_is_enough),
        SCENE_TEST(validity__opened_again__is_as_it_was),
        SCENE_TEST(validity__replay__its_own_clock_counts),
        SCENE_TEST(validity__replay__what_was_archived_moves_its_clock),
        SCENE_TEST(validity__ended__is_whole_and_counted_by_warrant),
        SCENE_TEST(validity__damaged__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
