/* Ed25519 (RFC 8032) over libsodium. A signature verifies if its S is below the group's order, key
 * and R are canonical and not of small order, and R = SB - kA holds without the cofactor.
 */
#ifndef IRONSIDE_CRYPTO_SIGN_H
#define IRONSIDE_CRYPTO_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SIGN_PUBLIC_BYTES 32
#define SIGN_SEED_BYTES 32
#define SIGN_SECRET_BYTES 64 /* seed and public key, as libsodium keeps them */
#define SIGN_BYTES 64

/* A fresh pair; `ret_secret` should lie in secret memory. */
void sign_keypair(uint8_t ret_public[static SIGN_PUBLIC_BYTES],
                  uint8_t ret_secret[static SIGN_SECRET_BYTES]);
void sign_keypair_from_seed(const uint8_t seed[static SIGN_SEED_BYTES],
                            uint8_t ret_public[static SIGN_PUBLIC_BYTES],
                            uint8_t ret_secret[static SIGN_SECRET_BYTES]);
void sign_detached(const uint8_t secret[static SIGN_SECRET_BYTES], const void *data, size_t len,
                   uint8_t ret[static SIGN_BYTES]);
/* 0 or ERR_AUTH. */
int sign_verify(const uint8_t key[static SIGN_PUBLIC_BYTES], const void *data, size_t len,
                const uint8_t signature[static SIGN_BYTES]) MUST_USE;

#endif
