#include <sodium.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/age_internal.h"
#include "crypto/hash.h"

#define NONCE_BYTES crypto_aead_chacha20poly1305_ietf_NPUBBYTES

void age_stream_init(struct age_stream *s, const uint8_t file_key[static AGE_FILE_KEY_BYTES],
                     const uint8_t nonce[static AGE_NONCE_BYTES])
{
    uint8_t prk[HASH_BYTES];
    const struct hash_part ikm = {file_key, AGE_FILE_KEY_BYTES}, info = {"payload", 7};
    hash_hkdf_extract(nonce, AGE_NONCE_BYTES, &ikm, 1, prk);
    hash_hkdf_expand(prk, &info, 1, s->key, sizeof s->key);
    s->counter = 0;
    secret_wipe(prk, sizeof prk);
}

/* An 11-byte counter, then 1 for the last chunk. */
static void next_nonce(struct age_stream *s, bool last, uint8_t ret[static NONCE_BYTES])
{
    memset(ret, 0, NONCE_BYTES);
    for (unsigned i = 0; i < 8; i++)
        ret[NONCE_BYTES - 2 - i] = (uint8_t)(s->counter >> (8 * i));
    ret[NONCE_BYTES - 1] = last;
    s->counter++;
}

void age_stream_seal(struct age_stream *s, const uint8_t *chunk, size_t len, bool last,
                     uint8_t *ret)
{
    uint8_t nonce[NONCE_BYTES];
    next_nonce(s, last, nonce);
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(ret, NULL, chunk, len, NULL, 0, NULL, nonce,
                                                    s->key);
}

int age_stream_open(struct age_stream *s, const uint8_t *sealed, size_t len, bool last,
                    uint8_t *ret)
{
    uint8_t nonce[NONCE_BYTES];
    next_nonce(s, last, nonce);
    return crypto_aead_chacha20poly1305_ietf_decrypt(ret, NULL, NULL, sealed, len, NULL, 0, nonce,
                                                     s->key) == 0
               ? 0
               : ERR_AUTH;
}
