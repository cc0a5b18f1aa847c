/* What bound users see: the messages of their sets, kept and carried on as messages arrive. */
#include "desk/bounded_internal.h"

int desk_bound_of(struct desk_index *x, int64_t user, struct desk_bound *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT count(*), coalesce(sum(state = ?2), 0) FROM bounded_user JOIN"
                     " bounded_set USING (number) WHERE bounded_user.user = ?1");
    sqlite3_bind_int64(s, 1, user);
    sqlite3_bind_int(s, 2, DESK_BOUNDED_APPROVED);
    if (sql_row(s) < 0)
        return sql_failed(&x->sql, d, "cannot read who is bound to a set");
    *ret = (struct desk_bound){(uint64_t)sqlite3_column_int64(s, 0),
                               (uint64_t)sqlite3_column_int64(s, 1)};
    return 0;
}

static void view_clear(struct bounded_view *v)
{
    idset_clear(&v->conversations);
    idset_clear(&v->messages);
    *v = (struct bounded_view){.user = 0};
}

void bounded_forget(struct desk_index *x)
{
    for (size_t i = 0; i < BOUNDED_VIEWS_MAX; i++)
        view_clear(&x->bounded.views[i]);
    x->bounded.stale = false;
}

void bounded_changed(struct desk_index *x)
{
    x->bounded.stale = true;
}

static int read_conversations(struct desk_index *x, int64_t user, struct idset *ret, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT conversation FROM bounded_user JOIN bounded_set USING (number) JOIN"
                     " bounded_conversation USING (number) WHERE bounded_user.user = ?1"
                     " AND state = ?2");
    int r = 0;
    sqlite3_bind_int64(s, 1, user);
    sqlite3_bind_int(s, 2, DESK_BOUNDED_APPROVED);
    while (sql_walk(&x->sql, s, &r, d))
        idset_add(ret, sqlite3_column_int64(s, 0));
    return r;
}

/* The user's, or the one that was not asked for the longest, made anew. */
static int find_view(struct desk_index *x, int64_t user, struct bounded_view **ret, struct diag *d)
{
    struct bounded_view *v = &x->bounded.views[0];
    for (size_t i = 0; i < BOUNDED_VIEWS_MAX; i++) {
        struct bounded_view *other = &x->bounded.views[i];
        if (other->user == user) {
            *ret = other;
            return 0;
        }
        v = other->used < v->used ? other : v;
    }
    struct idset conversations = {0};
    int r = read_conversations(x, user, &conversations, d);
    if (r < 0) {
        idset_clear(&conversations);
        return r;
    }
    view_clear(v);
    v->user = user;
    v->conversations = conversations;
    *ret = v;
    return 0;
}

int bounded_of(struct desk_index *x, int64_t user, const struct idset **ret, struct diag *d)
{
    struct desk_bound bound;
    struct bounded_view *v;
    *ret = NULL;
    if (x->bounded.stale)
        bounded_forget(x);
    int r = desk_bound_of(x, user, &bound, d);
    if (r < 0 || bound.sets == 0)
        return r;
    r = find_view(x, user, &v, d);
    if (r < 0)
        return r;
    while (v->conversations.count > 0 && v->until < index_last_id(x))
        if (idset_has(&v->conversations, x->columns.conversation[v->until++]))
            idset_add(&v->messages, v->until);
    v->used = ++x->bounded.uses;
    *ret = &v->messages;
    return 0;
}
