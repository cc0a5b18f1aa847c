/* AES-128-GCM with a 12-byte iv and a detached 16-byte tag: the payload of an OMEMO message
 * (`eu.siacs.conversations.axolotl`, XEP-0384 0.3). Key content K is key (16) and tag (16).
 * A `len` is below 2^31.
 */
#ifndef IRONSIDE_CRYPTO_PAYLOAD_H
#define IRONSIDE_CRYPTO_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define PAYLOAD_KEY_BYTES 16
#define PAYLOAD_TAG_BYTES 16
#define PAYLOAD_IV_BYTES 12
#define PAYLOAD_CONTENT_BYTES 32 /* K: key and tag */

/* Encrypts `len` bytes under a fresh key and iv: `ret_ciphertext` takes `len` bytes (it may be
 * `plaintext` itself). */
void payload_encrypt(const void *plaintext, size_t len, uint8_t ret_iv[static PAYLOAD_IV_BYTES],
                     uint8_t *ret_ciphertext, uint8_t ret_content[static PAYLOAD_CONTENT_BYTES]);
/* ERR_AUTH leaves `ret_plaintext` (`len` bytes) wiped. */
int payload_decrypt(const uint8_t content[static PAYLOAD_CONTENT_BYTES],
                    const uint8_t iv[static PAYLOAD_IV_BYTES], const void *ciphertext, size_t len,
                    uint8_t *ret_plaintext) MUST_USE;

#endif
