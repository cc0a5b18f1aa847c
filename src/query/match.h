/* Does one message match? The slow truth, which the index must agree with: tests hold the two
 * against each other, rules are judged by it on arrival, and candidates of an inexact expression
 * are.
 */
#ifndef IRONSIDE_QUERY_MATCH_H
#define IRONSIDE_QUERY_MATCH_H

#include "query/query.h"

struct query_message {
    const char *body;
    size_t len;
    int64_t at_unix_ms;
    /* Does a term other than a time hold? */
    bool (*term)(void *context, const struct query_node *n);
    void *context;
};

bool query_matches(const struct query *q, struct text *t, const struct query_message *m);

#endif
