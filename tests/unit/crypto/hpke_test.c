#include "vectors.h"

#include <sodium.h>
#include <string.h>

#include "crypto/dh.h"
#include "crypto/hpke.h"

#define INFO "ironside access 1\0" /* with a NUL of its own */
#define INFO_LEN (sizeof INFO - 1)

static const uint8_t zeros[64];

/* A key of order 8. */
static void low_order(uint8_t ret[static HPKE_PUBLIC_BYTES])
{
    vectors_unhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", ret,
                  HPKE_PUBLIC_BYTES);
}

/* RFC 9180 appendix A.2.1. */
static void seal__compute__rfc9180(void **state)
{
    (void)state;
    struct hpke_keypair ephemeral, recipient;
    struct hpke_context c;
    uint8_t ikm[32], sealed[45], opened[29], exported[32];
    const char *text = "Beauty is truth, truth beauty", *info = "Ode on a Grecian Urn";
    vectors_unhex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b", ikm,
                  sizeof ikm);
    hpke_derive_keypair(ikm, sizeof ikm, &ephemeral);
    vectors_assert_hex(ephemeral.public, sizeof ephemeral.public,
                       "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
    vectors_unhex("1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df", ikm,
                  sizeof ikm);
    hpke_derive_keypair(ikm, sizeof ikm, &recipient);
    vectors_assert_hex(recipient.secret, sizeof recipient.secret,
                       "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");

    assert_int_equal(
        hpke_seal(&ephemeral, recipient.public, info, 20, "Count-0", 7, text, 29, sealed), 0);
    vectors_assert_hex(sealed, sizeof sealed,
                       "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db"
                       "21993c62ce81883d2dd1b51a28");
    assert_int_equal(
        hpke_open(&recipient, ephemeral.public, info, 20, "Count-0", 7, sealed, 45, opened), 0);
    assert_memory_equal(opened, text, 29);

    assert_int_equal(hpke_context_recipient(&recipient, ephemeral.public, info, 20, &c), 0);
    vectors_assert_hex(c.base_nonce, sizeof c.base_nonce, "5c4d98150661b848853b547f");
    hpke_context_export(&c, "TestContext", 11, exported, sizeof exported);
    vectors_assert_hex(exported, sizeof exported,
                       "5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53");
}

struct sealed {
    struct hpke_keypair ephemeral, recipient;
    uint8_t aad[32], key[32], wrap[48];
};

static void seal_one(struct sealed *s)
{
    hpke_generate_keypair(&s->ephemeral);
    hpke_generate_keypair(&s->recipient);
    randombytes_buf(s->aad, sizeof s->aad);
    randombytes_buf(s->key, sizeof s->key);
    assert_int_equal(hpke_seal(&s->ephemeral, s->recipient.public, INFO, INFO_LEN, s->aad,
                               sizeof s->aad, s->key, sizeof s->key, s->wrap),
                     0);
}

static int open_one(const struct sealed *s, uint8_t ret[static 32])
{
    return hpke_open(&s->recipient, s->ephemeral.public, INFO, INFO_LEN, s->aad, sizeof s->aad,
                     s->wrap, sizeof s->wrap, ret);
}

static void open__refuse__any_change(void **state)
{
    (void)state;
    struct sealed s;
    uint8_t key[32];
    seal_one(&s);
    assert_int_equal(open_one(&s, key), 0);
    assert_memory_equal(key, s.key, sizeof key);
    struct {
        uint8_t *at;
        size_t len;
    } inputs[] = {{s.wrap, sizeof s.wrap},
                  {s.aad, sizeof s.aad},
                  {s.ephemeral.public, HPKE_ENC_BYTES},
                  {s.recipient.public, HPKE_PUBLIC_BYTES},
                  {s.recipient.secret + 1, HPKE_SECRET_BYTES - 2}}; /* less what is clamped */
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        for (size_t bit = 0; bit < 8 * inputs[i].len; bit += 3) {
            inputs[i].at[bit / 8] ^= (uint8_t)(1U << bit % 8);
            memset(key, 0x5a, sizeof key);
            assert_int_equal(open_one(&s, key), ERR_AUTH);
            assert_memory_equal(key, zeros, sizeof key);
            inputs[i].at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
    assert_int_equal(hpke_open(&s.recipient, s.ephemeral.public, INFO, INFO_LEN - 1, s.aad,
                               sizeof s.aad, s.wrap, sizeof s.wrap, key),
                     ERR_AUTH);
    assert_int_equal(hpke_open(&s.recipient, s.ephemeral.public, INFO, INFO_LEN, s.aad,
                               sizeof s.aad, s.wrap, sizeof s.wrap - 1, key),
                     ERR_AUTH);
    assert_int_equal(open_one(&s, key), 0);
}

static void open__refuse__shorter_than_a_tag(void **state)
{
    (void)state;
    struct sealed s;
    uint8_t key[32];
    seal_one(&s);
    for (size_t len = 0; len < HPKE_TAG_BYTES; len++)
        assert_int_equal(hpke_open(&s.recipient, s.ephemeral.public, INFO, INFO_LEN, s.aad,
                                   sizeof s.aad, s.wrap, len, key),
                         ERR_FORMAT);
}

static void seal__compute__empty_plaintext(void **state)
{
    (void)state;
    struct hpke_keypair ephemeral, recipient;
    uint8_t tag[HPKE_TAG_BYTES], none[1];
    hpke_generate_keypair(&ephemeral);
    hpke_generate_keypair(&recipient);
    assert_int_equal(hpke_seal(&ephemeral, recipient.public, NULL, 0, NULL, 0, NULL, 0, tag), 0);
    assert_int_equal(
        hpke_open(&recipient, ephemeral.public, NULL, 0, NULL, 0, tag, sizeof tag, none), 0);
    tag[0] ^= 1;
    assert_int_equal(
        hpke_open(&recipient, ephemeral.public, NULL, 0, NULL, 0, tag, sizeof tag, none), ERR_AUTH);
}

static void seal__refuse__low_order(void **state)
{
    (void)state;
    struct sealed s;
    struct hpke_context c = {.sequence = 9};
    uint8_t key[32], wrap[48];
    seal_one(&s);
    memcpy(wrap, s.wrap, sizeof wrap);
    low_order(s.recipient.public);
    assert_int_equal(
        hpke_seal(&s.ephemeral, s.recipient.public, INFO, INFO_LEN, s.aad, 32, s.key, 32, s.wrap),
        ERR_KEY);
    assert_memory_equal(s.wrap, wrap, sizeof wrap); /* untouched */
    assert_int_equal(hpke_context_sender(&s.ephemeral, s.recipient.public, NULL, 0, &c), ERR_KEY);
    low_order(s.ephemeral.public);
    memset(key, 0x5a, sizeof key);
    assert_int_equal(open_one(&s, key), ERR_KEY);
    assert_int_equal(key[0], 0x5a);
    assert_int_equal(hpke_context_recipient(&s.recipient, s.ephemeral.public, NULL, 0, &c),
                     ERR_KEY);
    assert_int_equal(c.sequence, 9);
}

/* Several warrants' seals under one ephemeral pair, as a message has them. */
static void seal__compute__shared_ephemeral(void **state)
{
    (void)state;
    struct hpke_keypair ephemeral, recipients[2];
    uint8_t key[32], wraps[3][48], again[48], opened[32];
    randombytes_buf(key, sizeof key);
    hpke_derive_keypair("the message's", 13, &ephemeral);
    hpke_generate_keypair(&recipients[0]);
    hpke_generate_keypair(&recipients[1]);
    const struct {
        size_t recipient;
        const char *info;
    } seals[] = {{0, "one"}, {1, "one"}, {0, "two"}};
    for (size_t i = 0; i < 3; i++) {
        const uint8_t *public = recipients[seals[i].recipient].public;
        assert_int_equal(
            hpke_seal(&ephemeral, public, seals[i].info, 3, NULL, 0, key, 32, wraps[i]), 0);
        assert_int_equal(hpke_seal(&ephemeral, public, seals[i].info, 3, NULL, 0, key, 32, again),
                         0);
        assert_memory_equal(again, wraps[i], sizeof again); /* a recipient can recompute it */
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++)
            assert_int_equal(hpke_open(&recipients[seals[i].recipient], ephemeral.public,
                                       seals[i].info, 3, NULL, 0, wraps[j], 48, opened),
                             i == j ? 0 : ERR_AUTH);
    }
}

static void keypair__derive__depends_on_the_whole_input(void **state)
{
    (void)state;
    struct hpke_keypair one, other;
    uint8_t public[HPKE_PUBLIC_BYTES];
    hpke_derive_keypair("input", 5, &one);
    hpke_derive_keypair("inpuT", 5, &other);
    assert_memory_not_equal(one.secret, other.secret, sizeof one.secret);
    hpke_derive_keypair("input", 5, &other);
    assert_memory_equal(&one, &other, sizeof one);
    hpke_public_of(one.secret, public);
    assert_memory_equal(public, one.public, sizeof public);
    hpke_generate_keypair(&one);
    hpke_generate_keypair(&other);
    assert_memory_not_equal(one.secret, other.secret, sizeof one.secret);
}

static void recipient__open__many(void **state)
{
    (void)state;
    struct sealed s;
    uint8_t key[32];
    seal_one(&s);
    struct hpke_recipient *r = hpke_recipient_new(&s.recipient);
    for (int i = 0; i < 5; i++) {
        hpke_generate_keypair(&s.ephemeral);
        randombytes_buf(s.key, sizeof s.key);
        assert_int_equal(hpke_seal(&s.ephemeral, s.recipient.public, INFO, INFO_LEN, s.aad, 32,
                                   s.key, 32, s.wrap),
                         0);
        s.wrap[i] ^= 1;
        assert_int_equal(
            hpke_recipient_open(r, s.ephemeral.public, INFO, INFO_LEN, s.aad, 32, s.wrap, 48, key),
            ERR_AUTH);
        s.wrap[i] ^= 1;
        assert_int_equal(hpke_recipient_open(r, zeros, INFO, INFO_LEN, s.aad, 32, s.wrap, 48, key),
                         ERR_KEY);
        assert_int_equal(
            hpke_recipient_open(r, s.ephemeral.public, INFO, INFO_LEN, s.aad, 32, s.wrap, 48, key),
            0);
        assert_memory_equal(key, s.key, sizeof key);
    }
    hpke_recipient_free(r);
    hpke_recipient_free(NULL);
}

static void context__open__in_order_only(void **state)
{
    (void)state;
    struct hpke_keypair ephemeral, recipient;
    struct hpke_context sender, receiver;
    uint8_t first[17], second[17], out[1];
    hpke_generate_keypair(&ephemeral);
    hpke_generate_keypair(&recipient);
    assert_int_equal(hpke_context_sender(&ephemeral, recipient.public, "i", 1, &sender), 0);
    assert_int_equal(hpke_context_recipient(&recipient, ephemeral.public, "i", 1, &receiver), 0);
    assert_int_equal(hpke_context_seal(&sender, NULL, 0, "a", 1, first), 0);
    assert_int_equal(hpke_context_seal(&sender, NULL, 0, "b", 1, second), 0);
    assert_int_equal(hpke_context_open(&receiver, NULL, 0, second, 17, out), ERR_AUTH);
    assert_int_equal(hpke_context_open(&receiver, NULL, 0, first, 17, out), 0);
    assert_int_equal(hpke_context_open(&receiver, NULL, 0, first, 17, out), ERR_AUTH);
    assert_int_equal(hpke_context_open(&receiver, NULL, 0, second, 17, out), 0);
    assert_int_equal(out[0], 'b');
}

static void context__seal__no_number_left(void **state)
{
    (void)state;
    struct hpke_context c = {.sequence = UINT64_MAX - 1};
    uint8_t sealed[17], out[1];
    assert_int_equal(hpke_context_seal(&c, NULL, 0, "a", 1, sealed), 0);
    assert_int_equal(hpke_context_seal(&c, NULL, 0, "a", 1, sealed), ERR_LIMIT);
    assert_int_equal(hpke_context_open(&c, NULL, 0, sealed, 17, out), ERR_LIMIT);
}

static void context__export__depends_on_context_and_length(void **state)
{
    (void)state;
    const struct hpke_context c = {.exporter_secret = {1}};
    uint8_t one[32], other[32];
    hpke_context_export(&c, "a", 1, one, 32);
    hpke_context_export(&c, "b", 1, other, 32);
    assert_memory_not_equal(one, other, 32);
    hpke_context_export(&c, "a", 1, other, 31);
    assert_memory_not_equal(one, other, 31);
}

static void check_encryption(struct hpke_context sender, struct hpke_context receiver,
                             const json_t *e, uint64_t sequence, const char *plaintext_name,
                             const char *ciphertext_name)
{
    uint8_t aad[64], plaintext[64], sealed[80], opened[64];
    size_t aad_len = vectors_hex(e, "aad", aad, sizeof aad);
    size_t len = vectors_hex(e, plaintext_name, plaintext, sizeof plaintext);
    sender.sequence = receiver.sequence = sequence;
    assert_int_equal(hpke_context_seal(&sender, aad, aad_len, plaintext, len, sealed), 0);
    vectors_assert_hex(sealed, len + HPKE_TAG_BYTES, vectors_text(e, ciphertext_name));
    assert_int_equal(
        hpke_context_open(&receiver, aad, aad_len, sealed, len + HPKE_TAG_BYTES, opened), 0);
    assert_memory_equal(opened, plaintext, len);
    receiver.sequence = sequence + 1;
    assert_int_equal(
        hpke_context_open(&receiver, aad, aad_len, sealed, len + HPKE_TAG_BYTES, opened), ERR_AUTH);
}

/* Keys, key schedule and exports of one vector. */
static void check_setup(const json_t *v, struct hpke_context *ret_sender,
                        struct hpke_context *ret_receiver)
{
    struct hpke_keypair ephemeral, recipient;
    uint8_t ikm[64], info[64], context[64], exported[64];
    json_t *e;
    size_t i;
    hpke_derive_keypair(ikm, vectors_hex(v, "ikmE", ikm, sizeof ikm), &ephemeral);
    vectors_assert_hex(ephemeral.secret, 32, vectors_text(v, "skEm"));
    vectors_assert_hex(ephemeral.public, 32, vectors_text(v, "enc"));
    hpke_derive_keypair(ikm, vectors_hex(v, "ikmR", ikm, sizeof ikm), &recipient);
    vectors_assert_hex(recipient.secret, 32, vectors_text(v, "skRm"));
    vectors_assert_hex(recipient.public, 32, vectors_text(v, "pkRm"));
    size_t info_len = vectors_hex(v, "info", info, sizeof info);
    assert_int_equal(hpke_context_sender(&ephemeral, recipient.public, info, info_len, ret_sender),
                     0);
    assert_int_equal(
        hpke_context_recipient(&recipient, ephemeral.public, info, info_len, ret_receiver), 0);
    assert_memory_equal(ret_sender->key, ret_receiver->key, 32);
    vectors_assert_hex(ret_sender->key, 32, vectors_text(v, "key"));
    vectors_assert_hex(ret_sender->base_nonce, 12, vectors_text(v, "base_nonce"));
    vectors_assert_hex(ret_sender->exporter_secret, 32, vectors_text(v, "exporter_secret"));
    json_array_foreach(json_object_get(v, "exports"), i, e)
    {
        size_t len = (size_t)vectors_int(e, "L");
        hpke_context_export(ret_receiver, context,
                            vectors_hex(e, "exporter_context", context, sizeof context), exported,
                            len);
        vectors_assert_hex(exported, len, vectors_text(e, "exported_value"));
    }
}

/* Outside: other modes, KEMs, KDFs and AEADs than the one suite that we have. */
static void check_file(const char *name, const char *plaintext_name, const char *ciphertext_name)
{
    json_t *root = vectors_json(name), *v, *e;
    struct hpke_context sender, receiver;
    size_t i, j, passed = 0, outside = 0, encryptions = 0;
    if (root == NULL)
        skip();
    json_array_foreach(root, i, v)
    {
        if (vectors_int(v, "mode") != 0 || vectors_int(v, "kem_id") != 0x20 ||
            vectors_int(v, "kdf_id") != 1 || vectors_int(v, "aead_id") != 3) {
            outside++;
            continue;
        }
        check_setup(v, &sender, &receiver);
        json_array_foreach(json_object_get(v, "encryptions"), j, e)
        {
            json_t *sequence = json_object_get(e, "seq"); /* the other file has all, in order */
            check_encryption(sender, receiver, e,
                             sequence == NULL ? j : (uint64_t)json_integer_value(sequence),
                             plaintext_name, ciphertext_name);
            encryptions++;
        }
        passed++;
    }
    print_message("%s: %zu passed (%zu encryptions), %zu outside (other mode or suite)\n", name,
                  passed, encryptions, outside);
    assert_true(passed > 0);
    json_decref(root);
}

static void context__compute__rfc9180_file(void **state)
{
    (void)state;
    check_file("hpke/hpke-rfc9180-appendix-a.json", "pt", "ct");
}

static void context__compute__circl_file(void **state)
{
    (void)state;
    check_file("hpke/hpke-x25519.json", "plaintext", "ciphertext");
}

/* A context's first message is ChaCha20-Poly1305 under its key and base nonce. */
static void context__open__wycheproof_chacha20_poly1305(void **state)
{
    (void)state;
    json_t *root = vectors_json("wycheproof/chacha20_poly1305_test.json"), *group, *t;
    size_t i, j, passed = 0, outside = 0;
    uint8_t aad[1024], sealed[1024], text[1024];
    if (root == NULL)
        skip();
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        bool ours = vectors_int(group, "ivSize") == 96;
        json_array_foreach(json_object_get(group, "tests"), j, t)
        {
            struct hpke_context c = {0};
            if (!ours) {
                outside++;
                continue;
            }
            bool valid = strcmp(vectors_text(t, "result"), "valid") == 0;
            vectors_hex(t, "key", c.key, sizeof c.key);
            vectors_hex(t, "iv", c.base_nonce, sizeof c.base_nonce);
            size_t aad_len = vectors_hex(t, "aad", aad, sizeof aad);
            size_t len = vectors_hex(t, "ct", sealed, sizeof sealed - HPKE_TAG_BYTES);
            vectors_hex(t, "tag", sealed + len, HPKE_TAG_BYTES);
            assert_int_equal(
                hpke_context_open(&c, aad, aad_len, sealed, len + HPKE_TAG_BYTES, text),
                valid ? 0 : ERR_AUTH);
            if (valid)
                vectors_assert_hex(text, len, vectors_text(t, "msg"));
            passed++;
        }
    }
    print_message("wycheproof chacha20_poly1305: %zu passed, %zu outside (nonce not 12 bytes)\n",
                  passed, outside);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seal__compute__rfc9180),
        cmocka_unit_test(open__refuse__any_change),
        cmocka_unit_test(open__refuse__shorter_than_a_tag),
        cmocka_unit_test(seal__compute__empty_plaintext),
        cmocka_unit_test(seal__refuse__low_order),
        cmocka_unit_test(seal__compute__shared_ephemeral),
        cmocka_unit_test(keypair__derive__depends_on_the_whole_input),
        cmocka_unit_test(recipient__open__many),
        cmocka_unit_test(context__open__in_order_only),
        cmocka_unit_test(context__seal__no_number_left),
        cmocka_unit_test(context__export__depends_on_context_and_length),
        cmocka_unit_test(context__compute__rfc9180_file),
        cmocka_unit_test(context__compute__circl_file),
        cmocka_unit_test(context__open__wycheproof_chacha20_poly1305),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
