#include "ibot/roles.h"

#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "network/layout.h"

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
    (void)number;
    told_to_end = 1;
}

void role_catch_signals(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGINT, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool role_told_to_end(void)
{
    return told_to_end != 0;
}

int role_network_note(const struct bot_folder *f, struct network_note **ret, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(f->network, LAYOUT_NETWORK_NOTE);
    CLEANUP_FREE char *note = NULL;
    int r = file_read_text(path, VALUE_NOTE_MAX, &note, d);
    if (r == 0)
        r = network_note_open(note, strlen(note), ret, d);
    return r < 0 ? diag_prefix(d, r, "%s", path) : 0;
}

int role_clock(const struct bot_folder *f, const struct network_note *net, struct clock *ret,
               struct diag *d)
{
    *ret = clock_live();
    if (!net->replay)
        return 0;
    CLEANUP_FREE char *path = layout_path(f->network, LAYOUT_CLOCK);
    int r = clock_page_open(path, ret);
    return r < 0 ? diag_set(d, r, "%s: the replay network's clock cannot be read", path) : 0;
}

int role_confine(enum confine_daemon who, const char *const *folders, struct diag *d)
{
    struct confine_report report;
    uint8_t warm[HASH_BYTES];
    hash_sha256("", 0, warm); /* OpenSSL reads its configuration at the first use */
    int r = confine_daemon(who, folders, &report, d);
    if (r == 0)
        log_line("confined: %s", report.text);
    return r;
}

int role_fill(struct channel *c, short revents)
{
    int r = (revents & (POLLIN | POLLHUP | POLLERR)) != 0 ? channel_fill(c) : 0;
    return r == ERR_AGAIN ? 0 : r;
}

int role_flush(struct channel *c)
{
    int r = channel_flush(c);
    return r == ERR_AGAIN ? 0 : r;
}

short role_wanted(const struct channel *c)
{
    return (short)(POLLIN | (channel_queued(c) > 0 ? POLLOUT : 0));
}

void role_log_end(int code, const struct diag *d)
{
    if (code == 0 || code == ERR_CLOSED)
        return;
    if (d->text[0] == '\0')
        log_line("a frame of another of the bot's processes: %s", err_text(code));
    else
        log_line("%s", d->text);
}
