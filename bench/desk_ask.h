/* What bench/desk asks the index, and what that takes. */
#ifndef IRONSIDE_BENCH_DESK_ASK_H
#define IRONSIDE_BENCH_DESK_ASK_H

#include "bench/desk_texts.h"
#include "desk/index.h"
#include "desk/search.h"

struct desk_asking {
    struct desk_index *x;
    struct desk_texts *texts;
    struct text *text;
    struct zone *zone;
};

void desk_die(const struct diag *d) __attribute__((noreturn));
double desk_now_ms(void);
/* p50, p95 and the worst; sorts them. */
void desk_print_spread(const char *what, double *values, size_t count);

/* A row's query of desk_queries.h; the caller's. */
struct query *desk_parse(const struct desk_asking *a, const char *form);
/* Milliseconds. */
double desk_ask(const struct desk_asking *a, const struct query *q, enum desk_order order,
                unsigned *ret_hits);
/* All of them, their counts, and by relevance; a line for `each`, too. */
void desk_ask_all(const struct desk_asking *a, const char *folder, bool each);
void desk_open_threads(const struct desk_asking *a);
/* The same for PostgreSQL, into FOLDER/queries.sql. */
void desk_write_queries(const struct desk_asking *a, const char *folder);

#endif
