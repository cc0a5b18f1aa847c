#include "base/utf8.h"

#include <stdbool.h>
#include <wchar.h>

#define EMOJI_STYLE 0xfe0fU /* variation selector 16: the character before it as an emoji */

/* The bytes of the sequence that starts with `c`, its bits of the value, and the smallest value
 * that may use it. */
static size_t sequence(unsigned char c, uint32_t *value, uint32_t *smallest)
{
    if (c < 0x80) {
        *value = c, *smallest = 0;
        return 1;
    }
    if (c >= 0xc2 && c < 0xe0) {
        *value = c & 0x1f, *smallest = 0x80;
        return 2;
    }
    if (c >= 0xe0 && c < 0xf0) {
        *value = c & 0x0f, *smallest = 0x800;
        return 3;
    }
    if (c >= 0xf0 && c < 0xf5) {
        *value = c & 0x07, *smallest = 0x10000;
        return 4;
    }
    return 0;
}

size_t utf8_next(const char *text, size_t len, uint32_t *ret)
{
    uint32_t value, smallest;
    size_t n = len == 0 ? 0 : sequence((unsigned char)text[0], &value, &smallest);
    if (n == 0 || n > len)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | ((unsigned char)text[i] & 0x3f);
    }
    if (value < smallest || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *ret = value;
    return n;
}

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}
#define IS_IN(ranges, c) is_in(ranges, sizeof(ranges) / sizeof(ranges)[0], c)

enum utf8_kind utf8_kind(uint32_t c)
{
    static const struct range order[] = {{0x202a, 0x202e}, {0x2066, 0x2069}};
    /* The blocks that UAX #9 gives to such scripts, with the marks of that direction. */
    static const struct range leftward[] = {{0x0590, 0x08ff},   {0x200f, 0x200f},
                                            {0xfb1d, 0xfdff},   {0xfe70, 0xfefe},
                                            {0x10800, 0x10fff}, {0x1e800, 0x1efff}};
    if (c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029)
        return UTF8_LINE_END;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return UTF8_CONTROL;
    if (IS_IN(order, c))
        return UTF8_ORDER;
    return IS_IN(leftward, c) ? UTF8_LEFTWARD : UTF8_PLAIN;
}

/* Parts of a Korean syllable join what is before them; alone they take room. */
static bool is_hangul(uint32_t c)
{
    static const struct range hangul[] = {{0x1100, 0x11ff}, {0xa960, 0xa97f}, {0xac00, 0xd7ff}};
    return IS_IN(hangul, c);
}

unsigned utf8_columns(uint32_t before, uint32_t c)
{
    static const struct range joining[] = {{0x1160, 0x11ff}, {0xd7b0, 0xd7ff}};
    static const struct range flags[] = {{0x1f1e6, 0x1f1ff}};
    if (c < 0x7f)
        return 1;
    if (c == EMOJI_STYLE)
        return utf8_columns(0, before) == 1;
    if (IS_IN(joining, c))
        return is_hangul(before) ? 0 : 2;
    if (IS_IN(flags, c))
        return 2;
    int columns = wcwidth((wchar_t)c);
    return columns < 0 ? 2 : (unsigned)columns;
}

size_t utf8_text_columns(const char *text, size_t len)
{
    size_t columns = 0;
    uint32_t before = 0, c;
    for (size_t i = 0, n; i < len; i += n, before = c) {
        n = utf8_next(text + i, len - i, &c);
        if (n == 0) {
            n = 1;
            c = UTF8_REPLACEMENT;
        }
        columns += utf8_columns(before, c);
    }
    return columns;
}
