/* Translations: what a program makes of a message's words when somebody asks for it. */
#include <string.h>

#include "base/memory.h"
#include "desk/api_internal.h"
#include "desk/translations.h"
#include "wire/content.h"

/* ---- which programs there are ---- */

static const struct desk_adapters *adapters_of(const struct api_call *c)
{
    static const struct desk_adapters none;
    return c->api->o.translating == NULL ? &none : desk_translating_adapters(c->api->o.translating);
}

int api_translators(struct api_call *c)
{
    const struct desk_adapters *a = adapters_of(c);
    json_t *list = json_array();
    for (size_t i = 0; i < a->count; i++)
        json_array_append_new(list, json_pack("{ss ss ss}", "from", a->list[i].from, "to",
                                              a->list[i].to, "adapter", a->list[i].name));
    c->answer = json_pack("{so}", "translators", list);
    return c->answer == NULL ? ERR_LIMIT : 0;
}

/* ---- a message and its words ---- */

struct words {
    struct api_call *call;
    const char *text, *lang; /* in the arena */
};

static int take_words(void *context, const struct desk_message *m)
{
    struct words *w = context;
    CLEANUP_ARENA struct arena a = ARENA_INIT(CONTENT_ARENA_BYTES);
    struct content content;
    if (content_read(&a, m->body, m->body_len, &content) < 0)
        content = (struct content){.text = m->body, .text_len = m->body_len};
    w->lang = arena_string(&w->call->arena, m->lang);
    w->text =
        content.text == NULL ? "" : arena_string_n(&w->call->arena, content.text, content.text_len);
    api_shown(w->call, m);
    return w->lang == NULL || w->text == NULL ? ERR_LIMIT : 0;
}

static int read_words(struct api_call *c, int64_t *ret_id, struct words *ret)
{
    *ret = (struct words){.call = c};
    int r = api_id(c, 0, ret_id);
    if (r < 0)
        return r;
    api_what(c, "translation of message %lld", (long long)*ret_id);
    r = desk_message(c->api->o.index, *ret_id, c->session.user, take_words, ret, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- as shown ---- */

static json_t *shown(const struct desk_translation *t, const char *wrong)
{
    return json_pack("{sI so so so so so}", "made", (json_int_t)t->at_unix_ms, "from",
                     api_string(t->from), "to", api_string(t->to), "adapter",
                     api_string(t->adapter), "text", api_string(t->text), "wrong",
                     api_string(wrong));
}

static int take_translation(void *context, const struct desk_translation *t)
{
    struct api_call *c = context;
    c->answer = shown(t, "");
    return c->answer == NULL ? ERR_LIMIT : 0;
}

/* None yet is an answer, too: all of it empty. */
int api_translation(struct api_call *c)
{
    static const struct desk_translation none = {.from = "", .to = "", .adapter = "", .text = ""};
    struct words w;
    int64_t id;
    int r = read_words(c, &id, &w);
    if (r < 0)
        return r;
    r = desk_translation_of(c->api->o.index, id, api_text(c, "to", NULL), take_translation, c,
                            &c->d);
    if (r == ERR_NOT_FOUND)
        r = (c->answer = shown(&none, "")) == NULL ? ERR_LIMIT : 0;
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- making one ---- */

/* From the message's language, or the one that who asks says it is. */
static const struct translator *choose(struct api_call *c, const struct words *w)
{
    const struct desk_adapters *a = adapters_of(c);
    return translator_find(a->list, a->count, api_text(c, "from", w->lang),
                           api_text(c, "to", NULL));
}

static int keep_in_arena(struct api_call *c, const struct desk_translation *t)
{
    c->work = arena_copy(&c->arena, t, sizeof *t);
    return c->work == NULL ? api_refuse(c, API_TOO_LONG, "the translation is too long") : 0;
}

/* What a program could not translate is said in the place of its words, and not kept. */
static int take_reply(struct api_call *c, struct desk_translation *t, const struct buf *reply)
{
    c->answer = shown(t, c->told->line);
    if (c->told->code < 0)
        return c->answer == NULL ? ERR_LIMIT : 0;
    t->text = arena_string_n(&c->arena, (const char *)reply->data, reply->len);
    json_object_set_new(c->answer, "text", api_string(t->text == NULL ? "" : t->text));
    return t->text == NULL ? api_refuse(c, API_TOO_LONG, "the translation is too long")
                           : keep_in_arena(c, t);
}

int api_translate(struct api_call *c)
{
    struct words w;
    const struct buf *reply = NULL;
    int64_t id;
    int r = read_words(c, &id, &w);
    if (r < 0)
        return r;
    const struct translator *by = choose(c, &w);
    if (by == NULL)
        return api_refuse(c, API_NOT_FOUND, "no program is there that translates from '%s'%s%s",
                          api_text(c, "from", w.lang),
                          api_text(c, "to", NULL) == NULL ? "" : " to ", api_text(c, "to", ""));
    if (w.text[0] == '\0' || strlen(w.text) > TRANSLATION_TEXT_MAX)
        return api_refuse(c, API_STATE, "message %lld has no words, or more than are translated",
                          (long long)id);
    const struct translation_job job = {.from = by->from, .to = by->to, .text = w.text};
    struct desk_translation t = {id, c->now, by->from, by->to, by->name, ""};
    r = api_request_translation(c, &job, &reply);
    return r < 0 ? r : take_reply(c, &t, reply);
}

int api_translate_keep(struct api_call *c)
{
    const struct desk_translation *t = c->work;
    int r = t == NULL ? 0 : desk_translation_write(c->api->o.index, t, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}
