#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/cleanup.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Debian 12's kernel headers end at version 2 of the interface: what later ones added. */
struct landlock_attr {
    uint64_t handled_access_fs;
    uint64_t handled_access_net; /* version 4 */
    uint64_t scoped;             /* version 6 */
};
#define LANDLOCK_FS_VERSION_1 ((UINT64_C(1) << 13) - 1)
#define LANDLOCK_FS_REFER (UINT64_C(1) << 13)     /* version 2 */
#define LANDLOCK_FS_TRUNCATE (UINT64_C(1) << 14)  /* version 3 */
#define LANDLOCK_FS_IOCTL_DEV (UINT64_C(1) << 15) /* version 5 */
#define LANDLOCK_NET_TCP UINT64_C(3)              /* bind and connect */
#define LANDLOCK_SCOPED UINT64_C(3)               /* abstract UNIX sockets and signals */

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

/* What each daemon keeps. */
static const struct confine daemons[] = {
    [CONFINE_CONNECTOR] = {.connects = true},
    [CONFINE_LINK] = {.connections = true},
    [CONFINE_OPENER] = {.rewrite_files = true, .lock_memory = true},
    /* the journal, the files */
    [CONFINE_KEEPER] = {.folders = {{CONFINE_WRITE, NULL}, {CONFINE_WRITE, NULL}}},
    /* its vault, the public log, documents/ */
    [CONFINE_REGISTRAR] = {.folders = {{CONFINE_WRITE, NULL},
                                       {CONFINE_WRITE, NULL},
                                       {CONFINE_READ, NULL}},
                           .connections = true,
                           .try_sockets = true,
                           .accept = true},
    /* documents/, log/, a replay network's run/, each journal's folder and its files' */
    [CONFINE_READER] = {.folders = {{CONFINE_READ, NULL}, {CONFINE_READ, NULL}},
                        .any_number = true,
                        .lock_memory = true},
    /* the vault's */
    [CONFINE_INDEX] = {.folders = {{CONFINE_WRITE, NULL}}, .lock_memory = true},
    [CONFINE_FRONT] = {.accept = true, .serve = true, .lock_memory = true},
    [CONFINE_WORKERS] = {.begins = true, .lock_memory = true},
    [CONFINE_WORKER] = {.lock_memory = true},
    /* the system's programs and libraries, the adapters' folders */
    [CONFINE_TRANSLATORS] = {.folders = {{CONFINE_RUN, NULL}},
                             .any_number = true,
                             .begins = true,
                             .runs = true,
                             .lock_memory = true},
    [CONFINE_TRANSLATOR] = {.folders = {{CONFINE_RUN, NULL}}, .any_number = true, .runs = true},
};
_Static_assert(COUNT(daemons) == CONFINE_DAEMONS, "a row for each daemon");

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
                 {c->try_sockets, trying, COUNT(trying)},
                 {c->begins, beginning, COUNT(beginning)},
                 {c->begins && c->runs, beginning_programs, COUNT(beginning_programs)},
                 {c->runs, running, COUNT(running)}};
    int r = allow_own_signals(filter);
    for (size_t i = 0; r == 0 && i < COUNT(parts); i++)
        r = parts[i].wanted ? allow(filter, parts[i].calls, parts[i].count) : 0;
    /* glibc's fstat is this one, too, and what it names cannot be seen from here. */
    if (r == 0 && !has_folders)
        r = refuse(filter, SCMP_SYS(newfstatat), EACCES);
    if (r == 0 && (c->serve || c->runs))
        r = refuse(filter, SCMP_SYS(clone3), ENOSYS);
    /* glibc looks how many processors there are, other libraries for settings: they do without. */
    if (r == 0 && c->serve)
        r = refuse(filter, SCMP_SYS(openat), EACCES);
    /* curl connects what it was told is connected, and then looks whether it is. */
    if (r == 0 && c->try_sockets)
        r = refuse(filter, SCMP_SYS(connect), EINPROGRESS);
    if (r == 0 && c->try_sockets)
        r = refuse(filter, SCMP_SYS(socket), EAFNOSUPPORT);
    return r;
}

static int restrict_calls(const struct confine *c, struct diag *d)
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

static int landlock_path(int ruleset, const char *path, int flags, uint64_t access)
{
    CLEANUP_CLOSE int fd = open(path, O_PATH | O_CLOEXEC | flags);
    if (fd < 0)
        return ERR_IO;
    struct landlock_path_beneath_attr below = {.allowed_access = access, .parent_fd = fd};
    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &below, 0) != 0
               ? ERR_IO
               : 0;
}

static int landlock_folders(int ruleset, const struct confine *c, uint64_t all)
{
    const uint64_t read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    int r = 0;
    for (size_t i = 0; r == 0 && i < CONFINE_FOLDERS_MAX; i++) {
        const struct confine_folder *f = &c->folders[i];
        if (f->reach == CONFINE_NO_FOLDER)
            break;
        const uint64_t rights[] = {0, read, all, read | LANDLOCK_ACCESS_FS_EXECUTE};
        r = landlock_path(ruleset, f->path, O_DIRECTORY, rights[f->reach]);
    }
    if (r == 0 && c->runs) /* what a shell throws away */
        r = landlock_path(ruleset, "/dev/null", 0,
                          LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
    return r;
}

static int restrict_files(const struct confine *c, int *ret_version, struct diag *d)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    *ret_version = 0;
    if (version < 1)
        return 0; /* a kernel without it */
    struct landlock_attr a = {.handled_access_fs = LANDLOCK_FS_VERSION_1};
    size_t size = sizeof a.handled_access_fs;
    a.handled_access_fs |= version >= 2 ? LANDLOCK_FS_REFER : 0;
    a.handled_access_fs |= version >= 3 ? LANDLOCK_FS_TRUNCATE : 0;
    a.handled_access_fs |= version >= 5 ? LANDLOCK_FS_IOCTL_DEV : 0;
    if (version >= 4) {
        a.handled_access_net = LANDLOCK_NET_TCP;
        size = 2 * sizeof(uint64_t);
    }
    if (version >= 6) {
        a.scoped = LANDLOCK_SCOPED;
        size = sizeof a;
    }
    CLEANUP_CLOSE int ruleset = (int)syscall(SYS_landlock_create_ruleset, &a, size, 0);
    if (ruleset < 0 || landlock_folders(ruleset, c, a.handled_access_fs) < 0 ||
        syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        return diag_set(d, ERR_IO, "Landlock: %s", strerror(errno));
    *ret_version = (int)version;
    return 0;
}

/* Locking future memory under a small limit would make allocations fail: only where it can hold.
 * What is never touched, such as most of a thread's stack, takes none. */
static bool lock_memory(void)
{
    const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    struct rlimit now;
    (void)setrlimit(RLIMIT_MEMLOCK, &unlimited);
    return getrlimit(RLIMIT_MEMLOCK, &now) == 0 && now.rlim_cur == RLIM_INFINITY &&
           mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

static int drop_capabilities(struct diag *d)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    for (unsigned long cap = 0; cap <= 63; cap++)
        (void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    if (syscall(SYS_capset, &header, none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return diag_set(d, ERR_IO, "capabilities cannot be dropped: %s", strerror(errno));
    return 0;
}

int confine_process(const struct confine *c, struct confine_report *ret, struct diag *d)
{
    struct confine_report report = {0};
#ifdef IRONSIDE_SANITIZED
    (void)c, (void)restrict_calls, (void)restrict_files, (void)lock_memory, (void)drop_capabilities;
    (void)d;
#else
    report.memory_locked = c->lock_memory && lock_memory();
    int r = drop_capabilities(d);
    if (r == 0)
        r = restrict_files(c, &report.landlock, d);
    if (r == 0)
        r = restrict_calls(c, d);
    if (r < 0)
        return r;
    report.seccomp = true;
#endif
    confine_describe(c, &report, report.text, sizeof report.text);
    *ret = report;
    return 0;
}

int confine_daemon(enum confine_daemon who, const char *const *folders, struct confine_report *ret,
                   struct diag *d)
{
    struct confine c = daemons[who];
    size_t i = 0;
    for (; i < CONFINE_FOLDERS_MAX && c.folders[i].reach != CONFINE_NO_FOLDER; i++)
        c.folders[i].path = folders[i];
    for (; c.any_number && i < CONFINE_FOLDERS_MAX && folders[i] != NULL; i++)
        c.folders[i] = (struct confine_folder){c.folders[i - 1].reach, folders[i]};
    return confine_process(&c, ret, d);
}

void confine_describe(const struct confine *c, const struct confine_report *r, char *ret,
                      size_t size)
{
    char landlock[48] = "no Landlock (the kernel has none)";
    if (r->landlock > 0)
        snprintf(landlock, sizeof landlock, "Landlock %d", r->landlock);
#ifdef IRONSIDE_SANITIZED
    snprintf(landlock, sizeof landlock, "not confined (sanitizers)");
#endif
    snprintf(ret, size, "%s%s%s", r->seccomp ? "seccomp, " : "", landlock,
             !c->lock_memory    ? ""
             : r->memory_locked ? ", memory locked"
                                : ", memory not locked (RLIMIT_MEMLOCK is too low)");
}
