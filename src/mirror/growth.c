#include "mirror/growth.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "journal/tree.h"

#define TILE_LEVEL 8U /* of the node that a whole tile of leaves makes */
#define NO_TILE UINT64_MAX

struct growth {
    struct journal *mine;
    uint64_t size; /* of mine, when it was opened */
    struct checkpoint to;
    growth_tile_fn *tile;
    void *context;
    uint64_t first, full; /* tiles of leaves: the first that is not all mine; whole ones */
    uint8_t (*nodes)[MERKLE_BYTES];               /* of the whole tiles from `first` on */
    uint8_t last[TREE_TILE_HASHES][MERKLE_BYTES]; /* the tile behind the whole ones */
    uint64_t held;                                /* the tile that was asked for last */
    uint8_t leaves[TREE_TILE_HASHES][MERKLE_BYTES];
};

/* A merkle_fetch: of mine what is mine, of the others what the tiles say. */
static int fetch_node(void *context, unsigned level, uint64_t index,
                      uint8_t ret[static MERKLE_BYTES])
{
    struct growth *g = context;
    uint8_t left[MERKLE_BYTES], right[MERKLE_BYTES];
    if ((index + 1) << level <= g->size)
        return journal_node(g->mine, level, index, ret);
    if (level == TILE_LEVEL || level == 0) {
        memcpy(ret, level == 0 ? g->last[index % TREE_TILE_HASHES] : g->nodes[index - g->first],
               MERKLE_BYTES);
        return 0;
    }
    int r = fetch_node(g, level - 1, 2 * index, left);
    if (r == 0)
        r = fetch_node(g, level - 1, 2 * index + 1, right);
    if (r == 0)
        merkle_node(left, right, ret);
    return r;
}

static int take_nodes(struct growth *g, struct diag *d)
{
    uint8_t tile[TREE_TILE_HASHES][MERKLE_BYTES];
    int r = 0;
    g->nodes = mem_array((size_t)(g->full - g->first) + 1, MERKLE_BYTES);
    for (uint64_t at = g->first; r == 0 && at < g->full;) {
        uint64_t number = at / TREE_TILE_HASHES, start = number * TREE_TILE_HASHES;
        uint64_t width = g->full - start < TREE_TILE_HASHES ? g->full - start : TREE_TILE_HASHES;
        r = g->tile(g->context, 1, number, (unsigned)width, tile, d);
        for (; r == 0 && at < start + width; at++)
            memcpy(g->nodes[at - g->first], tile[at - start], MERKLE_BYTES);
    }
    return r;
}

static int check_root(struct growth *g, struct diag *d)
{
    uint8_t root[MERKLE_BYTES];
    int r = merkle_root_of(fetch_node, g, g->to.size, root);
    if (r < 0)
        return diag_set(d, r, "the tree that is here cannot be read");
    return memcmp(root, g->to.root, MERKLE_BYTES) == 0
               ? 0
               : diag_set(d, ERR_AUTH,
                          "its tiles do not lead from the %" PRIu64
                          " leaves that are here to the %" PRIu64 " that its bot has signed",
                          g->size, g->to.size);
}

int growth_open(struct journal *mine, const struct checkpoint *to, growth_tile_fn *tile,
                void *context, struct growth **ret, struct diag *d)
{
    if (to->size > INT64_MAX || to->size - journal_size(mine) > GROWTH_LEAVES_MAX)
        return diag_set(d, ERR_LIMIT, "its tree has %" PRIu64 " leaves: too many at once",
                        to->size);
    CLEANUP(growth_free_cleanup) struct growth *g = mem_new(sizeof *g);
    *g = (struct growth){.mine = mine,
                         .size = journal_size(mine),
                         .to = *to,
                         .tile = tile,
                         .context = context,
                         .full = to->size / TREE_TILE_HASHES,
                         .held = NO_TILE};
    g->first = g->size / TREE_TILE_HASHES;
    unsigned rest = (unsigned)(to->size % TREE_TILE_HASHES);
    int r = take_nodes(g, d);
    if (r == 0 && rest > 0)
        r = tile(context, 0, g->full, rest, g->last, d);
    if (r == 0)
        r = check_root(g, d);
    if (r == 0)
        *ret = TAKE(g);
    return r;
}

void growth_free(struct growth *g)
{
    if (g == NULL)
        return;
    free(g->nodes);
    free(g);
}

/* Its node is proved; leaves that are here already must be in it, too. */
static int check_tile(struct growth *g, uint64_t number, struct diag *d)
{
    uint8_t node[MERKLE_BYTES], own[MERKLE_BYTES];
    merkle_root((const uint8_t(*)[MERKLE_BYTES])g->leaves, TREE_TILE_HASHES, node);
    bool fits = memcmp(node, g->nodes[number - g->first], MERKLE_BYTES) == 0;
    uint64_t start = number * TREE_TILE_HASHES;
    for (uint64_t i = start; fits && i < g->size; i++)
        fits = journal_leaf(g->mine, i, own) == 0 &&
               memcmp(own, g->leaves[i - start], MERKLE_BYTES) == 0;
    return fits ? 0
                : diag_set(d, ERR_AUTH,
                           "its tile %" PRIu64 " is not of the tree that its bot has signed, or "
                           "that tree does not continue the one that is here",
                           number);
}

int growth_leaf(struct growth *g, uint64_t index, uint8_t ret[static MERKLE_BYTES], struct diag *d)
{
    uint64_t number = index / TREE_TILE_HASHES;
    if (index < g->size || index >= g->to.size)
        return diag_set(d, ERR_NOT_FOUND, "leaf %" PRIu64 " is not among those that are new",
                        index);
    if (number == g->full) {
        memcpy(ret, g->last[index % TREE_TILE_HASHES], MERKLE_BYTES);
        return 0;
    }
    if (g->held != number) {
        g->held = NO_TILE;
        int r = g->tile(g->context, 0, number, TREE_TILE_HASHES, g->leaves, d);
        if (r == 0)
            r = check_tile(g, number, d);
        if (r < 0)
            return r;
        g->held = number;
    }
    memcpy(ret, g->leaves[index % TREE_TILE_HASHES], MERKLE_BYTES);
    return 0;
}
