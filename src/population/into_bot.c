/* The bot's opener and keeper as processes, link's core here, and the registrar that it asks. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/process.h"
#include "population/into_internal.h"
#include "registrar/stanzas.h"

#define PROGRAM "ironside-ibot"
#define QUEUE_MAX (64U * 1024 * 1024)
#define END_MS 5000
#define STREAM "<stream xmlns='jabber:component:accept'>"
#define OUTPUT_MAX (8U * 1024 * 1024)

static int start_role(struct into *x, const char *program, const char *role, const int *fds,
                      size_t count, pid_t *ret, struct diag *d)
{
    const char *argv[] = {program, "--role", role, x->dir, "ibot", NULL};
    struct process p = {
        .argv = argv, .fds = fds, .fd_count = count, .out_fd = -1, .own_session = true};
    return process_start(&p, ret, d);
}

/* The sockets of one generation: the keeper's ends, and each opener's. */
struct sockets {
    int keeper[1 + FOLDER_OPENERS_MAX], openers[FOLDER_OPENERS_MAX][2];
    size_t count;
};

static void close_theirs(struct sockets *s)
{
    for (size_t i = 0; i <= s->count; i++)
        if (s->keeper[i] >= 0)
            close(s->keeper[i]);
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < 2; k++)
            if (s->openers[i][k] >= 0)
                close(s->openers[i][k]);
}

static int make_pair(int *ours, int *theirs)
{
    int pair[2];
    if (process_socketpair(pair) < 0)
        return ERR_IO;
    *ours = pair[0];
    *theirs = pair[1];
    return 0;
}

static int make_sockets(struct into_bot *b, struct sockets *s)
{
    int ours;
    int r = make_pair(&ours, &s->keeper[0]);
    if (r == 0)
        r = channel_init(&b->to_keeper, ours, FRAMES_REQUEST_MAX, QUEUE_MAX);
    for (size_t i = 0; r == 0 && i < s->count; i++) {
        r = make_pair(&ours, &s->openers[i][0]);
        if (r == 0)
            r = channel_init(&b->to_openers[i], ours, FRAMES_DOCUMENT_MAX, QUEUE_MAX);
        if (r == 0)
            r = make_pair(&s->openers[i][1], &s->keeper[1 + i]);
    }
    return r;
}

static int start_roles(struct into *x, struct diag *d)
{
    struct into_bot *b = &x->bot;
    struct sockets s = {.count = b->folder.openers};
    memset(s.keeper, -1, sizeof s.keeper);
    memset(s.openers, -1, sizeof s.openers);
    CLEANUP_FREE char *program = process_beside(PROGRAM);
    int r = make_sockets(b, &s);
    if (r < 0)
        diag_set(d, r, "no sockets can be made for the bot");
    if (r == 0)
        r = start_role(x, program, "keeper", s.keeper, 1 + s.count, &b->keeper, d);
    for (size_t i = 0; r == 0 && i < s.count; i++)
        r = start_role(x, program, "opener", s.openers[i], 2, &b->openers[i], d);
    close_theirs(&s);
    return r;
}

/* ---- what link says ---- */

struct listener {
    struct into *x;
    struct diag *d;
    int failed;
};

static void note_refusal(struct into *x, const struct xml_element *message)
{
    const struct xml_element *v = message->first;
    const char *id = xml_attribute_of(message, "id"), *reason = xml_attribute_of(v, "reason");
    if (x->refused.text[0] == '\0')
        diag_set(&x->refused, ERR_AUTH, "the bot does not archive a message of %s (%s): %s",
                 xml_attribute_of(message, "to"), id == NULL ? "?" : id,
                 reason == NULL ? v->name : reason);
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct listener *l = context;
    const char *state;
    if (strcmp(stanza->name, "iq") == 0) {
        int r = registrar_stanza(l->x->registrar, l->x->registry, stanza, l->d);
        l->failed = l->failed == 0 ? r : l->failed;
        return;
    }
    if (stanza->first == NULL)
        return;
    state = xml_attribute_of(stanza->first, "state");
    if (strcmp(stanza->first->name, "verdict") == 0 && state != NULL &&
        strcmp(state, "archived") == 0)
        l->x->counts.archived++;
    else
        note_refusal(l->x, stanza);
}

static void on_opened(void *context, const struct xml_element *x)
{
    (void)context, (void)x;
}

static void on_closed(void *context)
{
    (void)context;
}

/* Whole stanzas, as the server would read them. */
static int read_output(struct into *x, struct buf *out, struct diag *d)
{
    static const struct xml_stream_events events = {
        .opened = on_opened, .stanza = on_stanza, .closed = on_closed};
    struct listener l = {x, d, 0};
    struct xml_stream *s = xml_stream_new(&events, &l, OUTPUT_MAX);
    int r = xml_stream_feed(s, "<stream>", 8);
    if (r == 0)
        r = xml_stream_feed(s, out->data, out->len);
    xml_stream_free(s);
    buf_reset(out);
    if (r < 0)
        return diag_set(d, r, "what the bot says cannot be read");
    return l.failed;
}

/* Verdicts that all say "archived" are only counted. */
static bool count_archived(struct into *x, struct buf *out)
{
    static const char verdict[] = "<verdict ", good[] = "state='archived'";
    const char *at = buf_text(out), *end = at + out->len;
    uint64_t count = 0;
    if (memmem(at, out->len, "<iq ", 4) != NULL || memmem(at, out->len, "<later", 6) != NULL)
        return false;
    while ((at = memmem(at, (size_t)(end - at), verdict, sizeof verdict - 1)) != NULL) {
        const char *close = memchr(at, '>', (size_t)(end - at));
        if (close == NULL || memmem(at, (size_t)(close - at), good, sizeof good - 1) == NULL)
            return false;
        count++;
        at = close;
    }
    x->counts.archived += count;
    buf_reset(out);
    return true;
}

/* Takes what link says, and gives it what the registrar answers, until both are silent. */
static int converse(struct into *x, struct diag *d)
{
    struct buf *said = component_out(x->bot.component), *answers = component_out(x->registry);
    uint64_t before = x->counts.archived;
    int r = 0;
    while (r == 0 && said->len > 0) {
        if (!count_archived(x, said))
            r = read_output(x, said, d);
        if (r == 0 && answers->len > 0)
            r = component_feed(x->bot.component, answers->data, answers->len);
        buf_reset(answers);
    }
    if (x->counts.archived != before)
        x->moved_ms = clock_monotonic_ms();
    if (r == 0 && x->refused.text[0] != '\0')
        return diag_set(d, ERR_AUTH, "%s", x->refused.text);
    return r;
}

/* ---- turns ---- */

static int take_frames(struct into *x, struct channel *c, short revents,
                       int (*take)(struct link *, const struct frame *, struct diag *),
                       struct diag *d)
{
    struct frame f;
    int r = revents & (POLLIN | POLLHUP) ? channel_fill(c) : ERR_AGAIN;
    while (r == 0 && (r = channel_next(c, &f)) == 0)
        r = take(x->bot.link, &f, d);
    if (r == ERR_AGAIN)
        r = channel_flush(c);
    if (r == ERR_CLOSED)
        return diag_set(d, r, "a process of the bot has ended: its last line says why");
    return r == ERR_AGAIN ? 0 : r;
}

static struct pollfd wanted(const struct channel *c)
{
    return (struct pollfd){c->fd, (short)(POLLIN | (channel_queued(c) > 0 ? POLLOUT : 0)), 0};
}

int into_bot_turn(struct into *x, int timeout_ms, struct diag *d)
{
    struct into_bot *b = &x->bot;
    struct pollfd fds[1 + FOLDER_OPENERS_MAX];
    struct diag notice;
    fds[0] = wanted(&b->to_keeper);
    for (size_t i = 0; i < b->folder.openers; i++)
        fds[1 + i] = wanted(&b->to_openers[i]);
    (void)poll(fds, 1 + b->folder.openers, timeout_ms);
    int r = take_frames(x, &b->to_keeper, fds[0].revents, link_from_keeper, d);
    for (size_t i = 0; r == 0 && i < b->folder.openers; i++)
        r = take_frames(x, &b->to_openers[i], fds[1 + i].revents, link_from_opener, d);
    if (r == 0 && timeout_ms > 0)
        (void)link_tick(b->link);
    if (r == 0)
        r = converse(x, d);
    if (link_take_notice(b->link, &notice) != NULL)
        log_line("%s", notice.text);
    return r;
}

int into_bot_feed(struct into *x, struct diag *d)
{
    int r = component_feed(x->bot.component, x->stanza.data, x->stanza.len);
    buf_reset(&x->stanza);
    if (r < 0)
        return diag_set(d, r, "a message that was made here is no stanza");
    return component_out(x->bot.component)->len > 0 ? converse(x, d) : 0;
}

uint64_t into_bot_waiting(const struct into *x)
{
    return x->counts.sent - x->counts.archived;
}

int into_bot_start(struct into *x, struct diag *d)
{
    struct into_bot *b = &x->bot;
    int r = start_roles(x, d);
    if (r < 0)
        return r;
    struct link_options o = {.net = x->net,
                             .bot = b->folder.jid,
                             .keeper = &b->to_keeper,
                             .opener_count = b->folder.openers};
    for (size_t i = 0; i < b->folder.openers; i++)
        o.openers[i] = &b->to_openers[i];
    b->link = link_new(&o);
    b->component =
        component_new_detached(b->folder.jid, LINK_STANZA_MEMORY, &link_component_events, b->link);
    link_set_component(b->link, b->component);
    r = component_feed(b->component, STREAM, sizeof STREAM - 1);
    link_component_events.ready(b->link);
    return r == 0 ? converse(x, d) : r;
}

void into_bot_stop(struct into *x)
{
    struct into_bot *b = &x->bot;
    for (size_t i = 0; i < FOLDER_OPENERS_MAX; i++)
        channel_clear(&b->to_openers[i]); /* their end is what the processes wait for */
    channel_clear(&b->to_keeper);
    for (size_t i = 0; i < FOLDER_OPENERS_MAX; i++)
        if (b->openers[i] > 0)
            process_stop(b->openers[i], END_MS);
    if (b->keeper > 0)
        process_stop(b->keeper, END_MS);
    link_free(b->link);
    component_free(b->component);
    bot_folder_clear(&b->folder);
}
