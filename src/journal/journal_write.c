/* The writer's half of journal.h. */
#include <inttypes.h>
#include <string.h>

#include "crypto/hash.h"
#include "journal/journal_internal.h"

static int append_text_leaf(struct journal *j, struct buf *text, uint64_t *ret_index)
{
    uint8_t leaf[MERKLE_BYTES];
    merkle_leaf(text->data, text->len, leaf);
    return tree_append(j->tree, leaf, ret_index);
}

static int put_batch_row(struct journal *j, int64_t round, const struct journal_batch *b,
                         uint64_t leaf)
{
    uint8_t sha256[HASH_BYTES];
    sqlite3_stmt *s =
        sql(&j->sql, "INSERT INTO batch (round, warrant, policy, first, count, positions, sha256,"
                     " leaf, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    hash_sha256(b->sealed, b->sealed_len, sha256);
    sqlite3_bind_int64(s, 1, round);
    sql_bind_text(s, 2, b->warrant);
    sqlite3_bind_int64(s, 3, b->policy);
    sqlite3_bind_int64(s, 4, (sqlite3_int64)b->first);
    sqlite3_bind_int64(s, 5, b->count);
    sql_bind_bytes(s, 6, b->positions, b->count * (size_t)VERDICT_POSITION_BYTES);
    sql_bind_bytes(s, 7, sha256, sizeof sha256);
    sqlite3_bind_int64(s, 8, (sqlite3_int64)leaf);
    sql_bind_bytes(s, 9, b->sealed, b->sealed_len);
    return sql_run(s);
}

static int put_batch(struct journal *j, int64_t round, uint32_t policy,
                     const struct journal_batch *b)
{
    struct journal_batch x = *b;
    uint64_t leaf = 0;
    CLEANUP_BUF struct buf text = BUF_INIT(512);
    x.policy = policy;
    x.first = tree_size(j->tree);
    for (uint32_t i = 0; i < b->count; i++)
        if (tree_append(j->tree, b->leaves[i], &leaf) < 0)
            return ERR_IO;
    journal_batch_leaf_text(&text, &x);
    if (append_text_leaf(j, &text, &leaf) < 0)
        return ERR_IO;
    return put_batch_row(j, round, &x, leaf);
}

/* Finds the chain and its n; a new one has number 0 and n 0. */
static int find_chain(struct journal *j, const uint8_t certificate[static HASH_BYTES],
                      sqlite3_int64 *ret_number, uint64_t *ret_n)
{
    sqlite3_stmt *s = sql(&j->sql, "SELECT number, n FROM chain WHERE certificate = ?");
    sql_bind_bytes(s, 1, certificate, HASH_BYTES);
    int r = sql_row(s);
    *ret_number = r == 0 ? sqlite3_column_int64(s, 0) : 0;
    *ret_n = r == 0 ? (uint64_t)sqlite3_column_int64(s, 1) : 0;
    sqlite3_reset(s);
    return r == ERR_NOT_FOUND ? 0 : r;
}

static int move_chain(struct journal *j, sqlite3_int64 *number, const struct verdict_line *l)
{
    bool fresh = *number == 0;
    sqlite3_stmt *s =
        fresh ? sql(&j->sql, "INSERT INTO chain (n, digest, certificate) VALUES (?, ?, ?)")
              : sql(&j->sql, "UPDATE chain SET n = ?, digest = ? WHERE number = ?");
    sqlite3_bind_int64(s, 1, (sqlite3_int64)l->n);
    sql_bind_bytes(s, 2, l->digest, HASH_BYTES);
    if (fresh)
        sql_bind_bytes(s, 3, l->certificate, HASH_BYTES);
    else
        sqlite3_bind_int64(s, 3, *number);
    int r = sql_run(s);
    if (r == 0 && fresh)
        *number = sqlite3_last_insert_rowid(j->sql.db);
    return r;
}

static int put_line(struct journal *j, int64_t round, uint32_t position,
                    const uint8_t bytes[static VERDICT_LINE_BYTES], struct diag *d)
{
    struct verdict_line l;
    sqlite3_int64 chain;
    uint64_t n;
    if (verdict_line_get(bytes, &l) < 0)
        return diag_set(d, ERR_FORMAT, "a verdict line is malformed");
    if (!verdict_line_consumes(&l))
        return 0;
    if (find_chain(j, l.certificate, &chain, &n) < 0)
        return sql_failed(&j->sql, d, "cannot read a chain");
    if (l.n != n + 1)
        return diag_set(d, ERR_INVALID_STATE,
                        "a chain at %" PRIu64 " cannot be continued with %" PRIu64, n, l.n);
    if (move_chain(j, &chain, &l) < 0)
        return sql_failed(&j->sql, d, "cannot move a chain");
    sqlite3_stmt *s = sql(&j->sql, "INSERT INTO line VALUES (?, ?, ?, ?)");
    sqlite3_bind_int64(s, 1, chain);
    sqlite3_bind_int64(s, 2, (sqlite3_int64)l.n);
    sqlite3_bind_int64(s, 3, round);
    sqlite3_bind_int64(s, 4, position);
    return sql_run(s) < 0 ? sql_failed(&j->sql, d, "cannot write a line") : 0;
}

static int put_round(struct journal *j, int64_t number, const struct journal_round *round)
{
    uint64_t leaf;
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    verdict_round_leaf_text(&text, round->root, round->line_count);
    if (append_text_leaf(j, &text, &leaf) < 0)
        return ERR_IO;
    sqlite3_stmt *s = sql(&j->sql, "INSERT INTO round VALUES (?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(s, 1, number);
    sqlite3_bind_int64(s, 2, round->at_unix_ms);
    sql_bind_bytes(s, 3, round->lines, round->line_count * (size_t)VERDICT_LINE_BYTES);
    sql_bind_bytes(s, 4, round->root, MERKLE_BYTES);
    sql_bind_bytes(s, 5, round->signature, SIGN_BYTES);
    sqlite3_bind_int64(s, 6, (sqlite3_int64)leaf);
    return sql_run(s);
}

static int put_policy(struct journal *j, uint32_t serial)
{
    char text[16];
    snprintf(text, sizeof text, "%" PRIu32, serial);
    return journal_put_meta(j, "policy", text, strlen(text));
}

/* Another writer would have left this one with an old tree, whose tiles would replace newer ones.
 */
static int check_alone(struct journal *j, struct diag *d)
{
    int64_t last;
    uint64_t size;
    if (journal_last_round(j, &last, &size) < 0)
        return sql_failed(&j->sql, d, "cannot read its last round");
    if (last != j->last_round)
        return diag_set(d, ERR_INVALID_STATE, "%s: another process writes to it", j->sql.name);
    return 0;
}

static int check_round(struct journal *j, const struct journal_round *round, struct diag *d)
{
    if (!j->writer)
        return diag_set(d, ERR_INVALID_STATE, "%s: opened for reading only", j->sql.name);
    bool fits = round->line_count > 0 && round->line_count <= VERDICT_ROUND_MAX;
    for (size_t i = 0; i < round->batch_count; i++)
        fits = fits && round->batches[i].count > 0 &&
               round->batches[i].count <= VERDICT_ROUND_MAX && round->batches[i].sealed_len > 0 &&
               value_warrant_valid(round->batches[i].warrant);
    return fits ? 0 : diag_set(d, ERR_FORMAT, "%s: not a round that it can keep", j->sql.name);
}

struct committing {
    struct journal *j;
    int64_t number;
    const struct journal_round *round;
};

static int put_all(void *context, struct diag *d)
{
    const struct committing *c = context;
    struct journal *j = c->j;
    int64_t number = c->number;
    const struct journal_round *round = c->round;
    int r = check_alone(j, d);
    if (r < 0)
        return r;
    for (size_t i = 0; i < round->batch_count; i++)
        if (put_batch(j, number, round->policy, &round->batches[i]) < 0)
            return sql_failed(&j->sql, d, "cannot write a batch");
    for (size_t i = 0; i < round->file_count; i++)
        if (journal_put_file(j, number, round->at_unix_ms, &round->files[i]) < 0)
            return sql_failed(&j->sql, d, "cannot write a file's leaf");
    for (uint32_t i = 0; i < round->line_count; i++) {
        r = put_line(j, number, i, round->lines[i], d);
        if (r < 0)
            return r;
    }
    if (put_round(j, number, round) < 0)
        return sql_failed(&j->sql, d, "cannot write a round");
    if (round->policy > j->policy && put_policy(j, round->policy) < 0)
        return sql_failed(&j->sql, d, "cannot write the policy's serial");
    return tree_store(j->tree, d);
}

int journal_commit(struct journal *j, const struct journal_round *round, struct diag *d)
{
    struct committing c = {.j = j, .number = j->last_round + 1, .round = round};
    int r = check_round(j, round, d);
    if (r < 0)
        return r;
    r = sql_transaction(&j->sql, put_all, &c, d);
    if (r < 0) {
        int again = tree_load(j->tree, NULL);
        return again < 0 ? again : r;
    }
    j->last_round = c.number;
    if (round->policy > j->policy)
        j->policy = round->policy;
    return 0;
}

int journal_put_checkpoint(struct journal *j, const struct checkpoint *c, const char *note,
                           struct diag *d)
{
    sqlite3_stmt *s = sql(&j->sql, "INSERT OR REPLACE INTO checkpoint VALUES (?, ?)");
    sqlite3_bind_int64(s, 1, (sqlite3_int64)c->size);
    sql_bind_text(s, 2, note);
    return sql_run(s) < 0 ? sql_failed(&j->sql, d, "cannot write a checkpoint") : 0;
}
