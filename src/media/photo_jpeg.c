/* JPEG (ITU T.81): segments of marker, length, data, and behind SOS the picture's own bytes. */
#include <string.h>

#include "media/photo_internal.h"

#define SOI 0xd8
#define EOI 0xd9
#define SOS 0xda
#define APP0 0xe0
#define APP1 0xe1
#define APP14 0xee
#define JFIF_LEN 16U /* the segment's length without thumbnail */
#define ADOBE_LEN 14U

struct jpeg {
    const struct media_source *s;
    struct photo_plan *p;
    uint64_t at;
};

static bool is_picture(unsigned marker)
{
    return (marker >= 0xc0 && marker <= 0xcf && marker != 0xc8) ||
           (marker >= 0xda && marker <= 0xdd); /* SOS, DQT, DNL, DRI */
}

/* The marker at the place, over the fill bytes that may stand before it. */
static int next_marker(struct jpeg *j, unsigned *ret)
{
    uint8_t b = 0;
    int r = media_read(j->s, j->at++, &b, 1);
    if (r == 0 && b != 0xff)
        r = ERR_FORMAT;
    while (r == 0 && b == 0xff)
        r = media_read(j->s, j->at++, &b, 1);
    *ret = b;
    return r;
}

/* From the place on to the next marker that is no restart. */
static int skip_scan(struct jpeg *j)
{
    uint8_t chunk[4096];
    bool escape = false;
    while (j->at < j->s->size) {
        uint64_t left = j->s->size - j->at;
        size_t n = left < sizeof chunk ? (size_t)left : sizeof chunk;
        int r = media_read(j->s, j->at, chunk, n);
        if (r < 0)
            return r;
        for (size_t i = 0; i < n; i++) {
            uint8_t b = chunk[i];
            if (escape && b != 0 && b != 0xff && (b < 0xd0 || b > 0xd7)) {
                j->at += i - 1U; /* wraps back to the byte before the chunk when i is 0 */
                return 0;
            }
            escape = b == 0xff;
        }
        j->at += n;
    }
    return ERR_FORMAT;
}

/* Version and density stay, the thumbnail goes. */
static int keep_jfif(struct jpeg *j, uint64_t data, size_t len)
{
    uint8_t b[4 + JFIF_LEN - 2] = {0xff, APP0, 0, JFIF_LEN};
    if (len < JFIF_LEN - 2)
        return 0;
    int r = media_read(j->s, data, b + 4, JFIF_LEN - 2);
    if (r < 0 || memcmp(b + 4, "JFIF", 5) != 0)
        return r;
    b[16] = b[17] = 0;
    return photo_put(j->p, b, sizeof b);
}

/* How the colours are turned: without it pictures of some programs come out inverted. */
static int keep_adobe(struct jpeg *j, uint64_t data, size_t len)
{
    uint8_t b[4 + ADOBE_LEN - 2] = {0xff, APP14, 0, ADOBE_LEN};
    if (len < ADOBE_LEN - 2)
        return 0;
    int r = media_read(j->s, data, b + 4, ADOBE_LEN - 2);
    return r < 0 || memcmp(b + 4, "Adobe", 5) != 0 ? r : photo_put(j->p, b, sizeof b);
}

static int look_at_exif(struct jpeg *j, uint64_t data, size_t len)
{
    uint8_t head[6];
    if (len < sizeof head)
        return 0;
    int r = media_read(j->s, data, head, sizeof head);
    if (r < 0 || memcmp(head, "Exif\0", sizeof head) != 0)
        return r;
    return exif_read(j->s, data + sizeof head, len - sizeof head, &j->p->orientation);
}

/* A segment whose marker ends at the place. */
static int take_segment(struct jpeg *j, unsigned marker)
{
    uint8_t b[2];
    int r = media_read(j->s, j->at, b, 2);
    if (r < 0)
        return r;
    uint64_t start = j->at - 2, data = j->at + 2;
    size_t len = (size_t)b[0] << 8 | b[1];
    if (len < 2 || len - 2 > j->s->size - data)
        return ERR_FORMAT;
    j->at = data + len - 2;
    if (is_picture(marker))
        r = photo_keep(j->p, start, len + 2);
    else if (marker == APP0)
        r = keep_jfif(j, data, len - 2);
    else if (marker == APP14)
        r = keep_adobe(j, data, len - 2);
    else if (marker == APP1)
        r = look_at_exif(j, data, len - 2);
    if (r < 0 || marker != SOS)
        return r;
    uint64_t scan = j->at;
    r = skip_scan(j);
    return r < 0 ? r : photo_keep(j->p, scan, j->at - scan);
}

static int take_all(struct jpeg *j)
{
    unsigned marker = 0;
    int r = 0;
    j->at = 2;
    while (r == 0) {
        r = next_marker(j, &marker);
        if (r == 0 && marker == EOI)
            return photo_keep(j->p, j->at - 2, 2);
        if (r == 0 && (marker < 0xc0 || (marker >= 0xd0 && marker <= SOI)))
            r = ERR_FORMAT; /* none that stands between segments */
        if (r == 0)
            r = take_segment(j, marker);
    }
    return r;
}

int photo_plan_jpeg(const struct media_source *s, struct photo_plan *p, struct diag *d)
{
    struct photo_plan rest = {.orientation = 1};
    struct jpeg j = {.s = s, .p = &rest};
    (void)d;
    int r = take_all(&j);
    p->kind = PHOTO_JPEG;
    p->orientation = rest.orientation;
    if (r == 0)
        r = photo_keep(p, 0, 2);
    if (r == 0 && p->orientation > 1) {
        uint8_t exif[10 + EXIF_TIFF_LEN] = {0xff, APP1, 0, 8 + EXIF_TIFF_LEN, 'E', 'x', 'i', 'f'};
        exif_put(p->orientation, exif + 10);
        r = photo_put(p, exif, sizeof exif);
    }
    for (size_t i = 0; r == 0 && i < rest.count; i++) {
        const struct photo_piece *x = &rest.pieces[i];
        r = x->literal ? photo_put(p, rest.literal + x->at, (size_t)x->len)
                       : photo_keep(p, x->at, x->len);
    }
    return r;
}
