#include "public_log/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "journal/tree.h"

struct log_store {
    sqlite3 *db;
    char *path;
    struct tree *tree;
};

#define LOG_VERSION 1
static const char schema[] =
    "CREATE TABLE entry (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, hash BLOB NOT NULL,"
    " tag BLOB NOT NULL, note TEXT, UNIQUE (kind, hash));"
    "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);"
    "PRAGMA user_version = 1;";

DEFINE_CLEANUP(sqlite3_stmt, sqlite3_finalize)
#define CLEANUP_STATEMENT CLEANUP(sqlite3_finalize_cleanup)

static int failed(struct log_store *s, struct diag *d)
{
    int code = sqlite3_errcode(s->db) & 0xff;
    bool foreign = code == SQLITE_NOTADB || code == SQLITE_CORRUPT || code == SQLITE_ERROR;
    return diag_set(d, foreign ? ERR_FORMAT : ERR_IO, "%s: %s", s->path, sqlite3_errmsg(s->db));
}

static int execute(struct log_store *s, const char *sql, struct diag *d)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(s, d);
}

static int prepare(struct log_store *s, const char *sql, sqlite3_stmt **ret, struct diag *d)
{
    return sqlite3_prepare_v2(s->db, sql, -1, ret, NULL) == SQLITE_OK ? 0 : failed(s, d);
}

/* 1: a row; 0: no more. */
static int step(struct log_store *s, sqlite3_stmt *st, struct diag *d)
{
    int r = sqlite3_step(st);
    return r == SQLITE_ROW ? 1 : r == SQLITE_DONE ? 0 : failed(s, d);
}

static int number_of(struct log_store *s, const char *sql, int64_t *ret, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, sql, &st, d);
    if (r == 0)
        r = step(s, st, d);
    if (r == 1)
        *ret = sqlite3_column_int64(st, 0);
    return r < 0 ? r : 0;
}

static int open_database(struct log_store *s, int flags, struct diag *d)
{
    if (sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return diag_set(d, ERR_IO, "%s: cannot open it", s->path);
    sqlite3_busy_timeout(s->db, 5000);
    /* Without spilling: see journal.c. */
    return execute(s,
                   "PRAGMA synchronous = FULL; PRAGMA cache_spill = OFF;"
                   "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
                   d);
}

static int fill(const char *path, struct diag *d)
{
    CLEANUP(log_store_close_cleanup) struct log_store *s = mem_new(sizeof *s);
    s->path = mem_string(path);
    int r = open_database(s, SQLITE_OPEN_READWRITE, d);
    if (r == 0)
        r = execute(s, "PRAGMA journal_mode = WAL; BEGIN IMMEDIATE", d);
    if (r == 0)
        r = execute(s, schema, d);
    if (r == 0)
        r = tree_create(s->db, d);
    return r == 0 ? execute(s, "COMMIT", d) : r;
}

int log_store_create(const char *path, struct diag *d)
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
    int r = fill(path, d);
    if (r < 0)
        unlink(path);
    return r;
}

/* As many entries as leaves, the last one with the number before. */
static int check_size(struct log_store *s, struct diag *d)
{
    int64_t version = 0, count = 0, end = 0;
    int r = number_of(s, "PRAGMA user_version", &version, d);
    if (r == 0 && version != LOG_VERSION)
        return diag_set(d, ERR_FORMAT, "%s: not a log of this version", s->path);
    if (r == 0)
        r = number_of(s, "SELECT count(*) FROM entry", &count, d);
    if (r == 0)
        r = number_of(s, "SELECT ifnull(max(number) + 1, 0) FROM entry", &end, d);
    if (r == 0 && (count != end || (uint64_t)count != tree_size(s->tree)))
        r = diag_set(d, ERR_FORMAT,
                     "%s: it has %" PRId64 " entries, the last one numbered %" PRId64
                     ", and %" PRIu64 " leaves",
                     s->path, count, end - 1, tree_size(s->tree));
    return r;
}

int log_store_open(const char *path, bool writer, struct log_store **ret, struct diag *d)
{
    if (!file_exists(path))
        return diag_set(d, ERR_NOT_FOUND, "%s: no log is there", path);
    CLEANUP(log_store_close_cleanup) struct log_store *s = mem_new(sizeof *s);
    s->path = mem_string(path);
    int r = open_database(s, writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, d);
    if (r == 0)
        r = execute(s, "BEGIN", d);
    if (r == 0) {
        r = tree_open(s->db, &s->tree, d);
        if (r < 0)
            diag_prefix(d, r, "%s", path);
    }
    if (r == 0)
        r = check_size(s, d);
    if (r == 0 && writer)
        r = execute(s, "COMMIT", d);
    if (r == 0)
        *ret = TAKE(s);
    return r;
}

void log_store_close(struct log_store *s)
{
    if (s == NULL)
        return;
    tree_free(s->tree);
    sqlite3_close(s->db);
    free(s->path);
    free(s);
}

uint64_t log_store_size(const struct log_store *s)
{
    return tree_size(s->tree);
}

int log_store_root(struct log_store *s, uint64_t size, uint8_t ret[static MERKLE_BYTES],
                   struct diag *d)
{
    int r = merkle_root_of(tree_fetch, s->tree, size, ret);
    return r < 0
               ? diag_set(d, r, "%s: the tree of %" PRIu64 " leaves cannot be read", s->path, size)
               : 0;
}

int log_store_node(struct log_store *s, unsigned level, uint64_t index,
                   uint8_t ret[static MERKLE_BYTES])
{
    return tree_fetch(s->tree, level, index, ret);
}

/* ---- appending ---- */

static int put_entry(struct log_store *s, const struct log_document *x, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    uint8_t leaf[MERKLE_BYTES];
    uint64_t index = 0;
    int has = log_store_has(s, x->entry.kind, x->entry.hash, d);
    if (has != 0)
        return has < 0 ? has : 0;
    if (log_store_size(s) >= LOG_ENTRIES_MAX)
        return diag_set(d, ERR_LIMIT, "%s: the log is full", s->path);
    log_leaf(&x->entry, leaf);
    if (tree_append(s->tree, leaf, &index) < 0)
        return diag_set(d, ERR_IO, "%s: the tree cannot be written", s->path);
    int r = prepare(s, "INSERT INTO entry VALUES (?, ?, ?, ?, ?)", &st, d);
    if (r < 0)
        return r;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)index);
    sqlite3_bind_int(st, 2, (int)x->entry.kind);
    sqlite3_bind_blob(st, 3, x->entry.hash, HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(st, 4, x->entry.tag, LOG_TAG_BYTES, SQLITE_STATIC);
    if (x->note != NULL)
        sqlite3_bind_text(st, 5, x->note, (int)x->note_len, SQLITE_STATIC);
    return step(s, st, d);
}

/* Signs the tree of that size and keeps the note. */
static int put_checkpoint(struct log_store *s, uint64_t size, const struct log_signer *by,
                          char **ret, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    struct checkpoint c = {.size = size};
    int r = log_store_root(s, size, c.root, d);
    if (r < 0)
        return r;
    checkpoint_sign(&note, by->origin, &c, "", &by->key, by->secret);
    if (buf_failed(&note))
        return diag_set(d, ERR_LIMIT, "%s: a checkpoint cannot be signed", s->path);
    r = prepare(s, "INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", &st, d);
    if (r < 0)
        return r;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)size);
    sqlite3_bind_text(st, 2, buf_text(&note), (int)note.len, SQLITE_STATIC);
    r = step(s, st, d);
    if (r == 0 && ret != NULL)
        *ret = buf_take_text(&note);
    return r;
}

int log_store_append(struct log_store *s, const struct log_document *x, size_t count,
                     const struct log_signer *by, struct diag *d)
{
    uint64_t before = log_store_size(s);
    int r = execute(s, "BEGIN IMMEDIATE", d);
    if (r < 0)
        return r;
    for (size_t i = 0; r == 0 && i < count; i++)
        r = put_entry(s, &x[i], d);
    if (r == 0 && log_store_size(s) > before) {
        r = tree_store(s->tree, d);
        if (r == 0)
            r = put_checkpoint(s, log_store_size(s), by, NULL, d);
    }
    if (r == 0)
        r = execute(s, "COMMIT", d);
    if (r < 0) {
        (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        if (tree_load(s->tree, NULL) < 0)
            return diag_prefix(d, r, "the log cannot go on");
    }
    return r;
}

/* ---- reading ---- */

int log_store_has(struct log_store *s, enum document_kind kind,
                  const uint8_t hash[static HASH_BYTES], struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, "SELECT 1 FROM entry WHERE kind = ? AND hash = ?", &st, d);
    if (r < 0)
        return r;
    sqlite3_bind_int(st, 1, (int)kind);
    sqlite3_bind_blob(st, 2, hash, HASH_BYTES, SQLITE_STATIC);
    return step(s, st, d);
}

static bool read_blob(sqlite3_stmt *st, int column, uint8_t ret[static HASH_BYTES])
{
    const void *data = sqlite3_column_blob(st, column);
    memset(ret, 0, HASH_BYTES);
    if (data == NULL || sqlite3_column_bytes(st, column) != HASH_BYTES)
        return false;
    memcpy(ret, data, HASH_BYTES);
    return true;
}

static void read_row(sqlite3_stmt *st, struct log_row *ret)
{
    struct log_document *x = &ret->document;
    *ret = (struct log_row){.number = sqlite3_column_int64(st, 0)};
    x->entry.kind = (enum document_kind)sqlite3_column_int(st, 1);
    bool fits = read_blob(st, 2, x->entry.hash);
    ret->malformed = !read_blob(st, 3, x->entry.tag) || !fits;
    if (sqlite3_column_type(st, 4) != SQLITE_NULL) {
        x->note = (const char *)sqlite3_column_text(st, 4);
        x->note_len = (size_t)sqlite3_column_bytes(st, 4);
    }
}

int log_store_entries(struct log_store *s, uint64_t from, struct log_entry *ret, size_t max,
                      size_t *ret_count, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    size_t count = 0;
    int r = prepare(s,
                    "SELECT number, kind, hash, tag, NULL FROM entry WHERE number >= ?"
                    " ORDER BY number LIMIT ?",
                    &st, d);
    if (r < 0)
        return r;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)from);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)max);
    while (count < max && (r = step(s, st, d)) == 1) {
        struct log_row row;
        read_row(st, &row);
        ret[count++] = row.document.entry;
    }
    if (r < 0)
        return r;
    *ret_count = count;
    return 0;
}

static int read_checkpoint(struct log_store *s, const char *sql, uint64_t size, char **ret,
                           struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, sql, &st, d);
    if (r < 0)
        return r;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)size);
    r = step(s, st, d);
    if (r == 0)
        return diag_set(d, ERR_NOT_FOUND, "%s: it has no checkpoint", s->path);
    const char *note = r == 1 ? (const char *)sqlite3_column_text(st, 0) : NULL;
    if (r == 1)
        *ret = mem_string(note == NULL ? "" : note);
    return r < 0 ? r : 0;
}

int log_store_checkpoint(struct log_store *s, uint64_t size, const struct log_signer *by,
                         char **ret, struct diag *d)
{
    int r = read_checkpoint(s, "SELECT note FROM checkpoint WHERE size = ?", size, ret, d);
    return r == ERR_NOT_FOUND && by != NULL ? put_checkpoint(s, size, by, ret, d) : r;
}

int log_store_newest(struct log_store *s, char **ret, struct diag *d)
{
    return read_checkpoint(s, "SELECT note FROM checkpoint WHERE size > ? ORDER BY size DESC", 0,
                           ret, d);
}

int log_store_walk(struct log_store *s, log_row_fn *fn, void *context, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, "SELECT number, kind, hash, tag, note FROM entry ORDER BY number", &st, d);
    while (r == 0 && (r = step(s, st, d)) == 1) {
        struct log_row row;
        read_row(st, &row);
        r = fn(context, &row);
    }
    return r;
}

int log_store_walk_checkpoints(struct log_store *s, log_checkpoint_fn *fn, void *context,
                               struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, "SELECT size, note FROM checkpoint ORDER BY size", &st, d);
    while (r == 0 && (r = step(s, st, d)) == 1) {
        const char *note = (const char *)sqlite3_column_text(st, 1);
        r = fn(context, sqlite3_column_int64(st, 0), note == NULL ? "" : note,
               (size_t)sqlite3_column_bytes(st, 1));
    }
    return r;
}

int log_store_tiles(struct log_store *s, uint64_t *ret_count, struct diag *d)
{
    int64_t count = 0;
    int r = number_of(s, "SELECT count(*) FROM tile", &count, d);
    if (r == 0)
        *ret_count = (uint64_t)count;
    return r;
}
