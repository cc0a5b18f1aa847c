/* A second look at a sample of what was set aside. */
#include "desk/api_internal.h"
#include "desk/second.h"

#define QUEUE_BUDGET_MS 200
#define DISAGREEMENTS_USUAL 50

static int take_message(void *context, const struct desk_message *m)
{
    struct api_call *c = context;
    json_t *o = api_message(m, true);
    json_object_set_new(c->answer, "next", o);
    api_shown(c, m);
    return api_put_made(c, o, m);
}

int api_second_next(struct api_call *c)
{
    struct desk_second_queue q;
    api_what(c, "the next message for a second look");
    int r = desk_second_look(c->api->o.index, c->session.user, QUEUE_BUDGET_MS, &q, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->answer = json_pack("{sI sb sn}", "left", (json_int_t)q.left, "exact", q.exact, "next");
    if (q.next == 0)
        return 0;
    r = desk_message(c->api->o.index, q.next, c->session.user, take_message, c, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_second_judge(struct api_call *c)
{
    struct desk_by by = api_by(c);
    bool agrees = api_flag(c, "agrees", true);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    c->entry.count = 1;
    api_what(c, "second look at message %lld: %s", (long long)id,
             agrees ? "rightly set aside" : "not to be set aside");
    r = desk_second_judge(c->api->o.index, id, agrees, api_text(c, "reason", ""), &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_second_set(struct api_call *c)
{
    struct desk_by by = api_by(c);
    int64_t percent = api_number(c, "percent", 0);
    api_what(c, "second looks at %lld percent of what is set aside", (long long)percent);
    int r = desk_second_set_percent(c->api->o.index, (unsigned)percent, &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- for the supervisor ---- */

struct figures {
    struct api_call *call;
    json_t *list;
    uint64_t looked_at, agreed;
};

static int take_figures(void *context, const struct desk_second_figures *f)
{
    struct figures *s = context;
    s->looked_at += f->looked_at;
    s->agreed += f->agreed;
    return json_array_append_new(
        s->list, json_pack("{so sI sI}", "reviewer", api_user(s->call, f->first), "looked_at",
                           (json_int_t)f->looked_at, "agreed", (json_int_t)f->agreed));
}

static int take_disagreement(void *context, const struct desk_second_no *n)
{
    struct figures *s = context;
    return json_array_append_new(
        s->list, json_pack("{sI so so so sI}", "message", (json_int_t)n->message, "first",
                           api_user(s->call, n->first), "second", api_user(s->call, n->by.user),
                           "reason", api_string(n->reason), "at", (json_int_t)n->by.at_unix_ms));
}

int api_second(struct api_call *c)
{
    struct desk_index *x = c->api->o.index;
    struct figures reviewers = {.call = c, .list = json_array()};
    struct figures disagreements = {.call = c, .list = json_array()};
    unsigned percent = 0;
    c->answer =
        json_pack("{so so}", "reviewers", reviewers.list, "disagreements", disagreements.list);
    api_what(c, "second looks");
    int r = desk_second_percent(x, &percent, &c->d);
    if (r == 0)
        r = desk_second_figures(x, take_figures, &reviewers, &c->d);
    if (r == 0)
        r = desk_second_disagreements(x, DISAGREEMENTS_USUAL, take_disagreement, &disagreements,
                                      &c->d);
    if (r < 0)
        return api_fail(c, r);
    json_object_set_new(c->answer, "percent", json_integer((json_int_t)percent));
    json_object_set_new(c->answer, "looked_at", json_integer((json_int_t)reviewers.looked_at));
    json_object_set_new(c->answer, "agreed", json_integer((json_int_t)reviewers.agreed));
    return 0;
}
