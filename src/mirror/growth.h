/* What a tree that grows elsewhere has more than the one that is here: each of its new leaves by
 * itself, proved to be of the tree that a signed checkpoint commits to, and that this tree
 * continues ours. Tiles come one by one, from whoever; what is held is a hash for each 256 leaves.
 */
#ifndef IRONSIDE_MIRROR_GROWTH_H
#define IRONSIDE_MIRROR_GROWTH_H

#include "crypto/checkpoint.h"
#include "journal/journal.h"

#define GROWTH_LEAVES_MAX (UINT64_C(1) << 30) /* at once */

/* Gives the first `width` hashes of a tile (journal/tree.h), as somebody says they are. */
typedef int growth_tile_fn(void *context, unsigned level, uint64_t number, unsigned width,
                           uint8_t (*ret)[MERKLE_BYTES], struct diag *d);

struct growth;

/* `mine` has fewer leaves than `to`, or as many. ERR_AUTH: what the tiles say does not lead from it
 * to the checkpoint; ERR_LIMIT; what `tile` returns. */
int growth_open(struct journal *mine, const struct checkpoint *to, growth_tile_fn *tile,
                void *context, struct growth **ret, struct diag *d) MUST_USE;
void growth_free(struct growth *g);
DEFINE_CLEANUP(struct growth, growth_free)
/* The leaf of that index, which is not among those that were here when it was opened.
 * ERR_NOT_FOUND: behind the checkpoint; ERR_AUTH: its tile is not of the tree; what `tile` returns.
 */
int growth_leaf(struct growth *g, uint64_t index, uint8_t ret[static MERKLE_BYTES],
                struct diag *d) MUST_USE;

#endif
