/* libjpeg: reading a photo at a fraction of its size, writing the preview. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "base/memory.h"
#include "media/preview_internal.h"

#define CHUNK 4096

struct error {
    struct jpeg_error_mgr base;
    jmp_buf back;
};

static void on_error(j_common_ptr info)
{
    longjmp(((struct error *)info->err)->back, 1);
}

static void on_message(j_common_ptr info)
{
    (void)info; /* libraries never print */
}

static void set_errors(struct error *e)
{
    jpeg_std_error(&e->base);
    e->base.error_exit = on_error;
    e->base.output_message = on_message;
}

struct input {
    struct jpeg_source_mgr base;
    const struct media_source *source;
    uint64_t at;
    uint8_t chunk[CHUNK];
};

static void nothing(j_decompress_ptr info)
{
    (void)info;
}

static boolean fill(j_decompress_ptr info)
{
    struct input *in = (struct input *)info->src;
    uint64_t left = in->source->size - in->at;
    size_t n = left < CHUNK ? (size_t)left : CHUNK;
    if (n == 0 || media_read(in->source, in->at, in->chunk, n) < 0)
        on_error((j_common_ptr)info);
    in->at += n;
    in->base.next_input_byte = in->chunk;
    in->base.bytes_in_buffer = n;
    return TRUE;
}

static void skip(j_decompress_ptr info, long count)
{
    struct jpeg_source_mgr *in = info->src;
    for (size_t left = count > 0 ? (size_t)count : 0; left > 0;) {
        if (in->bytes_in_buffer == 0)
            fill(info);
        size_t n = left < in->bytes_in_buffer ? left : in->bytes_in_buffer;
        in->next_input_byte += n;
        in->bytes_in_buffer -= n;
        left -= n;
    }
}

/* The largest fraction that is still over the preview's side. */
static void choose_scale(struct jpeg_decompress_struct *info)
{
    unsigned longer =
        info->image_width > info->image_height ? info->image_width : info->image_height;
    info->scale_num = 1;
    info->scale_denom = 8;
    while (info->scale_denom > 1 && longer / info->scale_denom < PREVIEW_SIDE)
        info->scale_denom /= 2;
    info->out_color_space = JCS_RGB;
    info->dct_method = JDCT_ISLOW;
}

/* Everything that longjmp passes over lies in the structures. */
static int read_rows(struct jpeg_decompress_struct *info, struct shrink *x, uint8_t **row)
{
    jpeg_read_header(info, TRUE);
    uint64_t pixels = (uint64_t)info->image_width * info->image_height;
    if (jpeg_has_multiple_scans(info) && pixels > PREVIEW_WHOLE_PIXELS_MAX)
        return ERR_NOT_FOUND;
    if (info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK)
        return ERR_NOT_FOUND;
    choose_scale(info);
    jpeg_start_decompress(info);
    int r = shrink_init(x, info->output_width, info->output_height);
    if (r < 0)
        return ERR_NOT_FOUND;
    *row = mem_array(info->output_width, PREVIEW_PIXEL);
    while (info->output_scanline < info->output_height) {
        JSAMPROW rows[1] = {*row};
        jpeg_read_scanlines(info, rows, 1);
        shrink_row(x, *row);
    }
    return 0;
}

struct reading {
    struct jpeg_decompress_struct info;
    struct error error;
    struct input in;
    uint8_t *row;
};

int preview_read_jpeg(const struct media_source *s, struct shrink *ret)
{
    struct reading *k = mem_new(sizeof *k);
    int r = ERR_FORMAT;
    set_errors(&k->error);
    k->info.err = &k->error.base;
    k->in = (struct input){.source = s,
                           .base = {.init_source = nothing,
                                    .fill_input_buffer = fill,
                                    .skip_input_data = skip,
                                    .resync_to_restart = jpeg_resync_to_restart,
                                    .term_source = nothing}};
    if (setjmp(k->error.back) == 0) {
        jpeg_create_decompress(&k->info);
        k->info.src = &k->in.base;
        r = read_rows(&k->info, ret, &k->row);
    } else {
        r = ERR_FORMAT;
    }
    jpeg_destroy_decompress(&k->info);
    free(k->row);
    free(k);
    return r;
}

struct writing {
    struct jpeg_compress_struct info;
    struct error error;
    unsigned char *out;
    unsigned long len;
};

static void write_rows(struct writing *k, const struct shrink *x, int quality)
{
    jpeg_create_compress(&k->info);
    jpeg_mem_dest(&k->info, &k->out, &k->len);
    k->info.image_width = x->width;
    k->info.image_height = x->height;
    k->info.input_components = PREVIEW_PIXEL;
    k->info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&k->info);
    jpeg_set_quality(&k->info, quality, TRUE);
    jpeg_start_compress(&k->info, TRUE);
    for (uint32_t i = 0; i < x->height; i++) {
        JSAMPROW rows[1] = {x->pixels + (size_t)i * x->width * PREVIEW_PIXEL};
        jpeg_write_scanlines(&k->info, rows, 1);
    }
    jpeg_finish_compress(&k->info);
}

/* ERR_LIMIT: it is too large at this quality. */
static int write_at(const struct shrink *x, int quality, struct buf *ret)
{
    struct writing *k = mem_new(sizeof *k);
    int r = ERR_FORMAT;
    set_errors(&k->error);
    k->info.err = &k->error.base;
    if (setjmp(k->error.back) == 0) {
        write_rows(k, x, quality);
        r = k->len > PREVIEW_BYTES_MAX ? ERR_LIMIT : 0;
    } else {
        r = ERR_FORMAT;
    }
    if (r == 0)
        buf_put(ret, k->out, k->len);
    jpeg_destroy_compress(&k->info);
    free(k->out);
    free(k);
    return r;
}

int preview_write(const struct shrink *x, struct buf *ret)
{
    int r = ERR_LIMIT;
    for (int quality = 75; r == ERR_LIMIT && quality > 0; quality -= 25)
        r = write_at(x, quality, ret);
    return r == ERR_LIMIT ? ERR_NOT_FOUND : r;
}
