/* A password's job and its hash, and the limits of both. */
#include "worker/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"

#define PASSWORD "correct horse battery"

static const struct worker_hash small = {.number = 7,
                                         .recipe = {{1, 2, 3}, .passes = 1, .kib = 8},
                                         .password = PASSWORD,
                                         .password_len = sizeof PASSWORD - 1};

static int there_and_back(const struct worker_hash *h, struct buf *b, struct worker_hash *ret)
{
    buf_reset(b);
    worker_hash_put(b, h);
    struct cursor c = cursor_over(b->data, b->len);
    return worker_hash_get(&c, ret);
}

static void hash__job__goes_there_and_back(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    struct worker_hash h;
    assert_int_equal(there_and_back(&small, &b, &h), 0);
    assert_int_equal(h.number, 7);
    assert_memory_equal(&h.recipe, &small.recipe, sizeof h.recipe);
    assert_int_equal(h.password_len, small.password_len);
    assert_memory_equal(h.password, PASSWORD, h.password_len);
    for (size_t len = 0; len < b.len; len++) {
        struct cursor c = cursor_over(b.data, len);
        assert_int_equal(worker_hash_get(&c, &h), ERR_FORMAT);
    }
}

static void hash__job__is_bounded(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    static char long_password[WORKER_PASSWORD_MAX + 1];
    struct worker_hash h;
    static const struct worker_recipe wrong[] = {
        {{0}, 0, 8}, {{0}, WORKER_PASSES_MAX + 1, 8}, {{0}, 1, 7}, {{0}, 1, WORKER_KIB_MAX + 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct worker_hash x = small;
        x.recipe = wrong[i];
        assert_int_equal(there_and_back(&x, &b, &h), ERR_FORMAT);
    }
    struct worker_hash x = small;
    x.password = long_password;
    x.password_len = WORKER_PASSWORD_MAX;
    assert_int_equal(there_and_back(&x, &b, &h), 0);
    x.password_len++;
    assert_int_equal(there_and_back(&x, &b, &h), ERR_FORMAT);
}

static void hash__result__has_a_hash_where_it_is_done(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    static const uint8_t none[WORKER_HASH_BYTES];
    struct worker_hashed h;
    for (int o = 0; o <= WORKER_OUTCOMES; o++) {
        const struct worker_hashed put = {9, (enum worker_outcome)o, {5, 6}};
        buf_reset(&b);
        worker_hashed_put(&b, &put);
        struct cursor c = cursor_over(b.data, b.len);
        int r = worker_hashed_get(&c, &h);
        assert_int_equal(r, o == WORKER_OUTCOMES ? ERR_FORMAT : 0);
        if (r < 0)
            continue;
        assert_int_equal(h.number, 9);
        assert_memory_equal(h.hash, o == WORKER_DONE ? put.hash : none, sizeof none);
    }
}

static void hash__make__depends_on_all_of_it(void **state)
{
    (void)state;
    uint8_t first[WORKER_HASH_BYTES], other[WORKER_HASH_BYTES];
    assert_int_equal(worker_hash_make(&small, first), 0);
    assert_int_equal(worker_hash_make(&small, other), 0);
    assert_memory_equal(first, other, sizeof first);
    for (int i = 0; i < 4; i++) {
        struct worker_hash x = small;
        x.recipe.salt[15] = i == 0;
        x.recipe.passes += i == 1;
        x.recipe.kib += i == 2 ? 8 : 0;
        x.password_len -= i == 3;
        assert_int_equal(worker_hash_make(&x, other), 0);
        assert_memory_not_equal(first, other, sizeof first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash__job__goes_there_and_back),
        cmocka_unit_test(hash__job__is_bounded),
        cmocka_unit_test(hash__result__has_a_hash_where_it_is_done),
        cmocka_unit_test(hash__make__depends_on_all_of_it),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
