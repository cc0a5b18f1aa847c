/* Who wrote daily and has fallen silent. */
#include "base/calendar.h"
#include "base/memory.h"
#include "desk/threats_internal.h"

#define DAY_SECONDS 86400U
#define CATCH_UP_DAYS 6
#define DAYS (RULE_DAYS_LOOKED_AT + 1U) /* with the day itself */

static bool has_rule(const struct desk_threats *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->rules[i].on && rule_is_silence(t->rules[i].rule))
            return true;
    return false;
}

static int stands_still(void *context, const struct desk_progress *p)
{
    bool *any = context;
    *any = *any || p->stopped[0] != '\0';
    return 0;
}

/* Who is not heard since nothing comes is not silent: no journal may stand still, and somebody has
 * written within a day. */
static bool is_heard(struct desk_threats *t, int64_t now_unix_ms)
{
    uint32_t since = columns_seconds(now_unix_ms - CALENDAR_DAY_MS);
    struct diag d;
    bool stopped = false, heard = false;
    if (desk_journals(t->x, stands_still, &stopped, &d) < 0)
        return false;
    for (uint32_t i = 1; !heard && i <= t->x->census.people_count; i++)
        heard = census_person(&t->x->census, i)->sent > 0 &&
                census_person(&t->x->census, i)->last >= since;
    return heard && !stopped;
}

bool threats_silence_due(struct desk_threats *t, int64_t now_unix_ms)
{
    int64_t day = calendar_day_of(now_unix_ms);
    bool due = day > t->silence_day || t->silence_day > day + 1; /* the clock was ahead */
    return due && has_rule(t) && is_heard(t, now_unix_ms);
}

/* Of each person how many messages on each of the last days, today's first: of what all may see, so
 * that an alert tells nothing of what they may not. */
static uint32_t (*count_days(const struct desk_threats *t, int64_t day))[DAYS]
{
    const struct columns *c = &t->x->columns;
    uint32_t(*counts)[DAYS] = mem_array((size_t)t->x->census.people_count + 1, sizeof *counts);
    for (uint32_t i = 0; i < c->count; i++) {
        int64_t ago = day - c->at[i] / DAY_SECONDS;
        if (sight_has_common(t->x, (int64_t)i + 1) && ago >= 0 && ago < DAYS && c->sender[i] > 0 &&
            c->sender[i] <= t->x->census.people_count)
            counts[c->sender[i] - 1][ago]++;
    }
    return counts;
}

static int judge_person(struct desk_threats *t, uint32_t account, const uint32_t *counts,
                        int64_t now, unsigned *ret_raised, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < t->count; i++) {
        const struct threats_rule *rule = &t->rules[i];
        if (!rule->on || !rule_finds_silence(rule->rule, counts + 1, counts[0]))
            continue;
        const struct threats_found f = {.account = account, .rule = rule};
        r = threats_raise(t, &f, now, d);
        *ret_raised += r == 1;
        r = r < 0 ? r : 0;
    }
    return r;
}

static int judge_day(struct desk_threats *t, int64_t day, int64_t now, unsigned *ret_raised,
                     struct diag *d)
{
    CLEANUP_FREE uint32_t(*counts)[DAYS] = count_days(t, day);
    int r = 0;
    for (uint32_t p = 0; r == 0 && p < t->x->census.people_count; p++)
        r = judge_person(t, p + 1, counts[p], now, ret_raised, d);
    return r;
}

/* The days on which the desk was off, too, up to a week. */
int threats_silence(struct desk_threats *t, int64_t now_unix_ms, unsigned *ret_raised,
                    struct diag *d)
{
    int64_t today = calendar_day_of(now_unix_ms), day = today;
    int r = 0;
    if (t->silence_day > 0 && t->silence_day < today)
        day =
            t->silence_day + 1 > today - CATCH_UP_DAYS ? t->silence_day + 1 : today - CATCH_UP_DAYS;
    for (; r == 0 && day <= today; day++)
        r = judge_day(t, day, now_unix_ms, ret_raised, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s = sql(t->sql, "UPDATE judged SET silence_day = ?1");
    sqlite3_bind_int64(s, 1, today);
    if (sql_run(s) < 0)
        return sql_failed(t->sql, d, "cannot keep how far the rules are");
    t->silence_day = today;
    return 0;
}
