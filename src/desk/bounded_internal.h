/* What sight asks of bounded sets. */
#ifndef IRONSIDE_DESK_BOUNDED_INTERNAL_H
#define IRONSIDE_DESK_BOUNDED_INTERNAL_H

#include "desk/bounded.h"
#include "desk/index_internal.h"

/* The tables, where they lack. */
int bounded_make(struct desk_index *x, struct diag *d) MUST_USE;
/* The messages of a user's approved sets, kept until the next call; NULL: they are bound to none.
 */
int bounded_of(struct desk_index *x, int64_t user, const struct idset **ret,
               struct diag *d) MUST_USE;
/* What is kept may not be so any more: it is read again. */
void bounded_changed(struct desk_index *x);
void bounded_forget(struct desk_index *x);

#endif
