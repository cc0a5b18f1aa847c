/* A growable byte buffer with a hard maximum.
 *
 * A write past the maximum, or of a failed part, marks the buffer as failed and changes
 * nothing more; the caller asks once, at the end, with buf_failed(). Integers are big-endian.
 */
#ifndef IRONSIDE_BASE_BUF_H
#define IRONSIDE_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct buf {
    uint8_t *data; /* NULL until the first byte; owned */
    size_t len;
    size_t capacity;
    size_t max; /* bytes */
    bool failed;
    bool wipe; /* overwrite memory before it is freed or moved */
};

/* An empty buffer that may grow to `max` bytes. */
#define BUF_INIT(max_bytes)                                                                        \
    {                                                                                              \
        .max = (max_bytes)                                                                         \
    }
/* The same for secrets: its memory is wiped whenever it is let go. */
#define BUF_INIT_SECRET(max_bytes)                                                                 \
    {                                                                                              \
        .max = (max_bytes), .wipe = true                                                           \
    }

/* Frees the memory; the buffer is empty and usable again afterwards. */
void buf_clear(struct buf *b);
#define CLEANUP_BUF CLEANUP(buf_clear)

/* Empties it but keeps the memory (wiped if `wipe`). */
void buf_reset(struct buf *b);
bool buf_failed(const struct buf *b);
/* Marks it as failed, for a caller's own reason. */
void buf_fail(struct buf *b);

/* Room for `len` more bytes, counted as written; NULL only when that is over the maximum. */
uint8_t *buf_extend(struct buf *b, size_t len);
void buf_put(struct buf *b, const void *data, size_t len);
void buf_put_u8(struct buf *b, uint8_t v);
void buf_put_u16(struct buf *b, uint16_t v);
void buf_put_u32(struct buf *b, uint32_t v);
void buf_put_u64(struct buf *b, uint64_t v);
/* A 4-byte length, then the bytes: `len(x) x` of docs/protocol.md. */
void buf_put_block(struct buf *b, const void *data, size_t len);
void buf_put_text(struct buf *b, const char *text);
void buf_format(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Takes `len` bytes off the front, all of them when there are fewer. A failed buffer stays so. */
void buf_drop(struct buf *b, size_t len);
/* The contents as a string: puts a NUL behind them that does not count. Never NULL; "" when
 * the buffer failed. Valid until the next change. */
const char *buf_text(struct buf *b);
/* The contents as a string of its own, owned by the caller; the buffer is empty afterwards. */
char *buf_take_text(struct buf *b);

#endif
