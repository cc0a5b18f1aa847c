/* Which verb a command line reaches, asked of the program itself: argv[1] is its path. */
#include "wire/test.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture.h"

#define FAILED 1
#define USAGE 2
#define NAME_COLUMNS 24 /* of a verb, in the list of them */

static const char *program;

struct ran {
    int status;
    const char *out, *error;
};

/* Standard output of the program is what the test catches, or `out`: a path, "" to have it closed.
 */
static void run_to(const char *out, char **argv)
{
    int fd = out == NULL || out[0] == '\0' ? -1 : open(out, O_WRONLY);
    if (fd >= 0)
        dup2(fd, STDOUT_FILENO);
    else if (out != NULL)
        close(STDOUT_FILENO);
    execv(program, argv);
    _exit(127);
}

static struct ran run_words(const char *out, const char *const *words)
{
    struct ran r;
    char *argv[24] = {(char *)(uintptr_t)program};
    for (int i = 0; words[i] != NULL; i++)
        argv[1 + i] = (char *)(uintptr_t)words[i];
    capture_begin();
    pid_t pid = fork();
    if (pid == 0)
        run_to(out, argv);
    FIXTURE_MUST(pid > 0 && waitpid(pid, &r.status, 0) == pid);
    capture_end(&r.out, &r.error);
    assert_true(WIFEXITED(r.status));
    r.status = WEXITSTATUS(r.status);
    return r;
}

static struct ran run(const char *const *words)
{
    return run_words(NULL, words);
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

/* Before the noun and behind the verb, of any. */
static void main__utc__goes_with_every_verb(void **state)
{
    (void)state;
    assert_int_equal(RUN("--utc", "device", "send", "--help").status, 0);
    assert_int_equal(RUN("--utc", "--version").status, 0);
    struct ran r = RUN("device", "messages", "--utc");
    assert_int_equal(r.status, USAGE);
    assert_says(r.error, "--store");
    assert_says(RUN("--utc", "nonsense").error, "'nonsense' is not one of its words");
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
        {"device", "poll", "--help"},
        {"device", "vote", "--help"},
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
    assert_says(r.error, "send, poll, vote, receive");
    assert_null(strstr(r.error, "stats"));
    r = RUN("device", "fly");
    assert_int_equal(r.status, USAGE);
    assert_says(r.error, "send, poll, vote, receive");
}

/* Before a store is looked for. */
static void main__poll__what_is_missing(void **state)
{
    (void)state;
#define POLL "device", "poll", "--store", "/nonexistent"
#define VOTE "device", "vote", "--store", "/nonexistent"
    static const char *const cases[][20] = {
        {"to whom?", POLL, "Dinner?", "Pizza", "Soup"},
        {"exclude", POLL, "--to", "a@b.example", "--group", "Skat", "Dinner?", "Pizza", "Soup"},
        {"2 to 10 options", POLL, "--group", "Skat", "Dinner?", "Pizza"},
        {"--timer is", POLL, "--group", "Skat", "--timer", "0", "Dinner?", "Pizza", "Soup"},
        {"'11'", POLL, "--group", "S", "?", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10",
         "11"},
        {"Give its ID and an option's number", VOTE, "m1"},
        {"'Pizza' is not the number of an option", VOTE, "m1", "Pizza"},
        {"'0' is not the number of an option", VOTE, "m1", "0"},
        {"1 to 10", VOTE, "m1", "11"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ran r = run(cases[i] + 1);
        assert_int_equal(r.status, USAGE);
        assert_says(r.error, cases[i][0]);
    }
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

/* What a verb would leave out in silence is refused before anything is opened. */
static void main__verb__refuses_what_it_would_ignore(void **state)
{
    (void)state;
    static const struct {
        const char *words[10], *error;
    } cases[] = {
#define SEND "device", "send", "--store", "x"
        {{SEND, "--to", "b@c", "--live", "5", "hello"}, "--live goes with a new --position"},
        {{SEND, "--update", "m", "--position", "1.0,2.0", "--live=5"}, "--live goes with"},
        {{SEND, "--to", "b@c", "--of", "d@c", "hello"}, "--of goes with --reply or --react"},
        {{SEND, "--edit", "m", "--of", "d@c", "hello"}, "--of goes with"},
        {{SEND, "--retract", "m", "--timer", "5"}, "--timer goes with a message of its own"},
        {{SEND, "--react", "m", "--timer", "5", "x"}, "--timer goes with"},
        {{SEND, "--to", "b@c", "--duration", "5", "hello"}, "--duration goes with --voice"},
        {{SEND, "--to", "b@c", "--keep-metadata", "hello"}, "--keep-metadata goes with"},
        {{SEND, "--to", "b@c", "--group", "g", "hello"}, "exclude each other"},
        {{SEND, "--to", "b@c", "-h"}, "there is no option -h"},
        {{SEND, "--to", "b@c", ""}, "a word is empty"},
        {{SEND, "--to", "", "hello"}, "the value of --to is empty"},
        {{SEND, "--to", "\xff@c", "hello"}, "the value of --to is not UTF-8"},
        {{SEND, "--react", "m", ""}, "a word is empty"}, /* none would take them back */
        {{"contact", "add", "--store", "x", "--safety", "", "b"}, "--safety is empty"},
        {{"contact", "scan", "--store", "x", "--safety", "1", "c"}, "--safety goes with"},
        {{"contact", "block", "--store", "x", "--ask", "hi", "b"}, "--ask goes with"},
        {{"contact", "accept", "--store", "x", "--tell", "b"}, "--tell does not go"},
        {{"contact", "list", "--store", "x", "--source", "::1"}, "no option --source"},
        {{"group", "list", "--store", "x", "--source", "::1"}, "no option --source"},
        {{"group", "add", "--store", "x", "--member", "b@c", "g", "b@c"}, "no option --member"},
        {{"device", "wipe", "--store", "", "--yes"}, "--store is empty"},
        {{"device", "save", "--store", "x", "--out", "--json", "m"}, "--out needs a value"},
        {{"device", "policy", "--store", "x", "--store", "y"}, "--store is given twice"},
        {{"log", "submit", "net"}, "which network, and which statement?"},
        {{"init", ""}, "a word is empty"},
        {{"up", "net", "--exit"}, "--exit goes with --replay"},
        {{"desk", "init", "d"}, "Name --network DIR"},
        {{"desk", "init", "d", "--network", "n", "--identity", "i", "--listen", "::1"}, "--listen"},
        {{"desk", "user", "add", "d"}, "which desk, and which user?"},
        {{"desk", "user", "add", "d", "n", "--role", "king"}, "--role 'king'"},
        {{"desk", "user"}, "'user' is none of its verbs"},
        {{"desk", "user", "ad", "d"}, "'user' is none of its verbs"},
        {{"desk", "log", "show", "d", "e"}, "desk log show"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ran r = run(cases[i].words);
        assert_says(r.error, cases[i].error);
        assert_int_equal(r.status, USAGE);
        assert_string_equal(r.out, "");
    }
}

/* One line and status 1 where the output did not arrive. */
static void loses(const char *out, const char *const *words)
{
    struct ran r = run_words(out, words);
    assert_int_equal(r.status, FAILED);
    assert_says(r.error, "standard output cannot be written");
    assert_ptr_equal(strchr(r.error, '\n'), r.error + strlen(r.error) - 1);
}

static void main__output__that_is_lost_is_told(void **state)
{
    (void)state;
    char help[16384], *rest = NULL;
    size_t verbs = 0;
    loses("", (const char *const[]){"--version", NULL});
    loses("", (const char *const[]){"device", "send", "--help", NULL});
    loses("/dev/full", (const char *const[]){"--version", NULL});
    loses("/dev/full", (const char *const[]){"--help", NULL});
    loses("/dev/full", (const char *const[]){"device", "--help", NULL});
    snprintf(help, sizeof help, "%s", RUN("--help").out);
    for (char *line = strtok_r(help, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char name[NAME_COLUMNS + 1], words[3][NAME_COLUMNS + 1];
        if (strncmp(line, "  ", 2) != 0)
            continue;
        snprintf(name, sizeof name, "%s", line + 2);
        int count = sscanf(name, "%s %s %s", words[0], words[1], words[2]);
        const char *asked[] = {words[0], words[1], words[2], "--help", NULL};
        assert_in_range(count, 1, 3);
        asked[count] = "--help";
        asked[count + 1] = NULL;
        loses("/dev/full", asked);
        verbs++;
    }
    assert_in_range(verbs, 50, 100);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(main__help__lists_every_verb_but_hidden_ones),
        cmocka_unit_test(main__utc__goes_with_every_verb),
        cmocka_unit_test(main__version__is_one_line),
        cmocka_unit_test(main__verb__helps_each),
        cmocka_unit_test(main__noun__alone_lists_its_verbs),
        cmocka_unit_test(main__poll__what_is_missing),
        cmocka_unit_test(main__word__that_is_not_known),
        cmocka_unit_test(main__verb__fails_with_one_line),
        cmocka_unit_test(main__verb__refuses_what_it_would_ignore),
        cmocka_unit_test(main__output__that_is_lost_is_told),
    };
    FIXTURE_MUST(argc == 2);
    program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
