#include <string.h>

#include "query/internal.h"

static void put_node(struct buf *b, const struct query_node *n);

static void put_word(struct buf *b, const struct query_word *w, bool first)
{
    if (!first && !w->joined)
        buf_put_u8(b, ' ');
    buf_put_text(b, w->word);
    if (w->prefix)
        buf_put_u8(b, '*');
}

static void put_phrase(struct buf *b, const struct query_node *n)
{
    const char *quote = n->word_count > 1 ? "\"" : "";
    buf_put_text(b, quote);
    for (size_t i = 0; i < n->word_count; i++)
        put_word(b, &n->words[i], i == 0);
    buf_put_text(b, quote);
}

static void put_quoted(struct buf *b, const char *value)
{
    buf_put_u8(b, '"');
    for (; *value != '\0'; value++) {
        if (*value == '"')
            buf_put_u8(b, '"');
        buf_put_u8(b, (uint8_t)*value);
    }
    buf_put_u8(b, '"');
}

static void put_term(struct buf *b, const struct query_node *n)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789.,:;@_+-/[]";
    buf_format(b, "%s:", query_term_row(n->term)->name);
    if (n->value[strspn(n->value, plain)] == '\0')
        buf_put_text(b, n->value);
    else
        put_quoted(b, n->value);
}

/* How tight it holds together: what is looser than where it stands gets parentheses. */
static unsigned tightness(enum query_kind k)
{
    switch (k) {
    case QUERY_OR:
        return 0;
    case QUERY_AND:
        return 1;
    case QUERY_NOT:
        return 3;
    case QUERY_NEAR:
        return 2;
    case QUERY_ALL:
    case QUERY_PHRASE:
    case QUERY_TERM:
        break;
    }
    return 4;
}

static void put_child(struct buf *b, const struct query_node *n, unsigned least)
{
    bool group = tightness(n->kind) < least;
    buf_put_text(b, group ? "(" : "");
    put_node(b, n);
    buf_put_text(b, group ? ")" : "");
}

static void put_children(struct buf *b, const struct query_node *n, const char *between,
                         unsigned least)
{
    for (size_t i = 0; i < n->child_count; i++) {
        buf_put_text(b, i == 0 ? "" : between);
        put_child(b, n->children[i], least);
    }
}

static void put_near(struct buf *b, const struct query_node *n)
{
    char between[32];
    snprintf(between, sizeof between, " NEAR/%u ", n->distance);
    put_children(b, n, between, 4);
}

static void put_node(struct buf *b, const struct query_node *n)
{
    switch (n->kind) {
    case QUERY_ALL:
        return;
    case QUERY_AND:
        put_children(b, n, " ", 2);
        return;
    case QUERY_OR:
        put_children(b, n, " OR ", 2);
        return;
    case QUERY_NOT:
        buf_put_u8(b, '-');
        put_child(b, n->children[0], 3);
        return;
    case QUERY_PHRASE:
        put_phrase(b, n);
        return;
    case QUERY_NEAR:
        put_near(b, n);
        return;
    case QUERY_TERM:
        put_term(b, n);
        return;
    }
}

void query_put(struct buf *b, const struct query *q)
{
    put_node(b, q->root);
}
