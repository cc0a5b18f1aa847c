/* What the files of the room share. */
#ifndef IRONSIDE_TEXT_TEXT_INTERNAL_H
#define IRONSIDE_TEXT_TEXT_INTERNAL_H

#include <unicode/ubrk.h>
#include <unicode/unorm2.h>
#include <unicode/utrans.h>

#include "text/text.h"

/* A longer word is cut: what is no word at all (base64) stays small. */
#define TEXT_WORD_BYTES_MAX 256U

/* ---- common words (common.c) ---- */

#define TEXT_COMMON_BYTES_MAX 16U
#define TEXT_COMMON_SLOTS 1024U /* a power of two, a few times their number */

extern const char *const text_common_words[]; /* NULL behind the last */

struct text_common_set {
    uint64_t slots[TEXT_COMMON_SLOTS][2];
};
void text_common_fill(struct text_common_set *s);
/* `word` has TEXT_COMMON_BYTES_MAX readable bytes, whatever `len` is. */
bool text_common_has(const struct text_common_set *s, const char *word, size_t len);

/* ---- what a character is (class.c) ---- */

enum text_class {
    TEXT_CLASS_WORD = 1,     /* of a word: a letter, a number, a mark; no apostrophe of any kind */
    TEXT_CLASS_MARK = 2,     /* which alone is no word */
    TEXT_CLASS_FORMAT = 4,   /* unseen; within a word it stays */
    TEXT_CLASS_EMOJI = 8,    /* begins an emoji */
    TEXT_CLASS_FOREIGN = 16, /* a letter that is not Latin */
    TEXT_CLASS_ACCENTS = 32, /* a letter whose marks are accents */
    TEXT_CLASS_ALONE = 64,   /* ICU need not look at what stands beside it */
};
#define TEXT_CLASSES 0x10000U /* what is above is asked of ICU each time */

struct text_classes {
    uint8_t of[TEXT_CLASSES];
};
void text_classes_fill(struct text_classes *s);
uint8_t text_class(const struct text_classes *s, UChar32 c);

/* The character at `*i`, which goes behind it. */
static inline UChar32 text_next(const UChar *units, int32_t *i, int32_t count)
{
    UChar c = units[(*i)++];
    if (!U16_IS_LEAD(c) || *i == count || !U16_IS_TRAIL(units[*i]))
        return c;
    return U16_GET_SUPPLEMENTARY(c, units[(*i)++]);
}

/* ---- folding (fold.c) ---- */

/* What is below needs no context: a character at a time, by table. */
#define TEXT_FOLD_TABLE 0x700U
#define TEXT_FOLD_SLOW UINT8_MAX /* the whole word by ICU */

struct text_fold_row {
    uint8_t len; /* or TEXT_FOLD_SLOW */
    char bytes[7];
};

struct text_folder {
    const UNormalizer2 *casefold, *decompose, *compose; /* ICU's own */
    struct text_classes classes;
    struct text_fold_row rows[TEXT_FOLD_TABLE];
};

struct text_folded {
    size_t len;
    bool foreign; /* it has a letter that is not Latin */
    /* Room behind the word, so that text_common_has may read on. */
    char bytes[TEXT_WORD_BYTES_MAX + TEXT_COMMON_BYTES_MAX];
};

int text_folder_init(struct text_folder *f, struct diag *d) MUST_USE;
/* Folds a word; a length of 0 says that nothing is left of it. */
void text_fold(const struct text_folder *f, const UChar *units, size_t count,
               struct text_folded *ret);
/* An emoji: without its variation selectors. */
void text_fold_emoji(const struct text_folder *f, const UChar *units, size_t count,
                     struct text_folded *ret);

/* ---- the words of a text ---- */

/* What ICU looks at at once. */
#define TEXT_STRETCH_UNITS 16384U
/* The folded words of a text one behind the other, with a mark between them, so that a pair is a
 * part of it. */
#define TEXT_STREAM_BYTES 65536U

struct text_latin; /* latin.c */

struct text {
    UBreakIterator *breaks;
    struct text_folder folder;
    struct text_common_set common;
    struct text_latin *latin;
    UChar units[TEXT_STRETCH_UNITS];
    uint32_t offsets[TEXT_STRETCH_UNITS +
                     1]; /* of a character's first unit, bytes from the stretch's beginning */
    char stream[TEXT_STREAM_BYTES];
};

/* A walk. */
struct text_walk {
    struct text *t;
    const char *text;
    size_t len;
    text_word_fn *fn;
    void *context;
    bool bare; /* words alone: neither pairs nor Latin forms */
    bool slow; /* ICU for what is ASCII, too: for tests */
    uint32_t position;
    size_t at;        /* where the stream goes on */
    size_t before;    /* where the word before begins in it */
    bool any, common; /* is there a word before; is it common */
    size_t start;     /* where the word before begins in the text */
};

int text_walk(struct text_walk *w);
/* Room for a word's folded bytes, at least TEXT_WORD_BYTES_MAX and TEXT_COMMON_BYTES_MAX more. */
char *text_walk_room(struct text_walk *w);
/* The word lies in the room; start and end are bytes of the text. */
int text_walk_word(struct text_walk *w, size_t len, bool foreign, size_t start, size_t end);
/* The words of a part of the text by ICU (breaks.c); returns 0 or what the callback said. It may
 * stop early, behind a character, where the part is too long: *ret_end says where. */
int text_breaks(struct text_walk *w, size_t start, size_t end, size_t *ret_end);

/* ---- Latin forms (latin.c) ---- */

#define TEXT_LATIN_BYTES_MAX 64U

int text_latin_new(struct text_latin **ret, struct diag *d) MUST_USE;
void text_latin_free(struct text_latin *l);
/* The folded word in Latin letters behind TEXT_MARK_LATIN; returns its bytes with the mark, 0 when
 * nothing is left of it. */
size_t text_latin_put(struct text_latin *l, const char *word, size_t len,
                      char ret[static TEXT_LATIN_BYTES_MAX]);

/* "cannot WHAT: ICU's reason", ERR_IO. */
int text_icu_failed(UErrorCode code, struct diag *d, const char *what);

#endif
