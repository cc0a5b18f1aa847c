/* What is read back, from where, and from damaged rows. */
#include "support.h"

#include <stdio.h>

static void fill(struct scene *s, struct journal *j, int64_t rounds)
{
    while (s->work.rounds < rounds)
        work_commit(&s->work, j);
}

/* Rows seen: their number, the first and the last one's. */
struct seen {
    int64_t count, first, last;
    int64_t stop_at; /* 0: never */
};

static int see(struct seen *s, int64_t number)
{
    if (s->count++ == 0)
        s->first = number;
    assert_true(s->count == 1 || number == s->last + 1);
    s->last = number;
    return s->stop_at != 0 && number >= s->stop_at ? 42 : 0;
}

static int see_batch(void *context, const struct journal_batch_row *row)
{
    return see(context, row->number);
}

static int see_round(void *context, const struct journal_round_row *row)
{
    return see(context, row->number);
}

static int see_head(void *context, const struct journal_head *head)
{
    (void)head;
    struct seen *s = context;
    return ++s->count == s->stop_at ? 42 : 0;
}

static int see_checkpoint(void *context, uint64_t size, const char *note)
{
    (void)note;
    struct seen *s = context;
    s->last = (int64_t)size;
    return ++s->count == s->stop_at ? 42 : 0;
}

static void journal__batches__from_a_number(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    fill(s, j, 30); /* each three rounds have three batches */
    static const int64_t from[] = {INT64_MIN, 0, 1, 2, 29, 30, 31, INT64_MAX};
    for (size_t i = 0; i < COUNT(from); i++) {
        struct seen b = {0}, r = {0};
        int64_t first = from[i] < 1 ? 1 : from[i];
        int64_t expected = first > 30 ? 0 : 31 - first;
        assert_int_equal(journal_batches(j, from[i], see_batch, &b, NULL), 0);
        assert_int_equal(journal_rounds(j, from[i], see_round, &r, NULL), 0);
        assert_true(b.count == expected && r.count == expected);
        assert_true(expected == 0 || (b.first == first && b.last == 30 && r.last == 30));
    }
}

static void journal__walks__end_with_the_callback(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    fill(s, j, 20);
    for (int again = 0; again < 2; again++) {
        struct seen b = {.stop_at = 7}, r = {.stop_at = 9}, h = {.stop_at = 2};
        assert_int_equal(journal_batches(j, 1, see_batch, &b, NULL), 42);
        assert_int_equal(b.last, 7);
        assert_int_equal(journal_rounds(j, 1, see_round, &r, NULL), 42);
        assert_int_equal(r.last, 9);
        assert_int_equal(journal_heads(j, see_head, &h, NULL), 42);
        assert_int_equal(h.count, 2);
    }
    work_commit(&s->work, j); /* nothing is held open */
    assert_holds(j, 21);
}

static void journal__round_leaf__by_root_and_count(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    struct work_round r;
    uint64_t leaf = 77;
    fill(s, j, 10);
    work_next(&s->work, &r);
    assert_int_equal(journal_round_leaf(j, r.round.root, r.round.line_count, &leaf), ERR_NOT_FOUND);
    assert_int_equal(leaf, 77);
    assert_int_equal(journal_commit(j, &r.round, NULL), 0);
    assert_int_equal(journal_round_leaf(j, r.round.root, r.round.line_count, &leaf), 0);
    assert_true(leaf == journal_size(j) - 1);
    assert_int_equal(journal_round_leaf(j, r.round.root, r.round.line_count + 1, &leaf),
                     ERR_NOT_FOUND);
}

static void journal__inclusion__of_every_leaf(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    uint8_t leaf[MERKLE_BYTES], root[MERKLE_BYTES], old[MERKLE_BYTES];
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t count;
    fill(s, j, 80);
    uint64_t size = journal_size(j);
    assert_true(size > 256);
    assert_int_equal(journal_root(j, size, root), 0);
    for (uint64_t i = 0; i < size; i++) {
        assert_int_equal(journal_leaf(j, i, leaf), 0);
        assert_int_equal(journal_inclusion(j, i, size, path, &count), 0);
        assert_int_equal(merkle_verify_inclusion(leaf, i, size,
                                                 (const uint8_t(*)[MERKLE_BYTES])path, count, root),
                         0);
        assert_int_equal(journal_root(j, i + 1, old), 0);
        assert_int_equal(journal_consistency(j, i + 1, size, path, &count), 0);
        assert_int_equal(merkle_verify_consistency(i + 1, old, size, root,
                                                   (const uint8_t(*)[MERKLE_BYTES])path, count),
                         0);
    }
    assert_int_equal(journal_inclusion(j, size, size, path, &count), ERR_INVALID_STATE);
    assert_int_equal(journal_inclusion(j, 0, size + 1, path, &count), ERR_NOT_FOUND);
    assert_int_equal(journal_consistency(j, 0, size, path, &count), ERR_INVALID_STATE);
    assert_int_equal(journal_consistency(j, 1, size + 1, path, &count), ERR_NOT_FOUND);
}

static char *checkpoint_of(const struct scene *s, uint64_t size)
{
    struct buf b = BUF_INIT(CHECKPOINT_MAX_BYTES);
    struct checkpoint c = {.size = size};
    c.root[0] = (uint8_t)size;
    checkpoint_sign(&b, FIXTURE_BOT, &c, "", &s->work.bot->signer.key, s->work.bot->signer.secret);
    return buf_take_text(&b);
}

static void journal__checkpoint__newest_that_covers(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    static const uint64_t sizes[] = {10, 100, 55, 100};
    struct checkpoint c;
    char *note = NULL;
    struct seen seen = {0}, stopped = {.stop_at = 2};
    assert_int_equal(journal_checkpoint(j, 0, &c, &note), ERR_NOT_FOUND);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        CLEANUP_FREE char *signed_note = checkpoint_of(s, sizes[i]);
        c.size = sizes[i];
        assert_int_equal(journal_put_checkpoint(j, &c, signed_note, NULL), 0);
    }
    for (uint64_t min = 0; min <= 100; min += 50) {
        assert_int_equal(journal_checkpoint(j, min, &c, &note), 0);
        assert_true(c.size == 100 && c.root[0] == 100);
        CLEANUP_FREE char *expected = checkpoint_of(s, 100);
        assert_string_equal(note, expected);
        free(note);
    }
    assert_int_equal(journal_checkpoint(j, 101, &c, &note), ERR_NOT_FOUND);
    assert_int_equal(journal_checkpoints(j, 0, see_checkpoint, &seen, NULL), 0);
    assert_true(seen.count == 3 && seen.last == 100); /* one a size */
    assert_int_equal(journal_checkpoints(j, 0, see_checkpoint, &stopped, NULL), 42);
    assert_int_equal(stopped.last, 55);
}

/* Damaged rows. Each is told from the rest in a line, and the walk ends there. */
struct damage {
    const char *sql;
    const char *says;
};

static int ignore_batch(void *context, const struct journal_batch_row *row)
{
    (void)context, (void)row;
    return 0;
}

static int ignore_round(void *context, const struct journal_round_row *row)
{
    (void)context, (void)row;
    return 0;
}

static int ignore_head(void *context, const struct journal_head *head)
{
    (void)context, (void)head;
    return 0;
}

static int ignore_checkpoint(void *context, uint64_t size, const char *note)
{
    (void)context, (void)size, (void)note;
    return 0;
}

static int walk_all(struct journal *j, struct diag *d)
{
    int r = journal_batches(j, 0, ignore_batch, NULL, d);
    if (r == 0)
        r = journal_rounds(j, 0, ignore_round, NULL, d);
    if (r == 0)
        r = journal_heads(j, ignore_head, NULL, d);
    return r == 0 ? journal_checkpoints(j, 0, ignore_checkpoint, NULL, d) : r;
}

static void journal__walks__damaged(void **state)
{
    struct scene *s = *state;
    static const struct damage cases[] = {
        {"UPDATE batch SET sha256 = x'00' WHERE number = 3", ": batch 3 is malformed"},
        {"UPDATE batch SET sealed = x'' WHERE number = 3", ": batch 3 is malformed"},
        {"UPDATE batch SET warrant = 'a b' WHERE number = 3", ": batch 3 is malformed"},
        {"UPDATE batch SET warrant = '' WHERE number = 3", ": batch 3 is malformed"},
        {"UPDATE round SET lines = x'' WHERE number = 5", ": round 5 is malformed"},
        {"UPDATE round SET lines = zeroblob(75) WHERE number = 5", ": round 5 is malformed"},
        {"UPDATE round SET lines = zeroblob(74 * 4097) WHERE number = 5", ": round 5 is malformed"},
        {"UPDATE round SET root = x'00' WHERE number = 5", ": round 5 is malformed"},
        {"UPDATE round SET signature = x'00' WHERE number = 5", ": round 5 is malformed"},
        {"UPDATE chain SET digest = x'00' WHERE number = 1", " is malformed"},
        {"UPDATE chain SET certificate = x'00' WHERE number = 1", " is malformed"},
        {"UPDATE chain SET n = 0 WHERE number = 1", " is malformed"},
        {"UPDATE chain SET n = -5 WHERE number = 1", " is malformed"},
        {"DROP TABLE batch", "no such table: batch"},
        {"DROP TABLE chain", "no such table: chain"},
        {"DROP TABLE checkpoint", "no such table: checkpoint"},
    };
    struct journal *j = open_writer(s);
    fill(s, j, 12);
    journal_close(j);
    run_sql(s, "PRAGMA wal_checkpoint(TRUNCATE); VACUUM");
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_FREE char *copy = mem_format("VACUUM INTO '%s/copy'", s->folder);
        CLEANUP_FREE char *path = mem_format("%s/copy", s->folder);
        struct scene damaged = *s;
        struct diag d = {""};
        run_sql(s, copy);
        snprintf(damaged.path, sizeof damaged.path, "%s", path);
        run_sql(&damaged, cases[i].sql);
        j = open_reader(&damaged);
        int r = walk_all(j, &d);
        if (r >= 0 || strstr(d.text, cases[i].says) == NULL ||
            strncmp(d.text, damaged.path, strlen(damaged.path)) != 0)
            fail_msg("%s: %d %s", cases[i].sql, r, d.text);
        journal_close(j);
        assert_int_equal(unlink(path), 0);
    }
}

/* A verdict that is not the one asked for must never be given as the stored one. */
static void journal__verdict__damaged(void **state)
{
    struct scene *s = *state;
    static const struct {
        const char *sql;
        int code;
    } cases[] = {
        {"UPDATE line SET position = 1000", ERR_FORMAT},
        {"UPDATE line SET position = -1", ERR_FORMAT},
        {"UPDATE line SET round = 999", ERR_NOT_FOUND},
        {"UPDATE round SET lines = zeroblob(74 * 4)", ERR_FORMAT},
        {"UPDATE round SET lines = lines || x'00'", ERR_FORMAT},
        {"UPDATE round SET signature = x'00'", ERR_FORMAT},
        {"UPDATE line SET round = 2", ERR_FORMAT}, /* another's line */
        {"DROP TABLE line", ERR_IO},
    };
    struct journal *j = open_writer(s);
    fill(s, j, 12);
    struct verdict v = {.count = 77};
    struct verdict_line l = {.n = 77};
    uint8_t certificate[HASH_BYTES];
    work_certificate(1, certificate); /* round 1 has its first line */
    assert_int_equal(journal_line(j, certificate, 1, &l), 0);
    l.n = 77;
    journal_close(j);
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_FREE char *copy = mem_format("VACUUM INTO '%s/copy'", s->folder);
        CLEANUP_FREE char *path = mem_format("%s/copy", s->folder);
        struct scene damaged = *s;
        run_sql(s, copy);
        snprintf(damaged.path, sizeof damaged.path, "%s", path);
        run_sql(&damaged, cases[i].sql);
        j = open_reader(&damaged);
        if (journal_verdict(j, certificate, 1, &v) != cases[i].code ||
            journal_line(j, certificate, 1, &l) != cases[i].code)
            fail_msg("%s", cases[i].sql);
        assert_true(v.count == 77 && l.n == 77);
        journal_close(j);
        assert_int_equal(unlink(path), 0);
    }
}

static void journal__checkpoint__damaged(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    CLEANUP_FREE char *note = checkpoint_of(s, 10);
    static const struct {
        const char *sql;
        int code;
    } cases[] = {
        {"UPDATE checkpoint SET size = 11", ERR_FORMAT}, /* not the note's */
        {"UPDATE checkpoint SET note = 'text'", ERR_FORMAT},
        {"UPDATE checkpoint SET note = replace(note, 'ibot.', 'jbot.')", ERR_AUTH},
    };
    struct checkpoint c = {.size = 10};
    char *got = NULL;
    for (size_t i = 0; i < COUNT(cases); i++) {
        c.size = 10;
        assert_int_equal(journal_put_checkpoint(j, &c, note, NULL), 0);
        run_sql(s, cases[i].sql);
        c.size = 77;
        assert_int_equal(journal_checkpoint(j, 0, &c, &got), cases[i].code);
        assert_true(c.size == 77 && got == NULL);
        run_sql(s, "DELETE FROM checkpoint");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(journal__batches__from_a_number),
        SCENE_TEST(journal__walks__end_with_the_callback),
        SCENE_TEST(journal__round_leaf__by_root_and_count),
        SCENE_TEST(journal__inclusion__of_every_leaf),
        SCENE_TEST(journal__checkpoint__newest_that_covers),
        SCENE_TEST(journal__walks__damaged),
        SCENE_TEST(journal__verdict__damaged),
        SCENE_TEST(journal__checkpoint__damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
