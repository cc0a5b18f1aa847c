/* The client's half, against a server that says what the test wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "network/control.h"
#include "network/layout.h"

static char *dir;

static int set_up(void **state)
{
    (void)state;
    char name[] = "/tmp/ironside-net.XXXXXX";
    dir = mem_string(mkdtemp(name));
    return layout_make(dir, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    int r = file_remove_tree(dir, NULL);
    free(dir);
    return r;
}

/* Takes one connection, reads a line if there is an answer, and gives the answer. */
struct server {
    int fd;
    const char *answer; /* NULL: ends without a word */
    char request[4096];
    pthread_t thread;
};

static void *serve(void *context)
{
    struct server *s = context;
    int fd = accept(s->fd, NULL, NULL);
    size_t len = 0;
    while (s->answer != NULL && memchr(s->request, '\n', len) == NULL) {
        ssize_t n = read(fd, s->request + len, sizeof s->request - 1 - len);
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    if (s->answer != NULL)
        (void)!file_write_fd(fd, s->answer, strlen(s->answer));
    close(fd);
    return NULL;
}

static void server_start(struct server *s, const char *answer)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_REGISTRAR_SOCKET);
    *s = (struct server){.fd = socket(AF_UNIX, SOCK_STREAM, 0), .answer = answer};
    strcpy(a.sun_path, path);
    (void)unlink(path);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(s->fd, 1), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static int ask(const char *answer, json_t **ret, struct diag *d)
{
    struct server s;
    server_start(&s, answer);
    int r = control_ask(dir, json_pack("{ss}", "do", "status"), ret, d);
    pthread_join(s.thread, NULL);
    close(s.fd);
    if (answer != NULL)
        assert_string_equal(s.request, "{\"do\":\"status\"}\n");
    return r;
}

static void control__ask__gives_the_answer(void **state)
{
    (void)state;
    struct diag d = {""};
    json_t *o = NULL;
    assert_int_equal(ask("{\"ok\":true,\"policy\":7}\n", &o, &d), 0);
    assert_int_equal(json_integer_value(json_object_get(o, "policy")), 7);
    json_decref(o);
}

static void control__ask__gives_the_refusal(void **state)
{
    (void)state;
    struct diag d = {""};
    json_t *o = NULL;
    assert_int_equal(ask("{\"error\":\"there is no account x\"}\n", &o, &d), ERR_INVALID_STATE);
    assert_string_equal(d.text, "there is no account x");
    assert_null(o);
}

static void control__ask__refuses_what_is_no_answer(void **state)
{
    (void)state;
    static const char *const bad[] = {"{}\n", "[]\n", "x\n", "\n", "{\"ok\":false}\n"};
    struct diag d = {""};
    json_t *o = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(ask(bad[i], &o, &d), ERR_FORMAT);
    assert_int_equal(ask("{\"ok\":true}", &o, &d), ERR_CLOSED); /* cut off */
    assert_int_equal(ask(NULL, &o, &d), ERR_CLOSED);
    assert_null(o);
}

static void control__ask__says_that_nothing_runs(void **state)
{
    (void)state;
    struct diag d = {""};
    json_t *o = NULL;
    CLEANUP_FREE char *line =
        mem_format("the network is not running: start it with 'ironside up %s'", dir);
    assert_int_equal(control_ask(dir, json_pack("{ss}", "do", "status"), &o, &d), ERR_NOT_FOUND);
    assert_string_equal(d.text, line);
    /* A socket that a crash has left. */
    struct server s;
    server_start(&s, "{\"ok\":true}\n");
    assert_int_equal(control_ask(dir, json_pack("{ss}", "do", "status"), &o, &d), 0);
    json_decref(o);
    o = NULL;
    pthread_join(s.thread, NULL);
    close(s.fd);
    assert_int_equal(control_ask(dir, json_pack("{ss}", "do", "status"), &o, &d), ERR_NOT_FOUND);
    assert_string_equal(d.text, line);
}

static void control__ask__bounds_the_request(void **state)
{
    (void)state;
    struct diag d = {""};
    json_t *o = NULL;
    CLEANUP_FREE char *text = mem_format("%0*d", (int)CONTROL_REQUEST_MAX, 0);
    assert_int_equal(control_ask(dir, json_pack("{ss}", "do", text), &o, &d), ERR_LIMIT);
    assert_int_equal(control_ask(dir, NULL, &o, &d), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(control__ask__gives_the_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(control__ask__gives_the_refusal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(control__ask__refuses_what_is_no_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(control__ask__says_that_nothing_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(control__ask__bounds_the_request, set_up, tear_down),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
