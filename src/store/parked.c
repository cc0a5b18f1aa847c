/* Stanzas that wait for a document: each sender's are in order, and where there is no room those of
 * whoever has the most go. */
#include "base/memory.h"
#include "store/internal.h"

static int count_once(struct store *s)
{
    if (s->parked.known)
        return 0;
    sqlite3_stmt *q = sql(&s->sql, "SELECT count(*), coalesce(sum(length(stanza)), 0) FROM parked");
    int r = sql_row(q);
    if (r == 0) {
        s->parked.count = (size_t)sqlite3_column_int64(q, 0);
        s->parked.bytes = (size_t)sqlite3_column_int64(q, 1);
        s->parked.known = true;
    }
    sqlite3_reset(q);
    return r;
}

/* The last one of whoever has the most there, with these bytes of `account`'s to come. ERR_LIMIT:
 * that is `account`. */
static int find_last_of_most(struct store *s, const char *account, size_t len, int64_t *ret)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT max(number), sum(length(stanza)) + ? * (account = ?) AS bytes,"
                     " account = ? FROM parked GROUP BY account ORDER BY bytes DESC LIMIT 1");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)len);
    sql_bind_text(q, 2, account);
    sql_bind_text(q, 3, account);
    int r = sql_row(q);
    if (r == 0) {
        *ret = sqlite3_column_int64(q, 0);
        r = sqlite3_column_int(q, 2) != 0 ? ERR_LIMIT : 0;
    }
    sqlite3_reset(q);
    return r;
}

static bool fits(const struct store *s, size_t len)
{
    return s->parked.count < STORE_PARKED_MAX && s->parked.bytes + len <= STORE_PARKED_BYTES_MAX;
}

static int make_room(struct store *s, const char *account, size_t len)
{
    int r = count_once(s);
    while (r == 0 && !fits(s, len)) {
        int64_t number;
        r = find_last_of_most(s, account, len, &number);
        if (r == 0)
            r = store_unpark(s, number);
    }
    return r == ERR_NOT_FOUND ? ERR_LIMIT : r;
}

int store_park(struct store *s, const struct store_parked *p)
{
    bool there = false;
    int r = p->mark == NULL ? 0 : store_is_parked(s, p->account, p->mark, &there);
    if (r < 0 || there)
        return r;
    r = make_room(s, p->account, p->len);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(&s->sql, "INSERT INTO parked (stanza, account, mark) VALUES (?, ?, ?)");
    sql_bind_bytes(q, 1, p->stanza, p->len);
    sql_bind_text(q, 2, p->account);
    sql_bind_bytes(q, 3, p->mark, HASH_BYTES);
    r = sql_run(q);
    if (r == 0) {
        s->parked.count++;
        s->parked.bytes += p->len;
    }
    return r;
}

int store_is_parked(struct store *s, const char *account, const uint8_t *mark, bool *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT 1 FROM parked WHERE account = ?1"
                                   " AND (?2 IS NULL OR mark = ?2) LIMIT 1");
    sql_bind_text(q, 1, account);
    sql_bind_bytes(q, 2, mark, HASH_BYTES);
    int r = sql_row(q);
    *ret = r == 0;
    sqlite3_reset(q);
    return r == ERR_NOT_FOUND ? 0 : r;
}

/* Out of the index alone: in the table an account lies behind its stanza. */
int store_list_parked(struct store *s, store_parked_fn *fn, void *context)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT number, account FROM parked INDEXED BY parked_account"
                                   " ORDER BY number");
    int r = 0;
    while (sql_next(q, &r))
        r = fn(context, sqlite3_column_int64(q, 0), sql_text(q, 1));
    return r;
}

int store_parked_stanza(struct store *s, int64_t number, char **ret, size_t *ret_len)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT stanza FROM parked WHERE number = ?");
    sqlite3_bind_int64(q, 1, number);
    int r = sql_row(q);
    if (r == 0) {
        const void *stanza = sqlite3_column_blob(q, 0);
        *ret_len = (size_t)sqlite3_column_bytes(q, 0);
        *ret = mem_string_n(stanza == NULL ? "" : stanza, *ret_len);
    }
    sqlite3_reset(q);
    return r;
}

int store_unpark(struct store *s, int64_t number)
{
    int r = count_once(s);
    sqlite3_stmt *q = sql(&s->sql, "DELETE FROM parked WHERE number = ? RETURNING length(stanza)");
    sqlite3_bind_int64(q, 1, number);
    while (sql_next(q, &r)) {
        s->parked.count--;
        s->parked.bytes -= (size_t)sqlite3_column_int64(q, 0);
    }
    return r;
}

int store_count_parked(struct store *s, size_t *ret)
{
    int r = count_once(s);
    *ret = s->parked.count;
    return r;
}
