/* A case's page: what is known of it beside its messages. */
#include <string.h>

#include "desk/api_internal.h"
#include "desk/cases.h"

static int made(struct api_call *c, int r, int64_t number)
{
    if (r < 0)
        return api_fail(c, r);
    c->status = API_CREATED;
    c->answer = json_pack("{sI}", "id", (json_int_t)number);
    return 0;
}

int api_case_event(struct api_call *c)
{
    const struct desk_case_event e = {.at_unix_ms = api_number(c, "at", 0),
                                      .zone = api_text(c, "zone", ""),
                                      .title = api_text(c, "title", ""),
                                      .text = api_text(c, "text", ""),
                                      .by = api_by(c)};
    int64_t number = 0;
    c->entry.case_id = c->arguments[0];
    api_what(c, "event of case %s: %s", c->arguments[0], e.title);
    int r = desk_case_event_add(c->api->o.index, c->arguments[0], &e, &number, &c->d);
    return made(c, r, number);
}

int api_case_outcome(struct api_call *c)
{
    const struct desk_outcome o = {.kind = desk_outcome_of(api_text(c, "kind", "")),
                                   .amount = api_text(c, "amount", ""),
                                   .unit = api_text(c, "unit", ""),
                                   .country = api_text(c, "country", ""),
                                   .day = api_text(c, "date", ""),
                                   .note = api_text(c, "note", ""),
                                   .corrects = api_number(c, "corrects", 0),
                                   .by = api_by(c)};
    int64_t number = 0;
    c->entry.case_id = c->arguments[0];
    api_what(c, "outcome of case %s: %s, %s %s", c->arguments[0], desk_outcome_text(o.kind),
             o.amount, o.unit);
    if (o.corrects != 0)
        api_what(c, ", in the place of entry %lld", (long long)o.corrects);
    int r = desk_outcome_add(c->api->o.index, c->arguments[0], &o, &number, &c->d);
    return made(c, r, number);
}

static int set_member(struct api_call *c, enum desk_case_member_kind kind, const char *field)
{
    const struct desk_case_member m = {kind, api_text(c, field, ""), api_by(c)};
    bool on = api_flag(c, "on", true);
    c->entry.case_id = c->arguments[0];
    api_what(c, "case %s %s: %s %s", c->arguments[0], on ? "has" : "has no more", field, m.name);
    int r = desk_case_member_set(c->api->o.index, c->arguments[0], &m, on, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_case_person(struct api_call *c)
{
    return set_member(c, DESK_CASE_PERSON, "account");
}

int api_case_organisation(struct api_call *c)
{
    return set_member(c, DESK_CASE_ORGANISATION, "organisation");
}

/* ---- the page ---- */

struct listing {
    struct api_call *call;
    json_t *list, *others;
};

static json_t *with_who(struct listing *l, json_t *o, const struct desk_by *by)
{
    json_object_set_new(o, "by", api_user(l->call, by->user));
    json_object_set_new(o, "made", json_integer((json_int_t)by->at_unix_ms));
    return o;
}

static int take_event(void *context, const struct desk_case_event *e)
{
    struct listing *l = context;
    json_t *o = json_pack("{sI sI so so so}", "id", (json_int_t)e->number, "at",
                          (json_int_t)e->at_unix_ms, "zone", api_string(e->zone), "title",
                          api_string(e->title), "text", api_string(e->text));
    return json_array_append_new(l->list, with_who(l, o, &e->by));
}

static int take_outcome(void *context, const struct desk_outcome *x)
{
    struct listing *l = context;
    json_t *o = json_pack("{sI ss ss so so so so sI sI}", "id", (json_int_t)x->number, "kind",
                          desk_outcome_text(x->kind), "amount", x->amount, "unit",
                          api_string(x->unit), "country", api_string(x->country), "date",
                          api_string(x->day), "note", api_string(x->note), "corrects",
                          (json_int_t)x->corrects, "corrected_by", (json_int_t)x->corrected_by);
    return json_array_append_new(l->list, with_who(l, o, &x->by));
}

static int take_member(void *context, const struct desk_case_member *m)
{
    struct listing *l = context;
    bool person = m->kind == DESK_CASE_PERSON;
    json_t *o = json_pack("{so}", person ? "account" : "organisation", api_string(m->name));
    return json_array_append_new(person ? l->list : l->others, with_who(l, o, &m->by));
}

static int take_sum(void *context, const struct desk_outcome_sum *s)
{
    return json_array_append_new(
        context, json_pack("{ss so so ss sI}", "kind", desk_outcome_text(s->kind), "unit",
                           api_string(s->unit), "country", api_string(s->country), "amount",
                           s->amount, "entries", (json_int_t)s->entries));
}

int api_outcome_sums(struct api_call *c, const char *word, json_t *list)
{
    return desk_outcome_sums(c->api->o.index, word, take_sum, list, &c->d);
}

struct looking {
    struct api_call *call;
    const char *word;
};

static int take_this_case(void *context, const struct desk_case *x)
{
    struct looking *l = context;
    if (strcmp(x->word, l->word) != 0)
        return 0;
    l->call->answer = json_pack("{so so so sI sI}", "word", api_string(x->word), "title",
                                api_string(x->title), "by", api_user(l->call, x->user), "made",
                                (json_int_t)x->at_unix_ms, "messages", (json_int_t)x->messages);
    return 0;
}

static json_t *put_list(struct api_call *c, const char *name)
{
    json_t *list = json_array();
    json_object_set_new(c->answer, name, list);
    return list;
}

int api_case(struct api_call *c)
{
    struct desk_index *x = c->api->o.index;
    const char *word = c->arguments[0];
    struct looking looking = {c, word};
    c->entry.case_id = word;
    api_what(c, "case %s", word);
    int r = desk_case_check(x, word, &c->d);
    if (r == 0)
        r = desk_cases(x, take_this_case, &looking, &c->d);
    if (r < 0)
        return api_fail(c, r);
    struct listing people = {c, put_list(c, "people"), put_list(c, "organisations")};
    struct listing events = {c, put_list(c, "events"), NULL};
    struct listing outcomes = {c, put_list(c, "outcomes"), NULL};
    r = desk_case_members(x, word, take_member, &people, &c->d);
    if (r == 0)
        r = desk_case_events(x, word, take_event, &events, &c->d);
    if (r == 0)
        r = desk_outcomes(x, word, take_outcome, &outcomes, &c->d);
    if (r == 0)
        r = api_outcome_sums(c, word, put_list(c, "sums"));
    return r < 0 ? api_fail(c, r) : 0;
}
