/* Place tokens, and how many devices held one. A replay network: its clock is set here. */
#include "office.h"

#include <string.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "network/layout.h"
#include "registrar/places.h"
#include "sql/sql.h"

#define MAP "127.0.31.0/24 NL\n127.0.1.0/24 US\n"
#define DAY INT64_C(20780) /* 2026-11-23, the policy's first */
#define AT (DAY * CALENDAR_DAY_MS + 36000000)

struct scene {
    struct office o;
    uint8_t certificate[HASH_BYTES]; /* anna's */
};

static void write_settings(struct scene *s, const char *map)
{
    struct world *w = &s->o.world;
    CLEANUP_FREE char *path = file_join(w->dir, "places.map");
    w->settings.places[0] = '\0';
    if (map != NULL) {
        assert_int_equal(file_write(path, map, strlen(map), 0644, NULL), 0);
        strcpy(w->settings.places, "places.map");
    }
    assert_int_equal(settings_write(w->dir, &w->settings, NULL), 0);
}

static void activate(struct scene *s, const char *handle, uint8_t ret[static HASH_BYTES])
{
    CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(&s->o, handle);
    CLEANUP_FREE char *account = mem_format("%s@%s", handle, WORLD_DOMAIN);
    struct world_request q;
    struct registry_piece p;
    world_request(&q, account, u->secret);
    assert_int_equal(office_activate(&s->o, handle, &q, &p), 0);
    memcpy(ret, p.hash, HASH_BYTES);
    world_request_clear(&q);
}

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    office_open_replay(&s->o, AT);
    write_settings(s, MAP);
    office_restart(&s->o);
    world_publish(&s->o.world, &(struct world_policy){
                                   .serial = 1, .warrant = "W-1", .signers = 2, .exclude = "NL"});
    office_import(&s->o);
    activate(s, "anna", s->certificate);
    s->o.address = "127.0.31.1";
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    office_close(&s->o);
    free(s);
    return 0;
}

static int ask(struct scene *s, const char *from, struct place **ret, struct diag *d)
{
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_PLACE_MAX);
    int r = registrar_place(s->o.registrar, from, &note, d);
    if (r == 0)
        assert_int_equal(place_open(s->o.world.network, buf_text(&note), note.len, ret, NULL), 0);
    else
        assert_int_equal(note.len, 0);
    return r;
}

static void assert_refused(struct scene *s, const char *from, int code, const char *says)
{
    struct diag d = {""};
    struct place *p = NULL;
    int r = ask(s, from, &p, &d);
    place_free(p);
    if (r != code || strstr(d.text, says) == NULL)
        fail_msg("%s: %d: %s", from, r, d.text);
}

#define ANNA "anna@" WORLD_DOMAIN "/device"

static void registrar_place__gives__a_token_for_the_day(void **state)
{
    struct scene *s = *state;
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    struct diag d = {""};
    assert_int_equal(ask(s, ANNA, &p, &d), 0);
    assert_string_equal(p->country, "NL");
    assert_memory_equal(p->certificate, s->certificate, HASH_BYTES);
    assert_true(p->issued_unix_ms == AT);
    assert_true(p->until_unix_ms == (DAY + 1) * CALENDAR_DAY_MS - 1);
}

/* At the last instant a token must still have a life. */
static void registrar_place__gives__at_the_end_of_the_day(void **state)
{
    struct scene *s = *state;
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    struct diag d = {""};
    clock_page_set(&s->o.clock, (DAY + 1) * CALENDAR_DAY_MS - 1);
    assert_int_equal(ask(s, ANNA, &p, &d), 0);
    assert_true(p->until_unix_ms == (DAY + 1) * CALENDAR_DAY_MS);
}

static void registrar_place__refuses__each(void **state)
{
    struct scene *s = *state;
    assert_refused(s, "anna@" WORLD_DOMAIN, ERR_AUTH, "not a session");
    assert_refused(s, "anna@" WORLD_DOMAIN "/", ERR_AUTH, "not a session");
    assert_refused(s, "anna@other.test/device", ERR_AUTH, "not a session");
    assert_refused(s, WORLD_BOT "/device", ERR_AUTH, "not a session");
    assert_refused(s, "anna@" WORLD_DOMAIN "/x", ERR_NOT_FOUND, "anna has no session x");
    assert_refused(s, "ben@" WORLD_DOMAIN "/device", ERR_NOT_FOUND, ""); /* no certificate */
    s->o.address = "127.0.1.1";
    assert_refused(s, ANNA, ERR_NOT_FOUND, "the policy makes no difference in US");
    s->o.address = "127.0.2.1";
    assert_refused(s, ANNA, ERR_NOT_FOUND, "the country of 127.0.2.1 is not known");
    s->o.address = "nowhere";
    assert_refused(s, ANNA, ERR_NOT_FOUND, "the country of nowhere is not known");
    s->o.answer = ERR_TIMEOUT;
    assert_refused(s, ANNA, ERR_TIMEOUT, "the server is away");
}

static void registrar_place__refuses__without_a_map(void **state)
{
    struct scene *s = *state;
    write_settings(s, NULL);
    office_restart(&s->o);
    assert_refused(s, ANNA, ERR_NOT_FOUND, "nothing here tells countries");
    assert_int_equal(registrar_places_timeout_ms(s->o.registrar), -1);
}

static void registrar_place__refuses__what_makes_no_difference(void **state)
{
    struct scene *s = *state;
    world_publish(&s->o.world, &(struct world_policy){.serial = 2, .warrant = "W-2", .signers = 2});
    office_import(&s->o);
    assert_refused(s, ANNA, ERR_NOT_FOUND, "the policy is the same everywhere");
}

static void registrar_open__refuses__a_bad_map(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    write_settings(s, "127.0.31.0 NL\n");
    assert_int_equal(office_try_open(&s->o, &d), ERR_FORMAT);
    assert_non_null(strstr(d.text, "places.map: line 1: not CIDR CC"));
    write_settings(s, MAP);
    office_restart(&s->o);
}

/* A live network's token is one that place_open takes, and has an hour left, whenever it is asked
 * for: close to midnight it lasts into the next day, or ends before this one does. */
static void registrar_place_life__fits__at_each_minute_of_a_day(void **state)
{
    (void)state;
    for (int64_t now = AT; now < AT + CALENDAR_DAY_MS; now += 60000) {
        int64_t issued, until, end = (calendar_day_of(now) + 1) * CALENDAR_DAY_MS - 1;
        registrar_place_life(false, now, &issued, &until);
        assert_true(issued == now - VALUE_AHEAD_MAX_MS);
        assert_true(until - issued <= PLACE_LIFE_MAX_MS);
        assert_true(until - now >= 3600000);
        if (end - now >= 3600000 && end - issued <= PLACE_LIFE_MAX_MS)
            assert_true(until == end);
    }
}

static void registrar_place__gives__a_live_token(void **state)
{
    struct scene s = {0};
    (void)state;
    world_make_temporary(&s.o.world);
    write_settings(&s, MAP);
    s.o.asked = (struct buf)BUF_INIT(65536);
    s.o.address = "127.0.31.1";
    office_restart(&s.o);
    world_publish(&s.o.world, &(struct world_policy){
                                  .serial = 1, .warrant = "W-1", .signers = 2, .exclude = "NL"});
    office_import(&s.o);
    activate(&s, "anna", s.certificate);
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    struct diag d = {""};
    assert_int_equal(ask(&s, "anna@" WORLD_DOMAIN "/device", &p, &d), 0);
    int64_t now = p->issued_unix_ms + VALUE_AHEAD_MAX_MS, issued, until;
    registrar_place_life(false, now, &issued, &until);
    assert_true(now <= registrar_now_ms(s.o.registrar) &&
                now > registrar_now_ms(s.o.registrar) - 60000);
    assert_true(p->issued_unix_ms == issued && p->until_unix_ms == until);
    assert_true(registrar_places_timeout_ms(s.o.registrar) > 0);
    registrar_close(s.o.registrar);
    world_clear(&s.o.world, true);
    buf_clear(&s.o.asked);
}

/* ---- counts ---- */

static int put_document(void *context, const struct exemptions *x)
{
    struct buf *b = context;
    buf_format(b, "%d:", (int)(x->day - DAY));
    for (size_t i = 0; i < x->count; i++)
        buf_format(b, " %s %u", x->list[i].country, (unsigned)x->list[i].devices);
    buf_put_text(b, "; ");
    return 0;
}

static void assert_published(struct scene *s, const char *expected)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    struct diag d = {""};
    if (registrar_places_tick(s->o.registrar, &d) < 0 ||
        registrar_exemptions(s->o.registrar, put_document, &b, &d) < 0)
        fail_msg("%s", d.text);
    assert_string_equal(buf_text(&b), expected);
}

static void hold(struct scene *s, const char *handle, const char *address)
{
    CLEANUP_FREE char *from = mem_format("%s@" WORLD_DOMAIN "/device", handle);
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    struct diag d = {""};
    s->o.address = address;
    if (ask(s, from, &p, &d) < 0)
        fail_msg("%s", d.text);
}

static void registrar_exemptions__published__when_the_day_is_over(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    activate(s, "ben", hash);
    assert_published(s, "");
    hold(s, "anna", "127.0.31.1");
    hold(s, "anna", "127.0.31.2"); /* once an account and day */
    hold(s, "ben", "127.0.31.1");
    assert_published(s, "");
    office_restart(&s->o); /* kept over a restart */
    clock_page_set(&s->o.clock, (DAY + 1) * CALENDAR_DAY_MS - 1);
    assert_published(s, "");
    clock_page_set(&s->o.clock, (DAY + 1) * CALENDAR_DAY_MS);
    assert_published(s, "0: NL 2; ");
    hold(s, "ben", "127.0.31.1");
    clock_page_set(&s->o.clock, (DAY + 4) * CALENDAR_DAY_MS);
    assert_published(s, "0: NL 2; 1: NL 1; "); /* days without: no document in a replay */
    office_restart(&s->o);
    assert_published(s, "0: NL 2; 1: NL 1; ");
}

static void registrar_exemptions__counted__by_country(void **state)
{
    struct scene *s = *state;
    uint8_t hash[HASH_BYTES];
    activate(s, "ben", hash);
    world_publish(
        &s->o.world,
        &(struct world_policy){.serial = 2, .warrant = "W-2", .signers = 2, .exclude = "NL US"});
    office_import(&s->o);
    hold(s, "anna", "127.0.31.1");
    hold(s, "anna", "127.0.1.1"); /* it moved */
    hold(s, "ben", "127.0.1.1");
    clock_page_set(&s->o.clock, (DAY + 1) * CALENDAR_DAY_MS);
    assert_published(s, "0: NL 1 US 2; ");
}

/* How often the public log has it. */
static size_t logged(struct scene *s, const uint8_t hash[static HASH_BYTES])
{
    CLEANUP_FREE struct log_page *page = mem_new(sizeof *page);
    size_t count = 0;
    assert_int_equal(registrar_log_page(s->o.registrar, 0, page, NULL), 0);
    assert_true(page->count == page->size);
    for (size_t i = 0; i < page->count; i++)
        if (page->entries[i].kind == DOCUMENT_EXEMPTIONS &&
            memcmp(page->entries[i].hash, hash, HASH_BYTES) == 0)
            count++;
    return count;
}

/* The document is in the store under its text's hash, for whoever asks, and in the log. */
static void registrar_exemptions__published__as_a_document(void **state)
{
    struct scene *s = *state;
    struct registrar_document x = {0};
    struct diag d = {""};
    uint8_t hash[HASH_BYTES];
    static const char text[] =
        "ironside exemptions 1\nnetwork " WORLD_DOMAIN "\nday 2026-11-23\nexempt NL 1\n";
    hash_sha256(text, strlen(text), hash);
    hold(s, "anna", "127.0.31.1");
    assert_int_equal(registrar_store_document(registrar_database(s->o.registrar), hash, &x, &d),
                     ERR_NOT_FOUND);
    assert_int_equal(logged(s, hash), 0);
    clock_page_set(&s->o.clock, (DAY + 1) * CALENDAR_DAY_MS);
    assert_published(s, "0: NL 1; ");
    assert_int_equal(logged(s, hash), 1);
    assert_int_equal(registrar_store_document(registrar_database(s->o.registrar), hash, &x, &d), 0);
    assert_int_equal(x.kind, DOCUMENT_EXEMPTIONS);
    registrar_document_clear(&x);
    office_restart(&s->o);
    assert_published(s, "0: NL 1; ");
    assert_int_equal(logged(s, hash), 1);
}

static void rename_table(struct scene *s, const char *from, const char *to)
{
    CLEANUP_FREE char *text = mem_format("ALTER TABLE %s RENAME TO %s", from, to);
    struct diag d = {""};
    if (sql_execute(registrar_store_sql(registrar_database(s->o.registrar)), text, &d) < 0)
        fail_msg("%s", d.text);
}

/* Whether the day has its document already cannot be read: who was counted is not forgotten. */
static void registrar_exemptions__kept__while_the_store_cannot_be_read(void **state)
{
    struct scene *s = *state;
    struct diag d = {""};
    hold(s, "anna", "127.0.31.1");
    clock_page_set(&s->o.clock, (DAY + 1) * CALENDAR_DAY_MS);
    rename_table(s, "document", "away");
    assert_true(registrar_places_tick(s->o.registrar, &d) < 0);
    assert_non_null(strstr(d.text, "no such table"));
    rename_table(s, "away", "document");
    office_restart(&s->o); /* after a pause else */
    assert_published(s, "0: NL 1; ");
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(registrar_place__gives__a_token_for_the_day),
        SCENE_TEST(registrar_place__gives__at_the_end_of_the_day),
        cmocka_unit_test(registrar_place__gives__a_live_token),
        cmocka_unit_test(registrar_place_life__fits__at_each_minute_of_a_day),
        SCENE_TEST(registrar_place__refuses__each),
        SCENE_TEST(registrar_place__refuses__without_a_map),
        SCENE_TEST(registrar_place__refuses__what_makes_no_difference),
        SCENE_TEST(registrar_open__refuses__a_bad_map),
        SCENE_TEST(registrar_exemptions__published__when_the_day_is_over),
        SCENE_TEST(registrar_exemptions__counted__by_country),
        SCENE_TEST(registrar_exemptions__published__as_a_document),
        SCENE_TEST(registrar_exemptions__kept__while_the_store_cannot_be_read),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
