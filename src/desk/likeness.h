/* How alike two texts are, from 64 bits of each: four minima over their pairs of neighbouring
 * words, of each the low 16 bits. Of two texts a minimum is the same with the share of their pairs
 * that they have in common (Broder, "On the resemblance and containment of documents", 1997; that
 * low bits are enough: Li and König, "b-Bit minwise hashing", 2010).
 */
#ifndef IRONSIDE_DESK_LIKENESS_H
#define IRONSIDE_DESK_LIKENESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/text.h"

#define LIKENESS_WORDS_MIN 6U /* a text of fewer says too little */

/* Of a text's folded words; 0: it has too few. It stands in vaults: whoever changes what it comes
 * to has it made anew there. */
uint64_t likeness_of(struct text *t, const char *text, size_t len);
/* Three of the four minima are the same: of texts that share nine of ten pairs nineteen of twenty
 * times, of those that share a third of them one in ten. */
bool likeness_holds(uint64_t a, uint64_t b);

#endif
