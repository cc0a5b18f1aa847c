#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/channel.h"
#include "base/memory.h"
#include "base/process.h"
#include "front/exchange.h"
#include "front/front.h"

#define FRAME_MAX (ANSWER_BODY_MAX + 64U * 1024)
#define SHORT_MS 100
#define LONG_MS 10000

struct world {
    struct exchange *x;
    struct channel index;
    volatile bool stop;
    pthread_t pump;
};

static void *pumping(void *context)
{
    struct world *w = context;
    int r = 0;
    while (r == 0 && !w->stop)
        r = exchange_pump(w->x, 20);
    return (void *)(intptr_t)r;
}

static int open_world(void **state)
{
    struct world *w = mem_new(sizeof *w);
    int fds[2];
    assert_int_equal(process_socketpair(fds), 0);
    assert_int_equal(exchange_new(fds[0], &w->x), 0);
    assert_int_equal(channel_init(&w->index, fds[1], FRAME_MAX, FRAME_MAX), 0);
    pthread_create(&w->pump, NULL, pumping, w);
    *state = w;
    return 0;
}

static int end_pump(struct world *w)
{
    void *r;
    w->stop = true;
    pthread_join(w->pump, &r);
    return (int)(intptr_t)r;
}

static int close_world(void **state)
{
    struct world *w = *state;
    if (!w->stop)
        (void)end_pump(w);
    exchange_free(w->x);
    channel_clear(&w->index);
    free(w);
    return 0;
}

static int ask(struct world *w, int timeout_ms, unsigned *ret_status)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(QUESTION_BODY_MAX);
    CLEANUP_BUF struct buf body = BUF_INIT(QUESTION_BODY_MAX);
    struct answer x;
    const struct question q = {
        .path = "/api/x", .session = "", .csrf = "", .purpose = "", .peer = "", .body = ""};
    int r = exchange_ask(w->x, &q, timeout_ms, &body, &a, &x);
    if (r == 0)
        *ret_status = x.status;
    return r;
}

/* Waits for the next question; its number. */
static uint64_t next_question(struct world *w)
{
    struct frame f;
    int r;
    while ((r = channel_next(&w->index, &f)) == ERR_AGAIN)
        (void)!channel_fill(&w->index);
    assert_int_equal(r, 0);
    struct cursor c = cursor_over(f.body, f.len);
    return cursor_u64(&c);
}

static void answer(struct world *w, uint64_t number, unsigned status)
{
    const struct answer x = {.number = number,
                             .status = status,
                             .etag = "",
                             .set_session = "",
                             .type = "",
                             .name = "",
                             .body = "{}",
                             .body_len = 2};
    assert_int_equal(answer_put(channel_begin(&w->index, FRONT_ANSWER), &x), 0);
    assert_int_equal(channel_end(&w->index), 0);
    assert_int_equal(channel_flush(&w->index), 0);
}

struct asker {
    struct world *w;
    int result;
    unsigned status;
    pthread_t thread;
};

static void *asking(void *context)
{
    struct asker *a = context;
    a->result = ask(a->w, LONG_MS, &a->status);
    return NULL;
}

static void exchange__ask__each_gets_its_own_answer(void **state)
{
    struct world *w = *state;
    struct asker askers[8];
    uint64_t numbers[8];
    for (size_t i = 0; i < 8; i++) {
        askers[i] = (struct asker){.w = w};
        pthread_create(&askers[i].thread, NULL, asking, &askers[i]);
        numbers[i] = next_question(w);
    }
    for (unsigned i = 8; i-- > 0;)
        answer(w, numbers[i], 200 + i);
    for (unsigned i = 0; i < 8; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_int_equal(askers[i].result, 0);
        assert_int_equal(askers[i].status, 200 + i);
    }
}

static void exchange__ask__late_answer_is_nobodys(void **state)
{
    struct world *w = *state;
    unsigned status = 0;
    assert_int_equal(ask(w, SHORT_MS, &status), ERR_TIMEOUT);
    answer(w, next_question(w), 201);
    struct asker a = {.w = w};
    pthread_create(&a.thread, NULL, asking, &a);
    answer(w, next_question(w), 202);
    pthread_join(a.thread, NULL);
    assert_int_equal(a.status, 202);
}

static void exchange__ask__ends_with_the_index(void **state)
{
    struct world *w = *state;
    struct asker a = {.w = w};
    unsigned status;
    pthread_create(&a.thread, NULL, asking, &a);
    (void)next_question(w);
    channel_clear(&w->index);
    pthread_join(a.thread, NULL);
    assert_int_equal(a.result, ERR_CLOSED);
    assert_int_equal(end_pump(w), ERR_CLOSED);
    assert_int_equal(ask(w, LONG_MS, &status), ERR_CLOSED);
}

static void exchange__ask__so_many_wait_and_no_more(void **state)
{
    struct world *w = *state;
    struct asker *askers = mem_array(EXCHANGE_WAITING_MAX, sizeof *askers);
    unsigned status;
    for (size_t i = 0; i < EXCHANGE_WAITING_MAX; i++) {
        askers[i].w = w;
        pthread_create(&askers[i].thread, NULL, asking, &askers[i]);
    }
    for (size_t i = 0; i < EXCHANGE_WAITING_MAX; i++)
        (void)next_question(w);
    assert_int_equal(ask(w, LONG_MS, &status), ERR_AGAIN);
    exchange_end(w->x);
    for (size_t i = 0; i < EXCHANGE_WAITING_MAX; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_int_equal(askers[i].result, ERR_CLOSED);
    }
    free(askers);
}

static void exchange__pump__ends_at_a_frame_of_no_kind(void **state)
{
    struct world *w = *state;
    void *r;
    assert_int_equal(channel_send(&w->index, FRONT_QUESTION, "x", 1), 0);
    assert_int_equal(channel_flush(&w->index), 0);
    pthread_join(w->pump, &r);
    w->stop = true;
    assert_int_equal((intptr_t)r, ERR_FORMAT);
}

static void exchange__event__only_later_ones(void **state)
{
    struct world *w = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(EXCHANGE_EVENT_MAX);
    uint64_t seen = 0;
    assert_int_equal(exchange_event(w->x, &seen, SHORT_MS, &b), ERR_TIMEOUT);
    assert_int_equal(channel_send(&w->index, FRONT_EVENT, "{1}", 3), 0);
    assert_int_equal(channel_flush(&w->index), 0);
    assert_int_equal(exchange_event(w->x, &seen, LONG_MS, &b), 0);
    assert_string_equal(buf_text(&b), "{1}");
    assert_int_equal(exchange_event(w->x, &seen, SHORT_MS, &b), ERR_TIMEOUT);
    exchange_end(w->x);
    assert_int_equal(exchange_event(w->x, &seen, LONG_MS, &b), ERR_CLOSED);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(exchange__ask__each_gets_its_own_answer),
        WITH(exchange__ask__late_answer_is_nobodys),
        WITH(exchange__ask__ends_with_the_index),
        WITH(exchange__ask__so_many_wait_and_no_more),
        WITH(exchange__pump__ends_at_a_frame_of_no_kind),
        WITH(exchange__event__only_later_ones),
    };
    return cmocka_run_group_tests_name("front/exchange", tests, NULL, NULL);
}
