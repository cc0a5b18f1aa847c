#include "ibot/frames_files.h"

#include <string.h>

void frames_account(const char *account, uint8_t ret[static HASH_BYTES])
{
    static const char context[] = "ironside file account 1";
    const struct hash_part parts[] = {{context, sizeof context}, {account, strlen(account)}};
    hash_sha256_parts(parts, 2, ret);
}

void frames_put_expected(struct buf *b, const struct frames_expected *x)
{
    buf_put_u64(b, x->tag);
    buf_put(b, x->account, sizeof x->account);
    buf_put_u8(b, (uint8_t)x->count);
    for (uint32_t i = 0; i < x->count; i++)
        frames_put_file(b, x->files[i].sha256, x->files[i].size);
}

int frames_get_expected(const uint8_t *body, size_t len, struct frames_expected *ret)
{
    struct cursor c = cursor_over(body, len);
    struct frames_expected x = {.tag = cursor_u64(&c)};
    cursor_copy(&c, x.account, HASH_BYTES);
    x.count = cursor_u8(&c);
    if (cursor_failed(&c) || x.count == 0 || x.count > VALUE_FILES_MAX)
        return ERR_FORMAT;
    for (uint32_t i = 0; i < x.count; i++) {
        cursor_copy(&c, x.files[i].sha256, HASH_BYTES);
        x.files[i].size = cursor_u64(&c);
        if (x.files[i].size > VALUE_FILE_BYTES_MAX)
            return ERR_FORMAT;
    }
    if (cursor_end(&c) < 0)
        return ERR_FORMAT;
    *ret = x;
    return 0;
}

void frames_put_forget(struct buf *b, uint64_t tag)
{
    buf_put_u64(b, tag);
}

int frames_get_forget(const uint8_t *body, size_t len, uint64_t *ret_tag)
{
    struct cursor c = cursor_over(body, len);
    uint64_t tag = cursor_u64(&c);
    if (cursor_end(&c) < 0)
        return ERR_FORMAT;
    *ret_tag = tag;
    return 0;
}

void frames_put_fetch(struct buf *b, uint64_t tag, bool may)
{
    buf_put_u64(b, tag);
    buf_put_u8(b, may);
}

int frames_get_fetch(const uint8_t *body, size_t len, uint64_t *ret_tag, bool *ret_may)
{
    struct cursor c = cursor_over(body, len);
    uint64_t tag = cursor_u64(&c);
    uint8_t may = cursor_u8(&c);
    if (cursor_end(&c) < 0 || may > 1)
        return ERR_FORMAT;
    *ret_tag = tag;
    *ret_may = may != 0;
    return 0;
}

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
