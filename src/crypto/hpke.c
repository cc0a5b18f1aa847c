#include "crypto/hpke.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "crypto/dh.h"
#include "crypto/hash.h"

/* What each labeled input begins with (RFC 9180 section 4): version and suite id. */
#define KEM "HPKE-v1KEM\x00\x20"
#define SUITE "HPKE-v1HPKE\x00\x20\x00\x01\x00\x03"
/* The length that LabeledExpand puts in front. */
#define OUT_12 "\x00\x0c"
#define OUT_32 "\x00\x20"
#define LITERAL(s) ((struct hash_part){(s), sizeof(s) - 1})

#define CONTEXT_BYTES (1 + HASH_BYTES + HASH_BYTES)

/* LabeledExtract("", "psk_id_hash", ""): base mode has no other. */
static const uint8_t psk_id_hash[HASH_BYTES] = {
    0x43, 0x1d, 0xf6, 0xcd, 0x95, 0xe1, 0x1f, 0xf4, 0x9d, 0x70, 0x13, 0x56, 0x3b, 0xaf, 0x7f, 0x11,
    0x58, 0x8c, 0x75, 0xa6, 0x61, 0x1e, 0xe2, 0xa4, 0x40, 0x4a, 0x49, 0x30, 0x6a, 0xe4, 0xcf, 0xc5,
};

void hpke_derive_keypair(const void *ikm, size_t ikm_len, struct hpke_keypair *ret)
{
    uint8_t prk[HASH_BYTES];
    const struct hash_part extract[] = {LITERAL(KEM "dkp_prk"), {ikm, ikm_len}};
    const struct hash_part expand[] = {LITERAL(OUT_32 KEM "sk")};
    hash_hkdf_extract(NULL, 0, extract, 2, prk);
    hash_hkdf_expand(prk, expand, 1, ret->secret, sizeof ret->secret);
    dh_public_of(ret->secret, ret->public);
    secret_wipe(prk, sizeof prk);
}

void hpke_generate_keypair(struct hpke_keypair *ret)
{
    secret_random(ret->secret, sizeof ret->secret);
    dh_public_of(ret->secret, ret->public);
}

void hpke_public_of(const uint8_t secret[static HPKE_SECRET_BYTES],
                    uint8_t ret[static HPKE_PUBLIC_BYTES])
{
    dh_public_of(secret, ret);
}

/* ExtractAndExpand of section 4.1. */
static void kem_secret(const uint8_t dh[static DH_BYTES], const uint8_t enc[static HPKE_ENC_BYTES],
                       const uint8_t recipient[static HPKE_PUBLIC_BYTES],
                       uint8_t ret[static HASH_BYTES])
{
    uint8_t prk[HASH_BYTES];
    const struct hash_part extract[] = {LITERAL(KEM "eae_prk"), {dh, DH_BYTES}};
    const struct hash_part expand[] = {
        LITERAL(OUT_32 KEM "shared_secret"), {enc, HPKE_ENC_BYTES}, {recipient, HPKE_PUBLIC_BYTES}};
    hash_hkdf_extract(NULL, 0, extract, 2, prk);
    hash_hkdf_expand(prk, expand, 3, ret, HASH_BYTES);
    secret_wipe(prk, sizeof prk);
}

/* Section 5.1 in base mode. */
static void key_schedule(const uint8_t shared[static HASH_BYTES], const void *info, size_t info_len,
                         struct hpke_context *ret)
{
    uint8_t context[CONTEXT_BYTES] = {0x00}, secret[HASH_BYTES];
    memcpy(context + 1, psk_id_hash, HASH_BYTES);
    const struct hash_part info_ikm[] = {LITERAL(SUITE "info_hash"), {info, info_len}};
    hash_hkdf_extract(NULL, 0, info_ikm, 2, context + 1 + HASH_BYTES);
    const struct hash_part secret_ikm[] = {LITERAL(SUITE "secret")};
    hash_hkdf_extract(shared, HASH_BYTES, secret_ikm, 1, secret);

    const struct hash_part key[] = {LITERAL(OUT_32 SUITE "key"), {context, CONTEXT_BYTES}};
    const struct hash_part nonce[] = {LITERAL(OUT_12 SUITE "base_nonce"), {context, CONTEXT_BYTES}};
    const struct hash_part exporter[] = {LITERAL(OUT_32 SUITE "exp"), {context, CONTEXT_BYTES}};
    hash_hkdf_expand(secret, key, 2, ret->key, sizeof ret->key);
    hash_hkdf_expand(secret, nonce, 2, ret->base_nonce, sizeof ret->base_nonce);
    hash_hkdf_expand(secret, exporter, 2, ret->exporter_secret, sizeof ret->exporter_secret);
    ret->sequence = 0;
    secret_wipe(secret, sizeof secret);
}

/* Both sides: `own` is one's secret key, `peer` the other side's public one. */
static int setup(struct dh_key *own, const uint8_t peer[static DH_BYTES],
                 const uint8_t enc[static HPKE_ENC_BYTES],
                 const uint8_t recipient[static HPKE_PUBLIC_BYTES], const void *info,
                 size_t info_len, struct hpke_context *ret)
{
    uint8_t dh[DH_BYTES], shared[HASH_BYTES];
    int r = dh_key_shared(own, peer, dh);
    if (r < 0)
        return r;
    kem_secret(dh, enc, recipient, shared);
    key_schedule(shared, info, info_len, ret);
    secret_wipe(dh, sizeof dh);
    secret_wipe(shared, sizeof shared);
    return 0;
}

int hpke_context_sender(const struct hpke_keypair *ephemeral,
                        const uint8_t recipient[static HPKE_PUBLIC_BYTES], const void *info,
                        size_t info_len, struct hpke_context *ret)
{
    CLEANUP_DH_KEY struct dh_key *own = dh_key_new(ephemeral->secret, ephemeral->public);
    return setup(own, recipient, ephemeral->public, recipient, info, info_len, ret);
}

int hpke_context_recipient(const struct hpke_keypair *recipient,
                           const uint8_t enc[static HPKE_ENC_BYTES], const void *info,
                           size_t info_len, struct hpke_context *ret)
{
    CLEANUP_DH_KEY struct dh_key *own = dh_key_new(recipient->secret, recipient->public);
    return setup(own, enc, enc, recipient->public, info, info_len, ret);
}

static void nonce_of(const struct hpke_context *c, uint8_t ret[static HPKE_NONCE_BYTES])
{
    memcpy(ret, c->base_nonce, HPKE_NONCE_BYTES);
    for (int i = 0; i < 8; i++)
        ret[HPKE_NONCE_BYTES - 1 - i] ^= (uint8_t)(c->sequence >> (8 * i));
}

int hpke_context_seal(struct hpke_context *c, const void *aad, size_t aad_len,
                      const void *plaintext, size_t len, uint8_t *ret)
{
    uint8_t nonce[HPKE_NONCE_BYTES];
    if (c->sequence == UINT64_MAX)
        return ERR_LIMIT;
    nonce_of(c, nonce);
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(ret, NULL, plaintext, len, aad, aad_len, NULL,
                                                    nonce, c->key);
    c->sequence++;
    return 0;
}

int hpke_context_open(struct hpke_context *c, const void *aad, size_t aad_len,
                      const void *ciphertext, size_t len, uint8_t *ret)
{
    uint8_t nonce[HPKE_NONCE_BYTES];
    if (c->sequence == UINT64_MAX)
        return ERR_LIMIT;
    if (len < HPKE_TAG_BYTES)
        return ERR_FORMAT;
    nonce_of(c, nonce);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(ret, NULL, NULL, ciphertext, len, aad, aad_len,
                                                  nonce, c->key) != 0) {
        if (len > HPKE_TAG_BYTES)
            secret_wipe(ret, len - HPKE_TAG_BYTES);
        return ERR_AUTH;
    }
    c->sequence++;
    return 0;
}

void hpke_context_export(const struct hpke_context *c, const void *context, size_t context_len,
                         uint8_t *ret, size_t len)
{
    const uint8_t out[2] = {(uint8_t)(len >> 8), (uint8_t)len};
    const struct hash_part info[] = {
        {out, sizeof out}, LITERAL(SUITE "sec"), {context, context_len}};
    hash_hkdf_expand(c->exporter_secret, info, sizeof info / sizeof info[0], ret, len);
}

int hpke_seal(const struct hpke_keypair *ephemeral,
              const uint8_t recipient[static HPKE_PUBLIC_BYTES], const void *info, size_t info_len,
              const void *aad, size_t aad_len, const void *plaintext, size_t len, uint8_t *ret)
{
    struct hpke_context c;
    int r = hpke_context_sender(ephemeral, recipient, info, info_len, &c);
    if (r == 0)
        r = hpke_context_seal(&c, aad, aad_len, plaintext, len, ret);
    secret_wipe(&c, sizeof c);
    return r;
}

struct hpke_recipient {
    struct dh_key *dh;
    uint8_t public[HPKE_PUBLIC_BYTES];
};

struct hpke_recipient *hpke_recipient_new(const struct hpke_keypair *pair)
{
    struct hpke_recipient *r = mem_new(sizeof *r);
    r->dh = dh_key_new(pair->secret, pair->public);
    memcpy(r->public, pair->public, sizeof r->public);
    return r;
}

void hpke_recipient_free(struct hpke_recipient *r)
{
    if (r == NULL)
        return;
    dh_key_free(r->dh);
    free(r);
}

int hpke_recipient_open(struct hpke_recipient *recipient, const uint8_t enc[static HPKE_ENC_BYTES],
                        const void *info, size_t info_len, const void *aad, size_t aad_len,
                        const void *ciphertext, size_t len, uint8_t *ret)
{
    struct hpke_context c;
    int r = setup(recipient->dh, enc, enc, recipient->public, info, info_len, &c);
    if (r == 0)
        r = hpke_context_open(&c, aad, aad_len, ciphertext, len, ret);
    secret_wipe(&c, sizeof c);
    return r;
}

int hpke_open(const struct hpke_keypair *recipient, const uint8_t enc[static HPKE_ENC_BYTES],
              const void *info, size_t info_len, const void *aad, size_t aad_len,
              const void *ciphertext, size_t len, uint8_t *ret)
{
    struct hpke_recipient *prepared = hpke_recipient_new(recipient);
    int r = hpke_recipient_open(prepared, enc, info, info_len, aad, aad_len, ciphertext, len, ret);
    hpke_recipient_free(prepared);
    return r;
}
