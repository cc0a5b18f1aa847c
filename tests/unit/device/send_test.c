/* What has been signed leaves when it can, and is not taken for sent before. */
#include "world.h"

#include <string.h>

#include "base/memory.h"

static struct attempt *only_attempt(const struct party *p)
{
    assert_int_equal(HASH_COUNT(p->device->attempts), 1);
    return p->device->attempts;
}

/* Tries again and again for which there is no room; the attempt is as before. */
static void find_no_room(struct party *p)
{
    const struct attempt *a = only_attempt(p);
    int64_t pause_ms = a->pause_ms;
    for (int i = 0; i < 4; i++) {
        party_wait(p);
        a = only_attempt(p);
        assert_int_equal(a->count, 0);
        assert_int_equal(a->pause_ms, pause_ms);
        assert_in_range(a->next_ms - clock_monotonic_ms(), 0, 250);
        assert_true(a->latest == 0 && a->first == 0);
    }
}

static void send__does_not_count__blind_copy_without_room(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    w->full = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    find_no_room(anna(w));
    assert_int_equal(anna(w)->blind_copies, 1);
    w->full = false;
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

static void send__does_not_count__delivery_without_room(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    w->bot.withheld = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    w->full = true;
    CLEANUP_FREE char *verdict = mem_string(w->bot.chains[0].answer);
    party_take(anna(w), verdict);
    find_no_room(anna(w));
    assert_int_equal(anna(w)->deliveries, 1);
    w->full = w->bot.withheld = false;
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

/* What was sent before, and had no room the second time, was sent once. */
static void send__does_not_count__repetition_without_room(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    w->bot.silent = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    int64_t pause_ms = only_attempt(anna(w))->pause_ms;
    assert_int_equal(only_attempt(anna(w))->count, 1);
    w->full = true;
    party_wait(anna(w));
    assert_int_equal(only_attempt(anna(w))->count, 1);
    assert_int_equal(only_attempt(anna(w))->pause_ms, pause_ms);
    w->full = false;
    party_wait(anna(w));
    assert_int_equal(only_attempt(anna(w))->count, 2);
    assert_int_equal(only_attempt(anna(w))->pause_ms, 2 * pause_ms);
}

/* A row that the store does not give is not one that is not there; what is behind it goes. */
static void send__tries_again__row_that_cannot_be_read(void **state)
{
    (void)state;
    static const char *const damaged[] = {"UPDATE outbox SET envelope = x'00' WHERE id = 'm1'",
                                          "UPDATE delivery SET certificate = x'00' WHERE entry ="
                                          " (SELECT number FROM outbox WHERE id = 'm1')"};
    for (size_t i = 0; i < COUNT(damaged); i++) {
        CLEANUP_WORLD struct world *w =
            world_new(&(struct world_options){.no_warrant = true, .without = "open"});
        party_send(anna(w), bert(w)->account, "m0", "Hello.");
        w->full = true;
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        party_send(anna(w), bert(w)->account, "m2", "Good evening.");
        party_sql(anna(w), "CREATE TABLE kept AS SELECT envelope, certificate FROM outbox"
                           " JOIN delivery ON entry = number WHERE id = 'm1'");
        party_sql(anna(w), damaged[i]);
        w->full = false;
        party_wait(anna(w));
        const struct attempt *a = only_attempt(anna(w));
        assert_int_equal(a->count, 0);
        assert_in_range(a->next_ms - clock_monotonic_ms(), 50000, 60000);
        assert_int_equal(party_count_shown(bert(w), "Good evening."), 1);
        party_sql(anna(w), "UPDATE outbox SET envelope = (SELECT envelope FROM kept)"
                           " WHERE id = 'm1'");
        party_sql(anna(w), "UPDATE delivery SET certificate = (SELECT certificate FROM kept)");
        party_wait(anna(w));
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
    }
}

/* A device that does not know what it has to send does not start; the line names the store. */
static void send__refuses_to_begin__queue_that_cannot_be_read(void **state)
{
    (void)state;
    static const char *const tables[] = {"delivery", "outbox"};
    for (size_t i = 0; i < COUNT(tables); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        struct device *d = NULL;
        struct diag why = {""};
        struct device_options o = anna(w)->device->o;
        CLEANUP_FREE char *rename = mem_format("ALTER TABLE %s RENAME TO gone", tables[i]);
        device_free(TAKE(anna(w)->device));
        party_sql(anna(w), rename);
        assert_true(device_open(&o, &d, &why) < 0);
        assert_null(d);
        assert_non_null(strstr(why.text, "cannot be read"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(send__does_not_count__blind_copy_without_room),
        cmocka_unit_test(send__does_not_count__delivery_without_room),
        cmocka_unit_test(send__does_not_count__repetition_without_room),
        cmocka_unit_test(send__tries_again__row_that_cannot_be_read),
        cmocka_unit_test(send__refuses_to_begin__queue_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
