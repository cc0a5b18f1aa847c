#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

struct thing {
    int *ended;
};

static void thing_free(struct thing *t)
{
    (*t->ended)++;
}
DEFINE_CLEANUP(struct thing, thing_free)

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void cleanup__leave__ends_what_was_not_taken(void **state)
{
    (void)state;
    int ended = 0;
    struct thing t = {&ended};
    {
        CLEANUP(thing_free_cleanup) struct thing *p = &t;
        (void)p;
    }
    assert_int_equal(ended, 1);
}

static void cleanup__leave__null_is_left_alone(void **state)
{
    (void)state;
    CLEANUP(thing_free_cleanup) struct thing *p = NULL;
    CLEANUP_FREE char *text = NULL;
    CLEANUP_CLOSE int fd = -1;
    CLEANUP_FCLOSE FILE *f = NULL;
    (void)p, (void)text, (void)fd, (void)f;
}

static void cleanup__take__hands_on(void **state)
{
    (void)state;
    int ended = 0;
    struct thing t = {&ended}, *taken;
    {
        CLEANUP(thing_free_cleanup) struct thing *p = &t;
        taken = TAKE(p);
        assert_null(p);
    }
    assert_ptr_equal(taken, &t);
    assert_int_equal(ended, 0);
}

static void cleanup__leave__closes_a_descriptor(void **state)
{
    (void)state;
    int number;
    {
        CLEANUP_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        number = fd;
        assert_true(is_open(number));
    }
    assert_false(is_open(number));
}

static void cleanup__take_fd__keeps_it_open(void **state)
{
    (void)state;
    int taken;
    {
        CLEANUP_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        taken = TAKE_FD(fd);
        assert_int_equal(fd, -1);
    }
    assert_true(is_open(taken));
    close(taken);
}

static void cleanup__leave__closes_a_stream(void **state)
{
    (void)state;
    int number;
    {
        CLEANUP_FCLOSE FILE *f = fopen("/dev/null", "r");
        assert_non_null(f);
        number = fileno(f);
    }
    assert_false(is_open(number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cleanup__leave__ends_what_was_not_taken),
        cmocka_unit_test(cleanup__leave__null_is_left_alone),
        cmocka_unit_test(cleanup__take__hands_on),
        cmocka_unit_test(cleanup__leave__closes_a_descriptor),
        cmocka_unit_test(cleanup__take_fd__keeps_it_open),
        cmocka_unit_test(cleanup__leave__closes_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
