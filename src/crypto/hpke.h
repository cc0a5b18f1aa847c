/* HPKE (RFC 9180) base mode: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001,
 * ChaCha20-Poly1305 0x0003; one message a context (sequence number 0), plus the general context
 * that the RFC's vectors exercise.
 *
 * Several recipients may share one ephemeral pair (docs/protocol.md, "Access element"): each has
 * its own shared secret, key and nonce, because the recipient's public key is in the KEM context
 * and the warrant's id is in `info`.
 *
 * The public half of a pair is used as given, never checked against the secret one.
 */
#ifndef IRONSIDE_CRYPTO_HPKE_H
#define IRONSIDE_CRYPTO_HPKE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

#define HPKE_PUBLIC_BYTES 32
#define HPKE_SECRET_BYTES 32
#define HPKE_ENC_BYTES 32
#define HPKE_TAG_BYTES 16

struct hpke_keypair {
    uint8_t secret[HPKE_SECRET_BYTES];
    uint8_t public[HPKE_PUBLIC_BYTES];
};

/* RFC 9180 section 7.1.3 with this suite's KEM. */
void hpke_derive_keypair(const void *ikm, size_t ikm_len, struct hpke_keypair *ret);
/* An independent random pair. */
void hpke_generate_keypair(struct hpke_keypair *ret);
/* The public key of a secret one. */
void hpke_public_of(const uint8_t secret[static HPKE_SECRET_BYTES],
                    uint8_t ret[static HPKE_PUBLIC_BYTES]);

/* Seals under the given ephemeral pair (whose public half is `enc`): `ret` takes
 * `len` + HPKE_TAG_BYTES. ERR_KEY: `recipient` is of low order. */
int hpke_seal(const struct hpke_keypair *ephemeral,
              const uint8_t recipient[static HPKE_PUBLIC_BYTES], const void *info, size_t info_len,
              const void *aad, size_t aad_len, const void *plaintext, size_t len,
              uint8_t *ret) MUST_USE;

/* Opens: `ret` takes `len` - HPKE_TAG_BYTES. ERR_KEY: `enc` is of low order; ERR_AUTH: the tag does
 * not match, `ret` is wiped; ERR_FORMAT: shorter than a tag. */
int hpke_open(const struct hpke_keypair *recipient, const uint8_t enc[static HPKE_ENC_BYTES],
              const void *info, size_t info_len, const void *aad, size_t aad_len,
              const void *ciphertext, size_t len, uint8_t *ret) MUST_USE;

/* A recipient's key, prepared for many messages: opening takes about a sixth less time than with
 * hpke_open, which prepares and frees one. Its copy of the secret key lies in memory that is not
 * locked, and is wiped by the free. For one thread at a time. */
struct hpke_recipient;
struct hpke_recipient *hpke_recipient_new(const struct hpke_keypair *pair);
void hpke_recipient_free(struct hpke_recipient *r);
DEFINE_CLEANUP(struct hpke_recipient, hpke_recipient_free)
/* As hpke_open. */
int hpke_recipient_open(struct hpke_recipient *recipient, const uint8_t enc[static HPKE_ENC_BYTES],
                        const void *info, size_t info_len, const void *aad, size_t aad_len,
                        const void *ciphertext, size_t len, uint8_t *ret) MUST_USE;

#define HPKE_NONCE_BYTES 12
/* A context over several messages (RFC 9180 sections 5.2 and 5.3). Secret: the caller wipes it. */
struct hpke_context {
    uint8_t key[32];
    uint8_t base_nonce[HPKE_NONCE_BYTES];
    uint8_t exporter_secret[32];
    uint64_t sequence;
};
int hpke_context_sender(const struct hpke_keypair *ephemeral,
                        const uint8_t recipient[static HPKE_PUBLIC_BYTES], const void *info,
                        size_t info_len, struct hpke_context *ret) MUST_USE;
int hpke_context_recipient(const struct hpke_keypair *recipient,
                           const uint8_t enc[static HPKE_ENC_BYTES], const void *info,
                           size_t info_len, struct hpke_context *ret) MUST_USE;
/* As hpke_seal and hpke_open, and the next sequence number after each success. ERR_LIMIT: there is
 * none left. */
int hpke_context_seal(struct hpke_context *c, const void *aad, size_t aad_len,
                      const void *plaintext, size_t len, uint8_t *ret) MUST_USE;
int hpke_context_open(struct hpke_context *c, const void *aad, size_t aad_len,
                      const void *ciphertext, size_t len, uint8_t *ret) MUST_USE;
/* `len` of at most 255 × 32 bytes. */
void hpke_context_export(const struct hpke_context *c, const void *context, size_t context_len,
                         uint8_t *ret, size_t len);

#endif
