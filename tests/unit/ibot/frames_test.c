/* Frames between the bot's processes: each one read back, and refused when anything is missing. */
#include "wire/test.h"

#include "ibot/frames.h"
#include "ibot/frames_inclusion.h"
#include "wire/registry.h"

#define F_MAX (16U << 20)

struct scene {
    struct fixture *f;
    struct policy_set *set;
    struct fixture_device *dev;
    struct fixture_message *m;
    struct verdict verdicts[5];
};

static int set_up(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    struct verdict_line lines[5] = {{{0}}};
    s->f = fixture_new(NULL);
    fixture_add_warrant(s->f, NULL);
    s->set = fixture_policy(s->f, NULL);
    s->dev = fixture_device_new(s->f, "anna", 1);
    s->m = fixture_message_new(s->f, s->set, s->dev, NULL);
    for (size_t i = 0; i < 5; i++)
        lines[i] = (struct verdict_line){.n = i + 1, .state = VERDICT_ARCHIVED};
    fixture_round(&s->f->bots[0], FIXTURE_AT, lines, 5, s->verdicts);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    fixture_message_free(s->m);
    fixture_device_free(s->dev);
    policy_set_free(s->set);
    fixture_free(s->f);
    free(s);
    return 0;
}

/* One reader over a frame: 0 or its error. When it takes the frame, `again` is what it read,
 * written again. */
typedef int read_frame(const uint8_t *body, size_t len, struct buf *again);

static int read_request(const uint8_t *body, size_t len, struct buf *again)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(F_MAX);
    struct envelope e;
    uint64_t tag;
    int r = frames_get_request(body, len, &a, &tag, &e);
    if (r == 0)
        frames_put_request(again, tag, &e);
    return r;
}

static int read_document(const uint8_t *body, size_t len, struct buf *again)
{
    enum document_kind kind;
    const char *note;
    size_t note_len;
    int r = frames_get_document(body, len, &kind, &note, &note_len);
    if (r == 0)
        frames_put_document(again, kind, note, note_len);
    return r;
}

static int read_later(const uint8_t *body, size_t len, struct buf *again)
{
    struct later l;
    uint64_t tag;
    int r = frames_get_later(body, len, &tag, &l);
    if (r == 0)
        frames_put_later(again, tag, &l);
    return r;
}

static int read_repeat(const uint8_t *body, size_t len, struct buf *again)
{
    struct frames_position p;
    uint64_t tag;
    int r = frames_get_repeat(body, len, &tag, &p);
    if (r == 0)
        frames_put_repeat(again, tag, &p);
    return r;
}

static int read_verdict(const uint8_t *body, size_t len, struct buf *again)
{
    struct verdict v;
    uint64_t tag;
    int r = frames_get_verdict(body, len, &tag, &v);
    if (r == 0)
        frames_put_verdict(again, tag, &v);
    return r;
}

static int read_inclusion(const uint8_t *body, size_t len, struct buf *again)
{
    struct inclusion_query q;
    uint64_t tag;
    int r = frames_get_inclusion(body, len, &tag, &q);
    if (r == 0)
        frames_put_inclusion(again, tag, &q);
    return r;
}

static int read_round(const uint8_t *body, size_t len, struct buf *again)
{
    struct frames_round round;
    int r = frames_get_round(body, len, &round);
    if (r == 0)
        frames_put_round(again, &round);
    return r;
}

static int read_destroyed(const uint8_t *body, size_t len, struct buf *again)
{
    struct cursor c = cursor_over(body, len);
    char warrant[VALUE_WARRANT_MAX + 1];
    int64_t day;
    size_t count = 0;
    for (; frames_next_destroyed(&c, warrant, &day); count++)
        frames_put_destroyed(again, warrant, day);
    if (cursor_end(&c) == 0 && count > 0)
        return 0;
    buf_reset(again);
    return ERR_FORMAT;
}

static int read_report(const uint8_t *body, size_t len, struct buf *again)
{
    enum document_kind kind;
    const char *note;
    size_t note_len;
    int r = frames_get_report(body, len, &kind, &note, &note_len);
    if (r == 0)
        frames_put_report(again, kind, note, note_len);
    return r;
}

static int read_submitted(const uint8_t *body, size_t len, struct buf *again)
{
    uint8_t hash[HASH_BYTES];
    bool taken;
    int r = frames_get_submitted(body, len, hash, &taken);
    if (r == 0)
        frames_put_submitted(again, hash, taken);
    return r;
}

/* It reads back as it was; not one byte may be missing, and none too many. */
static void check_whole(const struct buf *b, read_frame *read)
{
    CLEANUP_BUF struct buf again = BUF_INIT(F_MAX);
    assert_int_equal(read(b->data, b->len, &again), 0);
    assert_int_equal(again.len, b->len);
    assert_memory_equal(again.data, b->data, b->len);
    for (size_t len = 0; len<b->len; len += b->len> 4096 && len > 600 ? 997 : 1) {
        CLEANUP_FREE uint8_t *copy = mem_copy(b->data, len);
        assert_int_equal(read(copy, len, &again), ERR_FORMAT);
    }
    CLEANUP_FREE uint8_t *longer = mem_new(b->len + 1);
    memcpy(longer, b->data, b->len);
    assert_int_equal(read(longer, b->len + 1, &again), ERR_FORMAT);
}

/* The frame with some of its bytes changed is refused. */
static void check_changed(const struct buf *b, read_frame *read, size_t at, const char *bytes,
                          size_t len)
{
    CLEANUP_BUF struct buf again = BUF_INIT(F_MAX);
    CLEANUP_FREE uint8_t *copy = mem_copy(b->data, b->len);
    assert_true(at + len <= b->len);
    memcpy(copy + at, bytes, len);
    if (read(copy, b->len, &again) != ERR_FORMAT)
        fail_msg("bytes at %zu changed: taken", at);
}

static void frames__request__each_byte(void **state)
{
    const struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_REQUEST_MAX);
    frames_put_request(&b, UINT64_C(0x0102030405060708), &s->m->envelope);
    assert_memory_equal(b.data, "\1\2\3\4\5\6\7\x08", 8);
    check_whole(&b, read_request);
    struct envelope e;
    uint64_t tag;
    CLEANUP_ARENA struct arena a = ARENA_INIT(F_MAX);
    assert_int_equal(frames_get_request(b.data, b.len, &a, &tag, &e), 0);
    assert_true(tag == UINT64_C(0x0102030405060708));
    assert_string_equal(e.from, s->m->envelope.from);
}

/* The largest message fits into its frame. */
static void frames__request__largest(void **state)
{
    const struct scene *s = *state;
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_REQUEST_MAX);
    CLEANUP_FREE uint8_t *payload = mem_new(VALUE_BODY_MAX);
    CLEANUP_FREE char *place = repeat('x', VALUE_PLACE_MAX), *path = repeat('p', VALUE_PATH_MAX);
    struct envelope e = s->m->envelope;
    for (size_t i = 0; i < VALUE_FILES_MAX; i++)
        e.files[i].path = path;
    for (size_t i = 0; i < VALUE_WRAPS_MAX; i++)
        e.wraps[i].warrant = place; /* longer than any */
    e.file_count = VALUE_FILES_MAX;
    e.wrap_count = VALUE_WRAPS_MAX;
    for (e.to_count = 0; e.to_count < VALUE_RECIPIENTS_MAX; e.to_count++)
        e.to[e.to_count] = path; /* longer than any */
    e.payload = payload;
    e.payload_len = VALUE_BODY_MAX;
    e.place = place;
    frames_put_request(&b, 1, &e);
    assert_false(buf_failed(&b));
}

static void frames__document__each_byte(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_DOCUMENT_MAX);
    frames_put_document(&b, DOCUMENT_EPOCHS, "note", 4);
    assert_int_equal(b.len, 9);
    assert_memory_equal(b.data, "\x04\0\0\0\x04note", 9);
    check_whole(&b, read_document);
    check_changed(&b, read_document, 0, "\x00", 1);
    check_changed(&b, read_document, 0, "\x07", 1);
    check_changed(&b, read_document, 0, "\xff", 1);
    check_changed(&b, read_document, 1, "\0\0\0\x03", 4);
    check_changed(&b, read_document, 1, "\xff\xff\xff\xff", 4);
    buf_reset(&b);
    frames_put_document(&b, DOCUMENT_POLICY, "", 0);
    CLEANUP_BUF struct buf again = BUF_INIT(F_MAX);
    assert_int_equal(read_document(b.data, b.len, &again), ERR_FORMAT);
    /* At and over the cap. */
    CLEANUP_FREE char *note = repeat('n', VALUE_EPOCHS_MAX + 1);
    buf_reset(&b);
    frames_put_document(&b, DOCUMENT_EPOCHS, note, VALUE_EPOCHS_MAX);
    assert_false(buf_failed(&b));
    assert_int_equal(read_document(b.data, b.len, &again), 0);
    buf_reset(&b);
    frames_put_document(&b, DOCUMENT_EPOCHS, note, VALUE_EPOCHS_MAX + 1);
    assert_int_equal(read_document(b.data, b.len, &again), ERR_FORMAT);
}

static void frames__later__each_byte(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(100);
    struct later l = {.reason = LATER_GAP, .seconds = LATER_SECONDS_MAX};
    frames_put_later(&b, 7, &l);
    assert_int_equal(b.len, 13);
    assert_memory_equal(b.data, "\0\0\0\0\0\0\0\7\7\0\1\x51\x80", 13);
    check_whole(&b, read_later);
    check_changed(&b, read_later, 8, "\x00", 1);
    check_changed(&b, read_later, 8, "\x09", 1);
    check_changed(&b, read_later, 9, "\0\1\x51\x81", 4);
}

static void frames__repeat__each_byte(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(200);
    struct frames_position p = {.certificate = {1}, .n = 42, .digest = {2}};
    frames_put_repeat(&b, 7, &p);
    assert_int_equal(b.len, 8 + FRAMES_POSITION_BYTES);
    check_whole(&b, read_repeat);
    check_changed(&b, read_repeat, 8 + 32, "\0\0\0\0\0\0\0\0", 8); /* n of 0 */
    check_changed(&b, read_repeat, 8 + 32, "\x80", 1);
}

static void frames__next_position__until_the_end(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(1000);
    struct frames_position p = {{0}}, got;
    for (uint8_t i = 0; i < 3; i++) {
        p.certificate[0] = i;
        p.n = i + 1U;
        p.digest[31] = i;
        frames_put_position(&b, &p);
    }
    for (size_t len = 0; len <= b.len; len++) {
        struct cursor c = cursor_over(b.data, len);
        uint64_t count = 0;
        while (frames_next_position(&c, &got)) {
            assert_true(got.certificate[0] == count && got.n == count + 1 &&
                        got.digest[31] == count);
            count++;
        }
        assert_int_equal(count, len / FRAMES_POSITION_BYTES);
        assert_int_equal(cursor_end(&c), len % FRAMES_POSITION_BYTES == 0 ? 0 : ERR_FORMAT);
    }
}

static void frames__verdict__each_byte(void **state)
{
    const struct scene *s = *state;
    for (size_t i = 0; i < 5; i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(1000);
        frames_put_verdict(&b, 7, &s->verdicts[i]);
        check_whole(&b, read_verdict);
        check_changed(&b, read_verdict, 8 + 72, "\x03", 1);
    }
}

static void frames__inclusion__each_byte(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(100);
    struct inclusion_query q = {.root = {1}, .count = VERDICT_ROUND_MAX, .old_size = INT64_MAX};
    frames_put_inclusion(&b, 7, &q);
    assert_int_equal(b.len, 8 + 32 + 4 + 8);
    check_whole(&b, read_inclusion);
    check_changed(&b, read_inclusion, 40, "\0\0\0\0", 4);
    check_changed(&b, read_inclusion, 40, "\0\0\x10\x01", 4);
    check_changed(&b, read_inclusion, 44, "\x80", 1);
}

static struct frames_round round_of(size_t batches, uint32_t leaves, uint32_t lines, size_t sealed)
{
    static const uint8_t zeros[1U << 20];
    struct frames_round r = {.policy = 7,
                             .batch_count = batches,
                             .lines = (const uint8_t(*)[VERDICT_LINE_BYTES])zeros,
                             .tags = (const uint8_t *)"\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2",
                             .line_count = lines};
    if (lines > 2)
        r.tags = zeros;
    for (size_t i = 0; i < batches; i++) {
        snprintf(r.batches[i].warrant, sizeof r.batches[i].warrant, "w%02zu", i);
        r.batches[i].leaves = (const uint8_t(*)[MERKLE_BYTES])zeros;
        r.batches[i].positions = zeros;
        r.batches[i].count = leaves;
        r.batches[i].sealed = zeros;
        r.batches[i].sealed_len = sealed;
    }
    return r;
}

static void frames__round__each_byte(void **state)
{
    (void)state;
    static const struct {
        size_t batches;
        uint32_t leaves, lines;
        size_t sealed;
    } cases[] = {
        {0, 0, 1, 0},
        {1, 1, 1, 1},
        {2, 3, 2, 5},
        {VALUE_WRAPS_MAX, 2, 2, 1},
        {1, VERDICT_ROUND_MAX, VERDICT_ROUND_MAX, 100000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_ROUND_MAX);
        struct frames_round r = round_of(cases[i].batches, cases[i].leaves, cases[i].lines,
                                         cases[i].sealed),
                            got;
        frames_put_round(&b, &r);
        assert_false(buf_failed(&b));
        check_whole(&b, read_round);
        assert_int_equal(frames_get_round(b.data, b.len, &got), 0);
        assert_int_equal(got.policy, 7);
        if (cases[i].lines == 2)
            assert_true(frames_round_tag(&got, 0) == 1 && frames_round_tag(&got, 1) == 2);
        if (cases[i].batches == 2)
            assert_string_equal(got.batches[1].warrant, "w01");
    }
}

static void frames__round__refused(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(FRAMES_ROUND_MAX), again = BUF_INIT(FRAMES_ROUND_MAX);
    struct frames_round r = round_of(2, 1, 2, 4);
    frames_put_round(&b, &r);
    /* policy 4, batches 1, | id 4 + 3, count 4, leaf 32, position 2, sealed 4 + 4 | */
    check_changed(&b, read_round, 4, "\x03", 1);
    check_changed(&b, read_round, 4, "\x11", 1);       /* 17 batches */
    check_changed(&b, read_round, 5, "\0\0\0\x41", 4); /* an id of 65 bytes */
    check_changed(&b, read_round, 5, "\xff\xff\xff\xff", 4);
    check_changed(&b, read_round, 9, "w 0", 3);
    check_changed(&b, read_round, 9, "w0\0", 3);          /* a NUL within the id */
    check_changed(&b, read_round, 12, "\0\0\0\0", 4);     /* a batch without records */
    check_changed(&b, read_round, 12, "\0\0\x10\x01", 4); /* 4097 */
    check_changed(&b, read_round, 12, "\xff\xff\xff\xff", 4);
    check_changed(&b, read_round, 50, "\0\0\0\0", 4); /* nothing sealed */
    check_changed(&b, read_round, 50, "\xff\xff\xff\xff", 4);
    size_t lines = 4 + 1 + 2 * (4 + 3 + 4 + 32 + 2 + 4 + 4);
    check_changed(&b, read_round, lines, "\0\0\0\0", 4);
    check_changed(&b, read_round, lines, "\0\0\0\1", 4);
    check_changed(&b, read_round, lines, "\0\0\x10\x01", 4);
    check_changed(&b, read_round, lines, "\xff\xff\xff\xff", 4);

    struct frames_round none = round_of(1, 1, 0, 1), empty = round_of(1, 1, 1, 0);
    buf_reset(&b);
    frames_put_round(&b, &none);
    assert_int_equal(read_round(b.data, b.len, &again), ERR_FORMAT);
    buf_reset(&b);
    frames_put_round(&b, &empty);
    assert_int_equal(read_round(b.data, b.len, &again), ERR_FORMAT);
    struct frames_round many = round_of(1, 1, VERDICT_ROUND_MAX + 1, 1);
    buf_reset(&b);
    frames_put_round(&b, &many);
    assert_int_equal(read_round(b.data, b.len, &again), ERR_FORMAT);
}

#define SCENE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

static void frames__destroyed__round_trip(void **state)
{
    (void)state;
    static const int64_t bad[] = {INT64_MIN, INT64_MAX, -800000, 2932897};
    CLEANUP_BUF struct buf b = BUF_INIT(F_MAX), again = BUF_INIT(F_MAX);
    frames_put_destroyed(&b, "2019-0147", 18785);
    check_whole(&b, read_destroyed);
    buf_reset(&b);
    frames_put_destroyed(&b, "../../etc", 18785);
    assert_int_equal(read_destroyed(b.data, b.len, &again), ERR_FORMAT);
    for (size_t i = 0; i < COUNT(bad); i++) { /* days that no document can name */
        buf_reset(&b);
        frames_put_destroyed(&b, "2019-0147", bad[i]);
        assert_int_equal(read_destroyed(b.data, b.len, &again), ERR_FORMAT);
    }
    buf_reset(&b);
    frames_put_destroyed(&b, "W-1", 18785);
    frames_put_destroyed(&b, "W-2", -1);
    assert_int_equal(read_destroyed(b.data, b.len, &again), 0);
    assert_int_equal(again.len, b.len);
}

static void frames__report__round_trip(void **state)
{
    (void)state;
    static const enum document_kind bad[] = {0, DOCUMENT_POLICY, DOCUMENT_EXEMPTIONS};
    CLEANUP_BUF struct buf b = BUF_INIT(F_MAX), again = BUF_INIT(F_MAX);
    frames_put_report(&b, DOCUMENT_STATEMENT, "note", 4);
    check_whole(&b, read_report);
    buf_reset(&b);
    frames_put_report(&b, DOCUMENT_DESTRUCTION, "note", 4);
    check_whole(&b, read_report);
    for (size_t i = 0; i < COUNT(bad); i++) {
        buf_reset(&b);
        frames_put_report(&b, bad[i], "note", 4);
        assert_int_equal(read_report(b.data, b.len, &again), ERR_FORMAT);
    }
    buf_reset(&b);
    frames_put_report(&b, DOCUMENT_STATEMENT, "", 0);
    assert_int_equal(read_report(b.data, b.len, &again), ERR_FORMAT);
    CLEANUP_FREE char *large = mem_new(REGISTRY_SUBMIT_MAX + 1);
    buf_reset(&b);
    frames_put_report(&b, DOCUMENT_STATEMENT, large, REGISTRY_SUBMIT_MAX + 1);
    assert_int_equal(read_report(b.data, b.len, &again), ERR_FORMAT);
}

static void frames__submitted__round_trip(void **state)
{
    (void)state;
    static const uint8_t hash[HASH_BYTES] = {1, 2, 3};
    CLEANUP_BUF struct buf b = BUF_INIT(F_MAX), again = BUF_INIT(F_MAX);
    frames_put_submitted(&b, hash, true);
    check_whole(&b, read_submitted);
    buf_reset(&b);
    frames_put_submitted(&b, hash, false);
    check_whole(&b, read_submitted);
    b.data[HASH_BYTES] = 2;
    assert_int_equal(read_submitted(b.data, b.len, &again), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames__destroyed__round_trip),
        cmocka_unit_test(frames__report__round_trip),
        cmocka_unit_test(frames__submitted__round_trip),
        SCENE_TEST(frames__request__each_byte),
        SCENE_TEST(frames__request__largest),
        cmocka_unit_test(frames__document__each_byte),
        cmocka_unit_test(frames__later__each_byte),
        cmocka_unit_test(frames__repeat__each_byte),
        cmocka_unit_test(frames__next_position__until_the_end),
        SCENE_TEST(frames__verdict__each_byte),
        cmocka_unit_test(frames__inclusion__each_byte),
        cmocka_unit_test(frames__round__each_byte),
        cmocka_unit_test(frames__round__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
