/* An entry of the public log as a verb shows it: for a person, or for programs. */
#ifndef IRONSIDE_CLI_LOG_ENTRY_H
#define IRONSIDE_CLI_LOG_ENTRY_H

#include <jansson.h>

#include "public_log/store.h"

/* {"entry","kind","hash"} with what its document says, by its kind, and "note"; or "tag" where the
 * log has no text. The caller's. */
json_t *log_entry_json(const struct network_note *net, const struct log_row *row);
/* That object as one line, and one more for each thing that a policy revokes. */
void log_entry_print(const json_t *entry);

#endif
