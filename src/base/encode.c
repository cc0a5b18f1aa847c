#include "base/encode.h"

#include <sodium.h>
#include <string.h>

/* Base64: three bytes are four characters of six bits. */
#define TRIPLE 3
#define SIXTH(v, n) ((v) >> 6 * (3 - (n)) & 0x3f) /* of a triple's 24 bits */

static const char alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One more than each character's six bits; 0 for one that is not of the alphabet. */
static const uint8_t values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* Encodes without padding and without a NUL; returns the number of characters. */
static size_t encode_raw(const uint8_t *in, size_t len, char *out)
{
    char *start = out;
    for (; len >= TRIPLE; len -= TRIPLE, in += TRIPLE) {
        uint32_t v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        *out++ = alphabet[SIXTH(v, 0)];
        *out++ = alphabet[SIXTH(v, 1)];
        *out++ = alphabet[SIXTH(v, 2)];
        *out++ = alphabet[v & 0x3f];
    }
    if (len > 0) {
        uint32_t v = (uint32_t)in[0] << 16 | (len == 2 ? (uint32_t)in[1] << 8 : 0);
        *out++ = alphabet[SIXTH(v, 0)];
        *out++ = alphabet[SIXTH(v, 1)];
        if (len == 2)
            *out++ = alphabet[SIXTH(v, 2)];
    }
    return (size_t)(out - start);
}

static size_t pad(char *out, size_t len)
{
    while (len % 4 != 0)
        out[len++] = '=';
    return len;
}

void encode_base64(const void *data, size_t len, char *ret)
{
    size_t n = pad(ret, encode_raw(data, len, ret));
    ret[n] = '\0';
}

void encode_base64_buf(struct buf *b, const void *data, size_t len)
{
    char *at = (char *)buf_extend(b, ENCODE_BASE64_LEN(len));
    if (at != NULL)
        pad(at, encode_raw(data, len, at));
}

void encode_base64_raw_buf(struct buf *b, const void *data, size_t len)
{
    char *at = (char *)buf_extend(b, ENCODE_BASE64_RAW_LEN(len));
    if (at != NULL)
        encode_raw(data, len, at);
}

/* Of four values. */
static uint32_t bits_of(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return (((a - 1) << 6 | (b - 1)) << 6 | (c - 1)) << 6 | (d - 1);
}

int decode_base64_raw(const char *text, size_t text_len, uint8_t *ret, size_t max, size_t *ret_len)
{
    size_t tail = text_len % 4;
    size_t len = text_len / 4 * TRIPLE + (tail == 0 ? 0 : tail - 1);
    if (tail == 1)
        return ERR_FORMAT;
    if (len > max)
        return ERR_LIMIT;
    const uint8_t *in = (const uint8_t *)text;
    uint8_t *out = ret;
    for (size_t quads = text_len / 4; quads > 0; quads--, in += 4) {
        uint32_t a = values[in[0]], b = values[in[1]], c = values[in[2]], d = values[in[TRIPLE]];
        if (a == 0 || b == 0 || c == 0 || d == 0)
            return ERR_FORMAT;
        uint32_t v = bits_of(a, b, c, d);
        *out++ = (uint8_t)(v >> 16);
        *out++ = (uint8_t)(v >> 8);
        *out++ = (uint8_t)v;
    }
    if (tail > 0) {
        uint32_t a = values[in[0]], b = values[in[1]], c = tail == TRIPLE ? values[in[2]] : 1;
        if (a == 0 || b == 0 || c == 0)
            return ERR_FORMAT;
        uint32_t v = bits_of(a, b, c, 1);
        if ((v & (tail == TRIPLE ? 0xff : 0xffff)) != 0) /* bits that no encoder leaves */
            return ERR_FORMAT;
        *out++ = (uint8_t)(v >> 16);
        if (tail == TRIPLE)
            *out++ = (uint8_t)(v >> 8);
    }
    *ret_len = len;
    return 0;
}

int decode_base64(const char *text, size_t text_len, uint8_t *ret, size_t max, size_t *ret_len)
{
    if (text_len % 4 != 0)
        return ERR_FORMAT;
    size_t padding = 0;
    while (padding < 2 && padding < text_len && text[text_len - 1 - padding] == '=')
        padding++;
    return decode_base64_raw(text, text_len - padding, ret, max, ret_len);
}

int decode_base64_exact(const char *text, size_t text_len, uint8_t *ret, size_t len)
{
    size_t got;
    if (text_len != ENCODE_BASE64_LEN(len))
        return ERR_FORMAT;
    int r = decode_base64(text, text_len, ret, len, &got);
    return r < 0 || got != len ? ERR_FORMAT : 0;
}

void encode_hex(const void *data, size_t len, char *ret)
{
    static const char hex[] = "0123456789abcdef";
    const uint8_t *in = data;
    for (size_t i = 0; i < len; i++) {
        ret[2 * i] = hex[in[i] >> 4];
        ret[2 * i + 1] = hex[in[i] & 0xf];
    }
    ret[2 * len] = '\0';
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 0xa;
    return -1;
}

int decode_hex_exact(const char *text, size_t text_len, uint8_t *ret, size_t len)
{
    if (text_len != 2 * len)
        return ERR_FORMAT;
    for (size_t i = 0; i < len; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return ERR_FORMAT;
        ret[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

void encode_secret_base64(const void *data, size_t len, char *ret)
{
    sodium_bin2base64(ret, ENCODE_BASE64_LEN(len) + 1, data, len, sodium_base64_VARIANT_ORIGINAL);
}

int decode_secret_base64_exact(const char *text, size_t text_len, uint8_t *ret, size_t len)
{
    /* libsodium 1.0.18 takes every byte from 0x80 up for a '/'. */
    uint8_t high = 0;
    for (size_t i = 0; i < text_len; i++)
        high |= (uint8_t)text[i];
    size_t got = 0;
    if (high >= 0x80 || text_len != ENCODE_BASE64_LEN(len) ||
        sodium_base642bin(ret, len, text, text_len, NULL, &got, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        got != len)
        return ERR_FORMAT;
    return 0;
}
