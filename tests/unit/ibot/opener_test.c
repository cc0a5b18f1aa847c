/* The chain of each device: repeats, conflicts, gaps, generations; and rounds. */
#include "table.h"

#include <stdio.h>

#include "ibot/opener_internal.h"

#define FRESH(s)                                                                                   \
    (void)state;                                                                                   \
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL)

/* The device's next message, not sent yet. */
static struct fixture_message *next(const struct scene *s, const char *id)
{
    return fixture_message_new(s->f, s->set, s->dev, &(struct fixture_message_options){.id = id});
}

static struct verdict ask(struct scene *s, const struct fixture_message *m)
{
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    return bot_verdict(s->b, bot_ask(s->b, stanza), s->dev);
}

static void assert_same_verdict(const struct verdict *a, const struct verdict *b)
{
    CLEANUP_BUF struct buf x = BUF_INIT(4096), y = BUF_INIT(4096);
    verdict_put(&x, a);
    verdict_put(&y, b);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.data, y.data, x.len);
}

/* The stored verdict again, byte for byte, whatever has become of the seal's key: nothing is
 * opened, and nothing is written. */
static void opener__repeat__stored_verdict(void **state)
{
    FRESH(s);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = next(s, "r1");
    struct verdict first = ask(s, m);
    assert_int_equal(first.line.state, VERDICT_ARCHIVED);
    fixture_device_advance(s->dev, m);
    uint64_t size = journal_size(s->b->journal);
    for (int i = 0; i < 3; i++) {
        struct verdict again = ask(s, m);
        assert_same_verdict(&first, &again);
    }
    assert_true(journal_size(s->b->journal) == size);
    assert_still_works(s, 1);
    struct verdict old = ask(s, m); /* not the head any more */
    assert_same_verdict(&first, &old);
    assert_int_equal(bot_audit(s->b).archived, 3);
}

static void opener__repeat__unopened(void **state)
{
    FRESH(s);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = next(s, "r1");
    struct verdict first = ask(s, m);
    fixture_device_advance(s->dev, m);
    bot_restart(s->b);
    struct daykeys *none = NULL; /* the new generation has no key at all */
    struct fixture *f = fixture_new(NULL);
    static const uint8_t credential[DAYKEYS_CREDENTIAL_BYTES] = {7};
    bot_write_daykeys(f, s->b->daykeys_path, 0, credential);
    fixture_free(f);
    FILE *file = fopen(s->b->daykeys_path, "r+");
    assert_int_equal(daykeys_open(fileno(file), credential, &none, NULL), 0);
    struct daykeys *all = s->b->openers[0]->o.keys;
    s->b->openers[0]->o.keys = none;
    bot_run(s->b);
    struct verdict again = ask(s, m);
    assert_same_verdict(&first, &again);
    s->b->openers[0]->o.keys = all;
    daykeys_free(none);
    fclose(file);
    assert_still_works(s, 1);
}

/* In the same round, before the keeper has seen the first. */
static void opener__repeat__in_the_open_round(void **state)
{
    FRESH(s);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = next(s, "r1");
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    bot_feed(s->b, stanza);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 2);
    struct verdict a = bot_verdict(s->b, &s->b->answers[0], s->dev);
    struct verdict b = bot_verdict(s->b, &s->b->answers[1], s->dev);
    assert_same_verdict(&a, &b);
    fixture_device_advance(s->dev, m);
    assert_still_works(s, 1);
}

static void opener__head_taken__conflict(void **state)
{
    FRESH(s);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *a = next(s, "a");
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *b = next(s, "b");
    assert_int_equal(ask(s, a).line.state, VERDICT_ARCHIVED);
    fixture_device_advance(s->dev, a);
    struct verdict v = ask(s, b);
    assert_int_equal(v.line.reason, VERDICT_CONFLICT);
    assert_memory_equal(v.line.digest, b->digest, HASH_BYTES);
    assert_int_equal(v.line.n, 1);
    assert_int_equal(bot_audit(s->b).conflicts, 1);
    assert_still_works(s, 1);
}

/* The keeper is asked, and says that it was another. */
static void opener__older_n_taken__conflict(void **state)
{
    FRESH(s);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *b = next(s, "b");
    bot_archive_one(s->b, s->set, s->dev);
    bot_archive_one(s->b, s->set, s->dev);
    bot_archive_one(s->b, s->set, s->dev);
    assert_int_equal(ask(s, b).line.reason, VERDICT_CONFLICT);
    assert_still_works(s, 3);
}

static void opener__wrong_prev__conflict(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = next(s, "p");
    m->envelope.prev[0] ^= 1;
    fixture_message_sign(m, s->f, s->set, s->dev);
    assert_int_equal(ask(s, m).line.reason, VERDICT_CONFLICT);
    assert_still_works(s, 1);
}

static void opener__first_with_prev__conflict(void **state)
{
    FRESH(s);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = next(s, "p");
    m->envelope.prev[0] ^= 1;
    fixture_message_sign(m, s->f, s->set, s->dev);
    assert_int_equal(ask(s, m).line.reason, VERDICT_CONFLICT);
    assert_still_works(s, 0);
}

static void opener__gap__later(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *first = next(s, "first");
    uint8_t prev[HASH_BYTES];
    memcpy(prev, s->dev->prev, HASH_BYTES);
    fixture_device_advance(s->dev, first); /* sent, as it thinks, but it never came */
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *second = next(s, "second");
    CLEANUP_FREE char *stanza = fixture_stanza(second, true);
    assert_int_equal(bot_later(bot_ask(s->b, stanza)).reason, LATER_GAP);
    assert_int_equal(ask(s, first).line.state, VERDICT_ARCHIVED);
    assert_int_equal(ask(s, second).line.state, VERDICT_ARCHIVED); /* the same bytes */
    fixture_device_advance(s->dev, second);
    assert_still_works(s, 3);
}

/* Refused twice in a row: each took its n, and the chain goes on from the second. */
static void opener__wrong_day_twice__chain_goes_on(void **state)
{
    FRESH(s);
    const struct fixture_message_options o = {.at_unix_ms = FIXTURE_AT + VALUE_AHEAD_MAX_MS + 1};
    for (int i = 0; i < 2; i++) {
        CLEANUP(fixture_message_free_cleanup)
        struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, &o);
        struct verdict v = ask(s, m);
        assert_int_equal(v.line.reason, VERDICT_WRONG_DAY);
        fixture_device_advance(s->dev, m);
        struct verdict again = ask(s, m); /* final: the hour of a later clock changes nothing */
        assert_same_verdict(&v, &again);
    }
    assert_int_equal(bot_audit(s->b).refused, 2);
    assert_int_equal(bot_audit(s->b).records, 0);
    assert_still_works(s, 0);
}

static void opener__generation_ends__heads_are_kept(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    bot_restart(s->b);
    bot_run(s->b);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = next(s, "g");
    m->envelope.n = 3;
    fixture_message_sign(m, s->f, s->set, s->dev);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    assert_int_equal(bot_later(bot_ask(s->b, stanza)).reason, LATER_GAP);
    assert_still_works(s, 1);
}

/* A generation ends with an open round: nothing of it is in the journal, the device asks again. */
static void opener__generation_ends_in_a_round__asked_again(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = next(s, "g");
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    s->b->hold = true;
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 0);
    assert_int_equal(opener_round_lines(s->b->openers[0]->round), 1);
    bot_restart(s->b);
    s->b->hold = false;
    bot_run(s->b);
    assert_int_equal(bot_audit(s->b).archived, 1);
    assert_int_equal(ask(s, m).line.state, VERDICT_ARCHIVED);
    fixture_device_advance(s->dev, m);
    assert_still_works(s, 2);
}

/* A policy that is older than one that was in force, in a new generation. */
static void opener__policy_below_the_floor__refused(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    CLEANUP(policy_set_free_cleanup) struct policy_set *old = fixture_policy(s->f, NULL);
    bot_publish(s->b, old); /* serial 1 */
    bot_restart(s->b);
    bot_run(s->b);
    assert_null(s->b->openers[0]->set);
    assert_says(opener_take_notice(s->b->openers[0], &s->b->d), "a newer one was in force");
    assert_null(opener_take_notice(s->b->openers[0], &s->b->d));
    bot_publish(s->b, s->set);
    bot_announce(s->b);
    assert_still_works(s, 1);
}

/* Its place was taken: what it opened under the policy before, it opens no more. */
static void opener__policy_without_it__opens_nothing(void **state)
{
    static const char *const jids[] = {"west.chat.example", FIXTURE_BOT};
    (void)state;
    for (size_t i = 0; i < COUNT(jids); i++) {
        FRESH(s);
        struct fixture view = *s->f;
        struct diag d;
        bot_archive_one(s->b, s->set, s->dev);
        fixture_signer_init(&view.bots[0].signer, jids[i], "another key");
        view.bots[0].jid = jids[i];
        view.warrant_count = 0;
        CLEANUP(policy_set_free_cleanup)
        struct policy_set *next =
            fixture_policy(&view, &(struct fixture_policy_options){.serial = SCENE_POLICY + 1});
        bot_publish(s->b, next);
        bot_announce(s->b);
        assert_says(opener_take_notice(s->b->openers[0], &d),
                    "policy 3 does not name this bot and its key: nothing is opened any more");
        CLEANUP(fixture_message_free_cleanup)
        struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
        assert_int_equal(ask(s, m).line.reason, VERDICT_OLD_POLICY);
        assert_int_equal(bot_audit(s->b).archived, 1);
    }
}

static void opener__revoked_certificate__unknown_device(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    char hex[2 * HASH_BYTES + 1];
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", s->other->certificate->document.hash[i]);
    CLEANUP_FREE char *line = mem_format("revoked certificate %s 2021-06-07T00:00:00.000Z\n", hex);
    policy_set_free(s->set);
    s->set = fixture_policy(s->f, &(struct fixture_policy_options){.serial = 3, .revoked = line});
    bot_publish(s->b, s->set);
    bot_announce(s->b);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->other, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    assert_int_equal(bot_later(bot_ask(s->b, stanza)).reason, LATER_UNKNOWN_DEVICE);
    bot_archive_one(s->b, s->set, s->dev);
    assert_int_equal(bot_audit(s->b).archived, 2);
}

/* The device with a certificate for other days, known to the registrar. */
static void change_days(struct scene *s, struct fixture_device *dev, int64_t from, int64_t until)
{
    struct certificate c = *dev->certificate;
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    c.from_day = from;
    c.until_day = until;
    certificate_format(&text, s->f->domain, &c);
    CLEANUP_FREE char *note = fixture_sign(buf_text(&text), &s->f->registrar, 1);
    certificate_free(dev->certificate);
    FIXTURE_MUST(certificate_open(s->f->network, note, strlen(note), &dev->certificate, NULL) == 0);
    bot_register(s->b, dev);
}

static void opener__certificate__on_its_days_only(void **state)
{
    static const struct {
        int64_t from, until;
        bool good;
    } table[] = {{0, 0, true}, {-9, 0, true}, {0, 9, true}, {-9, -1, false}, {1, 9, false}};
    FRESH(s);
    uint64_t archived = 0;
    for (size_t i = 0; i < COUNT(table); i++) {
        CLEANUP(fixture_device_free_cleanup)
        struct fixture_device *dev = fixture_device_new(s->f, "dora", (uint32_t)i + 1);
        change_days(s, dev, FIXTURE_DAY + table[i].from, FIXTURE_DAY + table[i].until);
        CLEANUP(fixture_message_free_cleanup)
        struct fixture_message *m = fixture_message_new(s->f, s->set, dev, NULL);
        CLEANUP_FREE char *stanza = fixture_stanza(m, true);
        const struct bot_answer *a = bot_ask(s->b, stanza);
        if (table[i].good)
            assert_int_equal(bot_verdict(s->b, a, dev).line.state, VERDICT_ARCHIVED);
        else
            assert_int_equal(bot_later(a).reason, LATER_UNKNOWN_DEVICE);
        archived += table[i].good;
    }
    assert_still_works(s, archived);
}

/* A policy comes while a round is open: the round goes out first, since the new policy numbers its
 * warrants in another way. */
static void opener__policy_changes_in_a_round__both_kept(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    fixture_add_warrant(f, NULL);
    CLEANUP(policy_set_free_cleanup) struct policy_set *one = fixture_policy(f, NULL);
    fixture_add_warrant(f, &(struct fixture_warrant_options){.id = "2018-0001"});
    CLEANUP(policy_set_free_cleanup)
    struct policy_set *two = fixture_policy(f, &(struct fixture_policy_options){.serial = 2});
    CLEANUP(fixture_device_free_cleanup)
    struct fixture_device *dev = fixture_device_new(f, "anna", 1);
    CLEANUP(bot_free_cleanup) struct bot *b = bot_new(f, NULL);
    bot_publish(b, one);
    bot_register(b, dev);
    bot_announce(b);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(f, one, dev, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    b->hold = true;
    bot_feed(b, stanza);
    bot_run(b);
    assert_int_equal(b->answer_count, 0);
    bot_publish(b, two);
    bot_announce(b);
    assert_int_equal(b->answer_count, 1);
    assert_int_equal(bot_verdict(b, &b->answers[0], dev).line.state, VERDICT_ARCHIVED);
    fixture_device_advance(dev, m);
    b->hold = false;
    bot_archive_one(b, two, dev);
    struct audit_counts counts = bot_audit(b);
    assert_int_equal(counts.archived, 2);
    assert_int_equal(counts.records, 3); /* the last one for both warrants */
}

/* More than a round holds, at once. */
static void opener__round_full__goes_on_in_the_next(void **state)
{
    enum { MESSAGES = OPENER_ROUND_LINES + 20 };
    FRESH(s);
    s->b->hold = true;
    bot_forget_answers(s->b);
    for (int i = 0; i < MESSAGES; i++) {
        CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = next(s, "m");
        CLEANUP_FREE char *stanza = fixture_stanza(m, true);
        bot_feed(s->b, stanza);
        fixture_device_advance(s->dev, m);
    }
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, OPENER_ROUND_LINES);
    s->b->hold = false;
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, MESSAGES);
    bot_sleep(s->b, 10000);
    assert_still_works(s, MESSAGES);
    assert_int_equal(bot_audit(s->b).rounds, 4);
}

static void opener__round__due_after_its_time(void **state)
{
    FRESH(s);
    struct opener *o = s->b->openers[0];
    CLEANUP(fixture_message_free_cleanup) struct fixture_message *m = next(s, "m");
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    assert_int_equal(opener_timeout_ms(o), -1);
    s->b->hold = true;
    bot_feed(s->b, stanza);
    bot_run(s->b);
    assert_int_equal(opener_timeout_ms(o), OPENER_ROUND_MS);
    assert_int_equal(opener_tick(o, &s->b->d), 0);
    assert_int_equal(opener_rounds_under_way(o), 0);
    bot_sleep(s->b, OPENER_ROUND_MS);
    assert_int_equal(opener_timeout_ms(o), 0);
    assert_int_equal(opener_tick(o, &s->b->d), 0);
    assert_int_equal(opener_rounds_under_way(o), 1);
    assert_int_equal(opener_timeout_ms(o), -1);
    bot_run(s->b);
    assert_int_equal(opener_rounds_under_way(o), 0);
    s->b->hold = false;
    fixture_device_advance(s->dev, m);
    assert_still_works(s, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opener__repeat__stored_verdict),
        cmocka_unit_test(opener__repeat__unopened),
        cmocka_unit_test(opener__repeat__in_the_open_round),
        cmocka_unit_test(opener__head_taken__conflict),
        cmocka_unit_test(opener__older_n_taken__conflict),
        cmocka_unit_test(opener__wrong_prev__conflict),
        cmocka_unit_test(opener__first_with_prev__conflict),
        cmocka_unit_test(opener__gap__later),
        cmocka_unit_test(opener__wrong_day_twice__chain_goes_on),
        cmocka_unit_test(opener__generation_ends__heads_are_kept),
        cmocka_unit_test(opener__generation_ends_in_a_round__asked_again),
        cmocka_unit_test(opener__policy_below_the_floor__refused),
        cmocka_unit_test(opener__policy_without_it__opens_nothing),
        cmocka_unit_test(opener__revoked_certificate__unknown_device),
        cmocka_unit_test(opener__certificate__on_its_days_only),
        cmocka_unit_test(opener__policy_changes_in_a_round__both_kept),
        cmocka_unit_test(opener__round_full__goes_on_in_the_next),
        cmocka_unit_test(opener__round__due_after_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
