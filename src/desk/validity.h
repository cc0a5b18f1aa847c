/* Which warrants are in force, by what the reader has told (archive/validity.h), kept in the vault.
 * A message is in sight (sight.h) while any warrant that archived it is named by the newest policy,
 * not revoked and not past its last day, in UTC; else it is out of sight for everybody. What comes
 * back into force brings its messages back.
 *
 * Until the reader has told for the first time ever, which it does before it hands on its first
 * message, nothing is out of sight for this: a vault of before there were such frames stays as it
 * was for that moment. From then on a warrant that was not told of is not in force. A policy that
 * is older than one that was told changes nothing.
 */
#ifndef IRONSIDE_DESK_VALIDITY_H
#define IRONSIDE_DESK_VALIDITY_H

#include "desk/frames.h"
#include "desk/index.h"

/* What the reader has told. It is durable when this returns. ERR_IO, ERR_AUTH: the vault's. */
int desk_validities_take(struct desk_index *x, const struct desk_told *t, struct diag *d) MUST_USE;
/* The time now: what has ended by it goes out of sight. A replay network's own clock counts there,
 * which stands no earlier than what was archived last. */
void desk_validities_at(struct desk_index *x, int64_t now_unix_ms);

enum desk_validity {
    DESK_VALIDITY_UNKNOWN, /* not told of */
    DESK_VALIDITY_IN_FORCE,
    DESK_VALIDITY_ENDED, /* its last day is over */
    DESK_VALIDITY_REVOKED,
    DESK_VALIDITY_UNNAMED, /* by the newest policy, before it ended */
    DESK_VALIDITIES
};
const char *desk_validity_text(enum desk_validity s);

struct desk_validity_of {
    enum desk_validity state;
    bool readable;
    int64_t from_day, until_day; /* unless it is not known */
    int64_t days_left;           /* in force: its last day is one of them; else 0 */
};
void desk_validity_of(const struct desk_index *x, const char *warrant,
                      struct desk_validity_of *ret);

#endif
