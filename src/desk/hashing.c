#include "desk/hashing.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"

#define WAITING_MAX 16U
#define REPLY_MS 20000 /* less than the front waits for an answer */
#define FAILED "the password could not be looked at: try again"

struct waiting {
    desk_reply_fn *fn; /* NULL: the place is free */
    void *context;
    uint64_t order;
    struct worker_recipe recipes[DESK_HASHES_MAX];
    char *passwords[DESK_HASHES_MAX]; /* secret memory; NULL: it is there or under way */
    size_t count, done;
    int64_t until_ms;
    char hashes[DESK_HASHES_MAX][DESK_PASSWORD_HASH_BYTES];
};
/* At the workers. */
struct under_way {
    uint64_t number;       /* 0: the place is free */
    struct waiting *whose; /* NULL: nobody waits any more */
    size_t which;
};
struct desk_hashing {
    struct channel *workers;
    uint64_t last;
    struct waiting waiting[WAITING_MAX];
    struct under_way jobs[WORKER_HASHES_AT_ONCE];
};

struct desk_hashing *desk_hashing_new(struct channel *workers)
{
    struct desk_hashing *h = mem_new(sizeof *h);
    h->workers = workers;
    return h;
}

static void forget(struct desk_hashing *h, struct waiting *w)
{
    for (size_t i = 0; i < WORKER_HASHES_AT_ONCE; i++)
        if (h->jobs[i].whose == w)
            h->jobs[i].whose = NULL;
    for (size_t i = 0; i < DESK_HASHES_MAX; i++)
        secret_free(w->passwords[i]);
    secret_wipe(w, sizeof *w);
}

void desk_hashing_free(struct desk_hashing *h)
{
    if (h == NULL)
        return;
    for (size_t i = 0; i < WAITING_MAX; i++)
        forget(h, &h->waiting[i]);
    free(h);
}

/* The place is free before it is called. */
static void tell(struct desk_hashing *h, struct waiting *w, int code)
{
    struct waiting told = *w;
    const struct desk_reply r = {.code = code,
                                 .line = code < 0 ? FAILED : "",
                                 .body = (const uint8_t *)told.hashes,
                                 .body_len = code < 0 ? 0 : told.count * sizeof told.hashes[0]};
    forget(h, w);
    told.fn(told.context, &r);
    secret_wipe(&told, sizeof told);
}

/* ---- handing over ---- */

static struct under_way *job_of(struct desk_hashing *h, uint64_t number)
{
    for (size_t i = 0; i < WORKER_HASHES_AT_ONCE; i++)
        if (h->jobs[i].number == number)
            return &h->jobs[i];
    return NULL;
}

static bool has_next(const struct waiting *w, size_t *ret_which)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->passwords[i] != NULL) {
            *ret_which = i;
            return true;
        }
    return false;
}

/* Who has waited longest and has one that is not under way. */
static struct waiting *find_next(struct desk_hashing *h, size_t *ret_which)
{
    struct waiting *first = NULL;
    size_t which = 0;
    for (size_t i = 0; i < WAITING_MAX; i++) {
        struct waiting *w = &h->waiting[i];
        if (w->fn == NULL || (first != NULL && w->order > first->order) || !has_next(w, &which))
            continue;
        first = w;
        *ret_which = which;
    }
    return first;
}

static int hand_over(struct desk_hashing *h, struct under_way *job, struct waiting *w, size_t which)
{
    const struct worker_hash hash = {.number = ++h->last,
                                     .recipe = w->recipes[which],
                                     .password = w->passwords[which],
                                     .password_len = strlen(w->passwords[which])};
    worker_hash_put(channel_begin(h->workers, WORKER_HASH), &hash);
    int r = channel_end(h->workers);
    if (r < 0)
        return r;
    *job = (struct under_way){hash.number, w, which};
    secret_free(w->passwords[which]);
    w->passwords[which] = NULL;
    return 0;
}

static int go_on(struct desk_hashing *h)
{
    struct under_way *job;
    struct waiting *w;
    size_t which = 0;
    int r = 0;
    while (r == 0 && (job = job_of(h, 0)) != NULL && (w = find_next(h, &which)) != NULL)
        r = hand_over(h, job, w, which);
    return r;
}

int desk_hashing_send(struct desk_hashing *h, const struct desk_hash_ask *ask, desk_reply_fn *fn,
                      void *context)
{
    struct waiting *w = NULL;
    for (size_t i = 0; i < WAITING_MAX && w == NULL; i++)
        if (h->waiting[i].fn == NULL)
            w = &h->waiting[i];
    if (w == NULL)
        return ERR_LIMIT;
    *w = (struct waiting){.fn = fn,
                          .context = context,
                          .order = ++h->last,
                          .count = ask->count,
                          .until_ms = clock_monotonic_ms() + REPLY_MS};
    for (size_t i = 0; i < ask->count; i++) {
        size_t len = strlen(ask->passwords[i]);
        w->recipes[i] = ask->recipes[i];
        w->passwords[i] = secret_new(len + 1);
        memcpy(w->passwords[i], ask->passwords[i], len);
    }
    int r = go_on(h);
    if (r < 0)
        forget(h, w);
    return r;
}

void desk_hashing_forget(struct desk_hashing *h, const void *context)
{
    for (size_t i = 0; i < WAITING_MAX; i++)
        if (h->waiting[i].fn != NULL && h->waiting[i].context == context)
            forget(h, &h->waiting[i]);
}

/* ---- what comes back ---- */

static void take(struct desk_hashing *h, const struct under_way *job, const struct worker_hashed *r)
{
    struct waiting *w = job->whose;
    if (w == NULL)
        return;
    if (r->outcome != WORKER_DONE) {
        tell(h, w, ERR_AGAIN);
        return;
    }
    desk_password_put(&w->recipes[job->which], r->hash, w->hashes[job->which]);
    if (++w->done == w->count)
        tell(h, w, 0);
}

int desk_hashing_take(struct desk_hashing *h, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct worker_hashed r;
    if (f->type != WORKER_HASHED || worker_hashed_get(&c, &r) < 0 || r.number == 0)
        return ERR_FORMAT;
    struct under_way *job = job_of(h, r.number);
    if (job == NULL)
        return ERR_FORMAT;
    struct under_way done = *job;
    *job = (struct under_way){0};
    take(h, &done, &r);
    secret_wipe(&r, sizeof r);
    return go_on(h);
}

void desk_hashing_tidy(struct desk_hashing *h)
{
    int64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < WAITING_MAX; i++)
        if (h->waiting[i].fn != NULL && now >= h->waiting[i].until_ms)
            tell(h, &h->waiting[i], ERR_AGAIN);
}
