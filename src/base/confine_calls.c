/* Which calls of the kernel a process keeps: its allow-list, for seccomp. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/confine_internal.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* A call that is allowed, and what one argument has to be; its upper half counts for pointers
 * alone: of an int it may hold anything. */
struct call {
    int number;
    unsigned argument;
    uint64_t mask; /* 0: any argument will do */
    uint64_t value;
};
#define INT UINT32_MAX
#define POINTER UINT64_MAX
#define NAMESPACES                                                                                 \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |  \
     CLONE_NEWNET)

/* What every process of ours does: read and write what is open, wait, manage its memory, end. An
 * address in sendto would send a datagram anywhere; some of fcntl's commands send signals. */
static const struct call always[] = {
    {SCMP_SYS(read), 0, 0, 0},          {SCMP_SYS(write), 0, 0, 0},
    {SCMP_SYS(readv), 0, 0, 0},         {SCMP_SYS(writev), 0, 0, 0},
    {SCMP_SYS(sendto), 4, POINTER, 0},  {SCMP_SYS(recvfrom), 0, 0, 0},
    {SCMP_SYS(poll), 0, 0, 0},          {SCMP_SYS(ppoll), 0, 0, 0},
    {SCMP_SYS(close), 0, 0, 0},         {SCMP_SYS(fstat), 0, 0, 0},
    {SCMP_SYS(fcntl), 1, INT, F_GETFD}, {SCMP_SYS(fcntl), 1, INT, F_SETFD},
    {SCMP_SYS(fcntl), 1, INT, F_GETFL}, {SCMP_SYS(fcntl), 1, INT, F_SETFL},
    {SCMP_SYS(lseek), 0, 0, 0},         {SCMP_SYS(brk), 0, 0, 0},
    {SCMP_SYS(mmap), 0, 0, 0},          {SCMP_SYS(munmap), 0, 0, 0},
    {SCMP_SYS(mremap), 0, 0, 0},        {SCMP_SYS(mprotect), 0, 0, 0},
    {SCMP_SYS(madvise), 0, 0, 0},       {SCMP_SYS(mlock), 0, 0, 0},
    {SCMP_SYS(munlock), 0, 0, 0},       {SCMP_SYS(clock_gettime), 0, 0, 0},
    {SCMP_SYS(gettimeofday), 0, 0, 0},  {SCMP_SYS(clock_nanosleep), 0, 0, 0},
    {SCMP_SYS(nanosleep), 0, 0, 0},     {SCMP_SYS(getrandom), 0, 0, 0},
    {SCMP_SYS(futex), 0, 0, 0},         {SCMP_SYS(sched_yield), 0, 0, 0},
    {SCMP_SYS(getpid), 0, 0, 0},        {SCMP_SYS(gettid), 0, 0, 0},
    {SCMP_SYS(rt_sigaction), 0, 0, 0},  {SCMP_SYS(rt_sigprocmask), 0, 0, 0},
    {SCMP_SYS(rt_sigreturn), 0, 0, 0},  {SCMP_SYS(restart_syscall), 0, 0, 0},
    {SCMP_SYS(exit), 0, 0, 0},          {SCMP_SYS(exit_group), 0, 0, 0},
    {SCMP_SYS(getuid), 0, 0, 0},        {SCMP_SYS(geteuid), 0, 0, 0},
    {SCMP_SYS(sysinfo), 0, 0, 0}, /* qsort asks how much memory there is */
};
/* SQLite below its folder. */
static const struct call files[] = {
    {SCMP_SYS(openat), 0, 0, 0},        {SCMP_SYS(open), 0, 0, 0},
    {SCMP_SYS(pread64), 0, 0, 0},       {SCMP_SYS(pwrite64), 0, 0, 0},
    {SCMP_SYS(fsync), 0, 0, 0},         {SCMP_SYS(fdatasync), 0, 0, 0},
    {SCMP_SYS(ftruncate), 0, 0, 0},     {SCMP_SYS(fallocate), 0, 0, 0},
    {SCMP_SYS(fcntl), 1, INT, F_GETLK}, {SCMP_SYS(fcntl), 1, INT, F_SETLK},
    {SCMP_SYS(newfstatat), 0, 0, 0},    {SCMP_SYS(stat), 0, 0, 0},
    {SCMP_SYS(lstat), 0, 0, 0},         {SCMP_SYS(statx), 0, 0, 0},
    {SCMP_SYS(unlink), 0, 0, 0},        {SCMP_SYS(unlinkat), 0, 0, 0},
    {SCMP_SYS(access), 0, 0, 0},        {SCMP_SYS(faccessat), 0, 0, 0},
    {SCMP_SYS(faccessat2), 0, 0, 0},    {SCMP_SYS(getcwd), 0, 0, 0},
    {SCMP_SYS(readlink), 0, 0, 0},      {SCMP_SYS(readlinkat), 0, 0, 0},
    {SCMP_SYS(fchown), 0, 0, 0},        {SCMP_SYS(fchmod), 0, 0, 0},
    {SCMP_SYS(rename), 0, 0, 0},        {SCMP_SYS(renameat), 0, 0, 0},
    {SCMP_SYS(renameat2), 0, 0, 0},     {SCMP_SYS(mkdir), 0, 0, 0},
    {SCMP_SYS(mkdirat), 0, 0, 0},       {SCMP_SYS(link), 0, 0, 0},
    {SCMP_SYS(linkat), 0, 0, 0},        {SCMP_SYS(getdents64), 0, 0, 0},
    {SCMP_SYS(fstatfs), 0, 0, 0},       {SCMP_SYS(statfs), 0, 0, 0},
};
/* What curl does around a connection. Of a pair of datagram sockets, either could send anywhere. */
static const struct call trying[] = {
    {SCMP_SYS(getsockname), 0, 0, 0},   {SCMP_SYS(getpeername), 0, 0, 0},
    {SCMP_SYS(getsockopt), 0, 0, 0},    {SCMP_SYS(socketpair), 1, 0xf, SOCK_STREAM},
    {SCMP_SYS(pipe2), 0, 0, 0},         {SCMP_SYS(eventfd2), 0, 0, 0},
    {SCMP_SYS(ioctl), 1, INT, FIONBIO}, {SCMP_SYS(sysinfo), 0, 0, 0},
};
static const struct call connections[] = {
    {SCMP_SYS(recvmsg), 0, 0, 0},
    {SCMP_SYS(shutdown), 0, 0, 0},
};
static const struct call connecting[] = {
    {SCMP_SYS(socket), 0, INT, AF_UNIX},
    {SCMP_SYS(connect), 0, 0, 0},
    {SCMP_SYS(sendmsg), 0, 0, 0},
};
static const struct call accepting[] = {
    {SCMP_SYS(accept4), 0, 0, 0},
    {SCMP_SYS(accept), 0, 0, 0},
    {SCMP_SYS(getsockopt), 0, 0, 0},
};
/* What libmicrohttpd and GnuTLS do: a thread for each connection, and of the calls that send, the
 * one that takes several pieces. A thread of this process is all that clone may make; clone3, whose
 * arguments can't be seen from here, is refused, and glibc then uses clone. */
#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)
static const struct call serving[] = {
    {SCMP_SYS(clone), 0, THREAD | CSIGNAL | NAMESPACES, THREAD},
    {SCMP_SYS(set_robust_list), 0, 0, 0},
    {SCMP_SYS(rseq), 0, 0, 0},
    {SCMP_SYS(sched_getaffinity), 0, 0, 0},
    {SCMP_SYS(prctl), 0, INT, PR_SET_NAME},
    {SCMP_SYS(sendmsg), 0, 0, 0},
    {SCMP_SYS(shutdown), 0, 0, 0},
    {SCMP_SYS(setsockopt), 0, 0, 0},
    {SCMP_SYS(getsockname), 0, 0, 0},
    {SCMP_SYS(getpeername), 0, 0, 0},
    {SCMP_SYS(eventfd2), 0, 0, 0},
};
/* curl and GnuTLS over TCP (allow_tcp has the sockets). */
static const struct call dialing[] = {
    {SCMP_SYS(connect), 0, 0, 0},       {SCMP_SYS(getsockname), 0, 0, 0},
    {SCMP_SYS(getpeername), 0, 0, 0},   {SCMP_SYS(getsockopt), 0, 0, 0},
    {SCMP_SYS(setsockopt), 0, 0, 0},    {SCMP_SYS(sendmsg), 0, 0, 0},
    {SCMP_SYS(recvmsg), 0, 0, 0},       {SCMP_SYS(shutdown), 0, 0, 0},
    {SCMP_SYS(pipe2), 0, 0, 0},         {SCMP_SYS(socketpair), 1, 0xf, SOCK_STREAM},
    {SCMP_SYS(ioctl), 1, INT, FIONBIO}, {SCMP_SYS(eventfd2), 0, 0, 0},
};
static const struct call rewriting[] = {
    {SCMP_SYS(fcntl), 1, INT, F_OFD_SETLKW}, {SCMP_SYS(pread64), 0, 0, 0},
    {SCMP_SYS(pwrite64), 0, 0, 0},           {SCMP_SYS(fsync), 0, 0, 0},
    {SCMP_SYS(fdatasync), 0, 0, 0},          {SCMP_SYS(ftruncate), 0, 0, 0},
};

/* Processes that share nothing with this one, and what they do to themselves before they are
 * confined as they should be. Whom kill reaches, Landlock bounds. */
static const struct call beginning[] = {
    {SCMP_SYS(clone), 0, CLONE_VM | CLONE_FILES | CSIGNAL | NAMESPACES, SIGCHLD},
    {SCMP_SYS(wait4), 0, 0, 0},
    {SCMP_SYS(kill), 1, INT, SIGKILL},
    {SCMP_SYS(socketpair), 1, 0xf, SOCK_STREAM},
    {SCMP_SYS(dup2), 0, 0, 0},
    {SCMP_SYS(close_range), 0, 0, 0},
    {SCMP_SYS(set_robust_list), 0, 0, 0},
    {SCMP_SYS(rseq), 0, 0, 0},
    {SCMP_SYS(prlimit64), 0, INT, 0}, /* its own */
    {SCMP_SYS(prctl), 0, INT, PR_SET_PDEATHSIG},
    {SCMP_SYS(prctl), 0, INT, PR_CAPBSET_DROP},
    {SCMP_SYS(prctl), 0, INT, PR_SET_NO_NEW_PRIVS},
    {SCMP_SYS(prctl), 0, INT, PR_SET_SECCOMP},
    {SCMP_SYS(prctl), 0, INT, PR_GET_SECCOMP},
    {SCMP_SYS(seccomp), 0, 0, 0},
    {SCMP_SYS(capset), 0, 0, 0},
    {SCMP_SYS(capget), 0, 0, 0},
    {SCMP_SYS(mlockall), 0, 0, 0},
    {SCMP_SYS(landlock_create_ruleset), 0, 0, 0},
    {SCMP_SYS(landlock_restrict_self), 0, 0, 0},
};
/* What one does besides that begins programs which are not ours: a session for each, to end it by.
 */
static const struct call beginning_programs[] = {
    {SCMP_SYS(setsid), 0, 0, 0},
    {SCMP_SYS(landlock_add_rule), 0, 0, 0},
    {SCMP_SYS(chdir), 0, 0, 0},
};
/* A program that is not ours, a shell with its pipelines, say; it leaves no session. */
static const struct call running[] = {
    {SCMP_SYS(execve), 0, 0, 0},
    {SCMP_SYS(clone), 0, NAMESPACES, 0},
    {SCMP_SYS(vfork), 0, 0, 0},
    {SCMP_SYS(wait4), 0, 0, 0},
    {SCMP_SYS(waitid), 0, 0, 0},
    {SCMP_SYS(pipe), 0, 0, 0},
    {SCMP_SYS(pipe2), 0, 0, 0},
    {SCMP_SYS(dup), 0, 0, 0},
    {SCMP_SYS(dup2), 0, 0, 0},
    {SCMP_SYS(dup3), 0, 0, 0},
    {SCMP_SYS(fcntl), 1, INT, F_DUPFD},
    {SCMP_SYS(fcntl), 1, INT, F_DUPFD_CLOEXEC},
    {SCMP_SYS(select), 0, 0, 0},
    {SCMP_SYS(pselect6), 0, 0, 0},
    {SCMP_SYS(open), 0, 0, 0},
    {SCMP_SYS(openat), 0, 0, 0},
    {SCMP_SYS(pread64), 0, 0, 0},
    {SCMP_SYS(stat), 0, 0, 0},
    {SCMP_SYS(lstat), 0, 0, 0},
    {SCMP_SYS(statx), 0, 0, 0},
    {SCMP_SYS(access), 0, 0, 0},
    {SCMP_SYS(faccessat), 0, 0, 0},
    {SCMP_SYS(faccessat2), 0, 0, 0},
    {SCMP_SYS(newfstatat), 0, 0, 0},
    {SCMP_SYS(getcwd), 0, 0, 0},
    {SCMP_SYS(readlink), 0, 0, 0},
    {SCMP_SYS(readlinkat), 0, 0, 0},
    {SCMP_SYS(getdents64), 0, 0, 0},
    {SCMP_SYS(arch_prctl), 0, 0, 0},
    {SCMP_SYS(set_tid_address), 0, 0, 0},
    {SCMP_SYS(set_robust_list), 0, 0, 0},
    {SCMP_SYS(rseq), 0, 0, 0},
    {SCMP_SYS(prlimit64), 0, INT, 0},
    {SCMP_SYS(getrlimit), 0, 0, 0},
    {SCMP_SYS(sched_getaffinity), 0, 0, 0},
    {SCMP_SYS(sigaltstack), 0, 0, 0},
    {SCMP_SYS(rt_sigsuspend), 0, 0, 0},
    {SCMP_SYS(umask), 0, 0, 0},
    {SCMP_SYS(uname), 0, 0, 0},
    {SCMP_SYS(time), 0, 0, 0},
    {SCMP_SYS(getppid), 0, 0, 0},
    {SCMP_SYS(getgid), 0, 0, 0},
    {SCMP_SYS(getegid), 0, 0, 0},
    {SCMP_SYS(getpgrp), 0, 0, 0},
};

static int allow(scmp_filter_ctx filter, const struct call *calls, size_t count)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < count; i++) {
        const struct call *c = &calls[i];
        const struct scmp_arg_cmp is = {
            .arg = c->argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = c->mask, .datum_b = c->value};
        r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, c->number, c->mask != 0, &is);
    }
    return r < 0 ? ERR_IO : 0;
}

/* Calls that fail and don't end the process. */
static int refuse(scmp_filter_ctx filter, int number, unsigned error)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(error), number, 0) < 0 ? ERR_IO : 0;
}

/* Only to itself: what abort() does. */
static int allow_own_signals(scmp_filter_ctx filter)
{
    const struct call own = {SCMP_SYS(tgkill), 0, INT, (uint64_t)getpid()};
    return allow(filter, &own, 1);
}

/* Streams over IP alone: UNIX sockets lead to other processes, datagrams anywhere without a word.
 */
static int allow_tcp(scmp_filter_ctx filter)
{
    static const int families[] = {AF_INET, AF_INET6};
    int r = 0;
    for (size_t i = 0; r == 0 && i < COUNT(families); i++) {
        const struct scmp_arg_cmp is[] = {
            SCMP_A0(SCMP_CMP_MASKED_EQ, INT, (scmp_datum_t)families[i]),
            SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM)};
        r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), COUNT(is), is);
    }
    return r < 0 ? ERR_IO : 0;
}

static int add_rules(scmp_filter_ctx filter, const struct confine *c)
{
    bool has_folders = c->folders[0].reach != CONFINE_NO_FOLDER;
    bool has_files = has_folders && !c->runs;
    const struct {
        bool wanted;
        const struct call *calls;
        size_t count;
    } parts[] = {{true, always, COUNT(always)},
                 {has_files, files, COUNT(files)},
                 {c->accept, accepting, COUNT(accepting)},
                 {c->serve, serving, COUNT(serving)},
                 {c->rewrite_files, rewriting, COUNT(rewriting)},
                 {c->connections, connections, COUNT(connections)},
                 {c->connects, connecting, COUNT(connecting)},
                 {c->dials, dialing, COUNT(dialing)},
                 {c->try_sockets, trying, COUNT(trying)},
                 {c->begins, beginning, COUNT(beginning)},
                 {c->begins && c->runs, beginning_programs, COUNT(beginning_programs)},
                 {c->runs, running, COUNT(running)}};
    int r = allow_own_signals(filter);
    for (size_t i = 0; r == 0 && i < COUNT(parts); i++)
        r = parts[i].wanted ? allow(filter, parts[i].calls, parts[i].count) : 0;
    if (r == 0 && c->dials)
        r = allow_tcp(filter);
    /* glibc's fstat is this one, too, and what it names cannot be seen from here. */
    if (r == 0 && !has_folders)
        r = refuse(filter, SCMP_SYS(newfstatat), EACCES);
    if (r == 0 && (c->serve || c->runs))
        r = refuse(filter, SCMP_SYS(clone3), ENOSYS);
    /* glibc looks how many processors there are, other libraries for settings: they do without. */
    if (r == 0 && c->serve && !has_folders)
        r = refuse(filter, SCMP_SYS(openat), EACCES);
    /* curl connects what it was told is connected, and then looks whether it is. */
    if (r == 0 && c->try_sockets)
        r = refuse(filter, SCMP_SYS(connect), EINPROGRESS);
    if (r == 0 && c->try_sockets)
        r = refuse(filter, SCMP_SYS(socket), EAFNOSUPPORT);
    return r;
}

int confine_calls(const struct confine *c, struct diag *d)
{
    scmp_filter_ctx filter = seccomp_init(c->runs ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
    if (filter == NULL)
        return diag_set(d, ERR_IO, "seccomp: no filter can be made");
    int r = add_rules(filter, c);
    if (r == 0 && seccomp_load(filter) < 0)
        r = ERR_IO;
    seccomp_release(filter);
    return r < 0 ? diag_set(d, r, "seccomp: the kernel does not take the filter") : 0;
}
