#include "launch/replay_order.h"

#include <string.h>

#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"

static char *path_of(const char *replay_file, const struct replay_line *l)
{
    const char *slash = strrchr(replay_file, '/');
    return slash == NULL || l->file[0] == '/'
               ? mem_string(l->file)
               : mem_format("%.*s/%s", (int)(slash - replay_file), replay_file, l->file);
}

int replay_order_check_file(const char *replay_file, const struct replay_line *l, struct diag *d)
{
    CLEANUP_FREE char *path = path_of(replay_file, l);
    return file_exists(path) ? 0 : diag_set(d, ERR_NOT_FOUND, "there is no file %s", path);
}

static json_t *accounts(const struct replay_order *o, const char *const *addresses, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        CLEANUP_FREE char *account =
            mem_format("%s@%s", handles_find(o->handles, addresses[i]), o->domain);
        json_array_append_new(list, json_string(account));
    }
    return list;
}

static void put_file(json_t *order, const struct replay_order *o, const struct replay_line *l)
{
    CLEANUP_FREE char *path = path_of(o->file, l);
    CLEANUP_FREE char *whole = file_absolute(path); /* devices are another process's */
    json_object_set_new(order, "file", json_string(whole));
    json_object_set_new(order, "as", json_string(l->file_as));
}

json_t *replay_order(const struct replay_order *o, const struct replay_line *l)
{
    char at[CALENDAR_INSTANT_LEN + 1];
    calendar_format(l->at_unix_ms, at);
    json_t *order = json_pack(
        "{ss ss so ss ss ss}", "do", "send", "handle", handles_find(o->handles, l->from), "to",
        accounts(o, l->to, l->to_count), "id", l->id, "at", at, "source", o->source);
    if (l->body != NULL) {
        json_object_set_new(order, "body", json_stringn(l->body, l->body_len));
        json_object_set_new(order, "content", json_boolean(l->content));
    }
    if (l->file != NULL)
        put_file(order, o, l);
    if (l->group != NULL)
        json_object_set_new(order, "group", json_string(l->group));
    if (l->kind == CONTENT_GROUP) {
        json_object_set_new(order, "name", json_string(l->name));
        json_object_set_new(order, "removed", accounts(o, l->removed, l->removed_count));
    }
    return order;
}
