/* The reading half of journal.h. */
#include <string.h>

#include "base/memory.h"
#include "journal/journal_internal.h"

static int malformed(struct journal *j, struct diag *d, const char *what, int64_t number)
{
    return diag_set(d, ERR_FORMAT, "%s: %s %lld is malformed", j->sql.name, what,
                    (long long)number);
}

int journal_last_round(struct journal *j, int64_t *ret_number, uint64_t *ret_size)
{
    sqlite3_stmt *s =
        sql(&j->sql, "SELECT number, leaf + 1 FROM round ORDER BY number DESC LIMIT 1");
    int r = sql_row(s);
    *ret_number = r == 0 ? sqlite3_column_int64(s, 0) : 0;
    *ret_size = r == 0 ? (uint64_t)sqlite3_column_int64(s, 1) : 0;
    sqlite3_reset(s);
    return r == ERR_NOT_FOUND ? 0 : r;
}

int journal_find_end(struct journal *j, struct diag *d)
{
    uint64_t size;
    if (journal_last_round(j, &j->last_round, &size) < 0)
        return sql_failed(&j->sql, d, "cannot read its last round");
    if (size != tree_size(j->tree))
        return diag_set(d, ERR_FORMAT, "%s: its tree does not end with its last round",
                        j->sql.name);
    return 0;
}

int journal_heads(struct journal *j, journal_head_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&j->sql, "SELECT certificate, n, digest FROM chain");
    int r = 0;
    while (sql_walk(&j->sql, s, &r, d)) {
        struct journal_head head = {.n = (uint64_t)sqlite3_column_int64(s, 1)};
        const void *certificate = sql_blob(s, 0, HASH_BYTES), *digest = sql_blob(s, 2, HASH_BYTES);
        if (certificate == NULL || digest == NULL || head.n == 0 || head.n > INT64_MAX) {
            r = malformed(j, d, "the chain at n", sqlite3_column_int64(s, 1));
            continue;
        }
        memcpy(head.certificate, certificate, HASH_BYTES);
        memcpy(head.digest, digest, HASH_BYTES);
        r = fn(context, &head);
    }
    return r;
}

int journal_count(struct journal *j, enum journal_table table, uint64_t *ret, struct diag *d)
{
    static const char *const counts[] = {
        [JOURNAL_ROUNDS] = "SELECT count(*) FROM round",
        [JOURNAL_BATCHES] = "SELECT count(*) FROM batch",
        [JOURNAL_LINES] = "SELECT count(*) FROM line",
        [JOURNAL_CHAINS] = "SELECT count(*) FROM chain",
        [JOURNAL_TILES] = "SELECT count(*) FROM tile",
    };
    CLEANUP_QUERY sqlite3_stmt *s = sql(&j->sql, counts[table]);
    if (sql_row(s) < 0)
        return sql_failed(&j->sql, d, "cannot count its rows");
    *ret = (uint64_t)sqlite3_column_int64(s, 0);
    return 0;
}

int journal_round_leaf(struct journal *j, const uint8_t root[static MERKLE_BYTES], uint32_t count,
                       uint64_t *ret_leaf)
{
    sqlite3_stmt *s =
        sql(&j->sql, "SELECT leaf FROM round WHERE root = ? AND length(lines) = ? LIMIT 1");
    sql_bind_bytes(s, 1, root, MERKLE_BYTES);
    sqlite3_bind_int64(s, 2, (sqlite3_int64)count * VERDICT_LINE_BYTES);
    int r = sql_row(s);
    if (r == 0)
        *ret_leaf = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return r;
}

int journal_checkpoint(struct journal *j, uint64_t min_size, struct checkpoint *ret,
                       char **ret_note)
{
    sqlite3_stmt *s = sql(
        &j->sql, "SELECT size, note FROM checkpoint WHERE size >= ? ORDER BY size DESC LIMIT 1");
    sqlite3_bind_int64(s, 1, (sqlite3_int64)min_size);
    int r = sql_row(s);
    const char *note = r == 0 ? (const char *)sqlite3_column_text(s, 1) : NULL;
    struct note view;
    struct checkpoint c;
    if (r == 0)
        r = note == NULL ? ERR_IO : note_parse(note, strlen(note), CHECKPOINT_MAX_BYTES, &view);
    if (r == 0)
        r = checkpoint_parse(view.text, view.text_len, j->bot, &c);
    if (r == 0 && c.size != (uint64_t)sqlite3_column_int64(s, 0))
        r = ERR_FORMAT;
    if (r == 0) {
        *ret = c;
        *ret_note = mem_string(note);
    }
    sqlite3_reset(s);
    return r;
}

int journal_snapshot(struct journal *j, struct diag *d)
{
    if (j->writer)
        return diag_set(d, ERR_INVALID_STATE, "%s: only a reader has a view", j->sql.name);
    int r = sql_view(&j->sql, d);
    if (r == 0)
        r = tree_load(j->tree, d);
    return r < 0 ? r : journal_find_end(j, d);
}

static int read_batch(struct journal *j, sqlite3_stmt *s, struct journal_batch_row *ret,
                      struct diag *d)
{
    struct journal_batch_row row = {
        .number = sqlite3_column_int64(s, 0),
        .round = sqlite3_column_int64(s, 1),
        .batch = {.warrant = (const char *)sqlite3_column_text(s, 2),
                  .first = (uint64_t)sqlite3_column_int64(s, 3),
                  .count = (uint32_t)sqlite3_column_int64(s, 4),
                  .sealed = sqlite3_column_blob(s, 7),
                  .sealed_len = (size_t)sqlite3_column_bytes(s, 7),
                  .policy = (uint32_t)sqlite3_column_int64(s, 8)},
        .leaf = (uint64_t)sqlite3_column_int64(s, 6),
    };
    const void *sha256 = sql_blob(s, 5, HASH_BYTES);
    int64_t count = sqlite3_column_int64(s, 4), policy = sqlite3_column_int64(s, 8);
    if (sha256 == NULL || row.batch.sealed == NULL || row.batch.warrant == NULL ||
        !value_warrant_valid(row.batch.warrant) || count < 1 || count > VERDICT_ROUND_MAX ||
        policy < 0 || policy > UINT32_MAX)
        return malformed(j, d, "batch", row.number);
    row.batch.positions = sql_blob(s, 9, (size_t)count * VERDICT_POSITION_BYTES);
    if (row.batch.positions == NULL)
        return malformed(j, d, "batch", row.number);
    memcpy(row.sha256, sha256, HASH_BYTES);
    *ret = row;
    return 0;
}

int journal_batches(struct journal *j, int64_t from, journal_batch_fn *fn, void *context,
                    struct diag *d)
{
    sqlite3_stmt *s =
        sql(&j->sql, "SELECT number, round, warrant, first, count, sha256, leaf, sealed,"
                     " policy, positions FROM batch WHERE number >= ?"
                     " ORDER BY number");
    int r = 0;
    sqlite3_bind_int64(s, 1, from);
    while (sql_walk(&j->sql, s, &r, d)) {
        struct journal_batch_row row;
        r = read_batch(j, s, &row, d);
        if (r == 0)
            r = fn(context, &row);
    }
    return r;
}

int journal_first_batch(struct journal *j, int64_t round, int64_t *ret)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&j->sql, "SELECT min(number) FROM batch WHERE round = ?");
    sqlite3_bind_int64(s, 1, round);
    if (sql_row(s) < 0)
        return ERR_IO;
    if (sqlite3_column_type(s, 0) == SQLITE_NULL)
        return ERR_NOT_FOUND;
    *ret = sqlite3_column_int64(s, 0);
    return 0;
}

int journal_rounds(struct journal *j, int64_t from, journal_round_fn *fn, void *context,
                   struct diag *d)
{
    sqlite3_stmt *s = sql(&j->sql, "SELECT number, at, lines, root, signature, leaf FROM round "
                                   "WHERE number >= ? ORDER BY number");
    int r = 0;
    sqlite3_bind_int64(s, 1, from);
    while (sql_walk(&j->sql, s, &r, d)) {
        int len = sqlite3_column_bytes(s, 2);
        struct journal_round_row row = {
            .number = sqlite3_column_int64(s, 0),
            .at_unix_ms = sqlite3_column_int64(s, 1),
            .lines = sqlite3_column_blob(s, 2),
            .line_count = (uint32_t)(len / VERDICT_LINE_BYTES),
            .root = sql_blob(s, 3, MERKLE_BYTES),
            .signature = sql_blob(s, 4, SIGN_BYTES),
            .leaf = (uint64_t)sqlite3_column_int64(s, 5),
        };
        if (row.lines == NULL || len % VERDICT_LINE_BYTES != 0 || row.root == NULL ||
            row.signature == NULL || row.line_count > VERDICT_ROUND_MAX)
            r = malformed(j, d, "round", row.number);
        else
            r = fn(context, &row);
    }
    return r;
}

int journal_checkpoints(struct journal *j, uint64_t min_size, journal_checkpoint_fn *fn,
                        void *context, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&j->sql, "SELECT size, note FROM checkpoint WHERE size >= ? ORDER BY size");
    int r = 0;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)min_size);
    while (sql_walk(&j->sql, s, &r, d)) {
        const char *note = (const char *)sqlite3_column_text(s, 1);
        if (note == NULL)
            r = malformed(j, d, "checkpoint", sqlite3_column_int64(s, 0));
        else
            r = fn(context, (uint64_t)sqlite3_column_int64(s, 0), note);
    }
    return r;
}
