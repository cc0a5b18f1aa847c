/* Tables for spreadsheets (RFC 4180). Writing them: What messages say is foreign: a cell that a
 * program would take for a formula gets an apostrophe in front, which says that it is text. Who
 * reads it back takes that one off.
 */
#ifndef IRONSIDE_DESK_CSV_H
#define IRONSIDE_DESK_CSV_H

#include "base/buf.h"
#include "base/error.h"

/* Reads the first cell of the line at `*at` into `ret`, and leaves `*at` behind the line.
 * ERR_FORMAT:
 * `*ret_offset` is where in the text the cell is wrong: a quote that does not end, or something
 * behind one that does; then `*at` is at the end of that line of text. */
int csv_first(const char *text, size_t len, size_t *at, struct buf *ret,
              size_t *ret_offset) MUST_USE;

/* Appends a cell in quotes; `first` of its line or not. */
void csv_put(struct buf *b, bool first, const char *text);
void csv_put_number(struct buf *b, bool first, int64_t n);
void csv_end(struct buf *b); /* of a line */

#endif
