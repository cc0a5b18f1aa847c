/* What leaves the desk as a file: one frozen selection of messages each, whose count is known
 * before the first of them is given.
 */
#ifndef IRONSIDE_DESK_EXPORT_H
#define IRONSIDE_DESK_EXPORT_H

#include "desk/search.h"

#define DESK_EXPORT_MAX 100000U /* messages: everybody waits meanwhile */

/* Up to `max` ids of the query's messages, oldest first. */
int desk_export_select(struct desk_index *x, const struct query *q, int64_t user, int64_t *ids,
                       size_t max, size_t *ret_count, struct diag *d) MUST_USE;

/* Of the messages how many each set of warrants archived, sorted. */
struct desk_export_part {
    const char *warrants; /* by blanks, sorted; in the arena */
    uint64_t count;
};
int desk_export_parts(struct desk_index *x, const int64_t *ids, size_t count, struct arena *a,
                      struct desk_export_part **ret, size_t *ret_count, struct diag *d) MUST_USE;

struct desk_export {
    int64_t id, user, at_unix_ms;
    const char *format, *selection; /* "jsonl", "csv"; as it was logged */
    uint64_t messages;
};
/* Freezes it, in the caller's transaction; `e->id` is set. */
int desk_export_make(struct desk_index *x, struct desk_export *e, const int64_t *ids,
                     struct diag *d) MUST_USE;
/* The strings live until the next statement. ERR_NOT_FOUND. */
int desk_export_of(struct desk_index *x, int64_t id, struct desk_export *ret,
                   struct diag *d) MUST_USE;
typedef int desk_export_fn(void *context, const struct desk_export *e);
/* The user's, newest first. */
int desk_exports(struct desk_index *x, int64_t user, unsigned limit, desk_export_fn *fn,
                 void *context, struct diag *d) MUST_USE;
/* The ids behind the place `from` (0: from the first on), at most `max`, of an export of `of`
 * messages. ERR_AUTH: the selection is not whole any more. */
int desk_export_page(struct desk_index *x, const struct desk_export *e, uint64_t from, int64_t *ids,
                     size_t max, size_t *ret_count, struct diag *d) MUST_USE;

/* The records of a message: its leaves in its bots' trees. */
struct desk_leaf {
    const char *bot, *warrant;
    uint64_t leaf;
};
typedef int desk_leaf_fn(void *context, const struct desk_leaf *l);
int desk_leaves(struct desk_index *x, int64_t message, desk_leaf_fn *fn, void *context,
                struct diag *d) MUST_USE;

#endif
