#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"

#define FIRST_GIVEN_FD 3
#define MAX_GIVEN 16
#define NOT_STARTED 127 /* a shell's status for it */

extern char **environ;

void process_begin(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int way = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        /* The lowest that is free: this one, since those below are open. */
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", way) != fd)
            _exit(NOT_STARTED);
    }
}

/* From here to `become`: in the child, between fork and exec, async-signal-safe calls only. */

/* The parent's handlers and ignored signals are not the child's: a SIGTERM has to end it, one
 * that comes before exec, too. Signals were blocked before fork. */
static void default_signals(void)
{
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int move_up(int fd, int floor)
{
    int moved = fcntl(fd, F_DUPFD, floor);
    if (moved < 0)
        _exit(NOT_STARTED);
    return moved;
}

static void place(int fd, int at)
{
    if (dup2(fd, at) < 0)
        _exit(NOT_STARTED);
}

/* The descriptors are first moved out of the way of their places, then each to its own. One
 * that does not get there ends the child: something else may lie in its place. */
static void place_descriptors(const struct process *p, int null_fd)
{
    int given[MAX_GIVEN];
    int floor = FIRST_GIVEN_FD + (int)p->fd_count;
    for (size_t i = 0; i < p->fd_count; i++)
        given[i] = move_up(p->fds[i], floor);
    int out = p->out_fd >= 0 ? move_up(p->out_fd, floor) : -1;
    place(move_up(null_fd, floor), STDIN_FILENO);
    if (out >= 0) {
        place(out, STDOUT_FILENO);
        place(out, STDERR_FILENO);
    }
    for (size_t i = 0; i < p->fd_count; i++)
        place(given[i], FIRST_GIVEN_FD + (int)i);
    if (close_range((unsigned)floor, ~0U, 0) != 0)
        _exit(NOT_STARTED);
}

static void become(const struct process *p, int null_fd, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(NOT_STARTED);
    default_signals();
    if (p->own_session)
        setsid();
    place_descriptors(p, null_fd);
    if (p->folder != NULL && chdir(p->folder) != 0)
        _exit(NOT_STARTED);
    execve(p->argv[0], (char *const *)p->argv, p->env != NULL ? (char *const *)p->env : environ);
    _exit(NOT_STARTED);
}

/* A regular file (a folder may be "executable") that may be run; sets errno. */
static bool is_program(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0 || access(path, X_OK) != 0)
        return false;
    errno = EACCES;
    return S_ISREG(st.st_mode);
}

int process_start(const struct process *p, pid_t *ret_pid, struct diag *d)
{
    if (p->fd_count > MAX_GIVEN)
        return diag_set(d, ERR_LIMIT, "too many descriptors for %s", p->argv[0]);
    if (!is_program(p->argv[0]))
        return diag_set(d, ERR_IO, "cannot start %s: %s", p->argv[0], strerror(errno));
    CLEANUP_CLOSE int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null_fd < 0)
        return diag_set(d, ERR_IO, "cannot open /dev/null: %s", strerror(errno));
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t pid = fork();
    int error = errno;
    if (pid == 0)
        become(p, null_fd, parent);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid < 0)
        return diag_set(d, ERR_IO, "cannot start %s: %s", p->argv[0], strerror(error));
    *ret_pid = pid;
    return 0;
}

const char *process_self(void)
{
    static char path[4096]; /* constant after the first call */
    if (path[0] == '\0') {
        ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
        path[n < 0 ? 0 : n] = '\0';
    }
    return path;
}

static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

char *process_data(const char *name)
{
    static const char *const places[] = {"", "../share/ironside/"};
    const char *self = process_self();
    const char *slash = strrchr(self, '/');
    for (size_t i = 0; slash != NULL && i < sizeof places / sizeof *places; i++) {
        char *path = mem_format("%.*s/%s%s", (int)(slash - self), self, places[i], name);
        if (is_folder(path))
            return path;
        free(path);
    }
    return NULL;
}

char *process_beside(const char *name)
{
    const char *self = process_self();
    const char *slash = strrchr(self, '/');
    if (slash != NULL) {
        char *beside = mem_format("%.*s/%s", (int)(slash - self), self, name);
        if (is_program(beside))
            return beside;
        free(beside);
    }
    CLEANUP_FREE char *path = mem_string(getenv("PATH") != NULL ? getenv("PATH") : "/usr/bin");
    char *rest = NULL;
    for (char *dir = strtok_r(path, ":", &rest); dir != NULL; dir = strtok_r(NULL, ":", &rest)) {
        char *candidate = file_join(dir, name);
        if (is_program(candidate))
            return candidate;
        free(candidate);
    }
    return mem_string(name);
}

int process_socketpair(int ret[static 2])
{
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret) != 0 ? ERR_IO : 0;
}

bool process_ended(pid_t pid, struct diag *d)
{
    int status = 0;
    pid_t r = waitpid(pid, &status, WNOHANG);
    if (r == 0)
        return false;
    if (r < 0)
        diag_set(d, 0, "not a child, or its status was taken before");
    else if (WIFSIGNALED(status))
        diag_set(d, 0, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        diag_set(d, 0, "exit status %d", WEXITSTATUS(status));
    return true;
}

void process_stop(pid_t pid, int timeout_ms)
{
    if (pid <= 0)
        return; /* to kill(2) these are groups, or everything */
    int64_t deadline = clock_monotonic_ms() + timeout_ms;
    kill(pid, SIGTERM);
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (clock_monotonic_ms() > deadline) {
            kill(pid, SIGKILL);
            while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                continue;
            return;
        }
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

int process_fork(int (*child)(void *context), void *context, pid_t *ret_pid)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(child(context));
    if (pid < 0)
        return ERR_IO;
    *ret_pid = pid;
    return 0;
}
