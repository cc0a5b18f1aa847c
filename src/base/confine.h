/* Confinement of a process after it has opened all that it needs: no new privileges, no
 * capabilities, an allow-list of system calls (seccomp: everything else ends the process), and a
 * Landlock domain (no files, no TCP, no signals to others) as far as the kernel knows these.
 *
 * In builds with sanitizers it does nothing and says so: they need files and calls of their own.
 */
#ifndef IRONSIDE_BASE_CONFINE_H
#define IRONSIDE_BASE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct confine {
    const char *folder; /* files below may be opened, written and removed; NULL: none at all */
    bool connect_unix;  /* may connect to UNIX sockets */
    bool accept;        /* may accept on sockets that it has already */
    bool rewrite_files; /* may write and sync descriptors that it has already */
    bool lock_memory;   /* keep all memory out of swap */
};

struct confine_report {
    bool seccomp;
    int landlock; /* version of the kernel's interface; 0: the kernel has none */
    bool memory_locked;
};

/* ERR_IO with a line when a part that the kernel has could not be put in force. */
int confine_process(const struct confine *c, struct confine_report *ret, struct diag *d) MUST_USE;
/* "seccomp, Landlock 7, memory locked" */
void confine_describe(const struct confine *c, const struct confine_report *r, char *ret,
                      size_t size);

#endif
