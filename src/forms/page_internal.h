/* Shared by the files of the page. */
#ifndef IRONSIDE_FORMS_PAGE_INTERNAL_H
#define IRONSIDE_FORMS_PAGE_INTERNAL_H

#include "forms/view.h"

/* All of its style; the page allows no other. */
extern const char page_style[];

/* Appends text as text: nothing in it is markup, in an element or in a quoted attribute. */
void page_put(struct buf *b, const char *text);
/* Appends a message. */
void page_put_message(struct buf *b, const struct view_message *m);

#endif
