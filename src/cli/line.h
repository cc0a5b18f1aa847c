/* Lines for a person. The one way in which text of other people reaches a terminal:
 *
 * - No character of it moves the cursor, changes the terminal or ends its line: what might is shown
 *   as U+FFFD. So is what changes the order of others (U+202E and its kin), and what is written
 * from the right to the left stands between U+2068 and U+2069, so that it turns round nothing but
 * itself.
 * - No line is longer than the terminal is wide, so that the terminal begins none by itself. Where
 *   one is broken, what goes on is indented and marked with U+2506, and each line of a text of
 *   several has a bar before it: only the program's own words begin in the first columns.
 *
 * A terminal whose locale is not UTF-8 gets ASCII alone: a bar for the marks, '?' for the rest.
 */
#ifndef IRONSIDE_CLI_LINE_H
#define IRONSIDE_CLI_LINE_H

#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"

#define LINE_MAX_BYTES (4U << 20)

/* A line that is being put together; LINE_INIT begins one, with CLEANUP_LINE. */
struct line {
    struct buf text;
};
#define LINE_INIT                                                                                  \
    {                                                                                              \
        .text = BUF_INIT(LINE_MAX_BYTES)                                                           \
    }
void line_clear(struct line *l);
#define CLEANUP_LINE CLEANUP(line_clear)

/* The program's own words, and values whose form was checked. */
void line_put(struct line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Anything else: one line of it, whatever it holds. NULL: nothing. */
void line_foreign(struct line *l, const char *text);
void line_foreign_n(struct line *l, const char *text, size_t len);
/* The same for what a library says in prose: instants in it (YYYY-MM-DDTHH:MM:SS.mmmZ) are shown in
 * the user's zone. */
void line_prose(struct line *l, const char *text);
/* An instant in that form, in the user's zone; as it is where it is none. */
void line_time(struct line *l, const char *instant);

/* Prints it `indent` columns in, with a newline, and empties it. */
void line_end(struct line *l, size_t indent);
void line_end_on(FILE *stream, struct line *l, size_t indent);
/* A text of several lines (CRLF is an end, too), each behind a bar. */
void line_block(const char *text, size_t len);

#endif
