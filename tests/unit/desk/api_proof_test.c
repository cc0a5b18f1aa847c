/* Questions that wait for the reader: nobody else waits with them, and who may not ask any more
 * gets no answer. What a proof holds is archive/proof's; that it holds is scenario 83's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/secret.h"
#include "desk/api_internal.h"

#define PATH "/api/messages/3/proof"

/* A question of a reviewer's, as its front hands it on. */
struct asked {
    struct question q;
    struct buf body;
    struct answer answer;
};

static void asked_clear(struct asked *x)
{
    buf_clear(&x->body);
}

static bool begin(struct small_desk *s, struct asked *x, uint64_t number)
{
    CLEANUP_TOLD struct told signed_in = ask_as(s, DESK_REVIEWER, "GET", "/api/session", NULL);
    *x = (struct asked){.body = BUF_INIT(ANSWER_BODY_MAX)};
    x->q = (struct question){.number = number,
                             .method = QUESTION_GET,
                             .path = PATH,
                             .session = s->tokens[DESK_REVIEWER],
                             .csrf = "",
                             .purpose = "case 7",
                             .peer = "127.0.0.1",
                             .body = ""};
    return desk_api_answer(s->api, &x->q, &x->body, &x->answer);
}

static void api_proof__answer__is_what_the_reader_told(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t = ask_as(s, DESK_REVIEWER, "GET", PATH, NULL);
    assert_status(&t, 200);
    assert_string_equal(text_at(t.json, "bot"), "bot-1");
    assert_string_equal(text_at(t.json, "warrant"), "de-1");
    struct last l = last_of(s);
    assert_string_equal(l.what, "proof of message 3");
    assert_true(l.action == ACCESS_VIEW && l.count == 1);
}

static void api_proof__waits__others_are_answered_meanwhile(void **state)
{
    struct small_desk *s = *state;
    CLEANUP(asked_clear) struct asked x, y;
    uint64_t before;
    assert_false(begin(s, &x, 71));
    assert_false(begin(s, &y, 72));
    assert_false(desk_api_waited(s->api, &x.body, &x.answer));
    before = access_size(s->log);
    must(s, DESK_REVIEWER, "GET", "/api/search?q=cash", NULL);
    assert_true(access_size(s->log) == before + 1); /* what waits is not logged yet */
    small_desk_read(s);
    assert_true(desk_api_waited(s->api, &x.body, &x.answer));
    assert_true(x.answer.number == 71 && x.answer.status == 200);
    assert_true(desk_api_waited(s->api, &y.body, &y.answer));
    assert_true(y.answer.number == 72 && y.answer.status == 200);
    assert_true(access_size(s->log) == before + 3);
    assert_false(desk_api_waited(s->api, &x.body, &x.answer));
    asked_clear(&y);
}

static void api_proof__waits__who_has_signed_out_gets_none(void **state)
{
    struct small_desk *s = *state;
    CLEANUP(asked_clear) struct asked x;
    assert_false(begin(s, &x, 71));
    must(s, DESK_REVIEWER, "DELETE", "/api/session", NULL);
    small_desk_read(s);
    assert_true(desk_api_waited(s->api, &x.body, &x.answer));
    assert_int_equal(x.answer.status, 401);
    assert_null(strstr(x.answer.body, "record"));
}

static void api_proof__answer__is_the_readers_refusal(void **state)
{
    static const struct {
        int code;
        const char *word;
    } rows[] = {{ERR_NOT_FOUND, "not-found"},
                {ERR_AUTH, "internal"},
                {ERR_LIMIT, "too-long"},
                {ERR_TIMEOUT, "away"}};
    struct small_desk *s = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        s->reader_code = rows[i].code;
        must_refuse(s, DESK_REVIEWER, "GET", PATH, NULL, rows[i].word);
    }
}

static void api_proof__ask__no_more_than_may_wait(void **state)
{
    struct small_desk *s = *state;
    struct asked all[API_WAITING_MAX];
    CLEANUP(asked_clear) struct asked more;
    for (size_t i = 0; i < API_WAITING_MAX; i++)
        assert_false(begin(s, &all[i], i));
    assert_true(begin(s, &more, 99));
    assert_int_equal(more.answer.status, 503);
    small_desk_read(s);
    for (size_t i = 0; i < API_WAITING_MAX; i++) {
        assert_true(desk_api_waited(s->api, &all[i].body, &all[i].answer));
        assert_int_equal(all[i].answer.status, 200);
        asked_clear(&all[i]);
    }
}

static void api_proof__ask__of_messages_and_warrants_that_there_are(void **state)
{
    struct small_desk *s = *state;
    must(s, DESK_SUPERVISOR, "GET", "/api/messages/1/proof?warrant=de-2", NULL);
    must_refuse(s, DESK_REVIEWER, "GET", "/api/messages/1/proof?warrant=de-1", NULL, "not-found");
    must_refuse(s, DESK_REVIEWER, "GET", "/api/messages/999/proof", NULL, "not-found");
    must_refuse(s, DESK_AUDITOR, "GET", PATH, NULL, "role");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASKING_TEST(api_proof__answer__is_what_the_reader_told),
        ASKING_TEST(api_proof__waits__others_are_answered_meanwhile),
        ASKING_TEST(api_proof__waits__who_has_signed_out_gets_none),
        ASKING_TEST(api_proof__answer__is_the_readers_refusal),
        ASKING_TEST(api_proof__ask__no_more_than_may_wait),
        ASKING_TEST(api_proof__ask__of_messages_and_warrants_that_there_are),
    };
    secret_init();
    return cmocka_run_group_tests_name("desk/api_proof", tests, NULL, NULL);
}
