/* What a sender does: order, recipients, keys, receipts. */
#include "world.h"

#include <string.h>

#include "base/encode.h"
#include "base/memory.h"

static void send__delivers__archived_message(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), "bert@chat.example cara@chat.example", "m1", "Good morning.");
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
    assert_int_equal(party_count_shown(cara(w), "Good morning."), 1);
    assert_int_equal(party_count_progress(anna(w), "m1 archived " FIXTURE_WARRANT), 1);
    assert_int_equal(party_count_progress(anna(w), "m1 delivered"), 2);
    assert_int_equal(party_count_progress(anna(w), "m1 done"), 1);
    assert_true(device_idle(anna(w)->device));
}

static void send__keeps_order__one_before_the_bot(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    w->bot.silent = true;
    party_send(anna(w), bert(w)->account, "m1", "One.");
    party_send(anna(w), bert(w)->account, "m2", "Two.");
    party_send(anna(w), bert(w)->account, "m3", "Three.");
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox WHERE state = 2"), 1);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox WHERE state = 1"), 2);
    assert_int_equal(anna(w)->blind_copies, 1);
    assert_int_equal(anna(w)->deliveries, 0); /* nothing goes to a recipient before the verdict */
    w->bot.silent = false;
    party_wait(anna(w));
    assert_int_equal(w->bot.archived, 3);
    assert_int_equal(bert(w)->shown_count, 3);
    assert_string_equal(bert(w)->shown[0], "One.");
    assert_string_equal(bert(w)->shown[1], "Two.");
    assert_string_equal(bert(w)->shown[2], "Three.");
}

static void send__leaves_out__account_without_certificate(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), "bert@chat.example nobody@chat.example", "m1", "Good morning.");
    assert_int_equal(party_count_said(anna(w), "nobody@chat.example was left out of message m1"),
                     1);
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
    assert_int_equal(party_count_progress(anna(w), "m1 done"), 1);
    party_send(anna(w), "nobody@chat.example", "m2", "Good evening.");
    assert_int_equal(party_count_progress(anna(w), "m2 stopped nobody is left"), 1);
    assert_int_equal(w->bot.archived, 1);
}

static char **bundle_of(struct world *w, const struct party *p)
{
    size_t i = 0;
    while (i < w->node_count && (strcmp(w->nodes[i].account, p->account) != 0 ||
                                 strstr(w->nodes[i].node, "bundles") == NULL))
        i++;
    FIXTURE_MUST(i < w->node_count);
    return &w->nodes[i].payload;
}

/* The server offers other keys for an account than those that the registrar has certified. */
static void send__says__substituted_keys(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    char **cara_keys = bundle_of(w, cara(w)), *own = *cara_keys;
    *cara_keys = *bundle_of(w, bert(w));
    party_send(anna(w), cara(w)->account, "m1", "Good morning.");
    *cara_keys = own;
    assert_int_equal(party_count_said(anna(w), "nothing is sent to this device"), 1);
    assert_int_equal(anna(w)->blind_copies + anna(w)->deliveries, 0);
    party_wait(anna(w));
    assert_int_equal(party_count_shown(cara(w), "Good morning."), 1);
}

/* However many wait for the keys of one recipient, a message to another goes. */
static void send__lets_pass__behind_many_that_wait(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    char **cara_keys = bundle_of(w, cara(w)), *own = *cara_keys, id[8];
    *cara_keys = *bundle_of(w, bert(w)); /* not hers, so none is taken */
    for (int i = 0; i < 40; i++) {
        snprintf(id, sizeof id, "c%d", i);
        party_send(anna(w), cara(w)->account, id, "Waits.");
    }
    party_send(anna(w), bert(w)->account, "b", "Goes.");
    assert_int_equal(party_count_shown(bert(w), "Goes."), 1);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox WHERE state = 1"), 40);
    *cara_keys = own;
    party_wait(anna(w));
    assert_int_equal(party_count_shown(cara(w), "Waits."), 40);
}

/* An open message by a clock that is so far behind; its deliveries are lost. */
static void send_in_the_past(struct world *w, int64_t behind_ms)
{
    CLEANUP_FREE char *path = mem_format("%s/clock", w->folder);
    struct clock past;
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    assert_int_equal(clock_page_create(path, world_now() - behind_ms, &past, NULL), 0);
    w->tap = world_hold;
    anna(w)->device->o.clock = past;
    party_send(anna(w), "bert@chat.example cara@chat.example", "m1", "Good morning.");
    anna(w)->device->o.clock = clock_live();
    clock_clear(&past);
}

static struct world *open_world(void)
{
    return world_new(&(struct world_options){.no_warrant = true, .without = "open"});
}

/* Recipients refuse an open message that is older than ten minutes, unless the server has kept it.
 */
static void send__signs_anew__old_open_message(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = open_world();
    send_in_the_past(w, INT64_C(7) * 3600000);
    w->tap = NULL;
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
    assert_int_equal(party_count_shown(cara(w), "Good morning."), 1);
    assert_int_equal(party_count_progress(anna(w), "m1 done"), 1);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM message WHERE id = 'm1'"), 1);
    assert_true(device_idle(anna(w)->device));
}

/* Each time would be a further one for the server to store, and no sooner shown. */
static void send__does_not_sign_anew__open_message_that_server_has(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = open_world();
    send_in_the_past(w, INT64_C(5) * 3600000);
    unsigned deliveries = anna(w)->deliveries;
    for (int i = 0; i < 20; i++)
        party_wait(anna(w));
    device_offline(anna(w)->device);
    device_online(anna(w)->device);
    world_run(w);
    party_wait(anna(w));
    assert_int_equal(anna(w)->deliveries, deliveries);
    assert_int_equal(party_count_progress(anna(w), "m1 open"), 1);
}

/* Receipts. */

static char *receipt(const char *from, const char *id)
{
    return mem_format("<message xmlns='jabber:client' from='%s/x' id='r'>"
                      "<received xmlns='urn:xmpp:receipts' id='%s'/></message>",
                      from, id);
}

static void take_receipt(struct party *p, const char *from, const char *id)
{
    CLEANUP_FREE char *text = receipt(from, id);
    party_take(p, text);
}

static void send__ignores__receipt_of_another(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    w->tap = world_hold;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    take_receipt(anna(w), cara(w)->account, "m1");
    take_receipt(anna(w), w->f->domain, "m1");
    take_receipt(anna(w), bert(w)->account, "m2");
    assert_int_equal(party_count_progress(anna(w), "delivered"), 0);
    assert_false(device_idle(anna(w)->device));
    take_receipt(anna(w), bert(w)->account, "m1");
    assert_int_equal(party_count_progress(anna(w), "m1 delivered"), 1);
    assert_true(device_idle(anna(w)->device));
}

static void send__ignores__receipt_before_verdict(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    w->bot.silent = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    take_receipt(anna(w), bert(w)->account, "m1");
    assert_int_equal(party_count_progress(anna(w), "delivered"), 0);
    w->bot.silent = false;
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
    assert_int_equal(party_count_progress(anna(w), "m1 delivered"), 1);
}

static void send__is_done__after_crash_behind_last_receipt(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    w->tap = world_hold;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_crash_at(anna(w), 1, true);
    take_receipt(anna(w), bert(w)->account, "m1");
    assert_true(anna(w)->dead);
    party_reopen(anna(w));
    world_run(w);
    assert_int_equal(party_count_progress(anna(w), "m1 done"), 1);
    assert_true(device_idle(anna(w)->device));
}

/* Contacts. */

static void send__keys_anew__for_new_serial(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    w->tap = world_hold;
    party_send(anna(w), bert(w)->account, "m1", "For the new device.");
    unsigned archived = w->bot.archived;
    w->tap = NULL;
    party_close(bert(w));
    party_activate(bert(w));
    party_open(bert(w));
    device_online(bert(w)->device);
    world_run(w);
    party_send(bert(w), anna(w)->account, "b1", "It is me again.");
    assert_int_equal(party_count_said(anna(w), "has a new device (certificate 2)"), 1);
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "For the new device."), 1);
    assert_int_equal(party_count_progress(anna(w), "m1 done"), 1);
    assert_int_equal(w->bot.archived, archived + 1); /* b1 alone: m1 was not archived again */
}

static char *revoked_line(const struct party *p)
{
    char hex[2 * HASH_BYTES + 1];
    encode_hex(p->device->certificate->document.hash, HASH_BYTES, hex);
    return mem_format("revoked certificate %s 2020-01-01T00:00:00.000Z\n", hex);
}

static void send__gives_up__recipient_revoked_later(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    w->tap = world_hold;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    CLEANUP_FREE char *lines = revoked_line(bert(w));
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = 6, .revoked = lines, .issued_unix_ms = world_now()});
    world_announce(w, anna(w));
    party_wait(anna(w));
    assert_int_equal(party_count_said(anna(w), "was not delivered to bert@chat.example: its "
                                               "certificate was revoked"),
                     1);
    assert_true(device_idle(anna(w)->device));
    party_send(anna(w), bert(w)->account, "m2", "Good evening.");
    assert_int_equal(party_count_progress(anna(w), "m2 stopped"), 1);
}

static void send__says__that_own_certificate_is_revoked(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    CLEANUP_FREE char *lines = revoked_line(anna(w));
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = 6, .revoked = lines, .issued_unix_ms = world_now()});
    world_announce(w, anna(w));
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(party_count_progress(anna(w), "m1 waiting this device cannot send: its "
                                                   "certificate was revoked"),
                     1);
    assert_int_equal(anna(w)->blind_copies + anna(w)->deliveries, 0);
}

/* A revocation counts as soon as its policy is here, though what else that names is not. */
static void send__gives_up__recipient_revoked_by_incomplete_policy(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    w->tap = world_hold;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    CLEANUP_FREE char *line = revoked_line(bert(w));
    fixture_add_warrant(w->f, &(struct fixture_warrant_options){.id = "2021-0001"});
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = 6, .revoked = line, .issued_unix_ms = world_now()});
    device_log_refresh(anna(w)->device);
    party_wait(anna(w)); /* it is logged */
    w->registrar_down = true;
    const struct document *p = &w->rules->policy->document;
    uint64_t came = 0;
    assert_int_equal(device_take_policy(anna(w)->device, p->note, p->note_len, &came), 0);
    unsigned deliveries = anna(w)->deliveries;
    party_wait(anna(w));
    assert_int_equal(anna(w)->deliveries, deliveries);
    assert_int_equal(party_count_said(anna(w), "certificate was revoked"), 1);
}

/* Left out at one signing, a recipient may be there again at the next. */
static void send__delivers__to_recipient_who_was_left_out_once(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), "bert@chat.example cara@chat.example", "m0", "Hello.");
    w->bot.silent = true;
    party_send(anna(w), "bert@chat.example cara@chat.example", "m1", "Good morning.");
    struct outbox_entry e;
    struct arena arena = ARENA_INIT(STANZA_MEMORY);
    assert_int_equal(outbox_get(anna(w)->store, anna(w)->device->signed_entry, &arena, &e), 0);
    assert_int_equal(
        outbox_set_delivery(anna(w)->store, e.number, cara(w)->account, DELIVERY_DROPPED), 0);
    arena_clear(&arena);
    w->bot.silent = false;
    w->bot.refuse = VERDICT_OLD_POLICY; /* signed anew, for both */
    w->bot.once = 1;
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
    assert_int_equal(party_count_shown(cara(w), "Good morning."), 1);
}

static void send__keys_anew__all_that_wait(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    char id[8];
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    w->tap = world_hold;
    for (int i = 0; i < 70; i++) {
        snprintf(id, sizeof id, "w%d", i);
        party_send(anna(w), bert(w)->account, id, "Waits.");
    }
    party_close(bert(w));
    party_activate(bert(w));
    party_open(bert(w));
    device_online(bert(w)->device);
    world_run(w);
    device_learn_contact(anna(w)->device, bert(w)->device->certificate, true);
    world_run(w);
    party_wait(anna(w)); /* the log has shown it */
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM delivery"), 70);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM delivery JOIN contact"
                                           " USING (account, certificate)"),
                     70);
}

static void send__publishes__prekeys_again(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct omemo_bundle bundle;
    struct arena arena = ARENA_INIT(1U << 20);
    struct xml_element *x;
    bool changed = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_wait(bert(w));
    assert_int_equal(omemo_bundle_changed(bert(w)->device->omemo, &changed), 0);
    assert_false(changed);
    const char *text = *bundle_of(w, bert(w));
    assert_int_equal(xml_parse(&arena, text, strlen(text), &x), 0);
    assert_int_equal(omemo_bundle_parse(x, &arena, &bundle, NULL), 0);
    assert_int_equal(bundle.prekey_count, OMEMO_PREKEYS);
    arena_clear(&arena);
}

/* What it sends openly names what is in force, not what was when it was last here. */
static void send__waits__with_open_message_for_newest_policy(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w =
        world_new(&(struct world_options){.no_warrant = true, .without = "open"});
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    device_offline(anna(w)->device);
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6, .without = "open"});
    w->registrar_down = true;
    device_online(anna(w)->device);
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 0);
    assert_int_equal(party_count_progress(anna(w), "m1 waiting waiting for the registrar"), 1);
    w->registrar_down = false;
    party_wait(anna(w));
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox WHERE state = 1"), 0);
    assert_int_equal(anna(w)->device->newest, 6);
    party_wait(bert(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

/* A bot that goes by a newer one: the registrar is asked, and is not there. */
static void send__waits__for_policy_that_bot_goes_by(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6});
    w->registrar_down = true;
    w->bot.refuse = VERDICT_OLD_POLICY;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_wait(anna(w));
    assert_int_equal(w->bot.refused, 1);
    w->bot.refuse = VERDICT_NO_REASON;
    w->registrar_down = false;
    party_wait(anna(w));
    assert_int_equal(anna(w)->device->newest, 6);
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

/* It would be refused: its sender hears of it before anything is signed. */
static void send__says__that_its_place_token_is_lacking(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    fixture_add_bot(w->f, "east.chat.example", "DE");
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6});
    world_announce(w, anna(w));
    world_announce(w, bert(w));
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_wait(anna(w));
    assert_int_equal(party_count_progress(anna(w), "m1 waiting it has no place token, and policy 6 "
                                                   "lets nothing pass without"),
                     1);
    assert_int_equal(anna(w)->blind_copies, 1);
    anna(w)->country = "NL"; /* the registrar knows more now, and is asked again */
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

/* What it signs would be shown to nobody. */
static void send__says__that_the_bots_key_is_revoked(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    char key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    encode_base64(w->f->bots[0].signer.key.key, SIGN_PUBLIC_BYTES, key);
    CLEANUP_FREE char *line = mem_format("revoked bot-key %s 2021-06-07T00:00:00.000Z\n", key);
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6, .revoked = line});
    world_announce(w, anna(w));
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(party_count_progress(anna(w), "m1 waiting the key of bot ibot.chat.example "
                                                   "was revoked"),
                     1);
    assert_int_equal(anna(w)->blind_copies, 0);
    world_new_policy(w, &(struct fixture_policy_options){.serial = 7});
    world_announce(w, anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

/* No warrant, and a policy that lets nothing pass without: that is another word than waiting. */
static void send__rests__without_warrant(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&(struct world_options){.no_warrant = true});
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_wait(anna(w));
    assert_int_equal(party_count_progress(anna(w), "m1 resting the network rests: no warrant"), 1);
    assert_int_equal(party_count_progress(anna(w), "m1 waiting the network"), 0);
    assert_int_equal(anna(w)->deliveries + anna(w)->blind_copies, 0);
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6, .without = "open"});
    world_announce(w, anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(send__waits__with_open_message_for_newest_policy),
        cmocka_unit_test(send__waits__for_policy_that_bot_goes_by),
        cmocka_unit_test(send__says__that_its_place_token_is_lacking),
        cmocka_unit_test(send__says__that_the_bots_key_is_revoked),
        cmocka_unit_test(send__rests__without_warrant),
        cmocka_unit_test(send__delivers__archived_message),
        cmocka_unit_test(send__keeps_order__one_before_the_bot),
        cmocka_unit_test(send__leaves_out__account_without_certificate),
        cmocka_unit_test(send__says__substituted_keys),
        cmocka_unit_test(send__lets_pass__behind_many_that_wait),
        cmocka_unit_test(send__signs_anew__old_open_message),
        cmocka_unit_test(send__does_not_sign_anew__open_message_that_server_has),
        cmocka_unit_test(send__ignores__receipt_of_another),
        cmocka_unit_test(send__ignores__receipt_before_verdict),
        cmocka_unit_test(send__is_done__after_crash_behind_last_receipt),
        cmocka_unit_test(send__keys_anew__for_new_serial),
        cmocka_unit_test(send__gives_up__recipient_revoked_later),
        cmocka_unit_test(send__says__that_own_certificate_is_revoked),
        cmocka_unit_test(send__gives_up__recipient_revoked_by_incomplete_policy),
        cmocka_unit_test(send__delivers__to_recipient_who_was_left_out_once),
        cmocka_unit_test(send__keys_anew__all_that_wait),
        cmocka_unit_test(send__publishes__prekeys_again),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
