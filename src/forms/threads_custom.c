/* What RSMF has no field for, as names and values that its viewers show with an event. */
#include <inttypes.h>

#include "forms/threads_internal.h"

#define NUMBER_BYTES 24U

void threads_custom(json_t *list, const char *name, const char *value)
{
    if (value[0] != '\0')
        json_array_append_new(list, json_pack("{ss ss}", "name", name, "value", value));
}

static void custom_number(json_t *list, const char *name, uint64_t value)
{
    char digits[NUMBER_BYTES];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    threads_custom(list, name, digits);
}

static void put_archive(json_t *list, const struct view_message *m)
{
    threads_custom(list, "bot", m->bot);
    custom_number(list, "leaf", m->leaf);
    threads_custom(list, "warrant", m->warrant);
    threads_custom(list, "archived", m->archived);
    threads_custom(list, "verdict", m->wrong[0] == '\0' ? "verified" : "not verified");
    threads_custom(list, "unverified", m->wrong);
    threads_custom(list, "country", m->country);
    threads_custom(list, "id", m->id);
}

static void put_file(json_t *list, const struct view_file *f)
{
    threads_custom(list, "file name", f->name);
    threads_custom(list, "file type", f->type);
    custom_number(list, "file size", f->size);
    threads_custom(list, "file path", f->path == NULL ? "" : f->path);
    threads_custom(list, "file sha256", f->sha256);
    if (f->duration_s != 0)
        custom_number(list, "file seconds", f->duration_s);
}

static void put_position(json_t *list, const struct view_message *m)
{
    CLEANUP_BUF struct buf uri = BUF_INIT(GEO_URI_MAX);
    geo_put(&uri, m->position);
    threads_custom(list, "position", buf_text(&uri));
    threads_custom(list, "position until", m->until);
}

json_t *threads_customs(const struct view_message *m)
{
    json_t *list = json_array();
    threads_custom(list, "kind", view_kind_text(m));
    put_archive(list, m);
    threads_custom(list, "redacted", m->redacted == NULL ? "" : m->redacted);
    threads_custom(list, "about", m->about == NULL ? "" : m->about->bates);
    threads_custom(list, "quote", m->quote);
    if (m->timer_s != 0)
        custom_number(list, "timer seconds", m->timer_s);
    if (m->position != NULL)
        put_position(list, m);
    if (m->file != NULL)
        put_file(list, m->file);
    if (m->replaced != 0)
        custom_number(list, "characters replaced", m->replaced);
    return list;
}
