/* A journal read by a process that may write nothing beside it: while its bot writes, at rest, and
 * when it wakes. Confinement is in force in plain builds alone. */
#include "journal/support.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"

#define NOT_CONFINED 99

/* What a desk's reader finds: the number of leaves, or how it fails; in a child. */
static int read_confined(const struct scene *s)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        struct confine_report r;
        struct journal *j = NULL;
        const char *const folders[] = {s->folder, s->folder, NULL};
        if (confine_daemon(CONFINE_READER, folders, &r, NULL) < 0 || r.landlock == 0)
            _exit(NOT_CONFINED);
        _exit(journal_open(s->path, false, &j, NULL) < 0 ? 0 : (int)journal_size(j));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* With nothing left open: a skipped test ends where it stands. */
static void assert_read(int read, int size)
{
    if (read == NOT_CONFINED)
        skip(); /* sanitizers, or a kernel without Landlock */
    assert_int_equal(read, size);
}

static void journal__confined__reads_what_is_written_now(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    work_commit(&s->work, j);
    int size = (int)journal_size(j), read = read_confined(s);
    journal_close(j);
    assert_read(read, size);
}

static void journal__confined__reads_what_is_at_rest(void **state)
{
    struct scene *s = *state;
    struct journal *j = open_writer(s);
    work_commit(&s->work, j);
    int size = (int)journal_size(j);
    journal_close(j); /* no log is left */
    assert_read(read_confined(s), size);
}

static void journal__woken__only_where_it_rested(void **state)
{
    struct scene *s = *state;
    CLEANUP(journal_close_cleanup) struct journal *j = open_writer(s);
    work_commit(&s->work, j);
    CLEANUP(journal_close_cleanup) struct journal *reader = open_reader(s);
    assert_false(journal_woken(reader));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(journal__confined__reads_what_is_written_now),
        SCENE_TEST(journal__confined__reads_what_is_at_rest),
        SCENE_TEST(journal__woken__only_where_it_rested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
