#include "base/buf.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static void wipe_memory(struct buf *b)
{
    if (b->wipe && b->data != NULL)
        sodium_memzero(b->data, b->capacity);
}

void buf_clear(struct buf *b)
{
    wipe_memory(b);
    free(b->data);
    b->data = NULL;
    b->len = b->capacity = 0;
    b->failed = false;
}

void buf_reset(struct buf *b)
{
    wipe_memory(b);
    b->len = 0;
    b->failed = false;
}

bool buf_failed(const struct buf *b)
{
    return b->failed;
}

void buf_fail(struct buf *b)
{
    b->failed = true;
}

/* Makes room for `want` bytes in all. A buffer that holds secrets is moved by hand, since
 * realloc would leave the old copy behind. */
static void reserve(struct buf *b, size_t want)
{
    if (want <= b->capacity)
        return;
    size_t capacity = b->capacity < 64 ? 64 : b->capacity * 2;
    if (capacity < want)
        capacity = want;
    if (!b->wipe) {
        b->data = mem_resize(b->data, capacity, 1);
    } else {
        uint8_t *data = mem_new(capacity);
        if (b->len > 0)
            memcpy(data, b->data, b->len);
        wipe_memory(b);
        free(b->data);
        b->data = data;
    }
    b->capacity = capacity;
}

uint8_t *buf_extend(struct buf *b, size_t len)
{
    if (b->failed || len > b->max - b->len) {
        b->failed = true;
        return NULL;
    }
    reserve(b, len > 0 ? b->len + len : 1); /* no bytes, too, have a place that is not NULL */
    uint8_t *at = b->data + b->len;
    b->len += len;
    return at;
}

void buf_put(struct buf *b, const void *data, size_t len)
{
    if (len == 0)
        return;
    uint8_t *at = buf_extend(b, len);
    if (at != NULL)
        memcpy(at, data, len);
}

void buf_put_u8(struct buf *b, uint8_t v)
{
    buf_put(b, &v, 1);
}

void buf_put_u16(struct buf *b, uint16_t v)
{
    uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)v};
    buf_put(b, bytes, sizeof bytes);
}

void buf_put_u32(struct buf *b, uint32_t v)
{
    uint8_t bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(v >> (24 - 8 * i));
    buf_put(b, bytes, sizeof bytes);
}

void buf_put_u64(struct buf *b, uint64_t v)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(v >> (56 - 8 * i));
    buf_put(b, bytes, sizeof bytes);
}

void buf_put_block(struct buf *b, const void *data, size_t len)
{
    if (len > UINT32_MAX) {
        b->failed = true;
        return;
    }
    buf_put_u32(b, (uint32_t)len);
    buf_put(b, data, len);
}

void buf_put_text(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

/* Into the room that is there; only what is longer is formatted twice. */
void buf_format(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    size_t room = b->capacity - b->len;
    if (b->failed)
        return;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(room > 0 ? (char *)b->data + b->len : NULL, room, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n > b->max - b->len) {
        b->failed = true;
    } else {
        if ((size_t)n >= room) {
            reserve(b, b->len + (size_t)n + 1);
            vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, again);
        }
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_drop(struct buf *b, size_t len)
{
    if (len > b->len)
        len = b->len;
    if (len == 0)
        return;
    memmove(b->data, b->data + len, b->len - len);
    b->len -= len;
    if (b->wipe)
        sodium_memzero(b->data + b->len, len);
}

const char *buf_text(struct buf *b)
{
    if (b->failed)
        return "";
    reserve(b, b->len + 1);
    b->data[b->len] = '\0';
    return (const char *)b->data;
}

char *buf_take_text(struct buf *b)
{
    if (b->failed) {
        buf_clear(b);
        return mem_string("");
    }
    buf_text(b);
    char *text = (char *)b->data;
    b->data = NULL;
    b->len = b->capacity = 0;
    return text;
}
