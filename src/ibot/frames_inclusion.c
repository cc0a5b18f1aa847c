#include "ibot/frames_inclusion.h"

#include <string.h>

void frames_put_inclusion(struct buf *b, uint64_t tag, const struct inclusion_query *q)
{
    buf_put_u64(b, tag);
    buf_put(b, q->root, MERKLE_BYTES);
    buf_put_u32(b, q->count);
    buf_put_u64(b, q->old_size);
}

int frames_get_inclusion(const uint8_t *body, size_t len, uint64_t *ret_tag,
                         struct inclusion_query *ret)
{
    struct cursor c = cursor_over(body, len);
    struct inclusion_query q;
    uint64_t tag = cursor_u64(&c);
    cursor_copy(&c, q.root, MERKLE_BYTES);
    q.count = cursor_u32(&c);
    q.old_size = cursor_u64(&c);
    if (cursor_end(&c) < 0 || q.count == 0 || q.count > VERDICT_ROUND_MAX || q.old_size > INT64_MAX)
        return ERR_FORMAT;
    *ret_tag = tag;
    *ret = q;
    return 0;
}

static void put_hashes(struct buf *b, const uint8_t (*hashes)[MERKLE_BYTES], size_t count)
{
    buf_put_u8(b, (uint8_t)count);
    buf_put(b, hashes, count * MERKLE_BYTES);
}

static size_t get_hashes(struct cursor *c, uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES])
{
    size_t count = cursor_u8(c);
    if (count > MERKLE_PATH_MAX) {
        cursor_fail(c);
        return 0;
    }
    cursor_copy(c, ret, count * MERKLE_BYTES);
    return count;
}

void frames_put_included(struct buf *b, uint64_t tag, const struct inclusion *i)
{
    buf_put_u64(b, tag);
    buf_put_u8(b, i != NULL);
    if (i == NULL)
        return;
    buf_put_u64(b, i->index);
    put_hashes(b, (const uint8_t(*)[MERKLE_BYTES])i->path, i->path_count);
    put_hashes(b, (const uint8_t(*)[MERKLE_BYTES])i->consistency, i->consistency_count);
    buf_put_block(b, i->checkpoint, strlen(i->checkpoint));
}

static const char *text_copy(struct arena *a, const uint8_t *data, size_t len)
{
    if (data == NULL || memchr(data, '\0', len) != NULL)
        return NULL;
    return arena_string_n(a, (const char *)data, len);
}

int frames_get_included(const uint8_t *body, size_t len, struct arena *a, uint64_t *ret_tag,
                        bool *ret_found, struct inclusion *ret)
{
    struct cursor c = cursor_over(body, len);
    struct inclusion i = {0};
    uint64_t tag = cursor_u64(&c);
    uint8_t found = cursor_u8(&c);
    if (found == 0 && cursor_end(&c) == 0) {
        *ret_tag = tag;
        *ret_found = false;
        return 0;
    }
    i.index = cursor_u64(&c);
    i.path_count = get_hashes(&c, i.path);
    i.consistency_count = get_hashes(&c, i.consistency);
    size_t note_len;
    const uint8_t *note = cursor_block(&c, CHECKPOINT_MAX_BYTES, &note_len);
    i.checkpoint = text_copy(a, note, note_len);
    if (cursor_end(&c) < 0 || found != 1 || i.index > INT64_MAX || i.checkpoint == NULL)
        return ERR_FORMAT;
    *ret_tag = tag;
    *ret_found = true;
    *ret = i;
    return 0;
}
