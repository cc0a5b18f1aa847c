/* Rounds: what the keeper commits and answers, and what it ends over. */
#include "table.h"

#define FRESH(s)                                                                                   \
    (void)state;                                                                                   \
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL)

/* A round of the device's next lines, as an opener makes it. */
struct work {
    struct verdict_line line[2];
    uint8_t lines[2][VERDICT_LINE_BYTES];
    uint8_t tags[16];
    uint8_t leaves[2][MERKLE_BYTES];
    uint8_t positions[2 * VERDICT_POSITION_BYTES];
    struct frames_round round;
};

static void make(struct work *w, const struct scene *s)
{
    static const uint8_t sealed[] = "sealed bytes";
    memset(w, 0, sizeof *w);
    for (uint64_t i = 0; i < 2; i++) {
        w->line[i] = (struct verdict_line){
            .n = s->dev->n + 1 + i, .state = VERDICT_ARCHIVED, .digest = {(uint8_t)i, 4}};
        memcpy(w->line[i].certificate, s->dev->certificate->document.hash, HASH_BYTES);
        verdict_line_put(&w->line[i], w->lines[i]);
    }
    w->round = (struct frames_round){.policy = SCENE_POLICY,
                                     .batch_count = 1,
                                     .lines = (const uint8_t(*)[VERDICT_LINE_BYTES])w->lines,
                                     .tags = w->tags,
                                     .line_count = 2};
    struct frames_batch *b = &w->round.batches[0];
    strcpy(b->warrant, FIXTURE_WARRANT);
    b->leaves = (const uint8_t(*)[MERKLE_BYTES])w->leaves;
    w->positions[VERDICT_POSITION_BYTES * 2 - 1] = 1; /* 0 and 1 */
    b->positions = w->positions;
    b->count = 2;
    b->sealed = sealed;
    b->sealed_len = sizeof sealed;
}

static int send(struct scene *s, const struct work *w, size_t cut, size_t more)
{
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_ROUND_MAX);
    frames_put_round(&b, &w->round);
    while (more-- > 0)
        buf_put_u8(&b, 0);
    size_t len = b.len - cut;
    CLEANUP_FREE uint8_t *copy = mem_copy(b.data, len);
    const struct frame f = {.type = FRAME_ROUND, .body = copy, .len = len};
    s->b->d.text[0] = '\0';
    return keeper_from_opener(s->b->keeper, 0, &f, &s->b->d);
}

static void keeper__round__committed(void **state)
{
    FRESH(s);
    struct work w;
    uint8_t head[HASH_BYTES];
    make(&w, s);
    assert_int_equal(send(s, &w, 0, 0), 0);
    assert_true(bot_head(s->b, s->dev, head) == 2);
    assert_memory_equal(head, w.line[1].digest, HASH_BYTES);
    struct audit_counts counts = bot_audit(s->b);
    assert_int_equal(counts.archived, 2);
    assert_int_equal(counts.batches, 1);
}

/* Each changes a good round in one way; nothing of it is kept. */
static void empty_batch(struct work *w)
{
    w->round.batches[0].count = 0;
}

static void unsealed_batch(struct work *w)
{
    w->round.batches[0].sealed_len = 0;
}

static void warrant_with_slash(struct work *w)
{
    strcpy(w->round.batches[0].warrant, "../../etc");
}

static void warrant_without_name(struct work *w)
{
    w->round.batches[0].warrant[0] = '\0';
}

static void no_lines(struct work *w)
{
    w->round.line_count = 0;
}

static void state_of_nothing(struct work *w)
{
    w->lines[1][VERDICT_LINE_BYTES - 2] = 9;
}

static void archived_with_a_reason(struct work *w)
{
    w->lines[1][VERDICT_LINE_BYTES - 1] = VERDICT_BAD_SEAL;
}

static void gap(struct work *w)
{
    w->line[1].n += 1;
    verdict_line_put(&w->line[1], w->lines[1]);
}

static void twice(struct work *w)
{
    memcpy(w->lines[1], w->lines[0], VERDICT_LINE_BYTES);
}

static void backwards(struct work *w)
{
    w->line[0].n = 2;
    w->line[1].n = 1;
    verdict_line_put(&w->line[0], w->lines[0]);
    verdict_line_put(&w->line[1], w->lines[1]);
}

static void n_of_zero(struct work *w)
{
    w->line[0].n = 0;
    verdict_line_put(&w->line[0], w->lines[0]);
}

static void n_past_the_end(struct work *w)
{
    w->line[0].n = UINT64_MAX;
    verdict_line_put(&w->line[0], w->lines[0]);
}

static void keeper__round__refused_whole(void **state)
{
    static const struct {
        const char *name;
        void (*change)(struct work *w);
        int code;
    } table[] = {
        {"an empty batch", empty_batch, ERR_FORMAT},
        {"a batch without bytes", unsealed_batch, ERR_FORMAT},
        {"a warrant's id with a slash", warrant_with_slash, ERR_FORMAT},
        {"a warrant without id", warrant_without_name, ERR_FORMAT},
        {"no line", no_lines, ERR_FORMAT},
        {"no such state", state_of_nothing, ERR_FORMAT},
        {"archived, with a reason", archived_with_a_reason, ERR_FORMAT},
        {"a gap", gap, ERR_INVALID_STATE},
        {"a line twice", twice, ERR_INVALID_STATE},
        {"lines in the wrong order", backwards, ERR_INVALID_STATE},
        {"an n of 0", n_of_zero, ERR_FORMAT},
        {"an n of 2^64-1", n_past_the_end, ERR_FORMAT},
    };
    FRESH(s);
    bot_forget_answers(s->b);
    for (size_t i = 0; i < COUNT(table); i++) {
        struct work w;
        make(&w, s);
        table[i].change(&w);
        int r = send(s, &w, 0, 0);
        if (r != table[i].code)
            fail_msg("%s: %d (%s)", table[i].name, r, s->b->d.text);
        assert_true(s->b->d.text[0] != '\0');
        assert_true(journal_size(s->b->journal) == 0);
    }
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 0);
    assert_still_works(s, 0);
}

/* Two openers, of which each has devices of its own. */
static void keeper__round__of_another_opener_s_device(void **state)
{
    FRESH(s);
    struct work w;
    make(&w, s);
    size_t own = keeper_opener_of(s->dev->certificate->document.hash, 2);
    struct channel *ours = &s->b->opener_keeper[0][1];
    const struct keeper_options o = {.journal = s->b->journal,
                                     .secret = s->f->bots[0].signer.secret,
                                     .domain = s->f->domain,
                                     .clock = s->b->clock,
                                     .link = &s->b->link_keeper[1],
                                     .openers = {ours, ours},
                                     .opener_count = 2};
    struct keeper *two = keeper_new(&o);
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_ROUND_MAX);
    frames_put_round(&b, &w.round);
    const struct frame round = {.type = FRAME_ROUND, .body = b.data, .len = b.len};
    assert_int_equal(keeper_from_opener(two, 1 - own, &round, &s->b->d), ERR_FORMAT);
    assert_says(s->b->d.text, "another opener");
    assert_true(journal_size(s->b->journal) == 0);
    CLEANUP_BUF struct buf q = BUF_INIT(FRAMES_ROUND_MAX);
    struct frames_position p = {.n = 1};
    memcpy(p.certificate, s->dev->certificate->document.hash, HASH_BYTES);
    frames_put_repeat(&q, 1, &p);
    const struct frame repeat = {.type = FRAME_REPEAT, .body = q.data, .len = q.len};
    assert_int_equal(keeper_from_opener(two, 1 - own, &repeat, &s->b->d), ERR_FORMAT);
    assert_says(s->b->d.text, "another opener");
    assert_int_equal(keeper_from_opener(two, own, &round, &s->b->d), 0);
    assert_true(journal_size(s->b->journal) > 0);
    keeper_free(two);
}

static void keeper__round__cut_or_longer(void **state)
{
    FRESH(s);
    struct work w;
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_ROUND_MAX);
    make(&w, s);
    frames_put_round(&b, &w.round);
    for (size_t cut = 1; cut <= b.len; cut++)
        assert_int_equal(send(s, &w, cut, 0), ERR_FORMAT);
    assert_int_equal(send(s, &w, 0, 1), ERR_FORMAT);
    assert_true(journal_size(s->b->journal) == 0);
    assert_still_works(s, 0);
}

/* An opener says "archived" and hands no record over, or one that is of another line: the verdict
 * would stand behind valid proofs. */
static void keeper__round__archived_without_a_record(void **state)
{
    static const struct {
        size_t batches;
        uint32_t records;
        uint8_t first, second; /* positions */
        const char *says;
    } cases[] = {
        {0, 0, 0, 1, "line 0 of an opener's round has no record"},
        {1, 1, 0, 1, "line 1 of an opener's round has no record"},
        {1, 1, 1, 1, "line 0 of an opener's round has no record"},
        {1, 2, 1, 0, "record 1 of an opener's batch is misplaced"},
        {1, 2, 0, 0, "record 1 of an opener's batch is misplaced"},
        {1, 2, 0, 2, "record 1 of an opener's batch is misplaced"},
        {2, 2, 0, 1, "record 0 of an opener's batch is misplaced"}, /* the warrant twice */
    };
    FRESH(s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct work w;
        make(&w, s);
        w.positions[1] = cases[i].first;
        w.positions[3] = cases[i].second;
        w.round.batches[0].count = cases[i].records;
        w.round.batches[1] = w.round.batches[0];
        w.round.batch_count = cases[i].batches;
        assert_int_equal(send(s, &w, 0, 0), ERR_FORMAT);
        assert_says(s->b->d.text, cases[i].says);
    }
    struct work refused;
    make(&refused, s);
    refused.line[1].state = VERDICT_REFUSED;
    refused.line[1].reason = VERDICT_BAD_SEAL;
    verdict_line_put(&refused.line[1], refused.lines[1]);
    assert_int_equal(send(s, &refused, 0, 0), ERR_FORMAT);
    assert_says(s->b->d.text, "record 1 of an opener's batch is misplaced");
    assert_true(journal_size(s->b->journal) == 0);
    assert_still_works(s, 0);
}

/* A batch whose count promises more than the frame holds. */
static void keeper__round__count_past_the_frame(void **state)
{
    static const uint32_t counts[] = {VERDICT_ROUND_MAX, VERDICT_ROUND_MAX + 1, UINT32_MAX};
    FRESH(s);
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct work w;
        CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_ROUND_MAX);
        make(&w, s);
        frames_put_round(&b, &w.round);
        uint8_t *count = b.data + 4 + 1 + 4 + strlen(FIXTURE_WARRANT);
        for (int k = 0; k < 4; k++)
            count[k] = (uint8_t)(counts[i] >> (24 - 8 * k));
        const struct frame f = {.type = FRAME_ROUND, .body = b.data, .len = b.len};
        assert_int_equal(keeper_from_opener(s->b->keeper, 0, &f, &s->b->d), ERR_FORMAT);
    }
    assert_still_works(s, 0);
}

/* Link does not take what it is sent: the round is kept, and the process ends. */
static void keeper__link_full__ends_after_the_commit(void **state)
{
    FRESH(s);
    struct work w;
    make(&w, s);
    s->b->link_keeper[1].max_queue = 10;
    assert_int_equal(send(s, &w, 0, 0), ERR_LIMIT);
    assert_says(s->b->d.text, "does not take");
    s->b->link_keeper[1].max_queue = BOT_QUEUE_MAX;
    bot_restart(s->b);
    bot_run(s->b);
    assert_int_equal(bot_audit(s->b).archived, 2);
    bot_archive_one(s->b, s->set, s->other);
}

/* A full journal: nothing is kept, and it says so. */
static void keeper__journal_not_writable__ends(void **state)
{
    FRESH(s);
    struct work w;
    bot_archive_one(s->b, s->set, s->dev);
    uint64_t size = journal_size(s->b->journal);
    make(&w, s);
    CLEANUP(journal_close_cleanup) struct journal *reader = NULL;
    assert_int_equal(journal_open(s->b->journal_path, false, &reader, NULL), 0);
    const struct keeper_options o = {.journal = reader,
                                     .secret = s->f->bots[0].signer.secret,
                                     .domain = s->f->domain,
                                     .clock = s->b->clock,
                                     .link = &s->b->link_keeper[1],
                                     .openers = {&s->b->opener_keeper[0][1]},
                                     .opener_count = 1};
    struct keeper *good = s->b->keeper;
    s->b->keeper = keeper_new(&o);
    assert_int_equal(send(s, &w, 0, 0), ERR_INVALID_STATE);
    keeper_free(s->b->keeper);
    s->b->keeper = good;
    assert_true(journal_size(s->b->journal) == size);
    assert_still_works(s, 1);
}

static void keeper__checkpoint__when_due(void **state)
{
    FRESH(s);
    assert_int_equal(keeper_timeout_ms(s->b->keeper), -1); /* nothing to publish */
    bot_archive_one(s->b, s->set, s->dev);
    assert_int_equal(keeper_timeout_ms(s->b->keeper), KEEPER_CHECKPOINT_MS);
    assert_int_equal(keeper_tick(s->b->keeper, &s->b->d), 0);
    assert_int_equal(bot_audit(s->b).checkpoints, 0);
    bot_sleep(s->b, KEEPER_CHECKPOINT_MS);
    assert_int_equal(keeper_timeout_ms(s->b->keeper), 0);
    assert_int_equal(keeper_tick(s->b->keeper, &s->b->d), 0);
    assert_int_equal(bot_audit(s->b).checkpoints, 1);
    assert_int_equal(keeper_timeout_ms(s->b->keeper), -1);
    assert_int_equal(keeper_checkpoint(s->b->keeper, &s->b->d), 0); /* nothing new */
    assert_int_equal(bot_audit(s->b).checkpoints, 1);
    bot_restart(s->b); /* the newest is known again */
    assert_int_equal(keeper_timeout_ms(s->b->keeper), -1);
    bot_run(s->b);
    assert_still_works(s, 1);
    bot_restart(s->b); /* as after a kill: nothing waits a further minute */
    assert_int_equal(keeper_timeout_ms(s->b->keeper), 0);
    bot_run(s->b);
}

static void keeper__heads__go_to_the_devices_opener(void **state)
{
    uint8_t certificate[HASH_BYTES] = {0};
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        certificate[0] = (uint8_t)i;
        assert_int_equal(keeper_opener_of(certificate, 1), 0);
        assert_int_equal(keeper_opener_of(certificate, 5), i % 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeper__round__committed),
        cmocka_unit_test(keeper__round__refused_whole),
        cmocka_unit_test(keeper__round__of_another_opener_s_device),
        cmocka_unit_test(keeper__round__cut_or_longer),
        cmocka_unit_test(keeper__round__archived_without_a_record),
        cmocka_unit_test(keeper__round__count_past_the_frame),
        cmocka_unit_test(keeper__link_full__ends_after_the_commit),
        cmocka_unit_test(keeper__journal_not_writable__ends),
        cmocka_unit_test(keeper__checkpoint__when_due),
        cmocka_unit_test(keeper__heads__go_to_the_devices_opener),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
