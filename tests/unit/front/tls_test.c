/* Certificates and keys of the front: those that fit, and a line for each that does not. */
#include "front/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/file.h"

#define DAY 86400L

static char folder[64];

static const char *path(const char *name)
{
    static char paths[4][96];
    static unsigned next;
    char *to = paths[next++ % 4];
    snprintf(to, sizeof paths[0], "%s/%s", folder, name);
    return to;
}

static X509 *certify(EVP_PKEY *key, long until)
{
    X509 *x = X509_new();
    assert_int_equal(X509_set_version(x, 2), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), -10 * DAY));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), until));
    assert_int_equal(X509_set_pubkey(x, key), 1);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    return x;
}

/* NAME.pem and NAME.key, EC P-256. */
static void make_pair(const char *name, long until, const char *passphrase)
{
    char file[32];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = certify(key, until);
    snprintf(file, sizeof file, "%s.pem", name);
    FILE *f = fopen(path(file), "w");
    assert_int_equal(PEM_write_X509(f, x), 1);
    fclose(f);
    snprintf(file, sizeof file, "%s.key", name);
    f = fopen(path(file), "w");
    assert_int_equal(PEM_write_PrivateKey(f, key, passphrase == NULL ? NULL : EVP_aes_256_cbc(),
                                          NULL, 0, NULL, (char *)(uintptr_t)passphrase),
                     1);
    fclose(f);
    X509_free(x);
    EVP_PKEY_free(key);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ironside-tls.XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    make_pair("one", DAY, NULL);
    make_pair("two", DAY, NULL);
    make_pair("old", -DAY, NULL);
    make_pair("locked", DAY, "secret");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return file_remove_tree(folder, NULL);
}

static int read_pair(const char *certificate, const char *key, struct front_tls *ret,
                     struct diag *d)
{
    d->text[0] = '\0';
    return front_tls_read(path(certificate), path(key), ret, d);
}

static void tls__read__takes_a_pair(void **state)
{
    struct front_tls t = {NULL, NULL, false};
    struct diag d;
    (void)state;
    assert_int_equal(read_pair("one.pem", "one.key", &t, &d), 0);
    assert_true(strncmp(t.certificate, "-----BEGIN CERTIFICATE", 22) == 0);
    assert_true(strncmp(t.key, "-----BEGIN PRIVATE KEY", 22) == 0);
    assert_false(t.ended);
    front_tls_clear(&t);
    assert_null(t.key);
}

static void tls__read__nothing_where_there_is_none(void **state)
{
    struct front_tls t = {NULL, NULL, true};
    struct diag d;
    (void)state;
    assert_int_equal(front_tls_read(NULL, NULL, &t, &d), 0);
    assert_true(t.certificate == NULL && t.key == NULL && !t.ended);
}

static void tls__read__says_that_it_has_ended(void **state)
{
    struct front_tls t = {NULL, NULL, false};
    struct diag d;
    (void)state;
    assert_int_equal(read_pair("old.pem", "old.key", &t, &d), 0);
    assert_true(t.ended);
    front_tls_clear(&t);
}

static void tls__read__refuses_what_cannot_be_served_with(void **state)
{
    static const struct {
        const char *certificate, *key;
        int code;
        const char *line;
    } rows[] = {
        {"one.pem", "two.key", ERR_KEY, "two.key is not the key of "},
        {"one.key", "one.key", ERR_FORMAT, "one.key: not a certificate in PEM"},
        {"one.pem", "one.pem", ERR_FORMAT, "one.pem: not a private key in PEM"},
        {"locked.pem", "locked.key", ERR_FORMAT, "locked.key: not a private key in PEM without"},
        {"none.pem", "one.key", ERR_NOT_FOUND, "none.pem"},
        {"one.pem", "none.key", ERR_NOT_FOUND, "none.key"},
    };
    struct front_tls t = {NULL, NULL, false};
    struct diag d;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(read_pair(rows[i].certificate, rows[i].key, &t, &d), rows[i].code);
        if (strstr(d.text, rows[i].line) == NULL)
            fail_msg("'%s' is not in '%s'", rows[i].line, d.text);
        assert_null(t.certificate);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls__read__takes_a_pair),
        cmocka_unit_test(tls__read__nothing_where_there_is_none),
        cmocka_unit_test(tls__read__says_that_it_has_ended),
        cmocka_unit_test(tls__read__refuses_what_cannot_be_served_with),
    };
    return cmocka_run_group_tests_name("front/tls", tests, set_up, tear_down);
}
