/* What the commands' own files share. Each answers one "do" (docs/protocol.md, "Device commands").
 */
#ifndef IRONSIDE_HOST_COMMANDS_INTERNAL_H
#define IRONSIDE_HOST_COMMANDS_INTERNAL_H

#include "device/say.h"
#include "host/commands.h"

json_t *command_error(const char *line);
/* {"ok":true,NAME:list}, or that the store can't be read. Takes the list over. */
json_t *command_listed(const char *name, json_t *list, int r);

/* commands_content.c */
json_t *command_messages(struct store *s, struct device *d, const struct clock *clock,
                         const json_t *request);
json_t *command_say(struct store *s, struct device *d, const struct clock *clock,
                    const json_t *request);
json_t *command_read(struct store *s, struct device *d, const struct clock *clock,
                     const json_t *request);
json_t *command_markers(struct store *s, struct device *d, const struct clock *clock,
                        const json_t *request);
/* commands_contacts.c */
json_t *command_contact(struct store *s, struct device *d, const struct clock *clock,
                        const json_t *request);
json_t *command_group(struct store *s, struct device *d, const struct clock *clock,
                      const json_t *request);

/* The texts of an array into `ret`: how many, or -1 when it holds something else or too many. None
 * where it is missing. */
int command_texts(const json_t *list, const char **ret, size_t max);

#endif
