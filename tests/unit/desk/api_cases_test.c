/* A case's page: events, who is in it, the ledger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/memory.h"
#include "base/secret.h"

#define CASE "/api/cases/harbour"
#define OUTCOMES CASE "/outcomes"

static int set_up(void **state)
{
    int r = asking_set_up(state);
    must(*state, DESK_REVIEWER, "POST", "/api/cases",
         "{\"word\":\"harbour\",\"title\":\"The harbour\"}");
    return r;
}
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, asking_tear_down)

static struct told page(struct small_desk *s)
{
    struct told t = ask_as(s, DESK_SUPERVISOR, "GET", CASE, NULL);
    assert_status(&t, 200);
    return t;
}

static const json_t *at(const struct told *t, const char *list, size_t i)
{
    return json_array_get(json_object_get(t->json, list), i);
}

static void api__case__has_its_events_in_their_order(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "POST", CASE "/events",
         "{\"at\":1790000000000,\"zone\":\"Europe/Berlin\",\"title\":\"The boat leaves\"}");
    must(s, DESK_SUPERVISOR, "POST", CASE "/events",
         "{\"at\":1780000000000,\"zone\":\"UTC\",\"title\":\"It came\",\"text\":\"at night\"}");
    assert_last(s, ACCESS_MARK, "event of case harbour: It came");
    assert_string_equal(last_of(s).case_id, "harbour");
    CLEANUP_TOLD struct told t = page(s);
    assert_int_equal(json_array_size(json_object_get(t.json, "events")), 2);
    assert_string_equal(text_at(at(&t, "events", 0), "title"), "It came");
    assert_string_equal(text_at(at(&t, "events", 0), "text"), "at night");
    assert_string_equal(text_at(at(&t, "events", 0), "by"), "supervisor");
    assert_string_equal(text_at(at(&t, "events", 1), "zone"), "Europe/Berlin");
    assert_string_equal(text_at(at(&t, "events", 1), "by"), "reviewer");
    assert_string_equal(text_at(t.json, "title"), "The harbour");
    assert_last(s, ACCESS_VIEW, "case harbour");
}

static void api__case__has_people_and_organisations(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "PUT", CASE "/people", "{\"account\":\"anna@chat.example\"}");
    must(s, DESK_REVIEWER, "PUT", CASE "/people", "{\"account\":\"carl@chat.example\"}");
    must(s, DESK_REVIEWER, "PUT", CASE "/organisations", "{\"organisation\":\"dockers\"}");
    must(s, DESK_SUPERVISOR, "PUT", CASE "/people", "{\"account\":\"anna@chat.example\"}");
    must(s, DESK_SUPERVISOR, "PUT", CASE "/people",
         "{\"account\":\"carl@chat.example\",\"on\":false}");
    must_refuse(s, DESK_REVIEWER, "PUT", CASE "/people", "{\"account\":\"zoe@chat.example\"}",
                "not-found");
    CLEANUP_TOLD struct told t = page(s);
    assert_int_equal(json_array_size(json_object_get(t.json, "people")), 1);
    assert_string_equal(text_at(at(&t, "people", 0), "account"), "anna@chat.example");
    assert_string_equal(text_at(at(&t, "people", 0), "by"), "reviewer");
    assert_string_equal(text_at(at(&t, "organisations", 0), "organisation"), "dockers");
}

static void outcome(struct small_desk *s, const char *amount, const char *more)
{
    CLEANUP_FREE char *body = mem_format("{\"kind\":\"seizure\",\"amount\":\"%s\",\"unit\":\"kg\","
                                         "\"country\":\"NL\",\"date\":\"2026-03-01\"%s}",
                                         amount, more);
    must(s, DESK_REVIEWER, "POST", OUTCOMES, body);
}

static void assert_sum(const json_t *sum, const char *country, const char *amount, int64_t entries)
{
    assert_string_equal(text_at(sum, "kind"), "seizure");
    assert_string_equal(text_at(sum, "unit"), "kg");
    assert_string_equal(text_at(sum, "country"), country);
    assert_string_equal(text_at(sum, "amount"), amount);
    assert_int_equal(json_integer_value(json_object_get(sum, "entries")), entries);
}

static void api__case__ledger_is_summed_without_what_was_corrected(void **state)
{
    struct small_desk *s = *state;
    outcome(s, "12.5", "");
    outcome(s, "7.505", "");
    outcome(s, "999999999999.999", "");
    CLEANUP_TOLD struct told before = page(s);
    assert_sum(at(&before, "sums", 0), "NL", "1000000000020.004", 3);
    outcome(s, "0", ",\"corrects\":3");
    outcome(s, "12", ",\"note\":\"weighed again\",\"corrects\":1");
    must_refuse(s, DESK_REVIEWER, "POST", OUTCOMES,
                "{\"kind\":\"seizure\",\"amount\":\"1\",\"unit\":\"kg\",\"date\":\"2026-03-01\","
                "\"corrects\":1}",
                "state");
    outcome(s, "12.25", ",\"corrects\":5");
    CLEANUP_TOLD struct told t = page(s);
    assert_int_equal(json_array_size(json_object_get(t.json, "outcomes")), 6);
    assert_sum(at(&t, "sums", 0), "NL", "19.755", 3);
    assert_string_equal(text_at(at(&t, "outcomes", 0), "amount"), "12.5");
    assert_int_equal(json_integer_value(json_object_get(at(&t, "outcomes", 0), "corrected_by")), 5);
    assert_int_equal(json_integer_value(json_object_get(at(&t, "outcomes", 4), "corrected_by")), 6);
    assert_int_equal(json_integer_value(json_object_get(at(&t, "outcomes", 4), "corrects")), 1);
    assert_string_equal(text_at(at(&t, "outcomes", 4), "note"), "weighed again");
}

static void api__overview__sums_all_cases_by_kind_and_country(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_REVIEWER, "POST", "/api/cases", "{\"word\":\"airport\",\"title\":\"\"}");
    outcome(s, "1", "");
    must(s, DESK_REVIEWER, "POST", "/api/cases/airport/outcomes",
         "{\"kind\":\"seizure\",\"amount\":\"2\",\"unit\":\"kg\",\"country\":\"NL\","
         "\"date\":\"2026-03-02\"}");
    must(s, DESK_REVIEWER, "POST", "/api/cases/airport/outcomes",
         "{\"kind\":\"seizure\",\"amount\":\"4\",\"unit\":\"kg\",\"country\":\"DE\","
         "\"date\":\"2026-03-02\"}");
    must(s, DESK_REVIEWER, "POST", "/api/cases/airport/outcomes",
         "{\"kind\":\"arrest\",\"amount\":\"3\",\"unit\":\"people\",\"date\":\"2026-03-02\"}");
    CLEANUP_TOLD struct told t = ask_as(s, DESK_AUDITOR, "GET", "/api/overview", NULL);
    assert_int_equal(json_array_size(json_object_get(t.json, "outcomes")), 3);
    assert_string_equal(text_at(at(&t, "outcomes", 0), "kind"), "arrest");
    assert_sum(at(&t, "outcomes", 1), "DE", "4", 1);
    assert_sum(at(&t, "outcomes", 2), "NL", "3", 2);
    must_refuse(s, DESK_REVIEWER, "POST", OUTCOMES,
                "{\"kind\":\"arrest\",\"amount\":\"1\",\"unit\":\"kg\",\"date\":\"2026-03-01\","
                "\"corrects\":2}",
                "not-found"); /* of another case */
}

static void api__case__refuses(void **state)
{
    struct small_desk *s = *state;
    static const char *const amounts[] = {"-1", "1,5",           "1.",  ".5",   "1.2345", "1e3",
                                          "1 ", "1000000000000", "0x1", "1.5.2"};
    static const char *const bodies[] = {
        "{\"kind\":\"arrest\",\"amount\":\"1\",\"unit\":\"p\",\"date\":\"2026-02-30\"}",
        "{\"kind\":\"arrest\",\"amount\":\"1\",\"unit\":\"p\",\"date\":\"01.03.2026\"}",
        "{\"kind\":\"arrest\",\"amount\":\"1\",\"unit\":\"p\\nq\",\"date\":\"2026-03-01\"}",
        "{\"kind\":\"arrest\",\"amount\":\"1\",\"unit\":\"p\",\"date\":\"2026-03-01\","
        "\"country\":\"nl\"}",
    };
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        CLEANUP_FREE char *body = mem_format("{\"kind\":\"arrest\",\"amount\":\"%s\","
                                             "\"unit\":\"p\",\"date\":\"2026-03-01\"}",
                                             amounts[i]);
        must_refuse(s, DESK_REVIEWER, "POST", OUTCOMES, body, "malformed");
    }
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        must_refuse(s, DESK_REVIEWER, "POST", OUTCOMES, bodies[i], "malformed");
    must_refuse(s, DESK_REVIEWER, "POST", CASE "/events",
                "{\"at\":1,\"zone\":\"Nowhere/None\",\"title\":\"x\"}", "malformed");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/cases/none/events",
                "{\"at\":1,\"zone\":\"UTC\",\"title\":\"x\"}", "not-found");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/cases/none", NULL, "not-found");
    CLEANUP_TOLD struct told t = page(s);
    assert_int_equal(json_array_size(json_object_get(t.json, "outcomes")), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(api__case__has_its_events_in_their_order),
        TEST(api__case__has_people_and_organisations),
        TEST(api__case__ledger_is_summed_without_what_was_corrected),
        TEST(api__overview__sums_all_cases_by_kind_and_country),
        TEST(api__case__refuses),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
