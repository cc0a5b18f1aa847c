/* What is asked of the registrar, and its answers in pieces. */
#include "test.h"

#include "wire/registry.h"

#define A_MAX (1U << 20)
#define HASH64 "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define X "xmlns='urn:ironside:registrar:1'"

static struct xml_element *element(struct arena *a, const char *text)
{
    struct xml_element *x = NULL;
    assert_int_equal(xml_parse(a, text, strlen(text), &x), 0);
    return x;
}

static int parse_query(struct arena *a, const char *text, struct registry_query *ret)
{
    return registry_parse_query(element(a, text), a, ret);
}

static int parse_piece(struct arena *a, const char *text, struct registry_piece *ret)
{
    return registry_parse_piece(element(a, text), a, ret);
}

static void registry__parse_query__round_trip(void **state)
{
    (void)state;
    uint8_t ones[HASH_BYTES];
    memset(ones, 1, sizeof ones);
    struct registry_query queries[] = {
        {.what = REGISTRY_BY_HASH, .offset = 0},
        {.what = REGISTRY_BY_HASH, .offset = UINT32_MAX},
        {.what = REGISTRY_POLICY, .serial = 0},
        {.what = REGISTRY_POLICY, .serial = UINT32_MAX},
        {.what = REGISTRY_CERTIFICATE, .account = "bob@chat.example"},
        {.what = REGISTRY_ACTIVATE, .request = "note\n", .request_len = 5},
        {.what = REGISTRY_LOG, .offset = 0},
        {.what = REGISTRY_LOG, .offset = UINT32_MAX},
        {.what = REGISTRY_PLACE},
    };
    static const char *const texts[] = {
        "<document " X " hash='" HASH64 "' offset='0'/>",
        "<document " X " hash='" HASH64 "' offset='4294967295'/>",
        "<policy " X "/>",
        "<policy " X " serial='4294967295'/>",
        "<certificate " X " account='bob@chat.example'/>",
        "<activate " X "><request>bm90ZQo=</request><mac>" HASH64 "</mac></activate>",
        "<log " X " from='0'/>",
        "<log " X " from='4294967295'/>",
        "<place " X "/>",
    };
    for (size_t i = 0; i < COUNT(queries); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
        struct registry_query q = queries[i], got;
        memcpy(q.hash, ones, sizeof ones);
        memcpy(q.mac, ones, sizeof ones);
        registry_put_query(&b, &q);
        assert_string_equal(buf_text(&b), texts[i]);
        assert_int_equal(parse_query(&a, texts[i], &got), 0);
        assert_int_equal(got.what, q.what);
        assert_int_equal(got.offset, q.offset);
        assert_int_equal(got.serial, q.serial);
        if (q.what == REGISTRY_BY_HASH)
            assert_memory_equal(got.hash, ones, sizeof ones);
        if (q.account != NULL)
            assert_string_equal(got.account, q.account);
        if (q.request != NULL) {
            assert_int_equal(got.request_len, 5);
            assert_string_equal(got.request, "note\n");
            assert_memory_equal(got.mac, ones, sizeof ones);
        }
    }
}

static void registry__submit__round_trip(void **state)
{
    (void)state;
    static const char text[] = "<submit " X " kind='statement'>bm90ZQo=</submit>";
    static const char *const bad[] = {
        "<submit kind='statement'>bm90ZQo=</submit>",
        "<submit " X ">bm90ZQo=</submit>",
        "<submit " X " kind='policy'>bm90ZQo=</submit>",
        "<submit " X " kind='exemptions'>bm90ZQo=</submit>",
        "<submit " X " kind='use'>bm90ZQo=</submit>",
        "<submit " X " kind='statement'></submit>",
        "<submit " X " kind='statement'>bm90ZQo</submit>",
        "<submit " X " kind='statement'>bm90ZQo=<a/></submit>",
    };
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
    struct registry_query q = {.what = REGISTRY_SUBMIT,
                               .kind = DOCUMENT_STATEMENT,
                               .request = "note\n",
                               .request_len = 5},
                          got;
    registry_put_query(&b, &q);
    assert_string_equal(buf_text(&b), text);
    assert_int_equal(parse_query(&a, text, &got), 0);
    assert_int_equal(got.what, REGISTRY_SUBMIT);
    assert_int_equal(got.kind, DOCUMENT_STATEMENT);
    assert_int_equal(got.request_len, 5);
    assert_memory_equal(got.request, "note\n", 5);
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(parse_query(&a, bad[i], &got), ERR_FORMAT);
}

static void registry__submitted__round_trip(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
    uint8_t hash[HASH_BYTES], got[HASH_BYTES];
    memset(hash, 1, sizeof hash);
    registry_put_submitted(&b, hash);
    assert_string_equal(buf_text(&b), "<submitted " X " hash='" HASH64 "'/>");
    assert_int_equal(registry_parse_submitted(element(&a, buf_text(&b)), got), 0);
    assert_memory_equal(got, hash, sizeof hash);
    assert_int_equal(registry_parse_submitted(element(&a, "<submitted " X "/>"), got), ERR_FORMAT);
    assert_int_equal(
        registry_parse_submitted(element(&a, "<submit " X " hash='" HASH64 "'/>"), got),
        ERR_FORMAT);
}

static void registry__parse_query__defaults(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct registry_query q;
    assert_int_equal(parse_query(&a, "<document " X " hash='" HASH64 "'/>", &q), 0);
    assert_int_equal(q.offset, 0);
}

static void registry__parse_query__refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "<document hash='" HASH64 "'/>",
        "<document " X "/>",
        "<document " X " hash=''/>",
        "<document " X " hash='A" HASH64 "'/>",
        "<document " X " hash='" HASH64 "' offset='-1'/>",
        "<document " X " hash='" HASH64 "' offset=''/>",
        "<document " X " hash='" HASH64 "' offset='4294967296'/>",
        "<policy " X " serial='01'/>",
        "<policy " X " serial='4294967296'/>",
        "<certificate " X "/>",
        "<certificate " X " account=''/>",
        "<certificate " X " account='chat.example'/>",
        "<certificate " X " account='Bob@chat.example'/>",
        "<certificate " X " account='bob@chat.example/x'/>",
        "<activate " X "/>",
        "<activate " X "><request>bm90ZQo=</request></activate>",
        "<activate " X "><mac>" HASH64 "</mac></activate>",
        "<activate " X "><request>bm90ZQo</request><mac>" HASH64 "</mac></activate>",
        "<activate " X "><request>bm90ZQo=</request><mac>" HASH64 "=</mac></activate>",
        "<activate " X "><request>bm90ZQo=</request><request/><mac>" HASH64 "</mac></activate>",
        "<activate " X "><request>bm90ZQo=</request><mac/><mac>" HASH64 "</mac></activate>",
        "<log " X "/>",
        "<log " X " from=''/>",
        "<log " X " from='-1'/>",
        "<log " X " from='00'/>",
        "<log " X " from='4294967296'/>",
        "<revoke " X "/>",
        "<place/>",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        struct registry_query q = {.serial = 77};
        if (parse_query(&a, bad[i], &q) != ERR_FORMAT)
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(q.serial, 77);
    }
}

static void registry__parse_place__round_trip(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
    const char *note = NULL;
    size_t len = 0;
    registry_put_place(&b, "note\n", 5);
    assert_string_equal(buf_text(&b), "<place " X ">bm90ZQo=</place>");
    assert_int_equal(registry_parse_place(element(&a, buf_text(&b)), &a, &note, &len), 0);
    assert_int_equal(len, 5);
    assert_string_equal(note, "note\n");
}

static void registry__parse_place__refused(void **state)
{
    (void)state;
    CLEANUP_FREE char *long_note = repeat('A', (VALUE_PLACE_MAX + 2) / 3 * 4 + 4);
    CLEANUP_FREE char *too_long = mem_format("<place " X ">%s</place>", long_note);
    const char *const bad[] = {"<place " X "/>", "<place>bm90ZQo=</place>",
                               "<place " X ">bm90ZQo</place>", "<policy " X ">bm90ZQo=</policy>",
                               too_long};
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        const char *note = NULL;
        size_t len = 0;
        assert_int_equal(registry_parse_place(element(&a, bad[i]), &a, &note, &len), ERR_FORMAT);
        assert_null(note);
    }
}

static void registry__parse_query__request_size(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
        CLEANUP_FREE char *request = repeat('x', VALUE_CERTIFICATE_MAX + over);
        struct registry_query q = {.what = REGISTRY_ACTIVATE,
                                   .request = request,
                                   .request_len = VALUE_CERTIFICATE_MAX + over},
                              got;
        registry_put_query(&b, &q);
        assert_int_equal(parse_query(&a, buf_text(&b), &got), over ? ERR_FORMAT : 0);
        if (!over)
            assert_string_equal(got.request, request);
    }
    /* No room to decode it. */
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct arena none = ARENA_INIT(100);
    const struct xml_element *x =
        element(&a, "<activate " X "><request>bm90ZQo=</request><mac>" HASH64 "</mac></activate>");
    struct registry_query q;
    assert_int_equal(registry_parse_query(x, &none, &q), ERR_FORMAT);
    arena_clear(&none);
}

static void registry__parse_piece__round_trip(void **state)
{
    (void)state;
    CLEANUP_FREE char *data = repeat('x', REGISTRY_PIECE_MAX);
    static const struct {
        uint32_t size, offset;
        size_t len;
    } cases[] = {
        {1, 0, 1},
        {REGISTRY_PIECE_MAX, 0, REGISTRY_PIECE_MAX},
        {VALUE_EPOCHS_MAX, VALUE_EPOCHS_MAX - REGISTRY_PIECE_MAX, REGISTRY_PIECE_MAX},
        {100, 50, 49},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
        struct registry_piece p = {.kind = DOCUMENT_EPOCHS,
                                   .hash = {1, 2, 3},
                                   .size = cases[i].size,
                                   .offset = cases[i].offset,
                                   .data = (const uint8_t *)data,
                                   .len = cases[i].len},
                              got;
        registry_put_piece(&b, &p);
        assert_int_equal(parse_piece(&a, buf_text(&b), &got), 0);
        assert_int_equal(got.kind, p.kind);
        assert_memory_equal(got.hash, p.hash, HASH_BYTES);
        assert_int_equal(got.size, p.size);
        assert_int_equal(got.offset, p.offset);
        assert_int_equal(got.len, p.len);
        assert_memory_equal(got.data, data, p.len);
    }
}

static void registry__parse_piece__refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "<document " X " hash='" HASH64 "' size='4' offset='0'>AAAA</document>",
        "<document " X " kind='request' hash='" HASH64 "' size='4' offset='0'>AAAA</document>",
        "<document " X " kind='policy' size='4' offset='0'>AAAA</document>",
        "<document " X " kind='policy' hash='x' size='4' offset='0'>AAAA</document>",
        "<document " X " kind='policy' hash='" HASH64 "' offset='0'>AAAA</document>",
        "<document " X " kind='policy' hash='" HASH64 "' size='0' offset='0'>AAAA</document>",
        "<document " X " kind='policy' hash='" HASH64 "' size='2' offset='0'>AAAA</document>",
        "<document " X " kind='policy' hash='" HASH64 "' size='4' offset='2'>AAAA</document>",
        "<document " X " kind='policy' hash='" HASH64 "' size='4' offset='4'/>",
        "<document " X " kind='policy' hash='" HASH64 "' size='4' offset='5'>AAAA</document>",
        "<document " X " kind='policy' hash='" HASH64 "' size='262145' offset='0'>AAAA</document>",
        "<document " X " kind='policy' hash='" HASH64 "' size='4' offset='0'>AAA</document>",
        "<document " X " kind='policy' hash='" HASH64 "' size='4' offset='0'/>",
        "<document xmlns='u' kind='policy' hash='" HASH64 "' size='4' offset='0'>AAAA</document>",
        "<policy " X " kind='policy' hash='" HASH64 "' size='4' offset='0'>AAAA</policy>",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        struct registry_piece p = {.size = 77};
        if (parse_piece(&a, bad[i], &p) != ERR_FORMAT)
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(p.size, 77);
    }
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
    CLEANUP_FREE char *data = repeat('x', REGISTRY_PIECE_MAX + 1);
    struct registry_piece p = {.kind = DOCUMENT_POLICY,
                               .size = REGISTRY_PIECE_MAX + 1,
                               .data = (const uint8_t *)data,
                               .len = REGISTRY_PIECE_MAX + 1};
    registry_put_piece(&b, &p);
    assert_int_equal(parse_piece(&a, buf_text(&b), &p), ERR_FORMAT);
}

/* A note whose text is about `len` bytes long, and the hash of its text. */
static char *note_of(size_t len, uint8_t ret_hash[static HASH_BYTES])
{
    struct fixture_signer signer;
    CLEANUP_FREE char *text = repeat('t', len);
    text[len - 1] = '\n';
    fixture_signer_init(&signer, "somebody", "somebody");
    hash_sha256(text, len, ret_hash);
    return fixture_sign(text, &signer, 1);
}

static struct registry_piece piece_of(const char *note, const uint8_t *hash, size_t offset,
                                      size_t len)
{
    size_t left = strlen(note) - offset;
    struct registry_piece p = {.kind = DOCUMENT_EPOCHS,
                               .size = (uint32_t)strlen(note),
                               .offset = (uint32_t)offset,
                               .data = (const uint8_t *)note + offset,
                               .len = len < left ? len : left};
    memcpy(p.hash, hash, HASH_BYTES);
    return p;
}

static void registry__fetch_add__pieces(void **state)
{
    (void)state;
    static const size_t sizes[] = {2, 1000, REGISTRY_PIECE_MAX, 2 * REGISTRY_PIECE_MAX,
                                   VALUE_EPOCHS_MAX - 200};
    uint8_t hash[HASH_BYTES];
    for (size_t i = 0; i < COUNT(sizes); i++) {
        CLEANUP_FREE char *note = note_of(sizes[i], hash);
        CLEANUP(registry_fetch_clear) struct registry_fetch f = {0};
        size_t len = strlen(note);
        for (size_t at = 0; at < len; at += REGISTRY_PIECE_MAX) {
            struct registry_piece p = piece_of(note, hash, at, REGISTRY_PIECE_MAX);
            assert_int_equal(registry_fetch_add(&f, &p), at + p.len == len ? 1 : 0);
            assert_int_equal(f.note.len, at + p.len);
        }
        assert_memory_equal(f.note.data, note, len);
        assert_int_equal(f.kind, DOCUMENT_EPOCHS);
        assert_memory_equal(f.hash, hash, HASH_BYTES);
        struct registry_piece more = piece_of(note, hash, 0, 1);
        assert_int_equal(registry_fetch_add(&f, &more), ERR_FORMAT); /* it is whole */
    }
}

static void registry__fetch_add__refused(void **state)
{
    (void)state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = note_of(1000, hash);
    CLEANUP(registry_fetch_clear) struct registry_fetch f = {0};
    struct registry_piece first = piece_of(note, hash, 0, 400), p = piece_of(note, hash, 400, 400);
    assert_int_equal(registry_fetch_add(&f, &p), ERR_FORMAT); /* not from its start */
    first.len = 0;
    assert_int_equal(registry_fetch_add(&f, &first), ERR_FORMAT);
    first.len = 400;
    first.size = VALUE_EPOCHS_MAX + 1;
    assert_int_equal(registry_fetch_add(&f, &first), ERR_FORMAT);
    first = piece_of(note, hash, 0, 400);
    assert_int_equal(registry_fetch_add(&f, &first), 0);

    /* Each of these changes nothing. */
    struct registry_piece bad[7];
    for (size_t i = 0; i < COUNT(bad); i++)
        bad[i] = p;
    bad[0].offset = 399;
    bad[1].offset = 401;
    bad[2].offset = 0;
    bad[3].size++;
    bad[4].kind = DOCUMENT_WARRANT;
    bad[5].hash[0] ^= 1;
    bad[6].len = p.size - 399;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(registry_fetch_add(&f, &bad[i]), ERR_FORMAT);
    assert_int_equal(registry_fetch_add(&f, &p), 0);
    p = piece_of(note, hash, 800, 1000);
    assert_int_equal(registry_fetch_add(&f, &p), 1);
}

static void registry__fetch_add__not_what_it_says(void **state)
{
    (void)state;
    uint8_t hash[HASH_BYTES];
    CLEANUP_FREE char *note = note_of(100, hash);
    CLEANUP(registry_fetch_clear) struct registry_fetch f = {0};
    note[0] ^= 1;
    struct registry_piece p = piece_of(note, hash, 0, 1000);
    assert_int_equal(registry_fetch_add(&f, &p), ERR_AUTH);
    registry_fetch_clear(&f);
    p = piece_of("no note", hash, 0, 1000);
    assert_int_equal(registry_fetch_add(&f, &p), ERR_FORMAT);
    registry_fetch_clear(&f); /* and it can be used again */
    note[0] ^= 1;
    p = piece_of(note, hash, 0, 1000);
    assert_int_equal(registry_fetch_add(&f, &p), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry__parse_query__round_trip),
        cmocka_unit_test(registry__submit__round_trip),
        cmocka_unit_test(registry__submitted__round_trip),
        cmocka_unit_test(registry__parse_query__defaults),
        cmocka_unit_test(registry__parse_query__refused),
        cmocka_unit_test(registry__parse_query__request_size),
        cmocka_unit_test(registry__parse_place__round_trip),
        cmocka_unit_test(registry__parse_place__refused),
        cmocka_unit_test(registry__parse_piece__round_trip),
        cmocka_unit_test(registry__parse_piece__refused),
        cmocka_unit_test(registry__fetch_add__pieces),
        cmocka_unit_test(registry__fetch_add__refused),
        cmocka_unit_test(registry__fetch_add__not_what_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
