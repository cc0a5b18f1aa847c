/* What each term of a query is, in one row. */
#ifndef IRONSIDE_QUERY_TERMS_H
#define IRONSIDE_QUERY_TERMS_H

#include "query/query.h"

enum query_where {
    QUERY_INDEXED,   /* a filter's token stands in the index */
    QUERY_LOOKED_UP, /* asked of each message: times, places, and what reviewers change */
};

struct query_term_row {
    const char *name; /* "from" */
    enum query_where where;
    const char *help;  /* "who wrote it: a handle, or an alias that was merged" */
    const char *words; /* the values that there are, by blanks; NULL: any */
};
const struct query_term_row *query_term_row(enum query_term term); /* below QUERY_TERMS */

/* Appends a filter's token for an indexed term, as it stands in the index: folded, without blanks
 * or control bytes. Whoever writes an index and whoever asks it use this. */
void query_put_filter(struct buf *b, enum query_term term, const char *value, size_t len);

#endif
