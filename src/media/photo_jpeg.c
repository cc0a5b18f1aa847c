/* JPEG (ITU T.81): segments of marker, length, data, and behind SOS the picture's own bytes. */
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "media/jpeg_scan.h"
#include "media/photo_internal.h"

#define MARK 0xffU
#define SOF0 0xc0U
#define DHT 0xc4U
#define JPG 0xc8U
#define DAC 0xccU
#define SOF15 0xcfU
#define RST0 0xd0U
#define SOI 0xd8U
#define EOI 0xd9U
#define SOS 0xdaU
#define DQT 0xdbU
#define DRI 0xddU
#define APP0 0xe0U
#define APP1 0xe1U
#define APP14 0xeeU
#define JFIF_LEN 16U /* the segment's length without thumbnail */
#define ADOBE_LEN 14U

#define TABLE_LEN 65U /* of a DQT segment: its number and 64 values of a byte */
#define WIDE_TABLE_LEN 129U

struct jpeg {
    const struct media_source *s;
    struct photo_plan *p;
    uint64_t at;
    struct jpeg_scan scan;
};

/* The next marker, over whatever stands before it: programs leave zeros between segments, and what
 * is no segment is not kept. ERR_NOT_FOUND: there is none any more. */
static int next_marker(struct jpeg *j, unsigned *ret)
{
    uint8_t b = 0, before = 0;
    while (j->at < j->s->size) {
        int r = media_read(j->s, j->at++, &b, 1);
        if (r < 0)
            return r;
        if (before == MARK && b >= SOF0 && b != MARK && (b < RST0 || b > SOI)) {
            *ret = b;
            return 0;
        }
        before = b;
    }
    return ERR_NOT_FOUND;
}

/* Version and density stay, the thumbnail goes. */
static int keep_jfif(struct jpeg *j, uint64_t data, size_t len)
{
    uint8_t b[4 + JFIF_LEN - 2] = {MARK, APP0, 0, JFIF_LEN};
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
    uint8_t b[4 + ADOBE_LEN - 2] = {MARK, APP14, 0, ADOBE_LEN};
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

static bool is_frame(unsigned marker)
{
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

static bool tables_are_whole(const uint8_t *data, size_t len)
{
    for (size_t n; len > 0; data += n, len -= n) {
        n = data[0] >> 4 == 0 ? TABLE_LEN : WIDE_TABLE_LEN;
        if (n > len)
            return false;
    }
    return true;
}

/* A segment of the picture: checked as far as it could hold something else. */
static int check_segment(struct jpeg *j, unsigned marker, const uint8_t *data, size_t len)
{
    if (is_frame(marker))
        return jpeg_scan_frame(&j->scan, marker, data, len);
    if (marker == DHT)
        return jpeg_scan_tables(&j->scan, data, len);
    if (marker == DRI)
        return jpeg_scan_restart(&j->scan, data, len);
    return marker != DQT || tables_are_whole(data, len) ? 0 : ERR_FORMAT;
}

static int keep_segment(struct jpeg *j, unsigned marker, uint64_t at, size_t len)
{
    CLEANUP_FREE uint8_t *data = mem_array(len + 1, 1);
    uint64_t end = at + len;
    int r = media_read(j->s, at, data, len);
    if (r == 0 && marker == SOS)
        r = jpeg_scan_end(&j->scan, data, len, j->s, at + len, &end);
    else if (r == 0)
        r = check_segment(j, marker, data, len);
    j->at = end;
    return r < 0 ? r : photo_keep(j->p, at - 4, end - (at - 4));
}

/* A segment whose marker ends at the place. */
static int take_segment(struct jpeg *j, unsigned marker)
{
    uint8_t b[2];
    int r = media_read(j->s, j->at, b, 2);
    if (r < 0)
        return r;
    uint64_t data = j->at + 2;
    size_t len = (size_t)b[0] << 8 | b[1];
    if (len < 2 || len - 2 > j->s->size - data)
        return ERR_FORMAT;
    len -= 2;
    j->at = data + len;
    if (is_frame(marker) || marker == DHT || marker == DQT || marker == DRI || marker == SOS)
        return keep_segment(j, marker, data, len);
    if (marker == APP0)
        return keep_jfif(j, data, len);
    if (marker == APP14)
        return keep_adobe(j, data, len);
    return marker == APP1 ? look_at_exif(j, data, len) : 0;
}

/* What follows a picture that is complete is not looked at; of others the end may be missing. */
static int take_all(struct jpeg *j)
{
    static const uint8_t end[] = {MARK, EOI};
    unsigned marker = 0;
    int r = 0;
    j->at = 2;
    while (r == 0 && !jpeg_scan_complete(&j->scan)) {
        r = next_marker(j, &marker);
        if (r == 0 && marker == EOI)
            r = ERR_NOT_FOUND;
        if (r == 0)
            r = take_segment(j, marker);
    }
    if (r == ERR_NOT_FOUND)
        r = jpeg_scan_begun(&j->scan) ? 0 : ERR_FORMAT;
    return r < 0 ? r : photo_put(j->p, end, sizeof end);
}

int photo_plan_jpeg(const struct media_source *s, struct photo_plan *p, struct diag *d)
{
    struct photo_plan rest = {.orientation = 1};
    struct jpeg j = {.s = s, .p = &rest};
    (void)d;
    int r = take_all(&j);
    jpeg_scan_clear(&j.scan);
    p->kind = PHOTO_JPEG;
    p->orientation = rest.orientation;
    if (r == 0)
        r = photo_keep(p, 0, 2);
    if (r == 0 && p->orientation > 1) {
        uint8_t exif[10 + EXIF_TIFF_LEN] = {MARK, APP1, 0, 8 + EXIF_TIFF_LEN, 'E', 'x', 'i', 'f'};
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
