/* Sessions that do not fit, and what comes twice. */
#include "letter.h"

#include <string.h>

/* Sessions: the header's key by another identity than the certified one, or none for us. */

static void ratchet_of_cara(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->ratchet = cara(l->w);
}

static void receive__refuses__session_of_another_identity(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {
        {"other-identity", ratchet_of_cara, "it could not be decrypted", false}};
    CLEANUP_WORLD struct world *w = world_new(NULL);
    letter_acquaint(w);
    w->tap = world_hold; /* so that cara's session stays in the form that starts one */
    party_send(cara(w), bert(w)->account, "start", "Hello.");
    w->tap = NULL;
    letter_refused(w, rows, COUNT(rows));
}

static void key_dropped(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->drop_key = true;
}

static void key_for_another(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->rid = cara(l->w)->device->certificate->omemo_device;
}

/* Not decrypted, and so no digest is kept: the sender may make the key anew. */
static void receive__repairs__message_without_key(void **state)
{
    (void)state;
    static letter_spoil *const spoils[] = {key_dropped, key_for_another};
    for (size_t i = 0; i < COUNT(spoils); i++) {
        CLEANUP_WORLD struct world *w = world_new(NULL);
        struct letter l;
        letter_acquaint(w);
        letter_write(&l, w, spoils[i], "keyless");
        int64_t seen = party_number(bert(w), "SELECT count(*) FROM seen");
        party_take(bert(w), l.text);
        assert_int_equal(party_count_shown(bert(w), l.body), 0);
        assert_int_equal(party_count_said(bert(w), "no key for this device"), 1);
        assert_int_equal(party_number(bert(w), "SELECT count(*) FROM seen"), seen);
        assert_int_equal(bert(w)->session_messages, 1);
        party_take(bert(w), l.text);
        assert_int_equal(bert(w)->session_messages, 1); /* not again at once */
        party_send(anna(w), bert(w)->account, "after", "After that.");
        assert_int_equal(party_count_shown(bert(w), "After that."), 1);
        free(l.text);
    }
}

/* Repeats. */

static void receive__shows_once__digest_twice(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter l;
    letter_acquaint(w);
    unsigned receipts = bert(w)->receipts;
    letter_write(&l, w, NULL, "twice");
    party_take(bert(w), l.text);
    party_take(bert(w), l.text);
    party_reopen(bert(w));
    party_take(bert(w), l.text);
    assert_int_equal(party_count_shown(bert(w), l.body), 1);
    assert_int_equal(bert(w)->receipts, receipts + 3);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM message WHERE id = 'twice'"), 1);
    assert_string_equal(party_said(bert(w)), "");
    free(l.text);
}

static void other_body(struct letter *l, enum stage s)
{
    if (s != LETTER_FIELDS)
        return;
    snprintf(l->body, sizeof l->body, "Other text.");
    l->e.payload_len = strlen(l->body);
    payload_encrypt(l->body, l->e.payload_len, l->e.iv, l->cipher, l->content);
    memcpy(l->sealed_content, l->content, sizeof l->content);
    memcpy(l->encrypted_content, l->content, sizeof l->content);
}

static void receive__shows_once__id_twice(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter first, second;
    letter_acquaint(w);
    unsigned receipts = bert(w)->receipts;
    letter_write(&first, w, NULL, "same");
    letter_write(&second, w, other_body, "same");
    party_take(bert(w), first.text);
    party_take(bert(w), second.text);
    assert_int_equal(party_count_shown(bert(w), first.body), 1);
    assert_int_equal(party_count_shown(bert(w), "Other text."), 0);
    assert_int_equal(bert(w)->receipts, receipts + 2);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM message WHERE id = 'same'"), 1);
    free(first.text);
    free(second.text);
}

static void receive__never_shows__message_without_payload(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    letter_acquaint(w);
    size_t shown = bert(w)->shown_count;
    unsigned receipts = bert(w)->receipts;
    device_send_session_message(anna(w)->device, bert(w)->device->certificate);
    world_run(w);
    assert_int_equal(anna(w)->session_messages, 1);
    assert_int_equal(bert(w)->shown_count, shown);
    assert_int_equal(bert(w)->receipts, receipts);
    assert_string_equal(party_said(bert(w)), "");
    party_send(anna(w), bert(w)->account, "after", "After that.");
    assert_int_equal(party_count_shown(bert(w), "After that."), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receive__refuses__session_of_another_identity),
        cmocka_unit_test(receive__repairs__message_without_key),
        cmocka_unit_test(receive__shows_once__digest_twice),
        cmocka_unit_test(receive__shows_once__id_twice),
        cmocka_unit_test(receive__never_shows__message_without_payload),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
