/* A message's key content, sealed to each covering warrant's key of the day. */
#include "test.h"

#include "wire/seal.h"

struct scene {
    struct fixture *f;
    struct policy_set *set;
    struct fixture_device *dev;
};

/* With so many warrants: 1 to 16. */
static void scene_init(struct scene *s, size_t warrants)
{
    s->f = fixture_new(NULL);
    for (size_t i = 0; i < warrants; i++) {
        char id[16];
        snprintf(id, sizeof id, "w%02zu", i);
        struct fixture_warrant_options o = {.id = id};
        fixture_add_warrant(s->f, &o);
    }
    s->set = fixture_policy(s->f, NULL);
    s->dev = fixture_device_new(s->f, "anna", 1);
}

static void scene_clear(struct scene *s)
{
    fixture_device_free(s->dev);
    policy_set_free(s->set);
    fixture_free(s->f);
}
#define CLEANUP_SCENE CLEANUP(scene_clear)

static int open_wrap(const struct scene *s, const struct envelope *e, size_t wrap, int64_t day,
                     const uint8_t *transcript, uint8_t *ret)
{
    struct hpke_recipient *key = hpke_recipient_new(fixture_day_key(&s->f->warrants[wrap], day));
    int r = seal_open(e, &e->wraps[wrap], key, transcript, ret);
    hpke_recipient_free(key);
    return r;
}

static int check(const struct scene *s, const struct fixture_message *m, const struct envelope *e,
                 const uint8_t *transcript, const uint8_t *content)
{
    return seal_check(e, s->set, &m->cover, transcript == NULL ? m->transcript : transcript,
                      content == NULL ? m->content : content);
}

static void seal__make__each_number_of_warrants(void **state)
{
    (void)state;
    for (size_t count = 1; count <= VALUE_WRAPS_MAX; count++) {
        CLEANUP_SCENE struct scene s;
        scene_init(&s, count);
        CLEANUP(fixture_message_free_cleanup)
        struct fixture_message *m = fixture_message_new(s.f, s.set, s.dev, NULL);
        const struct envelope *e = &m->envelope;
        assert_int_equal(e->wrap_count, count);
        assert_int_equal(check(&s, m, e, NULL, NULL), 0);
        for (size_t i = 0; i < count; i++) {
            uint8_t content[PAYLOAD_CONTENT_BYTES];
            assert_string_equal(e->wraps[i].warrant, s.f->warrants[i].id);
            assert_int_equal(open_wrap(&s, e, i, FIXTURE_DAY, m->transcript, content), 0);
            assert_memory_equal(content, m->content, sizeof content);
        }
    }
}

static void seal__make__same_bytes(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    scene_init(&s, 2);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s.f, s.set, s.dev, NULL);
    struct envelope a = m->envelope, b = m->envelope;
    memset(a.enc, 0xff, sizeof a.enc);
    assert_int_equal(seal_make(&a, s.set, &m->cover, m->transcript, m->content), 0);
    assert_memory_equal(a.enc, b.enc, sizeof a.enc);
    for (size_t i = 0; i < 2; i++)
        assert_memory_equal(a.wraps[i].wrap, b.wraps[i].wrap, ENVELOPE_WRAP_BYTES);

    /* Another T or K: another ephemeral pair, so other wraps. */
    uint8_t t[HASH_BYTES], k[PAYLOAD_CONTENT_BYTES];
    memcpy(t, m->transcript, sizeof t);
    memcpy(k, m->content, sizeof k);
    t[0] ^= 1;
    assert_int_equal(seal_make(&b, s.set, &m->cover, t, k), 0);
    assert_memory_not_equal(a.enc, b.enc, sizeof a.enc);
    t[0] ^= 1;
    k[31] ^= 1;
    assert_int_equal(seal_make(&b, s.set, &m->cover, t, k), 0);
    assert_memory_not_equal(a.enc, b.enc, sizeof a.enc);
    /* The same pair for all, yet no two wraps alike. */
    assert_memory_not_equal(a.wraps[0].wrap, a.wraps[1].wrap, ENVELOPE_WRAP_BYTES);
}

/* Against the construction written out: HKDF, DeriveKeyPair, HPKE with this info and aad. */
static void seal__make__construction(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    scene_init(&s, 1);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s.f, s.set, s.dev, NULL);
    uint8_t prk[32], ikm[32], wrap[ENVELOPE_WRAP_BYTES];
    const struct hash_part k = {m->content, 32}, t = {m->transcript, 32};
    struct hpke_keypair pair;
    hash_hkdf_extract("ironside ephemeral 1", 20, &k, 1, prk);
    hash_hkdf_expand(prk, &t, 1, ikm, 32);
    hpke_derive_keypair(ikm, 32, &pair);
    assert_memory_equal(pair.public, m->envelope.enc, 32);
    assert_int_equal(hpke_seal(&pair, fixture_day_key(&s.f->warrants[0], FIXTURE_DAY)->public,
                               "ironside access 1\0w00", 21, m->transcript, 32, m->content, 32,
                               wrap),
                     0);
    assert_memory_equal(wrap, m->envelope.wraps[0].wrap, sizeof wrap);
}

static void seal__check__each_bit(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    scene_init(&s, 2);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s.f, s.set, s.dev, NULL);
    for (size_t bit = 0; bit < 8 * HPKE_ENC_BYTES; bit++) {
        struct envelope e = m->envelope;
        e.enc[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(check(&s, m, &e, NULL, NULL), ERR_AUTH);
    }
    for (size_t wrap = 0; wrap < 2; wrap++)
        for (size_t bit = 0; bit < 8 * ENVELOPE_WRAP_BYTES; bit++) {
            struct envelope e = m->envelope;
            e.wraps[wrap].wrap[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_equal(check(&s, m, &e, NULL, NULL), ERR_AUTH);
        }
    for (size_t bit = 0; bit < 8 * HASH_BYTES; bit++) {
        uint8_t t[HASH_BYTES], k[PAYLOAD_CONTENT_BYTES];
        memcpy(t, m->transcript, sizeof t);
        memcpy(k, m->content, sizeof k);
        t[bit / 8] ^= (uint8_t)(1 << bit % 8);
        k[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(check(&s, m, &m->envelope, t, NULL), ERR_AUTH);
        assert_int_equal(check(&s, m, &m->envelope, NULL, k), ERR_AUTH);
    }
}

static void seal__check__other_wraps(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    scene_init(&s, 2);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s.f, s.set, s.dev, NULL);
    struct envelope e = m->envelope;
    e.wrap_count = 1;
    assert_int_equal(check(&s, m, &e, NULL, NULL), ERR_AUTH);
    e = m->envelope;
    e.wraps[2] = e.wraps[1];
    e.wrap_count = 3;
    assert_int_equal(check(&s, m, &e, NULL, NULL), ERR_AUTH);
    e = m->envelope;
    e.wraps[1].warrant = "w02";
    assert_int_equal(check(&s, m, &e, NULL, NULL), ERR_AUTH);
    e = m->envelope;
    e.wraps[0] = m->envelope.wraps[1];
    e.wraps[1] = m->envelope.wraps[0];
    assert_int_equal(check(&s, m, &e, NULL, NULL), ERR_AUTH);
    e = m->envelope;
    e.at_unix_ms += INT64_C(86400000); /* another day's key */
    assert_int_equal(check(&s, m, &e, NULL, NULL), ERR_AUTH);
}

static void seal__open__each_bit(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    scene_init(&s, 2);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s.f, s.set, s.dev, NULL);
    for (size_t bit = 0; bit < 8 * ENVELOPE_WRAP_BYTES; bit += 5) {
        struct envelope e = m->envelope;
        e.wraps[0].wrap[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(open_wrap(&s, &e, 0, FIXTURE_DAY, m->transcript, content), ERR_AUTH);
    }
    for (size_t bit = 0; bit < 8 * HPKE_ENC_BYTES; bit += 5) {
        struct envelope e = m->envelope;
        uint8_t t[HASH_BYTES];
        e.enc[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(open_wrap(&s, &e, 0, FIXTURE_DAY, m->transcript, content), ERR_AUTH);
        memcpy(t, m->transcript, sizeof t);
        t[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(open_wrap(&s, &m->envelope, 0, FIXTURE_DAY, t, content), ERR_AUTH);
    }
    /* Another day's key, another warrant's key, another warrant's id. */
    assert_int_equal(open_wrap(&s, &m->envelope, 0, FIXTURE_DAY + 1, m->transcript, content),
                     ERR_AUTH);
    struct envelope e = m->envelope;
    memcpy(e.wraps[1].wrap, e.wraps[0].wrap, ENVELOPE_WRAP_BYTES);
    assert_int_equal(open_wrap(&s, &e, 1, FIXTURE_DAY, m->transcript, content), ERR_AUTH);
    e = m->envelope;
    e.wraps[0].warrant = "w01";
    assert_int_equal(open_wrap(&s, &e, 0, FIXTURE_DAY, m->transcript, content), ERR_AUTH);
    memset(e.enc, 0, sizeof e.enc);
    assert_int_equal(open_wrap(&s, &e, 0, FIXTURE_DAY, m->transcript, content), ERR_KEY);
}

/* Nothing covers it: no seal, and its absence is what a recipient checks. */
static void seal__make__not_covered(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    scene_init(&s, 0);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s.f, s.set, s.dev, NULL);
    static const uint8_t zeros[HPKE_ENC_BYTES];
    assert_int_equal(m->envelope.wrap_count, 0);
    assert_memory_equal(m->envelope.enc, zeros, sizeof zeros);
    assert_true(envelope_valid(&m->envelope));
    assert_int_equal(check(&s, m, &m->envelope, NULL, NULL), 0);
    struct envelope e = m->envelope;
    e.enc[0] = 1;
    assert_int_equal(check(&s, m, &e, NULL, NULL), ERR_AUTH);
}

static void seal__make__no_key_for_the_day(void **state)
{
    (void)state;
    CLEANUP_SCENE struct scene s;
    static const uint8_t zeros[HPKE_ENC_BYTES];
    scene_init(&s, 2);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s.f, s.set, s.dev, NULL);
    struct envelope e = m->envelope;
    e.at_unix_ms += 10 * INT64_C(86400000);
    assert_int_equal(seal_make(&e, s.set, &m->cover, m->transcript, m->content), ERR_NOT_FOUND);
    assert_int_equal(e.wrap_count, 0);
    assert_memory_equal(e.enc, zeros, sizeof zeros);
    assert_int_equal(check(&s, m, &e, NULL, NULL), ERR_NOT_FOUND);
    /* The epochs note of the second is not held. */
    epochs_free(TAKE(s.set->epochs[1]));
    e = m->envelope;
    assert_int_equal(seal_make(&e, s.set, &m->cover, m->transcript, m->content), ERR_NOT_FOUND);
    assert_int_equal(e.wrap_count, 0);
}

static void seal__make__low_order_day_key(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options o = {.low_order_day = FIXTURE_DAY};
    fixture_add_warrant(f, &o);
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(f, NULL);
    struct coverage cover = {.count = 1, .index = {0}};
    struct envelope e = {.at_unix_ms = FIXTURE_AT};
    uint8_t t[HASH_BYTES] = {1}, k[PAYLOAD_CONTENT_BYTES] = {2};
    assert_int_equal(seal_make(&e, set, &cover, t, k), ERR_KEY);
    assert_int_equal(e.wrap_count, 0);
    assert_int_equal(seal_check(&e, set, &cover, t, k), ERR_KEY);
    e.at_unix_ms += INT64_C(86400000);
    assert_int_equal(seal_make(&e, set, &cover, t, k), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seal__make__each_number_of_warrants),
        cmocka_unit_test(seal__make__same_bytes),
        cmocka_unit_test(seal__make__construction),
        cmocka_unit_test(seal__check__each_bit),
        cmocka_unit_test(seal__check__other_wraps),
        cmocka_unit_test(seal__open__each_bit),
        cmocka_unit_test(seal__make__not_covered),
        cmocka_unit_test(seal__make__no_key_for_the_day),
        cmocka_unit_test(seal__make__low_order_day_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
