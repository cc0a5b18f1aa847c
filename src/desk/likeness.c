#include "desk/likeness.h"

#include "desk/names.h"

#define MINIMA 4U
#define MINIMUM_BITS 16U

struct pairs {
    uint64_t before; /* the hash of the word before; words begin at 1 */
    uint64_t least[MINIMA];
    unsigned words;
};

/* FNV-1a. */
static uint64_t word_hash(const char *word, size_t len)
{
    uint64_t h = 0xcbf29ce484222325U;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (uint8_t)word[i]) * 0x100000001b3U;
    return names_mix(h);
}

static int take_word(void *context, const struct text_word *w)
{
    static const uint64_t orders[MINIMA] = {0x9e3779b97f4a7c15U, 0xc2b2ae3d27d4eb4fU,
                                            0x165667b19e3779f9U, 0xd6e8feb86659fd93U};
    struct pairs *p = context;
    if (w->kind != TEXT_WORD)
        return 0;
    uint64_t here = word_hash(w->word, w->len);
    for (unsigned i = 0; p->words > 0 && i < MINIMA; i++) {
        uint64_t h = names_mix((p->before * 3 + here) ^ orders[i]);
        p->least[i] = h < p->least[i] ? h : p->least[i];
    }
    p->before = here;
    p->words++;
    return 0;
}

uint64_t likeness_of(struct text *t, const char *text, size_t len)
{
    struct pairs p = {.least = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    uint64_t all = 0;
    (void)text_words(t, text, len, take_word, &p);
    if (p.words < LIKENESS_WORDS_MIN)
        return 0;
    for (unsigned i = 0; i < MINIMA; i++)
        all = all << MINIMUM_BITS | (p.least[i] & ((1U << MINIMUM_BITS) - 1));
    return all == 0 ? 1 : all;
}

bool likeness_holds(uint64_t a, uint64_t b)
{
    unsigned same = 0;
    for (unsigned i = 0; i < MINIMA; i++)
        same += ((a ^ b) >> (MINIMUM_BITS * i) & ((1U << MINIMUM_BITS) - 1)) == 0;
    return same + 1 >= MINIMA;
}
