/* The process from which workers are forked: it has a socket to whoever has files, loads what they
 * need before it is confined, starts one for each file, carries frames to and from it, and ends it
 * when its time is up or it has answered. It looks into no file and at no answer.
 *
 * Workers are forked from it and not started anew: a model takes a second to load, and this process
 * holds no key, has no file and has read no foreign byte. What it holds of other files, on their
 * way to other workers, a new one overwrites before it confines itself further.
 */
#ifndef IRONSIDE_WORKER_WORKERS_H
#define IRONSIDE_WORKER_WORKERS_H

#include "base/error.h"

#define WORKERS_WALL_MS 60000 /* from a file's first byte on */

struct workers_options {
    int fd;      /* the socket */
    int wall_ms; /* 0: WORKERS_WALL_MS */
    /* Confines this process, when all is loaded; and a worker. NULL: neither (tests). */
    int (*confine)(struct diag *d);
    int (*confine_worker)(struct diag *d);
};

/* Until the socket's other side closes or the process is told to end (base/role.h). */
int workers_run(const struct workers_options *o, struct diag *d) MUST_USE;

#endif
