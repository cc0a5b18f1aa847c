/* Accounts and distributors in the registrar's store. */
#include "base/secret.h"
#include "registrar/store_internal.h"

static void read_text(sqlite3_stmt *q, int column, char ret[static VALUE_HANDLE_MAX + 1])
{
    snprintf(ret, VALUE_HANDLE_MAX + 1, "%s", sql_text(q, column));
}

#define READ_ACCOUNT                                                                               \
    "SELECT handle, distributor, activated, created, secret, request, (SELECT max(serial) FROM "   \
    "document WHERE kind = 5 AND document.handle = account.handle) FROM account WHERE "

static void read_account(sqlite3_stmt *st, struct registrar_account *ret)
{
    read_text(st, 0, ret->handle);
    read_text(st, 1, ret->distributor);
    ret->activated = sqlite3_column_int(st, 2) != 0;
    ret->created_unix_ms = sqlite3_column_int64(st, 3);
    (void)!sql_copy(st, 4, ret->secret, sizeof ret->secret);
    (void)!sql_copy(st, 5, ret->request, sizeof ret->request);
    ret->serial = (uint64_t)sqlite3_column_int64(st, 6); /* NULL reads as 0 */
}

int registrar_store_account(struct registrar_store *s, const char *handle,
                            struct registrar_account *ret, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, READ_ACCOUNT "handle = ?");
    sql_bind_text(q, 1, handle);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no account %s", handle);
    if (r < 0)
        return registrar_store_failed(s, d);
    read_account(q, ret);
    sqlite3_reset(q);
    return 0;
}

int registrar_store_put_account(struct registrar_store *s, const struct registrar_account *x,
                                struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "REPLACE INTO account VALUES(?, ?, ?, ?, ?, ?)");
    sql_bind_text(q, 1, x->handle);
    sql_bind_text(q, 2, x->distributor);
    sqlite3_bind_int(q, 3, x->activated);
    sqlite3_bind_int64(q, 4, x->created_unix_ms);
    sql_bind_bytes(q, 5, x->secret, sizeof x->secret);
    sql_bind_bytes(q, 6, x->request, sizeof x->request);
    return registrar_store_change(s, q, d);
}

int registrar_store_accounts(struct registrar_store *s, const char *after, uint32_t max,
                             int (*each)(void *context, const struct registrar_account *x),
                             void *context, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, READ_ACCOUNT "handle > ? ORDER BY handle LIMIT ?");
    sql_bind_text(q, 1, after);
    sqlite3_bind_int64(q, 2, max);
    int r = 0;
    while (sql_walk(&s->sql, q, &r, d)) {
        struct registrar_account x;
        read_account(q, &x);
        r = each(context, &x);
        secret_wipe(x.secret, sizeof x.secret);
    }
    return r;
}

int registrar_store_count(struct registrar_store *s, uint64_t *ret_accounts,
                          uint64_t *ret_activated, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT count(*), total(activated) FROM account");
    if (sql_row(q) < 0)
        return registrar_store_failed(s, d);
    *ret_accounts = (uint64_t)sqlite3_column_int64(q, 0);
    *ret_activated = (uint64_t)sqlite3_column_int64(q, 1);
    sqlite3_reset(q);
    return 0;
}

static void read_distributor(sqlite3_stmt *st, struct registrar_distributor *ret)
{
    read_text(st, 0, ret->name);
    ret->quota = sqlite3_column_int64(st, 1);
    ret->used = sqlite3_column_int64(st, 2);
}

int registrar_store_distributor(struct registrar_store *s, const char *name,
                                struct registrar_distributor *ret, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT name, quota, used FROM distributor WHERE name = ?");
    sql_bind_text(q, 1, name);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no distributor %s", name);
    if (r < 0)
        return registrar_store_failed(s, d);
    read_distributor(q, ret);
    sqlite3_reset(q);
    return 0;
}

int registrar_store_put_distributor(struct registrar_store *s,
                                    const struct registrar_distributor *x, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT INTO distributor VALUES(?1, ?2, ?3) "
                                   "ON CONFLICT(name) DO UPDATE SET quota = ?2, used = ?3");
    sql_bind_text(q, 1, x->name);
    sqlite3_bind_int64(q, 2, x->quota);
    sqlite3_bind_int64(q, 3, x->used);
    return registrar_store_change(s, q, d);
}

int registrar_store_distributors(struct registrar_store *s,
                                 int (*each)(void *context, const struct registrar_distributor *x),
                                 void *context, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT name, quota, used FROM distributor ORDER BY name");
    int r = 0;
    while (sql_walk(&s->sql, q, &r, d)) {
        struct registrar_distributor x;
        read_distributor(q, &x);
        r = each(context, &x);
    }
    return r;
}
