/* Files on their way from the reader to a worker, and what comes back. */
#include "desk/making.h"

#include "base/memory.h"
#include "base/process.h"
#include "base/secret.h"
#include "desk/frames.h"
#include "small_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define ROOM (16U << 20)

/* The test is the reader and the workers. */
struct world {
    struct small_desk desk;
    struct channel to_reader, reader, to_workers, workers;
    struct desk_requests *requests;
    struct desk_making *making;
    struct arena arena;
    struct buf b;
};

static void pair(struct channel *a, struct channel *b)
{
    int fds[2];
    assert_int_equal(process_socketpair(fds), 0);
    assert_int_equal(channel_init(a, fds[0], ROOM, ROOM), 0);
    assert_int_equal(channel_init(b, fds[1], ROOM, ROOM), 0);
}

static int set_up(void **state)
{
    struct world *w = mem_new(sizeof *w);
    small_desk_make(&w->desk);
    small_desk_fill(&w->desk);
    small_desk_send_file(&w->desk, "a.png", "image/png", 100);
    pair(&w->to_reader, &w->reader);
    pair(&w->to_workers, &w->workers);
    w->requests = desk_requests_new(&w->to_reader);
    w->making = desk_making_new(w->desk.index, w->requests, &w->to_workers, &w->desk.clock);
    w->arena = (struct arena)ARENA_INIT(ROOM);
    w->b = (struct buf)BUF_INIT(ROOM);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    desk_making_free(w->making);
    desk_requests_free(w->requests);
    channel_clear(&w->to_reader);
    channel_clear(&w->reader);
    channel_clear(&w->to_workers);
    channel_clear(&w->workers);
    arena_clear(&w->arena);
    buf_clear(&w->b);
    small_desk_clear(&w->desk);
    free(w);
    return 0;
}

static bool next(struct channel *from, struct channel *to, struct frame *ret)
{
    assert_int_equal(channel_flush(from), 0);
    int r = channel_fill(to);
    assert_true(r == 0 || r == ERR_AGAIN);
    return channel_next(to, ret) == 0;
}

/* The piece that the reader is asked for; its number. */
static uint64_t asked(struct world *w)
{
    struct frame f;
    struct desk_request q;
    assert_true(next(&w->to_reader, &w->reader, &f));
    struct cursor c = cursor_over(f.body, f.len);
    assert_int_equal(desk_request_get(&c, &w->arena, &q), 0);
    assert_int_equal(q.original.len, 100);
    return q.number;
}

static void reply(struct world *w, uint64_t number, int code)
{
    static const uint8_t bytes[100] = {7};
    const struct desk_reply r = {.number = number,
                                 .code = code,
                                 .line = code < 0 ? "it is missing" : "",
                                 .body = bytes,
                                 .body_len = code < 0 ? 0 : sizeof bytes};
    buf_reset(&w->b);
    desk_reply_put(&w->b, &r);
    struct cursor c = cursor_over(w->b.data, w->b.len);
    assert_int_equal(desk_requests_take(w->requests, &c), 0);
}

static int answer(struct world *w, uint64_t number, enum worker_outcome o, const char *made)
{
    const struct worker_result r = {number, o, (const uint8_t *)made, strlen(made)};
    struct diag d = {""};
    buf_reset(&w->b);
    worker_result_put(&w->b, &r);
    const struct frame f = {WORKER_MADE, w->b.data, w->b.len};
    return desk_making_take(w->making, &f, &d);
}

static int copy_wrong(void *context, const struct desk_made *m)
{
    snprintf(context, 256, "%s", m->wrong);
    return 0;
}

/* What stands at the file. */
static void assert_wrong(struct world *w, const char *want)
{
    char wrong[256] = "(nothing)";
    (void)!desk_made_of(w->desk.index, SMALL_DESK_FILE, copy_wrong, wrong, &w->desk.d);
    assert_string_equal(wrong, want);
}

static void step(struct world *w)
{
    if (desk_making_step(w->making, &w->desk.d) != 0)
        fail_msg("%s", w->desk.d.text);
}

/* Behind the pause between two looks. */
static void step_later(struct world *w)
{
    struct timespec pause = {.tv_nsec = 520000000};
    nanosleep(&pause, NULL);
    step(w);
}

/* To where a worker has all of it. */
static void hand_over(struct world *w)
{
    struct frame f;
    struct worker_job j;
    step(w);
    reply(w, asked(w), 0);
    assert_true(next(&w->to_workers, &w->workers, &f));
    struct cursor c = cursor_over(f.body, f.len);
    assert_true(f.type == WORKER_JOB && worker_job_get(&c, &j) == 0);
    assert_true(j.number == SMALL_DESK_FILE && j.kind == WORKER_PHOTO && j.size == 100);
    assert_true(channel_next(&w->workers, &f) == 0 && f.type == WORKER_BYTES && f.len == 108);
}

static void making__file__goes_to_a_worker_and_its_answer_is_kept(void **state)
{
    struct world *w = *state;
    static const uint8_t jpeg[] = {0xff, 0xd8, 1, 2, 3, 0xff, 0xd9};
    const struct worker_made made = {
        .width = 4, .height = 3, .thumbnail = jpeg, .thumbnail_len = sizeof jpeg, .words = "sign"};
    CLEANUP_BUF struct buf bytes = BUF_INIT(4096);
    struct frame f;
    hand_over(w);
    worker_made_put(&bytes, &made);
    const struct worker_result r = {SMALL_DESK_FILE, WORKER_DONE, bytes.data, bytes.len};
    buf_reset(&w->b);
    worker_result_put(&w->b, &r);
    const struct frame result = {WORKER_MADE, w->b.data, w->b.len};
    assert_int_equal(desk_making_take(w->making, &result, &w->desk.d), 0);
    assert_wrong(w, "");
    step(w);
    assert_false(next(&w->to_reader, &w->reader, &f)); /* nothing twice */
}

static void making__file__that_the_reader_cannot_give_is_a_line(void **state)
{
    struct world *w = *state;
    struct frame f;
    step(w);
    reply(w, asked(w), ERR_NOT_FOUND);
    assert_wrong(w, "it is missing");
    assert_false(next(&w->to_workers, &w->workers, &f)); /* no worker was begun */
    step(w);
    assert_false(next(&w->to_reader, &w->reader, &f));
}

/* A disk that was away is back after a while: it is asked for again, each time after twice as long,
 * and not for ever. What was made at last leaves no try behind. */
static void making__file__that_was_missing_is_asked_for_again(void **state)
{
    struct world *w = *state;
    struct frame f;
    int64_t now = SMALL_DESK_NOW;
    for (unsigned tries = 0; tries < DESK_MADE_TRIES; tries++) {
        step_later(w);
        reply(w, asked(w), tries % 2 == 0 ? ERR_NOT_FOUND : ERR_IO);
        assert_wrong(w, "it is missing");
        now += (DESK_MADE_AGAIN_MS << tries) - 1;
        small_desk_at(&w->desk, now);
        step_later(w);
        assert_false(next(&w->to_reader, &w->reader, &f));
        small_desk_at(&w->desk, ++now);
    }
    small_desk_at(&w->desk, now + (DESK_MADE_AGAIN_MS << DESK_MADE_TRIES));
    step_later(w);
    assert_false(next(&w->to_reader, &w->reader, &f));
}

static void making__file__that_came_back_is_made(void **state)
{
    struct world *w = *state;
    struct frame f;
    step(w);
    reply(w, asked(w), ERR_NOT_FOUND);
    small_desk_at(&w->desk, SMALL_DESK_NOW + DESK_MADE_AGAIN_MS);
    step_later(w);
    reply(w, asked(w), 0);
    assert_true(next(&w->to_workers, &w->workers, &f) && f.type == WORKER_JOB);
    assert_int_equal(answer(w, SMALL_DESK_FILE, WORKER_UNKNOWN, ""), 0);
    assert_wrong(w, worker_outcome_text(WORKER_UNKNOWN));
    small_desk_at(&w->desk, SMALL_DESK_NOW + 100 * DESK_MADE_AGAIN_MS);
    step_later(w);
    assert_false(next(&w->to_reader, &w->reader, &f));
}

/* Other bytes than were archived stay so. */
static void making__file__of_other_bytes_is_not_asked_for_again(void **state)
{
    struct world *w = *state;
    struct frame f;
    step(w);
    reply(w, asked(w), ERR_AUTH);
    small_desk_at(&w->desk, SMALL_DESK_NOW + 100 * DESK_MADE_AGAIN_MS);
    step_later(w);
    assert_false(next(&w->to_reader, &w->reader, &f));
}

static void making__worker__that_fails_is_a_line(void **state)
{
    struct world *w = *state;
    hand_over(w);
    assert_int_equal(answer(w, SMALL_DESK_FILE, WORKER_CRASHED, ""), 0);
    assert_wrong(w, worker_outcome_text(WORKER_CRASHED));
}

static void making__worker__that_says_nonsense_is_not_believed(void **state)
{
    struct world *w = *state;
    hand_over(w);
    assert_int_equal(answer(w, SMALL_DESK_FILE, WORKER_DONE, "<html>"), 0);
    assert_wrong(w, worker_outcome_text(WORKER_NONSENSE));
}

static void making__take__refuses_an_answer_to_nothing(void **state)
{
    struct world *w = *state;
    assert_int_equal(answer(w, SMALL_DESK_FILE, WORKER_CRASHED, ""), ERR_FORMAT);
    hand_over(w);
    assert_int_equal(answer(w, 7, WORKER_CRASHED, ""), ERR_FORMAT);
    assert_wrong(w, "(nothing)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(making__file__goes_to_a_worker_and_its_answer_is_kept,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(making__file__that_the_reader_cannot_give_is_a_line, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(making__file__that_was_missing_is_asked_for_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(making__file__that_came_back_is_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(making__file__of_other_bytes_is_not_asked_for_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(making__worker__that_fails_is_a_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(making__worker__that_says_nonsense_is_not_believed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(making__take__refuses_an_answer_to_nothing, set_up,
                                        tear_down),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
