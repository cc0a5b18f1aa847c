#include "media/preview.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "media/preview_internal.h"

int shrink_init(struct shrink *x, uint32_t width, uint32_t height)
{
    if (width == 0 || height == 0 || width > PREVIEW_SOURCE_SIDE_MAX ||
        height > PREVIEW_SOURCE_SIDE_MAX)
        return ERR_LIMIT;
    uint32_t longer = width > height ? width : height;
    uint32_t side = longer < PREVIEW_SIDE ? longer : PREVIEW_SIDE;
    *x = (struct shrink){.from_width = width,
                         .from_height = height,
                         .width = (uint32_t)((uint64_t)width * side / longer),
                         .height = (uint32_t)((uint64_t)height * side / longer)};
    x->width = x->width == 0 ? 1 : x->width;
    x->height = x->height == 0 ? 1 : x->height;
    x->sums = mem_array((size_t)x->width * PREVIEW_PIXEL, sizeof *x->sums);
    x->counts = mem_array(x->width, sizeof *x->counts);
    x->pixels = mem_array((size_t)x->width * x->height, PREVIEW_PIXEL);
    return 0;
}

void shrink_clear(struct shrink *x)
{
    free(x->sums);
    free(x->counts);
    free(x->pixels);
    *x = (struct shrink){0};
}

static uint32_t target_row(const struct shrink *x, uint32_t row)
{
    return (uint32_t)((uint64_t)row * x->height / x->from_height);
}

void shrink_row(struct shrink *x, const uint8_t *rgb)
{
    if (x->row >= x->from_height)
        return;
    for (uint32_t i = 0; i < x->from_width; i++) {
        uint32_t to = (uint32_t)((uint64_t)i * x->width / x->from_width);
        for (uint32_t c = 0; c < PREVIEW_PIXEL; c++)
            x->sums[to * PREVIEW_PIXEL + c] += rgb[i * PREVIEW_PIXEL + c];
        x->counts[to]++;
    }
    uint32_t row = target_row(x, x->row++);
    if (x->row < x->from_height && target_row(x, x->row) == row)
        return;
    for (uint32_t i = 0; i < x->width * PREVIEW_PIXEL; i++)
        x->pixels[(size_t)row * x->width * PREVIEW_PIXEL + i] =
            (uint8_t)(x->sums[i] / x->counts[i / PREVIEW_PIXEL]);
    memset(x->sums, 0, (size_t)x->width * PREVIEW_PIXEL * sizeof *x->sums);
    memset(x->counts, 0, x->width * sizeof *x->counts);
}

#define ORIENTATION_ACROSS 5U /* from here on width and height change places */
#define ORIENTATION_LAST 8U

/* EXIF 2.3, tag 0x0112: where the stored picture's pixel (i, k) goes. */
static void shrink_turn(struct shrink *x, unsigned orientation)
{
    static const bool from_right[] = {[2] = true, [3] = true, [7] = true, [8] = true};
    static const bool from_below[] = {[3] = true, [4] = true, [6] = true, [7] = true, [8] = false};
    if (orientation < 2 || orientation > ORIENTATION_LAST)
        return;
    uint32_t w = x->width, h = x->height;
    bool across = orientation >= ORIENTATION_ACROSS;
    uint8_t *turned = mem_array((size_t)w * h, PREVIEW_PIXEL);
    for (uint32_t k = 0; k < h; k++) {
        for (uint32_t i = 0; i < w; i++) {
            bool left = from_right[orientation], up = from_below[orientation];
            uint32_t a = left ? w - 1 - i : i, b = up ? h - 1 - k : k;
            size_t to = across ? (size_t)a * h + b : (size_t)b * w + a;
            memcpy(turned + to * PREVIEW_PIXEL, x->pixels + ((size_t)k * w + i) * PREVIEW_PIXEL,
                   PREVIEW_PIXEL);
        }
    }
    free(x->pixels);
    x->pixels = turned;
    x->width = across ? h : w;
    x->height = across ? w : h;
}

int preview_make(const struct photo_plan *p, const struct media_source *s, struct buf *ret)
{
    CLEANUP_SHRINK struct shrink x = {0};
    struct photo_view v = {p, s};
    struct media_source clean = photo_source(&v);
    int r = ERR_NOT_FOUND;
    if (p->kind == PHOTO_JPEG)
        r = preview_read_jpeg(&clean, &x);
    else if (p->kind == PHOTO_PNG)
        r = preview_read_png(&clean, &x);
    if (r < 0)
        return r;
    shrink_turn(&x, p->orientation);
    return preview_write(&x, ret);
}
