/* Where the picture in a WebP chunk ends (RFC 9649, RFC 6386): the chunk has a length, the
 * picture's own coding has none. libwebp decodes it piece by piece, and says with which byte it is
 * whole. */
#ifndef IRONSIDE_MEDIA_WEBP_FRAME_H
#define IRONSIDE_MEDIA_WEBP_FRAME_H

#include "media/source.h"

#define WEBP_PIXELS_MAX (64U * 1024 * 1024) /* libwebp holds 4 bytes of each for lossless ones */

enum webp_coding { WEBP_LOSSY, WEBP_LOSSLESS, WEBP_ALPHA };

/* The data of a "VP8 ", "VP8L" or "ALPH" chunk; an ALPH chunk's sides are those of its frame, of
 * the others 0. `*ret_used`: how many of the bytes are the picture's. ERR_FORMAT: it is not whole;
 * ERR_LIMIT; ERR_IO. */
int webp_frame_end(const struct media_source *s, uint64_t at, uint64_t len, enum webp_coding coding,
                   uint32_t width, uint32_t height, uint64_t *ret_used) MUST_USE;

#endif
