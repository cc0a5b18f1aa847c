#include <string.h>
#include <unicode/ustring.h>

#include "base/memory.h"
#include "text/text_internal.h"

/* ICU takes microseconds for a word, and texts repeat theirs: the last ones are kept. */
#define KEPT 8192U
#define KEPT_WORD_MAX 63U
#define UNITS 1024

struct kept {
    uint8_t len, latin_len; /* 0: nothing here */
    char word[KEPT_WORD_MAX];
    char latin[TEXT_LATIN_BYTES_MAX];
};

struct text_latin {
    UTransliterator *transliterator;
    struct kept kept[KEPT];
};

/* ICU makes the rules of a script when it first meets it: a third of a second for Chinese, which no
 * question is to wait for. */
static void warm(struct text_latin *l)
{
    static const char *const words[] = {"м", "你", "ひ", "カ", "हि", "ฉ", "ا", "ש", "서", "አ"};
    char form[TEXT_LATIN_BYTES_MAX];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        text_latin_put(l, words[i], strlen(words[i]), form);
}

int text_latin_new(struct text_latin **ret, struct diag *d)
{
    static const UChar id[] = u"Any-Latin; Latin-ASCII; Lower";
    UErrorCode e = U_ZERO_ERROR;
    UTransliterator *t = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
    if (U_FAILURE(e))
        return text_icu_failed(e, d, "write words in Latin letters");
    *ret = mem_new(sizeof **ret);
    (*ret)->transliterator = t;
    warm(*ret);
    return 0;
}

void text_latin_free(struct text_latin *l)
{
    if (l == NULL)
        return;
    utrans_close(l->transliterator);
    explicit_bzero(l, sizeof *l); /* it kept words of people */
    free(l);
}

/* Letters and digits alone: a word of two Chinese characters comes as "ni hao". */
static size_t put_plain(const UChar *u, int32_t count, char ret[static TEXT_LATIN_BYTES_MAX])
{
    size_t len = 0;
    ret[len++] = TEXT_MARK_LATIN;
    for (int32_t i = 0; i < count && len < TEXT_LATIN_BYTES_MAX; i++)
        if ((u[i] >= 'a' && u[i] <= 'z') || (u[i] >= '0' && u[i] <= '9'))
            ret[len++] = (char)u[i];
    return len > 1 ? len : 0;
}

static size_t transliterate(const struct text_latin *l, const char *word, size_t len,
                            char ret[static TEXT_LATIN_BYTES_MAX])
{
    UChar units[UNITS];
    UErrorCode e = U_ZERO_ERROR;
    int32_t count = 0;
    u_strFromUTF8(units, UNITS, &count, word, (int32_t)len, &e);
    int32_t limit = count;
    utrans_transUChars(l->transliterator, units, &count, UNITS, 0, &limit, &e);
    return U_FAILURE(e) ? 0 : put_plain(units, limit, ret);
}

static struct kept *slot(struct text_latin *l, const char *word, size_t len)
{
    uint64_t h = 0xcbf29ce484222325U; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)word[i]) * 0x100000001b3U;
    return &l->kept[(h >> 20) % KEPT];
}

size_t text_latin_put(struct text_latin *l, const char *word, size_t len,
                      char ret[static TEXT_LATIN_BYTES_MAX])
{
    if (len > KEPT_WORD_MAX)
        return transliterate(l, word, len, ret);
    struct kept *k = slot(l, word, len);
    if (k->len != len || memcmp(k->word, word, len) != 0) {
        k->len = (uint8_t)len;
        memcpy(k->word, word, len);
        k->latin_len = (uint8_t)transliterate(l, word, len, k->latin);
    }
    memcpy(ret, k->latin, k->latin_len);
    return k->latin_len;
}
