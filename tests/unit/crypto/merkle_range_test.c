#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/merkle_range.h"

#define LEAVES 300U

static void leaf_of(size_t i, uint8_t ret[static MERKLE_BYTES])
{
    merkle_leaf(&i, sizeof i, ret);
}

static void merkle_range__root__as_the_whole_tree(void **state)
{
    (void)state;
    static uint8_t leaves[LEAVES][MERKLE_BYTES];
    struct merkle_range range = {0};
    for (size_t n = 0; n <= LEAVES; n++) {
        uint8_t whole[MERKLE_BYTES], root[MERKLE_BYTES];
        merkle_root((const uint8_t(*)[MERKLE_BYTES])leaves, n, whole);
        merkle_range_root(&range, root);
        assert_memory_equal(root, whole, MERKLE_BYTES);
        assert_int_equal(range.size, n);
        if (n == LEAVES)
            break;
        leaf_of(n, leaves[n]);
        merkle_range_add(&range, leaves[n]);
    }
    assert_int_equal(merkle_range_peaks(&range), 4); /* 256 + 32 + 8 + 4 */
}

static void merkle_range__root__another_leaf(void **state)
{
    (void)state;
    struct merkle_range a = {0}, b = {0};
    uint8_t leaf[MERKLE_BYTES], x[MERKLE_BYTES], y[MERKLE_BYTES];
    for (size_t i = 0; i < 7; i++) {
        leaf_of(i, leaf);
        merkle_range_add(&a, leaf);
        leaf_of(i == 3 ? 99 : i, leaf);
        merkle_range_add(&b, leaf);
    }
    merkle_range_root(&a, x);
    merkle_range_root(&b, y);
    assert_memory_not_equal(x, y, MERKLE_BYTES);
}

static void merkle_range__add__goes_on_from_peaks(void **state)
{
    (void)state;
    struct merkle_range a = {0}, b = {0};
    uint8_t leaf[MERKLE_BYTES], x[MERKLE_BYTES], y[MERKLE_BYTES];
    for (size_t i = 0; i < 11; i++) {
        leaf_of(i, leaf);
        merkle_range_add(&a, leaf);
    }
    b.size = a.size;
    memcpy(b.peaks, a.peaks, merkle_range_peaks(&a) * MERKLE_BYTES);
    for (size_t i = 11; i < 40; i++) {
        leaf_of(i, leaf);
        merkle_range_add(&a, leaf);
        merkle_range_add(&b, leaf);
    }
    merkle_range_root(&a, x);
    merkle_range_root(&b, y);
    assert_memory_equal(x, y, MERKLE_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merkle_range__root__as_the_whole_tree),
        cmocka_unit_test(merkle_range__root__another_leaf),
        cmocka_unit_test(merkle_range__add__goes_on_from_peaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
