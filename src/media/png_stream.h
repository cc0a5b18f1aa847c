/* Where a PNG's picture data ends: one zlib stream over all IDAT chunks (or a frame's fdAT chunks),
 * and as many bytes in it as its rows have. What is behind it in the chunks is no picture. */
#ifndef IRONSIDE_MEDIA_PNG_STREAM_H
#define IRONSIDE_MEDIA_PNG_STREAM_H

#include <stdbool.h>
#include <zlib.h>

#include "media/source.h"

#define PNG_COLOUR_PALETTE 3

struct png_header {
    uint32_t width, height;
    unsigned depth, colour, interlace;
};

/* IHDR's 13 bytes. ERR_FORMAT. */
#define PNG_HEADER_LEN 13U
int png_header_read(struct png_header *ret, const uint8_t data[static PNG_HEADER_LEN]) MUST_USE;

struct png_stream {
    z_stream z;
    bool open, ended;
    uint64_t left; /* bytes that its rows still have */
};

/* Of a picture of that header but this width and height. png_stream_close, whatever becomes. */
int png_stream_open(struct png_stream *s, const struct png_header *h, uint32_t width,
                    uint32_t height) MUST_USE;
/* Bytes of a chunk; `*ret_used`: how many of them belong to the picture. ERR_FORMAT: they are no
 * such stream, or hold more than the rows; ERR_IO. */
int png_stream_take(struct png_stream *s, const struct media_source *source, uint64_t at,
                    uint64_t len, uint64_t *ret_used) MUST_USE;
void png_stream_close(struct png_stream *s);

#endif
