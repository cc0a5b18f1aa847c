/* What the index asks the reader: each request answered once, late, or never. */
#include "desk/requests.h"

#include <string.h>

#include "base/process.h"
#include "desk/frames.h"
#include "wire/test.h"

#define BOT "ibot.chat.example"
#define ROOM (4U << 20)

struct world {
    struct channel index, reader;
    struct desk_requests *requests;
    struct arena arena;
    struct buf b;
    unsigned told;
    int code;
    char body[16];
};

static int set_up(void **state)
{
    struct world *w = mem_new(sizeof *w);
    int fds[2];
    FIXTURE_MUST(process_socketpair(fds) == 0);
    FIXTURE_MUST(channel_init(&w->index, fds[0], DESK_FRAME_MAX, ROOM) == 0);
    FIXTURE_MUST(channel_init(&w->reader, fds[1], DESK_FRAME_MAX, ROOM) == 0);
    w->requests = desk_requests_new(&w->index);
    w->arena = (struct arena)ARENA_INIT(ROOM);
    w->b = (struct buf)BUF_INIT(ROOM);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    desk_requests_free(w->requests);
    channel_clear(&w->index);
    channel_clear(&w->reader);
    arena_clear(&w->arena);
    buf_clear(&w->b);
    free(w);
    return 0;
}

static struct desk_request request(void)
{
    struct desk_request r = {.kind = DESK_REQUEST_ORIGINAL, .bot = BOT};
    r.original.file = (struct originals_file){.sha256 = {1}, .size = 500, .key = {2}, .iv = {3}};
    r.original.offset = 7;
    r.original.len = 100;
    return r;
}

static void take(void *context, const struct desk_reply *r)
{
    struct world *w = context;
    w->told++;
    w->code = r->code;
    snprintf(w->body, sizeof w->body, "%.*s", (int)r->body_len, (const char *)r->body);
}

/* What the reader has got. */
static struct desk_request got(struct world *w)
{
    struct frame f;
    struct desk_request r;
    FIXTURE_MUST(channel_flush(&w->index) == 0 && channel_fill(&w->reader) == 0);
    FIXTURE_MUST(channel_next(&w->reader, &f) == 0 && f.type == DESK_FRAME_REQUEST);
    struct cursor c = cursor_over(f.body, f.len);
    FIXTURE_MUST(desk_request_get(&c, &w->arena, &r) == 0);
    return r;
}

static int reply(struct world *w, uint64_t number, const char *body)
{
    const struct desk_reply r = {
        .number = number, .line = "", .body = (const uint8_t *)body, .body_len = strlen(body)};
    buf_reset(&w->b);
    desk_reply_put(&w->b, &r);
    struct cursor c = cursor_over(w->b.data, w->b.len);
    return desk_requests_take(w->requests, &c);
}

static void requests__send__is_answered_once(void **state)
{
    struct world *w = *state;
    struct desk_request sent = request();
    assert_int_equal(desk_requests_send(w->requests, &sent, take, w), 0);
    struct desk_request r = got(w);
    assert_string_equal(r.bot, BOT);
    assert_memory_equal(&r.original.file, &sent.original.file, sizeof sent.original.file);
    assert_true(r.original.offset == 7 && r.original.len == 100);
    assert_int_equal(reply(w, r.number, "bytes"), 0);
    assert_int_equal(w->told, 1);
    assert_string_equal(w->body, "bytes");
    assert_int_equal(reply(w, r.number, "again"), 0); /* too late: nobody's */
    assert_int_equal(w->told, 1);
}

static void requests__take__refuses_one_that_was_never_sent(void **state)
{
    struct world *w = *state;
    struct desk_request sent = request();
    assert_int_equal(reply(w, 1, "x"), ERR_FORMAT);
    assert_int_equal(desk_requests_send(w->requests, &sent, take, w), 0);
    assert_int_equal(reply(w, 0, "x"), ERR_FORMAT);
    assert_int_equal(reply(w, 2, "x"), ERR_FORMAT);
    assert_int_equal(w->told, 0);
}

static void requests__send__is_bounded(void **state)
{
    struct world *w = *state;
    struct desk_request sent = request();
    for (unsigned i = 0; i < DESK_REQUESTS_WAITING_MAX; i++)
        assert_int_equal(desk_requests_send(w->requests, &sent, take, w), 0);
    assert_int_equal(desk_requests_send(w->requests, &sent, take, w), ERR_LIMIT);
    desk_requests_forget(w->requests, w);
    assert_int_equal(reply(w, 1, "x"), 0);
    assert_int_equal(w->told, 0);
    assert_int_equal(desk_requests_send(w->requests, &sent, take, w), 0);
}

static int get_request(struct world *w, size_t len)
{
    struct cursor c = cursor_over(w->b.data, len);
    struct desk_request r;
    return desk_request_get(&c, &w->arena, &r);
}

static int get_reply(struct world *w, size_t len)
{
    struct cursor c = cursor_over(w->b.data, len);
    struct desk_reply r;
    return desk_reply_get(&c, &w->arena, &r);
}

static void assert_whole_alone(struct world *w, int (*get)(struct world *, size_t))
{
    size_t len = w->b.len;
    assert_int_equal(get(w, len), 0);
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(get(w, cut), ERR_FORMAT);
    buf_put_u8(&w->b, 0);
    assert_int_equal(get(w, w->b.len), ERR_FORMAT);
    buf_reset(&w->b);
}

static void request__get__takes_it_whole_and_in_bounds(void **state)
{
    struct world *w = *state;
    struct desk_request r = request();
    desk_request_put(&w->b, &r);
    assert_whole_alone(w, get_request);
    r.original.len = ORIGINALS_PIECE_MAX + 1;
    desk_request_put(&w->b, &r);
    assert_int_equal(get_request(w, w->b.len), ERR_FORMAT);
    buf_reset(&w->b);
    r = request();
    r.kind = DESK_REQUESTS;
    desk_request_put(&w->b, &r);
    assert_int_equal(get_request(w, w->b.len), ERR_FORMAT);
    buf_reset(&w->b);
    r = request();
    r.bot = "no bot";
    desk_request_put(&w->b, &r);
    assert_int_equal(get_request(w, w->b.len), ERR_FORMAT);
}

static void request__get__takes_a_proofs_message_alone(void **state)
{
    struct world *w = *state;
    const struct proof_of good = {.n = 7, .warrant = "w"};
    const struct proof_of bad[] = {
        {.n = 0, .warrant = "w"}, {.n = UINT64_MAX, .warrant = "w"}, {.n = 7, .warrant = "a b"}};
    struct desk_request r = {.kind = DESK_REQUEST_PROOF, .bot = BOT, .proof = good};
    desk_request_put(&w->b, &r);
    assert_whole_alone(w, get_request);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        r.proof = bad[i];
        buf_reset(&w->b);
        desk_request_put(&w->b, &r);
        assert_int_equal(get_request(w, w->b.len), ERR_FORMAT);
    }
}

static void reply__get__takes_it_whole_and_in_bounds(void **state)
{
    struct world *w = *state;
    struct desk_reply r = {.number = 3, .line = "", .body = (const uint8_t *)"abc", .body_len = 3};
    desk_reply_put(&w->b, &r);
    assert_whole_alone(w, get_reply);
    r.code = ERR_AUTH; /* an error has no body */
    desk_reply_put(&w->b, &r);
    assert_int_equal(get_reply(w, w->b.len), ERR_FORMAT);
    buf_reset(&w->b);
    r = (struct desk_reply){.number = 3, .code = ERR_TIMEOUT - 1, .line = "why"};
    desk_reply_put(&w->b, &r);
    assert_int_equal(get_reply(w, w->b.len), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(requests__send__is_answered_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(requests__take__refuses_one_that_was_never_sent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(requests__send__is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(request__get__takes_it_whole_and_in_bounds, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(request__get__takes_a_proofs_message_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(reply__get__takes_it_whole_and_in_bounds, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
