#include "desk/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "desk/judge_terms.h"
#include "query/terms.h"

#define FILTERS_BYTES (1U << 20)

/* ---- terms ---- */

/* It is among them. */
static const struct judge_term *term_of(const struct judge *j, const struct query_node *n)
{
    const struct judge_term *t = j->terms;
    while (t->node != n)
        t++;
    return t;
}

static enum judgement yes_if(bool holds)
{
    return holds ? JUDGE_YES : JUDGE_NO;
}

static bool any_recipient(const struct desk_index *x, int64_t id, const struct idset *accounts)
{
    const uint32_t *to;
    size_t count = row_set(&x->names[NAME_RECIPIENTS], x->columns.recipients[id - 1], &to);
    for (size_t i = 0; i < count; i++)
        if (idset_has(accounts, to[i]))
            return true;
    return false;
}

/* Seconds are known; at the edge of a stretch that begins within one it is open. */
static enum judgement judge_time(int64_t at, int64_t from_ms, int64_t to_ms)
{
    int64_t low = at * CLOCK_SECOND_MS, high = low + CLOCK_SECOND_MS - 1;
    if (high < from_ms || low >= to_ms)
        return JUDGE_NO;
    return low >= from_ms && high < to_ms ? JUDGE_YES : JUDGE_OPEN;
}

static enum judgement judge_has(const struct desk_index *x, int64_t id, const char *value)
{
    if (strcmp(value, "place") == 0)
        return yes_if((x->columns.flags[id - 1] & COLUMN_PLACE) != 0);
    if (strcmp(value, "file") != 0 && x->columns.kind[id - 1] != CONTENT_FILE)
        return JUDGE_NO;
    return JUDGE_OPEN;
}

static enum judgement judge_term(const struct judge *j, const struct query_node *n, int64_t id)
{
    const struct judge_term *t = term_of(j, n);
    const struct columns *c = &j->x->columns;
    switch (n->term) {
    case QUERY_FROM:
        return yes_if(idset_has(&t->accounts, c->sender[id - 1]));
    case QUERY_TO:
        return yes_if(any_recipient(j->x, id, &t->accounts));
    case QUERY_WITH:
    case QUERY_ORG:
        return yes_if(idset_has(&t->accounts, c->sender[id - 1]) ||
                      any_recipient(j->x, id, &t->accounts));
    case QUERY_IN:
        return yes_if(c->conversation[id - 1] == t->number);
    case QUERY_COUNTRY:
        return yes_if(c->country[id - 1] == t->number);
    case QUERY_LANG:
        return yes_if(c->lang[id - 1] == t->number);
    case QUERY_KIND:
        return yes_if(c->kind[id - 1] == t->number);
    case QUERY_TAG:
    case QUERY_CASE:
    case QUERY_SEEN:
    case QUERY_IS:
    case QUERY_NEAR_PLACE:
        return yes_if(idset_has(t->set, id));
    case QUERY_ASSIGNED:
        return yes_if(
            idset_has(t->some, id) || idset_has(&t->conversations, c->conversation[id - 1]) ||
            idset_has(&t->accounts, c->sender[id - 1]) || any_recipient(j->x, id, &t->accounts));
    case QUERY_UNSEEN:
        return yes_if(!idset_has(t->set, id));
    case QUERY_BEFORE:
    case QUERY_AFTER:
    case QUERY_ON:
    case QUERY_AT:
        return judge_time(c->at[id - 1], n->from_unix_ms, n->to_unix_ms);
    case QUERY_HAS:
        return judge_has(j->x, id, n->value);
    case QUERY_WARRANT:
    case QUERY_BOT:
    case QUERY_TERMS:
        break;
    }
    return JUDGE_OPEN;
}

/* By the filters that stand in the index for it. */
static bool has_filter(struct judge *j, const struct query_node *n)
{
    if (j->filters.len == 0) {
        struct content c;
        arena_reset(&j->x->said_arena);
        if (content_read(&j->x->said_arena, j->row.body, j->row.body_len, &c) < 0)
            c = (struct content){.kind = CONTENT_TEXT};
        said_filters(j->x, &j->row, &c, &j->filters);
    }
    CLEANUP_BUF struct buf token = BUF_INIT(FILTERS_BYTES);
    query_put_filter(&token, n->term, n->value, strlen(n->value));
    buf_put(&token, "\x01 ", 2);
    return memmem(j->filters.data, j->filters.len, token.data, token.len) != NULL;
}

static bool term_holds(void *context, const struct query_node *n)
{
    struct judge *j = context;
    enum judgement told = judge_term(j, n, j->row.id);
    return told == JUDGE_OPEN ? has_filter(j, n) : told == JUDGE_YES;
}

/* ---- trees, in Kleene's three values ---- */

static enum judgement judge_node(const struct judge *j, const struct query_node *n, int64_t id)
{
    enum judgement told = JUDGE_OPEN, stop = n->kind == QUERY_AND ? JUDGE_NO : JUDGE_YES;
    switch (n->kind) {
    case QUERY_ALL:
        return JUDGE_YES;
    case QUERY_AND:
    case QUERY_OR:
        told = n->kind == QUERY_AND ? JUDGE_YES : JUDGE_NO;
        for (size_t i = 0; i < n->child_count && told != stop; i++) {
            enum judgement next = judge_node(j, n->children[i], id);
            if (next == stop || next == JUDGE_OPEN)
                told = next;
        }
        return told;
    case QUERY_NOT:
        told = judge_node(j, n->children[0], id);
        return told == JUDGE_OPEN ? told : yes_if(told == JUDGE_NO);
    case QUERY_TERM:
        return judge_term(j, n, id);
    case QUERY_PHRASE:
    case QUERY_NEAR:
        break;
    }
    return JUDGE_OPEN;
}

static bool is_sieve(const struct query_node *n)
{
    if (n->kind == QUERY_NOT)
        n = n->children[0];
    return n->kind == QUERY_TERM && query_term_row(n->term)->where == QUERY_LOOKED_UP;
}

/* What the full text found; the terms that are looked up are left. */
static enum judgement judge_sieves(const struct judge *j, const struct query_node *root, int64_t id)
{
    enum judgement told = JUDGE_YES;
    if (root->kind != QUERY_AND)
        return is_sieve(root) ? judge_node(j, root, id) : told;
    for (size_t i = 0; i < root->child_count && told != JUDGE_NO; i++) {
        if (!is_sieve(root->children[i]))
            continue;
        enum judgement next = judge_node(j, root->children[i], id);
        if (next != JUDGE_YES)
            told = next;
    }
    return told;
}

enum judgement judge_quick(struct judge *j, int64_t id)
{
    if (j->plan->exact && !j->by_set)
        return judge_time(j->x->columns.at[id - 1], j->plan->from_unix_ms, j->plan->to_unix_ms);
    if (j->plan->sieved && !j->by_set)
        return judge_sieves(j, query_root(j->query), id);
    return judge_node(j, query_root(j->query), id);
}

int judge_slowly(struct judge *j, int64_t id, struct diag *d)
{
    int r = row_read(j->x, id, &j->row, d);
    if (r < 0)
        return r;
    buf_reset(&j->said);
    buf_reset(&j->filters);
    said_put(&j->said, &j->x->said_arena, j->row.body, j->row.body_len);
    made_words_put(j->x, id, j->row.kind, &j->said);
    const struct query_message m = {
        .body = buf_text(&j->said),
        .len = j->said.len,
        .at_unix_ms = j->row.at,
        .term = term_holds,
        .context = j,
    };
    return query_matches(j->query, j->x->text, &m);
}

int judge_alone(struct judge *j, int64_t id, struct diag *d)
{
    enum judgement told = judge_node(j, query_root(j->query), id);
    return told == JUDGE_OPEN ? judge_slowly(j, id, d) : told == JUDGE_YES;
}

int judge_message(struct judge *j, int64_t id, struct diag *d)
{
    enum judgement told = judge_quick(j, id);
    return told == JUDGE_OPEN ? judge_slowly(j, id, d) : told == JUDGE_YES;
}

/* ---- beginning and end ---- */

static int take_terms(struct judge *j, const struct query_node *n, int64_t user, struct diag *d)
{
    if (n->kind == QUERY_TERM) {
        struct judge_term *t = &j->terms[j->term_count++];
        t->node = n;
        int r = judge_take_term(j->x, t, user, d);
        if ((t->set != NULL || t->some != NULL) && ++j->set_count > SETS_MAX)
            return diag_set(d, ERR_LIMIT, "a query may name at most %u tags, cases and the like",
                            SETS_MAX);
        return r;
    }
    int r = 0;
    for (size_t i = 0; i < n->child_count && r == 0; i++)
        r = take_terms(j, n->children[i], user, d);
    return r;
}

static size_t count_terms(const struct query_node *n)
{
    size_t count = n->kind == QUERY_TERM;
    for (size_t i = 0; i < n->child_count; i++)
        count += count_terms(n->children[i]);
    return count;
}

int judge_init(struct judge *j, struct desk_index *x, const struct query *q,
               const struct query_plan *p, int64_t user, struct diag *d)
{
    *j = (struct judge){.x = x, .query = q, .plan = p};
    j->filters.max = FILTERS_BYTES;
    j->said.max = FILTERS_BYTES;
    j->terms = mem_array(count_terms(query_root(q)) + 1, sizeof *j->terms);
    return take_terms(j, query_root(q), user, d);
}

void judge_clear(struct judge *j)
{
    for (size_t i = 0; i < j->term_count; i++) {
        idset_clear(&j->terms[i].accounts);
        idset_clear(&j->terms[i].messages);
        idset_clear(&j->terms[i].conversations);
    }
    free(j->terms);
    buf_clear(&j->filters);
    buf_clear(&j->said);
    *j = (struct judge){0};
}

static const struct idset *set_of(const struct judge *j, const struct query_node *n)
{
    return n->kind == QUERY_TERM && n->term != QUERY_UNSEEN ? term_of(j, n)->set : NULL;
}

const struct idset *judge_driver(const struct judge *j)
{
    const struct query_node *root = query_root(j->query);
    const struct idset *best = set_of(j, root);
    for (size_t i = 0; root->kind == QUERY_AND && i < root->child_count; i++) {
        const struct idset *set = set_of(j, root->children[i]);
        if (set != NULL && (best == NULL || set->count < best->count))
            best = set;
    }
    return best;
}
