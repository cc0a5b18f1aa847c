/* The index: the vault, and answers; no network, no journal, no identity. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "desk/answers.h"
#include "desk/api.h"
#include "desk/daily.h"
#include "desk/engine.h"
#include "desk/feed.h"
#include "desk/frames.h"
#include "desk/making.h"
#include "desk/roles.h"
#include "desk/site.h"
#include "desk/streams.h"
#include "desk/validity.h"
#include "front/front.h"

#define PASSPHRASE_FD (ROLE_FIRST_FD + 4)
#define FRAMES_A_TURN 256U /* of the reader's */
#define QUESTIONS_A_TURN 8U
#define COMMIT_BULK 20000U /* messages of one transaction */
#define COMMIT_ASKED 500U  /* while somebody waits for answers */
#define ASKED_MS 10000     /* since the last question: nobody does */
#define IDLE_MS 1000       /* between looks at what is overdue */
#define SIGN_MS 60000      /* between checkpoints of the access log */

struct indexing {
    struct desk_engine engine;
    struct text *text;
    struct clock clock;
    struct desk_threats *threats;
    struct desk_api *api;
    struct desk_feed *feed;
    struct desk_daily *daily;
    struct desk_requests *requests;
    struct desk_streams *streams;
    struct desk_site site;
    struct desk_making *making;
    struct desk_adapters adapters;
    struct desk_translating *translating;
    struct desk_hashing *hashing;
    struct channel reader, front, workers, translators;
    struct arena arena;
    struct buf body;
    int64_t asked_ms, signed_ms;
    bool reader_gone; /* what it handed over is still written */
};

static void clear(struct indexing *p)
{
    desk_api_free(p->api);
    desk_threats_close(p->threats);
    desk_feed_free(p->feed);
    desk_daily_free(p->daily);
    desk_making_free(p->making);
    desk_translating_free(p->translating);
    desk_hashing_free(p->hashing);
    desk_adapters_clear(&p->adapters);
    desk_streams_free(p->streams);
    desk_requests_free(p->requests);
    desk_engine_close(&p->engine);
    text_free(p->text);
    desk_site_clear(&p->site);
    channel_clear(&p->reader);
    channel_clear(&p->front);
    channel_clear(&p->workers);
    channel_clear(&p->translators);
    arena_clear(&p->arena);
    buf_clear(&p->body);
}

/* From the supervisor's pipe; NULL where the vault has a key file. In secret memory. */
static int read_passphrase(const struct desk_folder *f, char **ret, struct diag *d)
{
    CLEANUP_BUF struct buf b = BUF_INIT_SECRET(VAULT_PASSPHRASE_MAX + 1);
    *ret = NULL;
    if (desk_folder_has_key(f))
        return 0;
    if (file_read_fd(PASSPHRASE_FD, &b) < 0 || b.len == 0)
        return diag_set(d, ERR_KEY, "%s: no passphrase was handed on", f->dir);
    *ret = secret_new(b.len + 1);
    memcpy(*ret, b.data, b.len);
    return 0;
}

static int open_engine(struct indexing *p, const struct desk_folder *f, struct diag *d)
{
    CLEANUP_SECRET char *passphrase = NULL;
    int r = read_passphrase(f, &passphrase, d);
    return r < 0 ? r : desk_engine_open(f, passphrase, &p->engine, d);
}

static int open_all(struct indexing *p, const struct desk_folder *f, struct diag *d)
{
    p->clock = clock_live();
    p->arena = (struct arena)ARENA_INIT(2 * DESK_QUESTION_MAX);
    p->body = (struct buf)BUF_INIT_SECRET(ANSWER_BODY_MAX);
    if (channel_init(&p->reader, ROLE_FIRST_FD, DESK_FRAME_MAX, ROLE_QUEUE_MAX) < 0 ||
        desk_answers_init(&p->front, ROLE_FIRST_FD + 1) < 0 ||
        channel_init(&p->workers, ROLE_FIRST_FD + 2, WORKER_PIECE_MAX + 64, 4U * WORKER_FILE_MAX) <
            0 ||
        channel_init(&p->translators, ROLE_FIRST_FD + 3, TRANSLATION_FRAME_MAX, ROLE_QUEUE_MAX) < 0)
        return diag_set(d, ERR_IO, "started without its sockets: it is not to be run by hand");
    channel_wipes(&p->reader);
    channel_wipes(&p->workers);
    channel_wipes(&p->translators);
    int r = text_new(&p->text, d);
    if (r == 0)
        r = open_engine(p, f, d);
    if (r < 0)
        return r;
    r = desk_daily_new(f, &p->engine, &p->daily, d);
    if (r == 0)
        r = desk_threats_open(p->engine.index, p->text, &p->threats, d);
    if (r < 0)
        return r;
    p->site = desk_site_of(f);
    p->requests = desk_requests_new(&p->reader);
    desk_adapters_copy(&f->adapters, &p->adapters);
    desk_adapters_find(ADAPTERS_APERTIUM, &p->adapters);
    p->translating = desk_translating_new(&p->translators, &p->adapters);
    p->hashing = desk_hashing_new(&p->workers);
    struct desk_api_options o = {.index = p->engine.index,
                                 .users = p->engine.users,
                                 .log = p->engine.log,
                                 .threats = p->threats,
                                 .requests = p->requests,
                                 .translating = p->translating,
                                 .hashing = p->hashing,
                                 .text = p->text,
                                 .clock = &p->clock,
                                 .site = {p->site.id, p->site.origin},
                                 .purpose_of_all = f->purpose_of_all};
    p->feed = desk_feed_new(p->engine.index, &p->reader);
    p->streams = desk_streams_new(p->requests, &p->front);
    p->making = desk_making_new(p->engine.index, p->requests, &p->workers, &p->clock);
    return desk_api_new(&o, &p->api, d);
}

/* ---- questions ---- */

static int put_answer(struct indexing *p, const struct answer *a)
{
    if (desk_api_original(p->api) != NULL)
        return desk_streams_begin(p->streams, a->number, desk_api_original(p->api));
    int r = answer_put(channel_begin(&p->front, FRONT_ANSWER), a);
    int e = channel_end(&p->front);
    return r < 0 ? r : e;
}

static int answer(struct indexing *p, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    struct question q;
    struct answer a = {.number = 0};
    arena_reset(&p->arena);
    buf_reset(&p->body);
    if (f->type == FRONT_MORE)
        return desk_streams_more(p->streams, &c);
    if (f->type != FRONT_QUESTION || question_get(&c, &p->arena, &q) < 0)
        return ERR_FORMAT;
    bool answered = desk_api_answer(p->api, &q, &p->body, &a);
    if (desk_api_is_use(&q))
        p->asked_ms = clock_monotonic_ms();
    return answered ? put_answer(p, &a) : 0;
}

/* What the reader has told meanwhile. */
static int answer_waited(struct indexing *p)
{
    struct answer a = {.number = 0};
    int r = 0;
    while (r == 0 && desk_answers_has_room(&p->front) && desk_api_waited(p->api, &p->body, &a))
        r = put_answer(p, &a);
    return r;
}

static int take_questions(struct indexing *p, short revents)
{
    struct frame f;
    int r = role_fill(&p->front, revents);
    for (unsigned i = 0; r == 0 && i < QUESTIONS_A_TURN; i++) {
        r = desk_answers_next(&p->front, &f);
        if (r == 0)
            r = answer(p, &f);
    }
    return r == ERR_AGAIN ? 0 : r;
}

/* For whoever looks at the page: that there is something new, and no more. */
static void say_new(struct indexing *p, size_t messages)
{
    char text[96];
    int n = snprintf(text, sizeof text, "{\"messages\":%zu,\"at\":%lld}", messages,
                     (long long)clock_now_ms(&p->clock));
    desk_answers_tell(&p->front, text, (size_t)n);
}

/* ---- messages ---- */

static size_t commit_at(const struct indexing *p)
{
    return clock_monotonic_ms() - p->asked_ms < ASKED_MS ? COMMIT_ASKED : COMMIT_BULK;
}

static int commit(struct indexing *p, struct diag *d)
{
    size_t messages;
    int r = desk_feed_commit(p->feed, &messages, d);
    if (r == 0 && messages > 0)
        say_new(p, messages);
    return r;
}

static int take_frame(struct indexing *p, const struct frame *f, struct diag *d)
{
    struct cursor c = cursor_over(f->body, f->len);
    return f->type == DESK_FRAME_REPLY ? desk_requests_take(p->requests, &c)
                                       : desk_feed_take(p->feed, f, d);
}

/* At the end of what has come, or of what one transaction takes. */
static int take_messages(struct indexing *p, short revents, struct diag *d)
{
    struct frame f;
    int r = p->reader_gone ? 0 : role_fill(&p->reader, revents), next = 0;
    p->reader_gone = r == ERR_CLOSED || p->reader_gone;
    if (r < 0 && r != ERR_CLOSED)
        return r;
    r = 0;
    for (unsigned i = 0; r == 0 && i < FRAMES_A_TURN; i++) {
        if (desk_feed_ready(p->feed) && desk_feed_waiting(p->feed) >= commit_at(p))
            r = commit(p, d);
        if (r == 0 && (next = channel_next(&p->reader, &f)) == 0)
            r = take_frame(p, &f, d);
        if (next < 0)
            break;
    }
    if (r < 0 || next == 0)
        return r;
    if (next != ERR_AGAIN)
        return next;
    return desk_feed_ready(p->feed) ? commit(p, d) : 0;
}

/* ---- threats ---- */

/* For whoever looks at the page: that there is something in the queue, and no more. */
static int judge(struct indexing *p, bool *more, struct diag *d)
{
    struct desk_threats_news news;
    char text[96];
    int r = desk_threats_step(p->threats, clock_now_ms(&p->clock), &news, d);
    *more = r == 0 && news.more;
    if (r < 0 || (news.raised == 0 && news.escalated == 0))
        return r;
    int n = snprintf(text, sizeof text, "{\"threats\":%u,\"escalated\":%u,\"at\":%lld}",
                     news.raised, news.escalated, (long long)clock_now_ms(&p->clock));
    desk_answers_tell(&p->front, text, (size_t)n);
    return 0;
}

/* ---- files ---- */

static int take_made(struct indexing *p, short revents, struct diag *d)
{
    struct frame f;
    int r = role_fill(&p->workers, revents);
    while (r == 0 && (r = channel_next(&p->workers, &f)) == 0)
        r = f.type == WORKER_HASHED ? desk_hashing_take(p->hashing, &f)
                                    : desk_making_take(p->making, &f, d);
    return r == ERR_AGAIN ? 0 : r;
}

static int do_files(struct indexing *p, short revents, struct diag *d)
{
    desk_requests_tidy(p->requests);
    desk_hashing_tidy(p->hashing);
    int r = desk_streams_tidy(p->streams);
    if (r == 0)
        r = take_made(p, revents, d);
    if (r == 0 && !p->reader_gone)
        r = desk_making_step(p->making, d);
    return r == 0 ? role_flush(&p->workers) : r;
}

/* ---- translations ---- */

static int do_translations(struct indexing *p, short revents)
{
    struct frame f;
    int r = role_fill(&p->translators, revents);
    while (r == 0 && (r = channel_next(&p->translators, &f)) == 0)
        r = desk_translating_take(p->translating, &f);
    desk_translating_tidy(p->translating);
    return r == ERR_AGAIN ? role_flush(&p->translators) : r;
}

/* ---- the loop ---- */

static int sign_log(struct indexing *p, struct diag *d)
{
    int64_t now = clock_monotonic_ms();
    if (now - p->signed_ms < SIGN_MS)
        return 0;
    p->signed_ms = now;
    return access_sign(p->engine.log, clock_now_ms(&p->clock), d);
}

/* What is stated of use is no reason to stop answering. */
static void state_use(struct indexing *p)
{
    struct diag d;
    if (desk_daily_step(p->daily, clock_now_ms(&p->clock), &d) < 0)
        log_line("%s", d.text);
}

static int turn(struct indexing *p, bool *tidying, struct diag *d)
{
    bool ready = channel_has_frame(&p->reader) || desk_answers_ready(&p->front) || *tidying;
    struct pollfd fds[] = {{p->front.fd, desk_answers_wanted(&p->front), 0},
                           {p->reader.fd, role_wanted(&p->reader), 0},
                           {p->workers.fd, role_wanted(&p->workers), 0},
                           {p->translators.fd, role_wanted(&p->translators), 0}};
    int n = poll(fds, sizeof fds / sizeof *fds, ready ? 0 : IDLE_MS);
    if (n < 0)
        return 0; /* a signal */
    desk_validities_at(p->engine.index, clock_now_ms(&p->clock));
    int r = take_questions(p, fds[0].revents);
    if (r == 0)
        r = take_messages(p, fds[1].revents, d);
    bool judging = false;
    if (r == 0)
        r = judge(p, &judging, d);
    if (r == 0)
        r = sign_log(p, d);
    state_use(p);
    if (r == 0)
        r = do_files(p, fds[2].revents, d);
    if (r == 0)
        r = do_translations(p, fds[3].revents);
    if (r == 0)
        r = answer_waited(p);
    if (r == 0)
        r = role_flush(&p->front);
    if (r == 0 && !p->reader_gone)
        r = role_flush(&p->reader);
    if (r == 0 && p->reader_gone)
        r = ERR_CLOSED;
    *tidying =
        r == 0 && (n == 0 || *tidying || fds[1].revents != 0) && desk_index_tidy(p->engine.index);
    /* The API's is done when nobody asks; the next turn sees at once whether somebody does. */
    *tidying = r == 0 && (*tidying || judging || n > 0 || desk_api_tidy(p->api));
    return r;
}

int role_index(const struct desk_folder *f)
{
    struct indexing p = {.reader.fd = -1, .front.fd = -1, .workers.fd = -1, .translators.fd = -1};
    struct diag d = {""};
    bool tidying = true;
    CLEANUP_FREE char *folder = desk_folder_file(f, "index");
    role_catch_signals();
    int r = open_all(&p, f, &d);
    if (r == 0)
        r = role_confine(CONFINE_INDEX, (const char *[]){folder}, &d);
    p.asked_ms = clock_monotonic_ms() - ASKED_MS;
    while (r == 0 && !role_told_to_end())
        r = turn(&p, &tidying, &d);
    if (r == 0 || r == ERR_CLOSED) {
        struct diag last;
        if (access_sign(p.engine.log, clock_now_ms(&p.clock), &last) < 0)
            log_line("%s", last.text);
    }
    role_log_end(r, &d);
    clear(&p);
    return r;
}
