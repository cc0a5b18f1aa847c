/* Word lists and how one language's people put them together. A list is lines of text:
 *
 *     language: en Latin               first: its code and its script
 *     say: {greet} | {fact}, {tail}    a rule: ways to say it, the most common first
 *     thing: the money | the car       a rule of words
 *     + | the keys                     goes on with the line before
 *     # a remark
 *
 * {rule} is said in place of itself. {NUM}, {TIME}, {DATE}, {MONEY}, {CODE}, {COORD} and {PHONE}
 * are made up. Ways are taken by Zipf's law, in their order; the law of word lists follows from
 * that.
 */
#ifndef IRONSIDE_POPULATION_GRAMMAR_H
#define IRONSIDE_POPULATION_GRAMMAR_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "population/dice.h"

#define GRAMMAR_NONE (-1)

struct grammar;

/* Of two lists of lines, each ended by NULL, which must outlive it: the language's, then what all
 * share. ERR_FORMAT with the line; a rule that is named and not there is one. */
int grammar_new(const char *const *lines, const char *const *shared, struct grammar **ret,
                struct diag *d) MUST_USE;
void grammar_free(struct grammar *g);
DEFINE_CLEANUP(struct grammar, grammar_free)
const char *grammar_language(const struct grammar *g); /* "en" */
const char *grammar_script(const struct grammar *g);   /* "Latin" */
/* A rule's number by its name; GRAMMAR_NONE. */
int grammar_rule(const struct grammar *g, const char *name);
size_t grammar_ways(const struct grammar *g, int rule);

/* What made-up words are made of. */
struct grammar_facts {
    int64_t day;                 /* of dates: some around it */
    int32_t latitude, longitude; /* in tenths of degrees: coordinates are near it */
};
/* Appends one way to say the rule. */
void grammar_say(const struct grammar *g, int rule, const struct grammar_facts *f,
                 struct dice *dice, struct buf *out);

#endif
