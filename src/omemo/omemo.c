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

int omemo_ended(sqlite3_stmt *q, int r)
{
    sqlite3_reset(q);
    sqlite3_clear_bindings(q);
    return r < 0 ? ERR_IO : 0;
}

int omemo_run(sqlite3_stmt *q)
{
    return omemo_ended(q, sql_run(q));
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
    (void)sql_failed(&o->sql, d, NULL);
    return ERR_IO; /* other codes are about what the other side sent */
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
    sql_over(&o->sql, db, "OMEMO's database");
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
    sql_close(&o->sql);
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
    sqlite3_stmt *q = sql(&o->sql, "INSERT INTO omemo_self VALUES (1, ?, ?, ?, 0, 1, 0)");
    sqlite3_bind_int64(q, 1, o->device);
    sql_bind_bytes(q, 2, o->identity, sizeof o->identity);
    sql_bind_bytes(q, 3, o->private_key, 32);
    return omemo_run(q);
}

static int has_tables(struct omemo *o, bool *ret)
{
    sqlite3_stmt *q = sql(&o->sql, "SELECT 1 FROM sqlite_schema WHERE name = 'omemo_self'");
    int r = sql_row(q);
    *ret = r == 0;
    return omemo_ended(q, r == ERR_NOT_FOUND ? 0 : r);
}

int omemo_create(sqlite3 *db, int64_t now_unix_ms, struct diag *d)
{
    bool there = false;
    CLEANUP_OMEMO struct omemo *o = omemo_new(db);
    if (has_tables(o, &there) < 0)
        return omemo_failed(o, d);
    if (there)
        return diag_set(d, ERR_EXISTS, "this database holds an OMEMO identity already");
    if (sql_execute(&o->sql, schema, NULL) < 0 || make_identity(o) < 0 ||
        omemo_make_keys(o, now_unix_ms) < 0)
        return omemo_failed(o, d);
    return 0;
}

int omemo_open(sqlite3 *db, struct omemo **ret, struct diag *d)
{
    bool there = false;
    CLEANUP_OMEMO struct omemo *o = omemo_new(db);
    if (has_tables(o, &there) < 0 || sql_execute(&o->sql, "PRAGMA secure_delete = ON", NULL) < 0)
        return omemo_failed(o, d);
    if (!there)
        return diag_set(d, ERR_NOT_FOUND, "this database holds no OMEMO identity");
    sqlite3_stmt *q = sql(&o->sql, "SELECT device, identity, private FROM omemo_self");
    int r = sql_row(q);
    if (r == 0 && sql_blob(q, 1, OMEMO_IDENTITY_BYTES) != NULL && sql_blob(q, 2, 32) != NULL) {
        o->device = (uint32_t)sqlite3_column_int64(q, 0);
        memcpy(o->identity, sql_blob(q, 1, OMEMO_IDENTITY_BYTES), OMEMO_IDENTITY_BYTES);
        memcpy(o->private_key, sql_blob(q, 2, 32), 32);
    }
    if (omemo_ended(q, r == ERR_NOT_FOUND ? 0 : r) < 0)
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
