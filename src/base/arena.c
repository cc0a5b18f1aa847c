#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "base/memory.h"

#define BLOCK_BYTES 8192U
#define ALIGNMENT alignof(max_align_t)

struct arena_block {
    struct arena_block *next;
    size_t capacity;
    size_t used;
    alignas(max_align_t) uint8_t data[];
};

static size_t rounded(size_t len)
{
    return (len + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

static struct arena_block *block_for(struct arena *a, size_t len)
{
    struct arena_block *b = a->blocks;
    if (b != NULL && b->capacity - b->used >= len)
        return b;
    size_t capacity = len > BLOCK_BYTES ? len : BLOCK_BYTES;
    b = mem_new(sizeof *b + capacity);
    b->capacity = capacity;
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

void *arena_new(struct arena *a, size_t len)
{
    if (len == 0)
        len = 1; /* has a place of its own, and counts */
    if (len > a->max || a->used > a->max - len)
        return NULL;
    size_t room = rounded(len);
    struct arena_block *b = block_for(a, room);
    uint8_t *p = b->data + b->used;
    memset(p, 0, room);
    b->used += room;
    a->used += len;
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size != 0 && count > a->max / size)
        return NULL;
    return arena_new(a, count * size);
}

void *arena_copy(struct arena *a, const void *data, size_t len)
{
    void *p = arena_new(a, len);
    if (p != NULL && len > 0)
        memcpy(p, data, len);
    return p;
}

char *arena_string_n(struct arena *a, const char *s, size_t len)
{
    char *p = arena_new(a, len + 1);
    if (p != NULL && len > 0)
        memcpy(p, s, len);
    return p;
}

char *arena_string(struct arena *a, const char *s)
{
    return arena_string_n(a, s, strlen(s));
}

void arena_reset(struct arena *a)
{
    struct arena_block *keep = NULL;
    while (a->blocks != NULL) {
        struct arena_block *b = TAKE(a->blocks);
        a->blocks = b->next;
        if (keep == NULL && b->capacity == BLOCK_BYTES)
            keep = b;
        else
            free(b);
    }
    if (keep != NULL) {
        keep->used = 0;
        keep->next = NULL;
    }
    a->blocks = keep;
    a->used = 0;
}

void arena_clear(struct arena *a)
{
    arena_reset(a);
    free(a->blocks);
    a->blocks = NULL;
}
