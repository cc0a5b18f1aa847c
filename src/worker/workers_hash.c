/* Workers that hash a password each. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process.h"
#include "base/role.h"
#include "base/secret.h"
#include "worker/workers_internal.h"

#define WALL_MS 10000
#define FRAME_MAX 256U

/* ---- a worker's own side ---- */

struct beginning {
    struct workers *w;
    int fd;
    struct worker_hash job; /* its password in secret memory */
};

static int send_hashed(int fd, const struct worker_hashed *h)
{
    struct channel c;
    if (channel_init(&c, fd, FRAME_MAX, FRAME_MAX) < 0)
        return 1;
    channel_wipes(&c);
    worker_hashed_put(channel_begin(&c, WORKER_HASHED), h);
    int r = channel_end(&c);
    if (r == 0)
        r = channel_flush(&c); /* a few bytes: the socket takes them */
    channel_clear(&c);
    return r < 0;
}

static int be_hasher(void *context)
{
    struct beginning *b = context;
    struct worker_hashed h = {.number = b->job.number};
    if (workers_confine_own(b->w, b->fd) < 0)
        return 1;
    h.outcome = worker_hash_make(&b->job, h.hash) == 0 ? WORKER_DONE : WORKER_CRASHED;
    secret_wipe((void *)(uintptr_t)b->job.password, b->job.password_len);
    int status = send_hashed(ROLE_FIRST_FD, &h);
    secret_wipe(&h, sizeof h);
    return status;
}

/* ---- beginning and ending them ---- */

static struct hasher *free_hasher(struct workers *w)
{
    for (size_t i = 0; i < WORKER_HASHES_AT_ONCE; i++)
        if (w->hashers[i].pid == 0)
            return &w->hashers[i];
    return NULL;
}

static void end(struct hasher *s)
{
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    channel_clear(&s->channel);
    *s = (struct hasher){0};
}

static int tell(struct workers *w, const struct worker_hashed *h)
{
    worker_hashed_put(channel_begin(&w->index, WORKER_HASHED), h);
    return channel_end(&w->index);
}

static int end_as(struct workers *w, struct hasher *s, enum worker_outcome o)
{
    const struct worker_hashed h = {.number = s->number, .outcome = o};
    end(s);
    return tell(w, &h);
}

static int begin(struct workers *w, struct hasher *s, const struct worker_hash *job)
{
    int fds[2];
    int r = process_socketpair(fds);
    if (r < 0)
        return r;
    struct channel own;
    if ((r = channel_init(&own, fds[0], FRAME_MAX, FRAME_MAX)) < 0) {
        close(fds[0]);
        close(fds[1]);
        return r;
    }
    channel_wipes(&own);
    struct beginning b = {w, fds[1], *job};
    CLEANUP_SECRET char *password = secret_new(job->password_len + 1);
    memcpy(password, job->password, job->password_len);
    b.job.password = password;
    r = process_fork(be_hasher, &b, &s->pid);
    close(fds[1]);
    if (r < 0) {
        channel_clear(&own);
        return r;
    }
    s->number = job->number;
    s->channel = own;
    s->until_ms = clock_monotonic_ms() + (w->o->wall_ms > 0 ? w->o->wall_ms : WALL_MS);
    return 0;
}

int workers_take_hash(struct workers *w, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct worker_hash job;
    struct hasher *s = free_hasher(w);
    if (worker_hash_get(&c, &job) < 0 || s == NULL)
        return ERR_FORMAT;
    int r = begin(w, s, &job);
    secret_wipe((void *)(uintptr_t)job.password, job.password_len); /* where the frame lies */
    if (r == 0)
        return 0;
    const struct worker_hashed h = {.number = job.number, .outcome = WORKER_CRASHED};
    return tell(w, &h);
}

/* ---- answers ---- */

static int take_answer(struct workers *w, struct hasher *s, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct worker_hashed h;
    if (f->type != WORKER_HASHED || worker_hashed_get(&c, &h) < 0 || h.number != s->number)
        return end_as(w, s, WORKER_NONSENSE);
    int told = tell(w, &h);
    secret_wipe(&h, sizeof h);
    end(s);
    return told;
}

static int look_at(struct workers *w, struct hasher *s, short revents)
{
    struct frame f;
    int r = role_fill(&s->channel, revents);
    int next = channel_next(&s->channel, &f);
    if (next == 0)
        return take_answer(w, s, &f);
    if (next != ERR_AGAIN)
        return end_as(w, s, WORKER_NONSENSE);
    if (r < 0)
        return end_as(w, s, WORKER_CRASHED);
    return clock_monotonic_ms() < s->until_ms ? 0 : end_as(w, s, WORKER_SLOW);
}

void workers_want_hashes(const struct workers *w, struct pollfd *ret)
{
    for (size_t i = 0; i < WORKER_HASHES_AT_ONCE; i++)
        ret[i] = (struct pollfd){w->hashers[i].pid > 0 ? w->hashers[i].channel.fd : -1, POLLIN, 0};
}

int workers_look_at_hashes(struct workers *w, const struct pollfd *fds)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < WORKER_HASHES_AT_ONCE; i++)
        if (fds[i].fd >= 0)
            r = look_at(w, &w->hashers[i], fds[i].revents);
    return r;
}

void workers_end_hashes(struct workers *w)
{
    for (size_t i = 0; i < WORKER_HASHES_AT_ONCE; i++)
        if (w->hashers[i].pid > 0)
            end(&w->hashers[i]);
}
