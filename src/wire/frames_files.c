#include "wire/frames_files.h"

void frames_put_file_ask(struct buf *b, uint64_t ticket, const struct frames_file *f)
{
    buf_put_u64(b, ticket);
    frames_put_file(b, f->sha256, f->size);
}

int frames_get_file_ask(const uint8_t *body, size_t len, uint64_t *ret_ticket,
                        struct frames_file *ret)
{
    struct cursor c = cursor_over(body, len);
    struct frames_file f;
    uint64_t ticket = cursor_u64(&c);
    cursor_copy(&c, f.sha256, HASH_BYTES);
    f.size = cursor_u64(&c);
    if (cursor_end(&c) < 0 || f.size > VALUE_FILE_BYTES_MAX)
        return ERR_FORMAT;
    *ret_ticket = ticket;
    *ret = f;
    return 0;
}

int frames_get_file_data(const uint8_t *body, size_t len, uint64_t *ret_ticket,
                         const uint8_t **ret_data, size_t *ret_len)
{
    struct cursor c = cursor_over(body, len);
    uint64_t ticket = cursor_u64(&c);
    size_t left = cursor_left(&c);
    if (cursor_failed(&c) || left == 0 || left > FRAMES_FILE_DATA_MAX)
        return ERR_FORMAT;
    *ret_ticket = ticket;
    *ret_data = cursor_bytes(&c, left);
    *ret_len = left;
    return 0;
}

void frames_put_file_end(struct buf *b, uint64_t ticket, bool whole)
{
    buf_put_u64(b, ticket);
    buf_put_u8(b, whole);
}

int frames_get_file_end(const uint8_t *body, size_t len, uint64_t *ret_ticket, bool *ret_whole)
{
    struct cursor c = cursor_over(body, len);
    uint64_t ticket = cursor_u64(&c);
    uint8_t whole = cursor_u8(&c);
    if (cursor_end(&c) < 0 || whole > 1)
        return ERR_FORMAT;
    *ret_ticket = ticket;
    *ret_whole = whole != 0;
    return 0;
}

void frames_put_file_state(struct buf *b, uint64_t ticket, enum frames_file_state state)
{
    buf_put_u64(b, ticket);
    buf_put_u8(b, (uint8_t)state);
}

int frames_get_file_state(const uint8_t *body, size_t len, uint64_t *ret_ticket,
                          enum frames_file_state *ret)
{
    struct cursor c = cursor_over(body, len);
    uint64_t ticket = cursor_u64(&c);
    uint8_t state = cursor_u8(&c);
    if (cursor_end(&c) < 0 || state < FILE_STORED || state > FILE_LATER)
        return ERR_FORMAT;
    *ret_ticket = ticket;
    *ret = (enum frames_file_state)state;
    return 0;
}
