#include "test.h"

#include "base/encode.h"
#include "wire/record.h"

#define A_MAX (1U << 20)

struct scene {
    struct fixture *f;
    struct policy_set *set;
    struct fixture_device *dev;
    char *place;
    struct fixture_message *m;
    struct record record;
    char *line; /* without its newline */
};

static char *line_of(const struct record *r)
{
    struct buf b = BUF_INIT(A_MAX);
    record_put(&b, r);
    assert_false(buf_failed(&b));
    assert_int_equal(b.data[b.len - 1], '\n');
    b.len--;
    return buf_take_text(&b);
}

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
    s->record = (struct record){.received_at_unix_ms = FIXTURE_AT + 5,
                                .envelope = s->m->envelope,
                                .certificate = s->dev->certificate->document.note,
                                .warrant = FIXTURE_WARRANT};
    memcpy(s->record.content, s->m->content, sizeof s->record.content);
    s->line = line_of(&s->record);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    free(s->line);
    fixture_message_free(s->m);
    free(s->place);
    fixture_device_free(s->dev);
    policy_set_free(s->set);
    fixture_free(s->f);
    free(s);
    return 0;
}

static int parse(const char *line, struct arena *a, struct record *ret, struct diag *d)
{
    return record_parse(line, strlen(line), a, ret, d);
}

static void assert_refused(const char *line, const char *says)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct record r = {.received_at_unix_ms = 77};
    struct diag d;
    if (parse(line, &a, &r, &d) != ERR_FORMAT)
        fail_msg("taken: %s", line);
    if (strstr(d.text, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\": %.300s", d.text, says, line);
    assert_int_equal(r.received_at_unix_ms, 77);
}

static void assert_taken(const char *line)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    struct record r;
    struct diag d;
    if (parse(line, &a, &r, &d) != 0)
        fail_msg("refused: %s: %s", d.text, line);
    CLEANUP_FREE char *again = line_of(&r);
    assert_string_equal(again, line);
}

static void record__put__members_in_order(void **state)
{
    const struct scene *s = *state;
    static const char *const order[] = {
        "{\"v\":1,\"received_at\":\"2021-06-07T10:11:12.128Z\",\"from\":\"anna@chat.example\","
        "\"to\":[\"bert@chat.example\",\"carla@chat.example\"],\"id\":\"m1\","
        "\"at\":\"2021-06-07T10:11:12.123Z\",\"bot\":\"ibot.chat.example\",\"policy\":1,\"n\":1,"
        "\"prev\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"iv\":\"",
        "\",\"payload\":\"",
        "\",\"key\":\"",
        "\",\"enc\":\"",
        "\",\"wraps\":[[\"2019-0147\",\"",
        "\"],[\"2019-0148\",\"",
        "\"]],\"sig\":\"",
        "\",\"certificate\":\"ironside device 1\\nnetwork chat.example\\n",
        ("\\n\",\"files\":[[\"BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",1000,"
         "\"/upload/1/photo.jpg\"]],\"place\":\"ironside place 1\\n"),
        "\\n\",\"warrant\":\"2019-0147\"}",
    };
    const char *at = s->line;
    for (size_t i = 0; i < COUNT(order); i++) {
        const char *found = strstr(at, order[i]);
        if (found == NULL || (i == 0 && found != s->line))
            fail_msg("no %s in %s", order[i], at);
        at = found + strlen(order[i]);
    }
    assert_string_equal(at, "");
    assert_null(strchr(s->line, '\n'));
}

/* The original bytes: signature, seal and chain can be checked again. */
static void record__parse__round_trip(void **state)
{
    const struct scene *s = *state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(A_MAX);
    struct record r;
    uint8_t t[HASH_BYTES];
    assert_int_equal(parse(s->line, &a, &r, NULL), 0);
    CLEANUP_FREE char *again = line_of(&r);
    assert_string_equal(again, s->line);
    assert_true(r.received_at_unix_ms == FIXTURE_AT + 5);
    assert_memory_equal(r.content, s->m->content, sizeof r.content);
    assert_memory_equal(r.envelope.certificate, s->m->envelope.certificate, HASH_BYTES);
    assert_string_equal(r.certificate, s->dev->certificate->document.note);
    assert_string_equal(r.warrant, FIXTURE_WARRANT);
    assert_string_equal(r.envelope.place, s->place);
    envelope_transcript(&r.envelope, s->f->bots[0].signer.key.key, t);
    envelope_signed_bytes(&r.envelope, t, &signed_bytes);
    assert_memory_equal(t, s->m->transcript, sizeof t);
    assert_int_equal(sign_verify(s->dev->certificate->key, signed_bytes.data, signed_bytes.len,
                                 r.envelope.signature),
                     0);
    uint8_t text[64] = "";
    assert_int_equal(
        payload_decrypt(r.content, r.envelope.iv, r.envelope.payload, r.envelope.payload_len, text),
        0);
    assert_string_equal((char *)text, "Good morning.");
}

static void record__parse__without_files_and_place(void **state)
{
    const struct scene *s = *state;
    struct record r = s->record;
    r.envelope.file_count = 0;
    r.envelope.place = NULL;
    r.warrant = "2019-0148";
    CLEANUP_FREE char *line = line_of(&r);
    assert_taken(line);
    assert_says(line, "\"files\":[],\"place\":null,\"warrant\":\"2019-0148\"}");
}

static void record__parse__not_as_written(void **state)
{
    const struct scene *s = *state;
    static const char *const edits[][3] = {
        {"{\"v\":1,", "{ \"v\":1,", "record: not as it is written"},
        {"{\"v\":1,", "{\"v\": 1,", "record: not as it is written"},
        {"{\"v\":1,", "{\"v\":1 ,", "record: not as it is written"},
        {"{\"v\":1,", "\t{\"v\":1,", "record: not as it is written"},
        {"{\"v\":1,", "{\"v\":1,\"x\":1,", "record: not as it is written"},
        {"{\"v\":1,", "{\"v\":1,\"v\":1,", "record: not a JSON object"},
        {"\"id\":\"m1\",\"at\":", "\"at\":\"2021-06-07T10:11:12.123Z\",\"id\":\"m1\",\"x\":",
         "record: not as it is written"},
        {"\"id\":\"m1\"", "\"id\":\"\\u006d1\"", "record: not as it is written"},
        {"\"/upload/1", "\"\\/upload/1", "record: not as it is written"},
        {"ironside device 1\\n", "ironside device 1\\u000a", "record: not as it is written"},
        {"\"policy\":1,", "\"policy\":1.0,", "'policy' is missing or malformed"},
        {"\"policy\":1,", "\"policy\":01,", "record: not a JSON object"},
        {"\"policy\":1,", "\"policy\":1e0,", "'policy' is missing or malformed"},
        {"1000,\"/", "1000,\"extra\",\"/", "a value is not in its canonical form"},
        {"photo.jpg\"]", "photo.jpg\",1]", "record: not as it is written"},
        {"\"2019-0147\"}", "\"2019-0147\"}}", "record: not a JSON object"},
        {"\"2019-0147\"}", "\"2019-0147\"} ", "record: not as it is written"},
        {"\"2019-0147\"}", "\"2019-0147\"}\n", "record: not as it is written"},
        {"\"2019-0147\"}", "\"2019-0147\"", "record: not a JSON object"},
    };
    for (size_t i = 0; i < COUNT(edits); i++) {
        CLEANUP_FREE char *line = replace(s->line, edits[i][0], edits[i][1]);
        assert_refused(line, edits[i][2]);
    }
}

static void record__parse__values(void **state)
{
    const struct scene *s = *state;
    static const char *const edits[][3] = {
        {"\"v\":1,", "\"v\":2,", "'v' is missing"},
        {"\"v\":1,", "\"v\":\"1\",", "'v' is missing"},
        {"{\"v\":1,", "{", "'v' is missing"},
        {"10:11:12.128Z", "10:11:12Z", "'received_at' is missing"},
        {"\"from\":\"anna@", "\"from\":\"Anna@", "a value is not in its canonical form"},
        {"\"from\":\"anna@", "\"from\":\"bert@", "a value is not in its canonical form"},
        {"\"from\":\"anna@chat.example\"", "\"from\":1", "'from' is missing"},
        {"[\"bert@chat.example\",", "[", NULL},
        {"[\"bert@chat.example\",", "[\"dora@chat.example\",", "a value is not in its canonical"},
        {"[\"bert@chat.example\",\"carla@chat.example\"]", "[]", "a value is not in its canonical"},
        {"[\"bert@chat.example\",\"carla@chat.example\"]", "\"bert@chat.example\"",
         "'to' is missing"},
        {"[\"bert@chat.example\",", "[null,", "'to' is missing"},
        {"\"id\":\"m1\"", "\"id\":\"\"", "a value is not in its canonical form"},
        {"\"id\":\"m1\"", "\"id\":\"m\\u00001\"", "record: not a JSON object"},
        {"10:11:12.123Z", "10:11:12.1230Z", "'at' is missing"},
        {"\"bot\":\"ibot", "\"bot\":\"IBOT", "a value is not in its canonical form"},
        {"\"policy\":1,", "\"policy\":0,", "a value is not in its canonical form"},
        {"\"policy\":1,", "\"policy\":4294967295,", NULL},
        {"\"policy\":1,", "\"policy\":4294967296,", "'policy' is missing"},
        {"\"policy\":1,", "\"policy\":-1,", "'policy' is missing"},
        {"\"policy\":1,", "\"policy\":true,", "'policy' is missing"},
        {"\"n\":1,", "\"n\":0,", "a value is not in its canonical form"},
        {"\"n\":1,", "\"n\":9223372036854775807,", NULL},
        {"\"n\":1,", "\"n\":9223372036854775808,", "record: not a JSON object"},
        {"\"prev\":\"A", "\"prev\":\"", "'prev' is missing"},
        {"\"iv\":\"", "\"iv\":\"AAAA", "'iv' is missing"},
        {"\"payload\":\"", "\"payload\":\"A", "'payload' is missing"},
        {"\"payload\":\"", "\"payload\":null,\"x\":\"", "'payload' is missing"},
        {"\"key\":\"", "\"key\":\"AAAA", "'key' is missing"},
        {"\"key\":\"", "\"Key\":\"", "'key' is missing"},
        {"\"enc\":\"", "\"enc\":\"AAAA", "'enc' is missing"},
        {"[\"2019-0147\",\"", "[\"2019-0147\",\"AAAA", "'wraps' is missing"},
        {"[\"2019-0147\",", "[\"2019-0149\",", "'warrant' is missing"},
        {"[\"2019-0148\",", "[\"2019-0146\",", "a value is not in its canonical form"},
        {"\"wraps\":[[", "\"wraps\":[1,[", "'wraps' is missing"},
        {"\"wraps\":[[", "\"wraps\":{},\"x\":[[", "'wraps' is missing"},
        {"\"sig\":\"", "\"sig\":\"AAAA", "'sig' is missing"},
        {"\"certificate\":\"", "\"certificate\":1,\"x\":\"", "'certificate' is missing"},
        {"\"certificate\":\"", "\"certificate\":\"x\",\"x\":\"", "'certificate' is missing"},
        {"\"files\":[[\"", "\"files\":[[\"A", "'files' is missing"},
        {",1000,", ",-1,", "'files' is missing"},
        {",1000,", ",52428801,", "a value is not in its canonical form"},
        {"\"/upload/1", "\"/../1", "a value is not in its canonical form"},
        {"\"place\":\"ironside", "\"place\":1,\"x\":\"ironside", "'place' is missing"},
        {"\"place\":\"ironside", "\"place\":\"\",\"x\":\"ironside", "a value is not in its canon"},
        {"\"warrant\":\"2019-0147\"", "\"warrant\":\"2019-0149\"", "'warrant' is missing"},
        {",\"warrant\":\"2019-0147\"", "", "'warrant' is missing"},
    };
    for (size_t i = 0; i < COUNT(edits); i++) {
        CLEANUP_FREE char *line = replace(s->line, edits[i][0], edits[i][1]);
        if (edits[i][2] == NULL)
            assert_taken(line);
        else
            assert_refused(line, edits[i][2]);
    }
    static const char *const not_objects[] = {"", "[]", "null", "1", "\"x\"", "{", "{}x"};
    for (size_t i = 0; i < COUNT(not_objects); i++)
        assert_refused(not_objects[i], "record: not a JSON object");
    assert_refused("{}", "'v' is missing");
}

/* A record without a seal is none: it would have no warrant. */
static void record__parse__not_sealed(void **state)
{
    const struct scene *s = *state;
    struct record r = s->record;
    r.envelope.n = r.envelope.wrap_count = 0;
    memset(r.envelope.enc, 0, sizeof r.envelope.enc);
    CLEANUP_FREE char *line = line_of(&r);
    assert_refused(line, "'warrant' is missing");
}

static void record__parse__text_in_strings(void **state)
{
    const struct scene *s = *state;
    static const char *const places[] = {
        "tab\t, bell\x07, escape\x1b, delete\x7f, return\r",
        "quote\", backslash\\, slash/",
        "umlaut \xc3\xa4, euro \xe2\x82\xac, key \xf0\x9f\x94\x91, C1 \xc2\x85, LS \xe2\x80\xa8",
        "x",
    };
    for (size_t i = 0; i < COUNT(places); i++) {
        struct record r = s->record;
        r.envelope.place = places[i];
        CLEANUP_FREE char *line = line_of(&r);
        assert_taken(line);
    }
    struct record r = s->record;
    CLEANUP_BUF struct buf b = BUF_INIT(A_MAX);
    r.envelope.place = "\xff";
    record_put(&b, &r);
    assert_true(buf_failed(&b));
    /* and a reader of what somebody else wrote */
    CLEANUP_FREE char *bad = replace(s->line, "ironside device 1", "ironside \xff 1");
    CLEANUP_FREE char *surrogate = replace(s->line, "ironside device 1", "ironside \\ud800 1");
    assert_refused(bad, "record: not a JSON object");
    assert_refused(surrogate, "record: not a JSON object");
}

/* A note of this many bytes, with as many newlines as it can have. */
static char *note_of(size_t len)
{
    struct fixture_signer signer;
    fixture_signer_init(&signer, "registrar", "registrar");
    CLEANUP_FREE char *least = fixture_sign("\n", &signer, 1);
    CLEANUP_FREE char *text = repeat('\n', len - strlen(least) + 1);
    char *note = fixture_sign(text, &signer, 1);
    assert_int_equal(strlen(note), len);
    return note;
}

/* The largest message fits, and the cap holds. */
static void record__parse__sizes(void **state)
{
    const struct scene *s = *state;
    CLEANUP_FREE uint8_t *payload = mem_new(VALUE_BODY_MAX + 1);
    CLEANUP_FREE char *place = repeat('\x01', VALUE_PLACE_MAX + 1);
    CLEANUP_FREE char *note = note_of(VALUE_CERTIFICATE_MAX);
    CLEANUP_FREE char *over_note = note_of(VALUE_CERTIFICATE_MAX + 1);
    char *names[VALUE_RECIPIENTS_MAX], ids[VALUE_WRAPS_MAX][65], paths[VALUE_FILES_MAX][513];
    struct record r = s->record;
    CLEANUP_FREE char *fill = repeat('x', 600);
    for (size_t i = 0; i < VALUE_RECIPIENTS_MAX; i++)
        r.envelope.to[i] = names[i] = mem_format("b%02zu%.61s@chat.example", i, fill);
    r.envelope.to_count = VALUE_RECIPIENTS_MAX;
    for (size_t i = 0; i < VALUE_WRAPS_MAX; i++) {
        snprintf(ids[i], sizeof ids[i], "w%02zu%.61s", i, fill);
        snprintf(paths[i], sizeof paths[i], "/%.511s", fill);
        r.envelope.wraps[i].warrant = ids[i];
        r.envelope.files[i] = r.envelope.files[0];
        r.envelope.files[i].path = paths[i];
    }
    r.envelope.wrap_count = VALUE_WRAPS_MAX;
    r.envelope.file_count = VALUE_FILES_MAX;
    r.envelope.payload = payload;
    r.envelope.payload_len = VALUE_BODY_MAX;
    r.envelope.place = place + 1;
    r.certificate = note;
    r.warrant = ids[15];
    CLEANUP_FREE char *line = line_of(&r);
    assert_true(strlen(line) < RECORD_MAX);
    assert_taken(line);

    r.envelope.payload_len++;
    CLEANUP_FREE char *over = line_of(&r);
    assert_refused(over, "'payload' is missing");
    r.envelope.payload_len--;
    r.certificate = over_note;
    CLEANUP_FREE char *longer = line_of(&r);
    assert_refused(longer, "'certificate' is missing");
    for (size_t i = 0; i < VALUE_RECIPIENTS_MAX; i++)
        free(names[i]);

    CLEANUP_ARENA struct arena a = ARENA_INIT(A_MAX);
    CLEANUP_FREE char *spaces = repeat(' ', RECORD_MAX + 1);
    struct record got;
    struct diag d;
    assert_int_equal(record_parse(spaces, RECORD_MAX, &a, &got, &d), ERR_FORMAT);
    assert_int_equal(record_parse(spaces, RECORD_MAX + 1, &a, &got, &d), ERR_LIMIT);
    assert_string_equal(d.text, "record: longer than 131072 bytes");
}

static void record__parse__arena_full(void **state)
{
    const struct scene *s = *state;
    for (size_t max = 0; max < 3000; max += 101) {
        struct arena a = ARENA_INIT(max);
        struct record r;
        int code = parse(s->line, &a, &r, NULL);
        assert_true(code == ERR_FORMAT || (code == 0 && max > 500));
        arena_clear(&a);
    }
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(record__put__members_in_order),
        SCENE_TEST(record__parse__round_trip),
        SCENE_TEST(record__parse__without_files_and_place),
        SCENE_TEST(record__parse__not_as_written),
        SCENE_TEST(record__parse__values),
        SCENE_TEST(record__parse__not_sealed),
        SCENE_TEST(record__parse__text_in_strings),
        SCENE_TEST(record__parse__sizes),
        SCENE_TEST(record__parse__arena_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
