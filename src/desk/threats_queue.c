/* Alerts: raised, acknowledged, decided. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/threats_internal.h"

#define MINUTE_MS INT64_C(60000)

static const char *const decisions[DESK_DECISIONS] = {
    [DESK_UNDECIDED] = "undecided",
    [DESK_NO_THREAT] = "no-threat",
    [DESK_THREAT] = "threat",
    [DESK_PASSED_ON] = "passed-on",
};

const char *desk_decision_text(enum desk_decision x)
{
    return (unsigned)x < DESK_DECISIONS ? decisions[x] : "";
}

enum desk_decision desk_decision_of(const char *word)
{
    int i = 0;
    while (i < DESK_DECISIONS && strcmp(word, decisions[i]) != 0)
        i++;
    return i;
}

/* The caller's. */
static char *found_text(const struct threats_found *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->result.found_count; i++) {
        const struct words_found *w = &f->result.found[i];
        json_t *one = json_pack("{ss si}", "words", w->row, "weight", w->weight);
        if (w->start >= f->said_len)
            json_object_set_new(one, "machine", json_true());
        json_array_append_new(list, one);
    }
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

int threats_raise(struct desk_threats *t, const struct threats_found *f, int64_t now_unix_ms,
                  struct diag *d)
{
    sqlite3_stmt *s = sql(t->sql, "INSERT OR IGNORE INTO alert (rule, message, account, weight,"
                                  " found, raised, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    CLEANUP_FREE char *found = found_text(f);
    sqlite3_bind_int64(s, 1, f->rule->number);
    sqlite3_bind_int64(s, 2, f->message);
    sqlite3_bind_int64(s, 3, f->account);
    sqlite3_bind_int(s, 4, f->result.weight);
    sql_bind_text(s, 5, found);
    sqlite3_bind_int64(s, 6, now_unix_ms);
    sqlite3_bind_int64(s, 7, now_unix_ms + rule_minutes(f->rule->rule) * MINUTE_MS);
    if (sql_run(s) < 0)
        return sql_failed(t->sql, d, "cannot raise an alert");
    return sqlite3_changes(t->sql->db) > 0;
}

bool threats_in_sight(struct desk_threats *t, int64_t message, int64_t account)
{
    if (message != 0)
        return sight_has(t->x, message);
    return census_has_person(sight_census(t->x), (uint32_t)account);
}

#define COLUMNS                                                                                    \
    "SELECT alert.number, rule, rule.name, message, account, weight, found, raised, due,"          \
    " escalated, acknowledged_by, acknowledged, decided_by, decided, decision, reason"             \
    " FROM alert JOIN rule ON rule.number = alert.rule "

static void read_alert(struct desk_threats *t, sqlite3_stmt *s, struct desk_alert *ret)
{
    *ret = (struct desk_alert){
        .number = sqlite3_column_int64(s, 0),
        .rule = sqlite3_column_int64(s, 1),
        .rule_name = sql_text(s, 2),
        .message = sqlite3_column_int64(s, 3),
        .account = names_text(&t->x->names[NAME_ACCOUNT], (uint32_t)sqlite3_column_int64(s, 4)),
        .weight = sqlite3_column_int(s, 5),
        .found = sql_text(s, 6),
        .raised_unix_ms = sqlite3_column_int64(s, 7),
        .due_unix_ms = sqlite3_column_int64(s, 8),
        .escalated_unix_ms = sqlite3_column_int64(s, 9),
        .acknowledged_by = sqlite3_column_int64(s, 10),
        .acknowledged_unix_ms = sqlite3_column_int64(s, 11),
        .decided_by = sqlite3_column_int64(s, 12),
        .decided_unix_ms = sqlite3_column_int64(s, 13),
        .decision = sqlite3_column_int(s, 14),
        .reason = sql_text(s, 15),
    };
}

#define OPEN_PLACE "(alert.escalated = 0, alert.due, alert.number)"
#define DECIDED_PLACE "(alert.decided, alert.number)"

/* An alert keeps its place as long as it is in its list, and is found in its row when it left it.
 */
int desk_alerts(struct desk_threats *t, bool open, int64_t behind, unsigned limit,
                desk_alert_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s =
        sql(t->sql, open ? COLUMNS "WHERE decision = 0 AND (?1 = 0 OR " OPEN_PLACE " > (SELECT"
                                   " escalated = 0, due, number FROM alert WHERE number = ?1))"
                                   " ORDER BY alert.escalated = 0, alert.due, alert.number"
                         : COLUMNS "WHERE decision <> 0 AND (?1 = 0 OR " DECIDED_PLACE " < (SELECT"
                                   " decided, number FROM alert WHERE number = ?1))"
                                   " ORDER BY alert.decided DESC, alert.number DESC");
    struct desk_alert a;
    int r = 0;
    sqlite3_bind_int64(s, 1, behind);
    while (limit > 0 && r == 0 && sql_walk(t->sql, s, &r, d)) {
        if (!threats_in_sight(t, sqlite3_column_int64(s, 3), sqlite3_column_int64(s, 4)))
            continue;
        read_alert(t, s, &a);
        r = fn(context, &a);
        limit--;
    }
    sqlite3_reset(s);
    return r;
}

/* ERR_NOT_FOUND, or ERR_INVALID_STATE where it is decided. */
static int check_open(struct desk_threats *t, int64_t number, int64_t *ret_acknowledged_by,
                      struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(t->sql, "SELECT decision, acknowledged_by, message, account FROM alert"
                    " WHERE number = ?1");
    sqlite3_bind_int64(s, 1, number);
    int r = sql_row(s);
    if (r == 0 && !threats_in_sight(t, sqlite3_column_int64(s, 2), sqlite3_column_int64(s, 3)))
        r = ERR_NOT_FOUND;
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no alert %lld", (long long)number);
    if (r < 0)
        return sql_failed(t->sql, d, "cannot read the alert");
    if (sqlite3_column_int(s, 0) != DESK_UNDECIDED)
        return diag_set(d, ERR_INVALID_STATE, "alert %lld is decided", (long long)number);
    *ret_acknowledged_by = sqlite3_column_int64(s, 1);
    return 0;
}

static int write_acknowledged(struct desk_threats *t, int64_t number, const struct desk_by *by,
                              struct diag *d)
{
    sqlite3_stmt *s = sql(t->sql, "UPDATE alert SET acknowledged_by = ?2, acknowledged = ?3"
                                  " WHERE number = ?1 AND acknowledged_by = 0");
    sqlite3_bind_int64(s, 1, number);
    sqlite3_bind_int64(s, 2, by->user);
    sqlite3_bind_int64(s, 3, by->at_unix_ms);
    return sql_run(s) < 0 ? sql_failed(t->sql, d, "cannot keep who acknowledged it") : 0;
}

int desk_alert_acknowledge(struct desk_threats *t, int64_t number, const struct desk_by *by,
                           struct diag *d)
{
    int64_t acknowledged_by;
    int r = check_open(t, number, &acknowledged_by, d);
    if (r == 0 && acknowledged_by != 0)
        r = diag_set(d, ERR_INVALID_STATE, "alert %lld is acknowledged already", (long long)number);
    return r < 0 ? r : write_acknowledged(t, number, by, d);
}

static int write_decided(struct desk_threats *t, int64_t number, enum desk_decision decision,
                         const char *reason, const struct desk_by *by, struct diag *d)
{
    sqlite3_stmt *s = sql(t->sql, "UPDATE alert SET decided_by = ?2, decided = ?3, decision = ?4,"
                                  " reason = ?5 WHERE number = ?1");
    sqlite3_bind_int64(s, 1, number);
    sqlite3_bind_int64(s, 2, by->user);
    sqlite3_bind_int64(s, 3, by->at_unix_ms);
    sqlite3_bind_int(s, 4, (int)decision);
    sql_bind_text(s, 5, reason);
    return sql_run(s) < 0 ? sql_failed(t->sql, d, "cannot keep the decision") : 0;
}

int desk_alert_decide(struct desk_threats *t, int64_t number, enum desk_decision decision,
                      const char *reason, const struct desk_by *by, struct diag *d)
{
    int64_t acknowledged_by;
    size_t len = strnlen(reason, DESK_REASON_MAX + 1);
    if (decision <= DESK_UNDECIDED || decision >= DESK_DECISIONS)
        return diag_set(d, ERR_FORMAT, "an alert is decided as no-threat, threat or passed-on");
    if (len == 0 || len > DESK_REASON_MAX)
        return diag_set(d, ERR_FORMAT, "a decision has a reason, of at most %u bytes",
                        DESK_REASON_MAX);
    int r = check_open(t, number, &acknowledged_by, d);
    if (r == 0)
        r = write_acknowledged(t, number, by, d);
    return r < 0 ? r : write_decided(t, number, decision, reason, by, d);
}

static void count_alert(sqlite3_stmt *s, struct desk_threat_figures *ret)
{
    int64_t due = sqlite3_column_int64(s, 4);
    ret->open++;
    ret->escalated += sqlite3_column_int64(s, 3) != 0;
    if (sqlite3_column_int64(s, 2) != 0)
        return;
    ret->unacknowledged++;
    if (ret->next_due_unix_ms == 0 || due < ret->next_due_unix_ms)
        ret->next_due_unix_ms = due;
}

int desk_threat_figures(struct desk_threats *t, struct desk_threat_figures *ret, struct diag *d)
{
    sqlite3_stmt *s = sql(t->sql, "SELECT message, account, acknowledged_by, escalated, due"
                                  " FROM alert WHERE decision = 0");
    int r = 0;
    *ret = (struct desk_threat_figures){.behind = desk_index_came_after(t->x, t->judged)};
    while (sql_walk(t->sql, s, &r, d))
        if (threats_in_sight(t, sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1)))
            count_alert(s, ret);
    return r;
}
