/* A package of what a query finds: which leaves of which bots it shows, the entry in the access
 * log, without which nothing is signed, and the desk's word on it (exchange/package.h).
 */
#ifndef IRONSIDE_DESK_PACKAGES_H
#define IRONSIDE_DESK_PACKAGES_H

#include "desk/engine.h"
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

#endif
