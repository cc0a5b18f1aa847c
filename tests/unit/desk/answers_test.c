/* A front that does not read its answers: the index waits, and does not end. */
#include "desk/answers.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/process.h"
#include "front/front.h"

#define QUESTIONS 12U

struct world {
    struct channel index; /* its end of the socket */
    struct channel front; /* the other end */
    uint8_t *long_answer; /* of DESK_ANSWER_MAX, with its type */
};

static int set_up(void **state)
{
    struct world *w = mem_new(sizeof *w);
    int ends[2];
    assert_int_equal(process_socketpair(ends), 0);
    assert_int_equal(desk_answers_init(&w->index, ends[0]), 0);
    assert_int_equal(channel_init(&w->front, ends[1], DESK_ANSWER_MAX, 1 << 20), 0);
    w->long_answer = mem_new(DESK_ANSWER_MAX - 1);
    for (unsigned i = 0; i < QUESTIONS; i++)
        assert_int_equal(channel_send(&w->front, FRONT_QUESTION, "?", 1), 0);
    assert_int_equal(channel_flush(&w->front), 0);
    assert_int_equal(channel_fill(&w->index), 0);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    channel_clear(&w->index);
    channel_clear(&w->front);
    free(w->long_answer);
    free(w);
    return 0;
}

/* Answers what it may, each as long as an answer can be; how many there were. */
static unsigned answer_all(struct world *w)
{
    struct frame f;
    unsigned count = 0;
    while (desk_answers_next(&w->index, &f) == 0) {
        assert_int_equal(f.type, FRONT_QUESTION);
        assert_int_equal(channel_send(&w->index, FRONT_ANSWER, w->long_answer, DESK_ANSWER_MAX - 1),
                         0);
        count++;
    }
    return count;
}

static void desk_answers__next__waits_for_room(void **state)
{
    struct world *w = *state;
    assert_true(desk_answers_ready(&w->index));
    assert_int_equal(desk_answers_wanted(&w->index), POLLIN);
    assert_int_equal(answer_all(w), 3);
    assert_true(channel_has_frame(&w->index));
    assert_false(desk_answers_ready(&w->index));
    assert_int_equal(desk_answers_wanted(&w->index), POLLOUT);
}

/* The front reads at last: each question has its answer. */
static void desk_answers__next__goes_on_when_it_is_read(void **state)
{
    struct world *w = *state;
    struct frame f;
    unsigned came = 0, answered = 0;
    while (came < QUESTIONS) {
        answered += answer_all(w);
        int r = channel_flush(&w->index);
        assert_true(r == 0 || r == ERR_AGAIN);
        r = channel_fill(&w->front);
        assert_true(r == 0 || r == ERR_AGAIN);
        for (; channel_next(&w->front, &f) == 0; came++)
            assert_int_equal(f.len, DESK_ANSWER_MAX - 1);
    }
    assert_int_equal(answered, QUESTIONS);
    assert_false(desk_answers_ready(&w->index));
    assert_int_equal(desk_answers_wanted(&w->index), POLLIN);
}

static void desk_answers__tell__leaves_out_what_does_not_fit(void **state)
{
    struct world *w = *state;
    size_t before;
    desk_answers_tell(&w->index, "{}", 2);
    assert_true(channel_queued(&w->index) > 0);
    answer_all(w);
    do {
        before = channel_queued(&w->index);
        desk_answers_tell(&w->index, (const char *)w->long_answer, 2048);
    } while (channel_queued(&w->index) > before);
    desk_answers_tell(&w->index, (const char *)w->long_answer, 2048);
    assert_int_equal(channel_queued(&w->index), before);
    assert_true(before <= DESK_ANSWERS_QUEUE_MAX);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(desk_answers__next__waits_for_room),
        WITH(desk_answers__next__goes_on_when_it_is_read),
        WITH(desk_answers__tell__leaves_out_what_does_not_fit),
    };
    return cmocka_run_group_tests_name("desk/answers", tests, NULL, NULL);
}
