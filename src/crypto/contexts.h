/* OpenSSL's contexts, made once per thread and kept: fetching an algorithm or allocating a context
 * costs more than hashing a short message. Only this room uses them.
 *
 * Between two uses none holds anything of the data or keys that passed through it: whoever takes
 * one leaves it freshly initialised.
 */
#ifndef IRONSIDE_CRYPTO_CONTEXTS_H
#define IRONSIDE_CRYPTO_CONTEXTS_H

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

struct contexts {
    EVP_MD_CTX *sha256;   /* initialised: updates may follow */
    EVP_CIPHER_CTX *gcm;  /* AES-128-GCM with a 12-byte iv, under a key of zeros */
    EVP_PKEY_CTX *x25519; /* for EVP_PKEY_fromdata */
};

/* This thread's; freed when it ends. */
const struct contexts *contexts_get(void) __attribute__((returns_nonnull));

/* For calls that only fail when memory ran out or libcrypto lacks an algorithm: ends the process
 * unless `result` is 1. */
void contexts_must(int result);

#endif
