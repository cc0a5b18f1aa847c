/* Passwords: which are taken, and their hashes as libsodium has them. */
#include "desk/passwords.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/secret.h"

#define PASSWORD "correct horse battery"

static void password__check__refuses_what_is_none(void **state)
{
    (void)state;
    CLEANUP_FREE char *long_password = mem_new(DESK_PASSWORD_MAX + 2);
    struct diag d;
    memset(long_password, 'a', DESK_PASSWORD_MAX + 1);
    assert_int_equal(desk_password_check("anna", "elevenbytes", &d), ERR_FORMAT);
    assert_int_equal(desk_password_check("anna", "twelve bytes", &d), 0);
    assert_int_equal(desk_password_check("anna", long_password, &d), ERR_FORMAT);
    long_password[DESK_PASSWORD_MAX] = '\0';
    assert_int_equal(desk_password_check("anna", long_password, &d), 0);
    assert_int_equal(desk_password_check("anna-of-north", "Anna-of-NORTH", &d), ERR_FORMAT);
}

/* What vaults hold was made by libsodium's own functions. */
static void password__hash__is_libsodiums(void **state)
{
    (void)state;
    char theirs[DESK_PASSWORD_HASH_BYTES], ours[DESK_PASSWORD_HASH_BYTES];
    struct worker_recipe r;
    struct diag d;
    assert_int_equal(crypto_pwhash_str(theirs, PASSWORD, sizeof PASSWORD - 1, 3, 64U * 1024 * 1024),
                     0);
    assert_int_equal(desk_password_recipe_of(theirs, &r), 0);
    assert_int_equal(desk_password_hash(&r, PASSWORD, ours, &d), 0);
    assert_string_equal(ours, theirs);
    assert_true(desk_password_equal(ours, theirs));
    assert_int_equal(desk_password_hash(&r, PASSWORD "!", ours, &d), 0);
    assert_false(desk_password_equal(ours, theirs));
    desk_password_recipe(&r);
    assert_int_equal(desk_password_hash(&r, PASSWORD, ours, &d), 0);
    assert_int_equal(crypto_pwhash_str_verify(ours, PASSWORD, sizeof PASSWORD - 1), 0);
    assert_int_equal(crypto_pwhash_str_needs_rehash(ours, 3, 64U * 1024 * 1024), 0);
}

static void password__recipe__is_fresh_each_time(void **state)
{
    (void)state;
    struct worker_recipe a, b;
    desk_password_recipe(&a);
    desk_password_recipe(&b);
    assert_memory_not_equal(a.salt, b.salt, sizeof a.salt);
}

static void password__recipe__of_what_is_no_hash(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "correct horse battery",
        "$argon2i$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
        "$argon2id$v=19$m=65536,t=3,p=1$AAAA$AAAA",
        "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAA!A$AAAA",
        "$argon2id$v=19$m=x,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
    };
    struct worker_recipe r;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(desk_password_recipe_of(wrong[i], &r), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(password__check__refuses_what_is_none),
        cmocka_unit_test(password__hash__is_libsodiums),
        cmocka_unit_test(password__recipe__is_fresh_each_time),
        cmocka_unit_test(password__recipe__of_what_is_no_hash),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
