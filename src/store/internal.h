/* What the store's own files share. */
#ifndef IRONSIDE_STORE_INTERNAL_H
#define IRONSIDE_STORE_INTERNAL_H

#include "sql/sql.h"
#include "store/store.h"

extern const char store_content_schema[]; /* content.h's tables */
extern const char file_rows_schema[];     /* file_rows.h's, where they are not there yet */
extern const char uses_schema[];          /* uses.h's, likewise */

struct store {
    struct sql sql;
    struct {
        bool known;
        size_t count, bytes;
    } parked; /* what is in the table; in memory, since each stanza asks */
};

/* Adds the tables and columns that a store of an earlier version lacks. ERR_IO. */
int store_make_later_tables(struct store *s, struct diag *d) MUST_USE;

#endif
