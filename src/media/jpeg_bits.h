/* The bits of a scan's data: behind a byte 0xff stands a 0 that is none of them, or a marker. */
#ifndef IRONSIDE_MEDIA_JPEG_BITS_H
#define IRONSIDE_MEDIA_JPEG_BITS_H

#include "media/jpeg_scan.h"

#define JPEG_BITS_CHUNK 4096U

/* Begins with `source` and `at` set and everything else zero. */
struct jpeg_bits {
    const struct media_source *source;
    uint64_t at; /* of the chunk's end */
    uint8_t chunk[JPEG_BITS_CHUNK];
    size_t pos, len;
    uint8_t byte; /* whose last `left` bits are still to come */
    unsigned left;
};

/* The next `count` (0 to 16) bits as a number, or the symbol of the next code; a negative code:
 * ERR_FORMAT at a marker, at the end or for a code that is not in the table, ERR_IO. */
int jpeg_bits_take(struct jpeg_bits *b, unsigned count) MUST_USE;
int jpeg_bits_symbol(struct jpeg_bits *b, const struct jpeg_table *t) MUST_USE;
/* Forgets the rest of a byte that was begun, then takes restart marker number `number` (0 to 7). */
int jpeg_bits_restart(struct jpeg_bits *b, unsigned number) MUST_USE;
/* The place behind the last byte of which a bit was taken. */
uint64_t jpeg_bits_place(const struct jpeg_bits *b);

#endif
