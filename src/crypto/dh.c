#include "crypto/dh.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "crypto/contexts.h"

struct dh_key {
    EVP_PKEY_CTX *derive; /* holds the secret key */
    EVP_PKEY *peer;       /* its bytes are replaced for each peer */
};

struct dh_key *dh_key_new(const uint8_t secret[static DH_BYTES],
                          const uint8_t public[static DH_BYTES])
{
    struct dh_key *k = mem_new(sizeof *k);
    EVP_PKEY *own = NULL;
    /* With both halves; OpenSSL would spend a multiplication on a missing public one. */
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, (void *)secret, DH_BYTES),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)public, DH_BYTES),
        OSSL_PARAM_construct_end(),
    };
    contexts_must(EVP_PKEY_fromdata(contexts_get()->x25519, &own, EVP_PKEY_KEYPAIR, params));
    k->derive = EVP_PKEY_CTX_new(own, NULL);
    contexts_must(k->derive != NULL && EVP_PKEY_derive_init(k->derive) == 1);
    EVP_PKEY_free(own); /* the context holds a reference */
    k->peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, public, DH_BYTES);
    contexts_must(k->peer != NULL);
    return k;
}

void dh_key_free(struct dh_key *k)
{
    if (k == NULL)
        return;
    EVP_PKEY_CTX_free(k->derive);
    EVP_PKEY_free(k->peer);
    free(k);
}

int dh_key_shared(struct dh_key *k, const uint8_t peer[static DH_BYTES],
                  uint8_t ret[static DH_BYTES])
{
    uint8_t shared[DH_BYTES];
    size_t len = sizeof shared;
    contexts_must(EVP_PKEY_set1_encoded_public_key(k->peer, peer, DH_BYTES));
    contexts_must(EVP_PKEY_derive_set_peer_ex(k->derive, k->peer, 0));
    if (EVP_PKEY_derive(k->derive, shared, &len) != 1) { /* refuses a secret of zeros */
        ERR_clear_error();
        return ERR_KEY;
    }
    memcpy(ret, shared, sizeof shared);
    secret_wipe(shared, sizeof shared);
    return 0;
}

int dh_shared(const uint8_t secret[static DH_BYTES], const uint8_t public[static DH_BYTES],
              const uint8_t peer[static DH_BYTES], uint8_t ret[static DH_BYTES])
{
    CLEANUP_DH_KEY struct dh_key *k = dh_key_new(secret, public);
    return dh_key_shared(k, peer, ret);
}

void dh_public_of(const uint8_t secret[static DH_BYTES], uint8_t ret[static DH_BYTES])
{
    (void)crypto_scalarmult_base(ret, secret); /* fails for no secret: it is clamped */
}

bool dh_low_order(const uint8_t public[static DH_BYTES])
{
    static const uint8_t any[DH_BYTES]; /* clamped: a multiple of 8, as every secret */
    uint8_t shared[DH_BYTES];
    return crypto_scalarmult(shared, any, public) != 0;
}
