/* What is asked of the registrar, and its answers: IQ stanzas in urn:ironside:registrar:1.
 *
 *     <document hash='…' [offset='N']/>      a document by its SHA-256
 *     <policy [serial='7']/>                 the newest policy, or that one
 *     <certificate account='bob@…'/>         an account's newest certificate
 * are all answered with a piece of a document of at most 32 KiB
 *     <document kind='policy' hash='…' size='N' offset='N'>base64</document>
 * and the rest is asked for by its hash. Activation (IQ set):
 *     <activate><request/> base64 of a note <mac/> 32 B</activate>
 * is answered with the new certificate. The public log from a leaf on (log.h has the answer):
 *     <log from='N'/>
 * A bot hands in what it has signed (IQ set), a statement or a destruction:
 *     <submit kind='statement'>base64(note)</submit>
 * and is answered with
 *     <submitted hash='…'/>
 * The place token for the asker's own session:
 *     <place/>
 * is answered with <place>base64 of a note</place>; item-not-found: none is needed there, or the
 * country is not known. New policies are announced in a message:
 *     <policy serial='8'/>
 */
#ifndef IRONSIDE_WIRE_REGISTRY_H
#define IRONSIDE_WIRE_REGISTRY_H

#include "wire/certificate.h"
#include "wire/document.h"
#include "wire/xml.h"

#define REGISTRY_NS "urn:ironside:registrar:1"
/* In an IQ's error: it is the registrar's own word, and asking again is of no use. The server's
 * errors, while the registrar is away, have not got it. */
#define REGISTRY_REFUSED "<refused xmlns='" REGISTRY_NS "'/>"
bool registry_is_refusal(const struct xml_element *iq);

#define REGISTRY_PIECE_MAX 32768U
#define REGISTRY_SECRET_BYTES 32 /* a bundle's */

enum registry_what {
    REGISTRY_BY_HASH = 1,
    REGISTRY_POLICY,
    REGISTRY_CERTIFICATE,
    REGISTRY_ACTIVATE,
    REGISTRY_LOG,
    REGISTRY_SUBMIT,
    REGISTRY_PLACE,
    REGISTRY_WHATS /* one more than the last */
};

struct registry_query {
    enum registry_what what;
    uint8_t hash[HASH_BYTES];
    uint32_t offset;     /* in a document; of the log: the first leaf that is wanted */
    uint32_t serial;     /* of a policy; 0: the newest */
    const char *account; /* inside the stanza */
    const char *request; /* activation and submission: the note, in the arena */
    size_t request_len;
    uint8_t mac[HASH_BYTES];
    enum document_kind kind; /* of what is submitted */
};

/* Appends the element that goes into the IQ. */
void registry_put_query(struct buf *b, const struct registry_query *q);
/* Reads an IQ's child. ERR_FORMAT. */
int registry_parse_query(const struct xml_element *x, struct arena *a,
                         struct registry_query *ret) MUST_USE;

#define REGISTRY_SUBMIT_MAX 32768U /* bytes of a note that is submitted */
void registry_put_submitted(struct buf *b, const uint8_t hash[static HASH_BYTES]);
int registry_parse_submitted(const struct xml_element *x, uint8_t ret[static HASH_BYTES]) MUST_USE;

struct registry_piece {
    enum document_kind kind;
    uint8_t hash[HASH_BYTES]; /* of the document's text */
    uint32_t size;            /* of the whole note */
    uint32_t offset;
    const uint8_t *data; /* in the arena when parsed */
    size_t len;
};
void registry_put_piece(struct buf *b, const struct registry_piece *p);
int registry_parse_piece(const struct xml_element *x, struct arena *a,
                         struct registry_piece *ret) MUST_USE;

/* The answer to REGISTRY_PLACE. The note lives in the arena when parsed; ERR_FORMAT. */
void registry_put_place(struct buf *b, const char *note, size_t len);
int registry_parse_place(const struct xml_element *x, struct arena *a, const char **ret_note,
                         size_t *ret_len) MUST_USE;

/* Puts pieces together; begins as zeros. What was asked for by its hash the caller compares with
 * the first piece's. */
struct registry_fetch {
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    uint32_t size;
    struct buf note;
};
/* Adds the piece that follows. 0: more is wanted, from `note.len` on; 1: whole, and its text has
 * the hash; ERR_FORMAT: not the piece that follows, which changes nothing, or the whole is not a
 * note; ERR_AUTH: it has another hash. */
int registry_fetch_add(struct registry_fetch *f, const struct registry_piece *p) MUST_USE;
void registry_fetch_clear(struct registry_fetch *f);

/* A device's request for its certificate, signed by its new signing key under its account's name:
 *
 *     ironside request 1
 *     network chat.example
 *     account anna@chat.example
 *     key KEY
 *     omemo DEVICE-ID IDENTITY
 */
struct registry_request {
    struct document document;
    const char *account;
    uint8_t key[SIGN_PUBLIC_BYTES];
    uint32_t omemo_device;
    uint8_t omemo_identity[CERTIFICATE_IDENTITY_BYTES];
};
void registry_request_format(struct buf *b, const char *domain, const struct registry_request *q);
int registry_request_open(const char *domain, const char *note, size_t len,
                          struct registry_request **ret, struct diag *d) MUST_USE;
void registry_request_free(struct registry_request *q);
DEFINE_CLEANUP(struct registry_request, registry_request_free)
/* HMAC-SHA256 of the note under the bundle's secret. */
void registry_request_mac(const uint8_t secret[static REGISTRY_SECRET_BYTES], const char *note,
                          size_t len, uint8_t ret[static HASH_BYTES]);

#endif
