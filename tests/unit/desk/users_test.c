#include "desk/users.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/secret.h"
#include "by_password.h"
#include "small_desk.h"

#define NOW SMALL_DESK_NOW
#define PASSWORD SMALL_DESK_PASSWORD
#define MINUTE INT64_C(60000)

static int set_up(void **state)
{
    struct small_desk *s = mem_new(sizeof *s);
    small_desk_make(s);
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

static void add(struct small_desk *s, const char *name, enum desk_role role)
{
    if (by_password_add(s->users, name, role, PASSWORD, NOW, &s->d) != 0)
        fail_msg("%s: %s", name, s->d.text);
}

static int sign_in(struct small_desk *s, const char *name, const char *password, int64_t now,
                   char *ret_token)
{
    struct desk_session session;
    char token[DESK_TOKEN_CHARS + 1];
    int r = by_password_sign_in(s->users, name, password, now, token, &session, &s->d);
    if (r == 0 && ret_token != NULL)
        memcpy(ret_token, token, sizeof token);
    return r;
}

static int64_t number(struct small_desk *s, const char *text)
{
    sqlite3_stmt *q = NULL;
    assert_int_equal(sqlite3_prepare_v2(desk_index_sql(s->index)->db, text, -1, &q, NULL), 0);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return n;
}

/* ---- users ---- */

static void users__role__has_a_word_each(void **state)
{
    (void)state;
    for (int r = 0; r < DESK_ROLES; r++)
        assert_int_equal(desk_role_of(desk_role_text((enum desk_role)r)), r);
    assert_int_equal(desk_role_of("root"), DESK_ROLES);
    assert_string_equal(desk_role_text(DESK_ROLES), "");
}

static void users__add__refuses_names(void **state)
{
    struct small_desk *s = *state;
    static const char *const names[] = {"", "Anna", "a b", "anna@x", "ann\xc3\xa9"};
    char long_name[DESK_USER_NAME_MAX + 2] = "";
    memset(long_name, 'a', DESK_USER_NAME_MAX + 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(by_password_add(s->users, names[i], DESK_REVIEWER, PASSWORD, NOW, &s->d),
                         ERR_FORMAT);
    assert_int_equal(by_password_add(s->users, long_name, DESK_REVIEWER, PASSWORD, NOW, &s->d),
                     ERR_FORMAT);
    assert_int_equal(by_password_add(s->users, "anna", DESK_ROLES, PASSWORD, NOW, &s->d),
                     ERR_FORMAT);
    assert_false(desk_user_known(s->users, "anna"));
    add(s, "anna", DESK_REVIEWER);
    assert_true(desk_user_known(s->users, "anna"));
    assert_int_equal(by_password_add(s->users, "anna", DESK_AUDITOR, PASSWORD, NOW, &s->d),
                     ERR_EXISTS);
}

static int count_users(void *context, const struct desk_user *u)
{
    char *names = context;
    snprintf(names + strlen(names), 128 - strlen(names), "%s:%s:%d:%d ", u->name,
             desk_role_text(u->role), u->disabled, u->locked_until_unix_ms != 0);
    return 0;
}

static void assert_users(struct small_desk *s, const char *want)
{
    char names[128] = "";
    assert_int_equal(desk_users_each(s->users, count_users, names, &s->d), 0);
    assert_string_equal(names, want);
}

static void users__change__is_of_one_and_ends_the_sessions(void **state)
{
    struct small_desk *s = *state;
    struct desk_session session;
    char anna[DESK_TOKEN_CHARS + 1], boris[DESK_TOKEN_CHARS + 1];
    add(s, "anna", DESK_REVIEWER);
    add(s, "boris", DESK_AUDITOR);
    assert_int_equal(sign_in(s, "boris", PASSWORD, NOW, boris), 0);
    for (int step = 0; step < 3; step++) {
        assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, anna), 0);
        int r = step == 0   ? desk_user_set_role(s->users, "anna", DESK_SUPERVISOR, &s->d)
                : step == 1 ? by_password_set(s->users, "anna", PASSWORD, &s->d)
                            : desk_user_disable(s->users, "anna", true, &s->d);
        assert_int_equal(r, 0);
        assert_int_equal(desk_session_of(s->users, anna, NOW, &session), ERR_NOT_FOUND);
        assert_int_equal(desk_session_of(s->users, boris, NOW, &session), 0);
    }
    assert_users(s, "anna:supervisor:1:0 boris:auditor:0:0 ");
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, NULL), ERR_AUTH);
    assert_int_equal(desk_user_disable(s->users, "anna", false, &s->d), 0);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, NULL), 0);
}

static void users__change__refuses_who_is_not_there(void **state)
{
    struct small_desk *s = *state;
    assert_int_equal(desk_user_set_role(s->users, "anna", DESK_AUDITOR, &s->d), ERR_NOT_FOUND);
    assert_int_equal(by_password_set(s->users, "anna", PASSWORD, &s->d), ERR_NOT_FOUND);
    assert_int_equal(desk_user_disable(s->users, "anna", true, &s->d), ERR_NOT_FOUND);
    add(s, "anna", DESK_REVIEWER);
    assert_int_equal(desk_user_set_role(s->users, "anna", DESK_ROLES, &s->d), ERR_FORMAT);
    assert_users(s, "anna:reviewer:0:0 ");
}

static void users__password__replaces_the_old_one(void **state)
{
    struct small_desk *s = *state;
    add(s, "anna", DESK_REVIEWER);
    assert_int_equal(by_password_set(s->users, "anna", "another password", &s->d), 0);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, NULL), ERR_AUTH);
    assert_int_equal(sign_in(s, "anna", "another password", NOW, NULL), 0);
}

static void users__password__is_good_once_where_it_is_to_be(void **state)
{
    struct small_desk *s = *state;
    struct desk_session session;
    char token[DESK_TOKEN_CHARS + 1];
    add(s, "anna", DESK_REVIEWER);
    add(s, "ben", DESK_REVIEWER);
    assert_int_equal(desk_user_password_once(s->users, "anna", &s->d), 0);
    assert_int_equal(desk_user_password_once(s->users, "nobody", &s->d), ERR_NOT_FOUND);
    /* A wrong one does not use it up. */
    assert_int_equal(sign_in(s, "anna", "another password", NOW, NULL), ERR_AUTH);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, token), 0);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, NULL), ERR_AUTH);
    assert_int_equal(sign_in(s, "ben", PASSWORD, NOW, NULL), 0);
    assert_int_equal(sign_in(s, "ben", PASSWORD, NOW, NULL), 0);
    /* The session that it began goes on, and may choose another, which is good as often as wanted.
     */
    assert_int_equal(desk_session_of(s->users, token, NOW, &session), 0);
    assert_int_equal(by_password_check(s->users, "anna", PASSWORD, NOW, &s->d), 0);
    assert_int_equal(by_password_set(s->users, "anna", "another password", &s->d), 0);
    assert_int_equal(sign_in(s, "anna", "another password", NOW, NULL), 0);
    assert_int_equal(sign_in(s, "anna", "another password", NOW, NULL), 0);
    /* And once more. */
    assert_int_equal(desk_user_password_once(s->users, "anna", &s->d), 0);
    assert_int_equal(sign_in(s, "anna", "another password", NOW, NULL), 0);
    assert_int_equal(sign_in(s, "anna", "another password", NOW, NULL), ERR_AUTH);
}

/* ---- signing in ---- */

static void users__sign_in__gives_a_session_of_its_own(void **state)
{
    struct small_desk *s = *state;
    struct desk_session a, b;
    char first[DESK_TOKEN_CHARS + 1], second[DESK_TOKEN_CHARS + 1];
    add(s, "anna", DESK_SUPERVISOR);
    assert_int_equal(by_password_sign_in(s->users, "anna", PASSWORD, NOW, first, &a, &s->d), 0);
    assert_int_equal(by_password_sign_in(s->users, "anna", PASSWORD, NOW, second, &b, &s->d), 0);
    assert_string_not_equal(first, second);
    assert_string_not_equal(a.csrf, b.csrf);
    assert_string_not_equal(a.csrf, first);
    assert_int_equal(strlen(first), DESK_TOKEN_CHARS);
    assert_int_equal(desk_session_of(s->users, first, NOW, &b), 0);
    assert_string_equal(b.name, "anna");
    assert_int_equal(b.role, DESK_SUPERVISOR);
    assert_int_equal(b.user, a.user);
    assert_string_equal(b.csrf, a.csrf);
    desk_sign_out(s->users, first);
    assert_int_equal(desk_session_of(s->users, first, NOW, &b), ERR_NOT_FOUND);
    assert_int_equal(desk_session_of(s->users, second, NOW, &b), 0);
}

static void users__sign_in__answers_alike_whatever_is_wrong(void **state)
{
    struct small_desk *s = *state;
    add(s, "anna", DESK_REVIEWER);
    add(s, "boris", DESK_REVIEWER);
    assert_int_equal(desk_user_disable(s->users, "boris", true, &s->d), 0);
    static const char *const tries[][2] = {
        {"anna", "not the password"},
        {"nobody", PASSWORD},
        {"boris", PASSWORD},
        {"anna", ""},
        {"", PASSWORD},
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        assert_int_equal(sign_in(s, tries[i][0], tries[i][1], NOW, NULL), ERR_AUTH);
        assert_string_equal(s->d.text, "name or password is wrong");
    }
}

/* The processor's time, not the clock's: the machine has others to run. */
static double seconds_of(struct small_desk *s, const char *name)
{
    clock_t begun = clock();
    assert_int_equal(sign_in(s, name, "not the password", NOW, NULL), ERR_AUTH);
    return (double)(clock() - begun) / CLOCKS_PER_SEC;
}

static void users__sign_in__takes_as_long_for_nobody(void **state)
{
    struct small_desk *s = *state;
    add(s, "anna", DESK_REVIEWER);
    double somebody = seconds_of(s, "anna"), nobody = seconds_of(s, "nobody");
    assert_true(nobody > somebody / 3 && somebody > nobody / 3);
    assert_true(nobody > 0.01); /* else no hash was made */
}

static void users__sign_in__locks_out_after_five_whoever_it_is(void **state)
{
    struct small_desk *s = *state;
    static const char *const names[] = {"anna", "nobody"};
    add(s, "anna", DESK_REVIEWER);
    for (size_t i = 0; i < 2; i++) {
        for (unsigned n = 0; n < DESK_FAILED_MAX; n++)
            assert_int_equal(sign_in(s, names[i], "wrong password", NOW, NULL), ERR_AUTH);
        assert_int_equal(sign_in(s, names[i], PASSWORD, NOW, NULL), ERR_LIMIT);
    }
    assert_users(s, "anna:reviewer:0:1 ");
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW + DESK_LOCKED_MS - 1, NULL), ERR_LIMIT);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW + DESK_LOCKED_MS, NULL), 0);
}

static void users__sign_in__forgets_failures_when_one_succeeds(void **state)
{
    struct small_desk *s = *state;
    add(s, "anna", DESK_REVIEWER);
    for (int round = 0; round < 2; round++) {
        for (unsigned n = 1; n < DESK_FAILED_MAX; n++)
            assert_int_equal(sign_in(s, "anna", "wrong password", NOW, NULL), ERR_AUTH);
        assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, NULL), 0);
    }
}

static void users__check__counts_like_a_sign_in(void **state)
{
    struct small_desk *s = *state;
    add(s, "anna", DESK_REVIEWER);
    assert_int_equal(by_password_check(s->users, "anna", PASSWORD, NOW, &s->d), 0);
    for (unsigned n = 0; n < DESK_FAILED_MAX; n++)
        assert_int_equal(by_password_check(s->users, "anna", "wrong", NOW, &s->d), ERR_AUTH);
    assert_int_equal(by_password_check(s->users, "anna", PASSWORD, NOW, &s->d), ERR_LIMIT);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, NULL), ERR_LIMIT);
}

/* ---- sessions ---- */

static void users__session__ends_when_idle_and_at_the_latest(void **state)
{
    struct small_desk *s = *state;
    struct desk_session session;
    char token[DESK_TOKEN_CHARS + 1];
    int64_t at = NOW;
    add(s, "anna", DESK_REVIEWER);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, token), 0);
    for (; at < NOW + DESK_SESSION_MAX_MS; at += DESK_SESSION_IDLE_MS - MINUTE)
        assert_int_equal(desk_session_of(s->users, token, at, &session), 0);
    assert_int_equal(desk_session_of(s->users, token, NOW + DESK_SESSION_MAX_MS, &session),
                     ERR_NOT_FOUND);
    assert_int_equal(sign_in(s, "anna", PASSWORD, at, token), 0);
    assert_int_equal(desk_session_of(s->users, token, at + DESK_SESSION_IDLE_MS, &session),
                     ERR_NOT_FOUND);
    assert_int_equal(desk_session_of(s->users, token, at + DESK_SESSION_IDLE_MS - 1, &session), 0);
}

/* A clock that was ahead leaves no session that outlives its end. */
static void users__session__is_none_from_the_future(void **state)
{
    struct small_desk *s = *state;
    struct desk_session session;
    char token[DESK_TOKEN_CHARS + 1];
    add(s, "anna", DESK_REVIEWER);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, token), 0);
    assert_int_equal(desk_session_of(s->users, token, NOW - MINUTE, &session), 0);
    assert_int_equal(desk_session_of(s->users, token, NOW - MINUTE - 1, &session), ERR_NOT_FOUND);
    assert_int_equal(desk_session_of(s->users, token, NOW + 20 * MINUTE, &session), 0); /* used */
    assert_int_equal(desk_session_of(s->users, token, NOW + MINUTE, &session), ERR_NOT_FOUND);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW + MINUTE, NULL), 0);
    assert_int_equal(number(s, "SELECT count(*) FROM desk_session"), 1);
}

static void users__session__is_bounded_and_kept_as_a_hash(void **state)
{
    struct small_desk *s = *state;
    struct desk_session session;
    char first[DESK_TOKEN_CHARS + 1], token[DESK_TOKEN_CHARS + 1];
    add(s, "anna", DESK_REVIEWER);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, first), 0);
    for (unsigned i = 1; i < DESK_SESSIONS_MAX; i++)
        assert_int_equal(sign_in(s, "anna", PASSWORD, NOW + i, token), 0);
    assert_int_equal(desk_session_of(s->users, first, NOW + 9, &session), 0);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW + 9, token), 0);
    assert_int_equal(desk_session_of(s->users, first, NOW + 9, &session), ERR_NOT_FOUND);
    assert_int_equal(desk_session_of(s->users, token, NOW + 9, &session), 0);
    assert_int_equal(number(s, "SELECT count(*) FROM desk_session"), DESK_SESSIONS_MAX);
    assert_int_equal(number(s, "SELECT max(length(token)) FROM desk_session"), 32);
    char text[160];
    snprintf(text, sizeof text,
             "SELECT count(*) FROM desk_session WHERE CAST(token AS TEXT) = '%s'", token);
    assert_int_equal(number(s, text), 0);
}

static void users__session__refuses_what_is_no_token(void **state)
{
    struct small_desk *s = *state;
    struct desk_session session;
    char token[DESK_TOKEN_CHARS + 1], other[DESK_TOKEN_CHARS + 2];
    add(s, "anna", DESK_REVIEWER);
    assert_int_equal(sign_in(s, "anna", PASSWORD, NOW, token), 0);
    assert_int_equal(desk_session_of(s->users, "", NOW, &session), ERR_NOT_FOUND);
    snprintf(other, sizeof other, "%s%s", token, "A");
    assert_int_equal(desk_session_of(s->users, other, NOW, &session), ERR_NOT_FOUND);
    memcpy(other, token, sizeof token);
    other[5] = other[5] == 'A' ? 'B' : 'A';
    assert_int_equal(desk_session_of(s->users, other, NOW, &session), ERR_NOT_FOUND);
}

/* No name of somebody who failed stands anywhere: it may be a password. */
static void users__attempts__name_nobody_and_are_bounded(void **state)
{
    struct small_desk *s = *state;
    assert_int_equal(sign_in(s, "my secret password", "x", NOW, NULL), ERR_AUTH);
    assert_int_equal(number(s, "SELECT count(*) FROM desk_attempt"), 1);
    assert_int_equal(number(s, "SELECT max(length(name)) FROM desk_attempt"), 32);
    if (sql_execute(
            desk_index_sql(s->index),
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100)"
            " INSERT INTO desk_attempt SELECT CAST('x' || i AS BLOB), 1, i, 0 FROM n",
            &s->d) < 0)
        fail_msg("%s", s->d.text);
    assert_int_equal(sign_in(s, "anna", "x", NOW, NULL), ERR_AUTH);
    assert_int_equal(number(s, "SELECT count(*) FROM desk_attempt"), 10000);
    assert_int_equal(number(s, "SELECT count(*) FROM desk_attempt WHERE last >= 1790000000000"), 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        SCENE_TEST(users__role__has_a_word_each),
        SCENE_TEST(users__add__refuses_names),
        SCENE_TEST(users__change__is_of_one_and_ends_the_sessions),
        SCENE_TEST(users__change__refuses_who_is_not_there),
        SCENE_TEST(users__password__replaces_the_old_one),
        SCENE_TEST(users__password__is_good_once_where_it_is_to_be),
        SCENE_TEST(users__sign_in__gives_a_session_of_its_own),
        SCENE_TEST(users__sign_in__answers_alike_whatever_is_wrong),
        SCENE_TEST(users__sign_in__takes_as_long_for_nobody),
        SCENE_TEST(users__sign_in__locks_out_after_five_whoever_it_is),
        SCENE_TEST(users__sign_in__forgets_failures_when_one_succeeds),
        SCENE_TEST(users__check__counts_like_a_sign_in),
        SCENE_TEST(users__session__ends_when_idle_and_at_the_latest),
        SCENE_TEST(users__session__is_none_from_the_future),
        SCENE_TEST(users__session__is_bounded_and_kept_as_a_hash),
        SCENE_TEST(users__session__refuses_what_is_no_token),
        SCENE_TEST(users__attempts__name_nobody_and_are_bounded),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
