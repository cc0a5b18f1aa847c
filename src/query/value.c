#include <string.h>

#include "base/utf8.h"
#include "query/internal.h"

#define VALUE_WORDS_MAX 32U

/* The value as text: `""` within quotes is one, blanks at its ends are none of it. */
static char *value_text(struct query_parser *p, const struct query_token *t)
{
    const char *from = p->lexer.written + t->text_offset;
    size_t len = t->text_len, used = 0;
    char *s = arena_string_n(&p->query->arena, from, len);
    if (s == NULL)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        s[used++] = from[i];
        if (t->quoted && from[i] == '"' && i + 1 < len && from[i + 1] == '"')
            i++;
    }
    while (used > 0 && s[used - 1] == ' ')
        used--;
    s[used] = '\0';
    return s + strspn(s, " ");
}

static void fold(char *s)
{
    for (; *s != '\0'; s++)
        *s = *s >= 'A' && *s <= 'Z' ? (char)(*s | 0x20) : *s;
}

static int wrong_value(struct query_parser *p, const struct query_token *t, const char *value,
                       const char *remedy)
{
    char shown[QUERY_SHOWN_MAX];
    return query_fail(p->error, t->offset, t->len, "'%s:%s': %s", query_term_row(t->term)->name,
                      query_shown(value, strlen(value), shown), remedy);
}

/* Is it one of the row's? */
static int check_among(struct query_parser *p, const struct query_token *t, const char *value,
                       const char *words)
{
    char copy[128], shown[QUERY_SHOWN_MAX], *rest = NULL;
    const char *list[VALUE_WORDS_MAX + 1] = {NULL};
    size_t count = 0;
    const char *name = query_term_row(t->term)->name;
    if (strlen(words) >= sizeof copy)
        return query_too_large(p);
    memcpy(copy, words, strlen(words) + 1);
    for (char *w = strtok_r(copy, " ", &rest); w != NULL && count < VALUE_WORDS_MAX;
         w = strtok_r(NULL, " ", &rest)) {
        if (strcmp(w, value) == 0)
            return 0;
        list[count++] = w;
    }
    query_shown(value, strlen(value), shown);
    const char *meant = query_suggest(value, list);
    if (meant != NULL)
        return query_fail(p->error, t->offset, t->len, "'%s:%s' is none; did you mean '%s:%s'?",
                          name, shown, name, meant);
    return query_fail(p->error, t->offset, t->len, "'%s:%s' is none; there are: %s", name, shown,
                      words);
}

static bool only(const char *value, const char *characters, size_t min, size_t max)
{
    size_t len = strlen(value);
    return len >= min && len <= max && strspn(value, characters) == len;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

/* Folded already. */
static int check_form(struct query_parser *p, const struct query_token *t, const char *value)
{
    const char *words = query_term_row(t->term)->words;
    if (words != NULL)
        return check_among(p, t, value, words);
    if (!t->quoted && strchr(value, '*') != NULL)
        return wrong_value(p, t, value, "a filter takes a whole value, without '*'");
    if (t->term == QUERY_COUNTRY && !only(value, LETTERS, 2, 2))
        return wrong_value(p, t, value, "a country is two letters, as NL");
    if (t->term == QUERY_LANG && !only(value, LETTERS, 2, 3) && strcmp(value, "unknown") != 0)
        return wrong_value(p, t, value, "a language is two or three letters, as en, or unknown");
    if (t->term == QUERY_IN && !only(value, "0123456789abcdef", 16, 16))
        return wrong_value(p, t, value, "a conversation is 16 hexadecimal digits");
    return 0;
}

static bool is_time(enum query_term t)
{
    return t == QUERY_BEFORE || t == QUERY_AFTER || t == QUERY_ON || t == QUERY_AT;
}

static int set_time(struct query_parser *p, const struct query_token *t, struct query_node *n)
{
    struct query_date d;
    const char *why;
    if (query_date_read(n->value, p->o, &d, &why) < 0)
        return wrong_value(p, t, n->value, why);
    if (t->term == QUERY_ON && d.minute)
        return wrong_value(p, t, n->value, "that is a minute; write at: for it, or a day");
    if (t->term == QUERY_AT && !d.minute)
        return wrong_value(p, t, n->value,
                           "that is not a minute, as 2026-03-01T14:05; write on: for it");
    n->from_unix_ms = t->term == QUERY_BEFORE ? INT64_MIN : d.from_unix_ms;
    n->to_unix_ms = d.to_unix_ms;
    if (t->term == QUERY_BEFORE)
        n->to_unix_ms = d.from_unix_ms;
    if (t->term == QUERY_AFTER)
        n->to_unix_ms = INT64_MAX;
    n->value = arena_string(&p->query->arena, d.canonical);
    return n->value == NULL ? query_too_large(p) : 0;
}

static int set_place(struct query_parser *p, const struct query_token *t, struct query_node *n)
{
    char canonical[64];
    if (query_place_read(n->value, &n->place, canonical) < 0)
        return wrong_value(p, t, n->value,
                           "a place is LAT,LON,KM, as near:52.37,4.89,10; for words write a "
                           "NEAR/5 b");
    n->value = arena_string(&p->query->arena, canonical);
    return n->value == NULL ? query_too_large(p) : 0;
}

/* Values are shown to people, who must not be misled about them. */
static bool reorders(const char *value)
{
    uint32_t c;
    for (size_t len = strlen(value), n; (n = utf8_next(value, len, &c)) > 0; value += n, len -= n)
        if (utf8_kind(c) == UTF8_ORDER)
            return true;
    return false;
}

int query_parse_term(struct query_parser *p, const struct query_token *t, struct query_node **ret)
{
    const struct query_term_row *row = query_term_row(t->term);
    struct query_node *n;
    int r = query_new_node(p, QUERY_TERM, t, &n);
    if (r < 0)
        return r;
    char *value = value_text(p, t);
    if (value == NULL)
        return query_too_large(p);
    if (value[0] == '\0')
        return wrong_value(p, t, value, "there is nothing between these quotes");
    if (reorders(value))
        return wrong_value(p, t, value, "a character in it changes the order of others");
    if (row->where == QUERY_INDEXED || row->words != NULL)
        fold(value);
    n->term = t->term;
    n->value = value;
    *ret = n;
    if (is_time(t->term))
        return set_time(p, t, n);
    if (t->term == QUERY_NEAR_PLACE)
        return set_place(p, t, n);
    return check_form(p, t, value);
}
