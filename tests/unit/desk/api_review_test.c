/* Searching, marking and naming over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/memory.h"
#include "base/secret.h"

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

/* The first hit that is not alone; of the messages that it is alike with it is the oldest. */
static int64_t alike_hit(const json_t *hits, int64_t *ret_alike)
{
    size_t i;
    const json_t *hit;
    json_array_foreach(hits, i, hit)
    {
        *ret_alike = json_integer_value(json_object_get(hit, "alike"));
        if (*ret_alike > 0)
            return json_integer_value(json_object_get(hit, "id"));
    }
    fail_msg("no two are alike");
    return 0;
}

static void api__alike__is_told_and_listed(void **state)
{
    struct small_desk *s = *state;
    int64_t others = 0;
    CLEANUP_TOLD struct told hits =
        ask_as(s, DESK_REVIEWER, "GET", "/api/search?order=oldest&grouped=true&limit=500", NULL);
    int64_t id = alike_hit(json_object_get(hits.json, "hits"), &others);
    assert_true(json_array_size(json_object_get(hits.json, "hits")) <=
                (size_t)(SMALL_DESK_MESSAGES - others));
    CLEANUP_FREE char *address = mem_format("/api/messages/%lld/alike", (long long)id);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", address, NULL);
    const json_t *list = json_object_get(t.json, "messages");
    assert_int_equal(number_at(&t, "count"), others + 1);
    assert_int_equal(json_array_size(list), others + 1);
    assert_int_equal(
        json_integer_value(json_object_get(json_array_get(list, (size_t)others), "id")), id);
    assert_int_equal(last_of(s).count, others + 1);
    assert_int_equal(last_of(s).action, ACCESS_VIEW);
    CLEANUP_FREE char *one = mem_format("%s?limit=1", address);
    CLEANUP_TOLD struct told page = ask_as(s, DESK_REVIEWER, "GET", one, NULL);
    CLEANUP_FREE char *next =
        mem_format("%s?limit=500&after=%s", address, text_at(page.json, "after"));
    CLEANUP_TOLD struct told rest = ask_as(s, DESK_REVIEWER, "GET", next, NULL);
    assert_int_equal(json_array_size(json_object_get(rest.json, "messages")), others);
    must_refuse(s, DESK_REVIEWER, "GET", "/api/messages/99/alike", NULL, "not-found");
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

static void api__telling__is_of_a_conversation_and_logged(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told m = ask_as(s, DESK_REVIEWER, "GET", "/api/messages/1", NULL);
    CLEANUP_FREE char *address =
        mem_format("/api/conversations/%s/telling?limit=2", text_at(m.json, "conversation"));
    CLEANUP_FREE char *what =
        mem_format("telling lines of conversation %s", text_at(m.json, "conversation"));
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", address, NULL);
    assert_status(&t, 200);
    const json_t *lines = json_object_get(t.json, "lines");
    assert_string_equal(text_at(t.json, "method"), "LexRank");
    assert_true(number_at(&t, "looked") > 2);
    assert_int_equal(number_at(&t, "looked"), number_at(&t, "messages"));
    assert_int_equal(json_array_size(lines), 2);
    const json_t *message = json_object_get(json_array_get(lines, 0), "message");
    assert_non_null(strstr(text_at(message, "body"), "at the pier, number"));
    assert_last(s, ACCESS_VIEW, what);
    assert_int_equal(last_of(s).count, 2);
    must_refuse(s, DESK_REVIEWER, "GET", "/api/conversations/0011223344556677/telling", NULL,
                "not-found");
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

static void api__tags__are_listed_by_their_beginning(void **state)
{
    struct small_desk *s = *state;
    static const char *const asked[][2] = {
        {"", "harbour 1,pier 2,pier-2 1,"}, {"?prefix=pier", "pier 2,pier-2 1,"},
        {"?prefix=pier-", "pier-2 1,"},     {"?prefix=x", ""},
        {"?limit=1", "harbour 1,"},
    };
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/tags/pier", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/2/tags/pier", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/2/tags/pier-2", NULL);
    must(s, DESK_SUPERVISOR, "PUT", "/api/messages/3/tags/harbour", NULL);
    must(s, DESK_SUPERVISOR, "PUT", "/api/messages/3/tags/taken-back", NULL);
    must(s, DESK_SUPERVISOR, "DELETE", "/api/messages/3/tags/taken-back", NULL);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        CLEANUP_FREE char *address = mem_format("/api/tags%s", asked[i][0]);
        CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", address, NULL);
        CLEANUP_BUF struct buf got = BUF_INIT(256);
        size_t k;
        const json_t *tag;
        json_array_foreach(json_object_get(t.json, "tags"), k, tag)
            buf_format(&got, "%s %lld,", text_at(tag, "word"),
                       (long long)json_integer_value(json_object_get(tag, "messages")));
        assert_string_equal(buf_text(&got), asked[i][1]);
    }
}

static const char *first_of(const json_t *o, const char *list)
{
    return json_string_value(json_array_get(json_object_get(o, list), 0));
}

static void api__made__each_sees_what_the_others_did(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/seen", NULL);
    must(s, DESK_REVIEWER, "PUT", "/api/messages/1/tags/boat", NULL);
    CLEANUP_TOLD struct told own = ask_as(s, DESK_REVIEWER, "GET", "/api/messages/1", NULL);
    CLEANUP_TOLD struct told other =
        ask_as(s, DESK_SUPERVISOR, "GET", "/api/search?q=tag:boat", NULL);
    const json_t *hit = json_array_get(json_object_get(other.json, "hits"), 0);
    const json_t *made = json_object_get(hit, "made");
    assert_string_equal(first_of(made, "tags"), "boat");
    assert_non_null(first_of(made, "seen_by"));
    assert_null(first_of(json_object_get(own.json, "made"), "seen_by"));
    assert_string_equal(text_at(json_object_get(hit, "content"), "text"),
                        "cash at the pier, number 0");
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

/* anna, boris and carl, of whom each has said something to others. */
static void api__network_people__have_contacts_among_them(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told net = ask_as(s, DESK_REVIEWER, "GET", "/api/network", NULL);
    CLEANUP_TOLD struct told all = ask_as(s, DESK_REVIEWER, "GET", "/api/network/people", NULL);
    CLEANUP_TOLD struct told one =
        ask_as(s, DESK_REVIEWER, "GET", "/api/network/people?limit=1", NULL);
    CLEANUP_TOLD struct told none =
        ask_as(s, DESK_REVIEWER, "GET", "/api/network/people?community=77", NULL);
    assert_int_equal(number_at(&all, "people_in_all"), 3);
    assert_int_equal(number_at(&all, "contacts_in_all"), number_at(&net, "pairs"));
    const json_t *person = json_array_get(json_object_get(all.json, "people"), 0);
    assert_string_equal(text_at(person, "account"), text_at(person, "person"));
    const json_t *contact = json_array_get(json_object_get(all.json, "contacts"), 0);
    assert_true(json_integer_value(json_array_get(contact, 0)) < 3);
    assert_true(json_number_value(json_array_get(contact, 2)) > 0);
    assert_int_equal(json_array_size(json_object_get(one.json, "people")), 1);
    assert_int_equal(number_at(&one, "people_in_all"), 3);
    assert_int_equal(number_at(&one, "contacts_in_all"), 0);
    assert_int_equal(number_at(&none, "people_in_all"), 0);
    assert_last(s, ACCESS_SEARCH, "community 77 of network: ");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKING_TEST(api__search__goes_on_where_it_ended),
        ASKING_TEST(api__search__takes_only_its_own_cursor),
        ASKING_TEST(api__search__says_where_a_query_is_wrong),
        ASKING_TEST(api__search__shows_no_bodies),
        ASKING_TEST(api__alike__is_told_and_listed),
        ASKING_TEST(api__count__stands_beside),
        ASKING_TEST(api__thread__is_read_both_ways),
        ASKING_TEST(api__telling__is_of_a_conversation_and_logged),
        ASKING_TEST(api__marks__are_found_and_shown),
        ASKING_TEST(api__tags__are_listed_by_their_beginning),
        ASKING_TEST(api__made__each_sees_what_the_others_did),
        ASKING_TEST(api__marks__are_refused_where_there_is_no_message),
        ASKING_TEST(api__bulk__marks_what_lacks_it_and_takes_it_back),
        ASKING_TEST(api__bulk__refuses_what_it_cannot_take_back),
        ASKING_TEST(api__saved__are_each_users_own),
        ASKING_TEST(api__people__are_listed_named_and_organised),
        ASKING_TEST(api__network_people__have_contacts_among_them),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
