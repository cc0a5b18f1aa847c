/* What is in sight and what of it is counted: see sight.h. */
#include <string.h>

#include "desk/index_internal.h"

/* ---- what is counted ---- */

uint64_t sight_count(const struct desk_index *x, const struct idset *set)
{
    uint64_t in_sight = 0;
    for (int64_t id = idset_above(set, 0); id != 0; id = idset_above(set, id))
        in_sight += sight_has(x, id);
    return in_sight;
}

bool sight_has_common(const struct desk_index *x, int64_t id)
{
    return (x->columns.flags[id - 1] & (COLUMN_THERE | SIGHT_HIDDEN)) == COLUMN_THERE;
}

static void count(struct desk_index *x, struct census *c, int64_t id)
{
    census_count(c, &x->columns, &x->names[NAME_RECIPIENTS], id);
}

const struct census *sight_census(struct desk_index *x)
{
    struct sight *s = &x->sight;
    if (s->only == NULL)
        return &x->census;
    for (int64_t id = 0; !s->has_own && (id = idset_above(s->only, id)) != 0;)
        if (sight_has(x, id))
            count(x, &s->own, id);
    s->has_own = true;
    return &s->own;
}

int sight_account(struct desk_index *x, const char *account, uint32_t *ret, struct diag *d)
{
    uint32_t number = names_find(&x->names[NAME_ACCOUNT], account, strlen(account));
    if (!census_has_person(sight_census(x), number))
        return diag_set(d, ERR_NOT_FOUND, "there is no account %s", account);
    *ret = number;
    return 0;
}

int sight_check_message(struct desk_index *x, int64_t message, struct diag *d)
{
    if (!sight_has(x, message))
        return diag_set(d, ERR_NOT_FOUND, "there is no message %lld", (long long)message);
    return 0;
}

/* ---- what comes and goes ---- */

void sight_switch(struct desk_index *x, int64_t id, enum column_flag flag, bool on)
{
    uint8_t *flags = &x->columns.flags[id - 1];
    bool before = sight_has_common(x, id);
    *flags = (uint8_t)(on ? *flags | flag : *flags & ~flag);
    if (sight_has_common(x, id) == before)
        return;
    if (before)
        census_uncount(&x->census, &x->columns, &x->names[NAME_RECIPIENTS], id);
    else
        count(x, &x->census, id);
    idset_add(&x->sight_changes.senders, x->columns.sender[id - 1]);
    idset_add(&x->sight_changes.conversations, x->columns.conversation[id - 1]);
    x->sight_changes.any = true;
}

static bool counts(void *context, int64_t id)
{
    return sight_has_common(context, id);
}

void sight_settle(struct desk_index *x)
{
    struct sight_changes *c = &x->sight_changes;
    if (!c->any)
        return;
    census_refit(&x->census, &x->columns, &c->senders, &c->conversations, counts, x);
    idset_clear(&c->senders);
    idset_clear(&c->conversations);
    c->any = false;
    x->sights++;
    census_clear(&x->sight.own);
    x->sight.has_own = false;
}
