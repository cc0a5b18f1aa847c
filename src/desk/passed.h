/* What was passed on to partners: each package, and which messages are in it, so that the next one
 * carries on where it ended: no message goes to a partner twice, and one that comes into the scope
 * late (a tag, a mark of privilege that was taken back, a scope that was changed) goes with the
 * next.
 */
#ifndef IRONSIDE_DESK_PASSED_H
#define IRONSIDE_DESK_PASSED_H

#include "desk/partners.h"
#include "exchange/package.h"

struct desk_passed {
    int64_t number;
    char name[PACKAGE_NAME_MAX + 1];
    int64_t made_unix_ms;
};

/* Whether the message is in a package to that partner: 1 or 0. */
int desk_passed_has(struct desk_index *x, int64_t partner, int64_t message,
                    struct diag *d) MUST_USE;
/* How many packages there were to that partner. */
int desk_passed_count(struct desk_index *x, int64_t partner, uint64_t *ret,
                      struct diag *d) MUST_USE;
/* The package to that partner that was signed and perhaps never became whole. ERR_NOT_FOUND: none.
 */
int desk_passed_unfinished(struct desk_index *x, int64_t partner, struct desk_passed *ret,
                           struct diag *d) MUST_USE;
typedef int desk_passed_fn(void *context, int64_t message);
/* Those in that package, the oldest first. */
int desk_passed_messages(struct desk_index *x, int64_t package, desk_passed_fn *fn, void *context,
                         struct diag *d) MUST_USE;

/* In the caller's transaction, which has the log's entry, too: the package is signed, and these
 * messages are in it. Where p->number is not 0 it is made again, of these alone: any other of its
 * messages may go with a later one. */
int desk_passed_sign(struct desk_index *x, int64_t partner, const struct desk_passed *p,
                     const int64_t *messages, size_t count, struct diag *d) MUST_USE;
/* It is whole, at its place; in a transaction of its own. */
int desk_passed_finish(struct desk_index *x, int64_t partner, int64_t now_unix_ms,
                       struct diag *d) MUST_USE;

#endif
