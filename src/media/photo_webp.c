/* WebP (RFC 9649): a RIFF container of chunks of type, length, data and a byte of padding. */
#include <string.h>

#include "media/photo_internal.h"
#include "media/webp_frame.h"

#define FILE_HEAD_LEN 12U
#define HEAD_LEN 8U
#define FLAG_ICC 0x20U
#define FLAG_EXIF 0x08U
#define FLAG_XMP 0x04U
#define VP8X_LEN 10U
#define VP8X_SIDES 4U /* where the sides stand in it */
#define ANIM_LEN 6U
#define FRAME_LEN 16U /* of an ANMF chunk's data before the frame's own chunks */
#define FRAME_SIDES 6U
#define SIDE_LEN 3U

struct chunk {
    uint8_t head[HEAD_LEN];
    uint64_t at, len; /* of its data */
    uint64_t whole;   /* with head and padding */
};

/* A picture: the file's, or an animation's frame. */
struct picture {
    const struct media_source *s;
    struct photo_plan *p;
    uint32_t width, height; /* 0: not told yet */
    bool alpha, colours;    /* it has had them */
};

static uint32_t little32(const uint8_t *b)
{
    return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static void put_little32(uint8_t *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        b[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t side(const uint8_t *b)
{
    return 1 + ((uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0]);
}

static bool is_type(const struct chunk *c, const char *type)
{
    return memcmp(c->head, type, 4) == 0;
}

static int read_chunk(const struct media_source *s, uint64_t at, uint64_t end, struct chunk *ret)
{
    if (end - at < HEAD_LEN)
        return ERR_FORMAT;
    int r = media_read(s, at, ret->head, HEAD_LEN);
    ret->at = at + HEAD_LEN;
    ret->len = r < 0 ? 0 : little32(ret->head + 4);
    ret->whole = HEAD_LEN + ret->len + (ret->len & 1U);
    return r < 0 ? r : ret->whole > end - at ? ERR_FORMAT : 0;
}

/* The first `used` bytes of it, under a head that says so. */
static int keep_chunk(struct photo_plan *p, const struct chunk *c, uint64_t used)
{
    uint8_t head[HEAD_LEN];
    if (used == c->len && (used & 1U) == 0)
        return photo_keep(p, c->at - HEAD_LEN, c->whole);
    memcpy(head, c->head, 4);
    put_little32(head + 4, (uint32_t)used);
    int r = photo_put(p, head, sizeof head);
    if (r == 0)
        r = photo_keep(p, c->at, used);
    return r < 0 || (used & 1U) == 0 ? r : photo_put(p, "", 1);
}

/* Each once; what else stands in a picture goes. */
static int take_picture(struct picture *x, const struct chunk *c)
{
    bool alpha = is_type(c, "ALPH"), lossy = is_type(c, "VP8 ");
    bool *had = alpha ? &x->alpha : &x->colours;
    uint64_t used = 0;
    if ((!alpha && !lossy && !is_type(c, "VP8L")) || *had || (alpha && x->colours))
        return 0;
    *had = true;
    int r = webp_frame_end(x->s, c->at, c->len,
                           alpha   ? WEBP_ALPHA
                           : lossy ? WEBP_LOSSY
                                   : WEBP_LOSSLESS,
                           x->width, x->height, &used);
    return r < 0 ? r : keep_chunk(x->p, c, used);
}

static int take_pictures(struct picture *x, uint64_t at, uint64_t end)
{
    struct chunk c;
    int r = 0;
    for (; r == 0 && at < end; at += c.whole) {
        r = read_chunk(x->s, at, end, &c);
        if (r == 0)
            r = take_picture(x, &c);
    }
    return r < 0 ? r : x->colours ? 0 : ERR_FORMAT;
}

static int append(struct photo_plan *p, const struct photo_plan *rest)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < rest->count; i++) {
        const struct photo_piece *x = &rest->pieces[i];
        r = x->literal ? photo_put(p, rest->literal + x->at, (size_t)x->len)
                       : photo_keep(p, x->at, x->len);
    }
    return r;
}

/* A frame of an animation is a container of its own. */
static int take_frame(const struct media_source *s, const struct chunk *c, struct photo_plan *p)
{
    struct photo_plan rest = {.orientation = 1};
    struct picture x = {.s = s, .p = &rest};
    uint8_t head[FRAME_LEN], frame[HEAD_LEN];
    int r = c->len < FRAME_LEN ? ERR_FORMAT : media_read(s, c->at, head, sizeof head);
    if (r < 0)
        return r;
    x.width = side(head + FRAME_SIDES);
    x.height = side(head + FRAME_SIDES + SIDE_LEN);
    r = take_pictures(&x, c->at + FRAME_LEN, c->at + c->len);
    if (r == 0 && rest.size == c->len - FRAME_LEN && rest.count == 1 && !rest.pieces[0].literal)
        return photo_keep(p, c->at - HEAD_LEN, c->whole);
    memcpy(frame, c->head, 4);
    put_little32(frame + 4, (uint32_t)(FRAME_LEN + rest.size));
    if (r == 0)
        r = photo_put(p, frame, sizeof frame);
    if (r == 0)
        r = photo_keep(p, c->at, FRAME_LEN);
    return r < 0 ? r : append(p, &rest);
}

static int take_header(struct picture *x, const struct chunk *c)
{
    uint8_t b[HEAD_LEN + VP8X_LEN];
    if (c->len != VP8X_LEN)
        return ERR_FORMAT;
    int r = media_read(x->s, c->at - HEAD_LEN, b, sizeof b);
    if (r < 0)
        return r;
    x->width = side(b + HEAD_LEN + VP8X_SIDES);
    x->height = side(b + HEAD_LEN + VP8X_SIDES + SIDE_LEN);
    b[HEAD_LEN] &= (uint8_t) ~(FLAG_ICC | FLAG_EXIF | FLAG_XMP);
    if (x->p->orientation > 1)
        b[HEAD_LEN] |= FLAG_EXIF;
    return photo_put(x->p, b, sizeof b);
}

static int take_all(const struct media_source *s, struct photo_plan *p, uint64_t end)
{
    struct picture x = {.s = s, .p = p};
    struct chunk c;
    bool frames = false;
    int r = 0;
    for (uint64_t at = FILE_HEAD_LEN; r == 0 && at < end; at += c.whole) {
        r = read_chunk(s, at, end, &c);
        if (r < 0)
            return r;
        frames |= is_type(&c, "ANMF");
        if (is_type(&c, "VP8X"))
            r = take_header(&x, &c);
        else if (is_type(&c, "ANIM"))
            r = c.len < ANIM_LEN ? ERR_FORMAT : keep_chunk(p, &c, ANIM_LEN);
        else if (is_type(&c, "ANMF"))
            r = take_frame(s, &c, p);
        else
            r = take_picture(&x, &c);
    }
    return r < 0 ? r : frames || x.colours ? 0 : ERR_FORMAT;
}

static int find_orientation(const struct media_source *s, struct photo_plan *p, uint64_t end)
{
    struct chunk c;
    int r = 0;
    for (uint64_t at = FILE_HEAD_LEN; r == 0 && at < end; at += c.whole) {
        r = read_chunk(s, at, end, &c);
        if (r == 0 && is_type(&c, "EXIF")) {
            uint8_t old[6] = {0}; /* some programs put JPEG's prefix before the block */
            bool prefix = c.len >= sizeof old && media_read(s, c.at, old, sizeof old) == 0 &&
                          memcmp(old, "Exif\0", sizeof old) == 0;
            unsigned skip = prefix ? sizeof old : 0;
            r = exif_read(s, c.at + skip, c.len - skip, &p->orientation);
        }
    }
    return r;
}

int photo_plan_webp(const struct media_source *s, struct photo_plan *p, struct diag *d)
{
    uint8_t head[FILE_HEAD_LEN];
    (void)d;
    p->kind = PHOTO_WEBP;
    int r = media_read(s, 0, head, sizeof head);
    uint64_t end = r < 0 ? 0 : HEAD_LEN + (uint64_t)little32(head + 4);
    if (r < 0 || end > s->size || end < FILE_HEAD_LEN)
        return r < 0 ? r : ERR_FORMAT;
    r = find_orientation(s, p, end);
    if (r == 0)
        r = photo_put(p, head, sizeof head);
    if (r == 0)
        r = take_all(s, p, end);
    if (r == 0 && p->orientation > 1) {
        uint8_t exif[HEAD_LEN + EXIF_TIFF_LEN] = "EXIF";
        put_little32(exif + 4, EXIF_TIFF_LEN);
        exif_put(p->orientation, exif + HEAD_LEN);
        r = photo_put(p, exif, sizeof exif);
    }
    if (r == 0)
        put_little32(p->literal + 4, (uint32_t)(p->size - 8)); /* head is the first of them */
    return r;
}
