/* Between the files of the registrar's store. */
#ifndef IRONSIDE_REGISTRAR_STORE_INTERNAL_H
#define IRONSIDE_REGISTRAR_STORE_INTERNAL_H

#include "registrar/store.h"
#include "sql/sql.h"

struct registrar_store {
    struct sql sql;
};

/* Says why a statement failed. */
int registrar_store_failed(struct registrar_store *s, struct diag *d);
/* Runs a statement that returns no row. ERR_EXISTS: what must be there once. */
int registrar_store_change(struct registrar_store *s, sqlite3_stmt *q, struct diag *d) MUST_USE;

#endif
