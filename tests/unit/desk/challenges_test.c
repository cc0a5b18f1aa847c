#include "desk/challenges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"

#define NOW INT64_C(1790000000000)

static const struct desk_challenge_for session = {DESK_CHALLENGE_CREATE, "a token"};
static const struct desk_challenge_for anna = {DESK_CHALLENGE_SIGN_IN, "anna"};

static void challenges__take__is_once(void **state)
{
    (void)state;
    struct desk_challenges c = {.next = 0};
    uint8_t first[PASSKEY_CHALLENGE_BYTES], second[PASSKEY_CHALLENGE_BYTES];
    desk_challenges_give(&c, &anna, NOW, first);
    desk_challenges_give(&c, &anna, NOW, second);
    assert_memory_not_equal(first, second, sizeof first);
    assert_int_equal(desk_challenges_take(&c, &anna, first, NOW), 0);
    assert_int_equal(desk_challenges_take(&c, &anna, first, NOW), ERR_NOT_FOUND);
    assert_int_equal(desk_challenges_take(&c, &anna, second, NOW), 0);
}

static void challenges__take__is_by_whom_and_for_what_it_was_given(void **state)
{
    (void)state;
    struct desk_challenges c = {.next = 0};
    uint8_t bytes[PASSKEY_CHALLENGE_BYTES];
    static const struct desk_challenge_for others[] = {{DESK_CHALLENGE_SIGN_IN, "boris"},
                                                       {DESK_CHALLENGE_SIGN_IN, ""},
                                                       {DESK_CHALLENGE_CREATE, "anna"}};
    desk_challenges_give(&c, &anna, NOW, bytes);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(desk_challenges_take(&c, &others[i], bytes, NOW), ERR_NOT_FOUND);
    bytes[31] ^= 1;
    assert_int_equal(desk_challenges_take(&c, &anna, bytes, NOW), ERR_NOT_FOUND);
    bytes[31] ^= 1;
    assert_int_equal(desk_challenges_take(&c, &anna, bytes, NOW), 0);
}

static void challenges__take__is_within_five_minutes(void **state)
{
    (void)state;
    struct desk_challenges c = {.next = 0};
    uint8_t bytes[PASSKEY_CHALLENGE_BYTES];
    static const struct {
        int64_t after;
        int code;
    } rows[] = {
        {DESK_CHALLENGE_MS - 1, 0}, {DESK_CHALLENGE_MS, ERR_NOT_FOUND}, {-1, ERR_NOT_FOUND}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        desk_challenges_give(&c, &session, NOW, bytes);
        assert_int_equal(desk_challenges_take(&c, &session, bytes, NOW + rows[i].after),
                         rows[i].code);
        assert_int_equal(desk_challenges_take(&c, &session, bytes, NOW), ERR_NOT_FOUND);
    }
}

static void challenges__give__takes_the_place_of_a_sessions_own(void **state)
{
    (void)state;
    struct desk_challenges c = {.next = 0};
    uint8_t first[PASSKEY_CHALLENGE_BYTES], second[PASSKEY_CHALLENGE_BYTES];
    desk_challenges_give(&c, &session, NOW, first);
    desk_challenges_give(&c, &session, NOW, second);
    assert_int_equal(desk_challenges_take(&c, &session, first, NOW), ERR_NOT_FOUND);
    assert_int_equal(desk_challenges_take(&c, &session, second, NOW), 0);
}

static void challenges__give__pushes_out_the_oldest(void **state)
{
    (void)state;
    struct desk_challenges c = {.next = 0};
    uint8_t bytes[DESK_CHALLENGES_MAX + 1][PASSKEY_CHALLENGE_BYTES];
    for (unsigned i = 0; i <= DESK_CHALLENGES_MAX; i++)
        desk_challenges_give(&c, &anna, NOW, bytes[i]);
    assert_int_equal(desk_challenges_take(&c, &anna, bytes[0], NOW), ERR_NOT_FOUND);
    for (unsigned i = 1; i <= DESK_CHALLENGES_MAX; i++)
        assert_int_equal(desk_challenges_take(&c, &anna, bytes[i], NOW), 0);
}

/* What nobody gave, such as the bytes of a place where there is none. */
static void challenges__take__nothing_where_nothing_is(void **state)
{
    (void)state;
    struct desk_challenges c = {.next = 0};
    uint8_t bytes[PASSKEY_CHALLENGE_BYTES] = {0};
    assert_int_equal(desk_challenges_take(&c, &anna, bytes, 0), ERR_NOT_FOUND);
    assert_int_equal(desk_challenges_take(&c, &anna, bytes, NOW), ERR_NOT_FOUND);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(challenges__take__is_once),
        cmocka_unit_test(challenges__take__is_by_whom_and_for_what_it_was_given),
        cmocka_unit_test(challenges__take__is_within_five_minutes),
        cmocka_unit_test(challenges__give__takes_the_place_of_a_sessions_own),
        cmocka_unit_test(challenges__give__pushes_out_the_oldest),
        cmocka_unit_test(challenges__take__nothing_where_nothing_is),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
