/* PNG (W3C, third edition): chunks of length, type, data, CRC. */
#include <string.h>
#include <zlib.h>

#include "media/photo_internal.h"

#define SIGNATURE_LEN 8U

static uint32_t big32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void put_big32(uint8_t *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        b[i] = (uint8_t)(v >> (24 - 8 * i));
}

static bool is_picture(const uint8_t *type)
{
    static const char types[][5] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM",
                                    "sRGB", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (memcmp(type, types[i], 4) == 0)
            return true;
    return false;
}

/* The orientation, in a chunk before the picture. */
static int put_orientation(struct photo_plan *p)
{
    static const uint8_t exif_type[4] = {'e', 'X', 'I', 'f'};
    uint8_t chunk[12 + EXIF_TIFF_LEN];
    put_big32(chunk, EXIF_TIFF_LEN);
    memcpy(chunk + 4, exif_type, sizeof exif_type);
    exif_put(p->orientation, chunk + 8);
    put_big32(chunk + 8 + EXIF_TIFF_LEN, (uint32_t)crc32(0, chunk + 4, 4 + EXIF_TIFF_LEN));
    return photo_put(p, chunk, sizeof chunk);
}

/* The eXIf chunk may follow the picture, but what replaces it must not: so it is looked for first.
 */
static int walk(const struct media_source *s, struct photo_plan *p, bool keep)
{
    uint64_t at = SIGNATURE_LEN;
    for (bool first = true;; first = false) {
        uint8_t head[8];
        int r = media_read(s, at, head, sizeof head);
        if (r < 0)
            return r;
        uint32_t len = big32(head);
        if (len > s->size - at || 12 > s->size - at - len ||
            first != (memcmp(head + 4, "IHDR", 4) == 0))
            return ERR_FORMAT;
        if (!keep && memcmp(head + 4, "eXIf", 4) == 0)
            r = exif_read(s, at + 8, len, &p->orientation);
        if (keep && is_picture(head + 4))
            r = photo_keep(p, at, 12U + (uint64_t)len);
        if (r == 0 && keep && first && p->orientation > 1)
            r = put_orientation(p);
        if (r < 0 || memcmp(head + 4, "IEND", 4) == 0)
            return r;
        at += 12U + (uint64_t)len;
    }
}

int photo_plan_png(const struct media_source *s, struct photo_plan *p, struct diag *d)
{
    (void)d;
    p->kind = PHOTO_PNG;
    int r = walk(s, p, false);
    if (r == 0)
        r = photo_keep(p, 0, SIGNATURE_LEN);
    return r < 0 ? r : walk(s, p, true);
}
