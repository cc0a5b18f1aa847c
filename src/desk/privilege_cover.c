/* Which messages marks cover, from the arrays. */
#include <stdlib.h>

#include "base/memory.h"
#include "desk/privilege_internal.h"

/* ---- what is read of the marks ---- */

static struct idset *objects_of(struct privilege_cover *c, int kind)
{
    switch ((enum desk_privileged)kind) {
    case DESK_PRIVILEGED_MESSAGES:
        return &c->messages;
    case DESK_PRIVILEGED_CONVERSATION:
        return &c->conversations;
    case DESK_PRIVILEGED_PERSON:
        return &c->accounts;
    case DESK_PRIVILEGED_PAIR:
    case DESK_PRIVILEGED_KINDS:
        break;
    }
    return NULL;
}

static int load_objects(struct desk_index *x, int64_t mark, struct privilege_cover *ret,
                        struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT kind, object FROM privilege_object JOIN privilege_mark"
                                   " ON number = mark WHERE (?1 = 0 AND state < ?2) OR mark = ?1");
    int r = 0;
    sqlite3_bind_int64(s, 1, mark);
    sqlite3_bind_int(s, 2, DESK_PRIVILEGE_RELEASED);
    while (sql_walk(&x->sql, s, &r, d)) {
        struct idset *objects = objects_of(ret, sqlite3_column_int(s, 0));
        if (objects != NULL)
            idset_add(objects, sqlite3_column_int64(s, 1));
    }
    return r;
}

static void add_pair(struct privilege_cover *c, int64_t one, int64_t other)
{
    c->pairs = mem_resize(c->pairs, c->pair_count + 1, sizeof *c->pairs);
    c->pairs[c->pair_count++] = (struct privilege_pair){(uint32_t)one, (uint32_t)other};
    idset_add(&c->paired, one);
    idset_add(&c->paired, other);
}

static int load_pairs(struct desk_index *x, int64_t mark, struct privilege_cover *ret,
                      struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT a.object, b.object FROM privilege_object a JOIN privilege_object b"
                     " ON a.mark = b.mark AND a.side = 0 AND b.side = 1 JOIN privilege_mark"
                     " ON number = a.mark WHERE kind = ?3 AND"
                     " ((?1 = 0 AND state < ?2) OR a.mark = ?1)");
    int r = 0;
    sqlite3_bind_int64(s, 1, mark);
    sqlite3_bind_int(s, 2, DESK_PRIVILEGE_RELEASED);
    sqlite3_bind_int(s, 3, DESK_PRIVILEGED_PAIR);
    while (sql_walk(&x->sql, s, &r, d))
        add_pair(ret, sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1));
    return r;
}

static int load_released(struct desk_index *x, struct privilege_cover *ret, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT message FROM privilege_released");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d))
        idset_add(&ret->released, sqlite3_column_int64(s, 0));
    return r;
}

int cover_load(struct desk_index *x, int64_t mark, struct privilege_cover *ret, struct diag *d)
{
    struct privilege_cover c = {.pairs = NULL};
    int r = load_objects(x, mark, &c, d);
    if (r == 0)
        r = load_pairs(x, mark, &c, d);
    if (r == 0)
        r = load_released(x, &c, d);
    if (r < 0)
        cover_clear(&c);
    else
        *ret = c;
    return r;
}

void cover_clear(struct privilege_cover *c)
{
    idset_clear(&c->messages);
    idset_clear(&c->conversations);
    idset_clear(&c->accounts);
    idset_clear(&c->paired);
    idset_clear(&c->released);
    idset_clear(&c->sets_known);
    idset_clear(&c->sets_with);
    free(c->pairs);
    *c = (struct privilege_cover){.pairs = NULL};
}

/* ---- is it under them? ---- */

static bool set_has(const struct desk_index *x, uint32_t recipients, uint32_t account)
{
    const uint32_t *to;
    size_t count = row_set(&x->names[NAME_RECIPIENTS], recipients, &to);
    for (size_t i = 0; i < count; i++)
        if (to[i] == account)
            return true;
    return false;
}

static bool set_has_any(const struct desk_index *x, uint32_t recipients,
                        const struct idset *accounts)
{
    const uint32_t *to;
    size_t count = row_set(&x->names[NAME_RECIPIENTS], recipients, &to);
    for (size_t i = 0; i < count; i++)
        if (idset_has(accounts, to[i]))
            return true;
    return false;
}

/* Of a set of recipients it is found out once: there are far fewer of them than messages. */
static bool goes_to_any(const struct desk_index *x, struct privilege_cover *c, uint32_t recipients)
{
    if (c->accounts.count == 0)
        return false;
    if (!idset_has(&c->sets_known, recipients)) {
        idset_add(&c->sets_known, recipients);
        if (set_has_any(x, recipients, &c->accounts))
            idset_add(&c->sets_with, recipients);
    }
    return idset_has(&c->sets_with, recipients);
}

static bool is_between(const struct desk_index *x, const struct privilege_cover *c, int64_t id)
{
    uint32_t sender = x->columns.sender[id - 1], to = x->columns.recipients[id - 1];
    if (!idset_has(&c->paired, sender))
        return false;
    for (size_t i = 0; i < c->pair_count; i++) {
        const struct privilege_pair *p = &c->pairs[i];
        if ((p->one == sender && set_has(x, to, p->other)) ||
            (p->other == sender && set_has(x, to, p->one)))
            return true;
    }
    return false;
}

bool cover_has(const struct desk_index *x, struct privilege_cover *c, int64_t id)
{
    const struct columns *k = &x->columns;
    if (idset_has(&c->released, id))
        return false;
    return idset_has(&c->messages, id) || idset_has(&c->conversations, k->conversation[id - 1]) ||
           idset_has(&c->accounts, k->sender[id - 1]) || goes_to_any(x, c, k->recipients[id - 1]) ||
           is_between(x, c, id);
}

/* ---- flags ---- */

static bool is_privileged(const struct desk_index *x, int64_t id)
{
    return (x->columns.flags[id - 1] & COLUMN_PRIVILEGED) != 0;
}

void privilege_arrived(struct desk_index *x, int64_t id)
{
    if (!cover_has(x, &x->privilege.cover, id))
        return;
    x->columns.flags[id - 1] |= COLUMN_PRIVILEGED;
    idset_add(&x->privilege.hidden, id);
}

void privilege_switch(struct desk_index *x, int64_t id)
{
    bool on = cover_has(x, &x->privilege.cover, id);
    if (is_privileged(x, id) == on)
        return;
    sight_switch(x, id, COLUMN_PRIVILEGED, on);
    if (on)
        idset_add(&x->privilege.hidden, id);
    else
        idset_remove(&x->privilege.hidden, id);
}

int privilege_cover_all(struct desk_index *x, uint64_t *ret_hidden, struct diag *d)
{
    struct privilege_cover c = {.pairs = NULL};
    uint64_t hidden = 0;
    int r = cover_load(x, 0, &c, d);
    if (r < 0)
        return r;
    cover_clear(&x->privilege.cover);
    x->privilege.cover = c;
    for (int64_t id = 1; id <= index_last_id(x); id++) {
        if ((x->columns.flags[id - 1] & COLUMN_THERE) == 0)
            continue;
        bool seen = sight_has(x, id);
        privilege_switch(x, id);
        hidden += seen && !sight_has(x, id);
    }
    sight_settle(x);
    x->privilege.stale = false;
    if (ret_hidden != NULL)
        *ret_hidden = hidden;
    return 0;
}
