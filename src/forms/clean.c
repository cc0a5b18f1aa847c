#include "forms/clean.h"

#include <stdbool.h>

#include "base/utf8.h"

#define PICTURES 0x2400U /* U+2400 to U+241F show U+0000 to U+001F */
#define DELETE 0x7fU
#define DELETE_PICTURE 0x2421U
#define NEWLINE_PICTURE 0x2424U
#define SPACE 0x20U
#define NEXT_LINE 0x85U
#define NONCHARACTER 0xfffeU /* the last two of each plane */

void clean_put(struct buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_put_u8(b, (uint8_t)c);
        return;
    }
    if (c < 0x800) {
        buf_put_u8(b, (uint8_t)(0xc0 | c >> 6));
    } else {
        if (c < 0x10000) {
            buf_put_u8(b, (uint8_t)(0xe0 | c >> 12));
        } else {
            buf_put_u8(b, (uint8_t)(0xf0 | c >> 18));
            buf_put_u8(b, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
        }
        buf_put_u8(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
    }
    buf_put_u8(b, (uint8_t)(0x80 | (c & 0x3f)));
}

/* What stands for it where it may not stand itself. */
static uint32_t shown(uint32_t c)
{
    if (c < SPACE)
        return PICTURES + c;
    if (c == DELETE)
        return DELETE_PICTURE;
    return (c & NONCHARACTER) == NONCHARACTER || utf8_kind(c) == UTF8_CONTROL ? UTF8_REPLACEMENT
                                                                              : c;
}

static uint32_t shown_in_text(uint32_t c)
{
    if (c == '\n' || c == '\t')
        return c;
    return c == '\r' || c == NEXT_LINE ? '\n' : shown(c);
}

static uint32_t shown_in_line(uint32_t c)
{
    if (c >= SPACE && utf8_kind(c) == UTF8_LINE_END)
        return NEWLINE_PICTURE;
    return utf8_kind(c) == UTF8_ORDER ? UTF8_REPLACEMENT : shown(c);
}

static size_t clean(struct buf *b, const char *text, size_t len, uint32_t (*as)(uint32_t))
{
    size_t replaced = 0;
    for (size_t pos = 0; pos < len;) {
        uint32_t c = UTF8_REPLACEMENT;
        size_t n = utf8_next(text + pos, len - pos, &c);
        uint32_t put = n == 0 ? UTF8_REPLACEMENT : as(c);
        pos += n == 0 ? 1 : n;
        if (n == 0 || (put != c && put != '\n'))
            replaced++;
        if (c == '\r' && put == '\n' && pos < len && text[pos] == '\n')
            pos++;
        clean_put(b, put);
    }
    return replaced;
}

size_t clean_text(struct buf *b, const char *text, size_t len)
{
    return clean(b, text, len, shown_in_text);
}

size_t clean_line(struct buf *b, const char *text, size_t len)
{
    return clean(b, text, len, shown_in_line);
}
