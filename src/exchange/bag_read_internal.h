/* What reading a bag from a file, from a folder, and holding it to its manifests share. */
#ifndef IRONSIDE_EXCHANGE_BAG_READ_INTERNAL_H
#define IRONSIDE_EXCHANGE_BAG_READ_INTERNAL_H

#include "exchange/bag_read.h"

struct bag_seen; /* a member, by its path */
struct bag_reading {
    const struct bag_sink *sink;
    struct bag_seen *seen;
    struct bag_seen *now; /* the member under way */
    struct hash512 hash;
    struct buf *kept; /* where the bytes of the member under way are kept; NULL */
    struct buf declaration, manifest, tag_manifest;
    struct bag_summary summary;
    struct diag *d;
};

int bag_reading_begin(struct bag_reading *r, const char *path, uint64_t size) MUST_USE;
int bag_reading_data(struct bag_reading *r, const void *data, size_t len) MUST_USE;
int bag_reading_end(struct bag_reading *r) MUST_USE;

int bag_read_file(struct bag_reading *r, const char *path, const struct age_identity *identities,
                  size_t count) MUST_USE;
int bag_read_folder(struct bag_reading *r, const char *path) MUST_USE;

#endif
