#include "store/uses.h"

#include "base/memory.h"
#include "store/internal.h"

const char uses_schema[] =
    "CREATE TABLE IF NOT EXISTS use (tag BLOB PRIMARY KEY, logged BLOB NOT NULL,"
    " held INTEGER NOT NULL DEFAULT 0, note TEXT) WITHOUT ROWID;";

int store_put_use_logged(struct store *s, const struct log_entry *e)
{
    sqlite3_stmt *q =
        sql(&s->sql, "INSERT INTO use (tag, logged) VALUES (?, ?)"
                     " ON CONFLICT (tag) DO UPDATE SET logged = excluded.logged, held = 0");
    sql_bind_bytes(q, 1, e->tag, LOG_TAG_BYTES);
    sql_bind_bytes(q, 2, e->hash, HASH_BYTES);
    return sql_run(q);
}

int store_put_use(struct store *s, const uint8_t tag[static LOG_TAG_BYTES], const char *note)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE use SET held = 1, note = ? WHERE tag = ?");
    sql_bind_text(q, 1, note);
    sql_bind_bytes(q, 2, tag, LOG_TAG_BYTES);
    return sql_run(q);
}

int store_use(struct store *s, const uint8_t tag[static LOG_TAG_BYTES], struct store_use *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT logged, held, note FROM use WHERE tag = ?");
    sql_bind_bytes(q, 1, tag, LOG_TAG_BYTES);
    int r = sql_row(q);
    if (r == 0)
        r = sql_copy(q, 0, ret->logged, HASH_BYTES);
    if (r == 0) {
        ret->held = sqlite3_column_int(q, 1) != 0;
        ret->note = sqlite3_column_type(q, 2) == SQLITE_NULL ? NULL : mem_string(sql_text(q, 2));
    }
    sqlite3_reset(q);
    return r;
}

void store_use_clear(struct store_use *x)
{
    free(x->note);
    *x = (struct store_use){.note = NULL};
}

int store_uses_wait(struct store *s, bool *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT 1 FROM use WHERE NOT held LIMIT 1");
    int r = sql_row(q);
    if (r == 0 || r == ERR_NOT_FOUND)
        *ret = r == 0;
    sqlite3_reset(q);
    return r == ERR_NOT_FOUND ? 0 : r;
}
