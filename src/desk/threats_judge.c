/* Holding rules against what has arrived. */
#include <string.h>

#include "base/memory.h"
#include "desk/privilege_internal.h"
#include "desk/search_internal.h"
#include "desk/threats_internal.h"

#define MESSAGES_A_STEP 256

int threats_judge_init(struct threats_judge *j, struct desk_threats *t,
                       const struct threats_rule *rule, struct diag *d)
{
    const struct query *q = rule_query(rule->rule);
    *j = (struct threats_judge){.rule = rule};
    if (q == NULL)
        return 0;
    int r = search_plan(t->x, q, &j->plan, d);
    if (r < 0)
        return r;
    r = judge_init(&j->judge, t->x, q, &j->plan, 0, d);
    if (r < 0) {
        judge_clear(&j->judge);
        query_plan_clear(&j->plan);
        return r;
    }
    j->with_query = true;
    return 0;
}

void threats_judge_clear(struct threats_judge *j)
{
    if (!j->with_query)
        return;
    judge_clear(&j->judge);
    query_plan_clear(&j->plan);
}

int threats_read(struct desk_threats *t, int64_t id, struct row *ret, struct diag *d)
{
    int r = row_read(t->x, id, ret, d);
    if (r < 0)
        return r;
    buf_reset(&t->said);
    said_put(&t->said, &t->arena, ret->body, ret->body_len);
    t->said_len = t->said.len;
    made_words_put(t->x, id, ret->kind, &t->said);
    return 0;
}

int threats_judge_row(struct threats_judge *j, struct desk_threats *t, const struct row *row,
                      struct rule_result *ret, struct diag *d)
{
    const char *lang = names_text(&t->x->names[NAME_LANG], row->lang);
    if (!rule_weighs(j->rule->rule, t->text, lang, (const char *)t->said.data, t->said.len, ret))
        return 0;
    return j->with_query ? judge_slowly(&j->judge, row->id, d) : 1;
}

/* The rules that are on. */
struct judging {
    struct desk_threats *t;
    struct threats_judge judges[DESK_RULES_MAX];
    size_t count;
    int64_t now;
    unsigned raised; /* of what all may see */
};

static void clear_judges(struct judging *g)
{
    for (size_t i = 0; i < g->count; i++)
        threats_judge_clear(&g->judges[i]);
}

static int make_judges(struct judging *g, struct diag *d)
{
    struct desk_threats *t = g->t;
    int r = 0;
    for (size_t i = 0; r == 0 && i < t->count; i++) {
        if (!t->rules[i].on || rule_is_silence(t->rules[i].rule))
            continue;
        r = threats_judge_init(&g->judges[g->count], t, &t->rules[i], d);
        g->count += r == 0;
    }
    return r;
}

static int judge_one(struct judging *g, int64_t id, struct diag *d)
{
    struct row row;
    int r = threats_read(g->t, id, &row, d);
    if (r == ERR_NOT_FOUND)
        return 0; /* ids have gaps */
    uint32_t sender = r == 0 ? row.sender : 0;
    for (size_t i = 0; r == 0 && i < g->count; i++) {
        struct threats_found f = {.message = id,
                                  .account = sender,
                                  .rule = g->judges[i].rule,
                                  .said_len = g->t->said_len};
        r = threats_judge_row(&g->judges[i], g->t, &row, &f.result, d);
        if (r > 0) {
            r = threats_raise(g->t, &f, g->now, d);
            g->raised += r == 1 && sight_has_common(g->t->x, id);
            r = r < 0 ? r : 0;
        }
    }
    return r;
}

/* ---- words that a machine has read since ---- */

static bool was_read(struct desk_threats *t)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(t->sql, "SELECT 1 FROM judge_again LIMIT 1");
    return sql_row(s) == 0;
}

static int find_read(struct desk_threats *t, int64_t *ret, size_t *ret_count, struct diag *d)
{
    sqlite3_stmt *s = sql(t->sql, "SELECT message FROM judge_again ORDER BY message LIMIT ?1");
    int r = 0;
    sqlite3_bind_int64(s, 1, MESSAGES_A_STEP);
    for (*ret_count = 0; *ret_count < MESSAGES_A_STEP && sql_walk(t->sql, s, &r, d);)
        ret[(*ret_count)++] = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return r;
}

static int forget_read(struct desk_threats *t, int64_t message, struct diag *d)
{
    sqlite3_stmt *s = sql(t->sql, "DELETE FROM judge_again WHERE message = ?1");
    sqlite3_bind_int64(s, 1, message);
    return sql_run(s) < 0 ? sql_failed(t->sql, d, "cannot keep what was judged again") : 0;
}

/* What is not judged at all yet is judged with them. */
static int judge_read(struct judging *g, struct diag *d)
{
    int64_t ids[MESSAGES_A_STEP];
    size_t count = 0;
    int r = find_read(g->t, ids, &count, d);
    for (size_t i = 0; r == 0 && i < count; i++) {
        if (ids[i] <= g->t->judged)
            r = judge_one(g, ids[i], d);
        if (r == 0)
            r = forget_read(g->t, ids[i], d);
    }
    return r;
}

static int write_judged(struct desk_threats *t, int64_t judged, struct diag *d)
{
    sqlite3_stmt *s = sql(t->sql, "UPDATE judged SET message = ?1");
    sqlite3_bind_int64(s, 1, judged);
    return sql_run(s) < 0 ? sql_failed(t->sql, d, "cannot keep how far the rules are") : 0;
}

static int judge_some(void *context, struct diag *d)
{
    struct judging *g = context;
    int64_t last = index_last_id(g->t->x), until = g->t->judged + MESSAGES_A_STEP;
    int r = make_judges(g, d);
    if (r == 0)
        r = judge_read(g, d);
    until = until < last ? until : last;
    for (int64_t id = g->t->judged + 1; r == 0 && id <= until; id++)
        r = judge_one(g, id, d);
    if (r == 0)
        r = write_judged(g->t, until, d);
    return r;
}

/* ---- what is overdue ---- */

struct escalating {
    struct desk_threats *t;
    int64_t now;
    unsigned count;
};

static int escalate(struct escalating *e, struct diag *d)
{
    sqlite3_stmt *s = sql(e->t->sql, "UPDATE alert SET escalated = ?1 WHERE decision = 0 AND"
                                     " escalated = 0 AND due <= ?1 AND acknowledged_by = 0");
    sqlite3_bind_int64(s, 1, e->now);
    return sql_run(s) < 0 ? sql_failed(e->t->sql, d, "cannot escalate") : 0;
}

/* Counts those that all may see; what is said of others says it to the filter role alone. */
static int count_overdue(struct escalating *e, struct diag *d)
{
    sqlite3_stmt *s = sql(e->t->sql, "SELECT message FROM alert WHERE decision = 0 AND"
                                     " escalated = 0 AND due <= ?1 AND acknowledged_by = 0");
    int r = 0;
    sqlite3_bind_int64(s, 1, e->now);
    while (sql_walk(e->t->sql, s, &r, d)) {
        int64_t message = sqlite3_column_int64(s, 0);
        e->count += message == 0 || sight_has_common(e->t->x, message);
    }
    return r;
}

static int count_and_escalate(void *context, struct diag *d)
{
    int r = count_overdue(context, d);
    return r < 0 ? r : escalate(context, d);
}

/* Asked first, so that a quiet desk writes nothing. */
static bool is_overdue(struct desk_threats *t, int64_t now)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(t->sql, "SELECT 1 FROM alert WHERE decision = 0 AND escalated = 0 AND due <= ?1 AND"
                    " acknowledged_by = 0 LIMIT 1");
    sqlite3_bind_int64(s, 1, now);
    return sql_row(s) == 0;
}

/* ---- a step ---- */

static int judge_step(struct desk_threats *t, int64_t now, struct desk_threats_news *ret,
                      struct diag *d)
{
    struct judging g = {.t = t, .now = now};
    int64_t before = t->judged, until = before + MESSAGES_A_STEP;
    if (before >= index_last_id(t->x) && !was_read(t))
        return 0;
    int r = sql_transaction(t->sql, judge_some, &g, d);
    clear_judges(&g);
    if (r < 0)
        return r;
    t->judged = until < index_last_id(t->x) ? until : index_last_id(t->x);
    ret->raised += g.raised;
    ret->more = t->judged < index_last_id(t->x) || was_read(t);
    return 0;
}

struct silencing {
    struct desk_threats *t;
    int64_t now;
    unsigned raised;
};

static int silence(void *context, struct diag *d)
{
    struct silencing *x = context;
    return threats_silence(x->t, x->now, &x->raised, d);
}

int desk_threats_step(struct desk_threats *t, int64_t now, struct desk_threats_news *ret,
                      struct diag *d)
{
    struct silencing quiet = {.t = t, .now = now};
    struct escalating late = {.t = t, .now = now};
    *ret = (struct desk_threats_news){.raised = 0};
    if (t->broken)
        return diag_set(d, ERR_INVALID_STATE,
                        "the rules could not be read: they are read anew at "
                        "the next start");
    int r = privilege_fresh(t->x, d);
    if (r == 0)
        r = judge_step(t, now, ret, d);
    /* Who is silent can be said only once all that has come is judged. */
    if (r == 0 && !ret->more && threats_silence_due(t, now))
        r = sql_transaction(t->sql, silence, &quiet, d);
    if (r == 0 && is_overdue(t, now))
        r = sql_transaction(t->sql, count_and_escalate, &late, d);
    if (r == 0 && !ret->more)
        r = threats_trial_step(t, d);
    ret->raised += quiet.raised;
    ret->escalated = late.count;
    ret->more = ret->more || t->trial_state.running;
    return r;
}
