/* TLS between a served network and a mirror: each side has a key of its own in a certificate that
 * it has signed itself, and knows the other by the SHA-256 of its public key
 * (SubjectPublicKeyInfo, RFC 7469). No authority vouches for anybody, names and dates count for
 * nothing.
 */
#ifndef IRONSIDE_SERVE_TLS_H
#define IRONSIDE_SERVE_TLS_H

#include "base/error.h"
#include "crypto/hash.h"

/* Makes STEM.key (0600) and STEM.pem: EC P-256. ERR_EXISTS, ERR_IO. */
int serve_tls_create(const char *stem, struct diag *d) MUST_USE;
/* Both as texts, the caller's; the key is to be wiped. ERR_NOT_FOUND, ERR_IO, ERR_LIMIT. */
int serve_tls_read(const char *stem, char **ret_certificate, char **ret_key,
                   struct diag *d) MUST_USE;
/* The hash of a certificate's public key, in PEM or DER. ERR_FORMAT. */
int serve_tls_hash(const char *pem, uint8_t ret[static HASH_BYTES]) MUST_USE;
int serve_tls_hash_der(const void *der, size_t len, uint8_t ret[static HASH_BYTES]) MUST_USE;

#endif
