#include "test.h"

#include "wire/bundle.h"

#define B_MAX (4U << 20)
#define PASSWORD "correct horse \"battery\" \\ staple"

struct scene {
    struct fixture *f;
    char *policy;
    struct bundle bundle;
    char *text;
};

static char *text_of(const struct bundle *u)
{
    struct buf b = BUF_INIT_SECRET(B_MAX);
    bundle_put(&b, u);
    assert_false(buf_failed(&b));
    return buf_take_text(&b);
}

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    s->f = fixture_new(NULL);
    fixture_add_warrant(s->f, NULL);
    CLEANUP_FREE char *text = fixture_policy_text(s->f, NULL);
    s->policy = fixture_sign_quorum(s->f, text);
    s->bundle = (struct bundle){
        .account = "anna@chat.example",
        .password = PASSWORD,
        .secret = {1, 2, 3},
        .log_key = {4, 5, 6},
        .host = "chat.example",
        .port = 5222,
        .authority = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        .network = s->f->network_note,
        .policy = s->policy,
        .warrants = {s->f->warrants[0].note},
        .warrant_count = 1};
    s->text = text_of(&s->bundle);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    free(s->text);
    free(s->policy);
    fixture_free(s->f);
    free(s);
    return 0;
}

static void bundle__parse__round_trip(void **state)
{
    const struct scene *s = *state;
    CLEANUP(bundle_free_cleanup) struct bundle *u = NULL;
    assert_int_equal(bundle_parse(s->text, strlen(s->text), &u, NULL), 0);
    assert_string_equal(u->account, "anna@chat.example");
    assert_string_equal(u->password, PASSWORD);
    assert_memory_equal(u->secret, s->bundle.secret, sizeof u->secret);
    assert_memory_equal(u->log_key, s->bundle.log_key, sizeof u->log_key);
    assert_string_equal(u->host, "chat.example");
    assert_int_equal(u->port, 5222);
    assert_string_equal(u->authority, s->bundle.authority);
    assert_string_equal(u->network, s->f->network_note);
    assert_string_equal(u->policy, s->policy);
    assert_int_equal(u->warrant_count, 1);
    assert_string_equal(u->warrants[0], s->f->warrants[0].note);
    CLEANUP_FREE char *again = text_of(u);
    assert_string_equal(again, s->text);
    /* The notes survive as they are: they open. */
    struct network_note *n = NULL;
    assert_int_equal(network_note_open(u->network, strlen(u->network), &n, NULL), 0);
    network_note_free(n);
    bundle_free(NULL);
}

static void bundle__parse__values(void **state)
{
    const struct scene *s = *state;
    static const char *const edits[][3] = {
        {"\"bundle 1\"", "\"bundle 2\"", "not an activation bundle of this version"},
        {"\"ironside\"", "\"Ironside\"", "not an activation bundle of this version"},
        {"\"bundle 1\"", "1", "not an activation bundle of this version"},
        {"\"anna@chat.example\"", "\"\"", "bundle: 'account' is missing or malformed"},
        {"\"anna@chat.example\"", "\"chat.example\"", "bundle: 'account' is missing or malformed"},
        {"\"anna@chat.example\"", "\"Anna@chat.example\"", "bundle: 'account' is missing"},
        {"\"anna@chat.example\"", "[]", "bundle: 'account' is missing or malformed"},
        {"\"account\"", "\"Account\"", "bundle: 'account' is missing or malformed"},
        {"\"password\"", "\"Password\"", "bundle: 'password' is missing or malformed"},
        {"\"correct", "\"\\u0000correct", "not an activation bundle: not JSON"},
        {"\"secret\": \"A", "\"secret\": \"", "bundle: 'secret' is missing or malformed"},
        {"\"secret\"", "\"Secret\"", "bundle: 'secret' is missing or malformed"},
        {"\"secret\": \"A", "\"secret\": \"\\u00e4", "bundle: 'secret' is missing or malformed"},
        {"\"log_key\": \"B", "\"log_key\": \"", "bundle: 'log_key' is missing or malformed"},
        {"\"log_key\"", "\"Log_key\"", "bundle: 'log_key' is missing or malformed"},
        {"\"host\": \"chat.example\"", "\"host\": \"\"", "bundle: 'host' is missing or malformed"},
        {"\"host\": \"chat.example\"", "\"host\": \"a\\nb\"", "bundle: 'host' is missing"},
        {"\"host\": \"chat.example\"", "\"host\": \"127.0.0.1\"", NULL},
        {"5222", "0", "bundle: 'port' is missing or malformed"},
        {"5222", "1", NULL},
        {"5222", "65535", NULL},
        {"5222", "65536", "bundle: 'port' is missing or malformed"},
        {"5222", "-1", "bundle: 'port' is missing or malformed"},
        {"5222", "5222.0", "bundle: 'port' is missing or malformed"},
        {"5222", "\"5222\"", "bundle: 'port' is missing or malformed"},
        {"\"authority\"", "\"Authority\"", "bundle: 'authority' is missing or malformed"},
        {"\"network\"", "\"Network\"", "bundle: 'network' is missing or malformed"},
        {"\"policy\"", "\"Policy\"", "bundle: 'policy' is missing or malformed"},
        {"\"warrants\": [", "\"warrants\": [1,", "bundle: 'warrants' is missing or malformed"},
        {"\"warrants\": [", "\"warrants\": [\"\",", "bundle: 'warrants' is missing or malformed"},
        {"\"warrants\"", "\"Warrants\"", "bundle: 'warrants' is missing or malformed"},
        {"\"warrants\": [", "\"warrants\": {}, \"x\": [", "bundle: 'warrants' is missing"},
        {"\"warrants\": [", "\"warrants\": [], \"x\": [", NULL},
        {"\"host\"", "\"host\": \"b\", \"host\"", "not an activation bundle: not JSON"},
    };
    for (size_t i = 0; i < COUNT(edits); i++) {
        CLEANUP_FREE char *text = replace(s->text, edits[i][0], edits[i][1]);
        CLEANUP(bundle_free_cleanup) struct bundle *u = NULL;
        struct diag d = {""};
        int r = bundle_parse(text, strlen(text), &u, &d);
        if ((r == 0) != (edits[i][2] == NULL) || (u != NULL) != (r == 0))
            fail_msg("%s: %d %s", edits[i][1], r, d.text);
        if (r < 0)
            assert_says(d.text, edits[i][2]);
    }
    static const char *const not_objects[] = {"", "[]", "null", "{", "{}x", "\xff"};
    for (size_t i = 0; i < COUNT(not_objects); i++) {
        struct bundle *u = NULL;
        assert_int_equal(bundle_parse(not_objects[i], strlen(not_objects[i]), &u, NULL),
                         ERR_FORMAT);
        assert_null(u);
    }
}

static void check_sizes(const struct scene *s, size_t password, size_t host, size_t authority,
                        size_t note, size_t warrants, int code)
{
    CLEANUP_FREE char *p = repeat('p', password), *h = repeat('h', host);
    CLEANUP_FREE char *a = repeat('a', authority), *n = repeat('n', note);
    struct bundle u = s->bundle;
    u.password = p;
    u.host = h;
    u.authority = a;
    u.network = u.policy = n;
    for (u.warrant_count = 0; u.warrant_count < warrants && u.warrant_count < POLICY_WARRANTS_MAX;)
        u.warrants[u.warrant_count++] = n;
    CLEANUP_FREE char *text = text_of(&u);
    CLEANUP(bundle_free_cleanup) struct bundle *got = NULL;
    assert_int_equal(bundle_parse(text, strlen(text), &got, NULL), code);
}

static void bundle__parse__sizes(void **state)
{
    const struct scene *s = *state;
    check_sizes(s, BUNDLE_PASSWORD_MAX, VALUE_DOMAIN_MAX, BUNDLE_AUTHORITY_MAX, VALUE_NOTE_MAX, 1,
                0);
    check_sizes(s, BUNDLE_PASSWORD_MAX + 1, 1, 1, 1, 0, ERR_FORMAT);
    check_sizes(s, 1, VALUE_DOMAIN_MAX + 1, 1, 1, 0, ERR_FORMAT);
    check_sizes(s, 1, 1, BUNDLE_AUTHORITY_MAX + 1, 1, 0, ERR_FORMAT);
    check_sizes(s, 1, 1, 1, VALUE_NOTE_MAX + 1, 0, ERR_FORMAT);
    check_sizes(s, 1, 1, 1, 50000, POLICY_WARRANTS_MAX, 0);
    check_sizes(s, 1, 1, 1, VALUE_NOTE_MAX, POLICY_WARRANTS_MAX, ERR_LIMIT); /* over 1 MiB */

    /* One warrant more. */
    CLEANUP_BUF struct buf b = BUF_INIT(B_MAX);
    buf_put_text(&b, "\"warrants\": [");
    for (size_t i = 0; i < POLICY_WARRANTS_MAX; i++)
        buf_put_text(&b, "\"n\",");
    CLEANUP_FREE char *more = replace(s->text, "\"warrants\": [", buf_text(&b));
    struct bundle *u = NULL;
    assert_int_equal(bundle_parse(more, strlen(more), &u, NULL), ERR_FORMAT);
}

static void bundle__put__not_text(void **state)
{
    const struct scene *s = *state;
    struct bundle bad[3] = {s->bundle, s->bundle, s->bundle};
    bad[0].password = "\xff";
    bad[1].warrants[0] = "\xc3";
    bad[2].policy = "\xed\xa0\x80";
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT_SECRET(B_MAX);
        bundle_put(&b, &bad[i]);
        assert_true(buf_failed(&b));
    }
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(bundle__parse__round_trip),
        SCENE_TEST(bundle__parse__values),
        SCENE_TEST(bundle__parse__sizes),
        SCENE_TEST(bundle__put__not_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
