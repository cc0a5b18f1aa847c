#include "vectors.h"

#include <sodium.h>
#include <string.h>

#include "crypto/sign.h"

/* RFC 8032 section 7.1, tests 1 and 2. */
static void detached__sign__rfc8032(void **state)
{
    (void)state;
    static const struct {
        const char *seed, *public, *message, *signature;
    } cases[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
         "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    };
    uint8_t seed[SIGN_SEED_BYTES], public[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
    uint8_t signature[SIGN_BYTES], message[1];
    for (size_t i = 0; i < 2; i++) {
        size_t len = vectors_unhex(cases[i].message, message, sizeof message);
        vectors_unhex(cases[i].seed, seed, sizeof seed);
        sign_keypair_from_seed(seed, public, secret);
        vectors_assert_hex(public, sizeof public, cases[i].public);
        sign_detached(secret, message, len, signature);
        vectors_assert_hex(signature, sizeof signature, cases[i].signature);
        assert_int_equal(sign_verify(public, message, len, signature), 0);
    }
}

static void keypair__make__differs(void **state)
{
    (void)state;
    uint8_t public[SIGN_PUBLIC_BYTES], other[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
    uint8_t signature[SIGN_BYTES];
    sign_keypair(other, secret);
    sign_keypair(public, secret);
    assert_memory_not_equal(public, other, sizeof public);
    sign_detached(secret, "text", 4, signature);
    assert_int_equal(sign_verify(public, "text", 4, signature), 0);
    assert_int_equal(sign_verify(other, "text", 4, signature), ERR_AUTH);
}

static void verify__refuse__any_changed_bit(void **state)
{
    (void)state;
    uint8_t public[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES], signature[SIGN_BYTES];
    char message[] = "a message";
    sign_keypair(public, secret);
    sign_detached(secret, message, sizeof message, signature);
    for (size_t i = 0; i < 8 * sizeof signature; i++) {
        signature[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_int_equal(sign_verify(public, message, sizeof message, signature), ERR_AUTH);
        signature[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    for (size_t i = 0; i < 8 * sizeof public; i += 5) {
        public[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_int_equal(sign_verify(public, message, sizeof message, signature), ERR_AUTH);
        public[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    assert_int_equal(sign_verify(public, message, sizeof message - 1, signature), ERR_AUTH);
    message[0] ^= 1;
    assert_int_equal(sign_verify(public, message, sizeof message, signature), ERR_AUTH);
}

/* With such a key the equation holds for R = 1 and S = 0, whatever the message is, where it holds
 * at all: the first is the neutral element, for which it always does. */
static void verify__refuse__points_of_small_order(void **state)
{
    (void)state;
    static const char *const points[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080", /* not canonical */
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* nor this one */
    };
    uint8_t public[SIGN_PUBLIC_BYTES], signature[SIGN_BYTES] = {1};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        vectors_unhex(points[i], public, sizeof public);
        for (uint8_t text = 0; text < 32; text++)
            assert_int_equal(sign_verify(public, &text, 1, signature), ERR_AUTH);
    }
}

/* S and S + L, the order of the group, are the same number in the equation. */
static void verify__refuse__a_number_not_below_the_order(void **state)
{
    (void)state;
    uint8_t public[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES], signature[SIGN_BYTES];
    uint8_t order[SIGN_BYTES / 2];
    unsigned carry = 0;
    vectors_unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", order,
                  sizeof order);
    sign_keypair(public, secret);
    sign_detached(secret, "text", 4, signature);
    for (size_t i = 0; i < sizeof order; i++) {
        carry += signature[SIGN_BYTES / 2 + i] + (unsigned)order[i];
        signature[SIGN_BYTES / 2 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(carry, 0);
    assert_int_equal(sign_verify(public, "text", 4, signature), ERR_AUTH);
}

/* A signature of another length does not fit the prototype. */
static void verify__judge__wycheproof(void **state)
{
    (void)state;
    json_t *root = vectors_json("wycheproof/ed25519_test.json"), *group, *t;
    size_t i, j, passed = 0, outside = 0;
    uint8_t public[SIGN_PUBLIC_BYTES], message[1024], signature[128];
    if (root == NULL)
        skip();
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        vectors_hex(json_object_get(group, "publicKey"), "pk", public, sizeof public);
        json_array_foreach(json_object_get(group, "tests"), j, t)
        {
            bool valid = strcmp(vectors_text(t, "result"), "valid") == 0;
            if (vectors_hex(t, "sig", signature, sizeof signature) != SIGN_BYTES) {
                assert_false(valid);
                outside++;
                continue;
            }
            size_t len = vectors_hex(t, "msg", message, sizeof message);
            assert_int_equal(sign_verify(public, message, len, signature), valid ? 0 : ERR_AUTH);
            passed++;
        }
    }
    print_message("wycheproof ed25519: %zu passed, %zu outside (signature not 64 bytes)\n", passed,
                  outside);
    json_decref(root);
}

static bool flagged(const json_t *vector, const char *flag)
{
    json_t *value;
    size_t i;
    json_array_foreach(json_object_get(vector, "flags"), i, value)
    {
        if (strcmp(json_string_value(value), flag) == 0)
            return true;
    }
    return false;
}

/* libsodium's rule: no small-order point, none that is not canonical, no cofactor. What has a
 * small-order component beside one of prime order passes when the components cancel out. */
static void verify__judge__cctv(void **state)
{
    (void)state;
    json_t *root = vectors_json("ed25519-cctv/ed25519vectors.json"), *t;
    size_t i, accepted = 0;
    uint8_t public[SIGN_PUBLIC_BYTES], signature[SIGN_BYTES];
    if (root == NULL)
        skip();
    json_array_foreach(root, i, t)
    {
        bool accept = !flagged(t, "low_order_A") && !flagged(t, "low_order_R") &&
                      !flagged(t, "non_canonical_A") && !flagged(t, "non_canonical_R") &&
                      !flagged(t, "low_order_residue") && !flagged(t, "reencoded_k");
        const char *message = vectors_text(t, "msg");
        vectors_hex(t, "key", public, sizeof public);
        vectors_hex(t, "sig", signature, sizeof signature);
        assert_int_equal(sign_verify(public, message, strlen(message), signature),
                         accept ? 0 : ERR_AUTH);
        accepted += accept;
    }
    print_message("ed25519-cctv: %zu passed: %zu accepted, %zu refused\n", json_array_size(root),
                  accepted, json_array_size(root) - accepted);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detached__sign__rfc8032),
        cmocka_unit_test(keypair__make__differs),
        cmocka_unit_test(verify__refuse__any_changed_bit),
        cmocka_unit_test(verify__refuse__points_of_small_order),
        cmocka_unit_test(verify__refuse__a_number_not_below_the_order),
        cmocka_unit_test(verify__judge__wycheproof),
        cmocka_unit_test(verify__judge__cctv),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
