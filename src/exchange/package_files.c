#include "exchange/package_files.h"

#include <ctype.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/memory.h"
#include "base/secret.h"
#include "media/sealed.h"
#include "wire/file_content.h"

#define NAME_KEPT_MAX 80U /* characters of a file's name */
#define FILES_MAX 1000000U
#define PIECE_BYTES 65536U

struct package_files_entry {
    UT_hash_handle hh;
    char path[PACKAGE_FILES_PATH_MAX + 1];
    uint8_t sha256[HASH_BYTES]; /* of its ciphertext */
    uint8_t key[SEALED_KEY_BYTES], iv[SEALED_IV_BYTES];
};
struct package_files {
    struct package_files_entry *entries;
    const struct package_files_entry *now;
    EVP_CIPHER_CTX *cipher;
    struct hash_stream *hash;
    package_files_fn *fn;
    void *context;
};

void package_files_path(uint64_t number, const char *name,
                        char ret[static PACKAGE_FILES_PATH_MAX + 1])
{
    size_t len = (size_t)snprintf(ret, PACKAGE_FILES_PATH_MAX + 1, "files/%08" PRIu64 "-", number);
    for (size_t kept = 0; *name != '\0' && kept < NAME_KEPT_MAX; name++)
        if (isalnum((unsigned char)*name) || strchr(".-_", *name) != NULL) {
            ret[len++] = *name;
            kept++;
        }
    ret[len] = '\0';
}

struct package_files *package_files_new(package_files_fn *fn, void *context)
{
    struct package_files *f = mem_new(sizeof *f);
    f->fn = fn;
    f->context = context;
    f->cipher = EVP_CIPHER_CTX_new();
    if (f->cipher == NULL)
        abort();
    return f;
}

void package_files_free(struct package_files *f)
{
    struct package_files_entry *x, *next;
    if (f == NULL)
        return;
    HASH_ITER (hh, f->entries, x, next) {
        HASH_DEL(f->entries, x);
        secret_wipe(x, sizeof *x);
        free(x);
    }
    hash_stream_free(f->hash);
    EVP_CIPHER_CTX_free(f->cipher);
    free(f);
}

int package_files_expect(struct package_files *f, uint64_t number, const struct record *rec,
                         const char *body, size_t body_len)
{
    const struct envelope *e = &rec->envelope;
    struct file_content c;
    if (e->file_count != 1 || file_content_parse(body, body_len, &c) < 0)
        return 0;
    if (HASH_COUNT(f->entries) == FILES_MAX)
        return ERR_LIMIT;
    struct package_files_entry *x = mem_new(sizeof *x);
    package_files_path(number, c.name, x->path);
    memcpy(x->sha256, e->files[0].sha256, HASH_BYTES);
    memcpy(x->key, c.uri.key, sizeof x->key);
    memcpy(x->iv, c.uri.iv, sizeof x->iv);
    secret_wipe(&c, sizeof c);
    HASH_ADD_STR(f->entries, path, x);
    return 0;
}

uint64_t package_files_sent(const struct package_files *f)
{
    return HASH_COUNT(f->entries);
}

int package_files_begin(struct package_files *f, const char *path)
{
    struct package_files_entry *x;
    HASH_FIND_STR(f->entries, path, x);
    if (x == NULL)
        return ERR_NOT_FOUND;
    f->now = x;
    hash_stream_free(f->hash);
    f->hash = hash_stream_new();
    if (EVP_EncryptInit_ex(f->cipher, EVP_aes_256_gcm(), NULL, x->key, x->iv) != 1)
        abort();
    return 0;
}

static int hand_on(struct package_files *f, const void *sealed, size_t len)
{
    return f->fn == NULL ? 0 : f->fn(f->context, f->now->sha256, sealed, len);
}

int package_files_add(struct package_files *f, const void *data, size_t len)
{
    uint8_t sealed[PIECE_BYTES];
    const uint8_t *from = data;
    int r = 0;
    for (int n; r == 0 && len > 0; from += n, len -= (size_t)n) {
        if (EVP_EncryptUpdate(f->cipher, sealed, &n, from,
                              len < PIECE_BYTES ? (int)len : (int)PIECE_BYTES) != 1)
            abort();
        hash_stream_add(f->hash, sealed, (size_t)n);
        r = hand_on(f, sealed, (size_t)n);
    }
    return r;
}

int package_files_end(struct package_files *f)
{
    uint8_t rest[EVP_MAX_BLOCK_LENGTH], tag[SEALED_TAG_BYTES], sha256[HASH_BYTES];
    int n;
    if (EVP_EncryptFinal_ex(f->cipher, rest, &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(f->cipher, EVP_CTRL_GCM_GET_TAG, sizeof tag, tag) != 1)
        abort();
    hash_stream_add(f->hash, tag, sizeof tag);
    hash_stream_end(f->hash, sha256);
    f->hash = NULL;
    if (memcmp(sha256, f->now->sha256, sizeof sha256) != 0)
        return ERR_AUTH;
    int r = hand_on(f, tag, sizeof tag);
    return r < 0 ? r : hand_on(f, NULL, 0);
}
