/* What a document says before it can be opened: whose it is, so that one knows the key to check it
 * with. Nothing of it is proven; whoever relies on it opens the document.
 *
 * A note is looked at up to the empty line before its signatures; its first line, the kind, is none
 * of these.
 */
#ifndef IRONSIDE_WIRE_DOCUMENT_PEEK_H
#define IRONSIDE_WIRE_DOCUMENT_PEEK_H

#include <stdbool.h>
#include <stddef.h>

/* The value of the first line with this key; "" when there is none. The caller's. */
char *document_peek(const char *note, size_t len, const char *key);
/* Is there a line with this key and value? */
bool document_peek_is(const char *note, size_t len, const char *key, const char *value);
/* How many lines have this key. */
size_t document_peek_count(const char *note, size_t len, const char *key);

#endif
