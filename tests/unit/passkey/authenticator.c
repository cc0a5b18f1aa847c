#include "authenticator.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/hash.h"

#define PART_MAX 4096

struct authenticator authenticator_new(int algorithm, const struct passkey_site *site,
                                       const uint8_t challenge[static PASSKEY_CHALLENGE_BYTES])
{
    struct authenticator v = {.algorithm = algorithm,
                              .id = "cred",
                              .rp = site->id,
                              .origin = site->origin,
                              .type = "webauthn.create",
                              .flags = AUTHENTICATOR_PRESENT | AUTHENTICATOR_VERIFIED |
                                       AUTHENTICATOR_HAS_CREDENTIAL,
                              .count = 1,
                              .more = ""};
    v.key = algorithm == AUTHENTICATOR_ES256 ? EVP_EC_gen("P-256")
                                             : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_non_null(v.key);
    memcpy(v.challenge, challenge, PASSKEY_CHALLENGE_BYTES);
    v.client_data = v.data = v.attestation = v.signature = (struct buf)BUF_INIT(PART_MAX);
    return v;
}

void authenticator_clear(struct authenticator *v)
{
    EVP_PKEY_free(v->key);
    buf_clear(&v->client_data);
    buf_clear(&v->data);
    buf_clear(&v->attestation);
    buf_clear(&v->signature);
}

static void put_client_data(struct authenticator *v)
{
    char text[sodium_base64_ENCODED_LEN(PASSKEY_CHALLENGE_BYTES,
                                        sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    sodium_bin2base64(text, sizeof text, v->challenge, sizeof v->challenge,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    buf_reset(&v->client_data);
    buf_format(&v->client_data, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}",
               v->type, text, v->origin, v->more);
}

static void put_head(struct authenticator *v)
{
    uint8_t id[HASH_BYTES];
    hash_sha256(v->rp, strlen(v->rp), id);
    buf_reset(&v->data);
    buf_put(&v->data, id, sizeof id);
    buf_put_u8(&v->data, v->flags);
    buf_put_u32(&v->data, v->count);
}

/* COSE keys (RFC 9053): ES256 and EdDSA. */
static void put_key(struct authenticator *v)
{
    uint8_t bytes[65];
    size_t len = sizeof bytes;
    if (v->algorithm == AUTHENTICATOR_ES256) {
        assert_int_equal(EVP_PKEY_get_octet_string_param(v->key, OSSL_PKEY_PARAM_PUB_KEY, bytes,
                                                         sizeof bytes, &len),
                         1);
        buf_put(&v->data, "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", 10);
        buf_put(&v->data, bytes + 1, 32);
        buf_put(&v->data, "\x22\x58\x20", 3);
        buf_put(&v->data, bytes + 33, 32);
    } else {
        assert_int_equal(EVP_PKEY_get_raw_public_key(v->key, bytes, &len), 1);
        buf_put(&v->data, "\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20", 10);
        buf_put(&v->data, bytes, 32);
    }
}

static void put_attestation(struct authenticator *v)
{
    put_head(v);
    for (int i = 0; i < 16; i++)
        buf_put_u8(&v->data, 0); /* AAGUID */
    buf_put_u16(&v->data, (uint16_t)strlen(v->id));
    buf_put_text(&v->data, v->id);
    put_key(v);
    buf_reset(&v->attestation);
    buf_put_text(&v->attestation, "\xa3\x63"
                                  "fmt\x64none\x67"
                                  "attStmt\xa0\x68"
                                  "authData\x58");
    buf_put_u8(&v->attestation, (uint8_t)v->data.len);
    buf_put(&v->attestation, v->data.data, v->data.len);
}

static void sign(struct authenticator *v)
{
    uint8_t hash[HASH_BYTES], signature[256];
    size_t len = sizeof signature;
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(PART_MAX);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    hash_sha256(v->client_data.data, v->client_data.len, hash);
    buf_put(&signed_bytes, v->data.data, v->data.len);
    buf_put(&signed_bytes, hash, sizeof hash);
    assert_int_equal(EVP_DigestSignInit(c, NULL,
                                        v->algorithm == AUTHENTICATOR_ES256 ? EVP_sha256() : NULL,
                                        NULL, v->key),
                     1);
    assert_int_equal(EVP_DigestSign(c, signature, &len, signed_bytes.data, signed_bytes.len), 1);
    EVP_MD_CTX_free(c);
    buf_reset(&v->signature);
    buf_put(&v->signature, signature, len);
}

struct passkey_part authenticator_part(const struct buf *b)
{
    return (struct passkey_part){b->data, b->len};
}

void authenticator_make(struct authenticator *v)
{
    put_client_data(v);
    put_attestation(v);
}

void authenticator_turn_to_use(struct authenticator *v)
{
    v->type = "webauthn.get";
    v->flags = AUTHENTICATOR_PRESENT | AUTHENTICATOR_VERIFIED;
}

void authenticator_use(struct authenticator *v)
{
    put_client_data(v);
    put_head(v);
    sign(v);
}
