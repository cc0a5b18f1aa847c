/* Whatever is removed, doubled or changed in the tables is found out and named. */
#include "scene.h"

#include <stdio.h>

#define ANNA "anna@chat.example"
#define BEN "ben@chat.example"

static void fill(struct scene *s)
{
    for (int i = 0; i < 12; i++) { /* three shards */
        char body[32];
        snprintf(body, sizeof body, "message %d", i);
        scene_say(s, i % 2 == 0 ? ANNA : BEN, i % 2 == 0 ? BEN : ANNA, body);
    }
    scene_must(s, desk_index_check(s->x, &s->d));
}

static void change(struct scene *s, const char *how)
{
    if (sql_execute(desk_index_sql(s->x), how, &s->d) < 0)
        fail_msg("%s: %s", how, s->d.text);
}

/* After each change the check names what it says, in the index that was open and in one that is
 * opened again, unless that is refused. */
static void names(void **state, const char *how, const char *expected)
{
    struct scene *s = *state;
    fill(s);
    change(s, how);
    for (int again = 0; again < 2; again++) {
        if (desk_index_check(s->x, &s->d) != ERR_AUTH)
            fail_msg("%s: is not found out (%d)", how, again);
        if (strstr(s->d.text, expected) == NULL)
            fail_msg("%s: %s", how, s->d.text);
        if (scene_try_reopen(s) == 0)
            continue;
        assert_non_null(strstr(s->d.text, "message 7 is not as it was written"));
        break;
    }
    scene_tear_down(state);
    scene_set_up(state);
}

static void check__names__what_was_removed(void **state)
{
    names(state, "DELETE FROM record WHERE leaf = 3", "11 records are there, of 12");
    names(state, "DELETE FROM said WHERE id = 4", "message 4 ");
    names(state, "DELETE FROM message WHERE id = 4", "message 4");
    names(state,
          "DELETE FROM message WHERE id = 4; DELETE FROM said WHERE id = 4;"
          "DELETE FROM record WHERE message = 4",
          "11 records are there");
    names(state, "DELETE FROM message WHERE id = 12; DELETE FROM said WHERE id = 12", "message 12");
    names(state, "INSERT INTO ft2 (ft2) VALUES ('delete-all')",
          "message 6 is not in the full text");
}

static void check__names__what_was_doubled(void **state)
{
    names(state,
          "INSERT INTO ft1 (rowid, body) VALUES (8, char(1) || 'kind:text' || char(1) || ' ')",
          "message 8 is in a shard of the full text that is not its own");
    names(state,
          "INSERT INTO ft1 (rowid, body) VALUES (99, char(1) || 'kind:text' || char(1) || ' ')",
          "message 99 is in the full text, but not there");
    names(state,
          "INSERT INTO record SELECT bot, 77, record_leaf, warrant, message FROM record"
          " WHERE leaf = 3",
          "13 records are there, of 12");
    names(state,
          "INSERT INTO said SELECT 77, name, wrong, files, body, digest FROM said"
          " WHERE id = 3",
          "words of 13");
}

static void check__names__what_was_changed(void **state)
{
    static const char *const columns[] = {
        "at = at + 1",         "archived = archived + 1",
        "n = n + 100",         "policy = policy + 1",
        "sender = 3 - sender", "recipients = 3 - recipients",
        "kind = kind + 1",     "country = 'XX'",
        "lang = lang + 1",     "certificate = 3 - certificate",
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        char how[128];
        snprintf(how, sizeof how, "UPDATE message SET %s WHERE id = 7", columns[i]);
        names(state, how, "message 7 is not as it was taken in");
    }
    names(state, "UPDATE said SET body = 'another' WHERE id = 7", "message 7 is not as it was");
    names(state, "UPDATE said SET name = 'another' WHERE id = 7", "message 7 is not as it was");
    names(state, "UPDATE said SET wrong = 'no' WHERE id = 7", "message 7 is not as it was");
    names(state, "UPDATE said SET files = x'00' WHERE id = 7", "message 7 is not as it was");
    names(state, "UPDATE said SET digest = zeroblob(32) WHERE id = 7",
          "message 7 is not as it was");
    names(state, "UPDATE said SET digest = x'' WHERE id = 7", "message 7 is not as it was written");
    names(state, "UPDATE record SET message = 8 WHERE message = 7", "message 7 is not under");
    names(state, "UPDATE message SET warrants = 9 WHERE id = 7", "message 7 is not under");
}

/* Where it is and what it is about were read from bodies; who changes that hides it from questions.
 */
static void check__names__what_was_read_from_bodies(void **state)
{
    static const struct {
        const char *how, *expected;
    } changes[] = {
        {"DELETE FROM place", "message 1 is not found at the place"},
        {"UPDATE place SET lat = lat + 1", "message 1 is not found at the place"},
        {"UPDATE place SET message = 2", "message 1 is not found at the place"},
        {"INSERT INTO place VALUES (3, 1, 1)", "message 3 is not found at the place"},
        {"DELETE FROM about", "message 4 is not kept as about"},
        {"UPDATE about SET target = 2", "message 4 is not kept as about"},
        {"UPDATE about SET name = 'm1'", "message 4 is not kept as about"},
        {"UPDATE about SET sender = '" BEN "'", "message 4 is not kept as about"},
        {"INSERT INTO about VALUES (2, 1, 0, '" ANNA "', 'm2', 3)", "message 2 is not kept"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct scene *s = *state;
        scene_say(s, ANNA, BEN, "geo:52.37,4.89");
        scene_say(s, BEN, ANNA, "first");
        scene_say(s, ANNA, BEN, "first");
        scene_say(s, ANNA, BEN, "Correction: other\nironside:edit?id=m2");
        scene_say(s, ANNA, BEN, "Correction: other\nironside:edit?id=m77"); /* not there yet */
        scene_must(s, desk_index_check(s->x, &s->d));
        change(s, changes[i].how);
        scene_reopen(s);
        if (desk_index_check(s->x, &s->d) != ERR_AUTH ||
            strstr(s->d.text, changes[i].expected) == NULL)
            fail_msg("%s: %s", changes[i].how, s->d.text);
        scene_tear_down(state);
        scene_set_up(state);
    }
}

static int count_record(void *context, const struct desk_record *r)
{
    uint64_t *next = context;
    uint8_t leaf[HASH_BYTES];
    assert_int_equal(r->leaf, *next);
    hash_sha256(&r->leaf, sizeof r->leaf, leaf);
    assert_memory_equal(r->record_leaf, leaf, HASH_BYTES);
    assert_string_equal(r->warrant, "w1");
    assert_int_equal(r->message, r->leaf + 1);
    ++*next;
    return *next == 5 ? 1 : 0;
}

static void check__records__in_the_order_of_leaves(void **state)
{
    struct scene *s = *state;
    uint64_t next = 0;
    fill(s);
    assert_int_equal(desk_index_records(s->x, SCENE_BOT, count_record, &next, &s->d), 1);
    assert_int_equal(next, 5);
    next = 0;
    scene_must(s, desk_index_records(s->x, "another", count_record, &next, &s->d));
    assert_int_equal(next, 0);
}

/* A shard that another version of the tokenizer made is made anew. */
static void check__shard_of_another_version__is_made_anew(void **state)
{
    struct scene *s = *state;
    fill(s);
    change(s, "UPDATE shard SET version = 'old' WHERE number = 2;"
              "INSERT INTO ft2 (ft2) VALUES ('delete-all')");
    assert_string_equal(scene_find(s, "message"), "12 11 5 4 3 2 1");
    scene_reopen(s);
    assert_string_equal(scene_find(s, "message"), "12 11 10 9 8 7 6 5 4 3 2 1");
    scene_must(s, desk_index_check(s->x, &s->d));
}

static void check__tidy__merges_what_is_closed_and_ends(void **state)
{
    struct scene *s = *state;
    fill(s);
    int steps = 0;
    while (desk_index_tidy(s->x))
        assert_true(++steps < 100);
    assert_true(steps >= 2);
    assert_false(desk_index_tidy(s->x));
    assert_string_equal(scene_find(s, "message"), "12 11 10 9 8 7 6 5 4 3 2 1");
    scene_must(s, desk_index_check(s->x, &s->d));
    scene_reopen(s);
    assert_false(desk_index_tidy(s->x));
}

/* What cannot be is refused before anything is looked up by it. */
static void check__refuse_to_open__impossible_numbers(void **state)
{
    static const char *const columns[] = {
        "sender = 99",      "sender = 0", "recipients = 99", "conversation = 99",
        "conversation = 0", "kind = 99",  "lang = 99",       "warrants = 99"};
    struct scene *s = *state;
    fill(s);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        char how[160];
        snprintf(how, sizeof how,
                 "CREATE TABLE keep AS SELECT * FROM message;"
                 "UPDATE message SET %s WHERE id = 7",
                 columns[i]);
        change(s, how);
        assert_int_equal(scene_try_reopen(s), ERR_AUTH);
        assert_non_null(strstr(s->d.text, "message 7"));
        scene_plainly(s, "DELETE FROM message; INSERT INTO message SELECT * FROM keep;"
                         "DROP TABLE keep");
        scene_reopen(s);
    }
    change(s, "UPDATE name SET value = x'63000000' WHERE kind = 5 AND number = 1");
    assert_int_equal(scene_try_reopen(s), ERR_AUTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(check__names__what_was_removed),
        SCENE_TEST(check__names__what_was_doubled),
        SCENE_TEST(check__names__what_was_changed),
        SCENE_TEST(check__names__what_was_read_from_bodies),
        SCENE_TEST(check__refuse_to_open__impossible_numbers),
        SCENE_TEST(check__records__in_the_order_of_leaves),
        SCENE_TEST(check__shard_of_another_version__is_made_anew),
        SCENE_TEST(check__tidy__merges_what_is_closed_and_ends),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
