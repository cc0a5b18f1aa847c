/* Sealed messages that leave a warrant out in time: dated back to the day before it, or taken by a
 * bot that was kept behind on the policy before it. Each is honestly sealed, signed and archived by
 * the rules that it claims. */
#include "letter.h"

#include "base/calendar.h"

#define MINUTE INT64_C(60000)
#define HOUR INT64_C(3600000)

static int64_t at_ms, verdict_ms; /* of the letter that is written */

static void set_times(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS) {
        l->e.at_unix_ms = at_ms;
        l->verdict_ms = verdict_ms;
    }
}

/* A policy with the first `count` warrants. */
static void issue(struct world *w, uint32_t serial, size_t count, int64_t issued_ms)
{
    size_t all = w->f->warrant_count;
    w->f->warrant_count = count;
    world_new_policy(
        w, &(struct fixture_policy_options){.serial = serial, .issued_unix_ms = issued_ms});
    w->f->warrant_count = all;
}

static void take(struct world *w, struct letter *l, const char *says)
{
    letter_take(w, l, says == NULL, says == NULL ? "" : says);
    if (says == NULL)
        assert_int_equal(party_count_said(bert(w), "was not shown"), 0);
}

/* Dated back. */

static void receive__refuses__dated_back(void **state)
{
    (void)state;
    static const char back[] = "dated back to a day on which other warrants cover it";
    const int64_t today = calendar_day_of(world_now()), midnight = today * CALENDAR_DAY_MS;
    const struct {
        const char *name;
        int64_t from, until; /* of a second warrant */
        int64_t at, verdict;
        const char *says; /* NULL: it is shown */
    } rows[] = {
        {"no-change", today - 2, today + 2, midnight - HOUR, midnight + HOUR, NULL},
        {"began", today, today + 2, midnight - HOUR, midnight + HOUR, back},
        {"ended", today - 2, today - 1, midnight - HOUR, midnight + HOUR, back},
        {"on-its-way", today, today + 2, midnight - MINUTE, midnight + 9 * MINUTE, NULL},
        /* the bot took it after ten minutes, and signed its verdict a moment later */
        {"signed-later", today, today + 2, midnight - MINUTE, midnight + 10 * MINUTE, NULL},
        {"too-late", today, today + 2, midnight - MINUTE, midnight + 10 * MINUTE + 1, back},
        {"same-day", today, today + 2, midnight, midnight + 20 * HOUR, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        struct letter l;
        letter_acquaint(w);
        fixture_add_warrant(w->f, &(struct fixture_warrant_options){.id = "2020-0002",
                                                                    .from_day = rows[i].from,
                                                                    .until_day = rows[i].until});
        issue(w, 6, 2, world_now() - 12 * HOUR);
        world_announce(w, bert(w));
        at_ms = rows[i].at;
        verdict_ms = rows[i].verdict;
        letter_write(&l, w, set_times, rows[i].name);
        take(w, &l, rows[i].says);
    }
}

/* A bot that was kept behind: the message names policy 5, with one warrant. */

struct change {
    uint32_t serial;
    size_t warrants;
    int64_t ago; /* when it was issued */
};

static const char old[] = "it names policy 5, which was not in force any more when the bot took it";

static const struct {
    const char *name;
    int64_t from; /* of the second warrant, in days from today */
    struct change changes[2];
    int64_t ago;      /* the verdict's time */
    const char *says; /* NULL: it is shown */
} rows[] = {
    {"a-warrant-more", -2, {{6, 2, 2 * HOUR}}, HOUR, old},
    {"a-warrant-less", -2, {{6, 0, 2 * HOUR}}, HOUR, old},
    {"nothing-of-it", -2, {{6, 1, 2 * HOUR}}, HOUR, NULL},
    {"from-tomorrow-on", 1, {{6, 2, 2 * HOUR}}, HOUR, NULL},
    {"before-it", -2, {{6, 2, HOUR}}, 2 * HOUR, NULL},
    {"just-issued", -2, {{6, 2, HOUR}}, HOUR - 10 * MINUTE, NULL},
    {"no-more-just-issued", -2, {{6, 2, HOUR}}, HOUR - 10 * MINUTE - 1, old},
    /* a third does not bring the first one back */
    {"third", -2, {{6, 2, 3 * HOUR}, {7, 2, 0}}, HOUR, old},
    {"third-takes-it-back", -2, {{6, 2, 4 * HOUR}, {7, 1, HOUR}}, 2 * HOUR, old},
    {"after-it-was-back", -2, {{6, 2, 4 * HOUR}, {7, 1, 2 * HOUR}}, HOUR, NULL},
};

/* `heard`: bert was told of each policy; else of the last one, and must find those between. */
static void try_row(size_t i, bool heard)
{
    CLEANUP_WORLD struct world *w = world_new(NULL);
    const int64_t now = world_now(), today = calendar_day_of(now);
    struct letter l;
    letter_acquaint(w);
    at_ms = verdict_ms = now - rows[i].ago;
    letter_write(&l, w, set_times, rows[i].name);
    fixture_add_warrant(w->f, &(struct fixture_warrant_options){.id = "2020-0002",
                                                                .from_day = today + rows[i].from,
                                                                .until_day = today + 2});
    for (size_t k = 0; k < 2 && rows[i].changes[k].serial != 0; k++) {
        const struct change *c = &rows[i].changes[k];
        issue(w, c->serial, c->warrants, now - c->ago);
        if (heard)
            world_announce(w, bert(w));
    }
    world_announce(w, bert(w));
    take(w, &l, rows[i].says);
}

static void receive__refuses__bot_behind(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        try_row(i, true);
        if (rows[i].changes[1].serial != 0)
            try_row(i, false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receive__refuses__dated_back),
        cmocka_unit_test(receive__refuses__bot_behind),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
