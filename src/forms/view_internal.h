/* Shared by the files of the view. */
#ifndef IRONSIDE_FORMS_VIEW_INTERNAL_H
#define IRONSIDE_FORMS_VIEW_INTERNAL_H

#include "forms/view.h"

/* A clean copy; of NULL "". Fails the view when it is over its limit. */
const char *view_as_line(struct view *v, const char *s);
/* The same of a text; counts what it replaces. */
const char *view_text(struct view *v, struct view_message *to, const char *text, size_t len);
/* What lies in the scratch buffer, as a string of the view; empties it. */
const char *view_take(struct view *v);

/* Sets `about` of each message that is about another which is in the part. Kinds, ids and senders
 * are set. */
void view_find_about(struct view *v);
/* Sets what the message says: head, text, quote, position, file. `about` is set. */
void view_say(struct view *v, struct view_message *to, const struct content *c,
              const struct forms_file *file);
/* Sets `order`. */
void view_sort(struct view *v);

#endif
