/* Rules: the table, and what is read of it into memory. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/threats_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS rule (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " json TEXT NOT NULL, is_on INTEGER NOT NULL, user INTEGER NOT NULL, at INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS alert (number INTEGER PRIMARY KEY, rule INTEGER NOT NULL,"
    " message INTEGER NOT NULL, account INTEGER NOT NULL, weight INTEGER NOT NULL,"
    " found TEXT NOT NULL, raised INTEGER NOT NULL, due INTEGER NOT NULL,"
    " escalated INTEGER NOT NULL DEFAULT 0, acknowledged_by INTEGER NOT NULL DEFAULT 0,"
    " acknowledged INTEGER NOT NULL DEFAULT 0, decided_by INTEGER NOT NULL DEFAULT 0,"
    " decided INTEGER NOT NULL DEFAULT 0, decision INTEGER NOT NULL DEFAULT 0,"
    " reason TEXT NOT NULL DEFAULT '');"
    "CREATE INDEX IF NOT EXISTS alert_open ON alert (escalated, due) WHERE decision = 0;"
    "CREATE INDEX IF NOT EXISTS alert_decided ON alert (decided) WHERE decision <> 0;"
    "CREATE INDEX IF NOT EXISTS alert_rule ON alert (rule, decision);"
    "CREATE UNIQUE INDEX IF NOT EXISTS alert_once ON alert (rule, message) WHERE message <> 0;"
    "CREATE TABLE IF NOT EXISTS judged (number INTEGER PRIMARY KEY, message INTEGER NOT NULL,"
    " silence_day INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO judged VALUES (1, 0, 0);";

static void forget_rules(struct desk_threats *t)
{
    for (size_t i = 0; i < t->count; i++)
        rule_free(t->rules[i].rule);
    t->count = 0;
}

static int parse_rule(struct desk_threats *t, const char *json, size_t len, struct rule **ret,
                      struct diag *d)
{
    const struct query_options o = {.text = t->text, .zone = t->zone};
    json_error_t e;
    if (len > DESK_RULE_BYTES_MAX)
        return diag_set(d, ERR_LIMIT, "a rule has at most %u bytes", DESK_RULE_BYTES_MAX);
    json_t *x = json_loadb(json, len, JSON_REJECT_DUPLICATES, &e);
    if (x == NULL)
        return diag_set(d, ERR_FORMAT, "a rule is a JSON object: line %d: %s", e.line, e.text);
    int r = rule_read(x, &o, ret, d);
    json_decref(x);
    return r;
}

static int keep_rule(struct desk_threats *t, int64_t number, bool on, struct rule *rule)
{
    if (t->count == DESK_RULES_MAX) {
        rule_free(rule);
        return ERR_LIMIT;
    }
    t->rules[t->count++] = (struct threats_rule){number, on, rule};
    return 0;
}

static int read_rules(struct desk_threats *t, struct diag *d)
{
    sqlite3_stmt *s = sql(t->sql, "SELECT number, is_on, json FROM rule ORDER BY number");
    int r = 0;
    forget_rules(t);
    while (sql_walk(t->sql, s, &r, d)) {
        struct rule *rule;
        const char *json = sql_text(s, 2);
        r = parse_rule(t, json, strlen(json), &rule, d);
        if (r == 0)
            r = keep_rule(t, sqlite3_column_int64(s, 0), sqlite3_column_int(s, 1) != 0, rule);
        if (r < 0) {
            diag_prefix(d, r, "rule %lld", (long long)sqlite3_column_int64(s, 0));
            sqlite3_reset(s);
        }
    }
    return r;
}

int desk_rules_reload(struct desk_threats *t, struct diag *d)
{
    if (!t->changed)
        return 0;
    int r = read_rules(t, d);
    t->changed = false;
    t->broken = r < 0;
    return r;
}

/* Can it judge at all? Else it would end the desk with the next message. */
static int try_rule(struct desk_threats *t, struct rule *rule, struct diag *d)
{
    const struct threats_rule x = {.rule = rule};
    struct threats_judge j;
    if (rule_is_silence(rule))
        return 0;
    int r = threats_judge_init(&j, t, &x, d);
    if (r == 0)
        threats_judge_clear(&j);
    return r;
}

int threats_parse(struct desk_threats *t, const char *json, size_t len, struct rule **ret,
                  struct diag *d)
{
    struct rule *rule;
    int r = parse_rule(t, json, len, &rule, d);
    if (r == 0 && (r = try_rule(t, rule, d)) < 0)
        rule_free(rule);
    else if (r == 0)
        *ret = rule;
    return r;
}

static int insert_rule(struct desk_threats *t, const struct rule *rule, const char *json,
                       const struct desk_by *by, struct diag *d)
{
    sqlite3_stmt *s =
        sql(t->sql, "INSERT INTO rule (name, json, is_on, user, at) VALUES (?1, ?2, 1, ?3, ?4)");
    sql_bind_text(s, 1, rule_name(rule));
    sql_bind_text(s, 2, json);
    sqlite3_bind_int64(s, 3, by->user);
    sqlite3_bind_int64(s, 4, by->at_unix_ms);
    return sql_run(s) < 0 ? sql_failed(t->sql, d, "cannot keep the rule") : 0;
}

int desk_rule_add(struct desk_threats *t, const char *json, size_t len, const struct desk_by *by,
                  int64_t *ret_number, struct diag *d)
{
    struct rule *rule;
    if (t->count == DESK_RULES_MAX)
        return diag_set(d, ERR_LIMIT, "there are %u rules already", DESK_RULES_MAX);
    int r = threats_parse(t, json, len, &rule, d);
    if (r < 0)
        return r;
    CLEANUP_FREE char *text = mem_string_n(json, len);
    r = insert_rule(t, rule, text, by, d);
    if (r < 0) {
        rule_free(rule);
        return r;
    }
    *ret_number = sqlite3_last_insert_rowid(t->sql->db);
    t->changed = true;
    return keep_rule(t, *ret_number, true, rule);
}

int desk_rule_switch(struct desk_threats *t, int64_t number, bool on, struct diag *d)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->rules[i].number != number)
            continue;
        sqlite3_stmt *s = sql(t->sql, "UPDATE rule SET is_on = ?2 WHERE number = ?1");
        sqlite3_bind_int64(s, 1, number);
        sqlite3_bind_int(s, 2, on);
        if (sql_run(s) < 0)
            return sql_failed(t->sql, d, "cannot switch the rule");
        t->rules[i].on = on;
        t->changed = true;
        return 0;
    }
    return diag_set(d, ERR_NOT_FOUND, "there is no rule %lld", (long long)number);
}

/* Those in sight. */
static int count_alerts(struct desk_threats *t, struct desk_rule *x, struct diag *d)
{
    sqlite3_stmt *s = sql(t->sql, "SELECT message, account, decision FROM alert WHERE rule = ?1");
    int r = 0;
    sqlite3_bind_int64(s, 1, x->number);
    while (sql_walk(t->sql, s, &r, d)) {
        if (!threats_in_sight(t, sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1)))
            continue;
        x->raised++;
        x->open += sqlite3_column_int(s, 2) == DESK_UNDECIDED;
    }
    return r;
}

int desk_rules(struct desk_threats *t, desk_rule_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s =
        sql(t->sql, "SELECT number, name, json, is_on, user, at FROM rule ORDER BY number");
    int r = 0;
    while (r == 0 && sql_walk(t->sql, s, &r, d)) {
        struct desk_rule x = {.number = sqlite3_column_int64(s, 0),
                              .name = sql_text(s, 1),
                              .json = sql_text(s, 2),
                              .on = sqlite3_column_int(s, 3) != 0,
                              .user = sqlite3_column_int64(s, 4),
                              .at_unix_ms = sqlite3_column_int64(s, 5)};
        r = count_alerts(t, &x, d);
        if (r == 0)
            r = fn(context, &x);
    }
    sqlite3_reset(s);
    return r;
}

/* ---- opening ---- */

static int first_rule(struct desk_threats *t, struct diag *d)
{
    json_t *o = rule_default();
    CLEANUP_FREE char *json = json_dumps(o, JSON_COMPACT);
    struct rule *rule;
    json_decref(o);
    int r = parse_rule(t, json, strlen(json), &rule, d);
    if (r < 0)
        return r;
    r = insert_rule(t, rule, json, &(struct desk_by){0}, d);
    rule_free(rule);
    return r;
}

static int make(void *context, struct diag *d)
{
    struct desk_threats *t = context;
    int r = sql_execute(t->sql, schema, d);
    if (r < 0)
        return r;
    CLEANUP_QUERY sqlite3_stmt *s = sql(t->sql, "SELECT count(*) FROM rule");
    if (sql_row(s) < 0)
        return sql_failed(t->sql, d, "cannot read the rules");
    return sqlite3_column_int64(s, 0) == 0 ? first_rule(t, d) : 0;
}

static int load(struct desk_threats *t, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(t->sql, "SELECT message, silence_day FROM judged");
    if (sql_row(s) < 0)
        return sql_failed(t->sql, d, "cannot read how far the rules are");
    t->judged = sqlite3_column_int64(s, 0);
    t->silence_day = sqlite3_column_int64(s, 1);
    return read_rules(t, d);
}

int desk_threats_open(struct desk_index *x, struct text *text, struct desk_threats **ret,
                      struct diag *d)
{
    CLEANUP(desk_threats_close_cleanup) struct desk_threats *t = mem_new(sizeof *t);
    *t = (struct desk_threats){.x = x, .sql = desk_index_sql(x), .text = text};
    t->said = (struct buf)BUF_INIT_SECRET(VALUE_BODY_MAX + 1024);
    t->arena = (struct arena)ARENA_INIT(2 * CONTENT_ARENA_BYTES);
    int r = zone_open("UTC", &t->zone, d);
    if (r == 0)
        r = sql_transaction(t->sql, make, t, d);
    if (r == 0)
        r = load(t, d);
    if (r == 0)
        *ret = TAKE(t);
    return r;
}

void desk_threats_close(struct desk_threats *t)
{
    if (t == NULL)
        return;
    forget_rules(t);
    rule_free(t->trial);
    idset_clear(&t->trial_found);
    zone_free(t->zone);
    buf_clear(&t->said);
    arena_clear(&t->arena);
    free(t);
}
