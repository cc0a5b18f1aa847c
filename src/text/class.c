#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "text/text_internal.h"

#define APOSTROPHE_LETTER 0x02bc
#define PICTOGRAPHS 0x2300 /* below: (c), (r), (tm), arrows, which texts do not mean as emoji */

static UScriptCode script_of(UChar32 c)
{
    UErrorCode e = U_ZERO_ERROR;
    return uscript_getScript(c, &e);
}

static bool is_alphabetic(UChar32 c)
{
    return u_isUAlphabetic(c) && c != APOSTROPHE_LETTER;
}

/* Marks of these are accents; of other scripts they are vowels. */
static uint8_t of_script(UChar32 c)
{
    switch (script_of(c)) {
    case USCRIPT_LATIN:
        return TEXT_CLASS_ACCENTS;
    case USCRIPT_GREEK:
    case USCRIPT_CYRILLIC:
        return TEXT_CLASS_ACCENTS | TEXT_CLASS_FOREIGN;
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
        return 0;
    default:
        return TEXT_CLASS_FOREIGN;
    }
}

/* ICU's rules of words (UAX #29) join such letters to each other, and nothing joins what is beside
 * such separators over them. */
static bool is_alone(UChar32 c, uint8_t class)
{
    switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_ALETTER:
    case U_WB_HEBREW_LETTER:
    case U_WB_NUMERIC:
        return c < (UChar32)TEXT_FOLD_TABLE && (class & TEXT_CLASS_WORD) != 0;
    default:
        return (class & TEXT_CLASS_WORD) == 0;
    }
}

static uint8_t class_of(UChar32 c)
{
    uint32_t category = U_GET_GC_MASK(c);
    uint8_t class = 0;
    if ((category & U_GC_CF_MASK) != 0)
        return TEXT_CLASS_FORMAT;
    if (c >= PICTOGRAPHS && u_hasBinaryProperty(c, UCHAR_EMOJI) && !is_alphabetic(c))
        return TEXT_CLASS_EMOJI;
    if ((category & U_GC_M_MASK) != 0)
        return TEXT_CLASS_WORD | TEXT_CLASS_MARK;
    if (is_alphabetic(c))
        class = (uint8_t)(TEXT_CLASS_WORD | of_script(c));
    else if ((category & U_GC_N_MASK) != 0)
        class = TEXT_CLASS_WORD;
    return class | (is_alone(c, class) ? TEXT_CLASS_ALONE : 0);
}

void text_classes_fill(struct text_classes *s)
{
    for (UChar32 c = 0; c < (UChar32)TEXT_CLASSES; c++)
        s->of[c] = class_of(c);
}

uint8_t text_class(const struct text_classes *s, UChar32 c)
{
    return c < (UChar32)TEXT_CLASSES ? s->of[c] : class_of(c);
}
