/* Our own prekeys: made, published, replaced, destroyed. */
#include <limits.h>
#include <string.h>

#include "base/calendar.h"
#include "omemo/omemo_internal.h"

#define DAY_MS CALENDAR_DAY_MS
#define SIGNED_LIFE_MS (7 * DAY_MS)
#define SIGNED_GRACE_MS (14 * DAY_MS)

static void must(int r)
{
    if (r < 0)
        abort(); /* no memory: these calls have no other way to fail */
}

int omemo_bundle_moved(struct omemo *o)
{
    return omemo_run(sql(&o->sql, "UPDATE omemo_self SET changed = changed + 1"));
}

static int put_record(sqlite3_stmt *q, uint32_t id, signal_buffer *record)
{
    sqlite3_bind_int64(q, 1, id);
    sql_bind_bytes(q, 2, signal_buffer_data(record), signal_buffer_len(record));
    int r = omemo_run(q);
    omemo_buffer_free(record);
    return r;
}

/* Ids go round; one that comes up again is long out of use. */
static int next_id(struct omemo *o, uint32_t *ret)
{
    sqlite3_stmt *q = sql(
        &o->sql, "UPDATE omemo_self SET next_prekey = next_prekey % ? + 1 RETURNING next_prekey");
    int r = 0;
    sqlite3_bind_int64(q, 1, PRE_KEY_MEDIUM_MAX_VALUE - 1);
    while (sql_next(q, &r))
        *ret = (uint32_t)sqlite3_column_int64(q, 0);
    return omemo_ended(q, r);
}

static int make_prekey(struct omemo *o)
{
    uint32_t id = 0;
    ec_key_pair *pair = NULL;
    session_pre_key *key = NULL;
    signal_buffer *record = NULL;
    int r = next_id(o, &id);
    if (r < 0)
        return r;
    must(curve_generate_key_pair(o->signal, &pair));
    must(session_pre_key_create(&key, id, pair));
    must(session_pre_key_serialize(&record, key));
    SIGNAL_UNREF(pair);
    SIGNAL_UNREF(key);
    return put_record(sql(&o->sql, "INSERT OR REPLACE INTO omemo_prekey VALUES (?, ?, NULL)"), id,
                      record);
}

static int make_signed(struct omemo *o, uint32_t id, int64_t now_unix_ms)
{
    ratchet_identity_key_pair *identity = NULL;
    session_signed_pre_key *key = NULL;
    signal_buffer *record = NULL;
    must(omemo_identity_pair(o, &identity));
    must(signal_protocol_key_helper_generate_signed_pre_key(&key, identity, id,
                                                            (uint64_t)now_unix_ms, o->signal));
    must(session_signed_pre_key_serialize(&record, key));
    SIGNAL_UNREF(identity);
    SIGNAL_UNREF(key);
    sqlite3_stmt *q = sql(&o->sql, "INSERT INTO omemo_signed VALUES (?, ?, ?, NULL)");
    sqlite3_bind_int64(q, 3, now_unix_ms);
    return put_record(q, id, record);
}

static int top_up(struct omemo *o)
{
    sqlite3_stmt *q = sql(&o->sql, "SELECT count(*) FROM omemo_prekey WHERE used_at IS NULL");
    int r = sql_row(q);
    int64_t count = r == 0 ? sqlite3_column_int64(q, 0) : 0;
    r = omemo_ended(q, r);
    bool changed = count < OMEMO_PREKEYS;
    for (; r == 0 && count < OMEMO_PREKEYS; count++)
        r = make_prekey(o);
    return r == 0 && changed ? omemo_bundle_moved(o) : r;
}

int omemo_make_keys(struct omemo *o, int64_t now_unix_ms)
{
    int r = make_signed(o, 1, now_unix_ms);
    return r < 0 ? r : top_up(o);
}

static int run_at(sqlite3_stmt *q, int64_t at_unix_ms)
{
    sqlite3_bind_int64(q, 1, at_unix_ms);
    return omemo_run(q);
}

static int rotate_signed(struct omemo *o, int64_t now_unix_ms)
{
    sqlite3_stmt *q = sql(&o->sql, "SELECT id, made_at FROM omemo_signed WHERE retired_at IS NULL");
    int r = sql_row(q);
    uint32_t id = r == 0 ? (uint32_t)sqlite3_column_int64(q, 0) : 0;
    int64_t made_at = r == 0 ? sqlite3_column_int64(q, 1) : 0;
    r = omemo_ended(q, r == ERR_NOT_FOUND ? 0 : r);
    if (r < 0 || now_unix_ms - made_at < SIGNED_LIFE_MS)
        return r;
    r = run_at(sql(&o->sql, "UPDATE omemo_signed SET retired_at = ? WHERE retired_at IS NULL"),
               now_unix_ms);
    if (r == 0)
        r = make_signed(o, id % OMEMO_DEVICE_MAX + 1, now_unix_ms);
    return r < 0 ? r : omemo_bundle_moved(o);
}

int omemo_maintain(struct omemo *o, int64_t now_unix_ms, int64_t grace_ms)
{
    /* A clock that was ahead and went back must not keep keys alive. */
    int r = run_at(sql(&o->sql, "UPDATE omemo_prekey SET used_at = ?1 WHERE used_at > ?1"),
                   now_unix_ms);
    if (r == 0)
        r = run_at(sql(&o->sql, "UPDATE omemo_signed SET made_at = min(made_at, ?1), retired_at = "
                                "min(retired_at, ?1) WHERE made_at > ?1 OR retired_at > ?1"),
                   now_unix_ms);
    if (r == 0)
        r = run_at(sql(&o->sql, "DELETE FROM omemo_prekey WHERE used_at <= ?"),
                   now_unix_ms - grace_ms);
    if (r == 0)
        r = run_at(sql(&o->sql, "DELETE FROM omemo_signed WHERE retired_at <= ?"),
                   now_unix_ms - SIGNED_GRACE_MS);
    if (r == 0)
        r = rotate_signed(o, now_unix_ms);
    return r < 0 ? r : top_up(o);
}

static int read_versions(struct omemo *o, uint64_t *ret_changed, uint64_t *ret_published)
{
    sqlite3_stmt *q = sql(&o->sql, "SELECT changed, published FROM omemo_self");
    int r = sql_row(q);
    if (r == 0) {
        *ret_changed = (uint64_t)sqlite3_column_int64(q, 0);
        *ret_published = (uint64_t)sqlite3_column_int64(q, 1);
    }
    return omemo_ended(q, r);
}

int omemo_bundle_changed(struct omemo *o, bool *ret)
{
    uint64_t changed = 0, published = 0;
    int r = read_versions(o, &changed, &published);
    if (r == 0)
        *ret = changed != published;
    return r;
}

int omemo_mark_published(struct omemo *o, uint64_t version)
{
    return run_at(sql(&o->sql, "UPDATE omemo_self SET published = max(published, ?)"),
                  (int64_t)version);
}

static void public_of(ec_key_pair *pair, uint8_t ret[static OMEMO_IDENTITY_BYTES])
{
    signal_buffer *public = NULL;
    must(ec_public_key_serialize(&public, ec_key_pair_get_public(pair)));
    memcpy(ret, signal_buffer_data(public), OMEMO_IDENTITY_BYTES);
    omemo_buffer_free(public);
}

static int read_signed(struct omemo *o, struct omemo_bundle *bundle)
{
    sqlite3_stmt *q = sql(&o->sql, "SELECT record FROM omemo_signed WHERE retired_at IS NULL");
    session_signed_pre_key *key = NULL;
    int r = ERR_IO;
    if (sql_row(q) == 0 &&
        session_signed_pre_key_deserialize(&key, sqlite3_column_blob(q, 0),
                                           (size_t)sqlite3_column_bytes(q, 0), o->signal) == 0 &&
        session_signed_pre_key_get_signature_len(key) == OMEMO_SIGNATURE_BYTES) {
        bundle->signed_prekey.id = session_signed_pre_key_get_id(key);
        public_of(session_signed_pre_key_get_key_pair(key), bundle->signed_prekey.key);
        memcpy(bundle->signature, session_signed_pre_key_get_signature(key), OMEMO_SIGNATURE_BYTES);
        r = 0;
    }
    SIGNAL_UNREF(key);
    return omemo_ended(q, r);
}

static int read_prekeys(struct omemo *o, struct omemo_bundle *bundle)
{
    sqlite3_stmt *q =
        sql(&o->sql, "SELECT record FROM omemo_prekey WHERE used_at IS NULL ORDER BY id");
    int r = 0;
    while (bundle->prekey_count < OMEMO_PREKEYS && sql_next(q, &r)) {
        session_pre_key *key = NULL;
        struct omemo_prekey *to = &bundle->prekeys[bundle->prekey_count++];
        if (session_pre_key_deserialize(&key, sqlite3_column_blob(q, 0),
                                        (size_t)sqlite3_column_bytes(q, 0), o->signal) != 0) {
            r = ERR_IO;
            break;
        }
        to->id = session_pre_key_get_id(key);
        public_of(session_pre_key_get_key_pair(key), to->key);
        SIGNAL_UNREF(key);
    }
    return omemo_ended(q, r);
}

int omemo_put_bundle(struct omemo *o, struct buf *b, uint64_t *ret_version)
{
    struct omemo_prekey prekeys[OMEMO_PREKEYS];
    struct omemo_bundle bundle = {.prekeys = prekeys};
    uint64_t version = 0, published = 0;
    memcpy(bundle.identity, o->identity, sizeof bundle.identity);
    int r = read_versions(o, &version, &published);
    if (r == 0)
        r = read_signed(o, &bundle);
    if (r == 0)
        r = read_prekeys(o, &bundle);
    if (r < 0)
        return r;
    omemo_bundle_put(b, &bundle);
    *ret_version = version;
    return 0;
}
