/* The network's own TLS authority. Devices trust it alone and know it by its certificate's SHA-256
 * in the network note; it may certify the network's domain and names below it, nothing else.
 *
 * Dates in TLS certificates are the system clock's, in replay networks too.
 */
#ifndef IRONSIDE_NETWORK_TLS_AUTHORITY_H
#define IRONSIDE_NETWORK_TLS_AUTHORITY_H

#include "base/error.h"
#include "crypto/hash.h"

/* Makes authority/ca.key (0600) and authority/ca.pem: EC P-256, 20 years. ERR_EXISTS, ERR_IO;
 * ERR_FORMAT: not a domain. */
int tls_authority_create(const char *dir, const char *domain, struct diag *d) MUST_USE;
/* Makes or replaces server/server.pem (0600): a fresh P-256 key and its certificate for the domain
 * and the names below it, 10 years, in one file as ejabberd reads it. ERR_NOT_FOUND: no authority;
 * ERR_KEY: its key is not usable; ERR_IO. */
int tls_authority_issue(const char *dir, const char *domain, struct diag *d) MUST_USE;
/* SHA-256 of the authority's certificate (DER) for the network note, and the PEM text itself,
 * owned by the caller, if `ret_pem` is not NULL. ERR_NOT_FOUND, ERR_FORMAT. */
int tls_authority_read(const char *dir, uint8_t ret_hash[static HASH_BYTES], char **ret_pem,
                       struct diag *d) MUST_USE;

#endif
