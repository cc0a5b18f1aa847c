#include "tamper.h"

#include "base/encode.h"

#define KEY "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define HASH "0101010101010101010101010101010101010101010101010101010101010101"
#define SINCE "2021-06-07T00:00:00.000Z"
#define SINCE_MS (FIXTURE_DAY * INT64_C(86400000))

static int open_it(void *context, const char *note, size_t len, struct diag *d)
{
    const struct fixture *f = context;
    struct policy *p = NULL;
    int r = policy_open(f->network, note, len, &p, d);
    assert_true((r == 0) == (p != NULL));
    if (r == 0) {
        struct buf b = BUF_INIT(1U << 20);
        policy_format(&b, FIXTURE_DOMAIN, p);
        assert_written(&p->document, &b);
    }
    policy_free(p);
    return r;
}

static char *sign_it(void *context, const char *text)
{
    return fixture_sign_quorum(context, text);
}

static struct tamper tamper_of(struct fixture *f, const char *text)
{
    return (struct tamper){.kind = "policy",
                           .text = text,
                           .open = open_it,
                           .sign = sign_it,
                           .context = f,
                           .max = VALUE_NOTE_MAX};
}

/* Two bots, two warrants, one of each revocation. */
static struct fixture *full_fixture(void)
{
    struct fixture *f = fixture_new(NULL);
    struct fixture_warrant_options second = {.id = "2019-0148"};
    fixture_add_bot(f, "ibot-us.chat.example", "CA US");
    fixture_add_warrant(f, &second);
    fixture_add_warrant(f, NULL);
    return f;
}

static const struct fixture_policy_options full_policy = {
    .serial = 7,
    .revoked = "revoked certificate " HASH " " SINCE "\n"
               "revoked bot-key " KEY " " SINCE "\n"
               "revoked warrant 2018-0001 " SINCE "\n"};

static struct policy *opened(const struct fixture *f, const char *text)
{
    struct policy *p = NULL;
    CLEANUP_FREE char *note = fixture_sign_quorum(f, text);
    assert_int_equal(policy_open(f->network, note, strlen(note), &p, NULL), 0);
    return p;
}

static void policy__open__fields(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = full_fixture();
    CLEANUP_FREE char *text = fixture_policy_text(f, &full_policy);
    CLEANUP(policy_free_cleanup) struct policy *p = opened(f, text);
    assert_int_equal(p->serial, 7);
    assert_true(p->issued_unix_ms == FIXTURE_AT);
    assert_int_equal(p->bot_count, 2);
    assert_true(p->bots[0].is_default);
    assert_false(p->bots[1].is_default);
    assert_memory_equal(p->bots[1].key, f->bots[1].signer.key.key, SIGN_PUBLIC_BYTES);
    assert_int_equal(p->bots[0].country_count, 0);
    assert_int_equal(p->bots[1].country_count, 2);
    assert_string_equal(p->bots[1].countries[1], "US");
    assert_int_equal(p->warrant_count, 2);
    assert_string_equal(p->warrants[0].id, "2019-0147");
    assert_memory_equal(p->warrants[0].hash, f->warrants[1].hash, HASH_BYTES);
    assert_int_equal(p->revoked_count, 3);
    assert_int_equal(p->revoked[2].kind, POLICY_REVOKED_WARRANT);
    assert_string_equal(p->revoked[2].warrant, "2018-0001");
    assert_true(p->stop_without_warrant);
    assert_string_equal(p->notice, "This network keeps records of what is written in it.");
    policy_free(NULL);
}

static void policy__open__least(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_policy_options o = {.without = "open", .notice = "x", .serial = UINT32_MAX};
    CLEANUP_FREE char *text = fixture_policy_text(f, &o);
    CLEANUP(policy_free_cleanup) struct policy *p = opened(f, text);
    assert_false(p->stop_without_warrant);
    assert_int_equal(p->warrant_count + p->revoked_count, 0);
    assert_true(p->serial == UINT32_MAX);
}

static void policy__open__lines(void **state)
{
    (void)state;
    static const struct tamper_line says[] = {
        {"'ironside' is expected here", "line 'ironside policy 2': 'network' is expected here",
         "'ironside' is expected here"},
        {"'network' is expected here", "line 'network chat.example': 'serial' is expected here",
         "'network' is expected here"},
        {"'serial' is expected here", "line 'serial 7': 'previous' is expected here",
         "'serial' is expected here"},
        {"'previous' is expected here", "'issued' is expected here", "'previous' is expected here"},
        {"'issued' is expected here", "'bot' is expected here", "'issued' is expected here"},
        {"exactly one bot must be the default", "the same bot or key twice", NULL},
        {NULL, "the same bot or key twice", "line 'bot ibot-us.chat.example"},
        {NULL, "not in ascending order", "not in ascending order"},
        {NULL, "not in ascending order", "line 'warrant 2019-0148"},
        {NULL, NULL, NULL}, /* revocations: in any order, as often as one likes */
        {NULL, NULL, NULL},
        {NULL, NULL, "line 'revoked warrant 2018-0001 " SINCE "': 'notice' is expected here"},
        {"'without-warrant' is expected here",
         "line 'without-warrant stop': 'notice' is expected here",
         "'without-warrant' is expected here"},
        {"the line 'notice' is missing at the end", "line 'notice This network keeps", NULL},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = full_fixture();
    CLEANUP_FREE char *text = fixture_policy_text(f, &full_policy);
    struct tamper t = tamper_of(f, text);
    tamper_lines(&t, says, COUNT(says));
    tamper_bytes(&t);
    tamper_quorum(&t, f);
    const char *bots = strstr(text, "bot "), *behind = strstr(text, "warrant 2019-0147");
    CLEANUP_FREE char *none = mem_format("%.*s%s", (int)(bots - text), text, behind);
    tamper_check(&t, none, "'bot' is expected here");
}

static void policy__open__values(void **state)
{
    (void)state;
    static const struct tamper_value cases[] = {
        {"policy 2", "policy 1", "not this kind of document, or another version"},
        {"policy 2", "network 2", "not this kind of document"},
        {"network chat.example", "network other.example", "belongs to another network"},
        {"serial 7", "serial 0", "line 'serial 0': serials start at 1"},
        {"serial 7", "serial 4294967295", NULL},
        {"serial 7", "serial 1", "line 'previous 0000"}, /* none is before the first one */
        {"previous 0", "previous 00", "not a SHA-256 in hexadecimal"},
        {"previous 0", "previous A", "not a SHA-256 in hexadecimal"},
        {"serial 7", "serial 4294967296", "not a number in its range"},
        {"serial 7", "serial 07", "not a number in its range"},
        {"issued 2021-06-07T10:11:12.123Z", "issued 2021-06-07", "not an instant as YYYY-MM-DDT"},
        {"bot ibot.chat.example", "bot Ibot.chat.example", "not ADDRESS KEY default|countries"},
        {"bot ibot.chat.example", "bot ibot@chat.example", "not ADDRESS KEY default|countries"},
        {"bot ibot.chat.example ", "bot ibot.chat.example x", "not ADDRESS KEY default|countries"},
        {"bot ibot.chat.example", "bot ibot-us.chat.example", "the same bot or key twice"},
        {"default", "default NL", "neither default nor countries CC"},
        {"default", "Default", "neither default nor countries CC"},
        {"default", "default ", "an empty word"},
        {" default", "", "not ADDRESS KEY default|countries"},
        {"default", "countries NL", "line 'bot': exactly one bot must be the default"},
        {"countries CA US", "default", "exactly one bot must be the default"},
        {"countries CA US", "countries", "neither default nor countries CC"},
        {"countries CA US", "countries US CA", "line 'bot CA': not country codes in ascending"},
        {"countries CA US", "countries CA CA", "not country codes in ascending order"},
        {"countries CA US", "countries ca us", "not country codes in ascending order"},
        {"countries CA US", "nations CA US", "neither default nor countries CC"},
        {"warrant 2019-0147", "warrant 2019-0149", "line 'warrant 2019-0148"},
        {"warrant 2019-0147", "warrant 2019-0148", "not in ascending order"},
        {"warrant 2019-0147", "warrant 2019/0147", "not ID SHA-256"},
        {"warrant 2019-0147 ", "warrant 2019-0147 A", "not ID SHA-256"},
        {"warrant 2019-0147 ", "warrant 2019-0147", "not ID SHA-256"},
        {"warrant 2019-0147", "warrant 2019-0147 x", "too many words"},
        {"revoked certificate", "revoked device", "not certificate|bot-key|warrant ID SINCE"},
        {"revoked certificate " HASH, "revoked certificate " KEY, "not certificate|bot-key|warr"},
        {"revoked bot-key " KEY, "revoked bot-key " HASH, "not certificate|bot-key|warrant ID"},
        {"revoked warrant 2018-0001", "revoked warrant 2018/0001", "not certificate|bot-key|warr"},
        {"revoked certificate " HASH " " SINCE, "revoked certificate " HASH, "not certificate|bot"},
        {HASH " " SINCE, HASH " 2021-06-07", "not certificate|bot-key|warrant ID SINCE"},
        {HASH " " SINCE, HASH " " SINCE " x", "too many words"},
        {"without-warrant stop", "without-warrant close", "neither stop nor open"},
        {"without-warrant stop", "without-warrant open", NULL},
        {"notice This", "notice \xc2\x80", "not a line of text"},
        {"notice This", "notice \x7f", "not a line of text"},
        {"notice This",
         "notice \xe2\x80\x9c"
         "Das\xe2\x80\x9d",
         NULL},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = full_fixture();
    CLEANUP_FREE char *text = fixture_policy_text(f, &full_policy);
    struct tamper t = tamper_of(f, text);
    tamper_values(&t, cases, COUNT(cases));
    /* Two bots with one key could not be told apart in a chain. */
    char key[64] = "";
    memcpy(key, strstr(text, "ibot.chat.example ") + 18, 44);
    const char *second = strstr(text, "ibot-us.chat.example ") + 21;
    CLEANUP_FREE char *same = mem_format("%.*s%s%s", (int)(second - text), text, key, second + 44);
    tamper_check(&t, same, "the same bot or key twice");
}

/* The policy with so many lines of each kind. */
static void check_counts(size_t bots, size_t warrants, size_t revoked, size_t notice,
                         const char *says)
{
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct tamper t = tamper_of(f, NULL);
    struct buf b = BUF_INIT(1U << 20);
    buf_put_text(&b, "ironside policy 2\nnetwork chat.example\nserial 1\nissued " SINCE "\n");
    for (size_t i = 0; i < bots; i++) {
        uint8_t key[32] = {(uint8_t)i};
        buf_format(&b, "bot b%zu.chat.example ", i);
        encode_base64_buf(&b, key, sizeof key);
        buf_put_text(&b, i == 0 ? " default\n" : " countries NL\n");
    }
    for (size_t i = 0; i < warrants; i++)
        buf_format(&b, "warrant w%03zu " HASH "\n", i);
    for (size_t i = 0; i < revoked; i++)
        buf_format(&b, "revoked warrant w%zu " SINCE "\n", i);
    CLEANUP_FREE char *fill = repeat('n', notice);
    buf_format(&b, "without-warrant stop\nnotice %s\n", fill);
    tamper_check(&t, buf_text(&b), says);
    buf_clear(&b);
}

static void policy__open__caps(void **state)
{
    (void)state;
    check_counts(POLICY_BOTS_MAX, 0, 0, 1, NULL);
    check_counts(POLICY_BOTS_MAX + 1, 0, 0, 1, "more than 8 bots");
    check_counts(1, POLICY_WARRANTS_MAX, 0, 1, NULL);
    check_counts(1, POLICY_WARRANTS_MAX + 1, 0, 1, "more than 16 warrants");
    check_counts(1, 0, POLICY_REVOKED_MAX, 1, NULL);
    check_counts(1, 0, POLICY_REVOKED_MAX + 1, 1, "more than 500 revocations");
    check_counts(1, 0, 0, POLICY_NOTICE_MAX, NULL);
    check_counts(1, 0, 0, POLICY_NOTICE_MAX + 1, "not a line of text");
    check_counts(POLICY_BOTS_MAX, POLICY_WARRANTS_MAX, POLICY_REVOKED_MAX, POLICY_NOTICE_MAX, NULL);
}

static void policy__open_unsigned__draft(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP_FREE char *text = fixture_policy_text(f, NULL);
    CLEANUP_FREE char *note = fixture_sign(text, f->custodians, 1);
    struct policy *p = NULL;
    struct diag d;
    assert_int_equal(policy_open(f->network, note, strlen(note), &p, &d), ERR_AUTH);
    assert_int_equal(policy_open_unsigned("other.example", note, strlen(note), &p, &d), ERR_FORMAT);
    assert_int_equal(policy_open_unsigned("chat.example", note, strlen(note), &p, &d), 0);
    policy_free(p);

    CLEANUP_FREE char *bare = mem_format("%s\n", text);
    p = NULL;
    assert_int_equal(policy_open(f->network, bare, strlen(bare), &p, &d), ERR_FORMAT);
    assert_int_equal(policy_open_unsigned("chat.example", bare, strlen(bare), &p, &d), 0);
    policy_free(p);
    p = NULL;
    assert_int_equal(policy_open_unsigned("chat.example", text, strlen(text), &p, &d), ERR_FORMAT);
    assert_null(p);
}

/* A policy with that many milliseconds added to `issued`. */
static struct policy *chained(const struct fixture *f, uint32_t serial, const struct policy *before,
                              int64_t later_ms)
{
    const struct fixture_policy_options o = {.serial = serial,
                                             .previous =
                                                 before == NULL ? NULL : before->document.hash,
                                             .issued_unix_ms = FIXTURE_AT + later_ms};
    CLEANUP_FREE char *text = fixture_policy_text(f, &o);
    return opened(f, text);
}

static void policy__follows__chain(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = full_fixture();
    CLEANUP(policy_free_cleanup) struct policy *one = chained(f, 1, NULL, 0);
    CLEANUP(policy_free_cleanup) struct policy *two = chained(f, 2, one, 0);
    CLEANUP(policy_free_cleanup) struct policy *other = chained(f, 2, one, 1);
    CLEANUP(policy_free_cleanup) struct policy *three = chained(f, 3, two, 0);
    CLEANUP(policy_free_cleanup) struct policy *early = chained(f, 3, two, -1);
    CLEANUP(policy_free_cleanup) struct policy *last = chained(f, UINT32_MAX, NULL, 0);
    const struct {
        const struct policy *before, *p;
        const char *says;
    } rows[] = {
        {NULL, one, NULL},
        {one, two, NULL},
        {one, other, NULL},
        {two, three, NULL},
        {NULL, two, "policy 2 does not follow policy 0"},
        {one, one, "policy 1 does not follow policy 1"},
        {two, one, "policy 1 does not follow policy 2"},
        {one, three, "policy 3 does not follow policy 1"},
        {last, one, "policy 1 does not follow policy 4294967295"},
        {other, three, "policy 3 was made to follow another policy 2 than the one that is known"},
        {two, early, "policy 3 was issued before policy 2"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct diag d = {""};
        int r = policy_follows(rows[i].before, rows[i].p, &d);
        assert_int_equal(r, rows[i].says == NULL ? 0 : ERR_INVALID_STATE);
        if (rows[i].says != NULL && strstr(d.text, rows[i].says) == NULL)
            fail_msg("'%s' does not say '%s'", d.text, rows[i].says);
    }
    assert_false(policy_is_ahead(one, FIXTURE_AT - VALUE_AHEAD_MAX_MS));
    assert_true(policy_is_ahead(one, FIXTURE_AT - VALUE_AHEAD_MAX_MS - 1));
}

static void policy__bot_for__country(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = full_fixture();
    CLEANUP_FREE char *text = fixture_policy_text(f, &full_policy);
    CLEANUP(policy_free_cleanup) struct policy *p = opened(f, text);
    assert_ptr_equal(policy_default_bot(p), &p->bots[0]);
    assert_true(policy_demands_place(p));
    assert_null(policy_bot_for(p, NULL));
    assert_ptr_equal(policy_bot_for(p, "NL"), &p->bots[0]);
    assert_ptr_equal(policy_bot_for(p, "CA"), &p->bots[1]);
    assert_ptr_equal(policy_bot_for(p, "US"), &p->bots[1]);
    assert_ptr_equal(policy_bot(p, "ibot-us.chat.example"), &p->bots[1]);
    assert_null(policy_bot(p, "ibot.chat.exampl"));
}

/* With several bots a place token is demanded, unless the policy says otherwise. */
static void policy__without_place__default(void **state)
{
    (void)state;
    static const struct tamper_value cases[] = {
        {"without-place default", "without-place stop", "line 'without-place stop': not default"},
        {"without-place default", "without-place", "'notice' is expected here"},
        {"without-place default", "without-place default\nwithout-place default",
         "'notice' is expected here"},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = full_fixture(), *one = fixture_new(NULL);
    struct fixture_policy_options o = full_policy;
    o.place = "default";
    CLEANUP_FREE char *text = fixture_policy_text(f, &o);
    CLEANUP(policy_free_cleanup) struct policy *p = opened(f, text);
    assert_true(p->default_without_place);
    assert_false(policy_demands_place(p));
    assert_ptr_equal(policy_bot_for(p, NULL), &p->bots[0]);
    CLEANUP_BUF struct buf again = BUF_INIT(65536);
    policy_format(&again, f->domain, p);
    assert_string_equal(buf_text(&again), text);
    struct tamper t = tamper_of(f, text);
    tamper_values(&t, cases, COUNT(cases));
    /* With one bot there is nothing to choose. */
    CLEANUP_FREE char *alone = fixture_policy_text(one, NULL);
    CLEANUP(policy_free_cleanup) struct policy *q = opened(one, alone);
    assert_false(policy_demands_place(q));
    assert_ptr_equal(policy_bot_for(q, NULL), &q->bots[0]);
    CLEANUP_FREE char *said =
        fixture_policy_text(one, &(struct fixture_policy_options){.place = "default"});
    struct tamper u = tamper_of(one, alone);
    tamper_check(&u, said, "line 'without-place default': with one bot there is no other");
}

static void policy__revoked__since(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = full_fixture();
    CLEANUP_FREE char *text = fixture_policy_text(f, &full_policy);
    CLEANUP(policy_free_cleanup) struct policy *p = opened(f, text);
    uint8_t id[32];
    memset(id, 1, sizeof id);
    assert_true(policy_certificate_revoked(p, id, SINCE_MS));
    assert_true(policy_certificate_revoked(p, id, INT64_MAX));
    assert_false(policy_certificate_revoked(p, id, SINCE_MS - 1));
    assert_true(policy_bot_key_revoked(p, id));
    id[31] = 0;
    assert_false(policy_certificate_revoked(p, id, SINCE_MS));
    assert_false(policy_bot_key_revoked(p, id));
    assert_false(policy_bot_key_revoked(p, p->bots[0].key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy__open__fields),
        cmocka_unit_test(policy__open__least),
        cmocka_unit_test(policy__open__lines),
        cmocka_unit_test(policy__open__values),
        cmocka_unit_test(policy__open__caps),
        cmocka_unit_test(policy__open_unsigned__draft),
        cmocka_unit_test(policy__follows__chain),
        cmocka_unit_test(policy__bot_for__country),
        cmocka_unit_test(policy__without_place__default),
        cmocka_unit_test(policy__revoked__since),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
