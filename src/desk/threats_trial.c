/* A rule that is to be, held against the past. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "desk/threats_internal.h"

#define STEP_MS 8
#define LOOK_AT_CLOCK 16U /* messages */

int desk_trial_begin(struct desk_threats *t, const char *json, size_t len, struct diag *d)
{
    struct rule *rule;
    int r = threats_parse(t, json, len, &rule, d);
    if (r < 0)
        return r;
    if (rule_is_silence(rule)) {
        rule_free(rule);
        return diag_set(d, ERR_FORMAT, "a rule of silence is held against days as they end");
    }
    rule_free(t->trial);
    t->trial = rule;
    t->trial_next = index_last_id(t->x);
    idset_clear(&t->trial_found);
    t->trial_state = (struct desk_trial){.running = true, .of = desk_index_came_after(t->x, 0)};
    return 0;
}

void desk_trial_read(const struct desk_threats *t, struct desk_trial *ret)
{
    *ret = t->trial_state;
    for (int64_t id = index_last_id(t->x) + 1; (id = idset_below(&t->trial_found, id)) != 0;) {
        if (!sight_has(t->x, id))
            continue;
        ret->found++;
        if (ret->shown_count < DESK_TRIAL_SHOWN_MAX)
            ret->shown[ret->shown_count++] = id;
    }
}

static int look_at(struct desk_threats *t, struct threats_judge *j, int64_t id, struct diag *d)
{
    struct rule_result result;
    struct row row;
    if (!sight_has_common(t->x, id))
        return 0;
    t->trial_state.looked_at++;
    int r = threats_read(t, id, &row, d);
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : r;
    r = threats_judge_row(j, t, &row, &result, d);
    if (r <= 0)
        return r;
    idset_add(&t->trial_found, id);
    return 0;
}

static int look_back(struct desk_threats *t, struct threats_judge *j, struct diag *d)
{
    int64_t end = clock_monotonic_ms() + STEP_MS;
    int r = 0;
    for (unsigned n = 0; r == 0 && t->trial_next > 0; n++) {
        if (n % LOOK_AT_CLOCK == LOOK_AT_CLOCK - 1 && clock_monotonic_ms() >= end)
            return 0;
        r = look_at(t, j, t->trial_next--, d);
    }
    return r;
}

int threats_trial_step(struct desk_threats *t, struct diag *d)
{
    const struct threats_rule rule = {.on = true, .rule = t->trial};
    struct threats_judge j;
    if (!t->trial_state.running)
        return 0;
    int r = threats_judge_init(&j, t, &rule, d);
    if (r == 0) {
        r = look_back(t, &j, d);
        threats_judge_clear(&j);
    }
    if (r < 0 || t->trial_next == 0) {
        t->trial_state.running = false;
        t->trial_state.done = r == 0;
    }
    return r;
}
