/* The envelope of a message: all that its sender signs, plus the signature. One structure for the
 * blind copy and for the message to a recipient, in XML, in frames between processes, in records.
 *
 * Everything it points at belongs to someone else: an arena, a frame, the caller.
 */
#ifndef IRONSIDE_WIRE_ENVELOPE_H
#define IRONSIDE_WIRE_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "crypto/payload.h"
#include "crypto/sign.h"
#include "wire/value.h"
#include "wire/xml.h"

#define ENVELOPE_WRAP_BYTES (PAYLOAD_CONTENT_BYTES + HPKE_TAG_BYTES) /* 48 */
#define ENVELOPE_NS "urn:ironside:access:1"
#define ENVELOPE_OMEMO_NS "eu.siacs.conversations.axolotl"
#define ENVELOPE_ADDRESS_NS "http://jabber.org/protocol/address"

struct envelope_wrap {
    const char *warrant;
    uint8_t wrap[ENVELOPE_WRAP_BYTES];
};

struct envelope_file {
    uint8_t sha256[HASH_BYTES]; /* of the ciphertext */
    uint64_t size;
    const char *path;
};

struct envelope {
    const char *from; /* bare JID */
    const char *to[VALUE_RECIPIENTS_MAX];
    size_t to_count; /* ascending, each once */
    const char *id;
    int64_t at_unix_ms;
    const char *bot;
    uint32_t policy;
    uint64_t n; /* 0: no warrant covers the message */
    uint8_t certificate[HASH_BYTES];
    uint8_t prev[HASH_BYTES];
    uint32_t sid; /* OMEMO device of the sender; not signed, the certificate names it too */
    uint8_t iv[PAYLOAD_IV_BYTES];
    const uint8_t *payload; /* ciphertext */
    size_t payload_len;
    struct envelope_file files[VALUE_FILES_MAX];
    size_t file_count;
    const char *place; /* the token's note, or NULL */
    uint8_t enc[HPKE_ENC_BYTES];
    struct envelope_wrap wraps[VALUE_WRAPS_MAX];
    size_t wrap_count; /* 0: no seal, and then enc, n and prev are zeros */
    uint8_t signature[SIGN_BYTES];
};

/* Is `jid` an account, and of the same domain as the sender's, but another one? */
bool envelope_recipient_valid(const char *from, const char *jid);
/* Are all values canonical, the lists in order and under their caps, and n, enc, prev and wraps
 * there together or not at all? Reading an envelope asks this. */
bool envelope_valid(const struct envelope *e);

/* The digests below: docs/protocol.md, "Access element". */

/* T. `bot_key` is the key that the policy names for `bot`. */
void envelope_transcript(const struct envelope *e, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                         uint8_t ret[static HASH_BYTES]);
/* Appends S. */
void envelope_signed_bytes(const struct envelope *e, const uint8_t transcript[static HASH_BYTES],
                           struct buf *out);
/* D of S and the signature. */
void envelope_digest(const struct buf *signed_bytes, const uint8_t signature[static SIGN_BYTES],
                     uint8_t ret[static HASH_BYTES]);

/* The stanza's access element, without place or files where there are none. */
void envelope_put_access(struct buf *b, const struct envelope *e);
/* The addresses element; with the bot as bcc for the blind copy. */
void envelope_put_addresses(struct buf *b, const struct envelope *e, bool blind);

/* Reads a message stanza: addresses, encrypted (header, iv, payload) and access. What is not ours
 * is ignored outside the access element and refused within it. `from` is the stanza's, bare.
 * `blind`: no `<key>` may be there, one bcc to the bot and a seal must. Decodes into `a`, and
 * points into the stanza. ERR_FORMAT with a line that names the part; ERR_LIMIT: a cap. */
int envelope_parse(const struct xml_element *stanza, bool blind, struct arena *a,
                   struct envelope *ret, struct diag *d) MUST_USE;

/* The binary form that link hands to an opener (docs/protocol.md, "Frames"). */
void envelope_put(struct buf *b, const struct envelope *e);
/* Strings and lists are taken from the bytes behind the cursor, copied where they need a NUL. As
 * strict as envelope_parse. ERR_FORMAT. */
int envelope_get(struct cursor *c, struct arena *a, struct envelope *ret) MUST_USE;

#endif
