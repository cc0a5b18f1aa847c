#include "wire/content_json.h"

#include <string.h>

#include "wire/json.h"

static void put_position(json_t *o, const struct content *c)
{
    const struct geo *g = &c->position;
    json_object_set_new(o, "latitude", json_real((double)g->latitude / (double)GEO_DEGREE));
    json_object_set_new(o, "longitude", json_real((double)g->longitude / (double)GEO_DEGREE));
    if (g->has_accuracy)
        json_object_set_new(o, "accuracy", json_real((double)g->accuracy / (double)GEO_METRE));
    if (c->has_until)
        json_object_set_new(o, "until", json_of_instant(c->until_unix_ms));
}

static void put_reactions(json_t *o, const struct content *c)
{
    json_t *list = json_array();
    const char *pos = c->text, *end = c->text + c->text_len;
    while (pos < end) {
        const char *space = memchr(pos, ' ', (size_t)(end - pos)), *stop = space ? space : end;
        json_array_append_new(list, json_stringn(pos, (size_t)(stop - pos)));
        pos = space == NULL ? end : space + 1;
    }
    json_object_set_new(o, "reactions", list);
}

static void put_file(json_t *o, const struct content *c)
{
    json_object_set_new(o, "url", json_string(c->url));
    if (c->preview != NULL)
        json_object_set_new(o, "preview", json_string(c->preview));
    json_object_set_new(o, "name", json_string(c->name));
    json_object_set_new(o, "type", json_string(c->type));
    json_object_set_new(o, "size", json_integer((json_int_t)c->size));
    if (c->duration_s != 0)
        json_object_set_new(o, "duration", json_integer((json_int_t)c->duration_s));
}

static void put_group(json_t *o, const struct content *c)
{
    json_object_set_new(o, "group_id", json_string(c->id));
    json_object_set_new(o, "serial", json_integer((json_int_t)c->serial));
    json_object_set_new(o, "note", json_stringn(c->note, c->note_len));
}

static void put_poll(json_t *o, const struct content *c)
{
    json_object_set_new(o, "question", json_string(c->question));
    json_object_set_new(o, "options", json_of_words(c->options, c->option_count));
}

/* What this kind alone has. */
static void put_own(json_t *o, const struct content *c)
{
    switch (c->kind) {
    case CONTENT_GROUP:
        put_group(o, c);
        break;
    case CONTENT_REPLY:
        json_object_set_new(o, "quote", json_string(c->quote));
        break;
    case CONTENT_REACT:
        put_reactions(o, c);
        break;
    case CONTENT_POSITION:
    case CONTENT_LIVE:
        put_position(o, c);
        break;
    case CONTENT_FILE:
        put_file(o, c);
        break;
    case CONTENT_CONTACT:
        json_object_set_new(o, "contact", json_string(content_contact_text(c->contact)));
        break;
    case CONTENT_POLL:
        put_poll(o, c);
        break;
    case CONTENT_VOTE:
        json_object_set_new(o, "vote", json_stringn(c->text, c->text_len));
        break;
    case CONTENT_TEXT:
    case CONTENT_EDIT:
    case CONTENT_RETRACT:
    case CONTENT_READ:
    case CONTENT_KINDS:
        break;
    }
}

void content_put_json(json_t *o, const struct content *c, const char *from)
{
    json_object_set_new(o, "kind", json_string(content_kind_text(c->kind)));
    if (content_traits(c->kind)->about != CONTENT_BY_ITSELF)
        json_object_set_new(
            o, "about",
            json_pack("{ss ss}", "from", c->from != NULL ? c->from : from, "id", c->id));
    put_own(o, c);
    if (c->group != NULL)
        json_object_set_new(o, "group", json_string(c->group));
    if (c->timer_s != 0)
        json_object_set_new(o, "timer", json_integer((json_int_t)c->timer_s));
}
