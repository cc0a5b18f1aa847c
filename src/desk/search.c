#include "desk/search.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/message_internal.h"
#include "desk/search_internal.h"
#include "desk/snippet.h"

#define SAID_BYTES (1U << 20)
/* So many candidates of the shards, or one shard's, are looked at before what is left is taken from
 * a small set: a rare word has come to its end by then, and a common one is soon met again. */
#define BEFORE_SET 20000U
#define SET_SMALL 5000U
#define SET_TINY 64U

/* ---- which messages ---- */

struct collecting {
    const struct search_ask *ask;
    struct judge *judge;
    struct idset groups; /* of which a hit was told */
    const struct idset *driver;
    int64_t *ids, at;
    size_t count, max, looked_at, before_set;
    struct diag *d;
};
enum { ENOUGH = 1, TAKE_SET };

static void collecting_clear(struct collecting *c)
{
    idset_clear(&c->groups);
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool is_before(const struct search_ask *a, int64_t id)
{
    return a->after_id != 0 && (a->oldest ? id <= a->after_id : id >= a->after_id);
}

/* 1: of its group a message matches that stands on a page before. They are judged in the order of
 * the pages: what comes first is alike mostly the first, too. */
static int is_on_page_before(struct collecting *c, const struct alike_group *g)
{
    int r = 0;
    for (uint32_t i = 0; i < g->count && r == 0; i++) {
        int64_t id = g->ids[c->ask->oldest ? i : g->count - 1 - i];
        if (!is_before(c->ask, id))
            break;
        r = sight_has(c->judge->x, id) ? judge_alone(c->judge, id, c->d) : 0;
    }
    return r;
}

/* 1: another of its group was told; 0: it is the first, and is noted. */
static int is_told(struct collecting *c, int64_t id)
{
    struct desk_index *x = c->judge->x;
    const struct alike_group *g = c->ask->grouped ? alike_of(&x->alike, id) : NULL;
    if (g == NULL)
        return 0;
    if (idset_has(&c->groups, g->ids[0]))
        return 1;
    idset_add(&c->groups, g->ids[0]);
    return is_on_page_before(c, g);
}

static int collect(void *context, int64_t id)
{
    struct collecting *c = context;
    c->at = id;
    if (c->driver != NULL && !idset_has(c->driver, id))
        return ++c->looked_at > c->before_set && c->driver->count <= SET_SMALL ? TAKE_SET : 0;
    int r = judge_message(c->judge, id, c->d);
    if (r <= 0)
        return r;
    r = is_told(c, id);
    if (r != 0)
        return r < 0 ? r : 0;
    c->ids[c->count++] = id;
    return c->count == c->max ? ENOUGH : 0;
}

static int collect_rest(struct desk_index *x, struct walk *w, struct collecting *c)
{
    c->judge->by_set = true;
    if (w->oldest)
        w->first = c->at + 1;
    else
        w->last = c->at - 1;
    return walk_set(x, w, c->driver, collect, c);
}

const struct idset *search_driver(const struct desk_index *x, const struct judge *j)
{
    const struct idset *of = j->plan->exact ? NULL : judge_driver(j), *only = x->sight.only;
    return only != NULL && (of == NULL || only->count < of->count) ? only : of;
}

bool search_by_set(const struct desk_index *x)
{
    return x->sight.only != NULL && x->sight.only->count <= SET_SMALL;
}

int search_collect(struct desk_index *x, const struct search_ask *a, int64_t *ids,
                   size_t *ret_count, struct diag *d)
{
    CLEANUP(query_plan_clear) struct query_plan plan;
    CLEANUP(judge_clear) struct judge judge = {0};
    struct walk w;
    int r = search_plan(x, a->query, &plan, d);
    if (r == 0)
        r = judge_init(&judge, x, a->query, &plan, a->user, d);
    if (r < 0)
        return r;
    CLEANUP(collecting_clear)
    struct collecting c = {.ask = a, .judge = &judge, .ids = ids, .max = a->max, .d = d};
    c.driver = search_driver(x, &judge);
    walk_init(&w, x, buf_text(&plan.match), &plan, a->oldest, a->after_id);
    c.before_set = lesser(BEFORE_SET, x->shard_messages);
    judge.by_set = c.driver != NULL && c.driver->count <= lesser(SET_TINY, x->shard_messages);
    if (c.driver != NULL && (judge.by_set || w.match[0] == '\0'))
        r = walk_set(x, &w, c.driver, collect, &c);
    else
        r = walk_matches(x, &w, collect, &c, d);
    if (r == TAKE_SET)
        r = collect_rest(x, &w, &c);
    *ret_count = c.count;
    return r < 0 ? r : 0;
}

/* ---- as hits ---- */

struct telling {
    struct desk_index *x;
    const struct desk_search *s;
    double score;
    desk_hit_fn *fn;
    void *context;
};

static int tell(void *context, const struct desk_message *m)
{
    const struct telling *t = context;
    CLEANUP_BUF struct buf said = BUF_INIT(SAID_BYTES);
    const struct alike_group *g = alike_of(&t->x->alike, m->id);
    struct desk_hit hit = {.message = m, .score = t->score};
    hit.alike = g == NULL ? 0 : message_count_alike(t->x, g) - 1U;
    said_put(&said, &t->x->said_arena, m->body, m->body_len);
    made_words_put(t->x, m->id, (enum content_kind)t->x->columns.kind[m->id - 1], &said);
    snippet_make(t->x->text, t->s->query, buf_text(&said), said.len, &hit);
    return t->fn(t->context, &hit);
}

int search_tell(struct desk_index *x, const struct desk_search *s, int64_t id, double score,
                desk_hit_fn *fn, void *context, struct diag *d)
{
    struct telling t = {x, s, score, fn, context};
    return message_tell(x, id, s->user, tell, &t, d);
}

int desk_search(struct desk_index *x, const struct desk_search *s, desk_hit_fn *fn, void *context,
                bool *ret_more, struct diag *d)
{
    int64_t ids[DESK_HITS_MAX + 1];
    size_t count = 0;
    if (s->limit == 0 || s->limit > DESK_HITS_MAX)
        return diag_set(d, ERR_LIMIT, "between 1 and %u hits can be asked for", DESK_HITS_MAX);
    if (s->order == DESK_RELEVANT)
        return relevance_search(x, s, fn, context, ret_more, d);
    const struct search_ask a = {s->query,     s->user,   s->after_id, s->order == DESK_OLDEST,
                                 s->limit + 1, s->grouped};
    int r = search_collect(x, &a, ids, &count, d);
    *ret_more = count > s->limit;
    for (size_t i = 0; i < count && i < s->limit && r == 0; i++)
        r = search_tell(x, s, ids[i], 0, fn, context, d);
    return r;
}
