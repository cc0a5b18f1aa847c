#include "vectors.h"

#include <sodium.h>
#include <string.h>

#include "crypto/dh.h"

/* Points of order 1, 2, 4 and 8 of curve and twist, also in encodings that are not reduced. */
static const char *const low_order[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
};

static void pair(uint8_t secret[static DH_BYTES], uint8_t public[static DH_BYTES])
{
    randombytes_buf(secret, DH_BYTES);
    dh_public_of(secret, public);
}

/* RFC 7748, sections 5.2 and 6.1. */
static void shared__compute__rfc7748(void **state)
{
    (void)state;
    uint8_t secret[DH_BYTES], public[DH_BYTES], peer[DH_BYTES], shared[DH_BYTES];
    vectors_unhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", secret,
                  sizeof secret);
    dh_public_of(secret, public);
    vectors_assert_hex(public, sizeof public,
                       "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    vectors_unhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", peer,
                  sizeof peer);
    assert_int_equal(dh_shared(secret, public, peer, shared), 0);
    vectors_assert_hex(shared, sizeof shared,
                       "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    vectors_unhex("a046e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449a44", secret,
                  sizeof secret);
    vectors_unhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c", peer,
                  sizeof peer);
    assert_int_equal(dh_shared(secret, public, peer, shared), 0);
    vectors_assert_hex(shared, sizeof shared,
                       "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
}

static void key__prepare__many_peers(void **state)
{
    (void)state;
    uint8_t secret[DH_BYTES], public[DH_BYTES], peer_secret[DH_BYTES], peer[DH_BYTES];
    uint8_t shared[DH_BYTES], expected[DH_BYTES];
    pair(secret, public);
    struct dh_key *k = dh_key_new(secret, public);
    for (int i = 0; i < 20; i++) {
        pair(peer_secret, peer);
        assert_int_equal(dh_key_shared(k, peer, shared), 0);
        assert_int_equal(crypto_scalarmult(expected, peer_secret, public), 0);
        assert_memory_equal(shared, expected, sizeof shared);
        vectors_unhex(low_order[i % 8], peer, sizeof peer); /* leaves the key usable */
        assert_int_equal(dh_key_shared(k, peer, shared), ERR_KEY);
    }
    dh_key_free(k);
    dh_key_free(NULL);
}

static void key__prepare__wrong_public_half(void **state)
{
    (void)state;
    uint8_t secret[DH_BYTES], public[DH_BYTES], shared[DH_BYTES], other[DH_BYTES];
    const uint8_t zeros[DH_BYTES] = {0};
    pair(secret, public);
    assert_int_equal(dh_shared(secret, public, public, shared), 0);
    assert_int_equal(dh_shared(secret, zeros, public, other), 0);
    assert_memory_equal(shared, other, sizeof shared);
}

static void shared__refuse__low_order(void **state)
{
    (void)state;
    uint8_t secret[DH_BYTES], public[DH_BYTES], peer[DH_BYTES], shared[DH_BYTES];
    uint8_t untouched[DH_BYTES];
    pair(secret, public);
    assert_false(dh_low_order(public));
    memset(shared, 0x5a, sizeof shared);
    memset(untouched, 0x5a, sizeof untouched);
    for (size_t i = 0; i < sizeof low_order / sizeof *low_order; i++) {
        vectors_unhex(low_order[i], peer, sizeof peer);
        assert_true(dh_low_order(peer));
        assert_int_equal(dh_shared(secret, public, peer, shared), ERR_KEY);
        assert_memory_equal(shared, untouched, sizeof shared);
    }
}

/* RFC 7748, section 5: the highest bit is not looked at, and what is not below p is taken modulo p.
 */
static void shared__compute__unusual_encodings(void **state)
{
    (void)state;
    static const uint8_t nine[DH_BYTES] = {9};
    uint8_t secret[DH_BYTES], public[DH_BYTES], peer[DH_BYTES], shared[DH_BYTES];
    uint8_t expected[DH_BYTES];
    pair(secret, public);
    assert_int_equal(dh_shared(secret, public, nine, shared), 0);
    assert_memory_equal(shared, public, sizeof shared);
    vectors_unhex("f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", peer,
                  sizeof peer); /* p + 9 */
    assert_int_equal(dh_shared(secret, public, peer, shared), 0);
    assert_memory_equal(shared, public, sizeof shared);
    dh_public_of(nine, peer);
    assert_int_equal(dh_shared(secret, public, peer, expected), 0);
    peer[DH_BYTES - 1] |= 0x80;
    assert_int_equal(dh_shared(secret, public, peer, shared), 0);
    assert_memory_equal(shared, expected, sizeof shared);
}

/* Its "acceptable" cases have unusual public keys. X25519 takes them, but for the zero secret. */
static void shared__compute__wycheproof(void **state)
{
    (void)state;
    json_t *root = vectors_json("wycheproof/x25519_test.json"), *group, *t;
    size_t i, j, passed = 0, refused = 0;
    uint8_t secret[DH_BYTES], public[DH_BYTES], peer[DH_BYTES], shared[DH_BYTES];
    uint8_t expected[DH_BYTES];
    const uint8_t zeros[DH_BYTES] = {0};
    if (root == NULL)
        skip();
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        json_array_foreach(json_object_get(group, "tests"), j, t)
        {
            vectors_hex(t, "private", secret, sizeof secret);
            vectors_hex(t, "public", peer, sizeof peer);
            vectors_hex(t, "shared", expected, sizeof expected);
            dh_public_of(secret, public);
            bool zero = memcmp(expected, zeros, sizeof zeros) == 0;
            assert_int_equal(dh_low_order(peer), zero);
            assert_int_equal(dh_shared(secret, public, peer, shared), zero ? ERR_KEY : 0);
            if (!zero)
                assert_memory_equal(shared, expected, sizeof shared);
            passed += !zero;
            refused += zero;
        }
    }
    print_message("wycheproof x25519: %zu passed: %zu equal, %zu of low order refused\n",
                  passed + refused, passed, refused);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared__compute__rfc7748),
        cmocka_unit_test(key__prepare__many_peers),
        cmocka_unit_test(key__prepare__wrong_public_half),
        cmocka_unit_test(shared__refuse__low_order),
        cmocka_unit_test(shared__compute__unusual_encodings),
        cmocka_unit_test(shared__compute__wycheproof),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
