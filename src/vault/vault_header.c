#include "vault/vault_header.h"

#include <sodium.h>
#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/secret.h"
#include "vault/vault_key.h"

#define VERSION 1U
#define MAGIC_BYTES 16
#define FIXED_BYTES (MAGIC_BYTES + 4 + VAULT_KIND_MAX)
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define SEALED_BYTES (VAULT_KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define HASH_BYTES 32
#define HASH_AT (VAULT_SLOT_BYTES - HASH_BYTES)
#define TERMS_BYTES 36 /* of a slot: what the sealing binds */

static const char magic[MAGIC_BYTES] = "ironside vault\n";

struct slot {
    uint64_t generation;
    uint32_t opened_by;
    struct vault_costs costs;
    uint8_t salt[VAULT_SALT_BYTES];
    uint8_t nonce[NONCE_BYTES];
    uint8_t sealed[SEALED_BYTES];
};

unsigned vault_header_slot_at(unsigned slot)
{
    return 1024 * (slot + 1);
}

static uint8_t *slot_bytes(struct vault_header *h, unsigned slot)
{
    return h->bytes + vault_header_slot_at(slot);
}

static void slot_hash(const struct vault_header *h, unsigned slot, uint8_t ret[static HASH_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    crypto_generichash_update(&state, h->bytes, FIXED_BYTES);
    crypto_generichash_update(&state, h->bytes + vault_header_slot_at(slot), HASH_AT);
    crypto_generichash_final(&state, ret, HASH_BYTES);
}

/* The associated data of the data key. */
static void slot_terms(const struct vault_header *h, unsigned slot,
                       uint8_t ret[static FIXED_BYTES + TERMS_BYTES])
{
    memcpy(ret, h->bytes, FIXED_BYTES);
    memcpy(ret + FIXED_BYTES, h->bytes + vault_header_slot_at(slot), TERMS_BYTES);
}

static bool slot_read(const struct vault_header *h, unsigned slot, struct slot *ret)
{
    uint8_t hash[HASH_BYTES];
    slot_hash(h, slot, hash);
    const uint8_t *bytes = h->bytes + vault_header_slot_at(slot);
    if (memcmp(hash, bytes + HASH_AT, HASH_BYTES) != 0)
        return false;
    struct cursor c = cursor_over(bytes, HASH_AT);
    ret->generation = cursor_u64(&c);
    ret->opened_by = cursor_u32(&c);
    ret->costs.passes = cursor_u32(&c);
    ret->costs.memory_kib = cursor_u32(&c);
    cursor_copy(&c, ret->salt, sizeof ret->salt);
    cursor_copy(&c, ret->nonce, sizeof ret->nonce);
    cursor_copy(&c, ret->sealed, sizeof ret->sealed);
    return ret->opened_by == VAULT_BY_KEY ||
           (ret->opened_by == VAULT_BY_PASSPHRASE && vault_key_costs_valid(ret->costs));
}

/* All but the nonce, what is sealed and the hash. */
static void slot_write_terms(struct vault_header *h, unsigned slot, const struct slot *s)
{
    CLEANUP_BUF struct buf b = BUF_INIT(TERMS_BYTES);
    buf_put_u64(&b, s->generation);
    buf_put_u32(&b, s->opened_by);
    buf_put_u32(&b, s->costs.passes);
    buf_put_u32(&b, s->costs.memory_kib);
    buf_put(&b, s->salt, sizeof s->salt);
    memset(slot_bytes(h, slot), 0, VAULT_SLOT_BYTES);
    memcpy(slot_bytes(h, slot), b.data, TERMS_BYTES);
}

static bool kind_valid(const char *kind)
{
    size_t len = strlen(kind);
    return len >= 1 && len <= VAULT_KIND_MAX &&
           strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

int vault_header_init(struct vault_header *h, const char *kind, struct diag *d)
{
    if (!kind_valid(kind))
        return diag_set(d, ERR_FORMAT, "\"%s\" is not a kind of vault", kind);
    *h = (struct vault_header){.slot = 1}; /* the first key goes into the other one, 0 */
    memcpy(h->bytes, magic, MAGIC_BYTES);
    h->bytes[MAGIC_BYTES + 3] = VERSION;
    memcpy(h->bytes + MAGIC_BYTES + 4, kind, strlen(kind));
    return 0;
}

static bool outside_is_zero(const struct vault_header *h)
{
    unsigned at = FIXED_BYTES;
    for (unsigned slot = 0; slot < VAULT_SLOTS; slot++) {
        unsigned next = vault_header_slot_at(slot);
        if (!sodium_is_zero(h->bytes + at, next - at))
            return false;
        at = next + VAULT_SLOT_BYTES;
    }
    return sodium_is_zero(h->bytes + at, VAULT_HEADER_BYTES - at);
}

/* The one that counts, by its place and with its content. */
static int find_slot(struct vault_header *h, const char *kind, const char *path, struct slot *ret,
                     struct diag *d)
{
    struct cursor c = cursor_over(h->bytes, FIXED_BYTES);
    if (memcmp(cursor_bytes(&c, MAGIC_BYTES), magic, MAGIC_BYTES) != 0)
        return diag_set(d, ERR_FORMAT, "%s is not a vault: is the path right?", path);
    uint32_t version = cursor_u32(&c);
    const char *actual_kind = (const char *)cursor_bytes(&c, VAULT_KIND_MAX);
    if (version != VERSION)
        return diag_set(d, ERR_FORMAT, "%s is a vault of version %u: open it with a newer program",
                        path, version);
    ret->generation = 0;
    for (unsigned i = 0; i < VAULT_SLOTS; i++) {
        struct slot s;
        if (slot_read(h, i, &s) && s.generation > ret->generation) {
            *ret = s;
            h->slot = i;
        }
    }
    if (ret->generation == 0 || !outside_is_zero(h))
        return diag_set(d, ERR_FORMAT, "the header of %s is damaged: restore it from a copy", path);
    if (strncmp(actual_kind, kind, VAULT_KIND_MAX) != 0)
        return diag_set(d, ERR_FORMAT, "%s is a vault of the kind %.*s, not %s: is the path right?",
                        path, (int)VAULT_KIND_MAX, actual_kind, kind);
    return 0;
}

int vault_header_open(struct vault_header *h, const char *kind, const struct vault_key *key,
                      const char *path, uint8_t ret_data_key[static VAULT_KEY_BYTES],
                      struct diag *d)
{
    struct slot s;
    int r = vault_key_check(key, d);
    if (r == 0)
        r = find_slot(h, kind, path, &s, d);
    if (r < 0)
        return r;
    bool passphrase = s.opened_by == VAULT_BY_PASSPHRASE;
    if (vault_key_opened_by(key) != s.opened_by)
        return diag_set(d, ERR_KEY, "%s is opened with a %s, not with a %s", path,
                        passphrase ? "passphrase" : "key file",
                        passphrase ? "key file" : "passphrase");
    CLEANUP_SECRET uint8_t *sealing_key = secret_new(VAULT_KEY_BYTES);
    r = vault_key_derive(key, s.salt, s.costs, sealing_key, d);
    if (r < 0)
        return r;
    uint8_t terms[FIXED_BYTES + TERMS_BYTES];
    slot_terms(h, h->slot, terms);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(ret_data_key, NULL, NULL, s.sealed,
                                                   sizeof s.sealed, terms, sizeof terms, s.nonce,
                                                   sealing_key) != 0)
        return diag_set(d, ERR_KEY,
                        passphrase ? "wrong passphrase for %s: try again"
                                   : "%s is sealed under another key: use the key file beside it",
                        path);
    return 0;
}

/* What a new slot says beside the key that it holds. */
static int choose_terms(const struct vault_header *h, const struct vault_key *key, struct slot *ret,
                        struct diag *d)
{
    int r = vault_key_check(key, d);
    if (r < 0)
        return r;
    struct slot old;
    *ret = (struct slot){.generation = slot_read(h, h->slot, &old) ? old.generation + 1 : 1,
                         .opened_by = vault_key_opened_by(key)};
    if (ret->opened_by == VAULT_BY_KEY)
        return 0;
    ret->costs = key->costs.passes == 0 ? VAULT_COSTS_PERSON : key->costs;
    secret_random(ret->salt, sizeof ret->salt);
    if (!vault_key_costs_valid(ret->costs))
        return diag_set(d, ERR_KEY, "Argon2id with %u passes and %u KiB is out of bounds",
                        ret->costs.passes, ret->costs.memory_kib);
    return 0;
}

int vault_header_seal(struct vault_header *h, const struct vault_key *key,
                      const uint8_t data_key[static VAULT_KEY_BYTES], struct diag *d)
{
    struct slot s;
    CLEANUP_SECRET uint8_t *sealing_key = secret_new(VAULT_KEY_BYTES);
    int r = choose_terms(h, key, &s, d);
    if (r == 0)
        r = vault_key_derive(key, s.salt, s.costs, sealing_key, d);
    if (r < 0)
        return r;
    unsigned slot = 1 - h->slot;
    uint8_t terms[FIXED_BYTES + TERMS_BYTES];
    slot_write_terms(h, slot, &s);
    slot_terms(h, slot, terms);
    uint8_t *nonce = slot_bytes(h, slot) + TERMS_BYTES;
    secret_random(nonce, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_BYTES, NULL, data_key, VAULT_KEY_BYTES,
                                               terms, sizeof terms, NULL, nonce, sealing_key);
    slot_hash(h, slot, slot_bytes(h, slot) + HASH_AT);
    h->slot = slot;
    return 0;
}

bool vault_header_other_is_empty(const struct vault_header *h)
{
    return sodium_is_zero(h->bytes + vault_header_slot_at(1 - h->slot), VAULT_SLOT_BYTES);
}

void vault_header_clear_other(struct vault_header *h)
{
    memset(slot_bytes(h, 1 - h->slot), 0, VAULT_SLOT_BYTES);
}
