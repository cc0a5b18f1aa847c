#include "query/compile_internal.h"

#include <string.h>

/* A phrase in which each of so many words may stand as it is or by its sound is written out in all
 * its forms, two for each; a longer one is cut into such pieces, of which each must be found. */
#define SOUNDS_MAX 3U
#define SOUND_BITS 32U

/* Words that are looked for as one FTS5 phrase. Bit i of `sounds`: word i by its sound. */
struct piece {
    const struct query_word *words;
    size_t count;
    unsigned sounds;
    bool whole; /* its length counts: a token for each word */
};

static bool is_common(const struct query_word *w)
{
    return text_common(w->word, strlen(w->word));
}

static bool by_sound(const struct piece *p, size_t i)
{
    return i < SOUND_BITS && (p->sounds >> i & 1U) != 0;
}

/* Is the pair of word i and the next one in the index wherever both are? Of a word that goes on it
 * is not known whether it is common. */
static bool has_pair(const struct piece *p, size_t i)
{
    if (i + 1 >= p->count || by_sound(p, i) || by_sound(p, i + 1))
        return false;
    const struct query_word *a = &p->words[i], *b = &p->words[i + 1];
    if (b->prefix)
        return is_common(a) && !p->whole; /* FTS5 takes a prefix at the end alone */
    return is_common(a) || is_common(b);
}

static void put_token(struct buf *b, const struct piece *p, size_t i)
{
    if (by_sound(p, i))
        buf_put_u8(b, TEXT_MARK_LATIN);
    buf_put_text(b, p->words[i].word);
    if (has_pair(p, i))
        buf_format(b, "%c%s", TEXT_MARK_PAIR, p->words[i + 1].word);
}

/* "of\x02the the\x02pier" *: a pair stands at its first word's place, so that the last word needs
 * no token of its own behind one. */
static void put_piece(struct buf *b, const struct piece *p)
{
    size_t tokens = p->count;
    if (tokens > 1 && !p->whole && has_pair(p, tokens - 2))
        tokens--;
    buf_put_u8(b, '"');
    for (size_t i = 0; i < tokens; i++) {
        buf_put_text(b, i == 0 ? "" : " ");
        put_token(b, p, i);
    }
    buf_put_text(b, p->words[p->count - 1].prefix ? "\"*" : "\"");
}

static unsigned count_sounds(const struct query *q, const struct query_node *n)
{
    unsigned count = 0;
    for (size_t i = 0; i < n->word_count; i++)
        count += query_has_sound(q, &n->words[i]);
    return count;
}

/* Which of the words of `form`, of which each bit is for one that has a sound, are by sound. */
static unsigned sounds_of(const struct query *q, const struct query_word *words, size_t count,
                          unsigned *form)
{
    unsigned sounds = 0;
    for (size_t i = 0; i < count; i++)
        if (query_has_sound(q, &words[i])) {
            sounds |= (*form & 1U) << i;
            *form >>= 1;
        }
    return sounds;
}

/* All forms of at most SOUNDS_MAX words that have a sound. */
static void put_forms(struct buf *b, const struct query *q, const struct query_word *words,
                      size_t count, unsigned with_sound)
{
    buf_put_text(b, with_sound > 0 ? "(" : "");
    for (unsigned form = 0; form < 1U << with_sound; form++) {
        unsigned rest = form;
        struct piece p = {words, count, sounds_of(q, words, count, &rest), false};
        buf_put_text(b, form == 0 ? "" : " OR ");
        put_piece(b, &p);
    }
    buf_put_text(b, with_sound > 0 ? ")" : "");
}

/* As many words from `from` on as have forms that can be written out; `*with_sound` of them do. */
static size_t piece_end(const struct query *q, const struct query_node *n, size_t from,
                        unsigned *with_sound)
{
    size_t end = from;
    *with_sound = 0;
    for (; end < n->word_count && end - from < SOUND_BITS; end++) {
        unsigned more = query_has_sound(q, &n->words[end]);
        if (*with_sound + more > SOUNDS_MAX)
            break;
        *with_sound += more;
    }
    return end;
}

static void put_pieces(struct buf *b, const struct query *q, const struct query_node *n)
{
    unsigned with_sound;
    buf_put_u8(b, '(');
    for (size_t i = 0, end; i < n->word_count; i = end) {
        end = piece_end(q, n, i, &with_sound);
        buf_put_text(b, i == 0 ? "" : " AND ");
        put_forms(b, q, &n->words[i], end - i, with_sound);
    }
    buf_put_u8(b, ')');
}

bool query_compile_phrase(struct buf *b, const struct query *q, const struct query_node *n,
                          bool upper)
{
    unsigned with_sound = count_sounds(q, n);
    if (with_sound <= SOUNDS_MAX && (with_sound == 0 || n->word_count <= SOUND_BITS)) {
        put_forms(b, q, n->words, n->word_count, with_sound);
        return true;
    }
    if (upper)
        put_pieces(b, q, n);
    else
        put_piece(b, &(struct piece){n->words, n->word_count, 0, false});
    return false;
}

/* One form of a NEAR; `form` as in put_forms, over all its phrases. */
static void put_near(struct buf *b, const struct query *q, const struct query_node *n,
                     unsigned form)
{
    buf_put_text(b, "NEAR(");
    for (size_t i = 0; i < n->child_count; i++) {
        const struct query_node *c = n->children[i];
        struct piece p = {c->words, c->word_count, 0, true};
        if (form > 0)
            p.sounds = sounds_of(q, c->words, c->word_count, &form);
        buf_put_text(b, i == 0 ? "" : " ");
        put_piece(b, &p);
    }
    buf_format(b, ",%u)", n->distance);
}

static void put_near_forms(struct buf *b, const struct query *q, const struct query_node *n,
                           unsigned forms)
{
    buf_put_text(b, forms > 1 ? "(" : "");
    for (unsigned form = 0; form < forms; form++) {
        buf_put_text(b, form == 0 ? "" : " OR ");
        put_near(b, q, n, form);
    }
    buf_put_text(b, forms > 1 ? ")" : "");
}

bool query_compile_near(struct buf *b, const struct query *q, const struct query_node *n,
                        bool upper)
{
    unsigned with_sound = 0;
    bool small = true;
    for (size_t i = 0; i < n->child_count; i++) {
        with_sound += count_sounds(q, n->children[i]);
        small = small && n->children[i]->word_count <= SOUND_BITS;
    }
    bool exact = with_sound == 0 || (with_sound <= SOUNDS_MAX && small);
    if (exact || !upper) {
        put_near_forms(b, q, n, exact ? 1U << with_sound : 1U);
        return exact;
    }
    buf_put_u8(b, '(');
    for (size_t i = 0; i < n->child_count; i++) {
        buf_put_text(b, i == 0 ? "" : " AND ");
        query_compile_phrase(b, q, n->children[i], true);
    }
    buf_put_u8(b, ')');
    return false;
}
