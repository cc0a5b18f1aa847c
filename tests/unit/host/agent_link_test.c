#include "host/agent_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A link whose other side is the test's. */
struct pair {
    struct agent_link *link;
    int device;
};

static int setup(void **state)
{
    static struct pair p;
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    p = (struct pair){.link = agent_link_new(fds[0]), .device = fds[1]};
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct pair *p = *state;
    agent_link_free(p->link);
    if (p->device >= 0)
        close(p->device);
    return 0;
}

static void device_says(const struct pair *p, const char *text)
{
    assert_int_equal(write(p->device, text, strlen(text)), (ssize_t)strlen(text));
}

static void device_ends(struct pair *p)
{
    close(p->device);
    p->device = -1;
}

static int64_t next_number(const struct pair *p)
{
    json_t *event = NULL;
    struct diag d;
    assert_int_equal(agent_link_event(p->link, &event, &d), 0);
    int64_t n = json_integer_value(json_object_get(event, "n"));
    json_decref(event);
    return n;
}

/* What one read brought is there at once, and not only when the socket says something again. */
static void agent_link__wait__two_events_in_one_piece(void **state)
{
    struct pair *p = *state;
    device_says(p, "{\"event\":\"x\",\"n\":1}\n{\"event\":\"x\",\"n\":2}\n");
    assert_true(agent_link_wait(p->link, 0));
    assert_int_equal(next_number(p), 1);
    assert_true(agent_link_wait(p->link, 0));
    assert_int_equal(next_number(p), 2);
    assert_false(agent_link_wait(p->link, 0));
}

static void agent_link__wait__half_a_line(void **state)
{
    struct pair *p = *state;
    device_says(p, "{\"event\":\"x\",");
    assert_false(agent_link_wait(p->link, 0));
    device_says(p, "\"n\":7}\n");
    assert_true(agent_link_wait(p->link, 0));
    assert_int_equal(next_number(p), 7);
}

static void agent_link__wait__the_device_ended(void **state)
{
    struct pair *p = *state;
    json_t *event = NULL;
    struct diag d;
    device_ends(p);
    assert_true(agent_link_wait(p->link, 1000));
    assert_int_equal(agent_link_event(p->link, &event, &d), ERR_CLOSED);
    assert_null(event);
    assert_string_equal(d.text, "the running device ended");
}

static void agent_link__event__not_json(void **state)
{
    struct pair *p = *state;
    json_t *event = NULL;
    struct diag d;
    device_says(p, "hello\n");
    assert_int_equal(agent_link_event(p->link, &event, &d), ERR_FORMAT);
    assert_null(event);
}

/* A device tells what happens also between a request and its answer. */
static void agent_link__ask__events_come_before_the_answer(void **state)
{
    struct pair *p = *state;
    json_t *answer = NULL;
    struct diag d;
    char request[64] = "";
    device_says(p, "{\"event\":\"x\",\"n\":1}\n{\"event\":\"x\",\"n\":2}\n{\"ok\":true,\"n\":9}\n"
                   "{\"event\":\"x\",\"n\":3}\n");
    assert_int_equal(agent_link_ask(p->link, json_pack("{ss}", "do", "it"), &answer, &d), 0);
    assert_int_equal(json_integer_value(json_object_get(answer, "n")), 9);
    json_decref(answer);
    assert_int_equal(read(p->device, request, sizeof request - 1), 12);
    assert_string_equal(request, "{\"do\":\"it\"}\n");
    for (int64_t n = 1; n <= 3; n++) {
        assert_true(agent_link_wait(p->link, 0));
        assert_int_equal(next_number(p), n);
    }
}

static void agent_link__ask__the_device_ended(void **state)
{
    struct pair *p = *state;
    json_t *answer = NULL;
    struct diag d;
    device_ends(p);
    assert_int_equal(agent_link_ask(p->link, json_pack("{ss}", "do", "it"), &answer, &d),
                     ERR_CLOSED);
    assert_null(answer);
}

static void agent_link__open__nobody_there(void **state)
{
    struct agent_link *l = NULL;
    struct diag d;
    (void)state;
    assert_int_equal(agent_link_open("/nonexistent", &l, &d), ERR_NOT_FOUND);
    assert_null(l);
}

static void agent_link__open__path_too_long(void **state)
{
    struct agent_link *l = NULL;
    struct diag d;
    char folder[120];
    (void)state;
    memset(folder, 'f', sizeof folder);
    folder[sizeof folder - 1] = '\0';
    assert_int_equal(agent_link_open(folder, &l, &d), ERR_LIMIT);
    assert_null(l);
    assert_non_null(strstr(d.text, "choose a shorter --store"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(agent_link__wait__two_events_in_one_piece, setup, teardown),
        cmocka_unit_test_setup_teardown(agent_link__wait__half_a_line, setup, teardown),
        cmocka_unit_test_setup_teardown(agent_link__wait__the_device_ended, setup, teardown),
        cmocka_unit_test_setup_teardown(agent_link__event__not_json, setup, teardown),
        cmocka_unit_test_setup_teardown(agent_link__ask__events_come_before_the_answer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(agent_link__ask__the_device_ended, setup, teardown),
        cmocka_unit_test(agent_link__open__nobody_there),
        cmocka_unit_test(agent_link__open__path_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
