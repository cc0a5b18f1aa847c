#include "host/host.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "host/activate.h"
#include "host/transfer.h"
#include "store/values.h"
#include "wire/document_peek.h"
#include "xmpp/client.h"

#define QUERY_MS 10000

struct hosted {
    struct host *host;
    struct store *store;
    struct device *device;
    struct client *client;
    char *folder;
    struct transfers *transfers;
    bool refused, finishing;
    char why[sizeof((struct diag *)NULL)->text];
    int64_t last_stanza_ms;
    struct hosted *next;
};

struct host {
    struct client_hub *hub;
    struct hosted *devices;
    size_t count;
};

struct host *host_new(void)
{
    struct host *h = mem_new(sizeof *h);
    h->hub = client_hub_new();
    return h;
}

static void free_hosted(struct hosted *x)
{
    client_free(x->client); /* first: its pending queries call the engine back */
    transfers_free(x->transfers);
    device_free(x->device);
    store_close(x->store);
    free(x->folder);
    free(x);
}

void host_free(struct host *h)
{
    if (h == NULL)
        return;
    while (h->devices != NULL) {
        struct hosted *x = h->devices;
        h->devices = x->next;
        free_hosted(x);
    }
    client_hub_free(h->hub);
    free(h);
}

static void on_online(void *context)
{
    struct hosted *x = context;
    x->why[0] = '\0';
    x->last_stanza_ms = clock_monotonic_ms();
    device_online(x->device);
}

static void on_offline(void *context, enum client_end how, const char *why)
{
    struct hosted *x = context;
    x->refused = how == CLIENT_REFUSED || how == CLIENT_UNTRUSTED;
    snprintf(x->why, sizeof x->why, "%s", why);
    device_offline(x->device);
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct hosted *x = context;
    if (strcmp(stanza->name, "message") == 0)
        x->last_stanza_ms = clock_monotonic_ms();
    device_stanza(x->device, stanza);
}

static int net_send(void *context, const void *stanza, size_t len)
{
    struct hosted *x = context;
    return x->client == NULL ? ERR_INVALID_STATE : client_send(x->client, stanza, len);
}

static int net_query(void *context, const char *to, const char *type, const char *payload,
                     device_answer *answer, void *answer_context)
{
    struct hosted *x = context;
    return x->client == NULL
               ? ERR_INVALID_STATE
               : client_query(x->client, to, type, payload, QUERY_MS, answer, answer_context);
}

static int net_publish(void *context, const char *node, const char *payload, device_answer *answer,
                       void *answer_context)
{
    struct hosted *x = context;
    return x->client == NULL
               ? ERR_INVALID_STATE
               : client_publish(x->client, node, payload, true, answer, answer_context);
}

static int net_fetch(void *context, const char *account, const char *node, device_answer *answer,
                     void *answer_context)
{
    struct hosted *x = context;
    return x->client == NULL ? ERR_INVALID_STATE
                             : client_fetch(x->client, account, node, answer, answer_context);
}

static int net_upload(void *context, const struct device_put *put)
{
    struct hosted *x = context;
    return transfers_put(x->transfers, put);
}

static int open_client(struct hosted *x, const char *source, struct diag *d)
{
    static const struct client_events events = {
        .online = on_online, .offline = on_offline, .stanza = on_stanza};
    CLEANUP_FREE char *authority = file_join(x->folder, ACTIVATE_AUTHORITY_FILE);
    CLEANUP_SECRET char *password = store_get(x->store, VALUE_PASSWORD, NULL);
    CLEANUP_SECRET char *host = store_get(x->store, VALUE_HOST, NULL);
    CLEANUP_SECRET char *port = store_get(x->store, VALUE_PORT, NULL);
    if (password == NULL || host == NULL || port == NULL)
        return diag_set(d, ERR_FORMAT, "%s: the store lacks the server's address", x->folder);
    struct client_options c = {.account = device_account(x->device),
                               .password = password,
                               .host = host,
                               .port = (uint16_t)strtoul(port, NULL, 10),
                               .authority = authority,
                               .source = source};
    struct transfer_options t = {.authority = authority, .host = host, .source = source};
    if (x->transfers == NULL)
        x->transfers = transfers_new(&t);
    else
        transfers_move(x->transfers, source);
    return client_new(x->host->hub, &c, &events, x, &x->client, d);
}

/* A replay network's device needs the clock that drives it, a live one must not have one. */
static int check_clock(struct store *s, const struct clock *clock, struct diag *d)
{
    CLEANUP_SECRET char *note = store_get(s, VALUE_NETWORK, NULL);
    bool replay = note != NULL && document_peek_is(note, strlen(note), "kind", "replay");
    if (replay && !clock_is_replay(clock))
        return diag_set(d, ERR_INVALID_STATE,
                        "this device belongs to a replay network: name its clock with --clock "
                        "DIR/run/clock");
    if (!replay && clock_is_replay(clock))
        return diag_set(d, ERR_INVALID_STATE,
                        "this device belongs to a live network: its clock can't be driven");
    return 0;
}

int host_add(struct host *h, const struct host_device *o, struct hosted **ret, struct diag *d)
{
    if (h->count == HOST_DEVICES_MAX)
        return diag_set(d, ERR_LIMIT, "more than %u devices in one process", HOST_DEVICES_MAX);
    struct hosted *x = mem_new(sizeof *x);
    struct diag fault;
    x->host = h;
    x->folder = mem_string(o->folder);
    int r = store_open(o->folder, &o->key, &x->store, d);
    if (r == 0)
        r = check_clock(x->store, &o->clock, d);
    if (r == 0) {
        struct device_options options = {.store = x->store,
                                         .folder = x->folder,
                                         .clock = o->clock,
                                         .net = {.context = x,
                                                 .send = net_send,
                                                 .query = net_query,
                                                 .publish = net_publish,
                                                 .fetch = net_fetch,
                                                 .item = client_item,
                                                 .upload = net_upload},
                                         .events = o->events};
        r = device_open(&options, &x->device, d);
    }
    if (r == 0)
        r = open_client(x, o->source, d);
    if (x->store != NULL && store_fault(x->store, &fault) < 0)
        r = diag_set(d, ERR_AUTH, "%s", fault.text); /* whatever was concluded from it */
    if (r < 0) {
        free_hosted(x);
        return r;
    }
    x->next = h->devices;
    h->devices = x;
    h->count++;
    *ret = x;
    return 0;
}

int host_move(struct hosted *x, const char *source, struct diag *d)
{
    device_offline(x->device);
    client_free(TAKE(x->client));
    x->why[0] = '\0';
    return open_client(x, source, d);
}

struct device *hosted_device(struct hosted *x)
{
    return x->device;
}

struct store *hosted_store(struct hosted *x)
{
    return x->store;
}

bool hosted_online(const struct hosted *x)
{
    return x->client != NULL && client_online(x->client);
}

bool hosted_through(const struct hosted *x)
{
    return x->client != NULL && client_through(x->client);
}

static void on_finished(void *context, const struct xml_element *iq)
{
    struct hosted *x = context;
    (void)iq;
    x->finishing = false;
}

void hosted_finish(struct hosted *x)
{
    const char *domain = strchr(device_account(x->device), '@') + 1;
    x->finishing = true;
    if (net_query(x, domain, "get", "<ping xmlns='urn:xmpp:ping'/>", on_finished, x) < 0)
        x->finishing = false;
}

bool hosted_finished(const struct hosted *x)
{
    return !x->finishing;
}

const char *hosted_why(const struct hosted *x)
{
    return x->why;
}

bool hosted_refused(const struct hosted *x)
{
    return x->refused;
}

int64_t hosted_last_stanza_ms(const struct hosted *x)
{
    return x->last_stanza_ms;
}

size_t host_pollfds(const struct host *h, struct pollfd *fds, size_t max)
{
    size_t count = client_hub_pollfds(h->hub, fds, max);
    for (const struct hosted *x = h->devices; x != NULL; x = x->next)
        count += transfers_pollfds(x->transfers, fds + count, max - count);
    return count;
}

int host_timeout_ms(const struct host *h)
{
    int64_t now = clock_monotonic_ms(), left = client_hub_timeout_ms(h->hub);
    for (const struct hosted *x = h->devices; x != NULL; x = x->next) {
        int64_t at = device_due_ms(x->device), due = at > now ? at - now : 0;
        int transfer = transfers_timeout_ms(x->transfers);
        if (hosted_online(x) && (left < 0 || due < left))
            left = due;
        if (transfer >= 0 && (left < 0 || transfer < left))
            left = transfer;
    }
    return (int)left;
}

/* A store that cannot be read gives no answers: the device goes no further. */
static void check_store(struct hosted *x)
{
    struct diag fault;
    if (x->refused || store_fault(x->store, &fault) == 0)
        return;
    device_offline(x->device);
    client_free(TAKE(x->client));
    x->refused = true;
    snprintf(x->why, sizeof x->why, "%s", fault.text);
}

void host_run(struct host *h)
{
    client_hub_run(h->hub);
    int64_t now = clock_monotonic_ms();
    for (struct hosted *x = h->devices; x != NULL; x = x->next) {
        transfers_run(x->transfers);
        if (hosted_online(x) && now >= device_due_ms(x->device))
            device_tick(x->device);
        check_store(x);
    }
}
