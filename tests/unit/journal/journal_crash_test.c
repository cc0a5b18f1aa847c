/* A writer that is killed, and readers that open while one writes. */
#include "support.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

/* Commits rounds until it is killed, and writes a byte into the pipe after each. */
static void write_rounds(struct scene *s, int64_t from, int fd)
{
    struct journal *j = NULL;
    if (journal_open(s->path, true, &j, NULL) != 0)
        _exit(1);
    work_restart(&s->work);
    for (;;) {
        struct work_round r;
        work_next(&s->work, &r);
        if (s->work.rounds <= from)
            continue; /* it is there already */
        if (journal_commit(j, &r.round, NULL) != 0 || file_write_fd(fd, "x", 1) != 0)
            _exit(1);
    }
}

static pid_t start_writer(struct scene *s, int64_t from, int *ret_fd)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(fds[0]);
        write_rounds(s, from, fds[1]);
    }
    close(fds[1]);
    *ret_fd = fds[0];
    return pid;
}

/* Reads acknowledgements: so many, or (with 0) all up to the end. */
static int64_t acknowledged(int fd, int64_t count)
{
    char c;
    int64_t n = 0;
    while ((count == 0 || n < count) && read(fd, &c, 1) == 1)
        n++;
    return n;
}

static void stop_writer(pid_t pid)
{
    int status;
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL); /* not by an error before */
}

static int64_t rounds_of(struct journal *j)
{
    return j->last_round;
}

static void journal__commit__killed(void **state)
{
    struct scene *s = *state;
    int64_t rounds = 0;
    for (int run = 0; run < 12; run++) {
        int fd;
        pid_t pid = start_writer(s, rounds, &fd);
        int64_t n = acknowledged(fd, 2 + run);
        usleep((useconds_t)(run * 137)); /* anywhere within a commit */
        stop_writer(pid);
        n += acknowledged(fd, 0);
        close(fd);
        /* Every round that was acknowledged, and at most one more, which was on its way. */
        CLEANUP(journal_close_cleanup) struct journal *reader = open_reader(s);
        CLEANUP(journal_close_cleanup) struct journal *writer = open_writer(s);
        int64_t now = rounds_of(writer);
        if (now < rounds + n || now > rounds + n + 1)
            fail_msg("%lld rounds were there, %lld more acknowledged: %lld", (long long)rounds,
                     (long long)n, (long long)now);
        rounds = now;
        assert_holds(writer, rounds);
        assert_holds(reader, rounds);
    }
}

/* A reader opens, and moves its view on, at any moment of a writer's work. */
static void journal__open__while_a_writer_commits(void **state)
{
    struct scene *s = *state;
    int fd;
    pid_t pid = start_writer(s, 0, &fd);
    int64_t end = clock_monotonic_ms() + 1500, last = 0, opened = 0;
    assert_int_equal(acknowledged(fd, 20), 20);
    while (clock_monotonic_ms() < end) {
        CLEANUP(journal_close_cleanup) struct journal *j = open_reader(s);
        assert_true(rounds_of(j) >= last);
        last = rounds_of(j);
        if (opened++ % 50 == 0)
            assert_holds(j, last);
        for (int i = 0; i < 3; i++) {
            struct diag d;
            if (journal_snapshot(j, &d) != 0)
                fail_msg("%s", d.text);
            assert_true(rounds_of(j) >= last);
            last = rounds_of(j);
        }
    }
    stop_writer(pid);
    close(fd);
    assert_true(opened > 20 && last > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(journal__commit__killed),
        SCENE_TEST(journal__open__while_a_writer_commits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
