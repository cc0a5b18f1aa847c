/* Words that are in no list: numbers, times, dates, sums, plates, coordinates, telephone numbers.
 */
#ifndef IRONSIDE_POPULATION_GRAMMAR_MADE_H
#define IRONSIDE_POPULATION_GRAMMAR_MADE_H

#include "population/grammar.h"

enum grammar_made {
    GRAMMAR_MADE_NONE,
    GRAMMAR_NUM,
    GRAMMAR_TIME,
    GRAMMAR_DATE,
    GRAMMAR_MONEY,
    GRAMMAR_CODE,
    GRAMMAR_COORD,
    GRAMMAR_PHONE,
    GRAMMAR_MADES
};

/* By its name, "NUM"; GRAMMAR_MADE_NONE. */
enum grammar_made grammar_made_of(const char *name, size_t len);
void grammar_make(enum grammar_made m, const struct grammar_facts *f, struct dice *dice,
                  struct buf *out);

#endif
