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

static const char *const statements[JOURNAL_STATEMENTS] = {
    [S_BEGIN] = "BEGIN IMMEDIATE",
    [S_COMMIT] = "COMMIT",
    [S_ROLLBACK] = "ROLLBACK",
    [S_META] = "SELECT value FROM meta WHERE name = ?",
    [S_PUT_META] = "INSERT OR REPLACE INTO meta VALUES (?, ?)",
    [S_CHAIN] = "SELECT number, n FROM chain WHERE certificate = ?",
    [S_NEW_CHAIN] = "INSERT INTO chain (certificate, n, digest) VALUES (?, ?, ?)",
    [S_MOVE_CHAIN] = "UPDATE chain SET n = ?, digest = ? WHERE number = ?",
    [S_HEADS] = "SELECT certificate, n, digest FROM chain",
    [S_PUT_LINE] = "INSERT INTO line VALUES (?, ?, ?, ?)",
    [S_PUT_BATCH] = "INSERT INTO batch (round, warrant, policy, first, count, positions, sha256,"
                    " leaf, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [S_PUT_ROUND] = "INSERT INTO round VALUES (?, ?, ?, ?, ?, ?)",
    [S_LAST_ROUND] = "SELECT number, leaf + 1 FROM round ORDER BY number DESC LIMIT 1",
    [S_VERDICT] = "SELECT r.at, r.lines, r.signature, l.position, l.round FROM chain c"
                  " JOIN line l ON l.chain = c.number AND l.n = ?2"
                  " JOIN round r ON r.number = l.round WHERE c.certificate = ?1",
    [S_HOLDS] = "SELECT positions FROM batch WHERE round = ? AND warrant = ?",
    [S_COUNT_ROUNDS] = "SELECT count(*) FROM round",
    [S_COUNT_BATCHES] = "SELECT count(*) FROM batch",
    [S_COUNT_LINES] = "SELECT count(*) FROM line",
    [S_COUNT_CHAINS] = "SELECT count(*) FROM chain",
    [S_COUNT_TILES] = "SELECT count(*) FROM tile",
    [S_ROUND_LEAF] = "SELECT leaf FROM round WHERE root = ? AND length(lines) = ? LIMIT 1",
    [S_PUT_CHECKPOINT] = "INSERT OR REPLACE INTO checkpoint VALUES (?, ?)",
    [S_CHECKPOINT] = "SELECT size, note FROM checkpoint WHERE size >= ? ORDER BY size DESC LIMIT 1",
    [S_CHECKPOINTS] = "SELECT size, note FROM checkpoint ORDER BY size",
    [S_BATCHES] = "SELECT number, round, warrant, first, count, sha256, leaf, sealed, policy,"
                  " positions FROM batch WHERE number >= ? ORDER BY number",
    [S_ROUNDS] = "SELECT number, at, lines, root, signature, leaf FROM round WHERE number >= ?"
                 " ORDER BY number",
    [S_ADD_DESTROYED] = "INSERT OR IGNORE INTO destroyed VALUES (?, ?, NULL)",
    [S_UNPUBLISHED] = "SELECT warrant, day FROM destroyed WHERE report IS NULL"
                      " ORDER BY warrant, day LIMIT ?",
    [S_COUNT_PUBLISHED] = "SELECT count(report) FROM destroyed",
    [S_PUBLISHED] = "UPDATE destroyed SET report = ? WHERE warrant = ? AND day = ?",
    [S_PUT_REPORT] = "INSERT INTO report (kind, day, round, batch, hash, note, sent)"
                     " VALUES (?, ?, ?, ?, ?, ?, 0)",
    [S_NEXT_REPORT] = "SELECT kind, hash, note FROM report WHERE sent = 0 ORDER BY number LIMIT 1",
    [S_REPORT_SENT] = "UPDATE report SET sent = ? WHERE hash = ? AND sent = 0",
    [S_LAST_STATED] = "SELECT day, round, batch FROM report WHERE kind = 7"
                      " ORDER BY number DESC LIMIT 1",
    [S_ADD_DAY] = "INSERT OR IGNORE INTO ran SELECT ?1 WHERE NOT EXISTS"
                  " (SELECT 1 FROM report WHERE kind = 7 AND day > ?1)",
    [S_NEXT_DAY] = "SELECT min(day) FROM ran WHERE day > ?",
    [S_TALLY] = "SELECT warrant, sum(count), max(number) FROM batch WHERE number > ?1"
                " AND round <= ?2 GROUP BY warrant ORDER BY warrant",
    [S_REPORTS] = "SELECT number, kind, day, round, batch, hash, note, sent FROM report"
                  " ORDER BY number",
    [S_DESTROYED] = "SELECT warrant, day, report FROM destroyed",
    [S_DAYS] = "SELECT day FROM ran ORDER BY day",
};

int journal_failed(struct journal *j, struct diag *d, const char *what)
{
    return diag_set(d, ERR_IO, "%s: %s: %s", j->path, what, sqlite3_errmsg(j->db));
}

sqlite3_stmt *journal_statement(struct journal *j, enum journal_statement which)
{
    if (j->statements[which] == NULL &&
        sqlite3_prepare_v3(j->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT,
                           &j->statements[which], NULL) != SQLITE_OK)
        return NULL; /* SQLite takes NULL and returns SQLITE_MISUSE */
    return j->statements[which];
}

int journal_run(struct journal *j, enum journal_statement which)
{
    sqlite3_stmt *s = journal_statement(j, which);
    int step = sqlite3_step(s);
    sqlite3_reset(s);
    return step == SQLITE_DONE ? 0 : ERR_IO;
}

/* Why the file cannot be read: it holds something else, or the system refuses it. */
static int unreadable(struct journal *j, struct diag *d)
{
    switch (sqlite3_errcode(j->db) & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
    case SQLITE_ERROR: /* there is no such table */
    case SQLITE_NOTADB:
        return diag_set(d, ERR_FORMAT, "%s: not a journal of this version", j->path);
    case SQLITE_CORRUPT:
        return diag_set(d, ERR_FORMAT, "%s: it is damaged", j->path);
    default:
        return journal_failed(j, d, "cannot read it");
    }
}

static int open_database(struct journal *j, int flags, struct diag *d)
{
    if (sqlite3_open_v2(j->path, &j->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return journal_failed(j, d, "cannot open it");
    sqlite3_busy_timeout(j->db, 5000);
    /* Without spilling: SQLite 3.40 may lose a committed transaction after a crash when it spilled
     * pages and went back to a savepoint. */
    static const char pragmas[] = "PRAGMA synchronous = FULL; PRAGMA cache_spill = OFF;"
                                  "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;";
    return sqlite3_exec(j->db, pragmas, NULL, NULL, NULL) == SQLITE_OK ? 0 : unreadable(j, d);
}

static int put_meta(struct journal *j, const char *name, const void *value, int len)
{
    sqlite3_stmt *s = journal_statement(j, S_PUT_META);
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 2, value, len, SQLITE_STATIC);
    return journal_run(j, S_PUT_META);
}

/* Fills an empty file. */
static int make(const char *path, const char *bot, const uint8_t key[static SIGN_PUBLIC_BYTES],
                struct diag *d)
{
    CLEANUP(journal_close_cleanup) struct journal *j = mem_new(sizeof *j);
    j->path = mem_string(path);
    int r = open_database(j, SQLITE_OPEN_READWRITE, d);
    if (r < 0)
        return r;
    if (sqlite3_exec(j->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK ||
        journal_run(j, S_BEGIN) < 0 || sqlite3_exec(j->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
        put_meta(j, "kind", "ironside journal 2", 18) < 0 ||
        put_meta(j, "bot", bot, (int)strlen(bot)) < 0 ||
        put_meta(j, "key", key, SIGN_PUBLIC_BYTES) < 0 || tree_create(j->db, NULL) < 0 ||
        journal_make_reports(j, d) < 0 || journal_run(j, S_COMMIT) < 0)
        return journal_failed(j, d, "cannot make the journal");
    return 0;
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
    char *value = NULL;
    sqlite3_stmt *s = journal_statement(j, S_META);
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    if (sqlite3_step(s) == SQLITE_ROW) {
        *ret_len = (size_t)sqlite3_column_bytes(s, 0);
        const char *blob = sqlite3_column_blob(s, 0);
        value = mem_string_n(blob == NULL ? "" : blob, *ret_len);
    }
    sqlite3_reset(s);
    return value;
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
        return diag_set(d, ERR_FORMAT, "%s: not a journal of this version", j->path);
    memcpy(j->key, key, sizeof j->key);
    j->policy = (uint32_t)serial;
    return 0;
}

int journal_open(const char *path, bool writer, struct journal **ret, struct diag *d)
{
    if (!file_exists(path))
        return diag_set(d, ERR_NOT_FOUND, "%s: no journal is there", path);
    CLEANUP(journal_close_cleanup) struct journal *j = mem_new(sizeof *j);
    j->path = mem_string(path);
    j->writer = writer;
    int r = open_database(j, writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, d);
    /* All that is read here is of one moment, where a reader's view stays. */
    if (r == 0 && sqlite3_exec(j->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        r = journal_failed(j, d, "cannot begin a view");
    if (r == 0)
        r = read_meta(j, d);
    if (r == 0)
        r = tree_open(j->db, &j->tree, d);
    if (r == 0)
        r = journal_find_end(j, d);
    if (r == 0 && writer && journal_run(j, S_COMMIT) < 0)
        r = journal_failed(j, d, "cannot end a view");
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
    for (size_t i = 0; i < JOURNAL_STATEMENTS; i++)
        sqlite3_finalize(j->statements[i]);
    sqlite3_close(j->db);
    free(j->bot);
    free(j->path);
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
