/* The reader: the agency's identity and the journals; no network. */
#include <poll.h>
#include <string.h>

#include "archive/identity.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "desk/frames.h"
#include "desk/replies.h"
#include "desk/roles.h"
#include "desk/teller.h"
#include "follower/follower.h"
#include "network/layout.h"

#define POLL_MS 200
#define BATCHES_A_TURN 4U
#define AHEAD_MAX 256U            /* batches that are handed on and not durable */
#define QUEUED_MAX (1024U * 1024) /* bytes: above it nothing is read */
#define ANSWER_MS 60000           /* the index may have a log to go through first */

struct reading {
    struct network_note *net;
    struct age_identities *identities;
    struct follower *follower;
    struct desk_replies *replies;
    struct channel index;
    struct arena arena;
    struct desk_teller teller;
    struct follower_state told[FOLLOWER_BOTS_MAX]; /* as the index has them */
    size_t bots;
    uint64_t sent, committed; /* batches */
};

static void clear(struct reading *p)
{
    desk_replies_free(p->replies);
    desk_teller_clear(&p->teller);
    follower_free(p->follower);
    channel_clear(&p->index);
    arena_clear(&p->arena);
    secret_free(p->identities);
    network_note_free(p->net);
}

static int open_all(struct reading *p, const struct desk_folder *f, struct diag *d)
{
    CLEANUP_FREE char *identity = desk_folder_identity(f, getenv("CREDENTIALS_DIRECTORY"));
    CLEANUP_FREE char *documents = desk_folder_documents(f);
    CLEANUP_FREE char *log = desk_folder_log(f);
    p->arena = (struct arena)ARENA_INIT(DESK_FRAME_MAX);
    if (channel_init(&p->index, ROLE_FIRST_FD, DESK_FRAME_MAX, ROLE_QUEUE_MAX) < 0)
        return diag_set(d, ERR_IO, "started without its socket: it is not to be run by hand");
    channel_wipes(&p->index);
    int r = desk_folder_note(f, &p->net, d);
    if (r == 0)
        r = identity_read(identity, &p->identities, d);
    if (r < 0)
        return r;
    struct follower_options o = {.net = p->net,
                                 .documents = documents,
                                 .log = log,
                                 .identities = p->identities->list,
                                 .identity_count = p->identities->count};
    r = follower_new(&o, &p->follower, d);
    if (r < 0)
        return r;
    p->teller = desk_teller_of(f, p->net, p->follower);
    p->replies =
        desk_replies_new(&(struct desk_replies_options){.folder = f,
                                                        .net = p->net,
                                                        .identities = p->identities->list,
                                                        .identity_count = p->identities->count,
                                                        .follower = p->follower,
                                                        .index = &p->index});
    return 0;
}

/* ---- where to begin ---- */

static int take_from(struct reading *p, const struct desk_folder *f, const struct frame *frame,
                     struct diag *d)
{
    struct cursor c = cursor_over(frame->body, frame->len);
    struct desk_place place;
    char bot[VALUE_DOMAIN_MAX + 1];
    arena_reset(&p->arena);
    desk_folder_bot(f, p->net, p->bots, bot);
    if (frame->type != DESK_FRAME_FROM || desk_frames_get_from(&c, &p->arena, &place) < 0 ||
        strcmp(place.bot, bot) != 0)
        return ERR_FORMAT;
    CLEANUP_FREE char *path = desk_folder_journal(f, p->bots++);
    return follower_add(p->follower, bot, path, place.next, place.size, d);
}

static int wait_for_frame(struct reading *p, struct frame *ret, struct diag *d)
{
    int r;
    while ((r = channel_next(&p->index, ret)) == ERR_AGAIN) {
        struct pollfd fd = {p->index.fd, role_wanted(&p->index), 0};
        int n = poll(&fd, 1, ANSWER_MS);
        if (n == 0)
            return diag_set(d, ERR_TIMEOUT, "the index does not answer");
        if (n < 0 && role_told_to_end())
            return ERR_CLOSED;
        r = role_flush(&p->index);
        if (r == 0)
            r = role_fill(&p->index, n < 0 ? 0 : fd.revents);
        if (r < 0)
            return r;
    }
    return r;
}

/* Somebody may ask before it is known where reading begins. */
static int wait_for_place(struct reading *p, struct frame *ret, struct diag *d)
{
    int r = wait_for_frame(p, ret, d);
    while (r == 0 && ret->type == DESK_FRAME_REQUEST) {
        struct cursor c = cursor_over(ret->body, ret->len);
        r = desk_replies_take(p->replies, &c);
        if (r == 0)
            r = wait_for_frame(p, ret, d);
    }
    return r;
}

/* In the order of desk.json, one after the other. */
static int ask_where(struct reading *p, const struct desk_folder *f, struct diag *d)
{
    int r = 0;
    while (r == 0 && p->bots < f->bot_count) {
        char bot[VALUE_DOMAIN_MAX + 1];
        struct frame frame;
        desk_folder_bot(f, p->net, p->bots, bot);
        desk_frames_put_where(channel_begin(&p->index, DESK_FRAME_WHERE), bot);
        r = channel_end(&p->index);
        if (r == 0)
            r = wait_for_place(p, &frame, d);
        if (r == 0)
            r = take_from(p, f, &frame, d);
    }
    return r;
}

/* ---- handing on ---- */

static int send_message(void *context, const char *bot, const struct follower_message *m)
{
    struct reading *p = context;
    desk_frames_put_message(channel_begin(&p->index, DESK_FRAME_MESSAGE), bot, m);
    return channel_end(&p->index);
}

static int send_batch(void *context, const struct follower_state *state)
{
    struct reading *p = context;
    desk_frames_put_state(channel_begin(&p->index, DESK_FRAME_BATCH), state);
    p->sent++;
    return channel_end(&p->index);
}

/* What no batch has told: a journal that stands, goes on again, or has grown by others' batches. */
static int send_states(struct reading *p)
{
    struct follower_state now[FOLLOWER_BOTS_MAX];
    size_t count = follower_states(p->follower, now);
    int r = 0;
    for (size_t i = 0; r == 0 && i < count; i++) {
        struct follower_state *told = &p->told[i];
        bool news = strcmp(told->stopped, now[i].stopped) != 0;
        if (!news && told->size == now[i].size && told->next == now[i].next &&
            told->covered == now[i].covered)
            continue;
        if (news && now[i].stopped[0] != '\0')
            log_line("%s", now[i].stopped);
        desk_frames_put_state(channel_begin(&p->index, DESK_FRAME_STATE), &now[i]);
        r = channel_end(&p->index);
        *told = now[i];
    }
    return r;
}

static int take_frame(struct reading *p, const struct frame *f)
{
    struct cursor c = cursor_over(f->body, f->len);
    if (f->type == DESK_FRAME_REQUEST)
        return desk_replies_take(p->replies, &c);
    if (f->type != DESK_FRAME_COMMITTED || desk_frames_get_committed(&c, &p->committed) < 0)
        return ERR_FORMAT;
    return p->committed > p->sent ? ERR_FORMAT : 0;
}

static int take_frames(struct reading *p)
{
    struct frame f;
    int r;
    while ((r = channel_next(&p->index, &f)) == 0)
        if ((r = take_frame(p, &f)) < 0)
            return r;
    desk_replies_tidy(p->replies);
    return r == ERR_AGAIN ? 0 : r;
}

/* ---- the loop ---- */

static bool may_read(const struct reading *p)
{
    return p->sent - p->committed < AHEAD_MAX && channel_queued(&p->index) < QUEUED_MAX;
}

static int turn(struct reading *p, bool *busy)
{
    const struct follower_sink sink = {send_message, send_batch, p};
    struct pollfd fd = {p->index.fd, role_wanted(&p->index), 0};
    int n = poll(&fd, 1, *busy && may_read(p) ? 0 : POLL_MS);
    int r = n < 0 ? 0 : role_fill(&p->index, fd.revents);
    if (r == 0)
        r = take_frames(p);
    if (r < 0 || !may_read(p))
        return r < 0 ? r : role_flush(&p->index);
    r = follower_poll(p->follower, BATCHES_A_TURN, &sink);
    *busy = r > 0;
    if (r >= 0)
        r = send_states(p);
    if (r >= 0)
        r = desk_teller_step(&p->teller, &p->index);
    return r < 0 ? r : role_flush(&p->index);
}

/* A bot that never ran has no folder of files: what comes there later is within reach once the desk
 * was started again. */
static void add_folder(char **folders, size_t *count, char *path)
{
    if (file_exists(path))
        folders[(*count)++] = path;
    else
        free(path);
}

static int confine(const struct desk_folder *f, const struct network_note *net, struct diag *d)
{
    char *folders[2 * FOLLOWER_BOTS_MAX + 5] = {desk_folder_documents(f)};
    size_t count = 1;
    add_folder(folders, &count, desk_folder_file(f, DESK_RECEIVED));
    add_folder(folders, &count, layout_path(f->network, LAYOUT_LOG));
    if (net->replay)
        add_folder(folders, &count, layout_path(f->network, LAYOUT_RUN)); /* its clock */
    for (size_t i = 0; i < f->bot_count; i++) {
        folders[count++] = desk_folder_journals(f, i);
        add_folder(folders, &count, desk_folder_files(f, i));
    }
    int r = role_confine(CONFINE_READER, (const char *const *)folders, d);
    for (size_t i = 0; folders[i] != NULL; i++)
        free(folders[i]);
    return r;
}

int role_reader(const struct desk_folder *f)
{
    struct reading p = {.index.fd = -1};
    struct diag d = {""};
    bool busy = true;
    role_catch_signals();
    int r = open_all(&p, f, &d);
    if (r == 0)
        r = confine(f, p.net, &d);
    if (r == 0)
        r = desk_teller_step(&p.teller, &p.index);
    if (r == 0)
        r = ask_where(&p, f, &d);
    while (r == 0 && !role_told_to_end())
        r = turn(&p, &busy);
    role_log_end(r, &d);
    clear(&p);
    return r;
}
