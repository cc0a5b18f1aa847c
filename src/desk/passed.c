#include "desk/passed.h"

#include <stdio.h>

#include "desk/index_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS package (number INTEGER PRIMARY KEY, partner INTEGER NOT NULL,"
    " name TEXT NOT NULL UNIQUE, made INTEGER NOT NULL, finished INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX IF NOT EXISTS package_partner ON package (partner, finished);"
    "CREATE TABLE IF NOT EXISTS passed (partner INTEGER NOT NULL, message INTEGER NOT NULL,"
    " package INTEGER NOT NULL, PRIMARY KEY (partner, message)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS passed_package ON passed (package, message);";

int passed_make(struct desk_index *x, struct diag *d)
{
    return sql_execute(&x->sql, schema, d);
}

/* ---- asking ---- */

int desk_passed_has(struct desk_index *x, int64_t partner, int64_t message, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT 1 FROM passed WHERE partner = ?1 AND message = ?2");
    sqlite3_bind_int64(s, 1, partner);
    sqlite3_bind_int64(s, 2, message);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return 0;
    return r < 0 ? sql_failed(&x->sql, d, "cannot read what was passed on") : 1;
}

int desk_passed_count(struct desk_index *x, int64_t partner, uint64_t *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT count(*) FROM package WHERE partner = ?1");
    sqlite3_bind_int64(s, 1, partner);
    if (sql_row(s) < 0)
        return sql_failed(&x->sql, d, "cannot count packages");
    *ret = (uint64_t)sqlite3_column_int64(s, 0);
    return 0;
}

int desk_passed_unfinished(struct desk_index *x, int64_t partner, struct desk_passed *ret,
                           struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT number, name, made FROM package"
                                                 " WHERE partner = ?1 AND finished = 0");
    sqlite3_bind_int64(s, 1, partner);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return r;
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read packages");
    *ret = (struct desk_passed){.number = sqlite3_column_int64(s, 0),
                                .made_unix_ms = sqlite3_column_int64(s, 2)};
    snprintf(ret->name, sizeof ret->name, "%s", sql_text(s, 1));
    return 0;
}

int desk_passed_messages(struct desk_index *x, int64_t package, desk_passed_fn *fn, void *context,
                         struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT message FROM passed WHERE package = ?1 ORDER BY message");
    int r = 0;
    sqlite3_bind_int64(s, 1, package);
    while (r == 0 && sql_walk(&x->sql, s, &r, d))
        r = fn(context, sqlite3_column_int64(s, 0));
    sqlite3_reset(s);
    return r;
}

/* ---- writing ---- */

static int write_package(struct desk_index *x, int64_t partner, const struct desk_passed *p,
                         int64_t *ret, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO package (partner, name, made) VALUES (?1, ?2, ?3)");
    sqlite3_bind_int64(s, 1, partner);
    sql_bind_text(s, 2, p->name);
    sqlite3_bind_int64(s, 3, p->made_unix_ms);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write a package down");
    *ret = sqlite3_last_insert_rowid(x->sql.db);
    return 0;
}

static int forget_messages(struct desk_index *x, int64_t package, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "DELETE FROM passed WHERE package = ?1");
    sqlite3_bind_int64(s, 1, package);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write a package down") : 0;
}

int desk_passed_sign(struct desk_index *x, int64_t partner, const struct desk_passed *p,
                     const int64_t *messages, size_t count, struct diag *d)
{
    int64_t package = p->number;
    int r =
        package == 0 ? write_package(x, partner, p, &package, d) : forget_messages(x, package, d);
    for (size_t i = 0; r == 0 && i < count; i++) {
        sqlite3_stmt *s = sql(&x->sql, "INSERT INTO passed VALUES (?1, ?2, ?3)");
        sqlite3_bind_int64(s, 1, partner);
        sqlite3_bind_int64(s, 2, messages[i]);
        sqlite3_bind_int64(s, 3, package);
        if (sql_run(s) < 0)
            r = sql_failed(&x->sql, d, "cannot write down what is passed on");
    }
    return r;
}

int desk_passed_finish(struct desk_index *x, int64_t partner, int64_t now_unix_ms, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "UPDATE package SET finished = ?2"
                                   " WHERE partner = ?1 AND finished = 0");
    sqlite3_bind_int64(s, 1, partner);
    sqlite3_bind_int64(s, 2, now_unix_ms);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write a package down") : 0;
}
