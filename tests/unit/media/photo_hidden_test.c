/* Words hidden where no length tells that the picture has ended: each place of the table, in photos
 * that the formats' own libraries wrote. What comes out shows the same pixels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <webp/decode.h>
#include <webp/encode.h>
#include <zlib.h>

#include "base/buf.h"
#include "media/photo.h"

#define BYTES_MAX (256U * 1024)
#define WIDTH 67
#define HEIGHT 45
#define SECRET "OWNER=Somebody GPS=52.0000,4.0000"

static void paint(uint8_t *pixels, unsigned channels)
{
    uint32_t noise = 1;
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT * channels; i++) {
        noise = noise * 1664525U + 1013904223U;
        pixels[i] = (uint8_t)(i * 3 / channels + (noise >> 29));
    }
}

/* --- JPEG */

struct jpeg_how {
    const char *name;
    bool progressive, grey, fine; /* fine: no subsampling */
    int restart;
};

static void encode_jpeg(struct buf *b, const struct jpeg_how *how)
{
    static uint8_t pixels[WIDTH * HEIGHT * 3];
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *made = NULL;
    unsigned long len = 0;
    paint(pixels, 3);
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &made, &len);
    c.image_width = WIDTH;
    c.image_height = HEIGHT;
    c.input_components = how->grey ? 1 : 3;
    c.in_color_space = how->grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, 80, TRUE);
    if (how->progressive)
        jpeg_simple_progression(&c);
    if (how->fine)
        c.comp_info[0].h_samp_factor = c.comp_info[0].v_samp_factor = 1;
    c.restart_interval = (unsigned)how->restart;
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < c.image_height) {
        JSAMPROW row = pixels + (size_t)c.next_scanline * WIDTH * (how->grey ? 1 : 3);
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    buf_put(b, made, len);
    free(made);
}

static void quiet(j_common_ptr info)
{
    (void)info;
}

static void decode_jpeg(const struct buf *b, struct buf *pixels)
{
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr errors;
    c.err = jpeg_std_error(&errors);
    errors.output_message = quiet;
    jpeg_create_decompress(&c);
    jpeg_mem_src(&c, b->data, b->len);
    assert_int_equal(jpeg_read_header(&c, TRUE), JPEG_HEADER_OK);
    jpeg_start_decompress(&c);
    while (c.output_scanline < c.output_height) {
        JSAMPROW row = buf_extend(pixels, (size_t)c.output_width * (size_t)c.output_components);
        jpeg_read_scanlines(&c, &row, 1);
    }
    jpeg_finish_decompress(&c);
    assert_int_equal(errors.num_warnings, 0);
    jpeg_destroy_decompress(&c);
}

static const struct jpeg_how jpegs[] = {
    {.name = "baseline"},
    {.name = "baseline, restarts", .restart = 2},
    {.name = "grey", .grey = true},
    {.name = "fine, restarts of one", .fine = true, .restart = 1},
    {.name = "progressive", .progressive = true},
    {.name = "progressive, fine", .progressive = true, .fine = true},
    {.name = "progressive, restarts", .progressive = true, .restart = 3},
    {.name = "progressive, grey", .progressive = true, .grey = true},
};

static bool says(const struct buf *b, const char *word)
{
    return memmem(b->data, b->len, word, strlen(word)) != NULL;
}

static int clean(const struct buf *in, struct buf *out)
{
    struct photo_plan plan;
    struct diag d = {""};
    const uint8_t *data = in->data;
    struct media_source s = media_source_memory(&data, in->len);
    int r = photo_plan(&s, &plan, &d);
    return r < 0 ? r : photo_read(&plan, &s, 0, buf_extend(out, plan.size), plan.size);
}

static void assert_same_jpeg(const char *name, const struct buf *clean_one, const struct buf *dirty)
{
    CLEANUP_BUF struct buf out = BUF_INIT(BYTES_MAX), a = BUF_INIT(BYTES_MAX),
                           b = BUF_INIT(BYTES_MAX);
    int r = clean(dirty, &out);
    if (r != 0 || says(&out, "OWNER"))
        fail_msg("%s: %s", name, r != 0 ? "refused" : "it still says who");
    decode_jpeg(clean_one, &a);
    decode_jpeg(&out, &b);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
}

static void put_range(struct buf *b, const struct buf *of, size_t from, size_t to)
{
    buf_put(b, of->data + from, to - from);
}

static void photo__jpeg__words_before_its_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof jpegs / sizeof *jpegs; i++) {
        CLEANUP_BUF struct buf in = BUF_INIT(BYTES_MAX), same = BUF_INIT(BYTES_MAX),
                               dirty = BUF_INIT(BYTES_MAX);
        encode_jpeg(&in, &jpegs[i]);
        assert_same_jpeg(jpegs[i].name, &in, &in);
        assert_int_equal(clean(&in, &same), 0);
        assert_int_equal(same.len, in.len);
        assert_memory_equal(same.data, in.data, in.len);
        put_range(&dirty, &in, 0, in.len - 2);
        buf_put_text(&dirty, SECRET);
        buf_put(&dirty, "\xff\xd9", 2);
        assert_same_jpeg(jpegs[i].name, &in, &dirty);
    }
}

static void photo__jpeg__without_end_and_with_zeros_between(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof jpegs / sizeof *jpegs; i++) {
        CLEANUP_BUF struct buf in = BUF_INIT(BYTES_MAX), open_ended = BUF_INIT(BYTES_MAX),
                               zeros = BUF_INIT(BYTES_MAX);
        encode_jpeg(&in, &jpegs[i]);
        put_range(&open_ended, &in, 0, in.len - 2);
        assert_same_jpeg(jpegs[i].name, &in, &open_ended);
        size_t jfif_end = 2 + 18;
        put_range(&zeros, &in, 0, jfif_end);
        buf_put(&zeros, "\0\0\0\0", 4);
        put_range(&zeros, &in, jfif_end, in.len);
        assert_same_jpeg(jpegs[i].name, &in, &zeros);
    }
}

static void photo__jpeg__damaged_scan(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof jpegs / sizeof *jpegs; i++) {
        CLEANUP_BUF struct buf in = BUF_INIT(BYTES_MAX), cut = BUF_INIT(BYTES_MAX),
                               out = BUF_INIT(BYTES_MAX);
        encode_jpeg(&in, &jpegs[i]);
        put_range(&cut, &in, 0, in.len - 40);
        buf_put(&cut, "\xff\xd9", 2);
        assert_int_equal(clean(&cut, &out), ERR_FORMAT);
    }
}

static void photo__jpeg__arithmetic_coding_is_refused(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf in = BUF_INIT(BYTES_MAX), out = BUF_INIT(BYTES_MAX);
    encode_jpeg(&in, &jpegs[0]);
    uint8_t *sof = memmem(in.data, in.len, "\xff\xc0\0\x11\x08", 5);
    assert_non_null(sof);
    sof[1] = 0xc9;
    assert_int_equal(clean(&in, &out), ERR_LIMIT);
}

/* --- PNG */

static void put_chunk(struct buf *b, const char *kind, const void *data, size_t len)
{
    uLong crc = crc32(0, (const Bytef *)kind, 4);
    if (len > 0)
        crc = crc32(crc, data, (uInt)len);
    buf_put_u32(b, (uint32_t)len);
    buf_put(b, kind, 4);
    buf_put(b, data, len);
    buf_put_u32(b, (uint32_t)crc);
}

enum png_place {
    PNG_CLEAN,
    PNG_LONG_PHYS,
    PNG_LONG_GAMA,
    PNG_LONG_BKGD,
    PNG_SECOND_GAMA,
    PNG_EXTRA_IDAT,
    PNG_BEHIND_STREAM,
    PNG_IN_IEND,
    PNG_LONG_TRNS,
    PNG_PLACES
};

static void put_rows(struct buf *b, bool behind)
{
    static uint8_t pixels[WIDTH * HEIGHT * 3], rows[HEIGHT * (1 + WIDTH * 3)];
    uint8_t packed[sizeof rows + 1024];
    uLongf len = sizeof packed;
    paint(pixels, 3);
    for (size_t y = 0; y < HEIGHT; y++) {
        rows[y * (1 + WIDTH * 3)] = 0;
        memcpy(rows + y * (1 + WIDTH * 3) + 1, pixels + y * WIDTH * 3, WIDTH * 3);
    }
    assert_int_equal(compress(packed, &len, rows, sizeof rows), Z_OK);
    size_t first = (size_t)len / 3; /* over two chunks, as programs do it */
    put_chunk(b, "IDAT", packed, first);
    if (behind) {
        memcpy(packed + len, SECRET, sizeof SECRET);
        len += sizeof SECRET;
    }
    put_chunk(b, "IDAT", packed + first, len - first);
}

static void put_png(struct buf *b, enum png_place place)
{
    buf_put(b, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(b, "IHDR", "\0\0\0\x43\0\0\0\x2d\x08\2\0\0\0", 13);
    put_chunk(b, "gAMA", "\0\0\xb1\x8f", 4);
    if (place == PNG_LONG_PHYS)
        put_chunk(b, "pHYs", "\0\0\0\1\0\0\0\1\0" SECRET, 9 + sizeof SECRET);
    if (place == PNG_LONG_GAMA || place == PNG_SECOND_GAMA)
        put_chunk(b, "gAMA", "OWNER=Somebody", place == PNG_LONG_GAMA ? 14 : 4);
    if (place == PNG_LONG_BKGD)
        put_chunk(b, "bKGD", "\0\1\0\1\0\1" SECRET, 6 + sizeof SECRET);
    if (place == PNG_LONG_TRNS)
        put_chunk(b, "tRNS", SECRET, sizeof SECRET);
    put_rows(b, place == PNG_BEHIND_STREAM);
    if (place == PNG_EXTRA_IDAT)
        put_chunk(b, "IDAT", SECRET, sizeof SECRET);
    put_chunk(b, "IEND", SECRET, place == PNG_IN_IEND ? sizeof SECRET : 0);
}

static void photo__png__words_in_each_place(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf want = BUF_INIT(BYTES_MAX);
    put_png(&want, PNG_CLEAN);
    for (enum png_place place = 0; place < PNG_PLACES; place++) {
        CLEANUP_BUF struct buf in = BUF_INIT(BYTES_MAX), out = BUF_INIT(BYTES_MAX);
        put_png(&in, place);
        int r = clean(&in, &out);
        if (r != 0 || out.len != want.len || memcmp(out.data, want.data, want.len) != 0)
            fail_msg("place %d: %d, %zu bytes of %zu", (int)place, r, out.len, want.len);
    }
}

/* More rows than the picture has, a wrong checksum, a stream that does not end. */
static void photo__png__damaged(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf in = BUF_INIT(BYTES_MAX), out = BUF_INIT(BYTES_MAX);
    put_png(&in, PNG_CLEAN);
    in.data[8 + 8 + 7]--; /* IHDR's height */
    uLong crc = crc32(0, in.data + 12, 17);
    for (unsigned i = 0; i < 4; i++)
        in.data[29 + i] = (uint8_t)(crc >> (24 - 8 * i));
    assert_int_equal(clean(&in, &out), ERR_FORMAT);
    buf_reset(&in);
    put_png(&in, PNG_CLEAN);
    uint8_t *idat = memmem(in.data, in.len, "IDAT", 4);
    idat[100] ^= 1;
    assert_int_equal(clean(&in, &out), ERR_FORMAT);
    buf_reset(&in);
    buf_put(&in, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(&in, "IHDR", "\0\0\0\x43\0\0\0\x2d\x08\2\0\0\0", 13);
    put_chunk(&in, "IDAT", "\x78\x9c\0", 3);
    put_chunk(&in, "IEND", "", 0);
    assert_int_equal(clean(&in, &out), ERR_FORMAT);
}

/* --- WebP */

static void encode_webp(struct buf *b, bool lossless, bool alpha)
{
    static uint8_t pixels[WIDTH * HEIGHT * 4];
    uint8_t *made = NULL;
    size_t len;
    paint(pixels, alpha ? 4 : 3);
    if (alpha)
        len = lossless ? WebPEncodeLosslessRGBA(pixels, WIDTH, HEIGHT, WIDTH * 4, &made)
                       : WebPEncodeRGBA(pixels, WIDTH, HEIGHT, WIDTH * 4, 80, &made);
    else
        len = lossless ? WebPEncodeLosslessRGB(pixels, WIDTH, HEIGHT, WIDTH * 3, &made)
                       : WebPEncodeRGB(pixels, WIDTH, HEIGHT, WIDTH * 3, 80, &made);
    assert_true(len > 0);
    buf_put(b, made, len);
    WebPFree(made);
}

static void put_little32(uint8_t *b, size_t v)
{
    for (unsigned i = 0; i < 4; i++)
        b[i] = (uint8_t)(v >> (8 * i));
}

static size_t little32(const uint8_t *b)
{
    return (size_t)b[3] << 24 | (size_t)b[2] << 16 | (size_t)b[1] << 8 | b[0];
}

/* The same file with words at the end of the data of the first chunk of that type. */
static void hide_in(const struct buf *in, const char *type, struct buf *ret)
{
    const uint8_t *chunk = memmem(in->data, in->len, type, 4);
    assert_non_null(chunk);
    size_t at = (size_t)(chunk - in->data), len = little32(chunk + 4), extra = 0;
    put_range(ret, in, 0, at + 8 + len);
    for (; extra < 9 * len; extra += sizeof SECRET) /* libwebp begins with an eighth of a chunk */
        buf_put(ret, SECRET, sizeof SECRET);
    put_little32(ret->data + at + 4, len + extra);
    if ((len + extra) % 2 != 0)
        buf_put_u8(ret, 0);
    put_range(ret, in, at + 8 + len + len % 2, in->len);
    put_little32(ret->data + 4, ret->len - 8);
}

static void assert_same_webp(const char *name, const struct buf *clean_one, const struct buf *dirty)
{
    CLEANUP_BUF struct buf out = BUF_INIT(BYTES_MAX);
    int r = clean(dirty, &out), width = 0, height = 0;
    if (r != 0 || says(&out, "OWNER"))
        fail_msg("%s: %s", name, r != 0 ? "refused" : "it still says who");
    uint8_t *a = WebPDecodeRGBA(clean_one->data, clean_one->len, &width, &height);
    uint8_t *b = WebPDecodeRGBA(out.data, out.len, &width, &height);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(width, WIDTH);
    assert_memory_equal(a, b, (size_t)WIDTH * HEIGHT * 4);
    WebPFree(a);
    WebPFree(b);
}

static const struct {
    const char *name;
    bool lossless, alpha;
    const char *types[2]; /* of its chunks with a picture */
} webps[] = {
    {"lossy", false, false, {"VP8 "}},
    {"lossless", true, false, {"VP8L"}},
    {"lossless with alpha", true, true, {"VP8L"}},
    {"lossy with alpha", false, true, {"VP8 ", "ALPH"}},
};

static void photo__webp__words_behind_the_picture(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof webps / sizeof *webps; i++) {
        CLEANUP_BUF struct buf in = BUF_INIT(BYTES_MAX);
        encode_webp(&in, webps[i].lossless, webps[i].alpha);
        assert_same_webp(webps[i].name, &in, &in);
        for (size_t t = 0; t < 2 && webps[i].types[t] != NULL; t++) {
            CLEANUP_BUF struct buf dirty = BUF_INIT(BYTES_MAX);
            hide_in(&in, webps[i].types[t], &dirty);
            assert_true(says(&dirty, "OWNER"));
            assert_same_webp(webps[i].name, &in, &dirty);
        }
    }
}

/* An animation of one frame, whose chunk may hold more than the frame. */
static void put_animation(struct buf *b, bool dirty)
{
    CLEANUP_BUF struct buf frame = BUF_INIT(BYTES_MAX);
    encode_webp(&frame, false, false);
    size_t extra = dirty ? 8 + 40 : 0, data = 16 + frame.len - 12 + extra;
    buf_put(b, "RIFF\0\0\0\0WEBP", 12);
    buf_put(b, "VP8X\x0a\0\0\0\x02\0\0\0\x42\0\0\x2c\0\0", 18);
    buf_put(b, "ANIM\6\0\0\0\0\0\0\0\0\0", 14);
    buf_put(b, "ANMF", 4);
    put_little32(buf_extend(b, 4), data);
    buf_put(b, "\0\0\0\0\0\0\x42\0\0\x2c\0\0\x64\0\0\0", 16);
    buf_put(b, frame.data + 12, frame.len - 12);
    if (dirty) {
        buf_put(b, "EXIF\x28\0\0\0", 8);
        buf_put(b, SECRET "       ", 40);
    }
    put_little32(b->data + 4, b->len - 8);
}

static void photo__webp__words_in_a_frame(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf want = BUF_INIT(BYTES_MAX), in = BUF_INIT(BYTES_MAX),
                           out = BUF_INIT(BYTES_MAX), same = BUF_INIT(BYTES_MAX);
    put_animation(&want, false);
    put_animation(&in, true);
    assert_int_equal(clean(&want, &same), 0);
    assert_int_equal(clean(&in, &out), 0);
    assert_false(says(&out, "OWNER"));
    assert_int_equal(out.len, want.len);
    assert_memory_equal(out.data, want.data, want.len);
    assert_int_equal(same.len, want.len);
    assert_memory_equal(same.data, want.data, want.len);
}

static void photo__webp__cut_picture(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf in = BUF_INIT(BYTES_MAX), out = BUF_INIT(BYTES_MAX);
    encode_webp(&in, false, false);
    size_t len = little32(in.data + 16) / 2 & ~(size_t)1;
    put_little32(in.data + 16, len);
    put_little32(in.data + 4, 12 + len);
    in.len = 20 + len;
    assert_int_equal(clean(&in, &out), ERR_FORMAT);
}

/* --- others */

static void photo__uncleaned__names_the_format(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *name;
    } rows[] = {
        {"\0\0\0\x18"
         "ftypheic",
         12, "HEIC"},
        {"\0\0\0\x18"
         "ftypavif",
         12, "AVIF"},
        {"\0\0\0\x18"
         "ftypisom",
         12, "MP4"},
        {"II*\0\x08", 5, "TIFF"},
        {"MM\0*\0", 5, "TIFF"},
        {"GIF89a", 6, "GIF"},
        {"%PDF-1.7", 8, "PDF"},
        {"\xff\x0a", 2, "JPEG XL"},
        {"plain words", 11, NULL},
        {"\xff\xd8\xff\xe0", 4, NULL},
        {"", 0, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint8_t *data = (const uint8_t *)rows[i].bytes;
        struct media_source s = media_source_memory(&data, rows[i].len);
        const char *name = photo_uncleaned(&s);
        if (rows[i].name == NULL)
            assert_null(name);
        else
            assert_string_equal(name, rows[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(photo__jpeg__words_before_its_end),
        cmocka_unit_test(photo__jpeg__without_end_and_with_zeros_between),
        cmocka_unit_test(photo__jpeg__damaged_scan),
        cmocka_unit_test(photo__jpeg__arithmetic_coding_is_refused),
        cmocka_unit_test(photo__png__words_in_each_place),
        cmocka_unit_test(photo__png__damaged),
        cmocka_unit_test(photo__webp__words_behind_the_picture),
        cmocka_unit_test(photo__webp__words_in_a_frame),
        cmocka_unit_test(photo__webp__cut_picture),
        cmocka_unit_test(photo__uncleaned__names_the_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
