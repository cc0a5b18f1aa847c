#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "query/internal.h"

#define SETTLE_MAX 4
#define TEXT_BYTES (1U << 20) /* folding makes words longer */
#define WIDE_FROM 0x2e80U     /* scripts whose characters are words or syllables */

struct words {
    struct arena *arena;
    struct query_word *items;
    size_t count, capacity;
    size_t end; /* of the last one */
};

static void words_clear(struct words *w)
{
    free(w->items);
}

static int add_word(void *context, const struct text_word *word)
{
    struct words *w = context;
    if (word->kind != TEXT_WORD)
        return 0;
    if (w->count == w->capacity) {
        w->capacity = w->capacity == 0 ? 8 : w->capacity * 2;
        w->items = mem_resize(w->items, w->capacity, sizeof *w->items);
    }
    char *text = arena_string_n(w->arena, word->word, word->len);
    if (text == NULL)
        return ERR_LIMIT;
    w->items[w->count] =
        (struct query_word){.word = text, .joined = w->count > 0 && word->start == w->end};
    w->end = word->end;
    w->count++;
    return 0;
}

static bool long_enough(const char *word)
{
    uint32_t c;
    size_t letters = 0;
    for (size_t len = strlen(word), n; (n = utf8_next(word, len, &c)) > 0; word += n, len -= n)
        letters += c >= WIDE_FROM ? QUERY_LETTERS_MIN : 1;
    return letters >= QUERY_LETTERS_MIN;
}

static int check_words(struct query_parser *p, const struct query_token *t, const struct words *w)
{
    char shown[QUERY_SHOWN_MAX];
    query_shown(p->lexer.written + t->text_offset, t->text_len, shown);
    if (w->count == 0)
        return query_fail(p->error, t->offset, t->len, "there is no word in '%s'; take it out",
                          shown);
    if (t->prefix && !long_enough(w->items[w->count - 1].word))
        return query_fail(p->error, t->offset, t->len,
                          "'%s*' is too short; write at least %u letters before '*'", shown,
                          QUERY_LETTERS_MIN);
    return 0;
}

static bool same_words(const struct words *a, const struct words *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->items[i].word, b->items[i].word) == 0;
    return same;
}

/* What the words are when they are written out: into `ret`, empty before. */
static int read_again(struct query_parser *p, const struct words *w, struct words *ret)
{
    CLEANUP_BUF struct buf b = BUF_INIT(TEXT_BYTES);
    for (size_t i = 0; i < w->count; i++) {
        buf_put_text(&b, i == 0 || w->items[i].joined ? "" : " ");
        buf_put_text(&b, w->items[i].word);
    }
    if (buf_failed(&b))
        return ERR_LIMIT;
    return text_words(p->o->text, (const char *)b.data, b.len, add_word, ret);
}

static bool part(struct words *w)
{
    bool any = false;
    for (size_t i = 0; i < w->count; i++) {
        any = any || w->items[i].joined;
        w->items[i].joined = false;
    }
    return any;
}

/* Folding may take away what parted two words that touch ("mi\u00bd" is "mi" and "12"), and words
 * of dictionaries may be others where they stand alone. What is kept is read as itself. */
static int settle(struct query_parser *p, struct words *w)
{
    for (int tries = 0; tries < SETTLE_MAX; tries++) {
        CLEANUP(words_clear) struct words again = {.arena = w->arena};
        if (read_again(p, w, &again) < 0)
            return query_too_large(p);
        if (same_words(w, &again))
            break;
        if (!part(w)) {
            struct words before = *w;
            *w = again;
            again = before;
        }
    }
    return 0;
}

/* ERR_LIMIT, with its line, or what the words are. */
static int read_words(struct query_parser *p, const struct query_token *t, struct words *ret)
{
    const char *text = p->lexer.written + t->text_offset;
    if (text_words(p->o->text, text, t->text_len, add_word, ret) < 0)
        return query_too_large(p);
    return ret->count == 0 ? 0 : settle(p, ret);
}

int query_parse_words(struct query_parser *p, const struct query_token *t, struct query_node **ret)
{
    CLEANUP(words_clear) struct words w = {.arena = &p->query->arena};
    struct query_node *n;
    int r = read_words(p, t, &w);
    if (r == 0)
        r = check_words(p, t, &w);
    if (r == 0)
        r = query_new_node(p, QUERY_PHRASE, t, &n);
    if (r < 0)
        return r;
    w.items[w.count - 1].prefix = t->prefix;
    n->words = arena_copy(&p->query->arena, w.items, w.count * sizeof *w.items);
    n->word_count = w.count;
    if (n->words == NULL)
        return query_too_large(p);
    *ret = n;
    return 0;
}
