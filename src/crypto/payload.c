#include "crypto/payload.h"

#include <assert.h>
#include <limits.h>
#include <stdbool.h>

#include "base/secret.h"
#include "crypto/contexts.h"

/* Puts the zero key back, so that no message key stays in the context. */
static void forget(EVP_CIPHER_CTX *c)
{
    static const uint8_t zeros[PAYLOAD_KEY_BYTES];
    contexts_must(EVP_CipherInit_ex2(c, NULL, zeros, zeros, 1, NULL));
}

void payload_encrypt(const void *plaintext, size_t len, uint8_t ret_iv[static PAYLOAD_IV_BYTES],
                     uint8_t *ret_ciphertext, uint8_t ret_content[static PAYLOAD_CONTENT_BYTES])
{
    EVP_CIPHER_CTX *c = contexts_get()->gcm;
    int n = 0;
    assert(len <= INT_MAX);
    secret_random(ret_iv, PAYLOAD_IV_BYTES);
    secret_random(ret_content, PAYLOAD_KEY_BYTES);
    contexts_must(EVP_CipherInit_ex2(c, NULL, ret_content, ret_iv, 1, NULL));
    if (len > 0)
        contexts_must(EVP_EncryptUpdate(c, ret_ciphertext, &n, plaintext, (int)len));
    contexts_must(EVP_EncryptFinal_ex(c, NULL, &n));
    contexts_must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, PAYLOAD_TAG_BYTES,
                                      ret_content + PAYLOAD_KEY_BYTES));
    forget(c);
}

int payload_decrypt(const uint8_t content[static PAYLOAD_CONTENT_BYTES],
                    const uint8_t iv[static PAYLOAD_IV_BYTES], const void *ciphertext, size_t len,
                    uint8_t *ret_plaintext)
{
    EVP_CIPHER_CTX *c = contexts_get()->gcm;
    int n = 0;
    assert(len <= INT_MAX);
    contexts_must(EVP_CipherInit_ex2(c, NULL, content, iv, 0, NULL));
    contexts_must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, PAYLOAD_TAG_BYTES,
                                      (void *)(content + PAYLOAD_KEY_BYTES)));
    if (len > 0)
        contexts_must(EVP_DecryptUpdate(c, ret_plaintext, &n, ciphertext, (int)len));
    bool authentic = EVP_DecryptFinal_ex(c, NULL, &n) == 1;
    forget(c);
    if (!authentic && len > 0)
        secret_wipe(ret_plaintext, len);
    return authentic ? 0 : ERR_AUTH;
}
