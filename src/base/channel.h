/* Frames over a stream socket: a 4-byte length, a 1-byte type, the body. Used between processes
 * of one machine. The descriptor is made non-blocking.
 *
 * A frame longer than the cap, or a closed socket, ends the channel: the other side is one of
 * our own processes, so it has failed.
 */
#ifndef IRONSIDE_BASE_CHANNEL_H
#define IRONSIDE_BASE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct channel {
    int fd;        /* owned */
    struct buf in; /* what has been read; `in_pos` of it has been handed out */
    size_t in_pos;
    struct buf out; /* what waits to be written; `out_pos` of it has been */
    size_t out_pos;
    size_t frame_start; /* in `out`: of the frame that channel_begin began */
    size_t max_frame;   /* bytes of type and body */
    size_t max_queue;   /* bytes that may wait in `out` */
};

struct frame {
    uint8_t type;
    const uint8_t *body; /* inside the channel, until the next call on it */
    size_t len;
};

/* Takes the descriptor over, if it succeeds. `max_queue` bounds what may wait to be written.
 * ERR_IO. */
int channel_init(struct channel *c, int fd, size_t max_frame, size_t max_queue) MUST_USE;
void channel_clear(struct channel *c);
/* What goes through it is readable text of people's: its memory is wiped as it is let go. */
void channel_wipes(struct channel *c);

/* Reads what is there. ERR_AGAIN: nothing; ERR_CLOSED; ERR_IO. */
int channel_fill(struct channel *c) MUST_USE;
/* The next whole frame. ERR_AGAIN: fill first; ERR_FORMAT: over the cap, or without a type. */
int channel_next(struct channel *c, struct frame *ret) MUST_USE;
/* A whole frame is there already, or one that channel_next refuses: do not wait for more. */
bool channel_has_frame(const struct channel *c);

/* Begins a frame; append its body to the buffer that it returns, then channel_end. */
struct buf *channel_begin(struct channel *c, uint8_t type);
/* Ends it. ERR_LIMIT: over the cap or the queue is full; the frame is dropped then. */
int channel_end(struct channel *c) MUST_USE;
int channel_send(struct channel *c, uint8_t type, const void *body, size_t len) MUST_USE;
/* Bytes that wait to be written. */
size_t channel_queued(const struct channel *c);
/* Writes what the socket takes. ERR_AGAIN: more waits; ERR_CLOSED; ERR_IO. */
int channel_flush(struct channel *c) MUST_USE;

#endif
