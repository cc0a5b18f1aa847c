/* Pages of plain text, eighty columns wide, as a terminal counts them (base/utf8.h). */
#ifndef IRONSIDE_AUTHORITY_PAGE_TEXT_H
#define IRONSIDE_AUTHORITY_PAGE_TEXT_H

#include "base/buf.h"

#define PAGE_COLUMNS 80U
#define PAGE_LABEL 16U

/* In the middle of a line. */
void page_title(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* "Label           text that goes on
 *                  below itself"; the label "" continues. */
void page_field(struct buf *b, const char *label, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A paragraph. */
void page_text(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* "  - text" */
void page_item(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A line over the whole width. */
void page_rule(struct buf *b, char c);

#endif
