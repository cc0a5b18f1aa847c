#include "query/match.h"

#include <string.h>

#include "base/memory.h"
#include "query/internal.h"

/* A word or the Latin form of one, in a buffer of all of them. */
struct entry {
    uint32_t position;
    uint32_t offset, len;
    bool sound;
};

struct body {
    const struct query *q;
    const struct query_message *m;
    struct buf words;
    struct entry *entries; /* by position */
    size_t count, capacity;
    size_t *first; /* of each position, its first entry; one more at the end */
    uint32_t positions;
};

static void body_clear(struct body *b)
{
    buf_clear(&b->words);
    free(b->entries);
    free(b->first);
}

static int add_entry(void *context, const struct text_word *w)
{
    struct body *b = context;
    if (w->kind == TEXT_PAIR)
        return 0;
    if (b->count == b->capacity) {
        b->capacity = b->capacity == 0 ? 64 : b->capacity * 2;
        b->entries = mem_resize(b->entries, b->capacity, sizeof *b->entries);
    }
    size_t mark = w->kind == TEXT_LATIN ? 1 : 0;
    b->entries[b->count++] =
        (struct entry){w->position, (uint32_t)b->words.len, (uint32_t)(w->len - mark), mark != 0};
    buf_put(&b->words, w->word + mark, w->len - mark);
    b->positions = w->position + 1;
    return buf_failed(&b->words) ? ERR_LIMIT : 0;
}

static void set_first(struct body *b)
{
    size_t entry = 0;
    b->first = mem_array((size_t)b->positions + 1, sizeof *b->first);
    for (uint32_t i = 0; i <= b->positions; i++) {
        while (entry < b->count && b->entries[entry].position < i)
            entry++;
        b->first[i] = entry;
    }
}

static bool is_word(const struct body *b, const struct entry *e, const struct query_word *w)
{
    size_t len = strlen(w->word);
    if (e->sound && !query_has_sound(b->q, w))
        return false;
    if (w->prefix ? e->len < len : e->len != len)
        return false;
    return memcmp(b->words.data + e->offset, w->word, len) == 0;
}

static bool word_at(const struct body *b, uint32_t position, const struct query_word *w)
{
    for (size_t i = b->first[position]; i < b->first[position + 1]; i++)
        if (is_word(b, &b->entries[i], w))
            return true;
    return false;
}

static bool phrase_at(const struct body *b, uint32_t position, const struct query_node *n)
{
    if (n->word_count > b->positions - position)
        return false;
    for (size_t i = 0; i < n->word_count; i++)
        if (!word_at(b, position + (uint32_t)i, &n->words[i]))
            return false;
    return true;
}

/* Does the phrase begin at one of `from` to `to`? */
static bool phrase_within(const struct body *b, const struct query_node *n, uint32_t from,
                          uint32_t to)
{
    for (uint32_t i = from; i <= to && i < b->positions; i++)
        if (phrase_at(b, i, n))
            return true;
    return false;
}

/* With the last of the phrases beginning at `last`: no more than `distance` words stand between
 * that and the end of each of them. */
static bool near_at(const struct body *b, const struct query_node *n, uint32_t last)
{
    bool begins = false;
    for (size_t i = 0; i < n->child_count && !begins; i++)
        begins = phrase_at(b, last, n->children[i]);
    for (size_t i = 0; i < n->child_count && begins; i++) {
        const struct query_node *c = n->children[i];
        size_t reach = c->word_count + n->distance;
        begins = phrase_within(b, c, reach > last ? 0 : last - (uint32_t)reach, last);
    }
    return begins;
}

static bool near_anywhere(const struct body *b, const struct query_node *n)
{
    for (uint32_t i = 0; i < b->positions; i++)
        if (near_at(b, n, i))
            return true;
    return false;
}

static bool term_holds(const struct body *b, const struct query_node *n)
{
    if (n->term == QUERY_BEFORE || n->term == QUERY_AFTER || n->term == QUERY_ON ||
        n->term == QUERY_AT)
        return n->from_unix_ms <= b->m->at_unix_ms && b->m->at_unix_ms < n->to_unix_ms;
    return b->m->term(b->m->context, n);
}

static bool holds(const struct body *b, const struct query_node *n)
{
    switch (n->kind) {
    case QUERY_ALL:
        return true;
    case QUERY_AND:
    case QUERY_OR:
        for (size_t i = 0; i < n->child_count; i++)
            if (holds(b, n->children[i]) == (n->kind == QUERY_OR))
                return n->kind == QUERY_OR;
        return n->kind == QUERY_AND;
    case QUERY_NOT:
        return !holds(b, n->children[0]);
    case QUERY_PHRASE:
        return b->positions > 0 && phrase_within(b, n, 0, b->positions - 1);
    case QUERY_NEAR:
        return near_anywhere(b, n);
    case QUERY_TERM:
        return term_holds(b, n);
    }
    return false;
}

bool query_matches(const struct query *q, struct text *t, const struct query_message *m)
{
    CLEANUP(body_clear) struct body b = {.q = q, .m = m, .words = BUF_INIT(UINT32_MAX)};
    if (text_words(t, m->body, m->len, add_entry, &b) < 0)
        return false;
    set_first(&b);
    return holds(&b, q->root);
}
