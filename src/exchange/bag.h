/* A bag (BagIt, RFC 8493) that is written once, member by member, into one age file: a tar archive
 * with one folder of the bag's name. Nothing readable is written anywhere, and no member but those
 * that are handed over whole is in memory.
 */
#ifndef IRONSIDE_EXCHANGE_BAG_H
#define IRONSIDE_EXCHANGE_BAG_H

#include "crypto/age.h"
#include "crypto/hash512.h"

#define BAG_MANIFEST "manifest-sha512.txt"
#define BAG_TAG_MANIFEST "tagmanifest-sha512.txt"
#define BAG_DECLARATION "bagit.txt"
#define BAG_INFO "bag-info.txt"
#define BAG_PAYLOAD "data/"
#define BAG_PATH_MAX 400U             /* bytes of a member's path within the bag */
#define BAG_MANIFEST_MAX (256U << 20) /* bytes: some million members */

struct bag;
struct bag_options {
    const char *path; /* the file; it is there once the bag is whole */
    const char *name; /* of its folder */
    const struct age_recipient *recipients;
    size_t recipient_count;
    int64_t at_unix_ms; /* members' time */
};
/* ERR_EXISTS: `path` is there; ERR_IO; ERR_LIMIT, ERR_KEY: of the recipients. */
int bag_new(const struct bag_options *o, struct bag **ret, struct diag *d) MUST_USE;
/* Drops what is not whole. */
void bag_free(struct bag *b);
DEFINE_CLEANUP(struct bag, bag_free)

/* A member below data/ is payload, any other a tag file. ERR_FORMAT: not a path that a bag may have
 * (bag_path_valid); ERR_IO; after a failure only bag_free may follow. */
int bag_put(struct bag *b, const char *path, const void *data, size_t len, struct diag *d) MUST_USE;
/* The same in pieces, `size` bytes in all. */
int bag_begin(struct bag *b, const char *path, uint64_t size, struct diag *d) MUST_USE;
int bag_add(struct bag *b, const void *data, size_t len, struct diag *d) MUST_USE;
int bag_end(struct bag *b, struct diag *d) MUST_USE;

/* No more payload comes: writes bag-info.txt and the payload's manifest, and gives the hash of
 * that.
 */
int bag_close_payload(struct bag *b, uint8_t ret_manifest[static HASH512_BYTES],
                      struct diag *d) MUST_USE;
/* Writes the manifest of tag files; the file then stands at its path, whatever happens. */
int bag_finish(struct bag *b, struct diag *d) MUST_USE;

/* Parts by '/', each of ASCII letters, digits and "-_.@+", none of them beginning with '.'. */
bool bag_path_valid(const char *path);
bool bag_is_payload(const char *path);

#endif
