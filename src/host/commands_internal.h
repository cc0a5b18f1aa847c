/* What the commands' own files share: the table of all of them (docs/protocol.md, "Device
 * commands"), and what each uses.
 */
#ifndef IRONSIDE_HOST_COMMANDS_INTERNAL_H
#define IRONSIDE_HOST_COMMANDS_INTERNAL_H

#include "device/say.h"
#include "host/commands.h"

json_t *command_error(const char *line);
/* {"ok":true,NAME:list}, or that the store can't be read. Takes the list over. */
json_t *command_listed(const char *name, json_t *list, int r);

/* Answers the request, which has the table's "do": {"ok":true,…} or {"error":"line"}, the caller's.
 * `d` may be NULL: then what needs a running device is refused. */
typedef json_t *command_fn(struct store *s, struct device *d, const struct clock *clock,
                           const json_t *request);

/* Every command but "follow", which is the agent's; docs/protocol.md has a row for each. */
struct command {
    const char *verb; /* NULL: the end */
    command_fn *run;
};
extern const struct command command_table[];

/* commands_content.c */
command_fn command_messages, command_say, command_read, command_markers;
/* commands_contacts.c */
command_fn command_contact, command_group;
/* file_commands.c: where the file of a message is, and how it opens: for whoever downloads it */
command_fn command_file;

/* The texts of an array into `ret`: how many, or -1 when it holds something else or too many. None
 * where it is missing. */
int command_texts(const json_t *list, const char **ret, size_t max);

#endif
