/* Messages that are dated back over a midnight at which warrants begin or end, while the day key of
 * the day before still lives. */
#include "bot.h"

#define DAY_MS INT64_C(86400000)
#define NEXT (FIXTURE_DAY + 1)
#define MIDNIGHT (NEXT * DAY_MS)
#define MINUTE INT64_C(60000)

struct row {
    const char *name;
    struct fixture_warrant_options second; /* beside one that goes on */
    int64_t at, now;
    enum verdict_reason reason;
};

static const struct row rows[] = {
    {"opener_days__no_change__archived",
     {.id = "B"},
     MIDNIGHT - MINUTE,
     MIDNIGHT + DAY_MS / 2,
     VERDICT_NO_REASON},
    {"opener_days__a_warrant_began__wrong_day",
     {.id = "B", .from_day = NEXT},
     MIDNIGHT - MINUTE,
     MIDNIGHT + DAY_MS / 2,
     VERDICT_WRONG_DAY},
    {"opener_days__a_warrant_ended__wrong_day",
     {.id = "B", .until_day = NEXT - 1},
     MIDNIGHT - MINUTE,
     MIDNIGHT + DAY_MS / 2,
     VERDICT_WRONG_DAY},
    {"opener_days__ten_minutes__archived",
     {.id = "B", .from_day = NEXT},
     MIDNIGHT - MINUTE,
     MIDNIGHT - MINUTE + VALUE_BEHIND_MAX_MS,
     VERDICT_NO_REASON},
    {"opener_days__a_millisecond_more__wrong_day",
     {.id = "B", .from_day = NEXT},
     MIDNIGHT - MINUTE,
     MIDNIGHT - MINUTE + VALUE_BEHIND_MAX_MS + 1,
     VERDICT_WRONG_DAY},
    {"opener_days__within_a_day__archived",
     {.id = "B", .from_day = NEXT},
     MIDNIGHT,
     MIDNIGHT + DAY_MS - 1,
     VERDICT_NO_REASON},
};

static enum verdict_reason say(struct bot *b, const struct policy_set *set,
                               struct fixture_device *dev, int64_t at_unix_ms)
{
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(
        b->f, set, dev, &(struct fixture_message_options){.at_unix_ms = at_unix_ms});
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    struct verdict v = bot_verdict(b, bot_ask(b, stanza), dev);
    assert_memory_equal(v.line.digest, m->digest, HASH_BYTES);
    fixture_device_advance(dev, m);
    return v.line.reason;
}

/* Refused, it is signed anew with the present time, and archived under all that covers it now. */
static void run_row(void **state)
{
    const struct row *row = *state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    fixture_add_warrant(f, &(struct fixture_warrant_options){.id = "A"});
    fixture_add_warrant(f, &row->second);
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(f, NULL);
    CLEANUP(fixture_device_free_cleanup)
    struct fixture_device *dev = fixture_device_new(f, "anna", 1);
    CLEANUP(bot_free_cleanup) struct bot *b = bot_new(f, NULL);
    bot_publish(b, set);
    bot_register(b, dev);
    bot_announce(b);
    bot_reach(b, row->now);
    assert_int_equal(say(b, set, dev, row->at), row->reason);
    assert_int_equal(say(b, set, dev, row->now), VERDICT_NO_REASON);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)] = {0};
    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){.name = rows[i].name,
                                       .test_func = run_row,
                                       .initial_state = (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("opener_days", tests, COUNT(rows), NULL, NULL);
}
