/* The reports' half of audit.h: statements against the rounds that they count, destructions against
 * the keys that are no more.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/audit_internal.h"
#include "base/calendar.h"
#include "base/memory.h"

static int wrong(struct audit *a, int64_t number, const char *what)
{
    return diag_set(a->d, ERR_AUTH, "report %lld: %s", (long long)number, what);
}

/* ---- reading ---- */

/* The row beside the note that it holds. */
static int check_row(struct audit *a, const struct journal_report_row *row,
                     const struct document *document)
{
    if (row->number != (int64_t)a->counts.reports)
        return wrong(a, row->number, "the one before it is missing");
    if (row->hash == NULL || memcmp(row->hash, document->hash, HASH_BYTES) != 0)
        return wrong(a, row->number, "its hash is not that of its note");
    if (row->sent < JOURNAL_WAITING || row->sent > JOURNAL_REFUSED)
        return wrong(a, row->number, "its state is none");
    return 0;
}

static int read_statement(struct audit *a, const struct journal_report_row *row)
{
    CLEANUP(statement_free_cleanup) struct statement *s = NULL;
    int64_t day = a->statement_count == 0 ? JOURNAL_NO_DAY
                                          : a->statements[a->statement_count - 1].statement->day;
    int r =
        statement_open(a->o.domain, a->o.bot, a->o.bot_key, row->note, strlen(row->note), &s, a->d);
    if (r < 0)
        return diag_prefix(a->d, r, "report %lld", (long long)row->number);
    r = check_row(a, row, &s->document);
    if (r == 0 && (s->day != row->day || s->day <= day))
        r = wrong(a, row->number, "its day is not its note's, or was stated before");
    if (r < 0)
        return r;
    a->statements = mem_resize(a->statements, a->statement_count + 1, sizeof *a->statements);
    a->statements[a->statement_count++] = (struct audit_statement){
        .number = row->number, .round = row->round, .batch = row->batch, .statement = TAKE(s)};
    return 0;
}

/* One key that a destruction names; the key is warrant and day. */
struct gone {
    int64_t day;
    char warrant[VALUE_WARRANT_MAX + 1];
};
struct audit_gone {
    struct gone key;
    int64_t report;
    UT_hash_handle hh;
};

static struct gone gone_of(const char *warrant, int64_t day)
{
    struct gone g;
    memset(&g, 0, sizeof g); /* its bytes are compared */
    g.day = day;
    snprintf(g.warrant, sizeof g.warrant, "%s", warrant);
    return g;
}

static int read_destruction(struct audit *a, const struct journal_report_row *row)
{
    CLEANUP(destruction_free_cleanup) struct destruction *x = NULL;
    int r = destruction_open(a->o.domain, a->o.bot, a->o.bot_key, row->note, strlen(row->note), &x,
                             a->d);
    if (r < 0)
        return diag_prefix(a->d, r, "report %lld", (long long)row->number);
    r = check_row(a, row, &x->document);
    if (r == 0 && (row->day != JOURNAL_NO_DAY || row->round != JOURNAL_NO_DAY ||
                   row->batch != JOURNAL_NO_DAY))
        r = wrong(a, row->number, "a destruction has no day, round or batch");
    for (size_t i = 0; r == 0 && i < x->count; i++) {
        struct audit_gone *g, *known;
        g = mem_new(sizeof *g);
        g->key = gone_of(x->keys[i].warrant, x->keys[i].day);
        g->report = row->number;
        HASH_FIND(hh, a->gone, &g->key, sizeof g->key, known);
        if (known == NULL)
            HASH_ADD(hh, a->gone, key, sizeof g->key, g);
        else {
            free(g);
            r = wrong(a, row->number, "it names a key that one before it names");
        }
    }
    return r;
}

static int read_report(void *context, const struct journal_report_row *row)
{
    struct audit *a = context;
    a->counts.reports++;
    if (row->kind == DOCUMENT_STATEMENT)
        return read_statement(a, row);
    if (row->kind == DOCUMENT_DESTRUCTION)
        return read_destruction(a, row);
    return wrong(a, row->number, "it is neither a statement nor a destruction");
}

int audit_read_reports(struct audit *a)
{
    return journal_reports(a->j, read_report, a, a->d);
}

/* ---- counting ---- */

int audit_tally_batch(struct audit *a, const struct journal_batch_row *row)
{
    struct audit_tally *t = &a->tally;
    size_t i = 0;
    while (i < t->archived_count && strcmp(t->archived[i].warrant, row->batch.warrant) != 0)
        i++;
    if (i == STATEMENT_WARRANTS_MAX)
        return diag_set(a->d, ERR_LIMIT, "batch %lld: a day with more than %u warrants",
                        (long long)row->number, STATEMENT_WARRANTS_MAX);
    if (i == t->archived_count) {
        snprintf(t->archived[i].warrant, sizeof t->archived[i].warrant, "%s", row->batch.warrant);
        t->archived[i].count = 0;
        t->archived_count++;
    }
    t->archived[i].count += row->batch.count;
    return 0;
}

void audit_tally_line(struct audit *a, const struct verdict_line *l)
{
    a->tally.refused[l->reason] += l->state == VERDICT_REFUSED;
}

static bool counts_match(const struct audit_tally *t, const struct statement *s)
{
    bool match = t->archived_count == s->archived_count &&
                 memcmp(t->refused, s->refused, sizeof t->refused) == 0;
    for (size_t i = 0; match && i < t->archived_count; i++) {
        size_t k = 0;
        while (k < s->archived_count && strcmp(s->archived[k].warrant, t->archived[i].warrant) != 0)
            k++;
        match = k < s->archived_count && s->archived[k].count == t->archived[i].count;
    }
    return match;
}

static int compare(struct audit *a, const struct audit_statement *x)
{
    const struct statement *s = x->statement;
    uint8_t root[MERKLE_BYTES];
    if (s->size != a->next_leaf)
        return diag_set(a->d, ERR_AUTH,
                        "report %lld: it states a tree of %" PRIu64
                        " leaves, round %lld ends with %" PRIu64,
                        (long long)x->number, s->size, (long long)x->round, a->next_leaf);
    if (journal_root(a->j, s->size, root) < 0 || memcmp(root, s->root, MERKLE_BYTES) != 0)
        return wrong(a, x->number, "the root that it states is not the tree's");
    if (x->batch != a->next_batch - 1)
        return wrong(a, x->number, "the batches that it counts are not those up to its round");
    if (!counts_match(&a->tally, s) || a->tally.day > s->day)
        return wrong(a, x->number, "what it counts is not what the rounds of its day hold");
    a->tally = (struct audit_tally){.day = JOURNAL_NO_DAY};
    return 0;
}

int audit_stated(struct audit *a, int64_t round)
{
    int r = 0;
    while (r == 0 && a->next_statement < a->statement_count &&
           a->statements[a->next_statement].round == round)
        r = compare(a, &a->statements[a->next_statement++]);
    return r;
}

/* ---- after the last round ---- */

struct days {
    struct audit *a;
    size_t next; /* statement */
};

/* Each day up to the last that was stated has its statement, and each of these its day. */
static int check_day(void *context, int64_t day)
{
    struct days *w = context;
    struct audit *a = w->a;
    char text[CALENDAR_DAY_LEN + 1];
    if (w->next == a->statement_count)
        return 0; /* is not over, or the bot has not run since */
    const struct audit_statement *x = &a->statements[w->next++];
    if (x->statement->day == day)
        return 0;
    calendar_format_day(day < x->statement->day ? day : x->statement->day, text);
    return day < x->statement->day
               ? diag_set(a->d, ERR_AUTH, "the bot ran on %s, and no report states that day", text)
               : diag_set(a->d, ERR_AUTH, "report %lld: the journal does not list its day, %s",
                          (long long)x->number, text);
}

static int check_days(struct audit *a)
{
    struct days w = {.a = a};
    int r = journal_days(a->j, check_day, &w, a->d);
    if (r == 0 && w.next < a->statement_count)
        r = wrong(a, a->statements[w.next].number, "the journal does not list its day");
    return r;
}

static int check_destroyed(void *context, const char *warrant, int64_t day, int64_t report)
{
    struct audit *a = context;
    struct audit_gone *g;
    const struct gone key = gone_of(warrant, day);
    char text[CALENDAR_DAY_LEN + 1];
    HASH_FIND(hh, a->gone, &key, sizeof key, g);
    if ((g == NULL ? JOURNAL_NO_DAY : g->report) == report) {
        if (g != NULL)
            g->report = 0; /* found */
        return 0;
    }
    calendar_format_day(day, text);
    return diag_set(a->d, ERR_AUTH,
                    "the destroyed key of %s, %s, is not in the report that the"
                    " journal names",
                    warrant, text);
}

int audit_reported(struct audit *a)
{
    struct audit_gone *g, *next;
    if (a->next_statement < a->statement_count) {
        const struct audit_statement *x = &a->statements[a->next_statement];
        return diag_set(a->d, ERR_AUTH,
                        "report %lld: it counts up to round %lld and a tree of %" PRIu64
                        " leaves: the journal ends with round %" PRIu64 " and leaf %" PRIu64,
                        (long long)x->number, (long long)x->round, x->statement->size,
                        a->counts.rounds, a->next_leaf);
    }
    int r = check_days(a);
    if (r == 0)
        r = journal_destroyed_keys(a->j, check_destroyed, a, a->d);
    HASH_ITER (hh, a->gone, g, next)
        if (r == 0 && g->report != 0)
            r = diag_set(a->d, ERR_AUTH,
                         "report %lld: a key that it names, of %s, is not among the"
                         " journal's destroyed ones",
                         (long long)g->report, g->key.warrant);
    return r;
}

void audit_clear_reports(struct audit *a)
{
    struct audit_gone *g, *next;
    HASH_ITER (hh, a->gone, g, next) {
        HASH_DEL(a->gone, g);
        free(g);
    }
    for (size_t i = 0; i < a->statement_count; i++)
        statement_free(a->statements[i].statement);
    free(a->statements);
}
