/* The expression of the full-text index for a query: FTS5's language over the tokens of text.h. */
#ifndef IRONSIDE_QUERY_COMPILE_H
#define IRONSIDE_QUERY_COMPILE_H

#include "query/query.h"

struct query_plan {
    struct buf match; /* FTS5's MATCH; empty: every message is a candidate */
    bool exact;       /* what it finds within the times is what matches; else ask query_matches */
    /* Where `match` is empty: what this finds does not match. FTS5 has no NOT by itself. */
    struct buf denied;
    /* What `match` finds and `denied` does not is what matches, where the terms hold, too, that are
     * looked up and stand by themselves or denied beside the rest: `boat tag:hot -seen:me`. */
    bool sieved;
    /* Times that every match lies in (from <= time < to); INT64_MIN and _MAX where it has none. */
    int64_t from_unix_ms, to_unix_ms;
};

/* Names that a reviewer gave to several accounts. */
struct query_names {
    /* The accounts that the value of from:, to: or with: (lower case) stands for, NULL behind the
     * last; NULL: it stands for itself. The list is read before the next call. */
    const char *const *(*accounts)(void *context, const char *value);
    void *context;
};

/* Terms that are looked up are left out (near: is has:place), so that what is found holds all that
 * matches. Phrases are written with the pairs of common words (text.h). Without `names` (NULL) each
 * stands for itself.
 */
void query_compile(const struct query *q, const struct query_names *names, struct query_plan *ret);
void query_plan_clear(struct query_plan *p);

#endif
