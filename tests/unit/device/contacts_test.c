/* Contacts: strangers wait for consent, who is blocked is not heard, keys are those that were
 * compared.
 */
#include "talk.h"

#include <string.h>

#include "base/memory.h"
#include "device/safety_number.h"
#include "host/disclosure.h"

#define SAY "{\"do\":\"say\","
#define TO_BERT "\"to\":[\"bert@chat.example\"]"
#define BERT_ACCEPTS "{\"do\":\"contact\",\"add\":\"anna@chat.example\"}"

static struct world *strict(void)
{
    struct world *w = world_new(NULL);
    talk_strict(w);
    return w;
}

static int64_t receipts(struct party *p)
{
    return p->receipts;
}

static void contacts__stranger__waits_for_consent(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    party_send(anna(w), bert(w)->account, "m1", "eight");
    talk_does(anna(w), SAY "\"kind\":\"edit\",\"about\":\"m1\",\"text\":\"nine\"}");
    talk_does(anna(w), SAY "\"kind\":\"text\"," TO_BERT ",\"text\":\"gone\",\"id\":\"m2\"}");
    talk_does(anna(w), SAY "\"kind\":\"retract\",\"about\":\"m2\"}");
    talk_shows(bert(w), "");
    assert_int_equal(bert(w)->shown_count, 0);
    assert_int_equal(party_count_said(bert(w), "request from anna@chat.example"), 1);
    assert_int_equal(party_count_said(bert(w), "eight"), 0);
    json_t *answer = talk_ask(bert(w), "{\"do\":\"contact\",\"list\":\"requests\"}");
    const json_t *first = json_array_get(json_object_get(answer, "requests"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "messages")), 4);
    json_decref(answer);
    talk_refused(bert(w), SAY "\"kind\":\"reply\",\"about\":\"m1\",\"text\":\"x\"}", "holds no");
    talk_does(bert(w), "{\"do\":\"read\"}");
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM content WHERE read_at > 0"), 0);
    party_reopen(bert(w));
    bert(w)->device->accept_all = false;
    world_run(w);
    talk_does(bert(w), BERT_ACCEPTS);
    talk_shows(bert(w), "anna text nine (edited 1)\nanna text  (gone: retracted)\n");
    assert_int_equal(party_count_shown(bert(w), "eight"), 1);
    assert_int_equal(party_count_shown(bert(w), "gone"), 0);
    party_send(anna(w), bert(w)->account, "m3", "more");
    assert_int_equal(party_count_shown(bert(w), "more"), 1);
}

static void contacts__stranger__is_taken_no_more_than_so_much_of(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    char id[16];
    (void)state;
    for (unsigned i = 0; i < STORE_HELD_MAX + 2; i++) {
        snprintf(id, sizeof id, "m%u", i);
        party_send(anna(w), bert(w)->account, id, id);
    }
    assert_int_equal(receipts(bert(w)), STORE_HELD_MAX);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM message"), STORE_HELD_MAX);
    talk_does(bert(w), BERT_ACCEPTS);
    /* What was not acknowledged comes again: one of the two, by chance, says whether the other is
     * lost. */
    party_wait(anna(w));
    party_wait(anna(w));
    assert_int_equal(bert(w)->shown_count, STORE_HELD_MAX + 2);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox WHERE state != 4"), 0);
}

static void contacts__decline__forgets(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    party_send(anna(w), bert(w)->account, "m1", "eight");
    talk_does(bert(w), "{\"do\":\"contact\",\"decline\":\"anna@chat.example\"}");
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM message"), 0);
    talk_refused(bert(w), "{\"do\":\"contact\",\"decline\":\"anna@chat.example\"}",
                 "nothing of anna");
    talk_does(bert(w), BERT_ACCEPTS);
    party_wait(anna(w));
    talk_shows(bert(w), "");
    party_send(anna(w), bert(w)->account, "m2", "again");
    talk_shows(bert(w), "anna text again\n");
}

static void contacts__block__is_not_heard_and_hears_nothing(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    party_send(anna(w), bert(w)->account, "m1", "eight");
    unsigned notices = (unsigned)bert(w)->notice_count;
    int64_t sent = receipts(bert(w));
    talk_does(bert(w), "{\"do\":\"contact\",\"block\":\"anna@chat.example\"}");
    party_send(anna(w), bert(w)->account, "m2", "nine");
    party_wait(anna(w));
    talk_shows(bert(w), "");
    assert_int_equal(receipts(bert(w)), sent);
    assert_int_equal(bert(w)->notice_count, notices);
    assert_int_equal(party_number(anna(w), "SELECT count(*) FROM outbox WHERE state = 3"), 1);
    talk_refused(bert(w), SAY "\"kind\":\"text\",\"to\":[\"anna@chat.example\"],\"text\":\"x\"}",
                 "you have blocked anna@chat.example");
    talk_does(bert(w), "{\"do\":\"contact\",\"unblock\":\"anna@chat.example\"}");
    talk_refused(bert(w), "{\"do\":\"contact\",\"unblock\":\"anna@chat.example\"}",
                 "is not blocked");
    party_wait(anna(w));
    assert_int_equal(party_count_said(bert(w), "request from anna@chat.example"), 2);
}

static void contacts__send__makes_a_contact(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    party_send(anna(w), bert(w)->account, "m1", "eight");
    party_send(bert(w), anna(w)->account, "b1", "yes");
    talk_shows(anna(w), "anna text eight\nbert text yes\n");
    talk_shows(bert(w), "anna text eight\nbert text yes\n"); /* and shows what waited */
}

static void contacts__request__words_of_the_device(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    talk_does(anna(w), SAY "\"kind\":\"contact\",\"contact\":\"request\"," TO_BERT
                           ",\"text\":\"It is me\"}");
    assert_int_equal(party_count_said(bert(w), "request from anna"), 1);
    talk_does(bert(w), BERT_ACCEPTS);
    talk_does(bert(w),
              SAY "\"kind\":\"contact\",\"contact\":\"accept\",\"to\":[\"anna@chat.example\"],"
                  "\"text\":\"(accepts)\"}");
    assert_int_equal(party_count_said(anna(w), "bert@chat.example accepts your request"), 1);
    talk_shows(bert(w), "anna contact It is me\nbert contact (accepts)\n");
}

/* Declining does not make a contact of whom is told. */
static void contacts__decline__can_be_told(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    (void)state;
    party_send(anna(w), bert(w)->account, "m1", "eight");
    talk_does(bert(w), "{\"do\":\"contact\",\"decline\":\"anna@chat.example\"}");
    talk_does(bert(w),
              SAY "\"kind\":\"contact\",\"contact\":\"decline\",\"to\":[\"anna@chat.example\"],"
                  "\"text\":\"(declines)\"}");
    assert_int_equal(party_count_said(anna(w), "bert@chat.example declines your request"), 1);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM peer"), 0);
}

static void number_of(struct party *p, struct party *other, char *ret)
{
    safety_number_of(p->device->certificate, other->device->certificate, ret);
}

static void contacts__keys__are_those_that_were_compared(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    static const char *const no_numbers[] = {"", " ", "0", "number"};
    char number[SAFETY_NUMBER_LEN + 1], wrong[SAFETY_NUMBER_LEN + 1];
    struct diag d;
    (void)state;
    talk_befriend(anna(w), bert(w));
    party_send(anna(w), bert(w)->account, "m1", "eight");
    number_of(anna(w), bert(w), number);
    memcpy(wrong, number, sizeof wrong);
    wrong[0] = wrong[0] == '9' ? '8' : '9';
    assert_int_equal(device_contact_add(bert(w)->device, anna(w)->account, wrong, &d), ERR_AUTH);
    assert_int_equal(device_contact_add(bert(w)->device, anna(w)->account, "12345", &d),
                     ERR_FORMAT);
    assert_int_equal(device_contact_add(bert(w)->device, "anna@other.example", NULL, &d),
                     ERR_FORMAT);
    assert_int_equal(device_contact_add(bert(w)->device, bert(w)->account, NULL, &d), ERR_FORMAT);
    assert_int_equal(device_contact_add(bert(w)->device, anna(w)->account, number, &d), 0);
    /* What is no number, and no number at all, leave it as it was. */
    for (size_t i = 0; i < COUNT(no_numbers); i++) {
        assert_int_equal(device_contact_add(bert(w)->device, anna(w)->account, no_numbers[i], &d),
                         ERR_FORMAT);
        assert_non_null(strstr(d.text, "not a safety number"));
    }
    assert_int_equal(device_contact_add(bert(w)->device, anna(w)->account, NULL, &d), 0);
    /* The registrar names a new device of hers: it was not compared. */
    party_close(anna(w));
    party_activate(anna(w));
    party_open(anna(w));
    anna(w)->device->accept_all = false;
    device_online(anna(w)->device);
    world_run(w);
    party_send(anna(w), bert(w)->account, "m2", "nine");
    assert_int_equal(party_count_shown(bert(w), "nine"), 0);
    assert_int_equal(party_count_said(bert(w), "keys are not those that you have compared"), 1);
    number_of(anna(w), bert(w), number);
    assert_int_equal(device_contact_add(bert(w)->device, anna(w)->account, number, &d), 0);
    party_wait(anna(w));
    assert_int_equal(party_count_shown(bert(w), "nine"), 1);
}

/* Added before the registrar has told the keys: they are compared when it has. */
static void contacts__keys__of_an_account_that_is_not_known_yet(void **state)
{
    CLEANUP_WORLD struct world *w = strict();
    char print[PEERS_FINGERPRINT_LEN + 1];
    struct diag d;
    (void)state;
    peers_fingerprint(bert(w)->device->certificate, print);
    print[0] = print[0] == 'f' ? 'e' : 'f';
    assert_int_equal(device_contact_add(anna(w)->device, bert(w)->account, print, &d), 0);
    party_send(anna(w), bert(w)->account, "m1", "eight");
    assert_int_equal(party_count_progress(anna(w), "m1 waiting the keys of bert@chat.example"), 1);
    assert_int_equal(w->bot.archived, 0);
    peers_fingerprint(bert(w)->device->certificate, print);
    assert_int_equal(device_contact_add(anna(w)->device, bert(w)->account, print, &d), 0);
    world_run(w);
    assert_int_equal(w->bot.archived, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contacts__stranger__waits_for_consent),
        cmocka_unit_test(contacts__stranger__is_taken_no_more_than_so_much_of),
        cmocka_unit_test(contacts__decline__forgets),
        cmocka_unit_test(contacts__block__is_not_heard_and_hears_nothing),
        cmocka_unit_test(contacts__send__makes_a_contact),
        cmocka_unit_test(contacts__request__words_of_the_device),
        cmocka_unit_test(contacts__decline__can_be_told),
        cmocka_unit_test(contacts__keys__are_those_that_were_compared),
        cmocka_unit_test(contacts__keys__of_an_account_that_is_not_known_yet),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
