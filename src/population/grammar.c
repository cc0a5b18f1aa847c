#include "population/grammar.h"

#include <stdio.h>
#include <string.h>

#include <uthash.h>

#include "base/memory.h"
#include "population/grammar_made.h"

#define NAME_MAX_BYTES 24U
#define DEPTH_MAX 12
#define RULES_MAX 256U
#define ZIPF_SHIFT_TENTHS 25 /* docs/simulate.md: words */

/* Words as they stand, a rule's number, or something made up. */
struct piece {
    const char *text;
    uint32_t len; /* 0: it is a rule, or made up */
    int rule;
    enum grammar_made made;
};

struct way {
    uint32_t first, count; /* of the pieces */
};

struct rule {
    char name[NAME_MAX_BYTES];
    uint32_t *ways;
    uint32_t way_count;
};

struct grammar {
    char language[3], script[16];
    struct rule rules[RULES_MAX];
    int rule_count;
    struct way *ways;
    uint32_t way_count;
    struct piece *pieces;
    uint32_t piece_count;
    struct dice_zipf zipf;
};

void grammar_free(struct grammar *g)
{
    if (g == NULL)
        return;
    for (int i = 0; i < g->rule_count; i++)
        free(g->rules[i].ways);
    free(g->ways);
    free(g->pieces);
    free(g);
}

static int find_rule(const struct grammar *g, const char *name, size_t len)
{
    for (int i = 0; i < g->rule_count; i++)
        if (strlen(g->rules[i].name) == len && memcmp(g->rules[i].name, name, len) == 0)
            return i;
    return GRAMMAR_NONE;
}

/* A rule that is named before its line comes has no ways until then. */
static int need_rule(struct grammar *g, const char *name, size_t len)
{
    int rule = find_rule(g, name, len);
    if (rule != GRAMMAR_NONE || len == 0 || len >= NAME_MAX_BYTES || g->rule_count == RULES_MAX)
        return rule;
    memcpy(g->rules[g->rule_count].name, name, len);
    return g->rule_count++;
}

static void add_piece(struct grammar *g, struct piece p)
{
    if ((g->piece_count & (g->piece_count - 1)) == 0)
        g->pieces = mem_resize(g->pieces, 2 * (size_t)g->piece_count + 1, sizeof *g->pieces);
    g->pieces[g->piece_count++] = p;
}

static int add_braces(struct grammar *g, const char *name, size_t len)
{
    struct piece p = {.made = grammar_made_of(name, len), .rule = GRAMMAR_NONE};
    if (p.made == GRAMMAR_MADE_NONE)
        p.rule = need_rule(g, name, len);
    if (p.made == GRAMMAR_MADE_NONE && p.rule == GRAMMAR_NONE)
        return ERR_FORMAT;
    add_piece(g, p);
    return 0;
}

static int add_pieces(struct grammar *g, const char *at, const char *end)
{
    while (at < end) {
        const char *brace = memchr(at, '{', (size_t)(end - at));
        const char *stop = brace == NULL ? end : brace;
        if (stop > at)
            add_piece(g, (struct piece){.text = at, .len = (uint32_t)(stop - at)});
        if (brace == NULL)
            break;
        const char *close = memchr(brace, '}', (size_t)(end - brace));
        if (close == NULL || add_braces(g, brace + 1, (size_t)(close - brace) - 1) < 0)
            return ERR_FORMAT;
        at = close + 1;
    }
    return 0;
}

static int add_way(struct grammar *g, struct rule *r, const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    while (end > at && end[-1] == ' ')
        end--;
    if (at == end)
        return ERR_FORMAT;
    if ((g->way_count & (g->way_count - 1)) == 0)
        g->ways = mem_resize(g->ways, 2 * (size_t)g->way_count + 1, sizeof *g->ways);
    if ((r->way_count & (r->way_count - 1)) == 0)
        r->ways = mem_resize(r->ways, 2 * (size_t)r->way_count + 1, sizeof *r->ways);
    uint32_t first = g->piece_count;
    int e = add_pieces(g, at, end);
    g->ways[g->way_count] = (struct way){first, g->piece_count - first};
    r->ways[r->way_count++] = g->way_count++;
    return e;
}

static int add_ways(struct grammar *g, struct rule *r, const char *at)
{
    int e = 0;
    while (e == 0 && *at != '\0') {
        const char *bar = strchr(at, '|'), *end = bar == NULL ? at + strlen(at) : bar;
        e = add_way(g, r, at, end);
        at = bar == NULL ? end : bar + 1;
    }
    return e;
}

static int read_language(struct grammar *g, const char *text)
{
    return sscanf(text, " %2s %15s", g->language, g->script) == 2 ? 0 : ERR_FORMAT;
}

static int read_line(struct grammar *g, const char *line, int *rule)
{
    if (line[0] == '\0' || line[0] == '#')
        return 0;
    if (line[0] == '+') {
        line += strspn(line, "+ |");
        return *rule == GRAMMAR_NONE ? ERR_FORMAT : add_ways(g, &g->rules[*rule], line);
    }
    const char *colon = strchr(line, ':');
    if (colon == NULL)
        return ERR_FORMAT;
    if (strncmp(line, "language:", 9) == 0)
        return read_language(g, colon + 1);
    *rule = need_rule(g, line, (size_t)(colon - line));
    return *rule == GRAMMAR_NONE ? ERR_FORMAT : add_ways(g, &g->rules[*rule], colon + 1);
}

static int read_lines(struct grammar *g, const char *const *lines, struct diag *d)
{
    int rule = GRAMMAR_NONE;
    for (size_t i = 0; lines[i] != NULL; i++)
        if (read_line(g, lines[i], &rule) < 0)
            return diag_set(d, ERR_FORMAT, "word list %s, line %zu: not a rule: %.60s", g->language,
                            i + 1, lines[i]);
    return 0;
}

int grammar_new(const char *const *lines, const char *const *shared, struct grammar **ret,
                struct diag *d)
{
    CLEANUP(grammar_free_cleanup) struct grammar *g = mem_new(sizeof *g);
    dice_zipf_init(&g->zipf, ZIPF_SHIFT_TENTHS);
    int r = read_lines(g, lines, d);
    if (r == 0)
        r = read_lines(g, shared, d);
    for (int i = 0; r == 0 && i < g->rule_count; i++)
        if (g->rules[i].way_count == 0)
            r = diag_set(d, ERR_FORMAT, "word list %s: nothing says how to say {%s}", g->language,
                         g->rules[i].name);
    if (r == 0 && g->language[0] == '\0')
        r = diag_set(d, ERR_FORMAT, "a word list does not name its language");
    if (r == 0)
        *ret = TAKE(g);
    return r;
}

const char *grammar_language(const struct grammar *g)
{
    return g->language;
}

const char *grammar_script(const struct grammar *g)
{
    return g->script;
}

int grammar_rule(const struct grammar *g, const char *name)
{
    return find_rule(g, name, strlen(name));
}

size_t grammar_ways(const struct grammar *g, int rule)
{
    return g->rules[rule].way_count;
}

struct saying {
    const struct grammar *g;
    const struct grammar_facts *f;
    struct dice *dice;
    struct buf *out;
};

static void say(const struct saying *s, int rule, int depth)
{
    const struct rule *r = &s->g->rules[rule];
    const struct way *w = &s->g->ways[r->ways[dice_zipf(s->dice, &s->g->zipf, r->way_count)]];
    for (uint32_t i = 0; i < w->count; i++) {
        const struct piece *p = &s->g->pieces[w->first + i];
        if (p->len > 0)
            buf_put(s->out, p->text, p->len);
        else if (p->made != GRAMMAR_MADE_NONE)
            grammar_make(p->made, s->f, s->dice, s->out);
        else if (depth < DEPTH_MAX)
            say(s, p->rule, depth + 1);
    }
}

void grammar_say(const struct grammar *g, int rule, const struct grammar_facts *f,
                 struct dice *dice, struct buf *out)
{
    const struct saying s = {.g = g, .f = f, .dice = dice, .out = out};
    say(&s, rule, 0);
}
