/* What the tests of the query language share: parsing, trees, random ones. */
#ifndef IRONSIDE_TESTS_QUERY_SUPPORT_H
#define IRONSIDE_TESTS_QUERY_SUPPORT_H

#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "query/compile.h"
#include "query/internal.h"
#include "query/match.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define NOW_UNIX_MS                                                                                \
    INT64_C(1774785900000) /* 2026-03-29T12:05Z: clocks in Berlin moved that night */

struct tools {
    struct text *text;
    struct zone *zone; /* Europe/Berlin */
    struct query_options options;
};
int tools_set_up(void **state);
int tools_tear_down(void **state);

/* What must be read as a query. */
struct query *must_parse(const struct tools *t, const char *written);
/* The canonical text, the caller's. */
char *canonical(const struct query *q);
/* Must be read, and come out like this; and what comes out must come out the same again. */
void assert_canonical(const struct tools *t, const char *written, const char *expected);
/* "/" for one tree and the other where they differ; NULL: the same. */
const char *tree_difference(const struct query_node *a, const struct query_node *b);

/* ---- random trees ---- */

struct chance {
    uint64_t state;
};
unsigned chance(struct chance *c, unsigned below);

/* The vocabulary: words that texts and queries are made of, each one word to the tokenizer. */
extern const char *const vocabulary[];
size_t vocabulary_size(void);

/* A query that nobody wrote, in the form that the parser gives it: at most so many levels. */
struct query *random_query(struct chance *c, const struct tools *t, unsigned levels);

#endif
