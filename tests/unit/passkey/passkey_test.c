#include "passkey/passkey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authenticator.h"
#include "passkey/cbor_bounds.h"

static const struct passkey_site site = {"desk.example", "https://desk.example:8443"};
static const uint8_t challenge[PASSKEY_CHALLENGE_BYTES] = {1, 2, 3, 0xfb, 0xff};

static int create(struct authenticator *v, struct passkey *ret)
{
    authenticator_make(v);
    return passkey_create(&site, challenge, authenticator_part(&v->client_data),
                          authenticator_part(&v->attestation), ret, NULL);
}

static int check(struct authenticator *v, const struct passkey *p, uint32_t *ret_count)
{
    const struct passkey_use use = {authenticator_part(&v->client_data),
                                    authenticator_part(&v->data),
                                    authenticator_part(&v->signature)};
    return passkey_check(&site, challenge, p, &use, ret_count, NULL);
}

/* Signs in as the device is set up. */
static int use(struct authenticator *v, const struct passkey *p, uint32_t *ret_count)
{
    authenticator_use(v);
    return check(v, p, ret_count);
}

static void made(struct authenticator *v, struct passkey *ret)
{
    assert_int_equal(create(v, ret), 0);
    authenticator_turn_to_use(v);
}

static void passkey__made_and_used(void **state)
{
    (void)state;
    const int algorithms[] = {AUTHENTICATOR_ES256, AUTHENTICATOR_EDDSA};
    for (size_t i = 0; i < 2; i++) {
        CLEANUP_AUTHENTICATOR struct authenticator v =
            authenticator_new(algorithms[i], &site, challenge);
        struct passkey p;
        uint32_t count = 0;
        made(&v, &p);
        assert_int_equal(p.algorithm, algorithms[i]);
        assert_int_equal(p.id_len, 4);
        assert_memory_equal(p.id, "cred", 4);
        assert_int_equal(p.count, 1);
        v.count = 2;
        assert_int_equal(use(&v, &p, &count), 0);
        assert_int_equal(count, 2);
    }
}

static void passkey__challenge__is_what_the_client_data_says(void **state)
{
    (void)state;
    uint8_t said[PASSKEY_CHALLENGE_BYTES] = {77};
    CLEANUP_AUTHENTICATOR struct authenticator v =
        authenticator_new(AUTHENTICATOR_EDDSA, &site, challenge);
    static const char *const wrong[] = {"", "[]", "{}", "{\"challenge\":7}",
                                        "{\"challenge\":\"AAAA\"}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(passkey_challenge((struct passkey_part){wrong[i], strlen(wrong[i])}, said),
                         ERR_FORMAT);
    assert_int_equal(said[0], 77);
    authenticator_make(&v);
    assert_int_equal(passkey_challenge(authenticator_part(&v.client_data), said), 0);
    assert_memory_equal(said, challenge, sizeof said);
}

static void passkey__create__refuses_what_is_for_another(void **state)
{
    (void)state;
    struct passkey p = {.count = 77};
    CLEANUP_AUTHENTICATOR struct authenticator v =
        authenticator_new(AUTHENTICATOR_ES256, &site, challenge);
    v.rp = "other.example";
    assert_int_equal(create(&v, &p), ERR_AUTH);
    v.rp = site.id;
    v.origin = "https://desk.example";
    assert_int_equal(create(&v, &p), ERR_AUTH);
    v.origin = site.origin;
    v.type = "webauthn.get";
    assert_int_equal(create(&v, &p), ERR_AUTH);
    v.type = "webauthn.create";
    v.challenge[31] ^= 1;
    assert_int_equal(create(&v, &p), ERR_AUTH);
    v.challenge[31] ^= 1;
    v.more = ",\"crossOrigin\":true";
    assert_int_equal(create(&v, &p), ERR_AUTH);
    v.more = ",\"crossOrigin\":false";
    assert_int_equal(p.count, 77);
    assert_int_equal(create(&v, &p), 0);
}

static void passkey__create__wants_somebody_there(void **state)
{
    (void)state;
    struct passkey p;
    CLEANUP_AUTHENTICATOR struct authenticator v =
        authenticator_new(AUTHENTICATOR_ES256, &site, challenge);
    const uint8_t lacking[] = {AUTHENTICATOR_PRESENT, AUTHENTICATOR_VERIFIED,
                               AUTHENTICATOR_HAS_CREDENTIAL};
    for (size_t i = 0; i < 3; i++) {
        v.flags = (uint8_t)((AUTHENTICATOR_PRESENT | AUTHENTICATOR_VERIFIED |
                             AUTHENTICATOR_HAS_CREDENTIAL) &
                            ~lacking[i]);
        assert_int_equal(create(&v, &p), ERR_AUTH);
    }
}

static void passkey__create__refuses_every_shorter_object(void **state)
{
    (void)state;
    struct passkey p;
    CLEANUP_AUTHENTICATOR struct authenticator v =
        authenticator_new(AUTHENTICATOR_ES256, &site, challenge);
    assert_int_equal(create(&v, &p), 0);
    for (size_t len = 0; len < v.attestation.len; len++)
        assert_int_equal(passkey_create(&site, challenge, authenticator_part(&v.client_data),
                                        (struct passkey_part){v.attestation.data, len}, &p, NULL),
                         ERR_FORMAT);
    for (size_t len = 0; len < v.client_data.len; len++)
        assert_int_equal(passkey_create(&site, challenge,
                                        (struct passkey_part){v.client_data.data, len},
                                        authenticator_part(&v.attestation), &p, NULL),
                         ERR_FORMAT);
}

static void passkey__create__refuses_a_key_of_no_kind(void **state)
{
    (void)state;
    struct passkey p;
    CLEANUP_AUTHENTICATOR struct authenticator v =
        authenticator_new(AUTHENTICATOR_ES256, &site, challenge);
    authenticator_make(&v);
    uint8_t *algorithm = memmem(v.attestation.data, v.attestation.len, "\x03\x26", 2);
    assert_non_null(algorithm);
    algorithm[1] = 0x25; /* -6: none that is taken */
    assert_int_equal(passkey_create(&site, challenge, authenticator_part(&v.client_data),
                                    authenticator_part(&v.attestation), &p, NULL),
                     ERR_KEY);
}

static void cbor_bounds__ok__what_is_whole(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        size_t len;
    } whole[] = {{"\x00", 1},
                 {"\x80", 1},
                 {"\xa0", 1},
                 {"\x82\x01\x81\x02", 4},
                 {"\xa1\x61"
                  "a"
                  "\x42xy",
                  6},
                 {"\x81\x81\x81\x81\x81\x81\x81\x81\x00", 9},
                 {"\x01\xff\xff", 3}};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        assert_true(cbor_bounds_ok((const uint8_t *)whole[i].bytes, whole[i].len));
    for (size_t len = 0; len < 6; len++)
        assert_false(cbor_bounds_ok((const uint8_t *)whole[4].bytes, len));
}

/* An array or map that says that it has more items than there are bytes; indefinite ones; too deep.
 */
static void cbor_bounds__ok__nothing_that_asks_for_memory(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        size_t len;
    } wrong[] = {{"\x9a\x9a\x9a\x9a\x9a\x00", 6},
                 {"\xba\xff\xff\xff\xff\x00", 6},
                 {"\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x00", 10},
                 {"\xbb\x80\x00\x00\x00\x00\x00\x00\x00\x00", 10},
                 {"\x9f\x00\xff", 3},
                 {"\xbf\xff", 2},
                 {"\x5f\x41x\xff", 4},
                 {"\x81\x81\x81\x81\x81\x81\x81\x81\x81\x00", 10},
                 {"\xff", 1},
                 {"\xc2\x9a\x9a\x9a\x9a\x00", 6},
                 {"\xc2\x00", 2}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(cbor_bounds_ok((const uint8_t *)wrong[i].bytes, wrong[i].len));
}

/* The same in the credential's key, which libfido2 reads. */
static void passkey__create__refuses_a_key_that_asks_for_memory(void **state)
{
    (void)state;
    struct passkey p;
    CLEANUP_AUTHENTICATOR struct authenticator v =
        authenticator_new(AUTHENTICATOR_ES256, &site, challenge);
    authenticator_make(&v);
    uint8_t *key = memmem(v.attestation.data, v.attestation.len, "\xa5\x01\x02", 3);
    memcpy(key, "\x9a\x9a\x9a\x9a\x9a\x9a\x9a\x9a\x9a\x9a", 10);
    assert_int_equal(passkey_create(&site, challenge, authenticator_part(&v.client_data),
                                    authenticator_part(&v.attestation), &p, NULL),
                     ERR_FORMAT);
}

static void passkey__check__refuses_what_is_for_another(void **state)
{
    (void)state;
    struct passkey p;
    uint32_t count = 77;
    CLEANUP_AUTHENTICATOR struct authenticator v =
        authenticator_new(AUTHENTICATOR_EDDSA, &site, challenge);
    made(&v, &p);
    v.count = 5;
    v.rp = "other.example";
    assert_int_equal(use(&v, &p, &count), ERR_AUTH);
    v.rp = site.id;
    v.origin = "http://desk.example:8443";
    assert_int_equal(use(&v, &p, &count), ERR_AUTH);
    v.origin = site.origin;
    v.type = "webauthn.create";
    assert_int_equal(use(&v, &p, &count), ERR_AUTH);
    v.type = "webauthn.get";
    v.challenge[0] ^= 1;
    assert_int_equal(use(&v, &p, &count), ERR_AUTH);
    v.challenge[0] ^= 1;
    v.flags = AUTHENTICATOR_PRESENT;
    assert_int_equal(use(&v, &p, &count), ERR_AUTH);
    v.flags = AUTHENTICATOR_VERIFIED;
    assert_int_equal(use(&v, &p, &count), ERR_AUTH);
    assert_int_equal(count, 77);
}

static void passkey__check__refuses_each_changed_byte(void **state)
{
    (void)state;
    const int algorithms[] = {AUTHENTICATOR_ES256, AUTHENTICATOR_EDDSA};
    for (size_t i = 0; i < 2; i++) {
        struct passkey p;
        uint32_t count;
        CLEANUP_AUTHENTICATOR struct authenticator v =
            authenticator_new(algorithms[i], &site, challenge);
        made(&v, &p);
        v.count = 2;
        assert_int_equal(use(&v, &p, &count), 0);
        struct buf *const parts[] = {&v.client_data, &v.data, &v.signature};
        for (size_t n = 0; n < 3; n++)
            for (size_t at = 0; at < parts[n]->len; at++) {
                parts[n]->data[at] ^= 1;
                assert_true(check(&v, &p, &count) < 0);
                parts[n]->data[at] ^= 1;
            }
        assert_int_equal(check(&v, &p, &count), 0);
    }
}

static void passkey__check__another_credential(void **state)
{
    (void)state;
    struct passkey p, other;
    uint32_t count;
    CLEANUP_AUTHENTICATOR struct authenticator v = authenticator_new(AUTHENTICATOR_ES256, &site,
                                                                     challenge),
                                               w = authenticator_new(AUTHENTICATOR_ES256, &site,
                                                                     challenge);
    made(&v, &p);
    made(&w, &other);
    v.count = 2;
    assert_int_equal(use(&v, &other, &count), ERR_AUTH);
    other.algorithm = -999;
    assert_int_equal(use(&v, &other, &count), ERR_KEY);
}

static void passkey__check__a_count_that_does_not_grow(void **state)
{
    (void)state;
    struct passkey p;
    uint32_t count = 77;
    CLEANUP_AUTHENTICATOR struct authenticator v =
        authenticator_new(AUTHENTICATOR_ES256, &site, challenge);
    made(&v, &p);
    p.count = 9;
    v.count = 9;
    assert_int_equal(use(&v, &p, &count), ERR_AUTH);
    v.count = 0;
    assert_int_equal(use(&v, &p, &count), ERR_AUTH);
    p.count = 0; /* one that does not count */
    assert_int_equal(use(&v, &p, &count), 0);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passkey__made_and_used),
        cmocka_unit_test(passkey__challenge__is_what_the_client_data_says),
        cmocka_unit_test(passkey__create__refuses_what_is_for_another),
        cmocka_unit_test(passkey__create__wants_somebody_there),
        cmocka_unit_test(passkey__create__refuses_every_shorter_object),
        cmocka_unit_test(passkey__create__refuses_a_key_of_no_kind),
        cmocka_unit_test(cbor_bounds__ok__what_is_whole),
        cmocka_unit_test(cbor_bounds__ok__nothing_that_asks_for_memory),
        cmocka_unit_test(passkey__create__refuses_a_key_that_asks_for_memory),
        cmocka_unit_test(passkey__check__refuses_what_is_for_another),
        cmocka_unit_test(passkey__check__refuses_each_changed_byte),
        cmocka_unit_test(passkey__check__another_credential),
        cmocka_unit_test(passkey__check__a_count_that_does_not_grow),
    };
    return cmocka_run_group_tests_name("passkey/passkey", tests, NULL, NULL);
}
