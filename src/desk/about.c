/* Messages about earlier ones: edits, retractions, reactions, answers. The earlier one is known by
 * its sender and the id that this gave it; it may come later, of another bot's journal.
 */
#include <string.h>

#include "desk/privilege_internal.h"

static bool is_named(struct desk_index *x, int64_t id, const char *name)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT name FROM said WHERE id = ?1");
    sqlite3_bind_int64(s, 1, id);
    return sql_row(s) == 0 && strcmp(sql_text(s, 0), name) == 0;
}

/* Along the chain of what the account sent, the newest first. 0: it is not there (yet). */
static int64_t find_target(struct desk_index *x, const char *from, const char *name)
{
    uint32_t key = intake_key(from, name);
    uint32_t id =
        columns_last_of(&x->columns, names_find(&x->names[NAME_ACCOUNT], from, strlen(from)));
    while (id != 0 && (x->columns.key[id - 1] != key || !is_named(x, id, name)))
        id = x->columns.before[id - 1];
    return id;
}

static int note(struct desk_index *x, enum content_kind kind, int64_t message, int64_t target,
                struct diag *d)
{
    if (kind == CONTENT_RETRACT)
        sets_change(x, SET_RETRACTED, NULL, 0, target, true);
    if (kind != CONTENT_EDIT)
        return 0;
    sets_change(x, SET_EDITED, NULL, 0, target, true);
    return privilege_edited(x, message, target, d);
}

static int write_about(struct desk_index *x, const struct intake_row *i, struct diag *d)
{
    int64_t target = find_target(x, i->about_from, i->about_id);
    if (target != 0 && !content_fits(i->row.kind, x->columns.kind[target - 1]))
        target = 0;
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO about VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    sqlite3_bind_int64(s, 1, i->row.id);
    sqlite3_bind_int(s, 2, (int)i->row.kind);
    sqlite3_bind_int64(s, 3, intake_key(i->about_from, i->about_id));
    sql_bind_text(s, 4, i->about_from);
    sql_bind_text(s, 5, i->about_id);
    sqlite3_bind_int64(s, 6, target);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write what a message is about");
    return target == 0 ? 0 : note(x, i->row.kind, i->row.id, target, d);
}

struct waiting {
    int64_t message;
    enum content_kind kind;
};

static int set_target(struct desk_index *x, const struct waiting *w, int64_t target, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "UPDATE about SET target = ?2 WHERE message = ?1");
    sqlite3_bind_int64(s, 1, w->message);
    sqlite3_bind_int64(s, 2, target);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write what a message is about");
    return note(x, w->kind, w->message, target, d);
}

/* Did earlier ones wait for this? */
static int take_waiting(struct desk_index *x, const struct intake_row *i, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT message, kind FROM about WHERE target = 0 AND key = ?1"
                                   " AND sender = ?2 AND name = ?3");
    struct waiting found[16];
    size_t count = 0;
    int r = 0;
    sqlite3_bind_int64(s, 1, i->key);
    sql_bind_text(s, 2, names_text(&x->names[NAME_ACCOUNT], i->row.sender));
    sql_bind_text(s, 3, i->row.name);
    while (count < sizeof found / sizeof found[0] && sql_walk(&x->sql, s, &r, d)) {
        enum content_kind kind = (enum content_kind)sqlite3_column_int(s, 1);
        if (kind >= CONTENT_KINDS || !content_fits(kind, i->row.kind))
            continue;
        found[count++] = (struct waiting){sqlite3_column_int64(s, 0), kind};
    }
    sqlite3_reset(s);
    for (size_t k = 0; k < count && r == 0; k++)
        r = set_target(x, &found[k], i->row.id, d);
    return r;
}

static int any_waiting(struct desk_index *x, bool *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT EXISTS (SELECT 1 FROM about WHERE target = 0)");
    if (sql_row(s) < 0)
        return sql_failed(&x->sql, d, "cannot read what messages are about");
    *ret = sqlite3_column_int(s, 0) != 0;
    return 0;
}

int about_write(struct desk_index *x, struct diag *d)
{
    const struct pending *p = &x->pending;
    bool waiting = false;
    int r = any_waiting(x, &waiting, d);
    for (size_t i = 0; waiting && i < p->row_count && r == 0; i++)
        r = take_waiting(x, p->rows[i], d);
    for (size_t i = 0; i < p->row_count && r == 0; i++)
        if (p->rows[i]->about_id != NULL)
            r = write_about(x, p->rows[i], d);
    return r;
}

int desk_about(struct desk_index *x, int64_t message, int64_t *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT target FROM about WHERE message = ?1");
    sqlite3_bind_int64(s, 1, message);
    int r = sql_row(s);
    if (r < 0 && r != ERR_NOT_FOUND)
        return sql_failed(&x->sql, d, "cannot read what a message is about");
    *ret = r == 0 ? sqlite3_column_int64(s, 0) : 0;
    *ret = sight_has(x, *ret) ? *ret : 0;
    return 0;
}
