/* A photo, decoded: JPEG, PNG, WebP, GIF by leptonica. All of it is in memory, so it is bounded by
 * what its head says before anything is decoded. */
#ifndef IRONSIDE_WORKER_PICTURE_H
#define IRONSIDE_WORKER_PICTURE_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "worker/job.h"

struct Pix;

struct picture {
    struct Pix *pix;        /* upright, 32 bits, may be smaller than the photo */
    uint32_t width, height; /* of the upright photo */
};

/* WORKER_DONE, WORKER_UNKNOWN, WORKER_LARGE, WORKER_UNREADABLE. A JPEG that breaks off is shown as
 * far as it goes. */
enum worker_outcome picture_read(const uint8_t *data, size_t len, struct picture *ret);
void picture_clear(struct picture *p);
#define CLEANUP_PICTURE CLEANUP(picture_clear)

/* Appends a JPEG whose longer side is at most PICTURE_THUMBNAIL_SIDE, without metadata. ERR_LIMIT:
 * it is over WORKER_THUMBNAIL_MAX. */
#define PICTURE_THUMBNAIL_SIDE 320U
int picture_thumbnail(const struct picture *p, struct buf *ret) MUST_USE;
uint64_t picture_likeness(const struct picture *p);

#endif
