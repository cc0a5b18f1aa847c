#include "store/outbox.h"

#include <string.h>

#include "store/internal.h"

#define ENVELOPE_BYTES_MAX (64U * 1024)
#define ENTRY_COLUMNS                                                                              \
    "number, state, id, recipients, body, queued, fixed_at, reason, wrong_days, content, "         \
    "envelope,"                                                                                    \
    " bot_key, digest, verdict"

int outbox_add(struct store *s, const struct outbox_entry *e, int64_t *ret_number)
{
    sqlite3_stmt *q =
        sql(&s->sql, "INSERT INTO outbox (state, id, recipients, body, queued, fixed_at)"
                     " VALUES (?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int(q, 1, OUTBOX_QUEUED);
    sql_bind_text(q, 2, e->id);
    sql_bind_text(q, 3, e->to);
    sql_bind_bytes(q, 4, e->body, e->body_len);
    sqlite3_bind_int64(q, 5, e->queued_unix_ms);
    sqlite3_bind_int64(q, 6, e->fixed_at_unix_ms);
    int r = sql_run(q);
    if (r == 0)
        *ret_number = sqlite3_last_insert_rowid(s->sql.db);
    return r;
}

static int read_envelope(sqlite3_stmt *q, struct arena *a, struct outbox_entry *e)
{
    size_t len = (size_t)sqlite3_column_bytes(q, 10);
    const void *blob = sqlite3_column_blob(q, 10);
    e->has_envelope = blob != NULL;
    if (blob == NULL)
        return 0;
    void *copy = arena_copy(a, blob, len);
    if (copy == NULL)
        return ERR_LIMIT;
    struct cursor c = cursor_over(copy, len);
    int r = envelope_get(&c, a, &e->envelope);
    if (r == 0)
        r = sql_copy(q, 11, e->bot_key, SIGN_PUBLIC_BYTES);
    if (r == 0)
        r = sql_copy(q, 12, e->digest, HASH_BYTES);
    return r;
}

static int read_entry(sqlite3_stmt *q, struct arena *a, struct outbox_entry *ret)
{
    struct outbox_entry e = {.number = sqlite3_column_int64(q, 0),
                             .state = (enum outbox_state)sqlite3_column_int(q, 1),
                             .id = arena_string(a, sql_text(q, 2)),
                             .to = arena_string(a, sql_text(q, 3)),
                             .body_len = (size_t)sqlite3_column_bytes(q, 4),
                             .queued_unix_ms = sqlite3_column_int64(q, 5),
                             .fixed_at_unix_ms = sqlite3_column_int64(q, 6),
                             .reason = arena_string(a, sql_text(q, 7)),
                             .wrong_days = sqlite3_column_int(q, 8)};
    const char *body = sqlite3_column_blob(q, 4);
    e.body = arena_string_n(a, body == NULL ? "" : body, e.body_len);
    if (e.id == NULL || e.to == NULL || e.reason == NULL || e.body == NULL)
        return ERR_LIMIT;
    e.has_content = sqlite3_column_type(q, 9) == SQLITE_BLOB;
    int r = e.has_content ? sql_copy(q, 9, e.content, sizeof e.content) : 0;
    if (r == 0)
        r = read_envelope(q, a, &e);
    e.has_verdict = sqlite3_column_type(q, 13) == SQLITE_BLOB;
    if (r == 0 && e.has_verdict) {
        struct cursor c =
            cursor_over(sqlite3_column_blob(q, 13), (size_t)sqlite3_column_bytes(q, 13));
        r = verdict_get(&c, &e.verdict);
    }
    if (r == 0)
        *ret = e;
    return r;
}

int outbox_get(struct store *s, int64_t number, struct arena *a, struct outbox_entry *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT " ENTRY_COLUMNS " FROM outbox WHERE number = ?");
    sqlite3_bind_int64(q, 1, number);
    int r = sql_row(q);
    if (r == 0)
        r = read_entry(q, a, ret);
    sqlite3_reset(q);
    return r;
}

int outbox_find(struct store *s, const char *id, struct arena *a, struct outbox_entry *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT " ENTRY_COLUMNS " FROM outbox WHERE id = ?");
    sql_bind_text(q, 1, id);
    int r = sql_row(q);
    if (r == 0)
        r = read_entry(q, a, ret);
    sqlite3_reset(q);
    return r;
}

int outbox_update(struct store *s, const struct outbox_entry *e)
{
    CLEANUP_BUF struct buf envelope = BUF_INIT(ENVELOPE_BYTES_MAX), verdict = BUF_INIT(1024);
    if (e->has_envelope)
        envelope_put(&envelope, &e->envelope);
    if (e->has_verdict)
        verdict_put(&verdict, &e->verdict);
    if (buf_failed(&envelope) || buf_failed(&verdict))
        return ERR_LIMIT;
    sqlite3_stmt *q =
        sql(&s->sql, "UPDATE outbox SET state = ?, reason = ?, wrong_days = ?, content = ?,"
                     " envelope = ?, bot_key = ?, digest = ?, verdict = ? WHERE number = ?");
    sqlite3_bind_int(q, 1, (int)e->state);
    sql_bind_text(q, 2, e->reason == NULL ? "" : e->reason);
    sqlite3_bind_int(q, 3, e->wrong_days);
    sql_bind_bytes(q, 4, e->has_content ? e->content : NULL, sizeof e->content);
    sql_bind_bytes(q, 5, envelope.data, envelope.len);
    sql_bind_bytes(q, 6, e->has_envelope ? e->bot_key : NULL, sizeof e->bot_key);
    sql_bind_bytes(q, 7, e->has_envelope ? e->digest : NULL, sizeof e->digest);
    sql_bind_bytes(q, 8, verdict.data, verdict.len);
    sqlite3_bind_int64(q, 9, e->number);
    return sql_run(q);
}

int outbox_set_reason(struct store *s, int64_t number, const char *reason)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE outbox SET reason = ? WHERE number = ?");
    sql_bind_text(q, 1, reason);
    sqlite3_bind_int64(q, 2, number);
    return sql_run(q);
}

int outbox_set_body(struct store *s, int64_t number, const void *body, size_t len)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE outbox SET body = ? WHERE number = ?");
    sql_bind_bytes(q, 1, body, len);
    sqlite3_bind_int64(q, 2, number);
    return sql_run(q);
}

int outbox_list(struct store *s, enum outbox_state state, int64_t after, int64_t *ret, size_t max,
                size_t *ret_count)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT number FROM outbox WHERE state = ? AND number > ?"
                                   " ORDER BY number LIMIT ?");
    size_t count = 0;
    int r = 0;
    sqlite3_bind_int(q, 1, (int)state);
    sqlite3_bind_int64(q, 2, after);
    sqlite3_bind_int64(q, 3, (sqlite3_int64)max);
    while (count < max && sql_next(q, &r))
        ret[count++] = sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    *ret_count = count;
    return r;
}

int outbox_count(struct store *s, enum outbox_state state, size_t *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT count(*) FROM outbox WHERE state = ?");
    sqlite3_bind_int(q, 1, (int)state);
    int r = sql_row(q);
    if (r == 0)
        *ret = (size_t)sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return r;
}

int outbox_finish(struct store *s, int64_t number)
{
    sqlite3_stmt *q =
        sql(&s->sql, "UPDATE outbox SET state = ?, reason = '', body = x'', content = NULL,"
                     " envelope = NULL, bot_key = NULL, verdict = NULL WHERE number = ?");
    sqlite3_bind_int(q, 1, OUTBOX_DONE);
    sqlite3_bind_int64(q, 2, number);
    int r = sql_run(q);
    return r < 0 ? r : outbox_drop_deliveries(s, number);
}

int outbox_put_delivery(struct store *s, const struct outbox_delivery *x)
{
    sqlite3_stmt *q =
        sql(&s->sql, "INSERT OR REPLACE INTO delivery (entry, account, certificate, device, key,"
                     " prekey, state) VALUES (?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(q, 1, x->entry);
    sql_bind_text(q, 2, x->account);
    sql_bind_bytes(q, 3, x->certificate, HASH_BYTES);
    sqlite3_bind_int64(q, 4, x->device);
    sql_bind_bytes(q, 5, x->key, x->key_len);
    sqlite3_bind_int(q, 6, x->prekey);
    sqlite3_bind_int(q, 7, (int)x->state);
    return sql_run(q);
}

int outbox_set_delivery(struct store *s, int64_t entry, const char *account,
                        enum outbox_delivery_state state)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE delivery SET state = ? WHERE entry = ? AND account = ?");
    sqlite3_bind_int(q, 1, (int)state);
    sqlite3_bind_int64(q, 2, entry);
    sql_bind_text(q, 3, account);
    return sql_run(q);
}

int outbox_set_sent(struct store *s, int64_t entry, const char *account, uint64_t sent)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE delivery SET sent = ? WHERE entry = ? AND account = ?");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)sent);
    sqlite3_bind_int64(q, 2, entry);
    sql_bind_text(q, 3, account);
    return sql_run(q);
}

int outbox_set_unsent(struct store *s, int64_t entry)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE delivery SET sent = 0 WHERE entry = ?");
    sqlite3_bind_int64(q, 1, entry);
    return sql_run(q);
}

int outbox_last_sent(struct store *s, uint64_t *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT coalesce(max(sent), 0) FROM delivery");
    int r = sql_row(q);
    if (r == 0)
        *ret = (uint64_t)sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return r;
}

int outbox_drop_deliveries(struct store *s, int64_t entry)
{
    sqlite3_stmt *q = sql(&s->sql, "DELETE FROM delivery WHERE entry = ?");
    sqlite3_bind_int64(q, 1, entry);
    return sql_run(q);
}

static int walk_deliveries(sqlite3_stmt *q, outbox_delivery_fn *fn, void *context)
{
    int r = 0;
    while (sql_next(q, &r)) {
        struct outbox_delivery x = {.entry = sqlite3_column_int64(q, 0),
                                    .account = sql_text(q, 1),
                                    .device = (uint32_t)sqlite3_column_int64(q, 3),
                                    .key = sqlite3_column_blob(q, 4),
                                    .key_len = (size_t)sqlite3_column_bytes(q, 4),
                                    .prekey = sqlite3_column_int(q, 5) != 0,
                                    .state = (enum outbox_delivery_state)sqlite3_column_int(q, 6),
                                    .sent = (uint64_t)sqlite3_column_int64(q, 7)};
        r = sql_copy(q, 2, x.certificate, HASH_BYTES);
        if (r == 0)
            r = fn(context, &x);
    }
    return r;
}

int outbox_deliveries(struct store *s, int64_t entry, outbox_delivery_fn *fn, void *context)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT entry, account, certificate, device, key, prekey, state, sent"
                     " FROM delivery WHERE entry = ? ORDER BY account");
    sqlite3_bind_int64(q, 1, entry);
    return walk_deliveries(q, fn, context);
}

int outbox_deliveries_to(struct store *s, const char *account, outbox_delivery_fn *fn,
                         void *context)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT entry, account, certificate, device, key, prekey, state, sent"
                     " FROM delivery WHERE account = ? AND state = ? ORDER BY entry");
    sql_bind_text(q, 1, account);
    sqlite3_bind_int(q, 2, DELIVERY_WAITING);
    return walk_deliveries(q, fn, context);
}
