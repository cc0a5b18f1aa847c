#include "desk/users_passkeys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authenticator.h"
#include "base/memory.h"
#include "base/secret.h"
#include "by_password.h"
#include "small_desk.h"

#define NOW SMALL_DESK_NOW
#define PASSWORD SMALL_DESK_PASSWORD
#define WRONG "name or passkey is wrong"

static const struct passkey_site site = {"localhost", "http://localhost:8443"};
static const uint8_t challenge[PASSKEY_CHALLENGE_BYTES] = {1, 2, 3};

/* With anna and boris, whose passwords are the same. */
static int set_up(void **state)
{
    struct small_desk *s = mem_new(sizeof *s);
    small_desk_make(s);
    assert_int_equal(by_password_add(s->users, "anna", DESK_REVIEWER, PASSWORD, NOW, &s->d), 0);
    assert_int_equal(sql_execute(desk_index_sql(s->index),
                                 "INSERT INTO desk_user (name, role, password, added) SELECT"
                                 " 'boris', 'auditor', password, added FROM desk_user",
                                 &s->d),
                     0);
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
#define ANNA 1
#define BORIS 2

static struct passkey made_by(struct authenticator *v)
{
    struct passkey p;
    authenticator_make(v);
    assert_int_equal(passkey_create(&site, challenge, authenticator_part(&v->client_data),
                                    authenticator_part(&v->attestation), &p, NULL),
                     0);
    authenticator_turn_to_use(v);
    v->count = 2;
    return p;
}

static void add(struct small_desk *s, int64_t user, struct authenticator *v)
{
    struct passkey p = made_by(v);
    if (desk_passkey_add(s->users, user, "a key", &p, NOW, &s->d) != 0)
        fail_msg("%s", s->d.text);
}

static int sign_in_with(struct small_desk *s, struct authenticator *v, const char *name,
                        const uint8_t *given)
{
    struct desk_session session;
    struct diag why = {""};
    char token[DESK_TOKEN_CHARS + 1];
    authenticator_use(v);
    const struct desk_passkey_use use = {
        .name = name,
        .credential = {v->id, strlen(v->id)},
        .use = {authenticator_part(&v->client_data), authenticator_part(&v->data),
                authenticator_part(&v->signature)},
        .challenge = given,
    };
    int r = desk_sign_in_by_passkey(s->users, &site, &use, NOW, token, &session, &why, &s->d);
    if (r == 0) {
        assert_string_equal(session.name, name);
        assert_int_equal(desk_session_of(s->users, token, NOW, &session), 0);
    }
    return r;
}

static int sign_in(struct small_desk *s, struct authenticator *v, const char *name)
{
    return sign_in_with(s, v, name, challenge);
}

static void assert_wrong(struct small_desk *s, struct authenticator *v, const char *name)
{
    assert_int_equal(sign_in(s, v, name), ERR_AUTH);
    assert_string_equal(s->d.text, WRONG);
}

static int sign_in_by_password(struct small_desk *s, const char *name)
{
    struct desk_session session;
    char token[DESK_TOKEN_CHARS + 1];
    return by_password_sign_in(s->users, name, PASSWORD, NOW, token, &session, &s->d);
}

static int take_passkey(void *context, const struct desk_passkey *p)
{
    char *text = context;
    snprintf(text + strlen(text), 256 - strlen(text), "%lld:%s:%.*s:%u:%d ", (long long)p->id,
             p->name, (int)p->credential_len, (const char *)p->credential, p->count,
             p->used_unix_ms == NOW);
    return 0;
}

static void assert_passkeys(struct small_desk *s, int64_t user, const char *want)
{
    char text[256] = "";
    assert_int_equal(desk_passkeys_each(s->users, user, take_passkey, text, &s->d), 0);
    assert_string_equal(text, want);
}

#define NEW_AUTHENTICATOR authenticator_new(AUTHENTICATOR_ES256, &site, challenge)

/* ---- keeping them ---- */

static void passkeys__add__keeps_each_once(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR, w = NEW_AUTHENTICATOR;
    struct passkey p = made_by(&v), q = made_by(&w);
    assert_int_equal(desk_passkey_add(s->users, ANNA, "phone", &p, NOW, &s->d), 0);
    assert_int_equal(desk_passkey_add(s->users, ANNA, "phone", &p, NOW, &s->d), ERR_EXISTS);
    assert_int_equal(desk_passkey_add(s->users, BORIS, "phone", &q, NOW, &s->d), ERR_EXISTS);
    assert_passkeys(s, ANNA, "1:phone:cred:1:0 ");
    assert_passkeys(s, BORIS, "");
}

static void passkeys__add__is_bounded(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    struct passkey p = made_by(&v);
    for (unsigned i = 0; i < DESK_PASSKEYS_MAX; i++) {
        p.id[0] = (uint8_t)i;
        assert_int_equal(desk_passkey_add(s->users, ANNA, "x", &p, NOW, &s->d), 0);
    }
    p.id[0] = 0xff;
    assert_int_equal(desk_passkey_add(s->users, ANNA, "x", &p, NOW, &s->d), ERR_INVALID_STATE);
    assert_int_equal(desk_passkey_add(s->users, BORIS, "x", &p, NOW, &s->d), 0);
}

static void passkeys__remove__is_of_the_own(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add(s, ANNA, &v);
    assert_int_equal(desk_passkey_remove(s->users, BORIS, 1, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_passkey_remove(s->users, ANNA, 2, &s->d), ERR_NOT_FOUND);
    assert_int_equal(sign_in(s, &v, "anna"), 0);
    assert_int_equal(desk_passkey_remove(s->users, ANNA, 1, &s->d), 0);
    v.count = 3;
    assert_wrong(s, &v, "anna");
}

static void passkeys__remove_all__lets_the_password_in_and_ends_sessions(void **state)
{
    struct small_desk *s = *state;
    struct desk_session session;
    char anna[DESK_TOKEN_CHARS + 1], boris[DESK_TOKEN_CHARS + 1];
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR, w = NEW_AUTHENTICATOR;
    w.id = "other";
    add(s, ANNA, &v);
    add(s, BORIS, &w);
    assert_int_equal(by_password_sign_in(s->users, "anna", PASSWORD, NOW, anna, &session, &s->d),
                     0);
    assert_int_equal(by_password_sign_in(s->users, "boris", PASSWORD, NOW, boris, &session, &s->d),
                     0);
    assert_int_equal(desk_passkey_only_set(s->users, ANNA, true, &s->d), 0);
    assert_int_equal(desk_passkeys_remove_all(s->users, "anna", &s->d), 0);
    assert_int_equal(desk_session_of(s->users, anna, NOW, &session), ERR_NOT_FOUND);
    assert_int_equal(desk_session_of(s->users, boris, NOW, &session), 0);
    assert_passkeys(s, ANNA, "");
    assert_passkeys(s, BORIS, "2:a key:other:1:0 ");
    assert_int_equal(sign_in_by_password(s, "anna"), 0);
    assert_int_equal(desk_passkeys_remove_all(s->users, "nobody", &s->d), ERR_NOT_FOUND);
}

static void passkeys__only__shuts_the_password_out(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    assert_int_equal(desk_passkey_only_set(s->users, ANNA, true, &s->d), ERR_INVALID_STATE);
    add(s, ANNA, &v);
    assert_int_equal(desk_passkey_only_set(s->users, ANNA, true, &s->d), 0);
    assert_true(desk_passkey_only(s->users, ANNA));
    assert_int_equal(sign_in_by_password(s, "anna"), ERR_AUTH);
    assert_string_equal(s->d.text, "name or password is wrong");
    assert_int_equal(by_password_check(s->users, "anna", PASSWORD, NOW, &s->d), 0);
    assert_int_equal(sign_in_by_password(s, "boris"), 0);
    assert_int_equal(sign_in(s, &v, "anna"), 0);
    assert_int_equal(desk_passkey_remove(s->users, ANNA, 1, &s->d), ERR_INVALID_STATE);
    assert_int_equal(desk_passkey_only_set(s->users, ANNA, false, &s->d), 0);
    assert_int_equal(sign_in_by_password(s, "anna"), 0);
    assert_int_equal(desk_passkey_remove(s->users, ANNA, 1, &s->d), 0);
}

/* ---- what is told before signing in ---- */

struct told {
    size_t count, len[4];
    uint8_t bytes[4][64];
};

static int take_told(void *context, const struct desk_passkey *p)
{
    struct told *t = context;
    assert_true(t->count < 4 && p->credential_len <= 64);
    t->len[t->count] = p->credential_len;
    memcpy(t->bytes[t->count++], p->credential, p->credential_len);
    return 0;
}

static struct told told_of(struct small_desk *s, const char *name)
{
    struct told t = {.count = 0};
    assert_int_equal(desk_passkeys_of_name(s->users, name, take_told, &t, &s->d), 0);
    return t;
}

static void passkeys__of_name__are_the_users_or_fakes_that_stay(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    struct told anna = told_of(s, "anna"), nobody = told_of(s, "nobody");
    assert_true(anna.count >= 1 && nobody.count >= 1);
    assert_true(anna.len[0] >= 16 && nobody.len[0] >= 16);
    assert_memory_not_equal(anna.bytes[0], nobody.bytes[0], 16);
    desk_users_close(s->users);
    assert_int_equal(desk_users_open(s->index, &s->users, &s->d), 0);
    struct told again = told_of(s, "nobody");
    assert_memory_equal(&again, &nobody, sizeof again);
    add(s, ANNA, &v);
    anna = told_of(s, "anna");
    assert_int_equal(anna.count, 1);
    assert_int_equal(anna.len[0], 4);
    assert_memory_equal(anna.bytes[0], "cred", 4);
}

/* Neither all alike, which would tell them from others, nor ever none. */
static void passkeys__of_name__fakes_have_many_shapes(void **state)
{
    struct small_desk *s = *state;
    unsigned counts[3] = {0}, lens[65] = {0};
    for (int i = 0; i < 64; i++) {
        char name[16];
        snprintf(name, sizeof name, "nobody%d", i);
        struct told t = told_of(s, name);
        assert_in_range(t.count, 1, 2);
        counts[t.count]++;
        lens[t.len[0]]++;
    }
    assert_true(counts[1] > 10 && counts[2] > 10);
    assert_true(lens[16] > 0 && lens[20] > 0 && lens[32] > 0 && lens[64] > 0);
}

static void passkeys__handle__is_each_users_and_no_name(void **state)
{
    struct small_desk *s = *state;
    uint8_t anna[DESK_HANDLE_BYTES], again[DESK_HANDLE_BYTES], boris[DESK_HANDLE_BYTES];
    desk_passkey_handle(s->users, ANNA, anna);
    desk_passkey_handle(s->users, BORIS, boris);
    assert_memory_not_equal(anna, boris, sizeof anna);
    desk_users_close(s->users);
    assert_int_equal(desk_users_open(s->index, &s->users, &s->d), 0);
    desk_passkey_handle(s->users, ANNA, again);
    assert_memory_equal(anna, again, sizeof anna);
}

/* ---- signing in ---- */

static void passkeys__sign_in__keeps_the_count(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add(s, ANNA, &v);
    v.count = 7;
    assert_int_equal(sign_in(s, &v, "anna"), 0);
    assert_passkeys(s, ANNA, "1:a key:cred:7:1 ");
    assert_wrong(s, &v, "anna"); /* the same count: a copy */
    v.count = 8;
    assert_int_equal(sign_in(s, &v, "anna"), 0);
    assert_passkeys(s, ANNA, "1:a key:cred:8:1 ");
}

static void passkeys__sign_in__answers_alike_whatever_is_wrong(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR, w = NEW_AUTHENTICATOR;
    add(s, ANNA, &v);
    made_by(&w);
    assert_wrong(s, &v, "nobody");
    assert_wrong(s, &v, "boris"); /* it is anna's */
    assert_wrong(s, &w, "anna");  /* another key under the same id */
    v.origin = "http://localhost:8444";
    assert_wrong(s, &v, "anna");
    v.origin = site.origin;
    v.id = "none";
    assert_wrong(s, &v, "anna");
    v.id = "cred";
    assert_int_equal(sign_in_with(s, &v, "anna", NULL), ERR_AUTH);
    assert_string_equal(s->d.text, WRONG);
    assert_passkeys(s, ANNA, "1:a key:cred:1:0 ");
}

static void passkeys__sign_in__is_not_for_who_is_disabled(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add(s, ANNA, &v);
    assert_int_equal(desk_user_disable(s->users, "anna", true, &s->d), 0);
    assert_wrong(s, &v, "anna");
    assert_int_equal(desk_user_disable(s->users, "anna", false, &s->d), 0);
    assert_int_equal(sign_in(s, &v, "anna"), 0);
}

/* Wrong passkeys and wrong passwords together, whether there is such a user or not. */
static void passkeys__sign_in__locks_out_with_passwords(void **state)
{
    struct small_desk *s = *state;
    static const char *const names[] = {"anna", "nobody"};
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add(s, ANNA, &v);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(by_password_check(s->users, names[i], "wrong", NOW, &s->d), ERR_AUTH);
        for (unsigned n = 1; n < DESK_FAILED_MAX; n++)
            assert_int_equal(sign_in_with(s, &v, names[i], NULL), ERR_AUTH);
        assert_int_equal(sign_in(s, &v, names[i]), ERR_LIMIT);
        assert_int_equal(sign_in_by_password(s, names[i]), ERR_LIMIT);
    }
}

static void passkeys__sign_in__forgets_failures_when_one_succeeds(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_AUTHENTICATOR struct authenticator v = NEW_AUTHENTICATOR;
    add(s, ANNA, &v);
    for (uint32_t round = 0; round < 2; round++) {
        for (unsigned n = 1; n < DESK_FAILED_MAX; n++)
            assert_int_equal(sign_in_with(s, &v, "anna", NULL), ERR_AUTH);
        v.count = 2 + round;
        assert_int_equal(sign_in(s, &v, "anna"), 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE_TEST(passkeys__add__keeps_each_once),
        SCENE_TEST(passkeys__add__is_bounded),
        SCENE_TEST(passkeys__remove__is_of_the_own),
        SCENE_TEST(passkeys__remove_all__lets_the_password_in_and_ends_sessions),
        SCENE_TEST(passkeys__only__shuts_the_password_out),
        SCENE_TEST(passkeys__of_name__are_the_users_or_fakes_that_stay),
        SCENE_TEST(passkeys__of_name__fakes_have_many_shapes),
        SCENE_TEST(passkeys__handle__is_each_users_and_no_name),
        SCENE_TEST(passkeys__sign_in__keeps_the_count),
        SCENE_TEST(passkeys__sign_in__answers_alike_whatever_is_wrong),
        SCENE_TEST(passkeys__sign_in__is_not_for_who_is_disabled),
        SCENE_TEST(passkeys__sign_in__locks_out_with_passwords),
        SCENE_TEST(passkeys__sign_in__forgets_failures_when_one_succeeds),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
