/* Is all on the desk that the archives hold for it, and nothing else? The journals by themselves
 * (archive/audit.h), then each leaf of a warrant that names the agency beside the index's records,
 * then what is kept of each message beside its digest; and, opened once more, beside what the desk
 * was given.
 */
#ifndef IRONSIDE_DESK_VERIFY_H
#define IRONSIDE_DESK_VERIFY_H

#include "archive/library.h"
#include "desk/engine.h"

enum desk_finding {
    DESK_MISSING,  /* a leaf of the tree without a record */
    DESK_DOUBLED,  /* a second record of a leaf */
    DESK_CHANGED,  /* a record or a message that is not what the tree or the batch has */
    DESK_STRANGER, /* a record of no leaf that the agency may read */
    DESK_FINDINGS
};
struct desk_verify_counts {
    uint64_t leaves;  /* of warrants that name the agency, as far as the desk has read */
    uint64_t records; /* in the index */
    uint64_t unread;  /* leaves behind that: the desk has not come to them yet */
    uint64_t found[DESK_FINDINGS];
    uint64_t opened; /* messages whose bytes were compared */
};
/* A line for each finding. */
typedef void desk_verify_fn(void *context, enum desk_finding what, const char *line);
struct desk_verify_options {
    const struct desk_folder *folder;
    const struct desk_engine *engine;
    const struct age_identities *identities;
    bool quick; /* nothing is opened: leaves, records and digests alone */
    desk_verify_fn *fn;
    void *context;
};
/* ERR_AUTH: something was found; ERR_IO, ERR_FORMAT and what journals are refused for: with the
 * line. */
int desk_verify(const struct desk_verify_options *o, struct desk_verify_counts *ret,
                struct diag *d) MUST_USE;

#endif
