#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cursor.h"

static const uint8_t fifteen[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static void cursor__read__integers_are_big_endian(void **state)
{
    (void)state;
    struct cursor c = cursor_over(fifteen, sizeof fifteen);
    assert_int_equal(cursor_left(&c), 15);
    assert_int_equal(cursor_u8(&c), 1);
    assert_int_equal(cursor_u16(&c), 0x0203);
    assert_int_equal(cursor_u32(&c), 0x04050607);
    assert_true(cursor_u64(&c) == UINT64_C(0x08090a0b0c0d0e0f));
    assert_int_equal(cursor_left(&c), 0);
    assert_int_equal(cursor_end(&c), 0);
}

static void cursor__read__an_integer_past_the_end_is_zero_and_fails(void **state)
{
    (void)state;
    for (size_t len = 0; len < 8; len++) {
        struct cursor c = cursor_over(fifteen, len);
        assert_true(cursor_u64(&c) == 0);
        assert_true(cursor_failed(&c));
        assert_int_equal(cursor_left(&c), 0);
        assert_int_equal(cursor_end(&c), ERR_FORMAT);
    }
}

static void cursor__read__after_a_failure_yields_nothing(void **state)
{
    (void)state;
    struct cursor c = cursor_over(fifteen, 3);
    assert_int_equal(cursor_u32(&c), 0);
    size_t len = 7;
    assert_int_equal(cursor_u8(&c), 0);
    assert_int_equal(cursor_u16(&c), 0);
    assert_null(cursor_bytes(&c, 0));
    assert_null(cursor_block(&c, 10, &len));
    assert_int_equal(len, 0);
    assert_int_equal(cursor_end(&c), ERR_FORMAT);
}

static void cursor__over__nothing(void **state)
{
    (void)state;
    struct cursor c = cursor_over(NULL, 0);
    assert_int_equal(cursor_end(&c), 0);
    assert_int_equal(cursor_left(&c), 0);
    assert_non_null(cursor_bytes(&c, 0));
    assert_false(cursor_failed(&c));
    assert_null(cursor_bytes(&c, 1));
    assert_true(cursor_failed(&c));
}

static void cursor__end__with_bytes_left_is_refused(void **state)
{
    (void)state;
    struct cursor c = cursor_over(fifteen, 5);
    assert_int_equal(cursor_u32(&c), 0x01020304);
    assert_false(cursor_failed(&c));
    assert_int_equal(cursor_end(&c), ERR_FORMAT);
    assert_int_equal(cursor_u8(&c), 5);
    assert_int_equal(cursor_end(&c), 0);
}

static void cursor__fail__refuses_the_end(void **state)
{
    (void)state;
    struct cursor c = cursor_over(fifteen, 1);
    (void)cursor_u8(&c);
    assert_int_equal(cursor_end(&c), 0);
    cursor_fail(&c);
    assert_true(cursor_failed(&c));
    assert_int_equal(cursor_end(&c), ERR_FORMAT);
}

static void cursor__bytes__lie_inside_what_is_read(void **state)
{
    (void)state;
    struct cursor c = cursor_over(fifteen, 15);
    assert_ptr_equal(cursor_bytes(&c, 4), fifteen);
    assert_ptr_equal(cursor_bytes(&c, 11), fifteen + 4);
    assert_ptr_equal(cursor_bytes(&c, 0), fifteen + 15);
    assert_int_equal(cursor_end(&c), 0);
}

static void cursor__bytes__past_the_end_is_null(void **state)
{
    (void)state;
    static const size_t lengths[] = {12, 13, (size_t)1 << 32, SIZE_MAX - 3, SIZE_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct cursor c = cursor_over(fifteen, 15);
        (void)cursor_u32(&c);
        assert_null(cursor_bytes(&c, lengths[i]));
        assert_true(cursor_failed(&c));
    }
}

static void cursor__copy__takes_the_bytes(void **state)
{
    (void)state;
    uint8_t out[4] = {0};
    struct cursor c = cursor_over(fifteen, 5);
    (void)cursor_u8(&c);
    cursor_copy(&c, out, 4);
    assert_memory_equal(out, fifteen + 1, 4);
    assert_int_equal(cursor_end(&c), 0);
}

static void cursor__copy__past_the_end_is_zeros(void **state)
{
    (void)state;
    uint8_t out[4] = {9, 9, 9, 9};
    struct cursor c = cursor_over(fifteen, 3);
    cursor_copy(&c, out, 4);
    assert_memory_equal(out, "\0\0\0\0", 4);
    assert_true(cursor_failed(&c));
}

static void cursor__block__reads_what_a_buffer_wrote(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(100);
    buf_put_block(&b, "abc", 3);
    buf_put_block(&b, NULL, 0);
    struct cursor c = cursor_over(b.data, b.len);
    size_t len = 9;
    const uint8_t *at = cursor_block(&c, 3, &len);
    assert_ptr_equal(at, b.data + 4);
    assert_int_equal(len, 3);
    assert_non_null(cursor_block(&c, 3, &len));
    assert_int_equal(len, 0);
    assert_int_equal(cursor_end(&c), 0);
}

static void cursor__block__over_its_bound_fails(void **state)
{
    (void)state;
    static const uint8_t four[] = {0, 0, 0, 4, 'a', 'b', 'c', 'd'};
    size_t len = 9;
    struct cursor c = cursor_over(four, sizeof four);
    assert_null(cursor_block(&c, 3, &len));
    assert_int_equal(len, 0);
    assert_true(cursor_failed(&c));
    c = cursor_over(four, sizeof four);
    assert_non_null(cursor_block(&c, 4, &len));
    assert_int_equal(len, 4);
}

static void cursor__block__longer_than_what_is_left_fails(void **state)
{
    (void)state;
    static const uint8_t five[] = {0, 0, 0, 5, 'a', 'b', 'c', 'd'};
    static const uint8_t most[] = {0xff, 0xff, 0xff, 0xff, 'a', 'b', 'c', 'd'};
    size_t len = 9;
    struct cursor c = cursor_over(five, sizeof five);
    assert_null(cursor_block(&c, SIZE_MAX, &len));
    assert_int_equal(len, 0);
    assert_true(cursor_failed(&c));
    c = cursor_over(most, sizeof most);
    assert_null(cursor_block(&c, SIZE_MAX, &len));
    for (size_t cut = 0; cut < 4; cut++) {
        c = cursor_over(five, cut);
        assert_null(cursor_block(&c, SIZE_MAX, &len));
        assert_true(cursor_failed(&c));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cursor__read__integers_are_big_endian),
        cmocka_unit_test(cursor__read__an_integer_past_the_end_is_zero_and_fails),
        cmocka_unit_test(cursor__read__after_a_failure_yields_nothing),
        cmocka_unit_test(cursor__over__nothing),
        cmocka_unit_test(cursor__end__with_bytes_left_is_refused),
        cmocka_unit_test(cursor__fail__refuses_the_end),
        cmocka_unit_test(cursor__bytes__lie_inside_what_is_read),
        cmocka_unit_test(cursor__bytes__past_the_end_is_null),
        cmocka_unit_test(cursor__copy__takes_the_bytes),
        cmocka_unit_test(cursor__copy__past_the_end_is_zeros),
        cmocka_unit_test(cursor__block__reads_what_a_buffer_wrote),
        cmocka_unit_test(cursor__block__over_its_bound_fails),
        cmocka_unit_test(cursor__block__longer_than_what_is_left_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
