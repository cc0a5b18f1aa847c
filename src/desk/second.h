/* A second look at what was set aside: of the messages that somebody has seen and nobody tagged,
 * flagged or put into a case, a sample comes to another reviewer. Which those are follows from a
 * message's number and a secret of the vault, so that who sees it first cannot know, and a greater
 * sample has all of a smaller one.
 */
#ifndef IRONSIDE_DESK_SECOND_H
#define IRONSIDE_DESK_SECOND_H

#include "desk/model.h"

/* Of a new desk it is 5. In the caller's transaction. ERR_FORMAT: more than 100. */
int desk_second_set_percent(struct desk_index *x, unsigned percent, const struct desk_by *by,
                            struct diag *d) MUST_USE;
int desk_second_percent(struct desk_index *x, unsigned *ret, struct diag *d) MUST_USE;

struct desk_second_queue {
    int64_t next;  /* a message; 0: nothing is left */
    uint64_t left; /* the next one too */
    bool exact;    /* else at least so many */
};
/* What is left for the user, who has seen none of it; oldest first. `budget_ms` bounds the
 * counting, once the next is found. */
int desk_second_look(struct desk_index *x, int64_t user, int budget_ms,
                     struct desk_second_queue *ret, struct diag *d) MUST_USE;

/* The second reviewer's word: that it was rightly set aside or not; it counts as seen by them. In
 * the caller's transaction. ERR_INVALID_STATE: it is not in their queue. */
int desk_second_judge(struct desk_index *x, int64_t message, bool agrees, const char *reason,
                      const struct desk_by *by, struct diag *d) MUST_USE;

struct desk_second_figures { /* by who had set it aside */
    int64_t first;
    uint64_t looked_at, agreed;
};
typedef int desk_second_figures_fn(void *context, const struct desk_second_figures *f);
int desk_second_figures(struct desk_index *x, desk_second_figures_fn *fn, void *context,
                        struct diag *d) MUST_USE;
struct desk_second_no {
    int64_t message, first;
    const char *reason;
    struct desk_by by;
};
typedef int desk_second_no_fn(void *context, const struct desk_second_no *n);
/* Where they did not agree, newest first. */
int desk_second_disagreements(struct desk_index *x, unsigned limit, desk_second_no_fn *fn,
                              void *context, struct diag *d) MUST_USE;

#endif
