#include "media/png_stream.h"

#include <string.h>

#define CHUNK 4096U
#define DEPTH_MAX 16U
#define COLOURS 7U
#define PASSES 7U
#define SIDE_MAX 0x7fffffffU

static uint32_t big32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Samples of a pixel, by colour type; 0: there is none. */
static unsigned samples(unsigned colour)
{
    static const unsigned counts[COLOURS] = {1, 0, 3, 1, 2, 0, 4};
    return colour < COLOURS ? counts[colour] : 0;
}

int png_header_read(struct png_header *ret, const uint8_t data[static PNG_HEADER_LEN])
{
    struct png_header h = {.width = big32(data),
                           .height = big32(data + 4),
                           .depth = data[8],
                           .colour = data[9],
                           .interlace = data[12]};
    if (h.width < 1 || h.width > SIDE_MAX || h.height < 1 || h.height > SIDE_MAX || h.depth < 1 ||
        h.depth > DEPTH_MAX || samples(h.colour) == 0 || data[10] != 0 || data[11] != 0 ||
        h.interlace > 1)
        return ERR_FORMAT;
    *ret = h;
    return 0;
}

/* Each row has a byte before it that names its filter. */
static uint64_t rows_len(const struct png_header *h, uint64_t width, uint64_t height)
{
    return width == 0 ? 0 : height * (1 + (width * samples(h->colour) * h->depth + 7) / 8);
}

/* Pixels from `first` on, every `step`th. */
static uint64_t every(uint32_t side, unsigned first, unsigned step)
{
    return side <= first ? 0 : (side - first + step - 1) / step;
}

static uint64_t picture_len(const struct png_header *h, uint32_t width, uint32_t height)
{
    static const struct {
        unsigned x, y, dx, dy;
    } passes[PASSES] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                        {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    uint64_t len = 0;
    if (h->interlace == 0)
        return rows_len(h, width, height);
    for (size_t i = 0; i < PASSES; i++)
        len += rows_len(h, every(width, passes[i].x, passes[i].dx),
                        every(height, passes[i].y, passes[i].dy));
    return len;
}

int png_stream_open(struct png_stream *s, const struct png_header *h, uint32_t width,
                    uint32_t height)
{
    *s = (struct png_stream){.left = picture_len(h, width, height)};
    s->open = inflateInit(&s->z) == Z_OK;
    return s->open ? 0 : ERR_IO;
}

/* What stands in the decompressor's input; the rows themselves are thrown away. */
static int consume(struct png_stream *s)
{
    uint8_t rows[4 * CHUNK];
    int r = Z_OK;
    while (r == Z_OK && !s->ended) {
        s->z.next_out = rows;
        s->z.avail_out = sizeof rows;
        r = inflate(&s->z, Z_NO_FLUSH);
        size_t made = sizeof rows - s->z.avail_out;
        if (made > s->left)
            return ERR_FORMAT;
        s->left -= made;
        s->ended = r == Z_STREAM_END;
        if (r == Z_OK && s->z.avail_in == 0 && s->z.avail_out > 0)
            return 0;
    }
    if (r == Z_BUF_ERROR)
        return 0; /* it wants more input */
    return s->ended && s->left == 0 ? 0 : ERR_FORMAT;
}

int png_stream_take(struct png_stream *s, const struct media_source *source, uint64_t at,
                    uint64_t len, uint64_t *ret_used)
{
    uint8_t chunk[CHUNK];
    uint64_t used = 0;
    if (!s->open)
        return ERR_FORMAT;
    while (used < len && !s->ended) {
        size_t n = len - used < sizeof chunk ? (size_t)(len - used) : sizeof chunk;
        int r = media_read(source, at + used, chunk, n);
        s->z.next_in = chunk;
        s->z.avail_in = (unsigned)n;
        if (r == 0)
            r = consume(s);
        if (r < 0)
            return r;
        used += n - s->z.avail_in;
    }
    *ret_used = used;
    return 0;
}

void png_stream_close(struct png_stream *s)
{
    if (s->open)
        (void)inflateEnd(&s->z);
    s->open = false;
}
