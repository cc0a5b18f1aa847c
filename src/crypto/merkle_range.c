#include "crypto/merkle_range.h"

#include <string.h>

size_t merkle_range_peaks(const struct merkle_range *r)
{
    return (size_t)__builtin_popcountll(r->size);
}

void merkle_range_add(struct merkle_range *r, const uint8_t leaf[static MERKLE_BYTES])
{
    size_t count = merkle_range_peaks(r);
    uint8_t node[MERKLE_BYTES];
    memcpy(node, leaf, sizeof node);
    /* Each one at the end of the size is a subtree as large as the one that is being added. */
    for (uint64_t rest = r->size; rest % 2 == 1; rest /= 2)
        merkle_node(r->peaks[--count], node, node);
    memcpy(r->peaks[count], node, sizeof node);
    r->size++;
}

void merkle_range_root(const struct merkle_range *r, uint8_t ret[static MERKLE_BYTES])
{
    size_t count = merkle_range_peaks(r);
    if (count == 0) {
        merkle_empty_root(ret);
        return;
    }
    uint8_t root[MERKLE_BYTES];
    memcpy(root, r->peaks[--count], sizeof root);
    while (count > 0)
        merkle_node(r->peaks[--count], root, root);
    memcpy(ret, root, sizeof root);
}
