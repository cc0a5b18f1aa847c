/* The network note: what a device pins at activation. Signed by its own custodians, k of n; that
 * they are the right ones is what the activation bundle's way to the device vouches for.
 *
 *     ironside network 1
 *     domain chat.example
 *     kind live|replay
 *     authority SHA-256 of the certificate authority's certificate (DER), hexadecimal
 *     custodian NAME KEY          one to sixteen
 *     quorum K
 *     registrar KEY
 *     upload upload.chat.example
 */
#ifndef IRONSIDE_WIRE_NETWORK_NOTE_H
#define IRONSIDE_WIRE_NETWORK_NOTE_H

#include "wire/document.h"

#define NETWORK_CUSTODIANS_MAX 16U

struct network_note {
    struct document document;
    const char *domain;
    bool replay;
    uint8_t authority[HASH_BYTES];
    struct note_key custodians[NETWORK_CUSTODIANS_MAX];
    size_t custodian_count;
    size_t quorum; /* k */
    uint8_t registrar_key[SIGN_PUBLIC_BYTES];
    const char *registrar; /* registrar.DOMAIN: JID, and name of its signatures */
    const char *upload;
};

/* Parses and verifies. ERR_FORMAT, ERR_LIMIT, ERR_AUTH; the line names what is wrong. */
int network_note_open(const char *note, size_t len, struct network_note **ret,
                      struct diag *d) MUST_USE;
/* Without asking for signatures: what its custodians are yet to sign. */
int network_note_open_unsigned(const char *note, size_t len, struct network_note **ret,
                               struct diag *d) MUST_USE;
void network_note_free(struct network_note *n);
DEFINE_CLEANUP(struct network_note, network_note_free)

/* Appends the text that the custodians sign. */
void network_note_format(struct buf *b, const struct network_note *n);

/* k distinct custodians have signed: 0, else ERR_AUTH with "signed by 1 of the 2 custodians that
 * it needs; missing: …". */
int network_verify_custodians(const struct network_note *net, const struct note *n,
                              const char *kind, struct diag *d) MUST_USE;

#endif
