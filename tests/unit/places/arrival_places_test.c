/* What a recipient says to messages whose seal was left off, by their place token. */
#include "tokens.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/arrival.h"
#include "logged.h"

struct scene {
    struct tokens t;
    char *folder;
    struct clock clock;
    struct device d; /* ben's */
    struct arena arena;
};

static void put_document(struct scene *s, enum document_kind kind, const struct document *x)
{
    assert_int_equal(store_put_document(s->d.store, kind, x->hash, x->note), 0);
}

/* ben's device holds the policy with all that it names, and anna's certificate. */
static void fill_store(struct scene *s)
{
    const struct policy_set *rules = s->t.rules;
    struct store_policy row = {.serial = rules->policy->serial};
    memcpy(row.hash, rules->policy->document.hash, HASH_BYTES);
    put_document(s, DOCUMENT_POLICY, &rules->policy->document);
    assert_int_equal(store_put_policy(s->d.store, &row), 0);
    for (size_t i = 0; i < rules->policy->warrant_count; i++) {
        put_document(s, DOCUMENT_WARRANT, &rules->warrants[i]->document);
        put_document(s, DOCUMENT_EPOCHS, &rules->epochs[i]->document);
    }
    put_document(s, DOCUMENT_CERTIFICATE, &s->t.anna->certificate->document);
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
    s->d.o.clock = s->clock;
    s->d.net = s->t.f->network;
    s->d.certificate = s->t.ben->certificate;
    s->d.newest = s->t.rules->policy->serial;
    strcpy(s->d.account, s->t.ben->account);
    s->arena = (struct arena)ARENA_INIT(1 << 20);
    fill_store(s);
    logged_open(&s->d, &s->t);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    device_drop_rules(&s->d);
    device_drop_wants(&s->d);
    device_log_clear(&s->d);
    store_close(s->d.store);
    clock_clear(&s->clock);
    arena_clear(&s->arena);
    assert_int_equal(file_remove_tree(s->folder, NULL), 0);
    tokens_close(&s->t);
    free(s->folder);
    free(s);
    return 0;
}

/* anna's message to ben, unsealed as from NL, with this token. Gives the refusal, or "". */
static const char *judge(struct scene *s, enum token kind, const char *country, const char *bot)
{
    static char why[256];
    const char *const to[] = {s->t.ben->account};
    CLEANUP_FREE char *token = token_make(&s->t, kind, country);
    const struct fixture_message_options o = {
        .to = to, .to_count = 1, .country = "NL", .place = token, .bot = bot};
    CLEANUP(fixture_message_free_cleanup)
    struct fixture_message *m = fixture_message_new(s->t.f, s->t.rules, s->t.anna, &o);
    CLEANUP_FREE char *text = fixture_stanza(m, false);
    struct xml_element *x = NULL;
    assert_int_equal(m->cover.count, 0);
    assert_int_equal(xml_parse(&s->arena, text, strlen(text), &x), 0);
    struct arrival a = {.d = &s->d, .stanza = x, .arena = &s->arena};
    enum fate f = arrival_judge(&a);
    assert_true(f == SHOW || f == REFUSE);
    snprintf(why, sizeof why, "%s", f == SHOW ? "" : a.why);
    arena_reset(&s->arena);
    return why;
}

static void arrival_judge__shows__an_exempt_message(void **state)
{
    assert_string_equal(judge(*state, TOKEN_GOOD, "NL", NULL), "");
}

static void arrival_judge__refuses__each_bad_token(void **state)
{
    static const struct {
        enum token kind;
        const char *country, *says;
    } cases[] = {
        {TOKEN_FORGED, "NL",
         "its place token is not to be trusted (place: not signed by registrar.chat.example)"},
        {TOKEN_BY_CUSTODIANS, "NL",
         "its place token is not to be trusted (place: not signed by registrar.chat.example)"},
        {TOKEN_CHANGED, "BE",
         "its place token is not to be trusted (place: the signature of registrar.chat.example "
         "does "
         "not match its text)"},
        {TOKEN_EXPIRED, "NL", "its place token was not in force when it was sent"},
        {TOKEN_AHEAD, "NL", "its place token was not in force when it was sent"},
        {TOKEN_OF_BEN, "NL", "its place token is another device's"},
        {TOKEN_OTHER_NETWORK, "NL",
         "its place token is not to be trusted (place: line 'network other.example': belongs to "
         "another network)"},
        {TOKEN_NONE, "NL", "a warrant covers it, but it is not sealed for the archive"},
        {TOKEN_GOOD, "BE", "a warrant covers it, but it is not sealed for the archive"},
        {TOKEN_GOOD, "DE", "it went to a bot that is not its sender's"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(judge(*state, cases[i].kind, cases[i].country, NULL), cases[i].says);
}

/* The clock is past the token's end when the message comes. */
static void arrival_judge__refuses__after_its_end(void **state)
{
    struct scene *s = *state;
    clock_page_set(&s->clock, FIXTURE_AT - 60000 + PLACE_LIFE_MAX_MS);
    assert_string_equal(judge(s, TOKEN_GOOD, "NL", NULL), "");
    clock_page_set(&s->clock, FIXTURE_AT - 60000 + PLACE_LIFE_MAX_MS + 1);
    assert_string_equal(judge(s, TOKEN_GOOD, "NL", NULL),
                        "its place token was not in force when it was sent");
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(arrival_judge__shows__an_exempt_message),
        SCENE_TEST(arrival_judge__refuses__each_bad_token),
        SCENE_TEST(arrival_judge__refuses__after_its_end),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
