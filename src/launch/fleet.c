#include "launch/fleet.h"

#include <poll.h>
#include <signal.h>
#include <string.h>

#include <jansson.h>
#include <uthash.h>

#include "base/channel.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/secret.h"
#include "host/activate.h"
#include "host/agent.h"
#include "host/host.h"
#include "launch/fleet_send.h"
#include "network/layout.h"
#include "store/values.h"
#include "wire/content.h"

#define ACTIVATE_MS 60000

struct member {
    char handle[VALUE_HANDLE_MAX + 1];
    struct fleet *fleet;
    struct hosted *hosted;
    UT_hash_handle hh;
};

struct fleet {
    char *devices; /* folder of the stores */
    struct clock clock;
    struct host *host;
    struct member *members;
    struct channel driver;
};

static void tell(struct fleet *f, json_t *event)
{
    char *text = json_dumps(event, JSON_COMPACT);
    json_decref(event);
    if (text == NULL || channel_send(&f->driver, FLEET_FRAME, text, strlen(text)) < 0)
        log_line("an event could not be told");
    free(text);
}

static void on_message(void *context, const struct store_message *m)
{
    struct member *x = context;
    struct arena arena = ARENA_INIT(2 * CONTENT_ARENA_BYTES);
    struct content c;
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    /* As it is read: a body has a line behind texts that could be taken for something else. */
    if (content_read(&arena, m->body, m->body_len, &c) < 0)
        c = (struct content){.kind = CONTENT_KINDS};
    const char *made = c.kind == CONTENT_FILE ? c.name : c.kind == CONTENT_GROUP ? c.id : NULL;
    if (made != NULL)
        c = (struct content){.text = made, .text_len = strlen(made)};
    else if (c.kind != CONTENT_TEXT)
        c = (struct content){.text = m->body, .text_len = m->body_len};
    hash_sha256(c.text, c.text_len, hash);
    encode_hex(hash, sizeof hash, hex);
    arena_clear(&arena);
    tell(x->fleet, json_pack("{ss ss ss ss ss}", "event", "message", "handle", x->handle, "from",
                             m->from, "id", m->id, "sha256", hex));
}

static void on_notice(void *context, const char *peer, const char *text)
{
    struct member *x = context;
    tell(x->fleet, json_pack("{ss ss ss ss}", "event", "notice", "handle", x->handle, "peer", peer,
                             "text", text));
}

static void on_progress(void *context, const char *id, enum device_progress p, const char *detail)
{
    struct member *x = context;
    tell(x->fleet, json_pack("{ss ss ss ss ss}", "event", "progress", "handle", x->handle, "id", id,
                             "progress", agent_progress_text(p), "detail", detail));
}

/* Makes and activates the store that is not there yet, or not finished. */
static int activate(const char *folder, const uint8_t *key, const char *text, size_t len,
                    struct diag *d)
{
    const struct vault_key vault = {.bytes = key};
    CLEANUP(bundle_free_cleanup) struct bundle *u = NULL;
    CLEANUP(store_close_cleanup) struct store *s = NULL;
    CLEANUP_FREE char *path = file_join(folder, STORE_FILE);
    int r = 0;
    if (!file_exists(path)) {
        struct activation_terms t = {.net = NULL};
        r = bundle_parse(text, len, &u, d);
        if (r == 0)
            r = activate_read_terms(u, &t, d);
        if (r == 0)
            r = activate_prepare(folder, &vault, u, &t, d);
        activation_terms_clear(&t);
    }
    if (r == 0)
        r = store_open(folder, &vault, &s, d);
    /* Whoever wrote to whom in that file had no contacts here: nobody is a stranger. */
    if (r == 0 && store_put_text(s, VALUE_ACCEPT_ALL, "1") < 0)
        r = diag_set(d, ERR_IO, "the store in %s cannot be written", folder);
    return r < 0 ? r : activate_run(folder, s, NULL, ACTIVATE_MS, d);
}

static int open_key(const char *folder, uint8_t *ret, struct diag *d)
{
    CLEANUP_FREE char *path = file_join(folder, STORE_KEY_FILE);
    int r = file_make_folder(folder, 0700, d);
    if (r == 0 && !file_exists(path))
        r = vault_key_file_create(path, d);
    return r < 0 ? r : vault_key_file_read(path, ret, d);
}

static int enrol(struct fleet *f, struct member *x, const json_t *bundle, struct diag *d)
{
    CLEANUP_FREE char *folder = file_join(f->devices, x->handle);
    CLEANUP_SECRET uint8_t *key = secret_new(VAULT_KEY_BYTES);
    int r = open_key(folder, key, d);
    if (r == 0)
        r = activate(folder, key, json_string_value(bundle), json_string_length(bundle), d);
    if (r < 0)
        return r;
    struct host_device o = {
        .folder = folder,
        .key = {.bytes = key},
        .clock = f->clock,
        .events = {
            .context = x, .message = on_message, .notice = on_notice, .progress = on_progress}};
    return host_add(f->host, &o, &x->hosted, d);
}

static void run_enrol(struct fleet *f, const char *handle, const json_t *order)
{
    struct diag d;
    struct member *x = mem_new(sizeof *x);
    x->fleet = f;
    snprintf(x->handle, sizeof x->handle, "%s", handle);
    HASH_ADD_STR(f->members, handle, x);
    if (enrol(f, x, json_object_get(order, "bundle"), &d) < 0)
        tell(f, json_pack("{ss ss ss}", "event", "failed", "handle", handle, "why", d.text));
    else
        tell(f, json_pack("{ss ss}", "event", "enrolled", "handle", handle));
}

static void run_send(struct fleet *f, const char *handle, const json_t *order)
{
    const char *id = json_string_value(json_object_get(order, "id"));
    struct member *x;
    struct diag d;
    HASH_FIND_STR(f->members, handle, x);
    if (x == NULL || x->hosted == NULL || id == NULL)
        return;
    int r = fleet_send(x->hosted, order, &d);
    if (r < 0)
        tell(f,
             json_pack("{ss ss ss ss ss}", "event", "progress", "handle", handle, "id", id,
                       "progress", r == ERR_EXISTS ? "sent before" : "stopped", "detail", d.text));
}

static void take_order(struct fleet *f, const struct frame *frame)
{
    json_error_t error;
    json_t *order = json_loadb((const char *)frame->body, frame->len, 0, &error);
    const char *what = json_string_value(json_object_get(order, "do"));
    const char *handle = json_string_value(json_object_get(order, "handle"));
    if (what != NULL && handle != NULL && strcmp(what, "enrol") == 0)
        run_enrol(f, handle, order);
    else if (what != NULL && handle != NULL && strcmp(what, "send") == 0)
        run_send(f, handle, order);
    json_decref(order);
}

/* Orders one at a time, so that an enrolment's answer leaves before the next begins. */
static int turn(struct fleet *f)
{
    struct pollfd fds[1 + FLEET_DEVICES];
    struct frame frame;
    int wait = host_timeout_ms(f->host);
    fds[0] = (struct pollfd){f->driver.fd,
                             (short)(POLLIN | (channel_queued(&f->driver) > 0 ? POLLOUT : 0)), 0};
    size_t count = host_pollfds(f->host, fds + 1, FLEET_DEVICES);
    if (channel_has_frame(&f->driver))
        wait = 0;
    if (poll(fds, 1 + count, wait) < 0)
        return 0;
    int r = fds[0].revents != 0 ? channel_fill(&f->driver) : 0;
    if (r == 0 || r == ERR_AGAIN) {
        r = channel_next(&f->driver, &frame);
        if (r == 0)
            take_order(f, &frame);
        r = r == ERR_AGAIN ? 0 : r;
    }
    host_run(f->host);
    if (r == 0)
        r = channel_flush(&f->driver);
    return r == ERR_AGAIN ? 0 : r;
}

int fleet_run(const char *dir)
{
    struct fleet f = {.devices = mem_format("%s/replay/devices", dir)};
    CLEANUP_FREE char *clock = layout_path(dir, LAYOUT_CLOCK);
    struct member *x, *next;
    signal(SIGINT, SIG_IGN); /* the driver ends it */
    log_open("ironside devices");
    int r = clock_page_open(clock, &f.clock);
    if (r == 0)
        r = channel_init(&f.driver, FLEET_FD, FLEET_FRAME_MAX, FLEET_QUEUE_MAX);
    if (r < 0) {
        log_line("it is started by 'ironside up --replay', not by hand");
        return 1;
    }
    f.host = host_new();
    while (r == 0)
        r = turn(&f);
    host_free(f.host);
    channel_clear(&f.driver);
    HASH_ITER (hh, f.members, x, next) {
        HASH_DEL(f.members, x);
        free(x);
    }
    free(f.devices);
    return r == ERR_CLOSED ? 0 : 1;
}
