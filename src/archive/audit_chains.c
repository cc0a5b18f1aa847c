/* A round's lines, the chains that they make, and the rows that say where they stand. */
#include <inttypes.h>
#include <string.h>

#include "archive/audit_internal.h"
#include "base/memory.h"

static struct audit_chain *chain_of(struct audit *a, const uint8_t certificate[static HASH_BYTES])
{
    struct audit_chain *c;
    HASH_FIND(hh, a->chains, certificate, HASH_BYTES, c);
    if (c == NULL) {
        c = mem_new(sizeof *c);
        memcpy(c->certificate, certificate, HASH_BYTES);
        HASH_ADD(hh, a->chains, certificate, HASH_BYTES, c);
        a->counts.chains++;
    }
    return c;
}

/* The line continues its chain, and is found where the journal's table says. */
static int check_chain(struct audit *a, int64_t round, uint32_t position,
                       const struct verdict_line *l)
{
    struct audit_chain *c = chain_of(a, l->certificate);
    struct journal_place place;
    if (l->n != c->n + 1)
        return diag_set(a->d, ERR_AUTH, "round %lld: a chain goes from %" PRIu64 " to %" PRIu64,
                        (long long)round, c->n, l->n);
    c->n = l->n;
    memcpy(c->digest, l->digest, HASH_BYTES);
    if (journal_place(a->j, l->certificate, l->n, &place) < 0 || place.round != round ||
        place.position != position)
        return diag_set(a->d, ERR_AUTH, "round %lld: line %" PRIu32 " is not where its chain says",
                        (long long)round, position);
    return 0;
}

static int check_line(struct audit_round *w, const struct journal_round_row *row, uint32_t position)
{
    struct audit *a = w->a;
    struct verdict_line l;
    if (verdict_line_get(row->lines[position], &l) < 0)
        return diag_set(a->d, ERR_FORMAT, "round %lld: line %" PRIu32 " is malformed",
                        (long long)row->number, position);
    a->counts.lines++;
    audit_tally_line(a, &l);
    if (!verdict_line_consumes(&l)) {
        a->counts.conflicts++;
        return 0;
    }
    w->archived += l.state == VERDICT_ARCHIVED;
    a->counts.archived += l.state == VERDICT_ARCHIVED;
    a->counts.refused += l.state == VERDICT_REFUSED;
    return check_chain(a, row->number, position, &l);
}

int audit_lines(struct audit_round *w, const struct journal_round_row *row)
{
    uint32_t position;
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < row->line_count; i++)
        r = check_line(w, row, i);
    if (r == 0 && cover_lacks(&w->cover, &position))
        r = diag_set(w->a->d, ERR_AUTH,
                     "round %lld: line %" PRIu32 " says archived, and no batch has a record of it",
                     (long long)row->number, position);
    return r == 0 ? audit_all_covered(w) : r;
}

static int check_head(void *context, const struct journal_head *head)
{
    struct audit *a = context;
    struct audit_chain *c;
    HASH_FIND(hh, a->chains, head->certificate, HASH_BYTES, c);
    if (c == NULL || c->n != head->n || memcmp(c->digest, head->digest, HASH_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "a chain's head at %" PRIu64 " is not its last line's",
                        head->n);
    return 0;
}

/* No row is left over that the walk did not meet. */
int audit_rows(struct audit *a)
{
    const struct {
        enum journal_table table;
        const char *name;
        uint64_t met;
    } tables[] = {
        {JOURNAL_ROUNDS, "round", a->counts.rounds},
        {JOURNAL_BATCHES, "batch", a->counts.batches},
        {JOURNAL_CHAINS, "chain", a->counts.chains},
        {JOURNAL_LINES, "line", a->counts.lines - a->counts.conflicts},
    };
    int r = journal_heads(a->j, check_head, a, a->d);
    for (size_t i = 0; r == 0 && i < sizeof tables / sizeof tables[0]; i++) {
        uint64_t rows = 0;
        r = journal_count(a->j, tables[i].table, &rows, a->d);
        if (r == 0 && rows != tables[i].met)
            r = diag_set(a->d, ERR_AUTH,
                         "the table '%s' has %" PRIu64 " rows, the rounds account for %" PRIu64,
                         tables[i].name, rows, tables[i].met);
    }
    return r;
}

void audit_clear_chains(struct audit *a)
{
    struct audit_chain *c, *next;
    HASH_ITER (hh, a->chains, c, next) {
        HASH_DEL(a->chains, c);
        free(c);
    }
}
