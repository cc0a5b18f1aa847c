/* UTF-8 a character at a time (RFC 3629), and what a character does to a terminal that shows it. */
#ifndef IRONSIDE_BASE_UTF8_H
#define IRONSIDE_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffdU /* shown for what must not be */

/* The character at `text`, of which `len` bytes are left; returns its bytes. 0: not UTF-8 (a
 * surrogate, a longer form than needed, cut off), or nothing left. */
size_t utf8_next(const char *text, size_t len, uint32_t *ret);

enum utf8_kind {
    UTF8_PLAIN,
    UTF8_CONTROL,  /* U+0000 to U+001F, U+007F to U+009F: a terminal may obey it */
    UTF8_LINE_END, /* U+000A, U+0085, U+2028, U+2029 */
    UTF8_ORDER,    /* changes the order in which what follows is shown: U+202A to U+202E, U+2066 to
                      U+2069 (UAX #9) */
    UTF8_LEFTWARD, /* of a script that is written from the right to the left */
};
enum utf8_kind utf8_kind(uint32_t c);

/* Columns of a terminal that `c` takes behind the character `before` (0: there is none): what the C
 * library's table says in a UTF-8 locale, or more where terminals differ (joined emoji, variation
 * selectors, characters newer than the table). So a line is never wider than it was counted, but
 * where a terminal shows the characters of ambiguous width of UAX #11 in two columns. */
unsigned utf8_columns(uint32_t before, uint32_t c);
/* The same for a whole text; a byte that is not UTF-8 counts as one. */
size_t utf8_text_columns(const char *text, size_t len);

#endif
