#include <string.h>

#include "query/internal.h"

#define LETTERS_MAX 16U
#define DISTANCE_MAX 2U

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static char at(const char *s, size_t i)
{
    return i == 0 ? '\0' : s[i - 1];
}

/* Letters added, left out, changed, or swapped with their neighbours (Damerau, restricted). */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    unsigned d[LETTERS_MAX + 1][LETTERS_MAX + 1];
    for (size_t i = 0; i <= a_len; i++)
        for (size_t j = 0; j <= b_len; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (unsigned)(i + j);
                continue;
            }
            unsigned best = least(d[i - 1][j], d[i][j - 1]) + 1;
            best = least(best, d[i - 1][j - 1] + (at(a, i) != at(b, j)));
            if (i > 1 && j > 1 && at(a, i) == at(b, j - 1) && at(a, i - 1) == at(b, j))
                best = least(best, d[i - 2][j - 2] + 1);
            d[i][j] = best;
        }
    return d[a_len][b_len];
}

const char *query_suggest(const char *wrong, const char *const *words)
{
    const char *best = NULL;
    size_t len = strlen(wrong);
    unsigned nearest = least(DISTANCE_MAX, len < 2 ? 0 : (unsigned)len / 2) + 1;
    for (; *words != NULL && len <= LETTERS_MAX; words++) {
        size_t n = strlen(*words);
        unsigned d = n > LETTERS_MAX ? nearest : distance(wrong, len, *words, n);
        if (d < nearest) {
            nearest = d;
            best = *words;
        }
    }
    return best;
}
