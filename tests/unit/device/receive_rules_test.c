/* Which policy counts, and what it has revoked; messages without an archive; repeats. */
#include "letter.h"

#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"

#define MINUTE INT64_C(60000)
#define HOUR INT64_C(3600000)

/* Hands it over and says whether it was shown; else the line must hold `says`. */
static void take(struct world *w, struct letter *l, bool shown, const char *says)
{
    unsigned receipts = bert(w)->receipts;
    party_take(bert(w), l->text);
    if (party_count_shown(bert(w), l->body) != shown || bert(w)->receipts != receipts + shown ||
        (!shown && strstr(party_said(bert(w)), says) == NULL))
        fail_msg("%s: \"%s\"", l->id, party_said(bert(w)));
    free(l->text);
}

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
    take(w, &after, false, "its certificate was revoked");
    take(w, &before, true, "");
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
    take(w, &after, false, "by a bot key that is not in force any more");
    take(w, &before, true, "");
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
    take(w, &before, false, "the bot's key was revoked");
    w->f->warrant_count = 1;
}

/* Without an archive. */

static const struct world_options open_world = {.no_warrant = true, .without = "open"};

static void open_late(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->e.at_unix_ms -= 11 * MINUTE;
}

static void open_early(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->e.at_unix_ms += 11 * MINUTE;
}

static void put_delay(struct letter *l, const char *from)
{
    char stamp[CALENDAR_INSTANT_LEN + 1];
    calendar_format(l->e.at_unix_ms, stamp);
    CLEANUP_FREE char *delay =
        mem_format("<delay xmlns='urn:xmpp:delay' from='%s' stamp='%s'/><request ", from, stamp);
    letter_replace(l, "<request ", delay);
}

static void open_stored(struct letter *l, enum stage s)
{
    open_late(l, s);
    if (s == LETTER_TEXT)
        put_delay(l, l->w->f->domain);
}

static void open_stored_says_sender(struct letter *l, enum stage s)
{
    open_late(l, s);
    if (s == LETTER_TEXT)
        put_delay(l, l->e.from);
}

/* A verdict that nobody signed, to make the message look older than it is. */
static void open_false_verdict(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->e.at_unix_ms -= 2 * HOUR;
    if (s == LETTER_LINE) {
        l->has_verdict = true;
        l->line.n = 1;
        l->verdict_ms = l->e.at_unix_ms;
        fixture_signer_init(&l->bot.signer, l->e.bot, "forger");
    }
}

static void receive__refuses__open_message(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {
        {"late", open_late, "its time is 11 minutes off", false},
        {"early", open_early, "its time is -", false},
        {"false-verdict", open_false_verdict, "a verdict", false},
        {"sender-says-delay", open_stored_says_sender, "its time is 11 minutes off", false},
    };
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    letter_acquaint(w);
    letter_refused(w, rows, COUNT(rows));
}

static void receive__shows__open_message_that_server_kept(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    struct letter l;
    letter_acquaint(w);
    letter_write(&l, w, open_stored, "stored");
    take(w, &l, true, "");
}

static void open_an_hour_ago(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->e.at_unix_ms -= HOUR;
}

/* What came in time is shown however long its policy takes. */
static void receive__shows__open_message_that_waited(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    CLEANUP_FREE char *path = mem_format("%s/clock", w->folder);
    struct clock past;
    struct letter l;
    letter_acquaint(w);
    assert_int_equal(clock_page_create(path, world_now() - HOUR, &past, NULL), 0);
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6, .without = "open"});
    letter_write(&l, w, open_an_hour_ago, "waited");
    w->registrar_down = true;
    bert(w)->device->o.clock = past;
    party_take(bert(w), l.text);
    bert(w)->device->o.clock = clock_live();
    clock_clear(&past);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked"), 1);
    w->registrar_down = false;
    party_wait(bert(w));
    if (party_count_shown(bert(w), l.body) != 1)
        fail_msg("%s", party_said(bert(w)));
    free(l.text);
}

/* Naming an older policy would get around a new warrant. */
static void receive__refuses__open_message_under_older_policy(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    struct letter honest, older, forged;
    int64_t today = calendar_day_of(world_now());
    letter_acquaint(w);
    letter_write(&honest, w, NULL, "honest");
    letter_write(&older, w, NULL, "older");
    letter_write(&forged, w, open_false_verdict, "forged");
    fixture_add_warrant(
        w->f, &(struct fixture_warrant_options){.from_day = today - 2, .until_day = today + 2});
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = 6, .issued_unix_ms = world_now(), .without = "open"});
    world_announce(w, bert(w));
    take(w, &honest, true, ""); /* it was under way when the new one was issued */
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = 7, .issued_unix_ms = world_now() - HOUR, .without = "open"});
    world_announce(w, bert(w));
    take(w, &older, false, "policy 5, which was not in force any more");
    take(w, &forged, false, "a verdict");
}

static void receive__refuses__open_message_where_nothing_passes(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {{"stopped", NULL, "lets nothing pass", false}};
    CLEANUP_WORLD struct world *w = world_new(NULL);
    letter_acquaint(w);
    struct letter l;
    w->f->warrant_count = 0;
    world_new_policy(
        w, &(struct fixture_policy_options){.serial = 6, .issued_unix_ms = world_now() - HOUR});
    world_announce(w, bert(w));
    letter_write(&l, w, rows[0].spoil, rows[0].name);
    take(w, &l, false, rows[0].says);
    w->f->warrant_count = 1;
}

/* Repeats. */

static void receive__shows_once__digest_twice(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter l;
    letter_acquaint(w);
    unsigned receipts = bert(w)->receipts;
    letter_write(&l, w, NULL, "twice");
    party_take(bert(w), l.text);
    party_take(bert(w), l.text);
    party_reopen(bert(w));
    party_take(bert(w), l.text);
    assert_int_equal(party_count_shown(bert(w), l.body), 1);
    assert_int_equal(bert(w)->receipts, receipts + 3);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM message WHERE id = 'twice'"), 1);
    assert_string_equal(party_said(bert(w)), "");
    free(l.text);
}

static void other_body(struct letter *l, enum stage s)
{
    if (s != LETTER_FIELDS)
        return;
    snprintf(l->body, sizeof l->body, "Other text.");
    l->e.payload_len = strlen(l->body);
    payload_encrypt(l->body, l->e.payload_len, l->e.iv, l->cipher, l->content);
    memcpy(l->sealed_content, l->content, sizeof l->content);
    memcpy(l->encrypted_content, l->content, sizeof l->content);
}

static void receive__shows_once__id_twice(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter first, second;
    letter_acquaint(w);
    unsigned receipts = bert(w)->receipts;
    letter_write(&first, w, NULL, "same");
    letter_write(&second, w, other_body, "same");
    party_take(bert(w), first.text);
    party_take(bert(w), second.text);
    assert_int_equal(party_count_shown(bert(w), first.body), 1);
    assert_int_equal(party_count_shown(bert(w), "Other text."), 0);
    assert_int_equal(bert(w)->receipts, receipts + 2);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM message WHERE id = 'same'"), 1);
    free(first.text);
    free(second.text);
}

static void receive__never_shows__message_without_payload(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    letter_acquaint(w);
    size_t shown = bert(w)->shown_count;
    unsigned receipts = bert(w)->receipts;
    device_send_session_message(anna(w)->device, bert(w)->device->certificate);
    world_run(w);
    assert_int_equal(anna(w)->session_messages, 1);
    assert_int_equal(bert(w)->shown_count, shown);
    assert_int_equal(bert(w)->receipts, receipts);
    assert_string_equal(party_said(bert(w)), "");
    party_send(anna(w), bert(w)->account, "after", "After that.");
    assert_int_equal(party_count_shown(bert(w), "After that."), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receive__waits__for_unknown_policy),
        cmocka_unit_test(receive__refuses__policy_that_does_not_exist),
        cmocka_unit_test(receive__judges__revoked_sender_at_verdict),
        cmocka_unit_test(receive__judges__old_bot_key),
        cmocka_unit_test(receive__refuses__revoked_bot_key),
        cmocka_unit_test(receive__refuses__open_message),
        cmocka_unit_test(receive__shows__open_message_that_server_kept),
        cmocka_unit_test(receive__shows__open_message_that_waited),
        cmocka_unit_test(receive__refuses__open_message_under_older_policy),
        cmocka_unit_test(receive__refuses__open_message_where_nothing_passes),
        cmocka_unit_test(receive__shows_once__digest_twice),
        cmocka_unit_test(receive__shows_once__id_twice),
        cmocka_unit_test(receive__never_shows__message_without_payload),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
