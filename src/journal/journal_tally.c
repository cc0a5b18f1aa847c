/* What a day's statement counts: reports.h. */
#include "base/calendar.h"
#include "base/memory.h"
#include "journal/journal_internal.h"
#include "journal/reports.h"

_Static_assert(DOCUMENT_STATEMENT == 7, "statements of this file have this number");

struct stated { /* the last statement */
    int64_t day, round, batch;
};

static int last_stated(struct journal *j, struct stated *ret)
{
    sqlite3_stmt *s =
        sql(&j->sql,
            "SELECT day, round, batch FROM report WHERE kind = 7 ORDER BY number DESC LIMIT 1");
    int r = sql_row(s);
    *ret = (struct stated){.day = JOURNAL_NO_DAY};
    if (r == 0)
        *ret = (struct stated){.day = sqlite3_column_int64(s, 0),
                               .round = sqlite3_column_int64(s, 1),
                               .batch = sqlite3_column_int64(s, 2)};
    sqlite3_reset(s);
    return r == ERR_NOT_FOUND ? 0 : r;
}

int journal_clock(struct journal *j, int64_t *ret_unix_ms, struct diag *d)
{
    struct stated last;
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&j->sql, "SELECT at FROM round ORDER BY number DESC LIMIT 1");
    int r = sql_row(s);
    int64_t at = r == 0 ? sqlite3_column_int64(s, 0) : 0;
    at = value_instant_valid(at) ? at : 0;
    if ((r < 0 && r != ERR_NOT_FOUND) || last_stated(j, &last) < 0)
        return sql_failed(&j->sql, d, "cannot read its last day");
    bool stated = last.day >= 0 && last.day < calendar_day_from(9999, 12, 31);
    int64_t end = stated ? (last.day + 1) * CALENDAR_DAY_MS : 0;
    *ret_unix_ms = end > at ? end : at;
    return 0;
}

/* The first day after `after` on which the bot ran; JOURNAL_NO_DAY: none. */
static int next_ran(struct journal *j, int64_t after, int64_t *ret)
{
    sqlite3_stmt *s = sql(&j->sql, "SELECT min(day) FROM ran WHERE day > ?");
    sqlite3_bind_int64(s, 1, after);
    int r = sql_row(s);
    *ret = r == 0 && sqlite3_column_type(s, 0) != SQLITE_NULL ? sqlite3_column_int64(s, 0)
                                                              : JOURNAL_NO_DAY;
    sqlite3_reset(s);
    return r == 0 ? 0 : ERR_IO;
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
    sqlite3_stmt *s =
        sql(&j->sql, "SELECT at FROM round WHERE number >= ? ORDER BY number LIMIT 1");
    sqlite3_bind_int64(s, 1, last->round + 1);
    int r = sql_row(s);
    *ret = r == 0 ? day_of_round(sqlite3_column_int64(s, 0), last) : JOURNAL_NO_DAY;
    sqlite3_reset(s);
    return r == ERR_NOT_FOUND ? 0 : r;
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
    sqlite3_stmt *s = sql(&j->sql, "SELECT warrant, sum(count), max(number) FROM batch WHERE "
                                   "number > ?1 AND round <= ?2 GROUP BY warrant ORDER BY warrant");
    int r = 0;
    sqlite3_bind_int64(s, 1, t->batch);
    sqlite3_bind_int64(s, 2, t->round);
    while (sql_walk(&j->sql, s, &r, d)) {
        if (t->archived_count == STATEMENT_WARRANTS_MAX) {
            r = diag_set(d, ERR_LIMIT, "%s: a day with more than %u warrants", j->sql.name,
                         STATEMENT_WARRANTS_MAX);
            continue;
        }
        snprintf(t->archived[t->archived_count].warrant, VALUE_WARRANT_MAX + 1, "%s",
                 sql_text(s, 0));
        t->archived[t->archived_count++].count = (uint64_t)sqlite3_column_int64(s, 1);
        if (sqlite3_column_int64(s, 2) > t->batch)
            t->batch = sqlite3_column_int64(s, 2);
    }
    return r;
}

/* Where the tree ended after the last round that was counted. */
static int size_at(struct journal *j, int64_t round, uint64_t *ret)
{
    sqlite3_stmt *s =
        sql(&j->sql, "SELECT leaf FROM round WHERE number >= ? ORDER BY number LIMIT 1");
    sqlite3_bind_int64(s, 1, round);
    int r = sql_row(s);
    if (r == 0)
        *ret = (uint64_t)sqlite3_column_int64(s, 0) + 1;
    sqlite3_reset(s);
    return r == 0 ? 0 : ERR_IO;
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
        return sql_failed(&j->sql, d, "cannot read its statements");
    t->round = last.round;
    t->batch = last.batch;
    const struct counting c = {.tally = t, .last = &last};
    int r = t->day == JOURNAL_NO_DAY
                ? 0
                : journal_rounds(j, last.round + 1, count_round, (void *)(uintptr_t)&c, d);
    if (r == ERR_FORMAT)
        return diag_set(d, r, "%s: a round after number %lld is malformed", j->sql.name,
                        (long long)t->round);
    if (r >= 0 && t->size == 0 && t->round > 0 && size_at(j, t->round, &t->size) < 0)
        return sql_failed(&j->sql, d, "cannot read its last round");
    if (r >= 0)
        r = count_batches(j, t, d);
    if (r == 0)
        *ret = *t;
    return r;
}
