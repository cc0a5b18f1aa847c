/* Bytes that are read where they lie: a file, or memory in tests. So that no file has to fit into
 * memory. */
#ifndef IRONSIDE_MEDIA_SOURCE_H
#define IRONSIDE_MEDIA_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct media_source {
    void *context;
    uint64_t size;
    /* Just these bytes, which lie within the size. ERR_IO. */
    int (*read)(void *context, uint64_t offset, void *ret, size_t len);
};

/* Over a descriptor, or over memory; `fd` and `memory` outlive it. ERR_IO: not a file of a size. */
int media_source_fd(int *fd, struct media_source *ret) MUST_USE;
struct media_source media_source_memory(const uint8_t **memory, size_t len);

/* Reads within the size: ERR_FORMAT past it. */
int media_read(const struct media_source *s, uint64_t offset, void *ret, size_t len) MUST_USE;

#endif
