#include <string.h>
#include <unicode/uchar.h>

#include "text/text_internal.h"

/* A word is cut here before it is folded; ICU makes at most 18 units of one. */
#define UNITS_MAX 384U
#define FOLDED_UNITS (UNITS_MAX * 18)

#define VARIATION_15 0xfe0e
#define VARIATION_16 0xfe0f

/* Letters that people write without their stroke or with a dot, and that do not decompose; digits
 * of every script. */
static UChar32 plain(UChar32 c)
{
    switch (c) {
    case 0x0111:
        return 'd'; /* d with stroke */
    case 0x0127:
        return 'h';
    case 0x0131:
        return 'i'; /* without dot */
    case 0x0142:
        return 'l';
    case 0x00f8:
        return 'o';
    case 0x0167:
        return 't';
    }
    int32_t digit = c < 0x80 ? -1 : u_charDigitValue(c);
    return digit >= 0 && u_charType(c) == U_DECIMAL_DIGIT_NUMBER ? '0' + digit : c;
}

/* Decomposed units in place: without accents, without marks that have become the first (of a letter
 * that is one when it is wide), and without what is of no word (a ligature may become words with
 * blanks). */
static int32_t strip(const struct text_folder *f, UChar *u, int32_t count)
{
    int32_t to = 0;
    bool accents = false;
    for (int32_t i = 0; i < count;) {
        UChar32 c = text_next(u, &i, count);
        uint8_t class = text_class(&f->classes, c);
        if ((class & TEXT_CLASS_WORD) == 0)
            continue;
        if ((class & TEXT_CLASS_MARK) == 0)
            accents = (class & TEXT_CLASS_ACCENTS) != 0;
        else if (accents || to == 0)
            continue;
        c = plain(c);
        U16_APPEND_UNSAFE(u, to, c);
    }
    return to;
}

/* Has a word whose case is folded nothing that `strip` takes away or changes? */
static bool is_settled(const struct text_folder *f, const UChar *u, int32_t count)
{
    bool first = true;
    for (int32_t i = 0; i < count;) {
        uint8_t class = text_class(&f->classes, text_next(u, &i, count));
        bool letter = (class & (TEXT_CLASS_FOREIGN | TEXT_CLASS_MARK)) != 0;
        if (!letter || (class & TEXT_CLASS_ACCENTS) != 0 || (first && class & TEXT_CLASS_MARK))
            return false;
        first = false;
    }
    return true;
}

static void put_utf8(const struct text_folder *f, const UChar *u, int32_t count,
                     struct text_folded *ret)
{
    uint8_t *to = (uint8_t *)ret->bytes, classes = 0;
    ret->len = 0;
    for (int32_t i = 0; i < count;) {
        uint32_t c = (uint32_t)text_next(u, &i, count);
        if (ret->len + U8_LENGTH(c) > TEXT_WORD_BYTES_MAX)
            break;
        U8_APPEND_UNSAFE(to, ret->len, c);
        classes |= text_class(&f->classes, (UChar32)c);
    }
    ret->foreign = (classes & TEXT_CLASS_FOREIGN) != 0;
}

/* Case and width, then accents. */
static void fold_by_icu(const struct text_folder *f, const UChar *units, size_t count,
                        struct text_folded *ret)
{
    UErrorCode e = U_ZERO_ERROR;
    UChar a[FOLDED_UNITS], b[FOLDED_UNITS];
    int32_t n = unorm2_normalize(f->casefold, units, (int32_t)count, a, FOLDED_UNITS, &e);
    if (U_SUCCESS(e) && !is_settled(f, a, n)) {
        n = unorm2_normalize(f->decompose, a, n, b, FOLDED_UNITS, &e);
        n = U_SUCCESS(e) ? strip(f, b, n) : 0;
        n = unorm2_normalize(f->compose, b, n, a, FOLDED_UNITS, &e);
    }
    put_utf8(f, a, U_SUCCESS(e) ? n : 0, ret);
}

/* A character at a time; false where the table has it not. */
static bool fold_by_table(const struct text_folder *f, const UChar *units, size_t count,
                          struct text_folded *ret)
{
    uint8_t classes = 0;
    ret->len = 0;
    for (size_t i = 0; i < count; i++) {
        if (units[i] >= TEXT_FOLD_TABLE || f->rows[units[i]].len == TEXT_FOLD_SLOW)
            return false;
        const struct text_fold_row *row = &f->rows[units[i]];
        if (ret->len + row->len > TEXT_WORD_BYTES_MAX)
            break;
        memcpy(ret->bytes + ret->len, row->bytes, sizeof row->bytes);
        ret->len += row->len;
        classes |= f->classes.of[units[i]];
    }
    ret->foreign = (classes & TEXT_CLASS_FOREIGN) != 0;
    return true;
}

void text_fold(const struct text_folder *f, const UChar *units, size_t count,
               struct text_folded *ret)
{
    if (count > UNITS_MAX)
        count = UNITS_MAX; /* half a character is no letter, and is left out */
    if (!fold_by_table(f, units, count, ret))
        fold_by_icu(f, units, count, ret);
}

void text_fold_emoji(const struct text_folder *f, const UChar *units, size_t count,
                     struct text_folded *ret)
{
    UChar kept[TEXT_WORD_BYTES_MAX];
    int32_t n = 0;
    for (size_t i = 0; i < count && n < (int32_t)TEXT_WORD_BYTES_MAX; i++)
        if (units[i] != VARIATION_15 && units[i] != VARIATION_16)
            kept[n++] = units[i];
    put_utf8(f, kept, n, ret);
}

/* The table is what ICU makes of each character. */
static void fill_row(struct text_folder *f, UChar c)
{
    struct text_folded folded = {.len = 0};
    struct text_fold_row *row = &f->rows[c];
    row->len = TEXT_FOLD_SLOW;
    if ((f->classes.of[c] & (TEXT_CLASS_WORD | TEXT_CLASS_MARK)) == TEXT_CLASS_WORD) {
        fold_by_icu(f, &c, 1, &folded);
        if (folded.len > 0 && folded.len <= sizeof row->bytes) {
            memcpy(row->bytes, folded.bytes, folded.len);
            row->len = (uint8_t)folded.len;
        }
    }
    if (row->len == TEXT_FOLD_SLOW && (f->classes.of[c] & TEXT_CLASS_WORD) != 0)
        f->classes.of[c] &= (uint8_t)~TEXT_CLASS_ALONE;
}

int text_folder_init(struct text_folder *f, struct diag *d)
{
    UErrorCode e = U_ZERO_ERROR;
    f->casefold = unorm2_getNFKCCasefoldInstance(&e);
    f->decompose = unorm2_getNFDInstance(&e);
    f->compose = unorm2_getNFCInstance(&e);
    if (U_FAILURE(e))
        return text_icu_failed(e, d, "fold letters");
    text_classes_fill(&f->classes);
    for (UChar c = 0; c < TEXT_FOLD_TABLE; c++)
        fill_row(f, c);
    return 0;
}
