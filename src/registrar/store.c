#include "registrar/store_internal.h"

#include <string.h>

#include "base/memory.h"

#define VAULT_KIND "registrar"
#define SCHEMA_VERSION 1

static const char schema[] =
    "CREATE TABLE document("
    " hash BLOB PRIMARY KEY, kind INTEGER NOT NULL, handle TEXT, serial INTEGER,"
    " note BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX policy ON document(serial) WHERE kind = 2;"
    "CREATE UNIQUE INDEX certificate ON document(handle, serial) WHERE kind = 5;"
    "CREATE UNIQUE INDEX statement ON document(handle, serial) WHERE kind = 7;"
    "CREATE TABLE destroyed(warrant TEXT NOT NULL, day INTEGER NOT NULL,"
    " PRIMARY KEY(warrant, day)) WITHOUT ROWID;"
    "CREATE TABLE distributor(name TEXT PRIMARY KEY, quota INTEGER NOT NULL,"
    " used INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE account("
    " handle TEXT PRIMARY KEY, distributor TEXT NOT NULL REFERENCES distributor,"
    " activated INTEGER NOT NULL, created INTEGER NOT NULL, secret BLOB NOT NULL,"
    " request BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE announced(only INTEGER PRIMARY KEY CHECK(only = 1), serial INTEGER NOT NULL);"
    "INSERT INTO announced VALUES(1, 0);"
    "CREATE TABLE log(only INTEGER PRIMARY KEY CHECK(only = 1), size INTEGER NOT NULL,"
    " root BLOB NOT NULL);"
    "INSERT INTO log VALUES(1, 0, x'');"
    "INSERT INTO distributor VALUES('main', -1, 0);";
/* What a database of an earlier version lacks. */
static const char later[] =
    "CREATE UNIQUE INDEX IF NOT EXISTS use ON document(handle, serial) WHERE kind = 10;";
_Static_assert(DOCUMENT_POLICY == 2 && DOCUMENT_CERTIFICATE == 5 && DOCUMENT_STATEMENT == 7 &&
                   DOCUMENT_USE == 10,
               "the schema has these numbers");

int registrar_store_failed(struct registrar_store *s, struct diag *d)
{
    return sql_failed(&s->sql, d, NULL);
}

int registrar_store_change(struct registrar_store *s, sqlite3_stmt *q, struct diag *d)
{
    int r = sql_run(q);
    if (r == ERR_EXISTS)
        return diag_set(d, r, "%s: %s", s->sql.name, sqlite3_errmsg(s->sql.db));
    return r < 0 ? registrar_store_failed(s, d) : 0;
}

/* Zeros for one of another length. */
static void read_blob(sqlite3_stmt *q, int column, uint8_t *ret, size_t len)
{
    (void)!sql_copy(q, column, ret, len);
}

static int make_tables(void *context, struct diag *d)
{
    struct registrar_store *s = context;
    int r = sql_execute(&s->sql, schema, d);
    return r < 0 ? r : sql_execute(&s->sql, "PRAGMA user_version = 1", d);
}

/* A crash between the vault and its schema leaves version 0, so opening does it too. */
static int make_schema(struct registrar_store *s, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "PRAGMA user_version");
    if (sql_row(q) < 0)
        return registrar_store_failed(s, d);
    int version = sqlite3_column_int(q, 0);
    sqlite3_reset(q);
    if (version == SCHEMA_VERSION)
        return 0;
    if (version != 0)
        return diag_set(d, ERR_FORMAT, "%s was made by another version of this program",
                        s->sql.name);
    return sql_transaction(&s->sql, make_tables, s, d);
}

int registrar_store_create(const char *path, const uint8_t key[static VAULT_KEY_BYTES],
                           struct diag *d)
{
    CLEANUP(registrar_store_close_cleanup) struct registrar_store *s = NULL;
    int r = vault_create(path, VAULT_KIND, &(struct vault_key){.bytes = key}, d);
    return r < 0 ? r : registrar_store_open(path, key, &s, d);
}

int registrar_store_open(const char *path, const uint8_t key[static VAULT_KEY_BYTES],
                         struct registrar_store **ret, struct diag *d)
{
    CLEANUP(registrar_store_close_cleanup) struct registrar_store *s = mem_new(sizeof *s);
    int r = sql_open_vault(&s->sql, path, VAULT_KIND, &(struct vault_key){.bytes = key}, d);
    if (r == 0)
        r = make_schema(s, d);
    if (r == 0)
        r = sql_execute(&s->sql, later, d);
    if (r == 0)
        *ret = TAKE(s);
    return r;
}

void registrar_store_close(struct registrar_store *s)
{
    if (s == NULL)
        return;
    sql_close(&s->sql);
    free(s);
}

struct sql *registrar_store_sql(struct registrar_store *s)
{
    return &s->sql;
}

int registrar_store_transaction(struct registrar_store *s,
                                int (*work)(void *context, struct diag *d), void *context,
                                struct diag *d)
{
    return sql_transaction(&s->sql, work, context, d);
}

void registrar_document_clear(struct registrar_document *x)
{
    free(x->note);
    *x = (struct registrar_document){0};
}

int registrar_store_put_document(struct registrar_store *s, const struct registrar_document *x,
                                 struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT INTO document VALUES(?, ?, ?, ?, ?)");
    sql_bind_bytes(q, 1, x->hash, HASH_BYTES);
    sqlite3_bind_int(q, 2, (int)x->kind);
    sql_bind_text(q, 3, x->handle);
    sqlite3_bind_int64(q, 4, (sqlite3_int64)x->serial);
    sql_bind_bytes(q, 5, x->note, x->note_len);
    return registrar_store_change(s, q, d);
}

int registrar_store_put_destroyed(struct registrar_store *s, const char *warrant, int64_t day,
                                  struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "INSERT INTO destroyed VALUES(?, ?)");
    sql_bind_text(q, 1, warrant);
    sqlite3_bind_int64(q, 2, day);
    return registrar_store_change(s, q, d);
}

/* The columns of a document's row: kind, hash, serial, note. */
static void read_document(sqlite3_stmt *q, struct registrar_document *ret)
{
    *ret = (struct registrar_document){.kind = (enum document_kind)sqlite3_column_int(q, 0),
                                       .serial = (uint64_t)sqlite3_column_int64(q, 2)};
    read_blob(q, 1, ret->hash, HASH_BYTES);
    ret->note_len = (size_t)sqlite3_column_bytes(q, 3);
    ret->note = mem_string_n(sqlite3_column_blob(q, 3), ret->note_len);
}

/* The document in the only row of `q`. */
static int find_document(struct registrar_store *s, sqlite3_stmt *q, struct registrar_document *ret,
                         struct diag *d)
{
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "no such document");
    if (r < 0)
        return registrar_store_failed(s, d);
    read_document(q, ret);
    sqlite3_reset(q);
    return 0;
}

#define READ_DOCUMENT "SELECT kind, hash, serial, note FROM document WHERE "

int registrar_store_document(struct registrar_store *s, const uint8_t hash[static HASH_BYTES],
                             struct registrar_document *ret, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, READ_DOCUMENT "hash = ?");
    sql_bind_bytes(q, 1, hash, HASH_BYTES);
    return find_document(s, q, ret, d);
}

int registrar_store_policy(struct registrar_store *s, uint32_t serial,
                           struct registrar_document *ret, struct diag *d)
{
    if (serial == 0)
        return find_document(s, sql(&s->sql, READ_DOCUMENT "kind = 2 ORDER BY serial DESC LIMIT 1"),
                             ret, d);
    sqlite3_stmt *q = sql(&s->sql, READ_DOCUMENT "kind = 2 AND serial = ?");
    sqlite3_bind_int64(q, 1, serial);
    return find_document(s, q, ret, d);
}

int registrar_store_certificate(struct registrar_store *s, const char *handle,
                                struct registrar_document *ret, struct diag *d)
{
    sqlite3_stmt *q =
        sql(&s->sql, READ_DOCUMENT "kind = 5 AND handle = ? ORDER BY serial DESC LIMIT 1");
    sql_bind_text(q, 1, handle);
    return find_document(s, q, ret, d);
}

int registrar_store_use(struct registrar_store *s, const char *desk, struct registrar_document *ret,
                        struct diag *d)
{
    sqlite3_stmt *q =
        sql(&s->sql, READ_DOCUMENT "kind = 10 AND handle = ? ORDER BY serial DESC LIMIT 1");
    sql_bind_text(q, 1, desk);
    return find_document(s, q, ret, d);
}

int registrar_store_documents(struct registrar_store *s,
                              int (*each)(void *context, const struct registrar_document *x),
                              void *context, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT kind, hash, serial, note, handle FROM document"
                                   " ORDER BY kind = 2, kind > 4, kind, serial, hash");
    int r = 0;
    while (sql_walk(&s->sql, q, &r, d)) {
        CLEANUP_DOCUMENT struct registrar_document x = {0};
        read_document(q, &x);
        x.handle = (const char *)sqlite3_column_text(q, 4);
        r = each(context, &x);
    }
    return r;
}

int registrar_store_log(struct registrar_store *s, uint64_t *ret_size,
                        uint8_t ret_root[static HASH_BYTES], struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT size, root FROM log");
    if (sql_row(q) < 0)
        return registrar_store_failed(s, d);
    *ret_size = (uint64_t)sqlite3_column_int64(q, 0);
    read_blob(q, 1, ret_root, HASH_BYTES);
    sqlite3_reset(q);
    return 0;
}

int registrar_store_set_log(struct registrar_store *s, uint64_t size,
                            const uint8_t root[static HASH_BYTES], struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE log SET size = ?, root = ?");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)size);
    sql_bind_bytes(q, 2, root, HASH_BYTES);
    return registrar_store_change(s, q, d);
}

int registrar_store_announced(struct registrar_store *s, uint32_t *ret, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT serial FROM announced");
    if (sql_row(q) < 0)
        return registrar_store_failed(s, d);
    *ret = (uint32_t)sqlite3_column_int64(q, 0);
    sqlite3_reset(q);
    return 0;
}

int registrar_store_set_announced(struct registrar_store *s, uint32_t serial, struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "UPDATE announced SET serial = ?");
    sqlite3_bind_int64(q, 1, serial);
    return registrar_store_change(s, q, d);
}
