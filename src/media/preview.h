/* A small picture of a photo, to be sent inside the message: JPEG, upright, without metadata. */
#ifndef IRONSIDE_MEDIA_PREVIEW_H
#define IRONSIDE_MEDIA_PREVIEW_H

#include "base/buf.h"
#include "media/photo.h"

#define PREVIEW_BYTES_MAX 8192U
#define PREVIEW_SIDE 160U /* the longer one */
/* Pictures whose format wants all of it in memory (progressive JPEG, interlaced PNG) have a preview
 * up to this many of their pixels. */
#define PREVIEW_WHOLE_PIXELS_MAX (1024U * 1024)

/* Appends the JPEG. ERR_NOT_FOUND: none can be made of it (WebP, too large as a whole); ERR_FORMAT:
 * it does not decode. */
int preview_make(const struct photo_plan *p, const struct media_source *s,
                 struct buf *ret) MUST_USE;

#endif
