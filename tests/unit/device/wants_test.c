/* What a device asks for, and that it believes the answers no further than signatures go. */
#include "world.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"

/* A policy with one more warrant, at the registrar. */
static void add_policy(struct world *w)
{
    int64_t today = calendar_day_of(world_now());
    fixture_add_warrant(w->f, &(struct fixture_warrant_options){.id = "2021-0001",
                                                                .from_day = today - 2,
                                                                .until_day = today + 2});
    world_new_policy(w,
                     &(struct fixture_policy_options){.serial = 6, .issued_unix_ms = world_now()});
}

/* The registrar's note of that kind that was put there last. */
static char **note_of(struct world *w, enum document_kind kind)
{
    size_t i = w->document_count;
    while (i > 0 && w->documents[i - 1].kind != kind)
        i--;
    FIXTURE_MUST(i > 0);
    return &w->documents[i - 1].note;
}

/* The right text, and so the right hash, but too few or false signatures. */
static void wants__recover__from_note_with_false_signature(void **state)
{
    (void)state;
    static const enum document_kind kinds[] = {DOCUMENT_WARRANT, DOCUMENT_EPOCHS};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        struct fixture_signer forger;
        party_send(anna(w), bert(w)->account, "m0", "Hello.");
        add_policy(w);
        const struct fixture_warrant *warrant = &w->f->warrants[1];
        fixture_signer_init(&forger, w->f->bots[0].jid, "forger");
        char **note = note_of(w, kinds[i]), *good = *note;
        *note = kinds[i] == DOCUMENT_WARRANT ? fixture_sign(warrant->text, w->f->custodians, 1)
                                             : fixture_sign(warrant->epochs_text, &forger, 1);
        world_announce(w, anna(w));
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        party_wait(anna(w));
        assert_int_equal(w->bot.archived, 1);
        free(*note);
        *note = good;
        party_wait(anna(w));
        assert_int_equal(w->bot.archived, 2);
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
    }
}

/* A certificate under the name of another kind would be kept unchecked. */
static void wants__recover__from_other_kind(void **state)
{
    (void)state;
    static const enum document_kind kinds[] = {DOCUMENT_WARRANT, DOCUMENT_EPOCHS, DOCUMENT_POLICY};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        size_t at = w->document_count - WORLD_PARTIES; /* anna's certificate */
        w->tap = world_hold;
        party_send(anna(w), bert(w)->account, "m1", "Good morning.");
        w->tap = NULL;
        assert_int_equal(w->documents[at].serial, 1);
        struct fixture_signer forger;
        fixture_signer_init(&forger, w->f->registrar.name, "forger");
        char *good = w->documents[at].note;
        CLEANUP_FREE char *text = mem_string_n(good, (size_t)(strstr(good, "\n\n") + 1 - good));
        w->documents[at].note = fixture_sign(text, &forger, 1);
        w->documents[at].kind = kinds[i];
        party_wait(anna(w));
        party_wait(bert(w));
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 0);
        w->documents[at].kind = DOCUMENT_CERTIFICATE;
        free(w->documents[at].note);
        w->documents[at].note = good;
        party_wait(bert(w));
        party_wait(anna(w));
        assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
    }
}

/* Its engine rests until the pause after a failure is over, and then asks again. */
static void wants__pause__after_failure(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    w->registrar_down = true;
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    unsigned asked = w->asked_registrar;
    for (int i = 0; i < 5; i++) {
        assert_int_not_equal(device_tick(anna(w)->device), 0);
        world_run(w);
    }
    assert_int_equal(w->asked_registrar, asked);
    w->registrar_down = false;
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

/* A second certificate with the same serial would take the place of the first without a line. */
static void wants__refuse__second_certificate_with_serial(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    uint8_t key[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
    const struct certificate *known = bert(w)->device->certificate;
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    sign_keypair(key, secret);
    struct certificate *second =
        world_certify(w, bert(w)->account, 1, key, known->omemo_device + 1,
                      cara(w)->device->certificate->omemo_identity, &w->f->registrar);
    party_sql(anna(w), "UPDATE contact SET checked = -4000000");
    party_send(anna(w), bert(w)->account, "m1", "One.");
    party_wait(anna(w));
    assert_int_equal(party_count_said(anna(w), "a second certificate with serial 1"), 1);
    party_send(anna(w), bert(w)->account, "m2", "Two.");
    assert_int_equal(party_count_shown(bert(w), "Two."), 1);
    certificate_free(second);
}

/* Another policy than the one that was asked for is no answer, however good it is. */
static void wants__pause__after_another_policy(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    size_t i = w->document_count;
    while (w->documents[i - 1].kind != DOCUMENT_POLICY)
        i--;
    uint32_t serial = w->documents[i - 1].serial;
    w->documents[i - 1].serial = 77;
    assert_int_equal(device_want_policy(anna(w)->device, 77), HAVE_NOT_YET);
    world_run(w);
    unsigned asked = w->asked_registrar;
    for (int n = 0; n < 5; n++) {
        assert_int_equal(device_want_policy(anna(w)->device, 77), HAVE_NOT_YET);
        world_run(w);
    }
    assert_int_equal(w->asked_registrar, asked);
    w->documents[i - 1].serial = serial;
}

/* A bundle's policy that was never logged does not keep out the one that is. */
static void wants__take__logged_policy_beside_unlogged_one(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    const struct store_policy unlogged = {.serial = 6, .hash = {1}};
    const struct store_policy known = {.serial = 7, .hash = {1}};
    struct log_entry entry = {.kind = DOCUMENT_POLICY, .hash = {1}};
    assert_int_equal(store_put_policy(anna(w)->store, &unlogged), 0);
    world_new_policy(w, &(struct fixture_policy_options){.serial = 6});
    world_announce(w, anna(w));
    party_wait(anna(w));
    assert_int_equal(anna(w)->device->newest, 6);
    assert_int_equal(party_count_said(anna(w), "a second policy"), 0);
    /* Of two that are logged the first stays. */
    assert_int_equal(store_put_policy(anna(w)->store, &known), 0);
    assert_int_equal(store_put_logged(anna(w)->store, &entry), 0);
    world_new_policy(w, &(struct fixture_policy_options){.serial = 7});
    world_announce(w, anna(w));
    assert_int_equal(party_count_said(anna(w), "a second policy with serial 7 was refused"), 1);
    assert_int_equal(anna(w)->device->newest, 6);
}

/* What comes from a contact's old device says nothing of a new one. */
static void wants__ask__for_contact_that_writes_from_old_device(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    uint8_t key[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
    const struct certificate *old = bert(w)->device->certificate;
    party_send(anna(w), bert(w)->account, "m0", "Hello.");
    party_sql(anna(w), "UPDATE contact SET checked = -4000000");
    sign_keypair(key, secret);
    struct certificate *fresh =
        world_certify(w, bert(w)->account, 2, key, old->omemo_device + 1,
                      cara(w)->device->certificate->omemo_identity, &w->f->registrar);
    party_send(bert(w), anna(w)->account, "b1", "From the old one.");
    assert_int_equal(party_count_shown(anna(w), "From the old one."), 1);
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    party_wait(anna(w));
    assert_int_equal(party_count_said(anna(w), "has a new device (certificate 2)"), 1);
    certificate_free(fresh);
}

/* Anyone can name documents that do not exist. */
static void wants__are_capped__however_many_are_named(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    uint8_t hash[HASH_BYTES] = {0};
    for (int i = 0; i < 3000; i++) {
        memcpy(hash, &i, sizeof i);
        assert_int_equal(device_want_hash(anna(w)->device, hash), HAVE_NOT_YET);
        if (i % 10 == 0)
            world_run(w);
    }
    world_run(w);
    assert_in_range(HASH_COUNT(anna(w)->device->wants), 1, WANTS_MAX);
    assert_int_equal(device_want_hash(anna(w)->device, hash), HAVE_NONE); /* the latest is known */
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

/* As long as all are being asked for, nothing more is. */
static void wants__are_capped__while_none_is_answered(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    uint8_t hash[HASH_BYTES] = {0};
    for (int i = 0; i < 3000; i++) {
        memcpy(hash, &i, sizeof i);
        assert_int_equal(device_want_hash(anna(w)->device, hash), HAVE_NOT_YET);
    }
    assert_in_range(HASH_COUNT(anna(w)->device->wants), 1, WANTS_MAX);
    world_run(w);
    party_send(anna(w), bert(w)->account, "m1", "Good morning.");
    assert_int_equal(party_count_shown(bert(w), "Good morning."), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wants__recover__from_note_with_false_signature),
        cmocka_unit_test(wants__recover__from_other_kind),
        cmocka_unit_test(wants__pause__after_failure),
        cmocka_unit_test(wants__pause__after_another_policy),
        cmocka_unit_test(wants__take__logged_policy_beside_unlogged_one),
        cmocka_unit_test(wants__ask__for_contact_that_writes_from_old_device),
        cmocka_unit_test(wants__are_capped__however_many_are_named),
        cmocka_unit_test(wants__are_capped__while_none_is_answered),
        cmocka_unit_test(wants__refuse__second_certificate_with_serial),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
