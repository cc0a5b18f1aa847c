#include "desk/sight.h"

#include "desk/bounded_internal.h"
#include "desk/privilege_internal.h"
#include "desk/validity_internal.h"

static const struct idset nothing;

static void look(struct desk_index *x, uint8_t mask, const struct idset *only)
{
    census_clear(&x->sight.own);
    x->sight = (struct sight){.mask = mask, .want = COLUMN_THERE, .only = only};
}

void desk_sight_common(struct desk_index *x)
{
    look(x, COLUMN_THERE | SIGHT_HIDDEN, NULL);
}

void desk_sight_whole(struct desk_index *x)
{
    look(x, COLUMN_THERE, NULL);
}

int desk_sight_of(struct desk_index *x, const struct desk_session *s, struct diag *d)
{
    look(x, COLUMN_THERE, &nothing);
    const struct idset *bound = NULL;
    int r = privilege_fresh(x, d);
    if (r == 0)
        r = bounded_of(x, s->user, &bound, d);
    if (r < 0)
        return r;
    if (s->role == DESK_DEFENCE || bound != NULL)
        look(x, COLUMN_THERE | SIGHT_HIDDEN, bound == NULL ? &nothing : bound);
    else if (s->role == DESK_FILTER)
        look(x, COLUMN_THERE | COLUMN_OUTSIDE, &x->privilege.hidden);
    else
        desk_sight_common(x);
    x->sight.bound = s->role == DESK_DEFENCE || bound != NULL;
    x->sight.plain = s->role == DESK_DEFENCE;
    return 0;
}

bool desk_sight_is_bound(const struct desk_index *x)
{
    return x->sight.bound;
}

bool desk_sight_is_common(const struct desk_index *x)
{
    return x->sight.mask == (COLUMN_THERE | SIGHT_HIDDEN) && x->sight.only == NULL;
}

void sight_arrived(struct desk_index *x, int64_t id)
{
    conversations_count(x, x->columns.conversation[id - 1]);
    privilege_arrived(x, id);
    validity_arrived(x, id);
    if (sight_has_common(x, id))
        census_count(&x->census, &x->columns, &x->names[NAME_RECIPIENTS], id);
}

void sight_forget(struct desk_index *x)
{
    desk_sight_common(x);
    bounded_forget(x);
    idset_clear(&x->sight_changes.senders);
    idset_clear(&x->sight_changes.conversations);
    x->sight_changes.any = false;
    x->sights++;
}
