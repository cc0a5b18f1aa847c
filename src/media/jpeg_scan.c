#include "media/jpeg_scan.h"

#include <stdlib.h>

#include "base/memory.h"
#include "media/jpeg_bits.h"

#define SOF0 0xc0U /* baseline */
#define SOF1 0xc1U /* extended sequential */
#define SOF2 0xc2U /* progressive */

#define FRAME_HEAD_LEN 6U /* precision, height, width, number of components */
#define FRAME_PART_LEN 3U /* id, sampling, quantization table */
#define SAMPLING_MAX 4U
#define BLOCK_SIDE 8U

#define TABLE_CLASS_AC 0x10U

void jpeg_scan_clear(struct jpeg_scan *s)
{
    for (size_t i = 0; i < s->part_count; i++)
        free(s->parts[i].nonzero);
    *s = (struct jpeg_scan){0};
}

static uint32_t divide_up(uint32_t n, uint32_t by)
{
    return (n + by - 1) / by;
}

static int take_parts(struct jpeg_scan *s, const uint8_t *data, unsigned *h_max, unsigned *v_max)
{
    for (size_t i = 0; i < s->part_count; i++, data += FRAME_PART_LEN) {
        struct jpeg_part *p = &s->parts[i];
        *p = (struct jpeg_part){.id = data[0], .h = data[1] >> 4, .v = data[1] & 0xfU};
        if (p->h < 1 || p->h > SAMPLING_MAX || p->v < 1 || p->v > SAMPLING_MAX)
            return ERR_FORMAT;
        *h_max = p->h > *h_max ? p->h : *h_max;
        *v_max = p->v > *v_max ? p->v : *v_max;
    }
    return 0;
}

static int size_parts(struct jpeg_scan *s, uint32_t width, uint32_t height, unsigned h_max,
                      unsigned v_max)
{
    uint64_t blocks = 0;
    s->mcus_across = divide_up(width, BLOCK_SIDE * h_max);
    s->mcus_down = divide_up(height, BLOCK_SIDE * v_max);
    for (size_t i = 0; i < s->part_count; i++) {
        struct jpeg_part *p = &s->parts[i];
        p->across = divide_up(divide_up(width * p->h, h_max), BLOCK_SIDE);
        p->down = divide_up(divide_up(height * p->v, v_max), BLOCK_SIDE);
        p->stride = s->mcus_across * p->h;
        blocks += (uint64_t)p->stride * s->mcus_down * p->v;
    }
    if (!s->progressive)
        return 0;
    if (blocks > JPEG_BLOCKS_MAX)
        return ERR_LIMIT;
    for (size_t i = 0; i < s->part_count; i++) {
        struct jpeg_part *p = &s->parts[i];
        p->nonzero = mem_array((size_t)p->stride * s->mcus_down * p->v, sizeof *p->nonzero);
    }
    return 0;
}

int jpeg_scan_frame(struct jpeg_scan *s, unsigned marker, const uint8_t *data, size_t len)
{
    unsigned h_max = 1, v_max = 1;
    if (marker != SOF0 && marker != SOF1 && marker != SOF2)
        return ERR_LIMIT; /* arithmetic coding, lossless, hierarchical */
    if (s->framed || len < FRAME_HEAD_LEN)
        return ERR_FORMAT;
    uint32_t height = (uint32_t)data[1] << 8 | data[2], width = (uint32_t)data[3] << 8 | data[4];
    size_t count = data[5];
    if (count < 1 || count > JPEG_PARTS_MAX || len != FRAME_HEAD_LEN + count * FRAME_PART_LEN ||
        width == 0 || height == 0)
        return ERR_FORMAT;
    s->framed = true;
    s->progressive = marker == SOF2;
    s->part_count = count;
    int r = take_parts(s, data + FRAME_HEAD_LEN, &h_max, &v_max);
    return r < 0 ? r : size_parts(s, width, height, h_max, v_max);
}

/* Canonical codes (annex C): those of one length follow each other. */
static void make_table(struct jpeg_table *t, const uint8_t *counts)
{
    int32_t code = 0;
    uint16_t symbol = 0;
    t->defined = true;
    for (unsigned bits = 1; bits <= JPEG_CODE_BITS_MAX; bits++, code <<= 1) {
        t->first_code[bits] = code;
        t->first_symbol[bits] = symbol;
        code += counts[bits - 1];
        symbol = (uint16_t)(symbol + counts[bits - 1]);
        t->last_code[bits] = code - 1;
    }
}

int jpeg_scan_tables(struct jpeg_scan *s, const uint8_t *data, size_t len)
{
    while (len > 0) {
        size_t total = 0;
        if (len < 1 + JPEG_CODE_BITS_MAX)
            return ERR_FORMAT;
        unsigned which = data[0] & 0xfU;
        for (unsigned i = 1; i <= JPEG_CODE_BITS_MAX; i++)
            total += data[i];
        size_t whole = 1 + JPEG_CODE_BITS_MAX + total;
        if (which >= JPEG_TABLES || (data[0] & ~TABLE_CLASS_AC) != which ||
            total > JPEG_SYMBOLS_MAX || whole > len)
            return ERR_FORMAT;
        struct jpeg_table *t = data[0] & TABLE_CLASS_AC ? &s->ac[which] : &s->dc[which];
        make_table(t, data + 1);
        for (size_t i = 0; i < total; i++)
            t->symbols[i] = data[1 + JPEG_CODE_BITS_MAX + i];
        data += whole;
        len -= whole;
    }
    return 0;
}

int jpeg_scan_restart(struct jpeg_scan *s, const uint8_t *data, size_t len)
{
    if (len != 2)
        return ERR_FORMAT;
    s->restart = (uint32_t)data[0] << 8 | data[1];
    return 0;
}

bool jpeg_scan_begun(const struct jpeg_scan *s)
{
    for (size_t i = 0; i < s->part_count; i++)
        if (!s->parts[i].scanned)
            return false;
    return s->framed;
}

bool jpeg_scan_complete(const struct jpeg_scan *s)
{
    return jpeg_scan_begun(s) && !s->progressive;
}
