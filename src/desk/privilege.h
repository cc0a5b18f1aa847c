/* What is privileged: marked so by a reviewer or supervisor, out of sight for everyone but the
 * filter role from then on (sight.h), until that role releases it.
 *
 * A mark is of messages, of a conversation, of a person (all accounts under the name, and those
 * that come under it later) or of what two people wrote to each other, wherever. What arrives under
 * a mark is privileged as it arrives: that follows from the mark, so that no moment lies between.
 * An edit of a message that is marked by itself is under its marks, too, and the other way round.
 * A message that was released by itself stays released until it is marked by itself again.
 */
#ifndef IRONSIDE_DESK_PRIVILEGE_H
#define IRONSIDE_DESK_PRIVILEGE_H

#include "desk/model.h"
#include "desk/search.h"

#define DESK_PRIVILEGE_REASON_MAX 2000U /* bytes */

enum desk_privileged {
    DESK_PRIVILEGED_MESSAGES,
    DESK_PRIVILEGED_CONVERSATION,
    DESK_PRIVILEGED_PERSON,
    DESK_PRIVILEGED_PAIR,
    DESK_PRIVILEGED_KINDS
};
enum desk_privilege_state {
    DESK_PRIVILEGE_WAITING, /* for the filter role's decision; hidden */
    DESK_PRIVILEGE_KEPT,    /* hidden */
    DESK_PRIVILEGE_RELEASED,
    DESK_PRIVILEGE_STATES
};
const char *desk_privileged_text(enum desk_privileged kind);
const char *desk_privilege_state_text(enum desk_privilege_state s);
enum desk_privilege_state desk_privilege_state_of(const char *word); /* …STATES: none */

struct desk_privilege_ask {
    enum desk_privileged kind;
    const char *what;        /* conversation, account; of messages how they were chosen */
    const char *with;        /* of a pair: the other account */
    const int64_t *messages; /* of messages */
    size_t message_count;
    const char *reason;
};
/* Marks what is in sight of whoever asks, in the caller's transaction. `ret_hidden`: how many
 * messages went out of that sight. ERR_NOT_FOUND: it is not in sight; ERR_FORMAT: no reason, or one
 * person twice. */
int desk_privilege_mark(struct desk_index *x, const struct desk_privilege_ask *ask,
                        const struct desk_by *by, int64_t *ret_number, uint64_t *ret_hidden,
                        struct diag *d) MUST_USE;
/* Once released a mark stays so; one that is kept may be released later. ERR_NOT_FOUND,
 * ERR_INVALID_STATE, ERR_FORMAT: no reason. In the caller's transaction, as is the next. */
int desk_privilege_decide(struct desk_index *x, int64_t number, bool release, const char *reason,
                          const struct desk_by *by, struct diag *d) MUST_USE;
/* One message in sight, whatever marks it is under. ERR_NOT_FOUND, ERR_FORMAT. */
int desk_privilege_release(struct desk_index *x, int64_t message, const char *reason,
                           const struct desk_by *by, struct diag *d) MUST_USE;

struct desk_privilege {
    int64_t number;
    enum desk_privileged kind;
    enum desk_privilege_state state;
    const char *what, *reason, *decided_reason;
    int64_t user, at_unix_ms;
    int64_t decided_by, decided_unix_ms; /* 0: not yet */
    uint64_t messages;                   /* that it hides now */
};
typedef int desk_privilege_fn(void *context, const struct desk_privilege *p);
/* Of one state, the oldest first, from number `from` on. */
int desk_privileges(struct desk_index *x, enum desk_privilege_state state, int64_t from,
                    unsigned limit, desk_privilege_fn *fn, void *context, struct diag *d) MUST_USE;
/* The messages in sight that a mark hides, the newest first, below `before` (0: all). */
int desk_privilege_messages(struct desk_index *x, int64_t number, int64_t before, unsigned limit,
                            int64_t user, desk_message_fn *fn, void *context,
                            struct diag *d) MUST_USE;

#endif
