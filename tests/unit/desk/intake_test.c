#include "scene.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "desk/index_internal.h"

#define ANNA "anna@chat.example"
#define BEN "ben@chat.example"

static void find(struct scene *s, const char *written, const char *expected)
{
    const char *found = scene_find(s, written);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: '%s' instead of '%s'", written, found, expected);
}

static void hello(struct scene *s, struct follower_message *m)
{
    static char to[32];
    strcpy(to, BEN);
    scene_message(s, m, ANNA, to, "hello there");
}

static void intake__record_again__changes_nothing(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    hello(s, &m);
    scene_must(s, scene_add(s, &m));
    scene_must(s, scene_add(s, &m)); /* before the commit */
    assert_int_equal(desk_index_waiting(s->x), 1);
    scene_commit(s);
    scene_must(s, scene_add(s, &m)); /* and after it */
    assert_int_equal(desk_index_waiting(s->x), 0);
    scene_commit(s);
    scene_reopen(s);
    scene_must(s, scene_add(s, &m));
    assert_int_equal(desk_index_waiting(s->x), 0);
    find(s, "hello", "1");
    scene_must(s, desk_index_check(s->x, &s->d));
}

static void intake__refuse__record_with_other_bytes(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    hello(s, &m);
    scene_must(s, scene_add(s, &m));
    m.record_leaf[5] ^= 1;
    assert_int_equal(scene_add(s, &m), ERR_AUTH); /* before the commit */
    m.record_leaf[5] ^= 1;
    scene_commit(s);
    m.record_leaf[5] ^= 1;
    assert_int_equal(scene_add(s, &m), ERR_AUTH); /* and after it */
    assert_non_null(strstr(s->d.text, "record 0 of " SCENE_BOT));
    find(s, "hello", "1");
}

static void intake__second_warrant__is_one_message_with_two_records(void **state)
{
    struct scene *s = *state;
    for (int apart = 0; apart < 3; apart++) { /* in one commit; in two; over a reopening */
        struct follower_message m;
        hello(s, &m);
        scene_must(s, scene_add(s, &m));
        if (apart > 0)
            scene_commit(s);
        if (apart > 1)
            scene_reopen(s);
        m.leaf = s->leaf++;
        m.warrant = "w2";
        scene_must(s, scene_add(s, &m));
        scene_commit(s);
    }
    find(s, "warrant:w1", "3 2 1");
    find(s, "warrant:w2 hello", "3 2 1");
    find(s, "warrant:w1 warrant:w2", "3 2 1");
    find(s, "-warrant:w2", "");
    struct desk_figures f;
    scene_must(s, desk_figures(s->x, SCENE_BEGIN_MS, &f, &s->d));
    assert_int_equal(f.messages, 3);
    assert_int_equal(f.records, 6);
    scene_must(s, desk_index_check(s->x, &s->d));
    scene_reopen(s);
    scene_must(s, desk_index_check(s->x, &s->d));
}

/* Each of what a device signed, changed. */
static void intake__refuse__other_message_under_a_second_warrant(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    hello(s, &m);
    scene_must(s, scene_add(s, &m));
    for (int committed = 0; committed < 2; committed++) {
        struct follower_message changed[6];
        for (size_t i = 0; i < 6; i++) {
            changed[i] = m;
            changed[i].leaf = 100 + i;
            changed[i].warrant = "w2";
        }
        changed[0].body = "hello where";
        changed[1].id = "another";
        changed[2].at_unix_ms++;
        changed[3].to[0] = "carl@chat.example";
        memcpy(changed[4].country, "NL", 3);
        changed[5].file_count = 1;
        for (size_t i = 0; i < 6; i++)
            assert_int_equal(scene_add(s, &changed[i]), ERR_AUTH);
        assert_non_null(strstr(s->d.text, "is another"));
        if (committed == 0)
            scene_commit(s);
    }
    find(s, "hello", "1");
    find(s, "warrant:w2", "");
}

static void intake__crash_before_commit__nothing_and_again(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    scene_say(s, ANNA, BEN, "first");
    hello(s, &m);
    scene_must(s, scene_add(s, &m));
    const struct desk_progress p = {.bot = SCENE_BOT, .next = 7, .size = 9};
    scene_must(s, desk_index_progress(s->x, &p, &s->d));
    scene_reopen(s); /* what waited is gone, with how far its journal was */
    struct desk_progress read;
    assert_int_equal(desk_index_progress_of(s->x, SCENE_BOT, &read, &s->d), ERR_NOT_FOUND);
    find(s, "hello", "");
    scene_must(s, scene_add(s, &m));
    scene_must(s, desk_index_progress(s->x, &p, &s->d));
    scene_commit(s);
    scene_reopen(s);
    scene_must(s, desk_index_progress_of(s->x, SCENE_BOT, &read, &s->d));
    assert_int_equal(read.next, 7);
    assert_int_equal(read.size, 9);
    assert_string_equal(read.bot, SCENE_BOT);
    find(s, "hello", "2");
    scene_must(s, desk_index_check(s->x, &s->d));
}

/* Commits one message after the other, with how far the journal is. */
static void commit_for_ever(struct scene *s)
{
    for (int64_t i = 1;; i++) {
        const struct desk_progress p = {.bot = SCENE_BOT, .next = i};
        scene_must(s, desk_index_progress(s->x, &p, &s->d));
        scene_say(s, ANNA, BEN, "word");
        (void)desk_index_tidy(s->x);
    }
}

static void intake__killed__messages_and_progress_agree(void **state)
{
    struct scene *s = *state;
    for (unsigned i = 0; i < 6; i++) {
        desk_index_close(s->x);
        s->x = NULL;
        pid_t child = fork();
        if (child == 0) {
            s->leaf = 1000 * i;
            scene_reopen(s);
            commit_for_ever(s);
        }
        usleep(150000 + 7000 * i);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        scene_reopen(s);
        scene_must(s, desk_index_check(s->x, &s->d));
        struct desk_progress p = {.next = 0};
        int r = desk_index_progress_of(s->x, SCENE_BOT, &p, &s->d);
        assert_true(r == 0 || r == ERR_NOT_FOUND);
        CLEANUP_FREE char *found = strdup(scene_find_as(s, "word", DESK_NEWEST, 1, 1, 0));
        int64_t here = scene_last_id(s) - s->killed;
        assert_int_equal(here, p.next);
        assert_int_equal(strtoll(found, NULL, 10), scene_last_id(s));
        s->killed = scene_last_id(s);
        scene_must(s, sql_execute(desk_index_sql(s->x), "DELETE FROM progress", &s->d));
    }
    assert_true(s->killed > 0);
}

/* A commit that fails leaves what was there, in memory, too. */
static void intake__failed_commit__all_as_before(void **state)
{
    struct scene *s = *state;
    struct follower_message m;
    scene_say(s, ANNA, BEN, "first");
    hello(s, &m);
    m.from = "zoe@chat.example";
    scene_must(s, scene_add(s, &m));
    struct sql *sql = desk_index_sql(s->x);
    scene_must(s, sql_execute(sql,
                              "CREATE TEMP TRIGGER no BEFORE INSERT ON message BEGIN"
                              " SELECT raise(ABORT, 'no'); END",
                              &s->d));
    assert_int_equal(desk_index_commit(s->x, &s->d), ERR_IO);
    scene_must(s, sql_execute(sql, "DROP TRIGGER no", &s->d));
    assert_int_equal(desk_index_waiting(s->x), 0);
    find(s, "", "1");
    struct desk_figures f;
    scene_must(s, desk_figures(s->x, SCENE_BEGIN_MS, &f, &s->d));
    assert_int_equal(f.messages, 1);
    assert_int_equal(f.records, 1);
    assert_int_equal(f.people, 2);
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    find(s, "hello", "2");
    scene_must(s, desk_index_check(s->x, &s->d));
}

static int64_t about(struct scene *s, int64_t message)
{
    int64_t id = -1;
    scene_must(s, desk_about(s->x, message, &id, &s->d));
    return id;
}

static void intake__edits_and_retractions__mark_what_they_are_about(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, BEN, "at the pier");                                  /* 1: m0 */
    scene_say(s, BEN, ANNA, "no");                                           /* 2: m1 */
    scene_say(s, ANNA, BEN, "Correction: at the quay\nironside:edit?id=m0"); /* 3: m2 */
    scene_say(s, BEN, ANNA, "Correction: at the boat\nironside:edit?id=m0"); /* 4: m3 */
    scene_say(s, BEN, ANNA, "(retracts a message)\nironside:retract?id=m1"); /* 5: m4 */
    scene_say(s, ANNA, BEN, "geo:52.37,4.89\nironside:position");            /* 6: m5 */
    scene_say(s, ANNA, BEN, "Correction: elsewhere\nironside:edit?id=m5"); /* which has no words */
    find(s, "is:edited", "1"); /* only by whom it is from */
    find(s, "kind:edit quay", "3");
    find(s, "elsewhere", "7");
    find(s, "kind:edit correction", "");
    scene_reopen(s);
    find(s, "is:edited", "1");
    find(s, "is:edited -pier", "");
    find(s, "is:retracted", "2");
    find(s, "kind:retract", "5");
    assert_int_equal(about(s, 3), 1);
    assert_int_equal(about(s, 4), 0); /* Ben has no m0 */
    assert_int_equal(about(s, 1), 0);
}

/* What an edit is about may come after it. */
static void intake__about_what_comes_later(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, BEN, "Correction: at the quay\nironside:edit?id=m1"); /* m0 */
    find(s, "is:edited", "");
    scene_say(s, BEN, ANNA, "not this"); /* m1, but Ben's */
    find(s, "is:edited", "");
    char to[] = BEN;
    struct follower_message m;
    scene_message(s, &m, ANNA, to, "at the pier");
    m.id = "m1";
    scene_must(s, scene_add(s, &m));
    scene_commit(s);
    find(s, "is:edited", "3");
    scene_reopen(s);
    find(s, "is:edited", "3");
}

static void intake__progress__one_row_a_bot(void **state)
{
    struct scene *s = *state;
    struct desk_progress p = {.bot = "a", .next = 1, .size = 2, .stopped = "batch 1: no"}, read;
    scene_must(s, desk_index_progress(s->x, &p, &s->d));
    p.next = 5;
    scene_must(s, desk_index_progress(s->x, &p, &s->d));
    scene_commit(s);
    scene_must(s, desk_index_progress_of(s->x, "a", &read, &s->d));
    assert_int_equal(read.next, 5);
    assert_string_equal(read.stopped, "batch 1: no");
}

static int no_controls(void *context, const struct desk_hit *h)
{
    (void)context;
    assert_string_equal(h->snippet, " from:carl   hello  warrant:w9  there");
    assert_int_equal(h->mark_count, 1);
    return 7;
}

static void intake__control_bytes__make_no_filters(void **state)
{
    struct scene *s = *state;
    scene_say(s, ANNA, BEN,
              "\x01"
              "from:carl\x01  hello \x01warrant:w9\x01 there");
    find(s, "from:carl", "");
    find(s, "warrant:w9", "");
    find(s, "hello there", "1");
    find(s, "carl", "1");
    CLEANUP(query_free_cleanup) struct query *q = scene_query(s, "there");
    const struct desk_search search = {.query = q, .user = 1, .limit = 1};
    bool more;
    assert_int_equal(desk_search(s->x, &search, no_controls, NULL, &more, &s->d), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(intake__record_again__changes_nothing),
        SCENE_TEST(intake__refuse__record_with_other_bytes),
        SCENE_TEST(intake__second_warrant__is_one_message_with_two_records),
        SCENE_TEST(intake__refuse__other_message_under_a_second_warrant),
        SCENE_TEST(intake__crash_before_commit__nothing_and_again),
        SCENE_TEST(intake__killed__messages_and_progress_agree),
        SCENE_TEST(intake__failed_commit__all_as_before),
        SCENE_TEST(intake__edits_and_retractions__mark_what_they_are_about),
        SCENE_TEST(intake__about_what_comes_later),
        SCENE_TEST(intake__progress__one_row_a_bot),
        SCENE_TEST(intake__control_bytes__make_no_filters),
    };
    return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
