#include "media/sealed.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"

#define PIECE (64U * 1024)
#define NOWHERE (-1)  /* what is turned is only looked at */
#define BLOCK 16U     /* bytes of AES */
#define FIRST_BLOCK 2 /* the counter of a text's first block; 1 is the tag's */

/* A piece of the source through the cipher. */
struct pass {
    EVP_CIPHER_CTX *cipher;
    uint8_t *in, *out;
};

static void pass_clear(struct pass *p)
{
    EVP_CIPHER_CTX_free(p->cipher);
    secret_wipe(p->in, PIECE);
    secret_wipe(p->out, PIECE);
    free(p->in);
    free(p->out);
}

static void pass_init(struct pass *p, const uint8_t *key, const uint8_t *iv, bool encrypt)
{
    *p = (struct pass){
        .cipher = EVP_CIPHER_CTX_new(), .in = mem_array(PIECE, 1), .out = mem_array(PIECE, 1)};
    if (p->cipher == NULL ||
        EVP_CipherInit_ex(p->cipher, EVP_aes_256_gcm(), NULL, key, iv, encrypt) != 1)
        abort(); /* our own cipher is not there */
}

/* The next bytes of the source, turned, to `fd` and into the hash (either may be NULL, NOWHERE). */
static int turn(struct pass *p, const struct media_source *s, uint64_t at, size_t len, int fd,
                struct hash_stream *hash)
{
    int n = 0;
    int r = media_read(s, at, p->in, len);
    if (r < 0)
        return r;
    if (EVP_CipherUpdate(p->cipher, p->out, &n, p->in, (int)len) != 1 || (size_t)n != len)
        return ERR_IO;
    if (hash != NULL)
        hash_stream_add(hash, p->out, len);
    return fd == NOWHERE ? 0 : file_write_fd(fd, p->out, len);
}

int sealed_write(const struct media_source *s, const uint8_t key[static SEALED_KEY_BYTES],
                 const uint8_t iv[static SEALED_IV_BYTES], int fd,
                 uint8_t ret_sha256[static HASH_BYTES])
{
    CLEANUP(pass_clear) struct pass p;
    uint8_t tag[SEALED_TAG_BYTES];
    struct hash_stream *hash = hash_stream_new();
    int r = 0, n = 0;
    pass_init(&p, key, iv, true);
    for (uint64_t at = 0; r == 0 && at < s->size;) {
        size_t len = s->size - at < PIECE ? (size_t)(s->size - at) : PIECE;
        r = turn(&p, s, at, len, fd, hash);
        at += len;
    }
    if (r == 0 && (EVP_CipherFinal_ex(p.cipher, p.out, &n) != 1 ||
                   EVP_CIPHER_CTX_ctrl(p.cipher, EVP_CTRL_GCM_GET_TAG, sizeof tag, tag) != 1))
        r = ERR_IO;
    if (r == 0)
        r = file_write_fd(fd, tag, sizeof tag);
    hash_stream_add(hash, tag, sizeof tag);
    uint8_t sha256[HASH_BYTES];
    hash_stream_end(hash, sha256);
    for (size_t i = 0; r == 0 && i < HASH_BYTES; i++)
        ret_sha256[i] = sha256[i];
    return r;
}

int sealed_open(const struct media_source *s, const uint8_t key[static SEALED_KEY_BYTES],
                const uint8_t iv[static SEALED_IV_BYTES], int fd)
{
    uint8_t tag[SEALED_TAG_BYTES];
    if (s->size < sizeof tag)
        return ERR_FORMAT;
    CLEANUP(pass_clear) struct pass p;
    uint64_t end = s->size - sizeof tag;
    int r = media_read(s, end, tag, sizeof tag), n = 0;
    pass_init(&p, key, iv, false);
    for (uint64_t at = 0; r == 0 && at < end;) {
        size_t len = end - at < PIECE ? (size_t)(end - at) : PIECE;
        r = turn(&p, s, at, len, fd, NULL);
        at += len;
    }
    if (r == 0 && (EVP_CIPHER_CTX_ctrl(p.cipher, EVP_CTRL_GCM_SET_TAG, sizeof tag, tag) != 1 ||
                   EVP_CipherFinal_ex(p.cipher, p.out, &n) != 1))
        r = ERR_AUTH;
    return r;
}

int sealed_check(const struct media_source *s, const uint8_t key[static SEALED_KEY_BYTES],
                 const uint8_t iv[static SEALED_IV_BYTES])
{
    return sealed_open(s, key, iv, NOWHERE);
}

/* The counter block of the text's block number `block`. */
static void counter_of(const uint8_t *iv, uint64_t block, uint8_t ret[static BLOCK])
{
    uint32_t n = (uint32_t)(block + FIRST_BLOCK);
    memcpy(ret, iv, SEALED_IV_BYTES);
    for (unsigned i = 0; i < sizeof n; i++)
        ret[SEALED_IV_BYTES + i] = (uint8_t)(n >> (24 - 8 * i));
}

/* `skip` bytes of its first block stand before what is wanted. */
static int count_on(EVP_CIPHER_CTX *c, unsigned skip, uint8_t *data, size_t len)
{
    uint8_t before[BLOCK] = {0};
    int n = 0;
    if (EVP_CipherUpdate(c, before, &n, before, (int)skip) != 1 ||
        EVP_CipherUpdate(c, data, &n, data, (int)len) != 1 || (size_t)n != len)
        return ERR_IO;
    return 0;
}

int sealed_piece(const struct media_source *s, const uint8_t key[static SEALED_KEY_BYTES],
                 const uint8_t iv[static SEALED_IV_BYTES], uint64_t offset, uint8_t *ret,
                 size_t len)
{
    uint8_t counter[BLOCK];
    uint64_t size = s->size < SEALED_TAG_BYTES ? 0 : s->size - SEALED_TAG_BYTES;
    if (offset > size || len > size - offset || len > INT_MAX)
        return ERR_FORMAT;
    int r = media_read(s, offset, ret, len);
    if (r < 0)
        return r;
    counter_of(iv, offset / BLOCK, counter);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    if (c == NULL || EVP_CipherInit_ex(c, EVP_aes_256_ctr(), NULL, key, counter, 1) != 1)
        abort(); /* our own cipher is not there */
    r = count_on(c, (unsigned)(offset % BLOCK), ret, len);
    EVP_CIPHER_CTX_free(c);
    return r;
}

int sealed_hash(const struct media_source *s, uint8_t ret[static HASH_BYTES])
{
    uint8_t *piece = mem_array(PIECE, 1);
    struct hash_stream *hash = hash_stream_new();
    int r = 0;
    for (uint64_t at = 0; r == 0 && at < s->size;) {
        size_t len = s->size - at < PIECE ? (size_t)(s->size - at) : PIECE;
        r = media_read(s, at, piece, len);
        hash_stream_add(hash, piece, len);
        at += len;
    }
    hash_stream_end(hash, ret);
    free(piece);
    return r;
}
