/* Passkeys (Web Authentication level 2): what a browser hands in when a credential is made and when
 * one is used, checked on the server's side; over libfido2 and libcbor. No session, no storage, no
 * I/O.
 *
 * Attestation is not asked for ("none", or whatever comes is passed over): a desk trusts the user
 * who was signed in when the credential was made, not its maker.
 */
#ifndef IRONSIDE_PASSKEY_PASSKEY_H
#define IRONSIDE_PASSKEY_PASSKEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define PASSKEY_CHALLENGE_BYTES 32U
#define PASSKEY_ID_MAX 1023U /* bytes: Web Authentication, 5.8.3 */
#define PASSKEY_KEY_MAX 512U
#define PASSKEY_DATA_MAX 65536U /* bytes of each part that a browser hands in */

/* Where the page is: a browser signs for this and nothing else. */
struct passkey_site {
    const char *id;     /* the relying party's: "desk.example", "localhost" */
    const char *origin; /* "https://desk.example:8443" */
};

struct passkey {
    uint8_t id[PASSKEY_ID_MAX];
    size_t id_len;
    int algorithm; /* COSE: -7 ES256, -8 EdDSA, -257 RS256 */
    uint8_t key[PASSKEY_KEY_MAX];
    size_t key_len;
    uint32_t count; /* of its uses, as it says; 0: it does not count */
};

struct passkey_part {
    const void *data;
    size_t len;
};

/* The challenge that client data says that it is for, so that its giver finds which of those it
 * gave is meant; nothing of it is checked. ERR_FORMAT: it says none. */
int passkey_challenge(struct passkey_part client_data,
                      uint8_t ret[static PASSKEY_CHALLENGE_BYTES]) MUST_USE;

/* A new credential (7.1): the client data as JSON and the attestation object as CBOR. ERR_FORMAT:
 * not of this form; ERR_AUTH: for another challenge, place or relying party, or nobody was there
 * and verified by it (a PIN, a finger); ERR_KEY: a kind of key that we do not take. The line is for
 * the log: it holds nothing that was handed in. */
int passkey_create(const struct passkey_site *site,
                   const uint8_t challenge[static PASSKEY_CHALLENGE_BYTES],
                   struct passkey_part client_data, struct passkey_part attestation,
                   struct passkey *ret, struct diag *d) MUST_USE;

/* Its use (7.2). The same errors; ERR_AUTH: also a signature that is not its key's, or a count that
 * has not grown: somebody may have a copy of it. *ret_count is to be kept as its count. */
struct passkey_use {
    struct passkey_part client_data, authenticator_data, signature;
};
int passkey_check(const struct passkey_site *site,
                  const uint8_t challenge[static PASSKEY_CHALLENGE_BYTES], const struct passkey *p,
                  const struct passkey_use *use, uint32_t *ret_count, struct diag *d) MUST_USE;

#endif
