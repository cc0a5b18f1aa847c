#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
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

/* What every process of ours does: read and write what is open, wait, manage its memory, end. */
static const int always[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fcntl),
    SCMP_SYS(lseek),
    SCMP_SYS(brk),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(getrandom),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(tgkill),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
};
/* SQLite below its folder. */
static const int files[] = {
    SCMP_SYS(openat),     SCMP_SYS(open),      SCMP_SYS(pread64),    SCMP_SYS(pwrite64),
    SCMP_SYS(fsync),      SCMP_SYS(fdatasync), SCMP_SYS(ftruncate),  SCMP_SYS(fallocate),
    SCMP_SYS(stat),       SCMP_SYS(lstat),     SCMP_SYS(statx),      SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),   SCMP_SYS(access),    SCMP_SYS(faccessat),  SCMP_SYS(faccessat2),
    SCMP_SYS(getcwd),     SCMP_SYS(readlink),  SCMP_SYS(readlinkat), SCMP_SYS(fchown),
    SCMP_SYS(fchmod),     SCMP_SYS(rename),    SCMP_SYS(renameat),   SCMP_SYS(renameat2),
    SCMP_SYS(mkdir),      SCMP_SYS(mkdirat),   SCMP_SYS(link),       SCMP_SYS(linkat),
    SCMP_SYS(getdents64), SCMP_SYS(fstatfs),   SCMP_SYS(statfs),
};
/* What curl does around a connection. */
static const int trying[] = {SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(socketpair),
                             SCMP_SYS(pipe2),       SCMP_SYS(eventfd2),    SCMP_SYS(ioctl),
                             SCMP_SYS(sendmsg),     SCMP_SYS(recvmsg),     SCMP_SYS(sysinfo)};
static const int connecting[] = {SCMP_SYS(connect), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
                                 SCMP_SYS(shutdown)};
static const int accepting[] = {SCMP_SYS(accept4), SCMP_SYS(accept), SCMP_SYS(getsockopt),
                                SCMP_SYS(shutdown)};
static const int rewriting[] = {SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(fsync),
                                SCMP_SYS(fdatasync), SCMP_SYS(ftruncate)};

static int allow(scmp_filter_ctx filter, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) < 0)
            return ERR_IO;
    return 0;
}

static int add_rules(scmp_filter_ctx filter, const struct confine *c)
{
    int r = allow(filter, always, COUNT(always));
    if (r == 0 && (c->folder != NULL || c->folders[0].path != NULL))
        r = allow(filter, files, COUNT(files));
    if (r == 0 && c->accept)
        r = allow(filter, accepting, COUNT(accepting));
    if (r == 0 && c->rewrite_files)
        r = allow(filter, rewriting, COUNT(rewriting));
    if (r == 0 && c->connect_unix) {
        r = allow(filter, connecting, COUNT(connecting));
        if (r == 0 && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                       SCMP_A0(SCMP_CMP_EQ, AF_UNIX)) < 0)
            r = ERR_IO;
        if (r == 0 && c->try_sockets)
            r = allow(filter, trying, COUNT(trying));
        if (r == 0 && c->try_sockets &&
            seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                             SCMP_A0(SCMP_CMP_NE, AF_UNIX)) < 0)
            r = ERR_IO;
    }
    return r;
}

static int restrict_calls(const struct confine *c, struct diag *d)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL)
        return diag_set(d, ERR_IO, "seccomp: no filter can be made");
    int r = add_rules(filter, c);
    if (r == 0 && seccomp_load(filter) < 0)
        r = ERR_IO;
    seccomp_release(filter);
    return r < 0 ? diag_set(d, r, "seccomp: the kernel does not take the filter") : 0;
}

static int landlock_folder(int ruleset, const char *folder, uint64_t access)
{
    CLEANUP_CLOSE int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
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
    const uint64_t remove = LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_SOCK;
    int r = c->folder == NULL ? 0 : landlock_folder(ruleset, c->folder, all);
    for (size_t i = 0; r == 0 && i < CONFINE_FOLDERS_MAX && c->folders[i].path != NULL; i++) {
        enum confine_reach reach = c->folders[i].reach;
        r = landlock_folder(ruleset, c->folders[i].path,
                            reach == CONFINE_READ    ? read
                            : reach == CONFINE_WRITE ? all
                                                     : remove);
    }
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

/* Locking future memory under a small limit would make allocations fail: only where it can hold. */
static bool lock_memory(void)
{
    const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    struct rlimit now;
    (void)setrlimit(RLIMIT_MEMLOCK, &unlimited);
    return getrlimit(RLIMIT_MEMLOCK, &now) == 0 && now.rlim_cur == RLIM_INFINITY &&
           mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
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
    *ret = report;
    return 0;
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
