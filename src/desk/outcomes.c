/* The ledger of what came of a case. Amounts are kept in thousandths. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "desk/cases.h"
#include "desk/index_internal.h"
#include "wire/value.h"

#define THOUSAND 1000
#define WHOLE_DIGITS 12U
#define PART_DIGITS 3U

static const char *const kinds[DESK_OUTCOMES] = {
    [DESK_ARREST] = "arrest",
    [DESK_SEARCH] = "search",
    [DESK_SEIZURE] = "seizure",
};

const char *desk_outcome_text(enum desk_outcome_kind k)
{
    return (unsigned)k < DESK_OUTCOMES ? kinds[k] : "";
}

enum desk_outcome_kind desk_outcome_of(const char *word)
{
    int k = 0;
    while (k < DESK_OUTCOMES && strcmp(kinds[k], word) != 0)
        k++;
    return (enum desk_outcome_kind)k;
}

/* ---- amounts ---- */

static int read_amount(const char *text, int64_t *ret, struct diag *d)
{
    size_t whole = strspn(text, "0123456789"), part = 0;
    int64_t n = 0;
    if (text[whole] == '.')
        part = strspn(text + whole + 1, "0123456789");
    bool ends = text[whole + (text[whole] == '.' ? 1 + part : 0)] == '\0';
    if (whole == 0 || whole > WHOLE_DIGITS || part > PART_DIGITS || !ends ||
        (text[whole] == '.' && part == 0))
        return diag_set(d, ERR_FORMAT,
                        "'%s': an amount is up to %u digits, and up to %u behind a"
                        " point",
                        text, WHOLE_DIGITS, PART_DIGITS);
    for (size_t i = 0; i < whole; i++)
        n = n * 10 + (text[i] - '0');
    for (size_t i = 0; i < PART_DIGITS; i++)
        n = n * 10 + (i < part ? text[whole + 1 + i] - '0' : 0);
    *ret = n;
    return 0;
}

static void write_amount(int64_t n, char ret[static DESK_AMOUNT_CHARS + 1])
{
    int64_t part = n % THOUSAND;
    int len = snprintf(ret, DESK_AMOUNT_CHARS + 1, "%" PRId64, n / THOUSAND);
    if (part == 0)
        return;
    len += snprintf(ret + len, DESK_AMOUNT_CHARS + 1 - (size_t)len, ".%03" PRId64, part);
    while (ret[len - 1] == '0')
        ret[--len] = '\0';
}

/* ---- writing ---- */

static bool is_country(const char *text)
{
    return text[0] == '\0' ||
           (strlen(text) == 2 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2);
}

static int check_form(const struct desk_outcome *o, struct diag *d)
{
    int64_t day;
    if ((unsigned)o->kind >= DESK_OUTCOMES)
        return diag_set(d, ERR_FORMAT, "an outcome is an arrest, a search or a seizure");
    if (!value_line_valid(o->unit, DESK_UNIT_MAX))
        return diag_set(d, ERR_FORMAT, "a unit is a line of 1 to %u bytes", DESK_UNIT_MAX);
    if (!is_country(o->country))
        return diag_set(d, ERR_FORMAT, "'%s': a country is two capital letters, as NL", o->country);
    if (calendar_parse_day(o->day, &day) < 0)
        return diag_set(d, ERR_FORMAT, "'%s' is no day, as 2026-03-01", o->day);
    if (strlen(o->note) > DESK_CASE_TEXT_MAX || !value_utf8_valid(o->note, strlen(o->note)))
        return diag_set(d, ERR_FORMAT, "a note is a text of at most %u bytes", DESK_CASE_TEXT_MAX);
    return 0;
}

/* An entry of this case, and the newest in its place. */
static int check_corrected(struct desk_index *x, const char *word, int64_t number, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT (SELECT number FROM case_outcome o WHERE o.corrects = ?1)"
                     " FROM case_outcome WHERE number = ?1 AND word = ?2");
    sqlite3_bind_int64(s, 1, number);
    sql_bind_text(s, 2, word);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "the case has no entry %lld", (long long)number);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read the ledger");
    if (sqlite3_column_int64(s, 0) != 0)
        return diag_set(d, ERR_INVALID_STATE, "entry %lld was corrected by %lld: correct that one",
                        (long long)number, (long long)sqlite3_column_int64(s, 0));
    return 0;
}

static int write_outcome(struct desk_index *x, const char *word, const struct desk_outcome *o,
                         int64_t amount, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO case_outcome (word, kind, amount, unit, country,"
                                   " day, note, corrects, user, made) VALUES (?1, ?2, ?3, ?4, ?5,"
                                   " ?6, ?7, ?8, ?9, ?10)");
    sql_bind_text(s, 1, word);
    sqlite3_bind_int(s, 2, (int)o->kind);
    sqlite3_bind_int64(s, 3, amount);
    sql_bind_text(s, 4, o->unit);
    sql_bind_text(s, 5, o->country);
    sql_bind_text(s, 6, o->day);
    sql_bind_text(s, 7, o->note);
    sqlite3_bind_int64(s, 8, o->corrects);
    sqlite3_bind_int64(s, 9, o->by.user);
    sqlite3_bind_int64(s, 10, o->by.at_unix_ms);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write into the ledger") : 0;
}

int desk_outcome_add(struct desk_index *x, const char *word, const struct desk_outcome *o,
                     int64_t *ret_number, struct diag *d)
{
    int64_t amount = 0;
    int r = desk_case_check(x, word, d);
    if (r == 0)
        r = check_form(o, d);
    if (r == 0)
        r = read_amount(o->amount, &amount, d);
    if (r == 0 && o->corrects != 0)
        r = check_corrected(x, word, o->corrects, d);
    if (r == 0)
        r = write_outcome(x, word, o, amount, d);
    if (r < 0)
        return r;
    *ret_number = sqlite3_last_insert_rowid(x->sql.db);
    return 0;
}

/* ---- reading ---- */

int desk_outcomes(struct desk_index *x, const char *word, desk_outcome_fn *fn, void *context,
                  struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT number, kind, amount, unit, country, day, note, corrects, user, made,"
                     " (SELECT number FROM case_outcome o WHERE o.corrects = case_outcome.number)"
                     " FROM case_outcome WHERE word = ?1 ORDER BY number");
    int r = 0;
    sql_bind_text(s, 1, word);
    while (sql_walk(&x->sql, s, &r, d)) {
        char amount[DESK_AMOUNT_CHARS + 1];
        write_amount(sqlite3_column_int64(s, 2), amount);
        const struct desk_outcome o = {
            .number = sqlite3_column_int64(s, 0),
            .kind = (enum desk_outcome_kind)sqlite3_column_int(s, 1),
            .amount = amount,
            .unit = sql_text(s, 3),
            .country = sql_text(s, 4),
            .day = sql_text(s, 5),
            .note = sql_text(s, 6),
            .corrects = sqlite3_column_int64(s, 7),
            .corrected_by = sqlite3_column_int64(s, 10),
            .by = {sqlite3_column_int64(s, 8), sqlite3_column_int64(s, 9)},
        };
        r = fn(context, &o);
    }
    sqlite3_reset(s);
    return r;
}

int desk_outcome_sums(struct desk_index *x, const char *word, desk_outcome_sum_fn *fn,
                      void *context, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT kind, unit, country, sum(amount), count(*) FROM case_outcome"
                     " WHERE (?1 IS NULL OR word = ?1) AND NOT EXISTS (SELECT 1 FROM case_outcome o"
                     " WHERE o.corrects = case_outcome.number) GROUP BY kind, unit, country"
                     " ORDER BY kind, unit, country");
    int r = 0;
    sql_bind_text(s, 1, word);
    while (sql_walk(&x->sql, s, &r, d)) {
        struct desk_outcome_sum sum = {
            .kind = (enum desk_outcome_kind)sqlite3_column_int(s, 0),
            .unit = sql_text(s, 1),
            .country = sql_text(s, 2),
            .entries = (uint64_t)sqlite3_column_int64(s, 4),
        };
        write_amount(sqlite3_column_int64(s, 3), sum.amount);
        r = fn(context, &sum);
    }
    sqlite3_reset(s);
    return r;
}
