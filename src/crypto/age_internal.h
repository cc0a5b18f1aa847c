/* What the files of age share: the header, and the payload's chunks. */
#ifndef IRONSIDE_CRYPTO_AGE_INTERNAL_H
#define IRONSIDE_CRYPTO_AGE_INTERNAL_H

#include <stdbool.h>

#include "crypto/age.h"

#define AGE_FILE_KEY_BYTES 16
#define AGE_NONCE_BYTES 16
#define AGE_MAC_BYTES 32
#define AGE_TAG_BYTES 16
#define AGE_CHUNK_BYTES 65536U
#define AGE_SEALED_CHUNK_BYTES (AGE_CHUNK_BYTES + AGE_TAG_BYTES)

struct age_stanza { /* of kind X25519 */
    uint8_t share[AGE_KEY_BYTES];
    uint8_t body[AGE_FILE_KEY_BYTES + AGE_TAG_BYTES];
};

struct age_header {
    struct age_stanza stanzas[AGE_RECIPIENTS_MAX];
    size_t count;
    size_t mac_covers; /* bytes, from the first */
    uint8_t mac[AGE_MAC_BYTES];
    size_t len; /* bytes in all */
};

/* Appends a header that wraps `file_key`. Errors as age_encrypt's. */
int age_header_write(const struct age_recipient *recipients, size_t count,
                     const uint8_t file_key[static AGE_FILE_KEY_BYTES], struct buf *out) MUST_USE;
/* Reads the header at the start of `file`. ERR_FORMAT, ERR_LIMIT. */
int age_header_parse(const uint8_t *file, size_t len, struct age_header *ret) MUST_USE;
/* The file key, once the MAC has proven the header. Errors as age_decrypt's. */
int age_header_open(const struct age_header *h, const uint8_t *file,
                    const struct age_identity *identities, size_t count,
                    uint8_t ret[static AGE_FILE_KEY_BYTES]) MUST_USE;

struct age_stream { /* of chunks, in order */
    uint8_t key[32];
    uint64_t counter;
};

void age_stream_init(struct age_stream *s, const uint8_t file_key[static AGE_FILE_KEY_BYTES],
                     const uint8_t nonce[static AGE_NONCE_BYTES]);
/* `len` bytes become `len` + AGE_TAG_BYTES. */
void age_stream_seal(struct age_stream *s, const uint8_t *chunk, size_t len, bool last,
                     uint8_t *ret);
/* And back; `len` counts the tag. ERR_AUTH. */
int age_stream_open(struct age_stream *s, const uint8_t *sealed, size_t len, bool last,
                    uint8_t *ret) MUST_USE;

#endif
