/* What a network's folder has published: its network note and the newest policy in documents/ with
 * the warrants and epochs that it names. And publishing: putting a signed proposal there.
 */
#ifndef IRONSIDE_AUTHORITY_PUBLISHED_H
#define IRONSIDE_AUTHORITY_PUBLISHED_H

#include "authority/proposal.h"
#include "wire/policy_set.h"

/* In a network's folder: where its first proposal waits for the custodians. */
#define PUBLISHED_FOUNDING "founding"

struct published {
    struct network_note *net;
    bool founding;          /* the note is the one that waits in founding/ */
    struct policy_set *set; /* the newest policy; NULL: none yet */
    char **problems;        /* notes that were left out, a line each */
    size_t problem_count;
};

/* Policies without k signatures, or without their documents, are left out with a line. ERR_IO,
 * ERR_NOT_FOUND: not a network's folder; ERR_FORMAT, ERR_AUTH: its note. */
int published_open(const char *dir, struct published **ret, struct diag *d) MUST_USE;
void published_free(struct published *x);
DEFINE_CLEANUP(struct published, published_free)
/* The newest policy, or NULL. */
const struct policy *published_policy(const struct published *x);

/* Checks the signatures, and that the policy follows the one in force, and writes the notes into
 * the folder, the policy last. The registrar takes them when it is asked to import or starts.
 * ERR_AUTH: signatures are missing; ERR_INVALID_STATE: another network's, or drafted when another
 * policy was in force; ERR_EXISTS: another text of that name is there; ERR_IO. */
int published_add(const char *dir, const struct proposal *p, struct diag *d) MUST_USE;

#endif
