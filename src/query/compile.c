#include "query/compile.h"

#include <string.h>

#include "query/compile_internal.h"

#define MATCH_BYTES (4U << 20)
/* FTS5's parser holds 100 symbols, three for each level of parentheses. */
#define LEVELS_MAX 24U

static const char and_[] = "AND", or_[] = "OR", not_[] = "NOT";

/* What an expression finds: nothing, everything, what `text` finds, or all but that, since FTS5 has
 * no NOT by itself. */
enum finds { FINDS_NOTHING, FINDS_EVERYTHING, FINDS_THESE, FINDS_OTHERS };

struct job {
    const struct query *query;
    const struct query_names *names;
};

struct found {
    enum finds finds;
    bool exact; /* nothing more and nothing less than what matches */
    struct buf text;
    const char *glue; /* the loosest operator of the text; NULL: it stands by itself */
};

static void compile(const struct job *j, const struct query_node *n, bool upper, unsigned level,
                    struct found *ret);

static struct found found_new(enum finds finds, bool exact)
{
    return (struct found){.finds = finds, .exact = exact, .text = BUF_INIT(MATCH_BYTES)};
}

static void complement(struct found *f)
{
    static const enum finds other[] = {
        [FINDS_NOTHING] = FINDS_EVERYTHING,
        [FINDS_EVERYTHING] = FINDS_NOTHING,
        [FINDS_THESE] = FINDS_OTHERS,
        [FINDS_OTHERS] = FINDS_THESE,
    };
    f->finds = other[f->finds];
}

static void put_part(struct buf *b, const struct found *f, const char *glue)
{
    bool group = f->glue != NULL && f->glue != glue;
    buf_put_text(b, group ? "(" : "");
    buf_put(b, f->text.data, f->text.len);
    buf_put_text(b, group ? ")" : "");
}

/* a = a GLUE b. Chains of one operator stay flat: FTS5's parser counts parentheses. */
static void combine(struct found *a, const struct found *b, const char *glue)
{
    if (a->glue != NULL && a->glue != glue) {
        struct buf group = BUF_INIT(MATCH_BYTES);
        put_part(&group, a, glue);
        buf_clear(&a->text);
        a->text = group;
    }
    buf_format(&a->text, " %s ", glue);
    put_part(&a->text, b, glue == not_ ? "" : glue);
    a->glue = glue;
}

static void replace(struct found *a, struct found *b)
{
    buf_clear(&a->text);
    a->finds = b->finds;
    a->glue = b->glue;
    a->text = b->text;
    b->text = (struct buf)BUF_INIT(0);
}

/* a = a AND b; lets b go. */
static void intersect(struct found *a, struct found *b)
{
    a->exact = a->exact && b->exact;
    if (a->finds == FINDS_EVERYTHING || b->finds == FINDS_NOTHING)
        replace(a, b);
    else if (a->finds == FINDS_OTHERS && b->finds == FINDS_THESE) {
        combine(b, a, not_);
        replace(a, b);
    } else if (a->finds != FINDS_NOTHING && b->finds == a->finds)
        combine(a, b, a->finds == FINDS_THESE ? and_ : or_);
    else if (a->finds == FINDS_THESE && b->finds == FINDS_OTHERS)
        combine(a, b, not_);
    buf_clear(&b->text);
}

/* AND of all, OR by De Morgan. What is found and what is left out are gathered apart. */
struct gathered {
    bool either; /* OR */
    struct found these, others;
};

static struct gathered gathered_new(bool either)
{
    return (struct gathered){either, found_new(FINDS_EVERYTHING, true),
                             found_new(FINDS_EVERYTHING, true)};
}

static void gather(struct gathered *g, struct found *f)
{
    if (g->either)
        complement(f);
    intersect(f->finds == FINDS_OTHERS ? &g->others : &g->these, f);
}

static struct found gathered_end(struct gathered *g)
{
    intersect(&g->these, &g->others);
    if (g->either)
        complement(&g->these);
    return g->these;
}

static void compile_children(const struct job *j, const struct query_node *n, bool upper,
                             unsigned level, struct found *ret)
{
    struct gathered g = gathered_new(n->kind == QUERY_OR);
    for (size_t i = 0; i < n->child_count; i++) {
        struct found f;
        compile(j, n->children[i], upper, level, &f);
        gather(&g, &f);
    }
    *ret = gathered_end(&g);
}

/* One more of which any may be found. */
static void put_filter(struct found *f, enum query_term term, const char *value)
{
    if (f->text.len > 0) {
        buf_put_text(&f->text, " OR ");
        f->glue = or_;
    }
    buf_put_u8(&f->text, '"');
    query_put_filter(&f->text, term, value, strlen(value));
    buf_put_u8(&f->text, '"');
}

static void put_account(struct found *f, enum query_term term, const char *account)
{
    if (term != QUERY_TO)
        put_filter(f, QUERY_FROM, account);
    if (term != QUERY_FROM)
        put_filter(f, QUERY_TO, account);
}

static void put_accounts(const struct job *j, const struct query_node *n, struct found *ret)
{
    const char *const *accounts =
        j->names == NULL ? NULL : j->names->accounts(j->names->context, n->value);
    if (accounts == NULL || *accounts == NULL)
        put_account(ret, n->term, n->value);
    else
        for (; *accounts != NULL; accounts++)
            put_account(ret, n->term, *accounts);
}

static void compile_term(const struct job *j, const struct query_node *n, bool upper,
                         struct found *ret)
{
    if (n->term == QUERY_NEAR_PLACE && upper) {
        ret->finds = FINDS_THESE; /* wherever it is */
        put_filter(ret, QUERY_HAS, "place");
    }
    if (query_term_row(n->term)->where == QUERY_LOOKED_UP)
        return;
    ret->finds = FINDS_THESE;
    ret->exact = true;
    if (n->term == QUERY_FROM || n->term == QUERY_TO || n->term == QUERY_WITH)
        put_accounts(j, n, ret);
    else
        put_filter(ret, n->term, n->value);
}

/* All that matches (`upper`), or nothing but that. */
static void compile(const struct job *j, const struct query_node *n, bool upper, unsigned level,
                    struct found *ret)
{
    *ret = found_new(upper ? FINDS_EVERYTHING : FINDS_NOTHING, false);
    if (level == LEVELS_MAX)
        return;
    switch (n->kind) {
    case QUERY_ALL:
        ret->finds = FINDS_EVERYTHING;
        ret->exact = true;
        return;
    case QUERY_AND:
    case QUERY_OR:
        compile_children(j, n, upper, level + 1, ret);
        return;
    case QUERY_NOT:
        compile(j, n->children[0], !upper, level + 1, ret);
        complement(ret);
        return;
    case QUERY_PHRASE:
        ret->finds = FINDS_THESE;
        ret->exact = query_compile_phrase(&ret->text, j->query, n, upper);
        return;
    case QUERY_NEAR:
        ret->finds = FINDS_THESE;
        ret->exact = query_compile_near(&ret->text, j->query, n, upper);
        return;
    case QUERY_TERM:
        compile_term(j, n, upper, ret);
        return;
    }
}

/* Is it a term that is looked up, or the denial of one? */
static bool is_sieve(const struct query_node *n)
{
    if (n->kind == QUERY_NOT)
        n = n->children[0];
    return n->kind == QUERY_TERM && query_term_row(n->term)->where == QUERY_LOOKED_UP;
}

static void gather_root(const struct job *j, const struct query_node *n, struct gathered *g,
                        bool *sieves)
{
    struct found f;
    if (query_is_stretch(n))
        return;
    compile(j, n, true, 1, &f);
    if (is_sieve(n))
        f.exact = *sieves = true; /* whoever looks it up makes it so */
    gather(g, &f);
}

void query_compile(const struct query *q, const struct query_names *names, struct query_plan *ret)
{
    const struct job j = {q, names};
    const struct query_node *root = query_root(q);
    struct query_times t = query_times_of(root);
    struct gathered g = gathered_new(false);
    bool sieves = false;
    if (root->kind == QUERY_AND)
        for (size_t i = 0; i < root->child_count; i++)
            gather_root(&j, root->children[i], &g, &sieves);
    else
        gather_root(&j, root, &g, &sieves);
    struct found all = gathered_end(&g);
    if (buf_failed(&all.text)) {
        all.finds = FINDS_EVERYTHING;
        all.exact = false;
        buf_reset(&all.text);
    }
    bool denied = all.finds == FINDS_OTHERS;
    *ret = (struct query_plan){.exact = all.exact && !sieves && !denied,
                               .sieved = all.exact,
                               .from_unix_ms = t.from,
                               .to_unix_ms = t.to};
    *(denied ? &ret->denied : &ret->match) = all.text;
}

void query_plan_clear(struct query_plan *p)
{
    buf_clear(&p->match);
    buf_clear(&p->denied);
}
