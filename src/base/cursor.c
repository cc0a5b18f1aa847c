#include "base/cursor.h"

#include <string.h>

struct cursor cursor_over(const void *data, size_t len)
{
    static const uint8_t nothing[1];
    const uint8_t *pos = len == 0 ? nothing : data;
    return (struct cursor){.pos = pos, .end = pos + len};
}

size_t cursor_left(const struct cursor *c)
{
    return c->failed ? 0 : (size_t)(c->end - c->pos);
}

bool cursor_failed(const struct cursor *c)
{
    return c->failed;
}

void cursor_fail(struct cursor *c)
{
    c->failed = true;
}

int cursor_end(const struct cursor *c)
{
    return c->failed || c->pos != c->end ? ERR_FORMAT : 0;
}

const uint8_t *cursor_bytes(struct cursor *c, size_t len)
{
    if (c->failed || len > (size_t)(c->end - c->pos)) {
        c->failed = true;
        return NULL;
    }
    const uint8_t *at = c->pos;
    c->pos += len;
    return at;
}

void cursor_copy(struct cursor *c, void *ret, size_t len)
{
    const uint8_t *at = cursor_bytes(c, len);
    if (at != NULL)
        memcpy(ret, at, len);
    else
        memset(ret, 0, len);
}

static uint64_t integer(struct cursor *c, size_t bytes)
{
    const uint8_t *at = cursor_bytes(c, bytes);
    uint64_t v = 0;
    for (size_t i = 0; at != NULL && i < bytes; i++)
        v = v << 8 | at[i];
    return v;
}

uint8_t cursor_u8(struct cursor *c)
{
    return (uint8_t)integer(c, 1);
}

uint16_t cursor_u16(struct cursor *c)
{
    return (uint16_t)integer(c, 2);
}

uint32_t cursor_u32(struct cursor *c)
{
    return (uint32_t)integer(c, 4);
}

uint64_t cursor_u64(struct cursor *c)
{
    return integer(c, 8);
}

const uint8_t *cursor_block(struct cursor *c, size_t max, size_t *ret_len)
{
    uint32_t len = cursor_u32(c);
    if (len > max)
        c->failed = true;
    const uint8_t *at = cursor_bytes(c, len);
    *ret_len = at == NULL ? 0 : len;
    return at;
}
