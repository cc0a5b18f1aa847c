#include "registrar/exempt.h"

#include <stdio.h>

#include "sql/sql.h"

static int failed(struct sql *s, struct diag *d)
{
    return sql_failed(s, d, "counting exempt devices");
}

int registrar_exempt_prepare(struct registrar_store *s, struct diag *d)
{
    static const char tables[] =
        "CREATE TABLE IF NOT EXISTS exempt(day INTEGER, country TEXT, handle TEXT,"
        " PRIMARY KEY(day, country, handle)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS exempt_day(day INTEGER PRIMARY KEY);";
    return sql_execute(registrar_store_sql(s), tables, d);
}

/* Runs a statement whose first parameter is the day. */
static int change(struct sql *s, sqlite3_stmt *q, int64_t day, struct diag *d)
{
    sqlite3_bind_int64(q, 1, day);
    return sql_run(q) < 0 ? failed(s, d) : 0;
}

int registrar_exempt_begin(struct registrar_store *s, int64_t day, struct diag *d)
{
    struct sql *db = registrar_store_sql(s);
    return change(db, sql(db, "INSERT OR IGNORE INTO exempt_day VALUES(?)"), day, d);
}

int registrar_exempt_add(struct registrar_store *s, int64_t day, const char *country,
                         const char *handle, struct diag *d)
{
    struct sql *db = registrar_store_sql(s);
    int r = registrar_exempt_begin(s, day, d);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(db, "INSERT OR IGNORE INTO exempt VALUES(?, ?, ?)");
    sql_bind_text(q, 2, country);
    sql_bind_text(q, 3, handle);
    return change(db, q, day, d);
}

static int count(struct sql *s, struct exemptions *x, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(s, "SELECT country, count(*) FROM exempt WHERE day = ?"
                                           " GROUP BY country ORDER BY country");
    int r = 0;
    sqlite3_bind_int64(q, 1, x->day);
    while (sql_walk(s, q, &r, d)) {
        if (x->count == EXEMPTIONS_COUNTRIES_MAX)
            return diag_set(d, ERR_IO, "%s: a day with more than %u countries", s->name,
                            EXEMPTIONS_COUNTRIES_MAX);
        struct exemption *e = &x->list[x->count++];
        snprintf(e->country, sizeof e->country, "%s", sql_text(q, 0));
        e->devices = (uint64_t)sqlite3_column_int64(q, 1);
    }
    return r;
}

int registrar_exempt_next(struct registrar_store *s, int64_t before, struct exemptions *ret,
                          struct diag *d)
{
    struct sql *db = registrar_store_sql(s);
    sqlite3_stmt *q = sql(db, "SELECT day FROM exempt_day WHERE day < ? ORDER BY day LIMIT 1");
    sqlite3_bind_int64(q, 1, before);
    int r = sql_row(q);
    if (r < 0)
        return r == ERR_NOT_FOUND ? r : failed(db, d);
    ret->day = sqlite3_column_int64(q, 0);
    ret->count = 0;
    sqlite3_reset(q);
    return count(db, ret, d);
}

int registrar_exempt_forget(struct registrar_store *s, int64_t day, struct diag *d)
{
    struct sql *db = registrar_store_sql(s);
    int r = change(db, sql(db, "DELETE FROM exempt WHERE day = ?"), day, d);
    return r < 0 ? r : change(db, sql(db, "DELETE FROM exempt_day WHERE day = ?"), day, d);
}

int registrar_exempt_documents(struct registrar_store *s,
                               int (*each)(void *context, const char *note, size_t len),
                               void *context, struct diag *d)
{
    struct sql *db = registrar_store_sql(s);
    sqlite3_stmt *q = sql(db, "SELECT note FROM document WHERE kind = ? ORDER BY serial");
    int r = 0;
    sqlite3_bind_int(q, 1, DOCUMENT_EXEMPTIONS);
    while (sql_walk(db, q, &r, d))
        r = each(context, sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0));
    return r;
}
