/* A device that follows the public log: what it takes, and what waits for it.
 * The registrar's answers are the test's. */
#include "log_scene.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

/* ---- following ---- */

static void log__follow__from_the_first_session_on(void **state)
{
    struct scene *s = *state;
    scene_add_usual(s);
    assert_int_equal(s->device->newest, 0);
    device_online(s->device);
    assert_int_equal(scene_serve_page(s), 0);
    assert_int_equal(s->device->newest, 1);
    assert_int_equal(s->device->log.range.size, 2);
    assert_int_equal(device_own_logged(s->device), HAVE);
    assert_false(scene_asked(s, "<log "));
    assert_quiet(s);
    /* The next session goes on from there. */
    scene_add_other(s, 1);
    scene_restart(s);
    assert_int_equal(s->device->newest, 1);
    assert_int_equal(scene_serve_page(s), 2);
    assert_int_equal(s->device->log.range.size, 3);
    scene_restart(s);
    assert_int_equal(scene_serve_page(s), 3); /* nothing new */
    assert_false(scene_asked(s, "<log "));
    assert_quiet(s);
}

static void log__follow__by_pages(void **state)
{
    struct scene *s = *state;
    scene_add_usual(s);
    for (uint32_t i = 0; i < 1000; i++)
        scene_add_other(s, i);
    device_online(s->device);
    assert_int_equal(scene_serve_page(s), 0);
    assert_int_equal(s->device->log.range.size, 400);
    assert_int_equal(scene_serve_page(s), 400);
    scene_restart(s); /* what was verified stays */
    assert_int_equal(scene_serve_page(s), 800);
    assert_false(scene_asked(s, "<log "));
    assert_int_equal(s->device->log.range.size, 1002);
    assert_quiet(s);
}

static void log__follow__on_an_announcement(void **state)
{
    struct scene *s = *state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(65536);
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *second = scene_policy_note(s, 2, hash);
    static const char text[] = "<message xmlns='jabber:client' from='registrar." FIXTURE_DOMAIN
                               "'><policy xmlns='" REGISTRY_NS "' serial='2'/></message>";
    struct xml_element *x = NULL;
    scene_add_usual(s);
    device_online(s->device);
    scene_follow(s);
    scene_answer_document(s, "<policy ", DOCUMENT_POLICY, s->policy);
    log_book_add(&s->log, DOCUMENT_POLICY, hash, NULL);
    must(xml_parse(&a, text, strlen(text), &x));
    device_stanza(s->device, x);
    assert_int_equal(scene_serve_page(s), 2);
    assert_int_equal(s->device->newest, 1);
    scene_answer_document(s, "<policy ", DOCUMENT_POLICY, second);
    assert_int_equal(s->device->newest, 2);
    assert_said(s, "policy 2 of");
}

/* ---- what waits for it ---- */

static void log__policy__not_before_it_is_logged(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *second = scene_policy_note(s, 2, hash);
    scene_add_usual(s);
    device_online(s->device);
    scene_follow(s);
    scene_answer_document(s, "<policy ", DOCUMENT_POLICY, second);
    assert_int_equal(s->device->newest, 1);
    log_book_add(&s->log, DOCUMENT_POLICY, hash, NULL);
    assert_int_equal(scene_serve_page(s), 2);
    assert_int_equal(s->device->newest, 2);
    scene_restart(s);
    assert_int_equal(s->device->newest, 2);
}

static void log__policy__that_the_log_lacks(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *second = scene_policy_note(s, 2, hash);
    scene_add_usual(s);
    device_online(s->device);
    scene_follow(s);
    scene_answer_document(s, "<policy ", DOCUMENT_POLICY, second);
    assert_int_equal(scene_serve_page(s), 2);
    assert_int_equal(s->device->newest, 1);
    assert_said(s, "WARNING: the registrar shows a policy that is not in the public log");
    scene_restart(s);
    assert_int_equal(s->device->newest, 1);
}

/* Not even the one that the user consented to. */
static void log__policy__of_the_bundle(void **state)
{
    struct scene *s = *state;
    const struct policy_set *rules;
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, s->own_hash, ACCOUNT);
    device_online(s->device);
    scene_follow(s);
    assert_int_equal(s->device->newest, 0);
    assert_int_not_equal(device_rules(s->device, 1, &rules), HAVE);
    scene_follow(s);
    assert_int_equal(s->device->newest, 0);
}

static char *contact_note(struct scene *s, uint64_t serial, uint8_t ret_hash[static HASH_BYTES])
{
    const uint8_t key[SIGN_PUBLIC_BYTES] = {9}, identity[CERTIFICATE_IDENTITY_BYTES] = {5};
    return scene_certificate_note(s, CONTACT, serial, key, 77, identity, ret_hash);
}

static void log__certificate__not_before_it_is_logged(void **state)
{
    struct scene *s = *state;
    const struct certificate *c;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = contact_note(s, 1, hash);
    scene_add_usual(s);
    device_online(s->device);
    scene_follow(s);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE_NOT_YET);
    scene_answer_document(s, "<certificate ", DOCUMENT_CERTIFICATE, note);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE_NOT_YET);
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, hash, CONTACT);
    assert_int_equal(scene_serve_page(s), 2);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE);
    assert_string_equal(c->account, CONTACT);
    assert_quiet(s);
    /* What is logged already needs no further look. */
    assert_false(scene_asked(s, "<log "));
}

static void lacks(struct scene *s, const char *note, const uint8_t hash[static HASH_BYTES])
{
    const struct certificate *c;
    scene_follow(s);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE_NOT_YET);
    scene_answer_document(s, "<certificate ", DOCUMENT_CERTIFICATE, note);
    scene_follow(s);
    assert_int_equal(device_contact(s->device, CONTACT, &c), HAVE_UNLOGGED);
    assert_said(s, "WARNING: the registrar shows a certificate of " CONTACT
                   " that is not in the public log: it is not used");
    assert_int_equal(device_certificate(s->device, hash, &c), HAVE_NOT_YET);
    device_tick(s->device);
    scene_follow(s);
    assert_int_equal(device_certificate(s->device, hash, &c), HAVE_UNLOGGED);
}

static void log__certificate__that_the_log_lacks(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = contact_note(s, 1, hash);
    scene_add_usual(s);
    device_online(s->device);
    lacks(s, note, hash);
}

static void log__certificate__under_another_tag(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = contact_note(s, 1, hash);
    scene_add_usual(s);
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, hash, "carl@" FIXTURE_DOMAIN);
    device_online(s->device);
    lacks(s, note, hash);
}

static struct kept_certificate *kept(const struct scene *s, const uint8_t hash[static HASH_BYTES])
{
    struct kept_certificate *k;
    HASH_FIND(hh, s->device->certificates, hash, HASH_BYTES, k);
    if (k == NULL) {
        fail_msg("a certificate is not kept");
        abort(); /* which says to the compiler that it ends here */
    }
    return k;
}

/* What was known of the one that had to go is not known of the one in its place. */
static void log__certificate__in_anothers_place(void **state)
{
    struct scene *s = *state;
    const struct certificate *c;
    uint8_t first[HASH_BYTES], hash[HASH_BYTES];
    scene_add_usual(s);
    for (unsigned i = 0; i <= CERTIFICATES_KEPT; i++) {
        CLEANUP_FREE char *note = contact_note(s, i + 1, hash);
        must(store_put_document(s->store, DOCUMENT_CERTIFICATE, hash, note));
        if (i < CERTIFICATES_KEPT)
            log_book_add(&s->log, DOCUMENT_CERTIFICATE, hash, CONTACT);
        if (i == 0)
            memcpy(first, hash, HASH_BYTES);
    }
    device_online(s->device);
    scene_follow(s);
    for (size_t i = 0; i < CERTIFICATES_KEPT; i++)
        assert_int_equal(device_certificate(s->device, s->log.entries[2 + i].hash, &c), HAVE);
    kept(s, first)->repaired_ms = 1;
    assert_int_equal(device_certificate(s->device, hash, &c), HAVE_NOT_YET);
    assert_int_equal(kept(s, hash)->repaired_ms, 0);
    assert_int_equal(HASH_COUNT(s->device->certificates), CERTIFICATES_KEPT);
}

static void log__own__not_logged(void **state)
{
    struct scene *s = *state;
    log_book_add(&s->log, DOCUMENT_POLICY, s->policy_hash, NULL);
    device_online(s->device);
    assert_int_equal(device_own_logged(s->device), HAVE_NOT_YET);
    scene_follow(s);
    assert_said(s, "WARNING: this device's certificate is not in the public log");
    assert_int_not_equal(device_own_logged(s->device), HAVE);
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, s->own_hash,
                 "carl@" FIXTURE_DOMAIN); /* a wrong tag */
    scene_restart(s);
    scene_follow(s);
    assert_said(s, "WARNING: this device's certificate is not in the public log");
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, s->own_hash, ACCOUNT);
    scene_restart(s);
    scene_follow(s);
    assert_quiet(s);
    assert_int_equal(device_own_logged(s->device), HAVE);
}

int main(void)
{
    secret_init();
    const struct CMUnitTest tests[] = {
        SCENE_TEST(log__follow__from_the_first_session_on),
        SCENE_TEST(log__follow__by_pages),
        SCENE_TEST(log__follow__on_an_announcement),
        SCENE_TEST(log__policy__not_before_it_is_logged),
        SCENE_TEST(log__policy__that_the_log_lacks),
        SCENE_TEST(log__policy__of_the_bundle),
        SCENE_TEST(log__certificate__not_before_it_is_logged),
        SCENE_TEST(log__certificate__that_the_log_lacks),
        SCENE_TEST(log__certificate__under_another_tag),
        SCENE_TEST(log__certificate__in_anothers_place),
        SCENE_TEST(log__own__not_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
