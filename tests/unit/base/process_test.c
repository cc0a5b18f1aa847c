/* Starts this same program again as the children: main() says what each does. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"

#define FIRST 3
#define LAST 6
#define PATIENCE_MS 30000 /* on a loaded machine */

/* ---- children ---- */

/* Each open descriptor with the first byte of what it holds: "3=c 4=d.". */
static int child_report(void)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    struct stat st;
    if (fstat(STDIN_FILENO, &st) != 0 || st.st_rdev != makedev(1, 3))
        buf_format(&b, "standard input is not /dev/null ");
    for (int fd = FIRST; fd < 1024; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            continue;
        char letter = '-';
        (void)!pread(fd, &letter, 1, 0);
        buf_format(&b, "%s%d=%c", b.len > 0 ? " " : "", fd, letter);
    }
    buf_put_text(&b, ".");
    return file_write_fd(STDOUT_FILENO, b.data, b.len) < 0;
}

static int child_signals(void)
{
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    for (int s = 1; s < NSIG; s++) {
        struct sigaction action;
        if (sigismember(&blocked, s) == 1)
            printf("%d is blocked ", s);
        if (sigaction(s, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            printf("%d is ignored ", s);
    }
    printf("done");
    return 0;
}

static int child_about(void)
{
    char path[4096];
    const char *colour = getenv("COLOUR"), *home = getenv("HOME");
    printf("%s %s %s %s", getcwd(path, sizeof path), colour != NULL ? colour : "none",
           home != NULL ? "home" : "homeless", getsid(0) == getpid() ? "leads" : "follows");
    return 0;
}

static int child_outputs(void)
{
    if (file_write_fd(STDOUT_FILENO, "out", 3) < 0 || file_write_fd(STDERR_FILENO, "err", 3) < 0)
        return 1;
    return 0;
}

/* Tells on descriptor 3 that it is there, then waits to be ended. */
static int child_wait(bool stubborn)
{
    alarm(2 * PATIENCE_MS / 1000); /* a test that fails leaves nobody behind for long */
    if (stubborn)
        signal(SIGTERM, SIG_IGN);
    if (file_write_fd(FIRST, "!", 1) < 0)
        return 1;
    for (;;)
        pause();
}

static int child(const char *what)
{
    if (strcmp(what, "report") == 0)
        return child_report();
    if (strcmp(what, "signals") == 0)
        return child_signals();
    if (strcmp(what, "about") == 0)
        return child_about();
    if (strcmp(what, "outputs") == 0)
        return child_outputs();
    if (strcmp(what, "exit 5") == 0)
        return 5;
    return child_wait(strcmp(what, "stubborn") == 0);
}

/* ---- starting them ---- */

/* `what` of main() with these descriptors. */
static pid_t start(const char *what, const int *fds, size_t fd_count, int out_fd)
{
    const char *const argv[] = {process_self(), what, NULL};
    const struct process p = {.argv = argv, .fds = fds, .fd_count = fd_count, .out_fd = out_fd};
    pid_t pid = -1;
    return process_start(&p, &pid, NULL) < 0 ? -1 : pid;
}

static int status_of(pid_t pid)
{
    int status = -1;
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

static bool exited_with(pid_t pid, int code)
{
    int status = status_of(pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

/* Runs `what` with its output into a string. */
static char *output_of(struct process p, const char *what)
{
    int out[2];
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    const char *const argv[] = {process_self(), what, NULL};
    p.argv = argv;
    p.out_fd = out[1];
    pid_t pid = -1;
    assert_int_equal(process_start(&p, &pid, NULL), 0);
    close(out[1]);
    struct buf b = BUF_INIT(10000);
    assert_int_equal(file_read_fd(out[0], &b), 0);
    close(out[0]);
    assert_true(exited_with(pid, 0));
    return buf_take_text(&b);
}

/* Runs `in_child` in a child of its own, which may arrange its descriptors as it likes; what it
 * is given is one to write to, above all others. Returns what it wrote. */
static char *written_by(void (*in_child)(int out))
{
    int out[2];
    assert_int_equal(pipe(out), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int high = fcntl(out[1], F_DUPFD, 100);
        close(out[0]);
        close(out[1]);
        in_child(high);
        _exit(0);
    }
    close(out[1]);
    struct buf b = BUF_INIT(100000);
    assert_int_equal(file_read_fd(out[0], &b), 0);
    close(out[0]);
    assert_true(exited_with(pid, 0));
    return buf_take_text(&b);
}

/* A file that holds one letter: 'd' at descriptor 4. None is closed on exec by itself. */
static void lay_letter(int at)
{
    char letter = (char)('a' + at - 1);
    int fd = memfd_create("letter", 0);
    if (fd < 0 || pwrite(fd, &letter, 1, 0) != 1)
        _exit(1);
    if (fd != at) {
        dup2(fd, at);
        close(fd);
    }
}

static void lay_letters(void)
{
    for (int at = FIRST; at <= LAST; at++)
        lay_letter(at);
    lay_letter(50);
}

/* The `n`-th list of `count` of the descriptors that hold letters. */
static void list_of(unsigned n, size_t count, int *fds)
{
    for (size_t i = 0; i < count; i++, n /= LAST - FIRST + 1)
        fds[i] = FIRST + (int)(n % (LAST - FIRST + 1));
}

/* ---- descriptors ---- */

/* All lists of up to three of the numbers 3 to 6, with duplicates. */
static void start_with_every_list(int out)
{
    lay_letters();
    for (size_t count = 0, lists = 1; count <= 3; count++, lists *= LAST - FIRST + 1)
        for (unsigned n = 0; n < lists; n++) {
            int fds[3];
            list_of(n, count, fds);
            if (!exited_with(start("report", fds, count, out), 0))
                _exit(1);
        }
}

static void process__start__passes_descriptors_in_every_order(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf expected = BUF_INIT(100000);
    for (size_t count = 0, lists = 1; count <= 3; count++, lists *= LAST - FIRST + 1)
        for (unsigned n = 0; n < lists; n++) {
            int fds[3];
            list_of(n, count, fds);
            for (size_t i = 0; i < count; i++)
                buf_format(&expected, "%s%zu=%c", i > 0 ? " " : "", FIRST + i, 'a' + fds[i] - 1);
            buf_put_text(&expected, ".");
        }
    CLEANUP_FREE char *got = written_by(start_with_every_list);
    assert_string_equal(got, buf_text(&expected));
}

static void start_with_sixteen(int out)
{
    int fds[17];
    for (int i = 0; i < 17; i++) {
        lay_letter(FIRST + i);
        fds[i] = FIRST + 15 - i;
    }
    if (start("report", fds, 17, out) != -1 || !exited_with(start("report", fds, 16, out), 0))
        _exit(1);
}

static void process__start__passes_up_to_sixteen_descriptors(void **state)
{
    (void)state;
    CLEANUP_FREE char *got = written_by(start_with_sixteen);
    assert_string_equal(got, "3=r 4=q 5=p 6=o 7=n 8=m 9=l 10=k 11=j 12=i 13=h 14=g 15=f 16=e "
                             "17=d 18=c.");
}

static void start_with_output_in_the_way(int out)
{
    lay_letters();
    int fds[] = {5, 6, 3};
    dup2(out, 4); /* the output lies where a given one goes, and the other way round */
    if (!exited_with(start("report", fds, 3, 4), 0))
        _exit(1);
    int with_output[] = {5, 4};
    if (!exited_with(start("report", with_output, 2, 4), 0))
        _exit(1);
    lay_letter(4);
    dup2(out, STDOUT_FILENO);
    if (!exited_with(start("report", fds, 1, -1), 0)) /* the parent's */
        _exit(1);
    int standard[] = {STDOUT_FILENO, 5};
    if (!exited_with(start("report", standard, 2, STDOUT_FILENO), 0))
        _exit(1);
    dup2(out, STDIN_FILENO);
    if (!exited_with(start("report", NULL, 0, STDIN_FILENO), 0))
        _exit(1);
}

static void process__start__output_among_the_descriptors(void **state)
{
    (void)state;
    CLEANUP_FREE char *got = written_by(start_with_output_in_the_way);
    assert_string_equal(got, "3=e 4=f 5=c.3=e 4=-.3=e.3=- 4=e..");
}

static void start_without_standard_input(int out)
{
    close(STDIN_FILENO); /* so that the first that is opened takes its number */
    if (!exited_with(start("report", NULL, 0, out), 0))
        _exit(1);
}

static void process__start__from_a_parent_without_standard_input(void **state)
{
    (void)state;
    CLEANUP_FREE char *got = written_by(start_without_standard_input);
    assert_string_equal(got, ".");
}

static void start_with_one_that_is_not_open(int out)
{
    lay_letters();
    static const int lists[][2] = {{3, 77}, {77, 3}, {-1, 3}, {3, -1}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (!exited_with(start("report", lists[i], 2, out), 127))
            _exit(1);
    if (!exited_with(start("report", NULL, 0, 77), 127))
        _exit(1);
}

/* The child must not run with whatever else lay at that number. */
static void process__start__a_descriptor_that_is_not_open_ends_the_child(void **state)
{
    (void)state;
    CLEANUP_FREE char *got = written_by(start_with_one_that_is_not_open);
    assert_string_equal(got, "");
}

static void process__start__more_than_sixteen_descriptors_are_refused(void **state)
{
    (void)state;
    const char *const argv[] = {process_self(), "report", NULL};
    const int fds[17] = {0};
    const struct process p = {.argv = argv, .fds = fds, .fd_count = 17, .out_fd = -1};
    struct diag d;
    pid_t pid = -7;
    assert_int_equal(process_start(&p, &pid, &d), ERR_LIMIT);
    assert_non_null(strstr(d.text, argv[0]));
    assert_int_equal(pid, -7);
}

/* ---- what else a child starts with ---- */

static void process__start__output_takes_both_streams(void **state)
{
    (void)state;
    CLEANUP_FREE char *got = output_of((struct process){0}, "outputs");
    assert_string_equal(got, "outerr");
}

static void process__start__folder_environment_and_session(void **state)
{
    (void)state;
    static const char *const env[] = {"COLOUR=red", NULL};
    CLEANUP_FREE char *given =
        output_of((struct process){.env = env, .folder = "/proc", .own_session = true}, "about");
    assert_string_equal(given, "/proc red homeless leads");
    assert_int_equal(setenv("HOME", "/", 1), 0);
    assert_int_equal(setenv("COLOUR", "blue", 1), 0);
    CLEANUP_FREE char *inherited = output_of((struct process){0}, "about");
    CLEANUP_FREE char *here = file_absolute("");
    here[strlen(here) - 1] = '\0';
    CLEANUP_FREE char *expected = mem_format("%s blue home follows", here);
    assert_string_equal(inherited, expected);
}

static void process__start__in_no_folder_ends_the_child(void **state)
{
    (void)state;
    const char *const argv[] = {process_self(), "report", NULL};
    const struct process p = {.argv = argv, .folder = "/nonexistent", .out_fd = -1};
    pid_t pid;
    assert_int_equal(process_start(&p, &pid, NULL), 0);
    assert_true(exited_with(pid, 127));
}

static void process__start__no_signal_is_blocked_or_ignored(void **state)
{
    (void)state;
    sigset_t block, before, after;
    sigemptyset(&block);
    sigaddset(&block, SIGTERM);
    sigaddset(&block, SIGUSR2);
    sigprocmask(SIG_BLOCK, &block, &before);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    CLEANUP_FREE char *got = output_of((struct process){0}, "signals");
    sigprocmask(SIG_SETMASK, &before, &after);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGUSR1, SIG_DFL);
    assert_string_equal(got, "done");
    assert_true(sigismember(&after, SIGUSR2)); /* the parent's own are as they were */
    assert_false(sigismember(&after, SIGUSR1));
}

static void process__start__what_is_not_a_program_is_refused(void **state)
{
    (void)state;
    static const char *const paths[] = {"/nonexistent", "/", "/etc/passwd", ""};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const char *const argv[] = {paths[i], NULL};
        const struct process p = {.argv = argv, .out_fd = -1};
        struct diag d;
        pid_t pid = -7;
        assert_int_equal(process_start(&p, &pid, &d), ERR_IO);
        assert_non_null(strstr(d.text, "cannot start"));
        assert_int_equal(pid, -7);
    }
}

/* ---- ends ---- */

/* What comes on `fd` in that time: a byte, 0 at its end, -1 when nothing does. */
static int next_byte(int fd, int timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char c;
    if (poll(&p, 1, timeout_ms) != 1)
        return -1;
    return read(fd, &c, 1) == 1 ? c : 0;
}

/* A child whose parent ends before it does; the parent treats SIGTERM as `treat` says. */
static void check_parent_death(void (*treat)(void))
{
    int alive[2], hold[2];
    assert_int_equal(pipe2(alive, O_CLOEXEC), 0);
    assert_int_equal(pipe2(hold, O_CLOEXEC), 0);
    fflush(NULL);
    pid_t parent = fork();
    assert_true(parent >= 0);
    if (parent == 0) {
        char go;
        close(hold[1]);
        treat();
        if (start("wait", &alive[1], 1, -1) < 0)
            _exit(1);
        close(alive[1]);
        (void)!read(hold[0], &go, 1);
        _exit(0);
    }
    close(alive[1]);
    close(hold[0]);
    assert_int_equal(next_byte(alive[0], PATIENCE_MS), '!');
    assert_int_equal(next_byte(alive[0], 30), -1); /* both live */
    close(hold[1]);
    assert_true(exited_with(parent, 0));
    assert_int_equal(next_byte(alive[0], PATIENCE_MS), 0); /* the last that held it has ended */
    close(alive[0]);
}

static void treat_as_usual(void)
{
}

static void treat_by_ignoring(void)
{
    signal(SIGTERM, SIG_IGN);
}

static void treat_by_blocking(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

static void process__start__child_ends_when_its_parent_does(void **state)
{
    (void)state;
    check_parent_death(treat_as_usual);
    check_parent_death(treat_by_ignoring);
    check_parent_death(treat_by_blocking);
}

static volatile sig_atomic_t handled;

static void handle(int s)
{
    (void)s;
    handled = 1;
}

/* A SIGTERM that comes between fork and exec must not be lost in the parent's handler. */
static void process__stop__ends_a_child_that_has_only_just_started(void **state)
{
    (void)state;
    CLEANUP_CLOSE int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    signal(SIGTERM, handle);
    for (int i = 0; i < 30; i++) {
        struct diag d = {""};
        pid_t pid = start("wait", &null_fd, 1, -1);
        assert_true(pid > 0);
        kill(pid, SIGTERM);
        int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;
        while (!process_ended(pid, &d))
            if (clock_monotonic_ms() > deadline)
                kill(pid, SIGKILL);
        assert_string_equal(d.text, "signal 15 (Terminated)");
    }
    signal(SIGTERM, SIG_DFL);
    assert_false(handled);
}

static void process__stop__asks_first(void **state)
{
    (void)state;
    CLEANUP_CLOSE int end = -1;
    int fds[2];
    assert_int_equal(process_socketpair(fds), 0);
    end = fds[0];
    pid_t pid = start("wait", &fds[1], 1, -1);
    close(fds[1]);
    assert_int_equal(next_byte(end, PATIENCE_MS), '!');
    int64_t from = clock_monotonic_ms();
    process_stop(pid, PATIENCE_MS);
    assert_true(clock_monotonic_ms() - from < PATIENCE_MS / 2);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(next_byte(end, 0), 0);
}

static void process__stop__kills_one_that_does_not_listen(void **state)
{
    (void)state;
    CLEANUP_CLOSE int end = -1;
    int fds[2];
    assert_int_equal(process_socketpair(fds), 0);
    end = fds[0];
    pid_t pid = start("stubborn", &fds[1], 1, -1);
    close(fds[1]);
    assert_int_equal(next_byte(end, PATIENCE_MS), '!');
    int64_t from = clock_monotonic_ms();
    process_stop(pid, 50);
    int64_t passed = clock_monotonic_ms() - from;
    assert_true(passed >= 50 && passed < PATIENCE_MS);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(next_byte(end, 0), 0);
}

static void stop_no_process(int out)
{
    setsid(); /* to lose nobody else if it is wrong */
    process_stop(0, 0);
    process_stop(-getpid(), 0);
    (void)!write(out, "lives", 5);
}

static void process__stop__of_no_process_stops_nobody(void **state)
{
    (void)state;
    CLEANUP_FREE char *got = written_by(stop_no_process);
    assert_string_equal(got, "lives");
}

static void process__ended__tells_how(void **state)
{
    (void)state;
    struct diag d = {""};
    int fds[2];
    assert_int_equal(process_socketpair(fds), 0);
    pid_t pid = start("wait", &fds[1], 1, -1);
    close(fds[1]);
    assert_int_equal(next_byte(fds[0], PATIENCE_MS), '!');
    assert_false(process_ended(pid, &d));
    assert_string_equal(d.text, "");
    kill(pid, SIGKILL);
    assert_int_equal(next_byte(fds[0], PATIENCE_MS), 0);
    close(fds[0]);
    while (!process_ended(pid, &d))
        continue;
    assert_string_equal(d.text, "signal 9 (Killed)");
    pid = start("exit 5", NULL, 0, -1);
    while (!process_ended(pid, &d))
        continue;
    assert_string_equal(d.text, "exit status 5");
}

static void process__ended__of_a_stranger_is_true(void **state)
{
    (void)state;
    struct diag d = {""};
    assert_true(process_ended(getpid(), &d)); /* not a child: there is nothing to wait for */
    assert_null(strstr(d.text, "exit status"));
    assert_true(process_ended(getpid(), NULL));
}

/* ---- the rest ---- */

static void process__self__is_this_file(void **state)
{
    (void)state;
    struct stat ours, expected;
    assert_int_equal(stat(process_self(), &ours), 0);
    assert_int_equal(stat("/proc/self/exe", &expected), 0);
    assert_true(ours.st_ino == expected.st_ino && ours.st_dev == expected.st_dev);
    assert_ptr_equal(process_self(), process_self());
}

static void process__beside__finds_a_neighbour_then_the_path(void **state)
{
    (void)state;
    CLEANUP_FREE char *self = process_beside(strrchr(process_self(), '/') + 1);
    assert_string_equal(self, process_self());
    assert_int_equal(setenv("PATH", "/nonexistent:/bin:/usr/bin", 1), 0);
    CLEANUP_FREE char *shell = process_beside("sh");
    assert_string_equal(shell, "/bin/sh");
}

static void process__data__is_a_folder_beside(void **state)
{
    (void)state;
    const char *slash = strrchr(process_self(), '/');
    CLEANUP_FREE char *beside =
        mem_format("%.*s/process-test-data", (int)(slash - process_self()), process_self());
    assert_null(process_data("process-test-data"));
    assert_int_equal(file_write(beside, "", 0, 0600, NULL), 0);
    assert_null(process_data("process-test-data")); /* no folder */
    assert_int_equal(unlink(beside), 0);
    assert_int_equal(mkdir(beside, 0700), 0);
    CLEANUP_FREE char *found = process_data("process-test-data");
    assert_int_equal(rmdir(beside), 0);
    assert_string_equal(found, beside);
}

static void process__beside__does_not_take_a_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/process-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    CLEANUP_FREE char *inner = file_join(folder, "sh");
    assert_int_equal(mkdir(inner, 0700), 0);
    CLEANUP_FREE char *path = mem_format("%s:/bin", folder);
    assert_int_equal(setenv("PATH", path, 1), 0);
    CLEANUP_FREE char *shell = process_beside("sh");
    assert_int_equal(file_remove_tree(folder, NULL), 0);
    assert_string_equal(shell, "/bin/sh");
}

static void process__beside__of_nothing_is_the_name(void **state)
{
    (void)state;
    CLEANUP_FREE char *nothing = process_beside("no-such-program");
    assert_string_equal(nothing, "no-such-program");
    assert_int_equal(unsetenv("PATH"), 0);
    CLEANUP_FREE char *again = process_beside("no-such-program");
    assert_string_equal(again, "no-such-program");
}

/* ---- the beginning ---- */

/* The first that is not as it should be once the descriptors in `closed` (a bit each) were closed
 * and the process has begun; 0: none. */
static int begin_without(int closed)
{
    struct stat null, st;
    char c;
    if (stat("/dev/null", &null) != 0)
        return 100;
    for (int fd = 0; fd < FIRST; fd++)
        if ((closed & 1 << fd) != 0)
            close(fd);
    process_begin();
    for (int fd = 0; fd < FIRST; fd++) {
        if (fstat(fd, &st) != 0)
            return 10 + fd;
        if ((closed & 1 << fd) == 0)
            continue;
        if (st.st_rdev != null.st_rdev)
            return 20 + fd;
        /* What cannot be read or written is still said to be lost. */
        if (fd == STDIN_FILENO ? read(fd, &c, 1) >= 0 : write(fd, "x", 1) >= 0)
            return 30 + fd;
    }
    return open("/dev/null", O_RDONLY | O_CLOEXEC) < FIRST ? 40 : 0;
}

static void process__begin__leaves_no_standard_descriptor_free(void **state)
{
    (void)state;
    for (int closed = 0; closed < 1 << FIRST; closed++) {
        int status = 0;
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            _exit(begin_without(closed));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

static void process__socketpair__is_connected_and_closed_on_exec(void **state)
{
    (void)state;
    int fds[2];
    char c = 0;
    assert_int_equal(process_socketpair(fds), 0);
    for (int i = 0; i < 2; i++) {
        assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
        assert_int_equal(write(fds[i], "x", 1), 1);
        assert_int_equal(read(fds[1 - i], &c, 1), 1);
    }
    close(fds[0]);
    assert_int_equal(read(fds[1], &c, 1), 0);
    close(fds[1]);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(process__begin__leaves_no_standard_descriptor_free),
        cmocka_unit_test(process__start__passes_descriptors_in_every_order),
        cmocka_unit_test(process__start__passes_up_to_sixteen_descriptors),
        cmocka_unit_test(process__start__output_among_the_descriptors),
        cmocka_unit_test(process__start__from_a_parent_without_standard_input),
        cmocka_unit_test(process__start__a_descriptor_that_is_not_open_ends_the_child),
        cmocka_unit_test(process__start__more_than_sixteen_descriptors_are_refused),
        cmocka_unit_test(process__start__output_takes_both_streams),
        cmocka_unit_test(process__start__folder_environment_and_session),
        cmocka_unit_test(process__start__in_no_folder_ends_the_child),
        cmocka_unit_test(process__start__no_signal_is_blocked_or_ignored),
        cmocka_unit_test(process__start__what_is_not_a_program_is_refused),
        cmocka_unit_test(process__start__child_ends_when_its_parent_does),
        cmocka_unit_test(process__stop__ends_a_child_that_has_only_just_started),
        cmocka_unit_test(process__stop__asks_first),
        cmocka_unit_test(process__stop__kills_one_that_does_not_listen),
        cmocka_unit_test(process__stop__of_no_process_stops_nobody),
        cmocka_unit_test(process__ended__tells_how),
        cmocka_unit_test(process__ended__of_a_stranger_is_true),
        cmocka_unit_test(process__self__is_this_file),
        cmocka_unit_test(process__beside__finds_a_neighbour_then_the_path),
        cmocka_unit_test(process__data__is_a_folder_beside),
        cmocka_unit_test(process__beside__does_not_take_a_folder),
        cmocka_unit_test(process__beside__of_nothing_is_the_name),
        cmocka_unit_test(process__socketpair__is_connected_and_closed_on_exec),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
