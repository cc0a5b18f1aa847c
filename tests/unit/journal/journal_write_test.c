/* Rounds: whole or not at all. */
#include "support.h"

#include <stdio.h>

static void journal__commit__rounds(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    for (int64_t i = 1; i <= 60; i++) {
        work_commit(&s->work, j);
        if (i < 12 || i % 20 == 0)
            assert_holds(j, i);
    }
}

/* A round of the lines given, signed; `r` keeps them. */
static void round_of(struct scene *s, struct work_round *r, const struct verdict_line *lines,
                     uint32_t count)
{
    memset(r, 0, sizeof *r);
    for (uint32_t i = 0; i < count; i++)
        verdict_line_put(&lines[i], r->lines[i]);
    fixture_round(s->work.bot, FIXTURE_AT, lines, count, r->verdicts);
    FIXTURE_MUST(verdict_verify(&r->verdicts[0], s->work.bot->jid, s->work.bot->signer.key.key,
                                r->round.root) == 0);
    memcpy(r->round.signature, r->verdicts[0].signature, SIGN_BYTES);
    r->round.lines = (const uint8_t(*)[VERDICT_LINE_BYTES])r->lines;
    r->round.line_count = count;
    r->round.at_unix_ms = FIXTURE_AT;
}

static struct verdict_line line_of(size_t device, uint64_t n, enum verdict_reason reason)
{
    struct verdict_line l = {.n = n,
                             .state =
                                 reason == VERDICT_NO_REASON ? VERDICT_ARCHIVED : VERDICT_REFUSED,
                             .reason = reason};
    work_certificate(device, l.certificate);
    l.digest[0] = (uint8_t)n;
    l.digest[1] = (uint8_t)device;
    return l;
}

static int count_heads(void *context, const struct journal_head *head)
{
    uint64_t *n = context;
    n[0]++;
    n[1] = head->n;
    return 0;
}

static void check_heads(struct journal *j, uint64_t count, uint64_t n)
{
    uint64_t seen[2] = {0, 0};
    assert_int_equal(journal_heads(j, count_heads, seen, NULL), 0);
    assert_true(seen[0] == count && (count == 0 || seen[1] == n));
}

/* Two lines of one chain in one round, refused and archived; then a gap. */
static void journal__commit__chains(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct work_round r;
    struct diag d;
    struct verdict v;
    uint8_t certificate[HASH_BYTES];
    const struct verdict_line first[] = {line_of(0, 1, VERDICT_BAD_SEAL),
                                         line_of(0, 2, VERDICT_NO_REASON),
                                         line_of(0, 3, VERDICT_OLD_POLICY)};
    work_certificate(0, certificate);
    round_of(s, &r, first, 3);
    assert_int_equal(journal_commit(j, &r.round, &d), 0);
    check_heads(j, 1, 3);
    for (uint64_t n = 1; n <= 3; n++) {
        assert_int_equal(journal_verdict(j, certificate, n, &v), 0);
        assert_int_equal(v.line.reason, first[n - 1].reason);
        assert_int_equal(v.index, n - 1);
    }
    assert_int_equal(journal_verdict(j, certificate, 4, &v), ERR_NOT_FOUND);
    assert_int_equal(journal_verdict(j, certificate, 0, &v), ERR_NOT_FOUND);
    certificate[0] ^= 1;
    assert_int_equal(journal_verdict(j, certificate, 1, &v), ERR_NOT_FOUND);
}

/* A conflict is signed and kept in its round, and moves nothing. */
static void journal__commit__conflict(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct work_round r;
    struct verdict v;
    uint8_t certificate[HASH_BYTES];
    const struct verdict_line lines[] = {
        line_of(0, 1, VERDICT_NO_REASON), line_of(0, 1, VERDICT_CONFLICT),
        line_of(0, 9, VERDICT_CONFLICT), line_of(1, 5, VERDICT_CONFLICT)};
    work_certificate(0, certificate);
    round_of(s, &r, lines, 4);
    assert_int_equal(journal_commit(j, &r.round, NULL), 0);
    check_heads(j, 1, 1);
    assert_int_equal(journal_verdict(j, certificate, 1, &v), 0);
    assert_int_equal(v.line.state, VERDICT_ARCHIVED);
    assert_int_equal(journal_verdict(j, certificate, 9, &v), ERR_NOT_FOUND);
    const struct verdict_line next = line_of(0, 2, VERDICT_NO_REASON);
    round_of(s, &r, &next, 1);
    assert_int_equal(journal_commit(j, &r.round, NULL), 0);
    check_heads(j, 1, 2);
}

/* One line that does not continue its chain drops the whole round: its batches, its other lines,
 * its leaves; and the journal goes on. */
static void journal__commit__out_of_order(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    for (int i = 0; i < 200; i++)
        work_commit(&s->work, j);
    const uint64_t size = journal_size(j);
    for (uint32_t bad = 0; bad < 3; bad++)
        for (int64_t step = -1; step <= 2; step++) {
            struct work ahead = s->work;
            struct work_round r;
            struct verdict_line l;
            struct diag d;
            do /* a round with batches and three lines */
                work_next(&ahead, &r);
            while (r.round.batch_count == 0 || r.round.line_count < 3);
            ahead.rounds = s->work.rounds;
            memcpy(ahead.n, s->work.n, sizeof ahead.n);
            for (uint32_t i = 0; i < 3; i++) {
                l = line_of(i, s->work.n[i] + 1 + (uint64_t)(i == bad ? step : 0), 0);
                verdict_line_put(&l, r.lines[i]);
            }
            r.round.line_count = 3;
            if (step == 0)
                continue; /* that one would be taken */
            assert_int_equal(journal_commit(j, &r.round, &d), ERR_INVALID_STATE);
            assert_says(d.text, " cannot be continued with ");
            assert_true(journal_size(j) == size);
        }
    assert_holds(j, 200);
    work_commit(&s->work, j);
    assert_holds(j, 201);
}

/* Where the dropped round had filled tiles. */
static void journal__commit__out_of_order_over_a_tile(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    CLEANUP_FREE uint8_t *leaves = mem_new(VERDICT_ROUND_MAX * MERKLE_BYTES);
    struct journal_batch batch = {.warrant = "w",
                                  .leaves = (const uint8_t(*)[MERKLE_BYTES])leaves,
                                  .positions = leaves,
                                  .count = 700,
                                  .sealed = leaves,
                                  .sealed_len = 10};
    struct work_round r;
    struct diag d;
    work_commit(&s->work, j);
    const struct verdict_line bad = line_of(0, 77, VERDICT_NO_REASON);
    round_of(s, &r, &bad, 1);
    r.round.batches = &batch;
    r.round.batch_count = 1;
    for (int i = 0; i < 3; i++)
        assert_int_equal(journal_commit(j, &r.round, &d), ERR_INVALID_STATE);
    assert_holds(j, 1);
    for (int64_t i = 2; i < 90; i++)
        work_commit(&s->work, j);
    assert_holds(j, 89);
}

static void journal__commit__malformed(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct work_round good, r;
    struct diag d;
    struct work ahead = s->work;
    work_next(&ahead, &good);
    assert_int_equal(good.round.batch_count, 1);
    for (size_t i = 0; i < 6; i++) {
        r = good;
        r.round.batches = r.batches;
        r.round.lines = (const uint8_t(*)[VERDICT_LINE_BYTES])r.lines;
        r.batches[0].leaves = (const uint8_t(*)[MERKLE_BYTES])r.leaves[0];
        r.batches[0].sealed = r.sealed[0];
        if (i == 0)
            r.round.line_count = 0;
        else if (i == 1)
            r.round.line_count = VERDICT_ROUND_MAX + 1;
        else if (i == 2)
            r.batches[0].count = 0;
        else if (i == 3)
            r.batches[0].sealed_len = 0;
        else if (i == 4)
            r.batches[0].warrant = "no id";
        else
            r.lines[0][72] = 9;
        assert_int_equal(journal_commit(j, &r.round, &d), ERR_FORMAT);
        assert_says(d.text,
                    i == 5 ? "a verdict line is malformed" : ": not a round that it can keep");
        assert_holds(j, 0);
    }
    work_commit(&s->work, j);
    assert_holds(j, 1);
}

/* A round of the most lines and records: every verdict comes back with its path. */
static void journal__commit__largest(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    const uint32_t count = VERDICT_ROUND_MAX;
    struct verdict_line *lines = mem_array(count, sizeof *lines);
    struct verdict *verdicts = mem_array(count, sizeof *verdicts), v;
    CLEANUP_FREE uint8_t *bytes = mem_array(count, VERDICT_LINE_BYTES);
    CLEANUP_FREE uint8_t *sealed = mem_new(3U << 20);
    CLEANUP_BUF struct buf positions = BUF_INIT(VERDICT_ROUND_MAX * VERDICT_POSITION_BYTES);
    for (uint32_t i = 0; i < count; i++) {
        lines[i] = line_of(i, 1, VERDICT_NO_REASON);
        verdict_line_put(&lines[i], bytes + (size_t)i * VERDICT_LINE_BYTES);
        verdict_position_put(&positions, i);
    }
    fixture_round(s->work.bot, FIXTURE_AT, lines, count, verdicts);
    struct journal_batch batch = {.warrant = "w",
                                  .leaves = (const uint8_t(*)[MERKLE_BYTES])bytes,
                                  .positions = positions.data,
                                  .count = count,
                                  .sealed = sealed,
                                  .sealed_len = 3U << 20};
    struct journal_round round = {.at_unix_ms = FIXTURE_AT,
                                  .batches = &batch,
                                  .batch_count = 1,
                                  .lines = (const uint8_t(*)[VERDICT_LINE_BYTES])bytes,
                                  .line_count = count};
    memcpy(round.signature, verdicts[0].signature, SIGN_BYTES);
    assert_int_equal(
        verdict_verify(&verdicts[0], s->work.bot->jid, s->work.bot->signer.key.key, round.root), 0);
    assert_int_equal(journal_commit(j, &round, NULL), 0);
    assert_true(journal_size(j) == count + 2);
    for (uint32_t i = 0; i < count; i += 819) {
        uint8_t root[MERKLE_BYTES];
        assert_int_equal(journal_verdict(j, lines[i].certificate, 1, &v), 0);
        assert_int_equal(v.path_count, VERDICT_PATH_MAX);
        assert_int_equal(verdict_verify(&v, s->work.bot->jid, s->work.bot->signer.key.key, root),
                         0);
        assert_memory_equal(root, round.root, MERKLE_BYTES);
    }
    free(lines);
    free(verdicts);
}

static void journal__commit__policy_never_down(void **state)
{
    struct scene *s = *state;
    static const uint32_t serials[][2] = {
        {5, 5}, {3, 5}, {5, 5}, {UINT32_MAX, UINT32_MAX}, {1, UINT32_MAX}};
    struct journal *j = open_writer(s);
    for (size_t i = 0; i < COUNT(serials); i++) {
        struct work_round r;
        work_next(&s->work, &r);
        r.round.policy = serials[i][0];
        assert_int_equal(journal_commit(j, &r.round, NULL), 0);
        assert_true(journal_policy(j) == serials[i][1]);
        journal_close(j);
        j = open_writer(s);
        assert_true(journal_policy(j) == serials[i][1]);
    }
    journal_close(j);
}

/* The serial of a round that was dropped does not count. */
static void journal__commit__policy_of_a_dropped_round(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct work_round r;
    const struct verdict_line bad = line_of(0, 2, VERDICT_NO_REASON);
    round_of(s, &r, &bad, 1);
    r.round.policy = 9;
    assert_int_equal(journal_commit(j, &r.round, NULL), ERR_INVALID_STATE);
    assert_int_equal(journal_policy(j), 0);
}

/* Pages that the database may have, from its size now on. */
static void limit_pages(struct journal *j, int more)
{
    sqlite3_stmt *count = NULL;
    assert_int_equal(sqlite3_prepare_v2(j->sql.db, "PRAGMA page_count", -1, &count, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    CLEANUP_FREE char *sql =
        mem_format("PRAGMA max_page_count = %d", sqlite3_column_int(count, 0) + more);
    sqlite3_finalize(count);
    assert_int_equal(sqlite3_exec(j->sql.db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* A full disk, wherever in a round it is found: nothing changed, and it goes on when there is room
 * again. The rounds before it fill the pages, so that each statement is once the one that fails. */
static void journal__commit__no_room(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct diag d;
    int refused = 0;
    for (int64_t rounds = 0; rounds < 150; rounds++) {
        const struct work before = s->work;
        struct work_round r;
        for (int more = 0;; more++) {
            uint64_t size = journal_size(j);
            s->work = before;
            work_next(&s->work, &r);
            limit_pages(j, more);
            int code = journal_commit(j, &r.round, &d);
            if (code == 0)
                break;
            assert_int_equal(code, ERR_IO);
            assert_says(d.text, "database or disk is full");
            assert_true(journal_size(j) == size);
            refused++;
        }
    }
    assert_holds(j, 150);
    assert_true(refused > 20);
}

/* Two writers would overwrite each other's tiles: the second finds out before it writes. */
static void journal__commit__two_writers(void **state)
{
    struct scene *s = *state;
    struct journal *first = open_writer(s), *second = open_writer(s);
    struct work_round r;
    struct diag d;
    for (int i = 0; i < 3; i++)
        work_commit(&s->work, first);
    struct work ahead = s->work;
    work_next(&ahead, &r);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(journal_commit(second, &r.round, &d), ERR_INVALID_STATE);
        assert_says(d.text, ": another process writes to it");
    }
    assert_holds(first, 3);
    work_commit(&s->work, first);
    journal_close(second);
    second = open_writer(s);
    assert_holds(second, 4);
    work_commit(&s->work, second);
    work_next(&s->work, &r);
    assert_int_equal(journal_commit(first, &r.round, &d), ERR_INVALID_STATE);
    journal_close(first);
    assert_holds(second, 5);
    journal_close(second);
}

/* While another process holds the lock for writing, a round waits; it is dropped when that lasts.
 */
static void journal__commit__locked(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    sqlite3 *db = NULL;
    struct work_round r;
    struct diag d;
    work_commit(&s->work, j);
    sqlite3_busy_timeout(j->sql.db, 50);
    assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct work ahead = s->work;
    work_next(&ahead, &r);
    assert_int_equal(journal_commit(j, &r.round, &d), ERR_IO);
    assert_says(d.text, "cannot begin: database is locked");
    sqlite3_close(db);
    work_commit(&s->work, j);
    assert_holds(j, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(journal__commit__rounds),
        SCENE_TEST(journal__commit__chains),
        SCENE_TEST(journal__commit__conflict),
        SCENE_TEST(journal__commit__out_of_order),
        SCENE_TEST(journal__commit__out_of_order_over_a_tile),
        SCENE_TEST(journal__commit__malformed),
        SCENE_TEST(journal__commit__largest),
        SCENE_TEST(journal__commit__policy_never_down),
        SCENE_TEST(journal__commit__policy_of_a_dropped_round),
        SCENE_TEST(journal__commit__no_room),
        SCENE_TEST(journal__commit__two_writers),
        SCENE_TEST(journal__commit__locked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
