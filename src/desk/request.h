/* What the index asks the reader, who alone has the journals and what lies beside them, and what it
 * is told: typed, numbered, bounded. A request is answered once, in any order; a reader that does
 * not answer costs the request and no more.
 */
#ifndef IRONSIDE_DESK_REQUEST_H
#define IRONSIDE_DESK_REQUEST_H

#include "archive/proof.h"
#include "follower/originals.h"

#include "base/arena.h"
#include "base/cursor.h"
#include "wire/value.h"

enum desk_request_kind {
    DESK_REQUEST_ORIGINAL, /* a piece of a file */
    DESK_REQUEST_PROOF,    /* of a message: the bytes of archive/proof.h */
    DESK_REQUESTS
};
#define DESK_REPLY_BODY_MAX PROOF_BYTES_MAX /* the longest of the kinds' */
_Static_assert(ORIGINALS_PIECE_MAX <= DESK_REPLY_BODY_MAX, "a piece of a file is a reply");

struct desk_request {
    uint64_t number; /* the index's; the reply has it again */
    enum desk_request_kind kind;
    const char *bot; /* in whose archive */
    struct {
        struct originals_file file;
        uint64_t offset;
        uint32_t len;
    } original;
    struct proof_of proof;
};
struct desk_reply {
    uint64_t number;
    int code;         /* 0, or an error of base/error.h */
    const char *line; /* of an error; else "" */
    const uint8_t *body;
    size_t body_len;
};

/* As a frame's body and back; strings lie in the arena, a reply's body in the frame. ERR_FORMAT. */
void desk_request_put(struct buf *b, const struct desk_request *r);
int desk_request_get(struct cursor *c, struct arena *a, struct desk_request *ret) MUST_USE;
void desk_reply_put(struct buf *b, const struct desk_reply *r);
int desk_reply_get(struct cursor *c, struct arena *a, struct desk_reply *ret) MUST_USE;

#endif
