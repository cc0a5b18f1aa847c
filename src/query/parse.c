#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "query/internal.h"

#define ARENA_BYTES (8U << 20)

int query_too_large(struct query_parser *p)
{
    query_fail(p->error, 0, p->lexer.len, "the query has too many parts; ask for them in several");
    return ERR_LIMIT;
}

int query_new_node(struct query_parser *p, enum query_kind kind, const struct query_token *at,
                   struct query_node **ret)
{
    struct query_node *n = arena_new(&p->query->arena, sizeof *n);
    if (n == NULL || ++p->nodes > QUERY_NODES_MAX)
        return query_too_large(p);
    n->kind = kind;
    n->offset = at->offset;
    n->len = at->len;
    *ret = n;
    return 0;
}

/* Of parts within each other; parentheses bound how deep this goes. */
static unsigned levels_of(const struct query_node *n)
{
    unsigned most = 0;
    for (size_t i = 0; i < n->child_count; i++) {
        unsigned levels = 1 + levels_of(n->children[i]);
        most = levels > most ? levels : most;
    }
    return most;
}

/* What is written out in full must be read again. */
static int check_canonical(struct query_parser *p)
{
    CLEANUP_BUF struct buf b = BUF_INIT(QUERY_BYTES_MAX);
    if (levels_of(p->query->root) > QUERY_DEPTH_MAX) {
        query_fail(p->error, 0, p->lexer.len, "more than %u parts within each other",
                   QUERY_DEPTH_MAX);
        return ERR_LIMIT;
    }
    query_put(&b, p->query);
    if (!buf_failed(&b))
        return 0;
    query_fail(p->error, 0, p->lexer.len,
               "with zones and distances named the query is longer than %u bytes; ask in several",
               QUERY_BYTES_MAX);
    return ERR_LIMIT;
}

static bool is_control(uint32_t c)
{
    return (c < ' ' && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c < 0xa0);
}

/* UTF-8 without control characters; line ends and tabs are blanks. */
static int check_text(const char *written, size_t len, struct query_error *e)
{
    if (len > QUERY_BYTES_MAX) {
        query_fail(e, QUERY_BYTES_MAX, len - QUERY_BYTES_MAX,
                   "the query is longer than %u bytes; ask in several", QUERY_BYTES_MAX);
        return ERR_LIMIT;
    }
    uint32_t c;
    for (size_t i = 0, n; i < len; i += n) {
        n = utf8_next(written + i, len - i, &c);
        if (n == 0)
            return query_fail(e, i, 1, "here stands a byte that is not UTF-8; take it out");
        if (is_control(c))
            return query_fail(e, i, n, "here stands a control character; take it out");
    }
    return 0;
}

int query_parse(const char *written, size_t len, const struct query_options *o, struct query **ret,
                struct query_error *ret_error)
{
    int r = check_text(written, len, ret_error);
    if (r < 0)
        return r;
    CLEANUP(query_free_cleanup) struct query *q = mem_new(sizeof *q);
    q->arena = (struct arena)ARENA_INIT(ARENA_BYTES);
    q->latin = o->latin;
    struct query_parser p = {.lexer = {written, len, 0, ret_error},
                             .o = o,
                             .query = q,
                             .error = ret_error,
                             .token.kind = TOKEN_END,
                             .before.kind = TOKEN_END};
    r = query_parse_tree(&p, &q->root);
    if (r == 0)
        r = check_canonical(&p);
    if (r == 0)
        *ret = TAKE(q);
    return r;
}

void query_free(struct query *q)
{
    if (q == NULL)
        return;
    arena_clear(&q->arena);
    free(q);
}

const struct query_node *query_root(const struct query *q)
{
    return q->root;
}

bool query_has_sound(const struct query *q, const struct query_word *word)
{
    for (const char *c = word->word; *c != '\0'; c++)
        if ((uint8_t)*c >= 0x80)
            return false;
    return q->latin;
}
