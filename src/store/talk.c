/* The part of the store that holds conversations and what was received. */
#include <string.h>

#include "store/internal.h"

int store_seen(struct store *s, const uint8_t digest[static HASH_BYTES], enum store_seen *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT how FROM seen WHERE digest = ?");
    sql_bind_bytes(q, 1, digest, HASH_BYTES);
    int r = sql_row(q);
    if (r == 0)
        *ret = (enum store_seen)sqlite3_column_int(q, 0);
    if (r == ERR_NOT_FOUND) {
        *ret = STORE_NOT_SEEN;
        r = 0;
    }
    sqlite3_reset(q);
    return r;
}

int store_put_seen(struct store *s, const uint8_t digest[static HASH_BYTES], enum store_seen how)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR REPLACE INTO seen VALUES (?, ?)");
    sql_bind_bytes(q, 1, digest, HASH_BYTES);
    sqlite3_bind_int(q, 2, (int)how);
    return sql_run(q);
}

int store_put_message(struct store *s, const struct store_message *m)
{
    sqlite3_stmt *q =
        sql(&s->sql, "INSERT INTO message (incoming, id, sender, recipients, at, body, archived,"
                     " warrants, verdict_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int(q, 1, m->incoming);
    sql_bind_text(q, 2, m->id);
    sql_bind_text(q, 3, m->from);
    sql_bind_text(q, 4, m->to);
    sqlite3_bind_int64(q, 5, m->at_unix_ms);
    sql_bind_bytes(q, 6, m->body, m->body_len);
    sqlite3_bind_int(q, 7, m->archived);
    sql_bind_text(q, 8, m->warrants);
    sqlite3_bind_int64(q, 9, m->verdict_unix_ms);
    return sql_run(q);
}

int store_messages(struct store *s, int64_t after, store_message_fn *fn, void *context)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT number, incoming, id, sender, recipients, at, body, archived,"
                     " warrants, verdict_at FROM message WHERE number > ? ORDER BY number");
    int r = 0;
    sqlite3_bind_int64(q, 1, after);
    while (sql_next(q, &r)) {
        struct store_message m = {.number = sqlite3_column_int64(q, 0),
                                  .incoming = sqlite3_column_int(q, 1) != 0,
                                  .id = sql_text(q, 2),
                                  .from = sql_text(q, 3),
                                  .to = sql_text(q, 4),
                                  .at_unix_ms = sqlite3_column_int64(q, 5),
                                  .body = sqlite3_column_blob(q, 6),
                                  .body_len = (size_t)sqlite3_column_bytes(q, 6),
                                  .archived = sqlite3_column_int(q, 7) != 0,
                                  .warrants = sql_text(q, 8),
                                  .verdict_unix_ms = sqlite3_column_int64(q, 9)};
        if (m.body == NULL)
            m.body = "";
        r = fn(context, &m);
    }
    return r;
}

int store_put_notice(struct store *s, int64_t at_unix_ms, const char *peer, const char *text)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT INTO notice (at, peer, text) VALUES (?, ?, ?)");
    sqlite3_bind_int64(q, 1, at_unix_ms);
    sql_bind_text(q, 2, peer);
    sql_bind_text(q, 3, text);
    return sql_run(q);
}

size_t store_count_notices(struct store *s, int64_t since_unix_ms, const char *peer)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT count(*) FROM notice WHERE at > ? AND peer = ?");
    sqlite3_bind_int64(q, 1, since_unix_ms);
    sql_bind_text(q, 2, peer);
    size_t count = sql_row(q) == 0 ? (size_t)sqlite3_column_int64(q, 0) : SIZE_MAX;
    sqlite3_reset(q);
    return count;
}

int store_notices(struct store *s, int64_t after, store_notice_fn *fn, void *context)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT number, at, peer, text FROM notice WHERE number > ? ORDER BY number");
    int r = 0;
    sqlite3_bind_int64(q, 1, after);
    while (sql_next(q, &r)) {
        struct store_notice n = {.number = sqlite3_column_int64(q, 0),
                                 .at_unix_ms = sqlite3_column_int64(q, 1),
                                 .peer = sql_text(q, 2),
                                 .text = sql_text(q, 3)};
        r = fn(context, &n);
    }
    return r;
}

int store_put_round(struct store *s, const struct store_round *r)
{
    sqlite3_stmt *q =
        sql(&s->sql, "INSERT OR IGNORE INTO round (bot_key, root, count, at, kept, warned)"
                     " VALUES (?, ?, ?, ?, ?, 0)");
    sql_bind_bytes(q, 1, r->bot_key, SIGN_PUBLIC_BYTES);
    sql_bind_bytes(q, 2, r->root, MERKLE_BYTES);
    sqlite3_bind_int64(q, 3, r->count);
    sqlite3_bind_int64(q, 4, r->at_unix_ms);
    sqlite3_bind_int64(q, 5, r->kept_unix_ms);
    return sql_run(q);
}

int store_next_round(struct store *s, int64_t after, struct store_round *ret)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT number, bot_key, root, count, at, kept, warned FROM round"
                     " WHERE number > ? ORDER BY number LIMIT 1");
    sqlite3_bind_int64(q, 1, after);
    int r = sql_row(q);
    if (r < 0)
        return r;
    ret->number = sqlite3_column_int64(q, 0);
    ret->count = (uint32_t)sqlite3_column_int64(q, 3);
    ret->at_unix_ms = sqlite3_column_int64(q, 4);
    ret->kept_unix_ms = sqlite3_column_int64(q, 5);
    ret->warned = sqlite3_column_int(q, 6) != 0;
    r = sql_copy(q, 1, ret->bot_key, SIGN_PUBLIC_BYTES);
    if (r == 0)
        r = sql_copy(q, 2, ret->root, MERKLE_BYTES);
    sqlite3_reset(q);
    return r;
}

int store_warn_round(struct store *s, int64_t number)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE round SET warned = 1 WHERE number = ?");
    sqlite3_bind_int64(q, 1, number);
    return sql_run(q);
}

int store_drop_round(struct store *s, int64_t number)
{
    sqlite3_stmt *q = sql(&s->sql, "DELETE FROM round WHERE number = ?");
    sqlite3_bind_int64(q, 1, number);
    return sql_run(q);
}
