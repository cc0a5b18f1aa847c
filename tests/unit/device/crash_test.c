/* A device that dies before or right behind any commit of its store, and is started again, loses
 * nothing and doubles nothing: neither in the archive, nor at its recipients, nor in its own store.
 */
#include "world.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"

static void revive(struct world *w)
{
    for (size_t i = 0; i < WORLD_PARTIES; i++)
        if (w->parties[i].dead) {
            party_reopen(&w->parties[i]);
            world_run(w);
        }
}

/* The user tries again what was not taken. */
static void send(struct party *p, const char *const *to, size_t count, const char *id)
{
    struct diag d;
    struct device_text m = {
        .to = to, .to_count = count, .body = id, .body_len = strlen(id), .id = id};
    int r = device_send(p->device, &m, NULL, &d);
    world_run(p->w);
    revive(p->w);
    if (r < 0)
        r = device_send(p->device, &m, NULL, &d);
    assert_true(r == 0 || r == ERR_EXISTS);
    world_run(p->w);
}

static void settle(struct world *w)
{
    for (int turn = 0; turn < 4; turn++)
        for (size_t i = 0; i < WORLD_PARTIES; i++) {
            revive(w);
            if (turn == 2)
                device_online(w->parties[i].device); /* a new session */
            party_wait(&w->parties[i]);
        }
    revive(w);
}

/* A new key for the bot, and so a new warrant, while a message is before the old one. */
static void change_bot(struct world *w)
{
    CLEANUP_FREE char *jid = mem_string(w->f->bots[0].jid);
    int64_t today = calendar_day_of(world_now());
    fixture_signer_init(&w->f->bots[0].signer, jid, "second key");
    w->f->warrants[1] = w->f->warrants[0]; /* kept, to be freed */
    w->f->warrant_count = 0;
    fixture_add_warrant(w->f, &(struct fixture_warrant_options){.id = "2021-0001",
                                                                .from_day = today - 2,
                                                                .until_day = today + 2});
    world_new_policy(w,
                     &(struct fixture_policy_options){.serial = 6, .issued_unix_ms = world_now()});
    w->f->warrant_count = 2;
    for (size_t i = 0; i < WORLD_PARTIES; i++) {
        revive(w);
        world_announce(w, &w->parties[i]);
    }
    revive(w);
}

static void play(struct world *w)
{
    const char *const both[] = {bert(w)->account, cara(w)->account};
    const char *const to_anna[] = {anna(w)->account};
    send(anna(w), both, 2, "m1");
    settle(w);
    send(bert(w), to_anna, 1, "b1");
    settle(w);
    w->bot.refuse = VERDICT_OLD_POLICY;
    w->bot.once = 1;
    send(anna(w), both, 1, "m2");
    settle(w);
    w->bot.silent = true;
    send(anna(w), both, 1, "m3");
    change_bot(w);
    w->bot.silent = false;
    settle(w);
    w->tap = world_hold; /* lost under way, and sent again */
    send(anna(w), both, 1, "m4");
    revive(w);
    w->tap = NULL;
    settle(w);
}

static void expect(struct party *p, const char *sql, int64_t expected, const char *where)
{
    int64_t value = party_number(p, sql);
    if (value != expected)
        fail_msg("%s: %s: %s is %lld, not %lld; said \"%s\"", where, p->handle, sql,
                 (long long)value, (long long)expected, party_said(p));
}

static void check(struct world *w, const char *where)
{
    for (size_t i = 0; i < WORLD_PARTIES; i++) {
        struct party *p = &w->parties[i];
        expect(p, "SELECT count(*) FROM outbox WHERE state != 4", 0, where);
        expect(p, "SELECT count(*) FROM delivery", 0, where);
        expect(p, "SELECT count(*) FROM parked", 0, where);
        expect(p, "SELECT count(*) FROM message WHERE NOT archived", 0, where);
        expect(p, "SELECT count(*) FROM seen WHERE how != 1", 0, where);
        if (party_count_said(p, "not shown") + party_count_said(p, "archived") +
                party_count_said(p, "lost") >
            0)
            fail_msg("%s: %s was told: %s", where, p->handle, party_said(p));
    }
    expect(anna(w), "SELECT count(*) FROM message", 5, where);
    expect(anna(w), "SELECT count(*) FROM message WHERE incoming AND id = 'b1'", 1, where);
    expect(bert(w), "SELECT count(*) FROM message WHERE incoming", 4, where);
    expect(cara(w), "SELECT count(*) FROM message WHERE incoming", 1, where);
    expect(anna(w), "SELECT count(DISTINCT body) FROM message", 5, where);
    if (w->bot.archived != 5 || w->bot.strange != 0)
        fail_msg("%s: the bot archived %u and met %u strange ones", where, w->bot.archived,
                 w->bot.strange);
}

static void crash_everywhere(size_t who, bool behind)
{
    unsigned commits = 1;
    for (unsigned n = 0; n <= commits; n++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        char where[64];
        snprintf(where, sizeof where, "%s commit %u", behind ? "behind" : "before", n);
        party_crash_at(&w->parties[who], n, behind);
        play(w);
        if (n == 0)
            commits = w->parties[who].commits; /* how many there are without a crash */
        check(w, where);
    }
    assert_true(commits > 10);
}

static void crash__loses_nothing__sender_before_commit(void **state)
{
    (void)state;
    crash_everywhere(0, false);
}

static void crash__loses_nothing__sender_behind_commit(void **state)
{
    (void)state;
    crash_everywhere(0, true);
}

static void crash__loses_nothing__recipient_before_commit(void **state)
{
    (void)state;
    crash_everywhere(1, false);
}

static void crash__loses_nothing__recipient_behind_commit(void **state)
{
    (void)state;
    crash_everywhere(1, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crash__loses_nothing__sender_before_commit),
        cmocka_unit_test(crash__loses_nothing__sender_behind_commit),
        cmocka_unit_test(crash__loses_nothing__recipient_before_commit),
        cmocka_unit_test(crash__loses_nothing__recipient_behind_commit),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
