#include "journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "crypto/hash.h"
#include "journal/journal_internal.h"

static const char schema[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE round (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, lines BLOB NOT NULL,"
    " root BLOB NOT NULL, signature BLOB NOT NULL, leaf INTEGER NOT NULL);"
    "CREATE INDEX round_root ON round (root);"
    "CREATE TABLE batch (number INTEGER PRIMARY KEY, round INTEGER NOT NULL, warrant TEXT NOT NULL,"
    " policy INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,"
    " positions BLOB NOT NULL, sha256 BLOB NOT NULL, leaf INTEGER NOT NULL, sealed BLOB NOT NULL);"
    "CREATE INDEX batch_round ON batch (round, warrant);"
    "CREATE TABLE chain (number INTEGER PRIMARY KEY, certificate BLOB NOT NULL UNIQUE,"
    " n INTEGER NOT NULL, digest BLOB NOT NULL);"
    "CREATE TABLE line (chain INTEGER NOT NULL, n INTEGER NOT NULL, round INTEGER NOT NULL,"
    " position INTEGER NOT NULL, PRIMARY KEY (chain, n)) WITHOUT ROWID;"
    "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);";

/* Why the file cannot be read: it holds something else, or the system refuses it. */
static int unreadable(struct journal *j, struct diag *d)
{
    switch (sqlite3_errcode(j->sql.db) & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
    case SQLITE_ERROR: /* there is no such table */
    case SQLITE_NOTADB:
        return diag_set(d, ERR_FORMAT, "%s: not a journal of this version", j->sql.name);
    case SQLITE_CORRUPT:
        return diag_set(d, ERR_FORMAT, "%s: it is damaged", j->sql.name);
    default:
        return sql_failed(&j->sql, d, "cannot read it");
    }
}

static int open_writer(struct journal *j, const char *path, struct diag *d)
{
    int r = sql_open(&j->sql, path, true, d);
    return r == ERR_FORMAT ? unreadable(j, d) : r;
}

int journal_put_meta(struct journal *j, const char *name, const void *value, size_t len)
{
    sqlite3_stmt *q = sql(&j->sql, "INSERT OR REPLACE INTO meta VALUES (?, ?)");
    sql_bind_text(q, 1, name);
    sql_bind_bytes(q, 2, value, len);
    return sql_run(q);
}

struct making {
    struct journal *j;
    const char *bot;
    const uint8_t *key; /* SIGN_PUBLIC_BYTES */
};

static int make_tables(void *context, struct diag *d)
{
    const struct making *m = context;
    struct journal *j = m->j;
    int r = sql_execute(&j->sql, schema, d);
    if (r == 0 && (journal_put_meta(j, "kind", "ironside journal 2", 18) < 0 ||
                   journal_put_meta(j, "bot", m->bot, strlen(m->bot)) < 0 ||
                   journal_put_meta(j, "key", m->key, SIGN_PUBLIC_BYTES) < 0 ||
                   tree_create(j->sql.db, NULL) < 0))
        r = sql_failed(&j->sql, d, "cannot make the journal");
    return r < 0 ? r : journal_make_reports(j, d);
}

/* Fills an empty file. */
static int make(const char *path, const char *bot, const uint8_t key[static SIGN_PUBLIC_BYTES],
                struct diag *d)
{
    CLEANUP(journal_close_cleanup) struct journal *j = mem_new(sizeof *j);
    struct making m = {.j = j, .bot = bot, .key = key};
    int r = open_writer(j, path, d);
    if (r == 0)
        r = sql_execute(&j->sql, "PRAGMA journal_mode = WAL", d);
    return r < 0 ? r : sql_transaction(&j->sql, make_tables, &m, d);
}

int journal_create(const char *path, const char *bot, const uint8_t key[static SIGN_PUBLIC_BYTES],
                   struct diag *d)
{
    if (!value_domain_valid(bot))
        return diag_set(d, ERR_FORMAT, "%s: not a component's address", bot);
    /* Made here, so that what is removed below is never another's. */
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0 && errno == EEXIST)
        return diag_set(d, ERR_EXISTS, "%s: there is a journal already", path);
    if (fd < 0)
        return diag_set(d, ERR_IO, "%s: cannot make it: %s", path, strerror(errno));
    close(fd);
    int r = make(path, bot, key, d);
    if (r < 0)
        unlink(path);
    return r;
}

/* A meta value as bytes of the caller's; NULL when there is none, or it cannot be read. */
static char *get_meta(struct journal *j, const char *name, size_t *ret_len)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(&j->sql, "SELECT value FROM meta WHERE name = ?");
    sql_bind_text(q, 1, name);
    if (sql_row(q) < 0)
        return NULL;
    const char *blob = sqlite3_column_blob(q, 0);
    *ret_len = (size_t)sqlite3_column_bytes(q, 0);
    return mem_string_n(blob == NULL ? "" : blob, *ret_len);
}

static int read_meta(struct journal *j, struct diag *d)
{
    size_t kind_len = 0, bot_len = 0, key_len = 0, policy_len = 0;
    CLEANUP_FREE char *kind = get_meta(j, "kind", &kind_len);
    if (kind == NULL)
        return unreadable(j, d);
    CLEANUP_FREE char *key = get_meta(j, "key", &key_len);
    CLEANUP_FREE char *policy = get_meta(j, "policy", &policy_len);
    j->bot = get_meta(j, "bot", &bot_len);
    uint64_t serial = 0;
    if (strcmp(kind, "ironside journal 2") != 0 || j->bot == NULL || !value_domain_valid(j->bot) ||
        key_len != SIGN_PUBLIC_BYTES ||
        (policy != NULL && value_parse_u64(policy, UINT32_MAX, &serial) < 0))
        return diag_set(d, ERR_FORMAT, "%s: not a journal of this version", j->sql.name);
    memcpy(j->key, key, sizeof j->key);
    j->policy = (uint32_t)serial;
    return 0;
}

static int open_reader(struct journal *j, const char *path, struct diag *d)
{
    int r = sql_open_reader(&j->sql, path, &j->still, d);
    return r == ERR_FORMAT ? unreadable(j, d) : r;
}

bool journal_woken(const struct journal *j)
{
    return j->still && sql_has_log(&j->sql);
}

int journal_open(const char *path, bool writer, struct journal **ret, struct diag *d)
{
    if (!file_exists(path))
        return diag_set(d, ERR_NOT_FOUND, "%s: no journal is there", path);
    CLEANUP(journal_close_cleanup) struct journal *j = mem_new(sizeof *j);
    j->writer = writer;
    int r = writer ? open_writer(j, path, d) : open_reader(j, path, d);
    /* All that is read here is of one moment, where a reader's view stays. */
    if (r == 0)
        r = sql_view(&j->sql, d);
    if (r == 0)
        r = read_meta(j, d);
    if (r == 0)
        r = tree_open(j->sql.db, &j->tree, d);
    if (r == 0)
        r = journal_find_end(j, d);
    if (r == 0 && writer)
        r = sql_view_end(&j->sql, d);
    if (r == 0 && writer)
        r = journal_make_reports(j, d);
    if (r == 0 && writer)
        r = journal_make_files(j, d);
    if (r == 0)
        *ret = TAKE(j);
    return r;
}

void journal_close(struct journal *j)
{
    if (j == NULL)
        return;
    tree_free(j->tree);
    sql_close(&j->sql);
    free(j->bot);
    free(j);
}

const char *journal_bot(const struct journal *j)
{
    return j->bot;
}

const uint8_t *journal_key(const struct journal *j)
{
    return j->key;
}

uint32_t journal_policy(const struct journal *j)
{
    return j->policy;
}

int64_t journal_rounds_end(const struct journal *j)
{
    return j->last_round;
}

uint64_t journal_size(const struct journal *j)
{
    return tree_size(j->tree);
}

int journal_root(struct journal *j, uint64_t size, uint8_t ret[static MERKLE_BYTES])
{
    return merkle_root_of(tree_fetch, j->tree, size, ret);
}

int journal_inclusion(struct journal *j, uint64_t index, uint64_t size,
                      uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES], size_t *ret_count)
{
    return merkle_inclusion_path(tree_fetch, j->tree, index, size, ret, ret_count);
}

int journal_consistency(struct journal *j, uint64_t old_size, uint64_t size,
                        uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES], size_t *ret_count)
{
    return merkle_consistency_path(tree_fetch, j->tree, old_size, size, ret, ret_count);
}

int journal_leaf(struct journal *j, uint64_t index, uint8_t ret[static MERKLE_BYTES])
{
    return tree_fetch(j->tree, 0, index, ret);
}

int journal_node(struct journal *j, unsigned level, uint64_t index,
                 uint8_t ret[static MERKLE_BYTES])
{
    return tree_fetch(j->tree, level, index, ret);
}

int journal_tile(struct journal *j, unsigned level, uint64_t number, struct buf *ret,
                 size_t *ret_count)
{
    return tree_tile(j->tree, level, number, ret, ret_count);
}

void journal_batch_leaf_text(struct buf *b, const struct journal_batch *x)
{
    char sealed[2 * HASH_BYTES + 1], positions[2 * HASH_BYTES + 1];
    uint8_t hash[HASH_BYTES];
    hash_sha256(x->sealed, x->sealed_len, hash);
    encode_hex(hash, HASH_BYTES, sealed);
    hash_sha256(x->positions, (size_t)x->count * VERDICT_POSITION_BYTES, hash);
    encode_hex(hash, HASH_BYTES, positions);
    buf_format(b, "ironside batch 2 %s %" PRIu32 " %" PRIu64 " %" PRIu32 " %s %s", x->warrant,
               x->policy, x->first, x->count, sealed, positions);
}
