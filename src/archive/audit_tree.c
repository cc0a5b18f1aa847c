/* The tree's half of audit.h: tiles and checkpoints. */
#include <inttypes.h>
#include <string.h>

#include "archive/audit_internal.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "journal/tree.h"

/* The roots of the complete subtrees up to here, largest first. */
struct stack {
    uint8_t hash[64][MERKLE_BYTES];
    unsigned depth;
};

/* Adds leaf number `index`. Whatever subtree of 256^L leaves ends with it is compared with its
 * stored hash, so that inner tiles whose own roots are stored, too, are looked at. */
static int add_leaf(struct audit *a, struct stack *s, uint64_t index)
{
    uint8_t stored[MERKLE_BYTES];
    unsigned level = 0;
    int r = journal_leaf(a->j, index, s->hash[s->depth++]);
    for (uint64_t n = index; r == 0 && (n & 1) != 0; n >>= 1) {
        s->depth--;
        merkle_node(s->hash[s->depth - 1], s->hash[s->depth], s->hash[s->depth - 1]);
        if (++level % 8 == 0)
            r = journal_node(a->j, level, index >> level, stored);
        if (r == 0 && level % 8 == 0 && memcmp(stored, s->hash[s->depth - 1], MERKLE_BYTES) != 0)
            r = ERR_AUTH;
    }
    return r;
}

static void fold(const struct stack *s, uint8_t ret[static MERKLE_BYTES])
{
    if (s->depth == 0) {
        merkle_empty_root(ret);
        return;
    }
    memcpy(ret, s->hash[s->depth - 1], MERKLE_BYTES);
    for (unsigned i = s->depth - 1; i > 0; i--)
        merkle_node(s->hash[i - 1], ret, ret);
}

/* Tiles that a tree of this size has. */
static uint64_t tiles_of(uint64_t size)
{
    uint64_t count = 0;
    for (unsigned level = 0; level < TREE_LEVELS_MAX; level++) {
        uint64_t hashes = size >> (8 * level);
        count += hashes / TREE_TILE_HASHES + (hashes % TREE_TILE_HASHES != 0);
    }
    return count;
}

int audit_tiles(struct audit *a)
{
    uint64_t size = journal_size(a->j), tiles = 0;
    uint8_t root[MERKLE_BYTES], again[MERKLE_BYTES];
    CLEANUP_FREE struct stack *s = mem_new(sizeof *s);
    int r = 0;
    for (uint64_t i = 0; r == 0 && i < size; i++)
        r = add_leaf(a, s, i);
    fold(s, again);
    if (r < 0 || journal_root(a->j, size, root) < 0 || memcmp(root, again, MERKLE_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "the tree's tiles do not fit its leaves");
    if (size != a->next_leaf)
        return diag_set(a->d, ERR_AUTH,
                        "the tree has %" PRIu64 " leaves, its rounds account for %" PRIu64, size,
                        a->next_leaf);
    r = journal_count(a->j, JOURNAL_TILES, &tiles, a->d);
    if (r == 0 && tiles != tiles_of(size))
        r = diag_set(a->d, ERR_AUTH, "the tree has %" PRIu64 " tiles, its leaves fill %" PRIu64,
                     tiles, tiles_of(size));
    a->counts.leaves = size;
    return r;
}

/* ---- checkpoints ---- */

static int find_size(void *context, uint64_t size, const char *note)
{
    struct audit *a = context;
    (void)note;
    a->covered = size; /* they ascend */
    return 0;
}

int audit_find_covered(struct audit *a)
{
    return journal_checkpoints(a->j, 0, find_size, a, a->d);
}

static int check_checkpoint(void *context, uint64_t size, const char *text)
{
    struct audit *a = context;
    struct note view;
    struct checkpoint c;
    struct note_key key = {.name = journal_bot(a->j)};
    uint8_t root[MERKLE_BYTES];
    memcpy(key.key, a->o.bot_key, sizeof key.key);
    a->counts.checkpoints++;
    if (note_parse(text, strlen(text), CHECKPOINT_MAX_BYTES, &view) < 0 ||
        checkpoint_parse(view.text, view.text_len, key.name, &c) < 0 || c.size != size)
        return diag_set(a->d, ERR_FORMAT, "checkpoint %" PRIu64 ": malformed", size);
    if (note_verify(&view, &key) < 0)
        return diag_set(a->d, ERR_AUTH, "checkpoint %" PRIu64 ": not signed by the bot", size);
    if (journal_root(a->j, size, root) < 0 || memcmp(root, c.root, MERKLE_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "checkpoint %" PRIu64 ": its root is not the tree's", size);
    return 0;
}

/* The first round that the newest checkpoint does not cover, by its time. */
static int check_age(struct audit *a)
{
    char at[CALENDAR_INSTANT_LEN + 1];
    if (a->counts.uncovered == 0 || a->o.now_unix_ms == 0)
        return 0;
    const struct audit_time *first = &a->times[a->counts.rounds - a->counts.uncovered];
    if (a->o.now_unix_ms - first->at_unix_ms <= AUDIT_CHECKPOINT_MS)
        return 0;
    calendar_format(first->at_unix_ms, at);
    return diag_set(a->d, ERR_AUTH,
                    "round %lld of %s is under no checkpoint: the newest ends after leaf %" PRIu64
                    ", and a bot that runs signs one each minute; start the bot if it was killed",
                    (long long)first->round, at, a->covered);
}

int audit_checkpoints(struct audit *a)
{
    int r = journal_checkpoints(a->j, 0, check_checkpoint, a, a->d);
    return r == 0 ? check_age(a) : r;
}
