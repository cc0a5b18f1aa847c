#include "exchange/tree.h"

#include <string.h>

int tree_add(struct tree *t, unsigned level, const uint8_t hash[static MERKLE_BYTES])
{
    if (level >= MERKLE_PATH_MAX - 1 || (t->size & ((UINT64_C(1) << level) - 1)) != 0 ||
        t->size + (UINT64_C(1) << level) > INT64_MAX)
        return ERR_FORMAT;
    struct tree_node new = {.level = level};
    memcpy(new.hash, hash, MERKLE_BYTES);
    t->size += UINT64_C(1) << level;
    for (; t->count > 0 && t->nodes[t->count - 1].level == new.level; new.level++)
        merkle_node(t->nodes[--t->count].hash, new.hash, new.hash);
    t->nodes[t->count++] = new;
    return 0;
}

void tree_root(const struct tree *t, uint8_t ret[static MERKLE_BYTES])
{
    if (t->count == 0) {
        merkle_empty_root(ret);
        return;
    }
    memcpy(ret, t->nodes[t->count - 1].hash, MERKLE_BYTES);
    for (size_t i = t->count - 1; i-- > 0;)
        merkle_node(t->nodes[i].hash, ret, ret);
}
