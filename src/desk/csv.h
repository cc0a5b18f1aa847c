/* Writing tables for spreadsheets (RFC 4180). What messages say is foreign: a cell that a program
 * would take for a formula gets an apostrophe in front, which says that it is text. Who reads it
 * back takes that one off.
 */
#ifndef IRONSIDE_DESK_CSV_H
#define IRONSIDE_DESK_CSV_H

#include "base/buf.h"

/* Appends a cell in quotes; `first` of its line or not. */
void csv_put(struct buf *b, bool first, const char *text);
void csv_put_number(struct buf *b, bool first, int64_t n);
void csv_end(struct buf *b); /* of a line */

#endif
