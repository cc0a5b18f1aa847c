/* What is asked of a device, as JSON: the same for a device that this process hosts and for one
 * that another process does (agent.h). docs/protocol.md, "Device commands".
 */
#ifndef IRONSIDE_HOST_COMMANDS_H
#define IRONSIDE_HOST_COMMANDS_H

#include <jansson.h>

#include "device/device.h"

/* A request is {"do":VERB,…}, the answer {"ok":true,…} or {"error":"line"}, the caller's. `d` may
 * be NULL: then what needs a running device is refused. */
json_t *command_run(struct store *s, struct device *d, const struct clock *clock,
                    const json_t *request);

/* One message by itself: view_line (view.h). */
json_t *command_message_json(const struct store_message *m);

#endif
