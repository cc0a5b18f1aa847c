/* libstrophe's TLS handshake loops until the server has answered, however long that takes. This
 * thread shuts the socket down when it takes too long, and the handshake fails. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "xmpp/client_internal.h"

#define MILLISECOND_NS 1000000

struct client_guard {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int fd; /* a duplicate, so that it can't become someone else's; -1: nothing to guard */
    int64_t deadline_ms;
    bool quit;
};

static void wait_for_deadline(struct client_guard *g)
{
    struct timespec at = {.tv_sec = g->deadline_ms / CLOCK_SECOND_MS,
                          .tv_nsec = g->deadline_ms % CLOCK_SECOND_MS * MILLISECOND_NS};
    if (clock_monotonic_ms() < g->deadline_ms) {
        pthread_cond_timedwait(&g->changed, &g->lock, &at);
    } else {
        shutdown(g->fd, SHUT_RDWR);
        close(TAKE_FD(g->fd));
    }
}

static void *guard(void *argument)
{
    struct client_guard *g = argument;
    pthread_mutex_lock(&g->lock);
    while (!g->quit) {
        if (g->fd < 0)
            pthread_cond_wait(&g->changed, &g->lock);
        else
            wait_for_deadline(g);
    }
    pthread_mutex_unlock(&g->lock);
    return NULL;
}

struct client_guard *client_guard_new(void)
{
    struct client_guard *g = mem_new(sizeof *g);
    pthread_condattr_t monotonic;
    sigset_t all, before;
    g->fd = -1;
    pthread_mutex_init(&g->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&g->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    /* The program's signals are for its own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&g->thread, NULL, guard, g) != 0)
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return g;
}

void client_guard_free(struct client_guard *g)
{
    if (g == NULL)
        return;
    pthread_mutex_lock(&g->lock);
    g->quit = true;
    pthread_cond_signal(&g->changed);
    pthread_mutex_unlock(&g->lock);
    pthread_join(g->thread, NULL);
    pthread_cond_destroy(&g->changed);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

void client_guard_begin(struct client_guard *g, int fd, int timeout_ms)
{
    pthread_mutex_lock(&g->lock);
    g->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    g->deadline_ms = clock_monotonic_ms() + timeout_ms;
    pthread_cond_signal(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

void client_guard_end(struct client_guard *g)
{
    pthread_mutex_lock(&g->lock);
    if (g->fd >= 0)
        close(TAKE_FD(g->fd));
    pthread_mutex_unlock(&g->lock);
}
