/* A tree's root from complete subtrees in their order, leaves among them, with no more in memory
 * than the subtrees that are not joined yet.
 */
#ifndef IRONSIDE_EXCHANGE_TREE_H
#define IRONSIDE_EXCHANGE_TREE_H

#include "crypto/merkle.h"

struct tree {
    uint64_t size; /* leaves so far */
    size_t count;
    struct tree_node {
        unsigned level;
        uint8_t hash[MERKLE_BYTES];
    } nodes[MERKLE_PATH_MAX];
};

/* The next 2^level leaves. ERR_FORMAT: they do not begin at a multiple of 2^level, or the tree
 * would be too large. */
int tree_add(struct tree *t, unsigned level, const uint8_t hash[static MERKLE_BYTES]) MUST_USE;
void tree_root(const struct tree *t, uint8_t ret[static MERKLE_BYTES]);

#endif
