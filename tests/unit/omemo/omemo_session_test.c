#include "support.h"

#include <sodium.h>

#include <string.h>

#include "base/secret.h"
#include "omemo/omemo_internal.h"

struct scene {
    struct party anna, bob, carla;
};

static int set_up(void **state)
{
    static struct scene s;
    s = (struct scene){0};
    party_open(&s.anna, "anna@chat.test");
    party_open(&s.bob, "bob@chat.test");
    party_open(&s.carla, "carla@chat.test");
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    party_close(&s->anna);
    party_close(&s->bob);
    party_close(&s->carla);
    return 0;
}

static void omemo__create__makes_an_identity(void **state)
{
    struct scene *s = *state;
    assert_in_range(omemo_device_id(s->anna.o), 1, INT32_MAX);
    assert_int_not_equal(omemo_device_id(s->anna.o), omemo_device_id(s->bob.o));
    assert_int_equal(omemo_identity(s->anna.o)[0], 0x05);
    assert_memory_not_equal(omemo_identity(s->anna.o), omemo_identity(s->bob.o), 33);
    uint32_t device = omemo_device_id(s->anna.o);
    party_reopen(&s->anna);
    assert_int_equal(omemo_device_id(s->anna.o), device);
}

static void omemo__create__twice_is_refused(void **state)
{
    struct scene *s = *state;
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    struct diag d;
    state_of(&s->anna, before);
    assert_int_equal(omemo_create(s->anna.db, NOW, &d), ERR_EXISTS);
    state_of(&s->anna, after);
    assert_memory_equal(before, after, sizeof before);
}

static void omemo__create__is_undone_by_a_rollback(void **state)
{
    sqlite3 *db = NULL;
    struct omemo *o = NULL;
    struct diag d;
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(omemo_open(db, &o, &d), ERR_NOT_FOUND);
    run_sql(db, "BEGIN");
    assert_int_equal(omemo_create(db, NOW, &d), 0);
    run_sql(db, "ROLLBACK");
    assert_int_equal(omemo_open(db, &o, &d), ERR_NOT_FOUND);
    assert_int_equal(omemo_create(db, NOW, &d), 0);
    assert_int_equal(omemo_open(db, &o, &d), 0);
    omemo_close(o);
    omemo_close(NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void omemo__create__readonly_database_fails(void **state)
{
    sqlite3 *db = NULL;
    struct diag d;
    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    run_sql(db, "PRAGMA query_only = ON");
    assert_int_equal(omemo_create(db, NOW, &d), ERR_IO);
    sqlite3_close(db);
}

static void session__start__talks_both_ways(void **state)
{
    struct scene *s = *state;
    struct letter l;
    assert_false(omemo_has_session(s->anna.o, s->bob.jid, omemo_device_id(s->bob.o), NULL));
    start(&s->anna, &s->bob);
    assert_true(omemo_has_session(s->anna.o, s->bob.jid, omemo_device_id(s->bob.o),
                                  omemo_identity(s->bob.o)));
    assert_false(omemo_has_session(s->anna.o, s->bob.jid, omemo_device_id(s->bob.o),
                                   omemo_identity(s->carla.o)));
    for (int i = 0; i < 3; i++) { /* until the first answer, each could be the first to arrive */
        write_letter(&l, &s->anna, &s->bob);
        assert_true(l.prekey);
        assert_int_equal(read_letter(&l), 0);
    }
    write_letter(&l, &s->bob, &s->anna);
    assert_false(l.prekey);
    assert_int_equal(read_letter(&l), 0);
    write_letter(&l, &s->anna, &s->bob);
    assert_false(l.prekey);
    assert_int_equal(read_letter(&l), 0);
}

static void session__start__another_identity_is_refused(void **state)
{
    struct scene *s = *state;
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    struct diag d;
    state_of(&s->anna, before);
    assert_int_equal(omemo_start_session(s->anna.o, s->bob.jid, 7, bundle_of(&s->carla),
                                         omemo_identity(s->bob.o), &d),
                     ERR_AUTH);
    assert_string_equal(d.text, "the server offers another identity key for bob@chat.test than the "
                                "registrar certified");
    state_of(&s->anna, after);
    assert_memory_equal(before, after, sizeof before);
}

/* Each part of a bundle replaced by another party's, or with one bit changed. */
static void session__start__tampered_bundle_is_refused(void **state)
{
    struct scene *s = *state;
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    const struct omemo_bundle carla = *bundle_of(&s->carla);
    const struct omemo_bundle good = *bundle_of(&s->bob);
    struct omemo_bundle bad[6];
    for (size_t i = 0; i < 6; i++)
        bad[i] = good;
    bad[0].signature[10] ^= 1;
    memcpy(bad[1].signature, carla.signature, sizeof carla.signature);
    bad[2].signed_prekey.key[20] ^= 1;
    bad[3].signed_prekey = carla.signed_prekey;
    memset(bad[4].signature, 0, sizeof bad[4].signature);
    memcpy(bad[5].identity, carla.identity, sizeof carla.identity);
    state_of(&s->anna, before);
    for (size_t i = 0; i < 6; i++) {
        const uint8_t *identity = i == 5 ? omemo_identity(s->carla.o) : omemo_identity(s->bob.o);
        struct diag d = {0};
        assert_int_equal(omemo_start_session(s->anna.o, s->bob.jid, 7, &bad[i], identity, &d),
                         ERR_AUTH);
        assert_string_equal(d.text,
                            "the bundle of bob@chat.test is not signed by its identity key");
    }
    state_of(&s->anna, after);
    assert_memory_equal(before, after, sizeof before);
}

static void session__start__what_is_not_a_key_is_refused(void **state)
{
    struct scene *s = *state;
    struct omemo_bundle bad = *bundle_of(&s->bob);
    struct diag d;
    bad.prekey_count = 1;
    bad.prekeys[0].key[0] = 0x06;
    assert_int_equal(
        omemo_start_session(s->anna.o, s->bob.jid, 7, &bad, omemo_identity(s->bob.o), &d),
        ERR_FORMAT);
}

static void session__encrypt__needs_a_session_with_that_identity(void **state)
{
    struct scene *s = *state;
    uint32_t device = omemo_device_id(s->bob.o);
    uint8_t content[PAYLOAD_CONTENT_BYTES] = {0};
    CLEANUP_BUF struct buf b = BUF_INIT(OMEMO_KEY_MAX);
    bool prekey;
    struct diag d;
    assert_int_equal(
        omemo_encrypt_key(s->anna.o, s->bob.jid, device, NULL, content, &b, &prekey, &d),
        ERR_NOT_FOUND);
    start(&s->anna, &s->bob);
    assert_int_equal(
        omemo_encrypt_key(s->anna.o, s->bob.jid, device + 1, NULL, content, &b, &prekey, &d),
        ERR_NOT_FOUND);
    assert_int_equal(omemo_encrypt_key(s->anna.o, s->bob.jid, device, omemo_identity(s->carla.o),
                                       content, &b, &prekey, &d),
                     ERR_AUTH);
    assert_int_equal(b.len, 0);
    assert_int_equal(
        omemo_encrypt_key(s->anna.o, s->bob.jid, device, NULL, content, &b, &prekey, &d), 0);
}

static int read_as(const struct letter *l, const uint8_t *identity)
{
    uint8_t content[PAYLOAD_CONTENT_BYTES], before[HASH_BYTES], after[HASH_BYTES];
    struct diag d;
    state_of(l->to, before);
    int r = omemo_decrypt_key(l->to->o, l->from->jid, omemo_device_id(l->from->o), identity, l->key,
                              l->len, l->prekey, NOW, content, &d);
    state_of(l->to, after);
    if (r < 0)
        assert_memory_equal(before, after, sizeof before);
    return r;
}

static void session__decrypt__another_identity_is_refused(void **state)
{
    struct scene *s = *state;
    struct letter first, later;
    start(&s->anna, &s->bob);
    write_letter(&first, &s->anna, &s->bob);
    assert_int_equal(read_as(&first, omemo_identity(s->carla.o)), ERR_AUTH);
    assert_int_equal(read_letter(&first), 0);
    exchange(&s->bob, &s->anna);
    write_letter(&later, &s->anna, &s->bob);
    assert_false(later.prekey);
    assert_int_equal(read_as(&later, omemo_identity(s->carla.o)), ERR_AUTH);
    assert_int_equal(read_letter(&later), 0);
}

/* Without an expectation the session keeps the identity that it began with. */
static void session__decrypt__keeps_the_first_identity(void **state)
{
    struct scene *s = *state;
    struct letter first, other;
    start(&s->anna, &s->bob);
    write_letter(&first, &s->anna, &s->bob);
    assert_int_equal(read_as(&first, NULL), 0);
    start(&s->carla, &s->bob);
    write_letter(&other, &s->carla, &s->bob);
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    struct diag d;
    assert_int_equal(omemo_decrypt_key(s->bob.o, s->anna.jid, omemo_device_id(s->anna.o), NULL,
                                       other.key, other.len, other.prekey, NOW, content, &d),
                     ERR_AUTH);
}

static void session__decrypt__without_a_session(void **state)
{
    struct scene *s = *state;
    struct letter l;
    start(&s->anna, &s->bob);
    exchange(&s->anna, &s->bob);
    exchange(&s->bob, &s->anna);
    write_letter(&l, &s->anna, &s->bob);
    assert_int_equal(omemo_forget_session(s->bob.o, s->anna.jid, omemo_device_id(s->anna.o)), 0);
    assert_int_equal(read_letter(&l), ERR_NOT_FOUND);
}

static void session__decrypt__unknown_prekey(void **state)
{
    struct scene *s = *state;
    struct letter l;
    start(&s->anna, &s->bob);
    write_letter(&l, &s->anna, &s->bob);
    run_sql(s->bob.db, "DELETE FROM omemo_prekey");
    assert_int_equal(read_letter(&l), ERR_NOT_FOUND);
    start(&s->carla, &s->anna);
    write_letter(&l, &s->carla, &s->anna);
    run_sql(s->anna.db, "DELETE FROM omemo_signed");
    assert_int_equal(read_letter(&l), ERR_NOT_FOUND);
}

static void session__decrypt__twice_is_told(void **state)
{
    struct scene *s = *state;
    struct letter first, later;
    start(&s->anna, &s->bob);
    write_letter(&first, &s->anna, &s->bob);
    assert_int_equal(read_letter(&first), 0);
    assert_int_equal(read_letter(&first), ERR_EXISTS);
    exchange(&s->bob, &s->anna);
    write_letter(&later, &s->anna, &s->bob);
    assert_int_equal(read_letter(&later), 0);
    assert_int_equal(read_letter(&later), ERR_EXISTS);
    assert_int_equal(read_letter(&first), ERR_EXISTS);
}

/* Every byte of a prekey message and of a later one, one bit changed; and every shorter length. A
 * prekey message holds up to 6 bytes that nothing protects and nothing uses: half of the version
 * and the registration id. */
static void session__decrypt__changed_bytes_are_refused(void **state)
{
    struct scene *s = *state;
    struct letter l, bad;
    start(&s->anna, &s->bob);
    for (int kind = 0; kind < 2; kind++) {
        size_t unprotected = 0;
        write_letter(&l, &s->anna, &s->bob);
        assert_true(l.prekey == (kind == 0));
        for (size_t i = 0; i < l.len; i++) {
            bad = l;
            bad.key[i] ^= (uint8_t)(1 << (i % 8));
            run_sql(s->bob.db, "BEGIN");
            int r = read_letter(&bad);
            run_sql(s->bob.db, "ROLLBACK");
            unprotected += r == 0;
            assert_true(r == 0 || r == ERR_FORMAT || r == ERR_AUTH || r == ERR_NOT_FOUND);
            bad = l;
            bad.len = i;
            assert_int_equal(read_letter(&bad), ERR_FORMAT);
        }
        assert_in_range(unprotected, 0, kind == 0 ? 6 : 0);
        bad = l;
        bad.prekey = !l.prekey;
        assert_true(read_letter(&bad) < 0);
        bad = l;
        bad.len = OMEMO_KEY_MAX + 1;
        assert_int_equal(read_letter(&bad), ERR_LIMIT);
        assert_int_equal(read_letter(&l), 0);
        exchange(&s->bob, &s->anna);
    }
}

/* What libomemo-c itself would do, with a session of ours: a content of `len` bytes. */
static void write_raw(struct letter *l, const uint8_t *content, size_t len)
{
    struct omemo *o = l->from->o;
    const signal_protocol_address address = {.name = l->to->jid,
                                             .name_len = strlen(l->to->jid),
                                             .device_id = (int32_t)omemo_device_id(l->to->o)};
    session_cipher *c = NULL;
    ciphertext_message *m = NULL;
    sqlite3_stmt *s = NULL;
    assert_int_equal(
        sqlite3_prepare_v2(l->from->db, "SELECT record FROM omemo_session", -1, &s, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    o->operation.loaded = omemo_column(s, 0);
    sqlite3_finalize(s);
    assert_int_equal(session_cipher_create(&c, o->store, &address, o->signal), 0);
    session_cipher_set_version(c, OMEMO_VERSION);
    assert_int_equal(session_cipher_encrypt(c, content, len, &m), 0);
    l->len = signal_buffer_len(ciphertext_message_get_serialized(m));
    memcpy(l->key, signal_buffer_data(ciphertext_message_get_serialized(m)), l->len);
    l->prekey = ciphertext_message_get_type(m) == CIPHERTEXT_PREKEY_TYPE;
    session_cipher_free(c);
    SIGNAL_UNREF(m);
    omemo_buffer_free(o->operation.loaded);
    omemo_buffer_free(o->operation.stored);
    o->operation = (struct omemo_operation){0};
}

static void session__decrypt__content_of_another_length_is_refused(void **state)
{
    struct scene *s = *state;
    uint8_t content[64] = {0};
    struct letter l = {.from = &s->anna, .to = &s->bob};
    start(&s->anna, &s->bob);
    for (size_t len = 0; len <= sizeof content; len += 8) {
        if (len == PAYLOAD_CONTENT_BYTES)
            continue;
        write_raw(&l, content, len);
        assert_int_equal(read_letter(&l), ERR_FORMAT);
    }
    write_raw(&l, content, PAYLOAD_CONTENT_BYTES);
    assert_int_equal(read_letter(&l), 0);
}

/* A bundle without one-time prekeys, as libomemo-c would accept it. */
static void session__decrypt__without_a_one_time_prekey_is_refused(void **state)
{
    struct scene *s = *state;
    struct omemo *o = s->anna.o;
    const struct omemo_bundle *b = bundle_of(&s->bob);
    const signal_protocol_address address = {.name = s->bob.jid,
                                             .name_len = strlen(s->bob.jid),
                                             .device_id = (int32_t)omemo_device_id(s->bob.o)};
    ec_public_key *identity = NULL, *key = NULL;
    session_pre_key_bundle *bundle = NULL;
    session_builder *builder = NULL;
    assert_int_equal(curve_decode_point(&identity, b->identity, 33, o->signal), 0);
    assert_int_equal(curve_decode_point(&key, b->signed_prekey.key, 33, o->signal), 0);
    assert_int_equal(session_pre_key_bundle_create(&bundle, 1, 1, 0, NULL, b->signed_prekey.id, key,
                                                   b->signature, 64, identity),
                     0);
    assert_int_equal(session_builder_create(&builder, o->store, &address, o->signal), 0);
    session_builder_set_version(builder, OMEMO_VERSION);
    assert_int_equal(session_builder_process_pre_key_bundle(builder, bundle), 0);
    session_builder_free(builder);
    SIGNAL_UNREF(bundle);
    SIGNAL_UNREF(identity);
    SIGNAL_UNREF(key);

    sqlite3_stmt *put = NULL;
    assert_int_equal(sqlite3_prepare_v2(s->anna.db,
                                        "INSERT INTO omemo_session VALUES ('bob', 1, x'05', ?)", -1,
                                        &put, NULL),
                     SQLITE_OK);
    sqlite3_bind_blob(put, 1, signal_buffer_data(o->operation.stored),
                      (int)signal_buffer_len(o->operation.stored), SQLITE_TRANSIENT);
    assert_int_equal(sqlite3_step(put), SQLITE_DONE);
    sqlite3_finalize(put);
    omemo_buffer_free(o->operation.stored);
    o->operation = (struct omemo_operation){0};

    uint8_t content[PAYLOAD_CONTENT_BYTES] = {0};
    struct letter l = {.from = &s->anna, .to = &s->bob};
    write_raw(&l, content, sizeof content);
    assert_true(l.prekey);
    assert_int_equal(read_letter(&l), ERR_FORMAT);
}

/* Both pick the other's bundle before either message has arrived. */
static void session__start__at_the_same_time(void **state)
{
    struct scene *s = *state;
    struct letter a, b;
    start(&s->anna, &s->bob);
    start(&s->bob, &s->anna);
    write_letter(&a, &s->anna, &s->bob);
    write_letter(&b, &s->bob, &s->anna);
    assert_true(a.prekey && b.prekey);
    assert_int_equal(read_letter(&b), 0);
    assert_int_equal(read_letter(&a), 0);
    for (int i = 0; i < 10; i++) {
        exchange(&s->anna, &s->bob);
        exchange(&s->bob, &s->anna);
    }
    write_letter(&a, &s->anna, &s->bob);
    assert_false(a.prekey); /* they have settled on one session */
}

static void session__start__same_prekey_picked_twice(void **state)
{
    struct scene *s = *state;
    struct letter a, c;
    struct omemo_bundle one = *bundle_of(&s->bob);
    uint32_t device = omemo_device_id(s->bob.o);
    one.prekey_count = 1;
    assert_int_equal(omemo_start_session(s->anna.o, s->bob.jid, device, &one, NULL, NULL), 0);
    assert_int_equal(omemo_start_session(s->carla.o, s->bob.jid, device, &one, NULL, NULL), 0);
    write_letter(&a, &s->anna, &s->bob);
    write_letter(&c, &s->carla, &s->bob);
    assert_int_equal(read_letter_at(&a, NOW), 0);
    assert_int_equal(omemo_maintain(s->bob.o, NOW + OMEMO_GRACE_MS - 1, OMEMO_GRACE_MS), 0);
    assert_int_equal(read_letter_at(&c, NOW + OMEMO_GRACE_MS - 1), 0);
    exchange(&s->bob, &s->anna);
    exchange(&s->bob, &s->carla);
}

static void session__start__used_prekey_is_destroyed_after_the_grace(void **state)
{
    struct scene *s = *state;
    struct letter a, c;
    struct omemo_bundle one = *bundle_of(&s->bob);
    uint32_t device = omemo_device_id(s->bob.o);
    one.prekey_count = 1;
    assert_int_equal(omemo_start_session(s->anna.o, s->bob.jid, device, &one, NULL, NULL), 0);
    assert_int_equal(omemo_start_session(s->carla.o, s->bob.jid, device, &one, NULL, NULL), 0);
    write_letter(&a, &s->anna, &s->bob);
    write_letter(&c, &s->carla, &s->bob);
    assert_int_equal(read_letter_at(&a, NOW), 0);
    assert_int_equal(omemo_maintain(s->bob.o, NOW + OMEMO_GRACE_MS, OMEMO_GRACE_MS), 0);
    assert_int_equal(read_letter_at(&c, NOW + OMEMO_GRACE_MS), ERR_NOT_FOUND);
    exchange(&s->anna, &s->bob); /* the session that was made lives on */
}

static void session__repair__after_a_lost_session(void **state)
{
    struct scene *s = *state;
    struct letter lost, back;
    start(&s->anna, &s->bob);
    exchange(&s->anna, &s->bob);
    exchange(&s->bob, &s->anna);
    assert_int_equal(omemo_forget_session(s->bob.o, s->anna.jid, omemo_device_id(s->anna.o)), 0);
    write_letter(&lost, &s->anna, &s->bob);
    assert_int_equal(read_letter(&lost), ERR_NOT_FOUND);
    start(&s->bob, &s->anna);
    write_letter(&back, &s->bob, &s->anna);
    assert_true(back.prekey);
    assert_int_equal(read_letter(&back), 0);
    for (int i = 0; i < 5; i++) {
        exchange(&s->anna, &s->bob);
        exchange(&s->bob, &s->anna);
    }
}

/* A new activation: the same address, but another identity, which is the certified one now. */
static void session__replace__by_a_new_identity(void **state)
{
    struct scene *s = *state;
    struct letter old, fresh;
    start(&s->anna, &s->bob);
    exchange(&s->anna, &s->bob);
    exchange(&s->bob, &s->anna);
    write_letter(&old, &s->bob, &s->anna);
    run_sql(s->carla.db, "UPDATE omemo_self SET device = 4711");
    run_sql(s->bob.db, "UPDATE omemo_self SET device = 4711");
    run_sql(s->anna.db, "UPDATE omemo_session SET device = 4711");
    party_reopen(&s->bob);
    party_reopen(&s->carla);
    s->carla.jid = s->bob.jid;
    start(&s->carla, &s->anna);
    write_letter(&fresh, &s->carla, &s->anna);
    assert_int_equal(read_letter(&fresh), 0);
    assert_int_equal(read_letter(&old), ERR_AUTH);
    assert_int_equal(read_as(&old, omemo_identity(s->carla.o)), ERR_FORMAT);
    exchange(&s->anna, &s->carla);
    exchange(&s->carla, &s->anna);
    /* The other way round: starting a session forgets the old identity's. */
    start(&s->anna, &s->bob);
    assert_false(omemo_has_session(s->anna.o, s->bob.jid, 4711, omemo_identity(s->carla.o)));
    exchange(&s->anna, &s->bob);
}

static void session__rollback__leaves_sessions_usable(void **state)
{
    struct scene *s = *state;
    struct letter l, again;
    run_sql(s->anna.db, "BEGIN");
    start(&s->anna, &s->bob);
    run_sql(s->anna.db, "ROLLBACK");
    assert_false(omemo_has_session(s->anna.o, s->bob.jid, omemo_device_id(s->bob.o), NULL));
    start(&s->anna, &s->bob);
    for (int i = 0; i < 6; i++) {
        struct party *from = i % 2 == 0 ? &s->anna : &s->bob;
        struct party *to = i % 2 == 0 ? &s->bob : &s->anna;
        run_sql(from->db, "BEGIN");
        write_letter(&l, from, to);
        run_sql(from->db, "ROLLBACK");
        write_letter(&again, from, to);
        run_sql(to->db, "BEGIN");
        assert_int_equal(read_letter(&again), 0);
        run_sql(to->db, "ROLLBACK");
        run_sql(to->db, "BEGIN");
        assert_int_equal(read_letter(&again), 0);
        run_sql(to->db, "COMMIT");
        assert_int_equal(read_letter(&again), ERR_EXISTS);
        /* The step that was rolled back was done again: the first letter never left. */
        assert_int_equal(read_letter(&l), ERR_EXISTS);
    }
}

static void session__database__failure_is_told(void **state)
{
    struct scene *s = *state;
    struct letter l;
    CLEANUP_BUF struct buf b = BUF_INIT(OMEMO_KEY_MAX);
    uint8_t content[PAYLOAD_CONTENT_BYTES] = {0};
    uint32_t device = omemo_device_id(s->bob.o);
    bool prekey;
    struct diag d;
    run_sql(s->anna.db, "PRAGMA query_only = ON");
    assert_int_equal(
        omemo_start_session(s->anna.o, s->bob.jid, device, bundle_of(&s->bob), NULL, &d), ERR_IO);
    run_sql(s->anna.db, "PRAGMA query_only = OFF");
    start(&s->anna, &s->bob);
    run_sql(s->anna.db, "PRAGMA query_only = ON");
    assert_int_equal(
        omemo_encrypt_key(s->anna.o, s->bob.jid, device, NULL, content, &b, &prekey, &d), ERR_IO);
    assert_int_equal(b.len, 0);
    run_sql(s->anna.db, "PRAGMA query_only = OFF");
    write_letter(&l, &s->anna, &s->bob);
    run_sql(s->bob.db, "PRAGMA query_only = ON");
    assert_int_equal(read_letter(&l), ERR_IO);
    run_sql(s->bob.db, "PRAGMA query_only = OFF; ALTER TABLE omemo_prekey RENAME TO gone");
    uint8_t ret[PAYLOAD_CONTENT_BYTES];
    assert_int_equal(omemo_decrypt_key(s->bob.o, s->anna.jid, omemo_device_id(s->anna.o), NULL,
                                       l.key, l.len, l.prekey, NOW, ret, &d),
                     ERR_IO);
    run_sql(s->bob.db, "ALTER TABLE gone RENAME TO omemo_prekey");
    assert_int_equal(read_letter(&l), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(omemo__create__makes_an_identity),
        TEST(omemo__create__twice_is_refused),
        TEST(omemo__create__is_undone_by_a_rollback),
        TEST(omemo__create__readonly_database_fails),
        TEST(session__start__talks_both_ways),
        TEST(session__start__another_identity_is_refused),
        TEST(session__start__tampered_bundle_is_refused),
        TEST(session__start__what_is_not_a_key_is_refused),
        TEST(session__encrypt__needs_a_session_with_that_identity),
        TEST(session__decrypt__another_identity_is_refused),
        TEST(session__decrypt__keeps_the_first_identity),
        TEST(session__decrypt__without_a_session),
        TEST(session__decrypt__unknown_prekey),
        TEST(session__decrypt__twice_is_told),
        TEST(session__decrypt__changed_bytes_are_refused),
        TEST(session__decrypt__content_of_another_length_is_refused),
        TEST(session__decrypt__without_a_one_time_prekey_is_refused),
        TEST(session__start__at_the_same_time),
        TEST(session__start__same_prekey_picked_twice),
        TEST(session__start__used_prekey_is_destroyed_after_the_grace),
        TEST(session__repair__after_a_lost_session),
        TEST(session__replace__by_a_new_identity),
        TEST(session__rollback__leaves_sessions_usable),
        TEST(session__database__failure_is_told),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
