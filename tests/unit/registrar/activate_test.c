#include "office.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "network/layout.h"
#include "registrar/internal.h"
#include "wire/certificate.h"

/* An account "anna" with its bundle, and its device's request. */
struct desk {
    struct bundle *bundle;
    struct world_request request;
};

static struct desk desk_of(struct office *o)
{
    struct desk k = {.bundle = office_provision(o, "anna")};
    world_request(&k.request, k.bundle->account, k.bundle->secret);
    (void)office_asked(o);
    return k;
}

static void desk_clear(struct desk *k)
{
    world_request_clear(&k->request);
    bundle_free(k->bundle);
}
#define CLEANUP_DESK CLEANUP(desk_clear)

static int ask(struct office *o, const char *from, const struct world_request *q,
               struct registry_piece *ret)
{
    struct registry_query query = {.what = REGISTRY_ACTIVATE,
                                   .request = (const char *)q->note.data,
                                   .request_len = q->note.len};
    struct diag d = {""};
    memcpy(query.mac, q->mac, sizeof query.mac);
    return registrar_answer(o->registrar, from, &query, ret, &d);
}

static struct certificate *open_piece(struct office *o, const struct registry_piece *p)
{
    struct certificate *c = NULL;
    struct diag d = {""};
    assert_int_equal(p->kind, DOCUMENT_CERTIFICATE);
    assert_int_equal(p->size, p->len);
    if (certificate_open(o->world.network, (const char *)p->data, p->len, &c, &d) < 0)
        fail_msg("%s", d.text);
    return c;
}

static void registrar__activate__issues_a_certificate(void **state)
{
    struct office *o = *state;
    CLEANUP_DESK struct desk k = desk_of(o);
    struct registry_piece p;
    assert_int_equal(office_activate(o, "anna", &k.request, &p), 0);
    CLEANUP(certificate_free_cleanup) struct certificate *c = open_piece(o, &p);
    assert_string_equal(c->account, "anna@" WORLD_DOMAIN);
    assert_int_equal(c->serial, 1);
    assert_memory_equal(c->key, k.request.public, sizeof c->key);
    assert_int_equal(c->omemo_device, 7);
    assert_int_equal(c->from_day, calendar_day_of(registrar_now_ms(o->registrar)));
    assert_in_range(c->until_day - c->from_day, 729, 730);
    assert_memory_equal(p.hash, c->document.hash, HASH_BYTES);
    assert_string_equal(office_asked(o), "end anna keep device; ");
}

/* A crash, or an answer that got lost: the device asks the same again. */
static void registrar__activate__repeats_its_answer(void **state)
{
    struct office *o = *state;
    CLEANUP_DESK struct desk k = desk_of(o);
    struct registry_piece p;
    uint8_t first[HASH_BYTES];
    assert_int_equal(office_activate(o, "anna", &k.request, &p), 0);
    memcpy(first, p.hash, sizeof first);
    office_restart(o);
    assert_int_equal(office_activate(o, "anna", &k.request, &p), 0);
    assert_memory_equal(p.hash, first, sizeof first);
    assert_string_equal(office_asked(o), "end anna keep device; end anna keep device; ");
}

/* The certificate is durable before sessions are ended; until they are, there is no answer. */
static void registrar__activate__answers_when_sessions_have_ended(void **state)
{
    struct office *o = *state;
    CLEANUP_DESK struct desk k = desk_of(o);
    struct registry_piece p;
    o->answer = ERR_TIMEOUT;
    assert_int_equal(office_activate(o, "anna", &k.request, &p), ERR_TIMEOUT);
    o->answer = 0;
    assert_int_equal(office_activate(o, "anna", &k.request, &p), 0);
    CLEANUP(certificate_free_cleanup) struct certificate *c = open_piece(o, &p);
    assert_int_equal(c->serial, 1);
}

static void registrar__activate__uses_a_bundle_once(void **state)
{
    struct office *o = *state;
    CLEANUP_DESK struct desk k = desk_of(o);
    struct registry_piece p;
    struct world_request other;
    struct registrar_account x;
    static const uint8_t zeros[REGISTRY_SECRET_BYTES];
    assert_int_equal(office_activate(o, "anna", &k.request, &p), 0);
    world_request(&other, k.bundle->account, k.bundle->secret);
    assert_int_equal(office_activate(o, "anna", &other, &p), ERR_EXISTS);
    world_request_clear(&other);
    /* The secret is gone: who finds zeros in the database cannot use them. */
    assert_int_equal(registrar_store_account(registrar_database(o->registrar), "anna", &x, NULL),
                     0);
    assert_memory_equal(x.secret, zeros, sizeof zeros);
    world_request(&other, k.bundle->account, zeros);
    assert_int_equal(office_activate(o, "anna", &other, &p), ERR_EXISTS);
    world_request_clear(&other);
}

static void registrar__activate__wants_the_bundles_secret(void **state)
{
    struct office *o = *state;
    CLEANUP_DESK struct desk k = desk_of(o);
    struct registry_piece p;
    k.request.mac[31] ^= 1;
    assert_int_equal(office_activate(o, "anna", &k.request, &p), ERR_AUTH);
    assert_string_equal(office_asked(o), "");
    k.request.mac[31] ^= 1;
    assert_int_equal(office_activate(o, "anna", &k.request, &p), 0);
}

static void registrar__activate__is_for_the_senders_account(void **state)
{
    struct office *o = *state;
    CLEANUP_DESK struct desk k = desk_of(o);
    struct registry_piece p;
    bundle_free(office_provision(o, "bob"));
    (void)office_asked(o);
    assert_int_equal(ask(o, "bob@" WORLD_DOMAIN "/device", &k.request, &p), ERR_AUTH);
    assert_int_equal(ask(o, WORLD_BOT, &k.request, &p), ERR_FORMAT);
    assert_int_equal(ask(o, "anna@" WORLD_DOMAIN, &k.request, &p), ERR_FORMAT);
    assert_int_equal(ask(o, "anna@" WORLD_DOMAIN "/", &k.request, &p), ERR_FORMAT);
    assert_int_equal(ask(o, "anna@" WORLD_BOT "/device", &k.request, &p), ERR_AUTH);
    assert_string_equal(office_asked(o), "");
    assert_int_equal(ask(o, "anna@" WORLD_DOMAIN "/a/b c", &k.request, &p), 0);
    assert_string_equal(office_asked(o), "end anna keep a/b c; ");
}

static void registrar__activate__wants_an_account(void **state)
{
    struct office *o = *state;
    struct registry_piece p;
    struct world_request q;
    static const uint8_t secret[REGISTRY_SECRET_BYTES];
    world_request(&q, "nobody@" WORLD_DOMAIN, secret);
    assert_int_equal(office_activate(o, "nobody", &q, &p), ERR_NOT_FOUND);
    world_request_clear(&q);
}

/* The key signs its own request, so that nobody gets a certificate for another's key. */
static void registrar__activate__wants_the_requests_signature(void **state)
{
    struct office *o = *state;
    CLEANUP_DESK struct desk k = desk_of(o);
    struct registry_piece p;
    for (size_t i = 0; i < k.request.note.len; i += 7) {
        k.request.note.data[i] ^= 1;
        registry_request_mac(k.bundle->secret, (const char *)k.request.note.data,
                             k.request.note.len, k.request.mac);
        int r = office_activate(o, "anna", &k.request, &p);
        assert_true(r == ERR_AUTH || r == ERR_FORMAT);
        k.request.note.data[i] ^= 1;
    }
    assert_string_equal(office_asked(o), "");
}

struct life {
    const char *now, *from, *until;
};

/* Activations at these times of a page that takes the registrar's clock's place. */
static void assert_lives(bool replay, const struct life *cases, size_t count)
{
    struct office o = {.asked = BUF_INIT(1024)};
    struct clock driver;
    char dir[] = "/tmp/ironside-net.XXXXXX";
    assert_non_null(mkdtemp(dir));
    world_make(&o.world, dir, 5222, replay);
    CLEANUP_FREE char *path = layout_path(dir, LAYOUT_CLOCK);
    assert_int_equal(clock_page_create(path, 0, &driver, NULL), 0);
    office_restart(&o);
    clock_clear(&o.registrar->clock);
    assert_int_equal(clock_page_open(path, &o.registrar->clock), 0);
    world_publish(&o.world, &(struct world_policy){.serial = 1, .signers = 2});
    office_import(&o);
    for (size_t i = 0; i < count; i++) {
        int64_t now = 0;
        char handle[16], from[CALENDAR_DAY_LEN + 1], until[CALENDAR_DAY_LEN + 1];
        struct world_request q;
        struct registry_piece p;
        assert_int_equal(calendar_parse(cases[i].now, &now), 0);
        clock_page_set(&driver, now);
        snprintf(handle, sizeof handle, "a%zu", i);
        CLEANUP(bundle_free_cleanup) struct bundle *u = office_provision(&o, handle);
        world_request(&q, u->account, u->secret);
        assert_int_equal(office_activate(&o, handle, &q, &p), 0);
        CLEANUP(certificate_free_cleanup) struct certificate *c = open_piece(&o, &p);
        calendar_format_day(c->from_day, from);
        calendar_format_day(c->until_day, until);
        assert_string_equal(from, cases[i].from);
        assert_string_equal(until, cases[i].until);
        world_request_clear(&q);
    }
    registrar_close(o.registrar);
    clock_clear(&driver);
    world_clear(&o.world, true);
    buf_clear(&o.asked);
}

/* Where February 29th has no counterpart too. */
static void registrar__activate__is_for_two_years(void **state)
{
    (void)state;
    static const struct life cases[] = {
        {"2019-10-07T23:59:59.999Z", "2019-10-07", "2021-10-06"},
        {"2020-02-29T12:00:00.000Z", "2020-02-29", "2022-02-28"},
        {"2022-03-01T00:00:00.000Z", "2022-03-01", "2024-02-29"},
        {"2024-01-01T00:00:00.000Z", "2024-01-01", "2025-12-31"},
    };
    assert_lives(false, cases, sizeof cases / sizeof cases[0]);
}

/* However long a time is replayed. */
static void registrar__activate__is_for_a_whole_replay(void **state)
{
    (void)state;
    static const struct life cases[] = {
        {"1999-12-31T23:59:59.999Z", "1999-12-31", "2099-12-30"},
        {"2000-02-29T12:00:00.000Z", "2000-02-29", "2100-02-28"},
    };
    assert_lives(true, cases, sizeof cases / sizeof cases[0]);
}

/* A stream that had authenticated with the old password can become a session for a while. */
static void registrar__tick__ends_sessions_once_more(void **state)
{
    struct office *o = *state;
    CLEANUP_DESK struct desk k = desk_of(o);
    struct registry_piece p;
    assert_int_equal(registrar_timeout_ms(o->registrar), -1);
    assert_int_equal(office_activate(o, "anna", &k.request, &p), 0);
    assert_int_equal(office_activate(o, "anna", &k.request, &p), 0); /* planned once */
    assert_int_equal(o->registrar->sweep_count, 1);
    assert_in_range(registrar_timeout_ms(o->registrar), 20000, 21000);
    (void)office_asked(o);
    assert_int_equal(registrar_tick(o->registrar, NULL), 0);
    assert_string_equal(office_asked(o), ""); /* not yet */
    o->registrar->sweeps[0].due_ms = 0;
    o->answer = ERR_IO;
    struct diag d = {""};
    assert_int_equal(registrar_tick(o->registrar, &d), ERR_IO);
    assert_in_range(registrar_timeout_ms(o->registrar), 20000, 21000);
    o->answer = 0;
    o->registrar->sweeps[0].due_ms = 0;
    assert_int_equal(registrar_tick(o->registrar, NULL), 0);
    assert_string_equal(office_asked(o), "end anna keep device; ");
    assert_int_equal(registrar_timeout_ms(o->registrar), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OFFICE_TEST(registrar__activate__issues_a_certificate),
        OFFICE_TEST(registrar__activate__repeats_its_answer),
        OFFICE_TEST(registrar__activate__answers_when_sessions_have_ended),
        OFFICE_TEST(registrar__activate__uses_a_bundle_once),
        OFFICE_TEST(registrar__activate__wants_the_bundles_secret),
        OFFICE_TEST(registrar__activate__is_for_the_senders_account),
        OFFICE_TEST(registrar__activate__wants_an_account),
        OFFICE_TEST(registrar__activate__wants_the_requests_signature),
        cmocka_unit_test(registrar__activate__is_for_two_years),
        cmocka_unit_test(registrar__activate__is_for_a_whole_replay),
        OFFICE_TEST(registrar__tick__ends_sessions_once_more),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
