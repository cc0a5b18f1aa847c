/* A bounded reader over bytes that it does not own.
 *
 * Reading past the end marks the cursor as failed and yields zeros or NULL from then on; the
 * caller asks once, at the end, with cursor_end(). Integers are big-endian.
 */
#ifndef IRONSIDE_BASE_CURSOR_H
#define IRONSIDE_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct cursor {
    const uint8_t *pos;
    const uint8_t *end;
    bool failed;
};

struct cursor cursor_over(const void *data, size_t len);
size_t cursor_left(const struct cursor *c);
bool cursor_failed(const struct cursor *c);
void cursor_fail(struct cursor *c);
/* Everything was read and nothing failed: 0, else ERR_FORMAT. */
int cursor_end(const struct cursor *c) MUST_USE;

/* The next `len` bytes, inside what the cursor reads; NULL past the end. */
const uint8_t *cursor_bytes(struct cursor *c, size_t len);
/* Copies `len` bytes to `ret`, zeros past the end. */
void cursor_copy(struct cursor *c, void *ret, size_t len);
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
/* A 4-byte length of at most `max`, then the bytes. NULL (and failed) when over either bound;
 * an empty block is a pointer that is not NULL with `*ret_len` 0. */
const uint8_t *cursor_block(struct cursor *c, size_t max, size_t *ret_len);

#endif
