/* A word list as it is held, in the order in which it is searched. */
#ifndef IRONSIDE_RULES_WORDS_INTERNAL_H
#define IRONSIDE_RULES_WORDS_INTERNAL_H

#include "base/arena.h"
#include "rules/words.h"

#define WORDS_LANG_BYTES 4U

struct row {
    char lang[WORDS_LANG_BYTES];
    const char *text;                    /* as the list has it */
    const char *words[WORDS_OF_ROW_MAX]; /* folded */
    bool gap[WORDS_OF_ROW_MAX];          /* others may stand before it */
    unsigned count;
    bool prefix; /* of the last word */
    int weight;
};

struct words {
    struct arena arena;
    struct row *rows; /* in the order of their first words; those that begin with a prefix last */
    size_t count, exact; /* `exact`: how many begin with a whole word */
};

#endif
