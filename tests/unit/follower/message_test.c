/* A message as a frame's body: back as it was, and nothing else. */
#include "follower/message.h"

#include <string.h>

#include "wire/test.h"

static struct follower_message example(void)
{
    struct follower_message m = {.batch = 7,
                                 .leaf = 41,
                                 .n = 3,
                                 .policy = 2,
                                 .at_unix_ms = FIXTURE_AT,
                                 .archived_unix_ms = FIXTURE_AT + 5,
                                 .warrant = "2026-0001",
                                 .id = "m1",
                                 .from = "anna@chat.example",
                                 .to = {"bert@chat.example", "carl@chat.example"},
                                 .to_count = 2,
                                 .country = "NL",
                                 .file_count = 1,
                                 .wrong = "its signature does not match",
                                 .body = "a\0b",
                                 .body_len = 3};
    memset(m.certificate, 1, HASH_BYTES);
    memset(m.record_leaf, 2, HASH_BYTES);
    memset(m.files[0].sha256, 3, HASH_BYTES);
    m.files[0].size = 99;
    return m;
}

static int back(const struct buf *b, size_t len, struct arena *a, struct follower_message *ret)
{
    struct cursor c = cursor_over(b->data, len);
    return follower_message_get(&c, a, ret);
}

/* Is it refused once made? */
static void assert_refused(const struct follower_message *m)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1 << 20);
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    struct follower_message again;
    follower_message_put(&b, m);
    assert_false(buf_failed(&b));
    assert_int_equal(back(&b, b.len, &a, &again), ERR_FORMAT);
}

static void message__get__is_what_was_put(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1 << 20);
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    struct follower_message m = example(), again;
    follower_message_put(&b, &m);
    assert_int_equal(back(&b, b.len, &a, &again), 0);
    assert_true(again.batch == 7 && again.leaf == 41 && again.n == 3 && again.policy == 2);
    assert_true(again.at_unix_ms == FIXTURE_AT && again.archived_unix_ms == FIXTURE_AT + 5);
    assert_memory_equal(again.certificate, m.certificate, HASH_BYTES);
    assert_memory_equal(again.record_leaf, m.record_leaf, HASH_BYTES);
    assert_string_equal(again.warrant, m.warrant);
    assert_string_equal(again.id, m.id);
    assert_string_equal(again.from, m.from);
    assert_int_equal(again.to_count, 2);
    assert_string_equal(again.to[1], m.to[1]);
    assert_string_equal(again.country, "NL");
    assert_int_equal(again.file_count, 1);
    assert_memory_equal(again.files[0].sha256, m.files[0].sha256, HASH_BYTES);
    assert_true(again.files[0].size == 99);
    assert_string_equal(again.wrong, m.wrong);
    assert_int_equal(again.body_len, 3);
    assert_memory_equal(again.body, "a\0b", 3);
}

static void message__get__refuses_what_is_cut_or_longer(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1 << 20);
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 24);
    struct follower_message m = example(), again;
    follower_message_put(&b, &m);
    size_t len = b.len;
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(back(&b, cut, &a, &again), ERR_FORMAT);
    buf_put_u8(&b, 0);
    assert_int_equal(back(&b, b.len, &a, &again), ERR_FORMAT);
}

static void message__get__without_recipients_country_and_files(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1 << 20);
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    struct follower_message m = example(), again;
    m.to_count = 0;
    m.file_count = 0;
    m.body_len = 0;
    memset(m.country, 0, sizeof m.country);
    follower_message_put(&b, &m);
    assert_int_equal(back(&b, b.len, &a, &again), 0);
    assert_true(again.to_count == 0 && again.file_count == 0 && again.body_len == 0);
    assert_string_equal(again.country, "");
    assert_non_null(again.body);
}

static void message__get__refuses_numbers_that_are_none(void **state)
{
    (void)state;
    struct follower_message m = example();
    m.batch = 0;
    assert_refused(&m);
    m = example(), m.leaf = UINT64_MAX;
    assert_refused(&m);
    m = example(), m.n = 0;
    assert_refused(&m);
    m = example(), m.n = UINT64_MAX;
    assert_refused(&m);
    m = example(), m.at_unix_ms = INT64_MIN;
    assert_refused(&m);
    m = example(), m.archived_unix_ms = INT64_MAX;
    assert_refused(&m);
}

static void message__get__refuses_a_country_that_is_none(void **state)
{
    (void)state;
    struct follower_message m = example();
    memcpy(m.country, "nl", 3);
    assert_refused(&m);
    memcpy(m.country, "\0L", 3);
    assert_refused(&m);
}

static void message__get__refuses_counts_and_lengths_over_their_caps(void **state)
{
    (void)state;
    static char long_text[VALUE_BODY_MAX + 2];
    struct follower_message m = example();
    memset(long_text, 'x', sizeof long_text - 1);
    m.body = long_text;
    m.body_len = VALUE_BODY_MAX + 1;
    assert_refused(&m);
    m = example(), m.id = long_text;
    assert_refused(&m);
    m = example(), m.from = long_text;
    assert_refused(&m);
    m = example(), m.to[1] = long_text;
    assert_refused(&m);
    m = example(), m.wrong = long_text;
    assert_refused(&m);
    m = example(), m.warrant = long_text;
    assert_refused(&m);
}

/* The bytes with those of `from` replaced, of the same length. */
static void message__get__refuses_too_many_recipients_and_a_nul(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1 << 20);
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    struct follower_message m = example(), again;
    follower_message_put(&b, &m);
    uint8_t *from = memmem(b.data, b.len, "anna@", 5);
    assert_non_null(from);
    from[0] = '\0';
    assert_int_equal(back(&b, b.len, &a, &again), ERR_FORMAT);
    from[0] = 'a';
    uint8_t *count = from + strlen(m.from);
    assert_int_equal(*count, 2);
    *count = VALUE_RECIPIENTS_MAX + 1;
    assert_int_equal(back(&b, b.len, &a, &again), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message__get__is_what_was_put),
        cmocka_unit_test(message__get__refuses_what_is_cut_or_longer),
        cmocka_unit_test(message__get__without_recipients_country_and_files),
        cmocka_unit_test(message__get__refuses_numbers_that_are_none),
        cmocka_unit_test(message__get__refuses_a_country_that_is_none),
        cmocka_unit_test(message__get__refuses_counts_and_lengths_over_their_caps),
        cmocka_unit_test(message__get__refuses_too_many_recipients_and_a_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
