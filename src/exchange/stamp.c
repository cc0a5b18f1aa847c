#include "exchange/stamp.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NONCE_BYTES 16

DEFINE_CLEANUP(TS_RESP, TS_RESP_free)
DEFINE_CLEANUP(TS_REQ, TS_REQ_free)
DEFINE_CLEANUP(X509_STORE, X509_STORE_free)
DEFINE_CLEANUP(TS_VERIFY_CTX, TS_VERIFY_CTX_free)
DEFINE_CLEANUP(BIO, BIO_free_all)

/* What OpenSSL cannot do for want of memory. */
static void must(bool ok)
{
    if (!ok)
        abort();
}

/* ---- asking ---- */

static void set_imprint(TS_REQ *q, const void *of, size_t len)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned hash_len;
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    must(imprint != NULL && algorithm != NULL &&
         EVP_Digest(of, len, hash, &hash_len, EVP_sha512(), NULL) == 1);
    X509_ALGOR_set_md(algorithm, EVP_sha512());
    must(TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
         TS_MSG_IMPRINT_set_msg(imprint, hash, (int)hash_len) == 1 &&
         TS_REQ_set_msg_imprint(q, imprint) == 1);
    X509_ALGOR_free(algorithm);
    TS_MSG_IMPRINT_free(imprint);
}

/* So that an answer from before is not taken for one of now. */
static void set_nonce(TS_REQ *q)
{
    uint8_t bytes[NONCE_BYTES];
    must(RAND_bytes(bytes, sizeof bytes) == 1);
    BIGNUM *n = BN_bin2bn(bytes, sizeof bytes, NULL);
    ASN1_INTEGER *nonce = n == NULL ? NULL : BN_to_ASN1_INTEGER(n, NULL);
    must(nonce != NULL && TS_REQ_set_nonce(q, nonce) == 1);
    ASN1_INTEGER_free(nonce);
    BN_free(n);
}

void stamp_request(struct buf *b, const void *of, size_t len)
{
    CLEANUP(TS_REQ_free_cleanup) TS_REQ *q = TS_REQ_new();
    unsigned char *der = NULL;
    must(q != NULL && TS_REQ_set_version(q, 1) == 1 && TS_REQ_set_cert_req(q, 1) == 1);
    set_imprint(q, of, len);
    set_nonce(q);
    int n = i2d_TS_REQ(q, &der);
    must(n > 0);
    buf_put(b, der, (size_t)n);
    OPENSSL_free(der);
}

/* ---- reading an answer ---- */

static int refuse(struct diag *d, int code, const char *why)
{
    ERR_clear_error();
    return diag_set(d, code, "%s: %s", STAMP_MEMBER, why);
}

/* All of the bytes are it. NULL: they are none. */
static TS_RESP *parse(const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    TS_RESP *x = len > STAMP_BYTES_MAX ? NULL : d2i_TS_RESP(NULL, &at, (long)len);
    if (x != NULL && at != (const unsigned char *)bytes + len) {
        TS_RESP_free(x);
        x = NULL;
    }
    ERR_clear_error();
    return x;
}

int stamp_answers(const struct buf *request, const struct buf *reply, struct diag *d)
{
    const unsigned char *at = request->data;
    CLEANUP(TS_REQ_free_cleanup) TS_REQ *q = d2i_TS_REQ(NULL, &at, (long)request->len);
    CLEANUP(TS_RESP_free_cleanup) TS_RESP *x = parse(reply->data, reply->len);
    const TS_TST_INFO *info = x == NULL ? NULL : TS_RESP_get_tst_info(x);
    must(q != NULL);
    if (info == NULL)
        return 0; /* stamp_check says what it is */
    const ASN1_INTEGER *nonce = TS_TST_INFO_get_nonce(info);
    return nonce != NULL && ASN1_INTEGER_cmp(nonce, TS_REQ_get_nonce(q)) == 0
               ? 0
               : refuse(d, ERR_AUTH, "it answers another request");
}

/* Whose hash it has, by one of those that hold. */
static int check_imprint(const struct stamp_reply *r, TS_TST_INFO *info, struct diag *d)
{
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_OBJECT *name = NULL;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len;
    X509_ALGOR_get0(&name, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
    int nid = OBJ_obj2nid(name);
    if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512)
        return refuse(d, ERR_AUTH, "it is by another hash than SHA-256, SHA-384 or SHA-512");
    must(EVP_Digest(r->of, r->of_len, hash, &len, EVP_get_digestbynid(nid), NULL) == 1);
    const ASN1_OCTET_STRING *has = TS_MSG_IMPRINT_get_msg(imprint);
    return ASN1_STRING_length(has) == (int)len && memcmp(ASN1_STRING_get0_data(has), hash, len) == 0
               ? 0
               : refuse(d, ERR_AUTH, "it is a stamp of something else");
}

static int read_time(const TS_TST_INFO *info, time_t *ret, struct diag *d)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm) != 1)
        return refuse(d, ERR_FORMAT, "its time is none");
    *ret = timegm(&tm);
    return 0;
}

/* ---- by whom it is ---- */

static void name_of(const X509 *x, char ret[static STAMP_NAME_MAX + 1])
{
    CLEANUP(BIO_free_all_cleanup) BIO *to = BIO_new(BIO_s_mem());
    must(to != NULL);
    X509_NAME_print_ex(to, X509_get_subject_name(x), 0, XN_FLAG_ONELINE);
    int n = BIO_read(to, ret, STAMP_NAME_MAX);
    ret[n > 0 ? n : 0] = '\0';
}

static int add_trusted(X509_STORE *store, const char *pem, struct diag *d)
{
    CLEANUP(BIO_free_all_cleanup) BIO *from = BIO_new_mem_buf(pem, -1);
    size_t count = 0;
    X509 *x;
    must(from != NULL);
    while ((x = PEM_read_bio_X509(from, NULL, NULL, NULL)) != NULL) {
        must(X509_STORE_add_cert(store, x) == 1);
        X509_free(x);
        count++;
    }
    ERR_clear_error(); /* of the end */
    return count > 0
               ? 0
               : diag_set(d, ERR_FORMAT, "the trusted authority's file has no certificate (PEM)");
}

/* The one who has signed, by a certificate that is inside. */
static X509 *signer_of(TS_RESP *x)
{
    STACK_OF(X509) *signers = PKCS7_get0_signers(TS_RESP_get_token(x), NULL, 0);
    X509 *signer = sk_X509_num(signers) == 1 ? sk_X509_value(signers, 0) : NULL;
    sk_X509_free(signers);
    return signer;
}

static int refuse_openssl(struct diag *d)
{
    const char *data = NULL;
    int flags = 0;
    unsigned long e = ERR_peek_last_error_data(&data, &flags);
    const char *why = ERR_reason_error_string(e);
    diag_set(d, ERR_AUTH, "%s: %s%s%s", STAMP_MEMBER, why == NULL ? "it does not hold" : why,
             (flags & ERR_TXT_STRING) != 0 && data[0] != '\0' ? ": " : "",
             (flags & ERR_TXT_STRING) != 0 ? data : "");
    ERR_clear_error();
    return ERR_AUTH;
}

/* Without a trusted one the authority vouches for itself: its signature must hold all the same, and
 * its certificate be for time stamps alone. */
static int verify(TS_RESP *x, const char *authorities, X509 *signer, time_t at, struct diag *d)
{
    CLEANUP(X509_STORE_free_cleanup) X509_STORE *store = X509_STORE_new();
    CLEANUP(TS_VERIFY_CTX_free_cleanup) TS_VERIFY_CTX *c = TS_VERIFY_CTX_new();
    must(store != NULL && c != NULL);
    int r = authorities == NULL ? 0 : add_trusted(store, authorities, d);
    if (r < 0)
        return r;
    if (authorities == NULL)
        must(X509_STORE_add_cert(store, signer) == 1);
    must(X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), at);
    TS_VERIFY_CTX_set_flags(c, TS_VFY_SIGNATURE | TS_VFY_VERSION | TS_VFY_SIGNER);
    TS_VERIFY_CTX_set_store(c, TAKE(store)); /* it is freed with it */
    return TS_RESP_verify_response(c, x) == 1 ? 0 : refuse_openssl(d);
}

int stamp_check(const struct stamp_reply *r, struct stamp *ret, struct diag *d)
{
    CLEANUP(TS_RESP_free_cleanup) TS_RESP *x = parse(r->bytes, r->len);
    struct stamp stamp = {.compared = r->authorities != NULL};
    time_t at = 0;
    if (x == NULL)
        return refuse(d, ERR_FORMAT, "it is no answer of a time stamp authority");
    TS_TST_INFO *info = TS_RESP_get_tst_info(x);
    if (info == NULL || ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(x))) !=
                            TS_STATUS_GRANTED)
        return refuse(d, ERR_FORMAT, "the authority has refused to stamp what was asked");
    X509 *signer = signer_of(x);
    if (signer == NULL)
        return refuse(d, ERR_AUTH, "it has no signature by a certificate that is inside");
    int e = check_imprint(r, info, d);
    if (e == 0)
        e = read_time(info, &at, d);
    if (e == 0)
        e = verify(x, r->authorities, signer, at, d);
    if (e < 0)
        return e;
    stamp.at_unix_ms = (int64_t)at * 1000;
    name_of(signer, stamp.authority);
    *ret = stamp;
    return 0;
}
