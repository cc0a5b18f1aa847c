#include "desk/idset.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define BITS 64U

static uint64_t bit_of(int64_t id)
{
    return UINT64_C(1) << ((uint64_t)id % BITS);
}

bool idset_has(const struct idset *s, int64_t id)
{
    size_t word = (size_t)id / BITS;
    return id > 0 && word < s->word_count && (s->words[word] & bit_of(id)) != 0;
}

void idset_add(struct idset *s, int64_t id)
{
    size_t word = (size_t)id / BITS;
    if (id <= 0 || idset_has(s, id))
        return;
    if (word >= s->word_count) {
        size_t more = word + word / 4 + 16;
        s->words = mem_resize(s->words, more, sizeof *s->words);
        memset(s->words + s->word_count, 0, (more - s->word_count) * sizeof *s->words);
        s->word_count = more;
    }
    s->words[word] |= bit_of(id);
    s->count++;
}

void idset_remove(struct idset *s, int64_t id)
{
    if (!idset_has(s, id))
        return;
    s->words[(size_t)id / BITS] &= ~bit_of(id);
    s->count--;
}

int64_t idset_below(const struct idset *s, int64_t id)
{
    if (id <= 0 || s->word_count == 0)
        return 0;
    size_t word = (size_t)id / BITS;
    uint64_t left = 0;
    if (word >= s->word_count)
        word = s->word_count;
    else
        left = s->words[word] & (bit_of(id) - 1);
    while (left == 0 && word > 0)
        left = s->words[--word];
    return left == 0 ? 0 : (int64_t)(word * BITS + BITS - 1 - (unsigned)__builtin_clzll(left));
}

int64_t idset_above(const struct idset *s, int64_t id)
{
    size_t word = id < 0 ? 0 : (size_t)id / BITS;
    if (word >= s->word_count)
        return 0;
    uint64_t left = id < 0 ? s->words[0] : s->words[word] & ~(bit_of(id) | (bit_of(id) - 1));
    while (left == 0 && word + 1 < s->word_count)
        left = s->words[++word];
    return left == 0 ? 0 : (int64_t)(word * BITS + (unsigned)__builtin_ctzll(left));
}

void idset_clear(struct idset *s)
{
    free(s->words);
    *s = (struct idset){0};
}
