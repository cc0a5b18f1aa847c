/* What the files of previews share: a picture that is made smaller row by row. */
#ifndef IRONSIDE_MEDIA_PREVIEW_INTERNAL_H
#define IRONSIDE_MEDIA_PREVIEW_INTERNAL_H

#include "media/preview.h"

#define PREVIEW_SOURCE_SIDE_MAX 30000U
#define PREVIEW_PIXEL 3U /* bytes: red, green, blue */

struct shrink {
    uint32_t from_width, from_height, width, height;
    uint32_t row;   /* of the source, next */
    uint64_t *sums; /* of the row under way: red, green, blue of each pixel */
    uint32_t *counts;
    uint8_t *pixels; /* width × height × 3 */
};

/* ERR_LIMIT: a side of 0 or over PREVIEW_SOURCE_SIDE_MAX. */
int shrink_init(struct shrink *x, uint32_t width, uint32_t height) MUST_USE;
/* The next row of the source: from_width × 3 bytes. Rows past the last are passed over. */
void shrink_row(struct shrink *x, const uint8_t *rgb);
void shrink_clear(struct shrink *x);
#define CLEANUP_SHRINK CLEANUP(shrink_clear)

int preview_read_jpeg(const struct media_source *s, struct shrink *ret) MUST_USE;
int preview_read_png(const struct media_source *s, struct shrink *ret) MUST_USE;
int preview_write(const struct shrink *x, struct buf *ret) MUST_USE;

#endif
