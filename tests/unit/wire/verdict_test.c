/* Rounds of verdicts, their proofs, both their forms; and `later`. */
#include "test.h"

#define A_MAX (1U << 20)

static const uint8_t certificate[HASH_BYTES] = {0xce};

static struct verdict_line line_of(uint32_t i)
{
    struct verdict_line l = {.n = i + 1, .state = VERDICT_ARCHIVED};
    memset(l.digest, (int)i, sizeof l.digest);
    memcpy(l.certificate, certificate, sizeof l.certificate);
    if (i % 3 == 1) {
        l.state = VERDICT_REFUSED;
        l.reason = (enum verdict_reason)(i % VERDICT_CONFLICT + 1);
    }
    return l;
}

static struct verdict *round_of(const struct fixture *f, uint32_t count)
{
    struct verdict_line *lines = mem_array(count, sizeof *lines);
    struct verdict *verdicts = mem_array(count, sizeof *verdicts);
    for (uint32_t i = 0; i < count; i++)
        lines[i] = line_of(i);
    fixture_round(&f->bots[0], FIXTURE_AT, lines, count, verdicts);
    free(lines);
    return verdicts;
}

static int verify(const struct fixture *f, const struct verdict *v, uint8_t *ret_root)
{
    return verdict_verify(v, FIXTURE_BOT, f->bots[0].signer.key.key, ret_root);
}

static void verdict__line_put__layout(void **state)
{
    (void)state;
    static const uint8_t expected[VERDICT_LINE_BYTES] =
        "DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC"
        "\x01\x02\x03\x04\x05\x06\x07\x08\x02\x05";
    struct verdict_line l = {.n = UINT64_C(0x0102030405060708),
                             .state = VERDICT_REFUSED,
                             .reason = VERDICT_OLD_POLICY},
                        got;
    uint8_t bytes[VERDICT_LINE_BYTES];
    memset(l.digest, 'D', 32);
    memset(l.certificate, 'C', 32);
    verdict_line_put(&l, bytes);
    assert_memory_equal(bytes, expected, sizeof bytes);
    assert_int_equal(verdict_line_get(bytes, &got), 0);
    assert_memory_equal(got.digest, l.digest, 32);
    assert_memory_equal(got.certificate, l.certificate, 32);
    assert_true(got.n == l.n && got.state == l.state && got.reason == l.reason);
}

static void verdict__line_get__state_and_reason(void **state)
{
    (void)state;
    uint8_t bytes[VERDICT_LINE_BYTES];
    struct verdict_line l = line_of(0), got;
    verdict_line_put(&l, bytes);
    for (unsigned s = 0; s < 256; s++)
        for (unsigned r = 0; r < 256; r++) {
            bytes[72] = (uint8_t)s;
            bytes[73] = (uint8_t)r;
            bool fits = (s == VERDICT_ARCHIVED && r == 0) ||
                        (s == VERDICT_REFUSED && r >= 1 && r <= VERDICT_NO_FILE);
            assert_int_equal(verdict_line_get(bytes, &got), fits ? 0 : ERR_FORMAT);
            if (fits)
                assert_int_equal(verdict_line_consumes(&got), r != VERDICT_CONFLICT);
        }
    bytes[72] = VERDICT_ARCHIVED;
    bytes[73] = 0;
    memset(bytes + 64, 0, 8); /* n is 0 */
    assert_int_equal(verdict_line_get(bytes, &got), ERR_FORMAT);
    memset(bytes + 64, 0xff, 8);
    assert_int_equal(verdict_line_get(bytes, &got), ERR_FORMAT);
    bytes[64] = 0x7f;
    assert_int_equal(verdict_line_get(bytes, &got), 0);
}

static void verdict__round_put__layout(void **state)
{
    (void)state;
    struct verdict_round r = {.bot = FIXTURE_BOT, .count = 5, .at_unix_ms = INT64_C(1623060672123)};
    CLEANUP_BUF struct buf b = BUF_INIT(200), leaf = BUF_INIT(200);
    memset(r.root, 'R', sizeof r.root);
    verdict_round_put(&b, &r);
    static const char expected[] = "ironside verdicts 1\0"
                                   "\0\0\0\x11"
                                   "ibot.chat.example"
                                   "\0\0\0\x05"
                                   "\0\0\x01\x79\xe5\xf4\x6e\x7b"
                                   "RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR";
    assert_int_equal(b.len, sizeof expected - 1);
    assert_memory_equal(b.data, expected, b.len);
    verdict_round_leaf_text(&leaf, r.root, 4096);
    assert_string_equal(buf_text(&leaf),
                        "ironside verdicts 1 "
                        "5252525252525252525252525252525252525252525252525252525252525252 4096");
}

static void verdict__verify__rounds(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    for (uint32_t count = 1; count <= 70; count++) {
        CLEANUP_FREE struct verdict *v = round_of(f, count);
        uint8_t root[MERKLE_BYTES], first[MERKLE_BYTES];
        assert_int_equal(verify(f, &v[0], first), 0);
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(verify(f, &v[i], root), 0);
            assert_memory_equal(root, first, sizeof root);
        }
    }
}

static void verdict__verify__largest_round(void **state)
{
    (void)state;
    static const uint32_t counts[] = {255, 256, 257, 4095, VERDICT_ROUND_MAX};
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    for (size_t k = 0; k < COUNT(counts); k++) {
        CLEANUP_FREE struct verdict *v = round_of(f, counts[k]);
        uint8_t root[MERKLE_BYTES];
        for (uint32_t i = 0; i < counts[k]; i += i + 2 < counts[k] && i > 2 ? counts[k] / 7 : 1)
            assert_int_equal(verify(f, &v[i], root), 0);
        assert_int_equal(verify(f, &v[counts[k] - 1], root), 0);
        assert_true(v[0].path_count <= VERDICT_PATH_MAX);
    }
}

static void assert_not_verified(const struct fixture *f, const struct verdict *v, const char *what)
{
    uint8_t root[MERKLE_BYTES] = {0x77};
    int r = verify(f, v, root);
    if (r != ERR_AUTH && r != ERR_FORMAT)
        fail_msg("%s: verified", what);
    assert_int_equal(root[0], 0x77); /* untouched */
}

static void check_flips(const struct fixture *f, const struct verdict *good)
{
    struct verdict v;
#define TRY(statement)                                                                             \
    do {                                                                                           \
        v = *good;                                                                                 \
        statement;                                                                                 \
        assert_not_verified(f, &v, #statement);                                                    \
    } while (0)
    for (size_t i = 0; i < good->path_count; i++) {
        TRY(v.path[i][0] ^= 1);
        TRY(v.path[i][31] ^= 0x80);
    }
    TRY(v.line.digest[0] ^= 1);
    TRY(v.line.certificate[31] ^= 1);
    TRY(v.line.n ^= 1);
    TRY(v.line.state ^= 3);
    TRY(v.line.reason ^= 1);
    TRY(v.at_unix_ms ^= 1);
    TRY(v.signature[0] ^= 1);
    TRY(v.signature[63] ^= 1);
    TRY(v.index++);
    TRY(v.index ^= 1);
    TRY(v.count++);
    TRY(v.count--);
    TRY(v.count *= 2);
    TRY(v.count = 0);
    TRY(v.count = UINT32_MAX);
    TRY(v.count = VERDICT_ROUND_MAX + 1);
    TRY(v.index = v.count);
    TRY(v.index = UINT32_MAX);
    TRY(v.path_count++);
    if (good->path_count > 0)
        TRY(v.path_count--);
#undef TRY
}

static void verdict__verify__flips(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 3, 5, 8, 13};
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    uint8_t root[MERKLE_BYTES];
    for (size_t k = 0; k < COUNT(counts); k++) {
        CLEANUP_FREE struct verdict *v = round_of(f, counts[k]);
        for (uint32_t i = 0; i < counts[k]; i++)
            check_flips(f, &v[i]);
        /* Another bot's name or key. */
        assert_int_equal(
            verdict_verify(&v[0], "ibot2.chat.example", f->bots[0].signer.key.key, root), ERR_AUTH);
        assert_int_equal(verdict_verify(&v[0], FIXTURE_BOT, f->registrar.key.key, root), ERR_AUTH);
    }
    CLEANUP_FREE char *long_name = repeat('b', 2000);
    CLEANUP_FREE struct verdict *v = round_of(f, 1);
    assert_int_equal(verdict_verify(&v[0], long_name, f->registrar.key.key, root), ERR_FORMAT);
}

static void assert_same(const struct verdict *a, const struct verdict *b)
{
    CLEANUP_BUF struct buf x = BUF_INIT(A_MAX), y = BUF_INIT(A_MAX);
    verdict_put(&x, a);
    verdict_put(&y, b);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.data, y.data, x.len);
}

static void verdict__get__round_trip(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 7, 70};
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    for (size_t k = 0; k < COUNT(counts); k++) {
        CLEANUP_FREE struct verdict *v = round_of(f, counts[k]);
        for (uint32_t i = 0; i < counts[k]; i++) {
            CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
            struct verdict got;
            verdict_put(&b, &v[i]);
            struct cursor c = cursor_over(b.data, b.len);
            assert_int_equal(verdict_get(&c, &got), 0);
            assert_int_equal(cursor_end(&c), 0);
            assert_same(&got, &v[i]);
        }
    }
}

static void verdict__get__refused(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP_FREE struct verdict *good = round_of(f, 7);
    CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
    struct verdict got = {.count = 77};
    verdict_put(&b, &good[2]);
    for (size_t len = 0; len < b.len; len++) {
        CLEANUP_FREE uint8_t *copy = mem_copy(b.data, len);
        struct cursor c = cursor_over(copy, len);
        assert_int_equal(verdict_get(&c, &got), ERR_FORMAT);
    }
    static const struct {
        size_t at;
        const char *bytes;
        size_t len;
    } bad[] = {
        {72, "\x00", 1},                             /* state */
        {73, "\x07", 1},                             /* reason */
        {64, "\0\0\0\0\0\0\0\0", 8},                 /* n */
        {74, "\x7f\xff\xff\xff\xff\xff\xff\xff", 8}, /* at */
        {82, "\0\0\0\x07", 4},                       /* index, not below the count */
        {86, "\0\0\0\0", 4},                         /* count */
        {86, "\0\0\x10\x01", 4},                     /* 4097 */
        {90, "\x0d", 1},                             /* 13 hashes */
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_FREE uint8_t *copy = mem_copy(b.data, b.len);
        memcpy(copy + bad[i].at, bad[i].bytes, bad[i].len);
        struct cursor c = cursor_over(copy, b.len);
        assert_int_equal(verdict_get(&c, &got), ERR_FORMAT);
    }
    assert_int_equal(got.count, 77);
}

static char *xml_of(const struct verdict *v)
{
    struct buf b = BUF_INIT(A_MAX);
    verdict_put_xml(&b, v);
    assert_false(buf_failed(&b));
    return buf_take_text(&b);
}

static int parse(const char *text, struct verdict *ret, struct diag *d)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct xml_element *x = NULL;
    assert_int_equal(xml_parse(&a, text, strlen(text), &x), 0);
    return verdict_parse(x, certificate, ret, d);
}

static void verdict__parse__round_trip(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 7, 70};
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    for (size_t k = 0; k < COUNT(counts); k++) {
        CLEANUP_FREE struct verdict *v = round_of(f, counts[k]);
        for (uint32_t i = 0; i < counts[k]; i++) {
            CLEANUP_FREE char *text = xml_of(&v[i]);
            struct verdict got;
            uint8_t root[MERKLE_BYTES];
            assert_int_equal(parse(text, &got, NULL), 0);
            assert_same(&got, &v[i]);
            assert_int_equal(verify(f, &got, root), 0);
        }
    }
}

static void verdict__parse__refused(void **state)
{
    (void)state;
    static const char *const edits[][2] = {
        {"<verdict ", "<Verdict "},
        {"urn:ironside:access:1", "urn:ironside:access:2"},
        {" state='refused'", ""},
        {" state='refused'", " state='archived'"},
        {" state='refused'", " state='Refused'"},
        {" state='refused'", " state=''"},
        {" reason='wrong-day'", ""},
        {" reason='wrong-day'", " reason=''"},
        {" reason='wrong-day'", " reason='bad-day'"},
        {" digest='", " digest='A"},
        {" digest='", " x='"},
        {" n='2'", ""},
        {" n='2'", " n='0'"},
        {" n='2'", " n='02'"},
        {" n='2'", " n='9223372036854775808'"},
        {" at='2021-06-07T10:11:12.123Z'", ""},
        {" at='2021-06-07T10:11:12.123Z'", " at='2021-06-07T10:11:12Z'"},
        {"<index>1</index>", ""},
        {"<index>1</index>", "<index>1</index><index>1</index>"},
        {"<index>1</index>", "<index/>"},
        {"<index>1</index>", "<index>01</index>"},
        {"<index>1</index>", "<index>7</index>"}, /* not below the count */
        {"<index>1</index>", "<index>-1</index>"},
        {"<count>7</count>", ""},
        {"<count>7</count>", "<count>0</count>"},
        {"<count>7</count>", "<count>4097</count>"},
        {"<count>7</count>", "<count>7</count><count>7</count>"},
        {"<sig>", "<sig>A"},
        {"<sig>", "<sig/><sig>"},
        {"<sig>", "<sig xmlns='u'>"},
        {"<path>", "<path>A"},
        {"<path>", "<path/><path>"},
        {"</path>", "<x/></path>"},
    };
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP_FREE struct verdict *v = round_of(f, 7);
    CLEANUP_FREE char *text = xml_of(&v[1]);
    struct verdict got = {.count = 77};
    struct diag d;
    for (size_t i = 0; i < COUNT(edits); i++) {
        CLEANUP_FREE char *once = replace(text, edits[i][0], edits[i][1]);
        if (i == 0) { /* its end tag too */
            char *end = strstr(once, "</verdict>");
            end[2] = 'V';
        }
        if (parse(once, &got, &d) != ERR_FORMAT)
            fail_msg("taken: %s", once);
        assert_says(d.text, "verdict: ");
    }
    assert_int_equal(got.count, 77);
}

static void verdict__parse__path_length(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP_FREE struct verdict *v = round_of(f, 1);
    struct verdict got;
    uint8_t root[MERKLE_BYTES];
    for (size_t count = 0; count <= VERDICT_PATH_MAX; count++) {
        v[0].path_count = count;
        CLEANUP_FREE char *text = xml_of(&v[0]);
        assert_int_equal(parse(text, &got, NULL), 0);
        assert_int_equal(verify(f, &got, root), count == 0 ? 0 : ERR_FORMAT);
    }
    CLEANUP_FREE char *text = xml_of(&v[0]);
    CLEANUP_FREE char *more =
        replace(text, "<path>", "<path>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</path><path>");
    struct diag d;
    assert_int_equal(parse(more, &got, &d), ERR_FORMAT);
    assert_string_equal(d.text, "verdict: its path is malformed");
}

static void verdict__reason_text__each(void **state)
{
    (void)state;
    assert_string_equal(verdict_reason_text(VERDICT_NO_REASON), "");
    assert_string_equal(verdict_reason_text(VERDICT_CONFLICT), "conflict");
    assert_string_equal(verdict_reason_text(VERDICT_NO_FILE), "no-file");
    for (int a = 0; a < VERDICT_REASONS; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(verdict_reason_text((enum verdict_reason)a),
                                    verdict_reason_text((enum verdict_reason)b));
    assert_null(verdict_reason_text(VERDICT_REASONS));
    assert_null(later_reason_text((enum later_reason)0));
    assert_string_equal(later_reason_text(LATER_GAP), "gap");
    assert_string_equal(later_reason_text(LATER_FILE), "file");
    for (int a = 2; a < LATER_REASONS; a++)
        for (int b = 1; b < a; b++)
            assert_string_not_equal(later_reason_text((enum later_reason)a),
                                    later_reason_text((enum later_reason)b));
    assert_null(later_reason_text(LATER_REASONS));
}

static int parse_later(const char *text, struct later *ret)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct xml_element *x = NULL;
    assert_int_equal(xml_parse(&a, text, strlen(text), &x), 0);
    return later_parse(x, ret);
}

static void later__parse__round_trip(void **state)
{
    (void)state;
    for (int reason = LATER_SLOW_DOWN; reason <= LATER_GAP; reason++)
        for (uint32_t k = 0; k < 3; k++) {
            struct later l = {.reason = (enum later_reason)reason,
                              .seconds = k == 2 ? LATER_SECONDS_MAX : k},
                         got;
            CLEANUP_BUF struct buf b = BUF_INIT(200);
            later_put_xml(&b, &l);
            assert_int_equal(parse_later(buf_text(&b), &got), 0);
            assert_int_equal(got.reason, l.reason);
            assert_int_equal(got.seconds, l.seconds);
        }
}

static void later__parse__refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "<later reason='gap' seconds='1'/>",
        "<sooner xmlns='urn:ironside:access:1' reason='gap' seconds='1'/>",
        "<later xmlns='urn:ironside:access:1' seconds='1'/>",
        "<later xmlns='urn:ironside:access:1' reason='gap'/>",
        "<later xmlns='urn:ironside:access:1' reason='' seconds='1'/>",
        "<later xmlns='urn:ironside:access:1' reason='Gap' seconds='1'/>",
        "<later xmlns='urn:ironside:access:1' reason='gap' seconds=''/>",
        "<later xmlns='urn:ironside:access:1' reason='gap' seconds='-1'/>",
        "<later xmlns='urn:ironside:access:1' reason='gap' seconds='01'/>",
        "<later xmlns='urn:ironside:access:1' reason='gap' seconds='86401'/>",
    };
    struct later got = {.seconds = 77};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(parse_later(bad[i], &got), ERR_FORMAT);
    assert_int_equal(got.seconds, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdict__line_put__layout),
        cmocka_unit_test(verdict__line_get__state_and_reason),
        cmocka_unit_test(verdict__round_put__layout),
        cmocka_unit_test(verdict__verify__rounds),
        cmocka_unit_test(verdict__verify__largest_round),
        cmocka_unit_test(verdict__verify__flips),
        cmocka_unit_test(verdict__get__round_trip),
        cmocka_unit_test(verdict__get__refused),
        cmocka_unit_test(verdict__parse__round_trip),
        cmocka_unit_test(verdict__parse__refused),
        cmocka_unit_test(verdict__parse__path_length),
        cmocka_unit_test(verdict__reason_text__each),
        cmocka_unit_test(later__parse__round_trip),
        cmocka_unit_test(later__parse__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
