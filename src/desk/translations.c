#include "desk/translations.h"

#include "desk/index_internal.h"

int translations_open(struct desk_index *x, struct diag *d)
{
    return sql_execute(&x->sql,
                       "CREATE TABLE IF NOT EXISTS translation (message INTEGER NOT NULL,"
                       " target TEXT NOT NULL, source TEXT NOT NULL, adapter TEXT NOT NULL,"
                       " at INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (message, target))"
                       " WITHOUT ROWID",
                       d);
}

static int check(const struct desk_index *x, int64_t message, struct diag *d)
{
    return sight_has(x, message)
               ? 0
               : diag_set(d, ERR_NOT_FOUND, "there is no message %lld", (long long)message);
}

int desk_translation_write(struct desk_index *x, const struct desk_translation *t, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "INSERT OR REPLACE INTO translation VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    int r = check(x, t->message, d);
    if (r < 0)
        return r;
    sqlite3_bind_int64(s, 1, t->message);
    sql_bind_text(s, 2, t->to);
    sql_bind_text(s, 3, t->from);
    sql_bind_text(s, 4, t->adapter);
    sqlite3_bind_int64(s, 5, t->at_unix_ms);
    sql_bind_text(s, 6, t->text);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write a translation") : 0;
}

int desk_translation_of(struct desk_index *x, int64_t message, const char *to,
                        desk_translation_fn *fn, void *context, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT at, source, target, adapter, text FROM translation"
                     " WHERE message = ?1 AND (?2 = '' OR target = ?2) ORDER BY at DESC LIMIT 1");
    sqlite3_bind_int64(s, 1, message);
    sql_bind_text(s, 2, to == NULL ? "" : to);
    int r = check(x, message, d);
    if (r == 0)
        r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "message %lld has not been translated", (long long)message);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read a translation");
    const struct desk_translation t = {.message = message,
                                       .at_unix_ms = sqlite3_column_int64(s, 0),
                                       .from = sql_text(s, 1),
                                       .to = sql_text(s, 2),
                                       .adapter = sql_text(s, 3),
                                       .text = sql_text(s, 4)};
    return fn(context, &t);
}
