#include "network/ejabberd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "network/admin.h"
#include "network/ejabberd_internal.h"
#include "network/layout.h"

#define START_MS 60000
#define STOP_MS 15000
#define LOOK_MS 20

struct ejabberd {
    char *dir; /* from the root */
    struct settings settings;
    pid_t pid;     /* 0: none, or it has ended */
    int lock;      /* the child has a copy: a server that outlives its launcher keeps it */
    off_t log_end; /* of the log before the start */
};

pid_t ejabberd_pid(const struct ejabberd *e)
{
    return e->pid;
}

static int take_lock(struct ejabberd *e, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(e->dir, LAYOUT_LOCK);
    e->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (e->lock < 0)
        return diag_set(d, ERR_IO, "cannot open %s: %s", path, strerror(errno));
    if (flock(e->lock, LOCK_EX | LOCK_NB) == 0)
        return 0;
    return diag_set(d, ERR_EXISTS, "the network in %s is running already", e->dir);
}

static socklen_t device_address(const struct settings *s, uint16_t port,
                                struct sockaddr_storage *ret)
{
    const char *text = ejabberd_bind_address(s);
    *ret = (struct sockaddr_storage){0};
    struct sockaddr_in *four = (struct sockaddr_in *)ret;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return sizeof *four;
    }
    *six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
    (void)inet_pton(AF_INET6, text, &six->sin6_addr);
    return sizeof *six;
}

/* Tries the port before ejabberd does, for a line that can be understood. */
static int check_port(const struct settings *s, const char *name, uint16_t port, struct diag *d)
{
    struct sockaddr_storage a;
    if (port == 0)
        return 0;
    socklen_t len = device_address(s, port, &a);
    CLEANUP_CLOSE int fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0)
        return diag_set(d, ERR_IO, "cannot make a socket: %s", strerror(errno));
    if (bind(fd, (struct sockaddr *)&a, len) == 0 && listen(fd, 1) == 0)
        return 0;
    if (errno == EADDRINUSE)
        return diag_set(d, ERR_EXISTS,
                        "port %u is taken by another program: stop it, or set another '%s' in "
                        "network.json",
                        port, name);
    return diag_set(d, ERR_IO, "cannot listen on %s port %u: %s", ejabberd_bind_address(s), port,
                    strerror(errno));
}

/* The folder with Debian's ejabberd, which differs by architecture. Owned by the caller. */
static int find_library(char **ret, struct diag *d)
{
    glob_t g;
    if (glob("/usr/lib/*/ejabberd-*/ebin/ejabberd.beam", 0, NULL, &g) != 0)
        return diag_set(d, ERR_NOT_FOUND, "ejabberd is not installed: apt-get install ejabberd");
    const char *path = g.gl_pathv[0];
    *ret = mem_string_n(path, (size_t)(strstr(path, "/ejabberd-") - path));
    globfree(&g);
    return 0;
}

static void remove_sockets(const char *dir)
{
    CLEANUP_FREE char *component = layout_path(dir, LAYOUT_COMPONENT_SOCKET);
    CLEANUP_FREE char *admin = layout_path(dir, LAYOUT_ADMIN_SOCKET);
    CLEANUP_FREE char *upload = layout_path(dir, LAYOUT_UPLOAD_SOCKET);
    (void)unlink(component);
    (void)unlink(admin);
    (void)unlink(upload);
}

/* Erlang's own options: no busy waiting; no distribution, so no epmd, no cookie, no node name. */
static int launch_with(struct ejabberd *e, const char *library, int console, struct diag *d)
{
    CLEANUP_FREE char *erl = process_beside("erl");
    CLEANUP_FREE char *mnesia = mem_format("\"%s/server/mnesia\"", e->dir);
    CLEANUP_FREE char *spool = layout_path(e->dir, LAYOUT_SERVER_SPOOL);
    CLEANUP_FREE char *conf = layout_path(e->dir, LAYOUT_SERVER_CONF);
    CLEANUP_FREE char *compile = ejabberd_module_compiled(e->dir);
    const char *const argv[] = {
        erl,         "+K",    "true",     "+P",    "250000",  "+sbwt",    "none",
        "+sbwtdcpu", "none",  "+sbwtdio", "none",  "-mnesia", "dir",      mnesia,
        "-pa",       conf,    "-eval",    compile, "-s",      "ejabberd", "-noinput",
        "-ejabberd", "quiet", "true",     NULL,
    };
    CLEANUP_FREE char *path =
        mem_format("PATH=%s", getenv("PATH") != NULL ? getenv("PATH") : "/usr/bin:/bin");
    CLEANUP_FREE char *home = mem_format("HOME=%s", spool);
    CLEANUP_FREE char *libs = mem_format("ERL_LIBS=%s", library);
    CLEANUP_FREE char *config =
        mem_format("EJABBERD_CONFIG_PATH=%s/server/conf/ejabberd.yml", e->dir);
    CLEANUP_FREE char *schema = mem_format("EJABBERD_MNESIA_SCHEMA=%s/server/conf", e->dir);
    CLEANUP_FREE char *log = mem_format("EJABBERD_LOG_PATH=%s/server/log/ejabberd.log", e->dir);
    const char *const env[] = {
        path, home, libs, config, schema, log, "ERL_CRASH_DUMP=/dev/null", "ERL_CRASH_DUMP_BYTES=0",
        NULL};
    const struct process p = {.argv = argv,
                              .env = env,
                              .folder = spool,
                              .fds = &e->lock,
                              .fd_count = 1,
                              .out_fd = console,
                              .own_session = true};
    return process_start(&p, &e->pid, d);
}

static int launch(struct ejabberd *e, struct diag *d)
{
    CLEANUP_FREE char *library = NULL;
    int r = find_library(&library, d);
    if (r < 0)
        return r;
    CLEANUP_FREE char *path = mem_format("%s/server/log/console.log", e->dir);
    CLEANUP_CLOSE int console = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (console < 0)
        return diag_set(d, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    remove_sockets(e->dir);
    e->log_end = ejabberd_log_size(e->dir);
    return launch_with(e, library, console, d);
}

static bool port_answers(const struct ejabberd *e)
{
    struct sockaddr_storage a;
    socklen_t len = device_address(&e->settings, e->settings.port, &a);
    CLEANUP_CLOSE int fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&a, len) == 0;
}

static bool socket_answers(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path)
        return false;
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
}

static bool admin_answers(const struct ejabberd *e, const char *path)
{
    CLEANUP(admin_free_cleanup) struct admin *a = admin_new(path, e->settings.domain);
    CLEANUP_SESSIONS struct admin_sessions s = {0};
    return admin_sessions(a, "ready", &s, NULL) == 0;
}

/* It listens before it has looked at its certificates, and may end then: only an answer counts.
 * The sockets first: they were removed, and it opens the port before them, so that a port that
 * answers afterwards is its own. */
static bool is_ready(const struct ejabberd *e)
{
    CLEANUP_FREE char *component = layout_path(e->dir, LAYOUT_COMPONENT_SOCKET);
    CLEANUP_FREE char *admin = layout_path(e->dir, LAYOUT_ADMIN_SOCKET);
    CLEANUP_FREE char *upload = layout_path(e->dir, LAYOUT_UPLOAD_SOCKET);
    return socket_answers(component) && socket_answers(admin) && admin_answers(e, admin) &&
           (e->settings.upload_port == 0 || socket_answers(upload)) && port_answers(e);
}

static int wait_until_ready(struct ejabberd *e, struct diag *d)
{
    int64_t deadline = clock_monotonic_ms() + START_MS;
    while (!is_ready(e)) {
        if (ejabberd_ended(e, d))
            return ERR_INVALID_STATE;
        if (clock_monotonic_ms() > deadline)
            return diag_set(d, ERR_TIMEOUT,
                            "ejabberd is not ready after %d seconds; its log is %s"
                            "/server/log/ejabberd.log",
                            START_MS / CLOCK_SECOND_MS, e->dir);
        (void)poll(NULL, 0, LOOK_MS);
    }
    return 0;
}

int ejabberd_start(const char *dir, const struct settings *s, struct ejabberd **ret, struct diag *d)
{
    CLEANUP(ejabberd_stop_cleanup) struct ejabberd *e = mem_new(sizeof *e);
    e->dir = file_absolute(dir);
    e->settings = *s;
    e->lock = -1;
    int r = layout_check_run(dir, d);
    if (r == 0)
        r = take_lock(e, d);
    if (r == 0)
        r = check_port(s, "port", s->port, d);
    if (r == 0)
        r = check_port(s, "upload_port", s->upload_port, d);
    if (r == 0)
        r = ejabberd_write_config(dir, s, d);
    if (r == 0)
        r = launch(e, d);
    if (r == 0)
        r = wait_until_ready(e, d);
    if (r == 0)
        *ret = TAKE(e);
    return r;
}

bool ejabberd_ended(struct ejabberd *e, struct diag *d)
{
    struct diag how = {""};
    if (e->pid > 0 && !process_ended(e->pid, &how))
        return false;
    CLEANUP_FREE char *said = ejabberd_log_error(e->dir, e->log_end);
    diag_set(d, 0, "ejabberd has ended (%s)%s%s", e->pid > 0 ? how.text : "before",
             said[0] != '\0' ? ": " : "", said);
    e->pid = 0;
    return true;
}

void ejabberd_stop(struct ejabberd *e)
{
    if (e == NULL)
        return;
    process_stop(e->pid, STOP_MS);
    if (e->pid > 0)
        remove_sockets(e->dir);
    if (e->lock >= 0)
        close(e->lock);
    free(e->dir);
    free(e);
}
