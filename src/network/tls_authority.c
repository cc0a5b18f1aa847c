#include "network/tls_authority.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "network/layout.h"
#include "wire/value.h"

#define DAY_SECONDS 86400L
#define AUTHORITY_DAYS 7305 /* 20 years */
#define SERVER_DAYS 3652    /* 10 years */
#define BEFORE_DAYS 1       /* for devices whose clock is behind */
#define SERIAL_BITS 127     /* random, and positive in at most 20 bytes (RFC 5280 4.1.2.2) */
#define PEM_FILE_MAX 16384

DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free)
DEFINE_CLEANUP(X509, X509_free)
DEFINE_CLEANUP(BIO, BIO_free_all)

struct extension {
    int nid;
    const char *value;
};

/* OpenSSL fails at these only without memory or with our own values wrong, so one line is enough.
 */
static int refuse(struct diag *d, const char *what)
{
    return diag_set(d, ERR_IO, "OpenSSL could not %s", what);
}

static bool add_extensions(X509 *certificate, X509 *issuer, const struct extension *list)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    for (; list->value != NULL; list++) {
        X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, &context, list->nid, list->value);
        int added = x != NULL && X509_add_ext(certificate, x, -1);
        X509_EXTENSION_free(x);
        if (!added)
            return false;
    }
    return true;
}

static bool set_serial(X509 *certificate)
{
    BIGNUM *n = BN_new();
    bool ok = n != NULL && BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(n, X509_get_serialNumber(certificate)) != NULL;
    BN_free(n);
    return ok;
}

static bool set_name(X509 *certificate, const char *name)
{
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                      (const unsigned char *)name, -1, -1, 0) == 1;
}

/* A certificate for `key`, signed by the issuer's key; `issuer` NULL: by itself. */
static X509 *certify(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, long days,
                     const struct extension *extensions)
{
    CLEANUP(X509_free_cleanup) X509 *c = X509_new();
    if (c == NULL || X509_set_version(c, X509_VERSION_3) != 1 || !set_serial(c) ||
        !set_name(c, name))
        return NULL;
    X509 *by = issuer != NULL ? issuer : c;
    if (X509_set_issuer_name(c, X509_get_subject_name(by)) != 1 ||
        X509_gmtime_adj(X509_getm_notBefore(c), -BEFORE_DAYS * DAY_SECONDS) == NULL ||
        X509_gmtime_adj(X509_getm_notAfter(c), days * DAY_SECONDS) == NULL ||
        X509_set_pubkey(c, key) != 1 || !add_extensions(c, by, extensions) ||
        X509_sign(c, issuer_key, EVP_sha256()) == 0)
        return NULL;
    return TAKE(c);
}

/* What a memory BIO holds, written to `path`; wiped, it may be a key. */
static int write_bio(const char *path, BIO *b, mode_t mode, bool replace, struct diag *d)
{
    char *data = NULL;
    long len = BIO_get_mem_data(b, &data);
    int r = replace ? file_write(path, data, (size_t)len, mode, d)
                    : file_create(path, data, (size_t)len, mode, d);
    secret_wipe(data, (size_t)len);
    return r;
}

static bool put_key(BIO *b, EVP_PKEY *key)
{
    return PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) == 1;
}

static int write_authority(const char *dir, EVP_PKEY *key, X509 *certificate, struct diag *d)
{
    CLEANUP(BIO_free_all_cleanup) BIO *key_text = BIO_new(BIO_s_mem());
    CLEANUP(BIO_free_all_cleanup) BIO *text = BIO_new(BIO_s_mem());
    if (key_text == NULL || text == NULL || !put_key(key_text, key) ||
        PEM_write_bio_X509(text, certificate) != 1)
        return refuse(d, "write the authority's certificate");
    CLEANUP_FREE char *key_path = layout_path(dir, LAYOUT_AUTHORITY_KEY);
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_AUTHORITY_CERTIFICATE);
    int r = write_bio(key_path, key_text, 0600, false, d);
    return r < 0 ? r : write_bio(path, text, 0644, true, d);
}

int tls_authority_create(const char *dir, const char *domain, struct diag *d)
{
    if (!value_domain_valid(domain))
        return diag_set(d, ERR_FORMAT, "'%s' is not a domain name in lower case", domain);
    CLEANUP_FREE char *constraint = mem_format("critical,permitted;DNS:%s", domain);
    const struct extension extensions[] = {
        {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
        {NID_key_usage, "critical,keyCertSign,cRLSign"},
        {NID_subject_key_identifier, "hash"},
        {NID_name_constraints, constraint},
        {0, NULL},
    };
    CLEANUP(EVP_PKEY_free_cleanup) EVP_PKEY *key = EVP_EC_gen("P-256");
    if (key == NULL)
        return refuse(d, "make a key");
    CLEANUP(X509_free_cleanup)
    X509 *certificate = certify("Ironside authority", key, NULL, key, AUTHORITY_DAYS, extensions);
    if (certificate == NULL)
        return refuse(d, "make the authority's certificate");
    return write_authority(dir, key, certificate, d);
}

static int read_pem(const char *dir, enum layout_name name, char **ret, struct diag *d)
{
    CLEANUP_FREE char *path = layout_path(dir, name);
    return file_read_text(path, PEM_FILE_MAX, ret, d);
}

static int read_certificate(const char *dir, X509 **ret, char **ret_pem, struct diag *d)
{
    CLEANUP_FREE char *text = NULL;
    int r = read_pem(dir, LAYOUT_AUTHORITY_CERTIFICATE, &text, d);
    if (r < 0)
        return r;
    CLEANUP(BIO_free_all_cleanup) BIO *b = BIO_new_mem_buf(text, -1);
    *ret = b == NULL ? NULL : PEM_read_bio_X509(b, NULL, NULL, NULL);
    if (*ret == NULL)
        return diag_set(d, ERR_FORMAT, "%s/authority/ca.pem is not a certificate", dir);
    if (ret_pem != NULL)
        *ret_pem = TAKE(text);
    return 0;
}

static int read_key(const char *dir, EVP_PKEY **ret, struct diag *d)
{
    CLEANUP_FREE char *text = NULL;
    int r = read_pem(dir, LAYOUT_AUTHORITY_KEY, &text, d);
    if (r < 0)
        return r;
    CLEANUP(BIO_free_all_cleanup) BIO *b = BIO_new_mem_buf(text, -1);
    /* An empty passphrase: OpenSSL must not ask the terminal for one. */
    *ret = b == NULL ? NULL : PEM_read_bio_PrivateKey(b, NULL, NULL, (char[]){""});
    secret_wipe(text, strlen(text));
    return *ret == NULL ? diag_set(d, ERR_KEY, "%s/authority/ca.key is not a private key", dir) : 0;
}

static int write_server(const char *dir, EVP_PKEY *key, X509 *certificate, struct diag *d)
{
    CLEANUP(BIO_free_all_cleanup) BIO *b = BIO_new(BIO_s_mem());
    if (b == NULL || !put_key(b, key) || PEM_write_bio_X509(b, certificate) != 1)
        return refuse(d, "write the server's certificate");
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_SERVER_CERTIFICATE);
    return write_bio(path, b, 0600, true, d);
}

int tls_authority_issue(const char *dir, const char *domain, struct diag *d)
{
    CLEANUP(X509_free_cleanup) X509 *issuer = NULL;
    CLEANUP(EVP_PKEY_free_cleanup) EVP_PKEY *issuer_key = NULL;
    if (!value_domain_valid(domain))
        return diag_set(d, ERR_FORMAT, "'%s' is not a domain name in lower case", domain);
    int r = read_certificate(dir, &issuer, NULL, d);
    if (r == 0)
        r = read_key(dir, &issuer_key, d);
    if (r < 0)
        return r;
    if (X509_check_private_key(issuer, issuer_key) != 1)
        return diag_set(d, ERR_KEY, "%s/authority: ca.key is not the key of ca.pem", dir);
    CLEANUP_FREE char *names =
        mem_format("DNS:%s,DNS:registrar.%s,DNS:ibot.%s,DNS:upload.%s,DNS:*.%s", domain, domain,
                   domain, domain, domain);
    const struct extension extensions[] = {
        {NID_basic_constraints, "critical,CA:FALSE"},
        {NID_key_usage, "critical,digitalSignature"},
        {NID_ext_key_usage, "serverAuth"},
        {NID_subject_alt_name, names},
        {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid:always"},
        {0, NULL},
    };
    CLEANUP(EVP_PKEY_free_cleanup) EVP_PKEY *key = EVP_EC_gen("P-256");
    if (key == NULL)
        return refuse(d, "make a key");
    CLEANUP(X509_free_cleanup)
    X509 *certificate =
        certify("Ironside server", key, issuer, issuer_key, SERVER_DAYS, extensions);
    if (certificate == NULL)
        return refuse(d, "make the server's certificate");
    return write_server(dir, key, certificate, d);
}

int tls_authority_read(const char *dir, uint8_t ret_hash[static HASH_BYTES], char **ret_pem,
                       struct diag *d)
{
    CLEANUP(X509_free_cleanup) X509 *certificate = NULL;
    unsigned len = 0;
    uint8_t hash[EVP_MAX_MD_SIZE];
    int r = read_certificate(dir, &certificate, ret_pem, d);
    if (r < 0)
        return r;
    if (X509_digest(certificate, EVP_sha256(), hash, &len) != 1 || len != HASH_BYTES)
        return refuse(d, "hash the authority's certificate");
    memcpy(ret_hash, hash, HASH_BYTES);
    return 0;
}
