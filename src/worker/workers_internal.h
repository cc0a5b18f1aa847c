/* What the files of the process that workers are forked from share. */
#ifndef IRONSIDE_WORKER_WORKERS_INTERNAL_H
#define IRONSIDE_WORKER_WORKERS_INTERNAL_H

#include <poll.h>
#include <sys/types.h>

#include "base/channel.h"
#include "worker/hash.h"
#include "worker/ocr.h"
#include "worker/workers.h"

struct slot {
    pid_t pid; /* 0: the place is free */
    struct worker_job job;
    uint32_t left; /* bytes of its file that are still to come */
    struct channel channel;
    int64_t until_ms;
};
struct hasher {
    pid_t pid; /* 0: the place is free */
    uint64_t number;
    struct channel channel;
    int64_t until_ms;
};
struct workers {
    const struct workers_options *o;
    struct ocr *ocr; /* NULL: none are read */
    struct channel index;
    int null_fd;
    struct slot slots[WORKERS_AT_ONCE];
    struct hasher hashers[WORKER_HASHES_AT_ONCE];
};

/* In a worker, first of all: its own socket alone is left, as ROLE_FIRST_FD, none of what this
 * process holds of others, bounded means, and its walls. */
int workers_confine_own(struct workers *w, int fd) MUST_USE;

/* workers_hash.c: those that hash a password, in places of their own, so that no file holds up a
 * sign-in. */
int workers_take_hash(struct workers *w, const struct frame *f) MUST_USE;
/* Where to wait for them, WORKER_HASHES_AT_ONCE, and what came. */
void workers_want_hashes(const struct workers *w, struct pollfd *ret);
int workers_look_at_hashes(struct workers *w, const struct pollfd *fds) MUST_USE;
void workers_end_hashes(struct workers *w);

#endif
