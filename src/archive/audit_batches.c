/* A round's batches. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/audit_internal.h"
#include "base/calendar.h"

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

static int check_positions(struct audit_round *w, const struct journal_batch_row *row)
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

/* Takes note of what the round has under this warrant; all its batches are of one policy. */
static int take(struct audit_round *w, const struct journal_batch_row *row)
{
    if (w->batch_count == VALUE_WRAPS_MAX || (w->batch_count > 0 && row->batch.policy != w->policy))
        return diag_set(w->a->d, ERR_AUTH,
                        "batch %lld: of another policy than the round's batch before",
                        (long long)row->number);
    w->policy = row->batch.policy;
    w->batches[w->batch_count].count = row->batch.count;
    snprintf(w->batches[w->batch_count].warrant, sizeof w->batches[0].warrant, "%s",
             row->batch.warrant);
    w->batch_count++;
    return 0;
}

int audit_batch(void *context, const struct journal_batch_row *row)
{
    struct audit_round *w = context;
    struct audit *a = w->a;
    if (row->round != w->number)
        return 1;
    int r = check_bytes(a, row);
    if (r == 0)
        r = take(w, row);
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

/* Does it cover whatever this bot takes on the day, also what is dated a little before or after it
 * (VALUE_BEHIND_MAX_MS)? */
static bool covers_all(const struct audit *a, const struct warrant *w, int64_t day)
{
    return w != NULL && w->scope == WARRANT_ALL && w->excluded_count == 0 &&
           strcmp(w->bot, a->o.bot) == 0 && w->from_day < day && w->until_day > day;
}

/* Warrants of accounts or countries can't be told without a key, and a replay's clock may have
 * moved between a message and its round. */
int audit_all_covered(struct audit_round *w)
{
    const struct audit *a = w->a;
    const struct policy_set *set = NULL;
    if (a->o.library != NULL && a->o.now_unix_ms != 0 && w->archived > 0)
        set = library_policy(a->o.library, w->policy);
    for (size_t i = 0; set != NULL && i < set->policy->warrant_count; i++) {
        const char *id = set->policy->warrants[i].id;
        uint32_t records = 0;
        if (!covers_all(a, set->warrants[i], w->day))
            continue;
        for (size_t k = 0; k < w->batch_count; k++)
            if (strcmp(w->batches[k].warrant, id) == 0)
                records = w->batches[k].count;
        if (records != w->archived)
            return diag_set(a->d, ERR_AUTH,
                            "round %lld: %" PRIu32 " lines say archived, and warrant %s, which"
                            " covers all of them, has %" PRIu32 " records",
                            (long long)w->number, w->archived, id, records);
    }
    return 0;
}
