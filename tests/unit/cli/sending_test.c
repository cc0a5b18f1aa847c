/* A message that another process sends: what its events say of it, and when it ends. */
#include "cli/sending.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "host/agent.h"

static const struct verb verb = {.noun = "device", .name = "send"};

/* Lines that the other process has waiting for us before it ends. */
static int run(bool json, const char *lines, const char **ret_out, const char **ret_error)
{
    int fds[2];
    struct sending s = {.verb = &verb, .json = json};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    struct device_session x = {.agent = agent_link_new(fds[0])};
    assert_int_equal(write(fds[1], lines, strlen(lines)), (ssize_t)strlen(lines));
    shutdown(fds[1], SHUT_WR);
    capture_begin();
    int r = sending_run(&s, &x, json_pack("{ss}", "do", "say"));
    capture_end(ret_out, ret_error);
    agent_link_free(x.agent);
    close(fds[1]);
    return r;
}

#define TAKEN "{\"ok\":true}\n{\"id\":\"m1\"}\n"
#define PROGRESS(id, word, detail)                                                                 \
    "{\"event\":\"progress\",\"id\":\"" id "\",\"progress\":\"" word "\",\"detail\":\"" detail     \
    "\"}\n"

static void sending__run__says_what_happened(void **state)
{
    const char *out, *error;
    (void)state;
    int r = run(false,
                TAKEN PROGRESS("m0", "stopped", "another's") PROGRESS("m1", "strange", "unknown")
                    PROGRESS("m1", "signed", "") PROGRESS("m1", "archived", "2019-0147")
                        PROGRESS("m1", "delivered", "bert@chat.example") PROGRESS("m1", "done", ""),
                &out, &error);
    assert_int_equal(r, VERB_OK);
    assert_string_equal(out, "archived under 2019-0147\ndelivered to bert@chat.example\n");
    assert_string_equal(error, "");
}

static void sending__run__says_why_it_waits(void **state)
{
    static const char *const words[] = {"waiting", "resting"};
    const char *out, *error;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char lines[512];
        snprintf(lines, sizeof lines, TAKEN "%s" PROGRESS("m1", "done", ""),
                 i == 0 ? PROGRESS("m1", "waiting", "no warrant")
                        : PROGRESS("m1", "resting", "no warrant"));
        assert_int_equal(run(false, lines, &out, &error), VERB_FAILED);
        assert_non_null(strstr(error, "not archived yet (no warrant): it stays in the outbox"));
        assert_int_equal(run(true, lines, &out, &error), VERB_FAILED);
        assert_non_null(strstr(out, words[i])); /* the same word for programs */
        assert_non_null(strstr(out, "\"detail\":"));
    }
}

static void sending__run__says_why_it_stopped(void **state)
{
    const char *out, *error;
    (void)state;
    int r = run(false, TAKEN PROGRESS("m1", "stopped", "the bot refused it"), &out, &error);
    assert_int_equal(r, VERB_FAILED);
    assert_non_null(strstr(error, "the bot refused it"));
    assert_null(strstr(error, "not archived yet"));
}

/* Then nothing more is heard of it. */
static void sending__run__says_that_the_device_ended(void **state)
{
    const char *out, *error;
    (void)state;
    assert_int_equal(run(false, TAKEN, &out, &error), VERB_FAILED);
    assert_non_null(strstr(error, "not archived yet (the running device ended)"));
    assert_int_equal(run(false, TAKEN "not JSON\n", &out, &error), VERB_FAILED);
    assert_non_null(strstr(error, "not archived yet (the running device gave an answer that is"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sending__run__says_what_happened),
        cmocka_unit_test(sending__run__says_why_it_waits),
        cmocka_unit_test(sending__run__says_why_it_stopped),
        cmocka_unit_test(sending__run__says_that_the_device_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
