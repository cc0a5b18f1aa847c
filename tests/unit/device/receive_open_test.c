/* Messages that no warrant covers: what must hold for one to be shown. */
#include "letter.h"

#include "base/calendar.h"
#include "base/memory.h"

#define MINUTE INT64_C(60000)
#define HOUR INT64_C(3600000)

static const struct world_options open_world = {.no_warrant = true, .without = "open"};

static void open_late(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->e.at_unix_ms -= 11 * MINUTE;
}

/* Its distance goes from 11 minutes to 10 while it is sent again: that is no other reason. */
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
        {"late", open_late, "its time is more than 10 minutes off", false},
        {"early", open_early, "its time is more than 10 minutes off", false},
        {"false-verdict", open_false_verdict, "a verdict", false},
        {"sender-says-delay", open_stored_says_sender, "its time is more than 10 minutes off",
         false},
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
    letter_take(w, &l, true, "");
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

static void new_open_policy(struct world *w, uint32_t serial, int64_t issued_ms)
{
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = serial, .issued_unix_ms = issued_ms, .without = "open"});
}

/* The next one brings a warrant. */
static void new_warrant_policy(struct world *w, uint32_t serial, int64_t issued_ms)
{
    int64_t today = calendar_day_of(world_now());
    fixture_add_warrant(
        w->f, &(struct fixture_warrant_options){.from_day = today - 2, .until_day = today + 2});
    new_open_policy(w, serial, issued_ms);
}

/* It was under way when the new one was issued. */
static void receive__shows__open_message_while_policy_changes(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    struct letter honest;
    letter_acquaint(w);
    letter_write(&honest, w, NULL, "honest");
    new_warrant_policy(w, 6, world_now());
    world_announce(w, bert(w));
    letter_take(w, &honest, true, "");
}

/* Naming an older policy would get around a new warrant, however new the newest policy is. */
static void receive__refuses__open_message_under_older_policy(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    struct letter older, later, forged;
    letter_acquaint(w);
    letter_write(&older, w, NULL, "older");
    letter_write(&later, w, NULL, "later");
    letter_write(&forged, w, open_false_verdict, "forged");
    new_warrant_policy(w, 6, world_now() - HOUR);
    world_announce(w, bert(w));
    letter_take(w, &older, false, "policy 5, which was not in force any more");
    new_open_policy(w, 7, world_now());
    world_announce(w, bert(w));
    letter_take(w, &later, false, "policy 5, which was not in force any more");
    letter_take(w, &forged, false, "a verdict");
}

/* The same, of a device that was away for both changes and lacks the one between. */
static void receive__refuses__open_message_under_policy_before_last(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    struct letter older;
    letter_acquaint(w);
    letter_write(&older, w, NULL, "older");
    device_offline(bert(w)->device);
    new_warrant_policy(w, 6, world_now() - HOUR);
    new_open_policy(w, 7, world_now());
    device_online(bert(w)->device);
    letter_take(w, &older, false, "policy 5, which was not in force any more");
    assert_int_equal(bert(w)->device->newest, 7);
}

/* What was stored comes at a session's start, before the registrar was asked what is in force. */
static void receive__refuses__stored_open_message_under_older_policy(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    struct letter older;
    letter_acquaint(w);
    letter_write(&older, w, NULL, "older");
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = 6, .issued_unix_ms = world_now() - HOUR, .without = "open"});
    party_reopen(bert(w));
    party_take(bert(w), older.text);
    assert_int_equal(party_count_shown(bert(w), older.body), 0);
    assert_int_equal(party_count_said(bert(w), "policy 5, which was not in force any more"), 1);
    free(older.text);
}

/* It waits for the registrar's answer, in each session anew. */
static void receive__waits__open_message_before_policy_is_known(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    struct letter l;
    letter_acquaint(w);
    letter_write(&l, w, NULL, "waits");
    w->registrar_down = true;
    device_offline(bert(w)->device);
    device_online(bert(w)->device);
    party_take(bert(w), l.text);
    assert_int_equal(party_count_shown(bert(w), l.body), 0);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked"), 1);
    w->registrar_down = false;
    party_wait(bert(w));
    assert_int_equal(party_count_shown(bert(w), l.body), 1);
    assert_string_equal(party_said(bert(w)), "");
    free(l.text);
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
    letter_take(w, &l, false, rows[0].says);
    w->f->warrant_count = 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receive__refuses__open_message),
        cmocka_unit_test(receive__shows__open_message_that_server_kept),
        cmocka_unit_test(receive__shows__open_message_that_waited),
        cmocka_unit_test(receive__shows__open_message_while_policy_changes),
        cmocka_unit_test(receive__refuses__open_message_under_older_policy),
        cmocka_unit_test(receive__refuses__open_message_under_policy_before_last),
        cmocka_unit_test(receive__refuses__stored_open_message_under_older_policy),
        cmocka_unit_test(receive__waits__open_message_before_policy_is_known),
        cmocka_unit_test(receive__refuses__open_message_where_nothing_passes),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
