#include "front/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/file.h"
#include "base/secret.h"

/* Nobody is asked for a passphrase: the desk starts by itself. */
static int no_passphrase(char *to, int size, int writing, void *context)
{
    (void)to, (void)size, (void)writing, (void)context;
    return -1;
}

static X509 *parse_certificate(const char *pem)
{
    BIO *in = BIO_new_mem_buf(pem, -1);
    X509 *x = PEM_read_bio_X509(in, NULL, no_passphrase, NULL);
    BIO_free(in);
    return x;
}

static EVP_PKEY *parse_key(const char *pem)
{
    BIO *in = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *k = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL);
    BIO_free(in);
    return k;
}

static int check(const char *certificate, const char *key, struct front_tls *t, struct diag *d)
{
    X509 *x = parse_certificate(t->certificate);
    EVP_PKEY *k = parse_key(t->key);
    int r = 0;
    if (x == NULL)
        r = diag_set(d, ERR_FORMAT, "%s: not a certificate in PEM", certificate);
    else if (k == NULL)
        r = diag_set(d, ERR_FORMAT, "%s: not a private key in PEM without a passphrase", key);
    else if (X509_check_private_key(x, k) != 1)
        r = diag_set(d, ERR_KEY, "%s is not the key of %s: name the two that belong together", key,
                     certificate);
    t->ended = x != NULL && X509_cmp_current_time(X509_get0_notAfter(x)) < 0;
    X509_free(x);
    EVP_PKEY_free(k);
    ERR_clear_error();
    return r;
}

int front_tls_read(const char *certificate, const char *key, struct front_tls *ret, struct diag *d)
{
    CLEANUP_FRONT_TLS struct front_tls t = {NULL, NULL, false};
    int r = 0;
    if (certificate != NULL)
        r = file_read_text(certificate, FRONT_PEM_MAX, &t.certificate, d);
    if (r == 0 && certificate != NULL)
        r = file_read_text(key, FRONT_PEM_MAX, &t.key, d);
    if (r == 0 && certificate != NULL)
        r = check(certificate, key, &t, d);
    if (r < 0)
        return r;
    *ret = t;
    t = (struct front_tls){NULL, NULL, false};
    return 0;
}

void front_tls_clear(struct front_tls *t)
{
    if (t->key != NULL)
        secret_wipe(t->key, strlen(t->key));
    free(t->key);
    free(t->certificate);
    *t = (struct front_tls){NULL, NULL, false};
}
