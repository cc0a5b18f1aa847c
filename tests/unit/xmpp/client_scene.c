#include "client_scene.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static void on_online(void *context)
{
    ((struct scene *)context)->online++;
}

static void on_offline(void *context, enum client_end end, const char *why)
{
    struct scene *s = context;
    s->offline++;
    s->end = end;
    snprintf(s->why, sizeof s->why, "%s", why);
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct scene *s = context;
    s->stanzas++;
    buf_reset(&s->text);
    xml_put_element(&s->text, stanza);
    if (s->on_stanza == DROP)
        client_drop(s->c);
    if (s->on_stanza == FREE)
        client_free(TAKE(s->c));
}

static void on_too_large(void *context, const struct xml_element *start)
{
    struct scene *s = context;
    s->too_large++;
    assert_null(start->first);
    strncat(s->large, xml_attribute_of(start, "id"), 16);
    strcat(s->large, " ");
}

static const struct client_events events = {
    .online = on_online, .offline = on_offline, .stanza = on_stanza, .too_large = on_too_large};

void scene_open(struct scene *s, const char *name, server_script script)
{
    *s = (struct scene){.text = BUF_INIT(1 << 20)};
    s->hub = client_hub_new();
    s->server = server_start(name, script);
}

void scene_connect(struct scene *s, const char *authority, const char *source)
{
    const struct client_options o = {
        .account = "anna@chat.test",
        .password = "secret",
        .host = "127.0.0.1",
        .port = server_port(s->server),
        .authority = authority == NULL ? server_authority(s->server) : authority,
        .source = source,
    };
    assert_int_equal(client_new(s->hub, &o, &events, s, &s->c, NULL), 0);
}

void scene_close(struct scene *s)
{
    client_free(s->c);
    client_hub_free(s->hub);
    buf_clear(&s->text);
    server_stop(s->server);
}

void scene_turn(struct scene *s)
{
    struct pollfd fds[4];
    size_t n = client_hub_pollfds(s->hub, fds, 4);
    int wait_ms = client_hub_timeout_ms(s->hub);
    poll(fds, n, wait_ms < 0 || wait_ms > 20 ? 20 : wait_ms);
    int64_t before = clock_monotonic_ms();
    client_hub_run(s->hub);
    int64_t took = clock_monotonic_ms() - before;
    s->longest_run_ms = took > s->longest_run_ms ? took : s->longest_run_ms;
}

void scene_pass(struct scene *s, int64_t ms)
{
    int64_t deadline = clock_monotonic_ms() + ms;
    while (clock_monotonic_ms() < deadline)
        scene_turn(s);
}
