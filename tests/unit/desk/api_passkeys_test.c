/* Passkeys over the API: made in a session, used to begin one. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "authenticator.h"
#include "base/memory.h"
#include "base/secret.h"
#include "desk/challenges.h"

static const struct passkey_site site = {SMALL_DESK_RP, SMALL_DESK_ORIGIN};
static const uint8_t no_challenge[PASSKEY_CHALLENGE_BYTES];

#define NEW_AUTHENTICATOR authenticator_new(AUTHENTICATOR_ES256, &site, no_challenge)

static char *base64(const struct buf *b)
{
    size_t size = sodium_base64_encoded_len(b->len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = mem_new(size);
    return sodium_bin2base64(text, size, b->data, b->len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static int keep_what(void *context, const struct access_entry *e)
{
    snprintf(context, 256, "%s %s: %s", access_action_text(e->action), e->user, e->what);
    return 0;
}

static void assert_logged(struct small_desk *s, const char *want)
{
    char what[256] = "";
    const struct access_question q = {
        .from = INT64_MAX, .limit = 1, .newest_first = true, .action = ACCESS_ACTIONS};
    assert_int_equal(access_each(s->log, &q, keep_what, what, &s->d), 0);
    assert_string_equal(what, want);
}

/* ---- making one ---- */

static void take_challenge(const struct told *t, struct authenticator *v)
{
    const char *text = text_at(t->json, "challenge");
    size_t len;
    assert_int_equal(t->status, 200);
    assert_string_equal(text_at(t->json, "rp"), SMALL_DESK_RP);
    assert_int_equal(sodium_base642bin(v->challenge, sizeof v->challenge, text, strlen(text), NULL,
                                       &len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                     0);
    assert_int_equal(len, sizeof v->challenge);
}

static void begin(struct small_desk *s, enum desk_role as, struct authenticator *v)
{
    CLEANUP_TOLD struct told t = ask_as(s, as, "POST", "/api/passkeys/challenge", NULL);
    take_challenge(&t, v);
}

static void add_refused_with(struct small_desk *s, enum desk_role as, struct authenticator *v,
                             const char *password, const char *code)
{
    authenticator_make(v);
    CLEANUP_FREE char *client_data = base64(&v->client_data);
    CLEANUP_FREE char *attestation = base64(&v->attestation);
    CLEANUP_FREE char *body =
        mem_format("{\"name\":\"telephone\",\"password\":\"%s\",\"client_data\":\"%s\","
                   "\"attestation\":\"%s\"}",
                   password, client_data, attestation);
    must_refuse(s, as, "POST", "/api/passkeys", body, code);
}

static void add_refused(struct small_desk *s, enum desk_role as, struct authenticator *v,
                        const char *code)
{
    add_refused_with(s, as, v, SMALL_DESK_PASSWORD, code);
}

static void add(struct small_desk *s, enum desk_role as, struct authenticator *v)
{
    begin(s, as, v);
    add_refused(s, as, v, "");
    authenticator_turn_to_use(v);
}

static void api__passkeys__are_made_in_a_session(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    begin(s, DESK_REVIEWER, &v);
    assert_logged(s, "user reviewer: a passkey is begun");
    add_refused(s, DESK_REVIEWER, &v, "");
    assert_logged(s, "user reviewer: own passkey 'telephone' is added");
    CLEANUP_TOLD struct told own = ask_as(s, DESK_REVIEWER, "GET", "/api/passkeys", NULL);
    assert_string_equal(own.text,
                        "{\"passkeys\":[{\"id\":1,\"made\":1790000000000,\"name\":\"telephone\","
                        "\"used\":0}],\"password\":true}");
    assert_logged(s, "user reviewer: own passkeys");
    CLEANUP_TOLD struct told other = ask_as(s, DESK_SUPERVISOR, "GET", "/api/passkeys", NULL);
    assert_string_equal(other.text, "{\"passkeys\":[],\"password\":true}");
    CLEANUP_TOLD struct told again =
        ask_as(s, DESK_REVIEWER, "POST", "/api/passkeys/challenge", NULL);
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(again.json, "exclude"), 0)), "Y3JlZA");
    assert_string_equal(text_at(again.json, "user"), "reviewer");
    assert_int_equal(strlen(text_at(again.json, "handle")), 43);
}

static void api__passkeys__want_a_challenge_of_the_same_session(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add_refused(s, DESK_REVIEWER, &v, "state");
    begin(s, DESK_REVIEWER, &v);
    add_refused(s, DESK_SUPERVISOR, &v, "state");
    v.origin = "http://localhost:9";
    add_refused(s, DESK_REVIEWER, &v, "malformed");
    v.origin = site.origin;
    add_refused(s, DESK_REVIEWER, &v, "state"); /* it was used up */
    begin(s, DESK_REVIEWER, &v);
    small_desk_at(s, SMALL_DESK_NOW + DESK_CHALLENGE_MS);
    add_refused(s, DESK_REVIEWER, &v, "state");
    begin(s, DESK_REVIEWER, &v);
    add_refused(s, DESK_REVIEWER, &v, "");
    begin(s, DESK_REVIEWER, &v);
    add_refused(s, DESK_REVIEWER, &v, "exists");
}

static void api__passkeys__refuse_what_is_no_base64url(void **state)
{
    struct small_desk *s = *state;
    static const char *const wrong[] = {"A", "AA==", "+/+/", "AAA\\u00e9", "A A"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CLEANUP_FREE char *body = mem_format(
            "{\"name\":\"x\",\"password\":\"x\",\"client_data\":\"%s\",\"attestation\":\"AAAA\"}",
            wrong[i]);
        must_refuse(s, DESK_REVIEWER, "POST", "/api/passkeys", body, "malformed");
    }
}

static void assert_passkeys(struct small_desk *s, enum desk_role as, size_t count)
{
    CLEANUP_TOLD struct told t = ask_as(s, as, "GET", "/api/passkeys", NULL);
    assert_int_equal(json_array_size(json_object_get(t.json, "passkeys")), count);
}

/* A session that was stolen adds no way in that outlives it. */
static void api__passkeys__want_the_password(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    begin(s, DESK_REVIEWER, &v);
    must_refuse(s, DESK_REVIEWER, "POST", "/api/passkeys",
                "{\"name\":\"x\",\"client_data\":\"e30\",\"attestation\":\"AAAA\"}", "malformed");
    add_refused_with(s, DESK_REVIEWER, &v, "not the password", "sign-in");
    assert_logged(s, "refused reviewer: POST /api/passkeys: sign-in");
    assert_passkeys(s, DESK_REVIEWER, 0);
    for (unsigned i = 1; i < DESK_FAILED_MAX; i++) {
        begin(s, DESK_REVIEWER, &v);
        add_refused_with(s, DESK_REVIEWER, &v, "not the password", "sign-in");
    }
    begin(s, DESK_REVIEWER, &v);
    add_refused(s, DESK_REVIEWER, &v, "locked");
    assert_passkeys(s, DESK_REVIEWER, 0);
}

/* Else whoever has the session shuts the password out first. */
static void api__passkeys__want_the_password_that_is_no_way_in(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    CLEANUP_AUTHENTICATOR struct authenticator other = NEW_AUTHENTICATOR;
    add(s, DESK_REVIEWER, &v);
    must(s, DESK_REVIEWER, "PUT", "/api/password", "{\"off\":true}");
    other.id = "other";
    begin(s, DESK_REVIEWER, &other);
    add_refused_with(s, DESK_REVIEWER, &other, "not the password", "sign-in");
    assert_passkeys(s, DESK_REVIEWER, 1);
}

/* ---- signing in ---- */

static void ask_challenge(struct small_desk *s, const char *name, struct authenticator *v)
{
    CLEANUP_FREE char *body = mem_format("{\"name\":\"%s\"}", name);
    CLEANUP_TOLD struct told t = ask_as(s, ASK_NOBODY, "POST", "/api/session/challenge", body);
    take_challenge(&t, v);
}

static struct told answer_challenge(struct small_desk *s, const char *name, struct authenticator *v)
{
    struct buf id = BUF_INIT(64);
    v->count++;
    authenticator_use(v);
    buf_put_text(&id, v->id);
    CLEANUP_FREE char *credential = base64(&id);
    CLEANUP_FREE char *client_data = base64(&v->client_data);
    CLEANUP_FREE char *data = base64(&v->data);
    CLEANUP_FREE char *signature = base64(&v->signature);
    CLEANUP_FREE char *body =
        mem_format("{\"name\":\"%s\",\"credential\":\"%s\",\"client_data\":\"%s\","
                   "\"authenticator_data\":\"%s\",\"signature\":\"%s\"}",
                   name, credential, client_data, data, signature);
    buf_clear(&id);
    return ask_as(s, ASK_NOBODY, "POST", "/api/session/passkey", body);
}

static void assert_sign_in(struct small_desk *s, const char *name, struct authenticator *v,
                           const char *code)
{
    CLEANUP_TOLD struct told t = answer_challenge(s, name, v);
    if (strcmp(told_code(&t), code) != 0)
        fail_msg("%u %s, not %s", t.status, t.text, code);
}

static void api__sign_in__by_passkey(void **state)
{
    struct small_desk *s = *state;
    struct desk_session session;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add(s, DESK_REVIEWER, &v);
    ask_challenge(s, "reviewer", &v);
    assert_logged(s, "sign-in : a passkey is asked for, as reviewer from 127.0.0.1");
    CLEANUP_TOLD struct told in = answer_challenge(s, "reviewer", &v);
    assert_int_equal(in.status, 201);
    assert_string_equal(text_at(in.json, "user"), "reviewer");
    assert_string_equal(text_at(in.json, "role"), "reviewer");
    assert_null(strstr(in.text, in.set_session));
    assert_int_equal(desk_session_of(s->users, in.set_session, SMALL_DESK_NOW, &session), 0);
    assert_string_equal(session.csrf, text_at(in.json, "csrf"));
    assert_logged(s, "sign-in reviewer: by passkey, as reviewer from 127.0.0.1");
    CLEANUP_TOLD struct told own = ask_as(s, DESK_REVIEWER, "GET", "/api/passkeys", NULL);
    assert_non_null(strstr(own.text, "\"used\":1790000000000"));
}

/* Once, for that name, within five minutes. */
static void api__sign_in__wants_its_own_challenge(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add(s, DESK_REVIEWER, &v);
    assert_sign_in(s, "reviewer", &v, "sign-in");
    ask_challenge(s, "supervisor", &v);
    assert_sign_in(s, "reviewer", &v, "sign-in");
    ask_challenge(s, "reviewer", &v);
    assert_sign_in(s, "reviewer", &v, "");
    assert_sign_in(s, "reviewer", &v, "sign-in");
    ask_challenge(s, "reviewer", &v);
    small_desk_at(s, SMALL_DESK_NOW + DESK_CHALLENGE_MS);
    assert_sign_in(s, "reviewer", &v, "sign-in");
    begin(s, DESK_REVIEWER, &v); /* one to make a passkey is none to use it */
    assert_sign_in(s, "reviewer", &v, "sign-in");
}

static void api__sign_in__tells_nothing_of_who_has_passkeys(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add(s, DESK_REVIEWER, &v);
    static const char *const names[] = {"reviewer", "supervisor", "hunter2 is mine"};
    char *first = NULL;
    for (size_t i = 0; i < 3; i++) {
        CLEANUP_FREE char *body = mem_format("{\"name\":\"%s\"}", names[i]);
        CLEANUP_TOLD struct told a = ask_as(s, ASK_NOBODY, "POST", "/api/session/challenge", body);
        CLEANUP_TOLD struct told b = ask_as(s, ASK_NOBODY, "POST", "/api/session/challenge", body);
        const json_t *credentials = json_object_get(a.json, "credentials");
        assert_true(json_array_size(credentials) > 0);
        assert_true(json_equal(credentials, json_object_get(b.json, "credentials")));
        assert_string_not_equal(text_at(a.json, "challenge"), text_at(b.json, "challenge"));
        v.flags ^= AUTHENTICATOR_VERIFIED;
        take_challenge(&a, &v);
        CLEANUP_TOLD struct told t = answer_challenge(s, names[i], &v);
        v.flags ^= AUTHENTICATOR_VERIFIED;
        assert_int_equal(t.status, 401);
        if (first == NULL)
            first = mem_string(t.text);
        assert_string_equal(t.text, first);
    }
    free(first);
    assert_logged(s, "refused : POST /api/session/passkey: sign-in: by passkey, as nobody who is"
                     " known from 127.0.0.1: no passkey of that name (from 127.0.0.1)");
}

static void api__sign_in__by_passkey_locks_out_and_is_bounded(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    for (unsigned i = 0; i < DESK_FAILED_MAX; i++)
        assert_sign_in(s, "nobody", &v, "sign-in");
    assert_sign_in(s, "nobody", &v, "locked");
    unsigned turned_away = 0, unanswered = 0;
    for (int i = 0; i < 40; i++) {
        CLEANUP_TOLD struct told t = answer_challenge(s, "nobody", &v);
        CLEANUP_TOLD struct told c =
            ask_as(s, ASK_NOBODY, "POST", "/api/session/challenge", "{\"name\":\"nobody\"}");
        turned_away += strcmp(told_code(&t), "too-many") == 0;
        unanswered += strcmp(told_code(&c), "too-many") == 0;
    }
    assert_true(turned_away > 0);
    assert_true(unanswered > 0);
}

/* Whoever asks for challenges alone keeps nobody from signing in. */
static void api__sign_in__is_not_used_up_by_challenges(void **state)
{
    struct small_desk *s = *state;
    unsigned unanswered = 0;
    for (int i = 0; i < 40; i++) {
        CLEANUP_TOLD struct told t =
            ask_as(s, ASK_NOBODY, "POST", "/api/session/challenge", "{\"name\":\"nobody\"}");
        unanswered += t.status == 429;
    }
    assert_true(unanswered > 0);
    must(s, ASK_NOBODY, "POST", "/api/session",
         "{\"name\":\"reviewer\",\"password\":\"" SMALL_DESK_PASSWORD "\"}");
}

/* Who signs in is nobody yet, whosever session the browser has. */
static void api__sign_in__is_logged_without_the_session_before(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told asked =
        ask_as(s, DESK_SUPERVISOR, "POST", "/api/session/challenge", "{\"name\":\"reviewer\"}");
    assert_int_equal(asked.status, 200);
    assert_logged(s, "sign-in : a passkey is asked for, as reviewer from 127.0.0.1");
    must_refuse(s, DESK_SUPERVISOR, "POST", "/api/session/passkey",
                "{\"name\":\"reviewer\",\"credential\":\"AAAA\",\"client_data\":\"e30\","
                "\"authenticator_data\":\"AAAA\",\"signature\":\"AAAA\"}",
                "sign-in");
    assert_logged(s, "refused : POST /api/session/passkey: sign-in: by passkey, as reviewer from"
                     " 127.0.0.1: no challenge that was given, or one that has ended"
                     " (from 127.0.0.1)");
}

/* ---- the only way in ---- */

static void api__password__is_shut_out_and_let_in_again(void **state)
{
    struct small_desk *s = *state;
    static const char by_password[] =
        "{\"name\":\"reviewer\",\"password\":\"" SMALL_DESK_PASSWORD "\"}";
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    must_refuse(s, DESK_REVIEWER, "PUT", "/api/password", "{\"off\":true}", "state");
    add(s, DESK_REVIEWER, &v);
    must(s, DESK_REVIEWER, "PUT", "/api/password", "{\"off\":true}");
    assert_logged(s, "user reviewer: own password is no way in");
    must_refuse(s, ASK_NOBODY, "POST", "/api/session", by_password, "sign-in");
    must_refuse(s, DESK_REVIEWER, "DELETE", "/api/passkeys/1", NULL, "state");
    CLEANUP_TOLD struct told users = ask_as(s, DESK_ADMINISTRATOR, "GET", "/api/users", NULL);
    assert_non_null(strstr(users.text, "\"name\":\"reviewer\",\"passkeys\":1,\"password\":false"));
    ask_challenge(s, "reviewer", &v);
    assert_sign_in(s, "reviewer", &v, "");
    must(s, DESK_REVIEWER, "PUT", "/api/password", "{\"off\":false}");
    assert_logged(s, "user reviewer: own password is a way in");
    must(s, ASK_NOBODY, "POST", "/api/session", by_password);
    must_refuse(s, DESK_SUPERVISOR, "DELETE", "/api/passkeys/1", NULL, "not-found");
    must(s, DESK_REVIEWER, "DELETE", "/api/passkeys/1", NULL);
    assert_logged(s, "user reviewer: own passkey 1 is removed");
    must_refuse(s, DESK_REVIEWER, "DELETE", "/api/passkeys/1", NULL, "not-found");
}

static void api__passkeys__are_removed_by_an_administrator(void **state)
{
    struct small_desk *s = *state;
    struct desk_session session;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add(s, DESK_REVIEWER, &v);
    must(s, DESK_REVIEWER, "PUT", "/api/password", "{\"off\":true}");
    must_refuse(s, DESK_ADMINISTRATOR, "DELETE", "/api/users/nobody/passkeys", NULL, "not-found");
    must_refuse(s, DESK_ADMINISTRATOR, "DELETE", "/api/users/administrator/passkeys", NULL,
                "state");
    must(s, DESK_ADMINISTRATOR, "DELETE", "/api/users/reviewer/passkeys", NULL);
    assert_logged(s, "user administrator: user reviewer: passkeys are removed");
    assert_int_equal(desk_session_of(s->users, s->tokens[DESK_REVIEWER], SMALL_DESK_NOW, &session),
                     ERR_NOT_FOUND);
    ask_challenge(s, "reviewer", &v);
    assert_sign_in(s, "reviewer", &v, "sign-in");
    must(s, ASK_NOBODY, "POST", "/api/session",
         "{\"name\":\"reviewer\",\"password\":\"" SMALL_DESK_PASSWORD "\"}");
}

static void api__passkeys__want_a_site(void **state)
{
    struct small_desk *s = *state;
    const struct desk_api_options o = {.index = s->index,
                                       .users = s->users,
                                       .log = s->log,
                                       .threats = s->threats,
                                       .text = s->text,
                                       .clock = &s->clock};
    desk_api_free(s->api);
    assert_int_equal(desk_api_new(&o, &s->api, &s->d), 0);
    must_refuse(s, DESK_REVIEWER, "POST", "/api/passkeys/challenge", NULL, "state");
    must_refuse(
        s, DESK_REVIEWER, "POST", "/api/passkeys",
        "{\"name\":\"x\",\"password\":\"x\",\"client_data\":\"e30\",\"attestation\":\"AAAA\"}",
        "state");
    must_refuse(s, ASK_NOBODY, "POST", "/api/session/challenge", "{\"name\":\"reviewer\"}",
                "state");
    must_refuse(s, ASK_NOBODY, "POST", "/api/session/passkey",
                "{\"name\":\"x\",\"credential\":\"AAAA\",\"client_data\":\"e30\","
                "\"authenticator_data\":\"AAAA\",\"signature\":\"AAAA\"}",
                "state");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKING_TEST(api__passkeys__are_made_in_a_session),
        ASKING_TEST(api__passkeys__want_a_challenge_of_the_same_session),
        ASKING_TEST(api__passkeys__want_the_password),
        ASKING_TEST(api__passkeys__want_the_password_that_is_no_way_in),
        ASKING_TEST(api__passkeys__refuse_what_is_no_base64url),
        ASKING_TEST(api__sign_in__by_passkey),
        ASKING_TEST(api__sign_in__wants_its_own_challenge),
        ASKING_TEST(api__sign_in__tells_nothing_of_who_has_passkeys),
        ASKING_TEST(api__sign_in__by_passkey_locks_out_and_is_bounded),
        ASKING_TEST(api__sign_in__is_not_used_up_by_challenges),
        ASKING_TEST(api__sign_in__is_logged_without_the_session_before),
        ASKING_TEST(api__password__is_shut_out_and_let_in_again),
        ASKING_TEST(api__passkeys__are_removed_by_an_administrator),
        ASKING_TEST(api__passkeys__want_a_site),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
