/* A compact range (RFC 9162 section 2.1.2's stack): the roots of the complete subtrees that a tree
 * of some size falls into, which is all that one needs to add leaves and know the root.
 */
#ifndef IRONSIDE_CRYPTO_MERKLE_RANGE_H
#define IRONSIDE_CRYPTO_MERKLE_RANGE_H

#include "crypto/merkle.h"

struct merkle_range {
    uint64_t size;                                /* leaves */
    uint8_t peaks[MERKLE_PATH_MAX][MERKLE_BYTES]; /* one per set bit of `size`, the largest first */
};

/* How many peaks there are. */
size_t merkle_range_peaks(const struct merkle_range *r);
void merkle_range_add(struct merkle_range *r, const uint8_t leaf[static MERKLE_BYTES]);
void merkle_range_root(const struct merkle_range *r, uint8_t ret[static MERKLE_BYTES]);

#endif
