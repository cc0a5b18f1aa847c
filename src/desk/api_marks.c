/* What reviewers add to messages, and cases. */
#include "desk/api_internal.h"

#define TAGS_USUAL 50

/* `r` is what the model said of message `id`. */
static int marked(struct api_call *c, int r)
{
    if (r < 0)
        return api_fail(c, r);
    c->entry.count = 1;
    return 0;
}

int api_seen(struct api_call *c)
{
    struct desk_by by = api_by(c);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "seen: message %lld", (long long)id);
    return marked(c, desk_mark_seen(c->api->o.index, id, &by, &c->d));
}

static int tag(struct api_call *c, bool on)
{
    struct desk_by by = api_by(c);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "tag %s %s: message %lld", c->arguments[1], on ? "on" : "off", (long long)id);
    return marked(c, desk_tag(c->api->o.index, id, c->arguments[1], on, &by, &c->d));
}

int api_tag_on(struct api_call *c)
{
    return tag(c, true);
}

int api_tag_off(struct api_call *c)
{
    return tag(c, false);
}

static int flag(struct api_call *c, bool on)
{
    struct desk_by by = api_by(c);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "flag %s: message %lld", on ? "on" : "off", (long long)id);
    return marked(c, desk_flag(c->api->o.index, id, on, &by, &c->d));
}

int api_flag_on(struct api_call *c)
{
    return flag(c, true);
}

int api_flag_off(struct api_call *c)
{
    return flag(c, false);
}

int api_note(struct api_call *c)
{
    struct desk_by by = api_by(c);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    c->status = API_CREATED;
    api_what(c, "note: message %lld", (long long)id);
    return marked(c, desk_note(c->api->o.index, id, api_text(c, "text", ""), &by, &c->d));
}

static int take_tag(void *context, const struct desk_tagged *t)
{
    json_array_append_new(context, json_pack("{so sI}", "word", api_string(t->word), "messages",
                                             (json_int_t)t->messages));
    return 0;
}

int api_tags(struct api_call *c)
{
    const char *prefix = api_text(c, "prefix", "");
    json_t *list = json_array();
    c->answer = json_pack("{so}", "tags", list);
    api_what(c, "tags '%s'", prefix);
    int r = desk_tags(c->api->o.index, prefix, (unsigned)api_number(c, "limit", TAGS_USUAL),
                      take_tag, list, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- cases ---- */

int api_case_create(struct api_call *c)
{
    struct desk_by by = api_by(c);
    const char *word = api_text(c, "word", "");
    c->status = API_CREATED;
    c->entry.case_id = word;
    api_what(c, "case %s is made", word);
    int r = desk_case_create(c->api->o.index, word, api_text(c, "title", ""), &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

static int take_case(void *context, const struct desk_case *x)
{
    json_array_append_new(context, json_pack("{so so sI sI sI}", "word", api_string(x->word),
                                             "title", api_string(x->title), "user",
                                             (json_int_t)x->user, "at", (json_int_t)x->at_unix_ms,
                                             "messages", (json_int_t)x->messages));
    return 0;
}

int api_cases(struct api_call *c)
{
    json_t *list = json_array();
    c->answer = json_pack("{so}", "cases", list);
    api_what(c, "cases");
    int r = desk_cases(c->api->o.index, take_case, list, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

static int case_message(struct api_call *c, bool on)
{
    struct desk_by by = api_by(c);
    int64_t id;
    int r = api_id(c, 1, &id);
    if (r < 0)
        return r;
    c->entry.case_id = c->arguments[0];
    api_what(c, "case %s %s: message %lld", c->arguments[0], on ? "has" : "has no more",
             (long long)id);
    return marked(c, desk_case_add(c->api->o.index, c->arguments[0], id, on, &by, &c->d));
}

int api_case_in(struct api_call *c)
{
    return case_message(c, true);
}

int api_case_out(struct api_call *c)
{
    return case_message(c, false);
}
