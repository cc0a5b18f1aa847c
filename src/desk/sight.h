/* Which messages whoever asks may see: the one home of it.
 *
 * The index answers one at a time, and is told before who it is. From then on everything that it
 * answers from (hits, counts, threads, people, contacts, networks, activity, alerts, cases,
 * figures) is of the messages in sight, and what is out of sight is as if it were not there: it is
 * not found, not counted, and asking for it by its number answers as a number that nothing has. So
 * a question of a new kind has nothing to remember but to go through what reads here.
 *
 * Out of sight for everyone is what no warrant in force has archived (validity.h), and for everyone
 * but the filter role what is privileged (privilege.h), of which that role sees nothing else. Who
 * is bound to sets (bounded.h) sees what is in these and in sight for all; so the role defence
 * always is, to none perhaps. It is told nothing either of what reviewers made of messages and
 * people: names, organisations.
 */
#ifndef IRONSIDE_DESK_SIGHT_H
#define IRONSIDE_DESK_SIGHT_H

#include "desk/users.h"

/* What nobody in particular sees: what is out of sight for everyone is not there. So it is when the
 * index is opened, and between questions. */
void desk_sight_common(struct desk_index *x);
bool desk_sight_is_common(const struct desk_index *x);
/* Of a session's user. What was rolled back is read again first: ERR_IO, ERR_AUTH, and then nothing
 * is in sight. */
int desk_sight_of(struct desk_index *x, const struct desk_session *s, struct diag *d) MUST_USE;
/* Is whoever asks bound to sets? What is of the whole desk is not theirs to ask. */
bool desk_sight_is_bound(const struct desk_index *x);
/* Everything: for what shows nothing to anybody (whether the index is complete, what was done to a
 * message that has been hidden since). People and conversations are counted as in common sight. */
void desk_sight_whole(struct desk_index *x);

#endif
