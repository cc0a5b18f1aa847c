/* What the fuzz targets share. */
#ifndef IRONSIDE_TESTS_FUZZ_H
#define IRONSIDE_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define FUZZ_BYTES_MAX (1U << 20)

/* Ends the process, so that the fuzzer keeps the input, unless `ok`. */
#define FUZZ_MUST(ok)                                                                              \
    do {                                                                                           \
        if (!(ok)) {                                                                               \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #ok);                       \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline bool fuzz_same(const struct buf *a, const struct buf *b)
{
    return !buf_failed(a) && !buf_failed(b) && a->len == b->len &&
           (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

#endif
