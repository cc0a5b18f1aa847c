/* Link's own doings, with real stanzas: sessions, waiting, rates, full queues, questions. */
#include "table.h"

#include <stdio.h>
#include <unistd.h>

#include "ibot/link_internal.h"
#include "wire/inclusion.h"

#define FRESH(s)                                                                                   \
    (void)state;                                                                                   \
    CLEANUP(scene_free_cleanup) struct scene *s = scene_new(NULL)
#define NEXT(s, m, stanza)                                                                         \
    CLEANUP(fixture_message_free_cleanup)                                                          \
    struct fixture_message *m = fixture_message_new((s)->f, (s)->set, (s)->dev, NULL);             \
    CLEANUP_FREE char *stanza = fixture_stanza(m, true)

static void link__message__archived(void **state)
{
    FRESH(s);
    assert_still_works(s, 0);
    assert_still_works(s, 2);
}

/* Resident memory of this process in bytes. */
static size_t resident(void)
{
    unsigned long size = 0, pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    FIXTURE_MUST(f != NULL && fscanf(f, "%lu %lu", &size, &pages) == 2);
    fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void link__message__a_million_recipients(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    NEXT(s, m, stanza);
    char *at = strstr(stanza, "<address type='bcc'");
    assert_non_null(at);
    size_t before = resident();
    CLEANUP_FREE char *head = mem_string_n(stanza, (size_t)(at - stanza));
    bot_feed(s->b, head);
    for (int i = 0; i < 1000000; i++) {
        char address[64];
        snprintf(address, sizeof address, "<address type='to' jid='c%07d@chat.example'/>", i);
        bot_feed(s->b, address);
    }
    size_t grown = resident() - before;
    assert_true(grown < 8U << 20); /* the list is of 41 MB */
    assert_int_equal(bot_later(bot_ask(s->b, at)).reason, LATER_TOO_LARGE);
    assert_still_works(s, 1);
}

static void link__stream__not_well_formed(void **state)
{
    static const char *const ends[] = {
        "<message from='anna@chat.example'><body></message>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "<message>&lol;</message>",
        "<!-- a comment -->",
        "<?php ?>",
        "<message from='a' from='b'/>",
        "\xff\xfe",
    };
    FRESH(s);
    for (size_t i = 0; i < COUNT(ends); i++) {
        bot_archive_one(s->b, s->set, s->dev);
        assert_int_equal(component_feed(s->b->component, ends[i], strlen(ends[i])), ERR_FORMAT);
        bot_break(s->b);
        bot_reconnect(s->b);
        bot_run(s->b);
    }
    assert_still_works(s, COUNT(ends));
}

/* What came before the break is archived; its answer has no way, and the device asks again. */
static void link__stream__breaks_before_the_verdict(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    NEXT(s, m, stanza);
    bot_forget_answers(s->b);
    bot_feed(s->b, stanza);
    bot_break(s->b);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 0);
    bot_reconnect(s->b);
    struct verdict v = bot_verdict(s->b, bot_ask(s->b, stanza), s->dev);
    assert_int_equal(v.line.state, VERDICT_ARCHIVED);
    fixture_device_advance(s->dev, m);
    assert_still_works(s, 2);
}

static void link__message__nobody_to_answer(void **state)
{
    static const char *const silent[] = {
        "<message to='ibot.chat.example' id='1'><body>x</body></message>",
        "<message from='anna@chat.example/x' to='ibot.chat.example'><body>x</body></message>",
        "<message from='anna@chat.example/x' id='1' type='error'><body>x</body></message>",
        "<presence from='anna@chat.example/x' type='subscribe'/>",
        "<iq from='anna@chat.example/x' type='result' id='f1'/>",
        "<iq from='anna@chat.example/x' id='f1'/>",
        "<iq from='registrar.chat.example' type='result' id='f999'/>",
    };
    FRESH(s);
    bot_forget_answers(s->b);
    for (size_t i = 0; i < COUNT(silent); i++)
        bot_feed(s->b, silent[i]);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, 0);
    assert_still_works(s, 0);
}

static void link__device__over_its_rate(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev); /* one of the burst is gone */
    NEXT(s, m, stanza);
    unsigned slow = 0, verdicts = 0;
    bot_forget_answers(s->b);
    for (int i = 0; i < LINK_RATE_BURST; i++)
        bot_feed(s->b, stanza);
    bot_run(s->b);
    assert_int_equal(s->b->answer_count, LINK_RATE_BURST);
    for (size_t i = 0; i < s->b->answer_count; i++)
        if (strcmp(s->b->answers[i].child->name, "later") == 0)
            slow += bot_later(&s->b->answers[i]).reason == LATER_SLOW_DOWN;
        else
            verdicts += bot_verdict(s->b, &s->b->answers[i], s->dev).line.state == VERDICT_ARCHIVED;
    assert_int_equal(slow, 1);
    assert_int_equal(verdicts, LINK_RATE_BURST - 1);
    fixture_device_advance(s->dev, m);
    bot_archive_one(s->b, s->set, s->other); /* another device has its own allowance */
    assert_int_equal(bot_audit(s->b).archived, 3);
    bot_sleep(s->b, 1000 / LINK_RATE_PER_SECOND);
    assert_still_works(s, 3);
}

/* The opener does not keep up: what its queue does not take is answered, and nothing is lost. */
static void link__opener__queue_full(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    NEXT(s, m, stanza);
    size_t queue = s->b->link_opener[0][0].max_queue;
    s->b->link_opener[0][0].max_queue = 100;
    struct later l = bot_later(bot_ask(s->b, stanza));
    assert_int_equal(l.reason, LATER_SLOW_DOWN);
    assert_int_equal(l.seconds, 2);
    s->b->link_opener[0][0].max_queue = queue;
    assert_still_works(s, 1);
}

static void link__pending__full(void **state)
{
    FRESH(s);
    bot_archive_one(s->b, s->set, s->dev);
    NEXT(s, m, stanza);
    s->b->link->pending_count += LINK_PENDING_MAX;
    assert_int_equal(bot_later(bot_ask(s->b, stanza)).reason, LATER_SLOW_DOWN);
    const struct bot_answer *a = bot_ask(
        s->b, "<iq type='get' from='anna@chat.example/x' id='q'><inclusion xmlns='" ENVELOPE_NS
              "' root='AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' count='1' since='0'/></iq>");
    assert_says(a->text, "resource-constraint");
    s->b->link->pending_count -= LINK_PENDING_MAX;
    assert_still_works(s, 1);
}

/* The question a device asks about the round of its verdict. */
static char *question(const struct verdict *v, const struct bot *b, struct inclusion_query *q)
{
    struct buf text = BUF_INIT(4096);
    *q = (struct inclusion_query){.count = v->count};
    FIXTURE_MUST(verdict_verify(v, b->f->bots[0].jid, b->f->bots[0].signer.key.key, q->root) == 0);
    buf_put_text(&text, "<iq type='get' from='anna@chat.example/x' id='q1'>");
    inclusion_put_query(&text, q);
    buf_put_text(&text, "</iq>");
    return buf_take_text(&text);
}

static void link__inclusion__before_and_after_the_checkpoint(void **state)
{
    FRESH(s);
    NEXT(s, m, stanza);
    struct inclusion_query q;
    struct inclusion i;
    struct checkpoint c;
    struct verdict v = bot_verdict(s->b, bot_ask(s->b, stanza), s->dev);
    fixture_device_advance(s->dev, m);
    CLEANUP_FREE char *iq = question(&v, s->b, &q);
    assert_says(bot_ask(s->b, iq)->text, "item-not-found");
    assert_int_equal(keeper_checkpoint(s->b->keeper, &s->b->d), 0);
    const struct bot_answer *a = bot_ask(s->b, iq);
    assert_string_equal(xml_attribute_of(a->stanza, "type"), "result");
    assert_string_equal(xml_attribute_of(a->stanza, "to"), "anna@chat.example/x");
    assert_int_equal(inclusion_parse_answer(a->child, &s->b->arena, &i), 0);
    assert_int_equal(inclusion_verify(&q, &i, s->f->bots[0].jid, s->f->bots[0].signer.key.key, NULL,
                                      &c, &s->b->d),
                     0);
    assert_still_works(s, 1);
}

static void link__iq__not_known(void **state)
{
    static const struct {
        const char *iq, *answer;
    } table[] = {
        {"<iq type='get' from='a@b' id='1'><x xmlns='urn:x'/></iq>", "service-unavailable"},
        {"<iq type='set' from='a@b' id='1'/>", "service-unavailable"},
        {"<iq type='get' from='a@b' id='1'><inclusion xmlns='" ENVELOPE_NS "' root='A'/></iq>",
         "service-unavailable"},
        {"<iq type='get' from='a@b' id='1'><inclusion xmlns='" ENVELOPE_NS
         "' root='AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' count='1' since='0'/></iq>",
         "item-not-found"},
        {"<iq type='get' from='a@b' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", "result"},
    };
    FRESH(s);
    for (size_t i = 0; i < COUNT(table); i++)
        assert_says(bot_ask(s->b, table[i].iq)->text, table[i].answer);
    assert_still_works(s, 0);
}

/* Every device keeps to one opener, and its answers find their way. */
static void link__openers__several(void **state)
{
    (void)state;
    enum { DEVICES = 12 };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    fixture_add_warrant(f, NULL);
    CLEANUP(policy_set_free_cleanup) struct policy_set *set = fixture_policy(f, NULL);
    CLEANUP(bot_free_cleanup)
    struct bot *b = bot_new(f, &(struct bot_options){.openers = 3});
    bot_publish(b, set);
    bot_announce(b);
    for (unsigned i = 0; i < DEVICES; i++) {
        char handle[8];
        snprintf(handle, sizeof handle, "d%u", i);
        CLEANUP(fixture_device_free_cleanup)
        struct fixture_device *dev = fixture_device_new(f, handle, 1);
        bot_register(b, dev);
        bot_archive_one(b, set, dev);
        bot_archive_one(b, set, dev);
    }
    assert_int_equal(bot_audit(b).archived, 2 * DEVICES);
    assert_int_equal(bot_audit(b).chains, DEVICES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link__message__archived),
        cmocka_unit_test(link__message__a_million_recipients),
        cmocka_unit_test(link__stream__not_well_formed),
        cmocka_unit_test(link__stream__breaks_before_the_verdict),
        cmocka_unit_test(link__message__nobody_to_answer),
        cmocka_unit_test(link__device__over_its_rate),
        cmocka_unit_test(link__opener__queue_full),
        cmocka_unit_test(link__pending__full),
        cmocka_unit_test(link__inclusion__before_and_after_the_checkpoint),
        cmocka_unit_test(link__iq__not_known),
        cmocka_unit_test(link__openers__several),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
