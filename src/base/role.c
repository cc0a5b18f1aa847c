#include "base/role.h"

#include <poll.h>
#include <signal.h>

#include "base/log.h"

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

const volatile int *role_end_flag(void)
{
    return &told_to_end;
}

int role_confine(enum confine_daemon who, const char *const *folders, struct diag *d)
{
    struct confine_report report;
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
        log_line("a frame of another of its processes: %s", err_text(code));
    else
        log_line("%s", d->text);
}
