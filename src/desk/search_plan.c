/* What the full text is asked for a query. */
#include <stdlib.h>
#include <string.h>

#include "desk/search_internal.h"
#include "query/terms.h"

#define ORGANISATION_SMALL 16U /* people */
#define MATCH_BYTES (1U << 20)

/* FTS5 has no NOT by itself: all but what does not match. */
static void deny(struct query_plan *p)
{
    struct buf all = BUF_INIT(p->denied.max + SAID_ANY_MAX);
    buf_put_u8(&all, '(');
    said_put_any(&all);
    buf_put_text(&all, ") NOT (");
    buf_put(&all, p->denied.data, p->denied.len);
    buf_put_u8(&all, ')');
    buf_clear(&p->match);
    p->match = all;
}

/* p->match AND what `with` finds. */
static void narrow(struct query_plan *p, const struct buf *with)
{
    struct buf both = BUF_INIT(p->match.max + with->len + 16);
    if (p->match.len > 0) {
        buf_put_u8(&both, '(');
        buf_put(&both, p->match.data, p->match.len);
        buf_put_text(&both, ") AND ");
    }
    buf_put(&both, with->data, with->len);
    buf_clear(&p->match);
    p->match = both;
}

static void put_account(struct buf *b, enum query_term term, const char *account)
{
    buf_put_text(b, b->len == 1 ? "\"" : " OR \"");
    query_put_filter(b, term, account, strlen(account));
    buf_put_u8(b, '"');
}

/* A small organisation's people by their filters: what they wrote or got is rare, beside a common
 * word the more so. Who is in it is looked up again with each candidate. */
static void narrow_to_organisation(struct desk_index *x, const char *organisation,
                                   struct query_plan *p)
{
    CLEANUP_BUF struct buf with = BUF_INIT(MATCH_BYTES);
    CLEANUP(idset_clear) struct idset people = {0};
    people_of(x, organisation, &people);
    if (people.count > ORGANISATION_SMALL)
        return;
    buf_put_u8(&with, '(');
    for (int64_t i = idset_above(&people, 0); i != 0; i = idset_above(&people, i)) {
        put_account(&with, QUERY_FROM, names_text(&x->names[NAME_ACCOUNT], (uint32_t)i));
        put_account(&with, QUERY_TO, names_text(&x->names[NAME_ACCOUNT], (uint32_t)i));
    }
    if (people.count == 0)
        put_account(&with, QUERY_FROM, ""); /* which no message has */
    buf_put_u8(&with, ')');
    narrow(p, &with);
}

static void narrow_to_organisations(struct desk_index *x, const struct query *q,
                                    struct query_plan *p)
{
    const struct query_node *root = query_root(q);
    if (root->kind == QUERY_TERM && root->term == QUERY_ORG)
        narrow_to_organisation(x, root->value, p);
    for (size_t i = 0; root->kind == QUERY_AND && i < root->child_count; i++)
        if (root->children[i]->kind == QUERY_TERM && root->children[i]->term == QUERY_ORG)
            narrow_to_organisation(x, root->children[i]->value, p);
}

int search_plan(struct desk_index *x, const struct query *q, struct query_plan *ret, struct diag *d)
{
    *ret = (struct query_plan){0};
    int r = people_fresh(x, d);
    if (r < 0)
        return r;
    struct judge_names context = {.x = x};
    const struct query_names names = {judge_accounts, &context};
    query_compile(q, &names, ret);
    free(context.list);
    if (ret->denied.len > 0)
        deny(ret);
    narrow_to_organisations(x, q, ret);
    return 0;
}
