/* How the warrants stand, as the vault has it. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "desk/validity_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS validity (warrant TEXT PRIMARY KEY, hash BLOB NOT NULL,"
    " first INTEGER NOT NULL, last INTEGER NOT NULL, named INTEGER NOT NULL,"
    " revoked INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS validity_by (number INTEGER PRIMARY KEY, policy INTEGER NOT NULL,"
    " replay INTEGER NOT NULL, clock INTEGER NOT NULL);";

int validity_make(struct desk_index *x, struct diag *d)
{
    int r = sql_execute(&x->sql, schema, d);
    return r < 0 ? r : validity_received_make(x, d);
}

/* ---- writing ---- */

static int write_warrant(struct desk_index *x, const struct validity *s, struct diag *d)
{
    sqlite3_stmt *q =
        sql(&x->sql, "INSERT OR REPLACE INTO validity VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    sql_bind_text(q, 1, s->warrant);
    sql_bind_bytes(q, 2, s->hash, HASH_BYTES);
    sqlite3_bind_int64(q, 3, s->from_day);
    sqlite3_bind_int64(q, 4, s->until_day);
    sqlite3_bind_int(q, 5, s->named);
    sqlite3_bind_int(q, 6, s->revoked);
    return sql_run(q) < 0 ? sql_failed(&x->sql, d, "cannot write how a warrant stands") : 0;
}

/* Of warrants that are not told of any more the days stay known. */
static int write_warrants(struct desk_index *x, const struct validities *s, struct diag *d)
{
    int r = sql_execute(&x->sql, "UPDATE validity SET named = 0", d);
    for (size_t i = 0; r == 0 && i < s->count; i++)
        r = write_warrant(x, &s->items[i], d);
    return r;
}

static int write_by(struct desk_index *x, const struct desk_told *t, struct diag *d)
{
    const struct validity_state *now = &x->validity;
    bool later = t->clock_unix_ms > now->clock_unix_ms;
    bool newer = t->validities.policy > now->policy;
    sqlite3_stmt *q = sql(&x->sql, "INSERT OR REPLACE INTO validity_by VALUES (1, ?1, ?2, ?3)");
    sqlite3_bind_int64(q, 1, newer ? t->validities.policy : now->policy);
    sqlite3_bind_int(q, 2, t->replay);
    sqlite3_bind_int64(q, 3, later ? t->clock_unix_ms : now->clock_unix_ms);
    return sql_run(q) < 0 ? sql_failed(&x->sql, d, "cannot write how the warrants stand") : 0;
}

struct writing {
    struct desk_index *x;
    const struct desk_told *told;
};

static int write_all(void *context, struct diag *d)
{
    const struct writing *w = context;
    const struct validities *s = &w->told->validities;
    int r = s->policy < w->x->validity.policy ? 0 : write_warrants(w->x, s, d);
    return r < 0 ? r : write_by(w->x, w->told, d);
}

int validity_write(struct desk_index *x, const struct desk_told *told, struct diag *d)
{
    struct writing w = {x, told};
    return sql_transaction(&x->sql, write_all, &w, d);
}

/* ---- reading ---- */

static int read_by(struct desk_index *x, struct diag *d)
{
    struct validity_state *now = &x->validity;
    CLEANUP_QUERY sqlite3_stmt *q = sql(&x->sql, "SELECT policy, replay, clock FROM validity_by");
    int r = sql_row(q);
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : sql_failed(&x->sql, d, "cannot read how warrants stand");
    now->told = true;
    now->policy = (uint32_t)sqlite3_column_int64(q, 0);
    now->replay = sqlite3_column_int(q, 1) != 0;
    now->clock_unix_ms = sqlite3_column_int64(q, 2);
    return 0;
}

static int read_warrant(struct desk_index *x, sqlite3_stmt *q, struct diag *d)
{
    struct validity s = {.from_day = sqlite3_column_int64(q, 2),
                         .until_day = sqlite3_column_int64(q, 3),
                         .named = sqlite3_column_int(q, 4) != 0,
                         .revoked = sqlite3_column_int(q, 5) != 0};
    snprintf(s.warrant, sizeof s.warrant, "%s", sql_text(q, 0));
    if (sql_copy(q, 1, s.hash, HASH_BYTES) < 0)
        return diag_set(d, ERR_AUTH, "%s: how warrant %s stands is not as it was written",
                        x->sql.name, s.warrant);
    struct validity_state *now = &x->validity;
    now->items = mem_resize(now->items, now->count + 1, sizeof *now->items);
    now->items[now->count++] = s;
    return 0;
}

int validity_read(struct desk_index *x, struct diag *d)
{
    validity_clear(x);
    int r = read_by(x, d);
    sqlite3_stmt *q = sql(&x->sql, "SELECT warrant, hash, first, last, named, revoked"
                                   " FROM validity ORDER BY warrant");
    while (sql_walk(&x->sql, q, &r, d))
        r = read_warrant(x, q, d);
    sqlite3_reset(q);
    return r;
}

void validity_clear(struct desk_index *x)
{
    struct validity_state *now = &x->validity;
    free(now->items);
    now->items = NULL;
    now->count = 0;
    now->told = now->replay = false;
    now->policy = 0;
    now->clock_unix_ms = 0;
}
