/* A time stamp authority of the tests, in memory: a root, and a certificate of it that signs. */
#ifndef IRONSIDE_TESTS_AUTHORITY_H
#define IRONSIDE_TESTS_AUTHORITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define AUTHORITY_FROM 1700000000L /* its certificates are in force from here, */
#define AUTHORITY_UNTIL 1800000000L
#define AUTHORITY_AT 1750000000L /* and this is its time unless it is told another */

#define AUTHORITY_SHOWN "CN = Stamps \\C3\\A9 Co" /* its name */

struct authority_options {
    int64_t at;                                  /* s; 0: AUTHORITY_AT */
    bool no_purpose, two_purposes, not_critical; /* of its certificate */
};
struct authority;
struct authority *authority_new(const struct authority_options *o);
void authority_free(struct authority *a);
DEFINE_CLEANUP(struct authority, authority_free)

/* PEM: its root, or its own certificate. */
const char *authority_root(const struct authority *a);
const char *authority_own(const struct authority *a);
/* Appends its answer to a request, whatever hash that has; or that it gives none. */
void authority_answer(struct authority *a, const struct buf *request, struct buf *ret);
void authority_refuse(struct buf *ret);

#endif
