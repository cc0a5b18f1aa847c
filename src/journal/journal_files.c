/* The files' half of the journal: files.h. */
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
    "CREATE INDEX IF NOT EXISTS file_named ON file (removed, named);"
    "CREATE INDEX IF NOT EXISTS file_account ON file (account, removed, size);";

#define COLUMNS "SELECT sha256, size, round, leaf, named, removed FROM file"

int journal_make_files(struct journal *j, struct diag *d)
{
    return sql_execute(&j->sql, schema, d);
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

/* 0, ERR_NOT_FOUND: a journal that never had a file, ERR_IO. */
static int find_table(struct journal *j)
{
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(&j->sql, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'file'");
    return sql_row(q);
}

static int read_row(sqlite3_stmt *s, struct journal_file_row *ret)
{
    if (sql_copy(s, 0, ret->file.sha256, HASH_BYTES) < 0 || sqlite3_column_int64(s, 1) < 0 ||
        sqlite3_column_int64(s, 3) < 0)
        return ERR_FORMAT;
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
    int r = sql_row(s);
    if (r == 0)
        r = read_row(s, ret);
    sqlite3_reset(s);
    return r;
}

static const char every[] = COLUMNS " ORDER BY leaf";
static const char of_round[] = COLUMNS " WHERE round = ? ORDER BY leaf";

int journal_files(struct journal *j, int64_t round, journal_file_fn *fn, void *context,
                  struct diag *d)
{
    struct journal_file_row row;
    int r = find_table(j);
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : sql_failed(&j->sql, d, "cannot read its tables");
    sqlite3_stmt *q = sql(&j->sql, round == 0 ? every : of_round);
    if (round != 0)
        sqlite3_bind_int64(q, 1, round);
    while (sql_walk(&j->sql, q, &r, d)) {
        r = read_row(q, &row);
        r = r < 0 ? diag_set(d, r, "%s: a row of its files is damaged", j->sql.name)
                  : fn(context, &row);
    }
    return r;
}

int journal_file(struct journal *j, const uint8_t sha256[static HASH_BYTES],
                 struct journal_file_row *ret)
{
    int r = find_table(j);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(&j->sql, COLUMNS " WHERE sha256 = ?");
    sql_bind_bytes(q, 1, sha256, HASH_BYTES);
    return read_one(q, ret);
}

int journal_file_now(const struct journal *j, const uint8_t sha256[static HASH_BYTES],
                     struct journal_file_row *ret, struct diag *d)
{
    struct journal now = {0};
    int r = sql_open(&now.sql, j->sql.name, false, d);
    if (r == 0) {
        r = journal_file(&now, sha256, ret);
        if (r < 0)
            diag_set(d, r, "%s: what it says of a file cannot be read", j->sql.name);
    }
    sql_close(&now.sql);
    return r;
}

int journal_file_expired(struct journal *j, int64_t before_unix_ms, uint32_t skip,
                         struct journal_file_row *ret)
{
    sqlite3_stmt *q = sql(&j->sql, COLUMNS " WHERE removed = 0 AND named < ?"
                                           " ORDER BY named, sha256 LIMIT 1 OFFSET ?");
    sqlite3_bind_int64(q, 1, before_unix_ms);
    sqlite3_bind_int64(q, 2, skip);
    return read_one(q, ret);
}

int journal_file_removed(struct journal *j, const uint8_t sha256[static HASH_BYTES],
                         int64_t at_unix_ms, struct diag *d)
{
    sqlite3_stmt *q = sql(&j->sql, "UPDATE file SET removed = ? WHERE sha256 = ?");
    sqlite3_bind_int64(q, 1, at_unix_ms);
    sql_bind_bytes(q, 2, sha256, HASH_BYTES);
    return sql_run(q) < 0 ? sql_failed(&j->sql, d, "cannot write that a file is removed") : 0;
}

int journal_files_used(struct journal *j, const uint8_t account[static HASH_BYTES], uint64_t *ret)
{
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(&j->sql, "SELECT coalesce(sum(size), 0) FROM file WHERE account = ? AND removed = 0");
    sql_bind_bytes(q, 1, account, HASH_BYTES);
    if (sql_row(q) < 0)
        return ERR_IO;
    *ret = (uint64_t)sqlite3_column_int64(q, 0);
    return 0;
}

/* A file that is named again only gets a later date, whatever a clock that went back says; and if
 * its bytes were removed, whose it is. */
static int name_again(struct journal *j, const struct journal_file *f, int64_t at_unix_ms)
{
    sqlite3_stmt *q =
        sql(&j->sql, "UPDATE file SET named = max(named, ?), removed = 0,"
                     " account = CASE removed WHEN 0 THEN account ELSE ? END WHERE sha256 = ?");
    sqlite3_bind_int64(q, 1, at_unix_ms);
    sql_bind_bytes(q, 2, f->account, HASH_BYTES);
    sql_bind_bytes(q, 3, f->sha256, HASH_BYTES);
    return sql_run(q);
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
    sqlite3_stmt *q = sql(&j->sql, "INSERT INTO file (sha256, size, round, leaf, named, removed,"
                                   " account) VALUES (?, ?, ?, ?, ?, 0, ?)");
    sql_bind_bytes(q, 1, f->sha256, HASH_BYTES);
    sqlite3_bind_int64(q, 2, (sqlite3_int64)f->size);
    sqlite3_bind_int64(q, 3, round);
    sqlite3_bind_int64(q, 4, (sqlite3_int64)index);
    sqlite3_bind_int64(q, 5, at_unix_ms);
    sql_bind_bytes(q, 6, f->account, HASH_BYTES);
    return sql_run(q);
}
