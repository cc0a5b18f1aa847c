/* A process of ours, and its children: started with just the descriptors they are given, ended when
 * their parent ends. */
#ifndef IRONSIDE_BASE_PROCESS_H
#define IRONSIDE_BASE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct process {
    const char *const *argv; /* argv[0] is the path; NULL at the end */
    const char *const *env;  /* NULL: the parent's */
    const char *folder;      /* to start in; NULL: the parent's */
    const int *fds;          /* become descriptors 3, 4, … of the child; at most 16 */
    size_t fd_count;
    int out_fd;       /* becomes standard output and error; -1: the parent's */
    bool own_session; /* a new session: the terminal's Ctrl-C does not reach it */
};

/* The first call of every main, before anything is opened: a descriptor from 0 to 2 that is closed
 * gets /dev/null, so that no file or socket of ours lies where lines are logged or answers read. It
 * is held the wrong way round: reading and writing there still fail. A process for which that
 * cannot be done ends with status 127. */
void process_begin(void);

/* Starts it. Standard input is /dev/null. All other descriptors are closed, no signal is
 * blocked or ignored. When the thread that calls this ends, the child gets SIGTERM
 * (PR_SET_PDEATHSIG). ERR_IO: not a program; ERR_LIMIT: too many descriptors. What fails later,
 * such as a descriptor that is not open, ends the child with status 127. */
int process_start(const struct process *p, pid_t *ret_pid, struct diag *d) MUST_USE;

/* Runs `child` in a copy of this process, which ends with what it returns as its status, without
 * anything that this process would do at its end. ERR_IO. */
int process_fork(int (*child)(void *context), void *context, pid_t *ret_pid) MUST_USE;

/* This program's own file, for starting itself again. */
const char *process_self(void);
/* `name` in the folder of this program's own file, else as the PATH has it; owned by caller. */
char *process_beside(const char *name);

/* A folder that belongs to this program: `name` beside its own file, as after building, or in
 * share/ironside beside the folder where it was installed; owned by caller. NULL: there is none. */
char *process_data(const char *name);

/* A pair of connected stream sockets that are closed on exec. ERR_IO. */
int process_socketpair(int ret[static 2]) MUST_USE;
/* Has it ended? Takes its status: "exit status 1", "signal 9 (Killed)" into `d`. */
bool process_ended(pid_t pid, struct diag *d);
/* SIGTERM, then SIGKILL after `timeout_ms`; waits until it is gone. Nothing for a `pid` of 0 or
 * less. */
void process_stop(pid_t pid, int timeout_ms);

#endif
