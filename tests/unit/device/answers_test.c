/* What a sender makes of the bot's answers. */
#include "world.h"

#include <string.h>

#include "base/memory.h"
#include "store/values.h"

#define STOPPED "SELECT count(*) FROM outbox WHERE state = 5"

/* Refusals that stop the message; those behind it go on. */
static void answers__stop__refused_message(void **state)
{
    (void)state;
    static const struct {
        enum verdict_reason reason;
        const char *says;
        int times;
    } rows[] = {
        {VERDICT_NOT_COVERED, "other warrants cover the message", 1},
        {VERDICT_BAD_SEAL, "could not open the seal", 1},
        {VERDICT_BAD_PLACE, "refused this device's place token", 2}, /* another token may do */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        w->bot.refuse = rows[i].reason;
        w->bot.once = rows[i].times;
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        assert_int_equal(party_count_said(anna(w), rows[i].says), 1);
        assert_int_equal(party_number(anna(w), STOPPED), 1);
        assert_int_equal(anna(w)->deliveries, 0);
        party_send(anna(w), bert(w)->account, "m2", "Good evening.");
        /* A refusal takes its place in the chain. */
        assert_int_equal(w->bot.last_n, rows[i].times + 1);
        assert_int_equal(party_count_shown(bert(w), "Good evening."), 1);
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 0);
    }
}

/* Signed anew: the same id, the next n, delivered once. */
static void answers__sign_anew__once(void **state)
{
    (void)state;
    static const enum verdict_reason rows[] = {VERDICT_OLD_POLICY, VERDICT_WRONG_DAY,
                                               VERDICT_BAD_PLACE};
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        w->bot.refuse = rows[i];
        w->bot.once = 1;
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        assert_int_equal(w->bot.refused, 1);
        assert_int_equal(w->bot.archived, 1);
        assert_string_equal(w->bot.last_id, "m1");
        assert_int_equal(w->bot.last_n, 2);
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
        assert_string_equal(party_said(anna(w)), "");
    }
}

/* Nothing of the verdict is kept, and the person is told why. */
static void answers__take__store_refuses_a_verdict(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_sql(anna(w), "CREATE TRIGGER full BEFORE INSERT ON round"
                       " BEGIN SELECT RAISE(ABORT, 'no room'); END");
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_string_equal(party_said(anna(w)), "a verdict cannot be written into the store");
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM chain"), 0);
    assert_int_equal(anna(w)->deliveries, 0);
}

/* That a row is there already is no answer but where the message has been shown before. */
static void answers__take__store_has_another_row_already(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_sql(anna(w), "CREATE TABLE once(a UNIQUE); INSERT INTO once VALUES(1);"
                       "CREATE TRIGGER full BEFORE UPDATE ON outbox WHEN NEW.state = 3"
                       " BEGIN INSERT INTO once VALUES(1); END");
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_string_equal(party_said(anna(w)), "a verdict cannot be written into the store");
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM message"), 0);
    assert_int_equal(anna(w)->deliveries, 0);
}

static void answers__take__newest_policy(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6});
    w->bot.refuse = VERDICT_OLD_POLICY;
    w->bot.once = 1;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(anna(w)->device->newest, 6);
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

static void answers__stop__wrong_day_twice_running(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    w->bot.refuse = VERDICT_WRONG_DAY;
    w->bot.once = 2;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(w->bot.refused, 2);
    assert_int_equal(party_count_said(anna(w), "set this device's clock"), 1);
    assert_int_equal(party_number(anna(w), STOPPED), 1);
    party_send(anna(w), bert(w)->account, "m2", "Good evening.");
    assert_int_equal(w->bot.last_n, 3);
    assert_int_equal(party_count_shown(bert(w), "Good evening."), 1);
}

/* Twice, but not running: another refusal lies between. */
static void answers__sign_anew__wrong_day_twice_apart(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    static const enum verdict_reason reasons[] = {VERDICT_WRONG_DAY, VERDICT_OLD_POLICY,
                                                  VERDICT_WRONG_DAY};
    w->bot.silent = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    for (size_t i = 0; i < COUNT(reasons); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(65536);
        struct arena arena = ARENA_INIT(1U << 20);
        struct outbox_entry e;
        assert_int_equal(outbox_find(anna(w)->store, "m1", &arena, &e), 0);
        assert_int_equal(e.state, OUTBOX_SIGNED);
        struct verdict_line l = {.n = e.envelope.n, .state = VERDICT_REFUSED, .reason = reasons[i]};
        memcpy(l.digest, e.digest, HASH_BYTES);
        memcpy(l.certificate, e.envelope.certificate, HASH_BYTES);
        world_put_verdict(w, &b, &w->f->bots[0], anna(w)->account, "m1", &l, world_now());
        party_take(anna(w), buf_text(&b));
        arena_clear(&arena);
    }
    assert_int_equal(party_number(anna(w), STOPPED), 0);
    assert_string_equal(party_said(anna(w)), "");
}

static void answers__stop__device_after_conflict(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct diag d;
    const char *to[] = {bert(w)->account};
    struct device_text m = {.to = to, .to_count = 1, .body = "More.", .body_len = 5};
    w->bot.refuse = VERDICT_CONFLICT;
    w->bot.once = 1;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(party_count_said(anna(w), "needs a new activation"), 1);
    for (int i = 0; i < 2; i++) { /* a restart does not change that */
        assert_int_equal(device_send(anna(w)->device, &m, NULL, &d), ERR_INVALID_STATE);
        assert_non_null(strstr(d.text, "needs a new activation"));
        party_reopen(anna(w));
    }
    assert_int_equal(anna(w)->blind_copies, 1);
    assert_int_equal(anna(w)->deliveries, 0);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM chain"), 0);
}

/* "later" is unsigned and changes nothing, whatever it says: the same bytes again. */
static const enum later_reason laters[] = {LATER_SLOW_DOWN, LATER_CLOSED,    LATER_UNKNOWN_DEVICE,
                                           LATER_MALFORMED, LATER_TOO_LARGE, LATER_BAD_SIGNATURE,
                                           LATER_GAP,       LATER_FILE};

static void answers__send_again__later(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(laters); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        w->bot.later = laters[i];
        w->bot.once = 1;
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        assert_int_equal(w->bot.archived, 0);
        assert_int_equal(anna(w)->blind_copies, 1); /* not before the pause is over */
        party_wait(anna(w));
        assert_int_equal(anna(w)->blind_copies, 2);
        assert_int_equal(w->bot.last_n, 1);
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
        assert_int_equal(party_number(anna(w), STOPPED), 0);
    }
}

static void say_later(struct world *w, const char *id, enum later_reason reason)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    buf_format(&b, "<message xmlns='jabber:client' from='%s' to='%s' id='%s'>", w->f->bots[0].jid,
               anna(w)->account, id);
    later_put_xml(&b, &(struct later){.reason = reason, .seconds = 1});
    buf_put_text(&b, "</message>");
    party_take(anna(w), buf_text(&b));
}

/* The server hands the blind copy over, keeps the verdict, and says something in the bot's name.
 * Another message in the place of the archived one would be a conflict, and the device's end. */
static void answers__keep__chain_when_later_is_forged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(laters); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        w->bot.withheld = true;
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        assert_int_equal(w->bot.archived, 1);
        say_later(w, "m1", laters[i]);
        party_send(anna(w), bert(w)->account, "m2", "Good evening.");
        party_reopen(anna(w)); /* it is the same after a restart */
        world_run(w);
        w->bot.withheld = false;
        party_wait(anna(w));
        assert_int_equal(w->bot.strange, 0);
        assert_int_equal(w->bot.archived, 2);
        assert_int_equal(w->bot.last_n, 2);
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
        assert_int_equal(party_count_shown(bert(w), "Good evening."), 1);
        assert_int_equal(party_number(anna(w), STOPPED), 0);
    }
}

/* What will not pass by itself is said once, with what may help; its reason stands in the outbox
 * until it has passed. */
static void answers__say__later_that_lasts(void **state)
{
    (void)state;
    static const struct {
        enum later_reason reason;
        const char *says;
    } rows[] = {
        {LATER_MALFORMED, "says that it is malformed"},
        {LATER_TOO_LARGE, "says that it is too large"},
        {LATER_BAD_SIGNATURE, "says that its signature is bad"},
        {LATER_GAP, "says that it lacks the messages before it"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        w->bot.later = rows[i].reason;
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        party_wait(anna(w));
        party_wait(anna(w));
        assert_int_equal(anna(w)->blind_copies, 3);
        assert_int_equal(party_count_said(anna(w), rows[i].says), 1);
        assert_int_equal(party_count_said(anna(w), "It is sent again unchanged"), 1);
        assert_int_equal(anna(w)->notice_count, 1);
        assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox WHERE reason != ''"),
                         1);
        w->bot.later = 0;
        party_wait(anna(w));
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
        assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox WHERE reason != ''"),
                         0);
    }
}

/* Its warrant is a new one, too: day keys are the bot's. */
static void change_bot_key(struct world *w)
{
    CLEANUP_FREE char *jid = mem_string(w->f->bots[0].jid);
    int64_t first = w->f->warrants[0].from_day, last = w->f->warrants[0].until_day;
    fixture_signer_init(&w->f->bots[0].signer, jid, "second key");
    w->f->warrants[1] = w->f->warrants[0]; /* kept, to be freed */
    w->f->warrant_count = 0;
    fixture_add_warrant(w->f, &(struct fixture_warrant_options){
                                  .id = "2021-0001", .from_day = first, .until_day = last});
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6});
    w->f->warrant_count = 2;
}

static void answers__wait__for_new_key_of_lost_bot(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    w->bot.later = LATER_GAP;
    party_send(anna(w), bert(w)->account, "m2", "Good evening.");
    assert_int_equal(party_count_said(anna(w), "lacks the messages before it"), 1);
    party_reopen(anna(w));
    party_wait(anna(w));
    assert_int_equal(w->bot.last_n, 2); /* still the same bytes */
    assert_int_equal(w->bot.archived, 1);
    w->bot.later = 0;
    change_bot_key(w);
    world_announce(w, anna(w));
    assert_int_equal(w->bot.last_n, 1); /* a chain of its own */
    assert_int_equal(party_count_shown(bert(w), "Good evening."), 1);
}

/* What is before a bot's key that the new policy does not name is signed anew for the new one, also
 * when the device ended as soon as it had the policy. */
static void answers__sign_anew__for_new_bot_key(void **state)
{
    (void)state;
    for (int crash = 0; crash < 2; crash++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        w->bot.silent = true;
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        change_bot_key(w);
        w->bot.silent = false;
        if (crash) /* the first is the log's */
            party_crash_at(anna(w), 2, true);
        world_announce(w, anna(w));
        if (crash) {
            assert_true(anna(w)->dead);
            assert_int_equal(party_number(anna(w), "SELECT max(serial) FROM policy"), 6);
            party_reopen(anna(w));
            world_run(w);
        }
        party_wait(anna(w));
        assert_int_equal(w->bot.strange, 0);
        assert_int_equal(w->bot.archived, 1);
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
    }
}

/* Nothing goes on as if it had been written down, and the person is told. */
static void answers__say__store_refuses_to_leave_a_bot(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    w->bot.silent = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    change_bot_key(w);
    party_sql(anna(w), "CREATE TRIGGER full BEFORE INSERT ON value WHEN NEW.name = '" VALUE_LEFT
                       "' BEGIN SELECT RAISE(ABORT, 'no room'); END");
    world_announce(w, anna(w));
    assert_int_equal(party_count_said(anna(w), "cannot be written into the store"), 1);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox WHERE state = 2"), 1);
    party_sql(anna(w), "DROP TRIGGER full");
    party_reopen(anna(w));
    w->bot.silent = false;
    world_run(w);
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

/* The bot's first key, with the first warrant, is in force again. */
static void take_first_key_back(struct world *w, uint32_t serial)
{
    CLEANUP_FREE char *jid = mem_string(w->f->bots[0].jid);
    struct fixture_warrant second = w->f->warrants[0];
    fixture_signer_init(&w->f->bots[0].signer, jid, jid);
    w->f->warrants[0] = w->f->warrants[1];
    w->f->warrants[1] = second;
    w->f->warrant_count = 1;
    world_new_policy(w, &(struct fixture_policy_options){.serial = serial});
    w->f->warrant_count = 2;
}

/* A message was left behind at a bot's key, and that key comes back: nobody but the bot knows
 * whether it has it. If it has, its place is taken; that is not this device's end. */
static void answers__go_on__when_bot_key_comes_back(void **state)
{
    (void)state;
    for (int archived = 0; archived < 2; archived++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        w->bot.withheld = archived;
        w->bot.silent = !archived;
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        assert_int_equal(w->bot.archived, archived);
        change_bot_key(w);
        w->bot.withheld = w->bot.silent = false;
        world_announce(w, anna(w));
        world_announce(w, bert(w));
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
        take_first_key_back(w, 7);
        world_announce(w, anna(w));
        world_announce(w, bert(w));
        party_reopen(anna(w));
        world_run(w);
        party_send(anna(w), bert(w)->account, "m2", "Good evening.");
        party_send(anna(w), bert(w)->account, "m3", "Good night.");
        assert_int_equal(w->bot.strange, archived); /* one conflict, and on from there */
        assert_int_equal(w->bot.last_n, archived + 2);
        assert_int_equal(party_count_shown(bert(w), "Good evening."), 1);
        assert_int_equal(party_count_shown(bert(w), "Good night."), 1);
        assert_int_equal(party_count_said(anna(w), "needs a new activation"), 0);
        /* What the bot has twice is a conflict again, and the end. */
        party_sql(anna(w), "UPDATE chain SET n = n - 1 WHERE n > 1");
        party_send(anna(w), bert(w)->account, "m4", "One more.");
        assert_int_equal(party_count_said(anna(w), "needs a new activation"), 1);
    }
}

/* What is not the bot's. */

static void answers__ignore__verdict_of_wrong_key(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    w->bot.silent = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_state(anna(w), before);
    w->bot.silent = false;
    w->bot.forge = true;
    party_wait(anna(w));
    party_state(anna(w), after);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(party_count_said(anna(w), "a verdict that the bot did not sign was ignored"),
                     1);
    assert_int_equal(anna(w)->deliveries, 0);
    w->bot.forge = false;
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

/* Well signed, but for another digest, another n, or a message that waits no more. */
static void answers__ignore__verdict_for_something_else(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    struct outbox_entry e;
    struct arena arena = ARENA_INIT(1U << 20);
    w->bot.silent = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(outbox_find(anna(w)->store, "m1", &arena, &e), 0);
    party_state(anna(w), before);
    for (int i = 0; i < 3; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(65536);
        struct verdict_line l = {.n = e.envelope.n + (i == 1), .state = VERDICT_ARCHIVED};
        memcpy(l.digest, e.digest, HASH_BYTES);
        memcpy(l.certificate, e.envelope.certificate, HASH_BYTES);
        l.digest[0] ^= i == 0;
        world_put_verdict(w, &b, &w->f->bots[0], anna(w)->account, i == 2 ? "m9" : "m1", &l,
                          world_now());
        party_take(anna(w), buf_text(&b));
    }
    party_state(anna(w), after);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(anna(w)->deliveries, 0);
    arena_clear(&arena);
}

/* Its verdict is taken once; the message has gone on. */
static void answers__ignore__verdict_twice(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    unsigned deliveries = anna(w)->deliveries;
    party_state(anna(w), before);
    party_take(anna(w), w->bot.chains[0].answer);
    party_state(anna(w), after);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(anna(w)->deliveries, deliveries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers__stop__refused_message),
        cmocka_unit_test(answers__sign_anew__once),
        cmocka_unit_test(answers__take__store_refuses_a_verdict),
        cmocka_unit_test(answers__take__store_has_another_row_already),
        cmocka_unit_test(answers__take__newest_policy),
        cmocka_unit_test(answers__stop__wrong_day_twice_running),
        cmocka_unit_test(answers__sign_anew__wrong_day_twice_apart),
        cmocka_unit_test(answers__stop__device_after_conflict),
        cmocka_unit_test(answers__send_again__later),
        cmocka_unit_test(answers__keep__chain_when_later_is_forged),
        cmocka_unit_test(answers__say__later_that_lasts),
        cmocka_unit_test(answers__wait__for_new_key_of_lost_bot),
        cmocka_unit_test(answers__sign_anew__for_new_bot_key),
        cmocka_unit_test(answers__say__store_refuses_to_leave_a_bot),
        cmocka_unit_test(answers__go_on__when_bot_key_comes_back),
        cmocka_unit_test(answers__ignore__verdict_of_wrong_key),
        cmocka_unit_test(answers__ignore__verdict_for_something_else),
        cmocka_unit_test(answers__ignore__verdict_twice),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
