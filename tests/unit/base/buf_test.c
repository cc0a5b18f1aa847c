#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

/* The linker sends every free() of this program here (--wrap=free), so that a test can look at
 * a block at the moment when it is let go. */
static const uint8_t *watched;
static size_t watched_len;
static bool watched_freed, watched_was_zero;

void __real_free(void *p);
void __wrap_free(void *p);

void __wrap_free(void *p)
{
    if (p != NULL && p == watched) {
        watched_freed = watched_was_zero = true;
        for (size_t i = 0; i < watched_len; i++)
            if (watched[i] != 0)
                watched_was_zero = false;
        watched = NULL;
    }
    __real_free(p);
}

static void watch(const struct buf *b)
{
    watched = b->data;
    watched_len = b->capacity;
    watched_freed = watched_was_zero = false;
}

static bool all_zero(const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (p[i] != 0)
            return false;
    return true;
}

static void buf__put__appends(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(10);
    buf_put(&b, "abc", 3);
    buf_put(&b, "", 0);
    buf_put(&b, NULL, 0);
    buf_put_text(&b, "def");
    assert_false(buf_failed(&b));
    assert_int_equal(b.len, 6);
    assert_memory_equal(b.data, "abcdef", 6);
}

static void buf__put__up_to_the_maximum(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(6);
    buf_put(&b, "abcdef", 6);
    assert_false(buf_failed(&b));
    assert_int_equal(b.len, 6);
}

static void buf__put__over_the_maximum_fails(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(6);
    buf_put(&b, "abcdefg", 7);
    assert_true(buf_failed(&b));
    assert_int_equal(b.len, 0);
}

static void buf__put__after_a_failure_changes_nothing(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(6);
    buf_put(&b, "abcd", 4);
    buf_put(&b, "efg", 3);
    buf_put(&b, "e", 1);
    buf_put_u8(&b, 1);
    buf_format(&b, "%d", 1);
    assert_true(buf_failed(&b));
    assert_int_equal(b.len, 4);
    assert_memory_equal(b.data, "abcd", 4);
}

static void buf__put__keeps_the_contents_while_it_grows(void **state)
{
    (void)state;
    for (int secret = 0; secret < 2; secret++) {
        CLEANUP_BUF struct buf b = BUF_INIT(100000);
        b.wipe = secret != 0;
        for (uint32_t i = 0; i < 25000; i++)
            buf_put_u32(&b, i);
        assert_false(buf_failed(&b));
        for (uint32_t i = 0; i < 25000; i++) {
            const uint8_t *p = b.data + (size_t)4 * i;
            assert_int_equal((uint32_t)p[2] << 8 | p[3], i);
        }
        buf_put_u8(&b, 0);
        assert_true(buf_failed(&b));
    }
}

static void buf__put__integers_are_big_endian(void **state)
{
    (void)state;
    static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    CLEANUP_BUF struct buf b = BUF_INIT(15);
    buf_put_u8(&b, 1);
    buf_put_u16(&b, 0x0203);
    buf_put_u32(&b, 0x04050607);
    buf_put_u64(&b, UINT64_C(0x08090a0b0c0d0e0f));
    assert_false(buf_failed(&b));
    assert_int_equal(b.len, sizeof expected);
    assert_memory_equal(b.data, expected, sizeof expected);
}

static void buf__put__an_integer_over_the_maximum_fails(void **state)
{
    (void)state;
    for (size_t max = 0; max < 8; max++) {
        CLEANUP_BUF struct buf b = BUF_INIT(max);
        buf_put_u64(&b, UINT64_MAX);
        assert_true(buf_failed(&b));
        assert_int_equal(b.len, 0);
    }
}

static void buf__put_block__writes_length_and_bytes(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(11);
    buf_put_block(&b, "abc", 3);
    buf_put_block(&b, NULL, 0);
    assert_false(buf_failed(&b));
    assert_int_equal(b.len, 11);
    assert_memory_equal(b.data, "\0\0\0\3abc\0\0\0\0", 11);
}

static void buf__put_block__over_the_maximum_fails(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(6);
    buf_put_block(&b, "abc", 3);
    assert_true(buf_failed(&b));
}

static void buf__put_block__longer_than_its_length_can_tell_fails(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(SIZE_MAX);
    buf_put_block(&b, "", (size_t)UINT32_MAX + 1); /* fails before it reads any of them */
    assert_true(buf_failed(&b));
    assert_int_equal(b.len, 0);
}

static void buf__extend__gives_room(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(4);
    uint8_t *at = buf_extend(&b, 4);
    assert_non_null(at);
    memcpy(at, "wxyz", 4);
    assert_int_equal(b.len, 4);
    assert_memory_equal(b.data, "wxyz", 4);
}

static void buf__extend__by_nothing_has_a_place(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(0);
    assert_non_null(buf_extend(&b, 0));
    assert_false(buf_failed(&b));
    assert_int_equal(b.len, 0);
}

static void buf__extend__over_the_maximum_is_null(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(4);
    buf_put(&b, "abc", 3);
    assert_null(buf_extend(&b, 2));
    assert_true(buf_failed(&b));
    assert_null(buf_extend(&b, 0));
    buf_reset(&b);
    buf_put(&b, "abc", 3);
    assert_null(buf_extend(&b, SIZE_MAX));
    assert_int_equal(b.len, 3);
}

static void buf__fail__marks_it(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(4);
    buf_put(&b, "abc", 3);
    assert_false(buf_failed(&b));
    buf_fail(&b);
    assert_true(buf_failed(&b));
    assert_string_equal(buf_text(&b), "");
}

static void buf__format__appends(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(9);
    buf_format(&b, "%s=%d;", "x", 17);
    buf_format(&b, "%s", "");
    buf_format(&b, "%04d", 5);
    assert_false(buf_failed(&b));
    assert_string_equal(buf_text(&b), "x=17;0005");
}

static void buf__format__over_the_maximum_fails(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(8);
    buf_format(&b, "%s=%d;", "x", 17);
    buf_format(&b, "%04d", 5);
    assert_true(buf_failed(&b));
    assert_int_equal(b.len, 5);
}

static void buf__drop__takes_off_the_front(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(8);
    buf_drop(&b, 0);
    buf_drop(&b, 5);
    buf_put_text(&b, "abcdef");
    buf_drop(&b, 0);
    buf_drop(&b, 2);
    assert_string_equal(buf_text(&b), "cdef");
    buf_put_text(&b, "ghij");
    assert_string_equal(buf_text(&b), "cdefghij");
    buf_drop(&b, 8);
    assert_int_equal(b.len, 0);
}

static void buf__drop__of_more_than_there_is_empties_it(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(8);
    buf_put_text(&b, "abcdef");
    buf_drop(&b, SIZE_MAX);
    assert_int_equal(b.len, 0);
    assert_string_equal(buf_text(&b), "");
}

static void buf__drop__does_not_forget_a_failure(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(4);
    buf_put_text(&b, "abc");
    buf_put_text(&b, "de");
    buf_drop(&b, 1);
    assert_true(buf_failed(&b));
    buf_drop(&b, 2);
    assert_int_equal(b.len, 0);
    assert_true(buf_failed(&b));
}

static void buf__drop__wipes_what_a_secret_leaves(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(64);
    buf_put_text(&b, "secret words");
    buf_drop(&b, 7);
    assert_memory_equal(b.data, "words", 5);
    assert_true(all_zero(b.data + 5, b.capacity - 5));
    buf_drop(&b, 5);
    assert_true(all_zero(b.data, b.capacity));
}

static void buf__reset__keeps_the_memory(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(4);
    buf_put_text(&b, "abc");
    uint8_t *data = b.data;
    buf_put_text(&b, "de");
    buf_reset(&b);
    assert_false(buf_failed(&b));
    assert_int_equal(b.len, 0);
    assert_ptr_equal(b.data, data);
    buf_put_text(&b, "wxyz");
    assert_string_equal(buf_text(&b), "wxyz");
}

static void buf__reset__wipes_a_secret(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(64);
    buf_reset(&b);
    buf_put_text(&b, "secret words");
    b.len = 6; /* as a caller that cuts it by hand: the rest is a secret, too */
    buf_reset(&b);
    assert_non_null(b.data);
    assert_true(all_zero(b.data, b.capacity));
}

static void buf__clear__makes_it_usable_again(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(4);
    buf_clear(&b);
    buf_put_text(&b, "abcde");
    buf_clear(&b);
    assert_false(buf_failed(&b));
    assert_null(b.data);
    buf_put_text(&b, "abcd");
    assert_string_equal(buf_text(&b), "abcd");
    buf_put_text(&b, "e");
    assert_true(buf_failed(&b));
}

static void buf__clear__wipes_a_secret(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(64);
    buf_put_text(&b, "secret words");
    watch(&b);
    buf_clear(&b);
    assert_true(watched_freed);
    assert_true(watched_was_zero);
}

static void buf__clear__leaves_public_bytes_as_they_are(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(64); /* shows that the watch sees what it is to see */
    buf_put_text(&b, "public words");
    watch(&b);
    watched_len = b.len;
    buf_clear(&b);
    assert_true(watched_freed);
    assert_false(watched_was_zero);
}

static void buf__put__wipes_the_memory_a_secret_grows_out_of(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(1000);
    buf_put_text(&b, "secret words");
    watch(&b);
    for (int i = 0; i < 500; i++)
        buf_put_u8(&b, 7);
    assert_true(watched_freed);
    assert_true(watched_was_zero);
    assert_memory_equal(b.data, "secret words", 12);
}

static void buf__text__ends_with_a_nul_that_does_not_count(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(64);
    assert_string_equal(buf_text(&b), "");
    for (int i = 0; i < 64; i++)
        buf_put_text(&b, "x");
    assert_int_equal(strlen(buf_text(&b)), 64);
    assert_int_equal(b.len, 64);
    assert_false(buf_failed(&b));
}

static void buf__text__of_a_failed_buffer_is_empty(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(3);
    buf_put_text(&b, "abc");
    buf_put_text(&b, "d");
    assert_string_equal(buf_text(&b), "");
}

static void buf__take_text__leaves_it_empty(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(6);
    buf_put_text(&b, "abcdef");
    CLEANUP_FREE char *text = buf_take_text(&b);
    assert_string_equal(text, "abcdef");
    assert_null(b.data);
    assert_int_equal(b.len, 0);
    buf_put_text(&b, "again");
    CLEANUP_FREE char *again = buf_take_text(&b);
    assert_string_equal(again, "again");
    assert_string_equal(text, "abcdef");
    CLEANUP_FREE char *nothing = buf_take_text(&b);
    assert_string_equal(nothing, "");
}

static void buf__take_text__of_a_failed_buffer_is_empty(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(3);
    buf_put_text(&b, "abcd");
    CLEANUP_FREE char *text = buf_take_text(&b);
    assert_string_equal(text, "");
    assert_false(buf_failed(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf__put__appends),
        cmocka_unit_test(buf__put__up_to_the_maximum),
        cmocka_unit_test(buf__put__over_the_maximum_fails),
        cmocka_unit_test(buf__put__after_a_failure_changes_nothing),
        cmocka_unit_test(buf__put__keeps_the_contents_while_it_grows),
        cmocka_unit_test(buf__put__integers_are_big_endian),
        cmocka_unit_test(buf__put__an_integer_over_the_maximum_fails),
        cmocka_unit_test(buf__put_block__writes_length_and_bytes),
        cmocka_unit_test(buf__put_block__over_the_maximum_fails),
        cmocka_unit_test(buf__put_block__longer_than_its_length_can_tell_fails),
        cmocka_unit_test(buf__extend__gives_room),
        cmocka_unit_test(buf__extend__by_nothing_has_a_place),
        cmocka_unit_test(buf__extend__over_the_maximum_is_null),
        cmocka_unit_test(buf__fail__marks_it),
        cmocka_unit_test(buf__format__appends),
        cmocka_unit_test(buf__format__over_the_maximum_fails),
        cmocka_unit_test(buf__drop__takes_off_the_front),
        cmocka_unit_test(buf__drop__of_more_than_there_is_empties_it),
        cmocka_unit_test(buf__drop__does_not_forget_a_failure),
        cmocka_unit_test(buf__drop__wipes_what_a_secret_leaves),
        cmocka_unit_test(buf__reset__keeps_the_memory),
        cmocka_unit_test(buf__reset__wipes_a_secret),
        cmocka_unit_test(buf__clear__makes_it_usable_again),
        cmocka_unit_test(buf__clear__wipes_a_secret),
        cmocka_unit_test(buf__clear__leaves_public_bytes_as_they_are),
        cmocka_unit_test(buf__put__wipes_the_memory_a_secret_grows_out_of),
        cmocka_unit_test(buf__text__ends_with_a_nul_that_does_not_count),
        cmocka_unit_test(buf__text__of_a_failed_buffer_is_empty),
        cmocka_unit_test(buf__take_text__leaves_it_empty),
        cmocka_unit_test(buf__take_text__of_a_failed_buffer_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
