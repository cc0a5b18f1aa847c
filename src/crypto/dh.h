/* X25519 (RFC 7748), for HPKE and age. OpenSSL computes the shared secrets: in three quarters of
 * libsodium's time when the secret key is prepared, in nine tenths when it isn't.
 */
#ifndef IRONSIDE_CRYPTO_DH_H
#define IRONSIDE_CRYPTO_DH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

#define DH_BYTES 32

/* A secret key, prepared. Its copy lies in memory that is not locked, and is wiped by the free. */
struct dh_key;
/* `public` is taken as given; a wrong one does not change any shared secret. */
struct dh_key *dh_key_new(const uint8_t secret[static DH_BYTES],
                          const uint8_t public[static DH_BYTES]);
void dh_key_free(struct dh_key *k);
DEFINE_CLEANUP(struct dh_key, dh_key_free)
#define CLEANUP_DH_KEY CLEANUP(dh_key_free_cleanup)

/* ERR_KEY: `peer` is of low order, so that the secret would be zero. */
int dh_key_shared(struct dh_key *k, const uint8_t peer[static DH_BYTES],
                  uint8_t ret[static DH_BYTES]) MUST_USE;
/* The same for a key that is used once. */
int dh_shared(const uint8_t secret[static DH_BYTES], const uint8_t public[static DH_BYTES],
              const uint8_t peer[static DH_BYTES], uint8_t ret[static DH_BYTES]) MUST_USE;

/* The public key of a secret one. */
void dh_public_of(const uint8_t secret[static DH_BYTES], uint8_t ret[static DH_BYTES]);
bool dh_low_order(const uint8_t public[static DH_BYTES]);

#endif
