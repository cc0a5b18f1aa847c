#include "launch/fleet_send.h"

#include "base/calendar.h"
#include "device/conversation.h"
#include "host/file_commands.h"
#include "launch/replay_line.h"

/* An order, read. */
struct sending {
    const char *to[VALUE_RECIPIENTS_MAX], *removed[VALUE_RECIPIENTS_MAX];
    size_t to_count, removed_count;
    const char *id, *group;
    int64_t at_unix_ms;
};

static const char *text(const json_t *order, const char *name)
{
    return json_string_value(json_object_get(order, name));
}

static size_t names(const json_t *list, const char *ret[static VALUE_RECIPIENTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list) && count < VALUE_RECIPIENTS_MAX; i++)
        ret[count++] = json_string_value(json_array_get(list, i));
    return count;
}

static int send_text(struct device *v, const struct sending *s, const json_t *order, struct diag *d)
{
    const json_t *body = json_object_get(order, "body");
    const struct device_text m = {.to = s->to,
                                  .to_count = s->to_count,
                                  .body = json_string_value(body),
                                  .body_len = json_string_length(body),
                                  .id = s->id,
                                  .at_unix_ms = s->at_unix_ms,
                                  .content = json_is_true(json_object_get(order, "content"))};
    return device_send(v, &m, NULL, d);
}

static int send_file(struct device *v, const struct sending *s, const json_t *order, struct diag *d)
{
    const struct device_say m = {.to = s->group == NULL ? s->to : NULL,
                                 .to_count = s->group == NULL ? s->to_count : 0,
                                 .group = s->group,
                                 .id = s->id,
                                 .at_unix_ms = s->at_unix_ms};
    struct device_file f;
    json_t *file = json_pack("{ss ss}", "path", text(order, "file"), "kind", text(order, "as"));
    int r = command_file_parse(file, &f) < 0
                ? diag_set(d, ERR_FORMAT, "an order to send a file is not in its form")
                : device_say_file(v, &m, &f, NULL, d);
    json_decref(file);
    return r;
}

/* The driver has seen to it that all are told who are members by the list that the device holds. */
static int send_group(struct device *v, const struct sending *s, const json_t *order,
                      struct diag *d)
{
    CLEANUP(group_free_cleanup) struct group *held = NULL;
    const char *added[VALUE_RECIPIENTS_MAX], *removed[VALUE_RECIPIENTS_MAX];
    int r = groups_find(v, s->group, &held, d);
    if (r < 0 && r != ERR_NOT_FOUND)
        return r;
    struct device_group_change c = {.group = held == NULL ? NULL : s->group,
                                    .new_id = s->group,
                                    .name = text(order, "name"),
                                    .add = added,
                                    .remove = removed,
                                    .id = s->id,
                                    .at_unix_ms = s->at_unix_ms};
    for (size_t i = 0; i < s->to_count; i++) {
        bool leaves = replay_line_lists(s->removed, s->removed_count, s->to[i]);
        bool is_member = held != NULL && group_has_member(held, s->to[i]);
        if (leaves && is_member)
            removed[c.remove_count++] = s->to[i];
        else if (!leaves && !is_member)
            added[c.add_count++] = s->to[i];
    }
    return device_group_change(v, &c, NULL, d);
}

int fleet_send(struct hosted *x, const json_t *order, struct diag *d)
{
    struct sending s = {.id = text(order, "id"), .group = text(order, "group")};
    const char *at = text(order, "at"), *source = text(order, "source");
    if (s.id == NULL || at == NULL || calendar_parse(at, &s.at_unix_ms) < 0)
        return diag_set(d, ERR_FORMAT, "an order to send is not in its form");
    s.to_count = names(json_object_get(order, "to"), s.to);
    s.removed_count = names(json_object_get(order, "removed"), s.removed);
    struct device *v = hosted_device(x);
    int r = source == NULL || source[0] == '\0' ? 0 : host_move(x, source, d);
    if (r < 0)
        return r;
    if (text(order, "file") != NULL)
        return send_file(v, &s, order, d);
    return s.group != NULL ? send_group(v, &s, order, d) : send_text(v, &s, order, d);
}
