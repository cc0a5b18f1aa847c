/* A record: one JSON line of a batch, with the original bytes, so that whoever holds it can open
 * the text and check signature, seal and chain again. Members in this order, no spaces, no others:
 * v received_at from to id at bot policy n prev iv payload key enc wraps sig certificate files
 * place warrant.
 */
#ifndef IRONSIDE_WIRE_RECORD_H
#define IRONSIDE_WIRE_RECORD_H

#include "wire/envelope.h"

#define RECORD_MAX (128U * 1024) /* bytes of a line */

struct record {
    int64_t received_at_unix_ms;
    struct envelope envelope;               /* `sid` is not kept: the certificate names it */
    uint8_t content[PAYLOAD_CONTENT_BYTES]; /* K */
    const char *certificate;                /* its note */
    const char *warrant;                    /* one of those that it is sealed to */
};

/* Appends the line with its newline. */
void record_put(struct buf *b, const struct record *r);
/* Reads one line without its newline; strings live in the arena. Takes exactly what record_put
 * writes, with a certificate that is a note, whose hash it puts into the envelope. ERR_FORMAT,
 * ERR_LIMIT. */
int record_parse(const char *line, size_t len, struct arena *a, struct record *ret,
                 struct diag *d) MUST_USE;

#endif
