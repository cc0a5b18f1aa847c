/* Between the files of the log's store. */
#ifndef IRONSIDE_PUBLIC_LOG_STORE_INTERNAL_H
#define IRONSIDE_PUBLIC_LOG_STORE_INTERNAL_H

#include "public_log/store.h"
#include "sql/sql.h"

struct public_log {
    struct sql sql;
    struct tree *tree;
};

/* The number in the only row of `q`. ERR_FORMAT: there is no such table, or it is damaged. */
int public_log_number(struct public_log *s, sqlite3_stmt *q, int64_t *ret, struct diag *d) MUST_USE;
/* A checkpoint of that size, the caller's; the same size gives the same bytes each time. */
int public_log_sign(struct public_log *s, uint64_t size, const struct log_signer *by, char **ret,
                    struct diag *d) MUST_USE;

#endif
