/* Which verb a command line reaches, asked of the program itself: argv[1] is its path. */
#include "wire/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "capture.h"

#define FAILED 1
#define USAGE 2

static const char *program;

struct ran {
    int status;
    const char *out, *error;
};

static struct ran run(const char *const *words)
{
    struct ran r;
    char *argv[12] = {(char *)(uintptr_t)program};
    for (int i = 0; words[i] != NULL; i++)
        argv[1 + i] = (char *)(uintptr_t)words[i];
    capture_begin();
    pid_t pid = fork();
    if (pid == 0) {
        execv(program, argv);
        _exit(127);
    }
    FIXTURE_MUST(pid > 0 && waitpid(pid, &r.status, 0) == pid);
    capture_end(&r.out, &r.error);
    assert_true(WIFEXITED(r.status));
    r.status = WEXITSTATUS(r.status);
    return r;
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

static void main__help__lists_every_verb_but_hidden_ones(void **state)
{
    (void)state;
    struct ran r = RUN("--help");
    assert_int_equal(r.status, 0);
    assert_says(r.out, "device send");
    assert_says(r.out, "archive verify");
    assert_null(strstr(r.out, "replay devices"));
    assert_string_equal(r.error, "");
    struct ran nothing = run((const char *const[]){NULL});
    assert_int_equal(nothing.status, USAGE);
    assert_says(nothing.error, "(see --help)");
    assert_string_equal(nothing.out, "");
}

static void main__version__is_one_line(void **state)
{
    (void)state;
    struct ran r = RUN("--version");
    assert_int_equal(r.status, 0);
    assert_int_equal(strncmp(r.out, "ironside ", 9), 0);
    assert_ptr_equal(strchr(r.out, '\n'), r.out + strlen(r.out) - 1);
}

static void main__verb__helps_each(void **state)
{
    (void)state;
    static const char *const verbs[][3] = {
        {"init", "--help"},
        {"up", "--help"},
        {"status", "--help"},
        {"server", "trace", "--help"},
        {"device", "send", "--help"},
        {"device", "activate", "--help"},
        {"archive", "read", "--help"},
        {"distributor", "provision", "--help"},
    };
    for (size_t i = 0; i < COUNT(verbs); i++) {
        struct ran r = run((const char *const[]){verbs[i][0], verbs[i][1], verbs[i][2], NULL});
        assert_int_equal(r.status, 0);
        assert_says(r.out, "usage: ironside ");
        assert_says(r.out, verbs[i][0]);
        assert_string_equal(r.error, "");
    }
}

static void main__noun__alone_lists_its_verbs(void **state)
{
    (void)state;
    struct ran r = RUN("device");
    assert_int_equal(r.status, USAGE);
    assert_says(r.error, "ironside device: which verb?");
    assert_says(r.error, "send, receive");
    assert_null(strstr(r.error, "stats"));
    r = RUN("device", "fly");
    assert_int_equal(r.status, USAGE);
    assert_says(r.error, "send, receive");
}

static void main__word__that_is_not_known(void **state)
{
    (void)state;
    static const char *const words[] = {"fly", "", "send", "-h", "devic", "devices"};
    for (size_t i = 0; i < COUNT(words); i++) {
        struct ran r = RUN(words[i], "send");
        assert_int_equal(r.status, USAGE);
        assert_says(r.error, "is not one of its words");
        assert_string_equal(r.out, "");
    }
}

static void main__verb__fails_with_one_line(void **state)
{
    (void)state;
    struct ran r = RUN("status", "/nowhere");
    assert_int_equal(r.status, FAILED);
    assert_int_equal(strncmp(r.error, "ironside status: ", 17), 0);
    assert_says(r.error, "/nowhere");
    r = RUN("init");
    assert_int_equal(r.status, USAGE);
    assert_says(r.error, "which folder?");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(main__help__lists_every_verb_but_hidden_ones),
        cmocka_unit_test(main__version__is_one_line),
        cmocka_unit_test(main__verb__helps_each),
        cmocka_unit_test(main__noun__alone_lists_its_verbs),
        cmocka_unit_test(main__word__that_is_not_known),
        cmocka_unit_test(main__verb__fails_with_one_line),
    };
    FIXTURE_MUST(argc == 2);
    program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
