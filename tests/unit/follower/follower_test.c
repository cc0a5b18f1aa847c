/* What is followed, from where, and what stops a journal. */
#include "follower/follower.h"

#include <stdio.h>
#include <unistd.h>

#include "../archive/shelf.h"
#include "base/file.h"
#include "base/secret.h"

#define AGAIN_MS 10

struct seen {
    unsigned messages, batches;
    char bodies[32][64];
    struct follower_state last;
    uint8_t leaf[HASH_BYTES]; /* of the last message */
    uint64_t leaf_index;
    unsigned stop_message, stop_batch; /* at that one the sink says 42; 0: never */
};

static int on_message(void *context, const char *bot, const struct follower_message *m)
{
    struct seen *s = context;
    assert_true(bot[0] != '\0');
    if (s->messages + 1 == s->stop_message)
        return 42;
    snprintf(s->bodies[s->messages++ % 32], 64, "%.*s", (int)m->body_len, m->body);
    memcpy(s->leaf, m->record_leaf, HASH_BYTES);
    s->leaf_index = m->leaf;
    return 0;
}

static int on_batch(void *context, const struct follower_state *state)
{
    struct seen *s = context;
    if (s->batches + 1 == s->stop_batch)
        return 42;
    s->batches++;
    s->last = *state;
    return 0;
}

static struct follower_sink sink(struct seen *s)
{
    return (struct follower_sink){.message = on_message, .batch_end = on_batch, .context = s};
}

static struct follower *open_follower(struct shelf *s, int64_t next, uint64_t size)
{
    struct follower *f = NULL;
    struct diag d = {""};
    struct follower_options o = {.net = s->f->network,
                                 .documents = s->documents,
                                 .identities = &s->f->warrants[0].agencies[0],
                                 .identity_count = 1,
                                 .again_ms = AGAIN_MS};
    if (follower_new(&o, &f, &d) != 0)
        fail_msg("%s", d.text);
    assert_int_equal(follower_add(f, s->f->bots[0].jid, s->journal_path, next, size, NULL), 0);
    return f;
}

static struct follower_state state_of(const struct follower *f)
{
    struct follower_state states[FOLLOWER_BOTS_MAX];
    assert_int_equal(follower_states(f, states), 1);
    return states[0];
}

static int poll_all(struct follower *f, struct seen *seen)
{
    struct follower_sink to = sink(seen);
    return follower_poll(f, 100, &to);
}

static void follower__poll__hands_on_every_record_and_then_its_batch(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_int_equal(poll_all(f, &seen), 2);
    assert_int_equal(seen.messages, 2 * SHELF_ROUND);
    assert_int_equal(seen.batches, 2);
    assert_string_equal(seen.bodies[5], "This is message 6.");
    assert_true(seen.last.next == 3 && seen.last.records == 6 && seen.last.foreign == 0);
    assert_true(seen.last.size == journal_size(s->journal));
    assert_string_equal(seen.last.stopped, "");
    assert_string_equal(seen.last.bot, s->f->bots[0].jid);
    uint8_t leaf[MERKLE_BYTES];
    assert_int_equal(journal_leaf(s->journal, seen.leaf_index, leaf), 0);
    assert_memory_equal(leaf, seen.leaf, HASH_BYTES);
}

static void follower__poll__goes_on_where_it_was_and_sees_what_is_new(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 2, 5);
    assert_int_equal(poll_all(f, &seen), 1);
    assert_string_equal(seen.bodies[0], "This is message 4.");
    assert_int_equal(poll_all(f, &seen), 0);
    shelf_commit(s, NULL);
    assert_int_equal(poll_all(f, &seen), 1);
    assert_int_equal(seen.messages, 2 * SHELF_ROUND);
    assert_true(seen.last.next == 4);
}

static void follower__poll__reads_no_more_than_it_may(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    struct follower_sink to = sink(&seen);
    shelf_put_all(s);
    for (int i = 0; i < 3; i++)
        shelf_commit(s, NULL);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_int_equal(follower_poll(f, 2, &to), 2);
    assert_int_equal(seen.batches, 2);
    assert_int_equal(follower_poll(f, 2, &to), 1);
    assert_int_equal(follower_poll(f, 2, &to), 0);
    assert_int_equal(seen.messages, 3 * SHELF_ROUND);
}

static void follower__poll__takes_journals_in_turn(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    struct follower_sink to = sink(&seen);
    shelf_put_all(s);
    for (int i = 0; i < 2; i++)
        shelf_commit(s, NULL);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    /* The same file once more: what counts is that each gets its turn. */
    assert_int_equal(follower_add(f, s->f->bots[0].jid, s->journal_path, 1, 0, NULL), 0);
    struct follower_state states[FOLLOWER_BOTS_MAX];
    assert_int_equal(follower_poll(f, 1, &to), 1);
    assert_int_equal(follower_poll(f, 1, &to), 1);
    assert_int_equal(follower_states(f, states), 2);
    assert_true(states[0].next == 2 && states[1].next == 2);
}

static void follower__add__refuses_one_too_many(void **state)
{
    struct shelf *s = *state;
    struct diag d;
    shelf_put_all(s);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    for (unsigned i = 1; i < FOLLOWER_BOTS_MAX; i++)
        assert_int_equal(follower_add(f, "b", "/nowhere", 1, 0, &d), 0);
    assert_int_equal(follower_add(f, "b", "/nowhere", 1, 0, &d), ERR_LIMIT);
}

static void follower__poll__reads_a_batch_again_that_its_sink_did_not_take(void **state)
{
    struct shelf *s = *state;
    struct seen first = {.stop_message = 2}, second = {.stop_batch = 1}, third = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_int_equal(poll_all(f, &first), 42);
    assert_true(state_of(f).next == 1 && state_of(f).records == 0);
    assert_int_equal(poll_all(f, &second), 42);
    assert_int_equal(second.messages, SHELF_ROUND);
    assert_true(state_of(f).next == 1);
    assert_int_equal(poll_all(f, &third), 1);
    assert_int_equal(third.messages, SHELF_ROUND);
    assert_true(state_of(f).next == 2 && state_of(f).records == SHELF_ROUND);
}

static void follower__poll__counts_batches_of_others(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    struct age_identity stranger;
    struct follower *made = NULL;
    age_identity_generate(&stranger);
    shelf_put_all(s);
    shelf_commit(s, NULL);
    struct follower_options o = {.net = s->f->network,
                                 .documents = s->documents,
                                 .identities = &stranger,
                                 .identity_count = 1};
    assert_int_equal(follower_new(&o, &made, NULL), 0);
    CLEANUP(follower_free_cleanup) struct follower *f = made;
    assert_int_equal(follower_add(f, s->f->bots[0].jid, s->journal_path, 1, 0, NULL), 0);
    assert_int_equal(poll_all(f, &seen), 1);
    assert_int_equal(seen.messages, 0);
    assert_true(state_of(f).foreign == 1 && state_of(f).next == 2);
}

static void follower__poll__waits_for_a_journal_that_is_not_there(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    journal_close(TAKE(s->journal)); /* what is in its log comes into the file */
    CLEANUP_FREE char *elsewhere = file_join(s->folder, "elsewhere.db");
    assert_int_equal(rename(s->journal_path, elsewhere), 0);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_int_equal(poll_all(f, &seen), 0);
    assert_says(state_of(f).stopped, "no journal is there");
    assert_int_equal(rename(elsewhere, s->journal_path), 0);
    usleep(2 * AGAIN_MS * 1000);
    assert_int_equal(poll_all(f, &seen), 1);
    assert_string_equal(state_of(f).stopped, "");
}

static void follower__poll__waits_for_documents(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_remove(s, "warrant");
    shelf_commit(s, NULL);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_int_equal(poll_all(f, &seen), 0);
    assert_says(state_of(f).stopped, "batch 1: its warrant is not in");
    assert_int_equal(seen.messages, 0);
    shelf_put(s, "warrant", s->f->warrants[0].note);
    usleep(2 * AGAIN_MS * 1000);
    assert_int_equal(poll_all(f, &seen), 1);
    assert_int_equal(seen.messages, SHELF_ROUND);
    assert_string_equal(state_of(f).stopped, "");
}

/* Stops with a line that says `part`, for good, and with nothing of the batch handed on. */
static void assert_stops(struct follower *f, struct seen *seen, unsigned messages, const char *part)
{
    (void)poll_all(f, seen);
    assert_says(state_of(f).stopped, part);
    assert_int_equal(seen->messages, messages);
    usleep(2 * AGAIN_MS * 1000);
    assert_int_equal(poll_all(f, seen), 0);
    assert_int_equal(seen->messages, messages);
    assert_says(state_of(f).stopped, part);
}

static void follower__poll__stops_at_a_batch_whose_bytes_were_changed(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    shelf_sql(s, "UPDATE batch SET sealed = X'00' WHERE number = 2");
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_stops(f, &seen, SHELF_ROUND, "batch 2: its bytes are not those");
    assert_true(state_of(f).next == 2);
}

/* What was mended behind its back is looked at by a new one alone. */
static void follower__poll__stays_stopped_when_the_batch_is_mended(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0}, again = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_sql(s, "CREATE TABLE kept AS SELECT sealed FROM batch;"
                 "UPDATE batch SET sealed = X'00'");
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_int_equal(poll_all(f, &seen), 0);
    shelf_sql(s, "UPDATE batch SET sealed = (SELECT sealed FROM kept)");
    usleep(2 * AGAIN_MS * 1000);
    assert_int_equal(poll_all(f, &seen), 0);
    assert_says(state_of(f).stopped, "batch 1: its bytes");
    CLEANUP(follower_free_cleanup) struct follower *next = open_follower(s, 1, 0);
    assert_int_equal(poll_all(next, &again), 1);
}

static void follower__poll__stops_at_a_batch_that_is_missing(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    shelf_sql(s, "DELETE FROM batch WHERE number = 1");
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_stops(f, &seen, 0, "batch 1: it is missing");
}

static void follower__poll__stops_at_a_leaf_that_is_not_the_batchs(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_sql(s, "UPDATE batch SET policy = 2"); /* it is in the leaf, and in no document */
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_stops(f, &seen, 0, "leaf 3 of the tree is not its batch's");
}

static void follower__poll__stops_at_a_round_that_the_bot_did_not_sign(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_sql(s, "UPDATE round SET at = at + 1");
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_stops(f, &seen, 0, "the bot's signature does not match");
}

static void follower__poll__hands_on_nothing_of_a_batch_with_a_fault_in_it(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, &(struct shelf_wrong){.extra_record = true});
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_stops(f, &seen, SHELF_ROUND, "holds other lines than the 3 it should");
}

static void follower__poll__stops_at_a_batch_that_is_not_sealed_to_its_agency(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, &(struct shelf_wrong){.only_to = &s->f->warrants[0].agencies[1]});
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_stops(f, &seen, 0, "does not open with this identity");
}

static void follower__poll__stops_at_another_bots_journal(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_sql(s, "UPDATE meta SET value = 'other.chat.example' WHERE name = 'bot'");
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_stops(f, &seen, 0, "the journal is of another bot");
}

static void follower__poll__stops_at_another_key_than_the_policys(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_sql(s, "UPDATE meta SET value = zeroblob(32) WHERE name = 'key'");
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_stops(f, &seen, 0, "of another key than the bot's");
}

static void follower__poll__stops_where_the_tree_was_longer(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 6);
    assert_stops(f, &seen, 0, "its tree had 6 leaves and has 5");
}

static void put_checkpoint(struct shelf *s, const uint8_t root[static MERKLE_BYTES])
{
    const struct fixture_bot *bot = &s->f->bots[0];
    struct diag d;
    struct checkpoint c = {.size = journal_size(s->journal)};
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    memcpy(c.root, root, MERKLE_BYTES);
    checkpoint_sign(&note, bot->jid, &c, "", &bot->signer.key, bot->signer.secret);
    if (journal_put_checkpoint(s->journal, &c, buf_text(&note), &d) != 0)
        fail_msg("%s", d.text);
}

static void follower__poll__stops_at_a_checkpoint_of_another_root(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    uint8_t root[MERKLE_BYTES];
    shelf_put_all(s);
    shelf_commit(s, NULL);
    assert_int_equal(journal_root(s->journal, journal_size(s->journal), root), 0);
    put_checkpoint(s, root);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    struct follower_state states[FOLLOWER_BOTS_MAX];
    assert_int_equal(poll_all(f, &seen), 1);
    assert_int_equal(follower_states(f, states), 1);
    assert_true(states[0].covered == 5 && states[0].size == 5);
    shelf_commit(s, NULL);
    put_checkpoint(s, root);
    assert_stops(f, &seen, SHELF_ROUND, "the bot signed another tree of 10 leaves");
}

/* The same number of leaves, but other ones: seen by who had seen them before. */
static void follower__poll__stops_where_the_tree_was_another(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_int_equal(poll_all(f, &seen), 1);
    shelf_sql(s, "UPDATE tile SET hashes = X'00' || substr(hashes, 2) WHERE level = 0");
    assert_stops(f, &seen, SHELF_ROUND, "its tree of 5 leaves is another than it was");
}

static void follower__poll__goes_on_with_the_others_where_one_stops(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    struct follower_state states[FOLLOWER_BOTS_MAX];
    shelf_put_all(s);
    shelf_commit(s, NULL);
    shelf_commit(s, NULL);
    journal_close(TAKE(s->journal));
    CLEANUP_FREE char *copy = file_join(s->folder, "copy.db");
    CLEANUP_BUF struct buf b = BUF_INIT(1 << 24);
    assert_int_equal(file_read(s->journal_path, &b, NULL), 0);
    assert_int_equal(file_write(copy, b.data, b.len, 0600, NULL), 0);
    shelf_sql(s, "UPDATE batch SET sealed = X'00' WHERE number = 2");
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_int_equal(follower_add(f, s->f->bots[0].jid, copy, 1, 0, NULL), 0);
    assert_int_equal(poll_all(f, &seen), 3);
    assert_int_equal(follower_states(f, states), 2);
    assert_says(states[0].stopped, "batch 2");
    assert_string_equal(states[1].stopped, "");
    assert_true(states[0].next == 2 && states[1].next == 3);
}

static void follower__new__needs_its_documents(void **state)
{
    struct shelf *s = *state;
    struct follower *f = NULL;
    struct diag d;
    struct follower_options o = {.net = s->f->network,
                                 .documents = "/nowhere/at/all",
                                 .identities = &s->f->warrants[0].agencies[0],
                                 .identity_count = 1};
    assert_int_equal(follower_new(&o, &f, &d), ERR_IO);
    assert_says(d.text, "/nowhere/at/all");
    assert_null(f);
}

/* News once, and again when the documents or the log have changed. */
static void follower__validities__are_news_when_they_change(void **state)
{
    struct shelf *s = *state;
    const struct validities *v = NULL;
    struct diag d;
    shelf_put_all(s);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_int_equal(follower_validities(f, &v, &d), 1);
    assert_true(v->policy == 1 && v->count == 1 && v->items[0].named);
    assert_int_equal(follower_validities(f, &v, &d), 0);
    assert_true(v->policy == 1);
    struct policy_set *next = fixture_policy(
        s->f, &(struct fixture_policy_options){
                  .serial = 2, .revoked = "revoked warrant 2020-0001 2021-06-07T09:00:00.000Z\n"});
    usleep(10000); /* the folder's time is another then */
    shelf_put(s, "policy-2", next->policy->document.note);
    policy_set_free(next);
    assert_int_equal(follower_validities(f, &v, &d), 1);
    assert_int_equal(v->policy, 2);
}

/* A log that is none is said, and counts as none. */
static void follower__validities__of_a_log_that_is_broken(void **state)
{
    struct shelf *s = *state;
    const struct validities *v = NULL;
    struct follower *f = NULL;
    struct diag d = {""};
    CLEANUP_FREE char *log = file_join(s->folder, "log.db");
    struct follower_options o = {.net = s->f->network,
                                 .documents = s->documents,
                                 .log = log,
                                 .identities = &s->f->warrants[0].agencies[0],
                                 .identity_count = 1};
    shelf_put_all(s);
    FIXTURE_MUST(file_write(log, "no log", 6, 0600, NULL) == 0);
    assert_int_equal(follower_new(&o, &f, &d), 0);
    assert_int_equal(follower_validities(f, &v, &d), 1);
    assert_says(d.text, "log.db");
    assert_true(v->policy == 1 && !v->logged && v->count == 1);
    follower_free(f);
}

static void follower__clock__is_the_journals(void **state)
{
    struct shelf *s = *state;
    struct seen seen = {0};
    shelf_put_all(s);
    shelf_commit(s, NULL);
    CLEANUP(follower_free_cleanup) struct follower *f = open_follower(s, 1, 0);
    assert_true(follower_clock(f) == 0);
    assert_int_equal(poll_all(f, &seen), 1);
    assert_true(follower_clock(f) == FIXTURE_AT + 2);
}

int main(void)
{
    secret_init();
    const struct CMUnitTest tests[] = {
        SHELF_TEST(follower__validities__are_news_when_they_change),
        SHELF_TEST(follower__validities__of_a_log_that_is_broken),
        SHELF_TEST(follower__clock__is_the_journals),
        SHELF_TEST(follower__poll__hands_on_every_record_and_then_its_batch),
        SHELF_TEST(follower__poll__goes_on_where_it_was_and_sees_what_is_new),
        SHELF_TEST(follower__poll__reads_no_more_than_it_may),
        SHELF_TEST(follower__poll__takes_journals_in_turn),
        SHELF_TEST(follower__add__refuses_one_too_many),
        SHELF_TEST(follower__poll__reads_a_batch_again_that_its_sink_did_not_take),
        SHELF_TEST(follower__poll__counts_batches_of_others),
        SHELF_TEST(follower__poll__waits_for_a_journal_that_is_not_there),
        SHELF_TEST(follower__poll__waits_for_documents),
        SHELF_TEST(follower__poll__stops_at_a_batch_whose_bytes_were_changed),
        SHELF_TEST(follower__poll__stays_stopped_when_the_batch_is_mended),
        SHELF_TEST(follower__poll__stops_at_a_batch_that_is_missing),
        SHELF_TEST(follower__poll__stops_at_a_leaf_that_is_not_the_batchs),
        SHELF_TEST(follower__poll__stops_at_a_round_that_the_bot_did_not_sign),
        SHELF_TEST(follower__poll__hands_on_nothing_of_a_batch_with_a_fault_in_it),
        SHELF_TEST(follower__poll__stops_at_a_batch_that_is_not_sealed_to_its_agency),
        SHELF_TEST(follower__poll__stops_at_another_bots_journal),
        SHELF_TEST(follower__poll__stops_at_another_key_than_the_policys),
        SHELF_TEST(follower__poll__stops_where_the_tree_was_longer),
        SHELF_TEST(follower__poll__stops_at_a_checkpoint_of_another_root),
        SHELF_TEST(follower__poll__stops_where_the_tree_was_another),
        SHELF_TEST(follower__poll__goes_on_with_the_others_where_one_stops),
        SHELF_TEST(follower__new__needs_its_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
