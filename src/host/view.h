/* How a device shows its conversations: the newest text, who reacted, who has read; what is only
 * about another message stands with that one. As JSON; the command line and the window render it.
 */
#ifndef IRONSIDE_HOST_VIEW_H
#define IRONSIDE_HOST_VIEW_H

#include <jansson.h>

#include "store/content.h"

/* One message by itself, as it came:
 * {"number","incoming","id","from","to":[…],"at","archived","warrants":[…],"body"[,"verdict_at"]}
 * and what wire/content_json.h says. "body" is what was meant, always UTF-8. */
json_t *view_line(const struct store_message *m);

/* The same as it stands now, or NULL: it is shown with another one, or waits for consent. Further:
 * "edited": how often; "reactions_of":[{"from","reactions"}]; "votes":[{"option","count",
 * "from":[…]}], a poll's; "read_by":[…]; "read": by this user;
 * "gone":"retracted"|"timer", without a text; "expires"; "updated": when a live position was. */
json_t *view_message(struct store *s, const struct store_message *m, int64_t now_unix_ms);

/* "a b c" → ["a","b","c"] */
json_t *view_words(const char *words);

#endif
