#include "crypto/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "crypto/contexts.h"

#define BLOCK_BYTES 64

static void add(EVP_MD_CTX *c, const void *data, size_t len)
{
    contexts_must(EVP_DigestUpdate(c, data, len));
}

static void add_parts(EVP_MD_CTX *c, const struct hash_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(c, parts[i].data, parts[i].len);
}

/* Gives the digest and starts the context anew, which also wipes it. */
static void end(EVP_MD_CTX *c, uint8_t ret[static HASH_BYTES])
{
    contexts_must(EVP_DigestFinal_ex(c, ret, NULL));
    contexts_must(EVP_DigestInit_ex2(c, NULL, NULL));
}

void hash_sha256(const void *data, size_t len, uint8_t ret[static HASH_BYTES])
{
    EVP_MD_CTX *c = contexts_get()->sha256;
    add(c, data, len);
    end(c, ret);
}

void hash_sha256_parts(const struct hash_part *parts, size_t count, uint8_t ret[static HASH_BYTES])
{
    EVP_MD_CTX *c = contexts_get()->sha256;
    add_parts(c, parts, count);
    end(c, ret);
}

/* Leaves the context after the inner key block, and the outer one in `block`. */
static EVP_MD_CTX *hmac_begin(const void *key, size_t key_len, uint8_t block[static BLOCK_BYTES])
{
    memset(block, 0, BLOCK_BYTES);
    if (key_len > BLOCK_BYTES)
        hash_sha256(key, key_len, block);
    else if (key_len > 0)
        memcpy(block, key, key_len);
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        block[i] ^= 0x36;
    EVP_MD_CTX *c = contexts_get()->sha256;
    add(c, block, BLOCK_BYTES);
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        block[i] ^= 0x36 ^ 0x5c;
    return c;
}

static void hmac_end(EVP_MD_CTX *c, uint8_t block[static BLOCK_BYTES],
                     uint8_t ret[static HASH_BYTES])
{
    uint8_t inner[HASH_BYTES];
    end(c, inner);
    add(c, block, BLOCK_BYTES);
    add(c, inner, sizeof inner);
    end(c, ret);
    secret_wipe(block, BLOCK_BYTES);
    secret_wipe(inner, sizeof inner);
}

void hash_hmac(const void *key, size_t key_len, const struct hash_part *parts, size_t count,
               uint8_t ret[static HASH_BYTES])
{
    uint8_t block[BLOCK_BYTES];
    EVP_MD_CTX *c = hmac_begin(key, key_len, block);
    add_parts(c, parts, count);
    hmac_end(c, block, ret);
}

void hash_hkdf_extract(const void *salt, size_t salt_len, const struct hash_part *ikm,
                       size_t ikm_parts, uint8_t ret_prk[static HASH_BYTES])
{
    hash_hmac(salt, salt_len, ikm, ikm_parts, ret_prk);
}

void hash_hkdf_expand(const uint8_t prk[static HASH_BYTES], const struct hash_part *info,
                      size_t info_parts, uint8_t *ret, size_t len)
{
    uint8_t block[BLOCK_BYTES], t[HASH_BYTES];
    assert(len <= 255 * HASH_BYTES);
    for (uint8_t i = 1; len > 0; i++) {
        EVP_MD_CTX *c = hmac_begin(prk, HASH_BYTES, block);
        if (i > 1)
            add(c, t, sizeof t);
        add_parts(c, info, info_parts);
        add(c, &i, 1);
        hmac_end(c, block, t);
        size_t n = len < sizeof t ? len : sizeof t;
        memcpy(ret, t, n);
        ret += n;
        len -= n;
    }
    secret_wipe(t, sizeof t);
}

struct hash_stream {
    EVP_MD_CTX *c;
};

struct hash_stream *hash_stream_new(void)
{
    struct hash_stream *s = mem_new(sizeof *s);
    s->c = EVP_MD_CTX_new();
    contexts_must(s->c != NULL && EVP_MD_CTX_copy_ex(s->c, contexts_get()->sha256));
    return s;
}

void hash_stream_add(struct hash_stream *s, const void *data, size_t len)
{
    add(s->c, data, len);
}

void hash_stream_end(struct hash_stream *s, uint8_t ret[static HASH_BYTES])
{
    end(s->c, ret);
    hash_stream_free(s);
}

void hash_stream_free(struct hash_stream *s)
{
    if (s == NULL)
        return;
    EVP_MD_CTX_free(s->c);
    free(s);
}
