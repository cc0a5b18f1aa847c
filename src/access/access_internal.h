/* What the files of the access log share. */
#ifndef IRONSIDE_ACCESS_INTERNAL_H
#define IRONSIDE_ACCESS_INTERNAL_H

#include "access/access.h"
#include "journal/tree.h"

struct access_log {
    struct sql *sql; /* the caller's */
    struct tree *tree;
    char *vkey;
    struct note_key key;
    char *name;      /* the key's and the checkpoints' */
    uint8_t *secret; /* in secret memory */
};

#define ACCESS_COLUMNS                                                                             \
    "number, at, action, user, role, purpose, case_id, warrants, count, hidden, what"
/* A row of ACCESS_COLUMNS; strings are the statement's until its next step. ERR_FORMAT: columns
 * that no entry has. */
int access_entry_read(sqlite3_stmt *row, struct access_entry *ret) MUST_USE;

#endif
