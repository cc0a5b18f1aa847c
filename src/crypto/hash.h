/* SHA-256, HMAC-SHA256 and HKDF-SHA256 (FIPS 180-4, RFC 2104, RFC 5869) over OpenSSL's SHA-256,
 * which uses the processor's instructions for it. The digest contexts are kept per thread, so
 * that hashing a few bytes costs no allocation.
 *
 * The first call in a process lets OpenSSL read its configuration: one that is to be confined
 * makes it before.
 */
#ifndef IRONSIDE_CRYPTO_HASH_H
#define IRONSIDE_CRYPTO_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_BYTES 32

struct hash_part {
    const void *data;
    size_t len;
};

void hash_sha256(const void *data, size_t len, uint8_t ret[static HASH_BYTES]);
/* Of the parts one after the other. */
void hash_sha256_parts(const struct hash_part *parts, size_t count, uint8_t ret[static HASH_BYTES]);

void hash_hmac(const void *key, size_t key_len, const struct hash_part *parts, size_t count,
               uint8_t ret[static HASH_BYTES]);
void hash_hkdf_extract(const void *salt, size_t salt_len, const struct hash_part *ikm,
                       size_t ikm_parts, uint8_t ret_prk[static HASH_BYTES]);
/* `len` of at most 255 × 32 bytes. */
void hash_hkdf_expand(const uint8_t prk[static HASH_BYTES], const struct hash_part *info,
                      size_t info_parts, uint8_t *ret, size_t len);

/* For data that comes in pieces. */
struct hash_stream;
struct hash_stream *hash_stream_new(void);
void hash_stream_add(struct hash_stream *s, const void *data, size_t len);
/* Gives the digest and frees the stream. */
void hash_stream_end(struct hash_stream *s, uint8_t ret[static HASH_BYTES]);
void hash_stream_free(struct hash_stream *s);

#endif
