#include "desk/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define BLOCK_BYTES 65536U
#define FIRST_SLOTS 64U
#define ALIGNMENT 8U /* values may be arrays of numbers */

struct names_block {
    struct names_block *next;
    size_t used, size;
    char bytes[];
};

/* The finalizer of SplitMix64. */
uint64_t names_mix(uint64_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9U;
    v = (v ^ v >> 27) * 0x94d049bb133111ebU;
    return v ^ v >> 31;
}

/* FNV-1a by eight bytes; mixed, since a mask takes the low bits. What comes from outside are
 * accounts and hashes that others have signed: no defence against chosen collisions. */
static uint64_t hash_of(const void *value, size_t len)
{
    const uint8_t *p = value;
    uint64_t h = 0xcbf29ce484222325U ^ len;
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        h = (h ^ word) * 0x100000001b3U;
        h ^= h >> 29;
    }
    while (len-- > 0)
        h = (h ^ *p++) * 0x100000001b3U;
    return names_mix(h);
}

static const char *keep(struct names *n, const void *value, size_t len)
{
    struct names_block *b = n->blocks;
    if (b == NULL || b->used + len + 1 > b->size) {
        size_t size = len + 1 > BLOCK_BYTES ? len + 1 : BLOCK_BYTES;
        b = mem_new(sizeof *b + size);
        b->size = size;
        b->next = n->blocks;
        n->blocks = b;
    }
    char *at = b->bytes + b->used;
    if (len > 0)
        memcpy(at, value, len);
    b->used += (len + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return at;
}

/* The slot where it is, or where it would be. */
static uint32_t *slot_of(const struct names *n, const void *value, size_t len)
{
    uint32_t at = (uint32_t)hash_of(value, len) & (n->slot_count - 1);
    for (;; at = (at + 1) & (n->slot_count - 1)) {
        uint32_t number = n->slots[at];
        if (number == 0)
            return &n->slots[at];
        const struct name *item = &n->items[number - 1];
        if (item->len == len && (len == 0 || memcmp(item->bytes, value, len) == 0))
            return &n->slots[at];
    }
}

static void make_room(struct names *n)
{
    if (n->count == n->capacity) {
        n->capacity = n->capacity == 0 ? FIRST_SLOTS / 2 : n->capacity * 2;
        n->items = mem_resize(n->items, n->capacity, sizeof *n->items);
    }
    if (n->slot_count != 0 && n->count < n->slot_count / 2)
        return;
    free(n->slots);
    n->slot_count = n->slot_count == 0 ? FIRST_SLOTS : n->slot_count * 2;
    n->slots = mem_array(n->slot_count, sizeof *n->slots);
    for (uint32_t i = 0; i < n->count; i++)
        *slot_of(n, n->items[i].bytes, n->items[i].len) = i + 1;
}

uint32_t names_find(const struct names *n, const void *value, size_t len)
{
    return n->slot_count == 0 ? 0 : *slot_of(n, value, len);
}

uint32_t names_add(struct names *n, const void *value, size_t len)
{
    uint32_t found = names_find(n, value, len);
    if (found != 0)
        return found;
    make_room(n);
    n->items[n->count] = (struct name){keep(n, value, len), (uint32_t)len};
    *slot_of(n, value, len) = n->count + 1;
    return ++n->count;
}

struct name names_of(const struct names *n, uint32_t number)
{
    return number == 0 || number > n->count ? (struct name){"", 0} : n->items[number - 1];
}

const char *names_text(const struct names *n, uint32_t number)
{
    return names_of(n, number).bytes;
}

void names_clear(struct names *n)
{
    for (struct names_block *b = n->blocks, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(n->items);
    free(n->slots);
    *n = (struct names){0};
}
