#include "vectors.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/merkle.h"

#define LEAVES 70 /* all smaller trees are tried too */

static uint8_t leaves[LEAVES][MERKLE_BYTES];

static const uint8_t (*leaf_array(void))[MERKLE_BYTES]
{
    return (const uint8_t(*)[MERKLE_BYTES])leaves;
}

static const uint8_t (*constant(uint8_t (*path)[MERKLE_BYTES]))[MERKLE_BYTES]
{
    return (const uint8_t(*)[MERKLE_BYTES])path;
}

static int make_leaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEAVES; i++) {
        uint8_t data = (uint8_t)i;
        merkle_leaf(&data, 1, leaves[i]);
    }
    return 0;
}

/* The RFC's definitions word for word, to compare with: MTH, PATH and SUBPROOF over the leaves from
 * `begin` up to `end`. */
static size_t half(size_t n)
{
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

static void mth(size_t begin, size_t end, uint8_t ret[static MERKLE_BYTES])
{
    uint8_t left[MERKLE_BYTES], right[MERKLE_BYTES];
    if (begin == end) {
        hash_sha256("", 0, ret);
    } else if (end - begin == 1) {
        memcpy(ret, leaves[begin], MERKLE_BYTES);
    } else {
        size_t k = half(end - begin);
        mth(begin, begin + k, left);
        mth(begin + k, end, right);
        const struct hash_part parts[] = {{"\x01", 1}, {left, 32}, {right, 32}};
        hash_sha256_parts(parts, 3, ret);
    }
}

static size_t path_of(size_t m, size_t begin, size_t end, uint8_t (*ret)[MERKLE_BYTES])
{
    size_t n, k = half(end - begin);
    if (end - begin == 1)
        return 0;
    if (m < k) {
        n = path_of(m, begin, begin + k, ret);
        mth(begin + k, end, ret[n]);
    } else {
        n = path_of(m - k, begin + k, end, ret);
        mth(begin, begin + k, ret[n]);
    }
    return n + 1;
}

static size_t subproof(size_t m, size_t begin, size_t end, bool complete,
                       uint8_t (*ret)[MERKLE_BYTES])
{
    size_t n, k = half(end - begin);
    if (m == end - begin) {
        if (complete)
            return 0;
        mth(begin, end, ret[0]);
        return 1;
    }
    if (m <= k) {
        n = subproof(m, begin, begin + k, complete, ret);
        mth(begin + k, end, ret[n]);
    } else {
        n = subproof(m - k, begin + k, end, false, ret);
        mth(begin, begin + k, ret[n]);
    }
    return n + 1;
}

struct store {
    uint64_t size;    /* only nodes over these leaves are there */
    int fetches_left; /* then ERR_IO; -1: no end */
};

static int fetch(void *context, unsigned level, uint64_t index, uint8_t ret[static MERKLE_BYTES])
{
    struct store *s = context;
    if (s->fetches_left == 0)
        return ERR_IO;
    s->fetches_left--;
    assert_true((index + 1) << level <= s->size);
    mth(index << level, (index + 1) << level, ret);
    return 0;
}

static void hashes__compute__published_values(void **state)
{
    (void)state;
    uint8_t h[MERKLE_BYTES], root[MERKLE_BYTES];
    merkle_empty_root(h);
    vectors_assert_hex(h, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    merkle_leaf("", 0, h);
    vectors_assert_hex(h, 32, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    /* The eight leaves that Certificate Transparency tests with. */
    static const char *const data[] = {"",
                                       "00",
                                       "10",
                                       "2021",
                                       "3031",
                                       "40414243",
                                       "5051525354555657",
                                       "606162636465666768696a6b6c6d6e6f"};
    uint8_t eight[8][MERKLE_BYTES], bytes[16];
    for (size_t i = 0; i < 8; i++)
        merkle_leaf(bytes, vectors_unhex(data[i], bytes, sizeof bytes), eight[i]);
    merkle_root(constant(eight), 8, root);
    vectors_assert_hex(root, 32,
                       "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    merkle_node(eight[0], eight[1], eight[0]); /* in place */
    vectors_assert_hex(eight[0], 32,
                       "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
}

static void root__compute__every_size(void **state)
{
    (void)state;
    uint8_t expected[MERKLE_BYTES], root[MERKLE_BYTES];
    for (size_t size = 0; size <= LEAVES; size++) {
        struct store s = {size, -1};
        mth(0, size, expected);
        merkle_root(leaf_array(), size, root);
        assert_memory_equal(root, expected, sizeof root);
        assert_int_equal(merkle_root_of(fetch, &s, size, root), 0);
        assert_memory_equal(root, expected, sizeof root);
    }
}

static void path__include__every_leaf_of_every_size(void **state)
{
    (void)state;
    uint8_t root[MERKLE_BYTES], expected[MERKLE_PATH_MAX][MERKLE_BYTES];
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t n;
    for (size_t size = 1; size <= LEAVES; size++) {
        struct merkle_memory *m = merkle_memory_new(leaf_array(), size);
        merkle_memory_root(m, root);
        for (size_t i = 0; i < size; i++) {
            struct store s = {size, -1};
            size_t count = path_of(i, 0, size, expected);
            assert_int_equal(merkle_memory_path(m, i, path), count);
            assert_memory_equal(path, expected, count * MERKLE_BYTES);
            assert_int_equal(merkle_inclusion_path(fetch, &s, i, size, path, &n), 0);
            assert_int_equal(n, count);
            assert_memory_equal(path, expected, count * MERKLE_BYTES);
            assert_int_equal(merkle_verify_inclusion(leaves[i], i, size, constant(path), n, root),
                             0);
        }
        merkle_memory_free(m);
    }
    merkle_memory_free(NULL);
}

static void path__connect__every_pair_of_sizes(void **state)
{
    (void)state;
    uint8_t root[MERKLE_BYTES], old_root[MERKLE_BYTES], expected[MERKLE_PATH_MAX][MERKLE_BYTES];
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t n;
    for (size_t size = 1; size <= LEAVES; size++) {
        mth(0, size, root);
        for (size_t old = 1; old <= size; old++) {
            struct store s = {size, -1};
            mth(0, old, old_root);
            size_t count = subproof(old, 0, size, true, expected);
            assert_int_equal(merkle_consistency_path(fetch, &s, old, size, path, &n), 0);
            assert_int_equal(n, count);
            assert_memory_equal(path, expected, count * MERKLE_BYTES);
            assert_int_equal(
                merkle_verify_consistency(old, old_root, size, root, constant(path), n), 0);
        }
    }
}

static void path__refuse__impossible_sizes(void **state)
{
    (void)state;
    struct store s = {LEAVES, 0};
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t n = 77;
    assert_int_equal(merkle_inclusion_path(fetch, &s, 5, 5, path, &n), ERR_INVALID_STATE);
    assert_int_equal(merkle_inclusion_path(fetch, &s, 0, 0, path, &n), ERR_INVALID_STATE);
    assert_int_equal(merkle_inclusion_path(fetch, &s, 0, (UINT64_C(1) << 63) + 1, path, &n),
                     ERR_INVALID_STATE);
    assert_int_equal(merkle_consistency_path(fetch, &s, 0, 5, path, &n), ERR_INVALID_STATE);
    assert_int_equal(merkle_consistency_path(fetch, &s, 6, 5, path, &n), ERR_INVALID_STATE);
    assert_int_equal(merkle_consistency_path(fetch, &s, 1, (UINT64_C(1) << 63) + 1, path, &n),
                     ERR_INVALID_STATE);
    assert_int_equal(n, 77);
}

static void path__fail__when_fetching_fails(void **state)
{
    (void)state;
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES] = {{1}}, root[MERKLE_BYTES] = {1};
    uint8_t untouched[MERKLE_PATH_MAX][MERKLE_BYTES] = {{1}};
    size_t n = 77;
    for (int fetches = 0; fetches < 3; fetches++) {
        struct store s = {11, fetches};
        assert_int_equal(merkle_root_of(fetch, &s, 11, root), ERR_IO);
        s = (struct store){11, fetches};
        assert_int_equal(merkle_inclusion_path(fetch, &s, 3, 11, path, &n), ERR_IO);
        s = (struct store){11, fetches};
        assert_int_equal(merkle_consistency_path(fetch, &s, 7, 11, path, &n), ERR_IO);
    }
    assert_int_equal(n, 77);
    assert_memory_equal(path, untouched, sizeof path);
    assert_memory_equal(root, untouched, sizeof root);
}

static int verify_included(uint64_t index, uint64_t size, uint8_t (*path)[MERKLE_BYTES], size_t n,
                           const uint8_t *leaf, const uint8_t *root)
{
    return merkle_verify_inclusion(leaf, index, size, constant(path), n, root);
}

static void inclusion__refuse__tampering(void **state)
{
    (void)state;
    const size_t size = 11;
    uint8_t root[MERKLE_BYTES], path[MERKLE_PATH_MAX + 1][MERKLE_BYTES] = {{0}};
    mth(0, size, root);
    for (size_t i = 0; i < size; i++) {
        size_t n = path_of(i, 0, size, path);
        for (size_t j = 0; j < n; j++) {
            path[j][j] ^= 1;
            assert_int_equal(verify_included(i, size, path, n, leaves[i], root), ERR_AUTH);
            path[j][j] ^= 1;
        }
        assert_int_equal(verify_included(i, size, path, n, leaves[(i + 1) % size], root), ERR_AUTH);
        assert_int_equal(verify_included(i, size, path, n, leaves[i], leaves[i]), ERR_AUTH);
        assert_int_equal(verify_included(i, size, path, n - 1, leaves[i], root), ERR_FORMAT);
        assert_int_equal(verify_included(i, size, path, n + 1, leaves[i], root), ERR_FORMAT);
        assert_int_equal(verify_included(size, size, path, n, leaves[i], root), ERR_FORMAT);
        for (size_t other = 0; other < size; other++) {
            int r = verify_included(other, size, path, n, leaves[i], root);
            assert_true(other == i ? r == 0 : r == ERR_AUTH || r == ERR_FORMAT);
        }
    }
    assert_int_equal(verify_included(0, 0, path, 0, leaves[0], leaves[0]), ERR_FORMAT);
    assert_int_equal(verify_included(0, 1, path, 0, leaves[0], leaves[0]), 0);
    assert_int_equal(verify_included(0, 1, path, 0, leaves[0], leaves[1]), ERR_AUTH);
    assert_int_equal(verify_included(0, UINT64_MAX, path, 65, leaves[0], root), ERR_FORMAT);
}

static void consistency__refuse__tampering(void **state)
{
    (void)state;
    const size_t size = 11;
    uint8_t root[MERKLE_BYTES], old_root[MERKLE_BYTES];
    uint8_t path[MERKLE_PATH_MAX + 1][MERKLE_BYTES] = {{0}};
    mth(0, size, root);
    for (size_t old = 1; old < size; old++) {
        size_t n = subproof(old, 0, size, true, path);
        mth(0, old, old_root);
        for (size_t j = 0; j < n; j++) {
            path[j][j] ^= 1;
            assert_int_equal(
                merkle_verify_consistency(old, old_root, size, root, constant(path), n), ERR_AUTH);
            path[j][j] ^= 1;
        }
        assert_int_equal(merkle_verify_consistency(old, root, size, root, constant(path), n),
                         ERR_AUTH);
        assert_int_equal(
            merkle_verify_consistency(old, old_root, size, old_root, constant(path), n), ERR_AUTH);
        assert_int_equal(
            merkle_verify_consistency(old, old_root, size, root, constant(path), n - 1),
            ERR_FORMAT);
        assert_int_equal(
            merkle_verify_consistency(old, old_root, size, root, constant(path), n + 1),
            ERR_FORMAT);
    }
    assert_int_equal(merkle_verify_consistency(0, root, 11, root, constant(path), 0), ERR_FORMAT);
    assert_int_equal(merkle_verify_consistency(0, root, 0, root, constant(path), 0), ERR_FORMAT);
    assert_int_equal(merkle_verify_consistency(12, root, 11, root, constant(path), 1), ERR_FORMAT);
    assert_int_equal(merkle_verify_consistency(11, root, 11, root, constant(path), 1), ERR_FORMAT);
    assert_int_equal(merkle_verify_consistency(11, root, 11, root, constant(path), 0), 0);
    assert_int_equal(merkle_verify_consistency(11, leaves[0], 11, root, constant(path), 0),
                     ERR_AUTH);
}

/* In a tree of equal leaves a node depends on its level alone, so the largest can be tried. */
static int fetch_uniform(void *context, unsigned level, uint64_t index,
                         uint8_t ret[static MERKLE_BYTES])
{
    uint64_t size = *(const uint64_t *)context;
    assert_true(level < 64 && index <= (size >> level) - 1);
    memcpy(ret, leaves[0], MERKLE_BYTES);
    while (level-- > 0)
        merkle_node(ret, ret, ret);
    return 0;
}

static void path__prove__largest_trees(void **state)
{
    (void)state;
    const uint64_t top = UINT64_C(1) << 63;
    const uint64_t sizes[] = {top, top - 1, top - 2, (top >> 1) + 1, UINT64_C(0x5555555555555555)};
    uint8_t root[MERKLE_BYTES], old_root[MERKLE_BYTES], path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t n;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t size = sizes[i],
                 places[] = {1, 2, size / 3, size / 2, size / 2 + 1, size - 1, size};
        assert_int_equal(merkle_root_of(fetch_uniform, &size, size, root), 0);
        for (size_t j = 0; j < sizeof places / sizeof *places; j++) {
            uint64_t old = places[j];
            assert_int_equal(merkle_inclusion_path(fetch_uniform, &size, old - 1, size, path, &n),
                             0);
            assert_int_equal(
                merkle_verify_inclusion(leaves[0], old - 1, size, constant(path), n, root), 0);
            assert_int_equal(merkle_root_of(fetch_uniform, &old, old, old_root), 0);
            assert_int_equal(merkle_consistency_path(fetch_uniform, &size, old, size, path, &n), 0);
            assert_int_equal(
                merkle_verify_consistency(old, old_root, size, root, constant(path), n), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes__compute__published_values),
        cmocka_unit_test(root__compute__every_size),
        cmocka_unit_test(path__include__every_leaf_of_every_size),
        cmocka_unit_test(path__connect__every_pair_of_sizes),
        cmocka_unit_test(path__refuse__impossible_sizes),
        cmocka_unit_test(path__fail__when_fetching_fails),
        cmocka_unit_test(inclusion__refuse__tampering),
        cmocka_unit_test(consistency__refuse__tampering),
        cmocka_unit_test(path__prove__largest_trees),
    };
    return cmocka_run_group_tests(tests, make_leaves, NULL);
}
