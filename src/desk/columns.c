#include "desk/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

#define FIRST_CAPACITY 4096U

static void grow(struct columns *c)
{
    size_t n = c->capacity == 0 ? FIRST_CAPACITY : (size_t)c->capacity + c->capacity / 2;
    c->capacity = (uint32_t)n;
    c->sender = mem_resize(c->sender, n, sizeof *c->sender);
    c->recipients = mem_resize(c->recipients, n, sizeof *c->recipients);
    c->conversation = mem_resize(c->conversation, n, sizeof *c->conversation);
    c->warrants = mem_resize(c->warrants, n, sizeof *c->warrants);
    c->at = mem_resize(c->at, n, sizeof *c->at);
    c->key = mem_resize(c->key, n, sizeof *c->key);
    c->before = mem_resize(c->before, n, sizeof *c->before);
    c->country = mem_resize(c->country, n, sizeof *c->country);
    c->lang = mem_resize(c->lang, n, sizeof *c->lang);
    c->kind = mem_resize(c->kind, n, sizeof *c->kind);
    c->flags = mem_resize(c->flags, n, sizeof *c->flags);
    size_t blocks = n / COLUMNS_BLOCK + 1;
    c->block_min = mem_resize(c->block_min, blocks, sizeof *c->block_min);
    c->block_max = mem_resize(c->block_max, blocks, sizeof *c->block_max);
}

static uint32_t *last_of(struct columns *c, uint32_t sender)
{
    if (sender >= c->sender_capacity) {
        uint32_t more = sender + sender / 2 + 64;
        c->last = mem_resize(c->last, more, sizeof *c->last);
        memset(c->last + c->sender_capacity, 0, (more - c->sender_capacity) * sizeof *c->last);
        c->sender_capacity = more;
    }
    return &c->last[sender];
}

static void note_time(struct columns *c, uint32_t i, const struct column_row *row)
{
    uint32_t block = i / COLUMNS_BLOCK;
    if (i % COLUMNS_BLOCK == 0) {
        c->block_min[block] = UINT32_MAX;
        c->block_max[block] = 0;
    }
    if ((row->flags & COLUMN_THERE) == 0)
        return;
    if (row->at < c->block_min[block])
        c->block_min[block] = row->at;
    if (row->at > c->block_max[block])
        c->block_max[block] = row->at;
}

void columns_put(struct columns *c, const struct column_row *row)
{
    if (c->count == c->capacity)
        grow(c);
    uint32_t i = c->count++;
    c->sender[i] = row->sender;
    c->recipients[i] = row->recipients;
    c->conversation[i] = row->conversation;
    c->warrants[i] = row->warrants;
    c->at[i] = row->at;
    c->key[i] = row->key;
    c->country[i] = row->country;
    c->lang[i] = row->lang;
    c->kind[i] = row->kind;
    c->flags[i] = row->flags;
    c->before[i] = 0;
    note_time(c, i, row);
    if ((row->flags & COLUMN_THERE) == 0)
        return;
    uint32_t *last = last_of(c, row->sender);
    c->before[i] = *last;
    *last = i + 1;
}

void columns_clear(struct columns *c)
{
    void *const arrays[] = {c->sender, c->recipients, c->conversation, c->warrants, c->at,
                            c->key,    c->before,     c->country,      c->lang,     c->kind,
                            c->flags,  c->last,       c->block_min,    c->block_max};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        free(arrays[i]);
    *c = (struct columns){0};
}

uint32_t columns_last_of(const struct columns *c, uint32_t sender)
{
    return sender < c->sender_capacity ? c->last[sender] : 0;
}

static bool block_may(const struct columns *c, int64_t id, int64_t from, int64_t to)
{
    size_t block = (size_t)(id - 1) / COLUMNS_BLOCK;
    return c->block_min[block] < to && c->block_max[block] >= from;
}

static bool inside(const struct columns *c, int64_t id, int64_t from, int64_t to)
{
    return c->at[id - 1] >= from && c->at[id - 1] < to;
}

bool columns_narrow(const struct columns *c, int64_t from, int64_t to, int64_t *first,
                    int64_t *last)
{
    int64_t low = *first, high = *last;
    while (low <= high && !inside(c, low, from, to))
        low = block_may(c, low, from, to)
                  ? low + 1
                  : (low - 1) / COLUMNS_BLOCK * COLUMNS_BLOCK + COLUMNS_BLOCK + 1;
    while (low <= high && !inside(c, high, from, to))
        high = block_may(c, high, from, to) ? high - 1 : (high - 1) / COLUMNS_BLOCK * COLUMNS_BLOCK;
    *first = low;
    *last = high;
    return low <= high;
}

uint16_t columns_letters(const char *two)
{
    if (two[0] == '\0' || two[1] == '\0')
        return 0;
    return (uint16_t)((uint8_t)two[0] << 8 | (uint8_t)two[1]);
}

void columns_letters_text(uint16_t letters, char ret[static VALUE_COUNTRY_BYTES])
{
    ret[0] = (char)(letters >> 8);
    ret[1] = (char)(letters & 0xff);
    ret[2] = '\0';
}

uint32_t columns_seconds(int64_t unix_ms)
{
    int64_t s = unix_ms / CLOCK_SECOND_MS;
    return s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}
