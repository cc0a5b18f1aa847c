#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "base/confine_internal.h"

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
#define LANDLOCK_NET_BIND_TCP UINT64_C(1)
#define LANDLOCK_SCOPED UINT64_C(3) /* abstract UNIX sockets and signals */

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
    /* documents/, log/, each journal's folder and its files' */
    [CONFINE_SERVER] = {.folders = {{CONFINE_READ, NULL}},
                        .any_number = true,
                        .accept = true,
                        .serve = true},
    /* its own folder */
    [CONFINE_MIRROR] = {.folders = {{CONFINE_WRITE, NULL}}, .dials = true},
};
_Static_assert(COUNT(daemons) == CONFINE_DAEMONS, "a row for each daemon");

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
        a.handled_access_net = c->dials ? LANDLOCK_NET_BIND_TCP : LANDLOCK_NET_TCP;
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
    (void)c, (void)confine_calls, (void)restrict_files, (void)lock_memory, (void)drop_capabilities;
    (void)d;
#else
    report.memory_locked = c->lock_memory && lock_memory();
    int r = drop_capabilities(d);
    if (r == 0)
        r = restrict_files(c, &report.landlock, d);
    if (r == 0)
        r = confine_calls(c, d);
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
