/* Files of messages: what was sent, and what the desk has made of it. */
#include <string.h>

#include "desk/api_internal.h"
#include "desk/made.h"

/* The message is read as every other that is shown, so that who may not see it may not see its
 * file, and the log has its warrants. */
static int take_message(void *context, const struct desk_message *m)
{
    api_shown(context, m);
    return 0;
}

static int read_message(struct api_call *c, const char *what, int64_t *ret_id)
{
    int r = api_id(c, 0, ret_id);
    if (r < 0)
        return r;
    api_what(c, "%s of message %lld", what, (long long)*ret_id);
    r = desk_message(c->api->o.index, *ret_id, c->session.user, take_message, c, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_file(struct api_call *c)
{
    int64_t id;
    int r = read_message(c, "file", &id);
    if (r < 0)
        return r;
    r = desk_original_of(c->api->o.index, id, &c->api->original, &c->d);
    if (r < 0)
        return r == ERR_AUTH ? api_refuse(c, API_FILE, "%s", c->d.text) : api_fail(c, r);
    c->has_original = true;
    return 0;
}

/* ---- what was made of it ---- */

static json_t *wave_json(const struct worker_made *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->wave_len; i++)
        json_array_append_new(list, json_integer(m->wave[i]));
    return list;
}

static json_t *made_json(const struct desk_made *m)
{
    const struct worker_made *w = &m->made;
    return json_pack("{sI so sI sI sb so sI so}", "made", (json_int_t)m->at_unix_ms, "wrong",
                     api_string(m->wrong), "width", (json_int_t)w->width, "height",
                     (json_int_t)w->height, "thumbnail", w->thumbnail_len > 0, "words",
                     api_string(w->words), "milliseconds", (json_int_t)w->milliseconds, "wave",
                     wave_json(w));
}

static int take_made(void *context, const struct desk_made *m)
{
    struct api_call *c = context;
    c->answer = made_json(m);
    return c->answer == NULL ? ERR_LIMIT : 0;
}

/* Nothing yet is an answer, too: all of it empty. */
static json_t *nothing_made(void)
{
    const struct desk_made none = {.wrong = "", .made = {.words = ""}};
    return made_json(&none);
}

int api_preview(struct api_call *c)
{
    struct desk_original o;
    int64_t id;
    int r = read_message(c, "preview", &id);
    if (r < 0)
        return r;
    r = desk_original_of(c->api->o.index, id, &o, &c->d);
    if (r == 0)
        r = desk_made_of(c->api->o.index, id, take_made, c, &c->d);
    if (r == ERR_NOT_FOUND && o.size > 0)
        r = (c->answer = nothing_made()) == NULL ? ERR_LIMIT : 0;
    if (r < 0)
        return r == ERR_AUTH ? api_refuse(c, API_FILE, "%s", c->d.text) : api_fail(c, r);
    json_object_set_new(c->answer, "name", api_string(o.name));
    json_object_set_new(c->answer, "type", api_string(o.type));
    json_object_set_new(c->answer, "size", json_integer((json_int_t)o.size));
    return 0;
}

static int take_thumbnail(void *context, const struct desk_made *m)
{
    struct api_call *c = context;
    if (m->made.thumbnail_len == 0)
        return diag_set(&c->d, ERR_NOT_FOUND, "message %lld, its file: %s", (long long)m->message,
                        m->wrong[0] == '\0' ? "is no photo" : m->wrong);
    c->bytes = arena_copy(&c->arena, m->made.thumbnail, m->made.thumbnail_len);
    c->byte_count = m->made.thumbnail_len;
    c->type = "image/jpeg";
    return c->bytes == NULL ? ERR_LIMIT : 0;
}

int api_thumbnail(struct api_call *c)
{
    int64_t id;
    int r = read_message(c, "thumbnail", &id);
    if (r < 0)
        return r;
    r = desk_made_of(c->api->o.index, id, take_thumbnail, c, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}
