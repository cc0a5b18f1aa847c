/* Files under AES-256-GCM as XEP-0454 has them: ciphertext, then the tag of 16 bytes. A piece of
 * 64 KiB is in memory at a time, whatever the file's size. */
#ifndef IRONSIDE_MEDIA_SEALED_H
#define IRONSIDE_MEDIA_SEALED_H

#include "crypto/hash.h"
#include "media/source.h"

#define SEALED_KEY_BYTES 32
#define SEALED_IV_BYTES 12
#define SEALED_TAG_BYTES 16U

/* Writes the source's ciphertext to `fd` and gives its SHA-256. ERR_IO. */
int sealed_write(const struct media_source *s, const uint8_t key[static SEALED_KEY_BYTES],
                 const uint8_t iv[static SEALED_IV_BYTES], int fd,
                 uint8_t ret_sha256[static HASH_BYTES]) MUST_USE;
/* Writes what the ciphertext holds to `fd`. It is authentic only once this has returned 0: nobody
 * may be shown it before. ERR_AUTH: another key, or changed bytes; ERR_FORMAT: too short; ERR_IO.
 */
int sealed_open(const struct media_source *s, const uint8_t key[static SEALED_KEY_BYTES],
                const uint8_t iv[static SEALED_IV_BYTES], int fd) MUST_USE;
/* Is the ciphertext authentic under the key? Nothing is written. Errors as above. */
int sealed_check(const struct media_source *s, const uint8_t key[static SEALED_KEY_BYTES],
                 const uint8_t iv[static SEALED_IV_BYTES]) MUST_USE;
/* The readable bytes from `offset` on, of a ciphertext that sealed_check has found authentic and
 * that has not changed since: counter mode alone, from the counter that GCM has there (NIST SP
 * 800-38D, 7.1). ERR_FORMAT: past the end; ERR_IO. */
int sealed_piece(const struct media_source *s, const uint8_t key[static SEALED_KEY_BYTES],
                 const uint8_t iv[static SEALED_IV_BYTES], uint64_t offset, uint8_t *ret,
                 size_t len) MUST_USE;
/* SHA-256 of all of a source. ERR_IO. */
int sealed_hash(const struct media_source *s, uint8_t ret[static HASH_BYTES]) MUST_USE;

#endif
