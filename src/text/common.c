#include <string.h>

#include "text/text_internal.h"

/* What is written most in chats and mails: English above all, then the commonest of other large
 * languages; folded, and at most TEXT_COMMON_BYTES_MAX bytes each. With another list text_version
 * changes. */
const char *const text_common_words[] = {
    /* English */
    "the", "to", "and", "of", "a", "in", "i", "is", "for", "you", "on", "that", "this", "be", "we",
    "it", "with", "have", "will", "at", "are", "as", "if", "your", "from", "not", "or", "by", "me",
    "please", "can", "my", "has", "an", "our", "but", "any", "was", "would", "do", "all", "he",
    "so", "up", "they", "what", "no", "out", "there", "know", "get", "just", "about", "she", "one",
    "when", "us", "him", "her", "s", "t", "m", "re", "ll",
    /* German, Dutch */
    "der", "die", "das", "und", "ich", "ist", "nicht", "ja", "zu", "het", "een", "ik", "je", "van",
    /* French, Spanish, Portuguese, Italian */
    "de", "la", "le", "les", "et", "est", "pas", "que", "el", "en", "y", "un", "o", "e", "nao",
    "che", "di", "non", "il",
    /* Polish, Turkish, Indonesian, Vietnamese */
    "nie", "w", "z", "bir", "ve", "bu", "yang", "ada", "khong",
    /* Russian, Ukrainian */
    "и", "в", "не", "на", "я", "что", "с", "это", "ты", "как", "а", "у", "по", "то",
    /* Arabic, Persian, Hebrew, Hindi */
    "من", "في", "على", "لا", "ما", "و", "به", "در", "את", "לא", "של", "है", "के", "में",
    /* Chinese, Japanese, Korean, Thai */
    "的", "了", "是", "我", "你", "不", "在", "の", "は", "に", "を", "が", "て", "で", "と", "た",
    "수", "이", "ไม่", "ที่", "เป็น", NULL};

#define COUNT (sizeof text_common_words / sizeof *text_common_words - 1)
_Static_assert(COUNT < TEXT_COMMON_SLOTS / 4, "the set is nearly empty, so that looking is short");

/* A word's bytes as two numbers, zeros behind them. (Little-endian; another order has other keys.)
 */
struct key {
    uint64_t low, high;
};

static uint64_t first(uint64_t bytes, size_t len)
{
    return bytes << (64 - 8 * len) >> (64 - 8 * len);
}

static struct key key_of(const char *word, size_t len)
{
    struct key k;
    memcpy(&k.low, word, 8);
    if (len <= 8)
        return (struct key){.low = first(k.low, len)};
    memcpy(&k.high, word + 8, 8);
    k.high = first(k.high, len - 8);
    return k;
}

/* The slot that holds the key, or the empty one where it would go. */
static size_t find(const struct text_common_set *s, struct key k)
{
    uint64_t h = (k.low ^ k.high * 0x9e3779b97f4a7c15U) * 0xff51afd7ed558ccdU;
    size_t at = (size_t)(h >> 40) % TEXT_COMMON_SLOTS;
    while (s->slots[at][0] != 0 && (s->slots[at][0] != k.low || s->slots[at][1] != k.high))
        at = (at + 1) % TEXT_COMMON_SLOTS;
    return at;
}

void text_common_fill(struct text_common_set *s)
{
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < COUNT; i++) {
        char padded[TEXT_COMMON_BYTES_MAX] = {0};
        size_t len = strlen(text_common_words[i]);
        memcpy(padded, text_common_words[i], len);
        struct key k = key_of(padded, len);
        uint64_t *slot = s->slots[find(s, k)];
        slot[0] = k.low;
        slot[1] = k.high;
    }
}

bool text_common_has(const struct text_common_set *s, const char *word, size_t len)
{
    return len > 0 && len <= TEXT_COMMON_BYTES_MAX && s->slots[find(s, key_of(word, len))][0] != 0;
}

bool text_common(const char *word, size_t len)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strlen(text_common_words[i]) == len && memcmp(text_common_words[i], word, len) == 0)
            return true;
    return false;
}
