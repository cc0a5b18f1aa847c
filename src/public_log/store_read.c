/* What is read of the log: store.h. */
#include <string.h>

#include "base/memory.h"
#include "public_log/store_internal.h"

int public_log_has(struct public_log *s, enum document_kind kind,
                   const uint8_t hash[static HASH_BYTES], struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(&s->sql, "SELECT 1 FROM entry WHERE kind = ? AND hash = ?");
    sqlite3_bind_int(q, 1, (int)kind);
    sql_bind_bytes(q, 2, hash, HASH_BYTES);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return 0;
    return r < 0 ? sql_failed(&s->sql, d, NULL) : 1;
}

static void read_row(sqlite3_stmt *st, struct log_row *ret)
{
    struct log_document *x = &ret->document;
    *ret = (struct log_row){.number = sqlite3_column_int64(st, 0)};
    x->entry.kind = (enum document_kind)sqlite3_column_int(st, 1);
    int hash = sql_copy(st, 2, x->entry.hash, HASH_BYTES);
    ret->malformed = sql_copy(st, 3, x->entry.tag, LOG_TAG_BYTES) < 0 || hash < 0;
    if (sqlite3_column_type(st, 4) != SQLITE_NULL) {
        x->note = (const char *)sqlite3_column_text(st, 4);
        x->note_len = (size_t)sqlite3_column_bytes(st, 4);
    }
}

int public_log_find(struct public_log *s, enum document_kind kind,
                    const uint8_t hash[static HASH_BYTES], uint64_t *ret_number,
                    struct log_entry *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(&s->sql, "SELECT number, kind, hash, tag, NULL FROM entry WHERE kind = ? AND hash = ?");
    struct log_row row;
    sqlite3_bind_int(q, 1, (int)kind);
    sql_bind_bytes(q, 2, hash, HASH_BYTES);
    int r = sql_row(q);
    if (r < 0)
        return r == ERR_NOT_FOUND ? r : sql_failed(&s->sql, d, NULL);
    read_row(q, &row);
    if (row.malformed || row.number < 0)
        return diag_set(d, ERR_IO, "%s: an entry is damaged", s->sql.name);
    *ret_number = (uint64_t)row.number;
    *ret = row.document.entry;
    return 0;
}

int public_log_entries(struct public_log *s, uint64_t from, struct log_entry *ret, size_t max,
                       size_t *ret_count, struct diag *d)
{
    size_t count = 0;
    int r = 0;
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(&s->sql, "SELECT number, kind, hash, tag, NULL FROM entry WHERE number >= ?"
                     " ORDER BY number LIMIT ?");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)from);
    sqlite3_bind_int64(q, 2, (sqlite3_int64)max);
    while (count < max && sql_walk(&s->sql, q, &r, d)) {
        struct log_row row;
        read_row(q, &row);
        ret[count++] = row.document.entry;
    }
    if (r == 0)
        *ret_count = count;
    return r;
}

/* The note in the only row of `q`. */
static int read_checkpoint(struct public_log *s, sqlite3_stmt *q, char **ret, struct diag *d)
{
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "%s: it has no checkpoint", s->sql.name);
    if (r < 0)
        return sql_failed(&s->sql, d, NULL);
    *ret = mem_string(sql_text(q, 0));
    sqlite3_reset(q);
    return 0;
}

int public_log_checkpoint(struct public_log *s, uint64_t size, const struct log_signer *by,
                          char **ret, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT note FROM checkpoint WHERE size = ?");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)size);
    int r = read_checkpoint(s, q, ret, d);
    return r == ERR_NOT_FOUND && by != NULL ? public_log_sign(s, size, by, ret, d) : r;
}

int public_log_newest(struct public_log *s, char **ret, struct diag *d)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT note FROM checkpoint WHERE size > 0 ORDER BY size DESC LIMIT 1");
    return read_checkpoint(s, q, ret, d);
}

int public_log_walk(struct public_log *s, log_row_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT number, kind, hash, tag, note FROM entry ORDER BY number");
    int r = 0;
    while (sql_walk(&s->sql, q, &r, d)) {
        struct log_row row;
        read_row(q, &row);
        r = fn(context, &row);
    }
    return r;
}

int public_log_walk_checkpoints(struct public_log *s, log_checkpoint_fn *fn, void *context,
                                struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT size, note FROM checkpoint ORDER BY size");
    int r = 0;
    while (sql_walk(&s->sql, q, &r, d)) {
        const char *note = sql_text(q, 1);
        r = fn(context, sqlite3_column_int64(q, 0), note, (size_t)sqlite3_column_bytes(q, 1));
    }
    return r;
}

int public_log_tiles(struct public_log *s, uint64_t *ret_count, struct diag *d)
{
    int64_t count = 0;
    int r = public_log_number(s, sql(&s->sql, "SELECT count(*) FROM tile"), &count, d);
    if (r == 0)
        *ret_count = (uint64_t)count;
    return r;
}
