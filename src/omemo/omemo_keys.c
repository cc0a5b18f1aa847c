/* Our own prekeys: made, published, replaced, destroyed. */
#include <limits.h>
#include <string.h>

#include "omemo/omemo_internal.h"

#define DAY_MS INT64_C(86400000)
#define SIGNED_LIFE_MS (7 * DAY_MS)
#define SIGNED_GRACE_MS (14 * DAY_MS)

static void must(int r)
{
    if (r < 0)
        abort(); /* no memory: these calls have no other way to fail */
}

static int put_record(struct omemo *o, sqlite3_stmt *s, enum omemo_statement which, uint32_t id,
                      signal_buffer *record)
{
    sqlite3_bind_int64(s, 1, id);
    sqlite3_bind_blob(s, 2, signal_buffer_data(record), (int)signal_buffer_len(record),
                      SQLITE_STATIC);
    int r = omemo_run(o, which);
    omemo_buffer_free(record);
    return r;
}

/* Ids go round; one that comes up again is long out of use. */
static int next_id(struct omemo *o, uint32_t *ret)
{
    sqlite3_stmt *s = omemo_statement(o, S_NEXT_PREKEY);
    sqlite3_bind_int64(s, 1, PRE_KEY_MEDIUM_MAX_VALUE - 1);
    int step = sqlite3_step(s);
    if (step == SQLITE_ROW) {
        *ret = (uint32_t)sqlite3_column_int64(s, 0);
        step = sqlite3_step(s);
    }
    return omemo_finish(s, step) == 0 && step == SQLITE_DONE ? 0 : ERR_IO;
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
    return put_record(o, omemo_statement(o, S_PUT_PREKEY), S_PUT_PREKEY, id, record);
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
    sqlite3_stmt *s = omemo_statement(o, S_PUT_SIGNED);
    sqlite3_bind_int64(s, 3, now_unix_ms);
    return put_record(o, s, S_PUT_SIGNED, id, record);
}

static int top_up(struct omemo *o)
{
    sqlite3_stmt *s = omemo_statement(o, S_COUNT_PREKEYS);
    int step = sqlite3_step(s);
    int64_t count = step == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
    int r = omemo_finish(s, step);
    bool changed = count < OMEMO_PREKEYS;
    for (; r == 0 && count < OMEMO_PREKEYS; count++)
        r = make_prekey(o);
    return r == 0 && changed ? omemo_run(o, S_CHANGED) : r;
}

int omemo_make_keys(struct omemo *o, int64_t now_unix_ms)
{
    int r = make_signed(o, 1, now_unix_ms);
    return r < 0 ? r : top_up(o);
}

static int run_at(struct omemo *o, enum omemo_statement which, int64_t at_unix_ms)
{
    sqlite3_bind_int64(omemo_statement(o, which), 1, at_unix_ms);
    return omemo_run(o, which);
}

static int rotate_signed(struct omemo *o, int64_t now_unix_ms)
{
    sqlite3_stmt *s = omemo_statement(o, S_CURRENT_SIGNED);
    int step = sqlite3_step(s);
    uint32_t id = step == SQLITE_ROW ? (uint32_t)sqlite3_column_int64(s, 1) : 0;
    int64_t made_at = step == SQLITE_ROW ? sqlite3_column_int64(s, 2) : 0;
    int r = omemo_finish(s, step);
    if (r < 0 || now_unix_ms - made_at < SIGNED_LIFE_MS)
        return r;
    r = run_at(o, S_RETIRE_SIGNED, now_unix_ms);
    if (r == 0)
        r = make_signed(o, id % OMEMO_DEVICE_MAX + 1, now_unix_ms);
    return r < 0 ? r : omemo_run(o, S_CHANGED);
}

int omemo_maintain(struct omemo *o, int64_t now_unix_ms, int64_t grace_ms)
{
    /* A clock that was ahead and went back must not keep keys alive. */
    int r = run_at(o, S_FIX_PREKEYS, now_unix_ms);
    if (r == 0)
        r = run_at(o, S_FIX_SIGNED, now_unix_ms);
    if (r == 0)
        r = run_at(o, S_DESTROY_PREKEYS, now_unix_ms - grace_ms);
    if (r == 0)
        r = run_at(o, S_DESTROY_SIGNED, now_unix_ms - SIGNED_GRACE_MS);
    if (r == 0)
        r = rotate_signed(o, now_unix_ms);
    return r < 0 ? r : top_up(o);
}

static int read_versions(struct omemo *o, uint64_t *ret_changed, uint64_t *ret_published)
{
    sqlite3_stmt *s = omemo_statement(o, S_VERSIONS);
    int step = sqlite3_step(s);
    if (step == SQLITE_ROW) {
        *ret_changed = (uint64_t)sqlite3_column_int64(s, 0);
        *ret_published = (uint64_t)sqlite3_column_int64(s, 1);
    }
    return omemo_finish(s, step) == 0 && step == SQLITE_ROW ? 0 : ERR_IO;
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
    return run_at(o, S_PUBLISHED, (int64_t)version);
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
    sqlite3_stmt *s = omemo_statement(o, S_CURRENT_SIGNED);
    session_signed_pre_key *key = NULL;
    int step = sqlite3_step(s), r = ERR_IO;
    if (step == SQLITE_ROW &&
        session_signed_pre_key_deserialize(&key, sqlite3_column_blob(s, 0),
                                           (size_t)sqlite3_column_bytes(s, 0), o->signal) == 0 &&
        session_signed_pre_key_get_signature_len(key) == OMEMO_SIGNATURE_BYTES) {
        bundle->signed_prekey.id = session_signed_pre_key_get_id(key);
        public_of(session_signed_pre_key_get_key_pair(key), bundle->signed_prekey.key);
        memcpy(bundle->signature, session_signed_pre_key_get_signature(key), OMEMO_SIGNATURE_BYTES);
        r = 0;
    }
    SIGNAL_UNREF(key);
    return omemo_finish(s, step) < 0 ? ERR_IO : r;
}

static int read_prekeys(struct omemo *o, struct omemo_bundle *bundle)
{
    sqlite3_stmt *s = omemo_statement(o, S_BUNDLE_PREKEYS);
    int step, r = 0;
    while ((step = sqlite3_step(s)) == SQLITE_ROW && bundle->prekey_count < OMEMO_PREKEYS) {
        session_pre_key *key = NULL;
        struct omemo_prekey *to = &bundle->prekeys[bundle->prekey_count++];
        if (session_pre_key_deserialize(&key, sqlite3_column_blob(s, 0),
                                        (size_t)sqlite3_column_bytes(s, 0), o->signal) != 0) {
            r = ERR_IO;
            break;
        }
        to->id = session_pre_key_get_id(key);
        public_of(session_pre_key_get_key_pair(key), to->key);
        SIGNAL_UNREF(key);
    }
    return omemo_finish(s, step) < 0 ? ERR_IO : r;
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
