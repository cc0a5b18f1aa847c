#include "crypto/merkle.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "crypto/hash.h"

#define LEAVES_MAX (UINT64_C(1) << 63)

void merkle_leaf(const void *data, size_t len, uint8_t ret[static MERKLE_BYTES])
{
    const struct hash_part parts[] = {{"\x00", 1}, {data, len}};
    hash_sha256_parts(parts, 2, ret);
}

void merkle_node(const uint8_t left[static MERKLE_BYTES], const uint8_t right[static MERKLE_BYTES],
                 uint8_t ret[static MERKLE_BYTES])
{
    uint8_t node[1 + 2 * MERKLE_BYTES] = {0x01}; /* `ret` may be `left` or `right` */
    memcpy(node + 1, left, MERKLE_BYTES);
    memcpy(node + 1 + MERKLE_BYTES, right, MERKLE_BYTES);
    hash_sha256(node, sizeof node, ret);
}

void merkle_empty_root(uint8_t ret[static MERKLE_BYTES])
{
    hash_sha256(NULL, 0, ret);
}

/* All levels one after the other, leaves first, the root last. A node without a right sibling is
 * its own parent, which gives the shape of RFC 9162. */
struct merkle_memory {
    uint8_t (*nodes)[MERKLE_BYTES];
    size_t count; /* leaves */
};

/* Of the level above one of `width` nodes. */
static size_t width_above(size_t width)
{
    return width / 2 + width % 2;
}

struct merkle_memory *merkle_memory_new(const uint8_t (*leaves)[MERKLE_BYTES], size_t count)
{
    struct merkle_memory *m = mem_new(sizeof *m);
    size_t all = 1;
    for (size_t width = count; width > 1; width = width_above(width))
        all += width;
    m->nodes = mem_array(all, MERKLE_BYTES);
    m->count = count;
    if (count == 0) {
        merkle_empty_root(m->nodes[0]);
        return m;
    }
    memcpy(m->nodes, leaves, count * MERKLE_BYTES);
    uint8_t(*level)[MERKLE_BYTES] = m->nodes;
    for (size_t width = count; width > 1; width = width_above(width)) {
        uint8_t(*above)[MERKLE_BYTES] = level + width;
        for (size_t i = 0; i < width / 2; i++)
            merkle_node(level[2 * i], level[2 * i + 1], above[i]);
        if (width % 2 == 1)
            memcpy(above[width / 2], level[width - 1], MERKLE_BYTES);
        level = above;
    }
    return m;
}

void merkle_memory_free(struct merkle_memory *m)
{
    if (m == NULL)
        return;
    free(m->nodes);
    free(m);
}

void merkle_memory_root(const struct merkle_memory *m, uint8_t ret[static MERKLE_BYTES])
{
    uint8_t(*level)[MERKLE_BYTES] = m->nodes;
    for (size_t width = m->count; width > 1; width = width_above(width))
        level += width;
    memcpy(ret, level[0], MERKLE_BYTES);
}

size_t merkle_memory_path(const struct merkle_memory *m, size_t index,
                          uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES])
{
    uint8_t(*level)[MERKLE_BYTES] = m->nodes;
    size_t n = 0;
    assert(index < m->count);
    for (size_t width = m->count; width > 1; width = width_above(width)) {
        if ((index ^ 1) < width)
            memcpy(ret[n++], level[index ^ 1], MERKLE_BYTES);
        level += width;
        index /= 2;
    }
    return n;
}

void merkle_root(const uint8_t (*leaves)[MERKLE_BYTES], size_t count,
                 uint8_t ret[static MERKLE_BYTES])
{
    struct merkle_memory *m = merkle_memory_new(leaves, count);
    merkle_memory_root(m, ret);
    merkle_memory_free(m);
}

/* The highest set bit's place; `v` is not 0. */
static unsigned log2_floor(uint64_t v)
{
    return 63 - (unsigned)__builtin_clzll(v);
}

/* The root of the leaves from `begin` up to `end`, as the recursion of RFC 9162 meets them: `begin`
 * is a multiple of a power of two not below their number, so that the set bits of that number,
 * from the highest, are complete subtrees. These are hashed together from the right. */
static int span_root(merkle_fetch *fetch, void *context, uint64_t begin, uint64_t end,
                     uint8_t ret[static MERKLE_BYTES])
{
    uint8_t peaks[64][MERKLE_BYTES];
    size_t n = 0;
    while (begin < end) {
        unsigned level = log2_floor(end - begin);
        int r = fetch(context, level, begin >> level, peaks[n++]);
        if (r < 0)
            return r;
        begin += UINT64_C(1) << level;
    }
    for (; n > 1; n--)
        merkle_node(peaks[n - 2], peaks[n - 1], peaks[n - 2]);
    memcpy(ret, peaks[0], MERKLE_BYTES);
    return 0;
}

int merkle_root_of(merkle_fetch *fetch, void *context, uint64_t size,
                   uint8_t ret[static MERKLE_BYTES])
{
    if (size == 0) {
        merkle_empty_root(ret);
        return 0;
    }
    return span_root(fetch, context, 0, size, ret);
}

/* From the root of `size` leaves towards one leaf: what PATH and SUBPROOF of RFC 9162 have in
 * common. The hashes come from the root downwards, so `path` fills from its end. */
struct descent {
    merkle_fetch *fetch;
    void *context;
    uint64_t begin, end;
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t at;
};

static int add_span(struct descent *d, uint64_t begin, uint64_t end)
{
    return span_root(d->fetch, d->context, begin, end, d->path[--d->at]);
}

/* Into the half that has `leaf`, adding the root of the other. */
static int descend(struct descent *d, uint64_t leaf)
{
    uint64_t mid = d->begin + (UINT64_C(1) << log2_floor(d->end - d->begin - 1));
    uint64_t begin = d->begin, end = d->end;
    if (leaf < mid) {
        d->end = mid;
        return add_span(d, mid, end);
    }
    d->begin = mid;
    return add_span(d, begin, mid);
}

static void take_path(const struct descent *d, uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES],
                      size_t *ret_count)
{
    *ret_count = MERKLE_PATH_MAX - d->at;
    memcpy(ret, d->path + d->at, *ret_count * MERKLE_BYTES);
}

int merkle_inclusion_path(merkle_fetch *fetch, void *context, uint64_t index, uint64_t size,
                          uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES], size_t *ret_count)
{
    struct descent d = {.fetch = fetch, .context = context, .end = size, .at = MERKLE_PATH_MAX};
    if (index >= size || size > LEAVES_MAX)
        return ERR_INVALID_STATE;
    while (d.end - d.begin > 1) {
        int r = descend(&d, index);
        if (r < 0)
            return r;
    }
    take_path(&d, ret, ret_count);
    return 0;
}

int merkle_consistency_path(merkle_fetch *fetch, void *context, uint64_t old_size, uint64_t size,
                            uint8_t ret[static MERKLE_PATH_MAX][MERKLE_BYTES], size_t *ret_count)
{
    struct descent d = {.fetch = fetch, .context = context, .end = size, .at = MERKLE_PATH_MAX};
    if (old_size == 0 || old_size > size || size > LEAVES_MAX)
        return ERR_INVALID_STATE;
    while (d.end != old_size) {
        int r = descend(&d, old_size - 1);
        if (r < 0)
            return r;
    }
    if (d.begin > 0) { /* else the span is the old tree, whose root the verifier has */
        int r = add_span(&d, d.begin, d.end);
        if (r < 0)
            return r;
    }
    take_path(&d, ret, ret_count);
    return 0;
}

int merkle_verify_inclusion(const uint8_t leaf[static MERKLE_BYTES], uint64_t index, uint64_t size,
                            const uint8_t (*path)[MERKLE_BYTES], size_t count,
                            const uint8_t root[static MERKLE_BYTES])
{
    uint8_t r[MERKLE_BYTES];
    if (index >= size)
        return ERR_FORMAT;
    uint64_t fn = index, sn = size - 1; /* the RFC's names */
    memcpy(r, leaf, sizeof r);
    for (size_t i = 0; i < count; i++) {
        if (sn == 0)
            return ERR_FORMAT;
        if (fn % 2 == 1 || fn == sn) {
            merkle_node(path[i], r, r);
            for (; fn % 2 == 0 && fn != 0; fn /= 2)
                sn /= 2;
        } else {
            merkle_node(r, path[i], r);
        }
        fn /= 2;
        sn /= 2;
    }
    if (sn != 0)
        return ERR_FORMAT;
    return memcmp(r, root, sizeof r) == 0 ? 0 : ERR_AUTH;
}

int merkle_verify_consistency(uint64_t old_size, const uint8_t old_root[static MERKLE_BYTES],
                              uint64_t size, const uint8_t root[static MERKLE_BYTES],
                              const uint8_t (*path)[MERKLE_BYTES], size_t count)
{
    uint8_t fr[MERKLE_BYTES], sr[MERKLE_BYTES];
    if (old_size == 0 || old_size > size || (old_size == size) != (count == 0))
        return ERR_FORMAT;
    if (old_size == size)
        return memcmp(old_root, root, MERKLE_BYTES) == 0 ? 0 : ERR_AUTH;

    bool power_of_two = (old_size & (old_size - 1)) == 0;
    uint64_t fn = old_size - 1, sn = size - 1;
    for (; fn % 2 == 1; fn /= 2)
        sn /= 2;
    /* The old tree is a subtree of the new one then, and its root begins the path. */
    memcpy(fr, power_of_two ? old_root : path[0], sizeof fr);
    memcpy(sr, fr, sizeof sr);
    for (size_t i = power_of_two ? 0 : 1; i < count; i++) {
        if (sn == 0)
            return ERR_FORMAT;
        if (fn % 2 == 1 || fn == sn) {
            merkle_node(path[i], fr, fr);
            merkle_node(path[i], sr, sr);
            for (; fn % 2 == 0 && fn != 0; fn /= 2)
                sn /= 2;
        } else {
            merkle_node(sr, path[i], sr);
        }
        fn /= 2;
        sn /= 2;
    }
    if (sn != 0)
        return ERR_FORMAT;
    return memcmp(fr, old_root, sizeof fr) == 0 && memcmp(sr, root, sizeof sr) == 0 ? 0 : ERR_AUTH;
}
