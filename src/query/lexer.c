#include "query/lexer.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "query/internal.h"

enum quote { QUOTE_NONE, QUOTE_STRAIGHT, QUOTE_CURLY, QUOTE_ANGLED };

int query_fail(struct query_error *e, size_t offset, size_t len, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(e->text, sizeof e->text, fmt, args);
    va_end(args);
    diag_clean(e->text);
    e->offset = offset;
    e->len = len;
    return ERR_FORMAT;
}

const char *query_shown(const char *text, size_t len, char ret[static QUERY_SHOWN_MAX])
{
    size_t room = QUERY_SHOWN_MAX - sizeof "...";
    size_t end = 0;
    uint32_t c;
    while (end < len) {
        size_t n = utf8_next(text + end, len - end, &c);
        if (n == 0 || end + n > room)
            break;
        end += n;
    }
    snprintf(ret, QUERY_SHOWN_MAX, "%.*s%s", (int)end, text, end < len ? "..." : "");
    return ret;
}

/* The character at `pos` and its bytes; the text was found to be UTF-8. */
static size_t peek(const struct query_lexer *l, size_t pos, uint32_t *ret)
{
    *ret = 0;
    return utf8_next(l->written + pos, l->len - pos, ret);
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xa0 ||
           (c >= 0x2000 && c <= 0x200b) || c == 0x202f || c == 0x3000 || c == 0xfeff ||
           utf8_kind(c) == UTF8_LINE_END || utf8_kind(c) == UTF8_ORDER;
}

static enum quote quote_of(uint32_t c)
{
    if (c == '"')
        return QUOTE_STRAIGHT;
    if (c >= 0x201c && c <= 0x201e)
        return QUOTE_CURLY;
    return c == 0xab || c == 0xbb ? QUOTE_ANGLED : QUOTE_NONE;
}

/* Does a bare word end before `c`? */
static bool ends_word(uint32_t c)
{
    return is_blank(c) || c == '(' || c == ')' || quote_of(c) != QUOTE_NONE;
}

static void skip_blanks(struct query_lexer *l)
{
    uint32_t c;
    for (size_t n; (n = peek(l, l->pos, &c)) > 0 && is_blank(c);)
        l->pos += n;
}

static size_t bare_end(const struct query_lexer *l, size_t pos)
{
    uint32_t c;
    for (size_t n; (n = peek(l, pos, &c)) > 0 && !ends_word(c);)
        pos += n;
    return pos;
}

static bool starred(const struct query_lexer *l, size_t pos)
{
    return pos < l->len && l->written[pos] == '*';
}

/* From the opening quote at `pos` on. `""` within straight quotes is one that belongs to the text.
 */
static int read_quoted(struct query_lexer *l, size_t pos, struct query_token *ret)
{
    uint32_t c;
    size_t n = peek(l, pos, &c);
    enum quote quote = quote_of(c);
    ret->quoted = true;
    ret->text_offset = pos + n;
    for (size_t at = pos + n; (n = peek(l, at, &c)) > 0; at += n) {
        if (quote_of(c) != quote)
            continue;
        if (at + 1 < l->len && l->written[at + 1] == '"') {
            at++;
            continue;
        }
        ret->text_len = at - ret->text_offset;
        l->pos = at + n;
        return 0;
    }
    return query_fail(l->error, pos, l->len - pos,
                      "a quote is opened here and not closed; put a \" behind the phrase");
}

static int read_phrase(struct query_lexer *l, struct query_token *ret)
{
    ret->kind = TOKEN_WORDS;
    int r = read_quoted(l, l->pos, ret);
    if (r < 0)
        return r;
    if (starred(l, l->pos)) {
        ret->prefix = true;
        l->pos++;
    } else if (ret->text_len > 0 && starred(l, ret->text_offset + ret->text_len - 1)) {
        ret->prefix = true;
        ret->text_len--;
    }
    return 0;
}

static bool written_is(const char *at, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(at, word, len) == 0;
}

/* NEAR or NEAR/n. */
static int read_near(struct query_lexer *l, const char *at, size_t len, struct query_token *ret)
{
    ret->kind = TOKEN_NEAR;
    ret->distance = QUERY_DISTANCE_DEFAULT;
    if (len == strlen("NEAR"))
        return 0;
    ret->distance = 0;
    for (size_t i = strlen("NEAR/"); i < len; i++) {
        if (at[i] < '0' || at[i] > '9')
            return query_fail(l->error, ret->offset, len,
                              "NEAR takes a number of words, as in: cash NEAR/5 boat");
        if (ret->distance <= QUERY_DISTANCE_MAX)
            ret->distance = ret->distance * 10 + (unsigned)(at[i] - '0');
    }
    if (len == strlen("NEAR/"))
        return query_fail(l->error, ret->offset, len,
                          "NEAR/ lacks its number of words, as in: cash NEAR/5 boat");
    if (ret->distance > QUERY_DISTANCE_MAX)
        return query_fail(l->error, ret->offset, len, "NEAR reaches over %u words at most",
                          QUERY_DISTANCE_MAX);
    return 0;
}

/* Length of the name in NAME:…; 0: it has none. */
static size_t name_len(const char *at, size_t len)
{
    size_t n = 0;
    while (n < len && ((at[n] | 0x20) >= 'a' && (at[n] | 0x20) <= 'z'))
        n++;
    return n > 0 && n < len && at[n] == ':' ? n : 0;
}

static int unknown_name(struct query_lexer *l, size_t len, const char *name)
{
    const char *names[QUERY_TERMS + 1] = {NULL};
    for (unsigned i = 0; i < QUERY_TERMS; i++)
        names[i] = query_term_row((enum query_term)i)->name;
    const char *meant = query_suggest(name, names);
    if (meant != NULL)
        return query_fail(l->error, l->pos, len + 1, "'%s:' is no filter; did you mean '%s:'?",
                          name, meant);
    return query_fail(l->error, l->pos, len + 1,
                      "'%s:' is no filter; put it in quotes to search for the words", name);
}

static int find_name(struct query_lexer *l, size_t len, enum query_term *ret)
{
    char name[QUERY_SHOWN_MAX];
    query_shown(l->written + l->pos, len, name);
    for (char *c = name; *c != '\0'; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
    for (unsigned i = 0; i < QUERY_TERMS; i++)
        if (strcmp(query_term_row((enum query_term)i)->name, name) == 0) {
            *ret = (enum query_term)i;
            return 0;
        }
    return unknown_name(l, len, name);
}

static int no_value(struct query_lexer *l, const struct query_token *t, size_t value)
{
    const char *name = query_term_row(t->term)->name;
    bool list = value < l->len && l->written[value] == '(';
    return query_fail(l->error, t->offset, value - t->offset,
                      list ? "'%s:' takes one value; write (%s:A OR %s:B)"
                           : "'%s:' has no value; write it behind the colon, without a blank, or "
                             "search for \"%s\" in quotes",
                      name, name, name);
}

static int read_term(struct query_lexer *l, size_t name, size_t end, struct query_token *ret)
{
    size_t value = l->pos + name + 1;
    uint32_t c;
    int r = find_name(l, name, &ret->term);
    if (r < 0)
        return r;
    ret->kind = TOKEN_TERM;
    peek(l, value, &c);
    if (end == value && quote_of(c) != QUOTE_NONE)
        r = read_quoted(l, value, ret);
    else {
        ret->text_offset = value;
        ret->text_len = end - value;
        l->pos = end;
    }
    if (r == 0 && ret->text_len == 0)
        return no_value(l, ret, value);
    return r;
}

/* Removes the `*` behind a word; anywhere else it means nothing. */
static int read_word(struct query_lexer *l, size_t end, struct query_token *ret)
{
    ret->kind = TOKEN_WORDS;
    ret->text_offset = l->pos;
    ret->prefix = starred(l, end - 1);
    ret->text_len = end - l->pos - (ret->prefix ? 1 : 0);
    const char *star = memchr(l->written + l->pos, '*', ret->text_len);
    if (star != NULL || ret->text_len == 0)
        return query_fail(l->error, l->pos, end - l->pos,
                          "'*' stands behind the first letters of a word, as in: meet*");
    l->pos = end;
    return 0;
}

static int read_bare(struct query_lexer *l, struct query_token *ret)
{
    const char *at = l->written + l->pos;
    size_t end = bare_end(l, l->pos), len = end - l->pos, name = name_len(at, len);
    if (name > 0)
        return read_term(l, name, end, ret);
    if (written_is(at, len, "AND"))
        ret->kind = TOKEN_AND;
    else if (written_is(at, len, "OR"))
        ret->kind = TOKEN_OR;
    else if (written_is(at, len, "NOT"))
        ret->kind = TOKEN_NOT;
    else if (written_is(at, len, "NEAR") || (len > 4 && memcmp(at, "NEAR/", 5) == 0)) {
        int r = read_near(l, at, len, ret);
        if (r < 0)
            return r;
    } else
        return read_word(l, end, ret);
    l->pos = end;
    return 0;
}

static int read_minus(struct query_lexer *l, struct query_token *ret)
{
    uint32_t c;
    size_t n = peek(l, l->pos + 1, &c);
    if (n == 0 || is_blank(c) || c == ')')
        return query_fail(l->error, l->pos, 1,
                          "'-' stands right before what is left out, as in: -jokes");
    ret->kind = TOKEN_MINUS;
    l->pos++;
    return 0;
}

static int read_token(struct query_lexer *l, struct query_token *ret)
{
    uint32_t c;
    if (peek(l, l->pos, &c) == 0)
        return 0;
    if (c == '-')
        return read_minus(l, ret);
    if (quote_of(c) != QUOTE_NONE)
        return read_phrase(l, ret);
    if (c != '(' && c != ')')
        return read_bare(l, ret);
    ret->kind = c == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
    l->pos++;
    return 0;
}

int query_lexer_next(struct query_lexer *l, struct query_token *ret)
{
    skip_blanks(l);
    struct query_token t = {.kind = TOKEN_END, .offset = l->pos};
    int r = read_token(l, &t);
    if (r < 0)
        return r;
    t.len = l->pos - t.offset;
    *ret = t;
    return 0;
}
