/* Statements of use: a device fetches the newest of each desk that a warrant names, and believes
 * what that desk has signed. */
#include "log_scene.h"

#include <string.h>

#include "base/secret.h"
#include "store/uses.h"
#include "wire/use.h"

#define DESK FIXTURE_WARRANT " north"
#define ASKS "<document "

struct stated {
    char *note;
    uint8_t hash[HASH_BYTES];
};

static void stated_clear(struct stated *x)
{
    free(x->note);
}
#define CLEANUP_STATED CLEANUP(stated_clear)

static const struct fixture_signer *desk(const struct scene *s)
{
    return &s->f->warrants[0].desk;
}

/* Of the warrant's three days, which begin the day before FIXTURE_DAY. */
static struct stated state_use(uint64_t serial, int64_t day, uint64_t size,
                               const struct fixture_signer *by)
{
    const struct use x = {.warrant = FIXTURE_WARRANT,
                          .agency = "north",
                          .serial = serial,
                          .day = day,
                          .counts = {[USE_SEARCHES] = 3},
                          .size = size};
    struct stated y;
    CLEANUP_BUF struct buf text = BUF_INIT(4096);
    use_format(&text, FIXTURE_DOMAIN, &x);
    hash_sha256(text.data, text.len, y.hash);
    y.note = fixture_sign(buf_text(&text), by, 1);
    return y;
}

static void log_use(struct scene *s, const struct stated *x, const char *whose)
{
    log_book_add(&s->log, DOCUMENT_USE, x->hash, NULL);
    use_tag(whose, s->log.entries[s->log.count - 1].tag);
}

/* The statement that the store holds; "" for none. */
static const char *held(const struct scene *s)
{
    static char note[4096];
    CLEANUP_STORE_USE struct store_use x = {.note = NULL};
    uint8_t tag[LOG_TAG_BYTES];
    use_tag(DESK, tag);
    int r = store_use(s->store, tag, &x);
    snprintf(note, sizeof note, "%s", r < 0 || x.note == NULL ? "" : x.note);
    return note;
}

/* Online, with its warrant and all that the log has. */
static void begin(struct scene *s)
{
    const struct fixture_warrant *w = &s->f->warrants[0];
    uint8_t epochs[HASH_BYTES];
    hash_sha256(w->epochs_text, strlen(w->epochs_text), epochs);
    must(store_put_document(s->store, DOCUMENT_WARRANT, w->hash, w->note));
    must(store_put_document(s->store, DOCUMENT_EPOCHS, epochs, w->epochs_note));
    device_online(s->device);
    scene_follow(s);
}

static void device_uses__follow__the_newest_alone(void **state)
{
    struct scene *s = *state;
    CLEANUP_STATED struct stated first = state_use(1, FIXTURE_DAY - 1, 10, desk(s));
    CLEANUP_STATED struct stated second = state_use(2, FIXTURE_DAY, 12, desk(s));
    CLEANUP_STATED struct stated third = state_use(3, FIXTURE_DAY + 1, 12, desk(s));
    scene_add_usual(s);
    log_use(s, &first, DESK);
    log_use(s, &second, DESK);
    begin(s);
    scene_answer_document(s, ASKS, DOCUMENT_USE, second.note);
    assert_string_equal(held(s), second.note);
    assert_false(scene_asked(s, ASKS));
    log_use(s, &third, DESK);
    scene_restart(s);
    scene_follow(s);
    assert_string_equal(held(s), second.note); /* until it has come */
    scene_restart(s);
    scene_follow(s);
    scene_answer_document(s, ASKS, DOCUMENT_USE, third.note);
    assert_string_equal(held(s), third.note);
    scene_restart(s);
    scene_follow(s);
    assert_false(scene_asked(s, ASKS));
    assert_quiet(s);
}

/* Desks that the policy's warrants do not name. */
static void device_uses__follow__others(void **state)
{
    struct scene *s = *state;
    CLEANUP_STATED struct stated x = state_use(1, FIXTURE_DAY - 1, 10, desk(s));
    scene_add_usual(s);
    log_use(s, &x, FIXTURE_WARRANT " south");
    begin(s);
    assert_false(scene_asked(s, ASKS));
    assert_string_equal(held(s), "");
    assert_quiet(s);
}

static void device_uses__take__not_signed_by_the_desk(void **state)
{
    struct scene *s = *state;
    struct fixture_signer other;
    fixture_signer_init(&other, "north", "another desk");
    CLEANUP_STATED struct stated x = state_use(1, FIXTURE_DAY - 1, 10, &other);
    scene_add_usual(s);
    log_use(s, &x, DESK);
    begin(s);
    scene_answer_document(s, ASKS, DOCUMENT_USE, x.note);
    assert_string_equal(held(s), "");
    assert_said(s, "WARNING: the public log has a statement of use of warrant " FIXTURE_WARRANT
                   " that is not to be believed: use: not signed by north");
    /* The text's hash does not cover signatures: a good one may come. */
    scene_restart(s);
    scene_follow(s);
    CLEANUP_STATED struct stated good = state_use(1, FIXTURE_DAY - 1, 10, desk(s));
    scene_answer_document(s, ASKS, DOCUMENT_USE, good.note);
    assert_string_equal(held(s), good.note);
}

/* The registrar logs what goes back. */
static void device_uses__take__an_earlier_one(void **state)
{
    struct scene *s = *state;
    CLEANUP_STATED struct stated x = state_use(2, FIXTURE_DAY, 10, desk(s));
    CLEANUP_STATED struct stated back = state_use(1, FIXTURE_DAY + 1, 12, desk(s));
    CLEANUP_STATED struct stated shrunk = state_use(3, FIXTURE_DAY + 1, 9, desk(s));
    const struct stated *bad[] = {&back, &shrunk};
    static const char *const says[] = {"statement 1 comes after statement 2",
                                       "the access log has shrunk"};
    scene_add_usual(s);
    log_use(s, &x, DESK);
    begin(s);
    scene_answer_document(s, ASKS, DOCUMENT_USE, x.note);
    for (size_t i = 0; i < 2; i++) {
        log_use(s, bad[i], DESK);
        scene_restart(s);
        scene_follow(s);
        scene_answer_document(s, ASKS, DOCUMENT_USE, bad[i]->note);
        assert_said(s, says[i]);
        assert_string_equal(held(s), x.note);
    }
}

/* A newer one was logged while it was on its way. */
static void device_uses__take__one_that_is_superseded(void **state)
{
    struct scene *s = *state;
    CLEANUP_STATED struct stated first = state_use(1, FIXTURE_DAY - 1, 10, desk(s));
    CLEANUP_STATED struct stated second = state_use(2, FIXTURE_DAY, 12, desk(s));
    scene_add_usual(s);
    log_use(s, &first, DESK);
    begin(s);
    log_use(s, &second, DESK);
    device_log_refresh(s->device);
    device_tick(s->device);
    scene_follow(s);
    scene_answer_document(s, ASKS, DOCUMENT_USE, first.note);
    assert_string_equal(held(s), "");
    scene_answer_document(s, ASKS, DOCUMENT_USE, second.note);
    assert_string_equal(held(s), second.note);
    assert_false(scene_asked(s, ASKS));
    assert_quiet(s);
}

#define DESK_TEST(fn) cmocka_unit_test_setup_teardown(fn, scene_set_up_desk, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(device_uses__follow__the_newest_alone),
        DESK_TEST(device_uses__follow__others),
        DESK_TEST(device_uses__take__not_signed_by_the_desk),
        DESK_TEST(device_uses__take__an_earlier_one),
        DESK_TEST(device_uses__take__one_that_is_superseded),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
