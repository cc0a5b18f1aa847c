#include "desk/requests.h"

#include "base/clock.h"
#include "base/memory.h"
#include "desk/frames.h"

#define REPLY_MS 20000 /* less than the front waits for an answer */
#define ARENA_MAX 4096U

struct waiting {
    uint64_t number; /* 0: the place is free */
    desk_reply_fn *fn;
    void *context;
    int64_t until_ms;
};
struct desk_requests {
    struct channel *reader;
    uint64_t last;
    struct waiting waiting[DESK_REQUESTS_WAITING_MAX];
    struct arena arena;
};

struct desk_requests *desk_requests_new(struct channel *reader)
{
    struct desk_requests *q = mem_new(sizeof *q);
    q->reader = reader;
    q->arena = (struct arena)ARENA_INIT(ARENA_MAX);
    return q;
}

void desk_requests_free(struct desk_requests *q)
{
    if (q == NULL)
        return;
    arena_clear(&q->arena);
    free(q);
}

static struct waiting *find(struct desk_requests *q, uint64_t number)
{
    for (size_t i = 0; i < DESK_REQUESTS_WAITING_MAX; i++)
        if (q->waiting[i].number == number)
            return &q->waiting[i];
    return NULL;
}

int desk_requests_send(struct desk_requests *q, const struct desk_request *r, desk_reply_fn *fn,
                       void *context)
{
    struct desk_request numbered = *r;
    struct waiting *w = find(q, 0);
    if (w == NULL)
        return ERR_LIMIT;
    numbered.number = ++q->last;
    desk_request_put(channel_begin(q->reader, DESK_FRAME_REQUEST), &numbered);
    int sent = channel_end(q->reader);
    if (sent < 0)
        return sent;
    *w = (struct waiting){numbered.number, fn, context, clock_monotonic_ms() + REPLY_MS};
    return 0;
}

void desk_requests_forget(struct desk_requests *q, const void *context)
{
    for (size_t i = 0; i < DESK_REQUESTS_WAITING_MAX; i++)
        if (q->waiting[i].context == context)
            q->waiting[i] = (struct waiting){0};
}

/* The place is free before it is called: it may send the next request. */
static void tell(struct waiting *w, const struct desk_reply *r)
{
    struct waiting told = *w;
    *w = (struct waiting){0};
    told.fn(told.context, r);
}

/* One that nobody waits for any more has come too late. */
int desk_requests_take(struct desk_requests *q, struct cursor *c)
{
    struct desk_reply r;
    arena_reset(&q->arena);
    if (desk_reply_get(c, &q->arena, &r) < 0 || r.number == 0 || r.number > q->last)
        return ERR_FORMAT;
    struct waiting *w = find(q, r.number);
    if (w != NULL)
        tell(w, &r);
    return 0;
}

void desk_requests_tidy(struct desk_requests *q)
{
    const struct desk_reply late = {.code = ERR_TIMEOUT,
                                    .line = "the reader has not answered in time"};
    int64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < DESK_REQUESTS_WAITING_MAX; i++)
        if (q->waiting[i].number != 0 && now >= q->waiting[i].until_ms)
            tell(&q->waiting[i], &late);
}
