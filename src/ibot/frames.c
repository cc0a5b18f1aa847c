#include "ibot/frames.h"

#include <string.h>

#include "base/calendar.h"
#include "wire/registry.h"

void frames_put_request(struct buf *b, uint64_t tag, const struct envelope *e)
{
    buf_put_u64(b, tag);
    envelope_put(b, e);
}

int frames_get_request(const uint8_t *body, size_t len, struct arena *a, uint64_t *ret_tag,
                       struct envelope *ret)
{
    struct cursor c = cursor_over(body, len);
    struct envelope e;
    uint64_t tag = cursor_u64(&c);
    if (envelope_get(&c, a, &e) < 0 || cursor_end(&c) < 0)
        return ERR_FORMAT;
    *ret_tag = tag;
    *ret = e;
    return 0;
}

void frames_put_document(struct buf *b, enum document_kind kind, const char *note, size_t len)
{
    buf_put_u8(b, (uint8_t)kind);
    buf_put_block(b, note, len);
}

int frames_get_document(const uint8_t *body, size_t len, enum document_kind *ret_kind,
                        const char **ret_note, size_t *ret_len)
{
    struct cursor c = cursor_over(body, len);
    enum document_kind kind = cursor_u8(&c);
    const struct document_traits *t = document_traits(kind);
    size_t note_len;
    const uint8_t *note = cursor_block(&c, VALUE_EPOCHS_MAX, &note_len);
    if (cursor_end(&c) < 0 || t == NULL || t->of_bot || note_len == 0)
        return ERR_FORMAT;
    *ret_kind = kind;
    *ret_note = (const char *)note;
    *ret_len = note_len;
    return 0;
}

void frames_put_later(struct buf *b, uint64_t tag, const struct later *l)
{
    buf_put_u64(b, tag);
    buf_put_u8(b, (uint8_t)l->reason);
    buf_put_u32(b, l->seconds);
}

int frames_get_later(const uint8_t *body, size_t len, uint64_t *ret_tag, struct later *ret)
{
    struct cursor c = cursor_over(body, len);
    uint64_t tag = cursor_u64(&c);
    struct later l = {.reason = cursor_u8(&c)};
    l.seconds = cursor_u32(&c);
    if (cursor_end(&c) < 0 || later_reason_text(l.reason) == NULL || l.seconds > LATER_SECONDS_MAX)
        return ERR_FORMAT;
    *ret_tag = tag;
    *ret = l;
    return 0;
}

void frames_put_position(struct buf *b, const struct frames_position *p)
{
    buf_put(b, p->certificate, HASH_BYTES);
    buf_put_u64(b, p->n);
    buf_put(b, p->digest, HASH_BYTES);
}

bool frames_next_position(struct cursor *c, struct frames_position *ret)
{
    if (cursor_left(c) == 0)
        return false;
    cursor_copy(c, ret->certificate, HASH_BYTES);
    ret->n = cursor_u64(c);
    cursor_copy(c, ret->digest, HASH_BYTES);
    if (ret->n == 0 || ret->n > INT64_MAX)
        cursor_fail(c);
    return !cursor_failed(c);
}

void frames_put_repeat(struct buf *b, uint64_t tag, const struct frames_position *p)
{
    buf_put_u64(b, tag);
    frames_put_position(b, p);
}

int frames_get_repeat(const uint8_t *body, size_t len, uint64_t *ret_tag,
                      struct frames_position *ret)
{
    struct cursor c = cursor_over(body, len);
    struct frames_position p;
    uint64_t tag = cursor_u64(&c);
    if (!frames_next_position(&c, &p) || cursor_end(&c) < 0)
        return ERR_FORMAT;
    *ret_tag = tag;
    *ret = p;
    return 0;
}

void frames_put_verdict(struct buf *b, uint64_t tag, const struct verdict *v)
{
    buf_put_u64(b, tag);
    verdict_put(b, v);
}

int frames_get_verdict(const uint8_t *body, size_t len, uint64_t *ret_tag, struct verdict *ret)
{
    struct cursor c = cursor_over(body, len);
    struct verdict v;
    uint64_t tag = cursor_u64(&c);
    if (verdict_get(&c, &v) < 0 || cursor_end(&c) < 0)
        return ERR_FORMAT;
    *ret_tag = tag;
    *ret = v;
    return 0;
}

void frames_put_round(struct buf *b, const struct frames_round *r)
{
    buf_put_u32(b, r->policy);
    buf_put_u8(b, (uint8_t)r->batch_count);
    for (size_t i = 0; i < r->batch_count; i++) {
        const struct frames_batch *x = &r->batches[i];
        buf_put_block(b, x->warrant, strlen(x->warrant));
        buf_put_u32(b, x->count);
        buf_put(b, x->leaves, (size_t)x->count * MERKLE_BYTES);
        buf_put(b, x->positions, (size_t)x->count * VERDICT_POSITION_BYTES);
        buf_put_block(b, x->sealed, x->sealed_len);
    }
    buf_put_u32(b, r->line_count);
    buf_put(b, r->lines, (size_t)r->line_count * VERDICT_LINE_BYTES);
    buf_put(b, r->tags, (size_t)r->line_count * 8);
    buf_put_u32(b, r->file_count);
    buf_put(b, r->files, (size_t)r->file_count * FRAMES_FILE_BYTES);
}

void frames_put_file(struct buf *b, const uint8_t sha256[static HASH_BYTES], uint64_t size)
{
    buf_put(b, sha256, HASH_BYTES);
    buf_put_u64(b, size);
}

struct frames_file frames_round_file(const struct frames_round *r, uint32_t file)
{
    struct cursor c = cursor_over(r->files + (size_t)file * FRAMES_FILE_BYTES, FRAMES_FILE_BYTES);
    struct frames_file f;
    cursor_copy(&c, f.sha256, HASH_BYTES);
    f.size = cursor_u64(&c);
    return f;
}

static bool get_warrant(struct cursor *c, char ret[static VALUE_WARRANT_MAX + 1])
{
    size_t len;
    const uint8_t *id = cursor_block(c, VALUE_WARRANT_MAX, &len);
    ret[0] = '\0';
    if (id == NULL)
        return false;
    memcpy(ret, id, len);
    ret[len] = '\0';
    return value_warrant_valid(ret) && strlen(ret) == len;
}

static void get_batch(struct cursor *c, struct frames_batch *x)
{
    if (!get_warrant(c, x->warrant))
        cursor_fail(c);
    x->count = cursor_u32(c);
    if (x->count == 0 || x->count > VERDICT_ROUND_MAX)
        cursor_fail(c);
    x->leaves = (const uint8_t(*)[MERKLE_BYTES])cursor_bytes(c, (size_t)x->count * MERKLE_BYTES);
    x->positions = cursor_bytes(c, (size_t)x->count * VERDICT_POSITION_BYTES);
    x->sealed = cursor_block(c, FRAMES_ROUND_MAX, &x->sealed_len);
    if (x->sealed_len == 0)
        cursor_fail(c);
}

int frames_get_round(const uint8_t *body, size_t len, struct frames_round *ret)
{
    struct cursor c = cursor_over(body, len);
    struct frames_round r = {.policy = cursor_u32(&c)};
    r.batch_count = cursor_u8(&c);
    if (r.batch_count > VALUE_WRAPS_MAX)
        return ERR_FORMAT;
    for (size_t i = 0; i < r.batch_count && !cursor_failed(&c); i++)
        get_batch(&c, &r.batches[i]);
    r.line_count = cursor_u32(&c);
    if (r.line_count == 0 || r.line_count > VERDICT_ROUND_MAX)
        return ERR_FORMAT;
    r.lines = (const uint8_t(*)[VERDICT_LINE_BYTES])cursor_bytes(&c, (size_t)r.line_count *
                                                                         VERDICT_LINE_BYTES);
    r.tags = cursor_bytes(&c, (size_t)r.line_count * 8);
    r.file_count = cursor_u32(&c);
    if (r.file_count > FRAMES_ROUND_FILES_MAX)
        return ERR_FORMAT;
    r.files = cursor_bytes(&c, (size_t)r.file_count * FRAMES_FILE_BYTES);
    if (cursor_end(&c) < 0)
        return ERR_FORMAT;
    for (uint32_t i = 0; i < r.file_count; i++)
        if (frames_round_file(&r, i).size > VALUE_FILE_BYTES_MAX)
            return ERR_FORMAT;
    *ret = r;
    return 0;
}

uint64_t frames_round_tag(const struct frames_round *r, uint32_t line)
{
    struct cursor c = cursor_over(r->tags + (size_t)line * 8, 8);
    return cursor_u64(&c);
}

void frames_put_destroyed(struct buf *b, const char *warrant, int64_t day)
{
    buf_put_block(b, warrant, strlen(warrant));
    buf_put_u64(b, (uint64_t)day);
}

bool frames_next_destroyed(struct cursor *c, char ret_warrant[static VALUE_WARRANT_MAX + 1],
                           int64_t *ret_day)
{
    char day[CALENDAR_DAY_LEN + 1];
    int64_t again;
    if (cursor_left(c) == 0)
        return false;
    if (!get_warrant(c, ret_warrant))
        cursor_fail(c);
    *ret_day = (int64_t)cursor_u64(c);
    /* One that a document can name. */
    calendar_format_day(*ret_day, day);
    if (calendar_parse_day(day, &again) < 0 || again != *ret_day)
        cursor_fail(c);
    return !cursor_failed(c);
}

void frames_put_report(struct buf *b, enum document_kind kind, const char *note, size_t len)
{
    buf_put_u8(b, (uint8_t)kind);
    buf_put_block(b, note, len);
}

int frames_get_report(const uint8_t *body, size_t len, enum document_kind *ret_kind,
                      const char **ret_note, size_t *ret_len)
{
    struct cursor c = cursor_over(body, len);
    enum document_kind kind = cursor_u8(&c);
    const struct document_traits *t = document_traits(kind);
    size_t note_len;
    const uint8_t *note = cursor_block(&c, REGISTRY_SUBMIT_MAX, &note_len);
    if (cursor_end(&c) < 0 || note_len == 0 || t == NULL || !t->of_bot)
        return ERR_FORMAT;
    *ret_kind = kind;
    *ret_note = (const char *)note;
    *ret_len = note_len;
    return 0;
}

void frames_put_submitted(struct buf *b, const uint8_t hash[static HASH_BYTES], bool taken)
{
    buf_put(b, hash, HASH_BYTES);
    buf_put_u8(b, taken);
}

int frames_get_submitted(const uint8_t *body, size_t len, uint8_t ret_hash[static HASH_BYTES],
                         bool *ret_taken)
{
    struct cursor c = cursor_over(body, len);
    uint8_t hash[HASH_BYTES];
    cursor_copy(&c, hash, sizeof hash);
    uint8_t taken = cursor_u8(&c);
    if (cursor_end(&c) < 0 || taken > 1)
        return ERR_FORMAT;
    memcpy(ret_hash, hash, sizeof hash);
    *ret_taken = taken == 1;
    return 0;
}
