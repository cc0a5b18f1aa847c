#include "store/file_rows.h"

#include <string.h>

#include "store/internal.h"
#include "store/outbox.h"

const char file_rows_schema[] =
    "CREATE TABLE IF NOT EXISTS file_out (entry INTEGER PRIMARY KEY, spool TEXT NOT NULL UNIQUE,"
    " sha256 BLOB NOT NULL, size INTEGER NOT NULL, uploaded INTEGER NOT NULL, host TEXT NOT NULL,"
    " port INTEGER NOT NULL, path TEXT NOT NULL, iv BLOB NOT NULL, key BLOB NOT NULL,"
    " preview TEXT, name TEXT NOT NULL, type TEXT NOT NULL, plain_size INTEGER NOT NULL,"
    " duration INTEGER NOT NULL, timer INTEGER NOT NULL, group_id TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS attached (sender TEXT NOT NULL, id TEXT NOT NULL,"
    " sha256 BLOB NOT NULL, size INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY (sender, id))"
    " WITHOUT ROWID;";

int file_rows_put(struct store *s, int64_t entry, const struct file_row *f)
{
    const struct file_content *c = &f->content;
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR REPLACE INTO file_out VALUES"
                                   " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(q, 1, entry);
    sql_bind_text(q, 2, f->spool);
    sql_bind_bytes(q, 3, f->sha256, HASH_BYTES);
    sqlite3_bind_int64(q, 4, (sqlite3_int64)f->size);
    sqlite3_bind_int(q, 5, f->uploaded);
    sql_bind_text(q, 6, c->uri.host);
    sqlite3_bind_int(q, 7, c->uri.port);
    sql_bind_text(q, 8, c->uri.path);
    sql_bind_bytes(q, 9, c->uri.iv, sizeof c->uri.iv);
    sql_bind_bytes(q, 10, c->uri.key, sizeof c->uri.key);
    sqlite3_bind_text(q, 11, c->preview, (int)c->preview_len, SQLITE_TRANSIENT);
    sql_bind_text(q, 12, c->name);
    sql_bind_text(q, 13, c->type);
    sqlite3_bind_int64(q, 14, (sqlite3_int64)c->size);
    sqlite3_bind_int64(q, 15, c->duration_seconds);
    sqlite3_bind_int64(q, 16, c->timer_seconds);
    sql_bind_text(q, 17, c->group);
    return sql_run(q);
}

/* Into an array of that size; false when it does not fit. */
static bool copy_text(sqlite3_stmt *q, int column, char *ret, size_t size)
{
    return (size_t)snprintf(ret, size, "%s", sql_text(q, column)) < size;
}

static int read_row(sqlite3_stmt *q, struct arena *a, struct file_row *f)
{
    struct file_content *c = &f->content;
    bool fits = copy_text(q, 0, f->spool, sizeof f->spool) &&
                copy_text(q, 4, c->uri.host, sizeof c->uri.host) &&
                copy_text(q, 6, c->uri.path, sizeof c->uri.path) &&
                copy_text(q, 10, c->name, sizeof c->name) &&
                copy_text(q, 11, c->type, sizeof c->type) &&
                copy_text(q, 15, c->group, sizeof c->group);
    if (!fits || sql_copy(q, 1, f->sha256, HASH_BYTES) < 0 ||
        sql_copy(q, 7, c->uri.iv, sizeof c->uri.iv) < 0 ||
        sql_copy(q, 8, c->uri.key, sizeof c->uri.key) < 0)
        return ERR_FORMAT;
    f->size = (uint64_t)sqlite3_column_int64(q, 2);
    f->uploaded = sqlite3_column_int(q, 3) != 0;
    c->uri.port = (uint16_t)sqlite3_column_int(q, 5);
    c->size = (uint64_t)sqlite3_column_int64(q, 12);
    c->duration_seconds = (uint32_t)sqlite3_column_int64(q, 13);
    c->timer_seconds = (uint32_t)sqlite3_column_int64(q, 14);
    if (sqlite3_column_type(q, 9) == SQLITE_TEXT) {
        c->preview_len = (size_t)sqlite3_column_bytes(q, 9);
        c->preview = arena_string_n(a, sql_text(q, 9), c->preview_len);
        if (c->preview == NULL)
            return ERR_LIMIT;
    }
    return 0;
}

int file_rows_get(struct store *s, int64_t entry, struct arena *a, struct file_row *ret)
{
    sqlite3_stmt *q =
        sql(&s->sql,
            "SELECT spool, sha256, size, uploaded, host, port, path, iv, key, preview,"
            " name, type, plain_size, duration, timer, group_id FROM file_out WHERE entry = ?");
    struct file_row f = {.uploaded = false};
    sqlite3_bind_int64(q, 1, entry);
    int r = sql_row(q);
    if (r == 0)
        r = read_row(q, a, &f);
    sqlite3_reset(q);
    if (r == 0)
        *ret = f;
    return r;
}

int file_rows_drop_done(struct store *s)
{
    sqlite3_stmt *q = sql(&s->sql, "DELETE FROM file_out WHERE entry IN"
                                   " (SELECT number FROM outbox WHERE state = ?)");
    sqlite3_bind_int(q, 1, OUTBOX_DONE);
    return sql_run(q);
}

bool file_rows_has_spool(struct store *s, const char *spool)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT 1 FROM file_out WHERE spool = ?");
    sql_bind_text(q, 1, spool);
    int r = sql_row(q);
    sqlite3_reset(q);
    return r != ERR_NOT_FOUND; /* what cannot be asked is not to be removed */
}

int file_rows_put_attached(struct store *s, const char *from, const char *id,
                           const struct envelope_file *f)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR REPLACE INTO attached VALUES (?, ?, ?, ?, ?)");
    sql_bind_text(q, 1, from);
    sql_bind_text(q, 2, id);
    sql_bind_bytes(q, 3, f->sha256, HASH_BYTES);
    sqlite3_bind_int64(q, 4, (sqlite3_int64)f->size);
    sql_bind_text(q, 5, f->path);
    return sql_run(q);
}

int file_rows_attached(struct store *s, const char *from, const char *id, struct arena *a,
                       struct envelope_file *ret)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT sha256, size, path FROM attached WHERE sender = ? AND id = ?");
    struct envelope_file f = {.size = 0};
    sql_bind_text(q, 1, from);
    sql_bind_text(q, 2, id);
    int r = sql_row(q);
    if (r == 0)
        r = sql_copy(q, 0, f.sha256, HASH_BYTES);
    if (r == 0) {
        f.size = (uint64_t)sqlite3_column_int64(q, 1);
        f.path = arena_string(a, sql_text(q, 2));
        r = f.path == NULL ? ERR_LIMIT : 0;
    }
    sqlite3_reset(q);
    if (r == 0)
        *ret = f;
    return r;
}
