/* Which of many texts say what the others say, too: continuous LexRank (Erkan and Radev, "LexRank:
 * Graph-based Lexical Centrality as Salience in Text Summarization", JAIR 22, 2004). Texts are
 * numbers for words; what they say is not known here.
 *
 * Two texts are as near as the cosine of their words' counts, each weighed by how rare the word is
 * among the texts: ln(1 + texts / texts that have it). None votes for itself, and those that are
 * nearly the same count as one, the first of them, so that what was passed on often does not,
 * either.
 */
#ifndef IRONSIDE_ANALYSIS_LEXRANK_H
#define IRONSIDE_ANALYSIS_LEXRANK_H

#include <stddef.h>
#include <stdint.h>

struct lexrank_texts {
    const uint32_t *words; /* of all texts, one behind the other */
    const size_t *ends;    /* where the words of each end; a text has at least one */
    size_t count;          /* the time grows with its square */
};
struct lexrank_line {
    size_t text;
    double rank; /* of all texts that are not nearly the same together: 1 */
};
/* The texts of the highest ranks, highest first, at most `most`; of those that are half the same
 * only the first is taken. Returns how many. Same texts in the same order: same lines. */
size_t lexrank_choose(const struct lexrank_texts *t, size_t most, struct lexrank_line *ret);

#endif
