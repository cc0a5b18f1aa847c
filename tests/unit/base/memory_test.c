#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/memory.h"

/* Does `what` end the process? Run in a child of its own, silently. */
static bool ends(void (*what)(void))
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        what();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status != 0;
}

static void memory__new__is_zeroed(void **state)
{
    (void)state;
    for (size_t size = 0; size < 200; size++) {
        CLEANUP_FREE uint8_t *p = mem_new(size);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
    }
}

static void memory__array__is_zeroed(void **state)
{
    (void)state;
    CLEANUP_FREE uint32_t *p = mem_array(100, sizeof *p);
    CLEANUP_FREE uint32_t *none = mem_array(0, sizeof *none);
    CLEANUP_FREE uint32_t *nothing = mem_array(5, 0);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(p[i], 0);
    (void)none, (void)nothing;
}

/* Four times this is 4 once more: without a check, a block would come of it. */
static volatile size_t too_many = SIZE_MAX / 4 + 2;

static void ask_for_an_overflowing_array(void)
{
    free(mem_array(too_many, 4));
}

static void resize_to_an_overflowing_array(void)
{
    free(mem_resize(NULL, too_many, 4));
}

static void do_nothing(void)
{
}

static void memory__array__overflow_ends_the_process(void **state)
{
    (void)state;
    assert_true(ends(ask_for_an_overflowing_array));
    assert_false(ends(do_nothing));
}

static void memory__resize__overflow_ends_the_process(void **state)
{
    (void)state;
    assert_true(ends(resize_to_an_overflowing_array));
}

static void memory__resize__keeps_the_contents(void **state)
{
    (void)state;
    uint16_t *p = mem_resize(NULL, 3, sizeof *p);
    for (uint16_t i = 0; i < 3; i++)
        p[i] = i;
    p = mem_resize(p, 1000, sizeof *p);
    for (uint16_t i = 0; i < 3; i++)
        assert_int_equal(p[i], i);
    p = mem_resize(p, 0, sizeof *p); /* not a free: still a block of its own */
    free(p);
}

static void memory__copy__has_the_bytes(void **state)
{
    (void)state;
    char bytes[] = {1, 0, 2};
    CLEANUP_FREE char *copy = mem_copy(bytes, sizeof bytes);
    bytes[0] = 9;
    assert_memory_equal(copy, "\1\0\2", 3);
    CLEANUP_FREE char *nothing = mem_copy(NULL, 0);
    (void)nothing;
}

static void memory__string__has_the_text(void **state)
{
    (void)state;
    CLEANUP_FREE char *whole = mem_string("words");
    CLEANUP_FREE char *part = mem_string_n("words", 4);
    CLEANUP_FREE char *empty = mem_string_n(NULL, 0);
    assert_string_equal(whole, "words");
    assert_string_equal(part, "word");
    assert_string_equal(empty, "");
}

static void memory__format__writes_any_length(void **state)
{
    (void)state;
    CLEANUP_FREE char *empty = mem_format("%s", "");
    CLEANUP_FREE char *wide = mem_format("%*d|", 5000, 7);
    assert_string_equal(empty, "");
    assert_int_equal(strlen(wide), 5001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory__new__is_zeroed),
        cmocka_unit_test(memory__array__is_zeroed),
        cmocka_unit_test(memory__array__overflow_ends_the_process),
        cmocka_unit_test(memory__resize__overflow_ends_the_process),
        cmocka_unit_test(memory__resize__keeps_the_contents),
        cmocka_unit_test(memory__copy__has_the_bytes),
        cmocka_unit_test(memory__string__has_the_text),
        cmocka_unit_test(memory__format__writes_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
