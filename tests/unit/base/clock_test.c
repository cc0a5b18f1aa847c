#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"

static char folder[64], page_path[96];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/clock-test-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(page_path, sizeof page_path, "%s/clock", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return file_remove_tree(folder, NULL);
}

static void clock__live__is_the_system_clock(void **state)
{
    (void)state;
    struct clock c = clock_live();
    assert_false(clock_is_replay(&c));
    int64_t before = (int64_t)time(NULL) * 1000 - 2000;
    int64_t now = clock_now_ms(&c);
    assert_true(now > before && now < before + 60000);
    clock_clear(&c);
}

static void clock__page__stands_still_until_it_is_moved(void **state)
{
    (void)state;
    struct clock c;
    assert_int_equal(clock_page_create(page_path, 1000, &c, NULL), 0);
    assert_true(clock_is_replay(&c));
    for (int i = 0; i < 100; i++)
        assert_true(clock_now_ms(&c) == 1000);
    clock_page_set(&c, 1001);
    assert_true(clock_now_ms(&c) == 1001);
    clock_page_set(&c, INT64_MAX);
    assert_true(clock_now_ms(&c) == INT64_MAX);
    clock_clear(&c);
    clock_clear(&c);
    assert_false(clock_is_replay(&c));
}

static void clock__page__never_goes_back(void **state)
{
    (void)state;
    struct clock c;
    assert_int_equal(clock_page_create(page_path, -5000, &c, NULL), 0);
    clock_page_set(&c, -5001);
    clock_page_set(&c, INT64_MIN);
    assert_true(clock_now_ms(&c) == -5000);
    clock_page_set(&c, 7);
    clock_page_set(&c, 6);
    clock_page_set(&c, 7);
    assert_true(clock_now_ms(&c) == 7);
    clock_clear(&c);
}

static struct clock raced;

static void *set_raced(void *first)
{
    for (int64_t at = *(int64_t *)first; at < 200000; at += 2)
        clock_page_set(&raced, at);
    return NULL;
}

static void clock__page__never_goes_back_with_two_that_set_it(void **state)
{
    (void)state;
    assert_int_equal(clock_page_create(page_path, 0, &raced, NULL), 0);
    pthread_t threads[2];
    int64_t first[2] = {1, 2};
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, set_raced, &first[i]), 0);
    int64_t last = 0;
    while (last < 199999) {
        int64_t now = clock_now_ms(&raced);
        assert_true(now >= last);
        last = now;
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_true(clock_now_ms(&raced) == 199999);
    clock_clear(&raced);
}

static void clock__page__is_shared_between_processes(void **state)
{
    (void)state;
    struct clock c;
    CLEANUP_CLOSE int fd = -1;
    int to_child[2], to_parent[2];
    assert_int_equal(pipe(to_child), 0);
    assert_int_equal(pipe(to_parent), 0);
    assert_int_equal(clock_page_create(page_path, 1, &c, &fd), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) { /* for each byte, tells the time that it sees by itself */
        clock_clear(&c);
        char go;
        close(to_child[1]);
        if (clock_page_map(fd, &c) < 0)
            _exit(1);
        while (read(to_child[0], &go, 1) == 1) {
            int64_t now = clock_now_ms(&c);
            if (write(to_parent[1], &now, sizeof now) != sizeof now)
                _exit(1);
        }
        _exit(0);
    }
    close(to_child[0]);
    close(to_parent[1]);
    for (int64_t at = 1; at < 500; at += 7) {
        clock_page_set(&c, at);
        int64_t seen = 0;
        assert_int_equal(write(to_child[1], "", 1), 1);
        assert_int_equal(read(to_parent[0], &seen, sizeof seen), sizeof seen);
        assert_true(seen == at);
    }
    close(to_child[1]);
    close(to_parent[0]);
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    clock_clear(&c);
}

static void clock__open__sees_the_page_by_its_name(void **state)
{
    (void)state;
    struct clock writer, reader;
    assert_int_equal(clock_page_create(page_path, 1000, &writer, NULL), 0);
    assert_int_equal(clock_page_open(page_path, &reader), 0);
    assert_true(clock_is_replay(&reader));
    assert_true(clock_now_ms(&reader) == 1000);
    clock_page_set(&writer, 2000);
    assert_true(clock_now_ms(&reader) == 2000);
    clock_clear(&writer);
    assert_true(clock_now_ms(&reader) == 2000);
    clock_clear(&reader);
}

static void clock__open__page_cannot_be_written(void **state)
{
    (void)state;
    struct clock writer, reader;
    assert_int_equal(clock_page_create(page_path, 1000, &writer, NULL), 0);
    assert_int_equal(clock_page_open(page_path, &reader), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(STDERR_FILENO);
        signal(SIGSEGV, SIG_DFL);
        clock_page_set(&reader, 2000);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    assert_true(clock_now_ms(&reader) == 1000);
    clock_clear(&writer);
    clock_clear(&reader);
}

static void clock__create__hands_on_a_descriptor_for_reading(void **state)
{
    (void)state;
    struct clock c;
    CLEANUP_CLOSE int fd = -1;
    assert_int_equal(clock_page_create(page_path, 1000, &c, &fd), 0);
    assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_ptr_equal(mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
    clock_clear(&c);
}

static void clock__create__replaces_what_is_there(void **state)
{
    (void)state;
    struct clock old, c, reader;
    char other[96];
    snprintf(other, sizeof other, "%s/other", folder);
    assert_int_equal(file_write(other, "words", 5, 0644, NULL), 0);
    assert_int_equal(symlink(other, page_path), 0); /* a link is not followed */
    assert_int_equal(clock_page_create(page_path, 1000, &old, NULL), 0);
    struct stat st;
    assert_int_equal(lstat(page_path, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(clock_page_create(page_path, 500, &c, NULL), 0);
    assert_int_equal(clock_page_open(page_path, &reader), 0);
    assert_true(clock_now_ms(&reader) == 500);
    assert_true(clock_now_ms(&old) == 1000);
    CLEANUP_FREE char *text = NULL;
    assert_int_equal(file_read_text(other, 100, &text, NULL), 0);
    assert_string_equal(text, "words");
    clock_clear(&old);
    clock_clear(&c);
    clock_clear(&reader);
}

static void clock__create__in_no_folder_is_refused(void **state)
{
    (void)state;
    struct clock c = clock_live();
    int fd = -7;
    assert_int_equal(clock_page_create("/nonexistent/clock", 1, &c, &fd), ERR_IO);
    assert_null(c.page);
    assert_int_equal(fd, -7);
}

static void clock__open__other_files_are_refused(void **state)
{
    (void)state;
    struct clock c = clock_live();
    assert_int_equal(clock_page_open(page_path, &c), ERR_IO);
    assert_int_equal(clock_page_map(-1, &c), ERR_IO);
    static const uint8_t zeros[32];
    for (size_t len = 0; len <= sizeof zeros; len++) { /* one of them has the page's length */
        assert_int_equal(file_write(page_path, zeros, len, 0600, NULL), 0);
        assert_int_equal(clock_page_open(page_path, &c), ERR_FORMAT);
    }
    assert_null(c.page);
}

static void clock__monotonic__goes_on(void **state)
{
    (void)state;
    int64_t start = clock_monotonic_ms(), boot = clock_boot_seconds();
    nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
    int64_t passed = clock_monotonic_ms() - start;
    assert_true(passed >= 2 && passed < 60000);
    assert_true(clock_boot_seconds() >= boot);
    assert_true(clock_boot_seconds() >= clock_monotonic_ms() / 1000 - 1);
}

#define CLOCK_TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

static void clock__next_pause__doubles_to_its_end(void **state)
{
    (void)state;
    static const int pauses[] = {50, 100, 200, 400, 800, 1000, 1000};
    int pause = 0;
    for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++) {
        pause = clock_next_pause(pause, 50, 1000);
        assert_int_equal(pause, pauses[i]);
    }
    assert_int_equal(clock_next_pause(INT32_MAX, 1, INT32_MAX), INT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock__next_pause__doubles_to_its_end),
        CLOCK_TEST(clock__live__is_the_system_clock),
        CLOCK_TEST(clock__page__stands_still_until_it_is_moved),
        CLOCK_TEST(clock__page__never_goes_back),
        CLOCK_TEST(clock__page__never_goes_back_with_two_that_set_it),
        CLOCK_TEST(clock__page__is_shared_between_processes),
        CLOCK_TEST(clock__open__sees_the_page_by_its_name),
        CLOCK_TEST(clock__open__page_cannot_be_written),
        CLOCK_TEST(clock__create__hands_on_a_descriptor_for_reading),
        CLOCK_TEST(clock__create__replaces_what_is_there),
        CLOCK_TEST(clock__create__in_no_folder_is_refused),
        CLOCK_TEST(clock__open__other_files_are_refused),
        CLOCK_TEST(clock__monotonic__goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
