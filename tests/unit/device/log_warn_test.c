/* What makes a device warn of the public log, and answers that are none. */
#include "log_scene.h"

#include <string.h>

#include "base/secret.h"
#include "store/values.h"

/* ---- warnings ---- */

static void log__warns__of_a_ghost_certificate(void **state)
{
    struct scene *s = *state;
    const uint8_t ghost[HASH_BYTES] = {66}, second[HASH_BYTES] = {67};
    scene_add_usual(s);
    device_online(s->device);
    scene_follow(s);
    assert_quiet(s);
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, ghost, ACCOUNT);
    scene_restart(s);
    scene_follow(s);
    assert_said(s, "WARNING: a ghost certificate: the public log has 2 certificates of this "
                   "account, and this device's is number 1.");
    device_log_refresh(s->device);
    device_tick(s->device);
    scene_follow(s);
    assert_int_equal(scene_times_said(s, "ghost"), 1);
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, second, ACCOUNT);
    device_log_refresh(s->device);
    device_tick(s->device);
    scene_follow(s);
    assert_int_equal(scene_times_said(s, "ghost"), 2);
    assert_said(s, "has 3 certificates");
}

static void log__warns__of_a_ghost_before_it(void **state)
{
    struct scene *s = *state;
    const uint8_t ghost[HASH_BYTES] = {66};
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, ghost,
                 ACCOUNT); /* serial 1, which this device has */
    scene_add_usual(s);
    device_online(s->device);
    scene_follow(s);
    assert_said(s, "ghost certificate: the public log has 2");
}

/* A device that took another one's place: the earlier serial is no ghost. */
static void log__warns__not_of_earlier_serials(void **state)
{
    struct scene *s = *state;
    const uint8_t earlier[HASH_BYTES] = {65}, ghost[HASH_BYTES] = {66};
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, earlier, ACCOUNT);
    device_online(s->device);
    scene_follow(s);
    assert_int_equal(scene_times_said(s, "ghost"), 0);
    scene_add_usual(s);
    scene_restart(s);
    scene_follow(s);
    assert_quiet(s);
    log_book_add(&s->log, DOCUMENT_CERTIFICATE, ghost, ACCOUNT);
    scene_restart(s);
    scene_follow(s);
    assert_said(s, "has 3 certificates of this account, and this device's is number 2.");
}

static void log__warns__of_lacking_earlier_serials(void **state)
{
    struct scene *s = *state;
    scene_add_usual(s);
    device_online(s->device);
    scene_follow(s);
    assert_said(s, "WARNING: the public log lacks earlier certificates of this account");
}

/* The next page of a log whose entry `at` was another. */
static void log__warns__of_a_fork(void **state)
{
    struct scene *s = *state;
    scene_add_usual(s);
    for (uint32_t i = 0; i < 5; i++)
        scene_add_other(s, i);
    device_online(s->device);
    scene_follow(s);
    s->log.entries[4].hash[0] ^= 1;
    scene_add_other(s, 9);
    scene_restart(s);
    scene_serve_page(s);
    assert_said(s, "WARNING: the public log has forked: what this device is shown, of 8 entries, "
                   "does not continue what it has verified, of 7.");
    assert_int_equal(s->device->log.range.size, 7);
    /* Both notes are kept, the verified one first. */
    CLEANUP_SECRET char *kept = store_get(s->store, VALUE_LOG_FORK, NULL);
    assert_non_null(kept);
    assert_non_null(strstr(kept, "\n7\n"));
    assert_true(strstr(kept, "\n8\n") > strstr(kept, "\n7\n"));
    /* The same again is not said twice in a session, but in the next one. */
    device_log_refresh(s->device);
    device_tick(s->device);
    scene_serve_page(s);
    assert_int_equal(scene_times_said(s, "forked"), 1);
    scene_restart(s);
    scene_serve_page(s);
    assert_int_equal(scene_times_said(s, "forked"), 1);
    /* The true log goes on. */
    s->log.entries[4].hash[0] ^= 1;
    scene_restart(s);
    scene_follow(s);
    assert_quiet(s);
    assert_int_equal(s->device->log.range.size, 8);
}

static void log__warns__of_another_log_of_that_size(void **state)
{
    struct scene *s = *state;
    scene_add_usual(s);
    scene_add_other(s, 1);
    device_online(s->device);
    scene_follow(s);
    s->log.entries[2].hash[0] ^= 1;
    scene_restart(s);
    scene_serve_page(s);
    assert_said(s, "forked: what this device is shown, of 3 entries");
}

static void log__warns__of_a_log_that_shrinks(void **state)
{
    struct scene *s = *state;
    scene_add_usual(s);
    for (uint32_t i = 0; i < 5; i++)
        scene_add_other(s, i);
    device_online(s->device);
    scene_follow(s);
    s->log.count = 6;
    scene_restart(s);
    scene_serve_page(s);
    assert_said(s, "WARNING: the public log has shrunk: this device has verified 7 entries, and is "
                   "shown 6.");
    assert_int_equal(s->device->log.range.size, 7);
    CLEANUP_SECRET char *kept = store_get(s->store, VALUE_LOG_SHRINK, NULL);
    assert_non_null(kept);
    assert_non_null(strstr(kept, "\n6\n"));
}

/* ---- answers that are none ---- */

static void log__answer__signed_by_another(void **state)
{
    struct scene *s = *state;
    struct fixture_signer other;
    fixture_signer_init(&other, "registrar." FIXTURE_DOMAIN, "another key");
    scene_add_usual(s);
    s->log.signer = &other;
    device_online(s->device);
    scene_serve_page(s);
    assert_said(s, "WARNING: the public log is shown without the registrar's signature");
    assert_int_equal(s->device->log.range.size, 0);
    assert_int_equal(s->device->newest, 0);
    s->log.signer = &s->f->bots[0].signer;
    scene_restart(s);
    scene_serve_page(s);
    assert_int_equal(s->device->log.range.size, 0);
    s->log.signer = &s->f->registrar;
    s->log.origin = "another/log";
    scene_restart(s);
    scene_serve_page(s);
    assert_int_equal(s->device->log.range.size, 0);
}

/* A page that overlaps, one that leaves out, one whose checkpoint is of more or fewer entries, one
 * that says that nothing follows where something does, an error, and no answer: each changes
 * nothing, and is asked for again later. */
static void log__answer__does_not_fit(void **state)
{
    struct scene *s = *state;
    static const struct {
        uint64_t from, size, checkpoint;
        size_t count;
    } bad[] = {{1, 9, 7, 6}, {3, 9, 7, 4}, {0, 9, 4, 4}, {2, 9, 9, 4},
               {2, 9, 5, 4}, {2, 2, 9, 0}, {2, 4, 4, 0}};
    scene_add_usual(s);
    device_online(s->device);
    scene_follow(s);
    for (uint32_t i = 0; i < 7; i++)
        scene_add_other(s, i);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        static struct log_page p;
        CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
        scene_restart(s);
        p = (struct log_page){.from = bad[i].from, .size = bad[i].size, .count = bad[i].count};
        memcpy(p.entries, s->log.entries + p.from, p.count * sizeof *p.entries);
        log_book_sign(&s->log, bad[i].checkpoint, &note);
        scene_answer_page(scene_take_query(s, "<log "), &p, &note);
        assert_int_equal(s->device->log.range.size, 2);
        assert_quiet(s);
        assert_false(scene_asked(s, "<log ")); /* after a pause */
        assert_true(device_log_due(s->device) > 0 && device_log_due(s->device) <= 500);
    }
    scene_restart(s);
    scene_answer(scene_take_query(s, "<log "), "<log xmlns='" REGISTRY_NS "' from='2' size='9'/>");
    assert_int_equal(s->device->log.range.size, 2);
    scene_restart(s);
    scene_answer(scene_take_query(s, "<log "), "");
    scene_restart(s);
    struct query q = scene_take_query(s, "<log ");
    q.answer(q.context, NULL);
    assert_int_equal(s->device->log.range.size, 2);
    scene_restart(s);
    scene_follow(s);
    assert_int_equal(s->device->log.range.size, 9);
    assert_quiet(s);
}

int main(void)
{
    secret_init();
    const struct CMUnitTest tests[] = {
        SCENE_TEST(log__warns__of_a_ghost_certificate),
        SCENE_TEST(log__warns__of_a_ghost_before_it),
        SECOND_TEST(log__warns__not_of_earlier_serials),
        SECOND_TEST(log__warns__of_lacking_earlier_serials),
        SCENE_TEST(log__warns__of_a_fork),
        SCENE_TEST(log__warns__of_another_log_of_that_size),
        SCENE_TEST(log__warns__of_a_log_that_shrinks),
        SCENE_TEST(log__answer__signed_by_another),
        SCENE_TEST(log__answer__does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
