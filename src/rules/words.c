/* What a text weighs by a list: words.h. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rules/words_internal.h"

#define TEXT_WORDS_MAX 16384U /* of a text; what is behind them is not weighed */

struct token {
    const char *word;
    size_t len, start, end;
};

struct weighing {
    const struct words *words;
    const char *lang;
    struct arena arena;
    struct token *tokens;
    size_t count, room;
    bool *counted; /* rows that have */
    int weight;
    struct words_found *found;
    size_t found_count, found_max;
};

static int take_token(void *context, const struct text_word *w)
{
    struct weighing *x = context;
    if (w->kind != TEXT_WORD)
        return 0;
    const char *word = arena_string_n(&x->arena, w->word, w->len);
    if (word == NULL || x->count == x->room)
        return 1;
    x->tokens[x->count++] = (struct token){word, w->len, w->start, w->end};
    return 0;
}

static bool token_is(const struct token *t, const char *word, bool prefix)
{
    size_t len = strlen(word);
    return (prefix ? t->len >= len : t->len == len) && memcmp(t->word, word, len) == 0;
}

/* Where the row's words from the `word`-th on end, beginning at token `at`; 0: they are not there.
 */
static size_t words_end(const struct weighing *x, const struct row *row, unsigned word, size_t at)
{
    if (word == row->count)
        return at;
    size_t last = row->gap[word] ? at + WORDS_GAP_MAX : at;
    for (; at <= last && at < x->count; at++) {
        if (!token_is(&x->tokens[at], row->words[word], row->prefix && word + 1 == row->count))
            continue;
        size_t end = words_end(x, row, word + 1, at + 1);
        if (end > 0)
            return end;
    }
    return 0;
}

static bool fits_language(const struct weighing *x, const struct row *row)
{
    return row->lang[0] == '\0' || x->lang[0] == '\0' || strcmp(row->lang, x->lang) == 0;
}

static void try_row(struct weighing *x, size_t number, size_t at)
{
    const struct row *row = &x->words->rows[number];
    if (x->counted[number] || !fits_language(x, row))
        return;
    size_t end = words_end(x, row, 0, at);
    if (end == 0)
        return;
    x->counted[number] = true;
    x->weight += row->weight;
    if (x->found_count < x->found_max)
        x->found[x->found_count++] = (struct words_found){
            row->text, row->weight, x->tokens[at].start, x->tokens[end - 1].end};
}

/* The first row whose first word is not before this one. */
static size_t first_row(const struct words *w, const char *word)
{
    size_t low = 0, high = w->exact;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(w->rows[middle].words[0], word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void try_at(struct weighing *x, size_t at)
{
    const struct words *w = x->words;
    const char *word = x->tokens[at].word;
    for (size_t i = first_row(w, word); i < w->exact && strcmp(w->rows[i].words[0], word) == 0; i++)
        try_row(x, i, at);
    for (size_t i = w->exact; i < w->count; i++)
        try_row(x, i, at);
}

int words_weigh(const struct words *w, struct text *t, const char *lang, const char *text,
                size_t len, struct words_found *found, size_t max, size_t *ret_found)
{
    CLEANUP_FREE bool *counted = mem_array(w->count + 1, sizeof *counted);
    size_t room = len < TEXT_WORDS_MAX ? len + 1 : TEXT_WORDS_MAX; /* a word has a byte */
    CLEANUP_FREE struct token *tokens = mem_array(room, sizeof *tokens);
    struct weighing x = {
        .words = w, .lang = lang, .counted = counted, .tokens = tokens, .room = room};
    x.arena = (struct arena)ARENA_INIT(16U * WORDS_BYTES_MAX);
    x.found = found;
    x.found_max = max;
    (void)text_words(t, text, len, take_token, &x);
    for (size_t at = 0; at < x.count; at++)
        try_at(&x, at);
    arena_clear(&x.arena);
    *ret_found = x.found_count;
    return x.weight;
}
