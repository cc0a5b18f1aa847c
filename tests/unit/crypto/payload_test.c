#include "vectors.h"

#include <sodium.h>
#include <string.h>

#include "crypto/payload.h"

/* The GCM specification's test cases 1 to 3. */
static void payload__decrypt__gcm_specification(void **state)
{
    (void)state;
    static const struct {
        const char *key, *iv, *plaintext, *ciphertext, *tag;
    } cases[] = {
        {"00000000000000000000000000000000", "000000000000000000000000", "", "",
         "58e2fccefa7e3061367f1d57a4e7455a"},
        {"00000000000000000000000000000000", "000000000000000000000000",
         "00000000000000000000000000000000", "0388dace60b6a392f328c2b971b2fe78",
         "ab6e47d42cec13bdf53a67b21257bddf"},
        {"feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
         "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
         "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
         "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985",
         "4d5c2af327cd64a62cf35abd2ba6fab4"},
    };
    uint8_t content[PAYLOAD_CONTENT_BYTES], iv[PAYLOAD_IV_BYTES], text[64];
    for (size_t i = 0; i < 3; i++) {
        vectors_unhex(cases[i].key, content, PAYLOAD_KEY_BYTES);
        vectors_unhex(cases[i].tag, content + PAYLOAD_KEY_BYTES, PAYLOAD_TAG_BYTES);
        vectors_unhex(cases[i].iv, iv, sizeof iv);
        size_t len = vectors_unhex(cases[i].ciphertext, text, sizeof text);
        assert_int_equal(payload_decrypt(content, iv, text, len, text), 0);
        vectors_assert_hex(text, len, cases[i].plaintext);
    }
}

static void payload__encrypt__round_trips(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 15, 16, 17, 600, 16384};
    static uint8_t plaintext[16384], ciphertext[16384], again[16384];
    uint8_t content[PAYLOAD_CONTENT_BYTES], iv[PAYLOAD_IV_BYTES];
    randombytes_buf(plaintext, sizeof plaintext);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        payload_encrypt(plaintext, lens[i], iv, ciphertext, content);
        assert_int_equal(payload_decrypt(content, iv, ciphertext, lens[i], again), 0);
        assert_memory_equal(again, plaintext, lens[i]);
        memcpy(again, plaintext, lens[i]); /* in place */
        payload_encrypt(again, lens[i], iv, again, content);
        assert_int_equal(payload_decrypt(content, iv, again, lens[i], again), 0);
        assert_memory_equal(again, plaintext, lens[i]);
    }
}

static void payload__encrypt__fresh_key_and_iv(void **state)
{
    (void)state;
    uint8_t content[2][PAYLOAD_CONTENT_BYTES], iv[2][PAYLOAD_IV_BYTES], ciphertext[2][32];
    const uint8_t plaintext[32] = {0};
    for (int i = 0; i < 2; i++)
        payload_encrypt(plaintext, sizeof plaintext, iv[i], ciphertext[i], content[i]);
    assert_memory_not_equal(content[0], content[1], PAYLOAD_KEY_BYTES);
    assert_memory_not_equal(iv[0], iv[1], sizeof iv[0]);
    assert_memory_not_equal(ciphertext[0], ciphertext[1], sizeof ciphertext[0]);
    assert_memory_not_equal(ciphertext[0], plaintext, sizeof plaintext);
}

static void assert_refused(const uint8_t *content, const uint8_t *iv, const uint8_t *ciphertext,
                           size_t len)
{
    uint8_t out[40];
    const uint8_t zeros[40] = {0};
    memset(out, 0x5a, sizeof out);
    assert_true(len <= sizeof out);
    assert_int_equal(payload_decrypt(content, iv, ciphertext, len, out), ERR_AUTH);
    assert_memory_equal(out, zeros, len);
}

static void payload__refuse__any_changed_bit(void **state)
{
    (void)state;
    uint8_t content[PAYLOAD_CONTENT_BYTES], iv[PAYLOAD_IV_BYTES], text[40], out[40];
    payload_encrypt("forty bytes of text, all of them needed", sizeof text, iv, text, content);
    struct {
        uint8_t *at;
        size_t len;
    } inputs[] = {{content, sizeof content}, {iv, sizeof iv}, {text, sizeof text}};
    for (size_t i = 0; i < 3; i++) {
        for (size_t bit = 0; bit < 8 * inputs[i].len; bit++) {
            inputs[i].at[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_refused(content, iv, text, sizeof text);
            inputs[i].at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
    assert_refused(content, iv, text, sizeof text - 1);
    assert_refused(content, iv, text, 0);
    assert_int_equal(payload_decrypt(content, iv, text, sizeof text, out), 0);
}

/* Outside: other sizes of key and iv, and additional data, which OMEMO has none of. */
static void payload__decrypt__wycheproof(void **state)
{
    (void)state;
    json_t *root = vectors_json("wycheproof/aes_gcm_test.json"), *group, *t;
    size_t i, j, passed = 0, other_sizes = 0, additional_data = 0;
    uint8_t content[PAYLOAD_CONTENT_BYTES], iv[PAYLOAD_IV_BYTES], text[1024];
    if (root == NULL)
        skip();
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        bool ours = vectors_int(group, "keySize") == 128 && vectors_int(group, "ivSize") == 96 &&
                    vectors_int(group, "tagSize") == 128;
        json_array_foreach(json_object_get(group, "tests"), j, t)
        {
            if (!ours || *vectors_text(t, "aad") != '\0') {
                additional_data += ours;
                other_sizes += !ours;
                continue;
            }
            bool valid = strcmp(vectors_text(t, "result"), "valid") == 0;
            vectors_hex(t, "key", content, PAYLOAD_KEY_BYTES);
            vectors_hex(t, "tag", content + PAYLOAD_KEY_BYTES, PAYLOAD_TAG_BYTES);
            vectors_hex(t, "iv", iv, sizeof iv);
            size_t len = vectors_hex(t, "ct", text, sizeof text);
            assert_int_equal(payload_decrypt(content, iv, text, len, text), valid ? 0 : ERR_AUTH);
            if (valid)
                vectors_assert_hex(text, len, vectors_text(t, "msg"));
            passed++;
        }
    }
    print_message("wycheproof aes_gcm: %zu passed, outside: %zu of other sizes, %zu with "
                  "additional data\n",
                  passed, other_sizes, additional_data);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payload__decrypt__gcm_specification),
        cmocka_unit_test(payload__encrypt__round_trips),
        cmocka_unit_test(payload__encrypt__fresh_key_and_iv),
        cmocka_unit_test(payload__refuse__any_changed_bit),
        cmocka_unit_test(payload__decrypt__wycheproof),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
