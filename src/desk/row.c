/* One message in the tables, and the digest over all that is kept of it. */
#include <string.h>

#include "base/encode.h"
#include "desk/index_internal.h"

size_t row_set(const struct names *n, uint32_t set, const uint32_t **ret)
{
    struct name value = names_of(n, set);
    *ret = (const uint32_t *)(const void *)value.bytes;
    return value.len / sizeof(uint32_t);
}

static void read_message(sqlite3_stmt *s, struct row *r)
{
    r->bot = (uint32_t)sqlite3_column_int64(s, 0);
    r->certificate = (uint32_t)sqlite3_column_int64(s, 1);
    r->n = (uint64_t)sqlite3_column_int64(s, 2);
    r->policy = (uint32_t)sqlite3_column_int64(s, 3);
    r->sender = (uint32_t)sqlite3_column_int64(s, 4);
    r->recipients = (uint32_t)sqlite3_column_int64(s, 5);
    r->conversation = (uint32_t)sqlite3_column_int64(s, 6);
    r->warrants = (uint32_t)sqlite3_column_int64(s, 7);
    r->kind = (enum content_kind)sqlite3_column_int(s, 8);
    columns_letters_text(columns_letters(sql_text(s, 9)), r->country);
    r->lang = (uint16_t)sqlite3_column_int(s, 10);
    r->at = sqlite3_column_int64(s, 11);
    r->archived = sqlite3_column_int64(s, 12);
    r->name = sql_text(s, 13);
    r->wrong = sql_text(s, 14);
    r->files = sqlite3_column_blob(s, 15);
    r->files_len = (size_t)sqlite3_column_bytes(s, 15);
    r->body = sqlite3_column_blob(s, 16);
    r->body_len = (size_t)sqlite3_column_bytes(s, 16);
    if (r->body == NULL)
        r->body = "";
}

int row_read(struct desk_index *x, int64_t id, struct row *ret, struct diag *d)
{
    sqlite3_stmt *s = sql(
        &x->sql, "SELECT bot, certificate, n, policy, sender, recipients, conversation,"
                 " warrants, kind, country, lang, at, archived, name, said.wrong, said.files, body,"
                 " digest FROM message JOIN said USING (id) WHERE id = ?1");
    sqlite3_bind_int64(s, 1, id);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no message %lld", (long long)id);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read a message");
    *ret = (struct row){.id = id};
    read_message(s, ret);
    if (sql_copy(s, 17, ret->digest, HASH_BYTES) < 0 || (unsigned)ret->kind >= CONTENT_KINDS)
        return diag_set(d, ERR_AUTH, "%s: message %lld is not as it was written", x->sql.name,
                        (long long)id);
    return 0;
}

static int write_message(struct desk_index *x, const struct intake_row *i)
{
    const struct row *r = &i->row;
    sqlite3_stmt *s =
        sql(&x->sql, "INSERT INTO message VALUES"
                     " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
                     " ?18)");
    sqlite3_bind_int64(s, 1, r->id);
    sqlite3_bind_int64(s, 2, r->bot);
    sqlite3_bind_int64(s, 3, r->certificate);
    sqlite3_bind_int64(s, 4, (int64_t)r->n);
    sqlite3_bind_int64(s, 5, r->policy);
    sqlite3_bind_int64(s, 6, r->sender);
    sqlite3_bind_int64(s, 7, r->recipients);
    sqlite3_bind_int64(s, 8, r->conversation);
    sqlite3_bind_int64(s, 9, r->warrants);
    sqlite3_bind_int(s, 10, (int)r->kind);
    sql_bind_text(s, 11, r->country);
    sqlite3_bind_int(s, 12, r->lang);
    sqlite3_bind_int64(s, 13, r->at);
    sqlite3_bind_int64(s, 14, r->archived);
    sqlite3_bind_int64(s, 15, i->key);
    sqlite3_bind_int(s, 16, r->wrong[0] != '\0');
    sqlite3_bind_int64(s, 17, (int64_t)(r->files_len / ROW_FILE_BYTES));
    sqlite3_bind_int64(s, 18, (int64_t)i->likeness);
    return sql_run(s);
}

static int write_said(struct desk_index *x, const struct row *r)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO said VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    sqlite3_bind_int64(s, 1, r->id);
    sql_bind_text(s, 2, r->name);
    sql_bind_text(s, 3, r->wrong);
    sql_bind_bytes(s, 4, r->files_len == 0 ? NULL : r->files, r->files_len);
    sql_bind_bytes(s, 5, r->body, r->body_len);
    sql_bind_bytes(s, 6, r->digest, HASH_BYTES);
    return sql_run(s);
}

int row_write(struct desk_index *x, const struct intake_row *i, struct diag *d)
{
    if (write_message(x, i) < 0 || write_said(x, &i->row) < 0)
        return sql_failed(&x->sql, d, "cannot write a message");
    return 0;
}

static int liken(struct desk_index *x, int64_t id, const char *body, size_t len)
{
    struct content c;
    arena_reset(&x->said_arena);
    uint64_t likeness =
        content_read(&x->said_arena, body, len, &c) < 0 ? 0 : intake_likeness(x, &c);
    if (likeness == 0)
        return 0;
    sqlite3_stmt *s = sql(&x->sql, "UPDATE message SET likeness = ?2 WHERE id = ?1");
    sqlite3_bind_int64(s, 1, id);
    sqlite3_bind_int64(s, 2, (int64_t)likeness);
    return sql_run(s);
}

int row_liken_all(struct desk_index *x, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT id, body FROM said ORDER BY id");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d)) {
        const char *body = sqlite3_column_blob(s, 1);
        if (liken(x, sqlite3_column_int64(s, 0), body == NULL ? "" : body,
                  (size_t)sqlite3_column_bytes(s, 1)) < 0)
            r = sql_failed(&x->sql, d, "cannot write what a message is like");
    }
    sqlite3_reset(s);
    return r;
}

static void put_name(struct buf *b, const struct names *n, uint32_t number)
{
    struct name value = names_of(n, number);
    buf_put_u8(b, number <= n->count);
    buf_put_block(b, value.bytes, value.len);
}

/* By what the names stand for, so that a changed name is noticed, too. Warrants are not of it: they
 * follow from the records. */
void row_digest(struct desk_index *x, const struct row *r, uint8_t ret[static HASH_BYTES])
{
    struct buf *b = &x->scratch;
    const uint32_t *to;
    size_t to_count = row_set(&x->names[NAME_RECIPIENTS], r->recipients, &to);
    buf_reset(b);
    buf_put_u64(b, (uint64_t)r->id);
    put_name(b, &x->names[NAME_BOT], r->bot);
    put_name(b, &x->names[NAME_CERTIFICATE], r->certificate);
    buf_put_u64(b, r->n);
    buf_put_u32(b, r->policy);
    put_name(b, &x->names[NAME_ACCOUNT], r->sender);
    buf_put_u32(b, (uint32_t)to_count);
    for (size_t i = 0; i < to_count; i++)
        put_name(b, &x->names[NAME_ACCOUNT], to[i]);
    put_name(b, &x->names[NAME_CONVERSATION], r->conversation);
    buf_put_u8(b, (uint8_t)r->kind);
    buf_put(b, r->country, 2);
    put_name(b, &x->names[NAME_LANG], r->lang);
    buf_put_u64(b, (uint64_t)r->at);
    buf_put_u64(b, (uint64_t)r->archived);
    buf_put_block(b, r->name, strlen(r->name));
    buf_put_block(b, r->wrong, strlen(r->wrong));
    buf_put_block(b, r->files, r->files_len);
    buf_put_block(b, r->body, r->body_len);
    hash_sha256(b->data, b->len, ret);
}
