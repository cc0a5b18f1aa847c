#include "base/memory.h"
#include "query/internal.h"

/* Children while they are collected; those of the node's own kind come in as theirs. */
struct list {
    struct query_node **items;
    size_t count, capacity;
};

static void list_clear(struct list *l)
{
    free(l->items);
}

static void list_add(struct list *l, struct query_node *n)
{
    if (l->count == l->capacity) {
        l->capacity = l->capacity == 0 ? 8 : l->capacity * 2;
        l->items = mem_resize(l->items, l->capacity, sizeof(struct query_node *));
    }
    l->items[l->count++] = n;
}

static void list_join(struct list *l, struct query_node *n, enum query_kind kind)
{
    if (n->kind != kind) {
        list_add(l, n);
        return;
    }
    for (size_t i = 0; i < n->child_count; i++)
        list_add(l, n->children[i]);
}

static int advance(struct query_parser *p)
{
    struct query_token next;
    int r = query_lexer_next(&p->lexer, &next);
    if (r < 0)
        return r;
    p->before = p->token;
    p->token = next;
    return 0;
}

static const char *operator_text(enum query_token_kind k)
{
    switch (k) {
    case TOKEN_AND:
        return "AND";
    case TOKEN_OR:
        return "OR";
    case TOKEN_NOT:
        return "NOT";
    case TOKEN_NEAR:
        return "NEAR";
    default:
        return NULL;
    }
}

/* What stands where an operand should. */
static int no_operand(struct query_parser *p)
{
    const struct query_token *t = &p->token, *b = &p->before;
    const char *left = operator_text(b->kind), *here = operator_text(t->kind);
    if (left != NULL)
        return query_fail(p->error, b->offset, b->len,
                          "%s has nothing on its right; for the word itself write \"%s\"", left,
                          left);
    if (here != NULL)
        return query_fail(p->error, t->offset, t->len,
                          "%s has nothing on its left; for the word itself write \"%s\"", here,
                          here);
    if (t->kind == TOKEN_CLOSE && p->depth > 0)
        return query_fail(p->error, b->offset, t->offset + t->len - b->offset,
                          "there is nothing between these parentheses; take them out");
    if (t->kind == TOKEN_CLOSE)
        return query_fail(p->error, t->offset, t->len,
                          "this ) closes nothing; take it out, or open one before it");
    return query_fail(p->error, b->offset, b->len, "this ( is not closed; put a ) behind its end");
}

static int parse_or(struct query_parser *p, struct query_node **ret);

static int parse_group(struct query_parser *p, struct query_node **ret)
{
    struct query_token open = p->token;
    struct query_node *n;
    if (p->depth == QUERY_DEPTH_MAX) {
        query_fail(p->error, open.offset, open.len, "more than %u parentheses within each other",
                   QUERY_DEPTH_MAX);
        return ERR_LIMIT;
    }
    p->depth++;
    int r = advance(p);
    if (r == 0)
        r = parse_or(p, &n);
    if (r < 0)
        return r;
    if (p->token.kind != TOKEN_CLOSE)
        return query_fail(p->error, open.offset, open.len,
                          "this ( is not closed; put a ) behind its end");
    p->depth--;
    *ret = n;
    return advance(p);
}

static int parse_primary(struct query_parser *p, struct query_node **ret)
{
    struct query_node *n;
    int r;
    if (p->token.kind == TOKEN_OPEN)
        return parse_group(p, ret);
    if (p->token.kind == TOKEN_WORDS)
        r = query_parse_words(p, &p->token, &n);
    else if (p->token.kind == TOKEN_TERM)
        r = query_parse_term(p, &p->token, &n);
    else
        r = no_operand(p);
    if (r == 0)
        r = advance(p);
    if (r == 0)
        *ret = n;
    return r;
}

static int finish(struct query_parser *p, enum query_kind kind, size_t offset, const struct list *l,
                  struct query_node **ret)
{
    struct query_token at = {.offset = offset, .len = p->before.offset + p->before.len - offset};
    int r = query_new_node(p, kind, &at, ret);
    if (r < 0)
        return r;
    struct query_node *n = *ret;
    n->children = arena_copy(&p->query->arena, l->items, l->count * sizeof(struct query_node *));
    n->child_count = l->count;
    return n->children == NULL ? query_too_large(p) : 0;
}

static int not_near(struct query_parser *p, const struct query_token *near)
{
    return query_fail(p->error, near->offset, near->len,
                      "NEAR stands between two words or phrases, as in: cash NEAR/5 \"the boat\"");
}

static int add_near(struct query_parser *p, struct list *l, unsigned *distance)
{
    struct query_token near = p->token;
    struct query_node *n;
    if (*distance != UINT32_MAX && *distance != near.distance)
        return query_fail(p->error, near.offset, near.len,
                          "one chain of NEAR has one distance; write: a NEAR/%u b AND b NEAR/%u c",
                          *distance, near.distance);
    *distance = near.distance;
    int r = advance(p);
    if (r < 0)
        return r;
    if (p->token.kind == TOKEN_MINUS || p->token.kind == TOKEN_NOT)
        return not_near(p, &near);
    r = parse_primary(p, &n);
    if (r < 0)
        return r;
    if (n->kind != QUERY_PHRASE)
        return not_near(p, &near);
    list_add(l, n);
    return 0;
}

static int parse_near(struct query_parser *p, struct query_node **ret)
{
    CLEANUP(list_clear) struct list l = {NULL, 0, 0};
    struct query_node *n;
    size_t offset = p->token.offset;
    unsigned distance = UINT32_MAX;
    int r = parse_primary(p, &n);
    if (r < 0)
        return r;
    if (p->token.kind != TOKEN_NEAR) {
        *ret = n;
        return 0;
    }
    if (n->kind != QUERY_PHRASE)
        return not_near(p, &p->token);
    list_add(&l, n);
    while (r == 0 && p->token.kind == TOKEN_NEAR)
        r = add_near(p, &l, &distance);
    if (r == 0)
        r = finish(p, QUERY_NEAR, offset, &l, ret);
    if (r == 0)
        (*ret)->distance = distance;
    return r;
}

/* What is denied twice holds. */
static int parse_not(struct query_parser *p, struct query_node **ret)
{
    CLEANUP(list_clear) struct list l = {NULL, 0, 0};
    struct query_node *n;
    size_t offset = p->token.offset;
    bool denied = false;
    int r = 0;
    for (; r == 0 && (p->token.kind == TOKEN_MINUS || p->token.kind == TOKEN_NOT); r = advance(p))
        denied = !denied;
    if (r == 0)
        r = parse_near(p, &n);
    if (r < 0)
        return r;
    if (!denied || n->kind == QUERY_NOT) {
        *ret = denied ? n->children[0] : n;
        return 0;
    }
    list_add(&l, n);
    return finish(p, QUERY_NOT, offset, &l, ret);
}

static bool ends_and(enum query_token_kind k)
{
    return k == TOKEN_END || k == TOKEN_CLOSE || k == TOKEN_OR;
}

static int parse_and(struct query_parser *p, struct query_node **ret)
{
    CLEANUP(list_clear) struct list l = {NULL, 0, 0};
    struct query_node *n;
    size_t offset = p->token.offset, operands = 0;
    int r;
    do {
        r = parse_not(p, &n);
        if (r < 0)
            return r;
        list_join(&l, n, QUERY_AND);
        operands++;
        if (p->token.kind == TOKEN_AND) {
            r = advance(p);
            if (r == 0 && ends_and(p->token.kind))
                r = no_operand(p);
        }
    } while (r == 0 && !ends_and(p->token.kind));
    if (r == 0 && operands == 1)
        *ret = n;
    else if (r == 0)
        r = finish(p, QUERY_AND, offset, &l, ret);
    return r;
}

static int parse_or(struct query_parser *p, struct query_node **ret)
{
    CLEANUP(list_clear) struct list l = {NULL, 0, 0};
    struct query_node *n;
    size_t offset = p->token.offset, operands = 0;
    bool more = true;
    while (more) {
        int r = parse_and(p, &n);
        if (r < 0)
            return r;
        list_join(&l, n, QUERY_OR);
        operands++;
        more = p->token.kind == TOKEN_OR;
        r = more ? advance(p) : 0;
        if (r < 0)
            return r;
    }
    if (operands > 1)
        return finish(p, QUERY_OR, offset, &l, ret);
    *ret = n;
    return 0;
}

int query_parse_tree(struct query_parser *p, struct query_node **ret)
{
    struct query_node *n;
    int r = advance(p);
    if (r < 0)
        return r;
    r = p->token.kind == TOKEN_END ? query_new_node(p, QUERY_ALL, &p->token, &n) : parse_or(p, &n);
    if (r == 0 && p->token.kind != TOKEN_END)
        r = no_operand(p);
    if (r == 0)
        *ret = n;
    return r;
}
