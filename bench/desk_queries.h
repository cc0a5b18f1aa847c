/* What bench/desk asks, in both languages. {N} stands for the word of rank N, {N:K} for its first K
 * letters, {pN} for the handle of person N. */
#ifndef IRONSIDE_BENCH_DESK_QUERIES_H
#define IRONSIDE_BENCH_DESK_QUERIES_H

#include <stddef.h>

struct desk_query {
    const char *ours;
    const char *tsquery; /* PostgreSQL's; "" none */
    const char *where;   /* further conditions of its WHERE; "" none */
};
#define DESK_QUERIES 40U
extern const struct desk_query desk_queries[DESK_QUERIES];

#endif
