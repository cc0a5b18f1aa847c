/* A round as a journal has it. */
#include <string.h>

#include "base/memory.h"
#include "journal/files.h"
#include "serve/round.h"

struct reading {
    struct journal *j;
    int64_t number;
    struct buf *to;
    struct arena arena;
    struct journal_round round;
    struct journal_batch batches[SERVE_BATCHES_MAX];
    struct journal_file *files;
    bool found;
    struct diag *d;
};

static void clear(struct reading *x)
{
    arena_clear(&x->arena);
    free(x->files);
}

static int take_leaves(struct reading *x, const struct journal_batch *b,
                       const uint8_t (**ret)[MERKLE_BYTES])
{
    uint8_t(*leaves)[MERKLE_BYTES] = arena_array(&x->arena, b->count, MERKLE_BYTES);
    for (uint32_t i = 0; leaves != NULL && i < b->count; i++)
        if (journal_leaf(x->j, b->first + i, leaves[i]) < 0)
            return diag_set(x->d, ERR_FORMAT, "round %lld: a leaf is missing",
                            (long long)x->number);
    *ret = (const uint8_t(*)[MERKLE_BYTES])leaves;
    return leaves == NULL
               ? diag_set(x->d, ERR_LIMIT, "round %lld: too many records", (long long)x->number)
               : 0;
}

static int take_batch(void *context, const struct journal_batch_row *row)
{
    struct reading *x = context;
    if (row->round != x->number)
        return 1;
    if (x->round.batch_count == SERVE_BATCHES_MAX)
        return diag_set(x->d, ERR_LIMIT, "round %lld: too many batches", (long long)x->number);
    struct journal_batch *b = &x->batches[x->round.batch_count++];
    *b = row->batch;
    x->round.policy = b->policy;
    b->warrant = arena_string(&x->arena, b->warrant);
    b->positions = arena_copy(&x->arena, b->positions, (size_t)b->count * VERDICT_POSITION_BYTES);
    b->sealed = arena_copy(&x->arena, b->sealed, b->sealed_len);
    if (b->warrant == NULL || b->positions == NULL || b->sealed == NULL)
        return diag_set(x->d, ERR_LIMIT, "round %lld: too large", (long long)x->number);
    return take_leaves(x, b, &b->leaves);
}

static int take_file(void *context, const struct journal_file_row *row)
{
    struct reading *x = context;
    x->files = mem_resize(x->files, x->round.file_count + 1, sizeof *x->files);
    x->files[x->round.file_count++] = row->file;
    return 0;
}

static int take_round(void *context, const struct journal_round_row *row)
{
    struct reading *x = context;
    int64_t first;
    if (row->number != x->number)
        return 1;
    x->found = true;
    x->round.at_unix_ms = row->at_unix_ms;
    x->round.lines = row->lines;
    x->round.line_count = row->line_count;
    memcpy(x->round.root, row->root, MERKLE_BYTES);
    memcpy(x->round.signature, row->signature, SIGN_BYTES);
    int r = journal_first_batch(x->j, x->number, &first);
    if (r == 0)
        r = journal_batches(x->j, first, take_batch, x, x->d);
    if (r >= 0 || r == ERR_NOT_FOUND)
        r = journal_files(x->j, x->number, take_file, x, x->d);
    x->round.batches = x->batches;
    x->round.files = x->files;
    if (r == 0 && (r = serve_round_put(x->to, x->number, &x->round)) < 0)
        diag_set(x->d, r, "round %lld: too large", (long long)x->number);
    return r < 0 ? r : 1;
}

int serve_round_read(struct journal *j, int64_t number, struct buf *b, struct diag *d)
{
    CLEANUP(clear)
    struct reading x = {
        .j = j, .number = number, .to = b, .arena = ARENA_INIT(SERVE_ROUND_MAX), .d = d};
    int r = journal_rounds(j, number, take_round, &x, d);
    if (r < 0)
        return r;
    return x.found ? 0 : ERR_NOT_FOUND;
}
