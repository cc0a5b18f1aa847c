#include <assert.h>
#include <string.h>

#include "population/internal.h"
#include "population/words.h"

#define SENTENCES_MAX 6
#define MORE_PERCENT 48

static const char *const starts[] = {
    [START_SAY] = "say",         [START_ASK] = "ask",       [START_ANSWER] = "answer",
    [START_CAPTION] = "caption", [START_THREAT] = "threat", [START_NEGATIVE] = "negative",
    [START_LEGAL] = "legal",     [START_CLIENT] = "client", [START_SELL] = "sell",
    [START_GREET] = "greet",
};
static_assert(sizeof starts / sizeof starts[0] == STARTS, "each has its rule");

static int open_one(struct texts *t, const char *const *lines, struct diag *d)
{
    struct grammar **g = &t->grammars[t->count];
    int r = grammar_new(lines, words_shared, g, d);
    if (r < 0)
        return r;
    for (int i = 0; i < STARTS; i++)
        if ((t->rules[t->count][i] = grammar_rule(*g, starts[i])) == GRAMMAR_NONE)
            r = diag_set(d, ERR_FORMAT, "word list %s has no rule '%s'", grammar_language(*g),
                         starts[i]);
    t->emoji[t->count] = grammar_rule(*g, "emoji");
    t->count++;
    return r;
}

int texts_open(struct texts *t, struct diag *d)
{
    int r = 0;
    static_assert(WORDS_LANGUAGES <= POPULATION_LANGUAGES_MAX, "each has its place");
    for (size_t i = 0; r == 0 && i < WORDS_LANGUAGES; i++)
        r = open_one(t, words_languages[i], d);
    return r;
}

void texts_clear(struct texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        grammar_free(t->grammars[i]);
    t->count = 0;
}

int texts_language(const struct texts *t, const char *code)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(grammar_language(t->grammars[i]), code) == 0)
            return (int)i;
    return -1;
}

/* Most chat lines are one sentence. */
static uint32_t sentences(const struct text_ref *r, struct dice *dice)
{
    uint32_t count = 1, x = dice_below(dice, PERCENT);
    if (r->start > START_ANSWER)
        return 1;
    while (count < SENTENCES_MAX && x < MORE_PERCENT) {
        count++;
        x = dice_below(dice, PERCENT);
    }
    return count;
}

static void capital(struct buf *out, size_t at)
{
    if (at < out->len && out->data[at] >= 'a' && out->data[at] <= 'z')
        out->data[at] = (uint8_t)(out->data[at] - 'a' + 'A');
}

/* Of the Latin script; the others go without a full stop here. */
static bool ends_in_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void texts_say(const struct texts *t, uint64_t seed, const struct text_ref *r, struct buf *out)
{
    static const char *const joints[] = {". ", ", ", " ", "\n", "... "};
    struct dice dice;
    struct grammar_facts f = {.day = r->day,
                              .latitude = countries[r->country].latitude,
                              .longitude = countries[r->country].longitude};
    static const char *const passed_on[] = {"", "fwd: ", ">> ", "FW: "};
    static_assert(sizeof passed_on / sizeof passed_on[0] == POPULATION_PASSED_ON, "each has one");
    dice_init(&dice, seed, STREAM_TEXTS + r->key);
    buf_put_text(out, passed_on[r->passed_on]);
    uint32_t count = sentences(r, &dice), joint = dice_below(&dice, 5);
    bool careful = dice_below(&dice, 10) < 4;
    for (uint32_t i = 0; i < count; i++) {
        int start = i == 0 || r->start != START_ANSWER ? r->start : START_SAY;
        if (i > 0)
            buf_put_text(out, joints[joint]);
        size_t at = out->len;
        grammar_say(t->grammars[r->language], t->rules[r->language][start], &f, &dice, out);
        if (careful && (joint == 0 || i == 0))
            capital(out, at);
    }
    if (careful && out->len > 0 && ends_in_letter(out->data[out->len - 1]))
        buf_put_text(out, ".");
}

void texts_emoji(const struct texts *t, uint8_t language, struct dice *dice, struct buf *out)
{
    const struct grammar_facts none = {0};
    grammar_say(t->grammars[language], t->emoji[language], &none, dice, out);
}

/* Where the character at or before `at` begins, and how long it is. */
static size_t character_at(const char *text, size_t len, size_t at, size_t *ret_len)
{
    while (at > 0 && ((uint8_t)text[at] & 0xc0) == 0x80)
        at--;
    size_t end = at + 1;
    while (end < len && ((uint8_t)text[end] & 0xc0) == 0x80)
        end++;
    *ret_len = end - at;
    return at;
}

/* A character is left out, doubled, or changes places with the next. */
static void mistype(const char *text, size_t len, struct dice *dice, struct buf *out)
{
    size_t size, next;
    size_t at = character_at(text, len, dice_below(dice, (uint32_t)len), &size);
    uint32_t how = dice_below(dice, 3);
    buf_put(out, text, at);
    if (how == 0) {
        buf_put(out, text + at, size);
    } else if (how == 1 && at + size < len) {
        (void)character_at(text, len, at + size, &next);
        buf_put(out, text + at + size, next);
        buf_put(out, text + at, size);
        at += next + size;
        buf_put(out, text + at, len - at);
        return;
    }
    if (how == 2)
        at += size;
    buf_put(out, text + at, len - at);
}

void texts_type(const struct population *p, const struct member *m, uint64_t number,
                uint8_t language, const char *text, size_t len, struct buf *out)
{
    struct dice dice;
    dice_init(&dice, p->o.seed, STREAM_STYLES + number);
    if (len > 8 && dice_below(&dice, PERCENT) < m->typos)
        mistype(text, len, &dice, out);
    else
        buf_put(out, text, len);
    if (dice_below(&dice, PERCENT) >= m->emojis)
        return;
    buf_put_text(out, " ");
    for (uint32_t i = 1 + dice_below(&dice, 8) / 6; i > 0; i--)
        texts_emoji(&p->texts, language, &dice, out);
}

void texts_typed(struct population *p, const struct text_ref *r, uint32_t from, struct buf *out)
{
    buf_reset(&p->plain);
    buf_reset(out);
    texts_say(&p->texts, p->o.seed, r, &p->plain);
    texts_type(p, &p->members[from], r->line, r->language, (const char *)p->plain.data,
               p->plain.len, out);
}
