/* Each case is a child of its own, whose descriptors 0 to 2 are as the case says. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "base/streams.h"

#define LARGE 300000 /* bytes: more than a stream's buffer */

/* Where standard output goes: a path, or NULL where it is closed. The child's status. */
static int in_child(const char *out, int (*run)(void))
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(STDOUT_FILENO);
        if (out != NULL && open(out, O_WRONLY) != STDOUT_FILENO)
            _exit(100);
        _exit(run());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static bool says(const struct diag *d, const char *reason)
{
    return strstr(d->text, "standard output") != NULL && strstr(d->text, reason) != NULL;
}

static int print_nothing_and_close(void)
{
    struct diag d;
    process_begin();
    return streams_close(&d) != 0;
}

static int print_and_close(void)
{
    struct diag d = {""};
    process_begin();
    printf("a line\n");
    if (streams_close(&d) == 0)
        return 0;
    return says(&d, "No space left") ? 1 : says(&d, "Bad file descriptor") ? 2 : 3;
}

static int print_much_and_close(void)
{
    struct diag d = {""};
    process_begin();
    for (int i = 0; i < LARGE; i++)
        putchar('x');
    return streams_close(&d) == 0 ? 0 : says(&d, "") ? 1 : 2;
}

/* What was lost stays lost, though what comes after it arrives. */
static int print_later(void)
{
    struct diag d;
    process_begin();
    printf("lost\n");
    if (streams_shown(&d) == 0)
        return 2;
    if (dup2(STDERR_FILENO, STDOUT_FILENO) != STDOUT_FILENO)
        return 3;
    return streams_close(&d) == 0 ? 0 : 1;
}

static void streams__close__tells_what_was_lost(void **state)
{
    (void)state;
    assert_int_equal(in_child("/dev/null", print_and_close), 0);
    assert_int_equal(in_child("/dev/null", print_much_and_close), 0);
    assert_int_equal(in_child("/dev/full", print_and_close), 1);
    assert_int_equal(in_child("/dev/full", print_much_and_close), 1);
    assert_int_equal(in_child(NULL, print_and_close), 2);
    assert_int_equal(in_child(NULL, print_much_and_close), 1);
    assert_int_equal(in_child("/dev/full", print_later), 1);
}

static void streams__close__takes_nothing_for_shown(void **state)
{
    (void)state;
    assert_int_equal(in_child("/dev/full", print_nothing_and_close), 0);
    assert_int_equal(in_child(NULL, print_nothing_and_close), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams__close__tells_what_was_lost),
        cmocka_unit_test(streams__close__takes_nothing_for_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
