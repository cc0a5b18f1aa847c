/* Statements of use on their way: what a desk of a network that runs here has signed is handed to
 * its registrar, so that it stands in the public log and devices hear of it.
 */
#ifndef IRONSIDE_LAUNCH_HAND_IN_H
#define IRONSIDE_LAUNCH_HAND_IN_H

#include <stdint.h>
#include <time.h>

/* All zeros at first: everything that is there is handed in once more then, which changes nothing.
 */
struct hand_in {
    struct timespec seen; /* the folder's time when all of it had been handed in */
    int64_t next_ms;      /* monotonic: not looked at before */
};

/* Once a minute, where the desk in that folder has made new ones. What the registrar refuses is
 * said once and passed over; what could not be handed in is tried again. To be called often. */
void hand_in_watch(struct hand_in *h, const char *network, const char *desk);

#endif
