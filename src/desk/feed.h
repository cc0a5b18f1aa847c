/* The index's side of the reader's socket: messages collected, and written with how far their
 * journals are read, whole batches at a time.
 */
#ifndef IRONSIDE_DESK_FEED_H
#define IRONSIDE_DESK_FEED_H

#include "base/channel.h"
#include "desk/index.h"

struct desk_feed;

/* Both are the caller's. */
struct desk_feed *desk_feed_new(struct desk_index *x, struct channel *reader);
void desk_feed_free(struct desk_feed *i);
DEFINE_CLEANUP(struct desk_feed, desk_feed_free)

/* Takes a frame of the reader's. A record that differs from the index's own stops that journal,
 * with the line in its state; the others go on. ERR_FORMAT: no such frame; the errors of the index.
 */
int desk_feed_take(struct desk_feed *i, const struct frame *f, struct diag *d) MUST_USE;
/* How many records wait; something does, and no batch is half there. */
size_t desk_feed_waiting(const struct desk_feed *i);
bool desk_feed_ready(const struct desk_feed *i);
/* Writes what waits, and tells the reader. `ret_messages`: how many are new
 * and in common sight (sight.h). */
int desk_feed_commit(struct desk_feed *i, size_t *ret_messages, struct diag *d) MUST_USE;

#endif
