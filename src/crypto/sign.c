#include "crypto/sign.h"

#include <sodium.h>

void sign_keypair(uint8_t ret_public[static SIGN_PUBLIC_BYTES],
                  uint8_t ret_secret[static SIGN_SECRET_BYTES])
{
    (void)crypto_sign_keypair(ret_public, ret_secret);
}

void sign_keypair_from_seed(const uint8_t seed[static SIGN_SEED_BYTES],
                            uint8_t ret_public[static SIGN_PUBLIC_BYTES],
                            uint8_t ret_secret[static SIGN_SECRET_BYTES])
{
    (void)crypto_sign_seed_keypair(ret_public, ret_secret, seed);
}

void sign_detached(const uint8_t secret[static SIGN_SECRET_BYTES], const void *data, size_t len,
                   uint8_t ret[static SIGN_BYTES])
{
    (void)crypto_sign_detached(ret, NULL, data, len, secret);
}

int sign_verify(const uint8_t key[static SIGN_PUBLIC_BYTES], const void *data, size_t len,
                const uint8_t signature[static SIGN_BYTES])
{
    return crypto_sign_verify_detached(signature, data, len, key) == 0 ? 0 : ERR_AUTH;
}
