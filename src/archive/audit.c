/* Rounds with their batches, files and lines, in the order of their leaves. */
#include "archive/audit.h"

#include <inttypes.h>
#include <string.h>

#include "archive/audit_internal.h"
#include "base/calendar.h"
#include "base/memory.h"
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

/* A file that this round named first: its leaf follows the batches'. */
static int check_file(void *context, const struct journal_file_row *row)
{
    struct audit_round *walk = context;
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

int audit_round_signed(const char *bot, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                       const struct journal_round_row *row, struct diag *d)
{
    struct verdict_round round = {
        .bot = bot, .count = row->line_count, .at_unix_ms = row->at_unix_ms};
    CLEANUP_BUF struct buf b = BUF_INIT(1024);
    uint8_t(*leaves)[MERKLE_BYTES] = mem_array(row->line_count, MERKLE_BYTES);
    for (uint32_t i = 0; i < row->line_count; i++)
        merkle_leaf(row->lines[i], VERDICT_LINE_BYTES, leaves[i]);
    merkle_root((const uint8_t(*)[MERKLE_BYTES])leaves, row->line_count, round.root);
    free(leaves);
    if (memcmp(round.root, row->root, MERKLE_BYTES) != 0)
        return diag_set(d, ERR_AUTH, "round %lld: its root is not that of its lines",
                        (long long)row->number);
    verdict_round_put(&b, &round);
    if (sign_verify(bot_key, b.data, b.len, row->signature) < 0)
        return diag_set(d, ERR_AUTH, "round %lld: the bot's signature does not match",
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
    struct audit_round walk = {
        .a = a, .number = row->number, .day = calendar_day_of(row->at_unix_ms)};
    cover_start(&walk.cover, row->lines, row->line_count);
    a->tally.day = walk.day > a->tally.day ? walk.day : a->tally.day;
    int r = audit_round_signed(journal_bot(a->j), a->o.bot_key, row, a->d);
    if (r == 0)
        r = journal_batches(a->j, a->next_batch, audit_batch, &walk, a->d);
    if (r >= 0)
        r = journal_files(a->j, row->number, check_file, &walk, a->d);
    if (r == 0)
        r = audit_lines(&walk, row);
    return r == 0 ? end_round(a, row) : r;
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
        r = audit_rows(a);
    if (r == 0)
        r = audit_reported(a);
    if (r == 0)
        r = audit_files(a);
    return r == 0 ? check_policy(a) : r;
}

int audit_journal(const struct audit_options *o, struct audit_counts *ret, struct diag *d)
{
    struct audit a = {.o = *o, .j = o->journal, .next_batch = 1, .d = d};
    a.tally.day = JOURNAL_NO_DAY;
    int r = run(&a);
    audit_clear_chains(&a);
    free(a.times);
    audit_clear_reports(&a);
    if (r == 0)
        *ret = a.counts;
    return r;
}
