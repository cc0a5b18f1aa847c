#include "registrar/exempt.h"

#include <sqlite3.h>
#include <string.h>

#include "base/cleanup.h"

DEFINE_CLEANUP(sqlite3_stmt, sqlite3_finalize)
#define CLEANUP_STATEMENT CLEANUP(sqlite3_finalize_cleanup)

static int failed(struct registrar_store *s, struct diag *d)
{
    return diag_set(d, ERR_IO, "counting exempt devices: %s",
                    sqlite3_errmsg(registrar_store_sqlite(s)));
}

int registrar_exempt_prepare(struct registrar_store *s, struct diag *d)
{
    static const char tables[] =
        "CREATE TABLE IF NOT EXISTS exempt(day INTEGER, country TEXT, handle TEXT,"
        " PRIMARY KEY(day, country, handle)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS exempt_day(day INTEGER PRIMARY KEY);";
    return sqlite3_exec(registrar_store_sqlite(s), tables, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : failed(s, d);
}

/* A statement with the day bound to its first parameter, and texts to those behind it. */
static int prepare(struct registrar_store *s, const char *sql, int64_t day, const char *second,
                   const char *third, sqlite3_stmt **ret, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = sqlite3_prepare_v2(registrar_store_sqlite(s), sql, -1, &st, NULL);
    if (r == SQLITE_OK)
        r = sqlite3_bind_int64(st, 1, day);
    if (r == SQLITE_OK && second != NULL)
        r = sqlite3_bind_text(st, 2, second, -1, SQLITE_STATIC);
    if (r == SQLITE_OK && third != NULL)
        r = sqlite3_bind_text(st, 3, third, -1, SQLITE_STATIC);
    if (r != SQLITE_OK)
        return failed(s, d);
    *ret = TAKE(st);
    return 0;
}

static int change(struct registrar_store *s, const char *sql, int64_t day, const char *second,
                  const char *third, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, sql, day, second, third, &st, d);
    if (r == 0 && sqlite3_step(st) != SQLITE_DONE)
        r = failed(s, d);
    return r;
}

int registrar_exempt_begin(struct registrar_store *s, int64_t day, struct diag *d)
{
    return change(s, "INSERT OR IGNORE INTO exempt_day VALUES(?)", day, NULL, NULL, d);
}

int registrar_exempt_add(struct registrar_store *s, int64_t day, const char *country,
                         const char *handle, struct diag *d)
{
    int r = registrar_exempt_begin(s, day, d);
    if (r == 0)
        r = change(s, "INSERT OR IGNORE INTO exempt VALUES(?, ?, ?)", day, country, handle, d);
    return r;
}

static int count(struct registrar_store *s, struct exemptions *x, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int step = SQLITE_DONE;
    int r = prepare(s,
                    "SELECT country, count(*) FROM exempt WHERE day = ?"
                    " GROUP BY country ORDER BY country",
                    x->day, NULL, NULL, &st, d);
    while (r == 0 && (step = sqlite3_step(st)) == SQLITE_ROW &&
           x->count < EXEMPTIONS_COUNTRIES_MAX) {
        struct exemption *e = &x->list[x->count++];
        snprintf(e->country, sizeof e->country, "%s", (const char *)sqlite3_column_text(st, 0));
        e->devices = (uint64_t)sqlite3_column_int64(st, 1);
    }
    return r == 0 && step != SQLITE_DONE ? failed(s, d) : r;
}

int registrar_exempt_next(struct registrar_store *s, int64_t before, struct exemptions *ret,
                          struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, "SELECT day FROM exempt_day WHERE day < ? ORDER BY day LIMIT 1", before,
                    NULL, NULL, &st, d);
    if (r < 0)
        return r;
    int step = sqlite3_step(st);
    if (step == SQLITE_DONE)
        return ERR_NOT_FOUND;
    if (step != SQLITE_ROW)
        return failed(s, d);
    ret->day = sqlite3_column_int64(st, 0);
    ret->count = 0;
    return count(s, ret, d);
}

int registrar_exempt_forget(struct registrar_store *s, int64_t day, struct diag *d)
{
    int r = change(s, "DELETE FROM exempt WHERE day = ?", day, NULL, NULL, d);
    return r < 0 ? r : change(s, "DELETE FROM exempt_day WHERE day = ?", day, NULL, NULL, d);
}

int registrar_exempt_documents(struct registrar_store *s,
                               int (*each)(void *context, const char *note, size_t len),
                               void *context, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int step = SQLITE_DONE;
    int r = prepare(s, "SELECT note FROM document WHERE kind = ? ORDER BY serial",
                    DOCUMENT_EXEMPTIONS, NULL, NULL, &st, d);
    while (r == 0 && (step = sqlite3_step(st)) == SQLITE_ROW)
        r = each(context, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
    return r == 0 && step != SQLITE_DONE ? failed(s, d) : r;
}
