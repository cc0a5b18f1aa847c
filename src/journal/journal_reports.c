/* The reports' half of the journal: reports.h. */
#include "journal/reports.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "journal/journal_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS destroyed (warrant TEXT NOT NULL, day INTEGER NOT NULL,"
    " report INTEGER, PRIMARY KEY (warrant, day)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS report (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " day INTEGER, round INTEGER, batch INTEGER, hash BLOB NOT NULL UNIQUE, note TEXT NOT NULL,"
    " sent INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS ran (day INTEGER PRIMARY KEY);";
_Static_assert(DOCUMENT_STATEMENT == 7, "a statement of journal.c has this number");

int journal_make_reports(struct journal *j, struct diag *d)
{
    return sqlite3_exec(j->db, schema, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : journal_failed(j, d, "cannot make the tables of reports");
}

/* Ends what S_BEGIN began: all of it, or nothing when `r` is an error. */
static int end(struct journal *j, int r, struct diag *d, const char *what)
{
    if (r == 0)
        r = journal_run(j, S_COMMIT);
    if (r < 0) {
        journal_failed(j, d, what);
        if (sqlite3_get_autocommit(j->db) == 0)
            (void)!journal_run(j, S_ROLLBACK);
    }
    return r;
}

static int run_on_key(struct journal *j, enum journal_statement which, int first,
                      const struct journal_destroyed *x)
{
    sqlite3_stmt *s = journal_statement(j, which);
    sqlite3_bind_text(s, first, x->warrant, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, first + 1, x->day);
    return journal_run(j, which);
}

int journal_add_destroyed(struct journal *j, const struct journal_destroyed *keys, size_t count,
                          struct diag *d)
{
    static const char what[] = "cannot write what was destroyed";
    if (journal_run(j, S_BEGIN) < 0)
        return journal_failed(j, d, what);
    int r = 0;
    for (size_t i = 0; r == 0 && i < count; i++)
        r = run_on_key(j, S_ADD_DESTROYED, 1, &keys[i]);
    return end(j, r, d, what);
}

int journal_unpublished(struct journal *j, struct journal_destroyed *ret, size_t max,
                        size_t *ret_count, struct diag *d)
{
    sqlite3_stmt *s = journal_statement(j, S_UNPUBLISHED);
    size_t count = 0;
    int step;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)max);
    while ((step = sqlite3_step(s)) == SQLITE_ROW && count < max) {
        const char *warrant = (const char *)sqlite3_column_text(s, 0);
        snprintf(ret[count].warrant, sizeof ret[count].warrant, "%s",
                 warrant == NULL ? "" : warrant);
        ret[count++].day = sqlite3_column_int64(s, 1);
    }
    sqlite3_reset(s);
    if (step != SQLITE_DONE)
        return journal_failed(j, d, "cannot read what was destroyed");
    *ret_count = count;
    return 0;
}

int journal_count_published(struct journal *j, size_t *ret, struct diag *d)
{
    sqlite3_stmt *s = journal_statement(j, S_COUNT_PUBLISHED);
    int step = sqlite3_step(s);
    if (step == SQLITE_ROW)
        *ret = (size_t)sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return step == SQLITE_ROW ? 0 : journal_failed(j, d, "cannot count what was destroyed");
}

static int put_report(struct journal *j, enum document_kind kind, const struct journal_tally *t,
                      const uint8_t hash[static HASH_BYTES], const char *note)
{
    sqlite3_stmt *s = journal_statement(j, S_PUT_REPORT);
    sqlite3_bind_int64(s, 1, kind);
    if (t != NULL) {
        sqlite3_bind_int64(s, 2, t->day);
        sqlite3_bind_int64(s, 3, t->round);
        sqlite3_bind_int64(s, 4, t->batch);
    } else {
        for (int i = 2; i <= 4; i++)
            sqlite3_bind_null(s, i);
    }
    sqlite3_bind_blob(s, 5, hash, HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(s, 6, note, -1, SQLITE_STATIC);
    return journal_run(j, S_PUT_REPORT);
}

int journal_put_destruction(struct journal *j, const struct journal_destroyed *keys, size_t count,
                            const uint8_t hash[static HASH_BYTES], const char *note, struct diag *d)
{
    static const char what[] = "cannot write a destruction";
    if (journal_run(j, S_BEGIN) < 0)
        return journal_failed(j, d, what);
    int r = put_report(j, DOCUMENT_DESTRUCTION, NULL, hash, note);
    sqlite3_bind_int64(journal_statement(j, S_PUBLISHED), 1, sqlite3_last_insert_rowid(j->db));
    for (size_t i = 0; r == 0 && i < count; i++)
        r = run_on_key(j, S_PUBLISHED, 2, &keys[i]);
    return end(j, r, d, what);
}

int journal_put_statement(struct journal *j, const struct journal_tally *t,
                          const uint8_t hash[static HASH_BYTES], const char *note, struct diag *d)
{
    static const char what[] = "cannot write a statement";
    if (journal_run(j, S_BEGIN) < 0)
        return journal_failed(j, d, what);
    int r = journal_add_day(j, t->day, d);
    if (r == 0)
        r = put_report(j, DOCUMENT_STATEMENT, t, hash, note);
    return end(j, r, d, what);
}

int journal_add_day(struct journal *j, int64_t day, struct diag *d)
{
    sqlite3_bind_int64(journal_statement(j, S_ADD_DAY), 1, day);
    return journal_run(j, S_ADD_DAY) < 0 ? journal_failed(j, d, "cannot write a day") : 0;
}

/* ---- counting ---- */

struct stated { /* the last statement */
    int64_t day, round, batch;
};

static int last_stated(struct journal *j, struct stated *ret)
{
    sqlite3_stmt *s = journal_statement(j, S_LAST_STATED);
    int step = sqlite3_step(s);
    *ret = (struct stated){.day = JOURNAL_NO_DAY};
    if (step == SQLITE_ROW)
        *ret = (struct stated){.day = sqlite3_column_int64(s, 0),
                               .round = sqlite3_column_int64(s, 1),
                               .batch = sqlite3_column_int64(s, 2)};
    sqlite3_reset(s);
    return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : ERR_IO;
}

/* The first day after `after` on which the bot ran; JOURNAL_NO_DAY: none. */
static int next_ran(struct journal *j, int64_t after, int64_t *ret)
{
    sqlite3_stmt *s = journal_statement(j, S_NEXT_DAY);
    sqlite3_bind_int64(s, 1, after);
    int step = sqlite3_step(s);
    *ret = step == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL
               ? sqlite3_column_int64(s, 0)
               : JOURNAL_NO_DAY;
    sqlite3_reset(s);
    return step == SQLITE_ROW ? 0 : ERR_IO;
}

/* Of the first round that no statement counts; JOURNAL_NO_DAY: there is none. A clock may have gone
 * back: then it counts for the day after the last one that was stated. */
static int64_t day_of_round(int64_t at_unix_ms, const struct stated *last)
{
    int64_t day = calendar_day_of(at_unix_ms);
    return day <= last->day ? last->day + 1 : day;
}

static int first_judged(struct journal *j, const struct stated *last, int64_t *ret)
{
    sqlite3_stmt *s = journal_statement(j, S_ROUNDS);
    sqlite3_bind_int64(s, 1, last->round + 1);
    int step = sqlite3_step(s);
    *ret = step == SQLITE_ROW ? day_of_round(sqlite3_column_int64(s, 1), last) : JOURNAL_NO_DAY;
    sqlite3_reset(s);
    return step == SQLITE_ROW || step == SQLITE_DONE ? 0 : ERR_IO;
}

#define ENOUGH 1 /* ends a walk */

/* The walk over the rounds since the last statement. */
struct counting {
    struct journal_tally *tally;
    const struct stated *last;
};

static int count_lines(struct journal_tally *t, const struct journal_round_row *row)
{
    for (uint32_t i = 0; i < row->line_count; i++) {
        struct verdict_line l;
        if (verdict_line_get(row->lines[i], &l) < 0)
            return ERR_FORMAT;
        t->refused[l.reason] += l.state == VERDICT_REFUSED;
    }
    return 0;
}

static int count_round(void *context, const struct journal_round_row *row)
{
    const struct counting *c = context;
    struct journal_tally *t = c->tally;
    if (day_of_round(row->at_unix_ms, c->last) > t->day)
        return ENOUGH;
    t->round = row->number;
    t->size = row->leaf + 1;
    return count_lines(t, row);
}

static int count_batches(struct journal *j, struct journal_tally *t, struct diag *d)
{
    sqlite3_stmt *s = journal_statement(j, S_TALLY);
    int step;
    sqlite3_bind_int64(s, 1, t->batch);
    sqlite3_bind_int64(s, 2, t->round);
    while ((step = sqlite3_step(s)) == SQLITE_ROW && t->archived_count < STATEMENT_WARRANTS_MAX) {
        const char *warrant = (const char *)sqlite3_column_text(s, 0);
        snprintf(t->archived[t->archived_count].warrant, VALUE_WARRANT_MAX + 1, "%s",
                 warrant == NULL ? "" : warrant);
        t->archived[t->archived_count++].count = (uint64_t)sqlite3_column_int64(s, 1);
        if (sqlite3_column_int64(s, 2) > t->batch)
            t->batch = sqlite3_column_int64(s, 2);
    }
    sqlite3_reset(s);
    if (step == SQLITE_ROW)
        return diag_set(d, ERR_LIMIT, "%s: a day with more than %u warrants", j->path,
                        STATEMENT_WARRANTS_MAX);
    return step == SQLITE_DONE ? 0 : journal_failed(j, d, "cannot count its batches");
}

/* Where the tree ended after the last round that was counted. */
static int size_at(struct journal *j, int64_t round, uint64_t *ret)
{
    sqlite3_stmt *s = journal_statement(j, S_ROUNDS);
    sqlite3_bind_int64(s, 1, round);
    int step = sqlite3_step(s);
    if (step == SQLITE_ROW)
        *ret = (uint64_t)sqlite3_column_int64(s, 5) + 1;
    sqlite3_reset(s);
    return step == SQLITE_ROW ? 0 : ERR_IO;
}

/* The day that is to be stated next. */
static int find_day(struct journal *j, const struct stated *last, int64_t before, int64_t *ret)
{
    int64_t ran, judged;
    if (next_ran(j, last->day, &ran) < 0 || first_judged(j, last, &judged) < 0)
        return ERR_IO;
    bool first_ran = ran != JOURNAL_NO_DAY && (judged == JOURNAL_NO_DAY || ran < judged);
    int64_t day = first_ran ? ran : judged;
    *ret = day < before ? day : JOURNAL_NO_DAY;
    return 0;
}

int journal_tally(struct journal *j, int64_t before, struct journal_tally *ret, struct diag *d)
{
    CLEANUP_FREE struct journal_tally *t = mem_new(sizeof *t);
    struct stated last;
    if (last_stated(j, &last) < 0 || find_day(j, &last, before, &t->day) < 0)
        return journal_failed(j, d, "cannot read its statements");
    t->round = last.round;
    t->batch = last.batch;
    const struct counting c = {.tally = t, .last = &last};
    int r = t->day == JOURNAL_NO_DAY
                ? 0
                : journal_rounds(j, last.round + 1, count_round, (void *)(uintptr_t)&c, d);
    if (r == ERR_FORMAT)
        return diag_set(d, r, "%s: a round after number %lld is malformed", j->path,
                        (long long)t->round);
    if (r >= 0 && t->size == 0 && t->round > 0 && size_at(j, t->round, &t->size) < 0)
        return journal_failed(j, d, "cannot read its last round");
    if (r >= 0)
        r = count_batches(j, t, d);
    if (r == 0)
        *ret = *t;
    return r;
}

/* ---- handing in ---- */

int journal_next_report(struct journal *j, enum document_kind *ret_kind,
                        uint8_t ret_hash[static HASH_BYTES], char **ret_note)
{
    sqlite3_stmt *s = journal_statement(j, S_NEXT_REPORT);
    int step = sqlite3_step(s), r = step == SQLITE_DONE ? ERR_NOT_FOUND : ERR_IO;
    if (step == SQLITE_ROW) {
        const char *note = (const char *)sqlite3_column_text(s, 2);
        const void *hash = sqlite3_column_blob(s, 1);
        bool whole = note != NULL && hash != NULL && sqlite3_column_bytes(s, 1) == HASH_BYTES;
        r = whole ? 0 : ERR_FORMAT;
        if (whole) {
            *ret_kind = (enum document_kind)sqlite3_column_int(s, 0);
            memcpy(ret_hash, hash, HASH_BYTES);
            *ret_note = mem_string(note);
        }
    }
    sqlite3_reset(s);
    return r;
}

int journal_report_sent(struct journal *j, const uint8_t hash[static HASH_BYTES], bool taken,
                        struct diag *d)
{
    sqlite3_stmt *s = journal_statement(j, S_REPORT_SENT);
    sqlite3_bind_int64(s, 1, taken ? JOURNAL_TAKEN : JOURNAL_REFUSED);
    sqlite3_bind_blob(s, 2, hash, HASH_BYTES, SQLITE_STATIC);
    return journal_run(j, S_REPORT_SENT) < 0 ? journal_failed(j, d, "cannot write a report's state")
                                             : 0;
}
