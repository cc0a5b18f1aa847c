/* Frames between reader and index: back as they were, and nothing else. */
#include "desk/frames.h"

#include <stdio.h>
#include <string.h>

#include "wire/test.h"

#define BOT "ibot.chat.example"

struct bytes {
    struct buf b;
    struct arena arena;
};

static int set_up(void **state)
{
    struct bytes *x = mem_new(sizeof *x);
    x->b = (struct buf)BUF_INIT(1 << 20);
    x->arena = (struct arena)ARENA_INIT(1 << 22);
    *state = x;
    return 0;
}

static int tear_down(void **state)
{
    struct bytes *x = *state;
    buf_clear(&x->b);
    arena_clear(&x->arena);
    free(x);
    return 0;
}

/* One reading of each kind, over the first `len` bytes. */
static int get_where(struct bytes *x, size_t len)
{
    struct cursor c = cursor_over(x->b.data, len);
    const char *bot;
    return desk_frames_get_where(&c, &x->arena, &bot);
}
static int get_from(struct bytes *x, size_t len)
{
    struct cursor c = cursor_over(x->b.data, len);
    struct desk_place p;
    return desk_frames_get_from(&c, &x->arena, &p);
}
static int get_state(struct bytes *x, size_t len)
{
    struct cursor c = cursor_over(x->b.data, len);
    struct follower_state s;
    return desk_frames_get_state(&c, &x->arena, &s);
}
static int get_message(struct bytes *x, size_t len)
{
    struct cursor c = cursor_over(x->b.data, len);
    struct follower_message m;
    const char *bot;
    return desk_frames_get_message(&c, &x->arena, &bot, &m);
}
static int get_committed(struct bytes *x, size_t len)
{
    struct cursor c = cursor_over(x->b.data, len);
    uint64_t n;
    return desk_frames_get_committed(&c, &n);
}

static int get_validities(struct bytes *x, size_t len)
{
    struct cursor c = cursor_over(x->b.data, len);
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    return desk_frames_get_validities(&c, t);
}

static void assert_whole_alone(struct bytes *x, int (*get)(struct bytes *, size_t))
{
    size_t len = x->b.len;
    assert_false(buf_failed(&x->b));
    assert_int_equal(get(x, len), 0);
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(get(x, cut), ERR_FORMAT);
    buf_put_u8(&x->b, 0);
    assert_int_equal(get(x, x->b.len), ERR_FORMAT);
    buf_reset(&x->b);
}

static struct follower_message message(void)
{
    return (struct follower_message){.batch = 1,
                                     .n = 1,
                                     .at_unix_ms = FIXTURE_AT,
                                     .archived_unix_ms = FIXTURE_AT,
                                     .warrant = "w",
                                     .id = "m",
                                     .from = "anna@chat.example",
                                     .wrong = "",
                                     .body = "text",
                                     .body_len = 4};
}

static struct follower_state example_state(void)
{
    return (struct follower_state){.bot = BOT,
                                   .next = 4,
                                   .size = 12,
                                   .records = 5,
                                   .foreign = 6,
                                   .covered = 11,
                                   .stopped = "why"};
}

static void frames__each__is_whole_or_refused(void **state)
{
    struct bytes *x = *state;
    struct follower_message m = message();
    struct follower_state s = example_state();
    desk_frames_put_where(&x->b, BOT);
    assert_whole_alone(x, get_where);
    desk_frames_put_from(&x->b, &(struct desk_place){.bot = BOT, .next = 3, .size = 9});
    assert_whole_alone(x, get_from);
    desk_frames_put_state(&x->b, &s);
    assert_whole_alone(x, get_state);
    desk_frames_put_message(&x->b, BOT, &m);
    assert_whole_alone(x, get_message);
    desk_frames_put_committed(&x->b, 77);
    assert_whole_alone(x, get_committed);
}

static void frames__state__is_what_was_put(void **state)
{
    struct bytes *x = *state;
    struct follower_state s = example_state(), again;
    desk_frames_put_state(&x->b, &s);
    struct cursor c = cursor_over(x->b.data, x->b.len);
    assert_int_equal(desk_frames_get_state(&c, &x->arena, &again), 0);
    assert_string_equal(again.bot, BOT);
    assert_true(again.next == 4 && again.size == 12 && again.records == 5 && again.foreign == 6 &&
                again.covered == 11);
    assert_string_equal(again.stopped, "why");
}

static void frames__each__refuses_a_bot_that_is_none(void **state)
{
    struct bytes *x = *state;
    static const char *const bots[] = {"", "Ibot.example", "a b", "anna@chat.example"};
    for (size_t i = 0; i < sizeof bots / sizeof bots[0]; i++) {
        struct follower_message m = message();
        struct follower_state s = example_state();
        s.bot = bots[i];
        desk_frames_put_where(&x->b, bots[i]);
        assert_int_equal(get_where(x, x->b.len), ERR_FORMAT);
        buf_reset(&x->b);
        desk_frames_put_from(&x->b, &(struct desk_place){.bot = bots[i], .next = 3});
        assert_int_equal(get_from(x, x->b.len), ERR_FORMAT);
        buf_reset(&x->b);
        desk_frames_put_state(&x->b, &s);
        assert_int_equal(get_state(x, x->b.len), ERR_FORMAT);
        buf_reset(&x->b);
        desk_frames_put_message(&x->b, bots[i], &m);
        assert_int_equal(get_message(x, x->b.len), ERR_FORMAT);
        buf_reset(&x->b);
    }
}

static void frames__each__refuses_numbers_that_are_none(void **state)
{
    struct bytes *x = *state;
    struct follower_state s = example_state();
    desk_frames_put_from(&x->b, &(struct desk_place){.bot = BOT, .next = 0, .size = 9});
    assert_int_equal(get_from(x, x->b.len), ERR_FORMAT);
    buf_reset(&x->b);
    desk_frames_put_from(&x->b, &(struct desk_place){.bot = BOT, .next = 1, .size = UINT64_MAX});
    assert_int_equal(get_from(x, x->b.len), ERR_FORMAT);
    buf_reset(&x->b);
    s.next = -1;
    desk_frames_put_state(&x->b, &s);
    assert_int_equal(get_state(x, x->b.len), ERR_FORMAT);
    buf_reset(&x->b);
    s = example_state();
    s.covered = s.size + 1;
    desk_frames_put_state(&x->b, &s);
    assert_int_equal(get_state(x, x->b.len), ERR_FORMAT);
    buf_reset(&x->b);
    s = example_state();
    s.size = UINT64_MAX;
    desk_frames_put_state(&x->b, &s);
    assert_int_equal(get_state(x, x->b.len), ERR_FORMAT);
}

static void put_warrant(struct desk_told *t, const char *id, int64_t from, int64_t until)
{
    struct validity *v = &t->validities.items[t->validities.count++];
    snprintf(v->warrant, sizeof v->warrant, "%s", id);
    v->from_day = from;
    v->until_day = until;
}

static struct desk_told *told_new(void)
{
    struct desk_told *t = mem_new(sizeof *t);
    t->validities.policy = 7;
    t->replay = true;
    t->clock_unix_ms = FIXTURE_AT;
    put_warrant(t, "2026-0001", FIXTURE_DAY, FIXTURE_DAY + 9);
    return t;
}

static void frames__validities__come_back_as_they_were(void **state)
{
    struct bytes *x = *state;
    CLEANUP_FREE struct desk_told *t = told_new(), *back = mem_new(sizeof *back);
    put_warrant(t, "second", 0, 0);
    t->validities.items[0].named = true;
    t->validities.items[1].revoked = true;
    memset(t->validities.items[1].hash, 5, HASH_BYTES);
    desk_frames_put_validities(&x->b, t);
    struct cursor c = cursor_over(x->b.data, x->b.len);
    assert_int_equal(desk_frames_get_validities(&c, back), 0);
    assert_true(validities_same(&t->validities, &back->validities));
    assert_true(back->replay && back->clock_unix_ms == FIXTURE_AT);
    assert_whole_alone(x, get_validities);
}

static void frames__validities__of_a_network_without_a_policy(void **state)
{
    struct bytes *x = *state;
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    desk_frames_put_validities(&x->b, t);
    assert_whole_alone(x, get_validities);
}

static void refuse_told(struct bytes *x, struct desk_told *t)
{
    desk_frames_put_validities(&x->b, t);
    assert_int_equal(get_validities(x, x->b.len), ERR_FORMAT);
    buf_reset(&x->b);
    free(t);
}

static void frames__validities__refuses_what_no_warrant_has(void **state)
{
    struct bytes *x = *state;
    struct desk_told *t = told_new();
    put_warrant(t, "not an id", 0, 1);
    refuse_told(x, t);
    t = told_new();
    put_warrant(t, "", 0, 1);
    refuse_told(x, t);
    t = told_new();
    put_warrant(t, "w", 5, 4);
    refuse_told(x, t);
    t = told_new();
    put_warrant(t, "w", -1, 4);
    refuse_told(x, t);
    t = told_new();
    put_warrant(t, "w", 0, INT64_MAX);
    refuse_told(x, t);
    t = told_new();
    t->clock_unix_ms = INT64_MAX;
    refuse_told(x, t);
    t = told_new();
    t->validities.count = VALIDITIES_MAX;
    for (size_t i = 0; i < VALIDITIES_MAX; i++)
        t->validities.items[i] = t->validities.items[0];
    desk_frames_put_validities(&x->b, t);
    assert_int_equal(get_validities(x, x->b.len), 0);
    x->b.data[4 + 1 + 8 + 1]++; /* one more than there may be */
    assert_int_equal(get_validities(x, x->b.len), ERR_FORMAT);
    x->b.data[4 + 1 + 8 + 1]--;
    x->b.data[4] = 2; /* neither a replay nor live */
    assert_int_equal(get_validities(x, x->b.len), ERR_FORMAT);
    x->b.data[4] = 1;
    x->b.data[x->b.len - 1] = 4; /* a flag that there is not */
    assert_int_equal(get_validities(x, x->b.len), ERR_FORMAT);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames__each__is_whole_or_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frames__state__is_what_was_put, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frames__each__refuses_a_bot_that_is_none, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(frames__each__refuses_numbers_that_are_none, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(frames__validities__come_back_as_they_were, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(frames__validities__of_a_network_without_a_policy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(frames__validities__refuses_what_no_warrant_has, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
