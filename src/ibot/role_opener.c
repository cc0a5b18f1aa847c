#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "ibot/opener.h"
#include "ibot/roles.h"

struct process {
    struct network_note *net;
    int keys_fd;
    struct daykeys *keys;
    struct opener *opener;
    struct channel link, keeper;
};

static void clear(struct process *p)
{
    opener_free(p->opener);
    channel_clear(&p->link);
    channel_clear(&p->keeper);
    daykeys_free(p->keys);
    if (p->keys_fd >= 0)
        close(p->keys_fd);
    network_note_free(p->net);
}

static int open_keys(struct process *p, const struct bot_folder *f, struct diag *d)
{
    CLEANUP_SECRET uint8_t *credential = secret_new(DAYKEYS_CREDENTIAL_BYTES);
    p->keys_fd = bot_folder_daykeys(f, d);
    if (p->keys_fd < 0)
        return p->keys_fd;
    int r = bot_folder_credential(f, credential, d);
    return r < 0 ? r : daykeys_open(p->keys_fd, credential, &p->keys, d);
}

static int open_all(struct process *p, const struct bot_folder *f, struct diag *d)
{
    struct clock clock;
    int r = role_network_note(f, &p->net, d);
    if (r == 0)
        r = role_clock(f, p->net, &clock, d);
    if (r == 0)
        r = open_keys(p, f, d);
    if (r < 0)
        return r;
    if (channel_init(&p->link, ROLE_FIRST_FD, FRAMES_DOCUMENT_MAX, ROLE_QUEUE_MAX) < 0 ||
        channel_init(&p->keeper, ROLE_FIRST_FD + 1, FRAMES_ROUND_MAX, ROLE_QUEUE_MAX) < 0)
        return diag_set(d, ERR_IO, "started without its sockets: it is not to be run by hand");
    struct opener_options o = {.net = p->net,
                               .bot = f->jid,
                               .bot_key = f->key,
                               .keys = p->keys,
                               .clock = clock,
                               .link = &p->link,
                               .keeper = &p->keeper};
    p->opener = opener_new(&o);
    return 0;
}

/* Requests are taken only while rounds may be begun; what else has come stays in the socket. */
static int take_requests(struct process *p, struct diag *d)
{
    struct frame f;
    int r = 0;
    while (r == 0 && opener_takes_requests(p->opener) && (r = channel_next(&p->link, &f)) == 0) {
        r = opener_from_link(p->opener, &f, d);
        if (r == 0)
            r = opener_tick(p->opener, d);
    }
    return r == ERR_AGAIN ? 0 : r;
}

static int take_answers(struct process *p, struct diag *d)
{
    struct frame f;
    int r;
    while ((r = channel_next(&p->keeper, &f)) == 0)
        if ((r = opener_from_keeper(p->opener, &f, d)) < 0)
            return r;
    return r == ERR_AGAIN ? 0 : r;
}

static int turn(struct process *p, struct diag *d)
{
    bool take = opener_takes_requests(p->opener);
    bool answers = channel_queued(&p->link) > 0;
    struct pollfd fds[] = {
        {take || answers ? p->link.fd : -1, (short)(take ? role_wanted(&p->link) : POLLOUT), 0},
        {p->keeper.fd, role_wanted(&p->keeper), 0}};
    int timeout = take && channel_has_frame(&p->link) ? 0 : opener_timeout_ms(p->opener);
    int keys = opener_keys_timeout_ms(p->opener);
    if (timeout < 0 || keys < timeout)
        timeout = keys;
    if (poll(fds, 2, timeout) < 0)
        return 0; /* a signal */
    int r = role_fill(&p->keeper, fds[1].revents);
    if (r == 0)
        r = take_answers(p, d);
    if (r == 0 && take)
        r = role_fill(&p->link, fds[0].revents);
    if (r == 0)
        r = take_requests(p, d);
    if (r == 0)
        r = opener_tick(p->opener, d);
    if (r == 0)
        r = role_flush(&p->keeper);
    return r == 0 ? role_flush(&p->link) : r;
}

/* Link has ended: what it handed over is finished. */
static int finish(struct process *p, struct diag *d)
{
    int r = opener_close_round(p->opener, d);
    while (r == 0 && opener_rounds_under_way(p->opener) > 0) {
        struct pollfd fd = {p->keeper.fd, role_wanted(&p->keeper), 0};
        if (poll(&fd, 1, 5000) == 0)
            return diag_set(d, ERR_TIMEOUT, "the keeper does not commit");
        r = role_flush(&p->keeper);
        if (r == 0)
            r = role_fill(&p->keeper, fd.revents);
        if (r == 0)
            r = take_answers(p, d);
    }
    return r;
}

int role_opener(const struct bot_folder *f)
{
    struct process p = {.keys_fd = -1, .link.fd = -1, .keeper.fd = -1};
    struct diag d = {""};
    role_catch_signals();
    int r = open_all(&p, f, &d);
    if (r == 0)
        r = role_confine(CONFINE_OPENER, NULL, &d);
    while (r == 0) {
        struct diag notice;
        r = turn(&p, &d);
        if (opener_take_notice(p.opener, &notice) != NULL)
            log_line("%s", notice.text);
    }
    if (r == ERR_CLOSED)
        r = finish(&p, &d);
    role_log_end(r, &d);
    clear(&p);
    return r;
}
