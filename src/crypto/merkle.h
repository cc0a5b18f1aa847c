/* The Merkle tree of RFC 9162 section 2.1 over SHA-256. A node is named by level (0: leaves) and
 * index; nodes come from a callback, so that the tree may lie in a database.
 */
#ifndef IRONSIDE_CRYPTO_MERKLE_H
#define IRONSIDE_CRYPTO_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define MERKLE_BYTES 32
#define MERKLE_PATH_MAX 64 /* hashes: enough for 2^63 leaves, the most */

/* SHA-256(0x00 | data), SHA-256(0x01 | left | right), SHA-256(""). */
void merkle_leaf(const void *data, size_t len, uint8_t ret[static MERKLE_BYTES]);
void merkle_node(const uint8_t left[static MERKLE_BYTES], const uint8_t right[static MERKLE_BYTES],
                 uint8_t ret[static MERKLE_BYTES]);
void merkle_empty_root(uint8_t ret[static MERKLE_BYTES]);

/* Over leaf hashes in memory (a round's lines). `count` may be 0. */
void merkle_root(const uint8_t (*leaves)[MERKLE_BYTES], size_t count,
                 uint8_t ret[static MERKLE_BYTES]);
/* Keeps the inner nodes: the root, and any path in O(log n). Copies the leaves. */
struct merkle_memory;
struct merkle_memory *merkle_memory_new(const uint8_t (*leaves)[MERKLE_BYTES], size_t count);
void merkle_memory_free(struct merkle_memory *m);
void merkle_memory_root(const struct merkle_memory *m, uint8_t ret[static MERKLE_BYTES]);
/* Leaf upwards; returns the number of hashes. `index` < count. */
size_t merkle_memory_path(const struct merkle_memory *m, size_t index,
                          uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES]);

/* Gives the hash of the complete subtree (level, index): 2^level leaves from index × 2^level.
 * 0, or an error that the caller hands on. */
typedef int merkle_fetch(void *context, unsigned level, uint64_t index,
                         uint8_t ret[static MERKLE_BYTES]);

/* The root of the first `size` leaves. */
int merkle_root_of(merkle_fetch *fetch, void *context, uint64_t size,
                   uint8_t ret[static MERKLE_BYTES]) MUST_USE;
/* RFC 9162 section 2.1.3.1. ERR_INVALID_STATE: index not below size, or size over 2^63. */
int merkle_inclusion_path(merkle_fetch *fetch, void *context, uint64_t index, uint64_t size,
                          uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES],
                          size_t *ret_count) MUST_USE;
/* RFC 9162 section 2.1.4.1. ERR_INVALID_STATE: old size not in 1 … size, or size over 2^63. Empty
 * when they are equal. */
int merkle_consistency_path(merkle_fetch *fetch, void *context, uint64_t old_size, uint64_t size,
                            uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES],
                            size_t *ret_count) MUST_USE;

/* RFC 9162 sections 2.1.3.2 and 2.1.4.2: 0, ERR_AUTH (does not lead to the root) or ERR_FORMAT
 * (sizes, index or length of the path are impossible). */
int merkle_verify_inclusion(const uint8_t leaf[static MERKLE_BYTES], uint64_t index, uint64_t size,
                            const uint8_t (*path)[MERKLE_BYTES], size_t count,
                            const uint8_t root[static MERKLE_BYTES]) MUST_USE;
int merkle_verify_consistency(uint64_t old_size, const uint8_t old_root[static MERKLE_BYTES],
                              uint64_t size, const uint8_t root[static MERKLE_BYTES],
                              const uint8_t (*path)[MERKLE_BYTES], size_t count) MUST_USE;

#endif
