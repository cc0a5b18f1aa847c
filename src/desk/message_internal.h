#ifndef IRONSIDE_DESK_MESSAGE_INTERNAL_H
#define IRONSIDE_DESK_MESSAGE_INTERNAL_H

#include "desk/index_internal.h"

/* Reads it and hands it to `fn`; `user` as in struct desk_search. ERR_NOT_FOUND. */
int message_tell(struct desk_index *x, int64_t id, int64_t user, desk_message_fn *fn, void *context,
                 struct diag *d) MUST_USE;
/* How many of the group are in sight. */
uint32_t message_count_alike(const struct desk_index *x, const struct alike_group *g);

#endif
