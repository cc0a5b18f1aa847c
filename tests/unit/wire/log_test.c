/* The public log's entries, pages and checkpoints. */
#include "test.h"

#include "base/encode.h"
#include "wire/log.h"
#include "wire/registry.h"

#define A_MAX (1U << 20)

static const struct log_entry certificate = {.kind = DOCUMENT_CERTIFICATE, .hash = {1}, .tag = {2}};
static const struct log_entry policy = {.kind = DOCUMENT_POLICY, .hash = {3}};

static void log__kind_logged__each(void **state)
{
    (void)state;
    static const enum document_kind logged[] = {
        DOCUMENT_POLICY,    DOCUMENT_WARRANT,     DOCUMENT_EPOCHS,     DOCUMENT_CERTIFICATE,
        DOCUMENT_STATEMENT, DOCUMENT_DESTRUCTION, DOCUMENT_EXEMPTIONS, DOCUMENT_USE};
    for (size_t i = 0; i < COUNT(logged); i++)
        assert_true(log_kind_logged(logged[i]));
    assert_false(log_kind_logged(DOCUMENT_NETWORK));
    assert_false(log_kind_logged(DOCUMENT_PLACE));
    assert_false(log_kind_logged((enum document_kind)0));
    assert_false(log_kind_logged(DOCUMENT_KINDS));
    for (enum document_kind k = 0; k <= DOCUMENT_KINDS; k++) {
        assert_int_equal(log_kind_tagged(k), k == DOCUMENT_CERTIFICATE || k == DOCUMENT_USE);
        assert_int_equal(log_kind_hidden(k), k == DOCUMENT_CERTIFICATE);
    }
}

static void log__tag__by_key_and_account(void **state)
{
    (void)state;
    const uint8_t key[LOG_KEY_BYTES] = {1}, other[LOG_KEY_BYTES] = {2};
    uint8_t tag[LOG_TAG_BYTES], x[LOG_TAG_BYTES];
    char hex[2 * LOG_TAG_BYTES + 1];
    log_tag(key, "anna@chat.example", tag);
    encode_hex(tag, sizeof tag, hex);
    /* hmac.new(b"\1"+31*b"\0", b"ironside log account 1\0anna@chat.example", "sha256") */
    assert_string_equal(hex, "5c2c3cc964ada3a6c451d436efb13188af46d6f0312890eca5f02aa5067f97b9");
    log_tag(key, "bob@chat.example", x);
    assert_memory_not_equal(x, tag, sizeof tag);
    log_tag(other, "anna@chat.example", x);
    assert_memory_not_equal(x, tag, sizeof tag);
}

static void log__put_text__each_form(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    CLEANUP_FREE char *zeros = repeat('0', 62);
    CLEANUP_FREE char *device = mem_format("ironside log 1 device 01%s 02%s", zeros, zeros);
    CLEANUP_FREE char *other = mem_format("ironside log 1 policy 03%s -", zeros);
    uint8_t leaf[MERKLE_BYTES], whole[MERKLE_BYTES];
    log_put_text(&b, &certificate);
    assert_string_equal(buf_text(&b), device);
    merkle_leaf(device, strlen(device), whole);
    log_leaf(&certificate, leaf);
    assert_memory_equal(leaf, whole, sizeof leaf);
    buf_reset(&b);
    log_put_text(&b, &policy);
    assert_string_equal(buf_text(&b), other);
}

/* ---- pages ---- */

static int parse(struct arena *a, const char *text, struct log_page *ret)
{
    struct xml_element *x = NULL;
    assert_int_equal(xml_parse(a, text, strlen(text), &x), 0);
    return log_parse_page(x, a, ret);
}

static char *page_text(const struct log_page *p)
{
    struct buf b = BUF_INIT(A_MAX);
    log_put_page(&b, p);
    assert_false(buf_failed(&b));
    return buf_take_text(&b);
}

static void fill(struct log_page *p, uint64_t from, uint64_t size, size_t count)
{
    *p = (struct log_page){
        .from = from, .size = size, .count = count, .checkpoint = "note\n", .checkpoint_len = 5};
    for (size_t i = 0; i < count && i < LOG_PAGE_ENTRIES; i++)
        p->entries[i] = i % 2 == 0 ? certificate : policy;
}

static void log__parse_page__round_trip(void **state)
{
    (void)state;
    static const struct {
        uint64_t from, size;
        size_t count;
    } pages[] = {{0, 0, 0}, {5, 5, 0}, {9, 5, 0}, {0, 1, 1}, {7, 1000, 400}, {998, 1000, 2}};
    for (size_t i = 0; i < COUNT(pages); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        static struct log_page p, got;
        fill(&p, pages[i].from, pages[i].size, pages[i].count);
        CLEANUP_FREE char *text = page_text(&p);
        assert_true(strlen(text) < VALUE_STANZA_MAX);
        assert_int_equal(parse(&a, text, &got), 0);
        assert_int_equal(got.from, p.from);
        assert_int_equal(got.size, p.size);
        assert_int_equal(got.count, p.count);
        for (size_t k = 0; k < p.count; k++) {
            assert_int_equal(got.entries[k].kind, p.entries[k].kind);
            assert_memory_equal(got.entries[k].hash, p.entries[k].hash, HASH_BYTES);
            assert_memory_equal(got.entries[k].tag, p.entries[k].tag, LOG_TAG_BYTES);
        }
        assert_string_equal(got.checkpoint, "note\n");
        assert_int_equal(got.checkpoint_len, 5);
    }
}

/* What does not fit together, though each part is well-formed. */
static void log__parse_page__sizes(void **state)
{
    (void)state;
    static const struct {
        uint64_t from, size;
        size_t count;
    } bad[] = {{0, 1, 0}, {0, 1, 2}, {5, 5, 1}, {9, 5, 1}, {998, 1000, 3}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        static struct log_page p, got;
        fill(&p, bad[i].from, bad[i].size, bad[i].count);
        CLEANUP_FREE char *text = page_text(&p);
        assert_int_equal(parse(&a, text, &got), ERR_FORMAT);
    }
    /* One entry more than a page holds. */
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(A_MAX), entries = BUF_INIT(A_MAX);
    static struct log_page got;
    for (size_t i = 0; i <= LOG_PAGE_ENTRIES; i++) {
        buf_put_u8(&entries, DOCUMENT_CERTIFICATE);
        buf_put(&entries, certificate.hash, HASH_BYTES);
        buf_put(&entries, certificate.tag, LOG_TAG_BYTES);
    }
    buf_put_text(&b, "<log xmlns='" REGISTRY_NS "' from='0' size='1000'>");
    xml_put_base64(&b, "entries", entries.data, entries.len);
    buf_put_text(&b, "<checkpoint>eA==</checkpoint></log>");
    assert_int_equal(parse(&a, buf_text(&b), &got), ERR_FORMAT);
}

static void log__parse_page__refused(void **state)
{
    (void)state;
    static struct log_page p, got;
    fill(&p, 4, 6, 2);
    CLEANUP_FREE char *text = page_text(&p);
    static const char *const edits[][2] = {
        {"<log ", "<lag "},
        {"</log>", "</lag>"},
        {REGISTRY_NS, "urn:x"},
        {"from='4'", "from=''"},
        {"from='4'", "from='-1'"},
        {"from='4'", "from='04'"},
        {"from='4'", "from='4294967296'"},
        {"from='4'", "x='4'"},
        {"size='6'", "size='4294967296'"},
        {"size='6'", "x='6'"},
        {"<entries>B", "<entries>="},
        {"<entries>B", "<entries>AA"},
        {"<entries>B", "<entries>A"},   /* kind 1: the network note */
        {"<entries>BQ", "<entries>Bg"}, /* kind 6: a place token */
        {"<entries>BQ", "<entries>Ag"}, /* a policy with a tag */
        {"<entries>", "<entries/><entries>"},
        {"<entries>", "<enteries>"},
        {"</entries>", "</enteries>"},
        {"<checkpoint>", "<checkpoint/><checkpoint>"},
        {"<checkpoint>bm90ZQo=", "<checkpoint>"},
        {"<checkpoint>bm90ZQo=", "<checkpoint>bm90ZQo"},
        {"<checkpoint>bm90ZQo=", "<checkpoint>bm9AZQA="}, /* a NUL at its end */
    };
    for (size_t i = 0; i < COUNT(edits); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_FREE char *bad = replace(text, edits[i][0], edits[i][1]);
        struct xml_element *x = NULL;
        if (xml_parse(&a, bad, strlen(bad), &x) == 0 && log_parse_page(x, &a, &got) != ERR_FORMAT)
            fail_msg("taken: %s -> %s", edits[i][0], edits[i][1]);
    }
    CLEANUP_ARENA struct arena small = ARENA_INIT(A_MAX);
    assert_int_equal(parse(&small, text, &got), 0);
}

/* ---- checkpoints ---- */

static char *checkpoint_note(const struct fixture_signer *by, const char *origin, uint64_t size)
{
    struct buf b = BUF_INIT(CHECKPOINT_MAX_BYTES);
    const struct checkpoint c = {.size = size, .root = {7}};
    checkpoint_sign(&b, origin, &c, "", &by->key, by->secret);
    assert_false(buf_failed(&b));
    return buf_take_text(&b);
}

static void log__checkpoint_open__own_only(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    struct fixture_signer other;
    fixture_signer_init(&other, "registrar.chat.example", "another key");
    const struct {
        const struct fixture_signer *by;
        const char *origin, *says;
    } cases[] = {
        {&f->registrar, "registrar.chat.example/log", NULL},
        {&f->registrar, "registrar.chat.example", "not of registrar.chat.example/log"},
        {&f->registrar, "ibot.chat.example", "not of registrar.chat.example/log"},
        {&other, "registrar.chat.example/log", "not signed by registrar.chat.example"},
        {&f->bots[0].signer, "registrar.chat.example/log", "not signed by registrar"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_FREE char *note = checkpoint_note(cases[i].by, cases[i].origin, 12);
        struct checkpoint c = {.size = 99};
        struct diag d = {""};
        int r = log_checkpoint_open(f->network, note, strlen(note), &c, &d);
        assert_int_equal(r, cases[i].says == NULL ? 0 : ERR_AUTH);
        assert_int_equal(c.size, cases[i].says == NULL ? 12 : 99);
        if (cases[i].says != NULL)
            assert_says(d.text, cases[i].says);
    }
}

static void log__checkpoint_open__tampered(void **state)
{
    (void)state;
    CLEANUP(fixture_free_cleanup) struct fixture *f = fixture_new(NULL);
    CLEANUP_FREE char *note = checkpoint_note(&f->registrar, "registrar.chat.example/log", 12);
    CLEANUP_FREE char *larger = replace(note, "\n12\n", "\n13\n");
    CLEANUP_FREE char *root = replace(note, "\nBwAA", "\nCAAA");
    struct checkpoint c;
    struct diag d = {""};
    assert_int_equal(log_checkpoint_open(f->network, larger, strlen(larger), &c, &d), ERR_AUTH);
    assert_says(d.text, "does not match its text");
    assert_int_equal(log_checkpoint_open(f->network, root, strlen(root), &c, &d), ERR_AUTH);
    assert_int_equal(log_checkpoint_open(f->network, "x", 1, &c, &d), ERR_FORMAT);
    assert_says(d.text, "not a signed note");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log__kind_logged__each),
        cmocka_unit_test(log__tag__by_key_and_account),
        cmocka_unit_test(log__put_text__each_form),
        cmocka_unit_test(log__parse_page__round_trip),
        cmocka_unit_test(log__parse_page__sizes),
        cmocka_unit_test(log__parse_page__refused),
        cmocka_unit_test(log__checkpoint_open__own_only),
        cmocka_unit_test(log__checkpoint_open__tampered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
