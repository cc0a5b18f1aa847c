/* The process that starts a program for each text: what becomes of one that translates, hangs,
 * crashes, says too much, nothing or nonsense; and what a program may not do. */
#include "worker/translators.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/channel.h"
#include "base/clock.h"
#include "base/confine.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"

#define WALL_MS 1500
#define PATIENCE_MS 20000
#define MOMENT_NS 400000000
#define SHELL "/usr/bin/sh"

/* Programs, each by a language of its own: what it does stands in the shell's words. */
static const char *const programs[][2] = {
    {"aa", "sed 's/^/<</; s/$/>>/' | tr a-z A-Z"}, /* two processes, and a pipe */
    {"bb", "exec sleep 600.$3"},
    {"bc", "sleep 600.$3 & sleep 600.$3"},
    {"bd", "while :; do :; done"},
    {"cc", "kill -SEGV $$; exec false"},
    {"cd", "echo half a text; exit 3"},
    {"dd", "while :; do echo 1234567890123456789012345678901234567890; done"},
    {"ee", "cat > /dev/null"},
    {"ff", "printf 'a\\377b'"},
    {"fg", "printf 'a\\033[2Jb'"},
    {"gg", "exec /nowhere/at/all"},
    {"hh", "exec cat"},
    {"ii", "echo x > \"$1\"; echo y >> \"$1\"; cat"},
    {"jj", "cat \"$2\"; cat"},
    {"kk", "kill -9 \"$3\" && echo killed || echo refused; cat > /dev/null"},
    {"ll", "ls /proc | head -1; echo \"$PATH\"; env | wc -l; cat > /dev/null"},
    {"mm", "echo early"}, /* reads nothing */
    {"nn", "setsid sleep 600.$3 || echo refused; cat > /dev/null"},
};
#define PROGRAMS (sizeof programs / sizeof *programs)

struct world {
    char folder[40];
    char *writes, *reads, victim_text[16];
    pid_t pid, victim;
    struct channel channel;
    struct arena arena;
    struct translator list[PROGRAMS + 1];
    size_t count;
    const char *const *folders;
};

/* ---- the scene ---- */

static void add(struct world *w, const char *from, const char *program)
{
    struct translator *t = &w->list[w->count++];
    snprintf(t->from, sizeof t->from, "%s", from);
    snprintf(t->to, sizeof t->to, "en");
    t->name = mem_string("sh");
    const char *const argv[] = {SHELL, "-c", program, SHELL, w->writes, w->reads, w->victim_text};
    for (size_t i = 0; i < sizeof argv / sizeof *argv; i++)
        t->argv[i] = mem_string(argv[i]);
}

static int confine(void *context, struct diag *d)
{
    struct confine_report r;
    return confine_daemon(CONFINE_TRANSLATORS, context, &r, d);
}
static int confine_adapter(void *context, struct diag *d)
{
    struct confine_report r;
    return confine_daemon(CONFINE_TRANSLATOR, context, &r, d);
}

static int be_translators(struct world *w, int fd)
{
    static const char *const folders[] = {"/usr", NULL};
    const struct translators_options o = {.fd = fd,
                                          .list = w->list,
                                          .count = w->count,
                                          .wall_ms = WALL_MS,
                                          .confine = confine,
                                          .confine_adapter = confine_adapter,
                                          .context = (void *)(uintptr_t)folders};
    struct diag d;
    signal(SIGPIPE, SIG_IGN);
    return translators_run(&o, &d) < 0;
}

static int set_up(void **state)
{
    struct world *w = mem_new(sizeof *w);
    int fds[2];
    w->victim = fork();
    if (w->victim == 0)
        for (;;)
            pause();
    snprintf(w->victim_text, sizeof w->victim_text, "%d", (int)w->victim);
    strcpy(w->folder, "/tmp/ironside-speak.XXXXXX");
    if (mkdtemp(w->folder) == NULL || process_socketpair(fds) < 0)
        return -1;
    w->writes = file_join(w->folder, "written");
    w->reads = file_join(w->folder, "secret");
    if (file_write(w->reads, "a secret\n", strlen("a secret\n"), 0600, NULL) < 0)
        return -1;
    for (size_t i = 0; i < PROGRAMS; i++)
        add(w, programs[i][0], programs[i][1]);
    w->pid = fork();
    if (w->pid == 0) {
        close(fds[0]);
        _exit(be_translators(w, fds[1]));
    }
    close(fds[1]);
    w->arena = (struct arena)ARENA_INIT(8 * TRANSLATION_FRAME_MAX);
    *state = w;
    return channel_init(&w->channel, fds[0], TRANSLATION_FRAME_MAX, 8 * TRANSLATION_FRAME_MAX);
}

static int tear_down(void **state)
{
    struct world *w = *state;
    channel_clear(&w->channel); /* it ends by that */
    waitpid(w->pid, NULL, 0);
    kill(w->victim, SIGKILL);
    waitpid(w->victim, NULL, 0);
    for (size_t i = 0; i < w->count; i++) {
        free(w->list[i].name);
        for (size_t k = 0; w->list[i].argv[k] != NULL; k++)
            free(w->list[i].argv[k]);
    }
    int r = file_remove_tree(w->folder, NULL);
    free(w->writes);
    free(w->reads);
    arena_clear(&w->arena);
    free(w);
    return r;
}

/* ---- asking ---- */

static void ask(struct world *w, uint64_t number, const char *from, const char *text)
{
    const struct translation_job j = {number, from, "en", text};
    translation_job_put(channel_begin(&w->channel, TRANSLATION_JOB), &j);
    assert_int_equal(channel_end(&w->channel), 0);
    while (channel_flush(&w->channel) == ERR_AGAIN)
        poll(&(struct pollfd){w->channel.fd, POLLOUT, 0}, 1, -1);
}

static struct translation_result answer(struct world *w)
{
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    struct translation_result r;
    struct frame f;
    int next;
    while ((next = channel_next(&w->channel, &f)) == ERR_AGAIN) {
        assert_true(clock_monotonic_ms() < until);
        poll(&(struct pollfd){w->channel.fd, POLLIN, 0}, 1, 100);
        int filled = channel_fill(&w->channel);
        assert_true(filled == 0 || filled == ERR_AGAIN);
    }
    assert_int_equal(next, 0);
    assert_int_equal(f.type, TRANSLATION_DONE);
    struct cursor c = cursor_over(f.body, f.len);
    assert_int_equal(translation_result_get(&c, &w->arena, &r), 0);
    return r;
}

static struct translation_result told(struct world *w, const char *from, const char *text)
{
    ask(w, 7, from, text);
    struct translation_result r = answer(w);
    assert_int_equal(r.number, 7);
    return r;
}

static void expect(struct world *w, const char *from, enum translation_outcome o)
{
    struct translation_result r = told(w, from, "hola");
    if (r.outcome != o)
        print_error("%s: %s\n", from, translation_outcome_text(r.outcome));
    assert_int_equal(r.outcome, o);
}

/* ---- tests ---- */

static void translators__text__is_what_the_program_says(void **state)
{
    struct world *w = *state;
    assert_string_equal(told(w, "aa", "hola\namigo").text, "<<HOLA>>\n<<AMIGO>>");
    assert_string_equal(told(w, "mm", "hola").text, "early");
}

/* More than a pipe holds, there and back. */
static void translators__text__of_the_greatest_length(void **state)
{
    struct world *w = *state;
    CLEANUP_FREE char *text = mem_new(TRANSLATION_TEXT_MAX + 1);
    memset(text, 'x', TRANSLATION_TEXT_MAX);
    struct translation_result r = told(w, "hh", text);
    assert_int_equal(r.outcome, TRANSLATED);
    assert_string_equal(r.text, text);
}

static void translators__program__that_fails_is_a_line_and_no_more(void **state)
{
    struct world *w = *state;
    expect(w, "cc", TRANSLATION_FAILED);
    expect(w, "cd", TRANSLATION_FAILED);
    expect(w, "dd", TRANSLATION_LONG);
    expect(w, "ee", TRANSLATION_EMPTY);
    expect(w, "ff", TRANSLATION_NONSENSE);
    expect(w, "fg", TRANSLATION_NONSENSE);
    expect(w, "gg", TRANSLATION_FAILED);
    expect(w, "zz", TRANSLATION_MISSING);
    expect(w, "aa", TRANSLATED);
}

static bool is_left(const struct world *w)
{
    CLEANUP_FREE char *line = mem_format("pgrep -f '^sleep 600.%s$' > /dev/null", w->victim_text);
    return system(line) == 0;
}

/* And what it has begun does not outlive it. */
static void translators__program__that_hangs_is_ended(void **state)
{
    struct world *w = *state;
    ask(w, 7, "bb", "hola");
    const struct timespec moment = {0, MOMENT_NS};
    nanosleep(&moment, NULL);
    assert_true(is_left(w));
    assert_int_equal(answer(w).outcome, TRANSLATION_SLOW);
    expect(w, "bc", TRANSLATION_SLOW);
    expect(w, "bd", TRANSLATION_SLOW);
    assert_false(is_left(w));
    expect(w, "aa", TRANSLATED);
}

static void translators__queue__is_bounded_and_in_order(void **state)
{
    struct world *w = *state;
    unsigned busy = 0, done = 0;
    for (uint64_t i = 1; i <= 2; i++)
        ask(w, i, "bb", "hola");
    const struct timespec moment = {0, MOMENT_NS};
    nanosleep(&moment, NULL); /* both are under way */
    for (uint64_t i = 3; i < 3 + TRANSLATIONS_WAITING_MAX + 2; i++)
        ask(w, i, "hh", "hola");
    uint64_t last = 2;
    for (size_t i = 0; i < TRANSLATIONS_WAITING_MAX + 4; i++) {
        struct translation_result r = answer(w);
        busy += r.outcome == TRANSLATION_BUSY;
        done += r.outcome == TRANSLATED;
        last = r.outcome == TRANSLATED && r.number > last ? r.number : last;
    }
    assert_int_equal(busy, 2);
    assert_int_equal(done, TRANSLATIONS_WAITING_MAX);
    assert_int_equal(last, 2 + TRANSLATIONS_WAITING_MAX);
}

static bool is_confined(void)
{
#ifdef IRONSIDE_SANITIZED
    return false;
#else
    return true;
#endif
}

static void translators__program__writes_no_file_and_reads_none_but_its_own(void **state)
{
    struct world *w = *state;
    if (!is_confined())
        skip();
    struct translation_result r = told(w, "ii", "hola");
    assert_string_equal(r.text, "hola");
    assert_false(file_exists(w->writes));
    assert_string_equal(told(w, "jj", "hola").text, "hola");
}

static void translators__program__signals_nobody_and_knows_nothing(void **state)
{
    struct world *w = *state;
    if (!is_confined())
        skip();
    assert_string_equal(told(w, "kk", "hola").text, "refused");
    assert_int_equal(waitpid(w->victim, NULL, WNOHANG), 0);
    /* Of /proc nothing; three variables, and what a shell adds. */
    assert_memory_equal(told(w, "ll", "hola").text, "/usr/bin:/bin\n", strlen("/usr/bin:/bin\n"));
}

/* What left its session would outlive it: that is the wall of its own, the others are its starter's
 * as well. */
static void translators__program__leaves_no_session(void **state)
{
    struct world *w = *state;
    if (!is_confined())
        skip();
    assert_string_equal(told(w, "nn", "hola").text, "refused");
}

/* Frames of another form end the process, not a program. */
static void translators__frame__of_no_form_ends_it(void **state)
{
    struct world *w = *state;
    int status = 0;
    assert_int_equal(channel_send(&w->channel, TRANSLATION_JOB, "x", 1), 0);
    assert_int_equal(channel_flush(&w->channel), 0);
    assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

#define WORLD(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(translators__text__is_what_the_program_says),
        WORLD(translators__text__of_the_greatest_length),
        WORLD(translators__program__that_fails_is_a_line_and_no_more),
        WORLD(translators__program__that_hangs_is_ended),
        WORLD(translators__queue__is_bounded_and_in_order),
        WORLD(translators__program__writes_no_file_and_reads_none_but_its_own),
        WORLD(translators__program__signals_nobody_and_knows_nothing),
        WORLD(translators__program__leaves_no_session),
        WORLD(translators__frame__of_no_form_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
