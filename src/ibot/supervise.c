#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/process.h"
#include "ibot/roles.h"

#define CHILDREN_MAX (2 + FOLDER_OPENERS_MAX)
#define PAUSE_FIRST_MS 50
#define PAUSE_MAX_MS 5000
#define HEALTHY_MS 2000 /* a generation that lasted so long starts the pauses anew */
#define END_MS 5000

struct generation {
    struct {
        pid_t pid;
        const char *role;
    } children[CHILDREN_MAX];
    size_t count;
};

/* The sockets between the roles: link and keeper, and for each opener one to either. Each end is
 * closed here once its role has it. */
struct sockets {
    int link_keeper[2];
    int link_opener[FOLDER_OPENERS_MAX][2];
    int opener_keeper[FOLDER_OPENERS_MAX][2];
};

static int make_sockets(struct sockets *s, size_t openers)
{
    int r = process_socketpair(s->link_keeper);
    for (size_t i = 0; r == 0 && i < openers; i++) {
        r = process_socketpair(s->link_opener[i]);
        if (r == 0)
            r = process_socketpair(s->opener_keeper[i]);
    }
    return r;
}

static void close_sockets(struct sockets *s, size_t openers)
{
    for (int end = 0; end < 2; end++) {
        close(s->link_keeper[end]);
        for (size_t i = 0; i < openers; i++) {
            close(s->link_opener[i][end]);
            close(s->opener_keeper[i][end]);
        }
    }
}

static int start_role(struct generation *g, const struct bot_folder *f, const char *name,
                      const char *role, const int *fds, size_t fd_count, struct diag *d)
{
    const char *argv[] = {process_self(), "--role", role, f->network, name, NULL};
    struct process p = {.argv = argv, .fds = fds, .fd_count = fd_count, .out_fd = -1};
    int r = process_start(&p, &g->children[g->count].pid, d);
    if (r == 0)
        g->children[g->count++].role = role;
    return r;
}

static int start(struct generation *g, const struct bot_folder *f, const char *name, struct diag *d)
{
    struct sockets s;
    int link[1 + FOLDER_OPENERS_MAX], keeper[1 + FOLDER_OPENERS_MAX];
    g->count = 0;
    if (make_sockets(&s, f->openers) < 0)
        return diag_set(d, ERR_IO, "no sockets can be made");
    link[0] = s.link_keeper[0];
    keeper[0] = s.link_keeper[1];
    for (size_t i = 0; i < f->openers; i++) {
        link[1 + i] = s.link_opener[i][0];
        keeper[1 + i] = s.opener_keeper[i][1];
    }
    int r = start_role(g, f, name, "keeper", keeper, 1 + f->openers, d);
    for (size_t i = 0; r == 0 && i < f->openers; i++)
        r = start_role(g, f, name, "opener", (int[]){s.link_opener[i][1], s.opener_keeper[i][0]}, 2,
                       d);
    if (r == 0)
        r = start_role(g, f, name, "link", link, 1 + f->openers, d);
    close_sockets(&s, f->openers);
    return r;
}

static size_t living(const struct generation *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->count; i++)
        n += g->children[i].pid > 0;
    return n;
}

/* Takes the statuses of those that have ended; says so of each that did not end as told. */
static void reap(struct generation *g)
{
    for (size_t i = 0; i < g->count; i++) {
        struct diag how;
        if (g->children[i].pid <= 0 || !process_ended(g->children[i].pid, &how))
            continue;
        g->children[i].pid = 0;
        if (strcmp(how.text, "exit status 0") != 0)
            log_line("%s ended: %s", g->children[i].role, how.text);
    }
}

/* Link first: the others then finish what they have and end by themselves. */
static void end(struct generation *g)
{
    int64_t deadline = clock_monotonic_ms() + END_MS;
    for (size_t i = 0; i < g->count; i++)
        if (g->children[i].pid > 0 && strcmp(g->children[i].role, "link") == 0)
            kill(g->children[i].pid, SIGTERM);
    while (living(g) > 0 && clock_monotonic_ms() < deadline) {
        poll(NULL, 0, 5);
        reap(g);
    }
    for (size_t i = 0; i < g->count; i++)
        if (g->children[i].pid > 0)
            process_stop(g->children[i].pid, 0);
}

/* Waits until one ends, or until this process is told to. */
static void watch(struct generation *g)
{
    sigset_t child, old;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigaddset(&child, SIGTERM);
    sigaddset(&child, SIGINT);
    sigprocmask(SIG_BLOCK, &child, &old);
    size_t all = g->count;
    while (!role_told_to_end()) {
        reap(g);
        if (living(g) < all)
            break;
        sigsuspend(&old);
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void on_child(int number)
{
    (void)number;
}

int supervise(const struct bot_folder *f, const char *name)
{
    struct diag d;
    int pause = PAUSE_FIRST_MS;
    role_catch_signals();
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = on_child}, NULL);
    log_line("%s: %zu opener%s", f->jid, f->openers, f->openers == 1 ? "" : "s");
    while (!role_told_to_end()) {
        struct generation g;
        int64_t began = clock_monotonic_ms();
        if (start(&g, f, name, &d) < 0)
            log_line("%s", d.text);
        else
            watch(&g);
        end(&g);
        if (role_told_to_end())
            break;
        pause = clock_monotonic_ms() - began > HEALTHY_MS ? PAUSE_FIRST_MS : pause;
        log_line("starting again in %d ms", pause);
        poll(NULL, 0, pause);
        pause = clock_next_pause(pause, PAUSE_FIRST_MS, PAUSE_MAX_MS);
    }
    return 0;
}
