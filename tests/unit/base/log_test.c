#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

static char captured[4096];
static int real_stderr = -1, capture_fd = -1;

static void begin_capture(void)
{
    real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
    capture_fd = memfd_create("stderr", MFD_CLOEXEC);
    assert_true(real_stderr >= 0 && capture_fd >= 0);
    dup2(capture_fd, STDERR_FILENO);
}

static const char *end_capture(void)
{
    dup2(real_stderr, STDERR_FILENO);
    ssize_t n = pread(capture_fd, captured, sizeof captured - 1, 0);
    captured[n > 0 ? n : 0] = '\0';
    close(real_stderr);
    close(capture_fd);
    return captured;
}

static void log__error__carries_the_name_of_the_program(void **state)
{
    (void)state;
    begin_capture();
    log_line("cannot open %s", "x");
    log_open("ironside-test keeper");
    log_line("cannot open %s", "y");
    log_line("%d of %d", 1, 2);
    assert_string_equal(end_capture(), "ironside: cannot open x\n"
                                       "ironside-test keeper: cannot open y\n"
                                       "ironside-test keeper: 1 of 2\n");
}

static void log__error__is_one_line_whatever_it_holds(void **state)
{
    (void)state;
    log_open("t");
    begin_capture();
    log_line("%s", "a\nt: forged\r\x1b[2J\x7f\xc2\x9b"
                   "1m é");
    assert_string_equal(end_capture(), "t: a?t: forged??[2J???1m é\n");
}

static void log__error__is_cut_at_its_size(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    log_open("t");
    begin_capture();
    log_line("%s", text);
    const char *line = end_capture();
    assert_int_equal(strlen(line), 3 + 1023 + 1);
    assert_int_equal(line[strlen(line) - 1], '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log__error__carries_the_name_of_the_program),
        cmocka_unit_test(log__error__is_one_line_whatever_it_holds),
        cmocka_unit_test(log__error__is_cut_at_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
