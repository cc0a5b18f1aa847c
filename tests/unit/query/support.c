#include "support.h"

#include "base/memory.h"

/* Folded: common ones, some that begin alike, some that sound as others are written. */
const char *const vocabulary[] = {
    "the",    "of",   "at",   "pier",  "boat",  "boats", "meet",    "meeting", "cash", "москва",
    "moskva", "не",   "ne",   "лодка", "lodka", "北京",  "beijing", "寿司",    "กาแฟ", "καφε",
    "مرحبا",  "שלום", "नमस्ते", "서울",  "seoul", "👍",     "2026",    "cafe",
};

size_t vocabulary_size(void)
{
    return COUNT(vocabulary);
}

int tools_set_up(void **state)
{
    struct tools *t = mem_new(sizeof *t);
    struct diag d = {""};
    if (text_new(&t->text, &d) < 0 || zone_open("Europe/Berlin", &t->zone, &d) < 0)
        fail_msg("%s", d.text);
    t->options = (struct query_options){t->text, t->zone, NOW_UNIX_MS, false};
    *state = t;
    return 0;
}

int tools_tear_down(void **state)
{
    struct tools *t = *state;
    zone_free(t->zone);
    text_free(t->text);
    free(t);
    return 0;
}

struct query *must_parse(const struct tools *t, const char *written)
{
    struct query *q = NULL;
    struct query_error e = {0, 0, ""};
    int r = query_parse(written, strlen(written), &t->options, &q, &e);
    if (r < 0)
        fail_msg("%s: %d at %zu: %s", written, r, e.offset, e.text);
    return q;
}

char *canonical(const struct query *q)
{
    struct buf b = BUF_INIT(1U << 20);
    query_put(&b, q);
    assert_false(buf_failed(&b));
    return buf_take_text(&b);
}

void assert_canonical(const struct tools *t, const char *written, const char *expected)
{
    CLEANUP(query_free_cleanup) struct query *q = must_parse(t, written);
    CLEANUP_FREE char *once = canonical(q);
    assert_string_equal(once, expected);
    CLEANUP(query_free_cleanup) struct query *again = must_parse(t, once);
    CLEANUP_FREE char *twice = canonical(again);
    assert_string_equal(twice, expected);
}

/* ---- comparing ---- */

static const char *words_difference(const struct query_node *a, const struct query_node *b)
{
    if (a->word_count != b->word_count)
        return "words: count";
    for (size_t i = 0; i < a->word_count; i++) {
        if (strcmp(a->words[i].word, b->words[i].word) != 0)
            return "words";
        if (a->words[i].prefix != b->words[i].prefix)
            return "words: prefix";
    }
    return NULL;
}

static const char *term_difference(const struct query_node *a, const struct query_node *b)
{
    if (a->term != b->term)
        return "term";
    if (strcmp(a->value, b->value) != 0)
        return "value";
    if (a->from_unix_ms != b->from_unix_ms || a->to_unix_ms != b->to_unix_ms)
        return "times";
    return memcmp(&a->place, &b->place, sizeof a->place) != 0 ? "place" : NULL;
}

const char *tree_difference(const struct query_node *a, const struct query_node *b)
{
    const char *difference = NULL;
    if (a->kind != b->kind)
        return "kind";
    if (a->child_count != b->child_count)
        return "children";
    if (a->kind == QUERY_NEAR && a->distance != b->distance)
        return "distance";
    if (a->kind == QUERY_PHRASE)
        difference = words_difference(a, b);
    if (a->kind == QUERY_TERM)
        difference = term_difference(a, b);
    for (size_t i = 0; i < a->child_count && difference == NULL; i++)
        difference = tree_difference(a->children[i], b->children[i]);
    return difference;
}

/* ---- random trees ---- */

unsigned chance(struct chance *c, unsigned below)
{
    c->state ^= c->state << 13;
    c->state ^= c->state >> 7;
    c->state ^= c->state << 17;
    return (unsigned)((c->state >> 33) % below);
}

struct maker {
    struct chance *chance;
    struct arena *arena;
};

static struct query_node *new_node(const struct maker *m, enum query_kind kind)
{
    struct query_node *n = arena_new(m->arena, sizeof *n);
    assert_non_null(n);
    n->kind = kind;
    return n;
}

/* Mostly a whole word; else its first two characters or three, and a star. */
static struct query_word random_word(const struct maker *m, bool last)
{
    unsigned below = chance(m->chance, 2) == 0 ? 6 : (unsigned)COUNT(vocabulary);
    const char *word = vocabulary[chance(m->chance, below)];
    struct query_word w = {.word = word};
    if (!last || chance(m->chance, 4) != 0 || (word[0] & 0x80) != 0 || strlen(word) < 3)
        return w;
    w.prefix = true;
    w.word = arena_string_n(m->arena, word, 2 + chance(m->chance, (unsigned)strlen(word) - 1));
    return w;
}

static struct query_node *random_phrase(const struct maker *m)
{
    struct query_node *n = new_node(m, QUERY_PHRASE);
    n->word_count = 1 + chance(m->chance, 3) * chance(m->chance, 3);
    n->words = arena_array(m->arena, n->word_count, sizeof *n->words);
    for (size_t i = 0; i < n->word_count; i++)
        n->words[i] = random_word(m, i + 1 == n->word_count);
    return n;
}

static struct query_node *random_term(const struct maker *m)
{
    static const struct {
        enum query_term term;
        const char *value;
        int64_t from_unix_ms, to_unix_ms;
    } terms[] = {
        {QUERY_FROM, "anna", 0, 0},
        {QUERY_TO, "ben", 0, 0},
        {QUERY_WITH, "anna", 0, 0},
        {QUERY_WITH, "ben", 0, 0},
        {QUERY_COUNTRY, "nl", 0, 0},
        {QUERY_HAS, "photo", 0, 0},
        {QUERY_KIND, "text", 0, 0},
        {QUERY_TAG, "Plan \"B\" 7%", 0, 0},
        {QUERY_WARRANT, "w-1", 0, 0},
        {QUERY_IS, "flagged", 0, 0},
        {QUERY_NEAR_PLACE, "1,2,3", 0, 0},
        {QUERY_BEFORE, "2026-03-02Z", INT64_MIN, INT64_C(1772409600000)},
        {QUERY_AFTER, "2026-03-01T12:00Z", INT64_C(1772366400000), INT64_MAX},
        {QUERY_ON, "2026-03-01Z", INT64_C(1772323200000), INT64_C(1772409600000)},
        {QUERY_AT, "2026-03-01T13:00+01:00", INT64_C(1772366400000), INT64_C(1772366460000)},
    };
    size_t i = chance(m->chance, (unsigned)COUNT(terms));
    struct query_node *n = new_node(m, QUERY_TERM);
    n->term = terms[i].term;
    n->value = terms[i].value;
    if (n->term == QUERY_NEAR_PLACE)
        n->place = (struct query_place){1, 2, 3};
    n->from_unix_ms = terms[i].from_unix_ms;
    n->to_unix_ms = terms[i].to_unix_ms;
    return n;
}

static void new_children(const struct maker *m, struct query_node *n, size_t count)
{
    n->child_count = count;
    n->children = arena_array(m->arena, count, sizeof(struct query_node *));
}

static struct query_node *random_near(const struct maker *m)
{
    struct query_node *n = new_node(m, QUERY_NEAR);
    n->distance = chance(m->chance, 5);
    new_children(m, n, 2 + chance(m->chance, 2));
    for (size_t i = 0; i < n->child_count; i++)
        n->children[i] = random_phrase(m);
    return n;
}

static struct query_node *random_leaf(const struct maker *m)
{
    unsigned what = chance(m->chance, 8);
    return what < 4 ? random_phrase(m) : what < 6 ? random_term(m) : random_near(m);
}

/* Not of the kind of the node above it: the parser has them joined. */
static struct query_node *random_node(const struct maker *m, unsigned levels, enum query_kind above)
{
    static const enum query_kind kinds[] = {QUERY_AND, QUERY_OR, QUERY_NOT};
    enum query_kind kind = kinds[chance(m->chance, 3)];
    if (levels == 0 || kind == above || chance(m->chance, 4) == 0)
        return random_leaf(m);
    struct query_node *n = new_node(m, kind);
    new_children(m, n, kind == QUERY_NOT ? 1 : 2 + chance(m->chance, 3));
    for (size_t i = 0; i < n->child_count; i++)
        n->children[i] = random_node(m, levels - 1, kind);
    return n;
}

struct query *random_query(struct chance *c, const struct tools *t, unsigned levels)
{
    struct query *q = mem_new(sizeof *q);
    q->arena = (struct arena)ARENA_INIT(1U << 20);
    q->latin = t->options.latin;
    q->root = random_node(&(struct maker){c, &q->arena}, levels, QUERY_ALL);
    return q;
}
