#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/channel.h"
#include "base/process.h"

#define CAP 64
#define READ_AT_ONCE (256 * 1024)

/* A channel and the bare socket at its other end. */
struct pair {
    struct channel c;
    int far;
};

static void open_pair(struct pair *p, size_t max_frame, size_t max_queue)
{
    int fds[2];
    assert_int_equal(process_socketpair(fds), 0);
    assert_int_equal(channel_init(&p->c, fds[0], max_frame, max_queue), 0);
    p->far = fds[1];
}

static void close_pair(struct pair *p)
{
    channel_clear(&p->c);
    if (p->far >= 0)
        close(p->far);
}

static void feed(struct pair *p, const void *bytes, size_t len)
{
    assert_int_equal(write(p->far, bytes, len), len);
    assert_int_equal(channel_fill(&p->c), 0);
}

/* Reads all that the far end gives at the moment. */
static size_t drain(int fd, struct buf *b)
{
    size_t all = 0;
    uint8_t chunk[4096];
    ssize_t n;
    while ((n = recv(fd, chunk, sizeof chunk, MSG_DONTWAIT)) > 0) {
        buf_put(b, chunk, (size_t)n);
        all += (size_t)n;
    }
    return all;
}

/* Three frames: without a body, with one, as long as the cap allows. */
static size_t three_frames(uint8_t *stream)
{
    static const char head[] = "\0\0\0\1\1\0\0\0\4\2abc\0\0\0\100\377";
    memcpy(stream, head, sizeof head - 1);
    memset(stream + sizeof head - 1, 'x', CAP - 1);
    return sizeof head - 1 + CAP - 1;
}

/* Takes the frames that are there and checks that they go on from the `seen`-th. */
static int take_frames(struct channel *c, int seen)
{
    static const struct {
        uint8_t type;
        size_t len;
        char first;
    } expected[] = {{1, 0, 0}, {2, 3, 'a'}, {255, CAP - 1, 'x'}};
    struct frame f;
    while (channel_has_frame(c)) {
        assert_int_equal(channel_next(c, &f), 0);
        assert_true(seen < 3);
        assert_int_equal(f.type, expected[seen].type);
        assert_int_equal(f.len, expected[seen].len);
        if (f.len > 0)
            assert_int_equal(f.body[0], expected[seen].first);
        seen++;
    }
    f = (struct frame){.type = 77};
    assert_int_equal(channel_next(c, &f), ERR_AGAIN);
    assert_int_equal(f.type, 77);
    return seen;
}

static void channel__send__writes_length_type_and_body(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p, CAP, 1000);
    CLEANUP_BUF struct buf got = BUF_INIT(1000);
    assert_int_equal(channel_send(&p.c, 7, "abc", 3), 0);
    assert_int_equal(channel_send(&p.c, 8, NULL, 0), 0);
    assert_int_equal(channel_queued(&p.c), 13);
    assert_int_equal(channel_flush(&p.c), 0);
    assert_int_equal(channel_queued(&p.c), 0);
    assert_int_equal(drain(p.far, &got), 13);
    assert_memory_equal(got.data, "\0\0\0\4\7abc\0\0\0\1\10", 13);
    assert_int_equal(channel_flush(&p.c), 0);
    close_pair(&p);
}

static void channel__next__frames_split_at_every_byte(void **state)
{
    (void)state;
    uint8_t stream[256];
    size_t len = three_frames(stream);
    for (size_t first = 1; first < len; first++) {
        struct pair p;
        open_pair(&p, CAP, 1000);
        feed(&p, stream, first);
        int seen = take_frames(&p.c, 0);
        feed(&p, stream + first, len - first);
        assert_int_equal(take_frames(&p.c, seen), 3);
        close_pair(&p);
    }
}

static void channel__next__frames_byte_by_byte(void **state)
{
    (void)state;
    uint8_t stream[256];
    size_t len = three_frames(stream);
    struct pair p;
    open_pair(&p, CAP, 1000);
    int seen = 0;
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(seen, i < 5 ? 0 : i < 13 ? 1 : 2);
        feed(&p, stream + i, 1);
        seen = take_frames(&p.c, seen);
    }
    assert_int_equal(seen, 3);
    close_pair(&p);
}

static void channel__next__frames_all_at_once(void **state)
{
    (void)state;
    uint8_t stream[256];
    size_t len = three_frames(stream);
    struct pair p;
    open_pair(&p, CAP, 1000);
    feed(&p, stream, len);
    assert_int_equal(take_frames(&p.c, 0), 3);
    close_pair(&p);
}

static void channel__next__over_the_cap_is_refused(void **state)
{
    (void)state;
    static const uint8_t headers[][4] = {
        {0, 0, 0, CAP + 1}, {0, 0, 1, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff}};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct pair p;
        struct frame f;
        open_pair(&p, CAP, 1000);
        feed(&p, headers[i], 3);
        assert_int_equal(channel_next(&p.c, &f), ERR_AGAIN);
        feed(&p, headers[i] + 3, 1); /* known from the length alone */
        assert_int_equal(channel_next(&p.c, &f), ERR_FORMAT);
        assert_int_equal(channel_next(&p.c, &f), ERR_FORMAT);
        close_pair(&p);
    }
}

static void channel__next__without_a_type_is_refused(void **state)
{
    (void)state;
    struct pair p;
    struct frame f;
    open_pair(&p, CAP, 1000);
    feed(&p, "\0\0\0\1\5\0\0\0\0", 9);
    assert_int_equal(channel_next(&p.c, &f), 0);
    assert_int_equal(channel_next(&p.c, &f), ERR_FORMAT);
    close_pair(&p);
}

/* A loop that asks channel_has_frame before it waits again comes to see the refusal. */
static void channel__has_frame__does_not_wait_for_one_that_is_refused(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p, CAP, 1000);
    assert_false(channel_has_frame(&p.c));
    feed(&p, "\0\0\0\5\1ab", 7);
    assert_false(channel_has_frame(&p.c));
    feed(&p, "cd", 2);
    assert_true(channel_has_frame(&p.c));
    channel_clear(&p.c);
    close(p.far);
    open_pair(&p, CAP, 1000);
    feed(&p, "\0\1\0\0", 4);
    assert_true(channel_has_frame(&p.c));
    channel_clear(&p.c);
    close(p.far);
    open_pair(&p, CAP, 1000);
    feed(&p, "\0\0\0\0", 4);
    assert_true(channel_has_frame(&p.c));
    close_pair(&p);
}

static void channel__fill__nothing_there(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p, CAP, 1000);
    assert_int_equal(channel_fill(&p.c), ERR_AGAIN);
    close_pair(&p);
}

static void channel__fill__gives_what_came_before_the_end(void **state)
{
    (void)state;
    struct pair p;
    uint8_t stream[256];
    size_t len = three_frames(stream);
    open_pair(&p, CAP, 1000);
    assert_int_equal(write(p.far, stream, len - 1), len - 1);
    close(p.far);
    p.far = -1;
    assert_int_equal(channel_fill(&p.c), 0);
    assert_int_equal(take_frames(&p.c, 0), 2);
    assert_int_equal(channel_fill(&p.c), ERR_CLOSED);
    assert_int_equal(channel_fill(&p.c), ERR_CLOSED);
    close_pair(&p);
}

static void channel__fill__the_far_end_left_bytes_unread(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p, CAP, 1000);
    assert_int_equal(channel_send(&p.c, 1, "abc", 3), 0);
    assert_int_equal(channel_flush(&p.c), 0);
    close(p.far); /* the kernel tells us as "connection reset" */
    p.far = -1;
    assert_int_equal(channel_fill(&p.c), ERR_CLOSED);
    close_pair(&p);
}

static void channel__fill__not_a_stream_fails(void **state)
{
    (void)state;
    struct channel c;
    assert_int_equal(channel_init(&c, open("/", O_RDONLY | O_CLOEXEC), CAP, 1000), 0);
    assert_int_equal(channel_fill(&c), ERR_IO);
    channel_clear(&c);
}

static void channel__fill__stops_when_full_and_loses_nothing(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p, CAP, 1000);
    uint8_t frames[1000];
    for (size_t i = 0; i < sizeof frames; i += 10)
        memcpy(frames + i, "\0\0\0\6\1abcde", 10);
    size_t sent = 0, last;
    do { /* until it takes no more */
        last = p.c.in.len;
        if (send(p.far, frames, sizeof frames, MSG_DONTWAIT) == (ssize_t)sizeof frames)
            sent += sizeof frames;
        assert_int_equal(channel_fill(&p.c), 0);
    } while (p.c.in.len != last);
    assert_int_equal(p.c.in.len, 4 + CAP + READ_AT_ONCE);
    assert_int_equal(channel_fill(&p.c), 0);
    struct frame f;
    size_t taken = 0;
    do {
        while (channel_next(&p.c, &f) == 0) {
            assert_int_equal(f.len, 5);
            assert_memory_equal(f.body, "abcde", 5);
            taken += 10;
        }
    } while (channel_fill(&p.c) == 0);
    assert_int_equal(taken, sent);
    close_pair(&p);
}

static void channel__end__over_the_cap_is_dropped(void **state)
{
    (void)state;
    struct pair p;
    uint8_t body[CAP] = {0};
    open_pair(&p, CAP, 1000);
    assert_int_equal(channel_send(&p.c, 1, "abc", 3), 0);
    assert_int_equal(channel_send(&p.c, 1, body, CAP), ERR_LIMIT);
    assert_int_equal(channel_queued(&p.c), 8);
    assert_int_equal(channel_send(&p.c, 2, body, CAP - 1), 0);
    assert_int_equal(channel_queued(&p.c), 8 + 4 + CAP);
    CLEANUP_BUF struct buf got = BUF_INIT(1000);
    assert_int_equal(channel_flush(&p.c), 0);
    assert_int_equal(drain(p.far, &got), 8 + 4 + CAP);
    assert_memory_equal(got.data, "\0\0\0\4\1abc\0\0\0\100\2", 13);
    close_pair(&p);
}

static void channel__end__a_caller_can_drop_its_frame(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p, CAP, 1000);
    struct buf *b = channel_begin(&p.c, 1);
    buf_put_text(b, "half");
    buf_fail(b);
    assert_int_equal(channel_end(&p.c), ERR_LIMIT);
    assert_int_equal(channel_queued(&p.c), 0);
    assert_int_equal(channel_send(&p.c, 1, "abc", 3), 0);
    assert_int_equal(channel_queued(&p.c), 8);
    close_pair(&p);
}

static void channel__end__a_full_queue_takes_no_more(void **state)
{
    (void)state;
    for (size_t max = 0; max <= 40; max++) {
        struct pair p;
        open_pair(&p, CAP, max);
        for (size_t i = 0; i < max / 8; i++)
            assert_int_equal(channel_send(&p.c, 1, "abc", 3), 0);
        assert_int_equal(channel_send(&p.c, 2, "abc", 3), ERR_LIMIT);
        assert_int_equal(channel_queued(&p.c), max / 8 * 8);
        CLEANUP_BUF struct buf got = BUF_INIT(1000);
        assert_int_equal(channel_flush(&p.c), 0);
        assert_int_equal(drain(p.far, &got), max / 8 * 8);
        for (size_t at = 0; at < got.len; at += 8)
            assert_memory_equal(got.data + at, "\0\0\0\4\1abc", 8);
        assert_int_equal(channel_send(&p.c, 3, "abc", 3), max < 8 ? ERR_LIMIT : 0);
        close_pair(&p);
    }
}

/* What the socket has taken leaves room in the queue at once. */
static void channel__end__written_bytes_do_not_count(void **state)
{
    (void)state;
    enum { QUEUE = 100000, BODY = 995 };
    struct pair p;
    open_pair(&p, 2000, QUEUE);
    int small = 1;
    assert_int_equal(setsockopt(p.c.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    uint8_t body[BODY];
    size_t accepted = 0, received = 0;
    CLEANUP_BUF struct buf got = BUF_INIT(10 * QUEUE);
    for (int round = 0; round < 50; round++) {
        memset(body, round, sizeof body);
        while (channel_queued(&p.c) + 5 + BODY <= QUEUE) {
            assert_int_equal(channel_send(&p.c, 1, body, BODY), 0);
            accepted += 5 + BODY;
        }
        assert_int_equal(channel_send(&p.c, 1, body, BODY), ERR_LIMIT);
        assert_int_equal(channel_flush(&p.c), ERR_AGAIN);
        assert_true(p.c.out.capacity <= 4 * QUEUE);
        received += drain(p.far, &got);
    }
    assert_true(accepted > QUEUE);
    while (channel_flush(&p.c) == ERR_AGAIN)
        received += drain(p.far, &got);
    received += drain(p.far, &got);
    assert_int_equal(received, accepted);
    assert_false(buf_failed(&got));
    uint8_t last = 0;
    for (size_t at = 0; at < got.len; at += 5 + BODY) { /* whole, and in their order */
        assert_memory_equal(got.data + at, "\0\0\3\344\1", 5);
        assert_true(got.data[at + 5] >= last);
        last = got.data[at + 5];
        assert_int_equal(got.data[at + 4 + BODY], last);
    }
    close_pair(&p);
}

static void channel__flush__to_a_closed_end_is_told(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p, CAP, 1000);
    close(p.far);
    p.far = -1;
    assert_int_equal(channel_flush(&p.c), 0);
    assert_int_equal(channel_send(&p.c, 1, "abc", 3), 0);
    assert_int_equal(channel_flush(&p.c), ERR_CLOSED); /* and no SIGPIPE */
    close_pair(&p);
}

static void channel__flush__not_a_socket_fails(void **state)
{
    (void)state;
    int fds[2];
    struct channel c;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(channel_init(&c, fds[1], CAP, 1000), 0);
    assert_int_equal(channel_send(&c, 1, "abc", 3), 0);
    assert_int_equal(channel_flush(&c), ERR_IO);
    channel_clear(&c);
    close(fds[0]);
}

static void channel__init__makes_the_descriptor_non_blocking(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p, CAP, 1000);
    assert_true(fcntl(p.c.fd, F_GETFL) & O_NONBLOCK);
    close_pair(&p);
}

static void channel__init__no_descriptor_is_refused(void **state)
{
    (void)state;
    struct channel c = {.fd = -7};
    assert_int_equal(channel_init(&c, -1, CAP, 1000), ERR_IO);
    assert_int_equal(c.fd, -7);
}

static void channel__clear__closes_and_is_harmless_twice(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p, CAP, 1000);
    feed(&p, "\0\0\0\5\1ab", 7);
    int fd = p.c.fd;
    channel_clear(&p.c);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_false(channel_has_frame(&p.c));
    assert_int_equal(channel_queued(&p.c), 0);
    close_pair(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channel__send__writes_length_type_and_body),
        cmocka_unit_test(channel__next__frames_split_at_every_byte),
        cmocka_unit_test(channel__next__frames_byte_by_byte),
        cmocka_unit_test(channel__next__frames_all_at_once),
        cmocka_unit_test(channel__next__over_the_cap_is_refused),
        cmocka_unit_test(channel__next__without_a_type_is_refused),
        cmocka_unit_test(channel__has_frame__does_not_wait_for_one_that_is_refused),
        cmocka_unit_test(channel__fill__nothing_there),
        cmocka_unit_test(channel__fill__gives_what_came_before_the_end),
        cmocka_unit_test(channel__fill__the_far_end_left_bytes_unread),
        cmocka_unit_test(channel__fill__not_a_stream_fails),
        cmocka_unit_test(channel__fill__stops_when_full_and_loses_nothing),
        cmocka_unit_test(channel__end__over_the_cap_is_dropped),
        cmocka_unit_test(channel__end__a_caller_can_drop_its_frame),
        cmocka_unit_test(channel__end__a_full_queue_takes_no_more),
        cmocka_unit_test(channel__end__written_bytes_do_not_count),
        cmocka_unit_test(channel__flush__to_a_closed_end_is_told),
        cmocka_unit_test(channel__flush__not_a_socket_fails),
        cmocka_unit_test(channel__init__makes_the_descriptor_non_blocking),
        cmocka_unit_test(channel__init__no_descriptor_is_refused),
        cmocka_unit_test(channel__clear__closes_and_is_harmless_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
