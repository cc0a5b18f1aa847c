/* What the readers of the formats share. */
#ifndef IRONSIDE_MEDIA_PHOTO_INTERNAL_H
#define IRONSIDE_MEDIA_PHOTO_INTERNAL_H

#include "media/photo.h"

#define EXIF_MAX 65536U   /* bytes of an EXIF block that are looked at */
#define EXIF_TIFF_LEN 26U /* of a TIFF block with the orientation alone */

/* Appends bytes of the source, or others. ERR_LIMIT. */
int photo_keep(struct photo_plan *p, uint64_t at, uint64_t len) MUST_USE;
int photo_put(struct photo_plan *p, const void *data, size_t len) MUST_USE;

/* The orientation that an EXIF block names (TIFF, without "Exif\0\0"); 1 when it names none. */
int exif_read(const struct media_source *s, uint64_t at, uint64_t len, unsigned *ret) MUST_USE;
/* A TIFF block of that one tag. */
void exif_put(unsigned orientation, uint8_t ret[static EXIF_TIFF_LEN]);

int photo_plan_jpeg(const struct media_source *s, struct photo_plan *p, struct diag *d) MUST_USE;
int photo_plan_png(const struct media_source *s, struct photo_plan *p, struct diag *d) MUST_USE;
int photo_plan_webp(const struct media_source *s, struct photo_plan *p, struct diag *d) MUST_USE;

#endif
