/* What the log says of itself at a moment, and signing with its key. */
#include "access/access_internal.h"

const uint8_t *access_key(const struct access_log *l)
{
    return l->key.key;
}

void access_sign_note(const struct access_log *l, const char *name, const struct buf *text,
                      struct buf *ret)
{
    struct note_key k = l->key;
    k.name = name;
    note_sign(ret, (const char *)text->data, text->len, &k, l->secret);
}

static int number_at(struct access_log *l, const char *question, int64_t at_unix_ms, uint64_t *ret,
                     struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(l->sql, question);
    sqlite3_bind_int64(q, 1, at_unix_ms);
    if (sql_row(q) < 0)
        return sql_failed(l->sql, d, "cannot read the access log");
    *ret = (uint64_t)sqlite3_column_int64(q, 0);
    return 0;
}

int access_since(struct access_log *l, int64_t at_unix_ms, uint64_t *ret_first, struct diag *d)
{
    return number_at(l,
                     "SELECT coalesce(min(number), (SELECT coalesce(max(number) + 1, 0)"
                     " FROM access_entry)) FROM access_entry WHERE at >= ?",
                     at_unix_ms, ret_first, d);
}

int access_at(struct access_log *l, int64_t at_unix_ms, uint64_t *ret_size,
              uint8_t ret_root[static MERKLE_BYTES], struct diag *d)
{
    uint64_t size = 0;
    int r = number_at(l, "SELECT coalesce(max(number) + 1, 0) FROM access_entry WHERE at < ?",
                      at_unix_ms, &size, d);
    if (r < 0)
        return r;
    if (size > tree_size(l->tree) || merkle_root_of(tree_fetch, l->tree, size, ret_root) < 0)
        return diag_set(d, ERR_IO, "cannot compute the root of the access log");
    *ret_size = size;
    return 0;
}
