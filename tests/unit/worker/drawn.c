#include "drawn.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define RATE 8000U

struct Pix *drawn_scene(int width, int height, int kind)
{
    PIX *pix = pixCreate(width, height, 32);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double a = (double)x / width, b = (double)y / height;
            double c = 0.5 + 0.5 * sin(9 * a * (kind + 1) + 5 * b * (kind * 2 + 1) + kind);
            int light = (int)(255 * c);
            pixSetRGBPixel(pix, x, y, light, (light + 40 * kind) & 255, 255 - light / 2);
        }
    return pix;
}

struct Pix *drawn_text(const char *text)
{
    L_BMF *font = bmfCreate(NULL, 20);
    PIX *pix = pixCreate(760, 120, 32);
    l_int32 width = 0, over = 0;
    pixSetAll(pix);
    pixSetTextline(pix, font, text, 0, 20, 80, &width, &over);
    PIX *large = pixScale(pix, 2, 2);
    pixDestroy(&pix);
    bmfDestroy(&font);
    return large;
}

void drawn_file(struct Pix *pix, enum drawn_format format, struct buf *ret)
{
    l_uint8 *data = NULL;
    size_t len = 0;
    int r = format == DRAWN_PNG    ? pixWriteMemPng(&data, &len, pix, 0)
            : format == DRAWN_JPEG ? pixWriteMemJpeg(&data, &len, pix, 90, 0)
                                   : pixWriteMemWebP(&data, &len, pix, 90, 0);
    if (r != 0)
        abort();
    buf_put(ret, data, len);
    free(data);
    pixDestroy(&pix);
}

static void put_chunk(struct buf *b, const char *type, const uint8_t *data, uint32_t len)
{
    size_t start = b->len + 4;
    buf_put_u32(b, len);
    buf_put(b, type, 4);
    buf_put(b, data, len);
    buf_put_u32(b, (uint32_t)crc32(0, b->data + start, (uInt)(b->len - start)));
}

void drawn_bomb(uint32_t width, uint32_t height, struct buf *ret)
{
    struct buf head = BUF_INIT(64);
    static const uint8_t one_pixel[] = {0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1};
    buf_put(ret, "\x89PNG\r\n\x1a\n", 8);
    buf_put_u32(&head, width);
    buf_put_u32(&head, height);
    buf_put(&head, "\x08\x02\0\0\0", 5);
    put_chunk(ret, "IHDR", head.data, (uint32_t)head.len);
    put_chunk(ret, "IDAT", one_pixel, sizeof one_pixel);
    put_chunk(ret, "IEND", NULL, 0);
    buf_clear(&head);
}

static void put_little(struct buf *b, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        buf_put_u8(b, (uint8_t)(value >> (8 * i)));
}

void drawn_sound(uint32_t milliseconds, struct buf *ret)
{
    uint32_t half = RATE * milliseconds / 1000;
    buf_put_text(ret, "RIFF");
    put_little(ret, 36 + 4 * half, 4);
    buf_put_text(ret, "WAVEfmt ");
    put_little(ret, 16, 4);
    put_little(ret, 1, 2);
    put_little(ret, 1, 2);
    put_little(ret, RATE, 4);
    put_little(ret, 2 * RATE, 4);
    put_little(ret, 2, 2);
    put_little(ret, 16, 2);
    buf_put_text(ret, "data");
    put_little(ret, 4 * half, 4);
    for (uint32_t i = 0; i < 2 * half; i++)
        put_little(ret, i < half ? 0 : (uint32_t)(int)(20000 * sin(i / 5.0)), 2);
}

void drawn_one_thread(char **argv)
{
    if (getenv("OMP_THREAD_LIMIT") != NULL)
        return;
    setenv("OMP_THREAD_LIMIT", "1", 1);
    execv("/proc/self/exe", argv);
    abort();
}
