/* Asking the bot to show that its verdicts lie in its log. */
#include "world.h"

#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "store/values.h"
#include "wire/inclusion.h"

#define LEAVES 3
#define OURS 1
#define ROUNDS "SELECT count(*) FROM round"

/* What an honest bot would answer about the only round that anna has kept. */
static char *make_proof(struct world *w, const struct fixture_signer *signer)
{
    struct store_round round;
    uint8_t leaves[LEAVES][MERKLE_BYTES] = {{1}, {0}, {3}};
    struct inclusion proof = {.index = OURS};
    struct checkpoint c = {.size = LEAVES};
    CLEANUP_BUF struct buf leaf = BUF_INIT(512), note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    struct buf b = BUF_INIT(65536);
    assert_int_equal(store_next_round(anna(w)->store, 0, &round), 0);
    verdict_round_leaf_text(&leaf, round.root, round.count);
    merkle_leaf(leaf.data, leaf.len, leaves[OURS]);
    struct merkle_memory *tree = merkle_memory_new((const uint8_t(*)[MERKLE_BYTES])leaves, LEAVES);
    merkle_memory_root(tree, c.root);
    proof.path_count = merkle_memory_path(tree, OURS, proof.path);
    merkle_memory_free(tree);
    checkpoint_sign(&note, w->f->bots[0].jid, &c, "", &signer->key, signer->secret);
    proof.checkpoint = buf_text(&note);
    inclusion_put_answer(&b, &proof);
    assert_false(buf_failed(&b));
    return buf_take_text(&b);
}

static void proofs__asks__for_inclusion(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(party_number(anna(w), ROUNDS), 1);
    party_wait(anna(w));
    assert_int_equal(w->bot.asked_proof, 0); /* a checkpoint over it may not be there yet */
    party_sql(anna(w), "UPDATE round SET kept = kept - 91000");
    party_wait(anna(w));
    assert_int_equal(w->bot.asked_proof, 1);
    assert_int_equal(party_number(anna(w), ROUNDS), 1);
    w->bot.proof = make_proof(w, &w->f->bots[0].signer);
    party_wait(anna(w)); /* from the oldest on again */
    party_wait(anna(w));
    assert_int_equal(w->bot.asked_proof, 2);
    assert_int_equal(party_number(anna(w), ROUNDS), 0);
    assert_int_equal(
        party_number(anna(w), "SELECT count(*) FROM value WHERE name LIKE 'checkpoint %'"), 1);
    CLEANUP_SECRET char *note = store_get(anna(w)->store, VALUE_BOT_CHECKPOINT, NULL);
    assert_non_null(note); /* as the bot signed it: others can hold it against its journal */
    assert_int_equal(strncmp(note, w->f->bots[0].jid, strlen(w->f->bots[0].jid)), 0);
    assert_non_null(strstr(note, "\n\n\xe2\x80\x94 "));
    assert_string_equal(party_said(anna(w)), "");
}

static void proofs__warns_once__after_a_day(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_sql(anna(w), "UPDATE round SET kept = kept - 86390000");
    party_wait(anna(w));
    assert_int_equal(w->bot.asked_proof, 1);
    assert_string_equal(party_said(anna(w)), "");
    party_sql(anna(w), "UPDATE round SET kept = kept - 20000");
    for (int i = 0; i < 4; i++)
        party_wait(anna(w));
    party_reopen(anna(w));
    for (int i = 0; i < 4; i++)
        party_wait(anna(w));
    assert_int_equal(party_count_said(anna(w), "has not shown within a day"), 1);
    assert_true(w->bot.asked_proof > 3); /* and goes on asking */
    assert_int_equal(party_number(anna(w), ROUNDS), 1);
}

static void proofs__warns_once__of_false_proof(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct fixture_signer forger;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_sql(anna(w), "UPDATE round SET kept = kept - 91000");
    fixture_signer_init(&forger, w->f->bots[0].jid, "forger");
    w->bot.proof = make_proof(w, &forger);
    for (int i = 0; i < 4; i++)
        party_wait(anna(w));
    assert_int_equal(party_count_said(anna(w), "WARNING"), 1);
    assert_int_equal(party_number(anna(w), ROUNDS), 1);
}

/* The policy does not name that bot any more: nobody can be asked, and what others have kept is. */
static void proofs__go_on__behind_retired_key(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_send(anna(w), bert(w)->account, "m2", "Good evening.");
    party_sql(anna(w), "UPDATE round SET bot_key = zeroblob(32), kept = kept - 86390000"
                       " WHERE number = 1");
    party_sql(anna(w), "UPDATE round SET kept = kept - 91000 WHERE number = 2");
    party_wait(anna(w));
    assert_int_equal(w->bot.asked_proof, 1);
    assert_string_equal(party_said(anna(w)), "");
    party_sql(anna(w), "UPDATE round SET kept = kept - 20000 WHERE number = 1");
    for (int i = 0; i < 4; i++)
        party_wait(anna(w));
    assert_true(w->bot.asked_proof > 1);
    assert_int_equal(party_count_said(anna(w), "has not shown within a day"), 1);
}

/* An answer that says nothing is none. */
static void proofs__warns_once__of_answers_without_form(void **state)
{
    (void)state;
    static const char *const answers[] = {"<nothing xmlns='x'/>", "no element"};
    for (size_t i = 0; i < COUNT(answers); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        party_sql(anna(w), "UPDATE round SET kept = kept - 91000");
        w->bot.proof = mem_string(answers[i]);
        party_wait(anna(w));
        assert_int_equal(w->bot.asked_proof, 1);
        assert_string_equal(party_said(anna(w)), ""); /* the next one may be in order */
        party_sql(anna(w), "UPDATE round SET kept = kept - 86390000");
        for (int j = 0; j < 4; j++)
            party_wait(anna(w));
        assert_int_equal(party_count_said(anna(w), "has not shown within a day"), 1);
        assert_int_equal(party_number(anna(w), ROUNDS), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proofs__asks__for_inclusion),
        cmocka_unit_test(proofs__warns_once__after_a_day),
        cmocka_unit_test(proofs__warns_once__of_false_proof),
        cmocka_unit_test(proofs__go_on__behind_retired_key),
        cmocka_unit_test(proofs__warns_once__of_answers_without_form),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
