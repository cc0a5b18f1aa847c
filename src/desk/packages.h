/* A package of what a query finds: which leaves of which bots it shows, the entry in the access
 * log, without which nothing is signed, and the desk's word on it (exchange/package.h).
 */
#ifndef IRONSIDE_DESK_PACKAGES_H
#define IRONSIDE_DESK_PACKAGES_H

#include "desk/engine.h"
#include "desk/partners.h"
#include "exchange/pack.h"

struct desk_package_options {
    const struct desk_folder *folder;
    const struct desk_engine *engine;
    const struct age_identities *identities;
    const char *path;   /* the file that is made */
    const char *name;   /* the package's */
    const char *query;  /* times without a zone are UTC */
    const char *redact; /* of these the query that finds those that are redacted; NULL: none */
    const char *reason; /* a line: why */
    const char *purpose;
    const struct age_recipient *recipients;
    size_t recipient_count;
    const struct stamp_asker *stamper; /* NULL: it gets no time stamp */
    int64_t now_unix_ms;
};
/* Of what all may see; what is privileged is counted, and withheld as such. ERR_FORMAT: the query,
 * with where; ERR_NOT_FOUND: it finds nothing, or no warrant names the desk's key; the errors of
 * pack_make. */
int desk_package_make(const struct desk_package_options *o, struct pack_counts *ret,
                      struct diag *d) MUST_USE;

/* The next package to a partner, into its folder: what its scope finds and no package to it has,
 * the oldest first, up to DESK_EXPORT_MAX messages. Path, name, query, redaction and recipients are
 * not the options' then. What was signed and did not become whole is made again first, of the same
 * messages. `ret->path` is the caller's. DESK_PACKAGE_NOTHING: there is nothing new, and no
 * package; ERR_INVALID_STATE: the partner has no scope or no folder; else as desk_package_make. */
#define DESK_PACKAGE_NOTHING 1
struct desk_package_passed {
    char name[PACKAGE_NAME_MAX + 1];
    char *path;
    struct pack_counts counts;
};
int desk_package_pass(const struct desk_package_options *o, const struct desk_partner *partner,
                      struct desk_package_passed *ret, struct diag *d) MUST_USE;

#endif
