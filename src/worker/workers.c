#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "base/role.h"
#include "worker/worker.h"
#include "worker/workers_internal.h"

#define LOOK_MS 250 /* between looks at whose time is up */
#define QUEUE_MAX (2U * WORKER_FILE_MAX)
#define FRAME_MAX (WORKER_PIECE_MAX + 64U)
#define NULL_FD "/dev/null"

/* ---- a worker's own side ---- */

/* Its own socket alone is left, as descriptor 3, and none of what this process holds of others. */
static int leave_behind(struct workers *w, int fd)
{
    channel_clear(&w->index);
    for (size_t i = 0; i < WORKERS_AT_ONCE; i++)
        if (w->slots[i].pid > 0)
            channel_clear(&w->slots[i].channel);
    for (size_t i = 0; i < WORKER_HASHES_AT_ONCE; i++)
        if (w->hashers[i].pid > 0)
            channel_clear(&w->hashers[i].channel);
    int own = fd == ROLE_FIRST_FD ? fd : dup2(fd, ROLE_FIRST_FD);
    bool set = own == ROLE_FIRST_FD && dup2(w->null_fd, STDERR_FILENO) == STDERR_FILENO &&
               dup2(w->null_fd, STDOUT_FILENO) == STDOUT_FILENO;
    return set && close_range(ROLE_FIRST_FD + 1, ~0U, 0) == 0 ? 0 : ERR_IO;
}

static int bound(void)
{
    const struct rlimit processor = {WORKER_PROCESSOR_S, WORKER_PROCESSOR_S};
    int r = setrlimit(RLIMIT_CPU, &processor);
#ifndef IRONSIDE_SANITIZED /* a sanitizer's addresses are more than any limit */
    const struct rlimit memory = {WORKER_MEMORY_MAX, WORKER_MEMORY_MAX};
    r = r == 0 ? setrlimit(RLIMIT_AS, &memory) : r;
#endif
    return r == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ? 0 : ERR_IO;
}

int workers_confine_own(struct workers *w, int fd)
{
    struct diag d;
    int r = leave_behind(w, fd);
    if (r == 0)
        r = bound();
    return r == 0 && w->o->confine_worker != NULL ? w->o->confine_worker(&d) : r;
}

/* What a worker begins with. */
struct beginning {
    struct workers *w;
    int fd;
    const struct worker_job *job;
};

static int be_worker(void *context)
{
    const struct beginning *b = context;
    return workers_confine_own(b->w, b->fd) < 0 ? 1 : worker_run(ROLE_FIRST_FD, b->job, b->w->ocr);
}

/* ---- beginning and ending them ---- */

static struct slot *slot_of(struct workers *w, uint64_t number)
{
    for (size_t i = 0; i < WORKERS_AT_ONCE; i++)
        if (w->slots[i].pid > 0 && w->slots[i].job.number == number)
            return &w->slots[i];
    return NULL;
}

static struct slot *free_slot(struct workers *w)
{
    for (size_t i = 0; i < WORKERS_AT_ONCE; i++)
        if (w->slots[i].pid == 0)
            return &w->slots[i];
    return NULL;
}

/* Whatever it does now is nobody's. */
static void end(struct slot *s)
{
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    if (s->job.size > 0) /* it has its socket */
        channel_clear(&s->channel);
    *s = (struct slot){0};
}

static int begin(struct workers *w, struct slot *s, const struct worker_job *j)
{
    int fds[2];
    int r = process_socketpair(fds);
    if (r < 0)
        return r;
    struct beginning b = {w, fds[1], j};
    r = process_fork(be_worker, &b, &s->pid);
    close(fds[1]);
    if (r == 0 && (r = channel_init(&s->channel, fds[0], FRAME_MAX, QUEUE_MAX)) < 0)
        end(s);
    if (r < 0) {
        close(fds[0]);
        return r;
    }
    channel_wipes(&s->channel);
    s->job = *j;
    s->left = j->size;
    s->until_ms = clock_monotonic_ms() + (w->o->wall_ms > 0 ? w->o->wall_ms : WORKERS_WALL_MS);
    return 0;
}

static int tell(struct workers *w, const struct worker_result *r)
{
    worker_result_put(channel_begin(&w->index, WORKER_MADE), r);
    return channel_end(&w->index);
}

static int end_as(struct workers *w, struct slot *s, enum worker_outcome o)
{
    const struct worker_result r = {.number = s->job.number, .outcome = o};
    end(s);
    return tell(w, &r);
}

/* ---- frames of the other side ---- */

static int take_job(struct workers *w, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct worker_job j;
    struct slot *s = free_slot(w);
    if (worker_job_get(&c, &j) < 0 || s == NULL || slot_of(w, j.number) != NULL)
        return ERR_FORMAT;
    if (begin(w, s, &j) == 0)
        return 0;
    const struct worker_result r = {.number = j.number, .outcome = WORKER_CRASHED};
    return tell(w, &r);
}

/* What comes for one that has ended is passed over. */
static int take_bytes(struct workers *w, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct slot *s = slot_of(w, cursor_u64(&c));
    size_t len = cursor_left(&c);
    if (cursor_failed(&c))
        return ERR_FORMAT;
    if (s == NULL)
        return 0;
    if (len == 0 || len > s->left)
        return ERR_FORMAT;
    s->left -= (uint32_t)len;
    return channel_send(&s->channel, WORKER_BYTES, cursor_bytes(&c, len), len);
}

static int take_frames(struct workers *w, short revents)
{
    struct frame f;
    int r = role_fill(&w->index, revents);
    while (r == 0 && (r = channel_next(&w->index, &f)) == 0) {
        if (f.type == WORKER_JOB)
            r = take_job(w, &f);
        else if (f.type == WORKER_HASH)
            r = workers_take_hash(w, &f);
        else
            r = f.type == WORKER_BYTES ? take_bytes(w, &f) : ERR_FORMAT;
    }
    return r == ERR_AGAIN ? 0 : r;
}

/* ---- answers ---- */

/* It is handed on as it is, but for its number, which is not the worker's to choose. */
static int take_answer(struct workers *w, struct slot *s, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct worker_result r;
    if (f->type != WORKER_MADE || worker_result_get(&c, &r) < 0 || r.number != s->job.number ||
        s->left > 0)
        return end_as(w, s, WORKER_NONSENSE);
    int told = tell(w, &r);
    end(s);
    return told;
}

static int look_at(struct workers *w, struct slot *s, short revents)
{
    struct frame f;
    int r = role_fill(&s->channel, revents);
    int next = channel_next(&s->channel, &f);
    if (next == 0)
        return take_answer(w, s, &f);
    if (next != ERR_AGAIN)
        return end_as(w, s, WORKER_NONSENSE);
    if (r == 0)
        r = role_flush(&s->channel);
    if (r < 0)
        return end_as(w, s, WORKER_CRASHED);
    return clock_monotonic_ms() < s->until_ms ? 0 : end_as(w, s, WORKER_SLOW);
}

/* ---- the loop ---- */

#define HASHERS_AT (1 + WORKERS_AT_ONCE)

static int turn(struct workers *w)
{
    struct pollfd fds[HASHERS_AT + WORKER_HASHES_AT_ONCE] = {
        {w->index.fd, role_wanted(&w->index), 0}};
    pid_t pids[WORKERS_AT_ONCE];
    for (size_t i = 0; i < WORKERS_AT_ONCE; i++) {
        struct slot *s = &w->slots[i];
        pids[i] = s->pid;
        fds[1 + i] = (struct pollfd){s->pid > 0 ? s->channel.fd : -1,
                                     s->pid > 0 ? role_wanted(&s->channel) : 0, 0};
    }
    workers_want_hashes(w, fds + HASHERS_AT);
    if (poll(fds, sizeof fds / sizeof *fds, LOOK_MS) < 0)
        return 0;                                        /* a signal */
    int r = workers_look_at_hashes(w, fds + HASHERS_AT); /* before others take their places */
    if (r == 0)
        r = take_frames(w, fds[0].revents);
    for (size_t i = 0; r == 0 && i < WORKERS_AT_ONCE; i++)
        if (pids[i] > 0 && w->slots[i].pid == pids[i])
            r = look_at(w, &w->slots[i], fds[1 + i].revents);
    return r == 0 ? role_flush(&w->index) : r;
}

static void clear(struct workers *w)
{
    for (size_t i = 0; i < WORKERS_AT_ONCE; i++)
        if (w->slots[i].pid > 0)
            end(&w->slots[i]);
    workers_end_hashes(w);
    ocr_free(w->ocr);
    channel_clear(&w->index);
    if (w->null_fd >= 0)
        close(w->null_fd);
}

static int prepare(struct workers *w, struct diag *d)
{
    struct diag why;
    w->null_fd = open(NULL_FD, O_WRONLY | O_CLOEXEC);
    if (w->null_fd < 0 || channel_init(&w->index, w->o->fd, FRAME_MAX, ROLE_QUEUE_MAX) < 0)
        return diag_set(d, ERR_IO, "started without its socket: it is not to be run by hand");
    channel_wipes(&w->index);
    if (ocr_new(&w->ocr, &why) < 0)
        log_line("%s", why.text);
    else
        log_line("words in photos are read in %s", ocr_languages(w->ocr));
    return w->o->confine == NULL ? 0 : w->o->confine(d);
}

int workers_run(const struct workers_options *o, struct diag *d)
{
    struct workers w = {.o = o, .index.fd = -1, .null_fd = -1};
    int r = prepare(&w, d);
    while (r == 0 && !role_told_to_end())
        r = turn(&w);
    clear(&w);
    return r;
}
