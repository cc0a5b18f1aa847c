/* Policies that come: each is held to the one before it. */
#include "letter.h"

#include "base/memory.h"

#define HOUR INT64_C(3600000)
#define HELD "SELECT count(*) FROM policy"
#define PARKED "SELECT count(*) FROM parked"

static const struct world_options open_world = {.no_warrant = true, .without = "open"};
static const struct world_options with_earlier = {.earlier = 3};

static void publish(struct world *w, uint32_t serial)
{
    world_new_policy(w, &(struct fixture_policy_options){.serial = serial, .without = "open"});
}

/* While it is hidden the registrar has no policy of that serial. */
static void hide(struct world *w, uint32_t serial, uint32_t as)
{
    for (size_t i = 0; i < w->document_count; i++)
        if (w->documents[i].kind == DOCUMENT_POLICY && w->documents[i].serial == serial)
            w->documents[i].serial = as;
}

/* A device that was away takes them one after the other, and tells of each. */
static void policy_chain__take__all_that_were_missed(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    device_offline(bert(w)->device);
    for (uint32_t serial = 6; serial <= 9; serial++)
        publish(w, serial);
    device_online(bert(w)->device);
    world_run(w);
    assert_int_equal(bert(w)->device->newest, 9);
    assert_int_equal(party_number(bert(w), HELD), 5);
    assert_int_equal(party_count_said(bert(w), "is in force"), 4);
    party_reopen(bert(w));
    assert_int_equal(bert(w)->device->newest, 9);
}

/* With a hole none behind it is in force, and what is sent openly waits. */
static void policy_chain__wait__for_the_one_between(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    struct letter l;
    letter_acquaint(w);
    publish(w, 6);
    publish(w, 7);
    hide(w, 6, 1000);
    party_reopen(bert(w));
    letter_write(&l, w, NULL, "waits");
    party_take(bert(w), l.text);
    assert_int_equal(bert(w)->device->newest, 5);
    assert_int_equal(party_number(bert(w), PARKED), 1);
    hide(w, 1000, 6);
    party_wait(bert(w));
    world_announce(w, bert(w));
    assert_int_equal(bert(w)->device->newest, 7);
    assert_int_equal(party_count_shown(bert(w), l.body), 1);
    free(l.text);
}

/* What is signed by the custodians and logged, and does not belong: said once, and never in force.
 */
static void policy_chain__refuse__what_does_not_follow(void **state)
{
    (void)state;
    static const uint8_t other[HASH_BYTES] = {1};
    const struct {
        struct fixture_policy_options o;
        const char *says;
    } rows[] = {
        {{.previous = other},
         "WARNING: a policy was refused: policy 6 was made to follow another policy 5 than the "
         "one"},
        {{.issued_unix_ms = world_now() - 2 * DAY_MS},
         "WARNING: a policy was refused: policy 6 was issued before policy 5"},
        {{.issued_unix_ms = world_now() + HOUR}, "which by this device's clock is still to come"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP_WORLD struct world *w = world_new(&open_world);
        struct fixture_policy_options o = rows[i].o;
        struct letter l;
        letter_acquaint(w);
        letter_write(&l, w, NULL, "parked");
        o.serial = 6;
        o.without = "open";
        world_new_policy(w, &o);
        party_reopen(bert(w));
        for (int times = 0; times < 3; times++)
            party_wait(bert(w));
        assert_int_equal(bert(w)->device->newest, 5);
        assert_int_equal(party_number(bert(w), HELD), 1);
        if (party_count_said(bert(w), rows[i].says) != 1)
            fail_msg("%s: said \"%s\"", rows[i].says, party_said(bert(w)));
        party_take(bert(w), l.text); /* nothing is judged by a policy that may be superseded */
        assert_int_equal(party_number(bert(w), PARKED), 1);
        free(l.text);
    }
}

/* Its time comes. */
static void policy_chain__take__what_was_early(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&open_world);
    CLEANUP_FREE char *path = mem_format("%s/clock", w->folder);
    struct clock late;
    assert_int_equal(clock_page_create(path, world_now() - HOUR, &late, NULL), 0);
    world_new_policy(w, &(struct fixture_policy_options){
                            .serial = 6, .issued_unix_ms = world_now() + HOUR, .without = "open"});
    world_announce(w, bert(w));
    assert_int_equal(bert(w)->device->newest, 5);
    bert(w)->device->o.clock = late; /* a replay's, which a file drives */
    party_wait(bert(w));
    assert_int_equal(bert(w)->device->newest, 6);
    bert(w)->device->o.clock = clock_live();
    clock_clear(&late);
}

/* One from before the device was activated is held to all that lie between. */
static void policy_chain__take__earlier_ones_down_to_it(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(&with_earlier);
    const struct policy_set *rules;
    letter_acquaint(w);
    assert_int_equal(device_rules(bert(w)->device, 2, &rules), HAVE_NOT_YET);
    assert_int_equal(party_number(bert(w), HELD), 1);
    world_run(w);
    assert_int_equal(party_number(bert(w), HELD), 4);
    assert_int_equal(device_rules(bert(w)->device, 2, &rules), HAVE);
    assert_int_equal(bert(w)->device->newest, 5);
    assert_string_equal(party_said(bert(w)), "");
}

/* A second policy 4, logged by a registrar that keeps two: it is not the one that 5 follows. */
static void policy_chain__refuse__earlier_one_that_is_not_followed(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    const struct policy_set *rules;
    CLEANUP(policy_set_free_cleanup)
    struct policy_set *other = fixture_policy(w->f, &(struct fixture_policy_options){.serial = 4});
    const struct document *p = &other->policy->document;
    world_put_document(w, DOCUMENT_POLICY, p, NULL, 4);
    assert_int_equal(device_rules(bert(w)->device, 4, &rules), HAVE_NOT_YET);
    party_wait(bert(w));
    party_wait(bert(w));
    assert_int_equal(device_rules(bert(w)->device, 4, &rules), HAVE_NOT_YET);
    assert_int_equal(party_number(bert(w), HELD), 1);
    assert_int_equal(party_count_said(bert(w), "policy 5 was made to follow another policy 4"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_chain__take__all_that_were_missed),
        cmocka_unit_test(policy_chain__wait__for_the_one_between),
        cmocka_unit_test(policy_chain__refuse__what_does_not_follow),
        cmocka_unit_test(policy_chain__take__what_was_early),
        cmocka_unit_test(policy_chain__take__earlier_ones_down_to_it),
        cmocka_unit_test(policy_chain__refuse__earlier_one_that_is_not_followed),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
