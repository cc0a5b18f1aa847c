/* The tree against merkle_root over all its leaves. */
#include "support.h"

struct grown {
    sqlite3 *db;
    struct tree *tree;
    uint8_t (*leaves)[MERKLE_BYTES];
    size_t max;
};

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static void grown_init(struct grown *g, size_t max)
{
    *g = (struct grown){.leaves = mem_array(max, MERKLE_BYTES), .max = max};
    for (size_t i = 0; i < max; i++)
        merkle_leaf(&i, sizeof i, g->leaves[i]);
    assert_int_equal(sqlite3_open(":memory:", &g->db), SQLITE_OK);
    assert_int_equal(tree_create(g->db, NULL), 0);
    assert_int_equal(tree_open(g->db, &g->tree, NULL), 0);
}

static void grown_clear(struct grown *g)
{
    tree_free(g->tree);
    assert_int_equal(sqlite3_close(g->db), SQLITE_OK);
    free(g->leaves);
}
#define CLEANUP_GROWN CLEANUP(grown_clear)

/* Appends up to `size` leaves and stores, as one transaction. */
static void grow(struct grown *g, size_t size)
{
    uint64_t index;
    run(g->db, "BEGIN");
    for (size_t i = (size_t)tree_size(g->tree); i < size; i++) {
        assert_int_equal(tree_append(g->tree, g->leaves[i], &index), 0);
        assert_int_equal(index, i);
    }
    assert_int_equal(tree_store(g->tree, NULL), 0);
    run(g->db, "COMMIT");
}

static void reopen(struct grown *g)
{
    uint64_t size = tree_size(g->tree);
    tree_free(g->tree);
    assert_int_equal(tree_open(g->db, &g->tree, NULL), 0);
    assert_true(tree_size(g->tree) == size);
}

static void check_root(const struct grown *g, size_t size)
{
    uint8_t root[MERKLE_BYTES], expected[MERKLE_BYTES];
    merkle_root((const uint8_t(*)[MERKLE_BYTES])g->leaves, size, expected);
    assert_int_equal(merkle_root_of(tree_fetch, g->tree, size, root), 0);
    assert_memory_equal(root, expected, MERKLE_BYTES);
}

static void check_inclusion(const struct grown *g, size_t index, size_t size)
{
    uint8_t root[MERKLE_BYTES], path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t count;
    assert_int_equal(merkle_root_of(tree_fetch, g->tree, size, root), 0);
    assert_int_equal(merkle_inclusion_path(tree_fetch, g->tree, index, size, path, &count), 0);
    assert_int_equal(merkle_verify_inclusion(g->leaves[index], index, size,
                                             (const uint8_t(*)[MERKLE_BYTES])path, count, root),
                     0);
}

static void check_consistency(const struct grown *g, size_t old_size, size_t size)
{
    uint8_t old_root[MERKLE_BYTES], root[MERKLE_BYTES], path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t count;
    assert_int_equal(merkle_root_of(tree_fetch, g->tree, old_size, old_root), 0);
    assert_int_equal(merkle_root_of(tree_fetch, g->tree, size, root), 0);
    assert_int_equal(merkle_consistency_path(tree_fetch, g->tree, old_size, size, path, &count), 0);
    assert_int_equal(merkle_verify_consistency(old_size, old_root, size, root,
                                               (const uint8_t(*)[MERKLE_BYTES])path, count),
                     0);
}

static void tree__append__one_by_one(void **state)
{
    (void)state;
    CLEANUP_GROWN struct grown g;
    grown_init(&g, 780);
    for (size_t size = 0; size <= g.max; size++) {
        grow(&g, size);
        if (size < 40 || size % 256 < 3 || size % 256 > 253)
            reopen(&g);
        check_root(&g, size);
        check_root(&g, size / 2);
    }
}

static void tree__append__many_at_once(void **state)
{
    (void)state;
    static const size_t sizes[] = {3, 255, 256, 300, 511, 512, 513, 770, 1025, 2304};
    CLEANUP_GROWN struct grown g;
    grown_init(&g, 2304);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        grow(&g, sizes[i]);
        check_root(&g, sizes[i]);
        reopen(&g);
        check_root(&g, sizes[i]);
    }
}

static void tree__append__around_65536(void **state)
{
    (void)state;
    static const size_t sizes[] = {65279, 65280, 65281, 65535, 65536,
                                   65537, 65791, 65792, 65793, 66048};
    CLEANUP_GROWN struct grown g;
    grown_init(&g, 66048);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        grow(&g, sizes[i]);
        reopen(&g);
        check_root(&g, sizes[i]);
        check_inclusion(&g, 0, sizes[i]);
        check_inclusion(&g, sizes[i] - 1, sizes[i]);
        check_inclusion(&g, sizes[i] / 3, sizes[i]);
        check_consistency(&g, 1, sizes[i]);
        check_consistency(&g, 65279, sizes[i]);
        check_consistency(&g, sizes[i] - 1, sizes[i]);
    }
    for (size_t i = 0; i < COUNT(sizes); i++) {
        check_root(&g, sizes[i]); /* of an older tree */
        check_consistency(&g, sizes[i], g.max);
        check_inclusion(&g, sizes[i] - 1, g.max);
    }
}

static void tree__fetch__proofs(void **state)
{
    (void)state;
    CLEANUP_GROWN struct grown g;
    grown_init(&g, 600);
    grow(&g, 600);
    for (size_t size = 1; size <= 600; size += size < 20 ? 1 : 29)
        for (size_t at = 0; at < size; at += size < 20 ? 1 : 37) {
            check_inclusion(&g, at, size);
            check_consistency(&g, at + 1, size);
        }
}

static void tree__fetch__past_the_end(void **state)
{
    (void)state;
    CLEANUP_GROWN struct grown g;
    uint8_t hash[MERKLE_BYTES];
    grown_init(&g, 513);
    assert_int_equal(tree_fetch(g.tree, 0, 0, hash), ERR_NOT_FOUND);
    grow(&g, 513);
    assert_int_equal(tree_fetch(g.tree, 0, 512, hash), 0);
    assert_int_equal(tree_fetch(g.tree, 0, 513, hash), ERR_NOT_FOUND);
    assert_int_equal(tree_fetch(g.tree, 8, 1, hash), 0);
    assert_int_equal(tree_fetch(g.tree, 8, 2, hash), ERR_NOT_FOUND);
    assert_int_equal(tree_fetch(g.tree, 9, 0, hash), 0);
    assert_int_equal(tree_fetch(g.tree, 10, 0, hash), ERR_NOT_FOUND);
    assert_int_equal(tree_fetch(g.tree, 63, 0, hash), ERR_NOT_FOUND);
    assert_int_equal(tree_fetch(g.tree, 64, 0, hash), ERR_NOT_FOUND);
    assert_int_equal(tree_fetch(g.tree, 0, UINT64_MAX, hash), ERR_NOT_FOUND);
    assert_int_equal(merkle_root_of(tree_fetch, g.tree, 514, hash), ERR_NOT_FOUND);
}

/* What a rolled back transaction appended is gone after tree_load, also where tiles became full. */
static void tree__load__after_rollback(void **state)
{
    (void)state;
    static const size_t from[] = {0, 1, 250, 255, 256, 500};
    for (size_t i = 0; i < COUNT(from); i++) {
        CLEANUP_GROWN struct grown g;
        uint64_t index;
        uint8_t other[MERKLE_BYTES] = {0xff};
        grown_init(&g, 1100);
        grow(&g, from[i]);
        run(g.db, "BEGIN");
        for (size_t k = 0; k < 530; k++)
            assert_int_equal(tree_append(g.tree, other, &index), 0);
        assert_int_equal(tree_store(g.tree, NULL), 0);
        assert_int_equal(tree_fetch(g.tree, 8, 1, other), 0); /* into the cache */
        run(g.db, "ROLLBACK");
        assert_int_equal(tree_load(g.tree, NULL), 0);
        assert_true(tree_size(g.tree) == from[i]);
        check_root(&g, from[i]);
        grow(&g, from[i] + 530);
        check_root(&g, from[i] + 530);
        reopen(&g);
        check_root(&g, from[i] + 530);
    }
}

/* Tiles that do not fit together are refused; until they are whole again nothing is appended, which
 * would write over good ones. */
static void tree__load__damaged(void **state)
{
    (void)state;
    static const char *const damage[] = {
        "UPDATE tile SET hashes = x'00' WHERE level = 0 AND number = 3",
        "UPDATE tile SET hashes = x'' WHERE level = 0 AND number = 3",
        "UPDATE tile SET hashes = zeroblob(8224) WHERE level = 0 AND number = 3",
        "UPDATE tile SET hashes = zeroblob(64) WHERE level = 1",
        "DELETE FROM tile WHERE level = 1",
        "UPDATE tile SET hashes = 'text' WHERE level = 1",
    };
    for (size_t i = 0; i < COUNT(damage); i++) {
        CLEANUP_GROWN struct grown g;
        struct diag d;
        struct tree *t = NULL;
        uint64_t index;
        uint8_t hash[MERKLE_BYTES];
        grown_init(&g, 900);
        grow(&g, 800);
        run(g.db, "CREATE TEMP TABLE good AS SELECT * FROM tile");
        run(g.db, damage[i]);
        assert_int_equal(tree_open(g.db, &t, &d), ERR_FORMAT);
        assert_string_equal(d.text, "the tree's tiles do not fit together");
        assert_int_equal(tree_load(g.tree, &d), ERR_FORMAT);
        assert_int_equal(tree_append(g.tree, g.leaves[800], &index), ERR_INVALID_STATE);
        assert_int_equal(tree_fetch(g.tree, 0, 0, hash), ERR_INVALID_STATE);
        run(g.db, "DELETE FROM tile; INSERT INTO tile SELECT * FROM good; DROP TABLE good");
        assert_int_equal(tree_load(g.tree, NULL), 0);
        grow(&g, 900);
        check_root(&g, 900);
    }
}

static void tree__fetch__damaged(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        int code;
    } cases[] = {
        {"DELETE FROM tile WHERE level = 0 AND number = 1", ERR_NOT_FOUND},
        {"UPDATE tile SET hashes = zeroblob(8160) WHERE level = 0 AND number = 1", ERR_FORMAT},
        {"UPDATE tile SET hashes = x'00' WHERE level = 0 AND number = 1", ERR_FORMAT},
        {"DROP TABLE tile", ERR_IO},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_GROWN struct grown g;
        uint8_t hash[MERKLE_BYTES];
        grown_init(&g, 800);
        grow(&g, 800);
        reopen(&g);
        run(g.db, cases[i].sql);
        assert_int_equal(tree_fetch(g.tree, 0, 511, hash), cases[i].code);
    }
}

static void tree__open__no_table(void **state)
{
    (void)state;
    sqlite3 *db = NULL;
    struct tree *t = NULL;
    struct diag d;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(tree_open(db, &t, &d), ERR_IO);
    assert_string_equal(d.text, "cannot read the tree: no such table: tile");
    assert_int_equal(tree_create(db, &d), 0);
    assert_int_equal(tree_create(db, &d), ERR_IO);
    assert_says(d.text, "cannot make the tree: ");
    sqlite3_close(db);
    tree_free(NULL);
}

static void tree__append__cannot_write(void **state)
{
    (void)state;
    CLEANUP_GROWN struct grown g;
    struct diag d;
    uint64_t index;
    int r = 0;
    grown_init(&g, 600);
    grow(&g, 255);
    run(g.db, "PRAGMA query_only = ON");
    r = tree_append(g.tree, g.leaves[255], &index);
    assert_int_equal(r, ERR_IO); /* a tile became full */
    run(g.db, "PRAGMA query_only = OFF");
    assert_int_equal(tree_load(g.tree, NULL), 0);
    grow(&g, 300);
    run(g.db, "PRAGMA query_only = ON");
    assert_int_equal(tree_append(g.tree, g.leaves[300], &index), 0);
    assert_int_equal(tree_store(g.tree, &d), ERR_IO);
    assert_says(d.text, "cannot write the tree: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree__append__one_by_one),   cmocka_unit_test(tree__append__many_at_once),
        cmocka_unit_test(tree__append__around_65536), cmocka_unit_test(tree__fetch__proofs),
        cmocka_unit_test(tree__fetch__past_the_end),  cmocka_unit_test(tree__load__after_rollback),
        cmocka_unit_test(tree__load__damaged),        cmocka_unit_test(tree__fetch__damaged),
        cmocka_unit_test(tree__open__no_table),       cmocka_unit_test(tree__append__cannot_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
