#include "authority.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include "../wire/test.h"
#include "base/memory.h"

struct authority {
    struct authority_options o;
    EVP_PKEY *root_key, *key;
    X509 *root, *own;
    char *root_pem, *own_pem;
};

static void add(X509 *x, int nid, const char *value)
{
    X509V3_CTX c;
    X509V3_set_ctx_nodb(&c);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &c, nid, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
}

static X509 *certificate(const char *name, EVP_PKEY *key, const X509 *issuer)
{
    X509 *x = X509_new();
    X509_NAME *n = X509_get_subject_name(x);
    assert_int_equal(X509_set_version(x, 2), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), issuer == NULL ? 1 : 2), 1);
    assert_int_equal(
        X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1, 0), 1);
    assert_int_equal(X509_set_issuer_name(x, issuer == NULL ? n : X509_get_subject_name(issuer)),
                     1);
    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), AUTHORITY_FROM));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), AUTHORITY_UNTIL));
    assert_int_equal(X509_set_pubkey(x, key), 1);
    return x;
}

static char *pem_of(X509 *x)
{
    BIO *to = BIO_new(BIO_s_mem());
    char *data;
    assert_int_equal(PEM_write_bio_X509(to, x), 1);
    long n = BIO_get_mem_data(to, &data);
    char *text = mem_string_n(data, (size_t)n);
    BIO_free(to);
    return text;
}

static void add_purpose(X509 *x, const struct authority_options *o)
{
    if (o->no_purpose)
        return;
    add(x, NID_ext_key_usage,
        o->two_purposes   ? "critical,timeStamping,emailProtection"
        : o->not_critical ? "timeStamping"
                          : "critical,timeStamping");
}

struct authority *authority_new(const struct authority_options *o)
{
    struct authority *a = mem_new(sizeof *a);
    a->o = *o;
    a->root_key = EVP_EC_gen("P-256");
    a->key = EVP_EC_gen("P-256");
    a->root = certificate("A root", a->root_key, NULL);
    add(a->root, NID_basic_constraints, "critical,CA:TRUE");
    a->own = certificate("Stamps \xc3\xa9 Co", a->key, a->root);
    add_purpose(a->own, o);
    assert_true(X509_sign(a->root, a->root_key, EVP_sha256()) > 0);
    assert_true(X509_sign(a->own, a->root_key, EVP_sha256()) > 0);
    a->root_pem = pem_of(a->root);
    a->own_pem = pem_of(a->own);
    return a;
}

void authority_free(struct authority *a)
{
    X509_free(a->root);
    X509_free(a->own);
    EVP_PKEY_free(a->root_key);
    EVP_PKEY_free(a->key);
    free(a->root_pem);
    free(a->own_pem);
    free(a);
}

const char *authority_root(const struct authority *a)
{
    return a->root_pem;
}

const char *authority_own(const struct authority *a)
{
    return a->own_pem;
}

/* What it says of the request's hash, in DER. */
static BIO *word(const struct authority *a, TS_REQ *q)
{
    BIO *to = BIO_new(BIO_s_mem());
    TS_TST_INFO *info = TS_TST_INFO_new();
    ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1);
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    ASN1_GENERALIZEDTIME *at =
        ASN1_GENERALIZEDTIME_set(NULL, a->o.at == 0 ? AUTHORITY_AT : (time_t)a->o.at);
    assert_int_equal(ASN1_INTEGER_set(serial, 1), 1);
    assert_int_equal(TS_TST_INFO_set_version(info, 1), 1);
    assert_int_equal(TS_TST_INFO_set_policy_id(info, policy), 1);
    assert_int_equal(TS_TST_INFO_set_serial(info, serial), 1);
    assert_int_equal(TS_TST_INFO_set_time(info, at), 1);
    assert_int_equal(TS_TST_INFO_set_msg_imprint(info, TS_REQ_get_msg_imprint(q)), 1);
    assert_int_equal(TS_TST_INFO_set_nonce(info, TS_REQ_get_nonce(q)), 1);
    assert_int_equal(i2d_TS_TST_INFO_bio(to, info), 1);
    ASN1_GENERALIZEDTIME_free(at);
    ASN1_INTEGER_free(serial);
    ASN1_OBJECT_free(policy);
    TS_TST_INFO_free(info);
    return to;
}

/* By CMS, since what OpenSSL has for authorities refuses a certificate that is not for stamps. */
static PKCS7 *sign(const struct authority *a, BIO *word_of)
{
    unsigned char *der = NULL;
    const unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_CADES;
    CMS_ContentInfo *c = CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL);
    assert_int_equal(CMS_set1_eContentType(c, OBJ_nid2obj(NID_id_smime_ct_TSTInfo)), 1);
    assert_non_null(CMS_add1_signer(c, a->own, a->key, EVP_sha256(), flags));
    assert_int_equal(CMS_set_detached(c, 0), 1);
    assert_int_equal(CMS_final(c, word_of, NULL, CMS_BINARY), 1);
    int n = i2d_CMS_ContentInfo(c, &der);
    const unsigned char *at = der;
    PKCS7 *signed_word = d2i_PKCS7(NULL, &at, n);
    assert_non_null(signed_word);
    OPENSSL_free(der);
    CMS_ContentInfo_free(c);
    return signed_word;
}

static void put(TS_RESP *x, struct buf *ret)
{
    unsigned char *der = NULL;
    int n = i2d_TS_RESP(x, &der);
    assert_true(n > 0);
    buf_put(ret, der, (size_t)n);
    OPENSSL_free(der);
    TS_RESP_free(x);
}

static TS_RESP *answer(int status)
{
    TS_RESP *x = TS_RESP_new();
    TS_STATUS_INFO *info = TS_STATUS_INFO_new();
    assert_int_equal(TS_STATUS_INFO_set_status(info, status), 1);
    assert_int_equal(TS_RESP_set_status_info(x, info), 1);
    TS_STATUS_INFO_free(info);
    return x;
}

void authority_answer(struct authority *a, const struct buf *request, struct buf *ret)
{
    const unsigned char *at = request->data;
    TS_REQ *q = d2i_TS_REQ(NULL, &at, (long)request->len);
    assert_non_null(q);
    BIO *says = word(a, q);
    char *data;
    long n = BIO_get_mem_data(says, &data);
    const unsigned char *info = (const unsigned char *)data;
    TS_TST_INFO *again = d2i_TS_TST_INFO(NULL, &info, n);
    TS_RESP *x = answer(TS_STATUS_GRANTED);
    TS_RESP_set_tst_info(x, sign(a, says), again);
    put(x, ret);
    BIO_free(says);
    TS_REQ_free(q);
}

void authority_refuse(struct buf *ret)
{
    put(answer(TS_STATUS_REJECTION), ret);
}
