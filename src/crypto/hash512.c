#include "crypto/hash512.h"

void hash512_begin(struct hash512 *h)
{
    crypto_hash_sha512_init(&h->state);
}

void hash512_add(struct hash512 *h, const void *data, size_t len)
{
    crypto_hash_sha512_update(&h->state, data, len);
}

void hash512_end(struct hash512 *h, uint8_t ret[static HASH512_BYTES])
{
    crypto_hash_sha512_final(&h->state, ret);
}

void hash512(const void *data, size_t len, uint8_t ret[static HASH512_BYTES])
{
    crypto_hash_sha512(ret, data, len);
}
