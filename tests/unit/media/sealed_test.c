/* Files under AES-256-GCM, against OpenSSL's one-shot use and against changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "media/sealed.h"

static const uint8_t key[SEALED_KEY_BYTES] = {1}, iv[SEALED_IV_BYTES] = {2};

static uint8_t *pattern(size_t len)
{
    uint8_t *data = mem_array(len + 1, 1);
    for (size_t i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 31 >> 3);
    return data;
}

static void reference(const uint8_t *plain, size_t len, uint8_t *ret)
{
    int n = 0;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    assert_int_equal(EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, iv), 1);
    assert_int_equal(EVP_EncryptUpdate(c, ret, &n, plain, (int)len), 1);
    assert_int_equal(EVP_EncryptFinal_ex(c, ret + n, &n), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, ret + len), 1);
    EVP_CIPHER_CTX_free(c);
}

static void sealed__write_and_open__sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 16, 65535, 65536, 65537, 200000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t len = sizes[i];
        CLEANUP_FREE uint8_t *plain = pattern(len), *want = mem_array(len + 16, 1);
        CLEANUP_FREE uint8_t *got = mem_array(len + 17, 1);
        CLEANUP_CLOSE int sealed = memfd_create("sealed", MFD_CLOEXEC);
        CLEANUP_CLOSE int opened = memfd_create("opened", MFD_CLOEXEC);
        const uint8_t *data = plain;
        struct media_source s = media_source_memory(&data, len), t;
        uint8_t sha256[HASH_BYTES], expected[HASH_BYTES];
        assert_int_equal(sealed_write(&s, key, iv, sealed, sha256), 0);
        reference(plain, len, want);
        assert_int_equal(pread(sealed, got, len + 17, 0), len + 16);
        assert_memory_equal(got, want, len + 16);
        hash_sha256(want, len + 16, expected);
        assert_memory_equal(sha256, expected, HASH_BYTES);
        assert_int_equal(media_source_fd(&sealed, &t), 0);
        assert_int_equal(sealed_hash(&t, sha256), 0);
        assert_memory_equal(sha256, expected, HASH_BYTES);
        assert_int_equal(sealed_open(&t, key, iv, opened), 0);
        assert_int_equal(pread(opened, got, len + 1, 0), len);
        assert_memory_equal(got, plain, len);
    }
}

static void sealed__open__changed(void **state)
{
    (void)state;
    enum { LEN = 70000 };
    CLEANUP_FREE uint8_t *plain = pattern(LEN), *bytes = mem_array(LEN + 16, 1);
    CLEANUP_CLOSE int out = memfd_create("out", MFD_CLOEXEC);
    const uint8_t *data = bytes;
    uint8_t other[SEALED_KEY_BYTES] = {9};
    reference(plain, LEN, bytes);
    struct media_source s = media_source_memory(&data, LEN + 16);
    assert_int_equal(sealed_open(&s, key, iv, out), 0);
    static const size_t places[] = {0, 65535, 65536, LEN - 1, LEN, LEN + 15};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        bytes[places[i]] ^= 1;
        assert_int_equal(sealed_open(&s, key, iv, out), ERR_AUTH);
        bytes[places[i]] ^= 1;
    }
    assert_int_equal(sealed_open(&s, other, iv, out), ERR_AUTH);
    s.size--;
    assert_int_equal(sealed_open(&s, key, iv, out), ERR_AUTH);
    s.size = 15;
    assert_int_equal(sealed_open(&s, key, iv, out), ERR_FORMAT);
}

/* Any piece of it, on and beside the edges of blocks, is what opening all of it gives. */
static void sealed__piece__is_that_of_the_whole(void **state)
{
    (void)state;
    static const size_t places[] = {0, 1, 15, 16, 17, 4095, 65536, 199999, 200000};
    const size_t len = 200000;
    CLEANUP_FREE uint8_t *plain = pattern(len), *sealed = mem_array(len + 16, 1);
    CLEANUP_FREE uint8_t *got = mem_array(len, 1);
    const uint8_t *data = sealed;
    reference(plain, len, sealed);
    struct media_source s = media_source_memory(&data, len + 16);
    assert_int_equal(sealed_check(&s, key, iv), 0);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t left = len - places[i], some = left < 333 ? left : 333;
        assert_int_equal(sealed_piece(&s, key, iv, places[i], got, some), 0);
        assert_memory_equal(got, plain + places[i], some);
        assert_int_equal(sealed_piece(&s, key, iv, places[i], got, left), 0);
        assert_memory_equal(got, plain + places[i], left);
        assert_int_equal(sealed_piece(&s, key, iv, places[i], got, left + 1), ERR_FORMAT);
    }
    assert_int_equal(sealed_piece(&s, key, iv, UINT64_MAX, got, 1), ERR_FORMAT);
}

static void sealed__check__refuses_other_bytes_and_another_key(void **state)
{
    (void)state;
    const uint8_t other[SEALED_KEY_BYTES] = {9};
    CLEANUP_FREE uint8_t *plain = pattern(1000), *sealed = mem_array(1016, 1);
    const uint8_t *data = sealed;
    reference(plain, 1000, sealed);
    struct media_source s = media_source_memory(&data, 1016);
    assert_int_equal(sealed_check(&s, other, iv), ERR_AUTH);
    sealed[500] ^= 1;
    assert_int_equal(sealed_check(&s, key, iv), ERR_AUTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed__piece__is_that_of_the_whole),
        cmocka_unit_test(sealed__check__refuses_other_bytes_and_another_key),
        cmocka_unit_test(sealed__write_and_open__sizes),
        cmocka_unit_test(sealed__open__changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
