/* Starting sessions, encrypting and decrypting with them. */
#include <limits.h>
#include <sodium.h>
#include <string.h>

#include "base/secret.h"
#include "omemo/omemo_internal.h"

/* Loads the stored session. One of another identity than the expected is left aside: a message or
 * a bundle of the expected one starts anew. */
static int begin(struct omemo *o, const char *jid, uint32_t device, const uint8_t *identity,
                 bool *ret_other_identity)
{
    o->operation = (struct omemo_operation){.jid = jid, .device = device, .expected = identity};
    struct omemo_operation *op = &o->operation;
    sqlite3_stmt *q =
        sql(&o->sql, "SELECT record, identity FROM omemo_session WHERE jid = ? AND device = ?");
    sql_bind_text(q, 1, jid);
    sqlite3_bind_int64(q, 2, device);
    int r = sql_row(q);
    *ret_other_identity = false;
    if (r == 0 && sql_blob(q, 1, OMEMO_IDENTITY_BYTES) != NULL) {
        memcpy(op->identity, sql_blob(q, 1, OMEMO_IDENTITY_BYTES), OMEMO_IDENTITY_BYTES);
        *ret_other_identity =
            identity != NULL && memcmp(op->identity, identity, OMEMO_IDENTITY_BYTES) != 0;
        if (!*ret_other_identity) {
            op->loaded = omemo_column(q, 0);
            op->expected = op->identity;
        }
    }
    return omemo_ended(q, r == ERR_NOT_FOUND ? 0 : r);
}

static void end(struct omemo *o)
{
    omemo_buffer_free(o->operation.loaded);
    omemo_buffer_free(o->operation.stored);
    o->operation = (struct omemo_operation){0};
}

static int store_session(struct omemo *o)
{
    const struct omemo_operation *op = &o->operation;
    sqlite3_stmt *q = sql(&o->sql, "INSERT OR REPLACE INTO omemo_session VALUES (?, ?, ?, ?)");
    if (op->stored == NULL || signal_buffer_len(op->stored) > INT_MAX)
        return ERR_IO;
    sql_bind_text(q, 1, op->jid);
    sqlite3_bind_int64(q, 2, op->device);
    sql_bind_bytes(q, 3, op->identity, sizeof op->identity);
    sql_bind_bytes(q, 4, signal_buffer_const_data(op->stored), signal_buffer_len(op->stored));
    return omemo_run(q);
}

static int use_prekey(struct omemo *o, int64_t now_unix_ms)
{
    sqlite3_stmt *q =
        sql(&o->sql, "UPDATE omemo_prekey SET used_at = ?2 WHERE id = ?1 AND used_at IS NULL");
    sqlite3_bind_int64(q, 1, o->operation.used_prekey);
    sqlite3_bind_int64(q, 2, now_unix_ms);
    int r = omemo_run(q);
    return r == 0 && sqlite3_changes(o->sql.db) > 0 ? omemo_bundle_moved(o) : r;
}

bool omemo_has_session(struct omemo *o, const char *jid, uint32_t device, const uint8_t *identity)
{
    bool other;
    bool there = begin(o, jid, device, identity, &other) == 0 && o->operation.loaded != NULL;
    end(o);
    return there;
}

int omemo_forget_session(struct omemo *o, const char *jid, uint32_t device)
{
    sqlite3_stmt *q = sql(&o->sql, "DELETE FROM omemo_session WHERE jid = ? AND device = ?");
    sql_bind_text(q, 1, jid);
    sqlite3_bind_int64(q, 2, device);
    return omemo_run(q);
}

/* The keys of a bundle as libomemo-c has them. NULL: one is none. */
static session_pre_key_bundle *signal_bundle(struct omemo *o, uint32_t device,
                                             const struct omemo_bundle *b)
{
    const struct omemo_prekey *one = &b->prekeys[randombytes_uniform((uint32_t)b->prekey_count)];
    ec_public_key *identity = NULL, *signed_key = NULL, *key = NULL;
    session_pre_key_bundle *ret = NULL;
    if (curve_decode_point(&identity, b->identity, sizeof b->identity, o->signal) != 0 ||
        curve_decode_point(&signed_key, b->signed_prekey.key, sizeof b->signed_prekey.key,
                           o->signal) != 0 ||
        curve_decode_point(&key, one->key, sizeof one->key, o->signal) != 0 ||
        session_pre_key_bundle_create(&ret, device, (int)device, one->id, key, b->signed_prekey.id,
                                      signed_key, b->signature, sizeof b->signature, identity) != 0)
        ret = NULL;
    SIGNAL_UNREF(identity);
    SIGNAL_UNREF(signed_key);
    SIGNAL_UNREF(key);
    return ret;
}

static int process_bundle(struct omemo *o, const struct omemo_bundle *bundle, struct diag *d)
{
    const struct omemo_operation *op = &o->operation;
    const signal_protocol_address address = {
        .name = op->jid, .name_len = strlen(op->jid), .device_id = (int32_t)op->device};
    session_pre_key_bundle *b = signal_bundle(o, op->device, bundle);
    session_builder *builder = NULL;
    if (b == NULL)
        return diag_set(d, ERR_FORMAT, "the bundle of %s holds a key that is none", op->jid);
    int r = session_builder_create(&builder, o->store, &address, o->signal);
    if (r == 0) {
        session_builder_set_version(builder, OMEMO_VERSION);
        r = session_builder_process_pre_key_bundle(builder, b);
    }
    session_builder_free(builder);
    SIGNAL_UNREF(b);
    if (r == SG_ERR_UNTRUSTED_IDENTITY)
        return diag_set(d, ERR_AUTH,
                        "the server offers another identity key for %s than the registrar "
                        "certified",
                        op->jid);
    if (r == SG_ERR_INVALID_KEY)
        return diag_set(d, ERR_AUTH, "the bundle of %s is not signed by its identity key", op->jid);
    if (r < 0)
        return diag_set(d, ERR_FORMAT, "the bundle of %s cannot be used (%d)", op->jid, r);
    return store_session(o) < 0 ? omemo_failed(o, d) : 0;
}

int omemo_start_session(struct omemo *o, const char *jid, uint32_t device,
                        const struct omemo_bundle *bundle, const uint8_t *identity, struct diag *d)
{
    bool other;
    int r = begin(o, jid, device, identity, &other);
    r = r < 0 ? omemo_failed(o, d) : process_bundle(o, bundle, d);
    end(o);
    return r;
}

static int open_cipher(struct omemo *o, const signal_protocol_address *address,
                       session_cipher **ret)
{
    int r = session_cipher_create(ret, o->store, address, o->signal);
    if (r == 0)
        session_cipher_set_version(*ret, OMEMO_VERSION);
    return r;
}

static int encrypt(struct omemo *o, const uint8_t *content, struct buf *b, bool *ret_prekey,
                   struct diag *d)
{
    const struct omemo_operation *op = &o->operation;
    const signal_protocol_address address = {
        .name = op->jid, .name_len = strlen(op->jid), .device_id = (int32_t)op->device};
    session_cipher *c = NULL;
    ciphertext_message *m = NULL;
    int r = open_cipher(o, &address, &c);
    if (r == 0)
        r = session_cipher_encrypt(c, content, PAYLOAD_CONTENT_BYTES, &m);
    session_cipher_free(c);
    if (r < 0)
        return diag_set(d, ERR_NOT_FOUND, "the session with %s cannot be used", op->jid);
    r = store_session(o) < 0 ? omemo_failed(o, d) : 0;
    if (r == 0) {
        const signal_buffer *bytes = ciphertext_message_get_serialized(m);
        buf_put(b, signal_buffer_const_data(bytes), signal_buffer_len(bytes));
        *ret_prekey = ciphertext_message_get_type(m) == CIPHERTEXT_PREKEY_TYPE;
    }
    SIGNAL_UNREF(m);
    return r;
}

int omemo_encrypt_key(struct omemo *o, const char *jid, uint32_t device, const uint8_t *identity,
                      const uint8_t content[static PAYLOAD_CONTENT_BYTES], struct buf *b,
                      bool *ret_prekey, struct diag *d)
{
    bool other;
    int r = begin(o, jid, device, identity, &other);
    if (r < 0)
        r = omemo_failed(o, d);
    else if (other)
        r = diag_set(d, ERR_AUTH, "the session with %s is with another identity key", jid);
    else if (o->operation.loaded == NULL)
        r = diag_set(d, ERR_NOT_FOUND, "no session with %s", jid);
    else
        r = encrypt(o, content, b, ret_prekey, d);
    end(o);
    return r;
}

static int decrypt_prekey(struct omemo *o, session_cipher *c, const void *key, size_t len,
                          signal_buffer **ret)
{
    pre_key_signal_message *m = NULL;
    int r = pre_key_signal_message_deserialize(&m, key, len, o->signal);
    /* Without a one-time prekey the same message could start a session any number of times. */
    if (r == 0 && !pre_key_signal_message_has_pre_key_id(m))
        r = SG_ERR_INVALID_MESSAGE;
    if (r == 0)
        r = session_cipher_decrypt_pre_key_signal_message(c, m, NULL, ret);
    SIGNAL_UNREF(m);
    return r;
}

static int decrypt_signal(struct omemo *o, session_cipher *c, const void *key, size_t len,
                          signal_buffer **ret)
{
    signal_message *m = NULL;
    int r = signal_message_deserialize(&m, key, len, o->signal);
    if (r == 0)
        r = session_cipher_decrypt_signal_message(c, m, NULL, ret);
    SIGNAL_UNREF(m);
    return r;
}

static int decryption_failed(const struct omemo *o, int r, struct diag *d)
{
    const char *jid = o->operation.jid;
    if (o->operation.database_failed)
        return omemo_failed(o, d);
    switch (r) {
    case SG_ERR_UNTRUSTED_IDENTITY:
        return diag_set(d, ERR_AUTH, "a message of %s comes from another identity key", jid);
    case SG_ERR_NO_SESSION:
        return diag_set(d, ERR_NOT_FOUND, "no session with %s", jid);
    case SG_ERR_INVALID_KEY_ID:
        return diag_set(d, ERR_NOT_FOUND, "%s used a prekey of ours that is not there", jid);
    case SG_ERR_DUPLICATE_MESSAGE:
        return diag_set(d, ERR_EXISTS, "a message of %s was decrypted before", jid);
    default:
        return diag_set(d, ERR_FORMAT, "a message of %s does not decrypt (%d)", jid, r);
    }
}

static int decrypt(struct omemo *o, const void *key, size_t len, bool prekey, int64_t now_unix_ms,
                   uint8_t *ret_content, struct diag *d)
{
    const struct omemo_operation *op = &o->operation;
    const signal_protocol_address address = {
        .name = op->jid, .name_len = strlen(op->jid), .device_id = (int32_t)op->device};
    session_cipher *c = NULL;
    signal_buffer *content = NULL;
    int r = open_cipher(o, &address, &c);
    if (r == 0)
        r = prekey ? decrypt_prekey(o, c, key, len, &content)
                   : decrypt_signal(o, c, key, len, &content);
    session_cipher_free(c);
    if (r >= 0 && signal_buffer_len(content) != PAYLOAD_CONTENT_BYTES)
        r = SG_ERR_INVALID_MESSAGE;
    if (r < 0)
        r = decryption_failed(o, r, d);
    else if (store_session(o) < 0 || (op->used_prekey != 0 && use_prekey(o, now_unix_ms) < 0))
        r = omemo_failed(o, d);
    else
        memcpy(ret_content, signal_buffer_data(content), PAYLOAD_CONTENT_BYTES);
    omemo_buffer_free(content);
    return r < 0 ? r : 0;
}

int omemo_decrypt_key(struct omemo *o, const char *jid, uint32_t device, const uint8_t *identity,
                      const void *key, size_t len, bool prekey, int64_t now_unix_ms,
                      uint8_t ret_content[static PAYLOAD_CONTENT_BYTES], struct diag *d)
{
    bool other;
    if (len > OMEMO_KEY_MAX)
        return diag_set(d, ERR_LIMIT, "a key of %s has more than %u bytes", jid, OMEMO_KEY_MAX);
    int r = begin(o, jid, device, identity, &other);
    if (r < 0)
        r = omemo_failed(o, d);
    else if (other && !prekey)
        r = diag_set(d, ERR_AUTH, "the session with %s is with another identity key", jid);
    else
        r = decrypt(o, key, len, prekey, now_unix_ms, ret_content, d);
    end(o);
    return r;
}
