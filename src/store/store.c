#include "store/store.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "store/internal.h"

#define KIND "device-store"

static const char schema[] =
    "CREATE TABLE value (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE document (hash BLOB PRIMARY KEY, kind INTEGER NOT NULL, note TEXT NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE policy (serial INTEGER PRIMARY KEY, hash BLOB NOT NULL, seen INTEGER NOT NULL);"
    "CREATE TABLE logged (hash BLOB NOT NULL, kind INTEGER NOT NULL, tag BLOB NOT NULL,"
    " PRIMARY KEY (hash, kind, tag)) WITHOUT ROWID;"
    "CREATE TABLE contact (account TEXT PRIMARY KEY, certificate BLOB NOT NULL,"
    " serial INTEGER NOT NULL, checked INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE chain (bot_key BLOB PRIMARY KEY, n INTEGER NOT NULL, digest BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE seen (digest BLOB PRIMARY KEY, how INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE message (number INTEGER PRIMARY KEY, incoming INTEGER NOT NULL, id TEXT NOT NULL,"
    " sender TEXT NOT NULL, recipients TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL,"
    " archived INTEGER NOT NULL, warrants TEXT NOT NULL, verdict_at INTEGER NOT NULL,"
    " UNIQUE (sender, id));"
    "CREATE TABLE notice (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, peer TEXT NOT NULL,"
    " text TEXT NOT NULL);"
    "CREATE TABLE parked (number INTEGER PRIMARY KEY, stanza BLOB NOT NULL,"
    " account TEXT NOT NULL DEFAULT '', mark BLOB);"
    "CREATE TABLE round (number INTEGER PRIMARY KEY, bot_key BLOB NOT NULL, root BLOB NOT NULL,"
    " count INTEGER NOT NULL, at INTEGER NOT NULL, kept INTEGER NOT NULL, warned INTEGER NOT NULL,"
    " UNIQUE (root, count));"
    "CREATE TABLE outbox (number INTEGER PRIMARY KEY, state INTEGER NOT NULL, id TEXT NOT NULL"
    " UNIQUE, recipients TEXT NOT NULL, body BLOB NOT NULL, queued INTEGER NOT NULL,"
    " fixed_at INTEGER NOT NULL, reason TEXT NOT NULL DEFAULT '',"
    " wrong_days INTEGER NOT NULL DEFAULT 0, content BLOB, envelope BLOB, bot_key BLOB,"
    " digest BLOB, verdict BLOB);"
    "CREATE INDEX outbox_state ON outbox (state);"
    "CREATE TABLE delivery (entry INTEGER NOT NULL REFERENCES outbox (number),"
    " account TEXT NOT NULL, certificate BLOB NOT NULL, device INTEGER NOT NULL, key BLOB NOT NULL,"
    " prekey INTEGER NOT NULL, state INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY (entry, account)) WITHOUT ROWID;"
    "CREATE INDEX delivery_account ON delivery (account, state);";

int store_fault(struct store *s, struct diag *d)
{
    return sql_fault(&s->sql, d);
}

static int make_tables(void *context, struct diag *d)
{
    struct sql *s = context;
    int r = sql_execute(s, schema, d);
    return r < 0 ? r : sql_execute(s, store_content_schema, d);
}

int store_create(const char *folder, const struct vault_key *key, struct diag *d)
{
    int r = file_make_folder(folder, 0700, d);
    if (r < 0)
        return r;
    CLEANUP_FREE char *path = file_join(folder, STORE_FILE);
    CLEANUP(sql_close) struct sql s = {0};
    r = vault_create(path, KIND, key, d);
    if (r == 0)
        r = sql_open_vault(&s, path, KIND, key, d);
    return r < 0 ? r : sql_transaction(&s, make_tables, &s, d);
}

int store_open(const char *folder, const struct vault_key *key, struct store **ret, struct diag *d)
{
    CLEANUP_FREE char *path = file_join(folder, STORE_FILE);
    CLEANUP(store_close_cleanup) struct store *s = mem_new(sizeof *s);
    int r = sql_open_vault(&s->sql, path, KIND, key, d);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r,
                        "%s: no device lives there: activate one with 'ironside device "
                        "activate BUNDLE --store %s'",
                        folder, folder);
    if (r == 0)
        r = store_make_later_tables(s, d);
    if (r == 0)
        *ret = TAKE(s);
    return r;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    sql_close(&s->sql);
    free(s);
}

sqlite3 *store_database(struct store *s)
{
    return s->sql.db;
}

int store_transaction(struct store *s, int (*work)(void *context, struct diag *d), void *context,
                      struct diag *d)
{
    return sql_transaction(&s->sql, work, context, d);
}

int store_put(struct store *s, const char *name, const void *data, size_t len)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR REPLACE INTO value VALUES (?, ?)");
    sql_bind_text(q, 1, name);
    sql_bind_bytes(q, 2, data, len);
    return sql_run(q);
}

int store_put_text(struct store *s, const char *name, const char *text)
{
    return store_put(s, name, text, strlen(text));
}

char *store_get(struct store *s, const char *name, size_t *ret_len)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT value FROM value WHERE name = ?");
    sql_bind_text(q, 1, name);
    if (sql_row(q) < 0)
        return NULL;
    size_t len = (size_t)sqlite3_column_bytes(q, 0);
    char *copy = secret_new(len + 1);
    if (len > 0)
        memcpy(copy, sqlite3_column_blob(q, 0), len);
    sqlite3_reset(q);
    if (ret_len != NULL)
        *ret_len = len;
    return copy;
}

int store_drop(struct store *s, const char *name)
{
    sqlite3_stmt *q = sql(&s->sql, "DELETE FROM value WHERE name = ?");
    sql_bind_text(q, 1, name);
    return sql_run(q);
}

int store_put_document(struct store *s, enum document_kind kind,
                       const uint8_t hash[static HASH_BYTES], const char *note)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR REPLACE INTO document VALUES (?, ?, ?)");
    sql_bind_bytes(q, 1, hash, HASH_BYTES);
    sqlite3_bind_int(q, 2, (int)kind);
    sql_bind_text(q, 3, note);
    return sql_run(q);
}

char *store_document(struct store *s, const uint8_t hash[static HASH_BYTES])
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT note FROM document WHERE hash = ?");
    sql_bind_bytes(q, 1, hash, HASH_BYTES);
    if (sql_row(q) < 0)
        return NULL;
    char *note = mem_string(sql_text(q, 0));
    sqlite3_reset(q);
    return note;
}

int store_put_policy(struct store *s, const struct store_policy *p)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR IGNORE INTO policy VALUES (?, ?, ?)");
    sqlite3_bind_int64(q, 1, p->serial);
    sql_bind_bytes(q, 2, p->hash, HASH_BYTES);
    sqlite3_bind_int64(q, 3, p->seen_unix_ms);
    return sql_run(q);
}

int store_drop_policy(struct store *s, uint32_t serial)
{
    sqlite3_stmt *q = sql(&s->sql, "DELETE FROM policy WHERE serial = ?");
    sqlite3_bind_int64(q, 1, serial);
    return sql_run(q);
}

static int read_policy(sqlite3_stmt *q, struct store_policy *ret)
{
    ret->serial = (uint32_t)sqlite3_column_int64(q, 0);
    ret->seen_unix_ms = sqlite3_column_int64(q, 2);
    return sql_copy(q, 1, ret->hash, HASH_BYTES);
}

int store_policy(struct store *s, uint32_t serial, struct store_policy *ret)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT serial, hash, seen FROM policy"
                                   " WHERE ?1 = 0 OR serial = ?1 ORDER BY serial DESC LIMIT 1");
    sqlite3_bind_int64(q, 1, serial);
    int r = sql_row(q);
    if (r == 0)
        r = read_policy(q, ret);
    sqlite3_reset(q);
    return r;
}

int store_policies(struct store *s, store_policy_fn *fn, void *context)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT serial, hash, seen FROM policy ORDER BY serial");
    int r = 0;
    while (sql_next(q, &r)) {
        struct store_policy p;
        r = read_policy(q, &p);
        if (r == 0)
            r = fn(context, &p);
    }
    return r;
}

int store_put_contact(struct store *s, const struct store_contact *c)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR REPLACE INTO contact VALUES (?, ?, ?, ?)");
    sql_bind_text(q, 1, c->account);
    sql_bind_bytes(q, 2, c->certificate, HASH_BYTES);
    sqlite3_bind_int64(q, 3, (sqlite3_int64)c->serial);
    sqlite3_bind_int64(q, 4, c->checked_unix_ms);
    return sql_run(q);
}

static int read_contact(sqlite3_stmt *q, struct store_contact *ret)
{
    snprintf(ret->account, sizeof ret->account, "%s", sql_text(q, 0));
    ret->serial = (uint64_t)sqlite3_column_int64(q, 2);
    ret->checked_unix_ms = sqlite3_column_int64(q, 3);
    return sql_copy(q, 1, ret->certificate, HASH_BYTES);
}

int store_contact(struct store *s, const char *account, struct store_contact *ret)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT account, certificate, serial, checked FROM contact WHERE account = ?");
    sql_bind_text(q, 1, account);
    int r = sql_row(q);
    if (r == 0)
        r = read_contact(q, ret);
    sqlite3_reset(q);
    return r;
}

int store_contacts(struct store *s, store_contact_fn *fn, void *context)
{
    sqlite3_stmt *q =
        sql(&s->sql, "SELECT account, certificate, serial, checked FROM contact ORDER BY account");
    int r = 0;
    while (sql_next(q, &r)) {
        struct store_contact c;
        r = read_contact(q, &c);
        if (r == 0)
            r = fn(context, &c);
    }
    return r;
}

int store_chain(struct store *s, const uint8_t bot_key[static SIGN_PUBLIC_BYTES], uint64_t *ret_n,
                uint8_t ret_digest[static HASH_BYTES])
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT n, digest FROM chain WHERE bot_key = ?");
    sql_bind_bytes(q, 1, bot_key, SIGN_PUBLIC_BYTES);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND) {
        *ret_n = 0;
        memset(ret_digest, 0, HASH_BYTES);
        return 0;
    }
    if (r == 0) {
        *ret_n = (uint64_t)sqlite3_column_int64(q, 0);
        r = sql_copy(q, 1, ret_digest, HASH_BYTES);
    }
    sqlite3_reset(q);
    return r;
}

int store_put_chain(struct store *s, const uint8_t bot_key[static SIGN_PUBLIC_BYTES], uint64_t n,
                    const uint8_t digest[static HASH_BYTES])
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT OR REPLACE INTO chain VALUES (?, ?, ?)");
    sql_bind_bytes(q, 1, bot_key, SIGN_PUBLIC_BYTES);
    sqlite3_bind_int64(q, 2, (sqlite3_int64)n);
    sql_bind_bytes(q, 3, digest, HASH_BYTES);
    return sql_run(q);
}
