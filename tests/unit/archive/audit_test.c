/* Every thing that may be wrong with a journal and shows without a key, and what the audit calls
 * it. */
#include "archive/audit.h"
#include "journal/support.h"

#define ROUNDS 12

static void put_checkpoint(struct scene *s, struct journal *j, const uint8_t *secret,
                           const struct note_key *key)
{
    struct checkpoint c = {.size = journal_size(j)};
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    assert_int_equal(journal_root(j, c.size, c.root), 0);
    checkpoint_sign(&note, s->work.bot->jid, &c, "", key, secret);
    assert_int_equal(journal_put_checkpoint(j, &c, buf_text(&note), NULL), 0);
}

static void fill(struct scene *s, int64_t rounds)
{
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    while (s->work.rounds < rounds)
        work_commit(&s->work, j);
    put_checkpoint(s, j, s->work.bot->signer.secret, &s->work.bot->signer.key);
}

/* A journal that can't even be opened says so in the same way. */
static int audit_at(struct scene *s, int64_t now_unix_ms, struct audit_counts *ret, struct diag *d)
{
    CLEANUP(journal_close_cleanup) struct journal *j = NULL;
    int r = journal_open(s->path, false, &j, d);
    const struct audit_options o = {.journal = j,
                                    .domain = s->work.f->domain,
                                    .bot = s->work.bot->jid,
                                    .bot_key = s->work.bot->signer.key.key,
                                    .now_unix_ms = now_unix_ms};
    return r < 0 ? r : audit_journal(&o, ret, d);
}

static int audit(struct scene *s, struct audit_counts *ret, struct diag *d)
{
    return audit_at(s, 0, ret, d);
}

static void assert_finds(struct scene *s, const char *sql, int code, const char *part)
{
    struct audit_counts counts;
    struct diag d = {""};
    fill(s, ROUNDS);
    assert_int_equal(audit(s, &counts, &d), 0);
    run_sql(s, sql);
    assert_int_equal(audit(s, &counts, &d), code);
    assert_says(d.text, part);
}

static void audit__journal__counts_what_holds(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    fill(s, ROUNDS);
    if (audit(s, &c, &d) != 0)
        fail_msg("%s", d.text);
    assert_true(c.rounds == ROUNDS);
    assert_true(c.batches == ROUNDS); /* 1, 2, 0, 1, 2, 0, … */
    assert_true(c.lines == s->work.lines);
    assert_true(c.archived + c.refused + c.conflicts == c.lines);
    assert_true(c.archived > 0 && c.refused > 0 && c.conflicts > 0);
    assert_true(c.leaves == c.records + c.batches + c.rounds);
    assert_true(c.chains == WORK_DEVICES);
    assert_true(c.checkpoints == 1 && c.sealed_bytes > 0);
}

static void audit__journal__takes_an_empty_one(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    assert_int_equal(audit(s, &c, NULL), 0);
    assert_true(c.leaves == 0 && c.rounds == 0 && c.chains == 0);
}

static void audit__journal__refuses_another_bots_key(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    fill(s, 1);
    CLEANUP(journal_close_cleanup) struct journal *j = open_reader(s);
    const struct audit_options o = {.journal = j,
                                    .domain = s->work.f->domain,
                                    .bot = s->work.bot->jid,
                                    .bot_key = s->work.f->registrar.key.key};
    assert_int_equal(audit_journal(&o, &c, &d), ERR_AUTH);
    assert_says(d.text, "another bot key");
}

static void audit__journal__finds_a_missing_batch(void **state)
{
    assert_finds(*state, "DELETE FROM batch WHERE number = 2", ERR_FORMAT,
                 "batch 3: its leaves do not follow the ones before");
}

static void audit__journal__finds_that_the_last_batch_is_missing(void **state)
{
    /* Round 11 has the last two, and round 12 none. */
    assert_finds(*state, "DELETE FROM batch WHERE number = 12", ERR_FORMAT,
                 "round 11: its leaf does not follow the ones before");
}

static void audit__journal__finds_changed_bytes_of_a_batch(void **state)
{
    assert_finds(*state, "UPDATE batch SET sealed = X'00' WHERE number = 5", ERR_AUTH,
                 "batch 5: its bytes are not those that were committed");
}

static void audit__journal__finds_a_batch_with_another_hash_than_its_leafs(void **state)
{
    /* SHA-256 of one zero byte: the row fits itself, the tree tells. */
    assert_finds(*state,
                 "UPDATE batch SET sealed = X'00', sha256 = X'6e340b9cffb37a989ca544e6bb780a2c"
                 "78901d3fb33738768511a30617afa01d' WHERE number = 5",
                 ERR_AUTH, "batch 5: leaf");
}

static void audit__journal__finds_a_flipped_leaf_of_a_batch(void **state)
{
    assert_finds(*state,
                 "UPDATE tile SET hashes = substr(hashes, 1, 32 * (SELECT leaf FROM batch WHERE"
                 " number = 1)) || zeroblob(32) || substr(hashes, 32 * (SELECT leaf FROM batch"
                 " WHERE number = 1) + 33) WHERE level = 0",
                 ERR_AUTH, "batch 1: leaf");
}

static void audit__journal__finds_a_round_whose_root_is_not_in_the_tree(void **state)
{
    assert_finds(*state,
                 "UPDATE tile SET hashes = substr(hashes, 1, 32 * (SELECT leaf FROM round WHERE"
                 " number = 4)) || zeroblob(32) || substr(hashes, 32 * (SELECT leaf FROM round"
                 " WHERE number = 4) + 33) WHERE level = 0",
                 ERR_AUTH, "round 4: leaf");
}

static void audit__journal__finds_a_flipped_leaf_of_a_record(void **state)
{
    assert_finds(*state,
                 "UPDATE tile SET hashes = zeroblob(32) || substr(hashes, 33) WHERE level = 0",
                 ERR_AUTH, "its root is not the tree's");
}

static void audit__journal__finds_an_inner_tile_that_does_not_fit(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    fill(s, 80);
    assert_int_equal(audit(s, &c, NULL), 0);
    assert_true(c.leaves > TREE_TILE_HASHES);
    run_sql(s, "UPDATE tile SET hashes = zeroblob(32) || substr(hashes, 33) WHERE level = 1");
    assert_int_equal(audit(s, &c, &d), ERR_AUTH);
    assert_says(d.text, "the tree's tiles do not fit its leaves");
}

/* Over 65,536 leaves, made of files for speed: the root is then computed from the tile of level 2,
 * and level 1 stands beside it. */
static void audit__journal__finds_an_inner_tile_under_a_higher_one(void **state)
{
    enum { FILES = 65600 };
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    struct work_round r;
    CLEANUP_FREE struct journal_file *files = mem_array(FILES, sizeof *files);
    for (uint32_t i = 0; i < FILES; i++)
        memcpy(files[i].sha256, &i, sizeof i);
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    work_next(&s->work, &r);
    r.round.files = files;
    r.round.file_count = FILES;
    assert_int_equal(journal_commit(j, &r.round, NULL), 0);
    assert_int_equal(audit(s, &c, NULL), 0);
    run_sql(s, "UPDATE tile SET hashes = substr(hashes, 1, 8160) || zeroblob(32) WHERE level = 1"
               " AND number = 0");
    assert_int_equal(audit(s, &c, &d), ERR_AUTH);
    assert_says(d.text, "the tree's tiles do not fit its leaves");
}

/* A row that nothing accounts for, in each table. */
static void audit__journal__finds_rows_that_no_round_accounts_for(void **state)
{
    static const struct {
        const char *add, *remove, *says;
    } cases[] = {
        {"INSERT INTO tile VALUES (5, 9, zeroblob(32))", "DELETE FROM tile WHERE level = 5",
         "tiles, its leaves fill"},
        {"INSERT INTO line VALUES (1, 1000, 1, 0)", "DELETE FROM line WHERE n = 1000",
         "the table 'line' has"},
        {"INSERT INTO file SELECT zeroblob(32), 1, 99, 5, at, 0, zeroblob(32) FROM round WHERE "
         "number = 2",
         "DELETE FROM file", "no round from 99 on"},
        {"INSERT INTO file SELECT zeroblob(32), 1, -9, 5, at, 0, zeroblob(32) FROM round WHERE "
         "number = 2",
         "DELETE FROM file", "the table 'file' has"},
        {"INSERT INTO batch SELECT 99, 99, warrant, policy, first, count, positions, sha256, leaf,"
         " sealed FROM batch WHERE number = 1",
         "DELETE FROM batch WHERE number = 99", "the table 'batch' has"},
        {"INSERT INTO round SELECT -5, at, lines, root, signature, leaf FROM round"
         " WHERE number = 1",
         "DELETE FROM round WHERE number = -5", "the table 'round' has"},
        {"INSERT INTO destroyed VALUES ('2019-0147', 5, 1)", "DELETE FROM destroyed",
         "the destroyed key of 2019-0147, 1970-01-06"},
    };
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    fill(s, ROUNDS);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run_sql(s, cases[i].add);
        assert_int_equal(audit(s, &c, &d), ERR_AUTH);
        assert_says(d.text, cases[i].says);
        run_sql(s, cases[i].remove);
        assert_int_equal(audit(s, &c, NULL), 0);
    }
}

static void audit__journal__finds_a_wrong_signature(void **state)
{
    assert_finds(*state, "UPDATE round SET signature = zeroblob(64) WHERE number = 7", ERR_AUTH,
                 "round 7: the bot's signature does not match");
}

static void audit__journal__finds_another_time_under_the_signature(void **state)
{
    assert_finds(*state, "UPDATE round SET at = at + 1 WHERE number = 7", ERR_AUTH,
                 "round 7: the bot's signature does not match");
}

static void audit__journal__finds_a_root_that_is_not_of_its_lines(void **state)
{
    assert_finds(*state, "UPDATE round SET root = zeroblob(32) WHERE number = 7", ERR_AUTH,
                 "round 7: its root is not that of its lines");
}

static void audit__journal__finds_a_changed_line(void **state)
{
    assert_finds(*state,
                 "UPDATE round SET lines = zeroblob(1) || substr(lines, 2) WHERE number = 7",
                 ERR_AUTH, "round 7: its root is not that of its lines");
}

static void audit__journal__finds_a_missing_round(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    fill(s, ROUNDS);
    run_sql(s, "DELETE FROM batch WHERE round = 4; DELETE FROM round WHERE number = 4");
    assert_true(audit(s, &c, &d) < 0);
    assert_says(d.text, "batch 5: its leaves do not follow the ones before");
}

/* The bot signed a round that leaves out a number of a chain, and moved its own books along. */
static void audit__journal__finds_a_gap_in_a_chain(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    fill(s, ROUNDS);
    run_sql(s, "UPDATE chain SET n = n + 1");
    for (size_t i = 0; i < WORK_DEVICES; i++)
        s->work.n[i]++;
    fill(s, ROUNDS + 1);
    assert_int_equal(audit(s, &c, &d), ERR_AUTH);
    assert_says(d.text, "round 13: a chain goes from");
}

static void audit__journal__finds_a_head_that_is_not_the_chains_last_line(void **state)
{
    assert_finds(*state, "UPDATE chain SET digest = zeroblob(32) WHERE number = 3", ERR_AUTH,
                 "a chain's head at");
}

static void audit__journal__finds_a_head_of_no_chain(void **state)
{
    assert_finds(*state,
                 "INSERT INTO chain (certificate, n, digest) VALUES"
                 " (zeroblob(32), 1, zeroblob(32))",
                 ERR_AUTH, "a chain's head at 1");
}

static void audit__journal__finds_a_checkpoint_that_is_not_the_bots(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    struct note_key key = s->work.f->registrar.key;
    key.name = s->work.bot->jid; /* under the bot's name, by another key */
    fill(s, 2);
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    work_commit(&s->work, j);
    put_checkpoint(s, j, s->work.f->registrar.secret, &key);
    assert_int_equal(audit(s, &c, &d), ERR_AUTH);
    assert_says(d.text, "not signed by the bot");
}

static void audit__journal__finds_a_malformed_checkpoint(void **state)
{
    assert_finds(*state, "UPDATE checkpoint SET note = 'x'", ERR_FORMAT, "malformed");
}

static void audit__journal__finds_a_checkpoint_under_another_size(void **state)
{
    assert_finds(*state, "UPDATE checkpoint SET size = size - 1", ERR_FORMAT, "malformed");
}

static void audit__journal__finds_a_tree_that_shrank(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    fill(s, ROUNDS);
    /* The last round is taken back everywhere but under the checkpoint. */
    run_sql(s, "UPDATE tile SET hashes = substr(hashes, 1, length(hashes) - 32) WHERE level = 0;"
               "DELETE FROM round WHERE number = 12; DELETE FROM line WHERE round = 12");
    assert_true(audit(s, &c, &d) < 0);
    assert_says(d.text, "its root is not the tree's");
}

static void audit__journal__finds_leaves_that_no_round_accounts_for(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d = {""};
    fill(s, ROUNDS);
    run_sql(s, "UPDATE tile SET hashes = hashes || zeroblob(32) WHERE level = 0");
    assert_true(audit(s, &c, &d) < 0);
    assert_true(d.text[0] != '\0');
}

static void audit__journal__finds_a_relabelled_batch(void **state)
{
    assert_finds(*state, "UPDATE batch SET warrant = '2019-9999' WHERE number = 5", ERR_AUTH,
                 "batch 5: leaf");
}

/* What is young has none yet, and the times of a replay say nothing. */
static void audit__journal__finds_old_rounds_under_no_checkpoint(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    const int64_t first = FIXTURE_AT + 1, late = first + AUDIT_CHECKPOINT_MS;
    fill(s, ROUNDS);
    assert_int_equal(audit_at(s, late + 1, &c, NULL), 0);
    assert_true(c.uncovered == 0);
    run_sql(s, "DELETE FROM checkpoint");
    assert_int_equal(audit_at(s, late, &c, NULL), 0);
    assert_true(c.uncovered == ROUNDS);
    assert_int_equal(audit_at(s, 0, &c, NULL), 0);
    assert_int_equal(audit_at(s, late + 1, &c, &d), ERR_AUTH);
    assert_says(d.text, "round 1 of 2021-06-07T10:11:12.124Z is under no checkpoint");
}

static void audit__journal__finds_a_row_of_a_line_that_points_elsewhere(void **state)
{
    assert_finds(*state, "UPDATE line SET position = position + 1 WHERE round = 3", ERR_AUTH,
                 "round 3: line 0 is not where its chain says");
}

/* The bot signs that a message is archived, and there is no record of it. */
static void audit__journal__finds_an_archived_line_without_a_record(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    struct work_round r;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    work_next(&s->work, &r);
    assert_true(r.round.batch_count == 1 && r.batches[0].count == 2);
    r.batches[0].count = 1;
    assert_int_equal(journal_commit(j, &r.round, NULL), 0);
    assert_int_equal(audit(s, &c, &d), ERR_AUTH);
    assert_says(d.text, "round 1: line 1 says archived, and no batch has a record of it");
}

/* A batch with records of lines that there are not. */
static void audit__journal__finds_a_record_of_no_line(void **state)
{
    struct scene *s = *state;
    struct audit_counts c;
    struct diag d;
    struct work_round r;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    work_next(&s->work, &r);
    r.positions[0][3] = 2;
    assert_int_equal(journal_commit(j, &r.round, NULL), 0);
    assert_int_equal(audit(s, &c, &d), ERR_AUTH);
    assert_says(d.text, "batch 1: record 1 is of no archived line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(audit__journal__counts_what_holds),
        SCENE_TEST(audit__journal__takes_an_empty_one),
        SCENE_TEST(audit__journal__refuses_another_bots_key),
        SCENE_TEST(audit__journal__finds_a_missing_batch),
        SCENE_TEST(audit__journal__finds_that_the_last_batch_is_missing),
        SCENE_TEST(audit__journal__finds_changed_bytes_of_a_batch),
        SCENE_TEST(audit__journal__finds_a_batch_with_another_hash_than_its_leafs),
        SCENE_TEST(audit__journal__finds_a_flipped_leaf_of_a_batch),
        SCENE_TEST(audit__journal__finds_a_round_whose_root_is_not_in_the_tree),
        SCENE_TEST(audit__journal__finds_a_flipped_leaf_of_a_record),
        SCENE_TEST(audit__journal__finds_an_inner_tile_that_does_not_fit),
        SCENE_TEST(audit__journal__finds_an_inner_tile_under_a_higher_one),
        SCENE_TEST(audit__journal__finds_rows_that_no_round_accounts_for),
        SCENE_TEST(audit__journal__finds_a_wrong_signature),
        SCENE_TEST(audit__journal__finds_another_time_under_the_signature),
        SCENE_TEST(audit__journal__finds_a_root_that_is_not_of_its_lines),
        SCENE_TEST(audit__journal__finds_a_changed_line),
        SCENE_TEST(audit__journal__finds_a_missing_round),
        SCENE_TEST(audit__journal__finds_a_gap_in_a_chain),
        SCENE_TEST(audit__journal__finds_a_head_that_is_not_the_chains_last_line),
        SCENE_TEST(audit__journal__finds_a_head_of_no_chain),
        SCENE_TEST(audit__journal__finds_a_checkpoint_that_is_not_the_bots),
        SCENE_TEST(audit__journal__finds_a_malformed_checkpoint),
        SCENE_TEST(audit__journal__finds_a_checkpoint_under_another_size),
        SCENE_TEST(audit__journal__finds_a_tree_that_shrank),
        SCENE_TEST(audit__journal__finds_a_relabelled_batch),
        SCENE_TEST(audit__journal__finds_old_rounds_under_no_checkpoint),
        SCENE_TEST(audit__journal__finds_a_row_of_a_line_that_points_elsewhere),
        SCENE_TEST(audit__journal__finds_an_archived_line_without_a_record),
        SCENE_TEST(audit__journal__finds_a_record_of_no_line),
        SCENE_TEST(audit__journal__finds_leaves_that_no_round_accounts_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
