#include "public_log/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "journal/tree.h"
#include "sql/sql.h"

#define LOG_VERSION 1
static const char schema[] =
    "CREATE TABLE entry (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, hash BLOB NOT NULL,"
    " tag BLOB NOT NULL, note TEXT, UNIQUE (kind, hash));"
    "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);"
    "PRAGMA user_version = 1;";

int public_log_number(struct public_log *s, sqlite3_stmt *q, int64_t *ret, struct diag *d)
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
    int r = public_log_number(s, sql(&s->sql, "PRAGMA user_version"), &version, d);
    if (r == 0 && version != LOG_VERSION)
        return diag_set(d, ERR_FORMAT, "%s: not a log of this version", s->sql.name);
    if (r == 0)
        r = public_log_number(s, sql(&s->sql, "SELECT count(*) FROM entry"), &count, d);
    if (r == 0)
        r = public_log_number(s, sql(&s->sql, "SELECT ifnull(max(number) + 1, 0) FROM entry"), &end,
                              d);
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
    bool still;
    int r = writer ? sql_open(&s->sql, path, true, d) : sql_open_reader(&s->sql, path, &still, d);
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

int public_log_sign(struct public_log *s, uint64_t size, const struct log_signer *by, char **ret,
                    struct diag *d)
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
    int r = public_log_sign(s, size, by, &note, d);
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
