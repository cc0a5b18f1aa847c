/* What comes under a mark after it was made, and the list of marks. */
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "desk/message_internal.h"
#include "desk/privilege_internal.h"

/* ---- following ---- */

/* `object` is under every mark in force of that kind under which `like` is, on the same side. */
static int join_marks(struct desk_index *x, enum desk_privileged kind, int64_t like, int64_t object,
                      struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT OR IGNORE INTO privilege_object (mark, side, object)"
                                   " SELECT mark, side, ?3 FROM privilege_object JOIN"
                                   " privilege_mark ON number = mark WHERE object = ?2 AND"
                                   " kind = ?1 AND state < ?4");
    sqlite3_bind_int(s, 1, (int)kind);
    sqlite3_bind_int64(s, 2, like);
    sqlite3_bind_int64(s, 3, object);
    sqlite3_bind_int(s, 4, DESK_PRIVILEGE_RELEASED);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write what is privileged") : 0;
}

int privilege_edited(struct desk_index *x, int64_t edit, int64_t of, struct diag *d)
{
    struct idset *marked = &x->privilege.cover.messages;
    if (idset_has(marked, edit) == idset_has(marked, of))
        return 0;
    int64_t like = idset_has(marked, of) ? of : edit, object = like == of ? edit : of;
    int r = join_marks(x, DESK_PRIVILEGED_MESSAGES, like, object, d);
    if (r < 0)
        return r;
    idset_add(marked, object);
    privilege_switch(x, object);
    sight_settle(x);
    return 0;
}

int privilege_named(struct desk_index *x, uint32_t account, const char *name, bool *any,
                    struct diag *d)
{
    const struct privilege_cover *c = &x->privilege.cover;
    int r = 0;
    if (name[0] == '\0' || (c->accounts.count == 0 && c->pair_count == 0))
        return 0;
    for (uint32_t i = 1; r == 0 && i <= x->people.count; i++) {
        const char *other = x->people.items[i - 1].name;
        bool marked = idset_has(&c->accounts, i) || idset_has(&c->paired, i);
        if (i == account || !marked || other == NULL || strcasecmp(other, name) != 0)
            continue;
        r = join_marks(x, DESK_PRIVILEGED_PERSON, i, account, d);
        if (r == 0)
            r = join_marks(x, DESK_PRIVILEGED_PAIR, i, account, d);
        *any = true;
    }
    return r;
}

/* ---- the list ---- */

static int count_hidden(struct desk_index *x, int64_t mark, uint64_t *ret, struct diag *d)
{
    CLEANUP(cover_clear) struct privilege_cover c = {.pairs = NULL};
    int r = cover_load(x, mark, &c, d);
    if (r < 0)
        return r;
    *ret = 0;
    for (int64_t id = idset_above(&x->privilege.hidden, 0); id != 0;
         id = idset_above(&x->privilege.hidden, id))
        *ret += sight_has(x, id) && cover_has(x, &c, id);
    return 0;
}

static void read_mark(sqlite3_stmt *s, struct desk_privilege *ret)
{
    *ret = (struct desk_privilege){
        .number = sqlite3_column_int64(s, 0),
        .kind = (enum desk_privileged)sqlite3_column_int(s, 1),
        .what = sql_text(s, 2),
        .user = sqlite3_column_int64(s, 3),
        .at_unix_ms = sqlite3_column_int64(s, 4),
        .reason = sql_text(s, 5),
        .state = (enum desk_privilege_state)sqlite3_column_int(s, 6),
        .decided_by = sqlite3_column_int64(s, 7),
        .decided_unix_ms = sqlite3_column_int64(s, 8),
        .decided_reason = sql_text(s, 9),
    };
}

int desk_privileges(struct desk_index *x, enum desk_privilege_state state, int64_t from,
                    unsigned limit, desk_privilege_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT number, kind, what, user, at, reason, state, decided_by, decided,"
                     " decided_reason FROM privilege_mark WHERE state = ?1 AND number >= ?2"
                     " ORDER BY number LIMIT ?3");
    struct desk_privilege p;
    int r = 0;
    sqlite3_bind_int(s, 1, (int)state);
    sqlite3_bind_int64(s, 2, from);
    sqlite3_bind_int64(s, 3, limit);
    while (r == 0 && sql_walk(&x->sql, s, &r, d)) {
        read_mark(s, &p);
        r = count_hidden(x, p.number, &p.messages, d);
        if (r == 0)
            r = fn(context, &p);
    }
    sqlite3_reset(s);
    return r;
}

int desk_privilege_messages(struct desk_index *x, int64_t number, int64_t before, unsigned limit,
                            int64_t user, desk_message_fn *fn, void *context, struct diag *d)
{
    CLEANUP(cover_clear) struct privilege_cover c = {.pairs = NULL};
    int64_t id = before == 0 ? index_last_id(x) + 1 : before;
    int r = cover_load(x, number, &c, d);
    while (r == 0 && limit > 0 && (id = idset_below(&x->privilege.hidden, id)) != 0) {
        if (!sight_has(x, id) || !cover_has(x, &c, id))
            continue;
        r = message_tell(x, id, user, fn, context, d);
        limit--;
    }
    return r;
}
