/* Prepared statements of one vault, made when first used and kept: named by their text, which
 * must be a string literal (its address is the key). What is asked for is reset first, so that a
 * statement may not be used within its own walk.
 *
 * Whatever of this fails because something cannot be read is noted (vault_fault), so that what
 * takes no answer for "there is none" is found out before anybody is told so.
 */
#ifndef IRONSIDE_SQL_SQL_H
#define IRONSIDE_SQL_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SQL_STATEMENTS_MAX 192

struct sql {
    sqlite3 *db;
    struct {
        const char *text;
        sqlite3_stmt *statement;
    } kept[SQL_STATEMENTS_MAX];
    size_t count;
};

/* NULL when it cannot be prepared; SQLite's functions take that and fail. */
sqlite3_stmt *sql(struct sql *s, const char *text);
void sql_clear(struct sql *s);

/* The next row of a walk: true, and its columns can be read, while there is one and *r is 0. At the
 * end the statement is reset, and *r is 0, what it was, or ERR_IO. A walk that is left earlier
 * needs a sqlite3_reset. */
bool sql_next(sqlite3_stmt *statement, int *r);
/* Steps a statement that returns no row. ERR_EXISTS: a uniqueness constraint; ERR_IO. */
int sql_run(sqlite3_stmt *statement) MUST_USE;
/* Steps to the only row: 0, ERR_NOT_FOUND or ERR_IO. Read its columns, then sqlite3_reset. */
int sql_row(sqlite3_stmt *statement) MUST_USE;

void sql_bind_text(sqlite3_stmt *s, int at, const char *text);
void sql_bind_bytes(sqlite3_stmt *s, int at, const void *data, size_t len);
/* "" for NULL. */
const char *sql_text(sqlite3_stmt *s, int column);
/* Copies a blob of exactly `len` bytes; zeros and ERR_FORMAT for any other. */
int sql_copy(sqlite3_stmt *s, int column, void *ret, size_t len) MUST_USE;

#endif
