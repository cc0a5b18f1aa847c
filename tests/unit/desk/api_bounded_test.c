/* Bounded sets: who proposes, approves, binds; and what who is bound sees and leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/memory.h"
#include "base/secret.h"
#include "secrets.h"

#define PROPOSAL                                                                                   \
    "{\"name\":\"disclosed\",\"case\":\"harbour\",\"query\":\"from:anna to:boris\","               \
    "\"reason\":\"the court's order\"}"
#define APPROVE "{\"decision\":\"approve\",\"reason\":\"as ordered\"}"
#define WITHDRAW "{\"decision\":\"withdraw\",\"reason\":\"it is over\"}"
#define IN_SET 14 /* messages that anna wrote to boris, and he to her: none */

static size_t hits_as(struct small_desk *s, enum desk_role as, const char *query)
{
    CLEANUP_FREE char *address = mem_format("/api/search?limit=500&q=%s", query);
    CLEANUP_TOLD struct told t = ask_as(s, as, "GET", address, NULL);
    assert_status(&t, 200);
    return json_array_size(json_object_get(t.json, "hits"));
}

static void make_case(struct small_desk *s)
{
    must(s, DESK_REVIEWER, "POST", "/api/cases", "{\"word\":\"harbour\",\"title\":\"\"}");
}

static void bind(struct small_desk *s, const char *user, bool on)
{
    CLEANUP_FREE char *body =
        mem_format("{\"user\":\"%s\",\"on\":%s}", user, on ? "true" : "false");
    must(s, DESK_SUPERVISOR, "PUT", "/api/sets/1/users", body);
}

static void approve(struct small_desk *s)
{
    must(s, DESK_SUPERVISOR, "POST", "/api/sets/1/decide", APPROVE);
}

static void make_set(struct small_desk *s)
{
    make_case(s);
    must(s, DESK_REVIEWER, "POST", "/api/sets", PROPOSAL);
    approve(s);
}

static void assert_session(struct small_desk *s, enum desk_role as, bool bound, int64_t sets)
{
    CLEANUP_TOLD struct told t = ask_as(s, as, "GET", "/api/session", NULL);
    assert_int_equal(json_is_true(json_object_get(t.json, "bound")), bound);
    assert_int_equal(number_at(&t, "sets"), sets);
}

static void bounded__is_proposed_and_approved_by_another(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_SUPERVISOR, "POST", "/api/sets", PROPOSAL, "not-found"); /* no such case */
    make_case(s);
    must(s, DESK_SUPERVISOR, "POST", "/api/sets", PROPOSAL);
    assert_last(s, ACCESS_MARK,
                "set 'disclosed' of case harbour: the court's order:"
                " from:anna to:boris (set 1)");
    must_refuse(s, DESK_SUPERVISOR, "POST", "/api/sets/1/decide", APPROVE, "state");
    must(s, DESK_REVIEWER, "POST", "/api/sets", PROPOSAL);
    must(s, DESK_SUPERVISOR, "POST", "/api/sets/2/decide", APPROVE);
    must_refuse(s, DESK_SUPERVISOR, "POST", "/api/sets/2/decide", APPROVE, "state");
    must_refuse(s, DESK_SUPERVISOR, "POST", "/api/sets/7/decide", APPROVE, "not-found");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/sets",
                "{\"name\":\"a\",\"case\":\"harbour\",\"query\":\"zugzwang\",\"reason\":\"b\"}",
                "not-found");
}

static void assert_first(struct small_desk *s, const char *state, int64_t conversations,
                         size_t users)
{
    CLEANUP_TOLD struct told t = ask_as(s, DESK_SUPERVISOR, "GET", "/api/sets", NULL);
    const json_t *set = json_array_get(json_object_get(t.json, "sets"), 0);
    if (strcmp(text_at(set, "state"), state) != 0 ||
        json_integer_value(json_object_get(set, "conversations")) != conversations ||
        json_array_size(json_object_get(set, "users")) != users)
        fail_msg("no %s set of %lld: %s", state, (long long)conversations, t.text);
}

/* As the administrator sees it. */
static void assert_bound(struct small_desk *s, const char *user, int64_t sets)
{
    CLEANUP_TOLD struct told t = ask_as(s, DESK_ADMINISTRATOR, "GET", "/api/users", NULL);
    size_t i;
    const json_t *u;
    json_array_foreach(json_object_get(t.json, "users"), i,
                       u) if (strcmp(text_at(u, "name"), user) == 0)
        assert_int_equal(json_integer_value(json_object_get(u, "sets")), sets);
}

static void bounded__binds_the_defence(void **state)
{
    struct small_desk *s = *state;
    make_case(s);
    assert_session(s, DESK_DEFENCE, true, 0);
    assert_int_equal(hits_as(s, DESK_DEFENCE, "pier"), 0);
    must(s, DESK_REVIEWER, "POST", "/api/sets", PROPOSAL);
    bind(s, "defence", true);
    assert_int_equal(hits_as(s, DESK_DEFENCE, "pier"), 0); /* nobody has approved it */
    approve(s);
    assert_first(s, "approved", 1, 1);
    assert_bound(s, "defence", 1);
    assert_bound(s, "reviewer", 0);
    assert_session(s, DESK_DEFENCE, true, 1);
    assert_int_equal(hits_as(s, DESK_DEFENCE, "pier"), IN_SET);
    assert_int_equal(hits_as(s, DESK_DEFENCE, "from:carl"), 0);
    must_refuse(s, DESK_DEFENCE, "GET", "/api/people/carl@chat.example", NULL, "not-found");
    must(s, DESK_DEFENCE, "GET", "/api/people/anna@chat.example", NULL);
    must(s, DESK_SUPERVISOR, "POST", "/api/sets/1/decide", WITHDRAW);
    assert_int_equal(hits_as(s, DESK_DEFENCE, "pier"), 0);
    assert_session(s, DESK_DEFENCE, true, 0);
    must_refuse(s, DESK_SUPERVISOR, "POST", "/api/sets/1/decide", APPROVE, "state");
    must_refuse(s, DESK_SUPERVISOR, "PUT", "/api/sets/1/users", "{\"user\":\"reviewer\"}", "state");
}

static void bounded__binds_a_reviewer_and_lets_go(void **state)
{
    struct small_desk *s = *state;
    make_set(s);
    assert_int_equal(hits_as(s, DESK_REVIEWER, "pier"), SMALL_DESK_MESSAGES);
    bind(s, "reviewer", true);
    assert_last(s, ACCESS_MARK, "set 1: reviewer is bound");
    for (int again = 0; again < 2; again++) {
        assert_session(s, DESK_REVIEWER, true, 1);
        assert_int_equal(hits_as(s, DESK_REVIEWER, "pier"), IN_SET);
        must_refuse(s, DESK_REVIEWER, "GET", "/api/overview", NULL, "role");
        must_refuse(s, DESK_REVIEWER, "GET", "/api/cases", NULL, "role");
        small_desk_reopen(s);
    }
    must_refuse(s, DESK_REVIEWER, "POST", "/api/bulk",
                "{\"query\":\"pier\",\"action\":\"case\",\"value\":\"harbour\"}", "role");
    must(s, DESK_REVIEWER, "POST", "/api/bulk",
         "{\"query\":\"pier\",\"action\":\"tag\",\"value\":\"boat\"}");
    bind(s, "reviewer", false);
    assert_session(s, DESK_REVIEWER, false, 0);
    assert_int_equal(hits_as(s, DESK_REVIEWER, "tag:boat"), IN_SET);
    assert_int_equal(hits_as(s, DESK_REVIEWER, "pier"), SMALL_DESK_MESSAGES);
    must_refuse(s, DESK_SUPERVISOR, "PUT", "/api/sets/1/users", "{\"user\":\"auditor\"}", "state");
    must_refuse(s, DESK_SUPERVISOR, "PUT", "/api/sets/1/users", "{\"user\":\"nobody\"}",
                "not-found");
}

/* Messages of a client with a lawyer are in the set, and then under a mark. */
static void bounded__shows_nothing_privileged(void **state)
{
    struct small_desk *s = *state;
    struct secrets x = {.first = 0};
    secrets_say(&x, s, 4);
    make_case(s);
    must(s, DESK_REVIEWER, "POST", "/api/sets",
         "{\"name\":\"a\",\"case\":\"harbour\",\"query\":\"from:vera OR from:boris\","
         "\"reason\":\"b\"}");
    approve(s);
    bind(s, "defence", true);
    assert_int_equal(hits_as(s, DESK_DEFENCE, SECRETS_WORD), 4);
    secrets_say(&x, s, 2); /* what a conversation of it gets later */
    assert_int_equal(hits_as(s, DESK_DEFENCE, SECRETS_WORD), 6);
    assert_first(s, "approved", 2, 1);
    secrets_mark(s, "person", mem_string(SECRETS_LAWYER), NULL);
    assert_int_equal(hits_as(s, DESK_DEFENCE, SECRETS_WORD), 0);
    assert_first(s, "approved", 1, 1);
    must(s, DESK_FILTER, "POST", "/api/privilege/1/decide",
         "{\"decision\":\"release\",\"reason\":\"no lawyer\"}");
    assert_int_equal(hits_as(s, DESK_DEFENCE, SECRETS_WORD), 6);
}

/* What reviewers made of messages and people is not the defence's. */
static void bounded__tells_the_defence_no_work_of_others(void **state)
{
    struct small_desk *s = *state;
    make_set(s);
    bind(s, "defence", true);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/tags/boat", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/flag", NULL);
    must(s, DESK_REVIEWER, "POST", "/api/messages/1/notes", "{\"text\":\"a suspicion\"}");
    must(s, DESK_REVIEWER, "PUT", "/api/people/anna@chat.example/name", "{\"name\":\"The Boss\"}");
    must(s, DESK_REVIEWER, "PUT", "/api/people/anna@chat.example/organisation",
         "{\"organisation\":\"Pier Nine\"}");
    static const char *const asked[] = {
        "/api/messages/1",   "/api/people/anna@chat.example",
        "/api/people",       "/api/search?q=pier",
        "/api/count?q=pier", "/api/people/boris@chat.example/contacts"};
    static const char *const said[] = {"boat", "suspicion", "The Boss", "Pier Nine"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        CLEANUP_TOLD struct told t = ask_as(s, DESK_DEFENCE, "GET", asked[i], NULL);
        assert_status(&t, 200);
        for (size_t k = 0; k < sizeof said / sizeof *said; k++)
            assert_null(strstr(t.text, said[k]));
        assert_null(strstr(t.text, "\"flagged\":true"));
    }
    static const char *const terms[] = {"tag:boat",  "-tag:boat",      "pier%20OR%20is:flagged",
                                        "org:x",     "case:x",         "seen:anyone",
                                        "unseen:me", "assigned:anyone"};
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        CLEANUP_FREE char *address = mem_format("/api/search?q=%s", terms[i]);
        must_refuse(s, DESK_DEFENCE, "GET", address, NULL, "query");
    }
    assert_int_equal(hits_as(s, DESK_DEFENCE, "from:%22The%20Boss%22"), 0);
    assert_int_equal(hits_as(s, DESK_REVIEWER, "from:%22The%20Boss%22"), IN_SET);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_DEFENCE, "GET", "/api/people?prefix=The", NULL);
    assert_int_equal(json_array_size(json_object_get(t.json, "people")), 0);
}

static int count_of_defence(void *context, const struct access_entry *e)
{
    unsigned *counts = context;
    if (strcmp(e->role, "defence") == 0)
        counts[e->hidden]++;
    else
        assert_false(e->hidden);
    return 0;
}

/* Everything that the defence asks stands in the log as hidden, what is refused too. */
static void bounded__questions_of_the_defence_are_hidden(void **state)
{
    struct small_desk *s = *state;
    unsigned counts[2] = {0, 0};
    make_set(s);
    bind(s, "defence", true);
    assert_int_equal(hits_as(s, DESK_DEFENCE, "pier"), IN_SET);
    must_refuse(s, DESK_DEFENCE, "GET", "/api/overview", NULL, "role");
    must_refuse(s, DESK_DEFENCE, "GET", "/api/messages/2", NULL, "not-found");
    const struct access_question all = {.limit = 1000, .action = ACCESS_ACTIONS};
    assert_int_equal(access_each(s->log, &all, count_of_defence, counts, &s->d), 0);
    assert_int_equal(counts[0], 0);
    assert_true(counts[1] >= 3);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_AUDITOR, "GET", "/api/log?user=defence", NULL);
    assert_non_null(strstr(t.text, "pier"));
    for (int r = 0; r < DESK_ROLES; r++)
        if (r != DESK_AUDITOR)
            must_refuse(s, (enum desk_role)r, "GET", "/api/log", NULL, "role");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define WITH_DESK(f) cmocka_unit_test_setup_teardown(f, asking_set_up, asking_tear_down)
        WITH_DESK(bounded__is_proposed_and_approved_by_another),
        WITH_DESK(bounded__binds_the_defence),
        WITH_DESK(bounded__binds_a_reviewer_and_lets_go),
        WITH_DESK(bounded__shows_nothing_privileged),
        WITH_DESK(bounded__tells_the_defence_no_work_of_others),
        WITH_DESK(bounded__questions_of_the_defence_are_hidden),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
