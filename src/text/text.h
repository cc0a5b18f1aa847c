/* Texts of people as a desk looks at them: words of every script, what is common, which language it
 * is, times in a named zone. Over ICU; it keeps nothing, knows nothing of messages, does no I/O.
 *
 * A word is what ICU's word breaks give (Thai, Chinese and Japanese by its dictionaries), split
 * again at what ICU keeps whole ("john.doe@enron.com", "u.s.a", "don't"), folded: case, width, and
 * marks where these are accents (Latin, Greek, Cyrillic). Emoji are words.
 */
#ifndef IRONSIDE_TEXT_TEXT_H
#define IRONSIDE_TEXT_TEXT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

/* Break iterators and buffers: one for each thread. */
struct text;

enum text_word_kind {
    TEXT_WORD,
    TEXT_PAIR,  /* two neighbours of which one is common, at the place of the first: "of\x02the" */
    TEXT_LATIN, /* the word before in Latin letters, at its place: "\x03moskva" */
};

struct text_word {
    const char *word; /* folded; not ended by a NUL; valid during the callback */
    size_t len;
    enum text_word_kind kind;
    uint32_t position; /* words from the beginning */
    size_t start, end; /* bytes of the text that it stands for */
};
/* A value other than 0 ends the walk and is handed on. */
typedef int text_word_fn(void *context, const struct text_word *w);

/* The first one of a process takes about half a second, in which ICU makes its rules; nothing reads
 * files. ERR_IO: ICU lacks its data; the line says so. */
int text_new(struct text **ret, struct diag *d) MUST_USE;
void text_free(struct text *t);
DEFINE_CLEANUP(struct text, text_free)

/* Walks the words of UTF-8; what is not UTF-8 separates words. Control characters separate, too, so
 * that no text can hold the marks below. */
int text_words(struct text *t, const char *text, size_t len, text_word_fn *fn, void *context);

/* Is it one of the words that are so common that pairs are made with them? (folded) */
bool text_common(const char *word, size_t len);

/* The parts of what was put into an index: a word's text is as text_words hands it out, and a
 * filter's token is "\x01" "NAME:VALUE". In an indexed document filters come first, each followed
 * by
 * "\x01 " (they hold no blank), then one more blank, so that words which begin with a mark are no
 * filter, then the words; a filter's token takes no position between words. */
#define TEXT_MARK_FILTER '\x01'
#define TEXT_MARK_PAIR '\x02'
#define TEXT_MARK_LATIN '\x03'

/* Registers the FTS5 tokenizer "desk" with the handle: filters and words as above, pairs and Latin
 * forms as FTS5's colocated tokens; in a query neither is made, since the query's compiler writes
 * them out. ERR_IO. */
int text_register(sqlite3 *db, struct diag *d) MUST_USE;

/* Names tokenizer, ICU, and the list of common words: an index made by another version is rebuilt.
 */
const char *text_version(void);

/* The language as ISO 639-1 ("en"), or "" where the text is too short to say. (CLD2) */
const char *text_language(const char *text, size_t len);
/* The language that a code or a locale's name means, as text_language says it: "es" of "spa", "es"
 * and "spa_ES". "": none. */
#define TEXT_LANGUAGE_MAX 8U
void text_language_code(const char *name, char ret[static TEXT_LANGUAGE_MAX + 1]);

#endif
