/* Starts this same program again as the process that connects: main() says so. */
#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/connector.h"
#include "base/file.h"

enum { HERE, AWAY, SOCKETS };

static char folder[] = "/tmp/connector-test-XXXXXX";
static char *paths[SOCKETS];
static int listener = -1;

static int set_up(void **state)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    paths[HERE] = file_join(folder, "here");
    paths[AWAY] = file_join(folder, "away");
    snprintf(a.sun_path, sizeof a.sun_path, "%s", paths[HERE]);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return bind(listener, (struct sockaddr *)&a, sizeof a) == 0 && listen(listener, 8) == 0 ? 0
                                                                                            : -1;
}

static int tear_down(void **state)
{
    (void)state;
    close(listener);
    free(paths[HERE]);
    free(paths[AWAY]);
    return file_remove_tree(folder, NULL);
}

static struct connector *start(void)
{
    struct connector *c = NULL;
    struct diag d = {""};
    assert_int_equal(connector_start((const char *const *)paths, SOCKETS, &c, &d), 0);
    return c;
}

/* The connection is one: what is written at one end comes out at the other. */
static void assert_connected(int fd)
{
    char c = 0;
    CLEANUP_CLOSE int server = accept(listener, NULL, NULL);
    assert_true(server >= 0);
    assert_int_equal(write(server, "x", 1), 1);
    assert_int_equal(read(fd, &c, 1), 1);
    assert_int_equal(c, 'x');
    assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
}

/* Again and again, also after one that failed. */
static void assert_connects(struct connector *c)
{
    for (int i = 0; i < 3; i++) {
        CLEANUP_CLOSE int fd = -1;
        int none = -7;
        assert_int_equal(connector_get(c, HERE, &fd), 0);
        assert_connected(fd);
        assert_int_equal(connector_get(c, AWAY, &none), ERR_IO);
        assert_int_equal(connector_get(c, SOCKETS, &none), ERR_IO);
        assert_int_equal(none, -7);
    }
}

static void connector__get__in_this_process(void **state)
{
    (void)state;
    CLEANUP(connector_free_cleanup)
    struct connector *c = connector_new((const char *const *)paths, SOCKETS);
    assert_connects(c);
    assert_int_equal(connector_fd(c), -1);
}

static void connector__get__from_another_process(void **state)
{
    (void)state;
    CLEANUP(connector_free_cleanup) struct connector *c = start();
    struct pollfd idle = {connector_fd(c), POLLIN, 0};
    assert_connects(c);
    assert_int_equal(poll(&idle, 1, 0), 0);
}

static void connector__get__of_no_path(void **state)
{
    int fd = -1;
    (void)state;
    CLEANUP(connector_free_cleanup)
    struct connector *c = connector_new((const char *[]){NULL}, 1);
    assert_int_equal(connector_get(c, 0, &fd), ERR_IO);
}

/* Nothing of this process but the question's socket is open in it, and it does not ask for more. */
static void connector__process__holds_nothing_else(void **state)
{
    (void)state;
    int held[2], status;
    char c;
    assert_int_equal(pipe(held), 0);
    struct connector *other = start();
    close(held[1]);
    assert_int_equal(read(held[0], &c, 1), 0); /* nobody else holds the other end */
    close(held[0]);
    connector_free(other);
    assert_true(wait(&status) > 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0); /* it ends with its socket */
}

/* A number of nobody's is the asker's end: it may have been taken over. */
static void connector__process__ends_at_a_number_that_is_none(void **state)
{
    (void)state;
    int fd = -1, status;
    CLEANUP(connector_free_cleanup) struct connector *c = start();
    struct pollfd ended = {connector_fd(c), POLLIN, 0};
    assert_int_equal(send(connector_fd(c), "\7", 1, 0), 1);
    assert_int_equal(poll(&ended, 1, 5000), 1);
    assert_int_equal(connector_get(c, HERE, &fd), ERR_CLOSED);
    assert_int_equal(fd, -1);
    assert_true(wait(&status) > 0);
}

/* What it is for: a process that may not connect by itself. */
static int ask_confined(void)
{
    struct connector *c = start();
    struct confine_report r;
    int fd = -1;
    if (confine_daemon(CONFINE_LINK, NULL, &r, NULL) < 0)
        return 1;
    int got = connector_get(c, HERE, &fd);
    if (got < 0 || connector_get(c, AWAY, &fd) != ERR_IO)
        return 2;
    return write(fd, "x", 1) == 1 ? 0 : 3;
}

static void connector__get__by_a_process_that_is_confined(void **state)
{
    (void)state;
    int status;
    char c;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(ask_confined());
    CLEANUP_CLOSE int server = accept(listener, NULL, NULL);
    assert_int_equal(read(server, &c, 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connector__get__in_this_process),
        cmocka_unit_test(connector__get__from_another_process),
        cmocka_unit_test(connector__get__of_no_path),
        cmocka_unit_test(connector__process__holds_nothing_else),
        cmocka_unit_test(connector__process__ends_at_a_number_that_is_none),
        cmocka_unit_test(connector__get__by_a_process_that_is_confined),
    };
    if (connector_is_asked_for(argc, argv))
        return connector_main(argc, argv);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
