/* Confinement, each in a child of its own: what is left, and what is not. */
#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/file.h"
#include "base/memory.h"

struct scene {
    char dir[40];
    char *read, *write, *other;
    struct confine how;
};

static char *make(struct scene *s, const char *name)
{
    char *path = file_join(s->dir, name);
    CLEANUP_FREE char *file = file_join(path, "file");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(file_write(file, "x", 1, 0600, NULL), 0);
    return path;
}

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    strcpy(s->dir, "/tmp/ironside-conf.XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    s->read = make(s, "read");
    s->write = make(s, "write");
    s->other = make(s, "other");
    s->how = (struct confine){.folders = {{CONFINE_READ, s->read}, {CONFINE_WRITE, s->write}},
                              .try_sockets = true};
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    assert_int_equal(file_remove_tree(s->dir, NULL), 0);
    free(s->read);
    free(s->write);
    free(s->other);
    free(s);
    return 0;
}

static bool opens(const char *folder, const char *name, int flags)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool removes(const char *folder)
{
    char path[200];
    snprintf(path, sizeof path, "%s/file", folder);
    return unlink(path) == 0;
}

/* The child's verdict: 0, or the number of the first thing that was not as it should be. */
static int look(const struct scene *s)
{
    const bool as_expected[] = {
        opens(s->read, "file", O_RDONLY),
        !opens(s->read, "file", O_WRONLY),
        !opens(s->read, "new", O_WRONLY | O_CREAT),
        !removes(s->read),
        opens(s->write, "file", O_RDWR),
        opens(s->write, "new", O_RDWR | O_CREAT),
        removes(s->write),
        !opens(s->other, "file", O_RDONLY),
        !removes(s->other),
        !opens("/etc", "passwd", O_RDONLY),
    };
    for (size_t i = 0; i < sizeof as_expected / sizeof *as_expected; i++)
        if (!as_expected[i])
            return (int)i + 1;
    return 0;
}

/* What the child ended with: its status, or minus the signal. */
static int in_child(const struct scene *s, int (*what)(const struct scene *s))
{
    pid_t pid = fork();
    if (pid == 0) {
        struct confine_report report = {0};
        int r = confine_process(&s->how, &report, NULL);
        if (r < 0)
            _exit(100);
        if (!report.seccomp || report.landlock == 0)
            _exit(101); /* sanitizers, or a kernel without it */
        _exit(what(s));
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int must_be_confined(int status)
{
    if (status == 101) {
        print_message(
            "sanitized programs are not confined, nor are those of a kernel without it: skipped\n");
        skip();
    }
    return status;
}

static void confine__folders__each_within_its_reach(void **state)
{
    assert_int_equal(must_be_confined(in_child(*state, look)), 0);
}

static int try_families(const struct scene *s)
{
    (void)s;
    const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (socket(families[i], SOCK_STREAM, 0) >= 0 || errno != EAFNOSUPPORT)
            return (int)i + 1;
    return 0;
}

static void confine__sockets__are_refused_to_who_may_ask(void **state)
{
    struct scene *s = *state;
    assert_int_equal(must_be_confined(in_child(s, try_families)), 0);
    s->how.try_sockets = false;
    assert_int_equal(must_be_confined(in_child(s, try_families)), -SIGSYS);
}

static int run_another(const struct scene *s)
{
    (void)s;
    execl("/bin/true", "true", NULL);
    return 1;
}

static void confine__exec__ends_the_process(void **state)
{
    assert_int_equal(must_be_confined(in_child(*state, run_another)), -SIGSYS);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(confine__folders__each_within_its_reach),
        SCENE_TEST(confine__sockets__are_refused_to_who_may_ask),
        SCENE_TEST(confine__exec__ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
