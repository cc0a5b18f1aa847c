/* A line of a replay file as the order that its sender's device gets (launch/fleet.h). */
#ifndef IRONSIDE_LAUNCH_REPLAY_ORDER_H
#define IRONSIDE_LAUNCH_REPLAY_ORDER_H

#include <jansson.h>

#include "launch/handles.h"
#include "launch/replay_line.h"

struct replay_order {
    const char *file;   /* the replay file: paths of its lines begin at its folder */
    const char *domain; /* of the network */
    const char *source; /* to connect from; "": as before */
    const struct handles *handles;
};
/* The caller's. Everyone whom the line names has a handle. */
json_t *replay_order(const struct replay_order *o, const struct replay_line *l);
/* Is the line's file there? ERR_NOT_FOUND. */
int replay_order_check_file(const char *replay_file, const struct replay_line *l,
                            struct diag *d) MUST_USE;

#endif
