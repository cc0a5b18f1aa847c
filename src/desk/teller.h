/* What the reader tells the index of the warrants: how they stand, and how far a replay network's
 * clock has come.
 */
#ifndef IRONSIDE_DESK_TELLER_H
#define IRONSIDE_DESK_TELLER_H

#include "base/channel.h"
#include "desk/folder.h"

struct desk_teller { /* all zeros before it is made */
    struct follower *follower;
    bool replay;
    char *clock;      /* the page of a replay network's, which a copy may lack; NULL: live */
    int64_t told_day; /* by that clock */
};

/* The follower is the caller's. */
struct desk_teller desk_teller_of(const struct desk_folder *f, const struct network_note *net,
                                  struct follower *follower);
void desk_teller_clear(struct desk_teller *t);
/* Sends what is news, the first time all. Documents that cannot be read are none: those of before
 * count on. The errors of channel_end. */
int desk_teller_step(struct desk_teller *t, struct channel *index) MUST_USE;

#endif
