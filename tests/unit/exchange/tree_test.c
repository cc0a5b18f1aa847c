/* A tree's root from leaves and complete subtrees, beside the one that all of its leaves make. */
#include "exchange/tree.h"

#include "../wire/test.h"

#define LEAVES_MAX 130U

static uint8_t leaves[LEAVES_MAX][MERKLE_BYTES];

static int make_leaves(void **state)
{
    (void)state;
    for (uint8_t i = 0; i < LEAVES_MAX; i++)
        merkle_leaf(&i, 1, leaves[i]);
    return 0;
}

/* The largest complete subtree at that leaf, but none of over `max` levels. */
static unsigned level_at(uint64_t leaf, uint64_t size, unsigned max)
{
    unsigned level = 0;
    while (level < max && (leaf >> level & 1) == 0 && leaf + (UINT64_C(2) << level) <= size)
        level++;
    return level;
}

static void tree__root__is_that_of_its_leaves(void **state)
{
    (void)state;
    for (unsigned max = 0; max < 8; max++)
        for (uint64_t size = 0; size <= LEAVES_MAX; size++) {
            struct tree t = {0};
            uint8_t root[MERKLE_BYTES], expected[MERKLE_BYTES];
            while (t.size < size) {
                unsigned level = level_at(t.size, size, max);
                merkle_root((const uint8_t(*)[MERKLE_BYTES])leaves + t.size, (size_t)1 << level,
                            root);
                assert_int_equal(tree_add(&t, level, root), 0);
            }
            tree_root(&t, root);
            merkle_root((const uint8_t(*)[MERKLE_BYTES])leaves, size, expected);
            assert_memory_equal(root, expected, MERKLE_BYTES);
        }
}

static void tree__add__only_where_a_subtree_begins(void **state)
{
    (void)state;
    struct tree t = {0};
    assert_int_equal(tree_add(&t, 0, leaves[0]), 0);
    assert_int_equal(tree_add(&t, 1, leaves[1]), ERR_FORMAT);
    assert_int_equal(tree_add(&t, MERKLE_PATH_MAX, leaves[1]), ERR_FORMAT);
    assert_int_equal(tree_add(&t, 62, leaves[1]), ERR_FORMAT);
    assert_int_equal(t.size, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree__root__is_that_of_its_leaves),
        cmocka_unit_test(tree__add__only_where_a_subtree_begins),
    };
    return cmocka_run_group_tests(tests, make_leaves, NULL);
}
