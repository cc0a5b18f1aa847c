/* What each daemon's confinement leaves it, tried one by one: a child confines itself as the daemon
 * does, makes one attempt, and how it ended tells. The table is the one of docs/threat-model.md. */
#include <setjmp.h> /* cmocka.h needs these before it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/confine.h"
#include "base/file.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define NOT_SET 99       /* the child was not confined */
#define NO_LANDLOCK 98   /* by this kernel not wholly */
#define LANDLOCK_WHOLE 6 /* the version that knows files, TCP, signals and abstract sockets */

/* ---- what is there to be reached: of the same user, as all of a network's processes are ---- */

static struct {
    char folder[40];
    char *own, *own_file, *read, *read_file, *other, *other_file, *doomed, *socket;
    int listener, abstract;
    char abstract_name[32]; /* behind its NUL */
    int pair[2];            /* a stream that was handed over */
    pid_t victim;           /* a process that waits */
    int *word;              /* shared with it */
} scene;

static void address_of(struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(ret->sun_path, sizeof ret->sun_path, "%s", scene.socket);
}

static int listen_at(const struct sockaddr_un *a, size_t len)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool set = bind(fd, (const struct sockaddr *)a, (socklen_t)len) == 0 && listen(fd, 64) == 0;
    return set ? fd : -1;
}

static char *make(const char *name, char **ret_file)
{
    char *path = file_join(scene.folder, name);
    *ret_file = file_join(path, "file");
    if (mkdir(path, 0700) != 0 || file_write(*ret_file, "x", 1, 0600, NULL) < 0)
        abort();
    return path;
}

static int set_up(void **state)
{
    struct sockaddr_un a, abstract = {.sun_family = AF_UNIX};
    (void)state;
    strcpy(scene.folder, "/tmp/ironside-wall.XXXXXX");
    if (mkdtemp(scene.folder) == NULL)
        return -1;
    scene.own = make("own", &scene.own_file);
    scene.read = make("read", &scene.read_file);
    scene.other = make("other", &scene.other_file);
    scene.doomed = file_join(scene.other, "doomed");
    scene.socket = file_join(scene.folder, "socket");
    address_of(&a);
    scene.listener = listen_at(&a, sizeof a);
    int len = snprintf(scene.abstract_name, sizeof scene.abstract_name, "ironside-wall-%d",
                       (int)getpid());
    memcpy(abstract.sun_path + 1, scene.abstract_name, (size_t)len);
    scene.abstract = listen_at(&abstract, offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
    scene.word =
        mmap(NULL, sizeof *scene.word, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (file_write(scene.doomed, "x", 1, 0600, NULL) < 0 || scene.listener < 0 ||
        scene.abstract < 0 || scene.word == MAP_FAILED ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, scene.pair) != 0)
        return -1;
    *scene.word = 7;
    scene.victim = fork();
    if (scene.victim == 0)
        for (;;)
            pause();
    return scene.victim > 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    kill(scene.victim, SIGKILL);
    waitpid(scene.victim, NULL, 0);
    char *paths[] = {scene.own,   scene.own_file,   scene.read,   scene.read_file,
                     scene.other, scene.other_file, scene.doomed, scene.socket};
    for (size_t i = 0; i < COUNT(paths); i++)
        free(paths[i]);
    return file_remove_tree(scene.folder, NULL);
}

/* ---- the attempts: true when one did what it says ---- */

static bool opens(const char *path, int flags)
{
    return open(path, flags | O_CLOEXEC, 0600) >= 0;
}

static bool read_own(void)
{
    return opens(scene.own_file, O_RDWR);
}
static bool make_own(void)
{
    CLEANUP_FREE char *path = file_join(scene.own, "new");
    return opens(path, O_RDWR | O_CREAT);
}
static bool read_documents(void)
{
    return opens(scene.read_file, O_RDONLY);
}
static bool write_documents(void)
{
    return opens(scene.read_file, O_WRONLY);
}
static bool read_other(void)
{
    return opens(scene.other_file, O_RDONLY);
}
static bool make_other(void)
{
    CLEANUP_FREE char *path = file_join(scene.other, "new");
    return opens(path, O_RDWR | O_CREAT);
}
static bool remove_other(void)
{
    return unlink(scene.doomed) == 0;
}
static bool link_other(void)
{
    CLEANUP_FREE char *path = file_join(scene.own, "linked");
    return link(scene.other_file, path) == 0;
}
static bool stat_other(void)
{
    struct stat st;
    return stat(scene.other_file, &st) == 0;
}
static bool list_other(void)
{
    return opendir(scene.other) != NULL;
}
static bool list_processes(void)
{
    return opendir("/proc") != NULL;
}
static bool read_memory_file(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", (int)scene.victim);
    return opens(path, O_RDONLY);
}
static bool read_own_maps(void)
{
    return opens("/proc/self/maps", O_RDONLY);
}
static bool watch_other(void)
{
    int fd = inotify_init1(IN_CLOEXEC);
    return fd >= 0 && inotify_add_watch(fd, scene.other, IN_ALL_EVENTS) >= 0;
}

static bool connect_unix(void)
{
    struct sockaddr_un a;
    address_of(&a);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
}
static bool connect_again(void)
{
    struct sockaddr_un a;
    address_of(&a);
    return connect(scene.pair[0], (struct sockaddr *)&a, sizeof a) == 0 || errno == EISCONN;
}
static bool connect_abstract(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t len = strlen(scene.abstract_name);
    memcpy(a.sun_path + 1, scene.abstract_name, len);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    len += offsetof(struct sockaddr_un, sun_path) + 1;
    return fd >= 0 && connect(fd, (struct sockaddr *)&a, (socklen_t)len) == 0;
}
static bool connect_inet(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}
static bool netlink(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}
static bool packet(void)
{
    return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
}
static bool vsock(void)
{
    return socket(AF_VSOCK, SOCK_STREAM, 0) >= 0;
}
static bool bind_unix(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s.bound", scene.socket);
    return bind(scene.pair[0], (struct sockaddr *)&a, sizeof a) == 0;
}
static bool listen_anew(void)
{
    return listen(scene.listener, 1) == 0;
}
static bool accept_there(void)
{
    fcntl(scene.listener, F_SETFL, O_NONBLOCK);
    return accept4(scene.listener, NULL, NULL, 0) >= 0 || errno == EAGAIN;
}
/* An address in sendto, on a pair of datagram sockets. */
static bool send_elsewhere(void)
{
    struct sockaddr_un a;
    address_of(&a);
    int pair[2] = {scene.pair[0], scene.pair[1]};
    (void)!socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    return sendto(pair[0], "x", 1, 0, (struct sockaddr *)&a, sizeof a) == 1 || errno == EISCONN ||
           errno == EPROTOTYPE;
}
static bool hand_descriptor_over(void)
{
    struct msghdr m = {0};
    return sendmsg(scene.pair[0], &m, 0) >= 0;
}
static bool take_descriptor(void)
{
    struct msghdr m = {0};
    return recvmsg(scene.pair[0], &m, MSG_DONTWAIT) >= 0 || errno == EAGAIN;
}
static bool steal_descriptor(void)
{
    int fd = (int)syscall(SYS_pidfd_open, scene.victim, 0);
    return fd >= 0 && syscall(SYS_pidfd_getfd, fd, scene.listener, 0) >= 0;
}
static bool ring(void)
{
    char room[256] = "";
    return syscall(SYS_io_uring_setup, 1, room) >= 0 || errno == EINVAL;
}

static bool signal_other(void)
{
    return kill(scene.victim, 0) == 0;
}
static bool signal_thread(void)
{
    return syscall(SYS_tgkill, scene.victim, scene.victim, 0) == 0;
}
static bool signal_by_file(void)
{
    return fcntl(scene.pair[0], F_SETOWN, scene.victim) == 0;
}
static bool signal_queue(void)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return syscall(SYS_rt_sigqueueinfo, scene.victim, SIGWINCH, &info) == 0;
}
static bool signal_by_pidfd(void)
{
    return syscall(SYS_pidfd_open, scene.victim, 0) >= 0;
}
static bool limit_other(void)
{
    return syscall(SYS_prlimit64, scene.victim, 7, NULL, NULL) == 0;
}
static bool schedule_other(void)
{
    return setpriority(PRIO_PROCESS, (id_t)scene.victim, 19) == 0;
}

static bool trace(void)
{
    return ptrace(PTRACE_ATTACH, scene.victim, NULL, NULL) == 0;
}
static bool read_memory(void)
{
    int word = 0;
    struct iovec here = {&word, sizeof word}, there = {scene.word, sizeof word};
    return process_vm_readv(scene.victim, &here, 1, &there, 1, 0) == sizeof word;
}
static bool write_memory(void)
{
    int word = 8;
    struct iovec here = {&word, sizeof word}, there = {scene.word, sizeof word};
    return process_vm_writev(scene.victim, &here, 1, &there, 1, 0) == sizeof word;
}
static bool compare(void)
{
    return syscall(SYS_kcmp, getpid(), scene.victim, KCMP_FILE, 0, 0) >= 0;
}
static bool count_events(void)
{
    char attributes[128] = "";
    return syscall(SYS_perf_event_open, attributes, scene.victim, -1, -1, 0) >= 0 ||
           errno == EINVAL || errno == E2BIG || errno == ENOENT;
}

static bool fork_away(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0;
}
static void *nothing_to_do(void *context)
{
    return context;
}
static bool begin_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, nothing_to_do, NULL) == 0;
}
static bool run_program(void)
{
    execl("/bin/true", "true", NULL);
    return false;
}
static bool leave_session(void)
{
    return setsid() > 0;
}
static bool unshare_all(void)
{
    return syscall(SYS_unshare, 0x10000000) == 0;
}
static bool load_program(void)
{
    char attributes[64] = "";
    return syscall(SYS_bpf, 0, attributes, sizeof attributes) >= 0 || errno == EINVAL;
}
static bool allow_debugger(void)
{
    return syscall(SYS_prctl, 4, 1, 0, 0, 0) == 0;
}
static bool type_on_terminal(void)
{
    return syscall(SYS_ioctl, scene.pair[0], 0x5412, "x") == 0 || errno == ENOTTY;
}
static bool share_memory(void)
{
    return syscall(SYS_shmget, 1234, 4096, 01600) >= 0;
}

/* ---- the table ---- */

enum outcome { /* the child's exit status */
               WORKS,
               FAILS,
               ENDS, /* by the kernel */
};
static const char letters[] = {[ENDS] = 'x', [FAILS] = '-', [WORKS] = '+'};

/* One character for each daemon, in the enum's order: connector, link, opener, keeper, registrar,
 * the desk's reader, index, front, workers, worker, translators, translator; what serves an
 * archive, and what mirrors one. */
static const struct attempt {
    const char *name;
    bool (*make)(void);
    char outcomes[CONFINE_DAEMONS + 1];
    bool rare; /* works not on every machine, or for root alone */
} attempts[] = {
    {"open: files of its own folders", read_own, "xxx++-+-xx---+"},
    {"open: new files in its own folders", make_own, "xxx++-+-xx---+"},
    {"open: documents, to read", read_documents, "xxx-++--xx+++-"},
    {"open: documents, to write", write_documents, "xxx-----xx----"},
    {"open: other files, to read", read_other, "xxx-----xx----"},
    {"open: new files elsewhere", make_other, "xxx-----xx----"},
    {"open: remove other files", remove_other, "xxx----xxx----"},
    {"open: a link to another file", link_other, "xxx----xxx----"},
    {"open: /proc/PID/mem", read_memory_file, "xxx-----xx----", true},
    {"open: /proc/self/maps", read_own_maps, "xxx-----xx----"},
    {"list: other folders", list_other, "xxx-----xx----"},
    {"list: processes in /proc", list_processes, "xxx-----xx----"},
    {"list: is there a file, and how large", stat_other, "---++++---++++"},
    {"list: changes of a folder (inotify)", watch_other, "xxxxxxxxxx--xx"},
    {"connect: a UNIX socket by its path", connect_unix, "+xxx-xxxxx--xx"},
    {"connect: a descriptor that it has", connect_again, "+xxx-xxxxx--x+"},
    {"connect: an abstract UNIX socket", connect_abstract, "-xxx-xxxxx--xx"},
    {"connect: the network", connect_inet, "xxxx-xxxxx--x+"},
    {"connect: netlink", netlink, "xxxx-xxxxx--xx"},
    {"connect: raw packets", packet, "xxxx-xxxxx--xx", true},
    {"connect: the hypervisor (vsock)", vsock, "xxxx-xxxxx--xx", true},
    {"connect: bind", bind_unix, "xxxxxxxxxx--xx"},
    {"connect: listen", listen_anew, "xxxxxxxxxx--xx"},
    {"connect: accept on what listens", accept_there, "xxxx+xx+xx--+x"},
    {"connect: a datagram to any address", send_elsewhere, "xxxxxxxxxx--xx"},
    {"connect: hand over a descriptor", hand_descriptor_over, "+xxxxxx+xx--++"},
    {"connect: take a descriptor", take_descriptor, "x+xx+xxxxx--x+"},
    {"connect: take another's (pidfd_getfd)", steal_descriptor, "xxxxxxxxxx--xx", true},
    {"connect: io_uring", ring, "xxxxxxxxxx--xx", true},
    {"signal: kill", signal_other, "xxxxxxxxxx--xx"},
    {"signal: tgkill", signal_thread, "xxxxxxxxxx--xx"},
    {"signal: rt_sigqueueinfo", signal_queue, "xxxxxxxxxx--xx"},
    {"signal: pidfd_open", signal_by_pidfd, "xxxxxxxxxx--xx"},
    {"signal: as a descriptor's owner (F_SETOWN)", signal_by_file, "xxxxxxxxxx--xx"},
    {"signal: limits of another", limit_other, "xxxxxxxxxx--xx"},
    {"signal: priority of another", schedule_other, "xxxxxxxxxx--xx"},
    {"compare: ptrace", trace, "xxxxxxxxxx--xx", true},
    {"compare: process_vm_readv", read_memory, "xxxxxxxxxx--xx", true},
    {"compare: process_vm_writev", write_memory, "xxxxxxxxxx--xx", true},
    {"compare: kcmp", compare, "xxxxxxxxxx--xx", true},
    {"compare: perf_event_open", count_events, "xxxxxxxxxx--xx", true},
    {"compare: System V shared memory", share_memory, "xxxxxxxxxx--xx"},
    {"begin: fork", fork_away, "xxxxxxxx+x++xx"},
    {"begin: a thread", begin_thread, "xxxxxxx+xx+++x"},
    {"begin: another program", run_program, "xxxxxxxxxx++xx"},
    {"begin: a session of its own", leave_session, "xxxxxxxxxx+-xx"},
    {"begin: namespaces", unshare_all, "xxxxxxxxxx--xx", true},
    {"begin: programs in the kernel (bpf)", load_program, "xxxxxxxxxx--xx", true},
    {"begin: allow a debugger (prctl)", allow_debugger, "xxxxxxxxxx--xx"},
    {"begin: type on the terminal (TIOCSTI)", type_on_terminal, "xxxxxxxxxx--xx"},
};
_Static_assert(COUNT(attempts) > 0 && CONFINE_DAEMONS == 14, "a column for each daemon");

static int confine_as(enum confine_daemon who, struct confine_report *ret)
{
    const char *const keeper[] = {scene.own, scene.own};
    const char *const registrar[] = {scene.own, scene.own, scene.read};
    const char *const reader[] = {scene.read, scene.read, NULL};
    const char *const index[] = {scene.own};
    const char *const translators[] = {"/usr", scene.read, NULL};
    const char *const *const folders[CONFINE_DAEMONS] = {
        [CONFINE_KEEPER] = keeper,           [CONFINE_REGISTRAR] = registrar,
        [CONFINE_READER] = reader,           [CONFINE_INDEX] = index,
        [CONFINE_TRANSLATORS] = translators, [CONFINE_TRANSLATOR] = translators,
        [CONFINE_SERVER] = reader,           [CONFINE_MIRROR] = index};
    return confine_daemon(who, folders[who], ret, NULL);
}

/* In a child that is confined as this daemon is. */
static int attempt_as(enum confine_daemon who, const struct attempt *a)
{
    struct confine_report r = {0};
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        if (confine_as(who, &r) < 0 || !r.seccomp)
            _exit(NOT_SET);
        if (r.landlock < LANDLOCK_WHOLE)
            _exit(NO_LANDLOCK);
        _exit(a->make() ? WORKS : FAILS);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        return ENDS;
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static bool is_confined_wholly(void)
{
    const struct attempt nothing = {"nothing", take_descriptor, ""};
    int how = attempt_as(CONFINE_LINK, &nothing);
    return how != NOT_SET && how != NO_LANDLOCK;
}

static void confine__daemons__reach_what_the_table_says(void **state)
{
    size_t wrong = 0;
    (void)state;
    if (!is_confined_wholly())
        skip(); /* sanitizers, or an older kernel */
    for (size_t i = 0; i < COUNT(attempts); i++) {
        char found[CONFINE_DAEMONS + 1] = "";
        for (int who = 0; who < CONFINE_DAEMONS; who++)
            found[who] = letters[attempt_as((enum confine_daemon)who, &attempts[i])];
        if (strcmp(found, attempts[i].outcomes) == 0)
            continue;
        print_error("%-45s %s, expected %s\n", attempts[i].name, found, attempts[i].outcomes);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* Without a wall each attempt does what it says: else its row would prove nothing. */
static void confine__daemons__attempts_work_unconfined(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(attempts); i++) {
        int status = 0;
        pid_t pid = fork();
        if (pid == 0)
            _exit(attempts[i].make() ? WORKS : FAILS);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == WORKS)
            continue;
        print_error("%s: not even unconfined\n", attempts[i].name);
        wrong += !attempts[i].rare;
    }
    assert_int_equal(wrong, 0);
}

/* The table for docs/threat-model.md; tests/scenario/61-walls.sh compares the two. */
static int print_table(void)
{
    for (size_t i = 0; i < COUNT(attempts); i++) {
        printf("| %s |", attempts[i].name);
        for (int who = 0; who < CONFINE_DAEMONS; who++)
            printf(" %c |", attempts[i].outcomes[who]);
        putchar('\n');
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--table") == 0)
        return print_table();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confine__daemons__reach_what_the_table_says),
        cmocka_unit_test(confine__daemons__attempts_work_unconfined),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
