/* People, who they write with, conversations. */
#include <stdio.h>
#include <string.h>

#include "desk/api_internal.h"

#define PEOPLE_USUAL 50
#define SCOPE_BYTES 512U

json_t *api_person_json(const struct desk_person *p)
{
    return json_pack("{so so so sI sI sI sI so so}", "account", api_string(p->account), "handle",
                     api_string(p->handle), "name", api_string(p->name), "first",
                     (json_int_t)p->first_unix_ms, "last", (json_int_t)p->last_unix_ms, "sent",
                     (json_int_t)p->sent, "received", (json_int_t)p->received, "countries",
                     api_string(p->countries), "organisation", api_string(p->organisation));
}

static int take_person(void *context, const struct desk_person *p)
{
    return json_array_append_new(context, api_person_json(p));
}

int api_people(struct api_call *c)
{
    const char *prefix = api_text(c, "prefix", "");
    int64_t limit = api_number(c, "limit", PEOPLE_USUAL), skip;
    char scope[SCOPE_BYTES];
    json_t *list = json_array();
    c->answer = json_pack("{so}", "people", list);
    snprintf(scope, sizeof scope, "people %s", prefix);
    api_what(c, "people '%s'", prefix);
    int r = api_after(c, scope, 0, &skip);
    if (r < 0)
        return r;
    r = desk_people(c->api->o.index, prefix, (uint64_t)skip, (unsigned)limit, take_person, list,
                    &c->d);
    if (r < 0)
        return api_fail(c, r);
    api_put_after(c, json_array_size(list), limit, scope, skip + limit);
    return 0;
}

static int take_this_person(void *context, const struct desk_person *p)
{
    struct api_call *c = context;
    c->answer = api_person_json(p);
    return 0;
}

int api_person(struct api_call *c)
{
    api_what(c, "person %s", c->arguments[0]);
    int r = desk_person_of(c->api->o.index, c->arguments[0], take_this_person, c, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

static int take_contact(void *context, const struct desk_contact *x)
{
    return json_array_append_new(context,
                                 json_pack("{so so sI sI}", "account", api_string(x->account),
                                           "name", api_string(x->name), "sent", (json_int_t)x->sent,
                                           "received", (json_int_t)x->received));
}

int api_contacts(struct api_call *c)
{
    json_t *list = json_array();
    c->answer = json_pack("{so}", "contacts", list);
    api_what(c, "contacts of %s", c->arguments[0]);
    int r =
        desk_contacts(c->api->o.index, c->arguments[0],
                      (unsigned)api_number(c, "limit", PEOPLE_USUAL), take_contact, list, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_organisation(struct api_call *c)
{
    struct desk_by by = api_by(c);
    const char *organisation = api_text(c, "organisation", "");
    api_what(c, "organisation of %s: %s", c->arguments[0], organisation);
    int r = desk_set_organisation(c->api->o.index, c->arguments[0], organisation, &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_take_conversation(void *context, const struct desk_conversation *x)
{
    struct api_conversations *s = context;
    s->last = x->place;
    return json_array_append_new(
        s->list,
        json_pack("{so so so sI sI sI}", "id", api_string(x->id), "group", api_string(x->group),
                  "members", api_strings(x->members), "messages", (json_int_t)x->messages, "first",
                  (json_int_t)x->first_unix_ms, "last", (json_int_t)x->last_unix_ms));
}

int api_conversations(struct api_call *c)
{
    const char *with = api_text(c, "with", NULL);
    int64_t limit = api_number(c, "limit", PEOPLE_USUAL), behind;
    char scope[SCOPE_BYTES];
    struct api_conversations s = {.list = json_array()};
    c->answer = json_pack("{so}", "conversations", s.list);
    snprintf(scope, sizeof scope, "conversations %s", with == NULL ? "" : with);
    api_what(c, "conversations%s%s", with == NULL ? "" : " with ", with == NULL ? "" : with);
    int r = api_after(c, scope, -1, &behind);
    if (r < 0)
        return r;
    r = desk_conversations(c->api->o.index, with, (uint64_t)behind, (unsigned)limit,
                           api_take_conversation, &s, &c->d);
    if (r < 0)
        return api_fail(c, r);
    api_put_after(c, json_array_size(s.list), limit, scope, (int64_t)s.last);
    return 0;
}
