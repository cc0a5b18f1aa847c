#include "desk/making.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/secret.h"
#include "desk/original.h"
#include "desk/sight.h"

#define RESULT_ARENA (64U * 1024)
#define NEXT_MAX (WORKERS_AT_ONCE + 1U) /* one more than may be under way */

/* A file under way. */
struct task {
    struct desk_making *all;
    int64_t message; /* 0: the place is free */
    struct desk_original original;
    enum worker_kind kind;
    uint32_t at;  /* bytes that were handed on */
    bool begun;   /* a worker has it: it ends with its result */
    bool dropped; /* … which nobody waits for any more */
};
struct desk_making {
    struct desk_index *x;
    struct desk_requests *requests;
    struct channel *workers;
    const struct clock *clock;
    struct task tasks[WORKERS_AT_ONCE];
    struct arena arena;
    int failed; /* in a reply's callback */
    struct diag d;
    bool idle; /* nothing was wanted at the last look */
    int64_t looked_ms;
};
#define LOOK_MS 500 /* while nothing is wanted */

struct desk_making *desk_making_new(struct desk_index *x, struct desk_requests *requests,
                                    struct channel *workers, const struct clock *clock)
{
    struct desk_making *m = mem_new(sizeof *m);
    m->x = x;
    m->requests = requests;
    m->workers = workers;
    m->clock = clock;
    m->arena = (struct arena)ARENA_INIT(RESULT_ARENA);
    for (size_t i = 0; i < WORKERS_AT_ONCE; i++)
        m->tasks[i].all = m;
    return m;
}

void desk_making_free(struct desk_making *m)
{
    if (m == NULL)
        return;
    arena_clear(&m->arena);
    secret_wipe(m->tasks, sizeof m->tasks);
    free(m);
}

static void clear(struct task *t)
{
    struct desk_making *m = t->all;
    secret_wipe(t, sizeof *t);
    t->all = m;
}

/* ---- writing down ---- */

static struct desk_made nothing_made(const struct desk_making *m, int64_t message, const char *why)
{
    return (struct desk_made){.message = message,
                              .at_unix_ms = clock_now_ms(m->clock),
                              .wrong = why,
                              .made = {.words = ""}};
}

static int write_wrong(struct desk_making *m, int64_t message, const char *why, struct diag *d)
{
    const struct desk_made made = nothing_made(m, message, why);
    return desk_made_write(m->x, &made, d);
}

/* A file that is not as it should be: a line in the log, and at the file. */
static int give_up(struct desk_making *m, int64_t message, const char *why, struct diag *d)
{
    log_line("message %lld, its file: %s", (long long)message, why);
    return write_wrong(m, message, why, d);
}

/* What the reader can't give: other bytes than were archived stay so; a disk or a copy that is away
 * comes back. */
static int not_given(struct desk_making *m, int64_t message, const struct desk_reply *r,
                     struct diag *d)
{
    if (r->code == ERR_AUTH || r->code == ERR_FORMAT)
        return give_up(m, message, r->line, d);
    const struct desk_made made = nothing_made(m, message, r->line);
    log_line("message %lld, its file: %s: it is tried again", (long long)message, r->line);
    return desk_made_later(m->x, &made, d);
}

/* ---- bytes, from the reader to a worker ---- */

static void take_piece(void *context, const struct desk_reply *r);

static int ask(struct task *t)
{
    uint64_t left = t->original.size - t->at;
    struct desk_request r = {.kind = DESK_REQUEST_ORIGINAL, .bot = t->original.bot};
    r.original.file = t->original.file;
    r.original.offset = t->at;
    r.original.len = left < ORIGINALS_PIECE_MAX ? (uint32_t)left : ORIGINALS_PIECE_MAX;
    int e = desk_requests_send(t->all->requests, &r, take_piece, t);
    secret_wipe(&r.original, sizeof r.original);
    return e;
}

/* Only with its first bytes in hand a worker is begun. */
static int hand_on(struct task *t, const struct desk_reply *r)
{
    struct desk_making *m = t->all;
    const struct worker_job job = {(uint64_t)t->message, t->kind, (uint32_t)t->original.size};
    if (!t->begun) {
        worker_job_put(channel_begin(m->workers, WORKER_JOB), &job);
        int e = channel_end(m->workers);
        if (e < 0)
            return e;
        t->begun = true;
    }
    struct buf *b = channel_begin(m->workers, WORKER_BYTES);
    buf_put_u64(b, job.number);
    buf_put(b, r->body, r->body_len);
    t->at += (uint32_t)r->body_len;
    return channel_end(m->workers);
}

static void take_piece(void *context, const struct desk_reply *r)
{
    struct task *t = context;
    struct desk_making *m = t->all;
    if (t->dropped)
        return;
    if (r->code < 0) {
        int e = not_given(m, t->message, r, &m->d);
        m->failed = e < 0 ? e : m->failed;
        t->dropped = true;
        if (!t->begun)
            clear(t);
        return;
    }
    int e = hand_on(t, r);
    if (e == 0 && t->at < t->original.size)
        e = ask(t);
    m->failed = e < 0 ? e : m->failed;
}

/* ---- beginning ---- */

static bool is_under_way(const struct desk_making *m, int64_t message)
{
    for (size_t i = 0; i < WORKERS_AT_ONCE; i++)
        if (m->tasks[i].message == message)
            return true;
    return false;
}

static bool has_kind(const struct desk_original *o, enum worker_kind *ret)
{
    /* What a sender gives no type may be a photo: its first bytes tell. */
    bool photo =
        strncmp(o->type, "image/", 6) == 0 || strcmp(o->type, "application/octet-stream") == 0;
    *ret = photo ? WORKER_PHOTO : WORKER_SOUND;
    return photo || o->duration_seconds > 0 || strncmp(o->type, "audio/", 6) == 0;
}

static int begin(struct desk_making *m, struct task *t, int64_t message, struct diag *d)
{
    struct diag why;
    desk_sight_whole(m->x); /* nobody is shown anything of it */
    int r = desk_original_of(m->x, message, &t->original, &why);
    desk_sight_common(m->x);
    if (r == ERR_NOT_FOUND || r == ERR_AUTH)
        return write_wrong(m, message, why.text, d);
    if (r < 0)
        return diag_set(d, r, "%s", why.text);
    if (!has_kind(&t->original, &t->kind) || t->original.size == 0)
        return write_wrong(m, message, worker_outcome_text(WORKER_UNKNOWN), d);
    if (t->original.size > WORKER_FILE_MAX)
        return write_wrong(m, message, worker_outcome_text(WORKER_LARGE), d);
    t->message = message;
    t->at = 0;
    t->begun = t->dropped = false;
    if (ask(t) < 0) /* too much is asked just now: another time */
        clear(t);
    return 0;
}

static struct task *free_task(struct desk_making *m)
{
    for (size_t i = 0; i < WORKERS_AT_ONCE; i++)
        if (m->tasks[i].message == 0)
            return &m->tasks[i];
    return NULL;
}

/* What nobody has to look into is written down at once, so that several may go in a step. */
static int begin_next(struct desk_making *m, struct diag *d)
{
    int64_t next[NEXT_MAX];
    size_t count = 0;
    int r = desk_made_wanted(m->x, clock_now_ms(m->clock), next, NEXT_MAX, &count, d);
    m->idle = count == 0;
    for (size_t i = 0; i < count && r == 0; i++) {
        struct task *t = free_task(m);
        if (t != NULL && !is_under_way(m, next[i]))
            r = begin(m, t, next[i], d);
    }
    return r;
}

int desk_making_step(struct desk_making *m, struct diag *d)
{
    int64_t now = clock_monotonic_ms();
    if (m->failed < 0)
        return diag_set(d, m->failed, "%s", m->d.text);
    if (free_task(m) == NULL || (m->idle && now - m->looked_ms < LOOK_MS))
        return 0;
    m->looked_ms = now;
    return begin_next(m, d);
}

/* ---- results ---- */

static struct task *task_of(struct desk_making *m, uint64_t number)
{
    for (size_t i = 0; i < WORKERS_AT_ONCE; i++)
        if (m->tasks[i].begun && (uint64_t)m->tasks[i].message == number)
            return &m->tasks[i];
    return NULL;
}

static int keep(struct desk_making *m, const struct task *t, const struct worker_result *r,
                struct diag *d)
{
    struct desk_made made = {
        .message = t->message, .at_unix_ms = clock_now_ms(m->clock), .wrong = ""};
    struct cursor c = cursor_over(r->made, r->made_len);
    arena_reset(&m->arena);
    if (r->outcome == WORKER_UNKNOWN)
        return write_wrong(m, t->message, worker_outcome_text(r->outcome), d);
    if (r->outcome != WORKER_DONE)
        return give_up(m, t->message, worker_outcome_text(r->outcome), d);
    if (worker_made_get(&c, &m->arena, t->kind, &made.made) < 0)
        return give_up(m, t->message, worker_outcome_text(WORKER_NONSENSE), d);
    return desk_made_write(m->x, &made, d);
}

int desk_making_take(struct desk_making *m, const struct frame *f, struct diag *d)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct worker_result r;
    if (f->type != WORKER_MADE || worker_result_get(&c, &r) < 0)
        return ERR_FORMAT;
    struct task *t = task_of(m, r.number);
    if (t == NULL)
        return ERR_FORMAT;
    int kept = t->dropped ? 0 : keep(m, t, &r, d);
    desk_requests_forget(m->requests, t);
    clear(t);
    return kept;
}
