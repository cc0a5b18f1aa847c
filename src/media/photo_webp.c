/* WebP (RFC 9649): a RIFF container of chunks of type, length, data and a byte of padding. */
#include <string.h>

#include "media/photo_internal.h"

#define HEAD_LEN 12U
#define FLAG_ICC 0x20U
#define FLAG_EXIF 0x08U
#define FLAG_XMP 0x04U
#define VP8X_LEN 10U

static uint32_t little32(const uint8_t *b)
{
    return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static void put_little32(uint8_t *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        b[i] = (uint8_t)(v >> (8 * i));
}

static bool is_picture(const uint8_t *type)
{
    static const char types[][5] = {"VP8 ", "VP8L", "ALPH", "ANIM", "ANMF"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (memcmp(type, types[i], 4) == 0)
            return true;
    return false;
}

static int keep_vp8x(const struct media_source *s, uint64_t at, uint32_t len, struct photo_plan *p)
{
    uint8_t b[8 + VP8X_LEN];
    if (len != VP8X_LEN)
        return ERR_FORMAT;
    int r = media_read(s, at, b, sizeof b);
    if (r < 0)
        return r;
    b[8] &= (uint8_t) ~(FLAG_ICC | FLAG_EXIF | FLAG_XMP);
    if (p->orientation > 1)
        b[8] |= FLAG_EXIF;
    return photo_put(p, b, sizeof b);
}

static int walk(const struct media_source *s, struct photo_plan *p, bool keep, uint64_t end)
{
    for (uint64_t at = HEAD_LEN; at < end;) {
        uint8_t head[8];
        if (end - at < sizeof head)
            return ERR_FORMAT;
        int r = media_read(s, at, head, sizeof head);
        uint32_t len = little32(head + 4);
        uint64_t whole = 8U + (uint64_t)len + (len & 1U);
        if (r < 0 || whole > end - at)
            return r < 0 ? r : ERR_FORMAT;
        if (!keep && memcmp(head, "EXIF", 4) == 0) {
            uint8_t old[6] = {0}; /* some programs put JPEG's prefix before the block */
            bool prefix = len >= sizeof old && media_read(s, at + 8, old, sizeof old) == 0 &&
                          memcmp(old, "Exif\0", sizeof old) == 0;
            unsigned skip = prefix ? sizeof old : 0;
            r = exif_read(s, at + 8 + skip, len - skip, &p->orientation);
        } else if (keep && memcmp(head, "VP8X", 4) == 0) {
            r = keep_vp8x(s, at, len, p);
        } else if (keep && is_picture(head)) {
            r = photo_keep(p, at, whole);
        }
        if (r < 0)
            return r;
        at += whole;
    }
    return 0;
}

int photo_plan_webp(const struct media_source *s, struct photo_plan *p, struct diag *d)
{
    uint8_t head[HEAD_LEN];
    (void)d;
    p->kind = PHOTO_WEBP;
    int r = media_read(s, 0, head, sizeof head);
    uint64_t end = r < 0 ? 0 : 8U + (uint64_t)little32(head + 4);
    if (r < 0 || end > s->size || end < HEAD_LEN)
        return r < 0 ? r : ERR_FORMAT;
    r = walk(s, p, false, end);
    if (r == 0)
        r = photo_put(p, head, sizeof head);
    if (r == 0)
        r = walk(s, p, true, end);
    if (r == 0 && p->orientation > 1) {
        uint8_t exif[8 + EXIF_TIFF_LEN] = "EXIF";
        put_little32(exif + 4, EXIF_TIFF_LEN);
        exif_put(p->orientation, exif + 8);
        r = photo_put(p, exif, sizeof exif);
    }
    if (r == 0)
        put_little32(p->literal + 4, (uint32_t)(p->size - 8)); /* head is the first of them */
    return r;
}
