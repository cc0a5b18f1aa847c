#include "worker/picture.h"

#include <leptonica/allheaders.h>
#include <string.h>

#include "base/memory.h"
#include "media/photo.h"
#include "worker/dhash.h"

#define SIDE_MAX WORKER_SIDE_MAX
#define PIXELS_MAX (40U * 1000 * 1000) /* that are decoded, 4 bytes each, some three times */
#define JPEG_REDUCTION_MAX 8U
#define QUALITY 75
#define GREY_SIDE 64U /* for the likeness */
#define WHITE 0xffffff00U

void picture_clear(struct picture *p)
{
    pixDestroy(&p->pix);
}

/* What its head says. */
struct head {
    l_int32 format;
    uint32_t width, height;
};

static bool read_gif_sides(const uint8_t *data, size_t len, struct head *h)
{
    if (len < 10)
        return false;
    h->width = (uint32_t)(data[6] | data[7] << 8);
    h->height = (uint32_t)(data[8] | data[9] << 8);
    return true;
}

static enum worker_outcome read_head(const uint8_t *data, size_t len, struct head *h)
{
    l_int32 width = 0, height = 0, bits, samples, map;
    if (findFileFormatBuffer(data, &h->format) != 0)
        return WORKER_UNKNOWN;
    if (h->format != IFF_JFIF_JPEG && h->format != IFF_PNG && h->format != IFF_WEBP &&
        h->format != IFF_GIF)
        return WORKER_UNKNOWN;
    if (h->format == IFF_GIF)
        return read_gif_sides(data, len, h) ? WORKER_DONE : WORKER_UNREADABLE;
    if (pixReadHeaderMem(data, len, NULL, &width, &height, &bits, &samples, &map) != 0)
        return WORKER_UNREADABLE;
    h->width = (uint32_t)width;
    h->height = (uint32_t)height;
    return WORKER_DONE;
}

/* By what a JPEG is made smaller as it is decoded; 0: it is too large. */
static unsigned reduction_of(const struct head *h)
{
    uint64_t pixels = (uint64_t)h->width * h->height;
    unsigned most = h->format == IFF_JFIF_JPEG ? JPEG_REDUCTION_MAX : 1;
    for (unsigned by = 1; by <= most; by *= 2)
        if (pixels / by / by <= PIXELS_MAX)
            return by;
    return 0;
}

static PIX *decode(const uint8_t *data, size_t len, const struct head *h, unsigned reduction)
{
    if (h->format == IFF_JFIF_JPEG)
        return pixReadMemJpeg(data, len, 0, (l_int32)reduction, NULL,
                              L_JPEG_CONTINUE_WITH_BAD_DATA);
    return pixReadMem(data, len);
}

/* 1: upright, or it does not say. */
static unsigned orientation_of(const uint8_t *data, size_t len)
{
    CLEANUP_FREE struct photo_plan *plan = mem_new(sizeof *plan);
    const struct media_source s = media_source_memory(&data, len);
    return photo_plan(&s, plan, NULL) < 0 ? 1 : plan->orientation;
}

/* As EXIF counts: first the mirror, then quarters of a turn clockwise. */
static PIX *turn(PIX *pix, unsigned orientation)
{
    static const struct {
        bool mirror;
        l_int32 quarters;
    } turns[] = {{0},       {0},        {true, 0}, {false, 2}, {true, 2},
                 {true, 3}, {false, 1}, {true, 1}, {false, 3}};
    if (orientation >= sizeof turns / sizeof *turns || pix == NULL)
        return pix;
    if (turns[orientation].mirror)
        (void)pixFlipLR(pix, pix);
    PIX *upright = pixRotateOrth(pix, turns[orientation].quarters);
    pixDestroy(&pix);
    return upright;
}

/* 32 bits, no transparency, and nothing that the file said besides its picture. */
static PIX *plain(PIX *pix)
{
    PIX *full = pixConvertTo32(pix);
    PIX *blended =
        full != NULL && pixGetSpp(full) == 4 ? pixAlphaBlendUniform(full, WHITE) : pixClone(full);
    pixDestroy(&full);
    pixDestroy(&pix);
    if (blended != NULL)
        (void)pixSetText(blended, NULL);
    return blended;
}

enum worker_outcome picture_read(const uint8_t *data, size_t len, struct picture *ret)
{
    struct head h = {0};
    if (len < 16)
        return WORKER_UNKNOWN;
    enum worker_outcome o = read_head(data, len, &h);
    if (o != WORKER_DONE)
        return o;
    if (h.width == 0 || h.height == 0)
        return WORKER_UNREADABLE;
    unsigned reduction = reduction_of(&h);
    if (h.width > SIDE_MAX || h.height > SIDE_MAX || reduction == 0)
        return WORKER_LARGE;
    PIX *pix = decode(data, len, &h, reduction);
    if (pix == NULL)
        return WORKER_UNREADABLE;
    unsigned orientation = orientation_of(data, len);
    pix = turn(plain(pix), orientation);
    if (pix == NULL)
        return WORKER_UNREADABLE;
    bool lying = orientation >= 5;
    *ret = (struct picture){pix, lying ? h.height : h.width, lying ? h.width : h.height};
    return WORKER_DONE;
}

/* Its longer side is `side` at most; the caller's. */
static PIX *smaller(PIX *pix, uint32_t side)
{
    l_int32 width = pixGetWidth(pix), height = pixGetHeight(pix);
    l_int32 longer = width > height ? width : height;
    if (longer <= (l_int32)side)
        return pixClone(pix);
    l_int32 w = (l_int32)((int64_t)width * side / longer),
            h = (l_int32)((int64_t)height * side / longer);
    return pixScaleToSize(pix, w < 1 ? 1 : w, h < 1 ? 1 : h);
}

int picture_thumbnail(const struct picture *p, struct buf *ret)
{
    l_uint8 *data = NULL;
    size_t len = 0;
    PIX *small = smaller(p->pix, PICTURE_THUMBNAIL_SIDE);
    int r = small == NULL || pixWriteMemJpeg(&data, &len, small, QUALITY, 0) != 0 ? ERR_FORMAT : 0;
    if (r == 0 && len > WORKER_THUMBNAIL_MAX)
        r = ERR_LIMIT;
    if (r == 0)
        buf_put(ret, data, len);
    free(data);
    pixDestroy(&small);
    return r;
}

uint64_t picture_likeness(const struct picture *p)
{
    uint8_t grey[GREY_SIDE * GREY_SIDE];
    PIX *small = pixScaleToSize(p->pix, GREY_SIDE, GREY_SIDE);
    PIX *light = small == NULL ? NULL : pixConvertRGBToLuminance(small);
    for (uint32_t y = 0; light != NULL && y < GREY_SIDE; y++)
        for (uint32_t x = 0; x < GREY_SIDE; x++) {
            l_uint32 value = 0;
            (void)pixGetPixel(light, (l_int32)x, (l_int32)y, &value);
            grey[y * GREY_SIDE + x] = (uint8_t)value;
        }
    uint64_t hash = light == NULL ? 0 : dhash_of(grey, GREY_SIDE, GREY_SIDE);
    pixDestroy(&light);
    pixDestroy(&small);
    return hash;
}
