/* Rounds with their batches, files and lines, in the order of their leaves. */
#include "archive/audit.h"

#include <inttypes.h>
#include <string.h>

#include "archive/audit_internal.h"
#include "base/calendar.h"
#include "base/memory.h"
#include "journal/cover.h"
#include "journal/files.h"

int audit_leaf(struct audit *a, uint64_t index, const struct buf *text, const char *what,
               int64_t number)
{
    uint8_t leaf[MERKLE_BYTES], stored[MERKLE_BYTES];
    merkle_leaf(text->data, text->len, leaf);
    if (journal_leaf(a->j, index, stored) < 0 || memcmp(leaf, stored, MERKLE_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "%s %lld: leaf %" PRIu64 " of the tree is not its own",
                        what, (long long)number, index);
    return 0;
}

struct walk { /* over one round */
    struct audit *a;
    int64_t round;
    struct cover cover;
};

/* ---- batches ---- */

static int check_bytes(struct audit *a, const struct journal_batch_row *row)
{
    uint8_t sha256[HASH_BYTES];
    CLEANUP_BUF struct buf text = BUF_INIT(512);
    hash_sha256(row->batch.sealed, row->batch.sealed_len, sha256);
    if (memcmp(sha256, row->sha256, HASH_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "batch %lld: its bytes are not those that were committed",
                        (long long)row->number);
    if (row->number != a->next_batch || row->batch.first != a->next_leaf ||
        row->leaf != row->batch.first + row->batch.count)
        return diag_set(a->d, ERR_FORMAT, "batch %lld: its leaves do not follow the ones before",
                        (long long)row->number);
    journal_batch_leaf_text(&text, &row->batch);
    return audit_leaf(a, row->leaf, &text, "batch", row->number);
}

/* Under a warrant that nobody has signed a record lies where no agency looks for it. */
static int check_warrant(struct audit *a, const struct journal_batch_row *row)
{
    const struct journal_batch *b = &row->batch;
    if (a->o.library == NULL)
        return 0;
    const struct policy_set *set = library_policy(a->o.library, b->policy);
    if (set == NULL)
        return diag_set(a->d, ERR_AUTH, "batch %lld: policy %" PRIu32 " is not in the documents",
                        (long long)row->number, b->policy);
    for (size_t i = 0; i < set->policy->warrant_count; i++)
        if (strcmp(set->policy->warrants[i].id, b->warrant) == 0 &&
            (set->warrants[i] == NULL || strcmp(set->warrants[i]->bot, a->o.bot) == 0))
            return 0;
    return diag_set(a->d, ERR_AUTH, "batch %lld: policy %" PRIu32 " has no warrant %s for this bot",
                    (long long)row->number, b->policy, b->warrant);
}

static int check_positions(struct walk *w, const struct journal_batch_row *row)
{
    static const char *const wrong[] = {
        [COVER_WARRANT] = "its warrant does not follow that of the round's batch before",
        [COVER_ORDER] = "does not follow the one before",
        [COVER_LINE] = "is of no archived line",
    };
    uint32_t record;
    enum cover_fault fault = cover_add(&w->cover, &row->batch, &record);
    if (fault == COVER_NONE)
        return 0;
    if (fault == COVER_WARRANT)
        return diag_set(w->a->d, ERR_AUTH, "batch %lld: %s", (long long)row->number, wrong[fault]);
    return diag_set(w->a->d, ERR_AUTH, "batch %lld: record %" PRIu32 " %s", (long long)row->number,
                    record, wrong[fault]);
}

/* The batches of one round; stops with 1 at the first of the next. */
static int check_batch(void *context, const struct journal_batch_row *row)
{
    struct walk *w = context;
    struct audit *a = w->a;
    if (row->round != w->round)
        return 1;
    int r = check_bytes(a, row);
    if (r == 0)
        r = check_positions(w, row);
    if (r == 0)
        r = check_warrant(a, row);
    if (r == 0)
        r = audit_tally_batch(a, row);
    a->next_leaf = row->leaf + 1;
    a->next_batch = row->number + 1;
    a->policy = row->batch.policy > a->policy ? row->batch.policy : a->policy;
    a->counts.batches++;
    a->counts.records += row->batch.count;
    a->counts.sealed_bytes += row->batch.sealed_len;
    return r;
}

/* ---- files and lines ---- */

/* A file that this round named first: its leaf follows the batches'. */
static int check_file(void *context, const struct journal_file_row *row)
{
    struct walk *walk = context;
    struct audit *a = walk->a;
    if (row->leaf != a->next_leaf)
        return diag_set(a->d, ERR_FORMAT,
                        "round %lld: a file's leaf does not follow the ones before",
                        (long long)row->round);
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    journal_file_leaf_text(&text, row->file.sha256, row->file.size);
    a->next_leaf++;
    a->counts.files++;
    return audit_leaf(a, row->leaf, &text, "a file of round", row->round);
}

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

static int check_line(struct walk *w, const struct journal_round_row *row, uint32_t position)
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
    a->counts.archived += l.state == VERDICT_ARCHIVED;
    a->counts.refused += l.state == VERDICT_REFUSED;
    return check_chain(a, row->number, position, &l);
}

static int check_lines(struct walk *w, const struct journal_round_row *row)
{
    uint32_t position;
    int r = 0;
    for (uint32_t i = 0; r == 0 && i < row->line_count; i++)
        r = check_line(w, row, i);
    if (r == 0 && cover_lacks(&w->cover, &position))
        r = diag_set(w->a->d, ERR_AUTH,
                     "round %lld: line %" PRIu32 " says archived, and no batch has a record of it",
                     (long long)row->number, position);
    return r;
}

/* ---- rounds ---- */

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
    if (sign_verify(a->o.bot_key, b.data, b.len, row->signature) < 0)
        return diag_set(a->d, ERR_AUTH, "round %lld: the bot's signature does not match",
                        (long long)row->number);
    return 0;
}

static int end_round(struct audit *a, const struct journal_round_row *row)
{
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    uint64_t count = a->counts.rounds++;
    if (row->number != (int64_t)count + 1 || row->leaf != a->next_leaf)
        return diag_set(a->d, ERR_FORMAT, "round %lld: its leaf does not follow the ones before",
                        (long long)row->number);
    verdict_round_leaf_text(&text, row->root, row->line_count);
    a->next_leaf = row->leaf + 1;
    a->counts.uncovered += row->leaf >= a->covered;
    if ((count & (count + 1)) == 0) /* full: 1, 2, 4, … */
        a->times = mem_resize(a->times, 2 * (size_t)count + 1, sizeof *a->times);
    a->times[count] = (struct audit_time){row->at_unix_ms, row->number};
    int r = audit_leaf(a, row->leaf, &text, "round", row->number);
    return r == 0 ? audit_stated(a, row->number) : r;
}

static int check_round(void *context, const struct journal_round_row *row)
{
    struct audit *a = context;
    struct walk walk = {.a = a, .round = row->number};
    cover_start(&walk.cover, row->lines, row->line_count);
    int64_t day = calendar_day_of(row->at_unix_ms);
    a->tally.day = day > a->tally.day ? day : a->tally.day;
    int r = check_signature(a, row);
    if (r == 0)
        r = journal_batches(a->j, a->next_batch, check_batch, &walk, a->d);
    if (r >= 0)
        r = journal_files(a->j, row->number, check_file, &walk, a->d);
    if (r == 0)
        r = check_lines(&walk, row);
    return r == 0 ? end_round(a, row) : r;
}

/* ---- the rest ---- */

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
static int check_rows(struct audit *a)
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

/* What is the oldest policy that its openers may still follow? */
static int check_policy(struct audit *a)
{
    uint32_t policy = journal_policy(a->j);
    if (policy < a->policy)
        return diag_set(a->d, ERR_AUTH,
                        "the journal says that policy %" PRIu32
                        " was the newest, batches are of %" PRIu32,
                        policy, a->policy);
    if (a->o.library != NULL && policy > 0 && library_policy(a->o.library, policy) == NULL)
        return diag_set(a->d, ERR_AUTH,
                        "the journal's newest policy, %" PRIu32 ", is not in the documents",
                        policy);
    return 0;
}

static int run(struct audit *a)
{
    if (strcmp(a->o.bot, journal_bot(a->j)) != 0)
        return diag_set(a->d, ERR_AUTH, "the journal is of another bot, %s", journal_bot(a->j));
    if (memcmp(a->o.bot_key, journal_key(a->j), SIGN_PUBLIC_BYTES) != 0)
        return diag_set(a->d, ERR_AUTH, "the journal is of another bot key than the policy names");
    int r = audit_read_reports(a);
    if (r == 0)
        r = audit_find_covered(a);
    if (r == 0)
        r = audit_stated(a, 0);
    if (r == 0)
        r = journal_rounds(a->j, 0, check_round, a, a->d);
    if (r == 0)
        r = audit_tiles(a);
    if (r == 0)
        r = audit_checkpoints(a);
    if (r == 0)
        r = check_rows(a);
    if (r == 0)
        r = audit_reported(a);
    if (r == 0)
        r = audit_files(a);
    return r == 0 ? check_policy(a) : r;
}

int audit_journal(const struct audit_options *o, struct audit_counts *ret, struct diag *d)
{
    struct audit a = {.o = *o, .j = o->journal, .next_batch = 1, .d = d};
    struct audit_chain *c, *next;
    a.tally.day = JOURNAL_NO_DAY;
    int r = run(&a);
    HASH_ITER (hh, a.chains, c, next) {
        HASH_DEL(a.chains, c);
        free(c);
    }
    free(a.times);
    audit_clear_reports(&a);
    if (r == 0)
        *ret = a.counts;
    return r;
}
