/* A hit's words in their context. */
#ifndef IRONSIDE_DESK_SNIPPET_H
#define IRONSIDE_DESK_SNIPPET_H

#include "desk/search.h"

/* Of the text that was indexed: its part with most different words of the query, cut between
 * characters, each place of a word marked. The text's beginning where none is in it. */
void snippet_make(struct text *t, const struct query *q, const char *said, size_t len,
                  struct desk_hit *ret);

/* How well the text says what the query asks for: words that are rarer in it weigh more, several
 * different ones more than one often, early ones a little more. Above 0 where any is in it. */
double snippet_score(struct text *t, const struct query *q, const char *said, size_t len);

#endif
