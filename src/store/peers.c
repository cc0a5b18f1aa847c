/* The part of the store that holds contacts and groups. */
#include <string.h>

#include "base/memory.h"
#include "store/content.h"
#include "store/internal.h"

static void read_peer(sqlite3_stmt *q, struct store_peer *ret)
{
    snprintf(ret->account, sizeof ret->account, "%s", sql_text(q, 0));
    ret->state = (enum peer_state)sqlite3_column_int(q, 1);
    snprintf(ret->expect, sizeof ret->expect, "%s", sql_text(q, 2));
    ret->since_unix_ms = sqlite3_column_int64(q, 3);
}

int store_peer(struct store *s, const char *account, struct store_peer *ret)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT account, state, expect, since FROM peer WHERE account = ?");
    sql_bind_text(q, 1, account);
    int r = sql_row(q);
    *ret = (struct store_peer){.state = PEER_STRANGER};
    snprintf(ret->account, sizeof ret->account, "%s", account);
    if (r == 0)
        read_peer(q, ret);
    sqlite3_reset(q);
    return r == ERR_NOT_FOUND ? 0 : r;
}

int store_put_peer(struct store *s, const struct store_peer *p)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR REPLACE INTO peer VALUES (?, ?, ?, ?)");
    sql_bind_text(q, 1, p->account);
    sqlite3_bind_int(q, 2, (int)p->state);
    sql_bind_text(q, 3, p->expect);
    sqlite3_bind_int64(q, 4, p->since_unix_ms);
    return sql_run(q);
}

int store_drop_peer(struct store *s, const char *account)
{
    sqlite3_stmt *q = sql(&s->sql, "DELETE FROM peer WHERE account = ?");
    sql_bind_text(q, 1, account);
    return sql_run(q);
}

int store_peers(struct store *s, store_peer_fn *fn, void *context)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT account, state, expect, since FROM peer ORDER BY account");
    int r = 0;
    while (sql_next(q, &r)) {
        struct store_peer p;
        read_peer(q, &p);
        r = fn(context, &p);
    }
    return r;
}

int store_requests(struct store *s, store_request_fn *fn, void *context)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT content.sender, count(*), min(at) FROM content JOIN message"
                     " USING (number) WHERE held = 1 GROUP BY content.sender ORDER BY 1");
    int r = 0;
    while (sql_next(q, &r))
        r = fn(context, sql_text(q, 0), (unsigned)sqlite3_column_int(q, 1),
               sqlite3_column_int64(q, 2));
    return r;
}

int store_put_group(struct store *s, const char *id, uint32_t serial,
                    const uint8_t hash[static HASH_BYTES], const char *note)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR IGNORE INTO club VALUES (?, ?, ?, ?)");
    sql_bind_text(q, 1, id);
    sqlite3_bind_int64(q, 2, serial);
    sql_bind_bytes(q, 3, hash, HASH_BYTES);
    sql_bind_text(q, 4, note);
    return sql_run(q);
}

char *store_group(struct store *s, const char *id)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT note FROM club WHERE id = ?"
                                   " ORDER BY serial DESC, hash ASC LIMIT 1");
    sql_bind_text(q, 1, id);
    if (sql_row(q) < 0)
        return NULL;
    char *note = mem_string(sql_text(q, 0));
    sqlite3_reset(q);
    return note;
}

bool store_has_group(struct store *s, const char *id, const uint8_t hash[static HASH_BYTES])
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT 1 FROM club WHERE id = ? AND hash = ?");
    sql_bind_text(q, 1, id);
    sql_bind_bytes(q, 2, hash, HASH_BYTES);
    bool found = sql_row(q) == 0;
    sqlite3_reset(q);
    return found;
}

static int walk_notes(sqlite3_stmt *q, store_group_fn *fn, void *context)
{
    int r = 0;
    while (sql_next(q, &r))
        r = fn(context, sql_text(q, 0));
    return r;
}

int store_groups(struct store *s, const char *id, store_group_fn *fn, void *context)
{
    sqlite3_stmt *q;
    if (id == NULL)
        return walk_notes(sql(&s->sql,
                              "SELECT note FROM club AS c WHERE NOT EXISTS (SELECT 1 FROM club AS b"
                              " WHERE b.id = c.id AND (b.serial > c.serial OR"
                              " (b.serial = c.serial AND b.hash < c.hash))) ORDER BY id"),
                          fn, context);
    q = sql(&s->sql, "SELECT note FROM club WHERE id = ? ORDER BY serial, hash");
    sql_bind_text(q, 1, id);
    return walk_notes(q, fn, context);
}
