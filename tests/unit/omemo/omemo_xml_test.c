#include "support.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "base/encode.h"
#include "wire/value.h"

static struct arena arena = ARENA_INIT(4U << 20);

static const struct xml_element *parse(const char *text)
{
    struct xml_element *x = NULL;
    if (xml_parse(&arena, text, strlen(text), &x) < 0)
        fail_msg("not XML: %s", text);
    return x;
}

static int clean(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

/* `text` with the first `from` replaced; it must be there. Valid until the next call. */
static const char *with(const char *text, const char *from, const char *to)
{
    static char changed[1 << 20];
    const char *at = strstr(text, from);
    assert_non_null(at);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return changed;
}

static struct omemo_bundle made_up(struct omemo_prekey *prekeys, size_t count)
{
    struct omemo_bundle b = {.prekeys = prekeys, .prekey_count = count};
    randombytes_buf(b.identity, sizeof b.identity);
    randombytes_buf(b.signature, sizeof b.signature);
    randombytes_buf(b.signed_prekey.key, sizeof b.signed_prekey.key);
    b.identity[0] = b.signed_prekey.key[0] = 0x05;
    b.signed_prekey.id = 3;
    for (size_t i = 0; i < count; i++) {
        prekeys[i].id = (uint32_t)i + 10;
        memset(prekeys[i].key, (int)i, sizeof prekeys[i].key);
        prekeys[i].key[0] = 0x05;
    }
    return b;
}

static const char *bundle_text(size_t prekeys)
{
    static struct omemo_prekey keys[OMEMO_PREKEYS_MAX + 1];
    static struct buf b = BUF_INIT(1 << 20);
    const struct omemo_bundle bundle = made_up(keys, prekeys);
    buf_reset(&b);
    omemo_bundle_put(&b, &bundle);
    assert_false(buf_failed(&b));
    return buf_text(&b);
}

static void bundle__parse__reads_what_put_writes(void **state)
{
    struct omemo_prekey keys[OMEMO_PREKEYS_MAX];
    const struct omemo_bundle in = made_up(keys, OMEMO_PREKEYS_MAX);
    struct omemo_bundle out;
    CLEANUP_BUF struct buf b = BUF_INIT(1 << 20);
    (void)state;
    omemo_bundle_put(&b, &in);
    assert_int_equal(omemo_bundle_parse(parse(buf_text(&b)), &arena, &out, NULL), 0);
    assert_memory_equal(in.identity, out.identity, sizeof in.identity);
    assert_memory_equal(in.signature, out.signature, sizeof in.signature);
    assert_memory_equal(&in.signed_prekey, &out.signed_prekey, sizeof in.signed_prekey);
    assert_int_equal(out.prekey_count, OMEMO_PREKEYS_MAX);
    for (size_t i = 0; i < OMEMO_PREKEYS_MAX; i++) {
        assert_int_equal(in.prekeys[i].id, out.prekeys[i].id);
        assert_memory_equal(in.prekeys[i].key, out.prekeys[i].key, OMEMO_IDENTITY_BYTES);
    }
}

static void refuse_bundle(const char *text, int code)
{
    struct omemo_bundle out = {.prekey_count = 77};
    struct diag d = {0};
    assert_int_equal(omemo_bundle_parse(parse(text), &arena, &out, &d), code);
    assert_true(strlen(d.text) > 0);
    assert_int_equal(out.prekey_count, 77);
}

static void bundle__parse__malformed_is_refused(void **state)
{
    const char *good = bundle_text(3);
    (void)state;
    refuse_bundle(with(good, "axolotl", "other"), ERR_FORMAT);
    refuse_bundle("<list xmlns='" OMEMO_NS "'/>", ERR_FORMAT);
    refuse_bundle("<bundle xmlns='" OMEMO_NS "'/>", ERR_FORMAT);
    refuse_bundle(with(good, "signedPreKeyId='3'", ""), ERR_FORMAT);
    refuse_bundle(with(good, "signedPreKeyId='3'", "signedPreKeyId='-3'"), ERR_FORMAT);
    refuse_bundle(with(good, "signedPreKeyId='3'", "signedPreKeyId='4294967296'"), ERR_FORMAT);
    refuse_bundle(with(good, "preKeyId='10'", "preKeyId='1 '"), ERR_FORMAT);
    refuse_bundle(with(good, "preKeyId='10'", ""), ERR_FORMAT);
    refuse_bundle(with(good, "<prekeys>", "<prekeys><other/>"), ERR_FORMAT);
    refuse_bundle(with(good, "<identityKey>", "<identityKey>!"), ERR_FORMAT);
    refuse_bundle(with(good, "<identityKey>", "<identityKey>AAAA"), ERR_FORMAT);
    refuse_bundle(with(good, "<identityKey>", "<identityKey><x/>"), ERR_FORMAT);
    refuse_bundle(with(good, "<identityKey>B", "<identityKey>C"), ERR_FORMAT);
    refuse_bundle(with(good, "'3'>B", "'3'>C"), ERR_FORMAT);
    refuse_bundle(with(good, "'10'>B", "'10'>C"), ERR_FORMAT);
    refuse_bundle(with(good, "<signedPreKeySignature>", "<signedPreKeySignature>AAAA"), ERR_FORMAT);
    refuse_bundle(with(good, "<identityKey>", "<identityKey/><identityKey>"), ERR_FORMAT);
    refuse_bundle(with(good, "<prekeys>", "<prekeys/><prekeys>"), ERR_FORMAT);
}

static void bundle__parse__caps(void **state)
{
    (void)state;
    refuse_bundle(bundle_text(0), ERR_FORMAT);
    refuse_bundle(bundle_text(OMEMO_PREKEYS_MAX + 1), ERR_LIMIT);
}

static void device_list__parse__reads_what_put_writes(void **state)
{
    uint32_t ids[OMEMO_DEVICES_MAX];
    size_t count = 99;
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    (void)state;
    omemo_put_device_list(&b, 2147483647);
    assert_int_equal(omemo_device_list_parse(parse(buf_text(&b)), ids, &count, NULL), 0);
    assert_int_equal(count, 1);
    assert_int_equal(ids[0], 2147483647);
    assert_int_equal(
        omemo_device_list_parse(parse("<list xmlns='" OMEMO_NS "'/>"), ids, &count, NULL), 0);
    assert_int_equal(count, 0);
}

static void device_list__parse__malformed_is_refused(void **state)
{
    static const char *const bad[] = {
        "<list/>",
        "<devices xmlns='" OMEMO_NS "'/>",
        "<list xmlns='" OMEMO_NS "'><device/></list>",
        "<list xmlns='" OMEMO_NS "'><device id='0'/></list>",
        "<list xmlns='" OMEMO_NS "'><device id='2147483648'/></list>",
        "<list xmlns='" OMEMO_NS "'><device id='-1'/></list>",
        "<list xmlns='" OMEMO_NS "'><device id='1'/><other/></list>",
    };
    uint32_t ids[OMEMO_DEVICES_MAX] = {5};
    size_t count = 99;
    struct diag d;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(omemo_device_list_parse(parse(bad[i]), ids, &count, &d), ERR_FORMAT);
    CLEANUP_BUF struct buf b = BUF_INIT(65536);
    buf_put_text(&b, "<list xmlns='" OMEMO_NS "'>");
    for (unsigned i = 0; i <= OMEMO_DEVICES_MAX; i++)
        buf_format(&b, "<device id='%u'/>", i + 1);
    buf_put_text(&b, "</list>");
    assert_int_equal(omemo_device_list_parse(parse(buf_text(&b)), ids, &count, &d), ERR_LIMIT);
    assert_int_equal(ids[0], 5);
    assert_int_equal(count, 99);
}

static const char *encrypted_text(const void *payload, size_t len)
{
    static struct buf b = BUF_INIT(1 << 20);
    static const uint8_t iv[PAYLOAD_IV_BYTES] = "twelve bytes";
    buf_reset(&b);
    omemo_begin_encrypted(&b, 4711);
    omemo_put_key(&b, 1, "one", 3, false);
    omemo_put_key(&b, 2, "two!", 4, true);
    omemo_end_encrypted(&b, iv, payload, len);
    assert_false(buf_failed(&b));
    return buf_text(&b);
}

static void encrypted__parse__finds_our_key(void **state)
{
    struct omemo_encrypted e;
    (void)state;
    const struct xml_element *x = parse(encrypted_text("payload", 7));
    assert_int_equal(omemo_encrypted_parse(x, 2, &arena, &e, NULL), 0);
    assert_int_equal(e.sid, 4711);
    assert_memory_equal(e.iv, "twelve bytes", 12);
    assert_int_equal(e.key_len, 4);
    assert_memory_equal(e.key, "two!", 4);
    assert_true(e.prekey);
    assert_int_equal(e.payload_len, 7);
    assert_memory_equal(e.payload, "payload", 7);
    assert_int_equal(omemo_encrypted_parse(x, 1, &arena, &e, NULL), 0);
    assert_memory_equal(e.key, "one", 3);
    assert_false(e.prekey);
    assert_int_equal(omemo_encrypted_parse(x, 3, &arena, &e, NULL), 0);
    assert_null(e.key);
    x = parse(encrypted_text(NULL, 0));
    assert_int_equal(omemo_encrypted_parse(x, 1, &arena, &e, NULL), 0);
    assert_null(e.payload);
    x = parse(with(encrypted_text("", 0), "prekey='true'", "prekey='1'"));
    assert_int_equal(omemo_encrypted_parse(x, 2, &arena, &e, NULL), 0);
    assert_true(e.prekey);
    assert_non_null(e.payload);
    assert_int_equal(e.payload_len, 0);
}

static void refuse_encrypted(const char *text, int code)
{
    struct omemo_encrypted e = {.sid = 77};
    struct diag d = {0};
    assert_int_equal(omemo_encrypted_parse(parse(text), 2, &arena, &e, &d), code);
    assert_true(strlen(d.text) > 0);
    assert_int_equal(e.sid, 77);
}

static void encrypted__parse__malformed_is_refused(void **state)
{
    (void)state;
    refuse_encrypted(with(encrypted_text("x", 1), "axolotl", "other"), ERR_FORMAT);
    refuse_encrypted("<encrypted xmlns='" OMEMO_NS "'/>", ERR_FORMAT);
    refuse_encrypted("<encrypted xmlns='" OMEMO_NS "'><header sid='1'/></encrypted>", ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "sid='4711'", ""), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "sid='4711'", "sid='0'"), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "sid='4711'", "sid='2147483648'"), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "<iv>", "<iv>AAAA"), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "<iv>", "<iv/><iv>"), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "rid='1'", "rid='2'"), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "rid='1'", ""), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "rid='1'", "rid='x'"), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "prekey='true'", "prekey='yes'"), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "rid='2' prekey='true'>", "rid='2'>!"),
                     ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "<payload>", "<payload>!"), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "<payload>", "<payload/><payload>"), ERR_FORMAT);
    refuse_encrypted(with(encrypted_text("x", 1), "<payload>", "<payload><x/>"), ERR_FORMAT);
}

static void encrypted__parse__caps(void **state)
{
    static uint8_t zeros[VALUE_BODY_MAX + 1];
    struct omemo_encrypted e;
    (void)state;
    const struct xml_element *x = parse(encrypted_text(zeros, VALUE_BODY_MAX));
    assert_int_equal(omemo_encrypted_parse(x, 2, &arena, &e, NULL), 0);
    assert_int_equal(e.payload_len, VALUE_BODY_MAX);
    refuse_encrypted(encrypted_text(zeros, VALUE_BODY_MAX + 1), ERR_LIMIT);
    CLEANUP_BUF struct buf b = BUF_INIT(8192);
    omemo_begin_encrypted(&b, 1);
    omemo_put_key(&b, 2, zeros, OMEMO_KEY_MAX + 1, false);
    omemo_end_encrypted(&b, zeros, NULL, 0);
    refuse_encrypted(buf_text(&b), ERR_LIMIT);
}

#define TEST(fn) cmocka_unit_test_teardown(fn, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bundle__parse__reads_what_put_writes),
        TEST(bundle__parse__malformed_is_refused),
        TEST(bundle__parse__caps),
        TEST(device_list__parse__reads_what_put_writes),
        TEST(device_list__parse__malformed_is_refused),
        TEST(encrypted__parse__finds_our_key),
        TEST(encrypted__parse__malformed_is_refused),
        TEST(encrypted__parse__caps),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
