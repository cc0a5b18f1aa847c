#include "sql/sql.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vault/vault.h"

/* ---- a database ---- */

int sql_failed(const struct sql *s, struct diag *d, const char *what)
{
    if (vault_fault(s->db, d) < 0)
        return ERR_AUTH;
    return diag_set(d, ERR_IO, "%s: %s%s%s", s->name, what == NULL ? "" : what,
                    what == NULL ? "" : ": ", sqlite3_errmsg(s->db));
}

int sql_fault(const struct sql *s, struct diag *d)
{
    return vault_fault(s->db, d);
}

/* What SQLite said is noted. Some errors, of reading too, end the transaction under way: what its
 * work still writes, perhaps because it takes the error for "there is none", must not be durable by
 * itself. So nothing is written any more until roll_back. */
static void take_error(sqlite3 *db, int rc, bool under_way)
{
    vault_note(db, rc);
    if (under_way && sqlite3_get_autocommit(db) != 0)
        (void)sqlite3_exec(db, "PRAGMA query_only = ON", NULL, NULL, NULL);
}

int sql_execute(struct sql *s, const char *text, struct diag *d)
{
    bool under_way = sqlite3_get_autocommit(s->db) == 0;
    int rc = sqlite3_exec(s->db, text, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        return 0;
    int r = sql_failed(s, d, NULL);
    take_error(s->db, rc, under_way);
    return sql_fault(s, d) < 0 ? ERR_AUTH : r;
}

/* ---- transactions ---- */

/* After take_error. */
static void let_write(struct sql *s)
{
    (void)sqlite3_exec(s->db, "PRAGMA query_only = OFF", NULL, NULL, NULL);
}

static void roll_back(struct sql *s)
{
    if (sqlite3_get_autocommit(s->db) == 0)
        (void)!sql_run(sql(s, "ROLLBACK"));
    else
        let_write(s);
}

int sql_transaction(struct sql *s, sql_work_fn *work, void *context, struct diag *d)
{
    if (sqlite3_get_autocommit(s->db) == 0 || s->viewing)
        return diag_set(d, ERR_INVALID_STATE, "%s: a transaction is under way already", s->name);
    if (sql_run(sql(s, "BEGIN IMMEDIATE")) < 0)
        return sql_failed(s, d, "cannot begin");
    int r = work(context, d);
    int fault = r < 0 ? 0 : sql_fault(s, d);
    if (fault < 0)
        r = fault;
    else if (r >= 0 && sql_run(sql(s, "COMMIT")) < 0)
        r = sql_failed(s, d, "cannot commit");
    if (r < 0)
        roll_back(s);
    return r;
}

int sql_view(struct sql *s, struct diag *d)
{
    int r = sql_view_end(s, d);
    if (r < 0)
        return r;
    if (sql_run(sql(s, "BEGIN")) < 0)
        return sql_failed(s, d, "cannot begin a view");
    s->viewing = true;
    return 0;
}

int sql_view_end(struct sql *s, struct diag *d)
{
    if (!s->viewing)
        return 0;
    if (sqlite3_get_autocommit(s->db) == 0 && sql_run(sql(s, "COMMIT")) < 0)
        return sql_failed(s, d, "cannot end a view");
    let_write(s); /* SQLite may have ended it */
    s->viewing = false;
    return 0;
}

/* ---- statements ---- */

sqlite3_stmt *sql_make(struct sql *s, const char *text)
{
    sqlite3_stmt *made = NULL;
    int rc = sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &made, NULL);
    if (rc != SQLITE_OK)
        vault_note(s->db, rc == SQLITE_ERROR ? SQLITE_CORRUPT : rc); /* a table is not there */
    return made;
}

void sql_drop(sqlite3_stmt *statement)
{
    sqlite3_finalize(statement);
}

sqlite3_stmt *sql(struct sql *s, const char *text)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->kept[i].text != text)
            continue;
        sqlite3_reset(s->kept[i].statement);
        sqlite3_clear_bindings(s->kept[i].statement);
        return s->kept[i].statement;
    }
    if (s->count == SQL_STATEMENTS_MAX)
        abort();
    sqlite3_stmt *made = sql_make(s, text);
    if (made == NULL)
        return NULL;
    s->kept[s->count].text = text;
    s->kept[s->count++].statement = made;
    return made;
}

/* Steps it; what is wrong is noted, and given as SQLite's extended code. */
static int step_of(sqlite3_stmt *statement)
{
    sqlite3 *db = sqlite3_db_handle(statement);
    bool under_way = db != NULL && sqlite3_get_autocommit(db) == 0;
    int step = sqlite3_step(statement);
    if (step == SQLITE_ROW || step == SQLITE_DONE || db == NULL)
        return step;
    int extended = sqlite3_extended_errcode(db);
    take_error(db, step, under_way);
    return extended;
}

bool sql_next(sqlite3_stmt *statement, int *r)
{
    int step = *r == 0 ? step_of(statement) : SQLITE_DONE;
    if (step == SQLITE_ROW)
        return true;
    if (step != SQLITE_DONE)
        *r = ERR_IO;
    sqlite3_reset(statement);
    return false;
}

bool sql_walk(const struct sql *s, sqlite3_stmt *statement, int *r, struct diag *d)
{
    bool asked = *r == 0;
    if (sql_next(statement, r))
        return true;
    if (asked && *r < 0)
        *r = sql_failed(s, d, "cannot read it");
    return false;
}

/* Of all constraints only these say that. */
static bool is_there_already(int extended)
{
    return extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
           extended == SQLITE_CONSTRAINT_ROWID;
}

int sql_run(sqlite3_stmt *statement)
{
    int step = step_of(statement);
    sqlite3_reset(statement);
    if (step == SQLITE_DONE)
        return 0;
    return is_there_already(step) ? ERR_EXISTS : ERR_IO;
}

int sql_row(sqlite3_stmt *statement)
{
    int step = step_of(statement);
    if (step == SQLITE_ROW)
        return 0;
    sqlite3_reset(statement);
    return step == SQLITE_DONE ? ERR_NOT_FOUND : ERR_IO;
}

void sql_bind_text(sqlite3_stmt *s, int at, const char *text)
{
    sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

void sql_bind_bytes(sqlite3_stmt *s, int at, const void *data, size_t len)
{
    if (data == NULL)
        sqlite3_bind_null(s, at);
    else
        sqlite3_bind_blob64(s, at, data, len, SQLITE_STATIC);
}

const char *sql_text(sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    return text == NULL ? "" : text;
}

const void *sql_blob(sqlite3_stmt *s, int column, size_t len)
{
    const void *blob = sqlite3_column_blob(s, column);
    return (size_t)sqlite3_column_bytes(s, column) == len ? blob : NULL;
}

int sql_copy(sqlite3_stmt *s, int column, void *ret, size_t len)
{
    const void *blob = sql_blob(s, column, len);
    if (blob == NULL) {
        memset(ret, 0, len);
        return ERR_FORMAT;
    }
    memcpy(ret, blob, len);
    return 0;
}
