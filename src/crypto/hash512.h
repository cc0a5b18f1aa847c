/* SHA-512 (FIPS 180-4) over libsodium, for data that comes in pieces: what others' formats ask for.
 */
#ifndef IRONSIDE_CRYPTO_HASH512_H
#define IRONSIDE_CRYPTO_HASH512_H

#include <sodium.h>
#include <stddef.h>
#include <stdint.h>

#define HASH512_BYTES 64

struct hash512 {
    crypto_hash_sha512_state state;
};

void hash512_begin(struct hash512 *h);
void hash512_add(struct hash512 *h, const void *data, size_t len);
void hash512_end(struct hash512 *h, uint8_t ret[static HASH512_BYTES]);
void hash512(const void *data, size_t len, uint8_t ret[static HASH512_BYTES]);

#endif
