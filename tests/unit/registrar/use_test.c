/* Statements of use: whose are taken, of which days, in which order. A replay network: its clock is
 * set here. */
#include "office.h"

#include <string.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "public_log/audit.h"

#define FIRST INT64_C(20780) /* 2026-11-23, the warrants' first day; they have three */
#define NOW (FIRST + 20)

static void set_day(struct office *s, int64_t day)
{
    clock_page_set(&s->clock, day * CALENDAR_DAY_MS);
}

static int set_up(void **state)
{
    struct office *o = mem_new(sizeof *o);
    office_open_replay(o, FIRST * CALENDAR_DAY_MS);
    world_publish(&o->world, &(struct world_policy){
                                 .serial = 1, .warrant = "W-1", .signers = 2, .desk = true});
    office_import(o);
    set_day(o, NOW);
    *state = o;
    return 0;
}

/* The note of a statement by north's desk, or another key. */
static char *note_of(const struct use *x, const struct signing_key *by)
{
    CLEANUP_BUF struct buf text = BUF_INIT(4096);
    struct buf note = BUF_INIT(4096);
    struct note_key k = keys_verifier(by);
    use_format(&text, WORLD_DOMAIN, x);
    note_sign(&note, buf_text(&text), text.len, &k, by->secret);
    return buf_take_text(&note);
}

static struct use use_of(uint64_t serial, int64_t day)
{
    return (struct use){.warrant = "W-1",
                        .agency = "north",
                        .serial = serial,
                        .day = day,
                        .counts = {[USE_SEARCHES] = 3},
                        .size = 10 * serial,
                        .root = {(uint8_t)serial}};
}

static int submit_note(struct office *s, const char *note, struct diag *d)
{
    CLEANUP(use_free_cleanup) struct use *x = NULL;
    int r = registrar_submit_use(s->registrar, note, strlen(note), &x, d);
    assert_true((r == 0) == (x != NULL));
    return r;
}

static int submit(struct office *s, const struct use *x, struct diag *d)
{
    CLEANUP_FREE char *note = note_of(x, s->world.desk);
    return submit_note(s, note, d);
}

static void assert_taken(struct office *s, const struct use *x)
{
    struct diag d = {""};
    if (submit(s, x, &d) < 0)
        fail_msg("%s", d.text);
}

static uint64_t logged(struct office *s)
{
    static struct log_page p;
    assert_int_equal(registrar_log_page(s->registrar, 0, &p, NULL), 0);
    return p.size;
}

static void assert_refused(struct office *s, const struct use *x, int code, const char *says)
{
    struct diag d = {""};
    uint64_t before = logged(s);
    int r = submit(s, x, &d);
    if (r != code || strstr(d.text, says) == NULL)
        fail_msg("%d: '%s' instead of '%s'", r, d.text, says);
    assert_int_equal(logged(s), before);
}

static void registrar__submit_use__stored_and_logged_once(void **state)
{
    struct office *s = *state;
    uint64_t before = logged(s);
    const struct use first = use_of(1, FIRST), second = use_of(2, FIRST + 1);
    assert_taken(s, &first);
    assert_int_equal(logged(s), before + 1);
    assert_taken(s, &first);
    office_restart(s);
    assert_taken(s, &first);
    assert_int_equal(logged(s), before + 1);
    assert_taken(s, &second);
    assert_taken(s, &first); /* whose answer was lost for long */
    assert_int_equal(logged(s), before + 2);
}

/* The only entry from there on is found by its desk's tag. */
static void assert_tagged(struct office *s, uint64_t from)
{
    static struct log_page p;
    uint8_t tag[HASH_BYTES];
    assert_int_equal(registrar_log_page(s->registrar, from, &p, NULL), 0);
    assert_int_equal(p.count, 1);
    use_tag("W-1 north", tag);
    assert_int_equal(p.entries[0].kind, DOCUMENT_USE);
    assert_memory_equal(p.entries[0].tag, tag, sizeof tag);
}

/* Good for whoever checks the log. */
static void registrar__submit_use__its_entry(void **state)
{
    struct office *s = *state;
    const struct use x = use_of(1, FIRST);
    uint64_t before = logged(s);
    assert_taken(s, &x);
    assert_tagged(s, before);
    registrar_close(TAKE(s->registrar));
    CLEANUP_FREE char *path = layout_path(s->world.dir, LAYOUT_LOG_DATABASE);
    CLEANUP(public_log_close_cleanup) struct public_log *log = NULL;
    struct public_log_audit_counts c;
    struct diag d = {""};
    assert_int_equal(public_log_open(path, false, &log, NULL), 0);
    if (public_log_audit(log, s->world.network, &c, &d) < 0)
        fail_msg("%s", d.text);
    assert_int_equal(c.of_kind[DOCUMENT_USE], 1);
}

static void registrar__submit_use__stored_and_not_logged(void **state)
{
    struct office *s = *state;
    const struct use x = use_of(1, FIRST);
    CLEANUP_FREE char *note = note_of(&x, s->world.desk);
    struct note view;
    struct registrar_document y = {.kind = DOCUMENT_USE,
                                   .handle = "W-1 north",
                                   .serial = 1,
                                   .note = note,
                                   .note_len = strlen(note)};
    assert_int_equal(note_parse(note, strlen(note), VALUE_USE_MAX, &view), 0);
    hash_sha256(view.text, view.text_len, y.hash);
    uint64_t before = logged(s);
    assert_int_equal(registrar_store_put_document(registrar_database(s->registrar), &y, NULL), 0);
    assert_int_equal(registrar_store_put_document(registrar_database(s->registrar), &y, NULL),
                     ERR_EXISTS);
    y.hash[0] ^= 1;
    assert_int_equal(registrar_store_put_document(registrar_database(s->registrar), &y, NULL),
                     ERR_EXISTS);
    office_restart(s);
    assert_int_equal(logged(s), before + 1);
    assert_tagged(s, before);
}

static void registrar__submit_use__whose(void **state)
{
    struct office *s = *state;
    struct use x = use_of(1, FIRST);
    struct diag d = {""};
    CLEANUP_FREE char *by_bot = note_of(&x, s->world.bot);
    assert_int_equal(submit_note(s, by_bot, &d), ERR_AUTH);
    assert_non_null(strstr(d.text, "use: not signed by north"));
    struct signing_key other = *s->world.custodians[0];
    strcpy(other.name, "north");
    CLEANUP_FREE char *by_other = note_of(&x, &other);
    assert_int_equal(submit_note(s, by_other, &d), ERR_AUTH);
    CLEANUP_FREE char *changed = note_of(&x, s->world.desk);
    *strstr(changed, "searches 3") = 'x';
    assert_int_equal(submit_note(s, changed, &d), ERR_FORMAT);
    *strstr(changed, "xearches 3") = 's';
    strstr(changed, "searches 3")[9] = '2';
    assert_int_equal(submit_note(s, changed, &d), ERR_AUTH);
    assert_int_equal(submit_note(s, "hello", &d), ERR_FORMAT);
    assert_non_null(strstr(d.text, "use: not a statement of use"));
    assert_int_equal(submit_note(s, "ironside use 1\nwarrant W-1\n", &d), ERR_FORMAT);
    assert_non_null(strstr(d.text, "use: not a signed note"));
    x.agency = "south";
    assert_refused(s, &x, ERR_AUTH, "warrant W-1 names no desk of south");
    x.agency = "north";
    x.warrant = "W-2";
    assert_refused(s, &x, ERR_AUTH, "no policy names warrant 'W-2'");
    assert_int_equal(logged(s), 3);
}

/* A warrant without a desk. */
static void registrar__submit_use__no_desk(void **state)
{
    struct office *s = *state;
    struct use x = use_of(1, FIRST);
    world_publish(&s->world, &(struct world_policy){.serial = 2, .warrant = "W-2", .signers = 2});
    office_import(s);
    x.warrant = "W-2";
    assert_refused(s, &x, ERR_AUTH, "warrant W-2 names no desk of north");
}

static void registrar__submit_use__days(void **state)
{
    struct office *s = *state;
    struct use x = use_of(1, FIRST - 1);
    assert_refused(s, &x, ERR_FORMAT, "its day is none of warrant W-1");
    x.day = FIRST + 2 + USE_DAYS_AFTER + 1;
    assert_refused(s, &x, ERR_FORMAT, "its day is none of warrant W-1");
    x.day = FIRST + 2 + USE_DAYS_AFTER;
    assert_taken(s, &x);
}

static void registrar__submit_use__not_over_yet(void **state)
{
    struct office *s = *state;
    const struct use x = use_of(1, FIRST);
    /* A clock does not go back: a page of its own. */
    CLEANUP_FREE char *page = layout_path(s->world.dir, LAYOUT_CLOCK);
    clock_clear(&s->clock);
    assert_int_equal(clock_page_create(page, (FIRST + 1) * CALENDAR_DAY_MS - 1, &s->clock, NULL),
                     0);
    office_restart(s);
    assert_refused(s, &x, ERR_INVALID_STATE, "2026-11-23 is not over yet");
    set_day(s, FIRST + 1);
    assert_taken(s, &x);
}

/* Policy 2 drops the warrant from its second day on. */
static void registrar__submit_use__after_it_was_dropped(void **state)
{
    struct office *s = *state;
    world_publish(&s->world, &(struct world_policy){
                                 .serial = 2, .signers = 2, .issued = "2026-11-24T12:00:00.000Z"});
    world_publish(&s->world, &(struct world_policy){
                                 .serial = 3, .signers = 2, .issued = "2026-11-30T12:00:00.000Z"});
    office_import(s);
    struct use x = use_of(1, FIRST + 1 + USE_DAYS_AFTER + 1);
    assert_refused(s, &x, ERR_INVALID_STATE,
                   "on 2026-12-02 warrant W-1 had not been in force for more than 7 days");
    x.day--;
    assert_taken(s, &x);
}

static void registrar__submit_use__order(void **state)
{
    struct office *s = *state;
    struct use x = use_of(2, FIRST + 1);
    assert_refused(s, &x, ERR_INVALID_STATE, "statement 2, and 1 is the next one");
    x = use_of(1, FIRST);
    assert_taken(s, &x);
    x.counts[USE_SEARCHES] = 0;
    assert_refused(s, &x, ERR_INVALID_STATE, "statement 1, and 2 is the next one");
    x = use_of(2, FIRST);
    assert_refused(s, &x, ERR_FORMAT, "its serial 2 is not one of the 1 days");
    x = use_of(3, FIRST + 2);
    assert_refused(s, &x, ERR_INVALID_STATE, "statement 3, and 2 is the next one");
    x = use_of(2, FIRST + 2);
    x.size = 9;
    assert_refused(s, &x, ERR_INVALID_STATE, "the access log has shrunk");
    x.size = 10;
    assert_refused(s, &x, ERR_INVALID_STATE, "of the same size");
    x.root[0] = 1;
    assert_taken(s, &x);
    x = use_of(3, FIRST + 2);
    assert_refused(s, &x, ERR_INVALID_STATE, "a day has one statement");
    x.day = FIRST + 1;
    assert_refused(s, &x, ERR_FORMAT, "its serial 3 is not one of the 2 days");
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, office_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(registrar__submit_use__stored_and_logged_once),
        SCENE_TEST(registrar__submit_use__its_entry),
        SCENE_TEST(registrar__submit_use__stored_and_not_logged),
        SCENE_TEST(registrar__submit_use__whose),
        SCENE_TEST(registrar__submit_use__no_desk),
        SCENE_TEST(registrar__submit_use__days),
        SCENE_TEST(registrar__submit_use__not_over_yet),
        SCENE_TEST(registrar__submit_use__after_it_was_dropped),
        SCENE_TEST(registrar__submit_use__order),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
