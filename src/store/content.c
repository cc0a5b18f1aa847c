#include "store/content.h"

#include <string.h>

#include "base/memory.h"
#include "store/internal.h"

const char store_content_schema[] =
    "CREATE TABLE content (number INTEGER PRIMARY KEY REFERENCES message (number),"
    " kind INTEGER NOT NULL, sender TEXT NOT NULL, about_from TEXT NOT NULL, about_id TEXT NOT"
    " NULL, club TEXT NOT NULL, timer INTEGER NOT NULL, read_at INTEGER NOT NULL,"
    " held INTEGER NOT NULL, gone INTEGER NOT NULL);"
    "CREATE INDEX content_about ON content (about_from, about_id) WHERE about_id <> '';"
    "CREATE INDEX content_timer ON content (number) WHERE timer > 0 AND gone = 0;"
    "CREATE INDEX content_held ON content (sender, number) WHERE held = 1;"
    "CREATE INDEX message_id ON message (id);"
    "CREATE TABLE peer (account TEXT PRIMARY KEY, state INTEGER NOT NULL, expect TEXT NOT NULL,"
    " since INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE club (id TEXT NOT NULL, serial INTEGER NOT NULL, hash BLOB NOT NULL,"
    " note TEXT NOT NULL, PRIMARY KEY (id, serial, hash)) WITHOUT ROWID;";

int store_put_content(struct store *s, int64_t number, const struct store_content *c)
{
    sqlite3_stmt *q =
        sql(&s->sql, "INSERT INTO content (number, kind, sender, about_from, about_id, club, timer,"
                     " read_at, held, gone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(q, 1, number);
    sqlite3_bind_int(q, 2, (int)c->kind);
    sql_bind_text(q, 3, c->sender);
    sql_bind_text(q, 4, c->about_from);
    sql_bind_text(q, 5, c->about_id);
    sql_bind_text(q, 6, c->group);
    sqlite3_bind_int64(q, 7, c->timer_s);
    sqlite3_bind_int64(q, 8, c->read_unix_ms);
    sqlite3_bind_int(q, 9, c->held);
    sqlite3_bind_int(q, 10, (int)c->gone);
    return sql_run(q);
}

int store_content(struct store *s, int64_t number, struct arena *a, struct store_content *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT kind, sender, about_from, about_id, club, timer,"
                                   " read_at, held, gone FROM content WHERE number = ?");
    sqlite3_bind_int64(q, 1, number);
    int r = sql_row(q);
    if (r < 0)
        return r;
    *ret = (struct store_content){.kind = (enum content_kind)sqlite3_column_int(q, 0),
                                  .sender = arena_string(a, sql_text(q, 1)),
                                  .about_from = arena_string(a, sql_text(q, 2)),
                                  .about_id = arena_string(a, sql_text(q, 3)),
                                  .group = arena_string(a, sql_text(q, 4)),
                                  .timer_s = (uint32_t)sqlite3_column_int64(q, 5),
                                  .read_unix_ms = sqlite3_column_int64(q, 6),
                                  .held = sqlite3_column_int(q, 7) != 0,
                                  .gone = (enum store_gone)sqlite3_column_int(q, 8)};
    sqlite3_reset(q);
    if (ret->kind >= CONTENT_KINDS)
        return ERR_FORMAT;
    return ret->sender == NULL || ret->about_from == NULL || ret->about_id == NULL ||
                   ret->group == NULL
               ? ERR_LIMIT
               : 0;
}

static int take_message(sqlite3_stmt *q, struct arena *a, struct store_message *ret)
{
    int r = sql_row(q);
    if (r < 0)
        return r;
    const char *body = sqlite3_column_blob(q, 6);
    size_t len = (size_t)sqlite3_column_bytes(q, 6);
    *ret = (struct store_message){.number = sqlite3_column_int64(q, 0),
                                  .incoming = sqlite3_column_int(q, 1) != 0,
                                  .id = arena_string(a, sql_text(q, 2)),
                                  .from = arena_string(a, sql_text(q, 3)),
                                  .to = arena_string(a, sql_text(q, 4)),
                                  .at_unix_ms = sqlite3_column_int64(q, 5),
                                  .body = arena_string_n(a, body == NULL ? "" : body, len),
                                  .body_len = len,
                                  .archived = sqlite3_column_int(q, 7) != 0,
                                  .warrants = arena_string(a, sql_text(q, 8)),
                                  .verdict_unix_ms = sqlite3_column_int64(q, 9)};
    sqlite3_reset(q);
    return ret->id == NULL || ret->from == NULL || ret->to == NULL || ret->body == NULL ||
                   ret->warrants == NULL
               ? ERR_LIMIT
               : 0;
}

int store_message(struct store *s, int64_t number, struct arena *a, struct store_message *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT number, incoming, id, sender, recipients, at, body,"
                                   " archived, warrants, verdict_at FROM message WHERE number = ?");
    sqlite3_bind_int64(q, 1, number);
    return take_message(q, a, ret);
}

int store_message_of(struct store *s, const char *sender, const char *id, struct arena *a,
                     struct store_message *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT number, incoming, id, sender, recipients, at, body,"
                                   " archived, warrants, verdict_at FROM message"
                                   " WHERE sender = ? AND id = ?");
    sql_bind_text(q, 1, sender);
    sql_bind_text(q, 2, id);
    return take_message(q, a, ret);
}

int store_senders_of(struct store *s, const char *id, struct arena *a, const char **ret, size_t max,
                     size_t *ret_count)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT sender FROM message JOIN content USING (number, sender)"
                                   " WHERE id = ? AND held = 0 ORDER BY sender");
    size_t count = 0;
    int r = 0;
    sql_bind_text(q, 1, id);
    while (count < max && sql_next(q, &r)) {
        ret[count] = arena_string(a, sql_text(q, 0));
        if (ret[count++] == NULL)
            r = ERR_LIMIT;
    }
    sqlite3_reset(q);
    *ret_count = count;
    return r;
}

/* The first column of each row. */
static int take_numbers(sqlite3_stmt *q, int64_t *ret, size_t max, size_t *ret_count)
{
    size_t count = 0;
    int r = 0;
    while (count < max && sql_next(q, &r))
        ret[count++] = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    *ret_count = count;
    return r;
}

int store_about(struct store *s, const char *from, const char *id, enum content_kind kind,
                int64_t *ret, size_t max, size_t *ret_count)
{
    sqlite3_stmt *q = sql(
        &s->sql, "SELECT number FROM (SELECT number, at FROM content JOIN message USING (number)"
                 " WHERE about_from = ? AND about_id = ? AND kind = ? AND about_id <> ''"
                 " AND held = 0 AND gone = 0 ORDER BY at DESC, number DESC LIMIT ?)"
                 " ORDER BY at, number");
    sql_bind_text(q, 1, from);
    sql_bind_text(q, 2, id);
    sqlite3_bind_int(q, 3, (int)kind);
    sqlite3_bind_int64(q, 4, (sqlite3_int64)max);
    return take_numbers(q, ret, max, ret_count);
}

int store_about_newest(struct store *s, const char *from, const char *id, enum content_kind kind,
                       int64_t *ret, size_t max, size_t *ret_count)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT number FROM (SELECT number, at, row_number() OVER"
                     " (PARTITION BY content.sender ORDER BY at DESC, number DESC) AS place,"
                     " min(at) OVER (PARTITION BY content.sender) AS since FROM content JOIN "
                     "message USING (number)"
                     " WHERE about_from = ? AND about_id = ? AND kind = ? AND about_id <> ''"
                     " AND held = 0 AND gone = 0) WHERE place = 1 ORDER BY since, number LIMIT ?");
    sql_bind_text(q, 1, from);
    sql_bind_text(q, 2, id);
    sqlite3_bind_int(q, 3, (int)kind);
    sqlite3_bind_int64(q, 4, (sqlite3_int64)max);
    return take_numbers(q, ret, max, ret_count);
}

int store_erase_line(struct store *s, int64_t number, enum store_gone gone)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE content SET gone = ? WHERE number = ?");
    sqlite3_bind_int(q, 1, (int)gone);
    sqlite3_bind_int64(q, 2, number);
    int r = sql_run(q);
    if (r < 0)
        return r;
    q = sql(&s->sql, "UPDATE message SET body = x'' WHERE number = ?");
    sqlite3_bind_int64(q, 1, number);
    return sql_run(q);
}

/* Of the kinds whose lines go with what they are about, as bits. */
static int64_t followers(void)
{
    int64_t bits = 0;
    for (enum content_kind k = CONTENT_TEXT; k < CONTENT_KINDS; k++)
        if (content_traits(k)->follows)
            bits |= INT64_C(1) << k;
    return bits;
}

int store_erase(struct store *s, const char *sender, const char *id, enum store_gone gone)
{
    int64_t numbers[STORE_HELD_MAX];
    size_t count = 0;
    int r;
    do {
        sqlite3_stmt *q =
            sql(&s->sql, "SELECT number FROM message JOIN content USING (number, sender)"
                         " WHERE sender = ?1 AND id = ?2 AND gone = 0 UNION ALL"
                         " SELECT number FROM content WHERE about_from = ?1 AND about_id = ?2"
                         " AND about_id <> '' AND ?3 >> kind & 1 AND gone = 0");
        sql_bind_text(q, 1, sender);
        sql_bind_text(q, 2, id);
        sqlite3_bind_int64(q, 3, followers());
        r = take_numbers(q, numbers, STORE_HELD_MAX, &count);
        for (size_t i = 0; r == 0 && i < count; i++)
            r = store_erase_line(s, numbers[i], gone);
    } while (r == 0 && count > 0);
    return r;
}

int store_set_read(struct store *s, int64_t number, int64_t at_unix_ms)
{
    sqlite3_stmt *q =
        sql(&s->sql, "UPDATE content SET read_at = ? WHERE number = ? AND read_at = 0");
    sqlite3_bind_int64(q, 1, at_unix_ms);
    sqlite3_bind_int64(q, 2, number);
    return sql_run(q);
}

int store_unread(struct store *s, int64_t after, int64_t *ret, size_t max, size_t *ret_count)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT number FROM content JOIN message USING (number) WHERE incoming = 1"
                     " AND held = 0 AND read_at = 0 AND number > ? ORDER BY number LIMIT ?");
    sqlite3_bind_int64(q, 1, after);
    sqlite3_bind_int64(q, 2, (sqlite3_int64)max);
    return take_numbers(q, ret, max, ret_count);
}

int store_next_expired(struct store *s, int64_t now_unix_ms, int64_t *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT number FROM content WHERE timer > 0 AND gone = 0 AND"
                                   " read_at > 0 AND read_at + timer * 1000 <= ? LIMIT 1");
    sqlite3_bind_int64(q, 1, now_unix_ms);
    int r = sql_row(q);
    if (r < 0)
        return r;
    *ret = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return 0;
}

int64_t store_expiry(struct store *s)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT min(read_at + timer * 1000) FROM content"
                                   " WHERE timer > 0 AND gone = 0 AND read_at > 0");
    if (sql_row(q) < 0)
        return -1;
    int64_t at = sqlite3_column_type(q, 0) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return at;
}

int store_held(struct store *s, const char *sender, int64_t ret[static STORE_HELD_MAX],
               size_t *ret_count)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT number FROM content WHERE sender = ? AND held = 1 ORDER BY number");
    sql_bind_text(q, 1, sender);
    return take_numbers(q, ret, STORE_HELD_MAX, ret_count);
}

int store_release(struct store *s, int64_t number, const char *group)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE content SET held = 0, club = ? WHERE number = ?");
    sql_bind_text(q, 1, group);
    sqlite3_bind_int64(q, 2, number);
    return sql_run(q);
}

int store_drop_held(struct store *s, const char *sender)
{
    int64_t numbers[STORE_HELD_MAX];
    size_t count = 0;
    int r = store_held(s, sender, numbers, &count);
    for (size_t i = 0; r == 0 && i < count; i++) {
        sqlite3_stmt *q = sql(&s->sql, "DELETE FROM content WHERE number = ?");
        sqlite3_bind_int64(q, 1, numbers[i]);
        r = sql_run(q);
        q = sql(&s->sql, "DELETE FROM message WHERE number = ?");
        sqlite3_bind_int64(q, 1, numbers[i]);
        if (r == 0)
            r = sql_run(q);
    }
    return r;
}
