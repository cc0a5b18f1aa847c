/* Lines of rounds, by the chain that they continue: the verdicts that were given. */
#include <string.h>

#include "base/memory.h"
#include "journal/journal_internal.h"

/* Fills index, count and path of the verdict from its round's lines. */
static void find_path(const uint8_t *lines, uint32_t count, uint32_t position, struct verdict *v)
{
    uint8_t(*leaves)[MERKLE_BYTES] = mem_array(count, MERKLE_BYTES);
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    for (uint32_t i = 0; i < count; i++)
        merkle_leaf(lines + (size_t)i * VERDICT_LINE_BYTES, VERDICT_LINE_BYTES, leaves[i]);
    struct merkle_memory *m = merkle_memory_new((const uint8_t(*)[MERKLE_BYTES])leaves, count);
    v->path_count = merkle_memory_path(m, position, path);
    memcpy(v->path, path, v->path_count * MERKLE_BYTES);
    v->index = position;
    v->count = count;
    merkle_memory_free(m);
    free(leaves);
}

/* The row's line and what its round has in common. */
static int read_line(sqlite3_stmt *s, struct verdict *v, struct journal_place *ret)
{
    const uint8_t *lines = sqlite3_column_blob(s, 1);
    const void *signature = sql_blob(s, 2, SIGN_BYTES);
    sqlite3_int64 position = sqlite3_column_int64(s, 3);
    v->at_unix_ms = sqlite3_column_int64(s, 0);
    v->count = (uint32_t)(sqlite3_column_bytes(s, 1) / VERDICT_LINE_BYTES);
    if (lines == NULL || signature == NULL || v->count > VERDICT_ROUND_MAX || position < 0 ||
        position >= v->count || sqlite3_column_bytes(s, 1) % VERDICT_LINE_BYTES != 0 ||
        verdict_line_get(lines + position * VERDICT_LINE_BYTES, &v->line) < 0)
        return ERR_FORMAT;
    memcpy(v->signature, signature, SIGN_BYTES);
    *ret = (struct journal_place){.line = v->line,
                                  .round = sqlite3_column_int64(s, 4),
                                  .position = (uint32_t)position,
                                  .at_unix_ms = v->at_unix_ms};
    return 0;
}

static int find_line(struct journal *j, const uint8_t certificate[static HASH_BYTES], uint64_t n,
                     bool with_path, struct verdict *ret, struct journal_place *ret_place)
{
    sqlite3_stmt *s = sql(&j->sql, "SELECT r.at, r.lines, r.signature, l.position, l.round"
                                   " FROM chain c JOIN line l ON l.chain = c.number AND l.n = ?2"
                                   " JOIN round r ON r.number = l.round WHERE c.certificate = ?1");
    sql_bind_bytes(s, 1, certificate, HASH_BYTES);
    sqlite3_bind_int64(s, 2, (sqlite3_int64)n);
    int r = sql_row(s);
    if (r == 0)
        r = read_line(s, ret, ret_place);
    if (r == 0 && (ret->line.n != n || memcmp(ret->line.certificate, certificate, HASH_BYTES) != 0))
        r = ERR_FORMAT;
    if (r == 0 && with_path)
        find_path(sqlite3_column_blob(s, 1), ret->count, ret_place->position, ret);
    sqlite3_reset(s);
    return r;
}

int journal_line(struct journal *j, const uint8_t certificate[static HASH_BYTES], uint64_t n,
                 struct verdict_line *ret)
{
    struct journal_place place;
    int r = journal_place(j, certificate, n, &place);
    if (r == 0)
        *ret = place.line;
    return r;
}

int journal_place(struct journal *j, const uint8_t certificate[static HASH_BYTES], uint64_t n,
                  struct journal_place *ret)
{
    struct verdict v = {0};
    struct journal_place place = {.round = 0};
    int r = find_line(j, certificate, n, false, &v, &place);
    if (r == 0)
        *ret = place;
    return r;
}

/* Has the row's batch a record of that line? */
static bool is_in(sqlite3_stmt *s, uint32_t position)
{
    const uint8_t *positions = sqlite3_column_blob(s, 1);
    uint32_t count = (uint32_t)sqlite3_column_bytes(s, 1) / VERDICT_POSITION_BYTES;
    for (uint32_t i = 0; positions != NULL && i < count; i++)
        if (verdict_position_get(positions, i) == position)
            return true;
    return false;
}

int journal_record(struct journal *j, int64_t round, const char *warrant, uint32_t position,
                   int64_t *ret_batch)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&j->sql, "SELECT number, positions FROM batch WHERE round = ? AND warrant = ?");
    int r = 0;
    sqlite3_bind_int64(s, 1, round);
    sql_bind_text(s, 2, warrant);
    while (sql_next(s, &r))
        if (is_in(s, position)) {
            *ret_batch = sqlite3_column_int64(s, 0);
            return 0;
        }
    return r == 0 ? ERR_NOT_FOUND : r;
}

int journal_verdict(struct journal *j, const uint8_t certificate[static HASH_BYTES], uint64_t n,
                    struct verdict *ret)
{
    struct verdict v = {0};
    struct journal_place place;
    int r = find_line(j, certificate, n, true, &v, &place);
    if (r == 0)
        *ret = v;
    return r;
}
