/* What the API logs of what it is asked, and what it says of itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/memory.h"
#include "base/secret.h"

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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKING_TEST(api__log__says_who_looked_at_what_and_why),
        ASKING_TEST(api__log__has_a_search_with_every_warrant_of_what_it_showed),
        ASKING_TEST(api__log__names_what_was_refused),
        ASKING_TEST(api__log__bounds_what_comes_without_a_session),
        ASKING_TEST(api__log__failing_stops_every_answer),
        ASKING_TEST(api__overview__has_a_tag_that_changes_with_it),
        ASKING_TEST(api__log__is_read_filtered_and_from_any_number),
        ASKING_TEST(api__log__checkpoint_is_of_what_there_is),
        ASKING_TEST(api__openapi__is_the_file),
        ASKING_TEST(api__purpose__is_wanted_of_all_where_the_desk_says_so),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
