/* Where people were, as they said it: positions that messages have. From the arrays. */
#ifndef IRONSIDE_DESK_POSITIONS_H
#define IRONSIDE_DESK_POSITIONS_H

#include "desk/search.h"

struct desk_positions_ask {
    const struct query *query; /* of which messages */
    int64_t user;              /* who asks, for seen: and unseen: */
    unsigned limit;
};
struct desk_position {
    int64_t message, at_unix_ms; /* to the second */
    const char *from;            /* account */
    double lat, lon;             /* degrees */
};
/* Newest first; `ret_more`: there are further ones. A value other than 0 of `fn` ends it and is
 * handed on. ERR_LIMIT: the query finds over DESK_POSITIONS_FOUND_MAX messages. */
#define DESK_POSITIONS_FOUND_MAX 2000000U
typedef int desk_position_fn(void *context, const struct desk_position *p);
int desk_positions(struct desk_index *x, const struct desk_positions_ask *ask, desk_position_fn *fn,
                   void *context, bool *ret_more, struct diag *d) MUST_USE;

#endif
