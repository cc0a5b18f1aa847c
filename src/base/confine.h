/* Confinement of a process after it has opened all that it needs: no new privileges, no
 * capabilities, an allow-list of system calls (seccomp: everything else ends the process), and a
 * Landlock domain (no files, no TCP, no signals to others) as far as the kernel knows these.
 *
 * What each daemon keeps stands in one table, a row each (confine.c). No row makes a socket, binds
 * or connects but the connector's, which hands connections to those that need some (connector.h).
 * docs/threat-model.md says what that comes to, and tests/unit/base/confine_daemons_test.c tries
 * it.
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
    CONFINE_NO_FOLDER, /* the end of a list */
    CONFINE_READ,
    CONFINE_WRITE, /* read, too; make and remove */
    CONFINE_RUN,   /* read, and run what lies there */
};
struct confine_folder {
    enum confine_reach reach;
    const char *path;
};
#define CONFINE_FOLDERS_MAX 40U

struct confine {
    struct confine_folder folders[CONFINE_FOLDERS_MAX]; /* below them files may be opened, … */
    bool any_number;                                    /* of folders as the last one is */
    bool connections; /* may take descriptors from its connector */
    bool connects;    /* is one: may connect to UNIX sockets and hand descriptors over */
    /* Asking for a socket or a connection fails and does not end the process, for a library (curl)
     * that tries which ones there are, and is given a connection. */
    bool try_sockets;
    bool dials;  /* may connect to TCP ports, for a library (curl) that makes its own sockets */
    bool accept; /* may accept on sockets that it has already */
    bool serve;  /* HTTP on these: threads of its own, sendmsg */
    bool rewrite_files; /* may write and sync descriptors that it has already */
    bool lock_memory;   /* keep all memory out of swap */
    bool begins;        /* may fork, confine what it forked further, and end it */
    /* Is, or begins, a program that is not ours: it may begin others and threads, and read below
     * its folders. A call that is not allowed fails and does not end it, since such programs try
     * what there is. */
    bool runs;
};

/* Who runs for as long as the network does. */
enum confine_daemon {
    CONFINE_CONNECTOR,
    CONFINE_LINK,
    CONFINE_OPENER,
    CONFINE_KEEPER,
    CONFINE_REGISTRAR,
    CONFINE_READER,
    CONFINE_INDEX,
    CONFINE_FRONT,
    CONFINE_WORKERS,
    CONFINE_WORKER,
    CONFINE_TRANSLATORS,
    CONFINE_TRANSLATOR,
    CONFINE_SERVER,
    CONFINE_MIRROR,
    CONFINE_DAEMONS
};

struct confine_report {
    bool seccomp;
    int landlock; /* version of the kernel's interface; 0: the kernel has none */
    bool memory_locked;
    char text[128]; /* "seccomp, Landlock 7, memory locked" */
};

/* As the daemon's row has it. `folders` are the paths of the row's folders, in its order; NULL for
 * a row without. Where the row's last is one of any number, a NULL ends them. ERR_IO with a line
 * when a part that the kernel has could not be put in force. */
int confine_daemon(enum confine_daemon who, const char *const *folders, struct confine_report *ret,
                   struct diag *d) MUST_USE;

/* The mechanism. ERR_IO as above. */
int confine_process(const struct confine *c, struct confine_report *ret, struct diag *d) MUST_USE;
/* The report's text. */
void confine_describe(const struct confine *c, const struct confine_report *r, char *ret,
                      size_t size);

#endif
