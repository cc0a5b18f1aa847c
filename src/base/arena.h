/* Memory that is let go all at once: everything that belongs to one stanza, frame or document.
 * A hard maximum bounds what a peer can make it hold.
 */
#ifndef IRONSIDE_BASE_ARENA_H
#define IRONSIDE_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first */
    size_t used;                /* bytes handed out */
    size_t max;                 /* bytes that may be handed out */
};

#define ARENA_INIT(max_bytes)                                                                      \
    {                                                                                              \
        .max = (max_bytes)                                                                         \
    }

/* Aligned zero bytes; NULL when that is over the maximum. */
void *arena_new(struct arena *a, size_t len);
/* `count` zeroed elements; NULL on overflow or over the maximum. */
void *arena_array(struct arena *a, size_t count, size_t size);
void *arena_copy(struct arena *a, const void *data, size_t len);
/* `len` bytes of `s` and a NUL. */
char *arena_string_n(struct arena *a, const char *s, size_t len);
char *arena_string(struct arena *a, const char *s);
/* Forgets everything but keeps one block for the next use. */
void arena_reset(struct arena *a);
void arena_clear(struct arena *a);
#define CLEANUP_ARENA CLEANUP(arena_clear)

#endif
