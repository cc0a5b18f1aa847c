/* The one way to use SQL: a database with its kept statements, plain or a vault, and transactions
 * that are given their work.
 *
 * Statements are made when first used and kept: named by their text, which must be a string literal
 * (its address is the key). What is asked for is reset first, so that a statement may not be used
 * within its own walk.
 *
 * Whatever of this fails in a vault because something cannot be read is noted (vault_fault), so
 * that what takes no answer for "there is none" is found out before anybody is told so.
 */
#ifndef IRONSIDE_SQL_SQL_H
#define IRONSIDE_SQL_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct vault_key;

#define SQL_STATEMENTS_MAX 384 /* each text of a program, in whatever room */

enum sql_owner { SQL_ANOTHERS, SQL_PLAIN, SQL_VAULT };

/* All zeros before it is opened. */
struct sql {
    sqlite3 *db;
    char *name; /* what lines of errors call it: its path */
    enum sql_owner owner;
    bool viewing;
    struct {
        const char *text;
        sqlite3_stmt *statement;
    } kept[SQL_STATEMENTS_MAX];
    size_t count;
};

/* Opens a plain file that is there already, perhaps empty; without `writer` for reading only. Waits
 * five seconds for another's lock; synchronous=FULL, no spilling, temporary tables in memory, an
 * untrusted schema. Its journal mode is as the file has it. ERR_FORMAT: not a database, or a
 * damaged one; ERR_IO. After a failure, too, it is for sql_close. */
int sql_open(struct sql *s, const char *path, bool writer, struct diag *d) MUST_USE;
/* Opens a plain file for reading that nobody writes meanwhile: no lock is taken, no log looked for,
 * nothing made beside it. What another process writes all the same may be read in parts. The errors
 * of sql_open. */
int sql_open_still(struct sql *s, const char *path, struct diag *d) MUST_USE;
/* Opens a plain file for reading by who may make none beside it: a log needs memory that is shared
 * by such a file. One that is at rest, without a log, is read as sql_open_still does, and `still`
 * is set: where a log is there afterwards, what was read may be of no one moment. The errors of
 * sql_open. */
int sql_open_reader(struct sql *s, const char *path, bool *still, struct diag *d) MUST_USE;
bool sql_has_log(const struct sql *s);
/* Opens a vault; the errors of vault_open. */
int sql_open_vault(struct sql *s, const char *path, const char *kind, const struct vault_key *key,
                   struct diag *d) MUST_USE;
/* Takes a handle that stays another's, who lets it go after sql_close. */
void sql_over(struct sql *s, sqlite3 *db, const char *name);
/* Lets the statements go, and the database if it was opened here; a transaction under way is rolled
 * back then. Harmless when nothing is open. */
void sql_close(struct sql *s);

/* The line for what SQLite has just refused: "NAME: WHAT: WHY", without WHAT where it is NULL.
 * ERR_AUTH: a vault's page cannot be read, which the line names instead; ERR_IO. */
int sql_failed(const struct sql *s, struct diag *d, const char *what);
/* Has anything of a vault been met that cannot be read? 0 or ERR_AUTH, as vault_fault; 0 for a
 * plain file. */
int sql_fault(const struct sql *s, struct diag *d) MUST_USE;

/* Runs statements that are not kept and whose rows nobody wants. The errors of sql_failed. */
int sql_execute(struct sql *s, const char *text, struct diag *d) MUST_USE;

/* One transaction: what `work` writes is durable when this returns 0 or more, and else nothing of
 * it. A negative code of `work` rolls back and is handed on, with the line that `work` wrote; any
 * other is handed on once the commit is done. Where SQLite ends the transaction itself, as after an
 * error of reading, the rest of the work writes nothing, and it fails. Of one level:
 * ERR_INVALID_STATE within another, or within a view. ERR_AUTH: something of the vault could not be
 * read, in this work or before, so that the work may rest on what is not there. Else the errors of
 * sql_failed. */
typedef int sql_work_fn(void *context, struct diag *d);
int sql_transaction(struct sql *s, sql_work_fn *work, void *context, struct diag *d) MUST_USE;

/* A view: what is read from here on is of one moment, until sql_view_end or a later sql_view, which
 * ends the one before. The errors of sql_failed. */
int sql_view(struct sql *s, struct diag *d) MUST_USE;
int sql_view_end(struct sql *s, struct diag *d) MUST_USE; /* fine when there is none */

/* The kept statement; NULL when it cannot be prepared: SQLite's functions take that and fail. */
sqlite3_stmt *sql(struct sql *s, const char *text);
/* A statement of the caller's own, for a table whose name is made up: its text need not stay. For
 * sql_drop before the database is closed. NULL as above. */
sqlite3_stmt *sql_make(struct sql *s, const char *text);
void sql_drop(sqlite3_stmt *statement);
/* Resets it at the end of a scope. */
DEFINE_CLEANUP(sqlite3_stmt, sqlite3_reset)
#define CLEANUP_QUERY CLEANUP(sqlite3_reset_cleanup)

/* The next row of a walk: true, and its columns can be read, while there is one and *r is 0. At the
 * end the statement is reset, and *r is 0, what it was, or ERR_IO. A walk that is left earlier
 * needs a sqlite3_reset. */
bool sql_next(sqlite3_stmt *statement, int *r);
/* The same with a line: *r is then of sql_failed, where SQLite has ended the walk. */
bool sql_walk(const struct sql *s, sqlite3_stmt *statement, int *r, struct diag *d);
/* Steps a statement that returns no row. ERR_EXISTS: a uniqueness constraint; ERR_IO. */
int sql_run(sqlite3_stmt *statement) MUST_USE;
/* Steps to the only row: 0, ERR_NOT_FOUND or ERR_IO. Read its columns, then sqlite3_reset. */
int sql_row(sqlite3_stmt *statement) MUST_USE;

void sql_bind_text(sqlite3_stmt *s, int at, const char *text);
void sql_bind_bytes(sqlite3_stmt *s, int at, const void *data, size_t len);
/* "" for NULL. */
const char *sql_text(sqlite3_stmt *s, int column);
/* A blob of exactly `len` bytes, valid until the next step; NULL for any other. */
const void *sql_blob(sqlite3_stmt *s, int column, size_t len);
/* Copies a blob of exactly `len` bytes; zeros and ERR_FORMAT for any other. */
int sql_copy(sqlite3_stmt *s, int column, void *ret, size_t len) MUST_USE;

#endif
