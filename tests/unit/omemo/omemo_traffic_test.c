/* Two and three parties through thousands of letters that are lost, repeated and late. */
#include "support.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define PARTIES 3
#define FLIGHT_MAX 64

struct world {
    struct party parties[PARTIES];
    size_t count;
    struct letter flight[FLIGHT_MAX]; /* on the way, the oldest first */
    size_t flying;
    unsigned seed;
    size_t read, lost, repeated, unreadable, repaired;
};

static unsigned pick(struct world *w, unsigned bound)
{
    return (unsigned)rand_r(&w->seed) % bound;
}

static void open_world(struct world *w, size_t count, unsigned seed)
{
    static const char *const names[PARTIES] = {"anna@chat.test", "bob@chat.test",
                                               "carla@chat.test"};
    memset(w, 0, sizeof *w);
    w->count = count;
    w->seed = seed;
    for (size_t i = 0; i < count; i++)
        party_open(&w->parties[i], names[i]);
}

static void close_world(struct world *w)
{
    for (size_t i = 0; i < w->count; i++)
        party_close(&w->parties[i]);
}

static bool connected(const struct party *from, const struct party *to)
{
    return omemo_has_session(from->o, to->jid, omemo_device_id(to->o), omemo_identity(to->o));
}

static void post(struct world *w)
{
    size_t from = pick(w, (unsigned)w->count), to = pick(w, (unsigned)w->count - 1);
    to += to >= from;
    struct party *a = &w->parties[from], *b = &w->parties[to];
    if (w->flying == FLIGHT_MAX)
        return;
    if (!connected(a, b))
        start(a, b);
    write_letter(&w->flight[w->flying++], a, b);
}

static struct letter take(struct world *w, size_t at)
{
    struct letter l = w->flight[at];
    memmove(&w->flight[at], &w->flight[at + 1], (--w->flying - at) * sizeof l);
    return l;
}

static void deliver(struct world *w, size_t at)
{
    struct letter l = take(w, at);
    bool undone = pick(w, 10) == 0; /* the reader's transaction fails at first */
    if (undone) {
        run_sql(l.to->db, "BEGIN");
        int first = read_letter(&l);
        assert_true(first == 0 || first == ERR_FORMAT || first == ERR_NOT_FOUND);
        run_sql(l.to->db, "ROLLBACK");
    }
    int r = read_letter(&l);
    if (r == 0) {
        w->read++;
        if (pick(w, 8) == 0) {
            assert_int_equal(read_letter(&l), ERR_EXISTS);
            w->repeated++;
        }
        return;
    }
    assert_true(r == ERR_FORMAT || r == ERR_NOT_FOUND);
    w->unreadable++;
    start(l.to, l.from);
    w->repaired++;
}

static void empty(struct world *w)
{
    while (w->flying > 0)
        deliver(w, 0);
}

/* Late by a few letters, as networks are: nothing may become unreadable. */
static void play(struct world *w, int steps, unsigned lateness)
{
    for (int i = 0; i < steps; i++) {
        unsigned what = pick(w, 100);
        if (what < 50)
            post(w);
        else if (what < 55 && w->flying > 0)
            (void)take(w, 0), w->lost++;
        else if (w->flying > 0)
            deliver(w, pick(w, w->flying < lateness ? (unsigned)w->flying : lateness));
        if (pick(w, 200) == 0)
            party_reopen(&w->parties[pick(w, (unsigned)w->count)]);
        if (pick(w, 100) == 0)
            assert_int_equal(
                omemo_maintain(w->parties[pick(w, (unsigned)w->count)].o, NOW + i, 100000), 0);
    }
    empty(w);
}

static void forget_one(struct world *w)
{
    size_t of = pick(w, (unsigned)w->count);
    struct party *a = &w->parties[of], *b = &w->parties[(of + 1) % w->count];
    assert_int_equal(omemo_forget_session(a->o, b->jid, omemo_device_id(b->o)), 0);
}

static void traffic__two_parties__read_everything(void **state)
{
    static struct world w;
    (void)state;
    open_world(&w, 2, 1);
    play(&w, 6000, 3);
    print_message("read %zu, lost %zu, repeated %zu\n", w.read, w.lost, w.repeated);
    assert_int_equal(w.unreadable, 0);
    assert_true(w.read > 2000);
    close_world(&w);
}

static void traffic__three_parties__read_everything(void **state)
{
    static struct world w;
    (void)state;
    open_world(&w, 3, 2);
    play(&w, 6000, 3);
    print_message("read %zu, lost %zu, repeated %zu\n", w.read, w.lost, w.repeated);
    assert_int_equal(w.unreadable, 0);
    assert_true(w.read > 2000);
    close_world(&w);
}

/* One side writes a thousand letters, which arrive in any order, a part of them never. */
static void traffic__one_way__in_any_order(void **state)
{
    enum { LETTERS = 1000 };
    static struct world w;
    static struct letter letters[LETTERS];
    (void)state;
    open_world(&w, 2, 3);
    start(&w.parties[0], &w.parties[1]);
    exchange(&w.parties[0], &w.parties[1]);
    exchange(&w.parties[1], &w.parties[0]);
    for (size_t i = 0; i < LETTERS; i++)
        write_letter(&letters[i], &w.parties[0], &w.parties[1]);
    for (size_t i = LETTERS - 1; i > 0; i--) {
        size_t j = pick(&w, (unsigned)i + 1);
        struct letter l = letters[i];
        letters[i] = letters[j];
        letters[j] = l;
    }
    for (size_t i = 0; i < LETTERS; i++) {
        if (pick(&w, 10) == 0)
            continue;
        assert_int_equal(read_letter(&letters[i]), 0);
        if (i % 100 == 0)
            assert_int_equal(read_letter(&letters[i]), ERR_EXISTS);
    }
    exchange(&w.parties[1], &w.parties[0]);
    close_world(&w);
}

/* Sessions forgotten in the midst of it, letters later than the ratchet's memory: some are lost,
 * but a repair always leads back. */
static void traffic__forgotten_sessions__are_repaired(void **state)
{
    static struct world w;
    (void)state;
    open_world(&w, 3, 4);
    for (int i = 0; i < 60; i++) {
        play(&w, 60, 40);
        forget_one(&w);
    }
    play(&w, 200, 1);
    print_message("read %zu, unreadable %zu, repaired %zu\n", w.read, w.unreadable, w.repaired);
    assert_true(w.read > 1000);
    assert_true(w.unreadable > 0);
    size_t before = w.unreadable;
    play(&w, 500, 1);
    assert_int_equal(w.unreadable, before);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traffic__two_parties__read_everything),
        cmocka_unit_test(traffic__three_parties__read_everything),
        cmocka_unit_test(traffic__one_way__in_any_order),
        cmocka_unit_test(traffic__forgotten_sessions__are_repaired),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
