#include "media/jpeg_bits.h"

#define MARK 0xffU
#define RST0 0xd0U

/* The next byte as it stands. */
static int next_raw(struct jpeg_bits *b)
{
    if (b->pos == b->len) {
        uint64_t left = b->source->size - b->at;
        size_t n = left < sizeof b->chunk ? (size_t)left : sizeof b->chunk;
        if (n == 0)
            return ERR_FORMAT;
        int r = media_read(b->source, b->at, b->chunk, n);
        if (r < 0)
            return r;
        b->at += n;
        b->pos = 0;
        b->len = n;
    }
    return b->chunk[b->pos++];
}

static int next_byte(struct jpeg_bits *b)
{
    int byte = next_raw(b);
    if (byte != (int)MARK)
        return byte;
    int behind = next_raw(b);
    return behind < 0 ? behind : behind == 0 ? byte : ERR_FORMAT;
}

static inline int next_bit(struct jpeg_bits *b)
{
    if (b->left == 0) {
        int byte = next_byte(b);
        if (byte < 0)
            return byte;
        b->byte = (uint8_t)byte;
        b->left = 8;
    }
    return b->byte >> --b->left & 1;
}

int jpeg_bits_take(struct jpeg_bits *b, unsigned count)
{
    int value = 0;
    for (; count > 0; count--) {
        int bit = next_bit(b);
        if (bit < 0)
            return bit;
        value = value << 1 | bit;
    }
    return value;
}

int jpeg_bits_symbol(struct jpeg_bits *b, const struct jpeg_table *t)
{
    int32_t code = 0;
    for (unsigned bits = 1; bits <= JPEG_CODE_BITS_MAX; bits++) {
        int bit = next_bit(b);
        if (bit < 0)
            return bit;
        code = code << 1 | bit;
        if (code >= t->first_code[bits] && code <= t->last_code[bits])
            return t->symbols[t->first_symbol[bits] + (code - t->first_code[bits])];
    }
    return ERR_FORMAT;
}

int jpeg_bits_restart(struct jpeg_bits *b, unsigned number)
{
    b->left = 0;
    int byte = next_raw(b);
    if (byte >= 0 && byte != (int)MARK)
        return ERR_FORMAT;
    while (byte == (int)MARK)
        byte = next_raw(b);
    return byte < 0 ? byte : byte == (int)(RST0 + number) ? 0 : ERR_FORMAT;
}

uint64_t jpeg_bits_place(const struct jpeg_bits *b)
{
    return b->at - (b->len - b->pos);
}
