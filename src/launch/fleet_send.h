/* What a device of a replay says, as an order of the driver has it (launch/fleet.h). */
#ifndef IRONSIDE_LAUNCH_FLEET_SEND_H
#define IRONSIDE_LAUNCH_FLEET_SEND_H

#include <jansson.h>

#include "host/host.h"

/* Has the device connect from where the order says, and say it. ERR_EXISTS: it did before;
 * ERR_FORMAT: the order is not in its form, or its file not what it is said to be; ERR_NOT_FOUND:
 * there is no such group; and what device_say, device_say_file and device_group_change say. */
int fleet_send(struct hosted *x, const json_t *order, struct diag *d) MUST_USE;

#endif
