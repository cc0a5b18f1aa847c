/* What is asked of a device, as JSON: the same for a device that this process hosts and for one
 * that another process does (agent.h). docs/protocol.md, "Device commands".
 */
#ifndef IRONSIDE_HOST_COMMANDS_H
#define IRONSIDE_HOST_COMMANDS_H

#include <jansson.h>

#include "device/device.h"

/* {"do":"send","to":[…],"body":"…"[,"id"][,"at"]}  → {"ok":true,"id"}
 * files: file_commands.h
 * {"do":"policy"}                                 → {"ok":true,"policy":{…}} (disclosure.h)
 * {"do":"messages"[,"after":N]}                   → {"ok":true,"messages":[…]}
 * {"do":"notices"[,"after":N]}                    → {"ok":true,"notices":[…]}
 * {"do":"contacts"}                               → {"ok":true,"contacts":[…]}
 * {"do":"outbox"}                                 → {"ok":true,"outbox":[…]}
 * {"do":"log"}                                    → {"ok":true,"log":{"size","checkpoint","bot",
 *                                                    "fork","shrink"}}: notes or null (values.h)
 * {"do":"say",…}, {"do":"read",…}, {"do":"markers",…}, {"do":"contact",…}, {"do":"group",…}: see
 * commands_content.c and commands_contacts.c.
 * or {"error":"line"}. `d` may be NULL: then "send" is refused. The answer is the caller's. */
json_t *command_run(struct store *s, struct device *d, const struct clock *clock,
                    const json_t *request);

/* One message by itself: view_line (view.h). */
json_t *command_message_json(const struct store_message *m);

#endif
