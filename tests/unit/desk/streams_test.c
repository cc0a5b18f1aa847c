/* Files on their way from the reader to the front. */
#include "desk/streams.h"

#include <string.h>

#include "base/process.h"
#include "desk/frames.h"
#include "front/front.h"
#include "wire/test.h"

#define ROOM (8U << 20)
#define SIZE (ORIGINALS_PIECE_MAX + 10U)

/* The index between a reader and a front, of which the test is both. */
struct world {
    struct channel to_reader, reader, to_front, front;
    struct desk_requests *requests;
    struct desk_streams *streams;
    struct arena arena;
    struct buf b;
    struct desk_original original;
    uint8_t bytes[ORIGINALS_PIECE_MAX];
};

static void pair(struct channel *a, struct channel *b)
{
    int fds[2];
    FIXTURE_MUST(process_socketpair(fds) == 0);
    FIXTURE_MUST(channel_init(a, fds[0], ROOM, ROOM) == 0 &&
                 channel_init(b, fds[1], ROOM, ROOM) == 0);
}

static int set_up(void **state)
{
    struct world *w = mem_new(sizeof *w);
    pair(&w->to_reader, &w->reader);
    pair(&w->to_front, &w->front);
    w->requests = desk_requests_new(&w->to_reader);
    w->streams = desk_streams_new(w->requests, &w->to_front);
    w->arena = (struct arena)ARENA_INIT(ROOM);
    w->b = (struct buf)BUF_INIT(ROOM);
    w->original = (struct desk_original){
        .bot = "ibot.chat.example", .size = SIZE, .name = "a.html", .type = "text/html"};
    w->original.file.size = SIZE + SEALED_TAG_BYTES;
    memset(w->bytes, 'x', sizeof w->bytes);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    desk_streams_free(w->streams);
    desk_requests_free(w->requests);
    channel_clear(&w->to_reader);
    channel_clear(&w->reader);
    channel_clear(&w->to_front);
    channel_clear(&w->front);
    arena_clear(&w->arena);
    buf_clear(&w->b);
    free(w);
    return 0;
}

static void move(struct channel *from, struct channel *to)
{
    int r;
    do {
        r = channel_flush(from);
        int f = channel_fill(to);
        FIXTURE_MUST(f == 0 || f == ERR_AGAIN);
    } while (r == ERR_AGAIN);
    FIXTURE_MUST(r == 0);
}

/* The reader's next request; false: none. */
static bool asked(struct world *w, struct desk_request *ret)
{
    struct frame f;
    move(&w->to_reader, &w->reader);
    if (channel_next(&w->reader, &f) != 0)
        return false;
    struct cursor c = cursor_over(f.body, f.len);
    FIXTURE_MUST(desk_request_get(&c, &w->arena, ret) == 0);
    return true;
}

static void reply(struct world *w, const struct desk_request *q, int code)
{
    const struct desk_reply r = {.number = q->number,
                                 .code = code,
                                 .line = code < 0 ? "because" : "",
                                 .body = w->bytes,
                                 .body_len = code < 0 ? 0 : q->original.len};
    buf_reset(&w->b);
    desk_reply_put(&w->b, &r);
    struct cursor c = cursor_over(w->b.data, w->b.len);
    FIXTURE_MUST(desk_requests_take(w->requests, &c) == 0);
}

static struct answer answered(struct world *w)
{
    struct frame f;
    struct answer a;
    move(&w->to_front, &w->front);
    FIXTURE_MUST(channel_next(&w->front, &f) == 0 && f.type == FRONT_ANSWER);
    struct cursor c = cursor_over(f.body, f.len);
    FIXTURE_MUST(answer_get(&c, &w->arena, &a) == 0);
    return a;
}

static int more(struct world *w, uint64_t number, uint64_t ticket)
{
    buf_reset(&w->b);
    more_put(&w->b, &(struct more){number, ticket});
    struct cursor c = cursor_over(w->b.data, w->b.len);
    return desk_streams_more(w->streams, &c);
}

static void streams__begin__gives_all_pieces_and_ends(void **state)
{
    struct world *w = *state;
    struct desk_request q;
    assert_int_equal(desk_streams_begin(w->streams, 5, &w->original), 0);
    assert_true(asked(w, &q));
    assert_true(q.original.offset == 0 && q.original.len == ORIGINALS_PIECE_MAX);
    reply(w, &q, 0);
    struct answer a = answered(w);
    assert_true(a.number == 5 && a.status == 200 && a.size == SIZE && a.ticket != 0);
    assert_string_equal(a.type, "application/octet-stream"); /* never what its sender calls it */
    assert_string_equal(a.name, "a.html");
    assert_int_equal(a.body_len, ORIGINALS_PIECE_MAX);
    assert_false(asked(w, &q)); /* nothing is read ahead */
    uint64_t ticket = a.ticket;
    assert_int_equal(more(w, 6, ticket), 0);
    assert_true(asked(w, &q));
    assert_true(q.original.offset == ORIGINALS_PIECE_MAX && q.original.len == 10);
    reply(w, &q, 0);
    a = answered(w);
    assert_true(a.number == 6 && a.body_len == 10 && a.ticket == 0);
    assert_int_equal(more(w, 7, ticket), 0); /* it is over */
    assert_int_equal(answered(w).status, 404);
}

static void streams__begin__says_what_the_reader_cannot_give(void **state)
{
    struct world *w = *state;
    struct desk_request q;
    assert_int_equal(desk_streams_begin(w->streams, 5, &w->original), 0);
    assert_true(asked(w, &q));
    reply(w, &q, ERR_AUTH);
    struct answer a = answered(w);
    assert_int_equal(a.status, 502);
    assert_non_null(strstr(a.body, "because"));
    assert_int_equal(desk_streams_begin(w->streams, 6, &w->original), 0);
    assert_true(asked(w, &q));
    reply(w, &q, ERR_NOT_FOUND);
    assert_int_equal(answered(w).status, 404);
}

static void streams__begin__is_bounded(void **state)
{
    struct world *w = *state;
    for (uint64_t i = 1; i <= DESK_STREAMS_MAX; i++)
        assert_int_equal(desk_streams_begin(w->streams, i, &w->original), 0);
    assert_int_equal(desk_streams_begin(w->streams, 99, &w->original), 0);
    struct answer a = answered(w);
    assert_true(a.number == 99 && a.status == 429);
}

static void streams__begin__empty_file_is_all_there(void **state)
{
    struct world *w = *state;
    struct desk_request q;
    w->original.size = 0;
    w->original.file.size = SEALED_TAG_BYTES;
    assert_int_equal(desk_streams_begin(w->streams, 5, &w->original), 0);
    struct answer a = answered(w);
    assert_true(a.status == 200 && a.body_len == 0 && a.ticket == 0);
    assert_false(asked(w, &q));
}

static void streams__more__is_for_a_ticket_and_one_at_a_time(void **state)
{
    struct world *w = *state;
    struct desk_request q;
    assert_int_equal(desk_streams_begin(w->streams, 5, &w->original), 0);
    assert_true(asked(w, &q));
    reply(w, &q, 0);
    uint64_t ticket = answered(w).ticket;
    assert_int_equal(more(w, 6, ticket + 1), 0);
    assert_int_equal(answered(w).status, 404);
    assert_int_equal(more(w, 7, ticket), 0);
    assert_int_equal(more(w, 8, ticket), 0); /* while one is under way */
    assert_int_equal(answered(w).number, 8);
    assert_int_equal(more(w, 9, 0), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(streams__begin__gives_all_pieces_and_ends, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(streams__begin__says_what_the_reader_cannot_give, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(streams__begin__is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(streams__begin__empty_file_is_all_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(streams__more__is_for_a_ticket_and_one_at_a_time, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
