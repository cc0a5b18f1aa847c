/* Translations that are asked for: what a program made is kept beside the message and marked with
 * the program's name, what it could not make is a line, and each is logged as a view. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/secret.h"
#include "desk/api_internal.h"

#define PATH "/api/messages/4/translation"
#define FROM_ENGLISH "{\"from\":\"en\"}"

static struct told translate(struct small_desk *s, const char *body)
{
    struct told t = ask_as(s, DESK_REVIEWER, "POST", PATH, body);
    assert_status(&t, 200);
    return t;
}

/* Whoever opens the message is told that there is one. */
static bool says_translated(struct small_desk *s, enum desk_role role)
{
    CLEANUP_TOLD struct told t = ask_as(s, role, "GET", "/api/messages/4", NULL);
    return json_is_true(json_object_get(json_object_get(t.json, "made"), "translated"));
}

static void api_translation__post__is_kept_beside_the_message(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told none = ask_as(s, DESK_REVIEWER, "GET", PATH, NULL);
    assert_status(&none, 200);
    assert_int_equal(number_at(&none, "made"), 0);
    assert_false(says_translated(s, DESK_REVIEWER));
    CLEANUP_TOLD struct told t = translate(s, FROM_ENGLISH);
    assert_string_equal(text_at(t.json, "text"), "<meet at the pier, number 3>");
    assert_string_equal(text_at(t.json, "adapter"), "first");
    assert_string_equal(text_at(t.json, "to"), "de");
    assert_string_equal(text_at(t.json, "wrong"), "");
    assert_last(s, ACCESS_VIEW, "translation of message 4");
    assert_int_equal(last_of(s).count, 1);
    small_desk_reopen(s);
    CLEANUP_TOLD struct told kept = ask_as(s, DESK_SUPERVISOR, "GET", PATH "?to=de", NULL);
    assert_string_equal(kept.text, t.text);
    assert_last(s, ACCESS_VIEW, "translation of message 4");
    CLEANUP_TOLD struct told other = ask_as(s, DESK_SUPERVISOR, "GET", PATH "?to=fr", NULL);
    assert_int_equal(number_at(&other, "made"), 0);
    assert_true(says_translated(s, DESK_SUPERVISOR));
    CLEANUP_TOLD struct told message = ask_as(s, DESK_REVIEWER, "GET", "/api/messages/4", NULL);
    assert_null(strchr(message.text, '<')); /* it is not what was said */
}

static void api_translation__post__that_fails_is_a_line_and_not_kept(void **state)
{
    struct small_desk *s = *state;
    s->translated = TRANSLATION_SLOW;
    CLEANUP_TOLD struct told t = translate(s, FROM_ENGLISH);
    assert_string_equal(text_at(t.json, "wrong"), "the program's time was up");
    assert_string_equal(text_at(t.json, "text"), "");
    CLEANUP_TOLD struct told none = ask_as(s, DESK_REVIEWER, "GET", PATH, NULL);
    assert_int_equal(number_at(&none, "made"), 0);
    s->translated = TRANSLATED;
    CLEANUP_TOLD struct told again = translate(s, FROM_ENGLISH);
    assert_string_equal(text_at(again.json, "wrong"), "");
}

static void api_translation__post__of_languages_that_there_are(void **state)
{
    struct small_desk *s = *state;
    must_refuse(s, DESK_REVIEWER, "POST", PATH, "{\"from\":\"th\"}", "not-found");
    must_refuse(s, DESK_REVIEWER, "POST", PATH, "{\"from\":\"en\",\"to\":\"fr\"}", "not-found");
    must_refuse(s, DESK_REVIEWER, "POST", "/api/messages/999/translation", FROM_ENGLISH,
                "not-found");
    must_refuse(s, DESK_AUDITOR, "POST", PATH, FROM_ENGLISH, "role");
    CLEANUP_TOLD struct told t = translate(s, "{\"from\":\"es\",\"to\":\"en\"}");
    assert_string_equal(text_at(t.json, "adapter"), "second");
}

/* Who loses sight of the message while it is translated is not shown it. */
static void api_translation__post__that_waited_is_judged_again(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told signed_in = ask_as(s, DESK_REVIEWER, "GET", "/api/session", NULL);
    CLEANUP_BUF struct buf body = BUF_INIT(ANSWER_BODY_MAX);
    struct answer a;
    const struct question q = {.number = 5,
                               .method = QUESTION_POST,
                               .path = PATH,
                               .session = s->tokens[DESK_REVIEWER],
                               .csrf = text_at(signed_in.json, "csrf"),
                               .purpose = "case 7",
                               .peer = "127.0.0.1",
                               .body = FROM_ENGLISH,
                               .body_len = strlen(FROM_ENGLISH)};
    assert_false(desk_api_answer(s->api, &q, &body, &a));
    must(s, DESK_SUPERVISOR, "POST", "/api/privilege",
         "{\"kind\":\"message\",\"what\":\"4\",\"reason\":\"a lawyer\"}");
    small_desk_read(s);
    assert_true(desk_api_waited(s->api, &body, &a));
    assert_int_equal(a.status, 404);
    CLEANUP_TOLD struct told none = ask_as(s, DESK_FILTER, "GET", PATH, NULL);
    assert_status(&none, 200);
    assert_int_equal(number_at(&none, "made"), 0);
}

static void api_translators__get__names_the_programs(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", "/api/translators", NULL);
    assert_status(&t, 200);
    const json_t *list = json_object_get(t.json, "translators");
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(text_at(json_array_get(list, 0), "adapter"), "first");
    assert_string_equal(text_at(json_array_get(list, 1), "adapter"), "second");
    assert_string_equal(text_at(json_array_get(list, 1), "from"), "es");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASKING_TEST(api_translation__post__is_kept_beside_the_message),
        ASKING_TEST(api_translation__post__that_fails_is_a_line_and_not_kept),
        ASKING_TEST(api_translation__post__of_languages_that_there_are),
        ASKING_TEST(api_translation__post__that_waited_is_judged_again),
        ASKING_TEST(api_translators__get__names_the_programs),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
