/* The device's side of place tokens: when it asks, what it takes, how long a message waits. */
#include "tokens.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/places.h"
#include "logged.h"

#define HOUR_MS INT64_C(3600000)

struct scene {
    struct tokens t;
    char *folder;
    struct clock clock;
    struct device d; /* anna's */
    struct arena arena;
    unsigned asked; /* queries so far */
    device_answer *answer;
    void *answer_context;
    bool away; /* queries fail */
};

static int on_query(void *context, const char *to, const char *type, const char *payload,
                    device_answer *answer, void *answer_context)
{
    struct scene *s = context;
    if (s->away)
        return ERR_INVALID_STATE;
    assert_string_equal(to, "registrar.chat.example");
    assert_string_equal(type, "get");
    assert_string_equal(payload, "<place xmlns='urn:ironside:registrar:1'/>");
    assert_null(s->answer); /* one at a time */
    s->asked++;
    s->answer = answer;
    s->answer_context = answer_context;
    return 0;
}

static void put_rules(struct scene *s)
{
    const struct policy_set *rules = s->t.rules;
    struct store_policy row = {.serial = rules->policy->serial};
    const struct document *d = &rules->policy->document;
    memcpy(row.hash, d->hash, HASH_BYTES);
    assert_int_equal(store_put_document(s->d.store, DOCUMENT_POLICY, d->hash, d->note), 0);
    assert_int_equal(store_put_policy(s->d.store, &row), 0);
    for (size_t i = 0; i < rules->policy->warrant_count; i++) {
        const struct document *w = &rules->warrants[i]->document, *e = &rules->epochs[i]->document;
        assert_int_equal(store_put_document(s->d.store, DOCUMENT_WARRANT, w->hash, w->note), 0);
        assert_int_equal(store_put_document(s->d.store, DOCUMENT_EPOCHS, e->hash, e->note), 0);
    }
}

static int set_up(void **state)
{
    static const uint8_t key[VAULT_KEY_BYTES] = {1};
    const struct vault_key vault = {.bytes = key};
    char folder[] = "/tmp/ironside-places.XXXXXX";
    struct scene *s = mem_new(sizeof *s);
    struct diag d = {""};
    tokens_open(&s->t);
    assert_non_null(mkdtemp(folder));
    s->folder = mem_string(folder);
    CLEANUP_FREE char *page = file_join(folder, "clock");
    CLEANUP_FREE char *store = file_join(folder, "store");
    assert_int_equal(clock_page_create(page, FIXTURE_AT, &s->clock, NULL), 0);
    if (store_create(store, &vault, &d) < 0 || store_open(store, &vault, &s->d.store, &d) < 0)
        fail_msg("%s", d.text);
    s->arena = (struct arena)ARENA_INIT(1 << 20);
    s->d.o.clock = s->clock;
    s->d.o.net = (struct device_net){.context = s, .query = on_query};
    s->d.net = s->t.f->network;
    s->d.certificate = s->t.anna->certificate;
    s->d.newest = s->t.rules->policy->serial;
    s->d.arena = (struct arena)ARENA_INIT(1 << 20);
    s->d.online = true;
    s->d.publishing = s->d.proving = true; /* nothing else is to be asked */
    s->d.next_policy_ms = INT64_MAX / 2;
    put_rules(s);
    logged_open(&s->d, &s->t);
    device_places_begin(&s->d, false);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    place_free(s->d.place);
    device_drop_rules(&s->d);
    device_drop_wants(&s->d);
    device_log_clear(&s->d);
    store_close(s->d.store);
    clock_clear(&s->clock);
    arena_clear(&s->arena);
    arena_clear(&s->d.arena);
    assert_int_equal(file_remove_tree(s->folder, NULL), 0);
    tokens_close(&s->t);
    free(s->folder);
    free(s);
    return 0;
}

/* The registrar answers; NULL: the session ended before. */
static void reply(struct scene *s, const char *xml)
{
    struct xml_element *iq = NULL;
    device_answer *answer = TAKE(s->answer);
    assert_non_null(answer);
    if (xml != NULL)
        assert_int_equal(xml_parse(&s->arena, xml, strlen(xml), &iq), 0);
    answer(s->answer_context, iq);
    (void)device_tick(&s->d);
}

static void reply_note(struct scene *s, const char *note)
{
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    buf_put_text(&b, "<iq xmlns='jabber:client' type='result'>");
    registry_put_place(&b, note, strlen(note));
    buf_put_text(&b, "</iq>");
    reply(s, buf_text(&b));
}

static void reply_token(struct scene *s, enum token kind)
{
    CLEANUP_FREE char *note = token_make(&s->t, kind, "NL");
    reply_note(s, note);
}

static void reply_error(struct scene *s, const char *condition)
{
    CLEANUP_FREE char *xml =
        mem_format("<iq xmlns='jabber:client' type='error'><error><%s "
                   "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
                   condition);
    reply(s, xml);
}

static enum have known(struct scene *s)
{
    return device_places_known(&s->d, s->t.rules);
}

static void device_places__known__with_the_answer(void **state)
{
    struct scene *s = *state;
    assert_int_equal(known(s), HAVE_NOT_YET);
    assert_int_equal(known(s), HAVE_NOT_YET);
    assert_int_equal(s->asked, 1);
    assert_null(device_places_token(&s->d));
    reply_token(s, TOKEN_GOOD);
    assert_int_equal(known(s), HAVE);
    assert_string_equal(device_places_token(&s->d)->country, "NL");
    assert_int_equal(s->asked, 1);
}

static void device_places__known__when_none_is_needed(void **state)
{
    struct scene *s = *state;
    assert_int_equal(known(s), HAVE_NOT_YET);
    reply_error(s, "item-not-found");
    assert_int_equal(known(s), HAVE);
    assert_null(device_places_token(&s->d));
    assert_int_equal(s->asked, 1);
}

/* Where the policy is the same everywhere nothing is asked. */
static void device_places__known__without_asking(void **state)
{
    struct scene *s = *state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    fixture_add_warrant(f, NULL);
    CLEANUP(policy_set_free_cleanup) struct policy_set *same = fixture_policy(f, NULL);
    assert_int_equal(device_places_known(&s->d, same), HAVE);
    assert_int_equal(s->asked, 0);
}

static int keep_last(void *context, const struct store_notice *n)
{
    struct buf *b = context;
    buf_reset(b);
    buf_put_text(b, n->text);
    return 0;
}

static void device_places__takes__no_bad_token(void **state)
{
    struct scene *s = *state;
    static const struct {
        enum token kind;
        const char *says;
    } cases[] = {
        {TOKEN_FORGED, "place: not signed by registrar.chat.example"},
        {TOKEN_CHANGED, "place: the signature of registrar.chat.example does not match its text"},
        {TOKEN_EXPIRED, "another device's, or not in force by this device's clock"},
        {TOKEN_AHEAD, "another device's, or not in force by this device's clock"},
        {TOKEN_OF_BEN, "another device's, or not in force by this device's clock"},
        {TOKEN_OTHER_NETWORK, "place: line 'network other.example': belongs to another network"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP_BUF struct buf notice = BUF_INIT(4096);
        CLEANUP_FREE char *says = mem_format(
            "the registrar gave a place token that is not to be used: %s", cases[i].says);
        device_places_begin(&s->d, false);
        assert_int_equal(known(s), HAVE_NOT_YET);
        reply_token(s, cases[i].kind);
        assert_null(device_places_token(&s->d));
        assert_int_equal(known(s), HAVE_NOT_YET); /* asked again, after a pause */
        assert_int_equal(s->asked, i + 1);
        assert_int_equal(store_notices(s->d.store, 0, keep_last, &notice), 0);
        assert_string_equal(buf_text(&notice), says);
    }
}

/* No answer is waited for for ever: then the message goes as from anywhere. */
static void device_places__known__after_a_while(void **state)
{
    struct scene *s = *state;
    static const char *const conditions[] = {"internal-server-error", "service-unavailable"};
    for (size_t i = 0; i < 3; i++) {
        device_places_begin(&s->d, false);
        assert_int_equal(known(s), HAVE_NOT_YET);
        if (i < 2)
            reply_error(s, conditions[i]);
        else
            reply(s, NULL);
        assert_int_equal(known(s), HAVE_NOT_YET);
        assert_true(device_places_due(&s->d) > 0 && device_places_due(&s->d) <= PLACES_WAIT_MS);
        s->d.places.waiting_since_ms -= PLACES_WAIT_MS;
        assert_int_equal(known(s), HAVE);
        assert_null(device_places_token(&s->d));
    }
    s->away = true;
    device_places_begin(&s->d, false);
    assert_int_equal(known(s), HAVE_NOT_YET);
    assert_null(s->answer);
}

/* Where one is demanded a message waits, however long, and the registrar is asked again: without
 * an answer with its usual pauses, and each minute when it knew no country. */
static void device_places__known__only_with_a_demanded_one(void **state)
{
    struct scene *s = *state;
    s->d.o.clock = clock_live();
    assert_int_equal(device_places_known(&s->d, s->t.demanding), HAVE_NOT_YET);
    reply_error(s, "service-unavailable");
    s->d.places.waiting_since_ms -= PLACES_WAIT_MS;
    assert_int_equal(device_places_known(&s->d, s->t.demanding), HAVE_NOT_YET);
    s->d.places.next_ms = 0;
    assert_int_equal(device_places_known(&s->d, s->t.demanding), HAVE_NOT_YET);
    reply_error(s, "item-not-found");
    assert_int_equal(device_places_known(&s->d, s->t.demanding), HAVE);
    assert_null(device_places_token(&s->d));
    s->d.places.demanded = true; /* which the newest policy says */
    assert_true(device_places_due(&s->d) > 50000 && device_places_due(&s->d) <= 60000);
    assert_int_equal(s->asked, 2);
    s->d.places.next_ms = 0;
    device_places_upkeep(&s->d);
    assert_int_equal(s->asked, 3);
}

static void device_places__forgets__with_the_session(void **state)
{
    struct scene *s = *state;
    assert_int_equal(known(s), HAVE_NOT_YET);
    reply_token(s, TOKEN_GOOD);
    device_places_begin(&s->d, false);
    assert_null(device_places_token(&s->d));
    assert_int_equal(known(s), HAVE_NOT_YET);
    assert_int_equal(s->asked, 2);
    /* That session has ended, too, before its answer comes: the answer is not this one's. */
    device_places_begin(&s->d, false);
    reply_token(s, TOKEN_GOOD);
    assert_null(device_places_token(&s->d));
    assert_int_equal(known(s), HAVE_NOT_YET);
    assert_int_equal(s->asked, 3);
}

static void device_places__asks__by_a_new_policy(void **state)
{
    struct scene *s = *state;
    assert_int_equal(known(s), HAVE_NOT_YET);
    reply_error(s, "item-not-found");
    device_places_begin(&s->d, true);
    assert_int_equal(known(s), HAVE_NOT_YET);
    reply_token(s, TOKEN_GOOD);
    device_places_begin(&s->d, true);
    assert_non_null(device_places_token(&s->d)); /* until the answer comes */
    assert_int_equal(known(s), HAVE_NOT_YET);
    reply_error(s, "item-not-found");
    assert_null(device_places_token(&s->d));
    assert_int_equal(s->asked, 3);
}

static void device_places__asks__when_it_has_ended(void **state)
{
    struct scene *s = *state;
    assert_int_equal(known(s), HAVE_NOT_YET);
    reply_token(s, TOKEN_GOOD);
    clock_page_set(&s->clock, s->d.place->until_unix_ms);
    assert_int_equal(known(s), HAVE);
    clock_page_set(&s->clock, s->d.place->until_unix_ms + 1);
    assert_null(device_places_token(&s->d));
    assert_int_equal(known(s), HAVE_NOT_YET);
    assert_int_equal(s->asked, 2);
}

static void device_places__gives_up__after_two_refusals(void **state)
{
    struct scene *s = *state;
    assert_int_equal(known(s), HAVE_NOT_YET);
    reply_token(s, TOKEN_GOOD);
    assert_true(device_places_refused(&s->d));
    assert_null(device_places_token(&s->d));
    device_places_accepted(&s->d);
    assert_true(device_places_refused(&s->d));
    assert_false(device_places_refused(&s->d));
}

/* On a live network it asks as soon as a session has begun, and an hour before the end. */
static void device_places__upkeep__of_a_live_network(void **state)
{
    struct scene *s = *state;
    struct clock live = clock_live();
    int64_t now = clock_now_ms(&live);
    device_places_upkeep(&s->d);
    assert_int_equal(s->asked, 0); /* in a replay, with its message */
    s->d.o.clock = live;
    CLEANUP_FREE char *fresh = fixture_place(s->t.f, s->t.anna, "NL", now);
    CLEANUP_FREE char *old =
        fixture_place(s->t.f, s->t.anna, "NL", now + 60000 - PLACE_LIFE_MAX_MS + 10000);
    device_places_upkeep(&s->d);
    assert_int_equal(s->asked, 1);
    reply_note(s, fresh);
    device_places_upkeep(&s->d);
    assert_int_equal(s->asked, 1);
    assert_true(device_places_due(&s->d) > 20 * HOUR_MS);
    device_places_begin(&s->d, false);
    device_places_upkeep(&s->d);
    reply_note(s, old); /* ten seconds are left */
    assert_non_null(device_places_token(&s->d));
    assert_int_equal(s->asked, 3); /* asked again at once */
    reply_note(s, fresh);
    assert_true(s->d.place->until_unix_ms > now + 20 * HOUR_MS);
    assert_int_equal(s->asked, 3);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(device_places__known__with_the_answer),
        SCENE_TEST(device_places__known__when_none_is_needed),
        SCENE_TEST(device_places__known__without_asking),
        SCENE_TEST(device_places__takes__no_bad_token),
        SCENE_TEST(device_places__known__after_a_while),
        SCENE_TEST(device_places__known__only_with_a_demanded_one),
        SCENE_TEST(device_places__forgets__with_the_session),
        SCENE_TEST(device_places__asks__by_a_new_policy),
        SCENE_TEST(device_places__asks__when_it_has_ended),
        SCENE_TEST(device_places__gives_up__after_two_refusals),
        SCENE_TEST(device_places__upkeep__of_a_live_network),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
