/* The word lists of words/, as the build puts them in. */
#ifndef IRONSIDE_POPULATION_WORDS_H
#define IRONSIDE_POPULATION_WORDS_H

#define WORDS_LANGUAGES 12U

extern const char *const words_shared[]; /* lines, ended by NULL */
extern const char *const *const words_languages[WORDS_LANGUAGES];

#endif
