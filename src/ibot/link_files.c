#include "ibot/link_files.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ibot/frames_files.h"
#include "ibot/link_internal.h"

#define HEAD_MAX 8192U

enum fetch_state {
    GET_ASKED,  /* the keeper: is it stored? */
    GET_QUEUED, /* wanted; waits for its turn */
    GET_HEAD,   /* the request is sent; the answer's head comes */
    GET_BODY,
    GET_STORING, /* all is with the keeper */
};

enum outcome { OUTCOME_STORED, OUTCOME_NONE, OUTCOME_LATER };

struct get {
    struct get *next;
    uint64_t ticket;
    struct frames_file file;
    char path[VALUE_PATH_MAX + 1];
    enum fetch_state state;
    int fd; /* -1: none */
    uint64_t len;
    int64_t deadline_ms;
    struct buf head;
    bool over; /* settled: removed at the next turn */
};

/* A message that waits for its files. */
struct asking {
    struct asking *next;
    uint64_t tag;
    uint8_t certificate[HASH_BYTES];
    uint64_t tickets[VALUE_FILES_MAX]; /* 0: there */
    size_t count;
    size_t len;
    uint8_t body[];
};

struct link_files {
    struct link *link;
    struct get *gets, **gets_end; /* in the order in which they were asked for */
    struct asking *askings;
    size_t get_count, asking_count;
    uint64_t next_ticket;
    bool away; /* said, until it answers again */
};

struct link_files *link_files_new(struct link *l)
{
    struct link_files *f = mem_new(sizeof *f);
    f->link = l;
    f->gets_end = &f->gets;
    return f;
}

static void free_get(struct get *g)
{
    if (g->fd >= 0)
        close(g->fd);
    buf_clear(&g->head);
    free(g);
}

void link_files_free(struct link_files *f)
{
    if (f == NULL)
        return;
    while (f->gets != NULL) {
        struct get *g = f->gets;
        f->gets = g->next;
        free_get(g);
    }
    while (f->askings != NULL) {
        struct asking *a = f->askings;
        f->askings = a->next;
        free(a);
    }
    free(f);
}

/* Ends the frame to the keeper that was begun. */
static void end_frame(struct link_files *f)
{
    if (channel_end(f->link->o.keeper) < 0)
        f->link->failed = true;
}

/* Removes the message from the list and gives it its end. What its opener does not hear of again,
 * the keeper is not to expect. */
static void conclude(struct link_files *f, struct asking *a, enum outcome how)
{
    bool handed = false;
    struct asking **at = &f->askings;
    while (*at != a)
        at = &(*at)->next;
    *at = a->next;
    f->asking_count--;
    if (how == OUTCOME_LATER)
        link_answer_later(f->link, a->tag, LATER_FILE, LINK_FILES_LATER_SECONDS);
    else
        handed = link_send_request(f->link, a->certificate, a->body, a->len,
                                   how == OUTCOME_NONE ? FRAME_NO_FILE : FRAME_FILES_STORED);
    if (!handed) {
        frames_put_forget(channel_begin(f->link->o.keeper, FRAME_FORGET), a->tag);
        end_frame(f);
    }
    free(a);
}

void link_files_forget(struct link_files *f, uint64_t tag)
{
    for (struct asking **at = &f->askings; *at != NULL; at = &(*at)->next) {
        struct asking *a = *at;
        if (a->tag != tag)
            continue;
        *at = a->next;
        f->asking_count--;
        free(a);
        return;
    }
}

static bool waits_for(const struct asking *a, uint64_t ticket)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->tickets[i] == ticket)
            return true;
    return false;
}

static bool is_complete(struct asking *a, uint64_t ticket)
{
    bool complete = true;
    for (size_t i = 0; i < a->count; i++) {
        if (a->tickets[i] == ticket)
            a->tickets[i] = 0;
        complete = complete && a->tickets[i] == 0;
    }
    return complete;
}

/* What became of a file, for every message that waits for it. */
static void settle(struct link_files *f, struct get *g, enum outcome how)
{
    if (g->over)
        return;
    g->over = true;
    struct asking *next;
    for (struct asking *a = f->askings; a != NULL; a = next) {
        next = a->next;
        if (waits_for(a, g->ticket) && (how != OUTCOME_STORED || is_complete(a, g->ticket)))
            conclude(f, a, how);
    }
}

/* Breaks off what the keeper has begun to store. */
static void give_up(struct link_files *f, struct get *g, enum outcome how)
{
    struct channel *keeper = f->link->o.keeper;
    if (g->state == GET_QUEUED || g->state == GET_HEAD || g->state == GET_BODY) {
        frames_put_file_end(channel_begin(keeper, FRAME_FILE_END), g->ticket, false);
        end_frame(f);
    }
    settle(f, g, how);
}

static struct get *find_get(struct link_files *f, const struct envelope_file *x)
{
    for (struct get *g = f->gets; g != NULL; g = g->next)
        if (!g->over && g->file.size == x->size && strcmp(g->path, x->path) == 0 &&
            memcmp(g->file.sha256, x->sha256, HASH_BYTES) == 0)
            return g;
    return NULL;
}

static struct get *add_get(struct link_files *f, const struct envelope_file *x)
{
    struct channel *keeper = f->link->o.keeper;
    if (f->get_count == LINK_FILES_WAITING_MAX)
        return NULL;
    struct get *g = mem_new(sizeof *g);
    g->ticket = ++f->next_ticket;
    g->fd = -1;
    g->file.size = x->size;
    memcpy(g->file.sha256, x->sha256, HASH_BYTES);
    snprintf(g->path, sizeof g->path, "%s", x->path);
    g->head = (struct buf)BUF_INIT(HEAD_MAX);
    *f->gets_end = g;
    f->gets_end = &g->next;
    f->get_count++;
    frames_put_file_ask(channel_begin(keeper, FRAME_FILE_ASK), g->ticket, &g->file);
    end_frame(f);
    return g;
}

void link_files_take(struct link_files *f, const uint8_t *body, size_t len, uint64_t tag,
                     const struct envelope *e)
{
    if (f->asking_count == LINK_FILES_WAITING_MAX) {
        link_answer_later(f->link, tag, LATER_SLOW_DOWN, LINK_FILES_LATER_SECONDS);
        return;
    }
    struct asking *a = mem_new(sizeof *a + len);
    a->tag = tag;
    a->len = len;
    memcpy(a->body, body, len);
    memcpy(a->certificate, e->certificate, HASH_BYTES);
    a->next = f->askings;
    f->askings = a;
    f->asking_count++;
    (void)link_send_request(f->link, e->certificate, body, len, FRAME_REQUEST);
}

/* All files of a message, each once. */
static void fetch(struct link_files *f, struct asking *a, const struct envelope *e)
{
    for (size_t i = 0; i < e->file_count; i++) {
        struct get *g = find_get(f, &e->files[i]);
        if (g == NULL)
            g = add_get(f, &e->files[i]);
        if (g == NULL) {
            conclude(f, a, OUTCOME_LATER);
            return;
        }
        a->tickets[a->count++] = g->ticket;
    }
}

static int take_fetch(struct link_files *f, const struct frame *frame, struct diag *d)
{
    uint64_t tag;
    bool may;
    struct envelope e;
    struct arena arena = ARENA_INIT(2 * LINK_STANZA_MEMORY);
    if (frames_get_fetch(frame->body, frame->len, &tag, &may) < 0)
        return diag_set(d, ERR_FORMAT, "keeper sent a malformed word about files");
    struct asking *a = f->askings;
    while (a != NULL && a->tag != tag)
        a = a->next;
    if (a == NULL || a->count > 0)
        return 0; /* answered meanwhile, or told already */
    if (may && frames_get_request(a->body, a->len, &arena, &tag, &e) == 0)
        fetch(f, a, &e);
    else
        conclude(f, a, OUTCOME_LATER);
    arena_clear(&arena);
    return 0;
}

int link_files_from_keeper(struct link_files *f, const struct frame *frame, struct diag *d)
{
    uint64_t ticket;
    enum frames_file_state state;
    if (frame->type == FRAME_FETCH)
        return take_fetch(f, frame, d);
    if (frames_get_file_state(frame->body, frame->len, &ticket, &state) < 0)
        return diag_set(d, ERR_FORMAT, "keeper sent a malformed state of a file");
    struct get *g = f->gets;
    while (g != NULL && g->ticket != ticket)
        g = g->next;
    if (g == NULL || g->over)
        return 0;
    if (state == FILE_WANTED && g->state == GET_ASKED) {
        g->state = GET_QUEUED;
        return 0;
    }
    g->state = GET_STORING; /* the keeper has no more of it to break off */
    settle(f, g,
           state == FILE_STORED  ? OUTCOME_STORED
           : state == FILE_WRONG ? OUTCOME_NONE
                                 : OUTCOME_LATER);
    return 0;
}

static void say_away(struct link_files *f, bool away)
{
    if (away != f->away)
        diag_set(&f->link->notice, 0,
                 away ? "the upload host does not answer: messages with files wait"
                      : "the upload host answers again");
    f->away = away;
}

static void start(struct link_files *f, struct get *g)
{
    const struct link *l = f->link;
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_PATH_MAX + VALUE_DOMAIN_MAX + 128U);
    buf_format(&b, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", g->path,
               l->o.net->upload);
    /* A fresh socket's buffer takes the whole of it. */
    bool sent = connector_get(l->o.connector, LINK_SOCKET_UPLOAD, &g->fd) == 0 &&
                send(g->fd, b.data, b.len, MSG_NOSIGNAL) == (ssize_t)b.len;
    say_away(f, !sent);
    if (!sent) {
        give_up(f, g, OUTCOME_LATER);
        return;
    }
    g->state = GET_HEAD;
    g->deadline_ms = clock_monotonic_ms() + LINK_FILES_IDLE_MS;
}

static void put_body(struct link_files *f, struct get *g, const uint8_t *data, size_t len)
{
    struct channel *keeper = f->link->o.keeper;
    if (len == 0)
        return;
    if (len > g->file.size - g->len) {
        give_up(f, g, OUTCOME_NONE);
        return;
    }
    struct buf *b = channel_begin(keeper, FRAME_FILE_DATA);
    buf_put_u64(b, g->ticket);
    buf_put(b, data, len);
    end_frame(f);
    g->len += len;
}

static bool has_status(const char *head, const char *status)
{
    return strncmp(head, "HTTP/1.1 ", 9) == 0 && strncmp(head + 9, status, 3) == 0 &&
           head[12] == ' ';
}

/* "HTTP/1.1 200 OK" and what follows it up to the empty line. */
static void take_head(struct link_files *f, struct get *g)
{
    const char *text = buf_text(&g->head), *end = strstr(text, "\r\n\r\n");
    if (end == NULL)
        return;
    size_t head = (size_t)(end - text) + 4;
    if (!has_status(text, "200")) {
        bool none = has_status(text, "404") || has_status(text, "410") || has_status(text, "403");
        give_up(f, g, none ? OUTCOME_NONE : OUTCOME_LATER);
        return;
    }
    g->state = GET_BODY;
    put_body(f, g, g->head.data + head, g->head.len - head);
    buf_clear(&g->head);
}

/* The host has closed: all has come, or it broke off. */
static void take_close(struct link_files *f, struct get *g)
{
    struct channel *keeper = f->link->o.keeper;
    if (g->state != GET_BODY || g->len < g->file.size) {
        give_up(f, g, OUTCOME_LATER);
        return;
    }
    frames_put_file_end(channel_begin(keeper, FRAME_FILE_END), g->ticket, true);
    end_frame(f);
    close(g->fd);
    g->fd = -1;
    g->state = GET_STORING;
}

static void read_get(struct link_files *f, struct get *g)
{
    uint8_t chunk[FRAMES_FILE_DATA_MAX];
    ssize_t n = recv(g->fd, chunk, g->state == GET_HEAD ? 4096 : sizeof chunk, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        take_close(f, g);
        return;
    }
    g->deadline_ms = clock_monotonic_ms() + LINK_FILES_IDLE_MS;
    if (g->state == GET_BODY) {
        put_body(f, g, chunk, (size_t)n);
        return;
    }
    buf_put(&g->head, chunk, (size_t)n);
    if (buf_failed(&g->head))
        give_up(f, g, OUTCOME_LATER);
    else
        take_head(f, g);
}

static bool is_running(const struct get *g)
{
    return !g->over && (g->state == GET_HEAD || g->state == GET_BODY);
}

static void sweep(struct link_files *f)
{
    struct get **at = &f->gets;
    while (*at != NULL) {
        struct get *g = *at;
        if (!g->over) {
            at = &g->next;
            continue;
        }
        *at = g->next;
        f->get_count--;
        free_get(g);
    }
    f->gets_end = at;
}

/* Not while the keeper is behind. */
size_t link_files_pollfds(struct link_files *f, struct pollfd *fds, size_t max)
{
    size_t count = 0;
    bool behind = channel_queued(f->link->o.keeper) > LINK_FILES_AHEAD_BYTES;
    for (const struct get *g = f->gets; g != NULL && count < max; g = g->next)
        if (is_running(g))
            fds[count++] = (struct pollfd){behind ? -1 : g->fd, POLLIN, 0};
    return count;
}

int link_files_timeout_ms(const struct link_files *f)
{
    for (const struct get *g = f->gets; g != NULL; g = g->next)
        if (is_running(g))
            return CLOCK_SECOND_MS;
    return -1;
}

static void start_queued(struct link_files *f)
{
    size_t running = 0;
    for (const struct get *g = f->gets; g != NULL; g = g->next)
        running += is_running(g);
    for (struct get *g = f->gets; g != NULL && running < LINK_FILES_MAX; g = g->next) {
        if (g->over || g->state != GET_QUEUED)
            continue;
        start(f, g);
        running++;
    }
}

void link_files_run(struct link_files *f, const struct pollfd *fds, size_t count)
{
    int64_t now = clock_monotonic_ms();
    for (struct get *g = f->gets; g != NULL; g = g->next) {
        if (!is_running(g))
            continue;
        for (size_t i = 0; i < count; i++)
            if (fds[i].fd == g->fd && fds[i].revents != 0 && is_running(g))
                read_get(f, g);
        if (is_running(g) && now > g->deadline_ms)
            give_up(f, g, OUTCOME_LATER);
    }
    sweep(f);
    start_queued(f);
    sweep(f);
}
