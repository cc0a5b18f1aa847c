/* The primitives that libomemo-c does not bring: HMAC and SHA-512 from libsodium, AES from OpenSSL.
 * Everything is wiped on the way out. */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "base/memory.h"
#include "omemo/omemo_internal.h"

static int fill_random(uint8_t *data, size_t len, void *user_data)
{
    (void)user_data;
    randombytes_buf(data, len);
    return 0;
}

static int put_result(signal_buffer **output, const uint8_t *data, size_t len)
{
    *output = signal_buffer_create(data, len);
    return *output == NULL ? SG_ERR_NOMEM : 0;
}

static int hmac_init(void **context, const uint8_t *key, size_t len, void *user_data)
{
    (void)user_data;
    crypto_auth_hmacsha256_state *state = mem_new(sizeof *state);
    crypto_auth_hmacsha256_init(state, key, len);
    *context = state;
    return 0;
}

static int hmac_update(void *context, const uint8_t *data, size_t len, void *user_data)
{
    (void)user_data;
    crypto_auth_hmacsha256_update(context, data, len);
    return 0;
}

static int hmac_final(void *context, signal_buffer **output, void *user_data)
{
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    (void)user_data;
    crypto_auth_hmacsha256_final(context, mac);
    int r = put_result(output, mac, sizeof mac);
    sodium_memzero(mac, sizeof mac);
    return r;
}

static void hmac_cleanup(void *context, void *user_data)
{
    (void)user_data;
    if (context != NULL)
        sodium_memzero(context, sizeof(crypto_auth_hmacsha256_state));
    free(context);
}

static int sha512_init(void **context, void *user_data)
{
    (void)user_data;
    crypto_hash_sha512_state *state = mem_new(sizeof *state);
    crypto_hash_sha512_init(state);
    *context = state;
    return 0;
}

static int sha512_update(void *context, const uint8_t *data, size_t len, void *user_data)
{
    (void)user_data;
    crypto_hash_sha512_update(context, data, len);
    return 0;
}

static int sha512_final(void *context, signal_buffer **output, void *user_data)
{
    uint8_t digest[crypto_hash_sha512_BYTES];
    (void)user_data;
    crypto_hash_sha512_final(context, digest);
    crypto_hash_sha512_init(context);
    int r = put_result(output, digest, sizeof digest);
    sodium_memzero(digest, sizeof digest);
    return r;
}

static void sha512_cleanup(void *context, void *user_data)
{
    (void)user_data;
    if (context != NULL)
        sodium_memzero(context, sizeof(crypto_hash_sha512_state));
    free(context);
}

/* Session version 3 knows one cipher, AES-256 in CBC with padding. */
static int cipher(signal_buffer **output, int kind, bool encrypt, const uint8_t *key,
                  size_t key_len, const uint8_t *iv, size_t iv_len, const uint8_t *in, size_t len)
{
    if (kind != SG_CIPHER_AES_CBC_PKCS5 || key_len != 32 || iv_len != 16 || len > OMEMO_KEY_MAX)
        return SG_ERR_INVAL;
    uint8_t out[OMEMO_KEY_MAX + EVP_MAX_BLOCK_LENGTH];
    int first = 0, last = 0;
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    ERR_set_mark();
    bool good = c != NULL &&
                EVP_CipherInit_ex2(c, EVP_aes_256_cbc(), key, iv, encrypt ? 1 : 0, NULL) == 1 &&
                EVP_CipherUpdate(c, out, &first, in, (int)len) == 1 &&
                EVP_CipherFinal_ex(c, out + first, &last) == 1;
    ERR_pop_to_mark();
    EVP_CIPHER_CTX_free(c);
    int r = good ? put_result(output, out, (size_t)first + (size_t)last) : SG_ERR_UNKNOWN;
    sodium_memzero(out, sizeof out);
    return r;
}

static int aes_encrypt(signal_buffer **output, int kind, const uint8_t *key, size_t key_len,
                       const uint8_t *iv, size_t iv_len, const uint8_t *in, size_t len,
                       void *user_data)
{
    (void)user_data;
    return cipher(output, kind, true, key, key_len, iv, iv_len, in, len);
}

static int aes_decrypt(signal_buffer **output, int kind, const uint8_t *key, size_t key_len,
                       const uint8_t *iv, size_t iv_len, const uint8_t *in, size_t len,
                       void *user_data)
{
    (void)user_data;
    return cipher(output, kind, false, key, key_len, iv, iv_len, in, len);
}

const signal_crypto_provider omemo_crypto = {
    .random_func = fill_random,
    .hmac_sha256_init_func = hmac_init,
    .hmac_sha256_update_func = hmac_update,
    .hmac_sha256_final_func = hmac_final,
    .hmac_sha256_cleanup_func = hmac_cleanup,
    .sha512_digest_init_func = sha512_init,
    .sha512_digest_update_func = sha512_update,
    .sha512_digest_final_func = sha512_final,
    .sha512_digest_cleanup_func = sha512_cleanup,
    .encrypt_func = aes_encrypt,
    .decrypt_func = aes_decrypt,
};
