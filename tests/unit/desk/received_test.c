/* What comes in a package is on the desk as a whole or not at all, once, with where it is from,
 * under the warrants of who sent it; and never takes the place of what is here.
 */
#include "desk/received.h"

#include <stdio.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "scene.h"

#define BOT "bot1.chat.example"
#define ANNA "anna@chat.example"
#define FROM (SCENE_BEGIN_MS / CALENDAR_DAY_MS)

static char to_ben[] = "ben@chat.example";

/* A package of that name, whose manifest and file follow from it. */
static struct desk_received package(const char *name)
{
    struct desk_received p = {.name = name,
                              .agency = "north",
                              .network = "chat.example",
                              .scope = "from:anna",
                              .made_unix_ms = SCENE_BEGIN_MS,
                              .received_unix_ms = SCENE_BEGIN_MS + 1};
    hash512(name, strlen(name), p.manifest);
    hash_sha256(name, strlen(name), p.sha256);
    return p;
}

static void begin_with(struct scene *s, const struct desk_received *p, const struct validities *v)
{
    scene_must(s, desk_received_begin(s->x, p, v, NULL, &s->d));
}

static void begin(struct scene *s, const char *name)
{
    CLEANUP_FREE struct validities *none = mem_new(sizeof *none);
    struct desk_received p = package(name);
    begin_with(s, &p, none);
}

static int try_begin(struct scene *s, const struct desk_received *p, struct desk_received *ret)
{
    CLEANUP_FREE struct validities *none = mem_new(sizeof *none);
    return desk_received_begin(s->x, p, none, ret, &s->d);
}

static struct follower_message hello(struct scene *s, const char *body)
{
    struct follower_message m;
    strcpy(to_ben, "ben@chat.example");
    scene_message(s, &m, ANNA, to_ben, body);
    return m;
}

static void add(struct scene *s, const struct follower_message *m)
{
    scene_must(s, desk_received_add(s->x, BOT, m, &s->d));
}

static int note_warrants(void *context, const struct desk_received *p, const char *warrants,
                         struct diag *d)
{
    (void)p;
    (void)d;
    snprintf(context, 64, "%s", warrants);
    return 0;
}

static struct desk_received commit(struct scene *s)
{
    struct desk_received r;
    char warrants[64];
    scene_must(s, desk_received_commit(s->x, note_warrants, warrants, &r, &s->d));
    return r;
}

static void own(struct scene *s, const struct follower_message *m)
{
    scene_must(s, desk_index_add(s->x, BOT, m, &s->d));
    scene_commit(s);
}

static void find(struct scene *s, const char *written, const char *expected)
{
    const char *found = scene_find(s, written);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: '%s' instead of '%s'", written, found, expected);
}

static void check(struct scene *s)
{
    scene_must(s, desk_index_check(s->x, &s->d));
    scene_reopen(s);
    scene_must(s, desk_index_check(s->x, &s->d));
}

struct shown {
    size_t count;
    char first[64], second[64];
    bool own;
};

static int show(void *context, const struct desk_message *m)
{
    struct shown *shown = context;
    char *to[] = {shown->first, shown->second};
    shown->count = m->received_count;
    shown->own = m->own;
    for (size_t i = 0; i < m->received_count && i < 2; i++)
        snprintf(to[i], sizeof shown->first, "%s %s %s", m->received[i].package,
                 m->received[i].warrant, desk_received_kind_text(m->received[i].kind));
    return 0;
}

static struct shown shown_of(struct scene *s, int64_t id)
{
    struct shown shown = {0};
    scene_must(s, desk_message(s->x, id, 0, show, &shown, &s->d));
    return shown;
}

static uint64_t records(struct scene *s)
{
    struct desk_figures f;
    scene_must(s, desk_figures(s->x, SCENE_BEGIN_MS, &f, &s->d));
    return f.records;
}

/* ---- as a whole ---- */

static void received__commit__shows_what_came_and_where_from(void **state)
{
    struct scene *s = *state;
    begin(s, "north-0001");
    struct follower_message one = hello(s, "hello there");
    add(s, &one);
    struct follower_message two = hello(s, "hello again");
    two.warrant = "w0";
    add(s, &two);
    find(s, "hello", "");
    struct desk_received r;
    char warrants[64];
    scene_must(s, desk_received_commit(s->x, note_warrants, warrants, &r, &s->d));
    assert_string_equal(warrants, "w0 w1");
    assert_int_equal(r.records[DESK_RECEIVED_NEW], 2);
    find(s, "hello", "2 1");
    check(s);
    find(s, "hello", "2 1");
    struct shown shown = shown_of(s, 1);
    assert_int_equal(shown.count, 1);
    assert_string_equal(shown.first, "north-0001 w1 new");
    assert_false(shown.own);
    assert_int_equal(records(s), 0); /* of the own archives */
}

static void received__abandon__leaves_nothing(void **state)
{
    struct scene *s = *state;
    begin(s, "north-0001");
    struct follower_message m = hello(s, "hello there");
    add(s, &m);
    desk_received_abandon(s->x);
    scene_commit(s);
    find(s, "hello", "");
    CLEANUP_QUERY sqlite3_stmt *q = sql(desk_index_sql(s->x), "SELECT count(*) FROM name");
    assert_int_equal(sql_row(q), 0);
    assert_int_equal(sqlite3_column_int(q, 0), 0);
    check(s);
    begin(s, "north-0001");
    add(s, &m);
    assert_int_equal(commit(s).records[DESK_RECEIVED_NEW], 1);
}

static int refuse(void *context, const struct desk_received *p, const char *warrants,
                  struct diag *d)
{
    (void)context;
    (void)p;
    (void)warrants;
    return diag_set(d, ERR_IO, "it cannot be logged");
}

static void received__commit__writes_nothing_that_is_not_logged(void **state)
{
    struct scene *s = *state;
    struct desk_received r;
    begin(s, "north-0001");
    struct follower_message m = hello(s, "hello there");
    add(s, &m);
    assert_int_equal(desk_received_commit(s->x, refuse, NULL, &r, &s->d), ERR_IO);
    find(s, "hello", "");
    check(s);
    begin(s, "north-0001");
    desk_received_abandon(s->x);
}

static void received__begin__knows_what_came_before(void **state)
{
    struct scene *s = *state;
    struct desk_received before, p = package("north-0001");
    begin(s, "north-0001");
    struct follower_message m = hello(s, "hello there");
    add(s, &m);
    (void)commit(s);
    assert_int_equal(try_begin(s, &p, &before), ERR_EXISTS);
    assert_int_equal(before.records[DESK_RECEIVED_NEW], 1);
    p.manifest[0] ^= 1;
    assert_int_equal(try_begin(s, &p, NULL), ERR_AUTH);
    assert_non_null(strstr(s->d.text, "another package north-0001 of north is here"));
    p = package("north-0002");
    p.network_hash[0] ^= 1;
    assert_int_equal(try_begin(s, &p, NULL), ERR_AUTH);
    assert_non_null(strstr(s->d.text, "of another network chat.example"));
    begin(s, "north-0002");
    p = package("north-0003");
    assert_int_equal(try_begin(s, &p, NULL), ERR_INVALID_STATE);
    desk_received_abandon(s->x);
}

static void received__add__refuses_people_and_bots_of_other_domains(void **state)
{
    struct scene *s = *state;
    struct follower_message good = hello(s, "hello"), m = good;
    begin(s, "north-0001");
    m.from = "anna@evil.example";
    assert_int_equal(desk_received_add(s->x, BOT, &m, &s->d), ERR_AUTH);
    m = good;
    m.to[0] = "ben@chat.example.org";
    assert_int_equal(desk_received_add(s->x, BOT, &m, &s->d), ERR_AUTH);
    assert_int_equal(desk_received_add(s->x, "bot1.evilchat.example", &good, &s->d), ERR_AUTH);
    assert_int_equal(desk_received_add(s->x, "bot1.evil.example", &good, &s->d), ERR_AUTH);
    assert_non_null(strstr(s->d.text, "are not of the network chat.example"));
    desk_received_abandon(s->x);
}

/* ---- once ---- */

static void received__what_is_held__is_kept_once(void **state)
{
    struct scene *s = *state;
    struct follower_message m = hello(s, "hello there");
    own(s, &m);
    begin(s, "north-0001");
    add(s, &m);
    assert_int_equal(commit(s).records[DESK_RECEIVED_HELD], 1);
    begin(s, "north-0002");
    m.warrant = "w2"; /* its record under another warrant */
    m.leaf += 10;
    m.record_leaf[0] ^= 1;
    add(s, &m);
    assert_int_equal(commit(s).records[DESK_RECEIVED_HELD], 1);
    find(s, "hello", "1");
    find(s, "warrant:w2", "1");
    struct shown shown = shown_of(s, 1);
    assert_int_equal(shown.count, 2);
    assert_string_equal(shown.first, "north-0001 w1 held");
    assert_string_equal(shown.second, "north-0002 w2 held");
    assert_true(shown.own);
    check(s);
}

static void received__own_that_comes_later__is_the_same(void **state)
{
    struct scene *s = *state;
    struct follower_message m = hello(s, "hello there");
    begin(s, "north-0001");
    add(s, &m);
    (void)commit(s);
    assert_false(shown_of(s, 1).own);
    own(s, &m);
    find(s, "hello", "1");
    assert_true(shown_of(s, 1).own);
    assert_int_equal(records(s), 1);
    check(s);
}

static void received__other_words__are_told_and_not_taken(void **state)
{
    struct scene *s = *state;
    struct follower_message m = hello(s, "hello there");
    own(s, &m);
    m.body = "hello elsewhere";
    m.body_len = strlen(m.body);
    m.record_leaf[0] ^= 1;
    begin(s, "north-0001");
    add(s, &m);
    struct desk_received r = commit(s);
    assert_int_equal(r.records[DESK_RECEIVED_OTHER], 1);
    assert_int_equal(r.records[DESK_RECEIVED_NEW] + r.records[DESK_RECEIVED_HELD], 0);
    find(s, "elsewhere", "");
    find(s, "there", "1");
    assert_string_equal(shown_of(s, 1).first, "north-0001 w1 other");
    check(s);
}

static void received__another_record_of_a_leaf__is_told(void **state)
{
    struct scene *s = *state;
    struct follower_message one = hello(s, "hello there"), two = hello(s, "hello elsewhere");
    own(s, &one);
    two.leaf = one.leaf;
    begin(s, "north-0001");
    add(s, &two);
    assert_int_equal(commit(s).records[DESK_RECEIVED_FORK], 1);
    find(s, "elsewhere", "2");
    assert_string_equal(shown_of(s, 2).first, "north-0001 w1 fork");
    check(s);
    struct follower_message three = hello(s, "hello again");
    three.leaf = one.leaf; /* and beside what came in a package */
    begin(s, "north-0002");
    add(s, &three);
    assert_int_equal(commit(s).records[DESK_RECEIVED_FORK], 1);
}

/* ---- whose warrants ---- */

static void put(struct validities *v, const char *warrant, bool revoked)
{
    struct validity *w = &v->items[v->count++];
    *w = (struct validity){
        .from_day = FROM, .until_day = FROM + 9, .named = !revoked, .revoked = revoked};
    snprintf(w->warrant, sizeof w->warrant, "%s", warrant);
}

/* The own reader has told of w1 alone. */
static void tell(struct scene *s, int64_t day)
{
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    t->validities.policy = 1;
    put(&t->validities, "w1", false);
    scene_must(s, desk_validities_take(s->x, t, &s->d));
    desk_validities_at(s->x, SCENE_BEGIN_MS + day * CALENDAR_DAY_MS);
}

static void receive_under(struct scene *s, const char *name, const char *warrant, bool foreign,
                          uint32_t policy, bool revoked)
{
    CLEANUP_FREE struct validities *v = mem_new(sizeof *v);
    struct desk_received p = package(name);
    struct follower_message m = hello(s, name);
    p.foreign = foreign;
    m.warrant = warrant;
    v->policy = policy;
    put(v, warrant, revoked);
    begin_with(s, &p, v);
    add(s, &m);
    (void)commit(s);
}

static void received__warrants__stand_as_the_senders_policies_say(void **state)
{
    struct scene *s = *state;
    tell(s, 0);
    receive_under(s, "one", "s1", false, 3, false);
    find(s, "one", "1");
    check(s);
    find(s, "one", "1");
    tell(s, 0); /* what the own reader tells changes nothing of it … */
    find(s, "one", "1");
    receive_under(s, "two", "s1", false, 2, true); /* … nor does an older policy … */
    find(s, "one OR two", "2 1");
    receive_under(s, "three", "s1", false, 4, true); /* … but a newer one */
    find(s, "one OR two OR three", "");
    check(s);
    find(s, "one OR two OR three", "");
}

static void received__warrants__end_with_their_last_day(void **state)
{
    struct scene *s = *state;
    tell(s, 0);
    receive_under(s, "one", "s1", false, 3, false);
    desk_validities_at(s->x, SCENE_BEGIN_MS + 9 * CALENDAR_DAY_MS);
    find(s, "one", "1");
    desk_validities_at(s->x, SCENE_BEGIN_MS + 10 * CALENDAR_DAY_MS);
    find(s, "one", "");
}

/* Another network's warrant of the same id is not the own one. */
static void received__warrants__of_other_networks_have_their_domain(void **state)
{
    struct scene *s = *state;
    tell(s, 0);
    receive_under(s, "one", "w1", true, 3, true);
    find(s, "one", "");
    struct follower_message m = hello(s, "two");
    own(s, &m);
    find(s, "one OR two", "2");
    receive_under(s, "three", "w1", true, 4, false);
    find(s, "one OR two OR three", "3 2 1");
    assert_string_equal(shown_of(s, 1).first, "one w1@chat.example new");
    find(s, "warrant:w1", "2");
    find(s, "warrant:w1@chat.example", "3 1");
}

/* ---- what is gone is found out ---- */

static void received__check__names_what_is_missing(void **state)
{
    static const struct {
        const char *how, *says;
    } cases[] = {
        {"DELETE FROM received_record WHERE leaf = 0", "not all records of package"},
        {"UPDATE received_record SET message = 9 WHERE leaf = 0", "message 9 came in a package"},
        {"DELETE FROM received_record WHERE leaf = 0; UPDATE received_package SET fresh = 1",
         "message 1 is not under the warrants"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene *s = *state;
        begin(s, "north-0001");
        struct follower_message one = hello(s, "one");
        add(s, &one);
        struct follower_message two = hello(s, "two");
        add(s, &two);
        (void)commit(s);
        scene_must(s, sql_execute(desk_index_sql(s->x), cases[i].how, &s->d));
        assert_int_equal(desk_index_check(s->x, &s->d), ERR_AUTH);
        if (strstr(s->d.text, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].how, s->d.text);
        scene_tear_down(state);
        scene_set_up(state);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE_TEST(received__commit__shows_what_came_and_where_from),
        SCENE_TEST(received__abandon__leaves_nothing),
        SCENE_TEST(received__commit__writes_nothing_that_is_not_logged),
        SCENE_TEST(received__begin__knows_what_came_before),
        SCENE_TEST(received__add__refuses_people_and_bots_of_other_domains),
        SCENE_TEST(received__what_is_held__is_kept_once),
        SCENE_TEST(received__own_that_comes_later__is_the_same),
        SCENE_TEST(received__other_words__are_told_and_not_taken),
        SCENE_TEST(received__another_record_of_a_leaf__is_told),
        SCENE_TEST(received__warrants__stand_as_the_senders_policies_say),
        SCENE_TEST(received__warrants__end_with_their_last_day),
        SCENE_TEST(received__warrants__of_other_networks_have_their_domain),
        SCENE_TEST(received__check__names_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
