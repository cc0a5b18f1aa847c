/* Frames between the bot's processes. The first byte says which reader; what it takes is written as
 * it was. */
#include "fuzz.h"
#include "ibot/frames.h"
#include "ibot/frames_files.h"
#include "ibot/frames_inclusion.h"

static void read_request(const uint8_t *data, size_t len, struct buf *again)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    struct envelope e;
    uint64_t tag;
    if (frames_get_request(data, len, &a, &tag, &e) == 0)
        frames_put_request(again, tag, &e);
}

static void read_document(const uint8_t *data, size_t len, struct buf *again)
{
    enum document_kind kind;
    const char *note;
    size_t note_len;
    if (frames_get_document(data, len, &kind, &note, &note_len) == 0)
        frames_put_document(again, kind, note, note_len);
}

static void read_later(const uint8_t *data, size_t len, struct buf *again)
{
    struct later l;
    uint64_t tag;
    if (frames_get_later(data, len, &tag, &l) == 0)
        frames_put_later(again, tag, &l);
}

static void read_repeat(const uint8_t *data, size_t len, struct buf *again)
{
    struct frames_position p;
    uint64_t tag;
    if (frames_get_repeat(data, len, &tag, &p) == 0)
        frames_put_repeat(again, tag, &p);
}

static void read_positions(const uint8_t *data, size_t len, struct buf *again)
{
    struct cursor c = cursor_over(data, len);
    struct frames_position p;
    while (frames_next_position(&c, &p))
        frames_put_position(again, &p);
    if (cursor_end(&c) < 0)
        buf_reset(again);
}

static void read_verdict(const uint8_t *data, size_t len, struct buf *again)
{
    struct verdict v;
    uint64_t tag;
    if (frames_get_verdict(data, len, &tag, &v) == 0)
        frames_put_verdict(again, tag, &v);
}

static void read_round(const uint8_t *data, size_t len, struct buf *again)
{
    struct frames_round r;
    if (frames_get_round(data, len, &r) < 0)
        return;
    for (uint32_t i = 0; i < r.line_count; i++) {
        struct verdict_line l;
        (void)frames_round_tag(&r, i);
        (void)!verdict_line_get(r.lines[i], &l);
    }
    frames_put_round(again, &r);
}

static void read_inclusion(const uint8_t *data, size_t len, struct buf *again)
{
    struct inclusion_query q;
    uint64_t tag;
    if (frames_get_inclusion(data, len, &tag, &q) == 0)
        frames_put_inclusion(again, tag, &q);
}

static void read_included(const uint8_t *data, size_t len, struct buf *again)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    struct inclusion i;
    uint64_t tag;
    bool found;
    if (frames_get_included(data, len, &a, &tag, &found, &i) == 0)
        frames_put_included(again, tag, found ? &i : NULL);
}

static void read_destroyed(const uint8_t *data, size_t len, struct buf *again)
{
    struct cursor c = cursor_over(data, len);
    char warrant[VALUE_WARRANT_MAX + 1];
    int64_t day;
    while (frames_next_destroyed(&c, warrant, &day))
        frames_put_destroyed(again, warrant, day);
    if (cursor_end(&c) < 0)
        buf_reset(again);
}

static void read_report(const uint8_t *data, size_t len, struct buf *again)
{
    enum document_kind kind;
    const char *note;
    size_t note_len;
    if (frames_get_report(data, len, &kind, &note, &note_len) == 0)
        frames_put_report(again, kind, note, note_len);
}

static void read_submitted(const uint8_t *data, size_t len, struct buf *again)
{
    uint8_t hash[HASH_BYTES];
    bool taken;
    if (frames_get_submitted(data, len, hash, &taken) == 0)
        frames_put_submitted(again, hash, taken);
}

static void read_expected(const uint8_t *data, size_t len, struct buf *again)
{
    struct frames_expected x;
    if (frames_get_expected(data, len, &x) == 0)
        frames_put_expected(again, &x);
}

static void read_fetch(const uint8_t *data, size_t len, struct buf *again)
{
    uint64_t tag;
    bool may;
    if (frames_get_fetch(data, len, &tag, &may) == 0)
        frames_put_fetch(again, tag, may);
}

static void read_forget(const uint8_t *data, size_t len, struct buf *again)
{
    uint64_t tag;
    if (frames_get_forget(data, len, &tag) == 0)
        frames_put_forget(again, tag);
}

static void (*const readers[])(const uint8_t *, size_t, struct buf *) = {
    read_request, read_document,  read_later,     read_repeat,   read_positions,
    read_verdict, read_round,     read_inclusion, read_included, read_destroyed,
    read_report,  read_submitted, read_expected,  read_fetch,    read_forget,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0 || data[0] >= sizeof readers / sizeof *readers)
        return 0;
    CLEANUP_BUF struct buf again = BUF_INIT(16U << 20);
    readers[data[0]](data + 1, len - 1, &again);
    FUZZ_MUST(!buf_failed(&again));
    if (again.len > 0)
        FUZZ_MUST(again.len == len - 1 && memcmp(again.data, data + 1, again.len) == 0);
    return 0;
}
