/* Privilege: who marks, who decides, and what comes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/memory.h"
#include "base/secret.h"
#include "secrets.h"

static size_t hits_as(struct small_desk *s, enum desk_role as, const char *query)
{
    CLEANUP_FREE char *address = mem_format("/api/search?limit=500&q=%s", query);
    CLEANUP_TOLD struct told t = ask_as(s, as, "GET", address, NULL);
    assert_status(&t, 200);
    return json_array_size(json_object_get(t.json, "hits"));
}

static int64_t open_threats(struct small_desk *s, enum desk_role as)
{
    CLEANUP_TOLD struct told t = ask_as(s, as, "GET", "/api/threats", NULL);
    assert_status(&t, 200);
    return number_at(&t, "open");
}

/* The first mark of that state. */
static void assert_mark(struct small_desk *s, const char *state, const char *kind, int64_t messages)
{
    CLEANUP_FREE char *address = mem_format("/api/privilege?state=%s", state);
    CLEANUP_TOLD struct told t = ask_as(s, DESK_FILTER, "GET", address, NULL);
    const json_t *mark = json_array_get(json_object_get(t.json, "marks"), 0);
    if (strcmp(text_at(mark, "kind"), kind) != 0 ||
        json_integer_value(json_object_get(mark, "messages")) != messages)
        fail_msg("no %s of %lld: %s", kind, (long long)messages, t.text);
}

static void privilege__is_the_filters_alone(void **state)
{
    struct small_desk *s = *state;
    struct secrets x = {.first = 0};
    struct desk_threats_news news;
    secrets_say(&x, s, 4);
    assert_int_equal(hits_of(s, SECRETS_WORD), 4);
    secrets_mark(s, "person", mem_string(SECRETS_LAWYER), NULL);
    assert_last(s, ACCESS_MARK,
                "privileged: person " SECRETS_LAWYER ": a lawyer's advice"
                " (privilege 1)");
    secrets_say(&x, s, 2); /* before anything judges them */
    assert_int_equal(desk_threats_step(s->threats, SMALL_DESK_NOW, &news, &s->d), 0);
    assert_int_equal(news.raised, 0);
    assert_int_equal(hits_of(s, SECRETS_WORD), 0);
    assert_int_equal(hits_as(s, DESK_FILTER, SECRETS_WORD), 6);
    assert_int_equal(hits_as(s, DESK_FILTER, "pier"), 0);
    assert_int_equal(open_threats(s, DESK_REVIEWER), SMALL_DESK_MESSAGES / 2);
    assert_int_equal(open_threats(s, DESK_FILTER), 6);
    assert_mark(s, "waiting", "person", 6);
}

static void privilege__is_released_to_all(void **state)
{
    struct small_desk *s = *state;
    struct secrets x = {.first = 0};
    struct desk_threats_news news;
    secrets_say(&x, s, 4);
    secrets_mark(s, "conversation", mem_string(x.conversation), NULL);
    assert_int_equal(desk_threats_step(s->threats, SMALL_DESK_NOW, &news, &s->d), 0);
    must(s, DESK_FILTER, "POST", "/api/privilege/1/decide",
         "{\"decision\":\"keep\",\"reason\":\"advice\"}");
    assert_last(s, ACCESS_MARK, "privilege 1: keep: advice");
    assert_mark(s, "kept", "conversation", 4);
    assert_int_equal(hits_of(s, SECRETS_WORD), 0);
    must_refuse(s, DESK_FILTER, "POST", "/api/privilege/1/decide",
                "{\"decision\":\"keep\",\"reason\":\"again\"}", "state");
    must(s, DESK_FILTER, "POST", "/api/privilege/1/decide",
         "{\"decision\":\"release\",\"reason\":\"no lawyer\"}");
    assert_int_equal(hits_of(s, SECRETS_WORD), 4);
    assert_int_equal(hits_as(s, DESK_FILTER, SECRETS_WORD), 0);
    assert_int_equal(open_threats(s, DESK_REVIEWER), SMALL_DESK_MESSAGES / 2 + 4);
    must(s, DESK_REVIEWER, "GET", "/api/people/" SECRETS_LAWYER, NULL);
    must_refuse(s, DESK_FILTER, "POST", "/api/privilege/1/decide",
                "{\"decision\":\"release\",\"reason\":\"again\"}", "state");
    must_refuse(s, DESK_FILTER, "POST", "/api/privilege/7/decide",
                "{\"decision\":\"release\",\"reason\":\"none\"}", "not-found");
}

static void release(struct small_desk *s, int64_t message, const char *refused)
{
    CLEANUP_FREE char *address = mem_format("/api/messages/%lld/release", (long long)message);
    static const char body[] = "{\"reason\":\"about lunch\"}";
    if (refused == NULL)
        must(s, DESK_FILTER, "POST", address, body);
    else
        must_refuse(s, DESK_FILTER, "POST", address, body, refused);
}

static void privilege__one_message_is_released(void **state)
{
    struct small_desk *s = *state;
    struct secrets x = {.first = 0};
    secrets_say(&x, s, 4);
    secrets_mark(s, "pair", mem_string(SECRETS_LAWYER), SECRETS_CLIENT);
    release(s, 1, "not-found"); /* it is not privileged: not in the filter's sight */
    release(s, x.first, NULL);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(hits_of(s, SECRETS_WORD), 1);
        assert_int_equal(hits_as(s, DESK_FILTER, SECRETS_WORD), 3);
        small_desk_reopen(s);
    }
    secrets_mark(s, "message", mem_format("%lld", (long long)x.first), NULL);
    assert_int_equal(hits_of(s, SECRETS_WORD), 0);
}

static void privilege__what_is_not_in_sight_cannot_be_marked(void **state)
{
    struct small_desk *s = *state;
    struct secrets x = {.first = 0};
    static const char *const bodies[] = {
        "{\"kind\":\"message\",\"what\":\"41\",\"reason\":\"r\"}",
        "{\"kind\":\"person\",\"what\":\"" SECRETS_LAWYER "\",\"reason\":\"r\"}",
        "{\"kind\":\"pair\",\"what\":\"" SECRETS_CLIENT "\",\"with\":\"" SECRETS_LAWYER
        "\",\"reason\":\"r\"}",
        "{\"kind\":\"search\",\"what\":\"" SECRETS_WORD "\",\"reason\":\"r\"}",
        "{\"kind\":\"conversation\",\"what\":\"0011223344556677\",\"reason\":\"r\"}"};
    secrets_say(&x, s, 4);
    secrets_mark(s, "person", mem_string(SECRETS_LAWYER), NULL);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        must_refuse(s, DESK_REVIEWER, "POST", "/api/privilege", bodies[i], "not-found");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/privilege",
                "{\"kind\":\"message\",\"what\":\"one\",\"reason\":\"r\"}", "malformed");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/privilege",
                "{\"kind\":\"pair\",\"what\":\"" SECRETS_CLIENT "\",\"reason\":\"r\"}",
                "malformed");
}

static bool network_has(struct small_desk *s, const char *account)
{
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", "/api/network/people", NULL);
    assert_status(&t, 200);
    return strstr(t.text, account) != NULL;
}

/* The network of all was made just before, and is kept for a minute. */
static void privilege__hides_from_a_network_that_is_kept(void **state)
{
    struct small_desk *s = *state;
    struct secrets x = {.first = 0};
    secrets_say(&x, s, 4);
    assert_true(network_has(s, SECRETS_LAWYER));
    secrets_mark(s, "person", mem_string(SECRETS_LAWYER), NULL);
    assert_false(network_has(s, SECRETS_LAWYER));
    assert_true(network_has(s, SECRETS_CLIENT));
    must(s, DESK_FILTER, "POST", "/api/privilege/1/decide",
         "{\"decision\":\"release\",\"reason\":\"no lawyer\"}");
    assert_true(network_has(s, SECRETS_LAWYER));
}

static int64_t messages_of_case(struct small_desk *s)
{
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", "/api/cases", NULL);
    const json_t *list = json_object_get(t.json, "cases");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_at(json_array_get(list, i), "word"), "advice") == 0)
            return json_integer_value(json_object_get(json_array_get(list, i), "messages"));
    fail_msg("there is no such case: %s", t.text);
    return -1;
}

static void privilege__hides_from_a_cases_count(void **state)
{
    struct small_desk *s = *state;
    struct secrets x = {.first = 0};
    secrets_say(&x, s, 2);
    must(s, DESK_REVIEWER, "POST", "/api/cases", "{\"word\":\"advice\",\"title\":\"A case\"}");
    for (int64_t id = x.first - 1; id <= x.first + 1; id++) {
        CLEANUP_FREE char *address = mem_format("/api/cases/advice/messages/%lld", (long long)id);
        must(s, DESK_REVIEWER, "PUT", address, NULL);
    }
    assert_int_equal(messages_of_case(s), 3);
    secrets_mark(s, "person", mem_string(SECRETS_LAWYER), NULL);
    assert_int_equal(messages_of_case(s), 1);
}

/* What cannot be logged hides nothing. */
static void privilege__is_rolled_back_with_its_entry(void **state)
{
    struct small_desk *s = *state;
    struct secrets x = {.first = 0};
    secrets_say(&x, s, 4);
    assert_int_equal(sql_execute(desk_index_sql(s->index),
                                 "CREATE TRIGGER refuse BEFORE INSERT ON access_entry"
                                 " WHEN new.what LIKE 'privileged: person%'"
                                 " BEGIN SELECT RAISE(ABORT, 'no'); END;",
                                 &s->d),
                     0);
    must_refuse(s, DESK_REVIEWER, "POST", "/api/privilege",
                "{\"kind\":\"person\",\"what\":\"" SECRETS_LAWYER "\",\"reason\":\"r\"}",
                "not-logged");
    assert_int_equal(hits_of(s, SECRETS_WORD), 4);
    must(s, DESK_REVIEWER, "GET", "/api/people/" SECRETS_LAWYER, NULL);
}

static void privilege__a_name_brings_an_account_under_the_mark(void **state)
{
    struct small_desk *s = *state;
    struct secrets x = {.first = 0};
    secrets_say(&x, s, 4);
    must(s, DESK_REVIEWER, "PUT", "/api/people/" SECRETS_LAWYER "/name", "{\"name\":\"Vera\"}");
    secrets_mark(s, "person", mem_string(SECRETS_LAWYER), NULL);
    assert_true(hits_of(s, "from:boris") > 0);
    must(s, DESK_REVIEWER, "PUT", "/api/people/boris@chat.example/name", "{\"name\":\"vera\"}");
    assert_int_equal(hits_of(s, "from:boris"), 0);
    small_desk_reopen(s);
    assert_int_equal(hits_of(s, "from:boris@chat.example"), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKING_TEST(privilege__is_the_filters_alone),
        ASKING_TEST(privilege__is_released_to_all),
        ASKING_TEST(privilege__one_message_is_released),
        ASKING_TEST(privilege__what_is_not_in_sight_cannot_be_marked),
        ASKING_TEST(privilege__hides_from_a_network_that_is_kept),
        ASKING_TEST(privilege__hides_from_a_cases_count),
        ASKING_TEST(privilege__is_rolled_back_with_its_entry),
        ASKING_TEST(privilege__a_name_brings_an_account_under_the_mark),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
