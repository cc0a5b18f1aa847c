#include "worker/translators.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/role.h"

#define LOOK_MS 100 /* between looks at whose time is up */
#define ARENA_MAX (2U * TRANSLATION_FRAME_MAX)
#define PIECE 4096U
#define NULL_FD "/dev/null"

struct slot {
    pid_t pid; /* 0: the place is free */
    uint64_t number;
    int in, out; /* the program's standard input and output; -1: closed */
    struct buf text, said;
    size_t written; /* of the text */
    int64_t until_ms;
};
struct waiting {
    char *from, *to, *text; /* owned; NULL: the place is free */
    uint64_t number;
};
struct translators {
    const struct translators_options *o;
    struct channel index;
    int null_fd;
    struct arena arena;
    struct slot slots[TRANSLATIONS_AT_ONCE];
    struct waiting waiting[TRANSLATIONS_WAITING_MAX]; /* in the order of their coming */
    size_t waiting_count;
};

/* ---- beginning and ending them ---- */

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Of one that was waited for: what it has begun ends, too; they cannot leave its session. */
static void let_go(struct slot *s)
{
    kill(-s->pid, SIGKILL);
    close_end(&s->in);
    close_end(&s->out);
    buf_clear(&s->text);
    buf_clear(&s->said);
    *s = (struct slot){.in = -1, .out = -1};
}

static void end(struct slot *s)
{
    kill(s->pid, SIGKILL);
    kill(-s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    let_go(s);
}

static int begin(struct translators *w, struct slot *s, const struct translator *adapter,
                 const struct waiting *job)
{
    int in[2], out[2];
    int r = translator_pipes(in, out);
    if (r < 0)
        return r;
    const struct translator_ends ends = {in[0], out[1], w->null_fd};
    r = translator_start(adapter, &ends, w->o->confine_adapter, w->o->context, &s->pid);
    close(in[0]);
    close(out[1]);
    s->in = in[1];
    s->out = out[0];
    if (r < 0) {
        close_end(&s->in);
        close_end(&s->out);
        return r;
    }
    s->number = job->number;
    s->text = (struct buf)BUF_INIT_SECRET(TRANSLATION_TEXT_MAX + 1);
    s->said = (struct buf)BUF_INIT_SECRET(TRANSLATION_MAX);
    buf_put_text(&s->text, job->text);
    buf_put_text(&s->text, "\n");
    s->written = 0;
    s->until_ms = clock_monotonic_ms() + (w->o->wall_ms > 0 ? w->o->wall_ms : TRANSLATORS_WALL_MS);
    return 0;
}

static int tell(struct translators *w, uint64_t number, enum translation_outcome o,
                const char *text)
{
    const struct translation_result r = {number, o, text};
    translation_result_put(channel_begin(&w->index, TRANSLATION_DONE), &r);
    return channel_end(&w->index);
}

static int end_as(struct translators *w, struct slot *s, enum translation_outcome o)
{
    uint64_t number = s->number;
    end(s);
    return tell(w, number, o, "");
}

/* ---- what waits ---- */

static void forget(struct waiting *job)
{
    free(job->from);
    free(job->to);
    if (job->text != NULL)
        explicit_bzero(job->text, strlen(job->text));
    free(job->text);
    *job = (struct waiting){.number = 0};
}

static int begin_first(struct translators *w, struct slot *s)
{
    struct waiting *job = &w->waiting[0];
    const struct translator *adapter = translator_find(w->o->list, w->o->count, job->from, job->to);
    int r = adapter == NULL ? ERR_NOT_FOUND : begin(w, s, adapter, job);
    if (r < 0)
        r = tell(w, job->number, adapter == NULL ? TRANSLATION_MISSING : TRANSLATION_FAILED, "");
    forget(job);
    memmove(job, job + 1, --w->waiting_count * sizeof *job);
    return r;
}

static int begin_waiting(struct translators *w)
{
    int r = 0;
    for (size_t i = 0; i < TRANSLATIONS_AT_ONCE && r == 0; i++)
        while (r == 0 && w->slots[i].pid == 0 && w->waiting_count > 0)
            r = begin_first(w, &w->slots[i]);
    return r;
}

static int take_job(struct translators *w, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct translation_job j;
    arena_reset(&w->arena);
    if (f->type != TRANSLATION_JOB || translation_job_get(&c, &w->arena, &j) < 0)
        return ERR_FORMAT;
    if (w->waiting_count == TRANSLATIONS_WAITING_MAX)
        return tell(w, j.number, TRANSLATION_BUSY, "");
    w->waiting[w->waiting_count++] =
        (struct waiting){mem_string(j.from), mem_string(j.to), mem_string(j.text), j.number};
    return 0;
}

static int take_frames(struct translators *w, short revents)
{
    struct frame f;
    int r = role_fill(&w->index, revents);
    while (r == 0 && (r = channel_next(&w->index, &f)) == 0)
        r = take_job(w, &f);
    return r == ERR_AGAIN ? 0 : r;
}

/* ---- what an adapter reads and says ---- */

/* One that reads no more may still have something to say. */
static void write_some(struct slot *s)
{
    ssize_t n = write(s->in, s->text.data + s->written, s->text.len - s->written);
    if (n > 0)
        s->written += (size_t)n;
    if ((n < 0 && errno != EAGAIN && errno != EINTR) || s->written == s->text.len)
        close_end(&s->in);
}

/* It has closed its output: the text counts if it then ends well, which it gets a moment for. */
static int finish(struct translators *w, struct slot *s)
{
    const char *text = "";
    size_t len = 0;
    int status = 0;
    pid_t ended = waitpid(s->pid, &status, WNOHANG);
    if (ended == 0)
        return 0;
    bool well = ended == s->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    enum translation_outcome o = TRANSLATION_FAILED;
    if (well)
        o = translation_judge((const char *)s->said.data, s->said.len, &text, &len);
    CLEANUP_FREE char *said = mem_string_n(o == TRANSLATED ? text : "", o == TRANSLATED ? len : 0);
    uint64_t number = s->number;
    let_go(s);
    int r = tell(w, number, o, said);
    explicit_bzero(said, strlen(said));
    return r;
}

static int read_some(struct translators *w, struct slot *s)
{
    char piece[PIECE];
    ssize_t n = read(s->out, piece, sizeof piece);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n <= 0) {
        close_end(&s->out);
        return 0;
    }
    buf_put(&s->said, piece, (size_t)n);
    explicit_bzero(piece, sizeof piece);
    return buf_failed(&s->said) ? end_as(w, s, TRANSLATION_LONG) : 0;
}

static int look_at(struct translators *w, struct slot *s, short in, short out)
{
    int r = 0;
    if (in != 0 && s->in >= 0)
        write_some(s);
    if (out != 0 && s->out >= 0)
        r = read_some(w, s);
    if (r == 0 && s->pid > 0 && s->out < 0)
        r = finish(w, s);
    if (r == 0 && s->pid > 0 && clock_monotonic_ms() >= s->until_ms)
        r = end_as(w, s, TRANSLATION_SLOW);
    return r;
}

/* ---- the loop ---- */

static int turn(struct translators *w)
{
    struct pollfd fds[1 + 2 * TRANSLATIONS_AT_ONCE] = {{w->index.fd, role_wanted(&w->index), 0}};
    for (size_t i = 0; i < TRANSLATIONS_AT_ONCE; i++) {
        fds[1 + 2 * i] = (struct pollfd){w->slots[i].in, POLLOUT, 0};
        fds[2 + 2 * i] = (struct pollfd){w->slots[i].out, POLLIN, 0};
    }
    if (poll(fds, sizeof fds / sizeof *fds, LOOK_MS) < 0)
        return 0; /* a signal */
    int r = 0;
    for (size_t i = 0; r == 0 && i < TRANSLATIONS_AT_ONCE; i++)
        if (w->slots[i].pid > 0)
            r = look_at(w, &w->slots[i], fds[1 + 2 * i].revents, fds[2 + 2 * i].revents);
    if (r == 0)
        r = take_frames(w, fds[0].revents);
    if (r == 0)
        r = begin_waiting(w);
    return r == 0 ? role_flush(&w->index) : r;
}

static void clear(struct translators *w)
{
    for (size_t i = 0; i < TRANSLATIONS_AT_ONCE; i++)
        if (w->slots[i].pid > 0)
            end(&w->slots[i]);
    for (size_t i = 0; i < w->waiting_count; i++)
        forget(&w->waiting[i]);
    channel_clear(&w->index);
    arena_clear(&w->arena);
    if (w->null_fd >= 0)
        close(w->null_fd);
}

static int prepare(struct translators *w, struct diag *d)
{
    w->null_fd = open(NULL_FD, O_WRONLY | O_CLOEXEC);
    if (w->null_fd < 0 ||
        channel_init(&w->index, w->o->fd, TRANSLATION_FRAME_MAX, ROLE_QUEUE_MAX) < 0)
        return diag_set(d, ERR_IO, "started without its socket: it is not to be run by hand");
    channel_wipes(&w->index);
    return w->o->confine == NULL ? 0 : w->o->confine(w->o->context, d);
}

int translators_run(const struct translators_options *o, struct diag *d)
{
    struct translators w = {.o = o, .index.fd = -1, .null_fd = -1, .arena = ARENA_INIT(ARENA_MAX)};
    for (size_t i = 0; i < TRANSLATIONS_AT_ONCE; i++)
        w.slots[i].in = w.slots[i].out = -1;
    int r = prepare(&w, d);
    while (r == 0 && !role_told_to_end())
        r = turn(&w);
    clear(&w);
    return r;
}
