#include "media/photo.h"

#include <libexif/exif-data.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "media/photo_internal.h"

const char *photo_type(enum photo_kind kind)
{
    switch (kind) {
    case PHOTO_JPEG:
        return "image/jpeg";
    case PHOTO_PNG:
        return "image/png";
    case PHOTO_WEBP:
        return "image/webp";
    }
    return "";
}

static int add(struct photo_plan *p, uint64_t at, uint64_t len, bool literal)
{
    struct photo_piece *last = p->count > 0 ? &p->pieces[p->count - 1] : NULL;
    if (len == 0)
        return 0;
    p->size += len;
    if (last != NULL && last->literal == literal && last->at + last->len == at) {
        last->len += len;
        return 0;
    }
    if (p->count == PHOTO_PIECES_MAX)
        return ERR_LIMIT;
    p->pieces[p->count++] = (struct photo_piece){.at = at, .len = len, .literal = literal};
    return 0;
}

int photo_keep(struct photo_plan *p, uint64_t at, uint64_t len)
{
    return add(p, at, len, false);
}

int photo_put(struct photo_plan *p, const void *data, size_t len)
{
    if (len > sizeof p->literal - p->literal_len)
        return ERR_LIMIT;
    size_t at = p->literal_len;
    memcpy(p->literal + at, data, len);
    p->literal_len += len;
    return add(p, at, len, true);
}

int exif_read(const struct media_source *s, uint64_t at, uint64_t len, unsigned *ret)
{
    static const uint8_t head[6] = "Exif\0";
    if (len > EXIF_MAX)
        return 0; /* the tag stands at the beginning of blocks that are in order */
    CLEANUP_FREE uint8_t *bytes = mem_array((size_t)len + sizeof head, 1);
    memcpy(bytes, head, sizeof head);
    int r = media_read(s, at, bytes + sizeof head, (size_t)len);
    if (r < 0)
        return r;
    ExifData *data = exif_data_new();
    if (data == NULL)
        return ERR_IO;
    /* As it stands: what libexif would mend is not wanted. */
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(data, bytes, (unsigned)(len + sizeof head));
    const ExifEntry *e = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (e != NULL && e->format == EXIF_FORMAT_SHORT && e->components == 1 && e->size >= 2) {
        unsigned value = exif_get_short(e->data, exif_data_get_byte_order(data));
        if (value >= 1 && value <= 8)
            *ret = value;
    }
    exif_data_unref(data);
    return 0;
}

void exif_put(unsigned orientation, uint8_t ret[static EXIF_TIFF_LEN])
{
    static const uint8_t tiff[EXIF_TIFF_LEN] = {
        'I',  'I', 42, 0, 8, 0, 0, 0, /* little-endian; the directory follows */
        1,    0,                      /* of one entry: */
        0x12, 1,   3,  0, 1, 0, 0, 0, /* orientation, a 16-bit number, one of them */
    };                                /* its value; no further directory */
    memcpy(ret, tiff, sizeof tiff);
    ret[18] = (uint8_t)orientation;
}

int photo_plan(const struct media_source *s, struct photo_plan *ret, struct diag *d)
{
    uint8_t head[12] = {0};
    *ret = (struct photo_plan){.orientation = 1};
    int r = media_read(s, 0, head, s->size < sizeof head ? (size_t)s->size : sizeof head);
    if (r < 0)
        return diag_set(d, r, "it cannot be read");
    if (head[0] == 0xff && head[1] == 0xd8)
        r = photo_plan_jpeg(s, ret, d);
    else if (memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0)
        r = photo_plan_png(s, ret, d);
    else if (memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0)
        r = photo_plan_webp(s, ret, d);
    else
        return diag_set(d, ERR_NOT_FOUND, "neither JPEG, PNG nor WebP");
    if (r == ERR_LIMIT)
        diag_set(d, r, "a photo that is too large, of too many parts, or coded in a rare way");
    else if (r == ERR_FORMAT)
        diag_set(d, r, "a damaged photo");
    return r;
}

const char *photo_uncleaned(const struct media_source *s)
{
    static const struct {
        uint8_t at, len;
        const char *magic, *name;
    } rows[] = {
        {0, 4, "II*\0", "TIFF"},       {0, 4, "MM\0*", "TIFF"},
        {0, 4, "GIF8", "GIF"},         {0, 4, "%PDF", "PDF"},
        {4, 7, "ftyphei", "HEIC"},     {4, 7, "ftyphev", "HEIC"},
        {4, 7, "ftypmif", "HEIC"},     {4, 7, "ftypmsf", "HEIC"},
        {4, 7, "ftypavi", "AVIF"},     {4, 7, "ftypcrx", "CR3"},
        {4, 4, "ftyp", "MP4"},         {0, 4, "\x1a\x45\xdf\xa3", "Matroska"},
        {0, 2, "\xff\x0a", "JPEG XL"}, {4, 4, "JXL ", "JPEG XL"},
        {4, 4, "jP  ", "JPEG 2000"},
    };
    uint8_t head[16] = {0};
    if (media_read(s, 0, head, s->size < sizeof head ? (size_t)s->size : sizeof head) < 0)
        return NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (memcmp(head + rows[i].at, rows[i].magic, rows[i].len) == 0)
            return rows[i].name;
    return NULL;
}

int photo_read(const struct photo_plan *p, const struct media_source *s, uint64_t offset, void *ret,
               size_t len)
{
    uint8_t *to = ret;
    if (offset > p->size || len > p->size - offset)
        return ERR_FORMAT;
    for (size_t i = 0; i < p->count && len > 0; i++) {
        const struct photo_piece *x = &p->pieces[i];
        if (offset >= x->len) {
            offset -= x->len;
            continue;
        }
        size_t n = len < x->len - offset ? len : (size_t)(x->len - offset);
        int r = 0;
        if (x->literal)
            memcpy(to, p->literal + x->at + offset, n);
        else
            r = media_read(s, x->at + offset, to, n);
        if (r < 0)
            return r;
        to += n;
        len -= n;
        offset = 0;
    }
    return 0;
}

static int read_view(void *context, uint64_t offset, void *ret, size_t len)
{
    const struct photo_view *v = context;
    return photo_read(v->plan, v->source, offset, ret, len);
}

struct media_source photo_source(struct photo_view *v)
{
    return (struct media_source){.context = v, .size = v->plan->size, .read = read_view};
}
