/* What the API does and what stands in the log of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ask.h"
#include "base/memory.h"
#include "base/secret.h"

static int set_up(void **state)
{
    struct small_desk *s = mem_new(sizeof *s);
    small_desk_make(s);
    small_desk_fill(s);
    small_desk_open(s, false);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    small_desk_clear(*state);
    free(*state);
    return 0;
}
#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

static void assert_status(const struct told *t, unsigned status)
{
    if (t->status != status)
        fail_msg("%u, not %u: %s", t->status, status, t->text);
}

static void must(struct small_desk *s, enum desk_role as, const char *method, const char *address,
                 const char *body)
{
    CLEANUP_TOLD struct told t = ask_as(s, as, method, address, body);
    if (t.status >= 300)
        fail_msg("%s %s: %u %s", method, address, t.status, t.text);
}

static void must_refuse(struct small_desk *s, enum desk_role as, const char *method,
                        const char *address, const char *body, const char *code)
{
    CLEANUP_TOLD struct told t = ask_as(s, as, method, address, body);
    if (strcmp(told_code(&t), code) != 0)
        fail_msg("%s %s: %u %s, not %s", method, address, t.status, t.text, code);
}

static int64_t number_at(const struct told *t, const char *name)
{
    return json_integer_value(json_object_get(t->json, name));
}

static const char *text_at(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    return text == NULL ? "" : text;
}

static size_t hits_of(struct small_desk *s, const char *query)
{
    CLEANUP_FREE char *address = mem_format("/api/search?limit=500&q=%s", query);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", address, NULL);
    assert_status(&t, 200);
    return json_array_size(json_object_get(t.json, "hits"));
}

/* ---- the log ---- */

struct last {
    enum access_action action;
    uint64_t count;
    char user[64], role[32], purpose[64], case_id[64], warrants[64], what[256];
};

static int take_last(void *context, const struct access_entry *e)
{
    struct last *l = context;
    l->action = e->action;
    l->count = e->count;
    snprintf(l->user, sizeof l->user, "%s", e->user);
    snprintf(l->role, sizeof l->role, "%s", e->role);
    snprintf(l->purpose, sizeof l->purpose, "%s", e->purpose);
    snprintf(l->case_id, sizeof l->case_id, "%s", e->case_id);
    snprintf(l->warrants, sizeof l->warrants, "%s", e->warrants);
    snprintf(l->what, sizeof l->what, "%s", e->what);
    return 0;
}

static struct last last_of(struct small_desk *s)
{
    struct last l = {.action = ACCESS_ACTIONS};
    const struct access_question q = {
        .from = INT64_MAX, .limit = 1, .newest_first = true, .action = ACCESS_ACTIONS};
    assert_int_equal(access_each(s->log, &q, take_last, &l, &s->d), 0);
    return l;
}

static void assert_last(struct small_desk *s, enum access_action action, const char *what)
{
    struct last l = last_of(s);
    if (l.action != action || strcmp(l.what, what) != 0)
        fail_msg("%s '%s', not %s '%s'", access_action_text(l.action), l.what,
                 access_action_text(action), what);
}

static void api__log__says_who_looked_at_what_and_why(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "GET", "/api/messages/1?case=harbour", NULL);
    struct last l = last_of(s);
    assert_int_equal(l.action, ACCESS_VIEW);
    assert_string_equal(l.user, "reviewer");
    assert_string_equal(l.role, "reviewer");
    assert_string_equal(l.purpose, "case 7");
    assert_string_equal(l.case_id, "harbour");
    assert_string_equal(l.warrants, "de-2");
    assert_string_equal(l.what, "message 1");
    assert_int_equal(l.count, 1);
}

static void api__log__has_a_search_with_every_warrant_of_what_it_showed(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_SUPERVISOR, "GET", "/api/search?q=pier&limit=7", NULL);
    struct last l = last_of(s);
    assert_int_equal(l.action, ACCESS_SEARCH);
    assert_string_equal(l.warrants, "de-1 de-2");
    assert_int_equal(l.count, 7);
    assert_non_null(strstr(l.what, "pier"));
}

static void api__log__names_what_was_refused(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_AUDITOR, "GET", "/api/search?q=pier", NULL, "role");
    struct last l = last_of(s);
    assert_int_equal(l.action, ACCESS_REFUSED);
    assert_string_equal(l.user, "auditor");
    assert_string_equal(l.what, "GET /api/search: role");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/messages/999", NULL, "not-found");
    l = last_of(s);
    assert_string_equal(l.what, "GET /api/messages/999: not-found: message 999");
    assert_string_equal(l.warrants, "");
    assert_int_equal(l.count, 0);
}

/* Whoever asks without a session cannot fill the log. */
static void api__log__bounds_what_comes_without_a_session(void **state)
{
    struct small_desk *s = *state;
    uint64_t before = access_size(s->log);
    for (int i = 0; i < 100; i++)
        must_refuse(s, ASK_NOBODY, "GET", "/api/search?q=pier", NULL, "session");
    assert_in_range(access_size(s->log) - before, 20, 60);
    before = access_size(s->log);
    must_refuse(s, ASK_NOBODY, "GET", "/api/session", NULL, "session");
    assert_int_equal(access_size(s->log), before);
}

/* What isn't logged is not answered, and nothing of it is done. */
static void api__log__failing_stops_every_answer(void **state)
{
    struct small_desk *s = *state;
    struct sql *db = desk_index_sql(s->index);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/2/tags/urgent", NULL);
    assert_int_equal(hits_of(s, "tag:urgent"), 1);
    assert_int_equal(sql_execute(db,
                                 "CREATE TRIGGER broken BEFORE INSERT ON access_entry BEGIN"
                                 " SELECT RAISE(ABORT, 'the disk is full'); END",
                                 &s->d),
                     0);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", "/api/messages/1", NULL);
    assert_status(&t, 500);
    assert_string_equal(told_code(&t), "not-logged");
    assert_null(strstr(t.text, "pier"));
    must_refuse(s, DESK_REVIEWER, "GET", "/api/search?q=pier", NULL, "not-logged");
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/messages/1/tags/urgent", NULL, "not-logged");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/bulk",
                "{\"query\":\"cash\",\"action\":\"tag\",\"value\":\"urgent\"}", "not-logged");
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/people/anna@chat.example/organisation",
                "{\"organisation\":\"harbour\"}", "not-logged");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/messages/999", NULL, "not-logged");
    must_refuse(s, ASK_NOBODY, "POST", "/api/session",
                "{\"name\":\"reviewer\",\"password\":\"correct horse battery\"}", "not-logged");
    assert_int_equal(sql_execute(db, "DROP TRIGGER broken", &s->d), 0);
    assert_int_equal(hits_of(s, "tag:urgent"), 1);
    CLEANUP_TOLD struct told person =
        ask_as(s, DESK_REVIEWER, "GET", "/api/people/anna@chat.example", NULL);
    assert_string_equal(text_at(person.json, "organisation"), "");
    assert_int_equal(hits_of(s, "org:harbour"), 0);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/tags/urgent", NULL);
    assert_int_equal(hits_of(s, "tag:urgent"), 2);
}

/* ---- sessions ---- */

static void api__session__begins_and_ends(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told in =
        ask_as(s, ASK_NOBODY, "POST", "/api/session",
               "{\"name\":\"bystander\",\"password\":\"correct horse battery\"}");
    assert_status(&in, 201);
    assert_int_equal(strlen(in.set_session), DESK_TOKEN_CHARS);
    assert_null(strstr(in.text, in.set_session));
    assert_last(s, ACCESS_SIGN_IN, "as bystander from 127.0.0.1");
    CLEANUP_TOLD struct told who = ask_as(s, DESK_FILTER, "GET", "/api/session", NULL);
    assert_string_equal(text_at(who.json, "role"), "filter");
    assert_string_equal(text_at(who.json, "csrf"), s->sessions[DESK_FILTER].csrf);
    CLEANUP_TOLD struct told out = ask_as(s, DESK_FILTER, "DELETE", "/api/session", NULL);
    assert_status(&out, 200);
    assert_string_equal(out.set_session, "-");
    struct desk_session session;
    assert_int_equal(desk_session_of(s->users, s->tokens[DESK_FILTER], SMALL_DESK_NOW, &session),
                     ERR_NOT_FOUND);
}

static void api__session__tells_and_writes_nothing_of_who_is_a_user(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told known =
        ask_as(s, ASK_NOBODY, "POST", "/api/session", "{\"name\":\"reviewer\",\"password\":\"x\"}");
    assert_last(s, ACCESS_REFUSED,
                "POST /api/session: sign-in: as reviewer from 127.0.0.1 (from 127.0.0.1)");
    CLEANUP_TOLD struct told unknown = ask_as(s, ASK_NOBODY, "POST", "/api/session",
                                              "{\"name\":\"hunter2 is mine\",\"password\":\"x\"}");
    assert_null(strstr(last_of(s).what, "hunter2"));
    assert_int_equal(known.status, 401);
    assert_int_equal(unknown.status, 401);
    assert_string_equal(known.text, unknown.text);
    assert_string_equal(last_of(s).user, "");
}

/* A sign-in that fails is not put down to whoever's cookie came with it. */
static void api__session__is_not_of_the_cookie_that_came_along(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_REVIEWER, "POST", "/api/session",
                "{\"name\":\"supervisor\",\"password\":\"x\"}", "sign-in");
    assert_string_equal(last_of(s).user, "");
    CLEANUP_TOLD struct told in =
        ask_as(s, DESK_REVIEWER, "POST", "/api/session",
               "{\"name\":\"bystander\",\"password\":\"correct horse battery\"}");
    assert_status(&in, 201);
    assert_string_equal(last_of(s).user, "bystander");
}

static void api__session__locks_out_and_bounds_attempts(void **state)
{
    struct small_desk *s = *state;
    static const char body[] = "{\"name\":\"nobody\",\"password\":\"x\"}";
    for (unsigned i = 0; i < DESK_FAILED_MAX; i++)
        must_refuse(s, ASK_NOBODY, "POST", "/api/session", body, "sign-in");
    must_refuse(s, ASK_NOBODY, "POST", "/api/session", body, "locked");
    unsigned turned_away = 0;
    for (int i = 0; i < 100; i++) {
        CLEANUP_TOLD struct told t = ask_as(s, ASK_NOBODY, "POST", "/api/session", body);
        assert_int_equal(t.status, 429);
        turned_away += strcmp(told_code(&t), "too-many") == 0;
    }
    assert_true(turned_away > 0);
}

static void api__password__is_changed_with_the_old_one(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_DEFENCE, "POST", "/api/password",
                "{\"old\":\"wrong\",\"new\":\"another password\"}", "sign-in");
    must_refuse(s, DESK_DEFENCE, "POST", "/api/password",
                "{\"old\":\"correct horse battery\",\"new\":\"short\"}", "malformed");
    CLEANUP_TOLD struct told t =
        ask_as(s, DESK_DEFENCE, "POST", "/api/password",
               "{\"old\":\"correct horse battery\",\"new\":\"another password\"}");
    assert_status(&t, 200);
    assert_string_equal(t.set_session, "-");
    assert_last(s, ACCESS_USER, "own password");
    struct desk_session session;
    assert_int_equal(desk_session_of(s->users, s->tokens[DESK_DEFENCE], SMALL_DESK_NOW, &session),
                     ERR_NOT_FOUND);
}

/* ---- users ---- */

static void api__users__are_an_administrators(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_ADMINISTRATOR, "POST", "/api/users",
         "{\"name\":\"dora\",\"role\":\"auditor\",\"password\":\"a long password\"}");
    assert_last(s, ACCESS_USER, "user dora is added: auditor");
    must_refuse(s, DESK_ADMINISTRATOR, "POST", "/api/users",
                "{\"name\":\"dora\",\"role\":\"auditor\",\"password\":\"a long password\"}",
                "exists");
    must(s, DESK_ADMINISTRATOR, "PUT", "/api/users/dora",
         "{\"role\":\"reviewer\",\"disabled\":true,\"password\":\"a longer password\"}");
    assert_last(s, ACCESS_USER, "user dora: role reviewer disabled password");
    CLEANUP_TOLD struct told t = ask_as(s, DESK_ADMINISTRATOR, "GET", "/api/users", NULL);
    assert_non_null(strstr(t.text, "{\"disabled\":true,\"locked_until\":0,\"name\":\"dora\","
                                   "\"passkeys\":0,\"password\":true,\"role\":\"reviewer\"}"));
    assert_null(strstr(t.text, "argon2"));
    must_refuse(s, DESK_ADMINISTRATOR, "PUT", "/api/users/nobody", "{\"disabled\":true}",
                "not-found");
    must_refuse(s, DESK_ADMINISTRATOR, "PUT", "/api/users/dora", "{}", "malformed");
}

/* Half of a change that fails is not done. */
static void api__users__change_as_a_whole_and_never_themselves(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_ADMINISTRATOR, "PUT", "/api/users/bystander",
                "{\"role\":\"auditor\",\"password\":\"short\"}", "malformed");
    CLEANUP_TOLD struct told t = ask_as(s, DESK_ADMINISTRATOR, "GET", "/api/users", NULL);
    assert_non_null(strstr(
        t.text, "\"name\":\"bystander\",\"passkeys\":0,\"password\":true,\"role\":\"reviewer\""));
    must_refuse(s, DESK_ADMINISTRATOR, "PUT", "/api/users/administrator", "{\"role\":\"reviewer\"}",
                "state");
}

/* ---- searching ---- */

static void api__search__goes_on_where_it_ended(void **state)
{
    struct small_desk *s = *state;
    static const char *const orders[] = {"newest", "oldest"};
    for (size_t o = 0; o < 2; o++) {
        CLEANUP_FREE char *after = mem_string("");
        int64_t previous = 0;
        unsigned seen = 0;
        for (bool more = true; more;) {
            CLEANUP_FREE char *address =
                mem_format("/api/search?q=pier&limit=15&order=%s%s", orders[o], after);
            CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", address, NULL);
            size_t i;
            const json_t *hit;
            assert_status(&t, 200);
            json_array_foreach(json_object_get(t.json, "hits"), i, hit)
            {
                int64_t id = json_integer_value(json_object_get(hit, "id"));
                assert_true(seen == 0 || (o == 0 ? id < previous : id > previous));
                previous = id;
                seen++;
            }
            more = json_is_true(json_object_get(t.json, "more"));
            free(after);
            after = mem_format("&after=%s", text_at(t.json, "after"));
        }
        assert_int_equal(seen, SMALL_DESK_MESSAGES);
    }
}

static void api__search__takes_only_its_own_cursor(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t =
        ask_as(s, DESK_REVIEWER, "GET", "/api/search?q=pier&limit=5", NULL);
    CLEANUP_FREE char *token = mem_string(text_at(t.json, "after"));
    static const char *const others[] = {"q=cash", "q=pier&order=oldest", "q=pier&order=relevant",
                                         "q="};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CLEANUP_FREE char *address = mem_format("/api/search?%s&after=%s", others[i], token);
        must_refuse(s, DESK_REVIEWER, "GET", address, NULL, "cursor");
    }
    token[3] = token[3] == 'B' ? 'C' : 'B'; /* of the hash or the number, both are checked */
    CLEANUP_FREE char *own = mem_format("/api/search?q=pier&after=%s", token);
    CLEANUP_TOLD struct told changed = ask_as(s, DESK_REVIEWER, "GET", own, NULL);
    must_refuse(s, DESK_REVIEWER, "GET", "/api/search?q=pier&after=AAAA", NULL, "cursor");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/search?q=pier&after=%22", NULL, "cursor");
}

static void api__search__says_where_a_query_is_wrong(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t =
        ask_as(s, DESK_REVIEWER, "GET", "/api/search?q=pier%20befor:2026", NULL);
    const json_t *e = json_object_get(t.json, "error");
    assert_string_equal(told_code(&t), "query");
    assert_int_equal(json_integer_value(json_object_get(e, "offset")), 5);
    assert_non_null(strstr(text_at(e, "text"), "before:"));
    must_refuse(s, DESK_REVIEWER, "GET", "/api/search?zone=Nowhere/None", NULL, "malformed");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/count?q=(", NULL, "query");
}

static void api__search__shows_no_bodies(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t =
        ask_as(s, DESK_REVIEWER, "GET", "/api/search?q=cash&limit=1", NULL);
    const json_t *hit = json_array_get(json_object_get(t.json, "hits"), 0);
    assert_null(json_object_get(hit, "body"));
    assert_non_null(strstr(text_at(hit, "snippet"), "cash"));
    assert_int_equal(json_array_size(json_object_get(hit, "marks")), 1);
    CLEANUP_TOLD struct told opened = ask_as(s, DESK_REVIEWER, "GET", "/api/messages/1", NULL);
    assert_string_equal(text_at(opened.json, "body"), "cash at the pier, number 0");
}

static void api__count__stands_beside(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", "/api/count?q=cash", NULL);
    assert_int_equal(number_at(&t, "total"), SMALL_DESK_MESSAGES / 2);
    assert_true(json_is_true(json_object_get(t.json, "exact")));
    assert_int_equal(last_of(s).action, ACCESS_COUNT);
}

static void api__thread__is_read_both_ways(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told m = ask_as(s, DESK_REVIEWER, "GET", "/api/messages/1", NULL);
    CLEANUP_FREE char *on = mem_format("/api/threads/%s?limit=3", text_at(m.json, "conversation"));
    CLEANUP_FREE char *back = mem_format("%s&backwards=true", on);
    CLEANUP_TOLD struct told first = ask_as(s, DESK_REVIEWER, "GET", on, NULL);
    struct last l = last_of(s);
    CLEANUP_TOLD struct told last = ask_as(s, DESK_REVIEWER, "GET", back, NULL);
    const json_t *messages = json_object_get(first.json, "messages");
    assert_int_equal(json_array_size(messages), 3);
    assert_string_equal(text_at(json_array_get(messages, 0), "body"), "cash at the pier, number 0");
    assert_string_not_equal(first.text, last.text);
    assert_int_equal(l.action, ACCESS_VIEW);
    assert_int_equal(l.count, 3);
}

/* ---- marks ---- */

static void api__marks__are_found_and_shown(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "PUT", "/api/messages/3/seen", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/3/tags/urgent", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/3/flag", NULL);
    must(s, DESK_REVIEWER, "POST", "/api/messages/3/notes", "{\"text\":\"ask about the boat\"}");
    assert_last(s, ACCESS_MARK, "note: message 3");
    must(s, DESK_REVIEWER, "POST", "/api/cases",
         "{\"word\":\"harbour\",\"title\":\"The harbour\"}");
    must(s, DESK_REVIEWER, "PUT", "/api/cases/harbour/messages/3", NULL);
    assert_string_equal(last_of(s).case_id, "harbour");
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", "/api/messages/3", NULL);
    const json_t *marks = json_object_get(t.json, "marks");
    assert_true(json_is_true(json_object_get(marks, "flagged")));
    assert_string_equal(json_string_value(json_array_get(json_object_get(marks, "tags"), 0)),
                        "urgent");
    assert_string_equal(json_string_value(json_array_get(json_object_get(marks, "cases"), 0)),
                        "harbour");
    assert_string_equal(text_at(json_array_get(json_object_get(marks, "notes"), 0), "text"),
                        "ask about the boat");
    assert_true(number_at(&t, "seen") > 0);
    assert_int_equal(hits_of(s, "tag:urgent%20is:flagged%20case:harbour%20seen:me"), 1);
    must(s, DESK_REVIEWER, "DELETE", "/api/messages/3/tags/urgent", NULL);
    must(s, DESK_REVIEWER, "DELETE", "/api/messages/3/flag", NULL);
    must(s, DESK_REVIEWER, "DELETE", "/api/cases/harbour/messages/3", NULL);
    assert_int_equal(hits_of(s, "tag:urgent%20OR%20is:flagged%20OR%20case:harbour"), 0);
}

static void api__marks__are_refused_where_there_is_no_message(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/messages/999/seen", NULL, "not-found");
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/messages/999/flag", NULL, "not-found");
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/messages/x/flag", NULL, "malformed");
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/messages/0/flag", NULL, "malformed");
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/messages/1/tags/two%20words", NULL, "malformed");
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/cases/none/messages/1", NULL, "not-found");
}

static void api__bulk__marks_what_lacks_it_and_takes_it_back(void **state)
{
    static const char *const actions[][3] = {
        {"tag", "urgent", "tag:urgent"},
        {"seen", "", "seen:me"},
        {"flag", "", "is:flagged"},
        {"case", "harbour", "case:harbour"},
    };
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "POST", "/api/cases", "{\"word\":\"harbour\",\"title\":\"\"}");
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/tags/urgent", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/seen", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/flag", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/cases/harbour/messages/1", NULL);
    for (size_t i = 0; i < 4; i++) {
        CLEANUP_FREE char *body =
            mem_format("{\"query\":\"cash OR nothing\",\"action\":\"%s\",\"value\":\"%s\"}",
                       actions[i][0], actions[i][1]);
        CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "POST", "/api/bulk", body);
        assert_status(&t, 201);
        assert_int_equal(number_at(&t, "messages"), SMALL_DESK_MESSAGES / 2 - 1);
        assert_int_equal(last_of(s).count, SMALL_DESK_MESSAGES / 2 - 1);
        assert_string_equal(last_of(s).warrants, "de-1 de-2");
        assert_int_equal(hits_of(s, actions[i][2]), SMALL_DESK_MESSAGES / 2);
        CLEANUP_FREE char *undo = mem_format("/api/bulk/%lld/undo", (long long)number_at(&t, "id"));
        must(s, i == 0 ? DESK_SUPERVISOR : DESK_REVIEWER, "POST", undo, NULL);
        assert_int_equal(last_of(s).count, SMALL_DESK_MESSAGES / 2 - 1);
        assert_int_equal(hits_of(s, actions[i][2]), 1);
        must_refuse(s, DESK_REVIEWER, "POST", undo, NULL, "state");
    }
}

static void api__bulk__refuses_what_it_cannot_take_back(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_REVIEWER, "POST", "/api/bulk",
                "{\"query\":\"a) OR (b\",\"action\":\"flag\"}", "query");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/bulk",
                "{\"query\":\"cash\",\"action\":\"flag\",\"value\":\"x\"}", "malformed");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/bulk", "{\"query\":\"cash\",\"action\":\"tag\"}",
                "malformed");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/bulk",
                "{\"query\":\"cash\",\"action\":\"tag\",\"value\":\"x\\\" OR pier\"}", "malformed");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/bulk",
                "{\"query\":\"cash\",\"action\":\"case\",\"value\":\"none\"}", "not-found");
    assert_int_equal(hits_of(s, "is:flagged"), 0);
    must(s, DESK_SUPERVISOR, "POST", "/api/bulk", "{\"query\":\"cash\",\"action\":\"flag\"}");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/bulk/1/undo", NULL, "state");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/bulk/9/undo", NULL, "not-found");
    assert_int_equal(hits_of(s, "is:flagged"), SMALL_DESK_MESSAGES / 2);
}

static void api__saved__are_each_users_own(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t =
        ask_as(s, DESK_REVIEWER, "POST", "/api/searches",
               "{\"name\":\"the pier\",\"query\":\"pier\",\"zone\":\"Europe/Berlin\"}");
    assert_status(&t, 201);
    CLEANUP_FREE char *address = mem_format("/api/searches/%lld", (long long)number_at(&t, "id"));
    must_refuse(s, DESK_REVIEWER, "POST", "/api/searches",
                "{\"name\":\"the pier\",\"query\":\"cash\"}", "exists");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/searches", "{\"name\":\"b\",\"query\":\"(\"}",
                "query");
    CLEANUP_TOLD struct told own = ask_as(s, DESK_REVIEWER, "GET", "/api/searches", NULL);
    CLEANUP_TOLD struct told other = ask_as(s, DESK_SUPERVISOR, "GET", "/api/searches", NULL);
    assert_non_null(strstr(own.text, "Europe/Berlin"));
    assert_string_equal(other.text, "{\"searches\":[]}");
    must_refuse(s, DESK_SUPERVISOR, "DELETE", address, NULL, "not-found");
    must(s, DESK_REVIEWER, "DELETE", address, NULL);
    must_refuse(s, DESK_REVIEWER, "DELETE", address, NULL, "not-found");
}

/* ---- people ---- */

static void api__people__are_listed_named_and_organised(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", "/api/people?limit=2", NULL);
    CLEANUP_FREE char *next = mem_format("/api/people?limit=2&after=%s", text_at(t.json, "after"));
    CLEANUP_TOLD struct told rest = ask_as(s, DESK_REVIEWER, "GET", next, NULL);
    assert_int_equal(json_array_size(json_object_get(t.json, "people")), 2);
    assert_int_equal(json_array_size(json_object_get(rest.json, "people")), 1);
    assert_true(json_is_null(json_object_get(rest.json, "after")));
    must(s, DESK_REVIEWER, "PUT", "/api/people/anna@chat.example/organisation",
         "{\"organisation\":\"harbour\"}");
    must(s, DESK_REVIEWER, "PUT", "/api/people/anna@chat.example/name", "{\"name\":\"Queen\"}");
    CLEANUP_TOLD struct told anna =
        ask_as(s, DESK_REVIEWER, "GET", "/api/people/anna@chat.example", NULL);
    assert_string_equal(text_at(anna.json, "organisation"), "harbour");
    assert_string_equal(text_at(anna.json, "name"), "Queen");
    assert_last(s, ACCESS_VIEW, "person anna@chat.example");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/people/nobody@chat.example", NULL, "not-found");
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/people/nobody@chat.example/name", "{\"name\":\"x\"}",
                "not-found");
    CLEANUP_TOLD struct told with =
        ask_as(s, DESK_REVIEWER, "GET", "/api/conversations?with=anna@chat.example&limit=1", NULL);
    assert_int_equal(json_array_size(json_object_get(with.json, "conversations")), 1);
    assert_true(json_is_string(json_object_get(with.json, "after")));
}

/* ---- overview, log ---- */

static void api__overview__has_a_tag_that_changes_with_it(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told a = ask_as(s, DESK_AUDITOR, "GET", "/api/overview", NULL);
    CLEANUP_TOLD struct told b = ask_as(s, DESK_ADMINISTRATOR, "GET", "/api/overview", NULL);
    assert_int_equal(strlen(a.etag), 66);
    assert_string_equal(a.etag, b.etag);
    const json_t *w = json_object_get(a.json, "warrants");
    assert_int_equal(json_array_size(w), 2);
    assert_true(json_is_true(json_object_get(json_array_get(w, 0), "complete")));
    const struct desk_progress p = {
        .bot = "bot-1", .next = 40, .size = 40, .stopped = "batch 40 does not verify"};
    assert_int_equal(desk_index_progress(s->index, &p, &s->d), 0);
    assert_int_equal(desk_index_commit(s->index, &s->d), 0);
    CLEANUP_TOLD struct told c = ask_as(s, DESK_AUDITOR, "GET", "/api/overview", NULL);
    assert_string_not_equal(a.etag, c.etag);
    w = json_object_get(c.json, "warrants");
    assert_true(json_is_false(json_object_get(json_array_get(w, 0), "complete")));
    assert_string_equal(text_at(json_array_get(w, 0), "stopped"), "batch 40 does not verify");
}

static void api__log__is_read_filtered_and_from_any_number(void **state)
{
    struct small_desk *s = *state;
    for (int i = 0; i < 6; i++)
        must(s, i % 2 == 0 ? DESK_REVIEWER : DESK_SUPERVISOR, "GET", "/api/search?q=pier", NULL);
    CLEANUP_TOLD struct told t =
        ask_as(s, DESK_AUDITOR, "GET", "/api/log?user=reviewer&action=search&limit=2", NULL);
    assert_last(s, ACCESS_READ_LOG, "access log of reviewer: search");
    const json_t *entries = json_object_get(t.json, "entries");
    assert_int_equal(json_array_size(entries), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(entries, 0), "number")), 4);
    assert_int_equal(number_at(&t, "from"), 1);
    assert_non_null(strstr(text_at(json_array_get(entries, 0), "line"), "ironside-access-1\t4\t"));
    CLEANUP_TOLD struct told up =
        ask_as(s, DESK_AUDITOR, "GET", "/api/log?order=oldest&from=3&limit=2", NULL);
    entries = json_object_get(up.json, "entries");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(entries, 0), "number")), 3);
    assert_int_equal(number_at(&up, "from"), 5);
    CLEANUP_TOLD struct told first =
        ask_as(s, DESK_AUDITOR, "GET", "/api/log?from=0&limit=1", NULL);
    assert_true(json_is_null(json_object_get(first.json, "from")));
}

static void api__log__checkpoint_is_of_what_there_is(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "GET", "/api/search?q=pier", NULL);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_AUDITOR, "GET", "/api/log/checkpoint", NULL);
    CLEANUP_TOLD struct told again = ask_as(s, DESK_AUDITOR, "GET", "/api/log/checkpoint", NULL);
    assert_non_null(strstr(text_at(t.json, "note"), "north.chat.example/desk\n1\n"));
    assert_string_equal(text_at(t.json, "key"), access_vkey(s->log));
    assert_string_equal(t.text, again.text);
}

static void api__openapi__is_the_file(void **state)
{
    struct small_desk *s = *state;
    const char *source = getenv("IRONSIDE_SOURCE");
    CLEANUP_FREE char *path =
        mem_format("%s/docs/desk-openapi.json", source == NULL ? "." : source);
    json_t *file = json_load_file(path, 0, NULL);
    CLEANUP_TOLD struct told t = ask_as(s, ASK_NOBODY, "GET", "/api/openapi.json", NULL);
    assert_true(json_equal(file, t.json));
    json_decref(file);
}

static void api__purpose__is_wanted_of_all_where_the_desk_says_so(void **state)
{
    struct small_desk *s = *state;
    const struct ask look = {
        .as = DESK_SUPERVISOR, .method = "GET", .address = "/api/search?q=pier", .purpose = ""};
    CLEANUP_TOLD struct told without = ask(s, &look);
    assert_status(&without, 200);
    const struct desk_api_options o = {.index = s->index,
                                       .users = s->users,
                                       .log = s->log,
                                       .threats = s->threats,
                                       .text = s->text,
                                       .clock = &s->clock,
                                       .purpose_of_all = true};
    desk_api_free(s->api);
    assert_int_equal(desk_api_new(&o, &s->api, &s->d), 0);
    CLEANUP_TOLD struct told refused = ask(s, &look);
    assert_string_equal(told_code(&refused), "purpose");
}

static unsigned look_at(struct small_desk *s, const char *path, int64_t now)
{
    CLEANUP_BUF struct buf body = BUF_INIT(ANSWER_BODY_MAX);
    const struct question q = {.method = QUESTION_GET,
                               .path = path,
                               .session = s->tokens[DESK_REVIEWER],
                               .csrf = "",
                               .purpose = "",
                               .peer = "",
                               .body = ""};
    struct answer a;
    small_desk_at(s, now);
    desk_api_answer(s->api, &q, &body, &a);
    return a.status;
}

/* The front asks it for as long as somebody listens for events. */
static void api__session__is_not_used_by_asking_for_it(void **state)
{
    struct small_desk *s = *state;
    const int64_t step = DESK_SESSION_IDLE_MS / 2, begun = SMALL_DESK_NOW;
    must(s, DESK_REVIEWER, "GET", "/api/session", NULL);
    assert_int_equal(look_at(s, "/api/overview", begun + step), 200);
    assert_int_equal(look_at(s, "/api/session", begun + 2 * step), 200);
    assert_int_equal(look_at(s, "/api/session", begun + 3 * step - 1), 200);
    assert_int_equal(look_at(s, "/api/session", begun + 3 * step), 401);
}

/* Who was locked out or changed has no session any more, whatever the cookie says. */
static void api__role__changes_at_once(void **state)
{
    struct small_desk *s = *state;
    char token[DESK_TOKEN_CHARS + 1];
    must(s, DESK_SUPERVISOR, "GET", "/api/search?q=pier", NULL);
    memcpy(token, s->tokens[DESK_SUPERVISOR], sizeof token);
    must(s, DESK_ADMINISTRATOR, "PUT", "/api/users/supervisor", "{\"role\":\"auditor\"}");
    struct desk_session session;
    assert_int_equal(desk_session_of(s->users, token, SMALL_DESK_NOW, &session), ERR_NOT_FOUND);
    must_refuse(s, DESK_SUPERVISOR, "GET", "/api/search?q=pier", NULL, "role");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE_TEST(api__log__says_who_looked_at_what_and_why),
        SCENE_TEST(api__log__has_a_search_with_every_warrant_of_what_it_showed),
        SCENE_TEST(api__log__names_what_was_refused),
        SCENE_TEST(api__log__bounds_what_comes_without_a_session),
        SCENE_TEST(api__log__failing_stops_every_answer),
        SCENE_TEST(api__session__begins_and_ends),
        SCENE_TEST(api__session__tells_and_writes_nothing_of_who_is_a_user),
        SCENE_TEST(api__session__is_not_of_the_cookie_that_came_along),
        SCENE_TEST(api__session__locks_out_and_bounds_attempts),
        SCENE_TEST(api__password__is_changed_with_the_old_one),
        SCENE_TEST(api__users__are_an_administrators),
        SCENE_TEST(api__users__change_as_a_whole_and_never_themselves),
        SCENE_TEST(api__search__goes_on_where_it_ended),
        SCENE_TEST(api__search__takes_only_its_own_cursor),
        SCENE_TEST(api__search__says_where_a_query_is_wrong),
        SCENE_TEST(api__search__shows_no_bodies),
        SCENE_TEST(api__count__stands_beside),
        SCENE_TEST(api__thread__is_read_both_ways),
        SCENE_TEST(api__marks__are_found_and_shown),
        SCENE_TEST(api__marks__are_refused_where_there_is_no_message),
        SCENE_TEST(api__bulk__marks_what_lacks_it_and_takes_it_back),
        SCENE_TEST(api__bulk__refuses_what_it_cannot_take_back),
        SCENE_TEST(api__saved__are_each_users_own),
        SCENE_TEST(api__people__are_listed_named_and_organised),
        SCENE_TEST(api__overview__has_a_tag_that_changes_with_it),
        SCENE_TEST(api__log__is_read_filtered_and_from_any_number),
        SCENE_TEST(api__log__checkpoint_is_of_what_there_is),
        SCENE_TEST(api__openapi__is_the_file),
        SCENE_TEST(api__purpose__is_wanted_of_all_where_the_desk_says_so),
        SCENE_TEST(api__session__is_not_used_by_asking_for_it),
        SCENE_TEST(api__role__changes_at_once),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
