/* The part of the store that holds what the public log has. */
#include <string.h>

#include "store/internal.h"

int store_put_logged(struct store *s, const struct log_entry *e)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR IGNORE INTO logged VALUES (?, ?, ?)");
    sql_bind_bytes(q, 1, e->hash, HASH_BYTES);
    sqlite3_bind_int(q, 2, (int)e->kind);
    sql_bind_bytes(q, 3, e->tag, LOG_TAG_BYTES);
    return sql_run(q);
}

int store_logged(struct store *s, const struct log_entry *e, bool *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT 1 FROM logged WHERE hash = ? AND kind = ? AND tag = ?");
    sql_bind_bytes(q, 1, e->hash, HASH_BYTES);
    sqlite3_bind_int(q, 2, (int)e->kind);
    sql_bind_bytes(q, 3, e->tag, LOG_TAG_BYTES);
    int r = sql_row(q);
    if (r == 0 || r == ERR_NOT_FOUND)
        *ret = r == 0;
    sqlite3_reset(q);
    return r == ERR_NOT_FOUND ? 0 : r;
}

int store_policy_range(struct store *s, uint32_t *ret_first, uint32_t *ret_newest)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT ifnull(min(serial), 0), ifnull(max(serial), 0)"
                                   " FROM policy JOIN logged"
                                   " ON logged.hash = policy.hash AND logged.kind = ?");
    sqlite3_bind_int(q, 1, DOCUMENT_POLICY);
    int r = sql_row(q);
    if (r == 0) {
        *ret_first = (uint32_t)sqlite3_column_int64(q, 0);
        *ret_newest = (uint32_t)sqlite3_column_int64(q, 1);
    }
    sqlite3_reset(q);
    return r;
}
