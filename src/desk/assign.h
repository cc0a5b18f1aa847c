/* What is assigned to whom: a message, a conversation, an organisation, a saved search. A mark: a
 * row that names who did it and when. What `assigned:` finds follows from it (ironside-query(7)).
 */
#ifndef IRONSIDE_DESK_ASSIGN_H
#define IRONSIDE_DESK_ASSIGN_H

#include "desk/model.h"

/* Kept by their numbers. */
enum desk_assign_kind {
    DESK_ASSIGN_MESSAGE, /* its id */
    DESK_ASSIGN_CONVERSATION,
    DESK_ASSIGN_ORGANISATION,
    DESK_ASSIGN_SEARCH, /* the number of a saved search */
    DESK_ASSIGN_KINDS
};
const char *desk_assign_kind_text(enum desk_assign_kind k);
enum desk_assign_kind desk_assign_kind_of(const char *word); /* DESK_ASSIGN_KINDS: none */

/* To `user`, or no more. In the caller's transaction. ERR_NOT_FOUND: no such message. */
int desk_assign_message(struct desk_index *x, int64_t message, int64_t user, bool on,
                        const struct desk_by *by, struct diag *d) MUST_USE;
/* Something as a whole. ERR_NOT_FOUND: no such conversation, or organisation that anybody is in;
 * whether there is a search is the caller's to know. ERR_FORMAT: messages have their own. */
int desk_assign(struct desk_index *x, enum desk_assign_kind kind, const char *object, int64_t user,
                bool on, const struct desk_by *by, struct diag *d) MUST_USE;
/* A search is no more. */
int desk_assign_forget_search(struct desk_index *x, int64_t search, struct diag *d) MUST_USE;

struct desk_assignment {
    enum desk_assign_kind kind; /* of what is assigned as a whole */
    const char *object;
    int64_t by_user, at_unix_ms;
};
typedef int desk_assignment_fn(void *context, const struct desk_assignment *a);
/* What is assigned to the user as a whole, oldest first. */
int desk_assignments(struct desk_index *x, int64_t user, desk_assignment_fn *fn, void *context,
                     struct diag *d) MUST_USE;
/* How many messages are, each by itself. */
int desk_assigned_messages(struct desk_index *x, int64_t user, uint64_t *ret,
                           struct diag *d) MUST_USE;

#endif
