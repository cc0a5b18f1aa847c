/* The verdicts of a round, of which each record's is a path. */
#include <string.h>

#include "base/memory.h"
#include "exchange/pack_internal.h"

void pack_round_clear(struct pack_round *r)
{
    merkle_memory_free(r->tree);
    r->tree = NULL;
    r->number = 0;
}

static int take_round(void *context, const struct journal_round_row *row)
{
    struct pack_round *r = context;
    CLEANUP_BUF struct buf text = BUF_INIT(sizeof r->text - 1);
    uint8_t(*leaves)[MERKLE_BYTES] = mem_array(row->line_count, MERKLE_BYTES);
    for (uint32_t i = 0; i < row->line_count; i++)
        merkle_leaf(row->lines[i], VERDICT_LINE_BYTES, leaves[i]);
    r->tree = merkle_memory_new((const uint8_t(*)[MERKLE_BYTES])leaves, row->line_count);
    free(leaves);
    memcpy(r->lines, row->lines, row->line_count * sizeof *r->lines);
    verdict_round_leaf_text(&text, row->root, row->line_count);
    memcpy(r->text, buf_text(&text), text.len + 1);
    r->verdict = (struct verdict){.at_unix_ms = row->at_unix_ms, .count = row->line_count};
    memcpy(r->verdict.signature, row->signature, SIGN_BYTES);
    r->number = row->number;
    r->leaf = row->leaf;
    return 1; /* this one alone */
}

int pack_round_read(struct pack_round *r, struct journal *j, int64_t number, struct diag *d)
{
    pack_round_clear(r);
    int e = journal_rounds(j, number, take_round, r, d);
    if (e < 0)
        return e;
    return r->number == number ? 0
                               : diag_set(d, ERR_AUTH, "round %lld is missing", (long long)number);
}

int pack_round_verdict(const struct pack_round *r, uint32_t position, struct verdict *ret)
{
    *ret = r->verdict;
    if (position >= r->verdict.count || verdict_line_get(r->lines[position], &ret->line) < 0)
        return ERR_FORMAT;
    ret->index = position;
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    ret->path_count = merkle_memory_path(r->tree, position, path);
    memcpy(ret->path, path, ret->path_count * MERKLE_BYTES);
    return 0;
}
