/* What the server has is not sent again while it has it, and nothing is lost by that. */
#include "world.h"

#include <string.h>

#include "base/memory.h"

#define MANY 30

/* That many to bert, whose deliveries all go where the tap has them. */
static void send_many(struct world *w, int first, int count)
{
    char id[8], text[16];
    for (int i = first; i < first + count; i++) {
        snprintf(id, sizeof id, "w%d", i);
        snprintf(text, sizeof text, "Line %d.", i);
        party_send(anna(w), bert(w)->account, id, text);
    }
}

static struct world *acquainted(void)
{
    struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    return w;
}

static void shows_in_order(const struct party *p, size_t count)
{
    char text[16];
    assert_int_equal(p->shown_count, count + 1); /* and the first one */
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "Line %zu.", i);
        assert_string_equal(p->shown[i + 1], text);
    }
}

static void new_session(struct party *p)
{
    device_offline(p->device);
    device_online(p->device);
    world_run(p->w);
}

/* And the pause is over, but nothing is repeated. */
static void server_says_what_it_has(struct party *p)
{
    struct attempt *a, *next;
    p->device->confirm.next_ms = 0;
    (void)device_tick(p->device);
    world_run(p->w);
    HASH_ITER (hh, p->device->attempts, a, next)
        a->not_before_ms = 0;
}

/* The server, with a store for bert who is away. */
static char *stored[2 * MANY];
static size_t stored_count;

static bool store(struct world *w, struct party *to, const char *stanza)
{
    if (to != bert(w))
        return false;
    FIXTURE_MUST(stored_count < COUNT(stored));
    stored[stored_count++] = mem_string(stanza);
    return true;
}

static void hand_over_stored(struct world *w, size_t count)
{
    w->tap = NULL;
    for (size_t i = 0; i < stored_count; i++) {
        if (i < count)
            party_take(bert(w), stored[i]);
        free(TAKE(stored[i]));
    }
    stored_count = 0;
}

static void repeat__does_not__what_server_has(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = acquainted();
    w->tap = store;
    send_many(w, 0, MANY);
    party_wait(anna(w));
    assert_in_range(stored_count, MANY, MANY + 1); /* one to find out */
    for (int i = 0; i < 5; i++)
        new_session(anna(w));
    assert_in_range(stored_count, MANY, MANY + 6);
    party_reopen(anna(w)); /* nor does another process */
    device_online(anna(w)->device);
    world_run(w);
    assert_in_range(stored_count, MANY, MANY + 8);
    hand_over_stored(w, stored_count);
    shows_in_order(bert(w), MANY);
    assert_true(device_idle(anna(w)->device));
}

/* No room in the store for the last ones: the receipt of one that is repeated tells. */
static void repeat__goes_on__behind_full_store(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = acquainted();
    w->tap = store;
    send_many(w, 0, MANY);
    party_wait(anna(w));
    hand_over_stored(w, MANY / 3);
    for (int i = 0; i < 3; i++)
        party_wait(anna(w));
    assert_int_equal(bert(w)->shown_count, MANY + 1);
    assert_true(device_idle(anna(w)->device));
}

/* The server lost one in the middle, and the next ones tell. */
static void repeat__goes_on__behind_lost_one(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = acquainted();
    w->tap = store;
    send_many(w, 0, 3);
    server_says_what_it_has(anna(w));
    assert_int_equal(stored_count, 3);
    free(stored[1]);
    stored[1] = mem_string(stored[0]);
    w->tap = NULL;
    unsigned deliveries = anna(w)->deliveries;
    hand_over_stored(w, 3);
    assert_in_range(anna(w)->deliveries, deliveries + 1, deliveries + 1);
    assert_int_equal(party_count_shown(bert(w), "Line 1."), 1);
}

/* What went out as the session ended may not have reached the server. */
static void repeat__sends_again__what_server_has_not_confirmed(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = acquainted();
    w->tap = world_hold;
    w->mute = true;
    send_many(w, 0, 4);
    unsigned deliveries = anna(w)->deliveries;
    w->mute = false;
    w->tap = NULL;
    new_session(anna(w));
    assert_int_equal(anna(w)->deliveries, deliveries + 4);
    shows_in_order(bert(w), 4);
}

static char *bounce(const char *id)
{
    return mem_format("<message xmlns='jabber:client' type='error' from='bert@chat.example' "
                      "id='%s'><error type='wait'/></message>",
                      id);
}

static void repeat__sends_again__what_server_sent_back(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = acquainted();
    w->tap = world_hold;
    send_many(w, 0, 1);
    party_wait(anna(w));
    CLEANUP_FREE char *text = bounce("w0");
    party_take(anna(w), text);
    assert_int_equal(party_number(anna(w), "SELECT sum(sent) FROM delivery"), 0);
    w->tap = NULL;
    party_wait(anna(w));
    shows_in_order(bert(w), 1);
}

/* One that its addressee never takes keeps none of the others back. */
static bool refuse_first(struct world *w, struct party *to, const char *stanza)
{
    return to == bert(w) && strstr(stanza, " id='w0'") != NULL;
}

static void repeat__keeps_none_back__behind_one_not_taken(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = acquainted();
    w->tap = world_hold;
    send_many(w, 0, 10);
    w->tap = refuse_first;
    for (int i = 0; i < 100 && bert(w)->shown_count < 10; i++)
        party_wait(anna(w));
    assert_int_equal(bert(w)->shown_count, 10);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM delivery"), 1);
}

static const struct addressee *addressee(const struct party *p, const char *account)
{
    const struct addressee *x;
    HASH_FIND_STR(p->device->addressees, account, x);
    assert_non_null(x);
    return x;
}

/* One of them after pauses four times as long each, an hour at most; a receipt begins anew. */
static void repeat__pauses__longer_each_time(void **state)
{
    (void)state;
    static const int64_t pauses_ms[] = {3000,   12000,   48000,   192000,
                                        768000, 3072000, 3600000, 3600000};
    CLEANUP_WORLD struct world *w = acquainted();
    w->tap = world_hold;
    send_many(w, 0, 1);
    server_says_what_it_has(anna(w));
    for (size_t i = 0; i < COUNT(pauses_ms); i++) {
        assert_int_equal(addressee(anna(w), bert(w)->account)->pause_ms, pauses_ms[i]);
        party_wait(anna(w));
        int64_t left_ms = addressee(anna(w), bert(w)->account)->next_ms - clock_monotonic_ms();
        assert_in_range(left_ms, pauses_ms[i] - 2000, pauses_ms[i]);
    }
    send_many(w, 1, 1);
    server_says_what_it_has(anna(w));
    w->tap = NULL;
    party_take(bert(w), w->tapped);
    assert_int_equal(party_count_shown(bert(w), "Line 1."), 1);
    assert_int_equal(addressee(anna(w), bert(w)->account)->pause_ms, 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeat__does_not__what_server_has),
        cmocka_unit_test(repeat__goes_on__behind_full_store),
        cmocka_unit_test(repeat__goes_on__behind_lost_one),
        cmocka_unit_test(repeat__sends_again__what_server_has_not_confirmed),
        cmocka_unit_test(repeat__sends_again__what_server_sent_back),
        cmocka_unit_test(repeat__keeps_none_back__behind_one_not_taken),
        cmocka_unit_test(repeat__pauses__longer_each_time),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
