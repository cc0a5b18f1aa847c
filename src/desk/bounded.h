/* Bounded sets: conversations that somebody may see who sees nothing else. A set belongs to a case;
 * whoever reviews proposes it, a supervisor who is not the proposer approves it, and a supervisor
 * binds users to it. Who is bound to any set sees what is in their approved sets, and of that what
 * is in common sight (sight.h): a privileged message of a set stays hidden. A user of the role
 * defence who is bound to none sees nothing.
 *
 * What a conversation of a set gets later is in the set. A set is never changed: one that is to be
 * otherwise is a new one, and the old one is withdrawn. Who is bound to a set that is withdrawn
 * stays bound, and sees nothing of it.
 */
#ifndef IRONSIDE_DESK_BOUNDED_H
#define IRONSIDE_DESK_BOUNDED_H

#include "desk/model.h"

#define DESK_BOUNDED_CONVERSATIONS_MAX 1000U
#define DESK_BOUNDED_NAME_MAX 256U    /* bytes */
#define DESK_BOUNDED_REASON_MAX 2000U /* bytes */

enum desk_bounded_state {
    DESK_BOUNDED_PROPOSED,
    DESK_BOUNDED_APPROVED,
    DESK_BOUNDED_WITHDRAWN,
    DESK_BOUNDED_STATES
};
const char *desk_bounded_state_text(enum desk_bounded_state s);

/* The conversations of messages that are in sight of whoever asks. */
struct desk_bounded_ask {
    const char *name, *reason;
    const char *word; /* of the case */
    const int64_t *messages;
    size_t message_count;
};
/* All that change something do so in the caller's transaction. ERR_NOT_FOUND: no such case, or no
 * message; ERR_LIMIT: too many conversations; ERR_FORMAT: name or reason. */
int desk_bounded_propose(struct desk_index *x, const struct desk_bounded_ask *ask,
                         const struct desk_by *by, int64_t *ret_number, uint64_t *ret_conversations,
                         struct diag *d) MUST_USE;
/* Approves it, or withdraws it for good. ERR_NOT_FOUND; ERR_INVALID_STATE: it is approved or
 * withdrawn, or whoever approves has proposed it; ERR_FORMAT: no reason. */
int desk_bounded_decide(struct desk_index *x, int64_t number, bool approve, const char *reason,
                        const struct desk_by *by, struct diag *d) MUST_USE;
/* Binds a user to a set, or not any more. ERR_NOT_FOUND: no such set; ERR_INVALID_STATE: it is
 * withdrawn, and none is bound to it anew. */
int desk_bounded_bind(struct desk_index *x, int64_t number, int64_t user, bool on,
                      const struct desk_by *by, struct diag *d) MUST_USE;

struct desk_bounded {
    int64_t number;
    enum desk_bounded_state state;
    const char *name, *word, *reason, *decided_reason;
    int64_t user, at_unix_ms;
    int64_t decided_by, decided_unix_ms; /* 0: not yet */
    uint64_t conversations, messages;    /* of which anything is in sight of whoever asks */
};
typedef int desk_bounded_fn(void *context, const struct desk_bounded *s);
/* The newest first, below number `before` (0: all). */
int desk_bounded_each(struct desk_index *x, int64_t before, unsigned limit, desk_bounded_fn *fn,
                      void *context, struct diag *d) MUST_USE;
/* Those of a set of which anything is in sight, in the order of their numbers, behind `behind`.
 * ERR_NOT_FOUND. */
int desk_bounded_conversations(struct desk_index *x, int64_t number, uint32_t behind,
                               unsigned limit, desk_conversation_fn *fn, void *context,
                               struct diag *d) MUST_USE;
typedef int desk_bounded_user_fn(void *context, int64_t user);
/* Who is bound to it. */
int desk_bounded_users(struct desk_index *x, int64_t number, desk_bounded_user_fn *fn,
                       void *context, struct diag *d) MUST_USE;

/* To how many sets a user is bound, and how many of those are approved. */
struct desk_bound {
    uint64_t sets, approved;
};
int desk_bound_of(struct desk_index *x, int64_t user, struct desk_bound *ret,
                  struct diag *d) MUST_USE;

#endif
