#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/line_server.h"
#include "base/memory.h"
#include "base/secret.h"

static char dir[64];
static char path[96];
static struct line_server *server;

#define REQUEST_MAX (64U * 1024)
#define ANSWER_MAX (4U * 1024 * 1024)

/* "big": more than a socket takes; "huge": over the cap; else "got LINE". "follow" follows. */
static bool answer(void *context, const char *line, struct buf *out)
{
    (void)context;
    size_t len = strcmp(line, "big") == 0    ? 3U << 20
                 : strcmp(line, "huge") == 0 ? ANSWER_MAX + 1
                                             : 0;
    if (len > 0) {
        uint8_t *p = buf_extend(out, len);
        if (p != NULL)
            memset(p, 'x', len);
        buf_put_u8(out, '\n');
    } else {
        buf_format(out, "got %s\n", line);
    }
    return strcmp(line, "follow") == 0;
}

static int open_at(const char *at, struct line_server **ret, struct diag *d)
{
    const struct line_server_options o = {
        .path = at, .request_max = REQUEST_MAX, .answer_max = ANSWER_MAX, .answer = answer};
    return line_server_open(&o, ret, d);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/ironside-net.XXXXXX");
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/control.sock", dir);
    return open_at(path, &server, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    line_server_close(server);
    server = NULL;
    return file_remove_tree(dir, NULL);
}

static int connect_one(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    strcpy(a.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

/* Lets the server do all that it can do now. */
static void run(void)
{
    struct pollfd fds[LINE_SERVER_FDS];
    for (;;) {
        line_server_pollfds(server, fds);
        if (poll(fds, LINE_SERVER_FDS, 20) == 0)
            return;
        line_server_process(server, fds);
    }
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    run();
}

/* What has come; "END" at the end of the connection. */
static const char *hear(int fd)
{
    static char text[4096];
    ssize_t n = recv(fd, text, sizeof text - 1, 0);
    if (n == 0)
        return "END";
    text[n < 0 ? 0 : n] = '\0';
    return text;
}

static void line_server__open__is_private(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    line_server_close(server);
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    strcpy(a.sun_path, path);
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), -1);
    assert_int_equal(errno, ECONNREFUSED);
    /* Whatever lies there is replaced. */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(file_write(path, "x", 1, 0600, NULL), 0);
    assert_int_equal(open_at(path, &server, NULL), 0);
    struct diag d = {""};
    struct line_server *other = NULL;
    assert_int_equal(open_at("/nonexistent/x", &other, &d), ERR_IO);
    CLEANUP_FREE char *deep = mem_format("/tmp/%0200d", 0);
    assert_int_equal(open_at(deep, &other, &d), ERR_LIMIT);
}

static void line_server__answer__line_by_line(void **state)
{
    (void)state;
    CLEANUP_CLOSE int fd = connect_one();
    say(fd, "one\ntw");
    assert_string_equal(hear(fd), "got one\n");
    say(fd, "o\nthree\n");
    assert_string_equal(hear(fd), "got two\ngot three\n");
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    run();
    assert_string_equal(hear(fd), "END");
}

static void line_server__answer__after_the_last_word(void **state)
{
    (void)state;
    CLEANUP_CLOSE int fd = connect_one();
    assert_int_equal(send(fd, "one\n", 4, 0), 4);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    run();
    assert_string_equal(hear(fd), "got one\n");
    run();
    assert_string_equal(hear(fd), "END");
    /* Several lines before it. */
    CLEANUP_CLOSE int other = connect_one();
    assert_int_equal(send(other, "one\ntwo\nthree\n", 14, 0), 14);
    assert_int_equal(shutdown(other, SHUT_WR), 0);
    run();
    assert_string_equal(hear(other), "got one\ngot two\ngot three\n");
    assert_string_equal(hear(other), "END");
}

static void line_server__refuses__long_lines(void **state)
{
    (void)state;
    CLEANUP_CLOSE int fd = connect_one();
    CLEANUP_FREE char *text = mem_format("%0*d", (int)REQUEST_MAX + 10, 0);
    say(fd, text);
    assert_string_equal(hear(fd), "{\"error\":\"the request is too long\"}\n");
    CLEANUP_CLOSE int other = connect_one();
    say(other, "huge\n");
    assert_string_equal(hear(other), "{\"error\":\"the answer is too long\"}\n");
    run();
    assert_string_equal(hear(other), "END");
}

static void line_server__slow_client__stops_nobody(void **state)
{
    (void)state;
    CLEANUP_CLOSE int slow = connect_one();
    CLEANUP_CLOSE int other = connect_one();
    say(slow, "big\nmore\n"); /* and does not read */
    say(other, "one\n");
    assert_string_equal(hear(other), "got one\n");
    size_t got = 0;
    static char chunk[65536];
    for (ssize_t n; got < (3U << 20) + 1 + strlen("got more\n"); got += (size_t)n) {
        n = recv(slow, chunk, sizeof chunk, 0);
        if (n < 0) {
            n = 0;
            run();
        } else if (n == 0) {
            fail_msg("the connection ended after %zu bytes", got);
        }
    }
}

static void line_server__full__puts_out_the_idle(void **state)
{
    (void)state;
    int fds[LINE_SERVER_CLIENTS];
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++) {
        fds[i] = connect_one();
        run(); /* waits a little each time */
    }
    say(fds[0], "one\n");
    assert_string_equal(hear(fds[0]), "got one\n");
    CLEANUP_CLOSE int late = connect_one();
    say(late, "late\n");
    assert_string_equal(hear(late), "got late\n");
    assert_string_equal(hear(fds[1]), "END");
    say(fds[0], "two\n");
    assert_string_equal(hear(fds[0]), "got two\n");
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++)
        close(fds[i]);
    run();
}

static void line_server__tell__those_who_follow(void **state)
{
    (void)state;
    CLEANUP_CLOSE int fd = connect_one(), other = connect_one();
    say(fd, "follow\n");
    say(other, "one\n");
    line_server_tell(server, "news");
    run();
    line_server_tell(server, "more");
    say(fd, "two\n");
    assert_string_equal(hear(fd), "got follow\nnews\nmore\ngot two\n");
    assert_string_equal(hear(other), "got one\n");
}

/* Whoever follows is idle for long, and may be; but what is told is not kept for ever. */
static void line_server__full__keeps_those_who_follow(void **state)
{
    (void)state;
    int fds[LINE_SERVER_CLIENTS];
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++) {
        fds[i] = connect_one();
        say(fds[i], "follow\n");
    }
    CLEANUP_CLOSE int late = connect_one(), later = connect_one();
    run();
    assert_string_equal(hear(late), "{\"error\":\"it has as many followers as it takes: end one of "
                                    "them\"}\n");
    assert_string_equal(hear(late), "END");
    assert_non_null(strstr(hear(later), "followers"));
    assert_string_equal(hear(fds[0]), "got follow\n");
    CLEANUP_FREE char *news = mem_format("%0*d", 1 << 20, 0);
    for (int i = 0; i < 8; i++)
        line_server_tell(server, news);
    CLEANUP_CLOSE int next = connect_one();
    say(next, "one\n");
    assert_string_equal(hear(next), "got one\n");
    for (size_t i = 0; i < LINE_SERVER_CLIENTS; i++)
        close(fds[i]);
    run();
}

/* Another user who got at the socket is not answered. */
static void line_server__answers__its_owner_only(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("only root becomes another user: skipped\n");
        skip();
    }
    assert_int_equal(chmod(dir, 0755), 0);
    assert_int_equal(chmod(path, 0666), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char c;
        if (setgid(65534) != 0 || setuid(65534) != 0)
            _exit(9);
        struct sockaddr_un a = {.sun_family = AF_UNIX};
        strcpy(a.sun_path, path);
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
            _exit(8);
        (void)send(fd, "one\n", 4, MSG_NOSIGNAL);
        _exit(recv(fd, &c, 1, 0) <= 0 ? 0 : 7);
    }
    int status = -1;
    for (int i = 0; i < 100 && waitpid(pid, &status, WNOHANG) == 0; i++)
        run();
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(line_server__open__is_private, set_up, tear_down),
        cmocka_unit_test_setup_teardown(line_server__answer__line_by_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(line_server__answer__after_the_last_word, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(line_server__refuses__long_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(line_server__slow_client__stops_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(line_server__full__puts_out_the_idle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(line_server__tell__those_who_follow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(line_server__full__keeps_those_who_follow, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(line_server__answers__its_owner_only, set_up, tear_down),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
