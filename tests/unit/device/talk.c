#include "talk.h"

#include <string.h>

#include "base/memory.h"

json_t *talk_ask(struct party *p, const char *request)
{
    json_error_t error;
    json_t *o = json_loads(request, 0, &error);
    if (o == NULL)
        fail_msg("%s: %s", request, error.text);
    json_t *answer = command_run(p->store, p->device, &p->device->o.clock, o);
    json_decref(o);
    world_run(p->w);
    return answer;
}

void talk_does(struct party *p, const char *request)
{
    json_t *answer = talk_ask(p, request);
    if (json_object_get(answer, "error") != NULL)
        fail_msg("%s: %s: %s", p->handle, request,
                 json_string_value(json_object_get(answer, "error")));
    json_decref(answer);
}

void talk_refused(struct party *p, const char *request, const char *text)
{
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    party_state(p, before);
    json_t *answer = talk_ask(p, request);
    const char *error = json_string_value(json_object_get(answer, "error"));
    if (error == NULL || strstr(error, text) == NULL)
        fail_msg("%s: %s: '%s' and not '%s'", p->handle, request, error == NULL ? "taken" : error,
                 text);
    json_decref(answer);
    party_state(p, after);
    assert_memory_equal(before, after, HASH_BYTES);
}

static void put_handle(struct buf *b, const char *account)
{
    buf_format(b, "%.*s", (int)strcspn(account, "@"), account);
}

static void put_reactions(struct buf *b, const json_t *list)
{
    size_t i, k;
    json_t *r, *word;
    json_array_foreach((json_t *)(uintptr_t)list, i, r)
    {
        buf_put_text(b, " [");
        put_handle(b, json_string_value(json_object_get(r, "from")));
        json_array_foreach(json_object_get(r, "reactions"), k, word)
            buf_format(b, " %s", json_string_value(word));
        buf_put_text(b, "]");
    }
}

/* " {1 Pizza anna} {0 Soup}" */
static void put_votes(struct buf *b, const json_t *list)
{
    size_t i, k;
    json_t *v, *from;
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        buf_format(b, " {%lld %s", (long long)json_integer_value(json_object_get(v, "count")),
                   json_string_value(json_object_get(v, "option")));
        json_array_foreach(json_object_get(v, "from"), k, from)
        {
            buf_put_u8(b, ' ');
            put_handle(b, json_string_value(from));
        }
        buf_put_text(b, "}");
    }
}

static void put_line(struct buf *b, const json_t *m)
{
    size_t i;
    json_t *word;
    put_handle(b, json_string_value(json_object_get(m, "from")));
    buf_format(b, " %s %s", json_string_value(json_object_get(m, "kind")),
               json_string_value(json_object_get(m, "body")));
    if (json_object_get(m, "edited") != NULL)
        buf_format(b, " (edited %lld)",
                   (long long)json_integer_value(json_object_get(m, "edited")));
    if (json_object_get(m, "gone") != NULL)
        buf_format(b, " (gone: %s)", json_string_value(json_object_get(m, "gone")));
    if (json_object_get(m, "group") != NULL)
        buf_put_text(b, " (group)");
    if (json_object_get(m, "read_by") != NULL)
        buf_put_text(b, " read by");
    json_array_foreach(json_object_get(m, "read_by"), i, word)
    {
        buf_put_u8(b, ' ');
        put_handle(b, json_string_value(word));
    }
    put_votes(b, json_object_get(m, "votes"));
    put_reactions(b, json_object_get(m, "reactions_of"));
    buf_put_u8(b, '\n');
}

char *talk_view(struct party *p)
{
    CLEANUP_BUF struct buf b = BUF_INIT(1U << 20);
    json_t *answer = talk_ask(p, "{\"do\":\"messages\"}"), *m;
    size_t i;
    json_array_foreach(json_object_get(answer, "messages"), i, m) put_line(&b, m);
    json_decref(answer);
    return buf_take_text(&b);
}

void talk_shows(struct party *p, const char *lines)
{
    CLEANUP_FREE char *view = talk_view(p);
    if (strcmp(view, lines) != 0)
        fail_msg("%s shows\n%sand not\n%s", p->handle, view, lines);
}

void talk_strict(struct world *w)
{
    for (size_t i = 0; i < WORLD_PARTIES; i++) {
        assert_int_equal(store_drop(w->parties[i].store, VALUE_ACCEPT_ALL), 0);
        w->parties[i].device->accept_all = false;
    }
}

void talk_befriend(struct party *a, struct party *b)
{
    struct diag d;
    if (device_contact_add(a->device, b->account, NULL, &d) < 0 ||
        device_contact_add(b->device, a->account, NULL, &d) < 0)
        fail_msg("%s", d.text);
    world_run(a->w);
}

void talk_raw(struct party *p, const char *to, const char *id, const char *body)
{
    const struct device_text m = {
        .to = &to, .to_count = 1, .body = body, .body_len = strlen(body), .id = id};
    struct diag d;
    if (device_queue(p->device, &m, NULL, NULL, &d) < 0)
        fail_msg("%s", d.text);
    (void)device_tick(p->device);
    world_run(p->w);
}
