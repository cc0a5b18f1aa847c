/* Messages under way: what the devices tell of each, until it is over. */
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "base/memory.h"
#include "launch/replay_internal.h"

void replay_forget(struct replay *r, struct message *m)
{
    HASH_DEL(r->messages, m);
    for (size_t i = 0; i < m->shown_count; i++)
        free(m->shown[i]);
    free(m->shown);
    free(m->key);
    free(m);
}

struct message *replay_message(struct replay *r, const char *sender, const char *id)
{
    struct message *m;
    char key[VALUE_HANDLE_MAX + VALUE_ID_MAX + 2];
    snprintf(key, sizeof key, "%s %s", sender, id);
    HASH_FIND_STR(r->messages, key, m);
    return m;
}

static void forget_if_over(struct replay *r, struct message *m)
{
    if (m->settled && m->waiting == 0)
        replay_forget(r, m);
}

static bool shown_before(struct message *m, const char *handle)
{
    for (size_t i = 0; i < m->shown_count; i++)
        if (strcmp(m->shown[i], handle) == 0)
            return true;
    m->shown = mem_resize(m->shown, m->shown_count + 1, sizeof(char *));
    m->shown[m->shown_count++] = mem_string(handle);
    return false;
}

static void take_message(struct replay *r, const char *handle, const json_t *event)
{
    const char *from = json_string_value(json_object_get(event, "from"));
    const char *id = json_string_value(json_object_get(event, "id"));
    const char *hash = json_string_value(json_object_get(event, "sha256"));
    char sender[VALUE_HANDLE_MAX + 1], expected[2 * HASH_BYTES + 1];
    if (from == NULL || id == NULL || hash == NULL)
        return;
    value_handle_of(from, sender);
    struct message *m = replay_message(r, sender, id);
    if (m == NULL || shown_before(m, handle)) {
        r->counts->wrong++;
        log_line("message %s of %s was shown again at %s", id, sender, handle);
        return;
    }
    encode_hex(m->body_hash, HASH_BYTES, expected);
    if (strcmp(expected, hash) != 0) {
        r->counts->wrong++;
        log_line("message %s of %s has another body at %s", id, sender, handle);
    } else {
        r->counts->delivered++;
    }
    if (m->waiting > 0)
        m->waiting--;
    forget_if_over(r, m);
}

static void settle(struct replay *r, struct message *m, bool nobody_gets_it)
{
    m->settled = true;
    if (nobody_gets_it)
        m->waiting = 0;
    forget_if_over(r, m);
}

static void take_progress(struct replay *r, const char *handle, const json_t *event)
{
    const char *id = json_string_value(json_object_get(event, "id"));
    const char *progress = json_string_value(json_object_get(event, "progress"));
    const char *detail = json_string_value(json_object_get(event, "detail"));
    struct message *m = id == NULL ? NULL : replay_message(r, handle, id);
    if (m == NULL || progress == NULL || detail == NULL)
        return;
    if (strcmp(progress, "archived") == 0) {
        r->counts->archived++;
    } else if (strcmp(progress, "open") == 0) {
        r->counts->open++;
    } else if (strcmp(progress, "done") == 0) {
        settle(r, m, false);
    } else if (strcmp(progress, "stopped") == 0) {
        r->counts->refused++;
        log_line("message %s of %s: %s", id, handle, detail);
        settle(r, m, true);
    } else if (strcmp(progress, "sent before") == 0) {
        settle(r, m, true);
    } else if (strcmp(progress, "resting") == 0) {
        r->counts->resting++;
        settle(r, m, true);
    }
}

void replay_take_event(struct replay *r, const struct frame *f)
{
    json_error_t error;
    json_t *event = json_loadb((const char *)f->body, f->len, 0, &error);
    const char *what = json_string_value(json_object_get(event, "event"));
    const char *handle = json_string_value(json_object_get(event, "handle"));
    r->moved_ms = clock_monotonic_ms();
    if (what == NULL || handle == NULL) {
    } else if (strcmp(what, "message") == 0) {
        take_message(r, handle, event);
    } else if (strcmp(what, "progress") == 0) {
        take_progress(r, handle, event);
    } else if (strcmp(what, "enrolled") == 0) {
        r->enrolled++;
    } else if (strcmp(what, "failed") == 0) {
        snprintf(r->failed, sizeof r->failed, "device %s: %s", handle,
                 json_string_value(json_object_get(event, "why")));
    } else if (strcmp(what, "notice") == 0) {
        log_line("device %s: %s", handle, json_string_value(json_object_get(event, "text")));
    }
    json_decref(event);
}
