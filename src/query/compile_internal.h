/* The parts of compiling: phrases and NEAR in FTS5's language; times. */
#ifndef IRONSIDE_QUERY_COMPILE_INTERNAL_H
#define IRONSIDE_QUERY_COMPILE_INTERNAL_H

#include "query/internal.h"

/* Appends an expression of a phrase or a NEAR that stands by itself: in parentheses where it needs
 * them. It finds all that matches (`upper`) or nothing but that. True: just that. */
bool query_compile_phrase(struct buf *b, const struct query *q, const struct query_node *n,
                          bool upper);
bool query_compile_near(struct buf *b, const struct query *q, const struct query_node *n,
                        bool upper);

struct query_times {
    int64_t from, to;
};
/* The stretch that all that matches lies in. */
struct query_times query_times_of(const struct query_node *n);
/* Does that stretch say all of it? */
bool query_is_stretch(const struct query_node *n);

#endif
