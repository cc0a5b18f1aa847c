/* What link fetches from the registrar: policies with what they name, and certificates. */
#include "table.h"

#include "ibot/link_internal.h"

#define FRESH(s)                                                                                   \
    (void)state;                                                                                   \
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL)

static bool silent(struct bot *b, const struct xml_element *iq, const struct registry_query *q)
{
    (void)b, (void)iq, (void)q;
    return true;
}

static bool policy_only(struct bot *b, const struct xml_element *iq, const struct registry_query *q)
{
    (void)b, (void)iq;
    return q->what != REGISTRY_POLICY;
}

static bool failing(struct bot *b, const struct xml_element *iq, const struct registry_query *q)
{
    (void)q;
    bot_answer_error(b, iq, "internal-server-error");
    return true;
}

static bool from_another(struct bot *b, const struct xml_element *iq,
                         const struct registry_query *q)
{
    bot_answer_query(b, iq, q, "mallory@chat.example/x");
    return true;
}

/* Always the certificate of another than was asked for. */
static bool another_document(struct bot *b, const struct xml_element *iq,
                             const struct registry_query *q)
{
    struct registry_query other = *q;
    CLEANUP_FREE char *from = mem_format("registrar.%s", b->f->domain);
    if (q->what == REGISTRY_POLICY)
        return false;
    memcpy(other.hash, b->documents[b->document_count - 1].hash, HASH_BYTES);
    bot_answer_query(b, iq, &other, from);
    return true;
}

/* A piece that is not one. */
static bool garbage(struct bot *b, const struct xml_element *iq, const struct registry_query *q)
{
    (void)q;
    buf_format(&b->inbox,
               "<iq type='result' from='registrar.%s' id='%s'><document xmlns='" REGISTRY_NS
               "' kind='policy' hash='AA' size='-1' offset='9'>***</document></iq>",
               b->f->domain, xml_attribute_of(iq, "id"));
    return true;
}

static const struct {
    const char *name;
    bot_registrar_fn *registrar;
    int64_t wait_ms; /* until link gives up */
    enum later_reason later;
} bad_registrars[] = {
    {"certificate__registrar_silent", silent, 6000, LATER_SLOW_DOWN},
    {"certificate__registrar_fails", failing, 0, LATER_SLOW_DOWN},
    {"certificate__not_from_the_registrar", from_another, 6000, LATER_SLOW_DOWN},
    {"certificate__another_document", another_document, 0, LATER_SLOW_DOWN},
    {"certificate__garbage", garbage, 0, LATER_SLOW_DOWN},
};

/* A device waits for its certificate, in vain; once the registrar is well it gets its answer. */
static void certificate__bad_registrar(void **state)
{
    size_t row = (size_t)(uintptr_t)*state;
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    s->b->registrar = bad_registrars[row].registrar;
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    bot_run(s->b);
    if (bad_registrars[row].wait_ms > 0) {
        assert_int_equal(s->b->answer_count, 0);
        bot_sleep(s->b, bad_registrars[row].wait_ms);
        bot_run(s->b);
    }
    assert_int_equal(s->b->answer_count, 1);
    assert_int_equal(bot_later(&s->b->answers[0]).reason, bad_registrars[row].later);
    assert_int_equal(s->b->link->waiting_bytes, 0);
    s->b->registrar = NULL;
    assert_still_works(s, 0);
}

static void certificate__absent__asked_for_once_in_ten_seconds(void **state)
{
    FRESH(s);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->mallory, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    assert_int_equal(bot_later(bot_ask(s->b, stanza)).reason, LATER_UNKNOWN_DEVICE);
    unsigned questions = s->b->questions;
    for (int i = 0; i < 5; i++) {
        struct later l = bot_later(bot_ask(s->b, stanza));
        assert_int_equal(l.reason, LATER_UNKNOWN_DEVICE);
        assert_int_equal(l.seconds, 10);
    }
    assert_int_equal(s->b->questions, questions);
    bot_register(s->b, s->mallory); /* activated meanwhile */
    bot_sleep(s->b, 10001);
    struct verdict v = bot_verdict(s->b, bot_ask(s->b, stanza), s->mallory);
    assert_int_equal(v.line.state, VERDICT_ARCHIVED);
    assert_still_works(s, 1);
}

/* More unknown certificates at once than are fetched. */
static void certificate__many_unknown__bounded(void **state)
{
    FRESH(s);
    s->b->registrar = silent;
    bot_forget_answers(s->b);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    for (unsigned i = 0; i < 500; i++) {
        m->envelope.certificate[0] = (uint8_t)i;
        m->envelope.certificate[1] = (uint8_t)(i >> 8);
        CLEANUP_FREE char *stanza = fixture_stanza(m, true);
        bot_feed(s->b, stanza);
    }
    bot_run(s->b);
    assert_true(HASH_COUNT(s->b->link->fetches) <= LINK_FETCHES_MAX);
    assert_true(HASH_COUNT(s->b->link->known) <= LINK_FETCHES_MAX);
    assert_int_equal(s->b->answer_count, 500 - HASH_COUNT(s->b->link->fetches));
    s->b->registrar = NULL;
    bot_sleep(s->b, 6000);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 500); /* each got its answer */
    assert_still_works(s, 0);
}

/* All that wait for one certificate are bounded in bytes. */
static void certificate__slow__waiting_bounded(void **state)
{
    FRESH(s);
    s->b->registrar = silent;
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    s->b->link->waiting_bytes += LINK_WAITING_BYTES_MAX;
    assert_int_equal(bot_later(bot_ask(s->b, stanza)).reason, LATER_SLOW_DOWN);
    s->b->link->waiting_bytes -= LINK_WAITING_BYTES_MAX;
    s->b->registrar = NULL;
    bot_sleep(s->b, 6000);
    bot_run(s->b);
    assert_int_equal(bot_later(&s->b->answers[1]).reason, LATER_SLOW_DOWN);
    assert_still_works(s, 0);
}

/* Two devices' messages wait; the one that is not the certificate's holder is turned away. */
static void certificate__waiting__of_a_stranger(void **state)
{
    FRESH(s);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    CLEANUP_FREE char *good = fixture_stanza(m, true);
    CLEANUP_FREE char *bad = replace(good, "from='anna@", "from='emma@");
    bot_forget_answers(s->b);
    bot_feed(s->b, bad);
    bot_feed(s->b, good);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 2);
    assert_string_equal(xml_attribute_of(s->b->answers[0].stanza, "to"), "emma@chat.example");
    assert_int_equal(bot_later(&s->b->answers[0]).reason, LATER_UNKNOWN_DEVICE);
    assert_int_equal(bot_verdict(s->b, &s->b->answers[1], s->dev).line.state, VERDICT_ARCHIVED);
    fixture_device_advance(s->dev, m);
    assert_still_works(s, 1);
}

static struct policy_set *newer(struct scene *s, uint32_t serial)
{
    return fixture_policy(s->f, &(struct fixture_policy_options){.serial = serial});
}

/* A device has a policy that the bot has not: it is asked to wait, and meanwhile it is fetched. */
static void policy__newer_in_a_message__fetched(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    policy_set_free(s->set);
    s->set = newer(s, 3);
    bot_publish(s->b, s->set); /* not announced */
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->f, s->set, s->dev, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    assert_int_equal(bot_later(bot_ask(s->b, stanza)).reason, LATER_SLOW_DOWN);
    struct verdict v = bot_verdict(s->b, bot_ask(s->b, stanza), s->dev);
    assert_int_equal(v.line.state, VERDICT_ARCHIVED);
    fixture_device_advance(s->dev, m);
    assert_still_works(s, 2);
}

static void policy__none__slow_down(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    fixture_add_warrant(f, NULL);
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(f, NULL);
    CLEANUP(fixture_device_free_cleanup)
    struct fixture_device *dev = fixture_device_new(f, "anna", 1);
    CLEANUP(bot_free_cleanup) struct bot *b = bot_new(f, NULL);
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(f, set, dev, NULL);
    CLEANUP_FREE char *stanza = fixture_stanza(m, true);
    bot_register(b, dev);
    assert_int_equal(bot_later(bot_ask(b, stanza)).reason, LATER_SLOW_DOWN);
    bot_publish(b, set);
    bot_sleep(b, 1001); /* asked again after a second */
    bot_run(b);
    bot_archive_one(b, set, dev);
}

static void policy__older__ignored(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    CLEANUP(policy_set_free_cleanup) struct policy_set *old = newer(s, 1);
    bot_publish(s->b, old);
    bot_announce(s->b);
    assert_still_works(s, 1);
}

static void policy__forged__ignored(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    CLEANUP_FREE char *text =
        fixture_policy_text(s->f, &(struct fixture_policy_options){.serial = 9});
    CLEANUP_FREE char *note = fixture_sign(text, s->f->custodians, 1); /* two must sign */
    CLEANUP_FREE char *good = mem_string(s->b->policy);
    struct bot_document *doc = &s->b->documents[0];
    free(doc->note);
    doc->note = mem_string(note);
    hash_sha256(text, strlen(text), doc->hash);
    free(s->b->policy);
    s->b->policy = mem_string(note);
    bot_announce(s->b);
    assert_int_equal(s->b->link->set->policy->serial, SCENE_POLICY);
    assert_still_works(s, 1);
}

/* The session breaks between the policy and what it names: the next one begins anew. */
static void policy__session_breaks_while_gathering__fetched_again(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    policy_set_free(s->set);
    s->set = newer(s, 3);
    bot_publish(s->b, s->set);
    s->b->registrar = policy_only; /* silent about the rest */
    bot_announce(s->b);
    assert_non_null(s->b->link->gathered);
    bot_break(s->b);
    s->b->registrar = NULL;
    bot_reconnect(s->b);
    bot_run(s->b);
    assert_int_equal(s->b->link->set->policy->serial, 3);
    assert_still_works(s, 1);
}

static void policy__registrar_silent_while_gathering__fetched_again(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    policy_set_free(s->set);
    s->set = newer(s, 3);
    bot_publish(s->b, s->set);
    s->b->registrar = policy_only;
    bot_announce(s->b);
    s->b->registrar = NULL;
    bot_sleep(s->b, 6000);
    bot_run(s->b);
    bot_sleep(s->b, 1001);
    bot_run(s->b);
    assert_int_equal(s->b->link->set->policy->serial, 3);
    assert_still_works(s, 1);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        {.name = NULL},
        {.name = NULL},
        {.name = NULL},
        {.name = NULL},
        {.name = NULL},
        cmocka_unit_test(certificate__absent__asked_for_once_in_ten_seconds),
        cmocka_unit_test(certificate__many_unknown__bounded),
        cmocka_unit_test(certificate__slow__waiting_bounded),
        cmocka_unit_test(certificate__waiting__of_a_stranger),
        cmocka_unit_test(policy__newer_in_a_message__fetched),
        cmocka_unit_test(policy__none__slow_down),
        cmocka_unit_test(policy__older__ignored),
        cmocka_unit_test(policy__forged__ignored),
        cmocka_unit_test(policy__session_breaks_while_gathering__fetched_again),
        cmocka_unit_test(policy__registrar_silent_while_gathering__fetched_again),
    };
    for (size_t i = 0; i < COUNT(bad_registrars); i++)
        tests[i] = (struct CMUnitTest){.name = bad_registrars[i].name,
                                       .test_func = certificate__bad_registrar,
                                       .initial_state = (void *)(uintptr_t)i};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
