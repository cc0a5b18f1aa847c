#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"

#define FIRST_GIVEN_FD 3

extern char **environ;

/* In the child, between fork and exec: async-signal-safe calls only. The given descriptors are
 * first moved out of the way of their places, then each to its own. */
static void become(const struct process *p, int null_fd, pid_t parent)
{
    int given[16];
    int floor = FIRST_GIVEN_FD + (int)p->fd_count;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (p->own_session)
        setsid();
    for (size_t i = 0; i < p->fd_count; i++)
        given[i] = fcntl(p->fds[i], F_DUPFD, floor);
    int out = p->out_fd >= 0 ? fcntl(p->out_fd, F_DUPFD, floor) : -1;
    dup2(null_fd, STDIN_FILENO);
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    for (size_t i = 0; i < p->fd_count; i++)
        dup2(given[i], FIRST_GIVEN_FD + (int)i);
    close_range((unsigned)floor, ~0U, 0);
    if (p->folder != NULL && chdir(p->folder) != 0)
        _exit(127);
    execve(p->argv[0], (char *const *)p->argv, p->env != NULL ? (char *const *)p->env : environ);
    _exit(127);
}

int process_start(const struct process *p, pid_t *ret_pid, struct diag *d)
{
    if (p->fd_count > 16)
        return diag_set(d, ERR_LIMIT, "too many descriptors for %s", p->argv[0]);
    if (access(p->argv[0], X_OK) != 0)
        return diag_set(d, ERR_IO, "cannot start %s: %s", p->argv[0], strerror(errno));
    CLEANUP_CLOSE int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null_fd < 0)
        return diag_set(d, ERR_IO, "cannot open /dev/null: %s", strerror(errno));
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return diag_set(d, ERR_IO, "cannot start %s: %s", p->argv[0], strerror(errno));
    if (pid == 0)
        become(p, null_fd, parent);
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

char *process_beside(const char *name)
{
    const char *self = process_self();
    const char *slash = strrchr(self, '/');
    if (slash != NULL) {
        char *beside = mem_format("%.*s/%s", (int)(slash - self), self, name);
        if (access(beside, X_OK) == 0)
            return beside;
        free(beside);
    }
    CLEANUP_FREE char *path = mem_string(getenv("PATH") != NULL ? getenv("PATH") : "/usr/bin");
    char *rest = NULL;
    for (char *dir = strtok_r(path, ":", &rest); dir != NULL; dir = strtok_r(NULL, ":", &rest)) {
        char *candidate = file_join(dir, name);
        if (access(candidate, X_OK) == 0)
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
    if (r > 0 && WIFSIGNALED(status))
        diag_set(d, 0, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        diag_set(d, 0, "exit status %d", r > 0 ? WEXITSTATUS(status) : 0);
    return true;
}

void process_stop(pid_t pid, int timeout_ms)
{
    int64_t deadline = clock_monotonic_ms() + timeout_ms;
    kill(pid, SIGTERM);
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (clock_monotonic_ms() > deadline) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
            return;
        }
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}
