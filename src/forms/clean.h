/* Text as it may be shown: UTF-8 without control characters, so that no reader, terminal or parser
 * obeys what somebody wrote. What is replaced is visible: U+0001 becomes U+2401 (␁) and so on, and
 * what has no such picture, or is no character, U+FFFD.
 */
#ifndef IRONSIDE_FORMS_CLEAN_H
#define IRONSIDE_FORMS_CLEAN_H

#include <stddef.h>

#include "base/buf.h"

/* Appends a text: line ends of all kinds become '\n', tabs stay. Returns how many characters, or
 * bytes that are none, were replaced. */
size_t clean_text(struct buf *b, const char *text, size_t len);
/* The same for a name, which is one line and stands beside others: line ends and tabs are replaced,
 * too, and what changes the order of other characters. */
size_t clean_line(struct buf *b, const char *text, size_t len);

/* Appends one character. */
void clean_put(struct buf *b, uint32_t c);

#endif
