/* An authenticator in software, and the browser before it, for the tests of who takes passkeys. */
#ifndef IRONSIDE_TESTS_AUTHENTICATOR_H
#define IRONSIDE_TESTS_AUTHENTICATOR_H

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "passkey/passkey.h"

#define AUTHENTICATOR_PRESENT 0x01
#define AUTHENTICATOR_VERIFIED 0x04
#define AUTHENTICATOR_HAS_CREDENTIAL 0x40
#define AUTHENTICATOR_ES256 (-7)
#define AUTHENTICATOR_EDDSA (-8)

/* What a test changes stands here. */
struct authenticator {
    EVP_PKEY *key;
    int algorithm;
    const char *id; /* the credential's: "cred" */
    const char *rp, *origin, *type;
    uint8_t challenge[PASSKEY_CHALLENGE_BYTES];
    uint8_t flags;
    uint32_t count;
    const char *more; /* further members of the client data */
    struct buf client_data, data, attestation, signature;
};

/* With a key of its own, set up to make a credential for that site. */
struct authenticator authenticator_new(int algorithm, const struct passkey_site *site,
                                       const uint8_t challenge[static PASSKEY_CHALLENGE_BYTES]);
void authenticator_clear(struct authenticator *v);
#define CLEANUP_AUTHENTICATOR CLEANUP(authenticator_clear)

/* Client data and attestation of a new credential, as it is set up. */
void authenticator_make(struct authenticator *v);
/* From now on it is set up to use the credential. */
void authenticator_turn_to_use(struct authenticator *v);
/* Client data, authenticator's data and signature of a use, as it is set up. */
void authenticator_use(struct authenticator *v);
struct passkey_part authenticator_part(const struct buf *b);

#endif
