#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"
#include "ibot/keeper.h"
#include "ibot/roles.h"

struct process {
    struct network_note *net;
    struct journal *journal;
    struct signing_key *key;
    struct keeper *keeper;
    struct files *files;
    struct channel link, openers[FOLDER_OPENERS_MAX];
    size_t opener_count;
};

static void clear(struct process *p)
{
    keeper_free(p->keeper);
    files_free(p->files);
    channel_clear(&p->link);
    for (size_t i = 0; i < FOLDER_OPENERS_MAX; i++)
        channel_clear(&p->openers[i]);
    journal_close(p->journal);
    secret_free(p->key);
    network_note_free(p->net);
}

static int open_all(struct process *p, const struct bot_folder *f, struct diag *d)
{
    CLEANUP_FREE char *path = bot_folder_journal(f);
    struct keeper_options o = {.link = &p->link, .opener_count = f->openers};
    p->opener_count = f->openers;
    int r = channel_init(&p->link, ROLE_FIRST_FD, FRAMES_REQUEST_MAX, ROLE_QUEUE_MAX);
    for (size_t i = 0; r == 0 && i < f->openers; i++) {
        o.openers[i] = &p->openers[i];
        r = channel_init(&p->openers[i], ROLE_FIRST_FD + 1 + (int)i, FRAMES_ROUND_MAX,
                         ROLE_QUEUE_MAX);
    }
    if (r < 0)
        return diag_set(d, r, "started without its sockets: it is not to be run by hand");
    r = role_network_note(f, &p->net, d);
    if (r == 0)
        r = role_clock(f, p->net, &o.clock, d);
    if (r == 0)
        r = bot_folder_signing_key(f, &p->key, d);
    if (r == 0)
        r = journal_open(path, true, &p->journal, d);
    if (r < 0)
        return r;
    CLEANUP_FREE char *store = bot_folder_file(f, "files");
    struct files_options s = {.folder = store,
                              .journal = p->journal,
                              .clock = o.clock,
                              .quota_bytes = f->file_quota_bytes,
                              .account_quota_bytes = f->file_account_quota_bytes,
                              .retention_days = f->file_retention_days,
                              .link = &p->link};
    r = files_open(&s, &p->files, d);
    if (r < 0)
        return r;
    o.files = p->files;
    o.journal = p->journal;
    o.secret = p->key->secret;
    o.domain = p->net->domain;
    p->keeper = keeper_new(&o);
    return 0;
}

static int turn(struct process *p, struct diag *d)
{
    struct pollfd fds[1 + FOLDER_OPENERS_MAX];
    struct frame f;
    fds[0] = (struct pollfd){p->link.fd, role_wanted(&p->link), 0};
    for (size_t i = 0; i < p->opener_count; i++)
        fds[1 + i] = (struct pollfd){p->openers[i].fd, role_wanted(&p->openers[i]), 0};
    int timeout = keeper_timeout_ms(p->keeper), reports = keeper_reports_timeout_ms(p->keeper);
    int retention = files_timeout_ms(p->files);
    if (timeout < 0 || reports < timeout)
        timeout = reports;
    if (retention >= 0 && retention < timeout)
        timeout = retention;
    if (poll(fds, 1 + p->opener_count, timeout) < 0)
        return 0; /* a signal */
    int r = 0;
    for (size_t i = 0; r == 0 && i < p->opener_count; i++) {
        r = role_fill(&p->openers[i], fds[1 + i].revents);
        while (r == 0 && (r = channel_next(&p->openers[i], &f)) == 0)
            r = keeper_from_opener(p->keeper, i, &f, d);
        r = r == ERR_AGAIN ? 0 : r;
        if (r == 0)
            r = role_flush(&p->openers[i]);
    }
    if (p->link.fd < 0)
        return r; /* the openers finish: what is to be said is said by the next generation */
    int l = role_fill(&p->link, fds[0].revents);
    while (l == 0 && r == 0 && (l = channel_next(&p->link, &f)) == 0)
        r = keeper_from_link(p->keeper, &f, d);
    if (l == 0 || l == ERR_AGAIN)
        l = role_flush(&p->link);
    if (l == ERR_CLOSED) {
        /* Link has ended; the openers still hand over what they had. Verdicts have nowhere to go.
         */
        channel_clear(&p->link);
        l = 0;
    }
    if (r == 0)
        r = l;
    if (r == 0)
        r = files_tick(p->files, d);
    return r == 0 ? keeper_tick(p->keeper, d) : r;
}

int role_keeper(const struct bot_folder *f)
{
    struct process p = {.link.fd = -1};
    struct diag d = {""};
    for (size_t i = 0; i < FOLDER_OPENERS_MAX; i++)
        p.openers[i].fd = -1;
    role_catch_signals();
    CLEANUP_FREE char *folder = bot_folder_file(f, "journal");
    CLEANUP_FREE char *store = bot_folder_file(f, "files");
    signal(SIGXFSZ, SIG_IGN); /* a limit of the file's size is a full disk */
    int r = open_all(&p, f, &d);
    if (r == 0)
        r = role_confine(CONFINE_KEEPER, (const char *[]){folder, store}, &d);
    if (r == 0)
        r = keeper_start(p.keeper, &d);
    while (r == 0) {
        struct diag notice;
        r = turn(&p, &d);
        if (files_take_notice(p.files, &notice) != NULL)
            log_line("%s", notice.text);
    }
    if (r == ERR_CLOSED) {
        struct diag last;
        if (keeper_checkpoint(p.keeper, &last) < 0)
            log_line("%s", last.text);
    }
    role_log_end(r, &d);
    clear(&p);
    return r;
}
