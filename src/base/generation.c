#include "base/generation.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "base/role.h"

#define PAUSE_FIRST_MS 50
#define PAUSE_MAX_MS 5000
#define HEALTHY_MS 2000 /* a generation that lasted so long starts the pauses anew */
#define END_MS 5000

int generation_add(struct generation *g, const char *role, const char *const *argv, const int *fds,
                   size_t fd_count, struct diag *d)
{
    struct process p = {.argv = argv, .fds = fds, .fd_count = fd_count, .out_fd = -1};
    if (g->count == GENERATION_CHILDREN_MAX)
        return diag_set(d, ERR_LIMIT, "more than %u processes", GENERATION_CHILDREN_MAX);
    int r = process_start(&p, &g->children[g->count].pid, d);
    if (r == 0)
        g->children[g->count++].role = role;
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

/* One first: the others then finish what they have and end by themselves. */
static void end(struct generation *g, const char *first)
{
    int64_t deadline = clock_monotonic_ms() + END_MS;
    for (size_t i = 0; i < g->count; i++)
        if (g->children[i].pid > 0 && strcmp(g->children[i].role, first) == 0)
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

void generation_run(const struct generation_options *o)
{
    struct diag d;
    int pause = PAUSE_FIRST_MS;
    role_catch_signals();
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = on_child}, NULL);
    while (!role_told_to_end()) {
        struct generation g = {.count = 0};
        int64_t began = clock_monotonic_ms();
        if (o->start(o->context, &g, &d) < 0)
            log_line("%s", d.text);
        else
            watch(&g);
        end(&g, o->first);
        if (role_told_to_end())
            break;
        pause = clock_monotonic_ms() - began > HEALTHY_MS ? PAUSE_FIRST_MS : pause;
        log_line("starting again in %d ms", pause);
        poll(NULL, 0, pause);
        pause = clock_next_pause(pause, PAUSE_FIRST_MS, PAUSE_MAX_MS);
    }
}
