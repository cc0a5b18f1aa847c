#include "desk/snippet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define PHRASES_MAX 64U
#define PLACES_MAX 256U
#define LEAD 60U /* bytes before the first mark */

struct place_of { /* a word of the query in the text */
    uint32_t start, end, phrase;
};

struct word_at {
    uint32_t position, start, end, offset, len;
    bool latin;
};

struct finder {
    const struct query_node *phrases[PHRASES_MAX];
    size_t phrase_count;
    struct buf letters;
    struct word_at *words;
    size_t word_count, word_capacity;
    struct place_of places[PLACES_MAX];
    size_t place_count;
};

/* Those that are asked for, not those that are excluded. */
static void take_phrases(struct finder *f, const struct query_node *n)
{
    if (n->kind == QUERY_NOT)
        return;
    if (n->kind == QUERY_PHRASE && f->phrase_count < PHRASES_MAX)
        f->phrases[f->phrase_count++] = n;
    for (size_t i = 0; i < n->child_count; i++)
        take_phrases(f, n->children[i]);
}

static int take_word(void *context, const struct text_word *w)
{
    struct finder *f = context;
    if (w->kind == TEXT_PAIR)
        return 0;
    if (f->word_count == f->word_capacity) {
        f->word_capacity = f->word_capacity * 2 + 64;
        f->words = mem_resize(f->words, f->word_capacity, sizeof *f->words);
    }
    size_t mark = w->kind == TEXT_LATIN ? 1 : 0;
    f->words[f->word_count++] = (struct word_at){w->position,
                                                 (uint32_t)w->start,
                                                 (uint32_t)w->end,
                                                 (uint32_t)f->letters.len,
                                                 (uint32_t)(w->len - mark),
                                                 mark != 0};
    buf_put(&f->letters, w->word + mark, w->len - mark);
    return 0;
}

static bool fits(const struct finder *f, const struct word_at *at, const struct query_word *w)
{
    size_t len = strlen(w->word);
    return (w->prefix ? at->len >= len : at->len == len) &&
           memcmp(f->letters.data + at->offset, w->word, len) == 0;
}

/* The word at the position that fits; NULL. `from` is where to begin to look. */
static const struct word_at *word_fits(const struct finder *f, size_t from, uint32_t position,
                                       const struct query_word *w)
{
    for (size_t i = from; i < f->word_count && f->words[i].position <= position; i++)
        if (f->words[i].position == position && fits(f, &f->words[i], w))
            return &f->words[i];
    return NULL;
}

static void find_phrase(struct finder *f, uint32_t number, size_t from)
{
    const struct query_node *n = f->phrases[number];
    const struct word_at *found[PLACES_MAX];
    uint32_t position = f->words[from].position;
    if (n->word_count == 0 || n->word_count > PLACES_MAX - f->place_count)
        return;
    for (size_t i = 0; i < n->word_count; i++) {
        found[i] = word_fits(f, from, position + (uint32_t)i, &n->words[i]);
        if (found[i] == NULL)
            return;
    }
    for (size_t i = 0; i < n->word_count; i++)
        f->places[f->place_count++] = (struct place_of){found[i]->start, found[i]->end, number};
}

static int by_start(const void *a, const void *b)
{
    const struct place_of *x = a, *y = b;
    return x->start < y->start   ? -1
           : x->start > y->start ? 1
           : x->end < y->end     ? 1
           : x->end > y->end     ? -1
                                 : 0;
}

static void find(struct finder *f, struct text *t, const struct query *q, const char *said,
                 size_t len)
{
    f->letters.max = 8 * len + 64;
    take_phrases(f, query_root(q));
    if (f->phrase_count == 0 || text_words(t, said, len, take_word, f) != 0)
        return;
    for (size_t i = 0; i < f->word_count; i++) {
        if (i > 0 && f->words[i].position == f->words[i - 1].position)
            continue;
        for (uint32_t p = 0; p < f->phrase_count; p++)
            find_phrase(f, p, i);
    }
    qsort(f->places, f->place_count, sizeof *f->places, by_start);
}

static void finder_clear(struct finder *f)
{
    buf_clear(&f->letters);
    free(f->words);
}

/* Different phrases that begin within the window from place `first` on. */
static size_t worth(const struct finder *f, size_t first, size_t window)
{
    uint64_t there = 0;
    for (size_t i = first; i < f->place_count; i++)
        if (f->places[i].end <= f->places[first].start + window)
            there |= UINT64_C(1) << f->places[i].phrase;
    return (size_t)__builtin_popcountll(there);
}

static size_t best_place(const struct finder *f, size_t window)
{
    size_t best = 0, best_worth = 0;
    for (size_t i = 0; i < f->place_count; i++) {
        size_t w = worth(f, i, window);
        if (w > best_worth) {
            best = i;
            best_worth = w;
        }
    }
    return best;
}

/* The first byte of a character at or after `at`. */
static size_t next_character(const char *text, size_t len, size_t at)
{
    while (at < len && ((uint8_t)text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static size_t character_before(const char *text, size_t at)
{
    while (at > 0 && ((uint8_t)text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n';
}

/* Where to begin so that the mark has something before it: behind a blank, if there is one near. */
static size_t begin_of(const char *said, size_t len, size_t mark)
{
    if (mark <= LEAD)
        return 0;
    size_t from = next_character(said, len, mark - LEAD);
    for (size_t i = from; i < mark; i++)
        if (is_blank(said[i]))
            return i + 1;
    return from;
}

static void put_marks(const struct finder *f, size_t from, size_t to, size_t shift,
                      struct desk_hit *ret)
{
    size_t end = 0;
    for (size_t i = 0; i < f->place_count && ret->mark_count < DESK_MARKS_MAX; i++) {
        const struct place_of *p = &f->places[i];
        if (p->start < from || p->end > to || p->start < end || p->end == p->start)
            continue;
        ret->marks[ret->mark_count++] =
            (struct desk_mark){(uint32_t)(p->start - from + shift), p->end - p->start};
        end = p->end;
    }
}

#define DOTS "\xe2\x80\xa6"
#define DOTS_LEN 3U

void snippet_make(struct text *t, const struct query *q, const char *said, size_t len,
                  struct desk_hit *ret)
{
    CLEANUP(finder_clear) struct finder f = {0};
    const size_t room = DESK_SNIPPET_MAX - 2 * DOTS_LEN;
    find(&f, t, q, said, len);
    size_t mark = f.place_count == 0 ? 0 : f.places[best_place(&f, room - LEAD)].start;
    size_t from = len <= room ? 0 : begin_of(said, len, mark);
    size_t to = len - from <= room ? len : character_before(said, from + room);
    size_t shift = from > 0 ? DOTS_LEN : 0;
    ret->mark_count = 0;
    memcpy(ret->snippet, DOTS, shift);
    memcpy(ret->snippet + shift, said + from, to - from);
    for (size_t i = shift; i < shift + to - from; i++)
        if (ret->snippet[i] == '\n' || ret->snippet[i] == '\0')
            ret->snippet[i] = ' ';
    size_t end = shift + to - from;
    memcpy(ret->snippet + end, DOTS, to < len ? DOTS_LEN : 0);
    ret->snippet[end + (to < len ? DOTS_LEN : 0)] = '\0';
    put_marks(&f, from, to, shift, ret);
}

double snippet_score(struct text *t, const struct query *q, const char *said, size_t len)
{
    CLEANUP(finder_clear) struct finder f = {0};
    double counts[PHRASES_MAX] = {0}, score = 0;
    find(&f, t, q, said, len);
    for (size_t i = 0; i < f.place_count; i++)
        counts[f.places[i].phrase] += 1.0 / (double)f.phrases[f.places[i].phrase]->word_count;
    double words = (double)f.word_count;
    for (size_t p = 0; p < f.phrase_count; p++) /* saturating, less in long texts: as BM25 does */
        if (counts[p] > 0)
            score += (double)f.phrases[p]->word_count * counts[p] * 2.2 /
                     (counts[p] + 1.2 * (0.25 + 0.75 * words / 15.0));
    if (f.place_count > 0)
        score += 0.1 / (1.0 + (double)f.places[0].start / 40.0);
    return score;
}
