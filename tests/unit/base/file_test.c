#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"

static char folder[64];
/* Names in the folder of the test under way. */
static char here[128], there[128];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/file-test-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(here, sizeof here, "%s/here", folder);
    snprintf(there, sizeof there, "%s/there", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return file_remove_tree(folder, NULL);
}

static void check_text(const char *path, const char *expected)
{
    CLEANUP_FREE char *text = NULL;
    assert_int_equal(file_read_text(path, 1000, &text, NULL), 0);
    assert_string_equal(text, expected);
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static size_t entries(const char *path)
{
    DIR *dir = opendir(path);
    assert_non_null(dir);
    size_t count = 0;
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count - 2; /* without "." and ".." */
}

static void file__read__appends_the_file(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(9);
    assert_int_equal(file_write(here, "a\0b", 3, 0600, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(file_read(here, &b, NULL), 0);
    assert_int_equal(b.len, 9);
    assert_memory_equal(b.data, "a\0ba\0ba\0b", 9);
}

static void file__read__over_the_cap_is_refused(void **state)
{
    (void)state;
    struct diag d;
    CLEANUP_BUF struct buf b = BUF_INIT(5);
    assert_int_equal(file_write(here, "abcdef", 6, 0600, NULL), 0);
    assert_int_equal(file_read(here, &b, &d), ERR_LIMIT);
    assert_non_null(strstr(d.text, here));
}

static void file__read__longer_than_one_read(void **state)
{
    (void)state;
    enum { LEN = 100001 };
    CLEANUP_FREE char *bytes = mem_new(LEN);
    for (size_t i = 0; i < LEN; i++)
        bytes[i] = (char)(i % 251);
    assert_int_equal(file_write(here, bytes, LEN, 0600, NULL), 0);
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(LEN), short_by_one = BUF_INIT(LEN - 1);
    assert_int_equal(file_read(here, &b, NULL), 0);
    assert_int_equal(b.len, LEN);
    assert_memory_equal(b.data, bytes, LEN);
    assert_int_equal(file_read(here, &short_by_one, NULL), ERR_LIMIT);
}

static void file__read__missing_and_unreadable_are_told_apart(void **state)
{
    (void)state;
    struct diag d;
    CLEANUP_BUF struct buf b = BUF_INIT(5);
    assert_int_equal(file_read(here, &b, &d), ERR_NOT_FOUND);
    assert_non_null(strstr(d.text, here));
    assert_int_equal(file_read(folder, &b, &d), ERR_IO);
    assert_non_null(strstr(d.text, folder));
    assert_int_equal(b.len, 0);
}

static void file__read_fd__reads_the_rest(void **state)
{
    (void)state;
    int fds[2];
    CLEANUP_BUF struct buf b = BUF_INIT(5);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(file_write_fd(fds[1], "abc", 3), 0);
    close(fds[1]);
    assert_int_equal(file_read_fd(fds[0], &b), 0);
    assert_string_equal(buf_text(&b), "abc");
    close(fds[0]);
    assert_int_equal(file_read_fd(-1, &b), ERR_IO);
}

static void file__read_text__gives_a_string(void **state)
{
    (void)state;
    assert_int_equal(file_write(here, "words\n", 6, 0600, NULL), 0);
    check_text(here, "words\n");
    assert_int_equal(file_write(here, "", 0, 0600, NULL), 0);
    check_text(here, "");
}

static void file__read_text__a_nul_inside_is_refused(void **state)
{
    (void)state;
    struct diag d;
    char *text = NULL;
    assert_int_equal(file_write(here, "a\0b", 3, 0600, NULL), 0);
    assert_int_equal(file_read_text(here, 100, &text, &d), ERR_FORMAT);
    assert_non_null(strstr(d.text, here));
    assert_int_equal(file_write(here, "ab\0", 3, 0600, NULL), 0);
    assert_int_equal(file_read_text(here, 100, &text, NULL), ERR_FORMAT);
    assert_int_equal(file_read_text(here, 2, &text, NULL), ERR_LIMIT);
    assert_int_equal(file_read_text(there, 2, &text, NULL), ERR_NOT_FOUND);
    assert_null(text);
}

static void file__write__makes_and_replaces(void **state)
{
    (void)state;
    assert_int_equal(file_write(here, "a longer text", 13, 0600, NULL), 0);
    check_text(here, "a longer text");
    assert_int_equal(file_write(here, "short", 5, 0600, NULL), 0);
    check_text(here, "short");
    assert_int_equal(file_write(here, NULL, 0, 0600, NULL), 0);
    check_text(here, "");
    assert_int_equal(entries(folder), 1); /* nothing is left behind */
}

static void file__write__is_a_new_file_for_who_has_the_old_one_open(void **state)
{
    (void)state;
    assert_int_equal(file_write(here, "old", 3, 0600, NULL), 0);
    CLEANUP_CLOSE int fd = open(here, O_RDONLY | O_CLOEXEC);
    assert_int_equal(file_write(here, "new", 3, 0600, NULL), 0);
    CLEANUP_BUF struct buf b = BUF_INIT(10);
    assert_int_equal(file_read_fd(fd, &b), 0);
    assert_string_equal(buf_text(&b), "old");
    check_text(here, "new");
}

static void file__write__sets_the_mode_whatever_the_umask(void **state)
{
    (void)state;
    static const mode_t masks[] = {0, 022, 077, 0777};
    static const mode_t modes[] = {0600, 0644, 0640, 0400, 0755};
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        mode_t before = umask(masks[i]);
        for (size_t j = 0; j < sizeof modes / sizeof *modes; j++) {
            assert_int_equal(file_write(here, "x", 1, modes[j], NULL), 0); /* the old mode goes */
            assert_int_equal(mode_of(here), modes[j]);
            assert_int_equal(file_create(there, "x", 1, modes[j], NULL), 0);
            assert_int_equal(mode_of(there), modes[j]);
            assert_int_equal(unlink(there), 0);
        }
        umask(before);
    }
}

static void file__write__replaces_a_link_and_not_its_target(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(file_write(there, "target", 6, 0644, NULL), 0);
    assert_int_equal(symlink(there, here), 0);
    assert_int_equal(file_write(here, "new", 3, 0600, NULL), 0);
    assert_int_equal(lstat(here, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    check_text(here, "new");
    check_text(there, "target");
    assert_int_equal(mode_of(there), 0644);
}

/* What lies beside it stays, whatever it is called; a link there gets nothing of what is written.
 */
static void file__write__touches_nothing_beside_it(void **state)
{
    (void)state;
    static const char *const names[] = {".new", ".tmp", ".part", ".open", "~"};
    enum { NAMES = sizeof names / sizeof *names };
    char beside[NAMES + 1][160];
    snprintf(beside[NAMES], sizeof beside[NAMES], "%s.new-%ld", here, (long)getpid());
    for (size_t i = 0; i < NAMES; i++)
        snprintf(beside[i], sizeof beside[i], "%s%s", here, names[i]);
    assert_int_equal(file_write(there, "target", 6, 0644, NULL), 0);
    for (size_t i = 0; i <= NAMES; i++)
        assert_int_equal(symlink(there, beside[i]), 0);
    assert_int_equal(file_create(here, "secret", 6, 0600, NULL), 0);
    assert_int_equal(file_write(here, "another", 7, 0600, NULL), 0);
    check_text(there, "target");
    check_text(here, "another");
    assert_int_equal(entries(folder), 2 + NAMES + 1);
    for (size_t i = 0; i <= NAMES; i++) {
        struct stat st;
        assert_int_equal(lstat(beside[i], &st), 0);
        assert_true(S_ISLNK(st.st_mode));
    }
}

static void file__write__gives_the_longest_name(void **state)
{
    (void)state;
    char path[64 + 1 + NAME_MAX + 1];
    snprintf(path, sizeof path, "%s/%0*d", folder, NAME_MAX, 1);
    assert_int_equal(file_create(path, "x", 1, 0600, NULL), 0);
    assert_int_equal(file_write(path, "y", 1, 0600, NULL), 0);
    check_text(path, "y");
}

static void file__write__over_a_folder_is_refused(void **state)
{
    (void)state;
    struct diag d;
    assert_int_equal(mkdir(here, 0700), 0);
    assert_int_equal(file_write(here, "x", 1, 0600, &d), ERR_IO);
    assert_non_null(strstr(d.text, here));
    assert_int_equal(entries(folder), 1);
    assert_int_equal(file_create(here, "x", 1, 0600, &d), ERR_EXISTS);
    assert_int_equal(entries(folder), 1);
}

static void file__write__in_no_folder_is_refused(void **state)
{
    (void)state;
    struct diag d;
    char path[160];
    snprintf(path, sizeof path, "%s/missing/file", folder);
    assert_int_equal(file_write(path, "x", 1, 0600, &d), ERR_IO);
    assert_non_null(strstr(d.text, path));
    assert_int_equal(file_create(path, "x", 1, 0600, &d), ERR_IO);
    assert_int_equal(file_write("", "x", 1, 0600, &d), ERR_IO);
    assert_int_equal(entries(folder), 0);
}

static void file__write__in_the_current_folder(void **state)
{
    (void)state;
    CLEANUP_CLOSE int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(chdir(folder), 0);
    int written = file_write("here", "x", 1, 0600, NULL);
    int created = file_create("there", "y", 1, 0600, NULL);
    assert_int_equal(fchdir(before), 0);
    assert_int_equal(written, 0);
    assert_int_equal(created, 0);
    check_text(here, "x");
    check_text(there, "y");
}

/* A device that is full, as a limit on file sizes plays it. */
static void file__write__that_does_not_fit_leaves_the_old(void **state)
{
    (void)state;
    static const char bytes[50000];
    assert_int_equal(file_write(here, "old", 3, 0600, NULL), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct rlimit limit = {4096, 4096};
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
            file_write(here, bytes, sizeof bytes, 0600, NULL) != ERR_IO ||
            file_create(there, bytes, sizeof bytes, 0600, NULL) != ERR_IO)
            _exit(1);
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    check_text(here, "old");
    assert_false(file_exists(there));
    assert_int_equal(entries(folder), 1);
}

static void file__write__killed_midway_leaves_the_old_or_the_new(void **state)
{
    (void)state;
    enum { LEN = 300000, ROUNDS = 12 };
    CLEANUP_FREE char *bytes = mem_new(LEN);
    memset(bytes, 'a', LEN);
    assert_int_equal(file_write(here, bytes, LEN, 0600, NULL), 0);
    for (int round = 0; round < ROUNDS; round++) {
        fflush(NULL);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            for (int i = 0;; i++) { /* texts of different lengths, each of one letter */
                memset(bytes, 'a' + i % 26, LEN);
                if (file_write(here, bytes, (size_t)(LEN - i % 26), 0600, NULL) < 0)
                    _exit(1);
            }
        }
        nanosleep(&(struct timespec){.tv_nsec = 3000000 + round * 1370000}, NULL);
        kill(pid, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        CLEANUP_BUF struct buf b = BUF_INIT(LEN);
        assert_int_equal(file_read(here, &b, NULL), 0);
        assert_true(b.len > 0);
        assert_int_equal(b.len, LEN - (b.data[0] - 'a'));
        for (size_t i = 0; i < b.len; i++)
            if (b.data[i] != b.data[0])
                fail_msg("a mixture of two texts");
    }
}

static void *write_again_and_again(void *letter)
{
    char bytes[5000];
    memset(bytes, *(char *)letter, sizeof bytes);
    for (int i = 0; i < 40; i++)
        if (file_write(here, bytes, sizeof bytes, 0600, NULL) < 0)
            return letter;
    return NULL;
}

static void file__write__two_threads_do_not_mix(void **state)
{
    (void)state;
    pthread_t threads[2];
    char letters[2] = {'a', 'b'};
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_again_and_again, &letters[i]), 0);
    void *failed[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], &failed[i]);
    assert_null(failed[0]);
    assert_null(failed[1]);
    CLEANUP_BUF struct buf b = BUF_INIT(5000);
    assert_int_equal(file_read(here, &b, NULL), 0);
    assert_int_equal(b.len, 5000);
    assert_int_equal(b.data[0], b.data[4999]);
    assert_int_equal(entries(folder), 1);
}

static void file__create__makes_a_new_one(void **state)
{
    (void)state;
    assert_int_equal(file_create(here, "key", 3, 0600, NULL), 0);
    check_text(here, "key");
    assert_int_equal(mode_of(here), 0600);
    struct stat st;
    assert_int_equal(stat(here, &st), 0);
    assert_int_equal(st.st_nlink, 1);
    assert_int_equal(entries(folder), 1);
}

static void file__create__does_not_replace(void **state)
{
    (void)state;
    struct diag d;
    assert_int_equal(file_create(here, "key", 3, 0640, NULL), 0);
    assert_int_equal(file_create(here, "other", 5, 0600, &d), ERR_EXISTS);
    assert_non_null(strstr(d.text, here));
    check_text(here, "key");
    assert_int_equal(mode_of(here), 0640);
    assert_int_equal(entries(folder), 1);
}

static void file__create__does_not_replace_or_follow_a_link(void **state)
{
    (void)state;
    assert_int_equal(symlink(there, here), 0); /* to nowhere */
    assert_int_equal(file_create(here, "key", 3, 0600, NULL), ERR_EXISTS);
    assert_false(file_exists(there));
    assert_int_equal(file_write(there, "target", 6, 0600, NULL), 0);
    assert_int_equal(file_create(here, "key", 3, 0600, NULL), ERR_EXISTS);
    check_text(there, "target");
    assert_int_equal(entries(folder), 2);
}

static void file__check_new__says_what_create_would(void **state)
{
    (void)state;
    struct diag d;
    char below[160], missing[160], name[NAME_MAX + 2], long_name[NAME_MAX + 80];
    snprintf(below, sizeof below, "%s/below", here);
    snprintf(missing, sizeof missing, "%s/missing/key", folder);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(long_name, sizeof long_name, "%s/%s", folder, name);
    assert_int_equal(file_check_new(here, 1000, &d), 0);
    assert_int_equal(entries(folder), 0);
    assert_int_equal(file_write(here, "key", 3, 0600, NULL), 0);
    assert_int_equal(file_check_new(here, 0, &d), ERR_EXISTS);
    check_text(here, "key");
    assert_int_equal(symlink("/nonexistent", there), 0);
    assert_int_equal(file_check_new(there, 0, &d), ERR_EXISTS);
    const char *const bad[] = {below, missing, long_name, "/proc/key", "", "./"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(file_check_new(bad[i], 1, &d), ERR_IO);
        assert_true(file_create(bad[i], "k", 1, 0600, NULL) < 0);
    }
    assert_int_equal(entries(folder), 2);
}

static void file__check_new__says_that_there_is_no_room(void **state)
{
    (void)state;
    char path[160];
    struct diag d;
    snprintf(path, sizeof path, "%s/large", folder);
    assert_int_equal(file_check_new(path, (size_t)1 << 60, &d), ERR_IO);
    assert_non_null(strstr(d.text, path));
    assert_int_equal(entries(folder), 0);
}

static void file__write_fd__to_a_descriptor_for_reading_is_refused(void **state)
{
    (void)state;
    CLEANUP_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(file_write_fd(fd, "x", 1), ERR_IO);
    assert_int_equal(file_write_fd(-1, "x", 1), ERR_IO);
    assert_int_equal(file_write_fd(fd, "x", 0), 0);
    CLEANUP_CLOSE int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(file_write_fd(full, "x", 1), ERR_IO);
}

static void file__exists__says_what_is_there(void **state)
{
    (void)state;
    assert_false(file_exists(here));
    assert_true(file_exists(folder));
    assert_int_equal(symlink(there, here), 0);
    assert_false(file_exists(here)); /* a link to nowhere */
    assert_int_equal(file_write(there, "", 0, 0600, NULL), 0);
    assert_true(file_exists(here));
}

static void file__make_folder__with_those_above_it(void **state)
{
    (void)state;
    char path[160];
    snprintf(path, sizeof path, "%s/a//b/c", folder);
    assert_int_equal(file_make_folder(path, 0700, NULL), 0);
    assert_true(file_exists(path));
    assert_int_equal(mode_of(path), 0700);
    assert_int_equal(file_make_folder(path, 0755, NULL), 0); /* there already, as it was */
    assert_int_equal(mode_of(path), 0700);
    assert_int_equal(file_make_folder("/", 0700, NULL), 0);
    assert_int_equal(file_make_folder(".", 0700, NULL), 0);
}

static void file__make_folder__a_slash_at_the_end_changes_nothing(void **state)
{
    (void)state;
    char path[160];
    snprintf(path, sizeof path, "%s/keys//", folder);
    mode_t before = umask(022);
    int r = file_make_folder(path, 0700, NULL);
    umask(before);
    assert_int_equal(r, 0);
    snprintf(path, sizeof path, "%s/keys", folder);
    assert_int_equal(mode_of(path), 0700);
}

static void file__make_folder__through_a_link_to_a_folder(void **state)
{
    (void)state;
    char path[160];
    assert_int_equal(mkdir(there, 0700), 0);
    assert_int_equal(symlink(there, here), 0);
    assert_int_equal(file_make_folder(here, 0700, NULL), 0);
    snprintf(path, sizeof path, "%s/inside", here);
    assert_int_equal(file_make_folder(path, 0700, NULL), 0);
    snprintf(path, sizeof path, "%s/inside", there);
    assert_true(file_exists(path));
}

static void file__make_folder__where_a_file_is_fails(void **state)
{
    (void)state;
    struct diag d;
    char path[160];
    assert_int_equal(file_write(here, "x", 1, 0600, NULL), 0);
    assert_int_equal(file_make_folder(here, 0700, &d), ERR_IO);
    assert_non_null(strstr(d.text, here));
    snprintf(path, sizeof path, "%s/below", here);
    assert_int_equal(file_make_folder(path, 0700, &d), ERR_IO);
    assert_int_equal(symlink("/nonexistent/folder", there), 0);
    assert_int_equal(file_make_folder(there, 0700, &d), ERR_IO);
    check_text(here, "x");
}

static void file__make_folder__without_a_name_fails(void **state)
{
    (void)state;
    assert_int_equal(file_make_folder("", 0700, NULL), ERR_IO);
}

static void file__remove_tree__removes_all_of_it(void **state)
{
    (void)state;
    char path[160];
    snprintf(path, sizeof path, "%s/a/b/c", here);
    assert_int_equal(file_make_folder(path, 0700, NULL), 0);
    snprintf(path, sizeof path, "%s/a/b/c/file", here);
    assert_int_equal(file_write(path, "x", 1, 0400, NULL), 0);
    snprintf(path, sizeof path, "%s/a/.hidden", here);
    assert_int_equal(file_write(path, "x", 1, 0600, NULL), 0);
    assert_int_equal(file_write(there, "x", 1, 0600, NULL), 0);
    assert_int_equal(file_remove_tree(here, NULL), 0);
    assert_false(file_exists(here));
    assert_true(file_exists(there));
    assert_int_equal(file_remove_tree(there, NULL), 0); /* a file by itself */
    assert_int_equal(entries(folder), 0);
}

static void file__remove_tree__does_not_follow_links(void **state)
{
    (void)state;
    char path[160];
    assert_int_equal(mkdir(there, 0700), 0);
    snprintf(path, sizeof path, "%s/kept", there);
    assert_int_equal(file_write(path, "x", 1, 0600, NULL), 0);
    assert_int_equal(mkdir(here, 0700), 0);
    char inner[160];
    snprintf(inner, sizeof inner, "%s/link", here);
    assert_int_equal(symlink(there, inner), 0);
    assert_int_equal(file_remove_tree(here, NULL), 0);
    check_text(path, "x");
    assert_int_equal(symlink(there, here), 0); /* and a link by itself */
    assert_int_equal(file_remove_tree(here, NULL), 0);
    check_text(path, "x");
    assert_int_equal(entries(folder), 1);
}

static void file__remove_tree__of_nothing_is_fine(void **state)
{
    (void)state;
    assert_int_equal(file_remove_tree(here, NULL), 0);
}

static void file__remove_tree__that_cannot_be_removed_is_told(void **state)
{
    (void)state;
    struct diag d;
    assert_int_equal(file_remove_tree("/proc/self/status", &d), ERR_IO);
    assert_non_null(strstr(d.text, "/proc/self/status"));
}

static void file__join__puts_one_slash(void **state)
{
    (void)state;
    static const char *const cases[][3] = {{"a", "b", "a/b"},
                                           {"a/", "b", "a/b"},
                                           {"/", "b", "/b"},
                                           {"", "b", "b"},
                                           {"a/b", "", "a/b/"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP_FREE char *joined = file_join(cases[i][0], cases[i][1]);
        assert_string_equal(joined, cases[i][2]);
    }
}

static void file__absolute__is_seen_from_the_root(void **state)
{
    (void)state;
    CLEANUP_FREE char *same = file_absolute("/a/b");
    assert_string_equal(same, "/a/b");
    CLEANUP_CLOSE int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(chdir(folder), 0);
    CLEANUP_FREE char *path = file_absolute("here");
    assert_int_equal(fchdir(before), 0);
    assert_string_equal(path, here);
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

static void file__plain__takes_out_what_editors_put_in(void **state)
{
    (void)state;
    static const struct {
        const char *text, *plain;
    } cases[] = {
        {"", ""},
        {"a\nb", "a\nb"},
        {"a\r\nb\r\n", "a\nb\n"},
        {"\xef\xbb\xbf", ""},
        {"\xef\xbb\xbfkey\r\n", "key\n"},
        {"\r\r\n\r", "\r\n\r"},
        {"\xef\xbb", "\xef\xbb"},
        {"x\xef\xbb\xbf", "x\xef\xbb\xbf"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT_SECRET(64);
        buf_put_text(&b, cases[i].text);
        file_plain(&b);
        assert_string_equal(buf_text(&b), cases[i].plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file__plain__takes_out_what_editors_put_in),
        FILE_TEST(file__read__appends_the_file),
        FILE_TEST(file__read__over_the_cap_is_refused),
        FILE_TEST(file__read__longer_than_one_read),
        FILE_TEST(file__read__missing_and_unreadable_are_told_apart),
        FILE_TEST(file__read_fd__reads_the_rest),
        FILE_TEST(file__read_text__gives_a_string),
        FILE_TEST(file__read_text__a_nul_inside_is_refused),
        FILE_TEST(file__write__makes_and_replaces),
        FILE_TEST(file__write__is_a_new_file_for_who_has_the_old_one_open),
        FILE_TEST(file__write__sets_the_mode_whatever_the_umask),
        FILE_TEST(file__write__replaces_a_link_and_not_its_target),
        FILE_TEST(file__write__touches_nothing_beside_it),
        FILE_TEST(file__write__gives_the_longest_name),
        FILE_TEST(file__write__over_a_folder_is_refused),
        FILE_TEST(file__write__in_no_folder_is_refused),
        FILE_TEST(file__write__in_the_current_folder),
        FILE_TEST(file__write__that_does_not_fit_leaves_the_old),
        FILE_TEST(file__write__killed_midway_leaves_the_old_or_the_new),
        FILE_TEST(file__write__two_threads_do_not_mix),
        FILE_TEST(file__create__makes_a_new_one),
        FILE_TEST(file__create__does_not_replace),
        FILE_TEST(file__create__does_not_replace_or_follow_a_link),
        FILE_TEST(file__check_new__says_what_create_would),
        FILE_TEST(file__check_new__says_that_there_is_no_room),
        FILE_TEST(file__write_fd__to_a_descriptor_for_reading_is_refused),
        FILE_TEST(file__exists__says_what_is_there),
        FILE_TEST(file__make_folder__with_those_above_it),
        FILE_TEST(file__make_folder__a_slash_at_the_end_changes_nothing),
        FILE_TEST(file__make_folder__through_a_link_to_a_folder),
        FILE_TEST(file__make_folder__where_a_file_is_fails),
        FILE_TEST(file__make_folder__without_a_name_fails),
        FILE_TEST(file__remove_tree__removes_all_of_it),
        FILE_TEST(file__remove_tree__does_not_follow_links),
        FILE_TEST(file__remove_tree__of_nothing_is_fine),
        FILE_TEST(file__remove_tree__that_cannot_be_removed_is_told),
        FILE_TEST(file__join__puts_one_slash),
        FILE_TEST(file__absolute__is_seen_from_the_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
