#include "crypto/contexts.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

static _Thread_local struct contexts *mine;
/* Only there for its destructor: `mine` itself is found faster. */
static pthread_key_t at_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

void contexts_must(int result)
{
    if (result != 1) {
        fputs("libcrypto is out of memory or lacks an algorithm\n", stderr);
        abort();
    }
}

static void contexts_free(void *p)
{
    struct contexts *c = p;
    mine = NULL; /* another destructor of this thread may come back */
    EVP_MD_CTX_free(c->sha256);
    EVP_CIPHER_CTX_free(c->gcm);
    EVP_PKEY_CTX_free(c->x25519);
    free(c);
}

static void make_key(void)
{
    contexts_must(pthread_key_create(&at_end, contexts_free) == 0);
}

static struct contexts *contexts_new(void)
{
    static const uint8_t zeros[16];
    struct contexts *c = mem_new(sizeof *c);
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_CIPHER *gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);

    c->sha256 = EVP_MD_CTX_new();
    contexts_must(c->sha256 != NULL && EVP_DigestInit_ex2(c->sha256, sha256, NULL));
    c->gcm = EVP_CIPHER_CTX_new();
    contexts_must(c->gcm != NULL && EVP_CipherInit_ex2(c->gcm, gcm, zeros, zeros, 1, NULL));
    c->x25519 = EVP_PKEY_CTX_new_from_name(NULL, "X25519", NULL);
    contexts_must(c->x25519 != NULL && EVP_PKEY_fromdata_init(c->x25519) == 1);

    EVP_MD_free(sha256); /* the contexts hold references of their own */
    EVP_CIPHER_free(gcm);
    (void)pthread_once(&once, make_key);
    contexts_must(pthread_setspecific(at_end, c) == 0);
    return c;
}

const struct contexts *contexts_get(void)
{
    if (mine == NULL)
        mine = contexts_new();
    return mine;
}
