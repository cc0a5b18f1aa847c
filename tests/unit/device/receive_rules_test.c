/* Which policy counts, and what it has revoked. */
#include "letter.h"

#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"

#define HOUR INT64_C(3600000)

static char *revoked(const char *kind, const uint8_t *id, int64_t since_ms)
{
    char at[CALENDAR_INSTANT_LEN + 1], hex[2 * HASH_BYTES + 1];
    struct buf b = BUF_INIT(512);
    calendar_format(since_ms, at);
    buf_format(&b, "revoked %s ", kind);
    encode_hex(id, HASH_BYTES, hex);
    if (strcmp(kind, "certificate") == 0)
        buf_put_text(&b, hex);
    else
        encode_base64_buf(&b, id, HASH_BYTES);
    buf_format(&b, " %s\n", at);
    return buf_take_text(&b);
}

/* Policies that bert lacks. */

static void receive__waits__for_unknown_policy(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    struct letter l;
    letter_acquaint(w);
    unsigned receipts = bert(w)->receipts;
    w->registrar_down = true;
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6});
    letter_write(&l, w, NULL, "early");
    party_state(bert(w), before);
    party_take(bert(w), l.text);
    party_state(bert(w), after);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(bert(w)->receipts, receipts);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked"), 1);
    party_take(bert(w), l.text); /* its sender has no receipt, and sends it again */
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked"), 1);
    assert_false(device_idle(bert(w)->device));

    party_reopen(bert(w)); /* it waits through a restart */
    world_run(w);
    assert_int_equal(party_count_shown(bert(w), l.body), 0);
    unsigned asked = w->asked_registrar;
    party_wait(bert(w));
    assert_int_not_equal(w->asked_registrar, asked); /* again, though nothing else happens */
    w->registrar_down = false;
    party_wait(bert(w));
    assert_int_equal(party_count_shown(bert(w), l.body), 1);
    assert_int_equal(bert(w)->receipts, receipts + 1);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked"), 0);
    free(l.text);
}

static void policy_unheard_of(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->e.policy = 77;
}

static void receive__refuses__policy_that_does_not_exist(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {
        {"no-policy", policy_unheard_of, "policy 77, which does not exist", false}};
    CLEANUP_WORLD struct world *w = world_new(NULL);
    letter_acquaint(w);
    letter_refused(w, rows, COUNT(rows));
}

/* The registrar lacks what the newest policy names: what has to be judged by that does not wait for
 * good, and its sender's other messages behind it. Once it is there, the repetition is shown. */
static void receive__refuses__when_newest_policy_lacks_a_document(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter l;
    letter_acquaint(w);
    letter_write(&l, w, NULL, "under-5");
    CLEANUP_FREE char *again = mem_string(l.text);
    size_t first = w->document_count;
    fixture_add_warrant(
        w->f, &(struct fixture_warrant_options){.id = "2020-0002",
                                                .from_day = calendar_day_of(world_now()) + 1,
                                                .until_day = calendar_day_of(world_now()) + 2});
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6});
    for (size_t i = first; i < w->document_count; i++)
        w->documents[i].hash[0] ^= w->documents[i].kind == DOCUMENT_WARRANT;
    world_announce(w, bert(w));
    assert_int_equal(bert(w)->device->newest, 6);
    letter_take(w, &l, false, "policy 6, which it is judged by, is not to be had");
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked"), 0);
    for (size_t i = first; i < w->document_count; i++)
        w->documents[i].hash[0] ^= w->documents[i].kind == DOCUMENT_WARRANT;
    party_wait(bert(w));
    party_take(bert(w), again);
    assert_int_equal(party_count_shown(bert(w), l.body), 1);
}

/* Revocation. */

static int64_t revoked_ms;

static void verdict_before(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->verdict_ms = revoked_ms - 1;
}

static void verdict_from_then(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS) {
        l->verdict_ms = revoked_ms;
        l->e.at_unix_ms = revoked_ms - HOUR; /* what the sender claims does not count */
    }
}

static void receive__judges__revoked_sender_at_verdict(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter before, after;
    letter_acquaint(w);
    revoked_ms = world_now() - HOUR;
    CLEANUP_FREE char *lines =
        revoked("certificate", anna(w)->device->certificate->document.hash, revoked_ms);
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = 6, .revoked = lines, .issued_unix_ms = world_now()});
    world_announce(w, bert(w));
    letter_write(&before, w, verdict_before, "before");
    letter_write(&after, w, verdict_from_then, "after");
    letter_take(w, &after, false, "its certificate was revoked");
    letter_take(w, &before, true, "");
}

static void change_bot_key(struct world *w, const char *lines, int64_t issued_ms)
{
    CLEANUP_FREE char *jid = mem_string(w->f->bots[0].jid);
    fixture_signer_init(&w->f->bots[0].signer, jid, "second key");
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = 6, .revoked = lines, .issued_unix_ms = issued_ms});
}

static void receive__judges__old_bot_key(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter before, after;
    letter_acquaint(w);
    revoked_ms = world_now() - HOUR;
    letter_write(&before, w, verdict_before, "before");
    letter_write(&after, w, verdict_from_then, "after");
    w->f->warrant_count = 0; /* its epochs are by the old key */
    change_bot_key(w, NULL, revoked_ms);
    world_announce(w, bert(w));
    letter_take(w, &after, false, "by a bot key that is not in force any more");
    letter_take(w, &before, true, "");
    w->f->warrant_count = 1;
}

static void receive__refuses__revoked_bot_key(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter before;
    letter_acquaint(w);
    revoked_ms = world_now() - HOUR;
    CLEANUP_FREE char *lines = revoked("bot-key", w->f->bots[0].signer.key.key, revoked_ms);
    letter_write(&before, w, verdict_before, "before");
    w->f->warrant_count = 0;
    change_bot_key(w, lines, revoked_ms);
    world_announce(w, bert(w));
    letter_take(w, &before, false, "the bot's key was revoked");
    w->f->warrant_count = 1;
}

/* The policy that revokes it still has it in the bot's line: nothing that it signs is taken. */
static void receive__refuses__bot_key_that_its_policy_revokes(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter l;
    letter_acquaint(w);
    CLEANUP_FREE char *lines = revoked("bot-key", w->f->bots[0].signer.key.key, world_now());
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6, .revoked = lines});
    world_announce(w, bert(w));
    letter_write(&l, w, NULL, "under-6");
    letter_take(w, &l, false, "the bot's key was revoked");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receive__waits__for_unknown_policy),
        cmocka_unit_test(receive__refuses__policy_that_does_not_exist),
        cmocka_unit_test(receive__refuses__when_newest_policy_lacks_a_document),
        cmocka_unit_test(receive__judges__revoked_sender_at_verdict),
        cmocka_unit_test(receive__judges__old_bot_key),
        cmocka_unit_test(receive__refuses__revoked_bot_key),
        cmocka_unit_test(receive__refuses__bot_key_that_its_policy_revokes),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
