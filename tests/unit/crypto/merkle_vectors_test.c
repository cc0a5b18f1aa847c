/* The vectors of transparency-dev/merkle for inclusion and consistency. Its folders subtree* are
 * outside: they are about another kind of proof. */
#include "vectors.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "crypto/merkle.h"

#define MISFIT 1 /* a hash is empty: no decoder would give us that */

struct proof {
    uint8_t path[80][MERKLE_BYTES];
    size_t count;
};

static size_t verified, refused, misfits;

/* Some sizes are 2^64 - 1, more than jansson's integers hold. */
static uint64_t size_of(const json_t *v, const char *member)
{
    double size = json_real_value(json_object_get(v, member));
    return size >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)size;
}

/* Some are short texts; zeros behind them leave equal what was equal, and different what was
 * different. False: an empty one. */
static bool hash_of(const json_t *v, const char *member, uint8_t ret[static MERKLE_BYTES])
{
    const char *text = vectors_text(v, member);
    size_t len;
    memset(ret, 0, MERKLE_BYTES);
    assert_int_equal(decode_base64(text, strlen(text), ret, MERKLE_BYTES, &len), 0);
    return len > 0;
}

static bool proof_of(const json_t *v, struct proof *ret)
{
    json_t *hash;
    size_t i;
    ret->count = 0;
    json_array_foreach(json_object_get(v, "proof"), i, hash)
    {
        const char *text = json_string_value(hash);
        assert_true(ret->count < sizeof ret->path / sizeof *ret->path);
        if (decode_base64_exact(text, strlen(text), ret->path[ret->count++], MERKLE_BYTES) < 0)
            return false;
    }
    return true;
}

static int check_inclusion(const json_t *v)
{
    uint8_t root[MERKLE_BYTES], leaf[MERKLE_BYTES];
    struct proof p;
    if (!hash_of(v, "root", root) || !hash_of(v, "leafHash", leaf) || !proof_of(v, &p))
        return MISFIT;
    return merkle_verify_inclusion(leaf, size_of(v, "leafIdx"), size_of(v, "treeSize"),
                                   (const uint8_t(*)[MERKLE_BYTES])p.path, p.count, root);
}

static int check_consistency(const json_t *v)
{
    uint8_t old_root[MERKLE_BYTES], root[MERKLE_BYTES];
    struct proof p;
    if (!hash_of(v, "root1", old_root) || !hash_of(v, "root2", root) || !proof_of(v, &p))
        return MISFIT;
    return merkle_verify_consistency(size_of(v, "size1"), old_root, size_of(v, "size2"), root,
                                     (const uint8_t(*)[MERKLE_BYTES])p.path, p.count);
}

static int check_file(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    json_error_t error;
    if (kind != FTW_F)
        return 0;
    json_t *v = json_load_file(path, JSON_DECODE_INT_AS_REAL, &error);
    if (v == NULL)
        fail_msg("%s: %s", path, error.text);
    bool bad = json_is_true(json_object_get(v, "wantErr"));
    int r = json_object_get(v, "leafIdx") != NULL ? check_inclusion(v) : check_consistency(v);
    if (bad ? r != MISFIT && r != ERR_AUTH && r != ERR_FORMAT : r != 0)
        fail_msg("%s: %d", path, r);
    verified += r == 0;
    refused += r < 0;
    misfits += r == MISFIT;
    json_decref(v);
    return 0;
}

static void check_folder(const char *name)
{
    char *folder = vectors_path(name);
    if (access(folder, R_OK) != 0) {
        print_message("%s is absent: skipped\n", name);
        free(folder);
        skip();
    }
    verified = refused = misfits = 0;
    assert_int_equal(nftw(folder, check_file, 8, FTW_PHYS), 0);
    print_message("%s: %zu passed: %zu verified, %zu refused, %zu with an empty hash\n", name,
                  verified + refused + misfits, verified, refused, misfits);
    assert_true(verified > 0 && refused > 0);
    free(folder);
}

static void inclusion__judge__transparency_dev(void **state)
{
    (void)state;
    check_folder("merkle-transparency-dev/testdata/inclusion");
}

static void consistency__judge__transparency_dev(void **state)
{
    (void)state;
    check_folder("merkle-transparency-dev/testdata/consistency");
}

/* Two of them, for where the files are absent: leaf 0 in a tree of 8, and 1 leaf to 8. */
static void proofs__judge__one_of_each(void **state)
{
    (void)state;
    static const char *const hashes[] = {
        "lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=",
        "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
        "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=",
        "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
        "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
    };
    uint8_t path[5][MERKLE_BYTES], *leaf = path[3], *root = path[4];
    const uint8_t(*proof)[MERKLE_BYTES] = (const uint8_t(*)[MERKLE_BYTES])path;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(decode_base64_exact(hashes[i], strlen(hashes[i]), path[i], MERKLE_BYTES),
                         0);
    assert_int_equal(merkle_verify_inclusion(leaf, 0, 8, proof, 3, root), 0);
    assert_int_equal(merkle_verify_inclusion(leaf, 1, 8, proof, 3, root), ERR_AUTH);
    assert_int_equal(merkle_verify_inclusion(leaf, 0, 8, proof, 2, root), ERR_FORMAT);
    assert_int_equal(merkle_verify_consistency(1, leaf, 8, root, proof, 3), 0);
    assert_int_equal(merkle_verify_consistency(2, leaf, 8, root, proof, 3), ERR_FORMAT);
    path[1][0] ^= 1;
    assert_int_equal(merkle_verify_inclusion(leaf, 0, 8, proof, 3, root), ERR_AUTH);
    assert_int_equal(merkle_verify_consistency(1, leaf, 8, root, proof, 3), ERR_AUTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proofs__judge__one_of_each),
        cmocka_unit_test(inclusion__judge__transparency_dev),
        cmocka_unit_test(consistency__judge__transparency_dev),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
