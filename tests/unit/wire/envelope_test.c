/* Transcript, signed bytes and digest against their layout written out, and the binary form. */
#include "test.h"

#include "base/encode.h"

#define B_MAX (1U << 20)

struct scene {
    struct fixture *f;
    struct policy_set *set;
    struct fixture_device *dev;
    char *place;
    struct fixture_message *m; /* with two recipients, two seals, a file and a place token */
};

static int set_up(void **state)
{
    static const char *const to[] = {"bert@chat.example", "carla@chat.example"};
    struct scene *s = mem_new(sizeof *s);
    struct envelope_file file = {.sha256 = {7}, .size = 1000, .path = "/upload/1/photo.jpg"};
    s->f = fixture_new(NULL);
    struct fixture_warrant_options second = {.id = "2019-0148"};
    fixture_add_warrant(s->f, NULL);
    fixture_add_warrant(s->f, &second);
    s->set = fixture_policy(s->f, NULL);
    s->dev = fixture_device_new(s->f, "anna", 1);
    s->place = fixture_place(s->f, s->dev, "NL", FIXTURE_AT);
    struct fixture_message_options o = {.to = to,
                                        .to_count = 2,
                                        .place = s->place,
                                        .country = "NL",
                                        .files = &file,
                                        .file_count = 1};
    s->m = fixture_message_new(s->f, s->set, s->dev, &o);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    fixture_message_free(s->m);
    free(s->place);
    fixture_device_free(s->dev);
    policy_set_free(s->set);
    fixture_free(s->f);
    free(s);
    return 0;
}

/* Bytes of a literal, without its last NUL. */
#define LITERAL(b, s) buf_put(b, s, sizeof(s) - 1)

#define ONES                                                                                       \
    "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"                             \
    "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
#define TWOS                                                                                       \
    "\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02"                             \
    "\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02"

static void put_sha256(struct buf *b, const void *data, size_t len)
{
    uint8_t hash[HASH_BYTES];
    hash_sha256(data, len, hash);
    buf_put(b, hash, sizeof hash);
}

/* A message whose every byte is known: from anna to bert and carla, at 2021-06-07T10:11:12.123Z =
 * 1,623,060,672,123 ms. */
static struct envelope known_message(void)
{
    struct envelope e = {.from = "anna@chat.example",
                         .to = {"bert@chat.example", "carla@chat.example"},
                         .to_count = 2,
                         .id = "m1",
                         .at_unix_ms = INT64_C(1623060672123),
                         .bot = "ibot.chat.example",
                         .policy = 7,
                         .n = 42,
                         .iv = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
                         .sid = 1001,
                         .payload = (const uint8_t *)"ciphertext",
                         .payload_len = 10,
                         .files = {{.size = 65536, .path = "/u/1"}},
                         .file_count = 1,
                         .place = "token\n",
                         .wraps = {{.warrant = "2019-0147"}, {.warrant = "2019-0148"}},
                         .wrap_count = 2};
    memset(e.certificate, 1, sizeof e.certificate);
    memset(e.prev, 2, sizeof e.prev);
    memset(e.files[0].sha256, 1, HASH_BYTES);
    memset(e.enc, 1, sizeof e.enc);
    memset(e.wraps[0].wrap, 0x61, ENVELOPE_WRAP_BYTES);
    memset(e.wraps[1].wrap, 0x62, ENVELOPE_WRAP_BYTES);
    memset(e.signature, 0x63, sizeof e.signature);
    return e;
}

static void layout_of_transcript(struct buf *b, bool with_place)
{
    LITERAL(b, "ironside transcript 1\0");
    LITERAL(b, ONES); /* cert */
    LITERAL(b, "\0\0\0\x11"
               "anna@chat.example"); /* from */
    LITERAL(b, "\0\0\0\x02");        /* count of to */
    LITERAL(b, "\0\0\0\x11"
               "bert@chat.example");
    LITERAL(b, "\0\0\0\x12"
               "carla@chat.example");
    LITERAL(b, "\0\0\0\x02"
               "m1");                               /* id */
    LITERAL(b, "\x00\x00\x01\x79\xe5\xf4\x6e\x7b"); /* at */
    LITERAL(b, "\0\0\0\x11"
               "ibot.chat.example");  /* bot */
    put_sha256(b, TWOS, 32);          /* of the bot's key */
    LITERAL(b, "\0\0\0\x07");         /* policy */
    LITERAL(b, "\0\0\0\0\0\0\0\x2a"); /* n */
    LITERAL(b, TWOS);                 /* prev */
    LITERAL(b, "\0\0\0\x0c"
               "\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b"); /* iv */
    put_sha256(b, "ciphertext", 10);
    LITERAL(b, "\0\0\0\x01"); /* count of files */
    LITERAL(b, ONES "\0\0\0\0\0\x01\0\0"
                    "\0\0\0\x04"
                    "/u/1");
    if (with_place)
        put_sha256(b, "token\n", 6);
    else
        LITERAL(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
}

static void envelope__transcript__layout(void **state)
{
    (void)state;
    struct envelope e = known_message();
    uint8_t t[HASH_BYTES], expected[HASH_BYTES];
    for (int with_place = 0; with_place < 2; with_place++) {
        CLEANUP_BUF struct buf b = BUF_INIT(B_MAX);
        layout_of_transcript(&b, with_place);
        hash_sha256(b.data, b.len, expected);
        e.place = with_place ? "token\n" : NULL;
        envelope_transcript(&e, (const uint8_t *)TWOS, t);
        assert_memory_equal(t, expected, HASH_BYTES);
    }
}

static void envelope__digest__layout(void **state)
{
    (void)state;
    struct envelope e = known_message();
    CLEANUP_BUF struct buf s = BUF_INIT(B_MAX), expected = BUF_INIT(B_MAX), d = BUF_INIT(B_MAX);
    uint8_t digest[HASH_BYTES], expected_digest[HASH_BYTES];
    envelope_signed_bytes(&e, (const uint8_t *)TWOS, &s);
    LITERAL(&expected, "ironside message 1\0" TWOS ONES "\0\0\0\x02"
                       "\0\0\0\x09"
                       "2019-0147"
                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                       "\0\0\0\x09"
                       "2019-0148"
                       "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    assert_int_equal(s.len, expected.len);
    assert_memory_equal(s.data, expected.data, s.len);

    LITERAL(&d, "ironside digest 1\0");
    buf_put(&d, expected.data, expected.len);
    buf_put(&d, e.signature, 64);
    hash_sha256(d.data, d.len, expected_digest);
    envelope_digest(&s, e.signature, digest);
    assert_memory_equal(digest, expected_digest, HASH_BYTES);
}

/* A message that no warrant covers: zeros for enc and prev, no wrap. */
static void envelope__signed_bytes__without_seal(void **state)
{
    (void)state;
    struct envelope e = known_message();
    CLEANUP_BUF struct buf s = BUF_INIT(B_MAX);
    memset(e.enc, 0, sizeof e.enc);
    e.wrap_count = 0;
    envelope_signed_bytes(&e, (const uint8_t *)TWOS, &s);
    assert_int_equal(s.len, 19 + 32 + 32 + 4);
    assert_memory_equal(s.data + 19 + 32,
                        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                        "\0\0\0\0\0\0",
                        36);
}

/* Changes one field; how far the change shows. */
enum shows { IN_T, IN_S, IN_D, NOWHERE };
struct change {
    const char *name;
    enum shows shows;
    void (*apply)(struct envelope *e);
};

#define CHANGE(name, statement)                                                                    \
    static void change_##name(struct envelope *e)                                                  \
    {                                                                                              \
        statement;                                                                                 \
    }
CHANGE(certificate, e->certificate[31] ^= 1)
CHANGE(from, e->from = "anne@chat.example")
CHANGE(to, e->to[1] = "carlo@chat.example")
CHANGE(to_fewer, e->to_count = 1)
CHANGE(to_more, e->to[e->to_count++] = "dora@chat.example")
CHANGE(id, e->id = "m2")
CHANGE(at, e->at_unix_ms++)
CHANGE(bot, e->bot = "ibot2.chat.example")
CHANGE(policy, e->policy++)
CHANGE(n, e->n++)
CHANGE(prev, e->prev[0] ^= 1)
CHANGE(iv, e->iv[11] ^= 1)
CHANGE(payload, e->payload = (const uint8_t *)"Ciphertext")
CHANGE(payload_len, e->payload_len--)
CHANGE(file_hash, e->files[0].sha256[0] ^= 1)
CHANGE(file_size, e->files[0].size++)
CHANGE(file_path, e->files[0].path = "/u/2")
CHANGE(file_none, e->file_count = 0)
CHANGE(place, e->place = "Token\n")
CHANGE(place_none, e->place = NULL)
CHANGE(enc, e->enc[0] ^= 1)
CHANGE(wrap, e->wraps[1].wrap[47] ^= 1)
CHANGE(wrap_id, e->wraps[1].warrant = "2019-0149")
CHANGE(wrap_fewer, e->wrap_count = 1)
CHANGE(signature, e->signature[0] ^= 1)
CHANGE(sid, e->sid++)

static const struct change changes[] = {
    {"certificate", IN_T, change_certificate},
    {"from", IN_T, change_from},
    {"to", IN_T, change_to},
    {"to, fewer", IN_T, change_to_fewer},
    {"to, more", IN_T, change_to_more},
    {"id", IN_T, change_id},
    {"at", IN_T, change_at},
    {"bot", IN_T, change_bot},
    {"policy", IN_T, change_policy},
    {"n", IN_T, change_n},
    {"prev", IN_T, change_prev},
    {"iv", IN_T, change_iv},
    {"payload", IN_T, change_payload},
    {"payload's length", IN_T, change_payload_len},
    {"file's hash", IN_T, change_file_hash},
    {"file's size", IN_T, change_file_size},
    {"file's path", IN_T, change_file_path},
    {"no file", IN_T, change_file_none},
    {"place", IN_T, change_place},
    {"no place", IN_T, change_place_none},
    {"enc", IN_S, change_enc},
    {"wrap", IN_S, change_wrap},
    {"wrap's warrant", IN_S, change_wrap_id},
    {"wraps, fewer", IN_S, change_wrap_fewer},
    {"signature", IN_D, change_signature},
    {"sid", NOWHERE, change_sid}, /* the certificate names it too */
};

struct digests {
    uint8_t t[HASH_BYTES], s[HASH_BYTES], d[HASH_BYTES];
};

static struct digests digests_of(const struct envelope *e, const uint8_t *bot_key)
{
    struct digests g;
    CLEANUP_BUF struct buf s = BUF_INIT(B_MAX);
    envelope_transcript(e, bot_key, g.t);
    envelope_signed_bytes(e, g.t, &s);
    hash_sha256(s.data, s.len, g.s);
    envelope_digest(&s, e->signature, g.d);
    return g;
}

static void envelope__digests__every_field(void **state)
{
    (void)state;
    struct envelope e = known_message();
    struct digests before = digests_of(&e, (const uint8_t *)ONES);
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct envelope changed = e;
        changes[i].apply(&changed);
        struct digests after = digests_of(&changed, (const uint8_t *)ONES);
        bool t = memcmp(before.t, after.t, HASH_BYTES) != 0;
        bool s = memcmp(before.s, after.s, HASH_BYTES) != 0;
        bool d = memcmp(before.d, after.d, HASH_BYTES) != 0;
        enum shows shows = changes[i].shows;
        if (t != (shows == IN_T) || s != (shows <= IN_S) || d != (shows <= IN_D))
            fail_msg("%s: shows in T %d, S %d, D %d", changes[i].name, t, s, d);
    }
    struct digests other = digests_of(&e, (const uint8_t *)TWOS);
    assert_memory_not_equal(before.t, other.t, HASH_BYTES); /* the bot's key */
}

/* Lists cannot run into each other. */
static void envelope__transcript__unambiguous(void **state)
{
    (void)state;
    struct envelope a = known_message(), b = known_message();
    uint8_t t[HASH_BYTES], u[HASH_BYTES];
    a.from = "ab", a.id = "c";
    b.from = "a", b.id = "bc";
    envelope_transcript(&a, (const uint8_t *)ONES, t);
    envelope_transcript(&b, (const uint8_t *)ONES, u);
    assert_memory_not_equal(t, u, HASH_BYTES);
    a = known_message(), b = known_message();
    a.to[0] = "ab", a.to[1] = "c";
    b.to[0] = "a", b.to[1] = "bc";
    envelope_transcript(&a, (const uint8_t *)ONES, t);
    envelope_transcript(&b, (const uint8_t *)ONES, u);
    assert_memory_not_equal(t, u, HASH_BYTES);
}

static void envelope__sign__verifies(void **state)
{
    const struct scene *s = *state;
    const struct envelope *e = &s->m->envelope;
    assert_true(envelope_valid(e));
    assert_int_equal(e->wrap_count, 2);
    assert_int_equal(e->n, 1);
    assert_int_equal(sign_verify(s->dev->certificate->key, s->m->signed_bytes.data,
                                 s->m->signed_bytes.len, e->signature),
                     0);
}

/* The binary form. */

static int round_trip(const struct envelope *e, struct buf *first, struct envelope *ret,
                      struct arena *a)
{
    CLEANUP_BUF struct buf second = BUF_INIT(B_MAX);
    buf_reset(first);
    envelope_put(first, e);
    struct cursor c = cursor_over(first->data, first->len);
    int r = envelope_get(&c, a, ret);
    if (r < 0)
        return r;
    assert_int_equal(cursor_end(&c), 0);
    envelope_put(&second, ret);
    assert_int_equal(first->len, second.len);
    assert_memory_equal(first->data, second.data, second.len);
    return 0;
}

static void envelope__get__round_trip(void **state)
{
    const struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(B_MAX);
    CLEANUP_ARENA struct arena a = ARENA_INIT(B_MAX);
    struct envelope got;
    assert_int_equal(round_trip(&s->m->envelope, &b, &got, &a), 0);
    const uint8_t *key = s->f->bots[0].signer.key.key;
    struct digests x = digests_of(&s->m->envelope, key), y = digests_of(&got, key);
    assert_memory_equal(&x, &y, sizeof x);
    assert_int_equal(got.sid, s->m->envelope.sid);
    assert_string_equal(got.place, s->place);
    /* Without seal, file and place. */
    struct envelope bare = s->m->envelope;
    bare.n = bare.wrap_count = bare.file_count = 0;
    bare.place = NULL;
    memset(bare.enc, 0, sizeof bare.enc);
    memset(bare.prev, 0, sizeof bare.prev);
    assert_int_equal(round_trip(&bare, &b, &got, &a), 0);
    assert_null(got.place);
}

static void envelope__get__cut(void **state)
{
    const struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(B_MAX);
    envelope_put(&b, &s->m->envelope);
    for (size_t len = 0; len < b.len; len++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(B_MAX);
        CLEANUP_FREE uint8_t *copy = mem_copy(b.data, len); /* for the sanitizer's redzone */
        struct envelope got = {.n = 77};
        struct cursor c = cursor_over(copy, len);
        assert_int_equal(envelope_get(&c, &a, &got), ERR_FORMAT);
        assert_int_equal(got.n, 77); /* untouched */
    }
    struct arena none = ARENA_INIT(10);
    struct envelope got;
    struct cursor c = cursor_over(b.data, b.len);
    assert_int_equal(envelope_get(&c, &none, &got), ERR_FORMAT);
    arena_clear(&none);
}

CHANGE(bad_from, e->from = "anna@CHAT.example")
CHANGE(bad_from_domain, e->from = "chat.example")
CHANGE(bad_to, e->to[0] = "bert@chat.example/x")
CHANGE(bad_to_domain, e->to[0] = "bert@aaa.example")
CHANGE(bad_to_self, e->to[0] = e->from)
CHANGE(bad_to_order, e->to[0] = "dora@chat.example")
CHANGE(bad_to_twice, e->to[0] = e->to[1])
CHANGE(bad_to_none, e->to_count = 0)
CHANGE(bad_id, e->id = "a<b")
CHANGE(bad_id_empty, e->id = "")
CHANGE(bad_at_before, e->at_unix_ms = INT64_MIN)
CHANGE(bad_at_after, e->at_unix_ms = INT64_MAX)
CHANGE(bad_bot, e->bot = "ibot@chat.example")
CHANGE(bad_policy, e->policy = 0)
CHANGE(bad_n, e->n = (uint64_t)INT64_MAX + 1)
CHANGE(bad_sid, e->sid = (uint32_t)INT32_MAX + 1)
CHANGE(bad_n_without_wrap, e->wrap_count = 0)
CHANGE(bad_wrap_without_n, e->n = 0)
CHANGE(bad_enc_without_wrap, (e->n = e->wrap_count = 0, memset(e->prev, 0, 32)))
CHANGE(bad_prev_without_n, (e->n = e->wrap_count = 0, e->prev[0] = 1, memset(e->enc, 0, 32)))
CHANGE(bad_wrap_id, e->wraps[0].warrant = "2019 0147")
CHANGE(bad_wrap_order, e->wraps[0].warrant = "2020-0001")
CHANGE(bad_wrap_twice, e->wraps[0].warrant = e->wraps[1].warrant)
CHANGE(bad_file_size, e->files[0].size = VALUE_FILE_BYTES_MAX + UINT64_C(1))
CHANGE(bad_file_path, e->files[0].path = "/../x")
CHANGE(bad_place, e->place = "\xff")

static void envelope__valid__each_rule(void **state)
{
    const struct scene *s = *state;
    static const struct change bad[] = {
        {"from", 0, change_bad_from},
        {"from, a domain", 0, change_bad_from_domain},
        {"to", 0, change_bad_to},
        {"to, another domain", 0, change_bad_to_domain},
        {"to oneself", 0, change_bad_to_self},
        {"to, not sorted", 0, change_bad_to_order},
        {"to, twice", 0, change_bad_to_twice},
        {"to nobody", 0, change_bad_to_none},
        {"id", 0, change_bad_id},
        {"no id", 0, change_bad_id_empty},
        {"at, before the year 1", 0, change_bad_at_before},
        {"at, past the year 9999", 0, change_bad_at_after},
        {"bot", 0, change_bad_bot},
        {"policy", 0, change_bad_policy},
        {"n", 0, change_bad_n},
        {"sid", 0, change_bad_sid},
        {"n without seals", 0, change_bad_n_without_wrap},
        {"seals without n", 0, change_bad_wrap_without_n},
        {"enc without seals", 0, change_bad_enc_without_wrap},
        {"prev without n", 0, change_bad_prev_without_n},
        {"a seal's warrant", 0, change_bad_wrap_id},
        {"seals, not sorted", 0, change_bad_wrap_order},
        {"seals, twice", 0, change_bad_wrap_twice},
        {"a file's size", 0, change_bad_file_size},
        {"a file's path", 0, change_bad_file_path},
        {"place", 0, change_bad_place},
    };
    CLEANUP_BUF struct buf b = BUF_INIT(B_MAX);
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(B_MAX);
        struct envelope e = s->m->envelope, got;
        bad[i].apply(&e);
        if (envelope_valid(&e) || round_trip(&e, &b, &got, &a) != ERR_FORMAT)
            fail_msg("%s: taken", bad[i].name);
    }
    /* The same change on the good side of each bound. */
    struct envelope e = s->m->envelope;
    e.n = INT64_MAX;
    e.sid = INT32_MAX;
    e.files[0].size = VALUE_FILE_BYTES_MAX;
    e.policy = UINT32_MAX;
    assert_true(envelope_valid(&e));
}

/* Counts and lengths at and over their caps. */
static void envelope__get__caps(void **state)
{
    const struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(B_MAX);
    CLEANUP_ARENA struct arena a = ARENA_INIT(B_MAX);
    CLEANUP_FREE uint8_t *payload = mem_new(VALUE_BODY_MAX + 1);
    CLEANUP_FREE char *place = repeat('x', VALUE_PLACE_MAX + 1);
    char names[VALUE_RECIPIENTS_MAX][32], ids[VALUE_WRAPS_MAX][8];
    struct envelope e = s->m->envelope, got;
    for (size_t i = 0; i < VALUE_RECIPIENTS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "b%02zu@chat.example", i);
        e.to[i] = names[i];
    }
    e.to_count = VALUE_RECIPIENTS_MAX;
    for (size_t i = 0; i < VALUE_WRAPS_MAX; i++) {
        snprintf(ids[i], sizeof ids[i], "w%02zu", i);
        e.wraps[i].warrant = ids[i];
        e.files[i] = e.files[0];
    }
    e.wrap_count = VALUE_WRAPS_MAX;
    e.file_count = VALUE_FILES_MAX;
    e.payload = payload;
    e.payload_len = VALUE_BODY_MAX;
    e.place = place + 1;
    assert_int_equal(round_trip(&e, &b, &got, &a), 0);
    assert_int_equal(got.to_count, VALUE_RECIPIENTS_MAX);
    assert_int_equal(got.wrap_count, VALUE_WRAPS_MAX);
    assert_int_equal(got.file_count, VALUE_FILES_MAX);
    assert_int_equal(got.payload_len, VALUE_BODY_MAX);

    /* One more of each: the count is a byte that says 51, 17, 17. */
    struct envelope over = e;
    over.payload_len = VALUE_BODY_MAX + 1;
    assert_int_equal(round_trip(&over, &b, &got, &a), ERR_FORMAT);
    over = e;
    over.place = place;
    assert_int_equal(round_trip(&over, &b, &got, &a), ERR_FORMAT);
    buf_reset(&b);
    envelope_put(&b, &s->m->envelope);
    size_t at = 4 + strlen(s->m->envelope.from);
    assert_int_equal(b.data[at], 2);
    for (unsigned count = 0; count < 256; count++) {
        b.data[at] = (uint8_t)count;
        struct cursor c = cursor_over(b.data, b.len);
        assert_int_equal(envelope_get(&c, &a, &got), count == 2 ? 0 : ERR_FORMAT);
    }
}

/* A string may not hide anything behind a NUL. */
static void envelope__get__nul_inside(void **state)
{
    const struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(B_MAX);
    CLEANUP_ARENA struct arena a = ARENA_INIT(B_MAX);
    struct envelope e = s->m->envelope, got;
    e.id = "m1x";
    envelope_put(&b, &e);
    uint8_t *id = memmem(b.data, b.len, "m1x", 3);
    id[2] = '\0';
    struct cursor c = cursor_over(b.data, b.len);
    assert_int_equal(envelope_get(&c, &a, &got), ERR_FORMAT);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelope__transcript__layout),
        cmocka_unit_test(envelope__digest__layout),
        cmocka_unit_test(envelope__signed_bytes__without_seal),
        cmocka_unit_test(envelope__digests__every_field),
        cmocka_unit_test(envelope__transcript__unambiguous),
        SCENE_TEST(envelope__sign__verifies),
        SCENE_TEST(envelope__get__round_trip),
        SCENE_TEST(envelope__get__cut),
        SCENE_TEST(envelope__valid__each_rule),
        SCENE_TEST(envelope__get__caps),
        SCENE_TEST(envelope__get__nul_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
