/* The index's side of the workers: files of which something is to be made, the newest first, each
 * fetched through the reader, handed to a worker, and what comes back checked and written down.
 * What can't be made is written down, too, with a line, and not tried again; what can't be had is
 * tried again after a while.
 */
#ifndef IRONSIDE_DESK_MAKING_H
#define IRONSIDE_DESK_MAKING_H

#include "base/clock.h"
#include "desk/made.h"
#include "desk/requests.h"

struct desk_making;
/* All are the caller's; what is put into `workers` is flushed by the caller. */
struct desk_making *desk_making_new(struct desk_index *x, struct desk_requests *requests,
                                    struct channel *workers, const struct clock *clock);
void desk_making_free(struct desk_making *m);

/* A frame of the workers'. ERR_FORMAT; the errors of the index. */
int desk_making_take(struct desk_making *m, const struct frame *f, struct diag *d) MUST_USE;
/* Begins what is wanted where a worker is free. The errors of the index. */
int desk_making_step(struct desk_making *m, struct diag *d) MUST_USE;

#endif
