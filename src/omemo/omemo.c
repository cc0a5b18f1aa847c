#include "omemo/omemo.h"

#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "omemo/omemo_internal.h"

/* omemo_prekey.used_at: NULL while it is in the bundle. omemo_signed.retired_at: NULL for the one
 * in the bundle. Both in unix milliseconds. */
static const char schema[] =
    "CREATE TABLE omemo_self (id INTEGER PRIMARY KEY CHECK (id = 1), device INTEGER NOT NULL,"
    " identity BLOB NOT NULL, private BLOB NOT NULL, next_prekey INTEGER NOT NULL,"
    " changed INTEGER NOT NULL, published INTEGER NOT NULL);"
    "CREATE TABLE omemo_prekey (id INTEGER PRIMARY KEY, record BLOB NOT NULL, used_at INTEGER);"
    "CREATE TABLE omemo_signed (id INTEGER PRIMARY KEY, record BLOB NOT NULL,"
    " made_at INTEGER NOT NULL, retired_at INTEGER);"
    "CREATE TABLE omemo_session (jid TEXT NOT NULL, device INTEGER NOT NULL,"
    " identity BLOB NOT NULL, record BLOB NOT NULL, PRIMARY KEY (jid, device));";

static const char *const statements[OMEMO_STATEMENTS] = {
    [S_SELF] = "SELECT device, identity, private FROM omemo_self",
    [S_VERSIONS] = "SELECT changed, published FROM omemo_self",
    [S_CHANGED] = "UPDATE omemo_self SET changed = changed + 1",
    [S_PUBLISHED] = "UPDATE omemo_self SET published = max(published, ?)",
    [S_NEXT_PREKEY] = "UPDATE omemo_self SET next_prekey = next_prekey % ? + 1"
                      " RETURNING next_prekey",
    [S_PUT_PREKEY] = "INSERT OR REPLACE INTO omemo_prekey VALUES (?, ?, NULL)",
    [S_PREKEY] = "SELECT record FROM omemo_prekey WHERE id = ?",
    [S_USE_PREKEY] = "UPDATE omemo_prekey SET used_at = ?2 WHERE id = ?1 AND used_at IS NULL",
    [S_BUNDLE_PREKEYS] = "SELECT record FROM omemo_prekey WHERE used_at IS NULL ORDER BY id",
    [S_COUNT_PREKEYS] = "SELECT count(*) FROM omemo_prekey WHERE used_at IS NULL",
    [S_FIX_PREKEYS] = "UPDATE omemo_prekey SET used_at = ?1 WHERE used_at > ?1",
    [S_DESTROY_PREKEYS] = "DELETE FROM omemo_prekey WHERE used_at <= ?",
    [S_PUT_SIGNED] = "INSERT INTO omemo_signed VALUES (?, ?, ?, NULL)",
    [S_SIGNED] = "SELECT record FROM omemo_signed WHERE id = ?",
    [S_CURRENT_SIGNED] = "SELECT record, id, made_at FROM omemo_signed WHERE retired_at IS NULL",
    [S_RETIRE_SIGNED] = "UPDATE omemo_signed SET retired_at = ? WHERE retired_at IS NULL",
    [S_FIX_SIGNED] = "UPDATE omemo_signed SET made_at = min(made_at, ?1),"
                     " retired_at = min(retired_at, ?1) WHERE made_at > ?1 OR retired_at > ?1",
    [S_DESTROY_SIGNED] = "DELETE FROM omemo_signed WHERE retired_at <= ?",
    [S_SESSION] = "SELECT record, identity FROM omemo_session WHERE jid = ? AND device = ?",
    [S_PUT_SESSION] = "INSERT OR REPLACE INTO omemo_session VALUES (?, ?, ?, ?)",
    [S_FORGET_SESSION] = "DELETE FROM omemo_session WHERE jid = ? AND device = ?",
};

sqlite3_stmt *omemo_statement(struct omemo *o, enum omemo_statement which)
{
    if (o->statements[which] == NULL &&
        sqlite3_prepare_v3(o->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT,
                           &o->statements[which], NULL) != SQLITE_OK)
        return NULL; /* SQLite takes NULL and returns SQLITE_MISUSE */
    return o->statements[which];
}

int omemo_finish(sqlite3_stmt *s, int step)
{
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return step == SQLITE_DONE || step == SQLITE_ROW ? 0 : ERR_IO;
}

int omemo_run(struct omemo *o, enum omemo_statement which)
{
    sqlite3_stmt *s = omemo_statement(o, which);
    int step = sqlite3_step(s);
    return omemo_finish(s, step) == 0 && step == SQLITE_DONE ? 0 : ERR_IO;
}

signal_buffer *omemo_column(sqlite3_stmt *s, int column)
{
    const void *data = sqlite3_column_blob(s, column);
    return signal_buffer_create(data, (size_t)sqlite3_column_bytes(s, column));
}

void omemo_buffer_free(signal_buffer *b)
{
    if (b != NULL)
        signal_buffer_bzero_free(b);
}

int omemo_failed(const struct omemo *o, struct diag *d)
{
    return diag_set(d, ERR_IO, "OMEMO's database: %s", sqlite3_errmsg(o->db));
}

int omemo_identity_pair(struct omemo *o, ratchet_identity_key_pair **ret)
{
    ec_public_key *public = NULL;
    ec_private_key *private = NULL;
    int r = ERR_KEY;
    if (curve_decode_point(&public, o->identity, sizeof o->identity, o->signal) == 0 &&
        curve_decode_private_point(&private, o->private_key, 32, o->signal) == 0 &&
        ratchet_identity_key_pair_create(ret, public, private) == 0)
        r = 0;
    SIGNAL_UNREF(public);
    SIGNAL_UNREF(private);
    return r;
}

static struct omemo *omemo_new(sqlite3 *db)
{
    struct omemo *o = mem_new(sizeof *o);
    o->db = db;
    o->private_key = secret_new(32);
    if (signal_context_create(&o->signal, o) != 0 ||
        signal_context_set_crypto_provider(o->signal, &omemo_crypto) != 0)
        abort(); /* no memory */
    o->store = omemo_store_new(o);
    return o;
}

void omemo_close(struct omemo *o)
{
    if (o == NULL)
        return;
    for (size_t i = 0; i < OMEMO_STATEMENTS; i++)
        sqlite3_finalize(o->statements[i]);
    signal_protocol_store_context_destroy(o->store);
    signal_context_destroy(o->signal);
    secret_free(o->private_key);
    free(o);
}

/* A fresh identity and device id, here and in the database. */
static int make_identity(struct omemo *o)
{
    ec_key_pair *pair = NULL;
    signal_buffer *public = NULL, *private = NULL;
    int r = ERR_IO;
    while (o->device == 0) {
        secret_random(&o->device, sizeof o->device);
        o->device &= OMEMO_DEVICE_MAX;
    }
    if (curve_generate_key_pair(o->signal, &pair) != 0 ||
        ec_public_key_serialize(&public, ec_key_pair_get_public(pair)) != 0 ||
        ec_private_key_serialize(&private, ec_key_pair_get_private(pair)) != 0 ||
        signal_buffer_len(public) != OMEMO_IDENTITY_BYTES || signal_buffer_len(private) != 32)
        abort(); /* no memory */
    memcpy(o->identity, signal_buffer_data(public), OMEMO_IDENTITY_BYTES);
    memcpy(o->private_key, signal_buffer_data(private), 32);
    omemo_buffer_free(public);
    omemo_buffer_free(private);
    SIGNAL_UNREF(pair);
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(o->db, "INSERT INTO omemo_self VALUES (1, ?, ?, ?, 0, 1, 0)", -1, &s,
                           NULL) == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, o->device);
        sqlite3_bind_blob(s, 2, o->identity, sizeof o->identity, SQLITE_STATIC);
        sqlite3_bind_blob(s, 3, o->private_key, 32, SQLITE_STATIC);
        r = omemo_finish(s, sqlite3_step(s));
    }
    sqlite3_finalize(s);
    return r;
}

static int has_tables(sqlite3 *db, bool *ret)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_schema WHERE name = 'omemo_self'", -1, &s,
                           NULL) != SQLITE_OK)
        return ERR_IO;
    int step = sqlite3_step(s);
    *ret = step == SQLITE_ROW;
    sqlite3_finalize(s);
    return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : ERR_IO;
}

int omemo_create(sqlite3 *db, int64_t now_unix_ms, struct diag *d)
{
    bool there = false;
    CLEANUP_OMEMO struct omemo *o = omemo_new(db);
    if (has_tables(db, &there) < 0)
        return omemo_failed(o, d);
    if (there)
        return diag_set(d, ERR_EXISTS, "this database holds an OMEMO identity already");
    if (sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK || make_identity(o) < 0 ||
        omemo_make_keys(o, now_unix_ms) < 0)
        return omemo_failed(o, d);
    return 0;
}

int omemo_open(sqlite3 *db, struct omemo **ret, struct diag *d)
{
    bool there = false;
    CLEANUP_OMEMO struct omemo *o = omemo_new(db);
    if (has_tables(db, &there) < 0 ||
        sqlite3_exec(db, "PRAGMA secure_delete = ON", NULL, NULL, NULL) != SQLITE_OK)
        return omemo_failed(o, d);
    if (!there)
        return diag_set(d, ERR_NOT_FOUND, "this database holds no OMEMO identity");
    sqlite3_stmt *s = omemo_statement(o, S_SELF);
    int step = sqlite3_step(s);
    if (step == SQLITE_ROW && sqlite3_column_bytes(s, 1) == OMEMO_IDENTITY_BYTES &&
        sqlite3_column_bytes(s, 2) == 32) {
        o->device = (uint32_t)sqlite3_column_int64(s, 0);
        memcpy(o->identity, sqlite3_column_blob(s, 1), OMEMO_IDENTITY_BYTES);
        memcpy(o->private_key, sqlite3_column_blob(s, 2), 32);
    }
    if (omemo_finish(s, step) < 0)
        return omemo_failed(o, d);
    if (o->device == 0 || o->identity[0] != 0x05)
        return diag_set(d, ERR_IO, "OMEMO's database: the identity is damaged");
    *ret = TAKE(o);
    return 0;
}

uint32_t omemo_device_id(const struct omemo *o)
{
    return o->device;
}

const uint8_t *omemo_identity(const struct omemo *o)
{
    return o->identity;
}
