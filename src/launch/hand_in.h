/* Statements of use on their way: what a desk of a network that runs here has signed is handed to
 * its registrar, so that it stands in the public log and devices hear of it.
 */
#ifndef IRONSIDE_LAUNCH_HAND_IN_H
#define IRONSIDE_LAUNCH_HAND_IN_H

#include <stdint.h>
#include <time.h>

#include "base/error.h"

/* All zeros at first: everything that is there is handed in once more then, which changes nothing.
 */
struct hand_in {
    struct timespec seen; /* the folder's time when all of it had been handed in */
    int64_t next_ms;      /* monotonic */
};

/* Once a minute, where the desk in that folder has made new ones. What the registrar refuses is
 * said once and passed over; what could not be handed in is tried again. To be called often. */
void hand_in_watch(struct hand_in *h, const char *network, const char *desk);

/* All of the folder that `h` has not seen to, now. 0: also where there is none yet; else what is to
 * be tried again, with its line: the errors of control_ask but ERR_INVALID_STATE, ERR_IO. */
int hand_in_all(struct hand_in *h, const char *network, const char *desk, struct diag *d) MUST_USE;

#endif
