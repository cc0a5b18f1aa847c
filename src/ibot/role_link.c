#include <poll.h>
#include <string.h>

#include "base/connector.h"
#include "base/log.h"
#include "base/secret.h"
#include "ibot/link_files.h"
#include "ibot/roles.h"
#include "network/layout.h"

struct process {
    struct network_note *net;
    struct component *component;
    struct link *link;
    struct connector *connector;
    struct channel keeper, openers[FOLDER_OPENERS_MAX];
    size_t opener_count;
};

static void clear(struct process *p)
{
    component_free(p->component);
    link_free(p->link);
    channel_clear(&p->keeper);
    for (size_t i = 0; i < FOLDER_OPENERS_MAX; i++)
        channel_clear(&p->openers[i]);
    network_note_free(p->net);
    connector_free(p->connector);
}

static int open_channels(struct process *p, size_t openers, struct diag *d)
{
    p->opener_count = openers;
    int r = channel_init(&p->keeper, ROLE_FIRST_FD, FRAMES_REQUEST_MAX, ROLE_QUEUE_MAX);
    for (size_t i = 0; r == 0 && i < openers; i++)
        r = channel_init(&p->openers[i], ROLE_FIRST_FD + 1 + (int)i, FRAMES_DOCUMENT_MAX,
                         ROLE_QUEUE_MAX);
    return r < 0 ? diag_set(d, r, "started without its sockets: it is not to be run by hand") : 0;
}

/* All that link may have connections to. */
static int start_connector(struct process *p, const struct bot_folder *f, struct diag *d)
{
    CLEANUP_FREE char *component = layout_path(f->network, LAYOUT_COMPONENT_SOCKET);
    CLEANUP_FREE char *upload = layout_path(f->network, LAYOUT_UPLOAD_SOCKET);
    const char *const paths[LINK_SOCKETS] = {
        [LINK_SOCKET_COMPONENT] = component, [LINK_SOCKET_UPLOAD] = upload};
    return connector_start(paths, LINK_SOCKETS, &p->connector, d);
}

static int open_all(struct process *p, const struct bot_folder *f, struct diag *d)
{
    CLEANUP_FREE char *secret_path = bot_folder_file(f, "component.secret");
    CLEANUP_SECRET char *secret = NULL;
    int r = role_network_note(f, &p->net, d);
    if (r == 0)
        r = open_channels(p, f->openers, d);
    if (r == 0)
        r = start_connector(p, f, d);
    if (r == 0)
        r = keys_secret_read(secret_path, &secret, d);
    if (r < 0)
        return r;
    struct link_options o = {.net = p->net,
                             .bot = f->jid,
                             .connector = p->connector,
                             .keeper = &p->keeper,
                             .opener_count = f->openers};
    for (size_t i = 0; i < f->openers; i++)
        o.openers[i] = &p->openers[i];
    p->link = link_new(&o);
    p->component = component_new(f->jid, secret, p->connector, LINK_SOCKET_COMPONENT,
                                 LINK_STANZA_MEMORY, &link_component_events, p->link);
    link_set_component(p->link, p->component);
    return 0;
}

/* Everything that a peer's socket has, frame by frame. */
static int take_frames(struct link *l, struct channel *c, short revents,
                       int (*take)(struct link *, const struct frame *, struct diag *),
                       struct diag *d)
{
    struct frame f;
    int r = role_fill(c, revents);
    while (r == 0 && (r = channel_next(c, &f)) == 0)
        r = take(l, &f, d);
    return r == ERR_AGAIN ? 0 : r;
}

#define OWN_FDS 3 /* component, keeper, connector */

static int turn(struct process *p, struct diag *d)
{
    struct pollfd fds[OWN_FDS + FOLDER_OPENERS_MAX + LINK_FILES_MAX];
    struct link_files *files = link_files(p->link);
    int timeout = link_tick(p->link), other = component_timeout_ms(p->component);
    int fetching = link_files_timeout_ms(files);
    if (other >= 0 && other < timeout)
        timeout = other;
    if (fetching >= 0 && fetching < timeout)
        timeout = fetching;
    fds[0] = (struct pollfd){component_fd(p->component), component_poll_events(p->component), 0};
    fds[1] = (struct pollfd){p->keeper.fd, role_wanted(&p->keeper), 0};
    fds[2] = (struct pollfd){connector_fd(p->connector), POLLIN, 0};
    for (size_t i = 0; i < p->opener_count; i++)
        fds[OWN_FDS + i] = (struct pollfd){p->openers[i].fd, role_wanted(&p->openers[i]), 0};
    size_t own = OWN_FDS + p->opener_count,
           fetches = link_files_pollfds(files, fds + own, LINK_FILES_MAX);
    if (poll(fds, own + fetches, timeout) < 0)
        return 0; /* a signal */
    if (fds[2].revents != 0)
        return diag_set(d, ERR_IO, "the process that connects has ended");
    component_process(p->component, fds[0].revents);
    int r = take_frames(p->link, &p->keeper, fds[1].revents, link_from_keeper, d);
    for (size_t i = 0; r == 0 && i < p->opener_count; i++)
        r = take_frames(p->link, &p->openers[i], fds[OWN_FDS + i].revents, link_from_opener, d);
    link_files_run(files, fds + own, fetches);
    component_flush(p->component);
    if (r == 0)
        r = role_flush(&p->keeper);
    for (size_t i = 0; r == 0 && i < p->opener_count; i++)
        r = role_flush(&p->openers[i]);
    if (r == 0 && link_failed(p->link))
        return diag_set(d, ERR_LIMIT, "an opener or the keeper does not take what it is handed");
    return r;
}

int role_link(const struct bot_folder *f)
{
    struct process p = {.keeper.fd = -1};
    struct diag d = {""};
    for (size_t i = 0; i < FOLDER_OPENERS_MAX; i++)
        p.openers[i].fd = -1;
    role_catch_signals();
    int r = open_all(&p, f, &d);
    if (r == 0)
        r = role_confine(CONFINE_LINK, NULL, &d);
    while (r == 0 && !role_told_to_end()) {
        struct diag notice;
        r = turn(&p, &d);
        if (link_take_notice(p.link, &notice) != NULL)
            log_line("%s", notice.text);
    }
    role_log_end(r, &d);
    clear(&p);
    return r;
}
