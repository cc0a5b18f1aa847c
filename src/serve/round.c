#include "serve/round.h"

#include <string.h>

#include "base/memory.h"
#include "journal/files.h"

#define FILE_FORM_BYTES (HASH_BYTES + 8) /* of a file, as it is written */

static void put_batch(struct buf *b, const struct journal_batch *x)
{
    buf_put_block(b, x->warrant, strlen(x->warrant));
    buf_put_u32(b, x->count);
    buf_put(b, x->leaves, (size_t)x->count * MERKLE_BYTES);
    buf_put(b, x->positions, (size_t)x->count * VERDICT_POSITION_BYTES);
    buf_put_block(b, x->sealed, x->sealed_len);
}

static void put_files(struct buf *b, const struct journal_round *r)
{
    buf_put_u32(b, (uint32_t)r->file_count);
    for (size_t i = 0; i < r->file_count; i++) {
        buf_put(b, r->files[i].sha256, HASH_BYTES);
        buf_put_u64(b, r->files[i].size);
    }
}

/* The length goes where its room was left. */
static void close_block(struct buf *b, size_t start)
{
    struct buf len = BUF_INIT(4);
    buf_put_u32(&len, (uint32_t)(b->len - start - 4));
    memcpy(b->data + start, len.data, 4);
    buf_clear(&len);
}

int serve_round_put(struct buf *b, int64_t number, const struct journal_round *r)
{
    size_t start = b->len;
    buf_put_u32(b, 0);
    buf_put_u64(b, (uint64_t)number);
    buf_put_u64(b, (uint64_t)r->at_unix_ms);
    buf_put_u32(b, r->policy);
    buf_put(b, r->root, MERKLE_BYTES);
    buf_put(b, r->signature, SIGN_BYTES);
    buf_put_u32(b, r->line_count);
    buf_put(b, r->lines, (size_t)r->line_count * VERDICT_LINE_BYTES);
    buf_put_u32(b, (uint32_t)r->batch_count);
    for (size_t i = 0; i < r->batch_count; i++)
        put_batch(b, &r->batches[i]);
    put_files(b, r);
    if (buf_failed(b))
        return ERR_LIMIT;
    close_block(b, start);
    return 0;
}

static int get_batch(struct cursor *c, struct arena *a, uint32_t policy, struct journal_batch *ret)
{
    size_t len;
    const uint8_t *warrant = cursor_block(c, VALUE_WARRANT_MAX, &len);
    ret->warrant = warrant == NULL ? NULL : arena_string_n(a, (const char *)warrant, len);
    ret->policy = policy;
    ret->count = cursor_u32(c);
    if (ret->warrant == NULL || !value_warrant_valid(ret->warrant) || ret->count == 0 ||
        ret->count > VERDICT_ROUND_MAX)
        return ERR_FORMAT;
    ret->leaves =
        (const uint8_t(*)[MERKLE_BYTES])cursor_bytes(c, (size_t)ret->count * MERKLE_BYTES);
    ret->positions = cursor_bytes(c, (size_t)ret->count * VERDICT_POSITION_BYTES);
    ret->sealed = cursor_block(c, SERVE_ROUND_MAX, &ret->sealed_len);
    return cursor_failed(c) || ret->sealed_len == 0 ? ERR_FORMAT : 0;
}

static int get_batches(struct cursor *c, struct arena *a, struct journal_round *r)
{
    uint32_t count = cursor_u32(c);
    if (cursor_failed(c) || count > SERVE_BATCHES_MAX)
        return ERR_FORMAT;
    struct journal_batch *list = arena_array(a, count + 1, sizeof *list);
    int code = list == NULL ? ERR_FORMAT : 0;
    for (uint32_t i = 0; code == 0 && i < count; i++)
        code = get_batch(c, a, r->policy, &list[i]);
    r->batches = list;
    r->batch_count = count;
    return code;
}

static int get_files(struct cursor *c, struct arena *a, struct journal_round *r)
{
    uint32_t count = cursor_u32(c);
    if (cursor_failed(c) || cursor_left(c) != (size_t)count * FILE_FORM_BYTES)
        return ERR_FORMAT;
    struct journal_file *list = arena_array(a, (size_t)count + 1, sizeof *list);
    for (uint32_t i = 0; list != NULL && i < count; i++) {
        cursor_copy(c, list[i].sha256, HASH_BYTES);
        list[i].size = cursor_u64(c);
        if (list[i].size > VALUE_FILE_BYTES_MAX)
            return ERR_FORMAT;
    }
    r->files = list;
    r->file_count = count;
    return list == NULL ? ERR_FORMAT : 0;
}

int serve_round_get(struct cursor *c, struct arena *a, int64_t *ret_number,
                    struct journal_round *ret)
{
    size_t len;
    const uint8_t *block = cursor_block(c, SERVE_ROUND_MAX, &len);
    struct cursor x = cursor_over(block, block == NULL ? 0 : len);
    struct journal_round r = {0};
    uint64_t number = cursor_u64(&x);
    r.at_unix_ms = (int64_t)cursor_u64(&x);
    r.policy = cursor_u32(&x);
    cursor_copy(&x, r.root, MERKLE_BYTES);
    cursor_copy(&x, r.signature, SIGN_BYTES);
    r.line_count = cursor_u32(&x);
    if (cursor_failed(&x) || number == 0 || number > INT64_MAX || r.line_count == 0 ||
        r.line_count > VERDICT_ROUND_MAX)
        return ERR_FORMAT;
    r.lines = (const uint8_t(*)[VERDICT_LINE_BYTES])cursor_bytes(&x, (size_t)r.line_count *
                                                                         VERDICT_LINE_BYTES);
    if (get_batches(&x, a, &r) < 0 || get_files(&x, a, &r) < 0 || cursor_end(&x) < 0)
        return ERR_FORMAT;
    *ret_number = (int64_t)number;
    *ret = r;
    return 0;
}
