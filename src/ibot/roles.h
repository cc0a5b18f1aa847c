/* The bot's three processes: link, opener, keeper. Each opens what it needs, confines itself and
 * loops until a peer closes its socket or the process is told to end. All end together, since each
 * ends when a peer does; the supervisor then starts a new generation.
 */
#ifndef IRONSIDE_IBOT_ROLES_H
#define IRONSIDE_IBOT_ROLES_H

#include "base/clock.h"
#include "base/role.h"
#include "daykeys/folder.h"

/* Descriptors that a role finds open (base/process.h): link has the keeper at 3 and its openers
 * from 4 on; an opener has link at 3 and the keeper at 4; the keeper has link at 3, openers from 4
 * on. */
int role_link(const struct bot_folder *f) MUST_USE;
int role_opener(const struct bot_folder *f) MUST_USE;
int role_keeper(const struct bot_folder *f) MUST_USE;
/* Starts the roles as processes and again when they end; returns the program's exit status. */
int supervise(const struct bot_folder *f, const char *name);

/* What the roles share beside base/role.h. */
int role_network_note(const struct bot_folder *f, struct network_note **ret,
                      struct diag *d) MUST_USE;
int role_clock(const struct bot_folder *f, const struct network_note *net, struct clock *ret,
               struct diag *d) MUST_USE;

#endif
