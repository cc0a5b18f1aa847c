/* The front's one channel to the index, shared by the threads of its connections: each asks and
 * waits for its answer; events go to everybody who listens. What is too much is refused, never
 * queued without end.
 */
#ifndef IRONSIDE_FRONT_EXCHANGE_H
#define IRONSIDE_FRONT_EXCHANGE_H

#include <stdbool.h>

#include "front/question.h"

#define EXCHANGE_WAITING_MAX 256U /* questions without an answer */
#define EXCHANGE_EVENT_MAX 4096U  /* bytes */

struct exchange;

/* Takes the socket over, if it succeeds. ERR_IO. */
int exchange_new(int index_fd, struct exchange **ret) MUST_USE;
/* When no thread asks or listens any more. */
void exchange_free(struct exchange *x);
DEFINE_CLEANUP(struct exchange, exchange_free)

/* Asks and waits; what `ret` points at lies in the arena, `body` is for the frame. Of any thread.
 * ERR_LIMIT: the question is over a limit of question.h; ERR_AGAIN: too many wait; ERR_TIMEOUT;
 * ERR_CLOSED: the index has gone. */
int exchange_ask(struct exchange *x, const struct question *q, int timeout_ms, struct buf *body,
                 struct arena *a, struct answer *ret) MUST_USE;
/* The same for the next piece of a body. ERR_FORMAT: that answer had no ticket. */
int exchange_more(struct exchange *x, uint64_t ticket, int timeout_ms, struct buf *body,
                  struct arena *a, struct answer *ret) MUST_USE;
/* Waits for an event later than number *seen, which moves on to the newest one: it is appended.
 * ERR_TIMEOUT, ERR_CLOSED. */
int exchange_event(struct exchange *x, uint64_t *seen, int timeout_ms, struct buf *ret) MUST_USE;

/* Moves frames between the socket and those who wait, for at most `timeout_ms`. Of one thread.
 * ERR_CLOSED, ERR_FORMAT, ERR_IO: it is over, and everybody who waits has been told. */
int exchange_pump(struct exchange *x, int timeout_ms) MUST_USE;
/* Tells everybody who waits that it is over. */
void exchange_end(struct exchange *x);

#endif
