/* A generation: the processes of a program that begin and end together. When one of them ends, the
 * others end by themselves, since their sockets to it close; then a new generation begins, after a
 * pause that grows while none lasts.
 */
#ifndef IRONSIDE_BASE_GENERATION_H
#define IRONSIDE_BASE_GENERATION_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

#define GENERATION_CHILDREN_MAX 20U

struct generation {
    struct {
        pid_t pid;
        const char *role; /* the caller's */
    } children[GENERATION_CHILDREN_MAX];
    size_t count;
};

/* Starts this program's own file as one of it, with `fds` as its descriptors from 3 on. ERR_LIMIT;
 * the errors of process_start. */
int generation_add(struct generation *g, const char *role, const char *const *argv, const int *fds,
                   size_t fd_count, struct diag *d) MUST_USE;

struct generation_options {
    /* Starts all of it: generation_add for each. What it returns below 0 is logged, and tried again
     * after the pause. */
    int (*start)(void *context, struct generation *g, struct diag *d);
    void *context;
    const char *first; /* the role that is told to end; the others finish then by themselves */
};
/* Starts generations until this process gets SIGTERM or SIGINT, which it catches; then ends the
 * last one. */
void generation_run(const struct generation_options *o);

#endif
