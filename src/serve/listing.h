/* The list of a folder of public notes: "SHA256 NAME" in a line each, by name.
 */
#ifndef IRONSIDE_SERVE_LISTING_H
#define IRONSIDE_SERVE_LISTING_H

#include "base/buf.h"
#include "crypto/hash.h"
#include "serve/path.h"

#define SERVE_LISTED_MAX 10000U
#define SERVE_LISTING_BYTES_MAX (SERVE_LISTED_MAX * (2 * HASH_BYTES + SERVE_NAME_MAX + 2))

struct serve_listed {
    uint8_t sha256[HASH_BYTES]; /* of the file's bytes */
    char name[SERVE_NAME_MAX + 1];
};

/* Appends the folder's. Files of other names are left out. ERR_IO, ERR_LIMIT. */
int serve_listing_read(const char *folder, struct buf *b, struct diag *d) MUST_USE;
/* The caller's. ERR_FORMAT: no such list, or a name twice or out of order. */
int serve_listing_parse(const char *text, size_t len, struct serve_listed **ret,
                        size_t *ret_count) MUST_USE;

#endif
