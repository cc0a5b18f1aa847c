#include <string.h>

#include "base/utf8.h"
#include "text/text_internal.h"

/* The character as ICU is to see it: a blank for what separates, and for a mark that stands on no
 * letter, which would else change where ICU breaks behind it. */
static uint32_t seen(const struct text *t, uint32_t c, bool *letter)
{
    uint8_t class = text_class(&t->folder.classes, (UChar32)c);
    if ((class & (TEXT_CLASS_MARK | TEXT_CLASS_FORMAT)) == 0)
        *letter = (class & (TEXT_CLASS_WORD | TEXT_CLASS_EMOJI)) != 0;
    return *letter ? c : ' ';
}

/* A stretch of the text as ICU wants it; what is not UTF-8 separates. Returns the units; it ends
 * behind a character, at `end` or where the units are full. */
static size_t take(const struct text_walk *w, size_t start, size_t end, size_t *ret_end)
{
    struct text *t = w->t;
    size_t count = 0, at = start;
    bool letter = false;
    while (at < end && count + 2 <= TEXT_STRETCH_UNITS) {
        uint32_t c;
        size_t n = utf8_next(w->text + at, end - at, &c);
        t->offsets[count] = (uint32_t)(at - start);
        c = seen(t, n == 0 ? UTF8_REPLACEMENT : c, &letter);
        n += n == 0;
        U16_APPEND_UNSAFE(t->units, count, (UChar32)c);
        at += n;
    }
    t->offsets[count] = (uint32_t)(at - start);
    *ret_end = at;
    return count;
}

/* The part of a stretch that is looked at. */
struct part {
    struct text_walk *w;
    size_t start; /* of the stretch in the text */
};

static int put(const struct part *p, int32_t from, int32_t to, bool emoji)
{
    const struct text *t = p->w->t;
    struct text_folded folded = {.len = 0};
    if (emoji)
        text_fold_emoji(&t->folder, t->units + from, (size_t)(to - from), &folded);
    else
        text_fold(&t->folder, t->units + from, (size_t)(to - from), &folded);
    if (folded.len == 0)
        return 0;
    memcpy(text_walk_room(p->w), folded.bytes, folded.len + TEXT_COMMON_BYTES_MAX);
    return text_walk_word(p->w, folded.len, folded.foreign, p->start + t->offsets[from],
                          p->start + t->offsets[to]);
}

/* The end of the emoji at `at`: what changes it and what is joined to it are of it. */
static int32_t emoji_end(const struct text *t, int32_t at, int32_t to)
{
    for (int32_t next = at; at < to; at = next)
        if ((text_class(&t->folder.classes, text_next(t->units, &next, to)) &
             (TEXT_CLASS_EMOJI | TEXT_CLASS_MARK | TEXT_CLASS_FORMAT)) == 0)
            return at;
    return to;
}

/* Between two breaks: a word, emoji, which may stand behind one, or blanks. */
static int put_segment(const struct part *p, int32_t from, int32_t to)
{
    const struct text *t = p->w->t;
    int32_t begin = to;
    int r = 0;
    for (int32_t at = from, next = from; at < to && r == 0; at = next) {
        uint8_t class = text_class(&t->folder.classes, text_next(t->units, &next, to));
        if ((class & TEXT_CLASS_EMOJI) != 0) {
            r = begin < at ? put(p, begin, at, false) : 0;
            begin = to;
            next = emoji_end(t, at, to);
            r = r != 0 ? r : put(p, at, next, true);
        } else if ((class & TEXT_CLASS_WORD) != 0 && begin == to) {
            begin = at;
        }
    }
    return r == 0 && begin < to ? put(p, begin, to, false) : r;
}

int text_breaks(struct text_walk *w, size_t start, size_t end, size_t *ret_end)
{
    struct part p = {.w = w, .start = start};
    UErrorCode e = U_ZERO_ERROR;
    size_t count = take(w, start, end, ret_end);
    ubrk_setText(w->t->breaks, w->t->units, (int32_t)count, &e);
    if (U_FAILURE(e))
        return 0;
    int r = 0;
    int32_t from = ubrk_first(w->t->breaks), to;
    while (r == 0 && (to = ubrk_next(w->t->breaks)) != UBRK_DONE) {
        r = put_segment(&p, from, to);
        from = to;
    }
    return r;
}
