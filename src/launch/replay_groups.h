/* The groups of a replay file, as its lines say who is in them. */
#ifndef IRONSIDE_LAUNCH_REPLAY_GROUPS_H
#define IRONSIDE_LAUNCH_REPLAY_GROUPS_H

#include "base/cleanup.h"
#include "launch/replay_line.h"

struct replay_groups;

struct replay_groups *replay_groups_new(void);
void replay_groups_free(struct replay_groups *g);
DEFINE_CLEANUP(struct replay_groups, replay_groups_free)
/* A line of the kind group: is it told by a member, to all who were members? Who is removed must
 * have been one. From then on its members are the sender and whom it is told to, without those.
 * ERR_FORMAT: by a name. */
int replay_groups_take(struct replay_groups *g, const struct replay_line *l,
                       struct diag *d) MUST_USE;

#endif
