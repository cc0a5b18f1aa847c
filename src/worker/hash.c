#include "worker/hash.h"

#include <sodium.h>
#include <string.h>

_Static_assert(WORKER_SALT_BYTES == crypto_pwhash_SALTBYTES, "libsodium's salt");

#define KIB 1024U

static bool fits(const struct worker_recipe *r)
{
    return r->passes >= crypto_pwhash_argon2id_OPSLIMIT_MIN && r->passes <= WORKER_PASSES_MAX &&
           r->kib >= crypto_pwhash_argon2id_MEMLIMIT_MIN / KIB && r->kib <= WORKER_KIB_MAX;
}

void worker_hash_put(struct buf *b, const struct worker_hash *h)
{
    buf_put_u64(b, h->number);
    buf_put(b, h->recipe.salt, WORKER_SALT_BYTES);
    buf_put_u32(b, h->recipe.passes);
    buf_put_u32(b, h->recipe.kib);
    buf_put_block(b, h->password, h->password_len);
}

int worker_hash_get(struct cursor *c, struct worker_hash *ret)
{
    struct worker_hash h = {.number = cursor_u64(c)};
    const uint8_t *salt = cursor_bytes(c, WORKER_SALT_BYTES);
    h.recipe.passes = cursor_u32(c);
    h.recipe.kib = cursor_u32(c);
    h.password = (const char *)cursor_block(c, WORKER_PASSWORD_MAX, &h.password_len);
    if (cursor_end(c) < 0 || salt == NULL || !fits(&h.recipe))
        return ERR_FORMAT;
    memcpy(h.recipe.salt, salt, WORKER_SALT_BYTES);
    *ret = h;
    return 0;
}

void worker_hashed_put(struct buf *b, const struct worker_hashed *h)
{
    buf_put_u64(b, h->number);
    buf_put_u8(b, (uint8_t)h->outcome);
    buf_put(b, h->hash, WORKER_HASH_BYTES);
}

int worker_hashed_get(struct cursor *c, struct worker_hashed *ret)
{
    struct worker_hashed h = {.number = cursor_u64(c)};
    unsigned outcome = cursor_u8(c);
    const uint8_t *hash = cursor_bytes(c, WORKER_HASH_BYTES);
    if (cursor_end(c) < 0 || hash == NULL || outcome >= WORKER_OUTCOMES)
        return ERR_FORMAT;
    h.outcome = (enum worker_outcome)outcome;
    if (h.outcome == WORKER_DONE)
        memcpy(h.hash, hash, WORKER_HASH_BYTES);
    *ret = h;
    return 0;
}

int worker_hash_make(const struct worker_hash *h, uint8_t ret[static WORKER_HASH_BYTES])
{
    return crypto_pwhash(ret, WORKER_HASH_BYTES, h->password, h->password_len, h->recipe.salt,
                         h->recipe.passes, (size_t)h->recipe.kib * KIB,
                         crypto_pwhash_ALG_ARGON2ID13) == 0
               ? 0
               : ERR_IO;
}
