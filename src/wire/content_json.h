/* Content for programs: what `archive read --json` and `device messages --json` say of it. */
#ifndef IRONSIDE_WIRE_CONTENT_JSON_H
#define IRONSIDE_WIRE_CONTENT_JSON_H

#include <jansson.h>

#include "wire/content.h"

/* Sets "kind" and what this kind has in `o`: "about" {"from","id"} of the message that it is about,
 * "quote", "reactions", "latitude", "longitude", "accuracy", "until", "url", "preview", "name",
 * "type", "size", "duration", "contact", "group_id", "serial", "note", "question", "options",
 * "vote", "group", "timer". `from`: the sender, whose own message an edit, a retraction and a live
 * position are about. */
void content_put_json(json_t *o, const struct content *c, const char *from);

#endif
