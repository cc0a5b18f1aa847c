#include "serve/tls.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"

#define DAY_SECONDS 86400L
#define DAYS 36500 /* who is pinned by a key does not end by a date */
#define PEM_MAX 16384
#define SPKI_MAX 1024

DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free)
DEFINE_CLEANUP(X509, X509_free)
DEFINE_CLEANUP(BIO, BIO_free_all)

static X509 *certify(EVP_PKEY *key)
{
    CLEANUP(X509_free_cleanup) X509 *c = X509_new();
    X509_NAME *name = c == NULL ? NULL : X509_get_subject_name(c);
    if (c == NULL || X509_set_version(c, X509_VERSION_3) != 1 ||
        ASN1_INTEGER_set(X509_get_serialNumber(c), 1) != 1 ||
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"Ironside", -1,
                                   -1, 0) != 1 ||
        X509_set_issuer_name(c, name) != 1 ||
        X509_gmtime_adj(X509_getm_notBefore(c), -DAY_SECONDS) == NULL ||
        X509_gmtime_adj(X509_getm_notAfter(c), DAYS * DAY_SECONDS) == NULL ||
        X509_set_pubkey(c, key) != 1 || X509_sign(c, key, EVP_sha256()) == 0)
        return NULL;
    return TAKE(c);
}

static int write_bio(const char *stem, const char *ending, BIO *b, mode_t mode, struct diag *d)
{
    CLEANUP_FREE char *path = mem_format("%s.%s", stem, ending);
    char *data = NULL;
    long len = BIO_get_mem_data(b, &data);
    int r = file_create(path, data, (size_t)len, mode, d);
    secret_wipe(data, (size_t)len);
    return r;
}

int serve_tls_create(const char *stem, struct diag *d)
{
    CLEANUP(EVP_PKEY_free_cleanup) EVP_PKEY *key = EVP_EC_gen("P-256");
    CLEANUP(X509_free_cleanup) X509 *c = key == NULL ? NULL : certify(key);
    CLEANUP(BIO_free_all_cleanup) BIO *key_text = BIO_new(BIO_s_mem());
    CLEANUP(BIO_free_all_cleanup) BIO *text = BIO_new(BIO_s_mem());
    if (c == NULL || key_text == NULL || text == NULL ||
        PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(text, c) != 1)
        return diag_set(d, ERR_IO, "OpenSSL could not make a key");
    int r = write_bio(stem, "key", key_text, 0600, d);
    return r < 0 ? r : write_bio(stem, "pem", text, 0644, d);
}

int serve_tls_read(const char *stem, char **ret_certificate, char **ret_key, struct diag *d)
{
    CLEANUP_FREE char *pem = mem_format("%s.pem", stem), *key = mem_format("%s.key", stem);
    CLEANUP_FREE char *certificate = NULL;
    int r = file_read_text(pem, PEM_MAX, &certificate, d);
    if (r == 0)
        r = file_read_text(key, PEM_MAX, ret_key, d);
    if (r == 0)
        *ret_certificate = TAKE(certificate);
    return r;
}

static int hash_of(X509 *c, uint8_t ret[static HASH_BYTES])
{
    uint8_t form[SPKI_MAX], *end = form;
    int len = c == NULL ? -1 : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(c), NULL);
    if (len <= 0 || len > (int)sizeof form)
        return ERR_FORMAT;
    hash_sha256(form, (size_t)i2d_X509_PUBKEY(X509_get_X509_PUBKEY(c), &end), ret);
    return 0;
}

int serve_tls_hash(const char *pem, uint8_t ret[static HASH_BYTES])
{
    CLEANUP(BIO_free_all_cleanup) BIO *b = BIO_new_mem_buf(pem, -1);
    CLEANUP(X509_free_cleanup)
    X509 *c = b == NULL ? NULL : PEM_read_bio_X509(b, NULL, NULL, (char[]){""});
    return hash_of(c, ret);
}

int serve_tls_hash_der(const void *der, size_t len, uint8_t ret[static HASH_BYTES])
{
    const unsigned char *at = der;
    CLEANUP(X509_free_cleanup) X509 *c = len > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)len);
    return hash_of(c, ret);
}
