#include "worker/translator.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/process.h"

#define NOT_STARTED 127 /* a program's status, as a shell has it */
#define CORE_NONE 1     /* bytes: 0 would still hand a core dump to a program that takes them */
#define FILES_MAX 64    /* descriptors of an adapter */

const struct translator *translator_find(const struct translator *list, size_t count,
                                         const char *from, const char *to)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].from, from) == 0 && (to == NULL || strcmp(list[i].to, to) == 0))
            return &list[i];
    return NULL;
}

static void close_pipe(int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* `ours`: that end does not block. */
static int make_pipe(int ends[2], int ours)
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        return ERR_IO;
    if (fcntl(ends[ours], F_SETFL, O_NONBLOCK) == 0)
        return 0;
    close_pipe(ends);
    return ERR_IO;
}

int translator_pipes(int in[static 2], int out[static 2])
{
    int r = make_pipe(in, 1);
    if (r == 0 && (r = make_pipe(out, 0)) < 0)
        close_pipe(in);
    return r;
}

struct beginning {
    const struct translator *adapter;
    const struct translator_ends *ends;
    int (*confine)(void *context, struct diag *d);
    void *context;
};

static int limit(int what, rlim_t to)
{
    const struct rlimit both = {to, to};
    return setrlimit((__rlimit_resource_t)what, &both);
}

/* What it holds in memory is a text of somebody's: it leaves no core. */
static int bound(void)
{
    int r = limit(RLIMIT_CPU, TRANSLATOR_PROCESSOR_S);
    /* Where none may be left at all, none is. */
    if (r == 0 && limit(RLIMIT_CORE, CORE_NONE) != 0)
        r = limit(RLIMIT_CORE, 0);
    r = r == 0 ? limit(RLIMIT_FSIZE, 0) : r;
    r = r == 0 ? limit(RLIMIT_NOFILE, FILES_MAX) : r;
#ifndef IRONSIDE_SANITIZED /* a sanitizer's addresses are more than any limit */
    r = r == 0 ? limit(RLIMIT_AS, TRANSLATOR_MEMORY_MAX) : r;
#endif
    return r == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ? 0 : ERR_IO;
}

static int leave_behind(const struct translator_ends *e)
{
    const int handled[] = {SIGPIPE, SIGTERM, SIGINT};
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        signal(handled[i], SIG_DFL);
    bool set = dup2(e->in, STDIN_FILENO) == STDIN_FILENO &&
               dup2(e->out, STDOUT_FILENO) == STDOUT_FILENO &&
               dup2(e->error, STDERR_FILENO) == STDERR_FILENO;
    return set && close_range(STDERR_FILENO + 1, ~0U, 0) == 0 && setsid() > 0 && chdir("/") == 0
               ? 0
               : ERR_IO;
}

static int be_adapter(void *context)
{
    static char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/", NULL};
    const struct beginning *b = context;
    struct diag d;
    int r = leave_behind(b->ends);
    if (r == 0)
        r = bound();
    if (r == 0 && b->confine != NULL)
        r = b->confine(b->context, &d);
    if (r == 0)
        execve(b->adapter->argv[0], b->adapter->argv, environment);
    return NOT_STARTED;
}

int translator_start(const struct translator *t, const struct translator_ends *ends,
                     int (*confine)(void *context, struct diag *d), void *context, pid_t *ret_pid)
{
    struct beginning b = {t, ends, confine, context};
    return process_fork(be_adapter, &b, ret_pid);
}
