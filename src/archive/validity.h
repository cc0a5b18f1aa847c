/* How the warrants that name an agency stand, from public data alone: whether the newest policy
 * names them, and their days. That policy is the newest one that the public log has; where there is
 * no log to ask, or it has none yet, the newest of the documents.
 */
#ifndef IRONSIDE_ARCHIVE_VALIDITY_H
#define IRONSIDE_ARCHIVE_VALIDITY_H

#include "archive/library.h"
#include "public_log/store.h"

#define VALIDITIES_MAX 256U

struct validity {
    char warrant[VALUE_WARRANT_MAX + 1];
    uint8_t hash[HASH_BYTES]; /* of its text */
    int64_t from_day, until_day;
    bool named, revoked; /* by that policy */
};
struct validities {
    uint32_t policy; /* its serial; 0: there is none */
    bool logged;     /* the public log has it */
    struct validity items[VALIDITIES_MAX];
    size_t count;
};

/* Of those of that policy, then of the ones before it, of which the oldest are left out where there
 * are too many; `identities` NULL: whatever agency they name. A warrant that the policy names by a
 * text that is not held is not named: its days are not known. `log`: NULL: there is none. ERR_IO:
 * the log cannot be read. */
int validities_find(const struct library *l, struct public_log *log,
                    const struct age_identity *identities, size_t count, struct validities *ret,
                    struct diag *d) MUST_USE;
bool validities_same(const struct validities *a, const struct validities *b);

#endif
