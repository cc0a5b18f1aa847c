#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void arena__new__gives_aligned_zeros(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    for (size_t len = 1; len < 300; len++) {
        uint8_t *p = arena_new(&a, len);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < len; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, len);
    }
}

static void arena__new__pieces_do_not_overlap(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 8192, 16, 8193, 100000, 3, 4000, 4000, 4000};
    enum { COUNT = sizeof lengths / sizeof *lengths };
    CLEANUP_ARENA struct arena a = ARENA_INIT(1 << 20);
    uint8_t *pieces[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        pieces[i] = arena_new(&a, lengths[i]);
        assert_non_null(pieces[i]);
        memset(pieces[i], (int)i + 1, lengths[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t at = 0; at < lengths[i]; at++)
            assert_int_equal(pieces[i][at], i + 1);
}

static void arena__new__up_to_the_maximum(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(100);
    assert_non_null(arena_new(&a, 60));
    assert_non_null(arena_new(&a, 40));
    assert_null(arena_new(&a, 1));
}

static void arena__new__over_the_maximum_is_null(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(100);
    assert_null(arena_new(&a, 101));
    assert_null(arena_new(&a, SIZE_MAX));
    assert_non_null(arena_new(&a, 60));
    assert_null(arena_new(&a, 41));
    assert_null(arena_new(&a, SIZE_MAX - 59));
    assert_non_null(arena_new(&a, 40));
}

static void arena__new__of_nothing_is_bounded_too(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(3);
    for (int i = 0; i < 3; i++)
        assert_non_null(arena_new(&a, 0));
    assert_null(arena_new(&a, 0));
}

static void arena__array__gives_zeroed_elements(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(400);
    uint64_t *p = arena_array(&a, 50, sizeof *p);
    assert_non_null(p);
    for (size_t i = 0; i < 50; i++)
        assert_true(p[i] == 0);
}

static void arena__array__that_overflows_is_null(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(400);
    assert_null(arena_array(&a, 51, 8));
    assert_null(arena_array(&a, SIZE_MAX / 2, 4));
    assert_null(arena_array(&a, SIZE_MAX, SIZE_MAX));
    assert_non_null(arena_array(&a, 0, 8));
}

static void arena__copy__has_the_bytes(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(100);
    char text[] = "some words";
    char *copy = arena_copy(&a, text, sizeof text);
    char *string = arena_string(&a, text);
    char *part = arena_string_n(&a, text, 4);
    char *empty = arena_string_n(&a, NULL, 0);
    text[0] = 'X';
    assert_string_equal(copy, "some words");
    assert_string_equal(string, "some words");
    assert_string_equal(part, "some");
    assert_string_equal(empty, "");
    assert_non_null(arena_copy(&a, NULL, 0));
}

static void arena__copy__over_the_maximum_is_null(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(5);
    assert_null(arena_copy(&a, "abcdef", 6));
    assert_null(arena_string(&a, "abcde")); /* with its NUL */
    assert_non_null(arena_string(&a, "abcd"));
}

static void arena__reset__gives_all_of_it_back(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(50000);
    for (int round = 0; round < 3; round++) {
        memset(arena_new(&a, 10), 0xff, 10);
        assert_non_null(arena_new(&a, 40000));
        memset(arena_new(&a, 9990), 0xff, 9990);
        assert_null(arena_new(&a, 1));
        arena_reset(&a);
        assert_int_equal(a.used, 0);
        uint8_t *p = arena_new(&a, 64); /* zeros, also in memory that was used before */
        for (size_t i = 0; i < 64; i++)
            assert_int_equal(p[i], 0);
        arena_reset(&a);
    }
}

static void arena__clear__makes_it_usable_again(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(10);
    arena_clear(&a);
    assert_non_null(arena_new(&a, 10));
    arena_clear(&a);
    assert_null(a.blocks);
    assert_non_null(arena_new(&a, 10));
    assert_null(arena_new(&a, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena__new__gives_aligned_zeros),
        cmocka_unit_test(arena__new__pieces_do_not_overlap),
        cmocka_unit_test(arena__new__up_to_the_maximum),
        cmocka_unit_test(arena__new__over_the_maximum_is_null),
        cmocka_unit_test(arena__new__of_nothing_is_bounded_too),
        cmocka_unit_test(arena__array__gives_zeroed_elements),
        cmocka_unit_test(arena__array__that_overflows_is_null),
        cmocka_unit_test(arena__copy__has_the_bytes),
        cmocka_unit_test(arena__copy__over_the_maximum_is_null),
        cmocka_unit_test(arena__reset__gives_all_of_it_back),
        cmocka_unit_test(arena__clear__makes_it_usable_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
