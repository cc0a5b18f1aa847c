#include <string.h>

#include "base/utf8.h"
#include "text/text_internal.h"

/* What an ASCII byte is: 0 between words, the folded letter or digit; other bytes: OTHER. */
#define OTHER 0x80U
static const uint8_t folded_ascii[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2',
    ['3'] = '3', ['4'] = '4', ['5'] = '5',
    ['6'] = '6', ['7'] = '7', ['8'] = '8',
    ['9'] = '9', ['A'] = 'a', ['B'] = 'b',
    ['C'] = 'c', ['D'] = 'd', ['E'] = 'e',
    ['F'] = 'f', ['G'] = 'g', ['H'] = 'h',
    ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',
    ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
    ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q',
    ['R'] = 'r', ['S'] = 's', ['T'] = 't',
    ['U'] = 'u', ['V'] = 'v', ['W'] = 'w',
    ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
    ['a'] = 'a', ['b'] = 'b', ['c'] = 'c',
    ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i',
    ['j'] = 'j', ['k'] = 'k', ['l'] = 'l',
    ['m'] = 'm', ['n'] = 'n', ['o'] = 'o',
    ['p'] = 'p', ['q'] = 'q', ['r'] = 'r',
    ['s'] = 's', ['t'] = 't', ['u'] = 'u',
    ['v'] = 'v', ['w'] = 'w', ['x'] = 'x',
    ['y'] = 'y', ['z'] = 'z', [0x80 ... 0xff] = OTHER,
};

static uint8_t at(const struct text_walk *w, size_t i)
{
    return folded_ascii[(unsigned char)w->text[i]];
}

char *text_walk_room(struct text_walk *w)
{
    return w->t->stream + w->at;
}

/* Where the stream has no room for another word it begins anew, with the word before. */
static void make_room(struct text_walk *w)
{
    if (w->at + TEXT_WORD_BYTES_MAX + TEXT_COMMON_BYTES_MAX < TEXT_STREAM_BYTES)
        return;
    memmove(w->t->stream, w->t->stream + w->before, w->at - w->before);
    w->at -= w->before;
    w->before = 0;
}

static int put_latin(struct text_walk *w, const struct text_word *word)
{
    char latin[TEXT_LATIN_BYTES_MAX];
    struct text_word form = *word;
    form.word = latin;
    form.len = text_latin_put(w->t->latin, word->word, word->len, latin);
    form.kind = TEXT_LATIN;
    return form.len == 0 ? 0 : w->fn(w->context, &form);
}

static int put_pair(struct text_walk *w, size_t len, size_t end)
{
    struct text_word pair = {.word = w->t->stream + w->before,
                             .len = w->at - w->before + len,
                             .kind = TEXT_PAIR,
                             .position = w->position - 1,
                             .start = w->start,
                             .end = end};
    return w->fn(w->context, &pair);
}

int text_walk_word(struct text_walk *w, size_t len, bool foreign, size_t start, size_t end)
{
    struct text_word word = {.word = w->t->stream + w->at,
                             .len = len,
                             .kind = TEXT_WORD,
                             .position = w->position,
                             .start = start,
                             .end = end};
    bool common = text_common_has(&w->t->common, word.word, len);
    int r = w->any && !w->bare && (common || w->common) ? put_pair(w, len, end) : 0;
    if (r == 0)
        r = w->fn(w->context, &word);
    if (r == 0 && foreign && !w->bare)
        r = put_latin(w, &word);
    w->position++;
    w->start = start;
    w->any = true;
    w->common = common;
    w->before = w->at;
    w->at += len;
    w->t->stream[w->at++] = TEXT_MARK_PAIR;
    make_room(w);
    return r;
}

/* The end of what stands between ASCII separators. */
static size_t end_of(const struct text_walk *w, size_t i)
{
    while (i < w->len && at(w, i) != 0)
        i++;
    return i;
}

static bool needs_icu(const struct text_walk *w, size_t i)
{
    uint32_t c;
    size_t n = utf8_next(w->text + i, w->len - i, &c);
    return w->slow ||
           (n > 0 && (text_class(&w->t->folder.classes, (UChar32)c) & TEXT_CLASS_ALONE) == 0);
}

/* What follows and begins with a character that ICU has to look at is given to it, too, as long as
 * it sees all of it at once. */
static size_t extend(const struct text_walk *w, size_t start, size_t end)
{
    for (;;) {
        size_t next = end;
        while (next < w->len && at(w, next) == 0)
            next++;
        if (next == w->len || !needs_icu(w, next))
            return end;
        next = end_of(w, next);
        if (next - start > TEXT_STRETCH_UNITS / 2)
            return end;
        end = next;
    }
}

/* From `*i`; goes on behind what ICU has seen. */
static int walk_breaks(struct text_walk *w, size_t *i)
{
    size_t end = extend(w, *i, end_of(w, *i));
    int r = 0;
    while (*i < end && r == 0)
        r = text_breaks(w, *i, end, i);
    return r;
}

/* A word of letters that need no ICU (TEXT_CLASS_ALONE). */
struct simple {
    size_t end, len; /* of the text; of the folded word */
    bool foreign, full;
};

/* A character that is not ASCII, at `*i`. */
enum simple_kind { SIMPLE_LETTER, SIMPLE_END, SIMPLE_NOT };
static enum simple_kind take_letter(const struct text_walk *w, char *room, size_t *i,
                                    struct simple *s)
{
    const struct text_folder *f = &w->t->folder;
    uint32_t c;
    size_t n = utf8_next(w->text + *i, w->len - *i, &c);
    if (n == 0)
        return SIMPLE_END;
    uint8_t class = text_class(&f->classes, (UChar32)c);
    if ((class & TEXT_CLASS_ALONE) == 0)
        return SIMPLE_NOT;
    if ((class & TEXT_CLASS_WORD) == 0)
        return SIMPLE_END;
    const struct text_fold_row *row = &f->rows[c];
    s->full |= s->len + row->len > TEXT_WORD_BYTES_MAX;
    if (!s->full) {
        memcpy(room + s->len, row->bytes, sizeof row->bytes);
        s->len += row->len;
        s->foreign |= (class & TEXT_CLASS_FOREIGN) != 0;
    }
    *i += n;
    return SIMPLE_LETTER;
}

/* The word at `start`; false: ICU has to look at it. */
static bool take_word(struct text_walk *w, size_t start, struct simple *ret)
{
    char *room = text_walk_room(w);
    struct simple s = {0};
    size_t i = start;
    for (uint8_t c; i < w->len && (c = at(w, i)) != 0;) {
        enum simple_kind kind = SIMPLE_LETTER;
        if (c == OTHER) {
            kind = take_letter(w, room, &i, &s);
        } else {
            room[s.len] = (char)c;
            s.full |= s.len == TEXT_WORD_BYTES_MAX;
            s.len += !s.full;
            i++;
        }
        if (kind == SIMPLE_NOT)
            return false;
        if (kind == SIMPLE_END)
            break;
    }
    s.end = i;
    *ret = s;
    return true;
}

/* Goes over a byte of ASCII, or a character, that separates words whatever stands beside it. */
static bool skip(const struct text_walk *w, size_t *i)
{
    uint32_t c;
    if (at(w, *i) == 0) {
        (*i)++;
        return true;
    }
    if (at(w, *i) != OTHER || w->slow)
        return false;
    size_t n = utf8_next(w->text + *i, w->len - *i, &c);
    if (n > 0 && (text_class(&w->t->folder.classes, (UChar32)c) &
                  (TEXT_CLASS_ALONE | TEXT_CLASS_WORD)) != TEXT_CLASS_ALONE)
        return false;
    *i += n > 0 ? n : 1;
    return true;
}

int text_walk(struct text_walk *w)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < w->len;) {
        struct simple s;
        if (skip(w, &i))
            continue;
        if (w->slow || !take_word(w, i, &s)) {
            r = walk_breaks(w, &i);
            continue;
        }
        r = text_walk_word(w, s.len, s.foreign, i, s.end);
        i = s.end;
    }
    return r;
}

int text_words(struct text *t, const char *text, size_t len, text_word_fn *fn, void *context)
{
    struct text_walk w = {.t = t, .text = text, .len = len, .fn = fn, .context = context};
    return text_walk(&w);
}
