/* Sessions, passwords and users over the API. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/memory.h"
#include "base/secret.h"

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

static int64_t ticks;

static int64_t told_ticks(void)
{
    return ticks;
}

/* As a machine of any speed has it: no time goes by between the attempts. */
static void stop_the_time(struct small_desk *s)
{
    const struct desk_api_options o = {.index = s->index,
                                       .users = s->users,
                                       .log = s->log,
                                       .threats = s->threats,
                                       .hashing = s->hashing,
                                       .text = s->text,
                                       .clock = &s->clock,
                                       .monotonic_ms = told_ticks};
    desk_api_free(s->api);
    assert_int_equal(desk_api_new(&o, &s->api, &s->d), 0);
}

static void api__session__locks_out_and_bounds_attempts(void **state)
{
    struct small_desk *s = *state;
    ticks = CLOCK_SECOND_MS;
    stop_the_time(s);
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
    assert_int_equal(turned_away, 100 - 2); /* eight in a row, of which six are used */
    ticks += CLOCK_SECOND_MS;
    must_refuse(s, ASK_NOBODY, "POST", "/api/session", body, "locked");
    must_refuse(s, ASK_NOBODY, "POST", "/api/session", body, "too-many");
}

/* ---- a password is hashed elsewhere ---- */

static bool begin(struct small_desk *s, uint64_t number, const char *body, struct buf *b,
                  struct answer *ret)
{
    const struct question q = {.number = number,
                               .method = QUESTION_POST,
                               .path = "/api/session",
                               .session = "",
                               .csrf = "",
                               .purpose = "",
                               .peer = "127.0.0.1",
                               .body = body,
                               .body_len = strlen(body)};
    return desk_api_answer(s->api, &q, b, ret);
}

#define GOOD "{\"name\":\"bystander\",\"password\":\"correct horse battery\"}"
#define WRONG "{\"name\":\"bystander\",\"password\":\"another horse\"}"

static void api__session__holds_up_nobody_while_it_begins(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(ANSWER_BODY_MAX);
    struct answer a = {.status = 0};
    must(s, DESK_REVIEWER, "GET", "/api/session", NULL); /* a session to search with */
    assert_false(begin(s, 77, GOOD, &b, &a));
    assert_false(desk_api_waited(s->api, &b, &a));
    must(s, DESK_REVIEWER, "GET", "/api/search?q=pier", NULL);
    assert_int_equal(last_of(s).action, ACCESS_SEARCH); /* and no sign-in yet */
    small_desk_read(s);
    assert_true(desk_api_waited(s->api, &b, &a));
    assert_int_equal(a.number, 77);
    assert_int_equal(a.status, 201);
    assert_last(s, ACCESS_SIGN_IN, "as bystander from 127.0.0.1");
    assert_false(desk_api_waited(s->api, &b, &a));
}

static void api__session__whose_hash_does_not_come_is_refused_and_the_next_begins(void **state)
{
    struct small_desk *s = *state;
    static const enum worker_outcome ends[] = {WORKER_CRASHED, WORKER_SLOW, WORKER_NONSENSE};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        s->hashed = ends[i];
        CLEANUP_TOLD struct told t = ask_as(s, ASK_NOBODY, "POST", "/api/session", GOOD);
        assert_status(&t, 503);
        assert_non_null(strstr(t.text, "the password could not be looked at: try again"));
        assert_string_equal(t.set_session, "");
    }
    s->hashed = WORKER_DONE;
    must(s, ASK_NOBODY, "POST", "/api/session", GOOD);
}

/* More than are hashed at once, asked before any is judged: each is counted, and who is locked out
 * by the others is, with the right password, too. */
static void api__session__guesses_at_once_are_counted_each(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(ANSWER_BODY_MAX);
    struct answer a;
    unsigned refused[3] = {0};
    for (unsigned i = 0; i <= DESK_FAILED_MAX + 1; i++)
        assert_false(begin(s, i, i <= DESK_FAILED_MAX ? WRONG : GOOD, &b, &a));
    small_desk_read(s);
    while (desk_api_waited(s->api, &b, &a))
        refused[a.status == 401 ? 0 : a.status == 429 ? 1 : 2]++;
    assert_int_equal(refused[0], DESK_FAILED_MAX);
    assert_int_equal(refused[1], 2);
    assert_int_equal(refused[2], 0);
}

/* What comes back is compared here: who hashes cannot say that a password is right. */
static void api__session__is_not_begun_by_another_hash(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(ANSWER_BODY_MAX);
    struct answer a;
    struct frame f;
    struct worker_hash job;
    assert_false(begin(s, 1, GOOD, &b, &a));
    assert_int_equal(channel_flush(&s->workers), 0);
    assert_int_equal(channel_fill(&s->workers_peer), 0);
    assert_int_equal(channel_next(&s->workers_peer, &f), 0);
    struct cursor c = cursor_over(f.body, f.len);
    assert_int_equal(worker_hash_get(&c, &job), 0);
    CLEANUP_BUF struct buf out = BUF_INIT(256);
    const struct worker_hashed h = {.number = job.number, .outcome = WORKER_DONE, .hash = {1}};
    worker_hashed_put(&out, &h);
    const struct frame back = {WORKER_HASHED, out.data, out.len};
    assert_int_equal(desk_hashing_take(s->hashing, &back), 0);
    assert_int_equal(desk_hashing_take(s->hashing, &back), ERR_FORMAT); /* nobody asked */
    assert_true(desk_api_waited(s->api, &b, &a));
    assert_int_equal(a.status, 401);
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
    assert_non_null(strstr(t.text,
                           "{\"disabled\":true,\"locked_until\":0,\"name\":\"dora\","
                           "\"passkeys\":0,\"password\":true,\"role\":\"reviewer\",\"sets\":0}"));
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
        ASKING_TEST(api__session__begins_and_ends),
        ASKING_TEST(api__session__tells_and_writes_nothing_of_who_is_a_user),
        ASKING_TEST(api__session__is_not_of_the_cookie_that_came_along),
        ASKING_TEST(api__session__locks_out_and_bounds_attempts),
        ASKING_TEST(api__session__holds_up_nobody_while_it_begins),
        ASKING_TEST(api__session__whose_hash_does_not_come_is_refused_and_the_next_begins),
        ASKING_TEST(api__session__guesses_at_once_are_counted_each),
        ASKING_TEST(api__session__is_not_begun_by_another_hash),
        ASKING_TEST(api__password__is_changed_with_the_old_one),
        ASKING_TEST(api__users__are_an_administrators),
        ASKING_TEST(api__users__change_as_a_whole_and_never_themselves),
        ASKING_TEST(api__session__is_not_used_by_asking_for_it),
        ASKING_TEST(api__role__changes_at_once),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
