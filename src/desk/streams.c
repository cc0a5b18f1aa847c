#include "desk/streams.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"
#include "desk/api_error.h"
#include "front/front.h"

#define IDLE_MS 60000 /* less than a browser's connection lasts without a byte */

struct stream {
    struct desk_streams *all;
    uint64_t ticket; /* 0: the place is free */
    uint64_t number; /* the front's question that waits; 0: none */
    struct desk_original original;
    uint64_t at;
    int64_t used_ms;
};
struct desk_streams {
    struct desk_requests *requests;
    struct channel *front;
    int failed; /* of an answer that could not be put */
    struct stream streams[DESK_STREAMS_MAX];
};

struct desk_streams *desk_streams_new(struct desk_requests *requests, struct channel *front)
{
    struct desk_streams *s = mem_new(sizeof *s);
    s->requests = requests;
    s->front = front;
    for (size_t i = 0; i < DESK_STREAMS_MAX; i++)
        s->streams[i].all = s;
    return s;
}

static void end(struct stream *t)
{
    struct desk_streams *s = t->all;
    desk_requests_forget(s->requests, t);
    secret_wipe(t, sizeof *t);
    t->all = s;
}

void desk_streams_free(struct desk_streams *s)
{
    if (s == NULL)
        return;
    secret_wipe(s->streams, sizeof s->streams);
    free(s);
}

/* ---- answers ---- */

static void put(struct desk_streams *s, const struct answer *a)
{
    int r = answer_put(channel_begin(s->front, FRONT_ANSWER), a);
    int e = channel_end(s->front);
    if (r < 0 || e < 0)
        s->failed = r < 0 ? r : e;
}

static void refuse(struct desk_streams *s, uint64_t number, enum api_error e, const char *text)
{
    json_t *o = json_pack("{s{ssss}}", "error", "code", api_error_word(e), "text", text);
    CLEANUP_FREE char *body = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
    json_decref(o);
    const struct answer a = {.number = number,
                             .status = api_error_status(e),
                             .etag = "",
                             .set_session = "",
                             .type = "",
                             .name = "",
                             .body = body == NULL ? "{}" : body,
                             .body_len = body == NULL ? 2 : strlen(body)};
    put(s, &a);
}

static void answer(struct stream *t, const struct desk_reply *r)
{
    const struct desk_original *o = &t->original;
    bool more = t->at < o->size;
    const struct answer a = {.number = t->number,
                             .status = 200,
                             .etag = "",
                             .set_session = "",
                             .type = desk_original_type(o),
                             .name = o->name,
                             .size = o->size,
                             .ticket = more ? t->ticket : 0,
                             .body = (const char *)r->body,
                             .body_len = r->body_len};
    put(t->all, &a);
    t->number = 0;
}

static void take_piece(void *context, const struct desk_reply *r)
{
    struct stream *t = context;
    t->used_ms = clock_monotonic_ms();
    t->at += r->body_len;
    if (r->code == 0 && r->body_len > 0) {
        answer(t, r);
        if (t->at < t->original.size)
            return;
    } else {
        refuse(t->all, t->number, r->code == ERR_NOT_FOUND ? API_NOT_FOUND : API_FILE, r->line);
    }
    end(t);
}

/* ---- pieces ---- */

static int ask(struct stream *t)
{
    uint64_t left = t->original.size - t->at;
    struct desk_request r = {.kind = DESK_REQUEST_ORIGINAL, .bot = t->original.bot};
    r.original.file = t->original.file;
    r.original.offset = t->at;
    r.original.len = left < ORIGINALS_PIECE_MAX ? (uint32_t)left : ORIGINALS_PIECE_MAX;
    int e = desk_requests_send(t->all->requests, &r, take_piece, t);
    secret_wipe(&r, sizeof r);
    return e;
}

static struct stream *find(struct desk_streams *s, uint64_t ticket)
{
    for (size_t i = 0; i < DESK_STREAMS_MAX; i++)
        if (s->streams[i].ticket == ticket)
            return &s->streams[i];
    return NULL;
}

/* Not to be guessed: one front serves many users. */
static uint64_t new_ticket(void)
{
    uint64_t ticket = 0;
    while (ticket == 0)
        randombytes_buf(&ticket, sizeof ticket);
    return ticket;
}

int desk_streams_begin(struct desk_streams *s, uint64_t number, const struct desk_original *o)
{
    struct stream *t = find(s, 0);
    if (t == NULL) {
        refuse(s, number, API_TOO_MANY, "too many files are on their way: try again in a moment");
        return s->failed;
    }
    t->ticket = new_ticket();
    t->number = number;
    t->original = *o;
    t->at = 0;
    t->used_ms = clock_monotonic_ms();
    if (o->size == 0) {
        answer(t, &(struct desk_reply){.body = (const uint8_t *)"", .body_len = 0});
        end(t);
    } else if (ask(t) < 0) {
        refuse(s, number, API_TOO_MANY, "too much is asked of the archive: try again in a moment");
        end(t);
    }
    return s->failed;
}

int desk_streams_more(struct desk_streams *s, struct cursor *c)
{
    struct more m;
    if (more_get(c, &m) < 0)
        return ERR_FORMAT;
    struct stream *t = find(s, m.ticket);
    if (t == NULL || t->number != 0) {
        refuse(s, m.number, API_NOT_FOUND, "that file is not on its way");
        return s->failed;
    }
    t->number = m.number;
    t->used_ms = clock_monotonic_ms();
    if (ask(t) < 0) {
        refuse(s, m.number, API_TOO_MANY, "too much is asked of the archive");
        end(t);
    }
    return s->failed;
}

int desk_streams_tidy(struct desk_streams *s)
{
    int64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < DESK_STREAMS_MAX; i++)
        if (s->streams[i].ticket != 0 && s->streams[i].number == 0 &&
            now - s->streams[i].used_ms > IDLE_MS)
            end(&s->streams[i]);
    return s->failed;
}
