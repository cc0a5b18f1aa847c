#include "wire/test.h"

#include <stdlib.h>
#include <zstd.h>

#include "base/calendar.h"
#include "base/file.h"
#include "launch/replay_line.h"

#define A_MAX (1U << 20)
#define CORPUS_MAX (64U << 20)
#define LINE                                                                                       \
    "{\"id\":\"m1\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":\"anna@enron.com\","                  \
    "\"to\":[\"bert@enron.com\",\"Carla \\\"C\\\" "                                                \
    "<carla@x>\"],\"subject\":\"s\",\"body\":\"text\"}"

static int parse(const char *text, struct arena *a, struct replay_line *ret, struct diag *d)
{
    return replay_line_parse(text, strlen(text), a, ret, d);
}

static void replay_line__parse__members(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct replay_line l;
    char at[CALENDAR_INSTANT_LEN + 1];
    assert_int_equal(parse(LINE, &a, &l, NULL), 0);
    calendar_format(l.at_unix_ms, at);
    assert_string_equal(l.id, "m1");
    assert_string_equal(at, "2001-05-03T14:00:00.000Z");
    assert_string_equal(l.from, "anna@enron.com");
    assert_int_equal(l.to_count, 2);
    assert_string_equal(l.to[0], "bert@enron.com");
    assert_string_equal(l.to[1], "Carla \"C\" <carla@x>");
    assert_string_equal(l.body, "text");
    assert_int_equal(l.body_len, 4);
}

static void replay_line__parse__country(void **state)
{
    (void)state;
    static const char *const bad[] = {"\"nl\"", "\"NLD\"", "\"\"", "31", "null"};
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct replay_line l;
    assert_int_equal(parse(LINE, &a, &l, NULL), 0);
    assert_null(l.country);
    CLEANUP_FREE char *good = replace(LINE, "\"subject\":\"s\"", "\"country\":\"NL\"");
    assert_int_equal(parse(good, &a, &l, NULL), 0);
    assert_string_equal(l.country, "NL");
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct diag d;
        CLEANUP_FREE char *member = mem_format("\"country\":%s", bad[i]);
        CLEANUP_FREE char *text = replace(LINE, "\"subject\":\"s\"", member);
        assert_int_equal(parse(text, &a, &l, &d), ERR_FORMAT);
        assert_string_equal(d.text, "'country' is not a country code such as NL");
    }
}

static void assert_kind(const char *kind, const char *body, const char *why)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct replay_line l = {0};
    struct diag d = {""};
    CLEANUP_FREE char *member = mem_format("\"kind\":%s", kind);
    CLEANUP_FREE char *some = replace(LINE, "\"text\"", body);
    CLEANUP_FREE char *text = replace(some, "\"subject\":\"s\"", member);
    assert_int_equal(parse(text, &a, &l, &d), why == NULL ? 0 : ERR_FORMAT);
    assert_true(l.content == (why == NULL));
    if (why != NULL)
        assert_string_equal(d.text, why);
}

static void replay_line__parse__kind(void **state)
{
    (void)state;
    static const char none[] = "'kind' is not one that is replayed, such as edit";
    assert_kind("\"edit\"", "\"Correction: x\\nironside:edit?id=m1\"", NULL);
    assert_kind("\"text\"", "\"x\\nironside:text?group=00112233445566778899aabbccddeeff\"", NULL);
    assert_kind("\"position\"", "\"geo:52.5,4.25\"", NULL);
    assert_kind("\"edit\"", "\"x\"", "'body' does not have the form of kind edit");
    assert_kind("\"retract\"", "\"Correction: x\\nironside:edit?id=m1\"",
                "'body' does not have the form of kind retract");
    assert_kind("\"text\"", "\"geo:52.5,4.25\"", "'body' does not have the form of kind text");
    assert_kind("\"contact\"", "\"x\\nironside:contact?do=request\"", none);
    assert_kind("\"nothing\"", "\"x\"", none);
    assert_kind("7", "\"x\"", none);
    assert_kind("null", "\"x\"", none);
}

#define GROUP_ID "00112233445566778899aabbccddeeff"
#define FILE_LINE                                                                                  \
    "{\"id\":\"m1\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":\"anna@x\",\"to\":[\"bert@x\"],"      \
    "\"kind\":\"file\",\"file\":\"pictures/door.jpg\",\"as\":\"photo\"}"
#define GROUP_LINE                                                                                 \
    "{\"id\":\"m1\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":\"anna@x\",\"to\":[\"bert@x\","       \
    "\"carla@x\"],"                                                                                \
    "\"kind\":\"group\",\"group\":\"" GROUP_ID "\",\"name\":\"Skat\",\"remove\":[\"carla@x\"]}"

/* What only a device can make. */
static void replay_line__parse__file_and_group(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct replay_line l;
    assert_int_equal(parse(FILE_LINE, &a, &l, NULL), 0);
    assert_true(l.kind == CONTENT_FILE && !l.content && l.body == NULL && l.group == NULL);
    assert_string_equal(l.file, "pictures/door.jpg");
    assert_string_equal(l.file_as, "photo");
    CLEANUP_FREE char *said = replace(FILE_LINE, "\"as\"", "\"group\":\"" GROUP_ID "\",\"as\"");
    assert_int_equal(parse(said, &a, &l, NULL), 0);
    assert_string_equal(l.group, GROUP_ID);
    assert_int_equal(parse(GROUP_LINE, &a, &l, NULL), 0);
    assert_true(l.kind == CONTENT_GROUP && l.to_count == 2 && l.removed_count == 1);
    assert_string_equal(l.group, GROUP_ID);
    assert_string_equal(l.name, "Skat");
    assert_string_equal(l.removed[0], "carla@x");
    assert_int_equal(parse(LINE, &a, &l, NULL), 0);
    assert_true(l.kind == CONTENT_TEXT && l.group == NULL && l.removed_count == 0);
}

static void replay_line__parse__file_and_group_refused(void **state)
{
    (void)state;
    static const char *const edits[][4] = {
        {FILE_LINE, "\"photo\"", "\"film\"", "'as' is not file, photo or voice"},
        {FILE_LINE, ",\"as\":\"photo\"", "", "'as' is not file, photo or voice"},
        {FILE_LINE, "\"pictures/door.jpg\"", "7", "'file' is not a file's path"},
        {FILE_LINE, "pictures/door.jpg", "pictures/", "'file' is not a file's path"},
        {FILE_LINE, "pictures/door.jpg", "..", "'file' is not a file's path"},
        {FILE_LINE, "\"as\"", "\"group\":\"Skat\",\"as\"", "'group' is not an id of 32"},
        {FILE_LINE, "\"as\"", "\"body\":\"b\",\"as\"", "the device makes: it has no 'body'"},
        {GROUP_LINE, GROUP_ID, "0011", "'group' is not an id of 32 hexadecimal digits"},
        {GROUP_LINE, "\"group\":\"" GROUP_ID "\",", "", "'group' is not an id of 32"},
        {GROUP_LINE, "\"Skat\"", "\"\"", "'name' is not a group's name"},
        {GROUP_LINE, "[\"carla@x\"]", "[\"dora@x\"]", "'remove' names somebody who is not in 'to'"},
        {GROUP_LINE, "[\"carla@x\"]", "[\"carla@x\",\"carla@x\"]", "'remove' names somebody"},
        {GROUP_LINE, "[\"carla@x\"]", "[7]", "'remove' names somebody who is not in 'to'"},
    };
    struct replay_line l;
    struct diag d;
    for (size_t i = 0; i < COUNT(edits); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_FREE char *text = replace(edits[i][0], edits[i][1], edits[i][2]);
        if (parse(text, &a, &l, &d) != ERR_FORMAT)
            fail_msg("taken: %s", text);
        assert_says(d.text, edits[i][3]);
    }
}

/* Of a text a device shows the words, of what is more all of it. */
static void replay_line__shown__is_what_a_device_tells(void **state)
{
    (void)state;
    uint8_t shown[HASH_BYTES], expected[HASH_BYTES];
    struct replay_line l = {.body = "x\nironside:text?timer=60", .content = true};
    l.body_len = strlen(l.body);
    replay_line_shown(&l, shown);
    hash_sha256("x", 1, expected);
    assert_memory_equal(shown, expected, HASH_BYTES);
    l.content = false;
    replay_line_shown(&l, shown);
    hash_sha256(l.body, l.body_len, expected);
    assert_memory_equal(shown, expected, HASH_BYTES);
    l = (struct replay_line){.body = "Correction: x\nironside:edit?id=m1", .content = true};
    l.body_len = strlen(l.body);
    replay_line_shown(&l, shown);
    hash_sha256(l.body, l.body_len, expected);
    assert_memory_equal(shown, expected, HASH_BYTES);
    l = (struct replay_line){.kind = CONTENT_FILE, .file = "pictures/door.jpg"};
    replay_line_shown(&l, shown);
    hash_sha256("door.jpg", 8, expected);
    assert_memory_equal(shown, expected, HASH_BYTES);
    l = (struct replay_line){.kind = CONTENT_GROUP, .group = GROUP_ID};
    replay_line_shown(&l, shown);
    hash_sha256(GROUP_ID, strlen(GROUP_ID), expected);
    assert_memory_equal(shown, expected, HASH_BYTES);
}

static void replay_line__parse__recipients(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct replay_line l;
    CLEANUP_FREE char *text = replace(
        LINE, "[\"bert@enron.com\",",
        "[\"bert@enron.com\",\"anna@enron.com\",\"bert@enron.com\",\"a\",\"BERT@enron.com\",");
    assert_int_equal(parse(text, &a, &l, NULL), 0);
    assert_int_equal(l.to_count, 4); /* not the sender, each once, in the file's order */
    assert_string_equal(l.to[1], "a");
    assert_string_equal(l.to[2], "BERT@enron.com");
}

static void replay_line__parse__body(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct replay_line l;
    CLEANUP_FREE char *empty = replace(LINE, "\"text\"", "\"\"");
    assert_int_equal(parse(empty, &a, &l, NULL), 0);
    assert_int_equal(l.body_len, 0);
    assert_string_equal(l.body, "");
    CLEANUP_FREE char *controls = replace(LINE, "\"text\"", "\"\\u0001\\n\\u001b\\u00e4\"");
    assert_int_equal(parse(controls, &a, &l, NULL), 0);
    assert_string_equal(l.body, "\x01\n\x1b\xc3\xa4");
}

static void replay_line__parse__refused(void **state)
{
    (void)state;
    static const char *const edits[][3] = {
        {"\"id\":\"m1\",", "", "'id' is not 1 to 128"},
        {"\"m1\"", "\"\"", "'id' is not 1 to 128"},
        {"\"m1\"", "1", "'id' is not 1 to 128"},
        {"\"m1\"", "\"<m1>\"", "'id' is not 1 to 128 printable ASCII characters"},
        {"14:00:00Z", "14:00:00", "'ts' is not a UTC time as 2001-05-03T14:00:00Z"},
        {"14:00:00Z", "14:00:00+01:00", "'ts' is not a UTC time"},
        {"\"ts\"", "\"time\"", "'ts' is not a UTC time"},
        {"\"2001-05-03T14:00:00Z\"", "988898400", "'ts' is not a UTC time"},
        {"\"from\":\"anna@enron.com\"", "\"from\":\"\"", "'from' is not an address"},
        {"\"from\":\"anna@enron.com\"", "\"from\":null", "'from' is not an address"},
        {"\"from\":", "\"From\":", "'from' is not an address"},
        {"\"to\":", "\"To\":", "'to' names nobody else"},
        {"[\"bert@enron.com\",", "[1,", "'to' holds something that is not an address"},
        {"[\"bert@enron.com\",", "[\"\",", "'to' holds something that is not an address"},
        {"[\"bert@enron.com\",\"Carla \\\"C\\\" <carla@x>\"]", "[]", "'to' names nobody else"},
        {"[\"bert@enron.com\",\"Carla \\\"C\\\" <carla@x>\"]", "[\"anna@enron.com\"]",
         "'to' names nobody else"},
        {"[\"bert@enron.com\",\"Carla \\\"C\\\" <carla@x>\"]", "\"bert\"",
         "'to' names nobody else"},
        {"\"text\"", "1", "'body' is not a text"},
        {"\"body\"", "\"Body\"", "'body' is not a text"},
        {"\"text\"", "\"a\\u0000b\"", "'body' holds U+0000"},
        {"\"m1\"", "\"m1\\u0000\"", "'id' is not 1 to 128"},
        {"\"anna@enron.com\"", "\"anna\\u0000\"", "'from' is not an address"},
        {"\"text\"", "\"\\ud83d\"", "cannot be read: invalid Unicode '\\uD83D'"},
        {"\"text\"", "\"\\ude42!\"", "cannot be read: invalid Unicode '\\uDE42'"},
        {"\"text\"", "\"\xff\"", "cannot be read: unable to decode byte 0xff"},
        {"\"text\"", "\"text\",\"body\":\"again\"", "cannot be read: duplicate object key"},
        {"\"text\"}", "\"text\"", "cannot be read: "},
        {"\"text\"}", "\"text\"}}", "cannot be read: end of file expected"},
    };
    struct replay_line l = {.to_count = 77};
    struct diag d;
    for (size_t i = 0; i < COUNT(edits); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_FREE char *text = replace(LINE, edits[i][0], edits[i][1]);
        if (parse(text, &a, &l, &d) != ERR_FORMAT)
            fail_msg("taken: %s", text);
        assert_says(d.text, edits[i][2]);
    }
    assert_int_equal(l.to_count, 77);
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    assert_int_equal(parse("", &a, &l, &d), ERR_FORMAT);
    assert_int_equal(parse("[]", &a, &l, &d), ERR_FORMAT);
    assert_string_equal(d.text, "not a JSON object");
    assert_int_equal(parse("{}", &a, &l, &d), ERR_FORMAT);
}

static char *line_of(size_t id, size_t address, size_t recipients, size_t body)
{
    struct buf b = BUF_INIT(A_MAX);
    CLEANUP_FREE char *i = repeat('i', id), *f = repeat('f', address), *t = repeat('t', body);
    buf_format(&b, "{\"id\":\"%s\",\"ts\":\"2001-05-03T14:00:00.5Z\",\"from\":\"%s\",\"to\":[", i,
               f);
    for (size_t k = 0; k < recipients; k++)
        buf_format(&b, "%s\"r%zu\"", k == 0 ? "" : ",", k);
    buf_format(&b, "],\"body\":\"%s\"}", t);
    return buf_take_text(&b);
}

static void replay_line__parse__caps(void **state)
{
    (void)state;
    static const struct {
        size_t id, address, recipients, body;
        int code;
        const char *says;
    } cases[] = {
        {VALUE_ID_MAX, REPLAY_ADDRESS_MAX, VALUE_RECIPIENTS_MAX, VALUE_BODY_MAX, 0, NULL},
        {VALUE_ID_MAX + 1, 1, 1, 1, ERR_FORMAT, "'id' is not"},
        {1, REPLAY_ADDRESS_MAX + 1, 1, 1, ERR_FORMAT, "'from' is not an address"},
        {1, 1, VALUE_RECIPIENTS_MAX + 1, 1, ERR_LIMIT, "more than 50 recipients"},
        {1, 1, 1, VALUE_BODY_MAX + 1, ERR_LIMIT, "'body' is longer than 16384 bytes"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
        CLEANUP_FREE char *text =
            line_of(cases[i].id, cases[i].address, cases[i].recipients, cases[i].body);
        struct replay_line l;
        struct diag d;
        assert_int_equal(parse(text, &a, &l, &d), cases[i].code);
        if (cases[i].says != NULL)
            assert_says(d.text, cases[i].says);
    }
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX), small = ARENA_INIT(50);
    CLEANUP_FREE char *spaces = repeat(' ', REPLAY_LINE_MAX + 1), *line = line_of(1, 1, 1, 100);
    struct replay_line l;
    struct diag d;
    assert_int_equal(replay_line_parse(spaces, REPLAY_LINE_MAX, &a, &l, &d), ERR_FORMAT);
    assert_int_equal(replay_line_parse(spaces, REPLAY_LINE_MAX + 1, &a, &l, &d), ERR_LIMIT);
    assert_int_equal(parse(line, &small, &l, &d), ERR_LIMIT);
    assert_string_equal(d.text, "the line is too large");
}

/* Every line is taken; they are sorted by time, and so many. */
static void assert_file(const char *text, size_t len, size_t expected, size_t expected_deliveries)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    size_t lines = 0, deliveries = 0, longest = 0;
    int64_t before = 0;
    for (const char *at = text, *end; at < text + len; at = end + 1, lines++) {
        struct replay_line l;
        struct diag d;
        end = memchr(at, '\n', (size_t)(text + len - at));
        assert_non_null(end);
        arena_reset(&a);
        if (replay_line_parse(at, (size_t)(end - at), &a, &l, &d) != 0)
            fail_msg("line %zu: %s", lines + 1, d.text);
        assert_true(l.at_unix_ms >= before); /* sorted by time */
        before = l.at_unix_ms;
        deliveries += l.to_count;
        longest = l.body_len > longest ? l.body_len : longest;
    }
    assert_int_equal(lines, expected);
    assert_int_equal(deliveries, expected_deliveries);
    assert_true(longest <= VALUE_BODY_MAX);
}

/* The file that the scenarios replay. */
static void replay_line__parse__talk(void **state)
{
    (void)state;
    const char *source = getenv("IRONSIDE_SOURCE");
    CLEANUP_FREE char *path =
        file_join(source == NULL ? "." : source, "tests/scenario/data/talk.jsonl");
    CLEANUP_BUF struct buf file = BUF_INIT(CORPUS_MAX);
    assert_int_equal(file_read(path, &file, NULL), 0);
    assert_file((const char *)file.data, file.len, 200, 353);
}

/* The conversations that the demo replays. */
static void replay_line__parse__demo(void **state)
{
    (void)state;
    const char *source = getenv("IRONSIDE_SOURCE");
    CLEANUP_FREE char *path = file_join(source == NULL ? "." : source, "demo/quay/messages.jsonl");
    CLEANUP_BUF struct buf file = BUF_INIT(CORPUS_MAX);
    assert_int_equal(file_read(path, &file, NULL), 0);
    assert_file((const char *)file.data, file.len, 320, 528);
}

static void replay_line__parse__corpus(void **state)
{
    (void)state;
    const char *shared = getenv("IRONSIDE_SHARED"), *source = getenv("IRONSIDE_SOURCE");
    char path[512];
    snprintf(path, sizeof path, "%s%s/data/enron/core.jsonl.zst",
             shared != NULL || source == NULL ? "" : source,
             shared == NULL ? "/../shared" : shared);
    if (!file_exists(path)) {
        print_message("skipped: no %s\n", path);
        skip(); /* jumps out: nothing may have been allocated */
    }
    CLEANUP_BUF struct buf packed = BUF_INIT(CORPUS_MAX);
    assert_int_equal(file_read(path, &packed, NULL), 0);
    CLEANUP_FREE char *text = mem_new(CORPUS_MAX);
    size_t len = ZSTD_decompress(text, CORPUS_MAX, packed.data, packed.len);
    assert_false(ZSTD_isError(len));
    assert_file(text, len, 10147, 11741);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay_line__parse__members),
        cmocka_unit_test(replay_line__parse__country),
        cmocka_unit_test(replay_line__parse__kind),
        cmocka_unit_test(replay_line__parse__file_and_group),
        cmocka_unit_test(replay_line__parse__file_and_group_refused),
        cmocka_unit_test(replay_line__shown__is_what_a_device_tells),
        cmocka_unit_test(replay_line__parse__recipients),
        cmocka_unit_test(replay_line__parse__body),
        cmocka_unit_test(replay_line__parse__refused),
        cmocka_unit_test(replay_line__parse__caps),
        cmocka_unit_test(replay_line__parse__talk),
        cmocka_unit_test(replay_line__parse__demo),
        cmocka_unit_test(replay_line__parse__corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
