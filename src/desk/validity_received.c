/* How the warrants of others stand, by the newest policy of their network that came with a package.
 * What the own reader tells of a warrant counts before that. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/validity_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS validity_received (warrant TEXT PRIMARY KEY, hash BLOB NOT NULL,"
    " policy INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " named INTEGER NOT NULL, revoked INTEGER NOT NULL) WITHOUT ROWID;";

int validity_received_make(struct desk_index *x, struct diag *d)
{
    return sql_execute(&x->sql, schema, d);
}

const struct validity *validity_received_find(const struct desk_index *x, const char *warrant)
{
    for (size_t i = 0; i < x->validity.received_count; i++)
        if (strcmp(x->validity.received[i].name, warrant) == 0)
            return &x->validity.received[i].validity;
    return NULL;
}

void validity_received_take(struct desk_index *x, const char *name, const struct validity *s,
                            uint32_t policy)
{
    struct validity_state *now = &x->validity;
    size_t i = 0;
    while (i < now->received_count && strcmp(now->received[i].name, name) != 0)
        i++;
    if (i == now->received_count) {
        now->received = mem_resize(now->received, i + 1, sizeof *now->received);
        now->received[now->received_count++] = (struct validity_received){.name = mem_string(name)};
    }
    struct validity_received *to = &now->received[i];
    if (policy < to->policy)
        return;
    to->policy = policy;
    to->validity = *s;
}

static int write_one(struct desk_index *x, const struct validity_received *w, struct diag *d)
{
    sqlite3_stmt *q = sql(
        &x->sql, "INSERT OR REPLACE INTO validity_received VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    sql_bind_text(q, 1, w->name);
    sql_bind_bytes(q, 2, w->validity.hash, HASH_BYTES);
    sqlite3_bind_int64(q, 3, w->policy);
    sqlite3_bind_int64(q, 4, w->validity.from_day);
    sqlite3_bind_int64(q, 5, w->validity.until_day);
    sqlite3_bind_int(q, 6, w->validity.named);
    sqlite3_bind_int(q, 7, w->validity.revoked);
    return sql_run(q) < 0 ? sql_failed(&x->sql, d, "cannot write how a warrant stands") : 0;
}

int validity_received_write(struct desk_index *x, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < x->validity.received_count; i++)
        r = write_one(x, &x->validity.received[i], d);
    return r;
}

int validity_received_read(struct desk_index *x, struct diag *d)
{
    sqlite3_stmt *q = sql(&x->sql, "SELECT warrant, hash, policy, first, last, named, revoked"
                                   " FROM validity_received ORDER BY warrant");
    int r = 0;
    validity_received_forget(x);
    while (sql_walk(&x->sql, q, &r, d)) {
        struct validity s = {.from_day = sqlite3_column_int64(q, 3),
                             .until_day = sqlite3_column_int64(q, 4),
                             .named = sqlite3_column_int(q, 5) != 0,
                             .revoked = sqlite3_column_int(q, 6) != 0};
        if (sql_copy(q, 1, s.hash, HASH_BYTES) < 0)
            r = diag_set(d, ERR_AUTH, "%s: how warrant %s stands is not as it was written",
                         x->sql.name, sql_text(q, 0));
        else
            validity_received_take(x, sql_text(q, 0), &s, (uint32_t)sqlite3_column_int64(q, 2));
    }
    sqlite3_reset(q);
    return r;
}

void validity_received_forget(struct desk_index *x)
{
    for (size_t i = 0; i < x->validity.received_count; i++)
        free(x->validity.received[i].name);
    free(x->validity.received);
    x->validity.received = NULL;
    x->validity.received_count = 0;
}
