/* Threats: the queue, and the rules. */
#include <stdlib.h>
#include <string.h>

#include "desk/api_internal.h"

#define ALERTS_USUAL 100

/* ---- the queue ---- */

/* Strings of an alert live until the next statement, so all are taken before anything else is read.
 */
static int take_alert(void *context, const struct desk_alert *a)
{
    json_t *found = json_loads(a->found, 0, NULL);
    json_array_append_new(
        context,
        json_pack("{sI sI so sI so si so sI sI sI sI sI sI sI ss so}", "id", (json_int_t)a->number,
                  "rule", (json_int_t)a->rule, "name", api_string(a->rule_name), "message",
                  (json_int_t)a->message, "account", api_string(a->account), "weight", a->weight,
                  "found", found == NULL ? json_array() : found, "raised",
                  (json_int_t)a->raised_unix_ms, "due", (json_int_t)a->due_unix_ms, "escalated",
                  (json_int_t)a->escalated_unix_ms, "acknowledged_by",
                  (json_int_t)a->acknowledged_by, "acknowledged",
                  (json_int_t)a->acknowledged_unix_ms, "decided_by", (json_int_t)a->decided_by,
                  "decided", (json_int_t)a->decided_unix_ms, "decision",
                  desk_decision_text(a->decision), "reason", api_string(a->reason)));
    return 0;
}

struct showing {
    struct api_call *call;
    json_t *alert;
};

static int take_message(void *context, const struct desk_message *m)
{
    struct showing *s = context;
    json_t *o = api_message(m, true);
    json_object_set_new(s->alert, "shown", o);
    api_shown(s->call, m);
    return api_put_made(s->call, o, m);
}

static int show_messages(struct api_call *c, json_t *list)
{
    size_t i;
    json_t *alert;
    int r = 0;
    json_array_foreach(list, i, alert)
    {
        int64_t id = json_integer_value(json_object_get(alert, "message"));
        struct showing s = {c, alert};
        if (r == 0 && id != 0)
            r = desk_message(c->api->o.index, id, c->session.user, take_message, &s, &c->d);
    }
    return r;
}

int api_threats(struct api_call *c)
{
    json_t *list = json_array();
    struct desk_threat_figures f;
    bool open = api_flag(c, "open", true);
    const char *scope = open ? "threats open" : "threats decided";
    int64_t limit = api_number(c, "limit", ALERTS_USUAL), behind;
    c->answer = json_pack("{so}", "threats", list);
    api_what(c, "threats that are %s", open ? "open" : "decided");
    int r = api_after(c, scope, 0, &behind);
    if (r < 0)
        return r;
    r = desk_alerts(c->api->o.threats, open, behind, (unsigned)limit, take_alert, list, &c->d);
    if (r == 0)
        api_name_users(c, list, (const char *const[]){"acknowledged_by", "decided_by", NULL});
    if (r == 0)
        r = show_messages(c, list);
    if (r == 0)
        r = desk_threat_figures(c->api->o.threats, &f, &c->d);
    if (r < 0)
        return api_fail(c, r);
    const json_t *last = json_array_get(list, json_array_size(list) - 1);
    api_put_after(c, json_array_size(list), limit, scope,
                  json_integer_value(json_object_get(last, "id")));
    json_object_set_new(c->answer, "open", json_integer((json_int_t)f.open));
    json_object_set_new(c->answer, "unacknowledged", json_integer((json_int_t)f.unacknowledged));
    json_object_set_new(c->answer, "escalated", json_integer((json_int_t)f.escalated));
    json_object_set_new(c->answer, "next_due", json_integer((json_int_t)f.next_due_unix_ms));
    json_object_set_new(c->answer, "behind", json_integer((json_int_t)f.behind));
    return 0;
}

int api_threat_acknowledge(struct api_call *c)
{
    struct desk_by by = api_by(c);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "threat %lld is acknowledged", (long long)id);
    r = desk_alert_acknowledge(c->api->o.threats, id, &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_threat_decide(struct api_call *c)
{
    struct desk_by by = api_by(c);
    const char *decision = api_text(c, "decision", "");
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "threat %lld is decided: %s", (long long)id, decision);
    r = desk_alert_decide(c->api->o.threats, id, desk_decision_of(decision),
                          api_text(c, "reason", ""), &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- rules ---- */

static int take_rule(void *context, const struct desk_rule *r)
{
    json_array_append_new(
        context, json_pack("{sI so so sb sI sI sI sI}", "id", (json_int_t)r->number, "name",
                           api_string(r->name), "rule", api_string(r->json), "on", r->on, "user",
                           (json_int_t)r->user, "at", (json_int_t)r->at_unix_ms, "raised",
                           (json_int_t)r->raised, "open", (json_int_t)r->open));
    return 0;
}

int api_rules(struct api_call *c)
{
    json_t *list = json_array();
    c->answer = json_pack("{so}", "rules", list);
    int r = desk_rules(c->api->o.threats, take_rule, list, &c->d);
    if (r < 0)
        return api_fail(c, r);
    api_name_users(c, list, (const char *const[]){"user", NULL});
    return 0;
}

int api_rule_add(struct api_call *c)
{
    struct desk_by by = api_by(c);
    const char *rule = api_text(c, "rule", "");
    int64_t number;
    int r = desk_rule_add(c->api->o.threats, rule, strlen(rule), &by, &number, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->status = API_CREATED;
    c->answer = json_pack("{sI}", "id", (json_int_t)number);
    api_what(c, "rule %lld is made", (long long)number);
    return 0;
}

int api_rule_switch(struct api_call *c)
{
    bool on = api_flag(c, "on", true);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "rule %lld is switched %s", (long long)id, on ? "on" : "off");
    r = desk_rule_switch(c->api->o.threats, id, on, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_trial_begin(struct api_call *c)
{
    const char *rule = api_text(c, "rule", "");
    api_what(c, "a rule is tried on the past");
    int r = desk_trial_begin(c->api->o.threats, rule, strlen(rule), &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_trial_read(struct api_call *c)
{
    struct desk_trial t;
    json_t *shown = json_array();
    desk_trial_read(c->api->o.threats, &t);
    for (size_t i = 0; i < t.shown_count; i++)
        json_array_append_new(shown, json_integer((json_int_t)t.shown[i]));
    c->answer = json_pack("{sb sb sI sI sI so}", "running", t.running, "done", t.done, "looked_at",
                          (json_int_t)t.looked_at, "of", (json_int_t)t.of, "found",
                          (json_int_t)t.found, "messages", shown);
    api_what(c, "what a rule would have found");
    return 0;
}
