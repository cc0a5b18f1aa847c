#include "support.h"

#include <sodium.h>
#include <string.h>

struct scene {
    struct party anna, bob;
};

static int set_up(void **state)
{
    static struct scene s;
    s = (struct scene){0};
    party_open(&s.anna, "anna@chat.test");
    party_open(&s.bob, "bob@chat.test");
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    party_close(&s->anna);
    party_close(&s->bob);
    return 0;
}

static bool changed(const struct party *p)
{
    bool ret = false;
    assert_int_equal(omemo_bundle_changed(p->o, &ret), 0);
    return ret;
}

static uint64_t version_of(const struct party *p)
{
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    uint64_t version = 0;
    assert_int_equal(omemo_put_bundle(p->o, &b, &version), 0);
    return version;
}

static void publish(const struct party *p)
{
    assert_int_equal(omemo_mark_published(p->o, version_of(p)), 0);
    assert_false(changed(p));
}

static void maintain(const struct party *p, int64_t now)
{
    assert_int_equal(omemo_maintain(p->o, now, OMEMO_GRACE_MS), 0);
}

static bool offers(const struct party *p, uint32_t id)
{
    const struct omemo_bundle *b = bundle_of(p);
    for (size_t i = 0; i < b->prekey_count; i++)
        if (b->prekeys[i].id == id)
            return true;
    return false;
}

/* A session of Anna's with Bob over one certain prekey of his. */
static void start_with(struct scene *s, uint32_t id)
{
    struct omemo_bundle one = *bundle_of(&s->bob);
    for (size_t i = 0; i < one.prekey_count; i++)
        if (one.prekeys[i].id == id)
            one.prekeys[0] = one.prekeys[i];
    assert_int_equal(one.prekeys[0].id, id);
    one.prekey_count = 1;
    assert_int_equal(omemo_start_session(s->anna.o, s->bob.jid, omemo_device_id(s->bob.o), &one,
                                         omemo_identity(s->bob.o), NULL),
                     0);
}

static void bundle__put__offers_100_different_prekeys(void **state)
{
    struct scene *s = *state;
    const struct omemo_bundle *b = bundle_of(&s->bob);
    assert_int_equal(b->prekey_count, OMEMO_PREKEYS);
    assert_memory_equal(b->identity, omemo_identity(s->bob.o), OMEMO_IDENTITY_BYTES);
    for (size_t i = 0; i < b->prekey_count; i++) {
        assert_int_equal(b->prekeys[i].id, i + 1);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(b->prekeys[i].key, b->prekeys[j].key, OMEMO_IDENTITY_BYTES);
    }
}

static void bundle__changed__until_it_was_published(void **state)
{
    struct scene *s = *state;
    assert_true(changed(&s->bob));
    uint64_t version = version_of(&s->bob);
    assert_int_equal(omemo_mark_published(s->bob.o, version), 0);
    assert_false(changed(&s->bob));
    maintain(&s->bob, NOW);
    assert_false(changed(&s->bob));
    assert_int_equal(omemo_mark_published(s->bob.o, version - 1), 0);
    assert_false(changed(&s->bob));
}

/* What is used while a bundle is on its way to the server makes that bundle an old one. */
static void bundle__changed__when_a_prekey_was_used_meanwhile(void **state)
{
    struct scene *s = *state;
    uint64_t version = version_of(&s->bob);
    start_with(s, 42);
    exchange(&s->anna, &s->bob);
    assert_int_equal(omemo_mark_published(s->bob.o, version), 0);
    assert_true(changed(&s->bob));
    publish(&s->bob);
}

static void bundle__use__takes_the_prekey_out_at_once(void **state)
{
    struct scene *s = *state;
    publish(&s->bob);
    start_with(s, 42);
    assert_true(offers(&s->bob, 42));
    exchange(&s->anna, &s->bob);
    assert_true(changed(&s->bob));
    assert_false(offers(&s->bob, 42));
    assert_int_equal(bundle_of(&s->bob)->prekey_count, OMEMO_PREKEYS - 1);
    exchange(&s->anna, &s->bob); /* the same session: nothing more is used */
    assert_int_equal(bundle_of(&s->bob)->prekey_count, OMEMO_PREKEYS - 1);
    maintain(&s->bob, NOW);
    assert_int_equal(bundle_of(&s->bob)->prekey_count, OMEMO_PREKEYS);
    assert_false(offers(&s->bob, 42));
    assert_true(offers(&s->bob, 101));
}

static void bundle__use__is_undone_by_a_rollback(void **state)
{
    struct scene *s = *state;
    struct letter l;
    publish(&s->bob);
    start_with(s, 42);
    write_letter(&l, &s->anna, &s->bob);
    run_sql(s->bob.db, "BEGIN");
    assert_int_equal(read_letter(&l), 0);
    maintain(&s->bob, NOW);
    run_sql(s->bob.db, "ROLLBACK");
    assert_false(changed(&s->bob));
    assert_true(offers(&s->bob, 42));
    assert_int_equal(read_letter(&l), 0);
}

static void maintain__destroys__used_prekeys_after_the_grace(void **state)
{
    struct scene *s = *state;
    struct letter l;
    start_with(s, 42);
    write_letter(&l, &s->anna, &s->bob);
    assert_int_equal(read_letter_at(&l, NOW + 5), 0);
    maintain(&s->bob, NOW + 5 + OMEMO_GRACE_MS - 1);
    assert_int_equal(number(s->bob.db, "SELECT count(*) FROM omemo_prekey WHERE id = 42"), 1);
    maintain(&s->bob, NOW + 5 + OMEMO_GRACE_MS);
    assert_int_equal(number(s->bob.db, "SELECT count(*) FROM omemo_prekey WHERE id = 42"), 0);
    assert_int_equal(number(s->bob.db, "SELECT count(*) FROM omemo_prekey"), OMEMO_PREKEYS);
}

/* A clock that was days ahead when the prekey was used. */
static void maintain__destroys__even_when_the_clock_went_back(void **state)
{
    struct scene *s = *state;
    struct letter l;
    start_with(s, 42);
    write_letter(&l, &s->anna, &s->bob);
    assert_int_equal(read_letter_at(&l, NOW + 100 * DAY), 0);
    maintain(&s->bob, NOW);
    maintain(&s->bob, NOW + OMEMO_GRACE_MS);
    assert_int_equal(number(s->bob.db, "SELECT count(*) FROM omemo_prekey WHERE id = 42"), 0);
}

static void maintain__tops_up__hundreds_of_times(void **state)
{
    struct scene *s = *state;
    uint32_t last = 0;
    for (int64_t round = 0; round < 300; round++) {
        const struct omemo_bundle *b = bundle_of(&s->bob);
        uint32_t id = b->prekeys[randombytes_uniform(OMEMO_PREKEYS)].id;
        assert_int_equal(b->prekey_count, OMEMO_PREKEYS);
        assert_true(b->prekeys[OMEMO_PREKEYS - 1].id > last); /* no id comes up again */
        last = b->prekeys[OMEMO_PREKEYS - 1].id;
        start_with(s, id);
        exchange(&s->anna, &s->bob);
        assert_int_equal(omemo_maintain(s->bob.o, NOW + round, 10), 0);
    }
    assert_int_equal(last, OMEMO_PREKEYS + 299);
    assert_in_range(number(s->bob.db, "SELECT count(*) FROM omemo_prekey"), OMEMO_PREKEYS,
                    OMEMO_PREKEYS + 10);
}

static void maintain__tops_up__goes_round_at_the_last_id(void **state)
{
    struct scene *s = *state;
    run_sql(s->bob.db, "DELETE FROM omemo_prekey WHERE id > 10;"
                       "UPDATE omemo_self SET next_prekey = 16777213");
    maintain(&s->bob, NOW);
    assert_true(offers(&s->bob, 16777214)); /* 2^24 - 2: libomemo-c keeps 2^24 - 1 for itself */
    assert_false(offers(&s->bob, 16777215));
    assert_int_equal(bundle_of(&s->bob)->prekey_count, OMEMO_PREKEYS - 10); /* 1 to 10 made anew */
    maintain(&s->bob, NOW);
    assert_int_equal(bundle_of(&s->bob)->prekey_count, OMEMO_PREKEYS);
}

static void maintain__rotates__the_signed_prekey_weekly(void **state)
{
    struct scene *s = *state;
    struct letter old;
    struct omemo_bundle first = *bundle_of(&s->bob);
    publish(&s->bob);
    start(&s->anna, &s->bob); /* over the first one; the letter takes its time */
    write_letter(&old, &s->anna, &s->bob);
    maintain(&s->bob, NOW + 7 * DAY - 1);
    assert_false(changed(&s->bob));
    assert_int_equal(bundle_of(&s->bob)->signed_prekey.id, first.signed_prekey.id);
    maintain(&s->bob, NOW + 7 * DAY);
    assert_true(changed(&s->bob));
    assert_int_equal(bundle_of(&s->bob)->signed_prekey.id, first.signed_prekey.id + 1);
    assert_memory_not_equal(bundle_of(&s->bob)->signed_prekey.key, first.signed_prekey.key, 33);
    maintain(&s->bob, NOW + 21 * DAY - 1);
    run_sql(s->bob.db, "BEGIN");
    assert_int_equal(read_letter_at(&old, NOW + 21 * DAY - 1), 0);
    run_sql(s->bob.db, "ROLLBACK");
    maintain(&s->bob, NOW + 21 * DAY);
    assert_int_equal(read_letter_at(&old, NOW + 21 * DAY), ERR_NOT_FOUND);
    assert_int_equal(number(s->bob.db, "SELECT count(*) FROM omemo_signed"), 2);
    start(&s->anna, &s->bob); /* over the newest one */
    exchange(&s->anna, &s->bob);
}

static void maintain__rotates__even_when_the_clock_went_back(void **state)
{
    struct scene *s = *state;
    maintain(&s->bob, NOW + 1000 * DAY);
    uint32_t id = bundle_of(&s->bob)->signed_prekey.id;
    maintain(&s->bob, NOW);
    maintain(&s->bob, NOW + 7 * DAY);
    assert_int_equal(bundle_of(&s->bob)->signed_prekey.id, id + 1);
    maintain(&s->bob, NOW + 21 * DAY);
    assert_int_equal(number(s->bob.db, "SELECT count(*) FROM omemo_signed"), 2);
}

static void maintain__readonly_database_fails(void **state)
{
    struct scene *s = *state;
    uint64_t version = version_of(&s->bob);
    run_sql(s->bob.db, "PRAGMA query_only = ON");
    assert_int_equal(omemo_maintain(s->bob.o, NOW, OMEMO_GRACE_MS), ERR_IO);
    assert_int_equal(omemo_mark_published(s->bob.o, version), ERR_IO);
    run_sql(s->bob.db, "PRAGMA query_only = OFF; UPDATE omemo_signed SET record = x'00'");
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    assert_int_equal(omemo_put_bundle(s->bob.o, &b, &version), ERR_IO);
    assert_int_equal(b.len, 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bundle__put__offers_100_different_prekeys),
        TEST(bundle__changed__until_it_was_published),
        TEST(bundle__changed__when_a_prekey_was_used_meanwhile),
        TEST(bundle__use__takes_the_prekey_out_at_once),
        TEST(bundle__use__is_undone_by_a_rollback),
        TEST(maintain__destroys__used_prekeys_after_the_grace),
        TEST(maintain__destroys__even_when_the_clock_went_back),
        TEST(maintain__tops_up__hundreds_of_times),
        TEST(maintain__tops_up__goes_round_at_the_last_id),
        TEST(maintain__rotates__the_signed_prekey_weekly),
        TEST(maintain__rotates__even_when_the_clock_went_back),
        TEST(maintain__readonly_database_fails),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
