#include "passkey/passkey.h"

#include <cbor.h>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypto/hash.h"
#include "passkey/cbor_bounds.h"
#include "passkey/client_data.h"

/* Authenticator data (6.1): hash of the relying party's id, flags, count, then the credential. */
#define FLAGS_AT HASH_BYTES
#define COUNT_AT (FLAGS_AT + 1U)
#define HEAD_BYTES (COUNT_AT + 4U)
#define ID_LEN_AT (HEAD_BYTES + 16U) /* behind the authenticator's kind */
#define ID_AT (ID_LEN_AT + 2U)
#define PRESENT 0x01U
#define VERIFIED 0x04U
#define HAS_CREDENTIAL 0x40U

static void decref(cbor_item_t **item)
{
    if (*item != NULL)
        cbor_decref(item);
}

static void free_credential(fido_cred_t **c)
{
    fido_cred_free(c);
}

static void free_assertion(fido_assert_t **a)
{
    fido_assert_free(a);
}

static bool key_is(const cbor_item_t *key, const char *name)
{
    return cbor_isa_string(key) && cbor_string_is_definite(key) &&
           cbor_string_length(key) == strlen(name) &&
           memcmp(cbor_string_handle(key), name, strlen(name)) == 0;
}

/* The attestation object is a map with "authData" in it (6.5.4). NULL: there is none. */
static const cbor_item_t *find_data(const cbor_item_t *object)
{
    if (object == NULL || !cbor_isa_map(object) || !cbor_map_is_definite(object))
        return NULL;
    const struct cbor_pair *pairs = cbor_map_handle(object);
    for (size_t i = 0; i < cbor_map_size(object); i++)
        if (key_is(pairs[i].key, "authData") && cbor_isa_bytestring(pairs[i].value) &&
            cbor_bytestring_is_definite(pairs[i].value))
            return pairs[i].value;
    return NULL;
}

static int check_head(const struct passkey_site *site, const uint8_t *data, size_t len,
                      unsigned flags, struct diag *d)
{
    uint8_t id[HASH_BYTES];
    hash_sha256(site->id, strlen(site->id), id);
    if (len < HEAD_BYTES)
        return diag_set(d, ERR_FORMAT, "the authenticator's data is too short");
    if (memcmp(data, id, HASH_BYTES) != 0)
        return diag_set(d, ERR_AUTH, "the credential is for another place than %s", site->id);
    if ((data[FLAGS_AT] & flags) != flags)
        return diag_set(d, ERR_AUTH, "nobody was there and verified by the authenticator");
    return 0;
}

static uint32_t count_of(const uint8_t *data)
{
    const uint8_t *c = data + COUNT_AT;
    return (uint32_t)c[0] << 24 | (uint32_t)c[1] << 16 | (uint32_t)c[2] << 8 | c[3];
}

static int copy_part(uint8_t *to, size_t max, size_t *ret_len, const unsigned char *from,
                     size_t len)
{
    if (from == NULL || len == 0 || len > max)
        return ERR_FORMAT;
    memcpy(to, from, len);
    *ret_len = len;
    return 0;
}

static bool takes(int algorithm)
{
    return algorithm == COSE_ES256 || algorithm == COSE_EDDSA || algorithm == COSE_RS256;
}

/* Behind the credential's id stands its key, as CBOR. */
static bool key_is_bounded(const uint8_t *data, size_t len)
{
    if (len < ID_AT)
        return false;
    size_t key_at = ID_AT + ((size_t)data[ID_LEN_AT] << 8 | data[ID_LEN_AT + 1]);
    return key_at <= len && cbor_bounds_ok(data + key_at, len - key_at);
}

/* libfido2 reads id and key; which algorithm it is it has to be told, so each is tried. */
static int read_credential(const uint8_t *data, size_t len, struct passkey *ret, struct diag *d)
{
    static const int algorithms[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};
    if (!key_is_bounded(data, len))
        return diag_set(d, ERR_FORMAT, "the authenticator's data holds no credential");
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        CLEANUP(free_credential) fido_cred_t *c = fido_cred_new();
        if (c == NULL || fido_cred_set_type(c, algorithms[i]) != FIDO_OK ||
            fido_cred_set_authdata_raw(c, data, len) != FIDO_OK)
            continue;
        ret->algorithm = algorithms[i];
        ret->count = count_of(data);
        if (copy_part(ret->id, sizeof ret->id, &ret->id_len, fido_cred_id_ptr(c),
                      fido_cred_id_len(c)) == 0 &&
            copy_part(ret->key, sizeof ret->key, &ret->key_len, fido_cred_pubkey_ptr(c),
                      fido_cred_pubkey_len(c)) == 0)
            return 0;
    }
    return diag_set(d, ERR_KEY, "the credential is not of a kind that is taken");
}

int passkey_create(const struct passkey_site *site,
                   const uint8_t challenge[static PASSKEY_CHALLENGE_BYTES],
                   struct passkey_part client_data, struct passkey_part attestation,
                   struct passkey *ret, struct diag *d)
{
    struct cbor_load_result loaded;
    CLEANUP(decref) cbor_item_t *object = NULL;
    struct passkey p = {.id_len = 0};
    int r = client_data_check(client_data, "webauthn.create", site, challenge, d);
    if (r < 0)
        return r;
    if (attestation.len <= PASSKEY_DATA_MAX && cbor_bounds_ok(attestation.data, attestation.len))
        object = cbor_load(attestation.data, attestation.len, &loaded);
    const cbor_item_t *item = find_data(object);
    if (item == NULL)
        return diag_set(d, ERR_FORMAT, "the attestation object holds no authenticator's data");
    const uint8_t *data = cbor_bytestring_handle(item);
    size_t len = cbor_bytestring_length(item);
    r = check_head(site, data, len, PRESENT | VERIFIED | HAS_CREDENTIAL, d);
    if (r == 0)
        r = read_credential(data, len, &p, d);
    if (r == 0)
        *ret = p;
    return r;
}

static int verify_es256(const fido_assert_t *a, const struct passkey *p)
{
    es256_pk_t *key = es256_pk_new();
    int r = key != NULL && es256_pk_from_ptr(key, p->key, p->key_len) == FIDO_OK
                ? fido_assert_verify(a, 0, p->algorithm, key)
                : FIDO_ERR_INVALID_ARGUMENT;
    es256_pk_free(&key);
    return r;
}

static int verify_eddsa(const fido_assert_t *a, const struct passkey *p)
{
    eddsa_pk_t *key = eddsa_pk_new();
    int r = key != NULL && eddsa_pk_from_ptr(key, p->key, p->key_len) == FIDO_OK
                ? fido_assert_verify(a, 0, p->algorithm, key)
                : FIDO_ERR_INVALID_ARGUMENT;
    eddsa_pk_free(&key);
    return r;
}

static int verify_rs256(const fido_assert_t *a, const struct passkey *p)
{
    rs256_pk_t *key = rs256_pk_new();
    int r = key != NULL && rs256_pk_from_ptr(key, p->key, p->key_len) == FIDO_OK
                ? fido_assert_verify(a, 0, p->algorithm, key)
                : FIDO_ERR_INVALID_ARGUMENT;
    rs256_pk_free(&key);
    return r;
}

static int verify(const fido_assert_t *a, const struct passkey *p)
{
    switch (p->algorithm) {
    case COSE_ES256:
        return verify_es256(a, p);
    case COSE_EDDSA:
        return verify_eddsa(a, p);
    default:
        return verify_rs256(a, p);
    }
}

static int check_signature(const struct passkey_site *site, const struct passkey *p,
                           const struct passkey_use *use, struct diag *d)
{
    uint8_t hash[HASH_BYTES];
    CLEANUP(free_assertion) fido_assert_t *a = fido_assert_new();
    hash_sha256(use->client_data.data, use->client_data.len, hash);
    if (a == NULL || fido_assert_set_rp(a, site->id) != FIDO_OK ||
        fido_assert_set_clientdata_hash(a, hash, sizeof hash) != FIDO_OK ||
        fido_assert_set_up(a, FIDO_OPT_TRUE) != FIDO_OK ||
        fido_assert_set_uv(a, FIDO_OPT_TRUE) != FIDO_OK || fido_assert_set_count(a, 1) != FIDO_OK ||
        fido_assert_set_authdata_raw(a, 0, use->authenticator_data.data,
                                     use->authenticator_data.len) != FIDO_OK ||
        fido_assert_set_sig(a, 0, use->signature.data, use->signature.len) != FIDO_OK)
        return diag_set(d, ERR_FORMAT, "the use of the credential is not of its form");
    return verify(a, p) == FIDO_OK ? 0
                                   : diag_set(d, ERR_AUTH, "the signature is not the credential's");
}

int passkey_check(const struct passkey_site *site,
                  const uint8_t challenge[static PASSKEY_CHALLENGE_BYTES], const struct passkey *p,
                  const struct passkey_use *use, uint32_t *ret_count, struct diag *d)
{
    const struct passkey_part *data = &use->authenticator_data;
    if (!takes(p->algorithm))
        return diag_set(d, ERR_KEY, "the credential is not of a kind that is taken");
    int r = client_data_check(use->client_data, "webauthn.get", site, challenge, d);
    if (r == 0 && (data->len > PASSKEY_DATA_MAX || use->signature.len > PASSKEY_DATA_MAX))
        r = diag_set(d, ERR_FORMAT, "the use of the credential is too long");
    if (r == 0)
        r = check_head(site, data->data, data->len, PRESENT | VERIFIED, d);
    if (r == 0)
        r = check_signature(site, p, use, d);
    if (r < 0)
        return r;
    uint32_t count = count_of(data->data);
    if ((count != 0 || p->count != 0) && count <= p->count)
        return diag_set(d, ERR_AUTH, "the credential's count has not grown: there may be a copy");
    *ret_count = count;
    return 0;
}
