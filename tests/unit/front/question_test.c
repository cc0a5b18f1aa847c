#include "front/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/secret.h"

#define ROOM (32U << 20)

static struct question usual(void)
{
    return (struct question){
        .number = 7,
        .method = QUESTION_PUT,
        .path = "/api/search",
        .parameters = {{"q", "pier é"}, {"limit", "10"}},
        .parameter_count = 2,
        .session = "token",
        .csrf = "csrf",
        .purpose = "case 7",
        .peer = "127.0.0.1",
        .body = "{\"a\":\0\xff}",
        .body_len = 8,
    };
}

static struct answer usual_answer(void)
{
    return (struct answer){.number = 7,
                           .status = 201,
                           .etag = "\"abc\"",
                           .set_session = "-",
                           .type = "image/jpeg",
                           .name = "a.jpg",
                           .size = 12,
                           .ticket = 5,
                           .body = "{}",
                           .body_len = 2};
}

static void question__put__is_read_back(void **state)
{
    (void)state;
    struct question q = usual(), again;
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM), twice = BUF_INIT(ROOM);
    CLEANUP_ARENA struct arena a = ARENA_INIT(ROOM);
    assert_int_equal(question_put(&b, &q), 0);
    struct cursor c = cursor_over(b.data, b.len);
    assert_int_equal(question_get(&c, &a, &again), 0);
    assert_int_equal(again.number, 7);
    assert_int_equal(again.method, QUESTION_PUT);
    assert_string_equal(again.path, "/api/search");
    assert_int_equal(again.parameter_count, 2);
    assert_string_equal(again.parameters[0].value, "pier é");
    assert_string_equal(again.session, "token");
    assert_string_equal(again.csrf, "csrf");
    assert_string_equal(again.purpose, "case 7");
    assert_string_equal(again.peer, "127.0.0.1");
    assert_int_equal(again.body_len, 8);
    assert_memory_equal(again.body, q.body, 8);
    assert_int_equal(again.body[8], 0);
    assert_int_equal(question_put(&twice, &again), 0);
    assert_int_equal(twice.len, b.len);
    assert_memory_equal(twice.data, b.data, b.len);
}

static void answer__put__is_read_back(void **state)
{
    (void)state;
    struct answer x = usual_answer(), again;
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
    CLEANUP_ARENA struct arena a = ARENA_INIT(ROOM);
    assert_int_equal(answer_put(&b, &x), 0);
    struct cursor c = cursor_over(b.data, b.len);
    assert_int_equal(answer_get(&c, &a, &again), 0);
    assert_int_equal(again.number, 7);
    assert_int_equal(again.status, 201);
    assert_string_equal(again.etag, "\"abc\"");
    assert_string_equal(again.set_session, "-");
    assert_string_equal(again.type, "image/jpeg");
    assert_string_equal(again.name, "a.jpg");
    assert_true(again.size == 12 && again.ticket == 5);
    assert_int_equal(again.body_len, 2);
    assert_string_equal(again.body, "{}");
}

/* Each text at its limit is taken, one byte more is not, and the buffer is as it was. */
static void assert_limit(struct question *q, const char **text, size_t max)
{
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
    CLEANUP_FREE char *s = mem_new(max + 2);
    const char *before = *text;
    memset(s, 'a', max);
    *text = s;
    assert_int_equal(question_put(&b, q), 0);
    buf_reset(&b);
    s[max] = 'a';
    assert_int_equal(question_put(&b, q), ERR_LIMIT);
    assert_int_equal(b.len, 0);
    *text = NULL;
    assert_int_equal(question_put(&b, q), ERR_FORMAT);
    *text = before;
}

static void question__put__bounds_every_text(void **state)
{
    (void)state;
    struct question q = usual();
    assert_limit(&q, &q.path, QUESTION_PATH_MAX);
    assert_limit(&q, &q.session, QUESTION_TOKEN_MAX);
    assert_limit(&q, &q.csrf, QUESTION_TOKEN_MAX);
    assert_limit(&q, &q.purpose, QUESTION_PURPOSE_MAX);
    assert_limit(&q, &q.peer, QUESTION_TOKEN_MAX);
    assert_limit(&q, &q.parameters[1].name, QUESTION_TOKEN_MAX);
    assert_limit(&q, &q.parameters[1].value, QUESTION_VALUE_MAX);
}

static void question__put__bounds_counts_and_bodies(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM), small = BUF_INIT(16);
    CLEANUP_FREE char *body = mem_new(ANSWER_BODY_MAX + 1);
    struct question q = usual();
    struct answer x = usual_answer();
    q.body = body, q.body_len = QUESTION_BODY_MAX;
    assert_int_equal(question_put(&b, &q), 0);
    q.body_len++;
    assert_int_equal(question_put(&b, &q), ERR_LIMIT);
    q = usual();
    q.parameter_count = QUESTION_PARAMETERS_MAX + 1;
    assert_int_equal(question_put(&b, &q), ERR_LIMIT);
    q = usual();
    q.method = QUESTION_METHODS;
    assert_int_equal(question_put(&b, &q), ERR_FORMAT);
    q = usual();
    q.body = NULL;
    assert_int_equal(question_put(&b, &q), ERR_FORMAT);
    q = usual();
    assert_int_equal(question_put(&small, &q), ERR_LIMIT);
    x.body = body, x.body_len = ANSWER_BODY_MAX + 1;
    assert_int_equal(answer_put(&b, &x), ERR_LIMIT);
    x = usual_answer();
    x.status = 99;
    assert_int_equal(answer_put(&b, &x), ERR_FORMAT);
    x.status = 600;
    assert_int_equal(answer_put(&b, &x), ERR_FORMAT);
}

static int read_question(const struct buf *b, size_t len, size_t room)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(room);
    struct question q;
    CLEANUP_FREE uint8_t *copy = mem_copy(b->data, len);
    struct cursor c = cursor_over(copy, len);
    return question_get(&c, &a, &q);
}

static void question__get__refuses_what_is_cut_or_longer(void **state)
{
    (void)state;
    struct question q = usual();
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
    assert_int_equal(question_put(&b, &q), 0);
    for (size_t len = 0; len < b.len; len++)
        assert_int_equal(read_question(&b, len, ROOM), ERR_FORMAT);
    assert_int_equal(read_question(&b, b.len, ROOM), 0);
    assert_int_equal(read_question(&b, b.len, 40), ERR_FORMAT);
    buf_put_u8(&b, 0);
    assert_int_equal(read_question(&b, b.len, ROOM), ERR_FORMAT);
}

static void answer__get__refuses_what_is_cut_or_longer(void **state)
{
    (void)state;
    struct answer x = usual_answer();
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
    CLEANUP_ARENA struct arena a = ARENA_INIT(ROOM);
    assert_int_equal(answer_put(&b, &x), 0);
    buf_put_u8(&b, 0);
    for (size_t len = 0; len <= b.len; len++) {
        struct cursor c = cursor_over(b.data, len);
        assert_int_equal(answer_get(&c, &a, &x), len == b.len - 1 ? 0 : ERR_FORMAT);
    }
    b.data[8] = 0xff; /* the status */
    struct cursor c = cursor_over(b.data, b.len - 1);
    assert_int_equal(answer_get(&c, &a, &x), ERR_FORMAT);
}

/* Byte `at` of the frame of a question with the path "/api/search". */
static int with_byte(size_t at, uint8_t value)
{
    struct question q = usual();
    CLEANUP_BUF struct buf b = BUF_INIT(ROOM);
    assert_int_equal(question_put(&b, &q), 0);
    b.data[at] = value;
    return read_question(&b, b.len, ROOM);
}

static void question__get__refuses_what_is_no_text(void **state)
{
    (void)state;
    enum { METHOD = 8, PATH = 13, COUNT = 24 };
    assert_int_equal(with_byte(PATH, '.'), 0);
    assert_int_equal(with_byte(PATH, 0), ERR_FORMAT);
    assert_int_equal(with_byte(PATH, 0xff), ERR_FORMAT);
    assert_int_equal(with_byte(METHOD, QUESTION_METHODS), ERR_FORMAT);
    assert_int_equal(with_byte(COUNT, 2), 0);
    assert_int_equal(with_byte(COUNT, 33), ERR_FORMAT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(question__put__is_read_back),
        cmocka_unit_test(answer__put__is_read_back),
        cmocka_unit_test(question__put__bounds_every_text),
        cmocka_unit_test(question__put__bounds_counts_and_bodies),
        cmocka_unit_test(question__get__refuses_what_is_cut_or_longer),
        cmocka_unit_test(answer__get__refuses_what_is_cut_or_longer),
        cmocka_unit_test(question__get__refuses_what_is_no_text),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
