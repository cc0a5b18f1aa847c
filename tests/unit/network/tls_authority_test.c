#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "network/tls_authority.h"

static int set_up(void **state)
{
    char dir[] = "/tmp/ironside-net.XXXXXX";
    struct diag d = {""};
    *state = mem_string(mkdtemp(dir));
    return layout_make(*state, &d);
}

static int tear_down(void **state)
{
    int r = file_remove_tree(*state, NULL);
    free(*state);
    return r;
}

static X509 *load(const char *dir, enum layout_name name)
{
    CLEANUP_FREE char *path = layout_path(dir, name);
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    X509 *c = PEM_read_X509(f, NULL, NULL, NULL); /* skips the key before it */
    fclose(f);
    assert_non_null(c);
    return c;
}

/* OpenSSL's verdict on the server's certificate for a name, at a time from now. */
static int verify(const char *authority_dir, const char *server_dir, const char *name,
                  long from_now)
{
    X509 *ca = load(authority_dir, LAYOUT_AUTHORITY_CERTIFICATE);
    X509 *server = load(server_dir, LAYOUT_SERVER_CERTIFICATE);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_STORE_add_cert(store, ca);
    X509_STORE_CTX_init(context, store, server, NULL);
    X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set1_host(p, name, 0);
    X509_VERIFY_PARAM_set_time(p, time(NULL) + from_now);
    X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_X509_STRICT);
    int r = X509_verify_cert(context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    X509_free(server);
    X509_free(ca);
    return r;
}

static void tls_authority__issue__verifies(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    assert_int_equal(tls_authority_create(dir, "chat.test", &d), 0);
    assert_int_equal(tls_authority_issue(dir, "chat.test", &d), 0);
    assert_int_equal(verify(dir, dir, "chat.test", 0), X509_V_OK);
    assert_int_equal(verify(dir, dir, "upload.chat.test", 0), X509_V_OK);
    assert_int_equal(verify(dir, dir, "other.chat.test", 0), X509_V_OK);
    assert_int_equal(verify(dir, dir, "chat.example", 0), X509_V_ERR_HOSTNAME_MISMATCH);
    assert_int_equal(verify(dir, dir, "chat.test", 9L * 365 * 86400), X509_V_OK);
    assert_int_equal(verify(dir, dir, "chat.test", -3600), X509_V_OK);
    assert_int_equal(verify(dir, dir, "chat.test", 11L * 365 * 86400), X509_V_ERR_CERT_HAS_EXPIRED);
}

static void tls_authority__issue__replaces(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    assert_int_equal(tls_authority_create(dir, "chat.test", &d), 0);
    assert_int_equal(tls_authority_issue(dir, "chat.test", &d), 0);
    X509 *a = load(dir, LAYOUT_SERVER_CERTIFICATE);
    assert_int_equal(tls_authority_issue(dir, "chat.test", &d), 0);
    X509 *b = load(dir, LAYOUT_SERVER_CERTIFICATE);
    assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(a), X509_get0_serialNumber(b)), 0);
    assert_int_equal(verify(dir, dir, "chat.test", 0), X509_V_OK);
    X509_free(a);
    X509_free(b);
}

/* The authority's name constraint: devices refuse what it signs for other domains. */
static void tls_authority__issue__is_bound_to_the_domain(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    assert_int_equal(tls_authority_create(dir, "chat.test", &d), 0);
    assert_int_equal(tls_authority_issue(dir, "bank.example", &d), 0);
    assert_int_equal(verify(dir, dir, "bank.example", 0), X509_V_ERR_PERMITTED_VIOLATION);
}

static void tls_authority__issue__needs_its_authority(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    CLEANUP_FREE char *key = layout_path(dir, LAYOUT_AUTHORITY_KEY);
    CLEANUP_FREE char *kept = mem_format("%s.kept", key);
    CLEANUP_FREE char *pem = layout_path(dir, LAYOUT_AUTHORITY_CERTIFICATE);
    assert_int_equal(tls_authority_issue(dir, "chat.test", &d), ERR_NOT_FOUND);
    assert_int_equal(tls_authority_create(dir, "chat.test", &d), 0);
    assert_int_equal(tls_authority_issue(dir, "Chat.test", &d), ERR_FORMAT);
    assert_int_equal(rename(key, kept), 0);
    assert_int_equal(tls_authority_issue(dir, "chat.test", &d), ERR_NOT_FOUND);
    assert_int_equal(file_write(key, "x", 1, 0600, &d), 0);
    assert_int_equal(tls_authority_issue(dir, "chat.test", &d), ERR_KEY);
    assert_int_equal(unlink(key), 0);
    assert_int_equal(tls_authority_create(dir, "chat.test", &d), 0); /* another one */
    assert_int_equal(rename(kept, key), 0);
    assert_int_equal(tls_authority_issue(dir, "chat.test", &d), ERR_KEY);
    assert_non_null(strstr(d.text, "not the key of ca.pem"));
    assert_int_equal(file_write(pem, "x", 1, 0600, &d), 0);
    assert_int_equal(tls_authority_issue(dir, "chat.test", &d), ERR_FORMAT);
}

static void tls_authority__create__keeps_what_is_there(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    struct stat st;
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    CLEANUP_FREE char *key = layout_path(dir, LAYOUT_AUTHORITY_KEY);
    CLEANUP_FREE char *server = layout_path(dir, LAYOUT_SERVER_CERTIFICATE);
    assert_int_equal(tls_authority_create(dir, "no domain", &d), ERR_FORMAT);
    assert_int_equal(tls_authority_create(dir, "chat.test", &d), 0);
    assert_int_equal(tls_authority_issue(dir, "chat.test", &d), 0);
    assert_int_equal(stat(key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(server, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(tls_authority_read(dir, before, NULL, &d), 0);
    assert_int_equal(tls_authority_create(dir, "chat.test", &d), ERR_EXISTS);
    assert_int_equal(tls_authority_read(dir, after, NULL, &d), 0);
    assert_memory_equal(before, after, HASH_BYTES);
}

static void tls_authority__read__hashes_the_der(void **state)
{
    const char *dir = *state;
    struct diag d = {""};
    uint8_t hash[HASH_BYTES], expected[HASH_BYTES];
    CLEANUP_FREE char *pem = NULL;
    assert_int_equal(tls_authority_read(dir, hash, &pem, &d), ERR_NOT_FOUND);
    assert_int_equal(tls_authority_create(dir, "chat.test", &d), 0);
    assert_int_equal(tls_authority_read(dir, hash, &pem, &d), 0);
    assert_non_null(strstr(pem, "BEGIN CERTIFICATE"));
    X509 *c = load(dir, LAYOUT_AUTHORITY_CERTIFICATE);
    uint8_t *der = NULL;
    int len = i2d_X509(c, &der);
    hash_sha256(der, (size_t)len, expected);
    assert_memory_equal(hash, expected, HASH_BYTES);
    assert_true((X509_get_extension_flags(c) & EXFLAG_CA) != 0);
    assert_int_equal(X509_get_pathlen(c), 0);
    OPENSSL_free(der);
    X509_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tls_authority__issue__verifies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tls_authority__issue__replaces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tls_authority__issue__is_bound_to_the_domain, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tls_authority__issue__needs_its_authority, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tls_authority__create__keeps_what_is_there, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tls_authority__read__hashes_the_der, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
