/* A time stamp holds for what it is of, by whom it is, at its own time, and for nothing else. */
#include "exchange/stamp.h"

#include <openssl/ts.h>
#include <string.h>

#include "../wire/test.h"
#include "authority.h"

#define NOTE "ironside package 1\n"

struct stamped {
    struct buf request, reply;
    struct stamp stamp;
    struct diag d;
};

static void clear(struct stamped *s)
{
    buf_clear(&s->request);
    buf_clear(&s->reply);
}
#define CLEANUP_STAMPED CLEANUP(clear)

static void ask(struct stamped *s, struct authority *a)
{
    *s = (struct stamped){.request = BUF_INIT(STAMP_REQUEST_MAX),
                          .reply = BUF_INIT(STAMP_BYTES_MAX)};
    stamp_request(&s->request, NOTE, strlen(NOTE));
    authority_answer(a, &s->request, &s->reply);
    assert_false(buf_failed(&s->request) || buf_failed(&s->reply));
}

static int check(struct stamped *s, const char *of, const char *authorities)
{
    const struct stamp_reply r = {.bytes = s->reply.data,
                                  .len = s->reply.len,
                                  .of = of,
                                  .of_len = strlen(of),
                                  .authorities = authorities};
    s->d.text[0] = '\0';
    return stamp_check(&r, &s->stamp, &s->d);
}

static void stamp__check__takes_what_its_authority_has_stamped(void **state)
{
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    CLEANUP_STAMPED struct stamped s;
    const char *trusted[] = {NULL, authority_root(a), authority_own(a)};
    (void)state;
    ask(&s, a);
    assert_int_equal(stamp_answers(&s.request, &s.reply, &s.d), 0);
    for (size_t i = 0; i < 2; i++) {
        if (check(&s, NOTE, trusted[i]) != 0)
            fail_msg("%zu: %s", i, s.d.text);
        assert_int_equal(s.stamp.at_unix_ms, AUTHORITY_AT * 1000);
        assert_string_equal(s.stamp.authority, AUTHORITY_SHOWN);
        assert_int_equal(s.stamp.compared, i > 0);
    }
}

static void stamp__check__refuses_a_stamp_of_something_else(void **state)
{
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    CLEANUP_STAMPED struct stamped s;
    (void)state;
    ask(&s, a);
    assert_int_equal(check(&s, NOTE "more", NULL), ERR_AUTH);
    assert_says(s.d.text, "package.tsr: it is a stamp of something else");
}

static void stamp__check__refuses_another_authority(void **state)
{
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    CLEANUP(authority_free_cleanup)
    struct authority *b = authority_new(&(struct authority_options){0});
    CLEANUP_STAMPED struct stamped s;
    (void)state;
    ask(&s, a);
    assert_int_equal(check(&s, NOTE, authority_root(b)), ERR_AUTH);
    assert_says(s.d.text, "certificate verify error");
    assert_int_equal(check(&s, NOTE, "no certificate"), ERR_FORMAT);
    assert_says(s.d.text, "has no certificate");
}

/* Its own time counts: what has ended since was in force then, and the other way round. */
static void stamp__check__holds_certificates_against_its_own_time(void **state)
{
    static const struct {
        int64_t at;
        const char *says;
    } cases[] = {{AUTHORITY_FROM, NULL},
                 {AUTHORITY_UNTIL - 1, NULL},
                 {AUTHORITY_FROM - 1, "not yet valid"},
                 {AUTHORITY_UNTIL + 1, "has expired"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP(authority_free_cleanup)
        struct authority *a = authority_new(&(struct authority_options){.at = cases[i].at});
        CLEANUP_STAMPED struct stamped s;
        ask(&s, a);
        for (int compared = 0; compared < 2; compared++) {
            int r = check(&s, NOTE, compared ? authority_root(a) : NULL);
            if (r != (cases[i].says == NULL ? 0 : ERR_AUTH))
                fail_msg("%zu: %d %s", i, r, s.d.text);
            if (cases[i].says != NULL)
                assert_says(s.d.text, cases[i].says);
        }
    }
}

static void stamp__check__wants_a_certificate_for_stamps_alone(void **state)
{
    static const struct authority_options cases[] = {
        {.no_purpose = true}, {.two_purposes = true}, {.not_critical = true}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP(authority_free_cleanup) struct authority *a = authority_new(&cases[i]);
        CLEANUP_STAMPED struct stamped s;
        ask(&s, a);
        for (int compared = 0; compared < 2; compared++) {
            assert_int_equal(check(&s, NOTE, compared ? authority_root(a) : NULL), ERR_AUTH);
            assert_says(s.d.text, "certificate purpose");
        }
    }
}

/* But where a CMS signature says its own version and algorithm, which nothing signs and nothing
 * here reads: there it is still the same stamp. */
static void stamp__check__refuses_every_changed_byte(void **state)
{
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    CLEANUP_STAMPED struct stamped s;
    size_t same = 0;
    (void)state;
    ask(&s, a);
    for (size_t i = 0; i < s.reply.len; i++) {
        s.reply.data[i] ^= 1;
        int r = check(&s, NOTE, authority_root(a));
        if (r >= 0) {
            assert_int_equal(s.stamp.at_unix_ms, AUTHORITY_AT * 1000);
            assert_string_equal(s.stamp.authority, AUTHORITY_SHOWN);
            same++;
        } else {
            assert_true(s.d.text[0] != '\0');
        }
        s.reply.data[i] ^= 1;
    }
    assert_int_equal(check(&s, NOTE, authority_root(a)), 0);
    assert_true(same <= 10);
}

static void stamp__check__refuses_what_is_no_stamp(void **state)
{
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    CLEANUP_STAMPED struct stamped s;
    (void)state;
    ask(&s, a);
    buf_put_u8(&s.reply, 0);
    assert_int_equal(check(&s, NOTE, NULL), ERR_FORMAT);
    assert_says(s.d.text, "no answer");
    buf_reset(&s.reply);
    assert_int_equal(check(&s, NOTE, NULL), ERR_FORMAT);
    authority_refuse(&s.reply);
    assert_int_equal(stamp_answers(&s.request, &s.reply, &s.d), 0);
    assert_int_equal(check(&s, NOTE, NULL), ERR_FORMAT);
    assert_says(s.d.text, "refused to stamp");
}

/* Whoever breaks SHA-1 makes another note with the same hash. */
static void stamp__check__refuses_a_weak_hash(void **state)
{
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    CLEANUP_STAMPED struct stamped s;
    const unsigned char *at;
    unsigned char *der = NULL, hash[EVP_MAX_MD_SIZE];
    unsigned len;
    X509_ALGOR *sha1 = X509_ALGOR_new();
    (void)state;
    ask(&s, a);
    at = s.request.data;
    TS_REQ *q = d2i_TS_REQ(NULL, &at, (long)s.request.len);
    X509_ALGOR_set_md(sha1, EVP_sha1());
    assert_int_equal(EVP_Digest(NOTE, strlen(NOTE), hash, &len, EVP_sha1(), NULL), 1);
    assert_int_equal(TS_MSG_IMPRINT_set_algo(TS_REQ_get_msg_imprint(q), sha1), 1);
    assert_int_equal(TS_MSG_IMPRINT_set_msg(TS_REQ_get_msg_imprint(q), hash, (int)len), 1);
    int n = i2d_TS_REQ(q, &der);
    buf_reset(&s.request);
    buf_reset(&s.reply);
    buf_put(&s.request, der, (size_t)n);
    authority_answer(a, &s.request, &s.reply);
    assert_int_equal(check(&s, NOTE, authority_root(a)), ERR_AUTH);
    assert_says(s.d.text, "another hash");
    OPENSSL_free(der);
    X509_ALGOR_free(sha1);
    TS_REQ_free(q);
}

static void stamp__answers__wants_the_requests_own_nonce(void **state)
{
    CLEANUP(authority_free_cleanup)
    struct authority *a = authority_new(&(struct authority_options){0});
    CLEANUP_STAMPED struct stamped s;
    CLEANUP_STAMPED struct stamped before;
    (void)state;
    ask(&before, a);
    ask(&s, a);
    assert_int_equal(stamp_answers(&s.request, &before.reply, &s.d), ERR_AUTH);
    assert_says(s.d.text, "it answers another request");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(stamp__check__takes_what_its_authority_has_stamped),
        cmocka_unit_test(stamp__check__refuses_a_stamp_of_something_else),
        cmocka_unit_test(stamp__check__refuses_another_authority),
        cmocka_unit_test(stamp__check__holds_certificates_against_its_own_time),
        cmocka_unit_test(stamp__check__wants_a_certificate_for_stamps_alone),
        cmocka_unit_test(stamp__check__refuses_every_changed_byte),
        cmocka_unit_test(stamp__check__refuses_what_is_no_stamp),
        cmocka_unit_test(stamp__check__refuses_a_weak_hash),
        cmocka_unit_test(stamp__answers__wants_the_requests_own_nonce),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
