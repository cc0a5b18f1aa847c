/* The storage that libomemo-c sees: the session is that of the operation under way, prekeys come
 * from the database, and nothing is written (omemo_session.c does that). */
#include <string.h>

#include "omemo/omemo_internal.h"

#define DATABASE_FAILED (SG_ERR_MINIMUM - 1)

static int load_session(signal_buffer **record, signal_buffer **user_record,
                        const signal_protocol_address *address, void *user_data)
{
    struct omemo *o = user_data;
    (void)address, (void)user_record;
    if (o->operation.loaded == NULL)
        return 0;
    *record = signal_buffer_copy(o->operation.loaded);
    return *record == NULL ? SG_ERR_NOMEM : 1;
}

static int store_session(const signal_protocol_address *address, uint8_t *record, size_t len,
                         uint8_t *user_record, size_t user_record_len, void *user_data)
{
    struct omemo *o = user_data;
    (void)address, (void)user_record, (void)user_record_len;
    omemo_buffer_free(o->operation.stored);
    o->operation.stored = signal_buffer_create(record, len);
    return o->operation.stored == NULL ? SG_ERR_NOMEM : 0;
}

static int contains_session(const signal_protocol_address *address, void *user_data)
{
    struct omemo *o = user_data;
    (void)address;
    return o->operation.loaded != NULL;
}

/* `q` selects the record by an id. */
static int load_key(struct omemo *o, sqlite3_stmt *q, uint32_t id, signal_buffer **ret)
{
    sqlite3_bind_int64(q, 1, id);
    int r = sql_row(q);
    signal_buffer *record = r == 0 ? omemo_column(q, 0) : NULL;
    if (omemo_ended(q, r == ERR_NOT_FOUND ? 0 : r) < 0) {
        o->operation.database_failed = true;
        return DATABASE_FAILED;
    }
    if (record == NULL)
        return SG_ERR_INVALID_KEY_ID;
    *ret = record;
    return 0;
}

static int load_prekey(signal_buffer **record, uint32_t id, void *user_data)
{
    struct omemo *o = user_data;
    return load_key(o, sql(&o->sql, "SELECT record FROM omemo_prekey WHERE id = ?"), id, record);
}

static int contains_prekey(uint32_t id, void *user_data)
{
    signal_buffer *record = NULL;
    bool there = load_prekey(&record, id, user_data) == 0;
    omemo_buffer_free(record);
    return there;
}

static int remove_prekey(uint32_t id, void *user_data)
{
    struct omemo *o = user_data;
    o->operation.used_prekey = id;
    return 0;
}

static int load_signed(signal_buffer **record, uint32_t id, void *user_data)
{
    struct omemo *o = user_data;
    return load_key(o, sql(&o->sql, "SELECT record FROM omemo_signed WHERE id = ?"), id, record);
}

static int contains_signed(uint32_t id, void *user_data)
{
    signal_buffer *record = NULL;
    bool there = load_signed(&record, id, user_data) == 0;
    omemo_buffer_free(record);
    return there;
}

static int get_identity(signal_buffer **public, signal_buffer **private, void *user_data)
{
    struct omemo *o = user_data;
    *public = signal_buffer_create(o->identity, sizeof o->identity);
    *private = signal_buffer_create(o->private_key, 32);
    return *public == NULL || *private == NULL ? SG_ERR_NOMEM : 0;
}

/* A bundle of this protocol has no registration id: it is the device's id. */
static int get_registration_id(void *user_data, uint32_t *ret)
{
    struct omemo *o = user_data;
    *ret = o->device;
    return 0;
}

static int is_trusted(const signal_protocol_address *address, uint8_t *key, size_t len,
                      void *user_data)
{
    struct omemo_operation *op = &((struct omemo *)user_data)->operation;
    (void)address;
    if (len != OMEMO_IDENTITY_BYTES ||
        (op->expected != NULL && memcmp(key, op->expected, len) != 0))
        return 0;
    memcpy(op->identity, key, len);
    return 1;
}

/* Saved with the session, once the message has proved authentic. */
static int save_identity(const signal_protocol_address *address, uint8_t *key, size_t len,
                         void *user_data)
{
    (void)address, (void)key, (void)len, (void)user_data;
    return 0;
}

signal_protocol_store_context *omemo_store_new(struct omemo *o)
{
    const signal_protocol_session_store sessions = {.load_session_func = load_session,
                                                    .store_session_func = store_session,
                                                    .contains_session_func = contains_session,
                                                    .user_data = o};
    const signal_protocol_pre_key_store prekeys = {.load_pre_key = load_prekey,
                                                   .contains_pre_key = contains_prekey,
                                                   .remove_pre_key = remove_prekey,
                                                   .user_data = o};
    const signal_protocol_signed_pre_key_store signed_prekeys = {.load_signed_pre_key = load_signed,
                                                                 .contains_signed_pre_key =
                                                                     contains_signed,
                                                                 .user_data = o};
    const signal_protocol_identity_key_store identities = {.get_identity_key_pair = get_identity,
                                                           .get_local_registration_id =
                                                               get_registration_id,
                                                           .save_identity = save_identity,
                                                           .is_trusted_identity = is_trusted,
                                                           .user_data = o};
    signal_protocol_store_context *store = NULL;
    if (signal_protocol_store_context_create(&store, o->signal) != 0 ||
        signal_protocol_store_context_set_session_store(store, &sessions) != 0 ||
        signal_protocol_store_context_set_pre_key_store(store, &prekeys) != 0 ||
        signal_protocol_store_context_set_signed_pre_key_store(store, &signed_prekeys) != 0 ||
        signal_protocol_store_context_set_identity_key_store(store, &identities) != 0)
        abort(); /* no memory */
    return store;
}
