#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"
#include "front/internal.h"

#define BLOCK_BYTES (EXCHANGE_EVENT_MAX + 16U)
#define WHO_BYTES (64U * 1024) /* the most that an answer of who it is may need */

struct listener {
    struct front *front;
    uint64_t seen;
    int64_t asked_ms; /* when it was last asked whether they may listen */
    char session[QUESTION_TOKEN_MAX + 1], peer[QUESTION_TOKEN_MAX + 1];
    char *user;
    struct listener *next;
};

/* ---- who may listen ---- */

static int ask_who(struct front *f, const char *session, const char *peer, struct buf *body,
                   struct arena *a, struct answer *ret)
{
    const struct question q = {.method = QUESTION_GET,
                               .path = "/api/session",
                               .session = session,
                               .csrf = "",
                               .purpose = "",
                               .peer = peer,
                               .body = ""};
    return exchange_ask(f->exchange, &q, FRONT_ANSWER_MS, body, a, ret);
}

/* The user's name; NULL: not one of those who look. */
static char *who_looks(const struct answer *x)
{
    json_t *o = json_loadb(x->body, x->body_len, 0, NULL);
    const char *user = json_string_value(json_object_get(o, "user"));
    const char *role = json_string_value(json_object_get(o, "role"));
    bool looks = user != NULL && role != NULL && !json_is_true(json_object_get(o, "bound")) &&
                 (strcmp(role, "reviewer") == 0 || strcmp(role, "supervisor") == 0);
    char *ret = looks ? mem_string(user) : NULL;
    json_decref(o);
    return ret;
}

/* As it was at the beginning. Whatever else is answered, or nothing, ends it: who still may begins
 * anew. */
static bool may_still(struct listener *l)
{
    CLEANUP_ARENA struct arena arena = ARENA_INIT(WHO_BYTES);
    CLEANUP_BUF struct buf body = BUF_INIT_SECRET(WHO_BYTES);
    struct answer x;
    int64_t now = clock_monotonic_ms();
    if (now - l->asked_ms < l->front->again_ms)
        return true;
    l->asked_ms = now;
    if (ask_who(l->front, l->session, l->peer, &body, &arena, &x) < 0 || x.status != MHD_HTTP_OK)
        return false;
    CLEANUP_FREE char *user = who_looks(&x);
    return user != NULL;
}

/* ---- places ---- */

/* Below 0: ERR_AGAIN, all are taken; ERR_LIMIT, this user has as many as one may have. */
static int take_place(struct listener *l)
{
    struct front *f = l->front;
    unsigned all = 0, own = 0;
    pthread_mutex_lock(&f->listening);
    for (const struct listener *i = f->listeners; i != NULL; i = i->next) {
        all++;
        own += strcmp(i->user, l->user) == 0;
    }
    int r = own >= FRONT_LISTENERS_OF_ONE ? ERR_LIMIT : 0;
    if (r == 0 && all >= FRONT_LISTENERS_MAX)
        r = ERR_AGAIN;
    if (r == 0) {
        l->next = f->listeners;
        f->listeners = l;
    }
    pthread_mutex_unlock(&f->listening);
    return r;
}

static void leave_place(struct listener *l)
{
    pthread_mutex_lock(&l->front->listening);
    struct listener **at = &l->front->listeners;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    pthread_mutex_unlock(&l->front->listening);
}

static void free_listener(struct listener *l)
{
    secret_wipe(l->session, sizeof l->session);
    free(l->user);
    free(l);
}

/* ---- the stream ---- */

/* One event, or a remark that keeps the connection open; until the session is to be asked for
 * again. ERR_CLOSED. */
static int put_event(struct listener *l, struct buf *b)
{
    int64_t left = l->asked_ms + l->front->again_ms - clock_monotonic_ms();
    buf_put_text(b, "data: ");
    int r = exchange_event(l->front->exchange, &l->seen, left < 0 ? 0 : (int)left, b);
    if (r == ERR_TIMEOUT) {
        buf_reset(b);
        buf_put_text(b, ": still here");
        r = 0;
    }
    buf_put_text(b, "\n\n");
    return r;
}

static ssize_t next_event(void *context, uint64_t offset, char *out, size_t max)
{
    struct listener *l = context;
    CLEANUP_BUF struct buf b = BUF_INIT(BLOCK_BYTES);
    (void)offset;
    if (l->front->ending || put_event(l, &b) < 0 || buf_failed(&b) || b.len > max || !may_still(l))
        return (ssize_t)U_STREAM_END;
    memcpy(out, b.data, b.len);
    return (ssize_t)b.len;
}

static void end_listener(void *context)
{
    leave_place(context);
    free_listener(context);
}

static void begin(struct front *f, const struct question *q, char *user, struct _u_response *r)
{
    struct listener *l = mem_new(sizeof *l);
    *l = (struct listener){.front = f, .asked_ms = clock_monotonic_ms(), .user = user};
    snprintf(l->session, sizeof l->session, "%s", q->session);
    snprintf(l->peer, sizeof l->peer, "%s", q->peer);
    int code = take_place(l);
    if (code < 0) {
        free_listener(l);
        if (code == ERR_LIMIT)
            front_refuse(r, MHD_HTTP_TOO_MANY_REQUESTS, "too-many",
                         "you listen for events in too many places already");
        else
            front_refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, "busy",
                         "too many listen for events already");
        return;
    }
    u_map_put(r->map_header, "Content-Type", "text/event-stream");
    u_map_put(r->map_header, "Cache-Control", "no-store");
    ulfius_set_stream_response(r, MHD_HTTP_OK, next_event, end_listener, U_STREAM_SIZE_UNKNOWN,
                               BLOCK_BYTES, l);
}

void front_listen(struct front *f, const struct _u_request *request, const struct question *q,
                  struct _u_response *r)
{
    CLEANUP_ARENA struct arena arena = ARENA_INIT(WHO_BYTES);
    CLEANUP_BUF struct buf body = BUF_INIT_SECRET(WHO_BYTES);
    struct answer x;
    int code = ask_who(f, q->session, q->peer, &body, &arena, &x);
    char *user = code == 0 && x.status == MHD_HTTP_OK ? who_looks(&x) : NULL;
    if (code < 0)
        front_refuse_for(r, code);
    else if (x.status != MHD_HTTP_OK)
        front_answer(f, request, r, &x);
    else if (user == NULL)
        front_refuse(r, MHD_HTTP_FORBIDDEN, "role",
                     "events are for reviewers and supervisors who are bound to no set");
    else
        begin(f, q, user, r);
}
