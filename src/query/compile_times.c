#include "query/compile_internal.h"

static bool has_times(const struct query_node *n)
{
    return n->kind == QUERY_TERM && (n->term == QUERY_BEFORE || n->term == QUERY_AFTER ||
                                     n->term == QUERY_ON || n->term == QUERY_AT);
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* All but them; true when that is one stretch of time. */
static bool other_times(const struct query_times *t, struct query_times *ret)
{
    *ret = (struct query_times){INT64_MIN, INT64_MAX};
    if (t->from == INT64_MIN)
        ret->from = t->to;
    else if (t->to == INT64_MAX)
        ret->to = t->from;
    return t->from == INT64_MIN || t->to == INT64_MAX;
}

static void join_times(enum query_kind kind, struct query_times *a, const struct query_times *b)
{
    bool both = kind == QUERY_AND;
    a->from = both ? greater(a->from, b->from) : lesser(a->from, b->from);
    a->to = both ? lesser(a->to, b->to) : greater(a->to, b->to);
}

struct query_times query_times_of(const struct query_node *n)
{
    struct query_times t = {INT64_MIN, INT64_MAX};
    if (has_times(n))
        return (struct query_times){n->from_unix_ms, n->to_unix_ms};
    if (n->kind == QUERY_NOT && has_times(n->children[0])) {
        struct query_times denied = query_times_of(n->children[0]);
        other_times(&denied, &t);
        return t;
    }
    if (n->kind != QUERY_AND && n->kind != QUERY_OR)
        return t;
    t = query_times_of(n->children[0]);
    for (size_t i = 1; i < n->child_count; i++) {
        struct query_times next = query_times_of(n->children[i]);
        join_times(n->kind, &t, &next);
    }
    return t;
}

bool query_is_stretch(const struct query_node *n)
{
    struct query_times t, others;
    if (has_times(n))
        return true;
    if (n->kind != QUERY_NOT || !has_times(n->children[0]))
        return false;
    t = query_times_of(n->children[0]);
    return other_times(&t, &others);
}
