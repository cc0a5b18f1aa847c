#include "ibot/link_files.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ibot/frames_files.h"
#include "ibot/link_fetch.h"
#include "ibot/link_internal.h"

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
void link_files_end_frame(struct link_files *f)
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
        link_files_end_frame(f);
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
void link_files_give_up(struct link_files *f, struct get *g, enum outcome how)
{
    struct channel *keeper = f->link->o.keeper;
    if (g->state == GET_QUEUED || g->state == GET_HEAD || g->state == GET_BODY) {
        frames_put_file_end(channel_begin(keeper, FRAME_FILE_END), g->ticket, false);
        link_files_end_frame(f);
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
    link_files_end_frame(f);
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
        if (link_fetch_runs(g))
            fds[count++] = (struct pollfd){behind ? -1 : g->fd, POLLIN, 0};
    return count;
}

int link_files_timeout_ms(const struct link_files *f)
{
    for (const struct get *g = f->gets; g != NULL; g = g->next)
        if (link_fetch_runs(g))
            return CLOCK_SECOND_MS;
    return -1;
}

void link_files_run(struct link_files *f, const struct pollfd *fds, size_t count)
{
    int64_t now = clock_monotonic_ms();
    for (struct get *g = f->gets; g != NULL; g = g->next) {
        if (!link_fetch_runs(g))
            continue;
        for (size_t i = 0; i < count; i++)
            if (fds[i].fd == g->fd && fds[i].revents != 0 && link_fetch_runs(g))
                link_fetch_read(f, g);
        if (link_fetch_runs(g) && now > g->deadline_ms)
            link_files_give_up(f, g, OUTCOME_LATER);
    }
    sweep(f);
    link_fetch_start(f);
    sweep(f);
}
