/* The workers: a process for each foreign file, forked from one that has nothing but a socket. */
#include "desk/roles.h"
#include "worker/workers.h"

static int confine(struct diag *d)
{
    return role_confine(CONFINE_WORKERS, NULL, d);
}

/* Without a line: there is one for each file. */
static int confine_worker(struct diag *d)
{
    struct confine_report report;
    return confine_daemon(CONFINE_WORKER, NULL, &report, d);
}

int role_workers(const struct desk_folder *f)
{
    const struct workers_options o = {
        .fd = ROLE_FIRST_FD, .confine = confine, .confine_worker = confine_worker};
    struct diag d = {""};
    (void)f; /* it is told nothing of the desk */
    role_catch_signals();
    int r = workers_run(&o, &d);
    role_log_end(r, &d);
    return r;
}
