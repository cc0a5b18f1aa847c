/* PNG (W3C, third edition): chunks of length, type, data, CRC. */
#include <string.h>

#include "media/photo_internal.h"
#include "media/png_stream.h"

#define SIGNATURE_LEN 8U
#define HEAD_LEN 8U /* length and type */
#define CRC_LEN 4U
#define TYPE_LEN 4U
#define SEQUENCE_LEN 4U /* before the data of an fdAT chunk */
#define PALETTE_MAX (3U * 256)
#define CHUNK_READ 4096U

struct chunk {
    uint64_t at; /* of its length */
    uint32_t len;
    uint8_t type[TYPE_LEN + 1];
};

struct png {
    const struct media_source *s;
    struct photo_plan *p;
    struct png_header header;
    struct png_stream stream;
    bool has_palette, begun; /* IDAT has begun */
    unsigned seen;           /* a bit for each of `told` */
};

static uint32_t big32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void put_big32(uint8_t *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        b[i] = (uint8_t)(v >> (24 - 8 * i));
}

static bool is_type(const struct chunk *c, const char *type)
{
    return memcmp(c->type, type, TYPE_LEN) == 0;
}

static int read_chunk(const struct media_source *s, uint64_t at, struct chunk *ret)
{
    uint8_t head[HEAD_LEN];
    int r = media_read(s, at, head, sizeof head);
    if (r < 0)
        return r;
    *ret = (struct chunk){.at = at, .len = big32(head)};
    memcpy(ret->type, head + 4, TYPE_LEN);
    return ret->len <= s->size - at && HEAD_LEN + CRC_LEN <= s->size - at - ret->len ? 0
                                                                                     : ERR_FORMAT;
}

static uint64_t data_at(const struct chunk *c)
{
    return c->at + HEAD_LEN;
}

static uint64_t whole_len(const struct chunk *c)
{
    return HEAD_LEN + (uint64_t)c->len + CRC_LEN;
}

/* Over the type and `len` bytes of data. */
static int checksum(const struct media_source *s, const struct chunk *c, uint64_t len,
                    uint32_t *ret)
{
    uint8_t bytes[CHUNK_READ];
    uLong crc = crc32(0, c->type, TYPE_LEN);
    for (uint64_t done = 0; done < len;) {
        size_t n = len - done < sizeof bytes ? (size_t)(len - done) : sizeof bytes;
        int r = media_read(s, data_at(c) + done, bytes, n);
        if (r < 0)
            return r;
        crc = crc32(crc, bytes, (uInt)n);
        done += n;
    }
    *ret = (uint32_t)crc;
    return 0;
}

static int check(const struct media_source *s, const struct chunk *c, bool *ret_good)
{
    uint8_t stored[CRC_LEN];
    uint32_t crc = 0;
    int r = checksum(s, c, c->len, &crc);
    if (r == 0)
        r = media_read(s, data_at(c) + c->len, stored, sizeof stored);
    *ret_good = r == 0 && big32(stored) == crc;
    return r;
}

/* Chunks that say how the picture is to be shown, and how long they are for each type of colour:
 * grey, -, RGB, palette, grey with alpha, -, RGB with alpha; 0: there is none. */
static const struct told {
    char type[TYPE_LEN + 1];
    uint8_t len[7];
} told[] = {
    {"gAMA", {4, 0, 4, 4, 4, 0, 4}},      {"cHRM", {32, 0, 32, 32, 32, 0, 32}},
    {"sRGB", {1, 0, 1, 1, 1, 0, 1}},      {"sBIT", {1, 0, 3, 3, 2, 0, 4}},
    {"bKGD", {2, 0, 6, 1, 2, 0, 6}},      {"pHYs", {9, 0, 9, 9, 9, 0, 9}},
    {"acTL", {8, 0, 8, 8, 8, 0, 8}},      {"tRNS", {2, 0, 6, 0, 0, 0, 0}},
    {"fcTL", {26, 0, 26, 26, 26, 0, 26}},
};

/* Is it one of them, of its length and, but for frames, the first? */
static bool is_told(struct png *x, const struct chunk *c)
{
    size_t i = 0, count = sizeof told / sizeof *told;
    while (i < count && !is_type(c, told[i].type))
        i++;
    if (i == count || ((x->seen >> i & 1U) != 0 && !is_type(c, "fcTL")))
        return false;
    x->seen |= 1U << i;
    if (is_type(c, "tRNS") && x->header.colour == PNG_COLOUR_PALETTE)
        return c->len > 0 && c->len <= PALETTE_MAX / 3;
    return c->len > 0 && c->len == told[i].len[x->header.colour];
}

/* A chunk of fewer bytes than it had. */
static int put_shorter(struct png *x, const struct chunk *c, uint32_t len)
{
    uint8_t head[HEAD_LEN], tail[CRC_LEN];
    uint32_t crc = 0;
    int r = checksum(x->s, c, len, &crc);
    put_big32(head, len);
    memcpy(head + 4, c->type, TYPE_LEN);
    put_big32(tail, crc);
    if (r == 0)
        r = photo_put(x->p, head, sizeof head);
    if (r == 0)
        r = photo_keep(x->p, data_at(c), len);
    return r < 0 ? r : photo_put(x->p, tail, sizeof tail);
}

/* Of IDAT or fdAT, behind `skip` bytes that are not of the stream. */
static int take_picture(struct png *x, const struct chunk *c, uint32_t skip)
{
    uint64_t used = 0;
    if (c->len < skip)
        return ERR_FORMAT;
    if (x->stream.open && x->stream.ended)
        return 0; /* behind the picture's end */
    int r = png_stream_take(&x->stream, x->s, data_at(c) + skip, c->len - skip, &used);
    if (r < 0)
        return r;
    return skip + used == c->len ? photo_keep(x->p, c->at, whole_len(c))
                                 : put_shorter(x, c, skip + (uint32_t)used);
}

static int end_picture(struct png *x)
{
    bool whole = !x->stream.open || x->stream.ended;
    png_stream_close(&x->stream);
    return whole ? 0 : ERR_FORMAT;
}

static int begin_picture(struct png *x, uint32_t width, uint32_t height)
{
    int r = end_picture(x);
    return r < 0 ? r : png_stream_open(&x->stream, &x->header, width, height);
}

/* Frame control: width and height stand behind the sequence number. The one before IDAT is IDAT's.
 */
static int take_frame(struct png *x, const struct chunk *c)
{
    uint8_t sides[8];
    int r = media_read(x->s, data_at(c) + SEQUENCE_LEN, sides, sizeof sides);
    if (r == 0 && x->begun)
        r = begin_picture(x, big32(sides), big32(sides + 4));
    return r < 0 ? r : photo_keep(x->p, c->at, whole_len(c));
}

static int take_header(struct png *x, const struct chunk *c)
{
    uint8_t data[PNG_HEADER_LEN];
    int r = c->len == PNG_HEADER_LEN ? media_read(x->s, data_at(c), data, sizeof data) : ERR_FORMAT;
    if (r == 0)
        r = png_header_read(&x->header, data);
    return r < 0 ? r : photo_keep(x->p, c->at, whole_len(c));
}

static int take_palette(struct png *x, const struct chunk *c)
{
    if (x->has_palette || c->len > PALETTE_MAX || c->len % 3 != 0)
        return ERR_FORMAT;
    x->has_palette = true;
    return photo_keep(x->p, c->at, whole_len(c));
}

static int take_data(struct png *x, const struct chunk *c)
{
    int r = x->begun ? 0 : begin_picture(x, x->header.width, x->header.height);
    x->begun = true;
    return r < 0 ? r : take_picture(x, c, 0);
}

static int take_end(struct png *x, const struct chunk *c)
{
    int r = x->begun ? end_picture(x) : ERR_FORMAT;
    return r < 0 ? r : put_shorter(x, c, 0);
}

static bool must_be_good(const struct chunk *c)
{
    return is_type(c, "IHDR") || is_type(c, "PLTE") || is_type(c, "IDAT") || is_type(c, "fdAT");
}

/* By its type; what is none of these goes. */
static int take_chunk(struct png *x, const struct chunk *c)
{
    bool good = false;
    int r = is_type(c, "IEND") ? 0 : check(x->s, c, &good);
    if (r == 0 && !good && must_be_good(c))
        r = ERR_FORMAT;
    if (r < 0)
        return r;
    if (is_type(c, "IHDR"))
        return take_header(x, c);
    if (is_type(c, "PLTE"))
        return take_palette(x, c);
    if (is_type(c, "IDAT"))
        return take_data(x, c);
    if (is_type(c, "fdAT"))
        return take_picture(x, c, SEQUENCE_LEN);
    if (is_type(c, "IEND"))
        return take_end(x, c);
    if (!good || !is_told(x, c))
        return 0;
    return is_type(c, "fcTL") ? take_frame(x, c) : photo_keep(x->p, c->at, whole_len(c));
}

/* The orientation, in a chunk before the picture. */
static int put_orientation(struct photo_plan *p)
{
    static const uint8_t exif_type[TYPE_LEN] = {'e', 'X', 'I', 'f'};
    uint8_t chunk[HEAD_LEN + EXIF_TIFF_LEN + CRC_LEN];
    put_big32(chunk, EXIF_TIFF_LEN);
    memcpy(chunk + 4, exif_type, sizeof exif_type);
    exif_put(p->orientation, chunk + HEAD_LEN);
    put_big32(chunk + HEAD_LEN + EXIF_TIFF_LEN,
              (uint32_t)crc32(0, chunk + 4, TYPE_LEN + EXIF_TIFF_LEN));
    return photo_put(p, chunk, sizeof chunk);
}

/* The eXIf chunk may follow the picture, but what replaces it must not: so it is looked for first.
 */
static int find_orientation(const struct media_source *s, struct photo_plan *p)
{
    struct chunk c;
    int r = 0;
    for (uint64_t at = SIGNATURE_LEN; r == 0; at += whole_len(&c)) {
        r = read_chunk(s, at, &c);
        if (r == 0 && is_type(&c, "IEND"))
            return 0;
        if (r == 0 && is_type(&c, "eXIf"))
            r = exif_read(s, data_at(&c), c.len, &p->orientation);
    }
    return r;
}

static int take_all(struct png *x)
{
    struct chunk c;
    int r = 0;
    for (uint64_t at = SIGNATURE_LEN; r == 0; at += whole_len(&c)) {
        bool first = at == SIGNATURE_LEN;
        r = read_chunk(x->s, at, &c);
        if (r == 0 && first != is_type(&c, "IHDR"))
            r = ERR_FORMAT;
        if (r == 0)
            r = take_chunk(x, &c);
        if (r == 0 && first && x->p->orientation > 1)
            r = put_orientation(x->p);
        if (r == 0 && is_type(&c, "IEND"))
            return 0;
    }
    return r;
}

int photo_plan_png(const struct media_source *s, struct photo_plan *p, struct diag *d)
{
    struct png x = {.s = s, .p = p};
    (void)d;
    p->kind = PHOTO_PNG;
    int r = find_orientation(s, p);
    if (r == 0)
        r = photo_keep(p, 0, SIGNATURE_LEN);
    if (r == 0)
        r = take_all(&x);
    png_stream_close(&x.stream);
    return r;
}
