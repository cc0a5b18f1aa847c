/* Frames between the desk's reader and its index; between front and index they are front/front.h's.
 */
#ifndef IRONSIDE_DESK_FRAMES_H
#define IRONSIDE_DESK_FRAMES_H

#include "follower/follower.h"

enum desk_frame {
    DESK_FRAME_WHERE = 1,  /* reader to index: how far is this bot's journal read? */
    DESK_FRAME_FROM,       /* index to reader: that bot's place */
    DESK_FRAME_MESSAGE,    /* reader to index: a message of this bot's */
    DESK_FRAME_BATCH,      /* reader to index: its batch is whole; the state behind it */
    DESK_FRAME_STATE,      /* reader to index: a state without a batch: it stands, or goes on */
    DESK_FRAME_COMMITTED,  /* index to reader: how many batches since the start are durable */
    DESK_FRAME_REQUEST,    /* index to reader: a request (desk/request.h) */
    DESK_FRAME_REPLY,      /* reader to index: its reply */
    DESK_FRAME_VALIDITIES, /* reader to index, before all else and when it changes: the warrants */
};
/* A reply with its body; a message has a body of 16 KiB and 50 recipients. */
#define DESK_FRAME_MAX (384U * 1024)

/* A text as a block, without a NUL in it; NULL, and the cursor has failed, for anything else. */
void desk_frames_put_text(struct buf *b, const char *s);
const char *desk_frames_get_text(struct cursor *c, struct arena *a, size_t max);

void desk_frames_put_where(struct buf *b, const char *bot);
int desk_frames_get_where(struct cursor *c, struct arena *a, const char **ret_bot) MUST_USE;

struct desk_place {
    const char *bot;
    int64_t next;  /* batch */
    uint64_t size; /* leaves of the tree */
};
void desk_frames_put_from(struct buf *b, const struct desk_place *p);
/* Here and below: strings lie in the arena; ERR_FORMAT. */
int desk_frames_get_from(struct cursor *c, struct arena *a, struct desk_place *ret) MUST_USE;

void desk_frames_put_message(struct buf *b, const char *bot, const struct follower_message *m);
int desk_frames_get_message(struct cursor *c, struct arena *a, const char **ret_bot,
                            struct follower_message *ret) MUST_USE;

void desk_frames_put_state(struct buf *b, const struct follower_state *s);
int desk_frames_get_state(struct cursor *c, struct arena *a, struct follower_state *ret) MUST_USE;

void desk_frames_put_committed(struct buf *b, uint64_t batches);
int desk_frames_get_committed(struct cursor *c, uint64_t *ret) MUST_USE;

/* How the warrants stand, and a replay network's clock as far as the reader knows it (0: not yet);
 * a live one's is the system's. `logged` is not handed on. */
struct desk_told {
    struct validities validities;
    bool replay;
    int64_t clock_unix_ms; /* of a replay network */
};
void desk_frames_put_validities(struct buf *b, const struct desk_told *t);
int desk_frames_get_validities(struct cursor *c, struct desk_told *ret) MUST_USE;

#endif
