/* The files' half of the journal: files.h. Its statements are few and seldom run, so that none is
 * kept prepared. */
#include "journal/files.h"

#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "journal/journal_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS file (sha256 BLOB PRIMARY KEY, size INTEGER NOT NULL,"
    " round INTEGER NOT NULL, leaf INTEGER NOT NULL, named INTEGER NOT NULL,"
    " removed INTEGER NOT NULL, account BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS file_round ON file (round);"
    "CREATE INDEX IF NOT EXISTS file_named ON file (removed, named);";

#define COLUMNS "SELECT sha256, size, round, leaf, named, removed FROM file"

int journal_make_files(struct journal *j, struct diag *d)
{
    return sqlite3_exec(j->db, schema, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : journal_failed(j, d, "cannot make the table of files");
}

void journal_file_leaf_text(struct buf *b, const uint8_t sha256[static HASH_BYTES], uint64_t size)
{
    char hex[2 * HASH_BYTES + 1];
    encode_hex(sha256, HASH_BYTES, hex);
    buf_format(b, "ironside file 1 %s %" PRIu64, hex, size);
}

char *journal_file_path(const char *folder, const uint8_t sha256[static HASH_BYTES])
{
    char hex[2 * HASH_BYTES + 1];
    encode_hex(sha256, HASH_BYTES, hex);
    return mem_format("%s/%.2s/%s", folder, hex, hex);
}

static sqlite3_stmt *prepare(struct journal *j, const char *text)
{
    sqlite3_stmt *s = NULL;
    return sqlite3_prepare_v2(j->db, text, -1, &s, NULL) == SQLITE_OK ? s : NULL;
}

/* Steps a statement that returns no row, and lets it go. */
static int finish(sqlite3_stmt *s)
{
    int step = sqlite3_step(s);
    sqlite3_finalize(s);
    return step == SQLITE_DONE ? 0 : ERR_IO;
}

/* 0, ERR_NOT_FOUND: a journal that never had a file, ERR_IO. */
static int find_table(struct journal *j)
{
    sqlite3_stmt *s =
        prepare(j, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'file'");
    int step = sqlite3_step(s);
    sqlite3_finalize(s);
    return step == SQLITE_ROW ? 0 : step == SQLITE_DONE ? ERR_NOT_FOUND : ERR_IO;
}

static int read_row(sqlite3_stmt *s, struct journal_file_row *ret)
{
    const void *sha256 = sqlite3_column_blob(s, 0);
    if (sha256 == NULL || sqlite3_column_bytes(s, 0) != HASH_BYTES ||
        sqlite3_column_int64(s, 1) < 0 || sqlite3_column_int64(s, 3) < 0)
        return ERR_FORMAT;
    memcpy(ret->file.sha256, sha256, HASH_BYTES);
    ret->file.size = (uint64_t)sqlite3_column_int64(s, 1);
    ret->round = sqlite3_column_int64(s, 2);
    ret->leaf = (uint64_t)sqlite3_column_int64(s, 3);
    ret->named_unix_ms = sqlite3_column_int64(s, 4);
    ret->removed_unix_ms = sqlite3_column_int64(s, 5);
    return 0;
}

/* The one row that the statement gives. */
static int read_one(sqlite3_stmt *s, struct journal_file_row *ret)
{
    int step = sqlite3_step(s);
    int r = step == SQLITE_ROW ? read_row(s, ret) : step == SQLITE_DONE ? ERR_NOT_FOUND : ERR_IO;
    sqlite3_finalize(s);
    return r;
}

int journal_files(struct journal *j, int64_t round, journal_file_fn *fn, void *context,
                  struct diag *d)
{
    struct journal_file_row row;
    int step, r = find_table(j);
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : journal_failed(j, d, "cannot read its tables");
    sqlite3_stmt *s = prepare(j, COLUMNS " WHERE ?1 = 0 OR round = ?1 ORDER BY leaf");
    sqlite3_bind_int64(s, 1, round);
    while (r == 0 && (step = sqlite3_step(s)) == SQLITE_ROW) {
        r = read_row(s, &row);
        r = r < 0 ? diag_set(d, r, "%s: a row of its files is damaged", j->path)
                  : fn(context, &row);
    }
    sqlite3_finalize(s);
    return r == 0 && step != SQLITE_DONE ? journal_failed(j, d, "cannot read its files") : r;
}

int journal_file(struct journal *j, const uint8_t sha256[static HASH_BYTES],
                 struct journal_file_row *ret)
{
    int r = find_table(j);
    if (r < 0)
        return r;
    sqlite3_stmt *s = prepare(j, COLUMNS " WHERE sha256 = ?");
    sqlite3_bind_blob(s, 1, sha256, HASH_BYTES, SQLITE_STATIC);
    return read_one(s, ret);
}

int journal_file_expired(struct journal *j, int64_t before_unix_ms, struct journal_file_row *ret)
{
    sqlite3_stmt *s = prepare(j, COLUMNS " WHERE removed = 0 AND named < ? ORDER BY named LIMIT 1");
    sqlite3_bind_int64(s, 1, before_unix_ms);
    return read_one(s, ret);
}

int journal_file_removed(struct journal *j, const uint8_t sha256[static HASH_BYTES],
                         int64_t at_unix_ms, struct diag *d)
{
    sqlite3_stmt *s = prepare(j, "UPDATE file SET removed = ? WHERE sha256 = ?");
    sqlite3_bind_int64(s, 1, at_unix_ms);
    sqlite3_bind_blob(s, 2, sha256, HASH_BYTES, SQLITE_STATIC);
    return finish(s) < 0 ? journal_failed(j, d, "cannot write that a file is removed") : 0;
}

int journal_files_used(struct journal *j, const uint8_t account[static HASH_BYTES], uint64_t *ret)
{
    sqlite3_stmt *s =
        prepare(j, "SELECT coalesce(sum(size), 0) FROM file WHERE account = ? AND removed = 0");
    sqlite3_bind_blob(s, 1, account, HASH_BYTES, SQLITE_STATIC);
    int step = sqlite3_step(s);
    if (step == SQLITE_ROW)
        *ret = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return step == SQLITE_ROW ? 0 : ERR_IO;
}

/* A file that is named again only gets a new date; and if its bytes were removed, whose it is. */
static int name_again(struct journal *j, const struct journal_file *f, int64_t at_unix_ms)
{
    sqlite3_stmt *s =
        prepare(j, "UPDATE file SET named = ?, removed = 0,"
                   " account = CASE removed WHEN 0 THEN account ELSE ? END WHERE sha256 = ?");
    sqlite3_bind_int64(s, 1, at_unix_ms);
    sqlite3_bind_blob(s, 2, f->account, HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(s, 3, f->sha256, HASH_BYTES, SQLITE_STATIC);
    return finish(s);
}

int journal_put_file(struct journal *j, int64_t round, int64_t at_unix_ms,
                     const struct journal_file *f)
{
    struct journal_file_row known;
    uint8_t leaf[MERKLE_BYTES];
    uint64_t index;
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    int r = journal_file(j, f->sha256, &known);
    if (r == 0)
        return name_again(j, f, at_unix_ms);
    if (r != ERR_NOT_FOUND)
        return r;
    journal_file_leaf_text(&text, f->sha256, f->size);
    merkle_leaf(text.data, text.len, leaf);
    if (tree_append(j->tree, leaf, &index) < 0)
        return ERR_IO;
    sqlite3_stmt *s = prepare(j, "INSERT INTO file (sha256, size, round, leaf, named, removed,"
                                 " account) VALUES (?, ?, ?, ?, ?, 0, ?)");
    sqlite3_bind_blob(s, 1, f->sha256, HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, (sqlite3_int64)f->size);
    sqlite3_bind_int64(s, 3, round);
    sqlite3_bind_int64(s, 4, (sqlite3_int64)index);
    sqlite3_bind_int64(s, 5, at_unix_ms);
    sqlite3_bind_blob(s, 6, f->account, HASH_BYTES, SQLITE_STATIC);
    return finish(s);
}
