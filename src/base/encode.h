/* Base64 and hexadecimal, strict: what is decoded encodes to the same text again.
 *
 * Base64 is RFC 4648 section 4; with padding in XML, JSON and notes, without it in age
 * headers. Not in constant time: for public bytes and ciphertexts. Keys go through
 * encode_secret_*.
 */
#ifndef IRONSIDE_BASE_ENCODE_H
#define IRONSIDE_BASE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* Characters that `len` bytes become, with padding, without a NUL. */
#define ENCODE_BASE64_LEN(len) (((len) + 2) / 3 * 4)
/* Characters for `len` bytes without padding. */
#define ENCODE_BASE64_RAW_LEN(len) (((len)*4 + 2) / 3)

/* Writes ENCODE_BASE64_LEN(len) characters and a NUL. */
void encode_base64(const void *data, size_t len, char *ret);
void encode_base64_buf(struct buf *b, const void *data, size_t len);
void encode_base64_raw_buf(struct buf *b, const void *data, size_t len);

/* Decodes all of `text`; at most `max` bytes. ERR_FORMAT, ERR_LIMIT. */
int decode_base64(const char *text, size_t text_len, uint8_t *ret, size_t max,
                  size_t *ret_len) MUST_USE;
/* Exactly `len` bytes, else ERR_FORMAT. */
int decode_base64_exact(const char *text, size_t text_len, uint8_t *ret, size_t len) MUST_USE;
/* Without padding (age). */
int decode_base64_raw(const char *text, size_t text_len, uint8_t *ret, size_t max,
                      size_t *ret_len) MUST_USE;

/* 2 × len lower-case digits and a NUL. */
void encode_hex(const void *data, size_t len, char *ret);
/* Exactly `len` bytes of lower-case digits, else ERR_FORMAT. */
int decode_hex_exact(const char *text, size_t text_len, uint8_t *ret, size_t len) MUST_USE;

/* The same base64 through libsodium's constant-time codec, for keys. */
void encode_secret_base64(const void *data, size_t len, char *ret);
int decode_secret_base64_exact(const char *text, size_t text_len, uint8_t *ret,
                               size_t len) MUST_USE;

#endif
