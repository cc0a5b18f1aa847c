#include "support.h"

#include <stdio.h>

#include "base/file.h"

void work_certificate(size_t device, uint8_t ret[static HASH_BYTES])
{
    hash_sha256(&device, sizeof device, ret);
}

void work_restart(struct work *w)
{
    *w = (struct work){.f = w->f, .bot = w->bot};
}

/* Bytes that follow from three numbers. */
static void bytes_of(int64_t round, size_t batch, size_t record, uint8_t ret[static HASH_BYTES])
{
    const uint64_t numbers[] = {(uint64_t)round, batch, record};
    hash_sha256(numbers, sizeof numbers, ret);
}

static void add_records(struct work_round *r, int64_t number, size_t batch,
                        const struct verdict_line *lines)
{
    struct journal_batch *b = &r->batches[batch];
    CLEANUP_BUF struct buf positions = BUF_INIT(WORK_RECORDS_MAX * VERDICT_POSITION_BYTES);
    for (uint32_t i = 0; i < r->round.line_count && (batch == 0 || b->count == 0); i++)
        if (lines[i].state == VERDICT_ARCHIVED) {
            bytes_of(number, batch, b->count, r->leaves[batch][b->count]);
            verdict_position_put(&positions, i);
            b->count++;
        }
    memcpy(r->positions[batch], positions.data, positions.len);
    b->positions = r->positions[batch];
    b->leaves = (const uint8_t(*)[MERKLE_BYTES])r->leaves[batch];
}

static void make_batches(struct work_round *r, int64_t number, const struct verdict_line *lines)
{
    static const char *const warrants[] = {"2019-0147", "2019-0148"};
    r->round.batch_count = (size_t)number % 3;
    for (size_t i = 0; i < r->round.batch_count; i++) {
        struct journal_batch *b = &r->batches[i];
        b->warrant = warrants[i];
        add_records(r, number, i, lines);
        b->sealed_len = (size_t)number * 13 % sizeof r->sealed[i] + 1;
        for (size_t at = 0; at < b->sealed_len; at++)
            r->sealed[i][at] = (uint8_t)(number + (int64_t)(i + at));
        b->sealed = r->sealed[i];
    }
    r->round.batches = r->batches;
}

static struct verdict_line make_line(struct work *w, size_t device, bool first)
{
    struct verdict_line l = {.n = w->n[device] + 1, .state = VERDICT_ARCHIVED};
    uint64_t number = ++w->lines;
    work_certificate(device, l.certificate);
    bytes_of((int64_t)number, 99, device, l.digest);
    bool batches = w->rounds % 3 != 0;
    if (number % 5 == 0 && !(first && batches))
        l.n = 1, l.reason = VERDICT_CONFLICT;
    else if (!batches || (number % 3 == 0 && !first))
        l.reason = VERDICT_WRONG_DAY;
    if (l.reason != VERDICT_NO_REASON)
        l.state = VERDICT_REFUSED;
    if (verdict_line_consumes(&l)) {
        w->n[device] = l.n;
        memcpy(w->digest[device], l.digest, HASH_BYTES);
    }
    return l;
}

void work_next(struct work *w, struct work_round *r)
{
    struct verdict_line lines[WORK_LINES_MAX];
    int64_t number = ++w->rounds;
    memset(r, 0, sizeof *r);
    r->round.at_unix_ms = FIXTURE_AT + number;
    r->round.policy = (uint32_t)(number / 10 + 1);
    r->round.line_count = (uint32_t)(number % WORK_LINES_MAX) + 1;
    for (uint32_t i = 0; i < r->round.line_count; i++) {
        lines[i] = make_line(w, (size_t)(number + i / 2) % WORK_DEVICES, i == 0);
        verdict_line_put(&lines[i], r->lines[i]);
    }
    make_batches(r, number, lines);
    r->round.lines = (const uint8_t(*)[VERDICT_LINE_BYTES])r->lines;
    fixture_round(w->bot, r->round.at_unix_ms, lines, r->round.line_count, r->verdicts);
    FIXTURE_MUST(
        verdict_verify(&r->verdicts[0], w->bot->jid, w->bot->signer.key.key, r->round.root) == 0);
    memcpy(r->round.signature, r->verdicts[0].signature, SIGN_BYTES);
}

void work_commit(struct work *w, struct journal *j)
{
    struct work_round r;
    struct diag d;
    work_next(w, &r);
    if (journal_commit(j, &r.round, &d) != 0)
        fail_msg("round %lld: %s", (long long)w->rounds, d.text);
}

/* A walk over the rows beside the rounds as they must be. */
struct check {
    struct journal *j;
    struct work work;
    struct work_round round; /* number `work.rounds` */
    int64_t rows;
    size_t batch; /* of the round */
    uint8_t (*leaves)[MERKLE_BYTES];
    uint64_t size;
};

static uint64_t add_leaf(struct check *c, const uint8_t leaf[static MERKLE_BYTES])
{
    c->leaves = mem_resize(c->leaves, (size_t)c->size + 1, MERKLE_BYTES);
    memcpy(c->leaves[c->size], leaf, MERKLE_BYTES);
    return c->size++;
}

static uint64_t add_text(struct check *c, struct buf *text)
{
    uint8_t leaf[MERKLE_BYTES];
    merkle_leaf(text->data, text->len, leaf);
    buf_clear(text);
    return add_leaf(c, leaf);
}

static int check_batch(void *context, const struct journal_batch_row *row)
{
    struct check *c = context;
    if (row->round != c->work.rounds)
        return 0; /* another round's turn */
    assert_true(c->batch < c->round.round.batch_count);
    const struct journal_batch *b = &c->round.batches[c->batch++];
    struct journal_batch x = *b;
    struct buf text = BUF_INIT(1000);
    uint8_t sha256[HASH_BYTES];
    hash_sha256(b->sealed, b->sealed_len, sha256);
    assert_string_equal(row->batch.warrant, b->warrant);
    assert_int_equal(row->batch.count, b->count);
    assert_int_equal(row->batch.sealed_len, b->sealed_len);
    assert_memory_equal(row->batch.sealed, b->sealed, b->sealed_len);
    assert_memory_equal(row->sha256, sha256, HASH_BYTES);
    assert_true(row->batch.first == c->size);
    assert_int_equal(row->batch.policy, c->round.round.policy);
    assert_memory_equal(row->batch.positions, b->positions,
                        (size_t)b->count * VERDICT_POSITION_BYTES);
    x.first = c->size;
    x.policy = c->round.round.policy;
    journal_batch_leaf_text(&text, &x);
    for (uint32_t k = 0; k < b->count; k++)
        add_leaf(c, b->leaves[k]);
    assert_true(row->leaf == add_text(c, &text));
    return 0;
}

static void check_verdict(struct check *c, const struct verdict *expected)
{
    struct verdict v;
    struct verdict_line line;
    CLEANUP_BUF struct buf a = BUF_INIT(4096), b = BUF_INIT(4096);
    if (!verdict_line_consumes(&expected->line))
        return;
    assert_int_equal(journal_verdict(c->j, expected->line.certificate, expected->line.n, &v), 0);
    verdict_put(&a, &v);
    verdict_put(&b, expected);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    assert_int_equal(journal_line(c->j, expected->line.certificate, expected->line.n, &line), 0);
    assert_memory_equal(line.digest, expected->line.digest, HASH_BYTES);
}

static int check_round(void *context, const struct journal_round_row *row)
{
    struct check *c = context;
    struct buf text = BUF_INIT(1000);
    uint64_t leaf;
    work_next(&c->work, &c->round);
    const struct journal_round *r = &c->round.round;
    c->batch = 0;
    c->rows++;
    assert_int_equal(row->number, c->rows);
    assert_true(row->at_unix_ms == r->at_unix_ms);
    assert_int_equal(row->line_count, r->line_count);
    assert_memory_equal(row->lines, r->lines, r->line_count * VERDICT_LINE_BYTES);
    assert_memory_equal(row->root, r->root, MERKLE_BYTES);
    assert_memory_equal(row->signature, r->signature, SIGN_BYTES);
    assert_int_equal(journal_batches(c->j, 0, check_batch, c, NULL), 0);
    assert_int_equal(c->batch, r->batch_count);
    verdict_round_leaf_text(&text, r->root, r->line_count);
    assert_true(row->leaf == add_text(c, &text));
    assert_int_equal(journal_round_leaf(c->j, r->root, r->line_count, &leaf), 0);
    assert_true(leaf == row->leaf);
    for (uint32_t i = 0; i < r->line_count; i++)
        check_verdict(c, &c->round.verdicts[i]);
    return 0;
}

static int check_head(void *context, const struct journal_head *head)
{
    struct check *c = context;
    uint8_t certificate[HASH_BYTES];
    for (size_t i = 0; i < WORK_DEVICES; i++) {
        work_certificate(i, certificate);
        if (memcmp(certificate, head->certificate, HASH_BYTES) != 0)
            continue;
        assert_true(head->n == c->work.n[i] && head->n > 0);
        assert_memory_equal(head->digest, c->work.digest[i], HASH_BYTES);
        c->work.n[i] = 0; /* each once */
        return 0;
    }
    fail_msg("a chain of nobody");
    return 0;
}

static void check_tree(struct check *c)
{
    uint8_t leaf[MERKLE_BYTES], root[MERKLE_BYTES], expected[MERKLE_BYTES];
    assert_true(journal_size(c->j) == c->size);
    for (uint64_t i = 0; i < c->size; i++) {
        assert_int_equal(journal_leaf(c->j, i, leaf), 0);
        assert_memory_equal(leaf, c->leaves[i], MERKLE_BYTES);
    }
    assert_int_equal(journal_leaf(c->j, c->size, leaf), ERR_NOT_FOUND);
    merkle_root((const uint8_t(*)[MERKLE_BYTES])c->leaves, (size_t)c->size, expected);
    assert_int_equal(journal_root(c->j, c->size, root), 0);
    assert_memory_equal(root, expected, MERKLE_BYTES);
}

void assert_holds(struct journal *j, int64_t rounds)
{
    struct diag d;
    struct check c = {.j = j};
    c.work.f = fixture_new(NULL);
    c.work.bot = &c.work.f->bots[0];
    if (journal_rounds(j, 0, check_round, &c, &d) != 0)
        fail_msg("%s", d.text);
    assert_int_equal(c.rows, rounds);
    assert_int_equal(journal_heads(j, check_head, &c, NULL), 0);
    for (size_t i = 0; i < WORK_DEVICES; i++)
        assert_true(c.work.n[i] == 0);
    check_tree(&c);
    fixture_free(c.work.f);
    free(c.leaves);
}

int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    strcpy(s->folder, "/tmp/journal-test-XXXXXX");
    FIXTURE_MUST(mkdtemp(s->folder) != NULL);
    snprintf(s->path, sizeof s->path, "%s/journal", s->folder);
    s->work.f = fixture_new(NULL);
    s->work.bot = &s->work.f->bots[0];
    FIXTURE_MUST(journal_create(s->path, s->work.bot->jid, s->work.bot->signer.key.key, NULL) == 0);
    *state = s;
    return 0;
}

int tear_down(void **state)
{
    struct scene *s = *state;
    int r = file_remove_tree(s->folder, NULL);
    fixture_free(s->work.f);
    free(s);
    return r;
}

static struct journal *open_journal(const struct scene *s, bool writer)
{
    struct journal *j = NULL;
    struct diag d;
    if (journal_open(s->path, writer, &j, &d) != 0)
        fail_msg("%s", d.text);
    return j;
}

struct journal *open_writer(const struct scene *s)
{
    return open_journal(s, true);
}

struct journal *open_reader(const struct scene *s)
{
    return open_journal(s, false);
}

void run_sql(const struct scene *s, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}
