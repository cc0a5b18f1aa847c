/* One archived record, opened and judged, as the reader's process hands it to the index's: its
 * bytes, and nothing that is only the reader's (no key of a message, no identity).
 */
#ifndef IRONSIDE_FOLLOWER_MESSAGE_H
#define IRONSIDE_FOLLOWER_MESSAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "crypto/hash.h"
#include "wire/value.h"

struct follower_file {
    uint8_t sha256[HASH_BYTES]; /* of the ciphertext, by which the journal names it */
    uint64_t size;
};

struct follower_message {
    int64_t batch; /* its number in its bot's journal */
    uint64_t leaf; /* of its record */
    uint64_t n;    /* in the device's chain to the bot */
    uint32_t policy;
    int64_t at_unix_ms; /* when it was sent, as signed */
    int64_t archived_unix_ms;
    uint8_t certificate[HASH_BYTES];
    uint8_t record_leaf[HASH_BYTES]; /* the leaf's hash: what `desk verify` compares */
    const char *warrant;
    const char *id;
    const char *from; /* bare JIDs */
    const char *to[VALUE_RECIPIENTS_MAX];
    size_t to_count;
    char country[VALUE_COUNTRY_BYTES]; /* of its place token; "" none */
    struct follower_file files[VALUE_FILES_MAX];
    size_t file_count;
    const char *wrong; /* "" verified; else what could not be */
    const char *body;
    size_t body_len;
};

/* A message as a frame's body, and back: strings lie in the arena, the body in the frame.
 * ERR_FORMAT: not such a body; every count and length is checked against what remains. */
void follower_message_put(struct buf *b, const struct follower_message *m);
int follower_message_get(struct cursor *c, struct arena *a, struct follower_message *ret) MUST_USE;

#endif
