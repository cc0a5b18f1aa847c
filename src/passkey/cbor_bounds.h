/* Looking at CBOR before libcbor does: it makes room for as many items as an array or map says that
 * it has, so that some bytes could ask for all memory (libcbor 0.8; libfido2 reads keys with it,
 * too). */
#ifndef IRONSIDE_PASSKEY_CBOR_BOUNDS_H
#define IRONSIDE_PASSKEY_CBOR_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CBOR_BOUNDS_DEPTH_MAX 8U

/* Do the bytes begin with one whole item of definite lengths, none of its arrays and maps longer
 * than the bytes that are left, nested no deeper than the maximum, without tags? (RFC 8949) */
bool cbor_bounds_ok(const uint8_t *data, size_t len);

#endif
