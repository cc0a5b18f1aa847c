/* A proposal: what custodians are asked to sign, as a folder that travels by files alone.
 *
 *     network.note          the network whose custodians sign; unsigned while it is being founded
 *     policy.note           the next policy
 *     before.note           the policy that is in force until then, signed, which policy.note names
 *                           by its hash; none for the first one
 *     warrant-ID.note       each warrant that is new, and
 *     epochs-ID.note        the offer of day keys that it is for, signed by its bot
 *
 * Whoever opens one is told of everything in it that does not fit together, before any signature.
 * Signatures grow in the files; copies that several custodians signed are merged.
 */
#ifndef IRONSIDE_AUTHORITY_PROPOSAL_H
#define IRONSIDE_AUTHORITY_PROPOSAL_H

#include "network/keys.h"
#include "wire/policy.h"
#include "wire/warrant.h"

#define PROPOSAL_PAPERS_MAX (POLICY_WARRANTS_MAX + 2)

struct proposal {
    char *path;
    struct network_note *net;
    bool founding;         /* fewer than k custodians have signed the network note */
    struct policy *policy; /* NULL: a network note alone */
    struct policy *before; /* NULL: none was in force */
    struct warrant *warrants[POLICY_WARRANTS_MAX]; /* ascending by id */
    struct epochs *epochs[POLICY_WARRANTS_MAX];
    size_t warrant_count;
};

/* Reads and checks all but the number of signatures. A signature of a custodian that does not match
 * its text is refused. ERR_NOT_FOUND, ERR_FORMAT, ERR_LIMIT, ERR_AUTH, ERR_INVALID_STATE; the line
 * names the file. */
int proposal_open(const char *path, struct proposal **ret, struct diag *d) MUST_USE;
void proposal_free(struct proposal *p);
DEFINE_CLEANUP(struct proposal, proposal_free)

/* What the custodians sign of it: the network note when founding, the warrants, the policy. */
struct paper {
    const char *kind; /* "network", "warrant", "policy" */
    const char *id;   /* the warrant's, the policy's serial, or the domain */
    char serial[16];
    char file[128]; /* its name in the folder */
    struct document *document;
};
size_t proposal_papers(const struct proposal *p, struct paper ret[static PROPOSAL_PAPERS_MAX]);
/* Has the custodian number `i` of the network note signed it? */
bool proposal_signed(const struct proposal *p, const struct paper *x, size_t i);

/* Signs every paper with the custodian's key and writes the files. Signing again changes nothing.
 * ERR_KEY: not a pinned custodian's key; ERR_IO. */
int proposal_sign(struct proposal *p, const struct signing_key *key, struct diag *d) MUST_USE;
/* Takes over the signatures of a copy, which must be of the same texts: ERR_INVALID_STATE. */
int proposal_merge(struct proposal *p, const struct proposal *copy, struct diag *d) MUST_USE;
/* k distinct pinned custodians have signed each paper? ERR_AUTH with who is missing, and with who
 * signed and is no custodian. */
int proposal_check(const struct proposal *p, struct diag *d) MUST_USE;

/* Writes a text that nobody has signed yet as FOLDER/NAME.note. ERR_EXISTS, ERR_IO. */
int proposal_put(const char *folder, const char *name, const struct buf *text,
                 struct diag *d) MUST_USE;

#endif
