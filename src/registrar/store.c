#include "registrar/store.h"

#include <string.h>

#include "base/memory.h"
#include "base/secret.h"

#define VAULT_KIND "registrar"
#define SCHEMA_VERSION 1

struct registrar_store {
    sqlite3 *db;
    char *path;
    bool in_transaction;
};

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
_Static_assert(DOCUMENT_POLICY == 2 && DOCUMENT_CERTIFICATE == 5 && DOCUMENT_STATEMENT == 7,
               "the schema has these numbers");

DEFINE_CLEANUP(sqlite3_stmt, sqlite3_finalize)
#define CLEANUP_STATEMENT CLEANUP(sqlite3_finalize_cleanup)

static int failed(struct registrar_store *s, struct diag *d)
{
    if ((sqlite3_errcode(s->db) & 0xff) == SQLITE_CONSTRAINT)
        return diag_set(d, ERR_EXISTS, "%s: %s", s->path, sqlite3_errmsg(s->db));
    diag_set(d, 0, "%s: %s", s->path, sqlite3_errmsg(s->db));
    return vault_fault(s->db, d) < 0 ? ERR_AUTH : ERR_IO;
}

static int execute(struct registrar_store *s, const char *sql, struct diag *d)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(s, d);
}

/* What a statement's parameters are given, in order. */
enum { TEXT, NUMBER, BLOB };
struct value {
    int type;
    const void *data; /* NULL as TEXT: SQL's NULL */
    size_t len;
    int64_t number;
};
#define OF_TEXT(s) ((struct value){.type = TEXT, .data = (s)})
#define OF_NUMBER(n) ((struct value){.type = NUMBER, .number = (n)})
#define OF_BLOB(p, n) ((struct value){.type = BLOB, .data = (p), .len = (n)})
#define NO_VALUES NULL, 0

/* The values must live until the statement is finalized. */
static int prepare(struct registrar_store *s, const char *sql, const struct value *values,
                   size_t count, sqlite3_stmt **ret, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);
    for (int i = 0; r == SQLITE_OK && i < (int)count; i++) {
        const struct value *v = &values[i];
        if (v->type == TEXT)
            r = sqlite3_bind_text(st, i + 1, v->data, -1, SQLITE_STATIC);
        else if (v->type == BLOB)
            r = sqlite3_bind_blob64(st, i + 1, v->data, v->len, SQLITE_STATIC);
        else
            r = sqlite3_bind_int64(st, i + 1, v->number);
    }
    if (r != SQLITE_OK)
        return failed(s, d);
    *ret = TAKE(st);
    return 0;
}

/* 1: a row; 0: no more. */
static int step(struct registrar_store *s, sqlite3_stmt *st, struct diag *d)
{
    int r = sqlite3_step(st);
    return r == SQLITE_ROW ? 1 : r == SQLITE_DONE ? 0 : failed(s, d);
}

static int change(struct registrar_store *s, const char *sql, const struct value *values,
                  size_t count, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, sql, values, count, &st, d);
    return r < 0 ? r : step(s, st, d);
}

static void read_text(sqlite3_stmt *st, int column, char ret[static VALUE_HANDLE_MAX + 1])
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    snprintf(ret, VALUE_HANDLE_MAX + 1, "%s", text == NULL ? "" : text);
}

/* Exactly `len` bytes, else zeros. */
static void read_blob(sqlite3_stmt *st, int column, uint8_t *ret, size_t len)
{
    const void *data = sqlite3_column_blob(st, column);
    if (data != NULL && (size_t)sqlite3_column_bytes(st, column) == len)
        memcpy(ret, data, len);
    else
        memset(ret, 0, len);
}

static int version_of(struct registrar_store *s, int *ret, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, "PRAGMA user_version", NO_VALUES, &st, d);
    if (r == 0)
        r = step(s, st, d);
    if (r == 1)
        *ret = sqlite3_column_int(st, 0);
    return r < 0 ? r : 0;
}

/* A crash between the vault and its schema leaves version 0, so opening does it too. */
static int make_schema(struct registrar_store *s, struct diag *d)
{
    int version = 0;
    int r = version_of(s, &version, d);
    if (r < 0 || version == SCHEMA_VERSION)
        return r;
    if (version != 0)
        return diag_set(d, ERR_FORMAT, "%s was made by another version of this program", s->path);
    r = registrar_store_begin(s, d);
    if (r == 0)
        r = execute(s, schema, d);
    if (r == 0)
        r = execute(s, "PRAGMA user_version = 1", d);
    if (r == 0)
        r = registrar_store_commit(s, d);
    registrar_store_rollback(s);
    return r;
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
    s->path = mem_string(path);
    int r = vault_open(path, VAULT_KIND, &(struct vault_key){.bytes = key}, &s->db, d);
    if (r == 0)
        r = make_schema(s, d);
    if (r == 0)
        *ret = TAKE(s);
    return r;
}

void registrar_store_close(struct registrar_store *s)
{
    if (s == NULL)
        return;
    registrar_store_rollback(s);
    vault_close(s->db);
    free(s->path);
    free(s);
}

int registrar_store_begin(struct registrar_store *s, struct diag *d)
{
    int r = execute(s, "BEGIN IMMEDIATE", d);
    s->in_transaction = r == 0;
    return r;
}

int registrar_store_commit(struct registrar_store *s, struct diag *d)
{
    int r = execute(s, "COMMIT", d);
    if (r == 0)
        s->in_transaction = false;
    return r;
}

void registrar_store_rollback(struct registrar_store *s)
{
    /* After some errors SQLite has rolled back by itself; then this fails, and nothing is lost. */
    if (s->in_transaction)
        (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->in_transaction = false;
}

void registrar_document_clear(struct registrar_document *x)
{
    free(x->note);
    *x = (struct registrar_document){0};
}

int registrar_store_put_document(struct registrar_store *s, const struct registrar_document *x,
                                 struct diag *d)
{
    const struct value v[] = {OF_BLOB(x->hash, HASH_BYTES), OF_NUMBER(x->kind), OF_TEXT(x->handle),
                              OF_NUMBER((int64_t)x->serial), OF_BLOB(x->note, x->note_len)};
    return change(s, "INSERT INTO document VALUES(?, ?, ?, ?, ?)", v, 5, d);
}

int registrar_store_put_destroyed(struct registrar_store *s, const char *warrant, int64_t day,
                                  struct diag *d)
{
    const struct value v[] = {OF_TEXT(warrant), OF_NUMBER(day)};
    return change(s, "INSERT INTO destroyed VALUES(?, ?)", v, 2, d);
}

static int read_document(struct registrar_store *s, const char *sql, const struct value *v,
                         size_t count, struct registrar_document *ret, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, sql, v, count, &st, d);
    if (r == 0)
        r = step(s, st, d);
    if (r == 0)
        return diag_set(d, ERR_NOT_FOUND, "no such document");
    if (r < 0)
        return r;
    struct registrar_document x = {.kind = (enum document_kind)sqlite3_column_int(st, 0)};
    read_blob(st, 1, x.hash, HASH_BYTES);
    x.serial = (uint64_t)sqlite3_column_int64(st, 2);
    x.note_len = (size_t)sqlite3_column_bytes(st, 3);
    x.note = mem_string_n(sqlite3_column_blob(st, 3), x.note_len);
    *ret = x;
    return 0;
}

#define READ_DOCUMENT "SELECT kind, hash, serial, note FROM document WHERE "

int registrar_store_document(struct registrar_store *s, const uint8_t hash[static HASH_BYTES],
                             struct registrar_document *ret, struct diag *d)
{
    const struct value v[] = {OF_BLOB(hash, HASH_BYTES)};
    return read_document(s, READ_DOCUMENT "hash = ?", v, 1, ret, d);
}

int registrar_store_policy(struct registrar_store *s, uint32_t serial,
                           struct registrar_document *ret, struct diag *d)
{
    const struct value v[] = {OF_NUMBER(serial)};
    return serial == 0 ? read_document(s, READ_DOCUMENT "kind = 2 ORDER BY serial DESC LIMIT 1",
                                       NO_VALUES, ret, d)
                       : read_document(s, READ_DOCUMENT "kind = 2 AND serial = ?", v, 1, ret, d);
}

int registrar_store_certificate(struct registrar_store *s, const char *handle,
                                struct registrar_document *ret, struct diag *d)
{
    const struct value v[] = {OF_TEXT(handle)};
    return read_document(s, READ_DOCUMENT "kind = 5 AND handle = ? ORDER BY serial DESC LIMIT 1", v,
                         1, ret, d);
}

int registrar_store_documents(struct registrar_store *s,
                              int (*each)(void *context, const struct registrar_document *x),
                              void *context, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s,
                    "SELECT kind, hash, serial, note, handle FROM document"
                    " ORDER BY kind = 2, kind > 4, kind, serial, hash",
                    NO_VALUES, &st, d);
    while (r == 0 && (r = step(s, st, d)) == 1) {
        struct registrar_document x = {.kind = (enum document_kind)sqlite3_column_int(st, 0)};
        read_blob(st, 1, x.hash, HASH_BYTES);
        x.serial = (uint64_t)sqlite3_column_int64(st, 2);
        x.note_len = (size_t)sqlite3_column_bytes(st, 3);
        CLEANUP_FREE char *note = mem_string_n(sqlite3_column_blob(st, 3), x.note_len);
        x.note = note;
        x.handle = (const char *)sqlite3_column_text(st, 4);
        r = each(context, &x);
    }
    return r;
}

int registrar_store_log(struct registrar_store *s, uint64_t *ret_size,
                        uint8_t ret_root[static HASH_BYTES], struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, "SELECT size, root FROM log", NO_VALUES, &st, d);
    if (r == 0)
        r = step(s, st, d);
    if (r < 0)
        return r;
    *ret_size = (uint64_t)sqlite3_column_int64(st, 0);
    read_blob(st, 1, ret_root, HASH_BYTES);
    return 0;
}

int registrar_store_set_log(struct registrar_store *s, uint64_t size,
                            const uint8_t root[static HASH_BYTES], struct diag *d)
{
    const struct value v[] = {OF_NUMBER((int64_t)size), OF_BLOB(root, HASH_BYTES)};
    return change(s, "UPDATE log SET size = ?, root = ?", v, 2, d);
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
    read_blob(st, 4, ret->secret, sizeof ret->secret);
    read_blob(st, 5, ret->request, sizeof ret->request);
    ret->serial = (uint64_t)sqlite3_column_int64(st, 6); /* NULL reads as 0 */
}

int registrar_store_account(struct registrar_store *s, const char *handle,
                            struct registrar_account *ret, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    const struct value v[] = {OF_TEXT(handle)};
    int r = prepare(s, READ_ACCOUNT "handle = ?", v, 1, &st, d);
    if (r == 0)
        r = step(s, st, d);
    if (r == 0)
        return diag_set(d, ERR_NOT_FOUND, "there is no account %s", handle);
    if (r < 0)
        return r;
    read_account(st, ret);
    return 0;
}

int registrar_store_put_account(struct registrar_store *s, const struct registrar_account *x,
                                struct diag *d)
{
    const struct value v[] = {
        OF_TEXT(x->handle),
        OF_TEXT(x->distributor),
        OF_NUMBER(x->activated),
        OF_NUMBER(x->created_unix_ms),
        OF_BLOB(x->secret, sizeof x->secret),
        OF_BLOB(x->request, sizeof x->request),
    };
    return change(s, "REPLACE INTO account VALUES(?, ?, ?, ?, ?, ?)", v, 6, d);
}

int registrar_store_accounts(struct registrar_store *s, const char *after, uint32_t max,
                             int (*each)(void *context, const struct registrar_account *x),
                             void *context, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    const struct value v[] = {OF_TEXT(after), OF_NUMBER(max)};
    int r = prepare(s, READ_ACCOUNT "handle > ? ORDER BY handle LIMIT ?", v, 2, &st, d);
    while (r == 0 && (r = step(s, st, d)) == 1) {
        struct registrar_account x;
        read_account(st, &x);
        r = each(context, &x);
        secret_wipe(x.secret, sizeof x.secret);
    }
    return r;
}

int registrar_store_count(struct registrar_store *s, uint64_t *ret_accounts,
                          uint64_t *ret_activated, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, "SELECT count(*), total(activated) FROM account", NO_VALUES, &st, d);
    if (r == 0)
        r = step(s, st, d);
    if (r < 0)
        return r;
    *ret_accounts = (uint64_t)sqlite3_column_int64(st, 0);
    *ret_activated = (uint64_t)sqlite3_column_int64(st, 1);
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
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    const struct value v[] = {OF_TEXT(name)};
    int r = prepare(s, "SELECT name, quota, used FROM distributor WHERE name = ?", v, 1, &st, d);
    if (r == 0)
        r = step(s, st, d);
    if (r == 0)
        return diag_set(d, ERR_NOT_FOUND, "there is no distributor %s", name);
    if (r < 0)
        return r;
    read_distributor(st, ret);
    return 0;
}

int registrar_store_put_distributor(struct registrar_store *s,
                                    const struct registrar_distributor *x, struct diag *d)
{
    const struct value v[] = {OF_TEXT(x->name), OF_NUMBER(x->quota), OF_NUMBER(x->used)};
    return change(s,
                  "INSERT INTO distributor VALUES(?1, ?2, ?3) "
                  "ON CONFLICT(name) DO UPDATE SET quota = ?2, used = ?3",
                  v, 3, d);
}

int registrar_store_distributors(struct registrar_store *s,
                                 int (*each)(void *context, const struct registrar_distributor *x),
                                 void *context, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r =
        prepare(s, "SELECT name, quota, used FROM distributor ORDER BY name", NO_VALUES, &st, d);
    while (r == 0 && (r = step(s, st, d)) == 1) {
        struct registrar_distributor x;
        read_distributor(st, &x);
        r = each(context, &x);
    }
    return r;
}

int registrar_store_announced(struct registrar_store *s, uint32_t *ret, struct diag *d)
{
    CLEANUP_STATEMENT sqlite3_stmt *st = NULL;
    int r = prepare(s, "SELECT serial FROM announced", NO_VALUES, &st, d);
    if (r == 0)
        r = step(s, st, d);
    if (r < 0)
        return r;
    *ret = (uint32_t)sqlite3_column_int64(st, 0);
    return 0;
}

int registrar_store_set_announced(struct registrar_store *s, uint32_t serial, struct diag *d)
{
    const struct value v[] = {OF_NUMBER(serial)};
    return change(s, "UPDATE announced SET serial = ?", v, 1, d);
}

sqlite3 *registrar_store_sqlite(struct registrar_store *s)
{
    return s->db;
}
