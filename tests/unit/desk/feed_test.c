/* What the reader hands over, in an index: whole batches, and how far their journals are. */
#include "desk/feed.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/process.h"
#include "base/secret.h"
#include "desk/frames.h"
#include "desk/validity.h"
#include "small_desk.h"
#include "wire/test.h"

#define BOT "ibot.chat.example"
#define OTHER "two.chat.example"

struct world {
    struct small_desk desk;
    struct channel reader; /* the index's end */
    struct channel peer;   /* the reader's */
    struct desk_feed *feed;
    struct diag d;
};

static int set_up(void **state)
{
    struct world *w = mem_new(sizeof *w);
    int ends[2];
    small_desk_make(&w->desk);
    FIXTURE_MUST(process_socketpair(ends) == 0 &&
                 channel_init(&w->reader, ends[0], DESK_FRAME_MAX, 1 << 20) == 0 &&
                 channel_init(&w->peer, ends[1], DESK_FRAME_MAX, 1 << 20) == 0);
    w->feed = desk_feed_new(w->desk.index, &w->reader);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    desk_feed_free(w->feed);
    channel_clear(&w->reader);
    channel_clear(&w->peer);
    small_desk_clear(&w->desk);
    free(w);
    return 0;
}
#define WORLD_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

/* Hands it over as if it had come through the socket. */
static int give(struct world *w, uint8_t type, const struct buf *b)
{
    struct frame f = {.type = type, .body = b->data, .len = b->len};
    return desk_feed_take(w->feed, &f, &w->d);
}

static int give_where(struct world *w, const char *bot)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    desk_frames_put_where(&b, bot);
    return give(w, DESK_FRAME_WHERE, &b);
}

static struct follower_message message(unsigned n, const char *body)
{
    struct follower_message m = {.batch = 1,
                                 .leaf = n,
                                 .n = n,
                                 .policy = 1,
                                 .at_unix_ms = FIXTURE_AT + n,
                                 .archived_unix_ms = FIXTURE_AT + n,
                                 .warrant = "2026-0001",
                                 .id = "m",
                                 .from = "anna@chat.example",
                                 .to = {"bert@chat.example"},
                                 .to_count = 1,
                                 .wrong = "",
                                 .body = body,
                                 .body_len = strlen(body)};
    memset(m.certificate, 7, HASH_BYTES);
    memset(m.record_leaf, (int)n, HASH_BYTES);
    return m;
}

static int give_message(struct world *w, const char *bot, const struct follower_message *m)
{
    CLEANUP_BUF struct buf b = BUF_INIT(DESK_FRAME_MAX);
    desk_frames_put_message(&b, bot, m);
    return give(w, DESK_FRAME_MESSAGE, &b);
}

static int give_state(struct world *w, uint8_t type, const char *bot, int64_t next,
                      const char *stopped)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    struct follower_state s = {.bot = bot, .next = next, .size = 5};
    snprintf(s.stopped, sizeof s.stopped, "%s", stopped);
    desk_frames_put_state(&b, &s);
    return give(w, type, &b);
}

/* How far the bot has signed. */
static int give_covered(struct world *w, const char *bot, uint64_t covered)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    const struct follower_state s = {.bot = bot, .next = 2, .size = 9, .covered = covered};
    desk_frames_put_state(&b, &s);
    return give(w, DESK_FRAME_STATE, &b);
}

static uint64_t pending(struct world *w)
{
    struct desk_figures f;
    assert_int_equal(desk_figures(w->desk.index, SMALL_DESK_NOW, &f, &w->d), 0);
    return f.pending;
}

/* What the index has sent. */
static uint8_t answer(struct world *w, struct frame *ret)
{
    assert_int_equal(channel_flush(&w->reader), 0);
    (void)!channel_fill(&w->peer);
    assert_int_equal(channel_next(&w->peer, ret), 0);
    return ret->type;
}

static struct desk_progress progress(struct world *w, const char *bot)
{
    struct desk_progress p;
    if (desk_index_progress_of(w->desk.index, bot, &p, &w->d) != 0)
        fail_msg("%s", w->d.text);
    return p;
}

static void commit(struct world *w, size_t messages)
{
    size_t count;
    if (desk_feed_commit(w->feed, &count, &w->d) != 0)
        fail_msg("%s", w->d.text);
    assert_int_equal(count, messages);
}

static void feed__where__is_the_first_batch_of_a_bot_never_heard_of(void **state)
{
    struct world *w = *state;
    struct frame f;
    struct desk_place p;
    CLEANUP_ARENA struct arena a = ARENA_INIT(1024);
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(answer(w, &f), DESK_FRAME_FROM);
    struct cursor c = cursor_over(f.body, f.len);
    assert_int_equal(desk_frames_get_from(&c, &a, &p), 0);
    assert_string_equal(p.bot, BOT);
    assert_true(p.next == 1 && p.size == 0);
}

static void feed__where__once_for_each(void **state)
{
    struct world *w = *state;
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_where(w, BOT), ERR_FORMAT);
    for (unsigned i = 1; i < FOLLOWER_BOTS_MAX; i++) {
        char bot[32];
        snprintf(bot, sizeof bot, "b%u.chat.example", i);
        assert_int_equal(give_where(w, bot), 0);
    }
    assert_int_equal(give_where(w, "late.chat.example"), ERR_FORMAT);
}

static void feed__commit__writes_a_batch_with_its_progress_and_says_so(void **state)
{
    struct world *w = *state;
    struct frame f;
    uint64_t batches;
    struct follower_message m = message(1, "one"), n = message(2, "two");
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(answer(w, &f), DESK_FRAME_FROM);
    assert_false(desk_feed_ready(w->feed));
    assert_int_equal(give_message(w, BOT, &m), 0);
    assert_int_equal(give_message(w, BOT, &n), 0);
    assert_false(desk_feed_ready(w->feed)); /* half of a batch */
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 2, ""), 0);
    assert_true(desk_feed_ready(w->feed));
    assert_int_equal(desk_feed_waiting(w->feed), 2);
    commit(w, 2);
    assert_false(desk_feed_ready(w->feed));
    assert_false(desk_feed_ready(w->feed));
    assert_int_equal(answer(w, &f), DESK_FRAME_COMMITTED);
    struct cursor c = cursor_over(f.body, f.len);
    assert_int_equal(desk_frames_get_committed(&c, &batches), 0);
    assert_int_equal(batches, 1);
    assert_true(progress(w, BOT).next == 2 && progress(w, BOT).size == 5);
}

/* A whole batch waits while the next one has begun: neither is written. */
static void feed__ready__not_in_the_middle_of_a_batch(void **state)
{
    struct world *w = *state;
    struct follower_message m = message(1, "one"), n = message(2, "two");
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_message(w, BOT, &m), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 2, ""), 0);
    assert_true(desk_feed_ready(w->feed));
    assert_int_equal(give_message(w, BOT, &n), 0);
    assert_false(desk_feed_ready(w->feed));
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 3, ""), 0);
    assert_true(desk_feed_ready(w->feed));
}

static void feed__state__is_kept_without_a_batch(void **state)
{
    struct world *w = *state;
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_state(w, DESK_FRAME_STATE, BOT, 1, "it stands"), 0);
    assert_true(desk_feed_ready(w->feed));
    commit(w, 0);
    assert_string_equal(progress(w, BOT).stopped, "it stands");
}

static void feed__take__refuses_what_no_reader_sends(void **state)
{
    struct world *w = *state;
    struct follower_message m = message(1, "one");
    CLEANUP_BUF struct buf b = BUF_INIT(64);
    buf_put_u64(&b, 1);
    assert_int_equal(give_message(w, BOT, &m), ERR_FORMAT); /* of a bot that was not asked for */
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 2, ""), ERR_FORMAT);
    assert_int_equal(give(w, DESK_FRAME_COMMITTED, &b), ERR_FORMAT);
    assert_int_equal(give(w, 99, &b), ERR_FORMAT);
    assert_int_equal(give(w, DESK_FRAME_MESSAGE, &b), ERR_FORMAT);
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_message(w, BOT, &m), 0);
    /* In the middle of a batch. */
    assert_int_equal(give_state(w, DESK_FRAME_STATE, BOT, 1, ""), ERR_FORMAT);
}

static void feed__take__a_record_twice_changes_nothing(void **state)
{
    struct world *w = *state;
    struct follower_message m = message(1, "one");
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_message(w, BOT, &m), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 2, ""), 0);
    commit(w, 1);
    assert_int_equal(give_message(w, BOT, &m), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 2, ""), 0);
    commit(w, 0);
    assert_int_equal(desk_index_check(w->desk.index, &w->d), 0);
}

/* A message is pending until a checkpoint covers it, which never goes back. */
static void feed__covered__until_then_messages_are_pending(void **state)
{
    struct world *w = *state;
    struct follower_message m = message(1, "one"), n = message(2, "two"), o = message(7, "three");
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_message(w, BOT, &m), 0);
    assert_int_equal(give_message(w, BOT, &n), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 2, ""), 0);
    commit(w, 2);
    assert_true(pending(w) == 2);
    assert_int_equal(give_covered(w, BOT, m.leaf + 1), 0);
    commit(w, 0);
    assert_true(pending(w) == 1);
    assert_int_equal(give_covered(w, BOT, 5), 0);
    commit(w, 0);
    assert_true(pending(w) == 0 && progress(w, BOT).covered == 5);
    assert_int_equal(give_covered(w, BOT, 0), 0); /* a reader that has just begun */
    assert_int_equal(give_message(w, BOT, &o), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 3, ""), 0);
    commit(w, 1);
    assert_true(pending(w) == 1 && progress(w, BOT).covered == 5);
}

/* A record that is another than the index's stops its own journal, for good. */
static void feed__take__a_record_that_differs_stops_its_journal_alone(void **state)
{
    struct world *w = *state;
    struct follower_message m = message(1, "one"), other = message(1, "another"),
                            further = message(2, "two");
    other.record_leaf[0] = 99;
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_where(w, OTHER), 0);
    assert_int_equal(give_message(w, BOT, &m), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 2, ""), 0);
    commit(w, 1);
    assert_int_equal(give_message(w, BOT, &other), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 3, ""), 0);
    assert_int_equal(give_message(w, BOT, &further), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 4, ""), 0);
    further.n = 9;
    assert_int_equal(give_message(w, OTHER, &further), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, OTHER, 2, ""), 0);
    commit(w, 1);
    assert_says(progress(w, BOT).stopped, BOT);
    assert_true(progress(w, BOT).next == 2);
    assert_string_equal(progress(w, OTHER).stopped, "");
    assert_true(progress(w, OTHER).next == 2);
}

/* After a start the first that comes is a record that differs: how far the journal was stays known.
 */
static void feed__take__a_record_that_differs_at_once_forgets_nothing(void **state)
{
    struct world *w = *state;
    struct follower_message m = message(1, "one"), other = message(1, "another");
    other.record_leaf[0] = 99;
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_message(w, BOT, &m), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 2, ""), 0);
    commit(w, 1);
    desk_feed_free(w->feed);
    w->feed = desk_feed_new(w->desk.index, &w->reader);
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_message(w, BOT, &other), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 3, ""), 0);
    commit(w, 0);
    assert_says(progress(w, BOT).stopped, BOT);
    assert_true(progress(w, BOT).next == 2 && progress(w, BOT).size == 5);
}

static int give_validity(struct world *w, int64_t until_day)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    CLEANUP_FREE struct desk_told *t = mem_new(sizeof *t);
    t->validities = (struct validities){.policy = 1, .count = 1};
    t->validities.items[0] = (struct validity){
        .warrant = "2026-0001", .from_day = FIXTURE_DAY, .until_day = until_day, .named = true};
    desk_frames_put_validities(&b, t);
    return give(w, DESK_FRAME_VALIDITIES, &b);
}

/* Whether it comes before all messages or in the middle of a batch. */
static void feed__validities__hide_what_has_ended(void **state)
{
    struct world *w = *state;
    struct follower_message m = message(1, "one"), n = message(2, "two");
    desk_validities_at(w->desk.index, FIXTURE_AT + 2 * CALENDAR_DAY_MS);
    assert_int_equal(give_validity(w, FIXTURE_DAY + 1), 0);
    assert_int_equal(give_where(w, BOT), 0);
    assert_int_equal(give_message(w, BOT, &m), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 2, ""), 0);
    commit(w, 0); /* none that anybody sees */
    assert_int_equal(give_message(w, BOT, &n), 0);
    assert_int_equal(give_validity(w, FIXTURE_DAY + 2), 0);
    assert_int_equal(give_state(w, DESK_FRAME_BATCH, BOT, 3, ""), 0);
    commit(w, 1);
    assert_int_equal(give(w, DESK_FRAME_VALIDITIES, &(struct buf){0}), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(feed__where__is_the_first_batch_of_a_bot_never_heard_of),
        WORLD_TEST(feed__where__once_for_each),
        WORLD_TEST(feed__commit__writes_a_batch_with_its_progress_and_says_so),
        WORLD_TEST(feed__ready__not_in_the_middle_of_a_batch),
        WORLD_TEST(feed__state__is_kept_without_a_batch),
        WORLD_TEST(feed__take__refuses_what_no_reader_sends),
        WORLD_TEST(feed__validities__hide_what_has_ended),
        WORLD_TEST(feed__take__a_record_twice_changes_nothing),
        WORLD_TEST(feed__covered__until_then_messages_are_pending),
        WORLD_TEST(feed__take__a_record_that_differs_stops_its_journal_alone),
        WORLD_TEST(feed__take__a_record_that_differs_at_once_forgets_nothing),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
