#include "archive/audit.h"

#include <inttypes.h>
#include <string.h>
#include <uthash.h>

#include "base/memory.h"
#include "journal/files.h"

/* A chain as the lines tell it. */
struct chain {
    uint8_t certificate[HASH_BYTES];
    uint64_t n;
    uint8_t digest[HASH_BYTES];
    UT_hash_handle hh;
};

struct audit {
    struct journal *j;
    const uint8_t *bot_key;
    struct audit_counts counts;
    struct chain *chains;
    uint64_t next_leaf; /* that the rounds and batches have accounted for */
    int64_t next_batch;
    struct diag *d;
};

static int check_leaf(struct audit *a, uint64_t index, const struct buf *text, const char *what,
                      int64_t number)
{
    uint8_t leaf[MERKLE_BYTES], stored[MERKLE_BYTES];
    merkle_leaf(text->data, text->len, leaf);
    if (journal_leaf(a->j, index, stored) < 0 || memcmp(leaf, stored, MERKLE_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "%s %lld: leaf %" PRIu64 " of the tree is not its own",
                        what, (long long)number, index);
    return 0;
}

struct batch_walk {
    struct audit *a;
    int64_t round;
};

/* The batches of one round; stops with 1 at the first of the next. */
static int check_batch(void *context, const struct journal_batch_row *row)
{
    struct batch_walk *walk = context;
    struct audit *a = walk->a;
    uint8_t sha256[HASH_BYTES];
    if (row->round != walk->round)
        return 1;
    hash_sha256(row->batch.sealed, row->batch.sealed_len, sha256);
    if (memcmp(sha256, row->sha256, HASH_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "batch %lld: its bytes are not those that were committed",
                        (long long)row->number);
    if (row->batch.first != a->next_leaf || row->batch.count == 0 ||
        row->leaf != row->batch.first + row->batch.count)
        return diag_set(a->d, ERR_FORMAT, "batch %lld: its leaves do not follow the ones before",
                        (long long)row->number);
    CLEANUP_BUF struct buf text = BUF_INIT(512);
    journal_batch_leaf_text(&text, &row->batch);
    int r = check_leaf(a, row->leaf, &text, "batch", row->number);
    a->next_leaf = row->leaf + 1;
    a->next_batch = row->number + 1;
    a->counts.batches++;
    a->counts.records += row->batch.count;
    a->counts.sealed_bytes += row->batch.sealed_len;
    return r;
}

/* A file that this round named first: its leaf follows the batches'. */
static int check_file(void *context, const struct journal_file_row *row)
{
    struct batch_walk *walk = context;
    struct audit *a = walk->a;
    if (row->leaf != a->next_leaf)
        return diag_set(a->d, ERR_FORMAT,
                        "round %lld: a file's leaf does not follow the ones before",
                        (long long)row->round);
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    journal_file_leaf_text(&text, row->file.sha256, row->file.size);
    a->next_leaf++;
    a->counts.files++;
    return check_leaf(a, row->leaf, &text, "a file of round", row->round);
}

static int check_line(struct audit *a, int64_t round, const struct verdict_line *l)
{
    struct chain *c;
    a->counts.lines++;
    if (!verdict_line_consumes(l)) {
        a->counts.conflicts++;
        return 0;
    }
    a->counts.archived += l->state == VERDICT_ARCHIVED;
    a->counts.refused += l->state == VERDICT_REFUSED;
    HASH_FIND(hh, a->chains, l->certificate, HASH_BYTES, c);
    if (c == NULL) {
        c = mem_new(sizeof *c);
        memcpy(c->certificate, l->certificate, HASH_BYTES);
        HASH_ADD(hh, a->chains, certificate, HASH_BYTES, c);
        a->counts.chains++;
    }
    if (l->n != c->n + 1)
        return diag_set(a->d, ERR_AUTH, "round %lld: a chain goes from %" PRIu64 " to %" PRIu64,
                        (long long)round, c->n, l->n);
    c->n = l->n;
    memcpy(c->digest, l->digest, HASH_BYTES);
    return 0;
}

static int check_signature(struct audit *a, const struct journal_round_row *row)
{
    struct verdict_round round = {
        .bot = journal_bot(a->j), .count = row->line_count, .at_unix_ms = row->at_unix_ms};
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    uint8_t(*leaves)[MERKLE_BYTES] = mem_array(row->line_count, MERKLE_BYTES);
    for (uint32_t i = 0; i < row->line_count; i++)
        merkle_leaf(row->lines[i], VERDICT_LINE_BYTES, leaves[i]);
    merkle_root((const uint8_t(*)[MERKLE_BYTES])leaves, row->line_count, round.root);
    free(leaves);
    if (memcmp(round.root, row->root, MERKLE_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "round %lld: its root is not that of its lines",
                        (long long)row->number);
    verdict_round_put(&b, &round);
    if (sign_verify(a->bot_key, b.data, b.len, row->signature) < 0)
        return diag_set(a->d, ERR_AUTH, "round %lld: the bot's signature does not match",
                        (long long)row->number);
    return 0;
}

static int check_round(void *context, const struct journal_round_row *row)
{
    struct audit *a = context;
    struct batch_walk walk = {.a = a, .round = row->number};
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    int r = check_signature(a, row);
    if (r == 0)
        r = journal_batches(a->j, a->next_batch, check_batch, &walk, a->d);
    if (r >= 0)
        r = journal_files(a->j, row->number, check_file, &walk, a->d);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < row->line_count; i++) {
        struct verdict_line l;
        if (verdict_line_get(row->lines[i], &l) < 0)
            return diag_set(a->d, ERR_FORMAT, "round %lld: line %u is malformed",
                            (long long)row->number, i);
        r = check_line(a, row->number, &l);
        if (r < 0)
            return r;
    }
    if (row->leaf != a->next_leaf)
        return diag_set(a->d, ERR_FORMAT, "round %lld: its leaf does not follow the ones before",
                        (long long)row->number);
    verdict_round_leaf_text(&text, row->root, row->line_count);
    a->next_leaf = row->leaf + 1;
    a->counts.rounds++;
    return check_leaf(a, row->leaf, &text, "round", row->number);
}

/* Every stored inner tile must be what the leaves give: the root over all of them is computed
 * twice. */
static int check_tiles(struct audit *a)
{
    uint64_t size = journal_size(a->j);
    uint8_t root[MERKLE_BYTES], again[MERKLE_BYTES];
    struct merkle_stack {
        uint8_t hash[64][MERKLE_BYTES];
    } *stack = mem_new(sizeof *stack);
    unsigned depth = 0;
    int r = 0;
    for (uint64_t i = 0; r == 0 && i < size; i++) {
        r = journal_leaf(a->j, i, stack->hash[depth++]);
        for (uint64_t n = i; (n & 1) != 0; n >>= 1, depth--)
            merkle_node(stack->hash[depth - 2], stack->hash[depth - 1], stack->hash[depth - 2]);
    }
    if (r == 0 && size > 0) {
        memcpy(again, stack->hash[depth - 1], MERKLE_BYTES);
        for (unsigned i = depth - 1; i > 0; i--)
            merkle_node(stack->hash[i - 1], again, again);
    } else {
        merkle_empty_root(again);
    }
    free(stack);
    if (r < 0 || journal_root(a->j, size, root) < 0 || memcmp(root, again, MERKLE_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "the tree's tiles do not fit its leaves");
    if (size != a->next_leaf)
        return diag_set(a->d, ERR_AUTH,
                        "the tree has %" PRIu64 " leaves, its rounds account for %" PRIu64, size,
                        a->next_leaf);
    a->counts.leaves = size;
    return 0;
}

static int check_checkpoint(void *context, uint64_t size, const char *text)
{
    struct audit *a = context;
    struct note view;
    struct checkpoint c;
    struct note_key key = {.name = journal_bot(a->j)};
    uint8_t root[MERKLE_BYTES];
    memcpy(key.key, a->bot_key, sizeof key.key);
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

static int check_head(void *context, const struct journal_head *head)
{
    struct audit *a = context;
    struct chain *c;
    HASH_FIND(hh, a->chains, head->certificate, HASH_BYTES, c);
    if (c == NULL || c->n != head->n || memcmp(c->digest, head->digest, HASH_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "a chain's head at %" PRIu64 " is not its last line's",
                        head->n);
    return 0;
}

int audit_journal(struct journal *j, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                  struct audit_counts *ret, struct diag *d)
{
    struct audit a = {.j = j, .bot_key = bot_key, .d = d};
    if (memcmp(bot_key, journal_key(j), SIGN_PUBLIC_BYTES) != 0)
        return diag_set(d, ERR_AUTH, "the journal is of another bot key than the policy names");
    int r = journal_rounds(j, 0, check_round, &a, d);
    if (r == 0)
        r = check_tiles(&a);
    if (r == 0)
        r = journal_checkpoints(j, check_checkpoint, &a, d);
    if (r == 0)
        r = journal_heads(j, check_head, &a, d);
    struct chain *c, *next;
    HASH_ITER (hh, a.chains, c, next) {
        HASH_DEL(a.chains, c);
        free(c);
    }
    if (r == 0)
        *ret = a.counts;
    return r;
}
