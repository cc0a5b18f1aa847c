/* Each trial runs in a child that confines itself first; how it ended tells what was allowed. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/confine.h"
#include "base/file.h"
#include "base/memory.h"

#ifdef IRONSIDE_SANITIZED

static void confine__process__says_that_it_does_nothing_under_sanitizers(void **state)
{
    (void)state;
    const struct confine c = {0};
    struct confine_report r = {.seccomp = true};
    char text[200];
    assert_int_equal(confine_process(&c, &r, NULL), 0);
    assert_false(r.seccomp || r.memory_locked || r.landlock != 0);
    confine_describe(&c, &r, text, sizeof text);
    assert_string_equal(text, "not confined (sanitizers)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confine__process__says_that_it_does_nothing_under_sanitizers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

#define REFUSED 3  /* the trial was refused with EACCES or EPERM */
#define NOT_SET 99 /* confinement itself failed */

static char folder[] = "/tmp/confine-test-XXXXXX";
static char inside[64], outside[64], listening[64];
static int listener = -1, landlock;

static int set_up(void **state)
{
    (void)state;
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(inside, sizeof inside, "%s/in/file", folder);
    snprintf(outside, sizeof outside, "%s/out", folder);
    snprintf(listening, sizeof listening, "%s/socket", folder);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", listening);
    CLEANUP_FREE char *in = mem_format("%s/in", folder);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return file_make_folder(in, 0700, NULL) == 0 && file_write(inside, "in", 2, 0600, NULL) == 0 &&
                   file_write(outside, "out", 3, 0600, NULL) == 0 &&
                   bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, 8) == 0
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    close(listener);
    return file_remove_tree(folder, NULL);
}

/* Runs the trial in a child with this confinement; its wait status. */
static int status_of(const struct confine *c, int (*trial)(void))
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct confine_report r;
        if (confine_process(c, &r, NULL) < 0 || !r.seccomp)
            _exit(NOT_SET);
        _exit(trial());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void assert_allowed(const struct confine *c, int (*trial)(void))
{
    int status = status_of(c, trial);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void assert_killed(const struct confine *c, int (*trial)(void))
{
    int status = status_of(c, trial);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

static int answer(bool done)
{
    return done ? 0 : errno == EACCES || errno == EPERM ? REFUSED : 1;
}

static int try_memory(void)
{
    char *p = malloc((size_t)1 << 22);
    if (p == NULL)
        return 1;
    memset(p, 1, (size_t)1 << 22);
    free(p);
    return 0;
}

static int try_open_inside(void)
{
    return answer(open(inside, O_RDWR | O_CLOEXEC) >= 0);
}

static int try_open_outside(void)
{
    return answer(open(outside, O_RDONLY | O_CLOEXEC) >= 0);
}

static int try_remove_outside(void)
{
    return answer(unlink(outside) == 0);
}

static int try_socket_inet(void)
{
    return answer(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int try_socket_netlink(void)
{
    return answer(socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
}

static int try_connect_unix(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", listening);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return answer(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
}

static int try_listen(void)
{
    return answer(listen(listener, 1) == 0);
}

static int try_kill(void)
{
    return answer(kill(getppid(), 0) == 0);
}

static int try_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return answer(pid > 0);
}

static int try_exec(void)
{
    char *argv[] = {(char[]){"true"}, NULL};
    return answer(execv("/bin/true", argv) == 0);
}

static int try_pwrite(void)
{
    return answer(pwrite(listener, "x", 1, 0) == 1 || errno == ESPIPE);
}

static const struct confine nothing;

static void confine__process__leaves_what_every_process_needs(void **state)
{
    (void)state;
    assert_allowed(&nothing, try_memory);
}

static void confine__process__kills_who_does_what_is_not_listed(void **state)
{
    (void)state;
    assert_killed(&nothing, try_open_inside);
    assert_killed(&nothing, try_remove_outside);
    assert_killed(&nothing, try_socket_inet);
    assert_killed(&nothing, try_connect_unix);
    assert_killed(&nothing, try_listen);
    assert_killed(&nothing, try_kill);
    assert_killed(&nothing, try_fork);
    assert_killed(&nothing, try_exec);
    assert_killed(&nothing, try_pwrite);
}

static void confine__process__opens_files_below_its_folder_only(void **state)
{
    (void)state;
    CLEANUP_FREE char *in = mem_format("%s/in", folder);
    const struct confine c = {.folders = {{CONFINE_WRITE, in}}};
    assert_allowed(&c, try_open_inside);
    assert_killed(&c, try_socket_inet);
    assert_killed(&c, try_kill);
    if (landlock == 0)
        return; /* a kernel that can't tell folders apart */
    int status = status_of(&c, try_open_outside);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), REFUSED);
    status = status_of(&c, try_remove_outside);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), REFUSED);
    assert_true(file_exists(outside));
}

static void confine__process__refuses_a_folder_that_is_not_there(void **state)
{
    (void)state;
    const struct confine c = {.folders = {{CONFINE_READ, "/nowhere"}}};
    if (landlock == 0) {
        print_message(
            "sanitized programs are not confined, nor are those of a kernel without it: skipped\n");
        skip();
    }
    int status = status_of(&c, try_memory);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), NOT_SET);
}

static void confine__process__connects_to_unix_sockets_only(void **state)
{
    (void)state;
    const struct confine c = {.connects = true};
    assert_allowed(&c, try_connect_unix);
    assert_killed(&c, try_socket_inet);
    assert_killed(&c, try_socket_netlink);
    assert_killed(&c, try_open_inside);
}

static void confine__process__writes_in_place_where_it_may(void **state)
{
    (void)state;
    const struct confine c = {.rewrite_files = true};
    assert_allowed(&c, try_pwrite);
    assert_killed(&c, try_open_inside);
}

/* Waits for its parent to look. */
static int wait_for_parent(void)
{
    char c;
    return read(STDIN_FILENO, &c, 1) == 0 ? 0 : 1;
}

static void confine__process__has_no_privileges_left(void **state)
{
    (void)state;
    int hold[2], status;
    char path[64];
    assert_int_equal(pipe2(hold, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct confine_report r;
        dup2(hold[0], STDIN_FILENO);
        close(hold[1]);
        bool set = confine_process(&nothing, &r, NULL) == 0;
        _exit(set ? wait_for_parent() : NOT_SET);
    }
    close(hold[0]);
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    CLEANUP_FREE char *text = NULL;
    for (int i = 0; i < 6000 && (text == NULL || strstr(text, "Seccomp:\t2") == NULL); i++) {
        free(TAKE(text));
        usleep(10000);
        assert_int_equal(file_read_text(path, 65536, &text, NULL), 0);
    }
    assert_non_null(strstr(text, "Seccomp:\t2"));
    assert_non_null(strstr(text, "NoNewPrivs:\t1"));
    assert_non_null(strstr(text, "CapEff:\t0000000000000000"));
    assert_non_null(strstr(text, "CapPrm:\t0000000000000000"));
    assert_non_null(strstr(text, "CapBnd:\t0000000000000000"));
    close(hold[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void confine__describe__names_what_is_in_force(void **state)
{
    (void)state;
    const struct confine locks = {.lock_memory = true};
    struct confine_report r = {.seccomp = true, .landlock = 7, .memory_locked = true};
    char text[200];
    confine_describe(&locks, &r, text, sizeof text);
    assert_string_equal(text, "seccomp, Landlock 7, memory locked");
    confine_describe(&nothing, &r, text, sizeof text);
    assert_string_equal(text, "seccomp, Landlock 7");
    r = (struct confine_report){.seccomp = true};
    confine_describe(&locks, &r, text, sizeof text);
    assert_string_equal(text, "seccomp, no Landlock (the kernel has none), memory not locked"
                              " (RLIMIT_MEMLOCK is too low)");
}

/* The kernel's Landlock, as a child finds it. */
static int find_landlock(void **state)
{
    int status;
    if (set_up(state) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        struct confine_report r;
        _exit(confine_process(&nothing, &r, NULL) == 0 ? r.landlock : NOT_SET);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    landlock = WEXITSTATUS(status);
    return landlock == NOT_SET ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confine__process__leaves_what_every_process_needs),
        cmocka_unit_test(confine__process__kills_who_does_what_is_not_listed),
        cmocka_unit_test(confine__process__opens_files_below_its_folder_only),
        cmocka_unit_test(confine__process__refuses_a_folder_that_is_not_there),
        cmocka_unit_test(confine__process__connects_to_unix_sockets_only),
        cmocka_unit_test(confine__process__writes_in_place_where_it_may),
        cmocka_unit_test(confine__process__has_no_privileges_left),
        cmocka_unit_test(confine__describe__names_what_is_in_force),
    };
    return cmocka_run_group_tests(tests, find_landlock, tear_down);
}

#endif
