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

/* A folder that stays within reach, with all below it. */
enum confine_reach {
    CONFINE_READ,
    CONFINE_WRITE, /* read, too; make and remove */
    CONFINE_REMOVE /* files may be removed, and sockets made; nothing else */
};
struct confine_folder {
    const char *path;
    enum confine_reach reach;
};
#define CONFINE_FOLDERS_MAX 6U

struct confine {
    const char *folder; /* files below may be opened, written and removed; NULL: none at all */
    struct confine_folder folders[CONFINE_FOLDERS_MAX]; /* further ones, up to a NULL path */
    bool connect_unix;                                  /* may connect to UNIX sockets */
    /* With connect_unix: sockets of other families fail with EAFNOSUPPORT and do not end the
     * process, for a library (curl) that tries which ones there are. */
    bool try_sockets;
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
