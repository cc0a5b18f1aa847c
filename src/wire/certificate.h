/* A device's certificate, and place tokens. Both are the registrar's.
 *
 *     ironside device 1                    ironside place 1
 *     network chat.example                 network chat.example
 *     account anna@chat.example            certificate SHA-256
 *     serial 3                             country NL
 *     key KEY                              issued 2021-06-07T10:00:00.000Z
 *     omemo DEVICE-ID IDENTITY             until 2021-06-08T10:00:00.000Z
 *     from 2026-11-23
 *     until 2028-11-22
 *     blind BASE64
 *
 * IDENTITY is libsignal's form: 0x05 and the Curve25519 key. The blind keeps a certificate's hash
 * from being guessed out of the public log.
 */
#ifndef IRONSIDE_WIRE_CERTIFICATE_H
#define IRONSIDE_WIRE_CERTIFICATE_H

#include "wire/document.h"
#include "wire/network_note.h"
#include "wire/value.h"

#define CERTIFICATE_IDENTITY_BYTES 33
#define CERTIFICATE_BLIND_BYTES 32
#define PLACE_LIFE_MAX_MS INT64_C(86400000)

struct certificate {
    struct document document;
    const char *account; /* bare JID */
    uint64_t serial;     /* of the account's certificates: 1, 2, … */
    uint8_t key[SIGN_PUBLIC_BYTES];
    uint32_t omemo_device;
    uint8_t omemo_identity[CERTIFICATE_IDENTITY_BYTES];
    int64_t from_day, until_day;
    uint8_t blind[CERTIFICATE_BLIND_BYTES];
};

/* Parses, and checks the registrar's signature. ERR_FORMAT, ERR_LIMIT, ERR_AUTH. */
int certificate_open(const struct network_note *net, const char *note, size_t len,
                     struct certificate **ret, struct diag *d) MUST_USE;
void certificate_free(struct certificate *c);
DEFINE_CLEANUP(struct certificate, certificate_free)

/* Reads the line "omemo DEVICE-ID IDENTITY", which requests have too. */
void certificate_read_omemo(struct document_reader *r, uint32_t *ret_device,
                            uint8_t ret_identity[static CERTIFICATE_IDENTITY_BYTES]);
/* Appends the text that the registrar signs. */
void certificate_format(struct buf *b, const char *domain, const struct certificate *c);

struct place {
    struct document document;
    uint8_t certificate[HASH_BYTES];
    const char *country;
    int64_t issued_unix_ms, until_unix_ms;
};

int place_open(const struct network_note *net, const char *note, size_t len, struct place **ret,
               struct diag *d) MUST_USE;
void place_free(struct place *p);
DEFINE_CLEANUP(struct place, place_free)
void place_format(struct buf *b, const char *domain, const struct place *p);
/* Is it this certificate's, and in force at that time? */
bool place_valid_for(const struct place *p, const uint8_t certificate[static HASH_BYTES],
                     int64_t at_unix_ms);

#endif
