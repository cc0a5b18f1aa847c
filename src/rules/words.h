/* Lists of words with weights, and what a text weighs by one: rows `language,words,weight`. Words
 * are those of text.h, several stand one behind the other, the last may end in `*`. A row counts
 * once, in texts of its language and of no known one, or of any for the language `*`; negative ones
 * take away.
 */
#ifndef IRONSIDE_RULES_WORDS_H
#define IRONSIDE_RULES_WORDS_H

#include "base/cleanup.h"
#include "base/error.h"
#include "text/text.h"

#define WORDS_BYTES_MAX (1024U * 1024)
#define WORDS_ROWS_MAX 20000U
#define WORDS_OF_ROW_MAX 8U
#define WORDS_GAP_MAX 5U
#define WORDS_WEIGHT_MAX 100

struct words;

/* Lines that begin with `#`, and empty ones, are passed over. ERR_FORMAT, ERR_LIMIT: the line says
 * which row and why. `t` is the caller's, used during the call. */
int words_read(const char *csv, size_t len, struct text *t, struct words **ret,
               struct diag *d) MUST_USE;
void words_free(struct words *w);
DEFINE_CLEANUP(struct words, words_free)
size_t words_count(const struct words *w); /* rows */

/* A row that counted, for showing why. */
struct words_found {
    const char *row; /* its words as the list has them */
    int weight;
    size_t start, end; /* bytes of the text */
};
/* What the text weighs; at most `max` of the rows that counted, in the order of the text. `lang`:
 * "" if unknown. */
int words_weigh(const struct words *w, struct text *t, const char *lang, const char *text,
                size_t len, struct words_found *found, size_t max, size_t *ret_found);

#endif
