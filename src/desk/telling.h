/* A conversation's most telling lines: those that stand for most of what else is said in it, by
 * LexRank (analysis/lexrank.h). Nothing is written by a machine: each is a message as it is.
 *
 * Of the newest DESK_TELLING_LOOKED_MAX messages in sight, as far as they have no more than
 * DESK_TELLING_BYTES_MAX of text; of these the ones weigh that were written (texts, replies,
 * corrections) and have four different words that are not common. So it takes at most some 100 ms.
 */
#ifndef IRONSIDE_DESK_TELLING_H
#define IRONSIDE_DESK_TELLING_H

#include "desk/search.h"

#define DESK_TELLING_LOOKED_MAX 600U
#define DESK_TELLING_BYTES_MAX (1U << 20)
#define DESK_TELLING_LINES_MAX 20U

struct desk_telling {
    const char *conversation;
    int64_t user;   /* who asks */
    unsigned limit; /* at most DESK_TELLING_LINES_MAX */
};
/* Over what it was made. */
struct desk_telling_over {
    uint64_t messages; /* of the conversation, in sight */
    uint64_t looked, weighed;
    int64_t first_unix_ms, last_unix_ms; /* of those that were looked at */
};
/* The most telling first; `rank`: of all that weigh and say something of their own together 1. */
typedef int desk_telling_fn(void *context, const struct desk_message *m, double rank);
/* ERR_NOT_FOUND: there is no such conversation. A value other than 0 of `fn` ends it and is handed
 * on. */
int desk_telling(struct desk_index *x, const struct desk_telling *t, desk_telling_fn *fn,
                 void *context, struct desk_telling_over *ret, struct diag *d) MUST_USE;

#endif
