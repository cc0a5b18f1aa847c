/* libpng: reading a photo row by row. */
#include <png.h>
#include <stdlib.h>

#include "base/memory.h"
#include "media/preview_internal.h"

struct reading {
    const struct media_source *source;
    uint64_t at;
    uint8_t *row;
    uint8_t **rows; /* of an interlaced picture, else NULL */
    uint32_t row_count;
};

static void on_error(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

static void read_data(png_structp png, png_bytep to, size_t len)
{
    struct reading *k = png_get_io_ptr(png);
    if (media_read(k->source, k->at, to, len) < 0)
        png_error(png, "short");
    k->at += len;
}

/* Whatever it is, 8-bit RGB comes out; what is transparent, on white. */
static void set_transformations(png_structp png, png_infop info)
{
    static const png_color_16 white = {.red = 0xff, .green = 0xff, .blue = 0xff, .gray = 0xff};
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    if ((png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0 ||
        png_get_valid(png, info, PNG_INFO_tRNS) != 0)
        png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
}

static void read_whole(png_structp png, struct reading *k, struct shrink *x, size_t row_bytes)
{
    k->row_count = x->from_height;
    k->rows = mem_array(k->row_count, sizeof *k->rows);
    for (uint32_t i = 0; i < k->row_count; i++)
        k->rows[i] = mem_array(row_bytes, 1);
    png_read_image(png, k->rows);
    for (uint32_t i = 0; i < k->row_count; i++)
        shrink_row(x, k->rows[i]);
}

static int read_rows(png_structp png, png_infop info, struct reading *k, struct shrink *x)
{
    png_set_user_limits(png, PREVIEW_SOURCE_SIDE_MAX, PREVIEW_SOURCE_SIDE_MAX);
    png_read_info(png, info);
    uint32_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    bool interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
    if (interlaced && (uint64_t)width * height > PREVIEW_WHOLE_PIXELS_MAX)
        return ERR_NOT_FOUND;
    set_transformations(png, info);
    if (interlaced)
        (void)png_set_interlace_handling(png);
    png_read_update_info(png, info);
    if (png_get_channels(png, info) != PREVIEW_PIXEL || shrink_init(x, width, height) < 0)
        return ERR_NOT_FOUND;
    size_t row_bytes = png_get_rowbytes(png, info);
    if (interlaced) {
        read_whole(png, k, x, row_bytes);
        return 0;
    }
    k->row = mem_array(row_bytes, 1);
    for (uint32_t i = 0; i < height; i++) {
        png_read_row(png, k->row, NULL);
        shrink_row(x, k->row);
    }
    return 0;
}

int preview_read_png(const struct media_source *s, struct shrink *ret)
{
    struct reading *k = mem_new(sizeof *k);
    k->source = s;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    int r = ERR_FORMAT;
    if (info != NULL && setjmp(png_jmpbuf(png)) == 0) {
        png_set_read_fn(png, k, read_data);
        r = read_rows(png, info, k, ret);
    } else {
        r = ERR_FORMAT;
    }
    png_destroy_read_struct(&png, &info, NULL);
    for (uint32_t i = 0; k->rows != NULL && i < k->row_count; i++)
        free(k->rows[i]);
    free(k->rows);
    free(k->row);
    free(k);
    return r;
}
