/* Reading a bag, as one age file or as the folder that it was unpacked to: members come one after
 * the other and piece by piece, and at the end it is known whether they are just those that the
 * bag's manifests name. Nothing is written. What a sender could do to whoever reads, links, paths
 * out of the folder, names twice, other things than files, is refused.
 */
#ifndef IRONSIDE_EXCHANGE_BAG_READ_H
#define IRONSIDE_EXCHANGE_BAG_READ_H

#include "exchange/bag.h"

#define BAG_MEMBERS_MAX 2000000U

/* Each returns 0, or a code with its line, which ends the reading. Of a folder what others need
 * comes first: the network's note, documents, checkpoints, records, files, all else, tag files. */
struct bag_sink {
    int (*begin)(void *context, const char *path, uint64_t size, struct diag *d);
    int (*data)(void *context, const void *data, size_t len, struct diag *d);
    int (*end)(void *context, struct diag *d);
    void *context;
};
struct bag_summary {
    uint64_t members, bytes;
    uint8_t manifest[HASH512_BYTES]; /* of the payload's manifest */
};
/* `identities` open the file; a folder needs none. ERR_FORMAT, ERR_AUTH: not a bag, or not whole,
 * or with other bytes than its manifests say: the line names the member; ERR_NOT_FOUND: nothing
 * there, or the file is not for these identities; ERR_LIMIT; ERR_IO; or what the sink returned. */
int bag_read(const char *path, const struct age_identity *identities, size_t identity_count,
             const struct bag_sink *sink, struct bag_summary *ret, struct diag *d) MUST_USE;

#endif
