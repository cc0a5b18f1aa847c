#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/measure.h"
#include "crypto/hpke.h"
#include "crypto/sign.h"

static double thread_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double measure_rate(void (*op)(void *context), void *context, double seconds)
{
    double began = thread_seconds(), now = began;
    unsigned long count = 0;
    op(context); /* warm */
    began = thread_seconds();
    do {
        for (int i = 0; i < 50; i++)
            op(context);
        count += 50;
        now = thread_seconds();
    } while (now - began < seconds);
    return (double)count / (now - began);
}

struct subject {
    struct hpke_keypair recipient, ephemeral;
    struct hpke_recipient *prepared;
    EVP_PKEY_CTX *derive;
    EVP_PKEY *peer, *verifier;
    uint8_t sealed[32 + HPKE_TAG_BYTES], content[32];
    uint8_t key[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES], signature[SIGN_BYTES];
    uint8_t message[400];
};

static void must(int ok)
{
    if (!ok)
        abort();
}

static void op_sodium_x25519(void *context)
{
    struct subject *s = context;
    uint8_t shared[32];
    must(crypto_scalarmult(shared, s->recipient.secret, s->ephemeral.public) == 0);
}

/* As a bot would use it at best: the secret key prepared, the sender's key new each time. */
static void op_openssl_x25519(void *context)
{
    struct subject *s = context;
    uint8_t shared[32];
    size_t len = sizeof shared;
    must(EVP_PKEY_derive_set_peer_ex(s->derive, s->peer, 0) == 1 &&
         EVP_PKEY_derive(s->derive, shared, &len) == 1);
}

static void op_sodium_verify(void *context)
{
    struct subject *s = context;
    must(crypto_sign_verify_detached(s->signature, s->message, sizeof s->message, s->key) == 0);
}

static void op_openssl_verify(void *context)
{
    struct subject *s = context;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    must(EVP_DigestVerifyInit(c, NULL, NULL, NULL, s->verifier) == 1 &&
         EVP_DigestVerify(c, s->signature, sizeof s->signature, s->message, sizeof s->message) ==
             1);
    EVP_MD_CTX_free(c);
}

static void op_sign(void *context)
{
    struct subject *s = context;
    sign_detached(s->secret, s->message, sizeof s->message, s->signature);
}

static void op_our_verify(void *context)
{
    struct subject *s = context;
    must(sign_verify(s->key, s->message, sizeof s->message, s->signature) == 0);
}

static void op_seal(void *context)
{
    struct subject *s = context;
    must(hpke_seal(&s->ephemeral, s->recipient.public, "info", 4, s->message, 32, s->content,
                   sizeof s->content, s->sealed) == 0);
}

static void op_open(void *context)
{
    struct subject *s = context;
    uint8_t content[32];
    must(hpke_recipient_open(s->prepared, s->ephemeral.public, "info", 4, s->message, 32, s->sealed,
                             sizeof s->sealed, content) == 0);
}

void measure_crypto(double seconds, struct measure_crypto *ret)
{
    struct subject s;
    memset(&s, 7, sizeof s);
    hpke_generate_keypair(&s.recipient);
    hpke_generate_keypair(&s.ephemeral);
    sign_keypair(s.key, s.secret);
    s.prepared = hpke_recipient_new(&s.recipient);
    EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, s.recipient.secret, 32);
    s.peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, s.ephemeral.public, 32);
    s.verifier = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, s.key, 32);
    s.derive = EVP_PKEY_CTX_new(own, NULL);
    must(s.derive != NULL && EVP_PKEY_derive_init(s.derive) == 1);
    op_sign(&s);
    op_seal(&s);
    *ret = (struct measure_crypto){
        .sodium_x25519 = measure_rate(op_sodium_x25519, &s, seconds),
        .openssl_x25519 = measure_rate(op_openssl_x25519, &s, seconds),
        .sodium_verify = measure_rate(op_sodium_verify, &s, seconds),
        .openssl_verify = measure_rate(op_openssl_verify, &s, seconds),
        .our_verify = measure_rate(op_our_verify, &s, seconds),
        .hpke_seal = measure_rate(op_seal, &s, seconds),
        .hpke_open = measure_rate(op_open, &s, seconds),
        .sign = measure_rate(op_sign, &s, seconds),
    };
    hpke_recipient_free(s.prepared);
    EVP_PKEY_CTX_free(s.derive);
    EVP_PKEY_free(own);
    EVP_PKEY_free(s.peer);
    EVP_PKEY_free(s.verifier);
}

static double faster(double a, double b)
{
    return a > b ? a : b;
}

double measure_x25519(const struct measure_crypto *m)
{
    return faster(m->sodium_x25519, m->openssl_x25519);
}

double measure_verify(const struct measure_crypto *m)
{
    return faster(m->sodium_verify, m->openssl_verify);
}

double measure_limit(const struct measure_crypto *m)
{
    return 1 / (1 / measure_x25519(m) + 1 / measure_verify(m));
}
