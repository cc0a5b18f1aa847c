/* What is left of photos, and their previews. The photos are small enough to stand here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "media/preview.h"
#include "media/sound.h"

#define PHOTO_MAX 65536

/* A grey JPEG of 64 × 48: all coefficients are 0. */
static void put_picture(struct buf *b)
{
    static const uint8_t tables[] = {
        0xff, 0xc0, 0,    11, 8,  0,    48,   0,    64, 1, 1, 0x11, 0, 0xff, 0xc4, 0, 20,
        0,    1,    0,    0,  0,  0,    0,    0,    0,  0, 0, 0,    0, 0,    0,    0, 0,
        0,    0xff, 0xc4, 0,  20, 0x10, 1,    0,    0,  0, 0, 0,    0, 0,    0,    0, 0,
        0,    0,    0,    0,  0,  0,    0xff, 0xda, 0,  8, 1, 1,    0, 0,    0x3f, 0};
    static const uint8_t scan[12] = {0}, dqt[] = {0xff, 0xdb, 0, 67, 0}, end[] = {0xff, 0xd9};
    buf_put(b, dqt, sizeof dqt);
    for (int i = 0; i < 64; i++)
        buf_put_u8(b, 1);
    buf_put(b, tables, sizeof tables);
    buf_put(b, scan, sizeof scan);
    buf_put(b, end, sizeof end);
}

static void put_segment(struct buf *b, uint8_t marker, const void *data, size_t len)
{
    buf_put_u8(b, 0xff);
    buf_put_u8(b, marker);
    buf_put_u16(b, (uint16_t)(len + 2));
    buf_put(b, data, len);
}

static const uint8_t exif_six[] = "Exif\0\0II*\0\x08\0\0\0\2\0"
                                  "\x12\1\3\0\1\0\0\0\6\0\0\0"
                                  "\x10\1\2\0\x07\0\0\0\x26\0\0\0"
                                  "\0\0\0\0SECRET";

static void put_jpeg(struct buf *b)
{
    buf_put(b, "\xff\xd8", 2);
    put_segment(b, 0xe0, "JFIF\0\1\1\0\0\1\0\1\1\1SECRET", 20);
    put_segment(b, 0xe1, exif_six, sizeof exif_six);
    put_segment(b, 0xfe, "SECRET", 6);
    put_segment(b, 0xe2, "ICC_PROFILE\0SECRET", 18);
    put_picture(b);
    buf_put_text(b, "SECRET");
}

/* Plans and reads all that comes out, in pieces of several sizes. */
static int clean(const struct buf *in, struct buf *out, struct photo_plan *plan)
{
    const uint8_t *data = in->data;
    struct media_source s = media_source_memory(&data, in->len);
    struct diag d = {""};
    int r = photo_plan(&s, plan, &d);
    if (r < 0) {
        assert_true(d.text[0] != '\0');
        return r;
    }
    for (uint64_t at = 0; at < plan->size;) {
        size_t len = (size_t)(at % 7 + 1);
        if (len > plan->size - at)
            len = (size_t)(plan->size - at);
        assert_int_equal(photo_read(plan, &s, at, buf_extend(out, len), len), 0);
        at += len;
    }
    uint8_t one;
    assert_int_equal(photo_read(plan, &s, plan->size, &one, 1), ERR_FORMAT);
    return 0;
}

static bool says(const struct buf *b, const char *word)
{
    return memmem(b->data, b->len, word, strlen(word)) != NULL;
}

static void photo__jpeg__keeps_picture_and_orientation(void **state)
{
    (void)state;
    static const uint8_t head[] = "\xff\xd8\xff\xe1\0\x22"
                                  "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"
                                  "\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0";
    CLEANUP_BUF struct buf in = BUF_INIT(PHOTO_MAX), out = BUF_INIT(PHOTO_MAX),
                           want = BUF_INIT(PHOTO_MAX);
    struct photo_plan plan;
    put_jpeg(&in);
    assert_int_equal(clean(&in, &out, &plan), 0);
    assert_int_equal(plan.kind, PHOTO_JPEG);
    assert_int_equal(plan.orientation, 6);
    assert_true(says(&in, "SECRET"));
    assert_false(says(&out, "SECRET"));
    buf_put(&want, head, sizeof head);
    put_picture(&want);
    assert_int_equal(out.len, want.len);
    assert_memory_equal(out.data, want.data, want.len);
    /* What is clean stays as it is. */
    CLEANUP_BUF struct buf again = BUF_INIT(PHOTO_MAX);
    assert_int_equal(clean(&out, &again, &plan), 0);
    assert_int_equal(again.len, out.len);
    assert_memory_equal(again.data, out.data, out.len);
}

static void photo__jpeg__cut_anywhere(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf in = BUF_INIT(PHOTO_MAX);
    put_jpeg(&in);
    size_t whole = in.len - 6 - 2; /* without what follows the picture, which may lack its EOI */
    for (size_t len = 2; len < whole; len++) {
        CLEANUP_BUF struct buf cut = BUF_INIT(PHOTO_MAX), out = BUF_INIT(PHOTO_MAX);
        struct photo_plan plan;
        buf_put(&cut, in.data, len);
        if (clean(&cut, &out, &plan) != ERR_FORMAT)
            fail_msg("taken: %zu bytes of it", len);
    }
}

static void put_chunk(struct buf *b, const char *kind, const void *data, size_t len)
{
    uLong crc = crc32(crc32(0, (const Bytef *)kind, 4), data, (uInt)len);
    buf_put_u32(b, (uint32_t)len);
    buf_put(b, kind, 4);
    buf_put(b, data, len);
    buf_put_u32(b, (uint32_t)(len == 0 ? crc32(0, (const Bytef *)kind, 4) : crc));
}

static void put_png(struct buf *b, bool dirty)
{
    uint8_t rows[20 * 31], packed[1000];
    uLongf len = sizeof packed;
    memset(rows, 0x80, sizeof rows);
    for (int i = 0; i < 20; i++)
        rows[i * 31] = 0;
    assert_int_equal(compress(packed, &len, rows, sizeof rows), Z_OK);
    buf_put(b, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(b, "IHDR", "\0\0\0\x0a\0\0\0\x14\x08\2\0\0\0", 13);
    if (dirty)
        put_chunk(b, "tEXt", "Location\0SECRET", 15);
    put_chunk(b, "IDAT", packed, len);
    if (dirty)
        put_chunk(b, "iTXt", "SECRET", 6);
    put_chunk(b, "IEND", "", 0);
    if (dirty)
        buf_put_text(b, "SECRET");
}

static void photo__png__keeps_picture(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf in = BUF_INIT(PHOTO_MAX), out = BUF_INIT(PHOTO_MAX),
                           want = BUF_INIT(PHOTO_MAX);
    struct photo_plan plan;
    put_png(&in, true);
    put_png(&want, false);
    assert_int_equal(clean(&in, &out, &plan), 0);
    assert_int_equal(plan.kind, PHOTO_PNG);
    assert_int_equal(out.len, want.len);
    assert_memory_equal(out.data, want.data, want.len);
    for (size_t len = 8; len < want.len; len++) {
        CLEANUP_BUF struct buf cut = BUF_INIT(PHOTO_MAX), rest = BUF_INIT(PHOTO_MAX);
        buf_put(&cut, want.data, len);
        assert_int_equal(clean(&cut, &rest, &plan), ERR_FORMAT);
    }
}

/* Of a lossless picture of one pixel, with its padding. */
#define PIXEL "\x2f\x00\x00\x00\x00\x07\x50\x8f\x22\x17\xa5\xff\x81\x88\xe8\x7f\x00\0"

static void photo__webp__corrects_size_and_flags(void **state)
{
    (void)state;
    static const uint8_t in_bytes[] = "RIFF\x40\0\0\0WEBP"
                                      "VP8X\x0a\0\0\0\x2c\0\0\0\0\0\0\0\0\0"
                                      "VP8L\x11\0\0\0" PIXEL "EXIF\6\0\0\0SECRET"
                                      "XMP \6\0\0\0SECRET";
    static const uint8_t want[] = "RIFF\x30\0\0\0WEBP"
                                  "VP8X\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                  "VP8L\x11\0\0\0" PIXEL;
    CLEANUP_BUF struct buf in = BUF_INIT(PHOTO_MAX), out = BUF_INIT(PHOTO_MAX);
    struct photo_plan plan;
    buf_put(&in, in_bytes, sizeof in_bytes - 1);
    in.data[4] = (uint8_t)(in.len - 8);
    assert_int_equal(clean(&in, &out, &plan), 0);
    assert_int_equal(plan.kind, PHOTO_WEBP);
    assert_int_equal(out.len, sizeof want - 1);
    assert_memory_equal(out.data, want, sizeof want - 1);
    in.data[4]++; /* larger than the file */
    assert_int_equal(clean(&in, &out, &plan), ERR_FORMAT);
}

static void photo__others__not_known(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf in = BUF_INIT(PHOTO_MAX), out = BUF_INIT(PHOTO_MAX);
    struct photo_plan plan;
    assert_int_equal(clean(&in, &out, &plan), ERR_NOT_FOUND);
    buf_put_text(&in, "GIF89a");
    assert_int_equal(clean(&in, &out, &plan), ERR_NOT_FOUND);
}

static void preview__jpeg_and_png__small_and_upright(void **state)
{
    (void)state;
    for (int png = 0; png < 2; png++) {
        CLEANUP_BUF struct buf in = BUF_INIT(PHOTO_MAX), out = BUF_INIT(PREVIEW_BYTES_MAX);
        struct photo_plan plan;
        struct diag d;
        if (png)
            put_png(&in, true);
        else
            put_jpeg(&in);
        const uint8_t *data = in.data;
        struct media_source s = media_source_memory(&data, in.len);
        assert_int_equal(photo_plan(&s, &plan, &d), 0);
        assert_int_equal(preview_make(&plan, &s, &out), 0);
        assert_true(out.len > 100 && out.data[0] == 0xff && out.data[1] == 0xd8);
        /* The frame's height and width: the JPEG was on its side. */
        const uint8_t *sof = memmem(out.data, out.len, "\xff\xc0\0\x11\x08", 5);
        assert_non_null(sof);
        assert_int_equal(sof[6], png ? 20 : 64);
        assert_int_equal(sof[8], png ? 10 : 48);
    }
}

static void preview__damaged__none(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf in = BUF_INIT(PHOTO_MAX), out = BUF_INIT(PREVIEW_BYTES_MAX);
    struct photo_plan plan;
    struct diag d;
    put_jpeg(&in);
    uint8_t *sof = memmem(in.data, in.len, "\xff\xc0\0\x0b", 4);
    sof[4] = 7; /* bits of a sample: no program reads that */
    const uint8_t *data = in.data;
    struct media_source s = media_source_memory(&data, in.len);
    assert_int_equal(photo_plan(&s, &plan, &d), 0);
    assert_int_equal(preview_make(&plan, &s, &out), ERR_FORMAT);
    assert_int_equal(out.len, 0);
}

static void sound__wav__its_seconds(void **state)
{
    (void)state;
    static const uint8_t head[] =
        "RIFF\x24\x40\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0"
        "\2\0\x10\0data\0\x40\0";
    CLEANUP_BUF struct buf in = BUF_INIT(PHOTO_MAX);
    buf_put(&in, head, sizeof head);
    memset(buf_extend(&in, 0x4000), 0, 0x4000);
    const uint8_t *data = in.data;
    struct media_source s = media_source_memory(&data, in.len);
    uint32_t seconds = 0;
    const char *type = "";
    assert_int_equal(sound_duration(&s, &seconds, &type), 0);
    assert_int_equal(seconds, 2); /* 8192 frames of 8000 a second, rounded up */
    assert_string_equal(type, "audio/wav");
    in.data[0] = 'X';
    assert_int_equal(sound_duration(&s, &seconds, &type), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(photo__jpeg__keeps_picture_and_orientation),
        cmocka_unit_test(photo__jpeg__cut_anywhere),
        cmocka_unit_test(photo__png__keeps_picture),
        cmocka_unit_test(photo__webp__corrects_size_and_flags),
        cmocka_unit_test(photo__others__not_known),
        cmocka_unit_test(preview__jpeg_and_png__small_and_upright),
        cmocka_unit_test(preview__damaged__none),
        cmocka_unit_test(sound__wav__its_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
