/* A role: one of the processes that a program of ours is made of, started by its supervisor with
 * just the sockets to its peers (base/generation.h). It opens what it needs, confines itself and
 * loops until a peer closes its socket or it is told to end.
 */
#ifndef IRONSIDE_BASE_ROLE_H
#define IRONSIDE_BASE_ROLE_H

#include <stdbool.h>

#include "base/channel.h"
#include "base/confine.h"

#define ROLE_FIRST_FD 3                    /* the first descriptor that a role finds open */
#define ROLE_QUEUE_MAX (64U * 1024 * 1024) /* bytes that may wait for another role */

/* Set by SIGTERM and SIGINT once role_catch_signals was called. */
void role_catch_signals(void);
bool role_told_to_end(void);
/* What role_told_to_end looks at, for a loop that is not this program's. */
const volatile int *role_end_flag(void);
/* Confines the process (base/confine.h) and says so. */
int role_confine(enum confine_daemon who, const char *const *folders, struct diag *d) MUST_USE;
/* channel_fill and channel_flush, for which "nothing now" is no error. */
int role_fill(struct channel *c, short revents) MUST_USE;
int role_flush(struct channel *c) MUST_USE;
/* What to poll a channel for. */
short role_wanted(const struct channel *c);
/* "why"; without a line it was a channel that failed, and the code's own word says how. */
void role_log_end(int code, const struct diag *d);

#endif
