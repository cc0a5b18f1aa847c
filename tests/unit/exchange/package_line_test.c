/* Lines of a package: what was written is read, and anything else is refused. */
#include "exchange/package_line.h"

#include "../wire/test.h"
#include "base/secret.h"

static const uint8_t said[] = "signed";

static struct package_line a_record(void)
{
    struct package_line l = {.kind = PACKAGE_LINE_RECORD,
                             .leaf = 12,
                             .text = "{\"v\":1,\"a\":\"\\u2028\"}",
                             .signed_bytes = said,
                             .signed_len = sizeof said,
                             .verdict = {.at_unix_ms = 5, .index = 1, .count = 3, .path_count = 2}};
    l.text_len = strlen(l.text);
    l.verdict.line.state = VERDICT_ARCHIVED;
    l.verdict.line.n = 7;
    memset(l.verdict.path, 0xab, sizeof l.verdict.path);
    memset(l.verdict.signature, 0xcd, SIGN_BYTES);
    return l;
}

/* Written and read again. */
static void round_trip(const struct package_line *l, struct arena *a, struct package_line *ret)
{
    CLEANUP_BUF struct buf b = BUF_INIT(PACKAGE_LINE_BYTES_MAX);
    package_line_put(&b, l);
    assert_false(buf_failed(&b));
    assert_int_equal(b.data[b.len - 1], '\n');
    assert_null(memchr(b.data, '\n', b.len - 1));
    assert_int_equal(package_line_get((const char *)b.data, b.len - 1, a, ret), 0);
    assert_int_equal(ret->kind, l->kind);
    assert_int_equal(ret->leaf, l->leaf);
}

static void package_line__get__reads_what_was_put(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(65536);
    const struct package_line record = a_record();
    const struct package_line text = {
        .kind = PACKAGE_LINE_TEXT, .leaf = 3, .text = "ironside batch 2", .text_len = 16};
    const struct package_line withheld = {.kind = PACKAGE_LINE_WITHHELD,
                                          .leaf = 16,
                                          .level = 4,
                                          .hash = {1, 2, 3},
                                          .why = PACKAGE_PRIVILEGED};
    struct package_line l;
    round_trip(&record, &a, &l);
    assert_string_equal(l.text, record.text);
    assert_int_equal(l.signed_len, sizeof said);
    assert_memory_equal(l.signed_bytes, said, sizeof said);
    assert_memory_equal(&l.verdict.line, &record.verdict.line, sizeof l.verdict.line);
    assert_int_equal(l.verdict.path_count, 2);
    assert_memory_equal(l.verdict.path, record.verdict.path, sizeof l.verdict.path[0] * 2);
    assert_memory_equal(l.verdict.signature, record.verdict.signature, SIGN_BYTES);
    round_trip(&text, &a, &l);
    assert_string_equal(l.text, text.text);
    round_trip(&withheld, &a, &l);
    assert_int_equal(l.level, 4);
    assert_int_equal(l.why, PACKAGE_PRIVILEGED);
    assert_memory_equal(l.hash, withheld.hash, MERKLE_BYTES);
}

#define HASH "0101010101010101010101010101010101010101010101010101010101010101"

static void package_line__get__refuses_any_other(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "[]",
        "{}",
        "{\"leaf\":1}",
        "{\"leaf\":-1,\"text\":\"x\"}",
        "{\"leaf\":1.5,\"text\":\"x\"}",
        "{\"leaf\":1,\"leaf\":1,\"text\":\"x\"}",
        "{\"leaf\":1,\"text\":\"x\",\"more\":1}",
        "{\"leaf\":1,\"text\":\"x\\u0000y\"}",
        "{\"leaf\":1,\"text\":1}",
        "{\"leaf\":1,\"text\":\"x\"} ,",
        "{\"leaf\":1,\"level\":63,\"hash\":\"" HASH "\",\"why\":\"scope\"}",
        "{\"leaf\":1,\"level\":0,\"hash\":\"" HASH "\",\"why\":\"record\"}",
        "{\"leaf\":1,\"level\":0,\"hash\":\"" HASH "\",\"why\":\"because\"}",
        "{\"leaf\":1,\"level\":0,\"hash\":\"01\",\"why\":\"scope\"}",
        "{\"leaf\":1,\"record\":\"x\",\"signed\":\"\"}",
        "{\"leaf\":1,\"record\":\"x\",\"signed\":\"?\",\"verdict\":{}}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(65536);
        struct package_line l;
        if (package_line_get(wrong[i], strlen(wrong[i]), &a, &l) != ERR_FORMAT)
            fail_msg("%s", wrong[i]);
    }
}

/* Each member of a record's line that is taken out, cut or lengthened. */
static void package_line__get__needs_the_whole_verdict(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"\"index\":1", "\"index\":-1"},
        {"\"count\":3", "\"count\":5000"},
        {"\"at\":5,", ""},
        {"\"path\":[\"ab", "\"path\":[\"zz"},
        {"\"signature\":\"zc", "\"signature\":\""},
        {"\"signed\":\"c2", "\"signed\":\"c"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(PACKAGE_LINE_BYTES_MAX), changed = BUF_INIT(65536);
        CLEANUP_ARENA struct arena a = ARENA_INIT(65536);
        const struct package_line record = a_record();
        struct package_line l;
        package_line_put(&b, &record);
        const char *all = buf_text(&b), *at = strstr(all, changes[i][0]);
        assert_non_null(at);
        buf_put(&changed, all, (size_t)(at - all));
        buf_put_text(&changed, changes[i][1]);
        buf_put_text(&changed, at + strlen(changes[i][0]));
        if (package_line_get(buf_text(&changed), changed.len - 1, &a, &l) != ERR_FORMAT)
            fail_msg("%s", changes[i][0]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(package_line__get__reads_what_was_put),
        cmocka_unit_test(package_line__get__refuses_any_other),
        cmocka_unit_test(package_line__get__needs_the_whole_verdict),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
