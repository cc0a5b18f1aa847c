#include "vectors.h"

#include <pthread.h>
#include <string.h>

#include "crypto/hash.h"

static void sha256__hash__published_values(void **state)
{
    (void)state;
    uint8_t h[HASH_BYTES];
    hash_sha256(NULL, 0, h);
    vectors_assert_hex(h, sizeof h,
                       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_sha256("abc", 3, h);
    vectors_assert_hex(h, sizeof h,
                       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, h);
    vectors_assert_hex(h, sizeof h,
                       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void sha256__hash__another_bit_another_digest(void **state)
{
    (void)state;
    uint8_t data[100] = {0}, h[HASH_BYTES], other[HASH_BYTES];
    hash_sha256(data, sizeof data, h);
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] ^= 0x80;
        hash_sha256(data, sizeof data, other);
        assert_memory_not_equal(h, other, sizeof h);
        data[i] ^= 0x80;
    }
    hash_sha256(data, sizeof data - 1, other);
    assert_memory_not_equal(h, other, sizeof h);
}

static void sha256_parts__hash__as_the_whole(void **state)
{
    (void)state;
    uint8_t h[HASH_BYTES], whole[HASH_BYTES];
    const struct hash_part parts[] = {{"a", 1}, {NULL, 0}, {"bc", 2}};
    hash_sha256_parts(parts, 3, h);
    hash_sha256("abc", 3, whole);
    assert_memory_equal(h, whole, sizeof h);
    hash_sha256_parts(NULL, 0, h);
    hash_sha256(NULL, 0, whole);
    assert_memory_equal(h, whole, sizeof h);
}

static void stream__hash__a_million(void **state)
{
    (void)state;
    uint8_t h[HASH_BYTES];
    char thousand[1000];
    memset(thousand, 'a', sizeof thousand);
    struct hash_stream *s = hash_stream_new(), *dropped = hash_stream_new();
    hash_stream_add(dropped, "x", 1);
    for (int i = 0; i < 1000; i++)
        hash_stream_add(s, thousand, sizeof thousand);
    hash_sha256("in between", 10, h); /* streams have contexts of their own */
    hash_stream_end(s, h);
    vectors_assert_hex(h, sizeof h,
                       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    hash_stream_free(dropped);
    hash_stream_free(NULL);
}

/* RFC 4231; case 5 asks for a cut output. */
static void hmac__compute__rfc4231(void **state)
{
    (void)state;
    static const struct {
        const char *key, *data, *mac;
    } cases[] = {
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    };
    uint8_t key[131], data[152], mac[HASH_BYTES];
    for (size_t i = 0; i < 2; i++) {
        size_t key_len = vectors_unhex(cases[i].key, key, sizeof key);
        struct hash_part part = {data, vectors_unhex(cases[i].data, data, sizeof data)};
        hash_hmac(key, key_len, &part, 1, mac);
        vectors_assert_hex(mac, sizeof mac, cases[i].mac);
    }
    memset(key, 0xaa, sizeof key);
    memset(data, 0xdd, 50);
    const struct hash_part fifty[] = {{data, 20}, {data + 20, 30}};
    hash_hmac(key, 20, fifty, 2, mac);
    vectors_assert_hex(mac, sizeof mac,
                       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    const char *text = "Test Using Larger Than Block-Size Key - Hash Key First";
    hash_hmac(key, sizeof key, &(struct hash_part){text, strlen(text)}, 1, mac);
    vectors_assert_hex(mac, sizeof mac,
                       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void hmac__compute__another_key_or_text(void **state)
{
    (void)state;
    uint8_t key[64] = {0}, mac[HASH_BYTES], other[HASH_BYTES];
    hash_hmac(key, sizeof key, &(struct hash_part){"text", 4}, 1, mac);
    hash_hmac(key, sizeof key, &(struct hash_part){"texT", 4}, 1, other);
    assert_memory_not_equal(mac, other, sizeof mac);
    key[63] = 1;
    hash_hmac(key, sizeof key, &(struct hash_part){"text", 4}, 1, other);
    assert_memory_not_equal(mac, other, sizeof mac);
}

/* RFC 5869, cases 1 and 3. */
static void hkdf__derive__rfc5869(void **state)
{
    (void)state;
    uint8_t ikm[22], salt[13], info[10], prk[HASH_BYTES], okm[42];
    memset(ikm, 0x0b, sizeof ikm);
    vectors_unhex("000102030405060708090a0b0c", salt, sizeof salt);
    vectors_unhex("f0f1f2f3f4f5f6f7f8f9", info, sizeof info);
    const struct hash_part ikm_part = {ikm, sizeof ikm};
    const struct hash_part info_parts[] = {{info, 3}, {info + 3, 7}};
    hash_hkdf_extract(salt, sizeof salt, &ikm_part, 1, prk);
    vectors_assert_hex(prk, sizeof prk,
                       "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    hash_hkdf_expand(prk, info_parts, 2, okm, sizeof okm);
    vectors_assert_hex(okm, sizeof okm,
                       "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                       "34007208d5b887185865");
    hash_hkdf_extract(NULL, 0, &ikm_part, 1, prk);
    hash_hkdf_expand(prk, NULL, 0, okm, sizeof okm);
    vectors_assert_hex(okm, sizeof okm,
                       "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                       "9d201395faa4b61a96c8");
}

/* The invalid cases ask for more than 255 blocks, which is for the caller never to do. */
static void hkdf__derive__wycheproof(void **state)
{
    (void)state;
    json_t *root = vectors_json("wycheproof/hkdf_sha256_test.json"), *group, *t;
    size_t i, j, passed = 0, outside = 0;
    uint8_t ikm[128], salt[128], info[128], prk[HASH_BYTES];
    static uint8_t okm[255 * HASH_BYTES];
    if (root == NULL)
        skip();
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        json_array_foreach(json_object_get(group, "tests"), j, t)
        {
            if (strcmp(vectors_text(t, "result"), "valid") != 0) {
                outside++;
                continue;
            }
            const struct hash_part ikm_part = {ikm, vectors_hex(t, "ikm", ikm, sizeof ikm)};
            const struct hash_part info_part = {info, vectors_hex(t, "info", info, sizeof info)};
            size_t salt_len = vectors_hex(t, "salt", salt, sizeof salt);
            size_t len = (size_t)vectors_int(t, "size");
            assert_true(len <= sizeof okm);
            hash_hkdf_extract(salt, salt_len, &ikm_part, 1, prk);
            hash_hkdf_expand(prk, &info_part, 1, okm, len);
            vectors_assert_hex(okm, len, vectors_text(t, "okm"));
            passed++;
        }
    }
    print_message("wycheproof hkdf_sha256: %zu passed, %zu outside (over 255 blocks)\n", passed,
                  outside);
    json_decref(root);
}

static void *hash_abc(void *ret)
{
    hash_sha256("abc", 3, ret);
    return NULL;
}

static void sha256__hash__in_another_thread(void **state)
{
    (void)state;
    uint8_t here[HASH_BYTES], there[HASH_BYTES];
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, hash_abc, there), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    hash_abc(here);
    assert_memory_equal(here, there, sizeof here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256__hash__published_values),
        cmocka_unit_test(sha256__hash__another_bit_another_digest),
        cmocka_unit_test(sha256_parts__hash__as_the_whole),
        cmocka_unit_test(stream__hash__a_million),
        cmocka_unit_test(hmac__compute__rfc4231),
        cmocka_unit_test(hmac__compute__another_key_or_text),
        cmocka_unit_test(hkdf__derive__rfc5869),
        cmocka_unit_test(hkdf__derive__wycheproof),
        cmocka_unit_test(sha256__hash__in_another_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
