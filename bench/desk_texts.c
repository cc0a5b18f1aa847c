#include "bench/desk_texts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define WORD_BYTES 24
#define ORGANISATION 40U /* people */
#define OTHER_SCRIPT 20U /* one in so many messages */
#define COUNTRIES 90U

static const char *const english[] = {
    "the",  "to",  "and",  "of",   "a",    "in",   "i",    "is",   "for",  "you", "on",    "that",
    "this", "be",  "we",   "it",   "with", "have", "will", "at",   "are",  "as",  "if",    "your",
    "from", "not", "or",   "by",   "me",   "can",  "my",   "has",  "an",   "our", "but",   "any",
    "was",  "do",  "all",  "he",   "so",   "up",   "they", "what", "no",   "out", "there", "when",
    "time", "get", "just", "know", "like", "see",  "go",   "meet", "call", "who", "now",   "need",
};
#define ENGLISH (sizeof english / sizeof english[0])

struct desk_texts {
    uint64_t state, made, messages;
    char (*words)[WORD_BYTES];
    double *sums; /* of the words' frequencies */
    double *person_sums;
};

static uint64_t next(struct desk_texts *t)
{
    t->state += 0x9e3779b97f4a7c15U;
    uint64_t z = t->state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static uint32_t pick(struct desk_texts *t, uint32_t n)
{
    return (uint32_t)((next(t) >> 32) * n >> 32);
}

static double *zipf(size_t n, double exponent)
{
    double *sums = mem_array(n, sizeof *sums), sum = 0;
    for (size_t i = 0; i < n; i++)
        sums[i] = sum += 1 / pow((double)i + 2.0, exponent);
    return sums;
}

static uint32_t pick_zipf(struct desk_texts *t, const double *sums, size_t n)
{
    double at = (double)(next(t) >> 11) / 9007199254740992.0 * sums[n - 1];
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sums[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* Syllables: the rank in base 100, so that prefixes have families as those of a language do. */
static void make_word(char ret[static WORD_BYTES], uint32_t rank)
{
    static const char consonants[] = "tnrslcdmpgbfvhwkyjzq", vowels[] = "eaoiu";
    if (rank < ENGLISH) {
        snprintf(ret, WORD_BYTES, "%s", english[rank]);
        return;
    }
    char *at = ret;
    uint64_t mixed = rank * UINT64_C(2654435761) % 1000003;
    for (uint64_t left = mixed + 1000; left > 0; left /= 100) {
        *at++ = consonants[left % 100 / 5];
        *at++ = vowels[left % 100 % 5];
    }
    *at++ = consonants[mixed % 20];
    *at = '\0';
}

struct desk_texts *desk_texts_new(uint64_t seed, uint64_t messages)
{
    struct desk_texts *t = mem_new(sizeof *t);
    t->state = seed;
    t->messages = messages;
    t->words = mem_array(DESK_WORDS, sizeof *t->words);
    for (uint32_t i = 0; i < DESK_WORDS; i++)
        make_word(t->words[i], i);
    t->sums = zipf(DESK_WORDS, 1.02);
    t->person_sums = zipf(DESK_PEOPLE, 0.6);
    return t;
}

void desk_texts_free(struct desk_texts *t)
{
    free(t->words);
    free(t->sums);
    free(t->person_sums);
    free(t);
}

const char *desk_texts_word(const struct desk_texts *t, uint32_t rank)
{
    return t->words[rank];
}

/* Cyrillic for Latin letters, so that another script's words have the same law. */
static size_t other_script(char *at, const char *word)
{
    size_t n = 0;
    for (; *word != '\0'; word++) {
        at[n++] = (char)0xd0;
        at[n++] = (char)(0xb0 + (*word - 'a') % 16);
    }
    return n;
}

static void make_words(struct desk_texts *t, struct desk_text *ret)
{
    size_t count = 2 + pick(t, 8) + (pick(t, 3) == 0 ? pick(t, 30) : 0), at = 0;
    bool other = pick(t, OTHER_SCRIPT) == 0;
    for (size_t i = 0; i < count && at + 64 < sizeof ret->words; i++) {
        const char *word = t->words[pick_zipf(t, t->sums, DESK_WORDS)];
        if (i > 0)
            ret->words[at++] = ' ';
        if (other) {
            at += other_script(ret->words + at, word);
        } else {
            memcpy(ret->words + at, word, strlen(word));
            at += strlen(word);
        }
        if (pick(t, 12) == 0)
            ret->words[at++] = ',';
    }
    ret->words[at] = '\0';
}

/* Contacts are of one's organisation, the next ones most. */
static void make_people(struct desk_texts *t, struct desk_text *ret)
{
    uint32_t rank = pick_zipf(t, t->person_sums, DESK_PEOPLE);
    ret->from = rank * 7919U % DESK_PEOPLE;
    uint32_t base = ret->from / ORGANISATION * ORGANISATION;
    uint32_t contact = 1 + pick(t, 4) * pick(t, 9);
    ret->to_count = pick(t, 3) == 0 ? 2 + pick(t, 6) : 1;
    for (size_t i = 0; i < ret->to_count; i++)
        ret->to[i] = base + (ret->from - base + contact + (uint32_t)i) % ORGANISATION;
    uint32_t country = ret->from / ORGANISATION * 31U % COUNTRIES;
    if (pick(t, 50) == 0)
        country = pick(t, COUNTRIES);
    ret->country[0] = (char)('A' + country / 10);
    ret->country[1] = (char)('A' + country % 10);
    ret->country[2] = '\0';
}

void desk_texts_next(struct desk_texts *t, struct desk_text *ret)
{
    const double span = DESK_MONTHS * 30.4375 * 86400000.0;
    make_people(t, ret);
    make_words(t, ret);
    ret->photo = pick(t, 40) == 0;
    ret->at_unix_ms = DESK_BEGIN_MS + (int64_t)(span * (double)t->made++ / (double)t->messages);
}
