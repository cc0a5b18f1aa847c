#include "front/exchange.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uthash.h>

#include "base/channel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "front/front.h"

#define FRAME_MAX (ANSWER_BODY_MAX + 64U * 1024)
#define QUEUE_MAX (8U * QUESTION_BODY_MAX)

struct waiter {
    uint64_t number;
    struct buf *body; /* the asker's: the answer's frame */
    bool done;
    pthread_cond_t woken;
    UT_hash_handle hh;
};

struct exchange {
    pthread_mutex_t lock; /* over all below */
    struct channel channel;
    int wake[2]; /* the pump polls the first; a thread that asks writes to the second */
    struct waiter *waiters;
    uint64_t next_number;
    bool ended;
    uint64_t event_number;
    struct buf event;
    pthread_cond_t event_woken;
};

static void init_condition(pthread_cond_t *c)
{
    pthread_condattr_t a;
    pthread_condattr_init(&a);
    pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    pthread_cond_init(c, &a);
    pthread_condattr_destroy(&a);
}

int exchange_new(int index_fd, struct exchange **ret)
{
    struct exchange *x = mem_new(sizeof *x);
    int r = process_socketpair(x->wake);
    if (r == 0) {
        r = channel_init(&x->channel, index_fd, FRAME_MAX, QUEUE_MAX);
        if (r < 0) {
            close(x->wake[0]);
            close(x->wake[1]);
        }
    }
    if (r < 0) {
        free(x);
        return r;
    }
    x->channel.in.wipe = x->channel.out.wipe = true;
    x->event = (struct buf)BUF_INIT(EXCHANGE_EVENT_MAX);
    pthread_mutex_init(&x->lock, NULL);
    init_condition(&x->event_woken);
    *ret = x;
    return 0;
}

void exchange_free(struct exchange *x)
{
    if (x == NULL)
        return;
    channel_clear(&x->channel);
    close(x->wake[0]);
    close(x->wake[1]);
    buf_clear(&x->event);
    pthread_cond_destroy(&x->event_woken);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

static struct timespec in_ms(int timeout_ms)
{
    int64_t at = clock_monotonic_ms() + timeout_ms;
    return (struct timespec){.tv_sec = at / 1000, .tv_nsec = (long)(at % 1000) * 1000000};
}

/* What is asked: a question, or more of a body. */
struct asked {
    const struct question *question; /* NULL: more */
    uint64_t ticket;
};

static int put_asked(struct buf *b, const struct asked *what, uint64_t number)
{
    const struct more more = {number, what->ticket};
    if (what->question == NULL) {
        more_put(b, &more);
        return 0;
    }
    struct question numbered = *what->question;
    numbered.number = number;
    return question_put(b, &numbered);
}

/* The lock is held. */
static int send_asked(struct exchange *x, const struct asked *what, uint64_t number)
{
    struct buf *b =
        channel_begin(&x->channel, what->question != NULL ? FRONT_QUESTION : FRONT_MORE);
    int r = put_asked(b, what, number);
    if (r < 0)
        buf_fail(b);
    int ended = channel_end(&x->channel);
    if (r < 0)
        return r;
    if (ended < 0)
        return ERR_AGAIN;
    /* The pair's buffer being full is fine: then the pump is awake. */
    (void)!write(x->wake[1], "", 1);
    return 0;
}

/* The lock is held, and let go meanwhile. */
static int wait_for(struct exchange *x, struct waiter *w, int timeout_ms)
{
    const struct timespec until = in_ms(timeout_ms);
    int late = 0;
    while (!w->done && !x->ended && late == 0)
        late = pthread_cond_timedwait(&w->woken, &x->lock, &until);
    if (w->done)
        return 0;
    return x->ended ? ERR_CLOSED : ERR_TIMEOUT;
}

static int ask_locked(struct exchange *x, const struct asked *what, int timeout_ms,
                      struct buf *body)
{
    struct waiter w = {.number = ++x->next_number, .body = body};
    if (x->ended)
        return ERR_CLOSED;
    if (HASH_COUNT(x->waiters) >= EXCHANGE_WAITING_MAX)
        return ERR_AGAIN;
    int r = send_asked(x, what, w.number);
    if (r < 0)
        return r;
    init_condition(&w.woken);
    HASH_ADD(hh, x->waiters, number, sizeof w.number, &w);
    r = wait_for(x, &w, timeout_ms);
    HASH_DEL(x->waiters, &w);
    pthread_cond_destroy(&w.woken);
    return r;
}

static int ask(struct exchange *x, const struct asked *what, int timeout_ms, struct buf *body,
               struct arena *a, struct answer *ret)
{
    pthread_mutex_lock(&x->lock);
    int r = ask_locked(x, what, timeout_ms, body);
    pthread_mutex_unlock(&x->lock);
    if (r < 0)
        return r;
    struct cursor c = cursor_over(body->data, body->len);
    return answer_get(&c, a, ret) < 0 ? ERR_CLOSED : 0;
}

int exchange_ask(struct exchange *x, const struct question *q, int timeout_ms, struct buf *body,
                 struct arena *a, struct answer *ret)
{
    const struct asked what = {.question = q};
    return ask(x, &what, timeout_ms, body, a, ret);
}

int exchange_more(struct exchange *x, uint64_t ticket, int timeout_ms, struct buf *body,
                  struct arena *a, struct answer *ret)
{
    const struct asked what = {.ticket = ticket};
    return ticket == 0 ? ERR_FORMAT : ask(x, &what, timeout_ms, body, a, ret);
}

int exchange_event(struct exchange *x, uint64_t *seen, int timeout_ms, struct buf *ret)
{
    const struct timespec until = in_ms(timeout_ms);
    int late = 0, r = ERR_TIMEOUT;
    pthread_mutex_lock(&x->lock);
    while (x->event_number <= *seen && !x->ended && late == 0)
        late = pthread_cond_timedwait(&x->event_woken, &x->lock, &until);
    if (x->ended) {
        r = ERR_CLOSED;
    } else if (x->event_number > *seen) {
        *seen = x->event_number;
        buf_put(ret, x->event.data, x->event.len);
        r = 0;
    }
    pthread_mutex_unlock(&x->lock);
    return r;
}

/* The frame is copied whole; whoever asked reads it outside the lock. */
static int take_answer(struct exchange *x, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct waiter *w;
    uint64_t number = cursor_u64(&c);
    HASH_FIND(hh, x->waiters, &number, sizeof number, w);
    if (w == NULL)
        return 0; /* nobody waits for it any more */
    buf_put(w->body, f->body, f->len);
    if (buf_failed(w->body))
        return ERR_FORMAT;
    w->done = true;
    pthread_cond_signal(&w->woken);
    return 0;
}

static void take_event(struct exchange *x, const struct frame *f)
{
    buf_reset(&x->event);
    buf_put(&x->event, f->body, f->len);
    if (buf_failed(&x->event)) {
        buf_clear(&x->event);
        return;
    }
    x->event_number++;
    pthread_cond_broadcast(&x->event_woken);
}

static int take_frames(struct exchange *x)
{
    struct frame f;
    int r = channel_fill(&x->channel);
    if (r < 0 && r != ERR_AGAIN)
        return r;
    while ((r = channel_next(&x->channel, &f)) == 0) {
        if (f.type == FRONT_EVENT)
            take_event(x, &f);
        else
            r = f.type == FRONT_ANSWER ? take_answer(x, &f) : ERR_FORMAT;
        if (r < 0)
            return r;
    }
    return r == ERR_AGAIN ? 0 : r;
}

static void take_wakes(struct exchange *x)
{
    char some[64];
    while (recv(x->wake[0], some, sizeof some, MSG_DONTWAIT) > 0)
        ;
}

static short wanted(struct exchange *x)
{
    pthread_mutex_lock(&x->lock);
    short events = channel_queued(&x->channel) > 0 ? POLLIN | POLLOUT : POLLIN;
    pthread_mutex_unlock(&x->lock);
    return events;
}

int exchange_pump(struct exchange *x, int timeout_ms)
{
    struct pollfd fds[] = {{.fd = x->channel.fd, .events = wanted(x)},
                           {.fd = x->wake[0], .events = POLLIN}};
    if (poll(fds, 2, timeout_ms) < 0)
        return errno == EINTR ? 0 : ERR_IO;
    pthread_mutex_lock(&x->lock);
    take_wakes(x);
    int r = fds[0].revents & (POLLIN | POLLHUP | POLLERR) ? take_frames(x) : 0;
    if (r == 0)
        r = channel_flush(&x->channel);
    pthread_mutex_unlock(&x->lock);
    if (r == 0 || r == ERR_AGAIN)
        return 0;
    exchange_end(x);
    return r;
}

void exchange_end(struct exchange *x)
{
    pthread_mutex_lock(&x->lock);
    x->ended = true;
    for (struct waiter *w = x->waiters; w != NULL; w = w->hh.next)
        pthread_cond_signal(&w->woken);
    pthread_cond_broadcast(&x->event_woken);
    pthread_mutex_unlock(&x->lock);
}
