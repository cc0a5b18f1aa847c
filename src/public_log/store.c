#include "public_log/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "journal/tree.h"
#include "sql/sql.h"

struct public_log {
    struct sql sql;
    struct tree *tree;
};

#define LOG_VERSION 1
static const char schema[] =
    "CREATE TABLE entry (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, hash BLOB NOT NULL,"
    " tag BLOB NOT NULL, note TEXT, UNIQUE (kind, hash));"
    "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);"
    "PRAGMA user_version = 1;";

/* The number in the only row of `q`. ERR_FORMAT: there is no such table, or it is damaged. */
static int number_of(struct public_log *s, sqlite3_stmt *q, int64_t *ret, struct diag *d)
{
    if (sql_row(q) < 0) {
        int code = sqlite3_errcode(s->sql.db) & 0xff;
        int r = sql_failed(&s->sql, d, NULL);
        return code == SQLITE_CORRUPT || code == SQLITE_ERROR ? ERR_FORMAT : r;
    }
    *ret = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return 0;
}

static int fill(void *context, struct diag *d)
{
    struct public_log *s = context;
    int r = sql_execute(&s->sql, schema, d);
    return r < 0 ? r : tree_create(s->sql.db, d);
}

static int make(const char *path, struct diag *d)
{
    CLEANUP(public_log_close_cleanup) struct public_log *s = mem_new(sizeof *s);
    int r = sql_open(&s->sql, path, true, d);
    if (r == 0)
        r = sql_execute(&s->sql, "PRAGMA journal_mode = WAL", d);
    return r < 0 ? r : sql_transaction(&s->sql, fill, s, d);
}

int public_log_create(const char *path, struct diag *d)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0 && errno == EEXIST)
        return diag_set(d, ERR_EXISTS, "%s: there is a log already", path);
    if (fd < 0 || fchmod(fd, 0644) != 0) { /* whatever the umask */
        int error = errno;
        if (fd >= 0)
            close(fd);
        return diag_set(d, ERR_IO, "%s: cannot make it: %s", path, strerror(error));
    }
    close(fd);
    int r = make(path, d);
    if (r < 0)
        unlink(path);
    return r;
}

/* As many entries as leaves, the last one with the number before. */
static int check_size(struct public_log *s, struct diag *d)
{
    int64_t version = 0, count = 0, end = 0;
    int r = number_of(s, sql(&s->sql, "PRAGMA user_version"), &version, d);
    if (r == 0 && version != LOG_VERSION)
        return diag_set(d, ERR_FORMAT, "%s: not a log of this version", s->sql.name);
    if (r == 0)
        r = number_of(s, sql(&s->sql, "SELECT count(*) FROM entry"), &count, d);
    if (r == 0)
        r = number_of(s, sql(&s->sql, "SELECT ifnull(max(number) + 1, 0) FROM entry"), &end, d);
    if (r == 0 && (count != end || (uint64_t)count != tree_size(s->tree)))
        r = diag_set(d, ERR_FORMAT,
                     "%s: it has %" PRId64 " entries, the last one numbered %" PRId64
                     ", and %" PRIu64 " leaves",
                     s->sql.name, count, end - 1, tree_size(s->tree));
    return r;
}

int public_log_open(const char *path, bool writer, struct public_log **ret, struct diag *d)
{
    if (!file_exists(path))
        return diag_set(d, ERR_NOT_FOUND, "%s: no log is there", path);
    CLEANUP(public_log_close_cleanup) struct public_log *s = mem_new(sizeof *s);
    int r = sql_open(&s->sql, path, writer, d);
    if (r == 0)
        r = sql_view(&s->sql, d);
    if (r == 0) {
        r = tree_open(s->sql.db, &s->tree, d);
        if (r < 0)
            diag_prefix(d, r, "%s", path);
    }
    if (r == 0)
        r = check_size(s, d);
    if (r == 0 && writer)
        r = sql_view_end(&s->sql, d);
    if (r == 0)
        *ret = TAKE(s);
    return r;
}

void public_log_close(struct public_log *s)
{
    if (s == NULL)
        return;
    tree_free(s->tree);
    sql_close(&s->sql);
    free(s);
}

uint64_t public_log_size(const struct public_log *s)
{
    return tree_size(s->tree);
}

int public_log_root(struct public_log *s, uint64_t size, uint8_t ret[static MERKLE_BYTES],
                    struct diag *d)
{
    int r = merkle_root_of(tree_fetch, s->tree, size, ret);
    return r < 0 ? diag_set(d, r, "%s: the tree of %" PRIu64 " leaves cannot be read", s->sql.name,
                            size)
                 : 0;
}

int public_log_node(struct public_log *s, unsigned level, uint64_t index,
                    uint8_t ret[static MERKLE_BYTES])
{
    return tree_fetch(s->tree, level, index, ret);
}

/* ---- appending ---- */

static int put_entry(struct public_log *s, const struct log_document *x, struct diag *d)
{
    uint8_t leaf[MERKLE_BYTES];
    uint64_t index = 0;
    int has = public_log_has(s, x->entry.kind, x->entry.hash, d);
    if (has != 0)
        return has < 0 ? has : 0;
    if (public_log_size(s) >= LOG_ENTRIES_MAX)
        return diag_set(d, ERR_LIMIT, "%s: the log is full", s->sql.name);
    log_leaf(&x->entry, leaf);
    if (tree_append(s->tree, leaf, &index) < 0)
        return diag_set(d, ERR_IO, "%s: the tree cannot be written", s->sql.name);
    sqlite3_stmt *q = sql(&s->sql, "INSERT INTO entry VALUES (?, ?, ?, ?, ?)");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)index);
    sqlite3_bind_int(q, 2, (int)x->entry.kind);
    sql_bind_bytes(q, 3, x->entry.hash, HASH_BYTES);
    sql_bind_bytes(q, 4, x->entry.tag, LOG_TAG_BYTES);
    if (x->note != NULL)
        sqlite3_bind_text(q, 5, x->note, (int)x->note_len, SQLITE_STATIC);
    return sql_run(q) < 0 ? sql_failed(&s->sql, d, NULL) : 0;
}

/* The same size gives the same bytes each time. */
static int sign_checkpoint(struct public_log *s, uint64_t size, const struct log_signer *by,
                           char **ret, struct diag *d)
{
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    struct checkpoint c = {.size = size};
    int r = public_log_root(s, size, c.root, d);
    if (r < 0)
        return r;
    checkpoint_sign(&note, by->origin, &c, "", &by->key, by->secret);
    if (buf_failed(&note))
        return diag_set(d, ERR_LIMIT, "%s: a checkpoint cannot be signed", s->sql.name);
    *ret = buf_take_text(&note);
    return 0;
}

static int put_checkpoint(struct public_log *s, uint64_t size, const struct log_signer *by,
                          struct diag *d)
{
    CLEANUP_FREE char *note = NULL;
    int r = sign_checkpoint(s, size, by, &note, d);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR REPLACE INTO checkpoint VALUES (?, ?)");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)size);
    sql_bind_text(q, 2, note);
    return sql_run(q) < 0 ? sql_failed(&s->sql, d, NULL) : 0;
}

struct appending {
    struct public_log *s;
    const struct log_document *x;
    size_t count;
    const struct log_signer *by;
};

static int append(void *context, struct diag *d)
{
    const struct appending *a = context;
    struct public_log *s = a->s;
    uint64_t before = public_log_size(s);
    int r = 0;
    for (size_t i = 0; r == 0 && i < a->count; i++)
        r = put_entry(s, &a->x[i], d);
    if (r < 0 || public_log_size(s) == before)
        return r;
    r = tree_store(s->tree, d);
    return r < 0 ? r : put_checkpoint(s, public_log_size(s), a->by, d);
}

int public_log_append(struct public_log *s, const struct log_document *x, size_t count,
                      const struct log_signer *by, struct diag *d)
{
    struct appending a = {.s = s, .x = x, .count = count, .by = by};
    int r = sql_transaction(&s->sql, append, &a, d);
    if (r < 0 && tree_load(s->tree, NULL) < 0)
        return diag_prefix(d, r, "the log cannot go on");
    return r;
}

/* ---- reading ---- */

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
    return r == ERR_NOT_FOUND && by != NULL ? sign_checkpoint(s, size, by, ret, d) : r;
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
    int r = number_of(s, sql(&s->sql, "SELECT count(*) FROM tile"), &count, d);
    if (r == 0)
        *ret_count = (uint64_t)count;
    return r;
}
