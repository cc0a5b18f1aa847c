#include "host/activate_internal.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/bundle.h"
#include "device/device.h"
#include "store/values.h"
#include "wire/registry.h"
#include "wire/stanza.h"
#include "xmpp/client.h"

static void begin_step(void *context)
{
    struct activation *a = context;
    a->again_ms = 0;
    if (activate_in_state(a, STATE_ACTIVE))
        activate_publish_keys(a); /* the session had ended before they were */
    else if (activate_in_state(a, STATE_PASSWORD_CHANGED))
        activate_ask_certificate(a);
    else if (a->on_new)
        activate_keep_password(a);
    else
        activate_change_password(a);
}

static void on_offline(void *context, enum client_end how, const char *why)
{
    struct activation *a = context;
    CLEANUP_SECRET char *old = store_get(a->s, VALUE_PASSWORD, NULL);
    CLEANUP_SECRET char *fresh = store_get(a->s, VALUE_NEW_PASSWORD, NULL);
    if (how == CLIENT_UNTRUSTED) {
        activate_end(a, ERR_AUTH, "the server is not the network's own: %s", why);
    } else if (how == CLIENT_REFUSED && fresh != NULL && !a->tried_other) {
        a->tried_other = true;
        a->on_new = !a->on_new;
        client_set_password(a->client, a->on_new ? fresh : old);
        client_retry(a->client);
    } else if (how == CLIENT_REFUSED) {
        activate_end(a, ERR_AUTH, "%s",
                     "the server refuses the bundle's password: the bundle was used "
                     "before, or is not for this network");
    } else {
        diag_set(a->d, 0, "%s", why);
    }
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    (void)context, (void)stanza; /* nothing is for a device that is not active yet */
}

static int open_client(struct activation *a, struct client_hub *hub, const char *folder,
                       const char *source)
{
    static const struct client_events events = {
        .online = begin_step, .offline = on_offline, .stanza = on_stanza};
    CLEANUP_FREE char *authority = file_join(folder, ACTIVATE_AUTHORITY_FILE);
    CLEANUP_SECRET char *password = store_get(a->s, VALUE_PASSWORD, NULL);
    CLEANUP_SECRET char *host = store_get(a->s, VALUE_HOST, NULL);
    CLEANUP_SECRET char *port = store_get(a->s, VALUE_PORT, NULL);
    if (password == NULL || host == NULL || port == NULL)
        return diag_set(a->d, ERR_FORMAT, "%s: the store lacks the server's address", folder);
    struct client_options o = {.account = a->account,
                               .password = password,
                               .host = host,
                               .port = (uint16_t)strtoul(port, NULL, 10),
                               .authority = authority,
                               .source = source};
    return client_new(hub, &o, &events, a, &a->client, a->d);
}

static int run_until_done(struct activation *a, struct client_hub *hub, int timeout_ms)
{
    int64_t deadline = clock_monotonic_ms() + timeout_ms;
    while (!a->done && a->code == 0) {
        struct pollfd fds[4];
        size_t count = client_hub_pollfds(hub, fds, 4);
        int64_t left = deadline - clock_monotonic_ms();
        int wait = client_hub_timeout_ms(hub);
        if (left <= 0)
            return a->d->text[0] == '\0'
                       ? diag_set(a->d, ERR_TIMEOUT, "the activation took too long")
                       : diag_prefix(a->d, ERR_TIMEOUT, "the activation took too long");
        wait = wait < 0 || wait > left ? (int)left : wait;
        poll(fds, count, a->again_ms != 0 && wait > PUBLISH_PAUSE_MS ? PUBLISH_PAUSE_MS : wait);
        client_hub_run(hub);
        if (a->code == 0 && a->again_ms != 0 && clock_monotonic_ms() >= a->again_ms &&
            client_online(a->client))
            begin_step(a);
    }
    return a->code;
}

int activate_run(const char *folder, struct store *s, const char *source, int timeout_ms,
                 struct diag *d)
{
    struct activation a = {.s = s, .d = d};
    size_t len = 0;
    if (activate_in_state(&a, STATE_ACTIVE))
        return 0;
    CLEANUP_SECRET char *consent = store_get(s, VALUE_CONSENT, NULL);
    if (consent == NULL)
        return diag_set(d, ERR_INVALID_STATE,
                        "%s: the user's consent to the disclosure is not written down", folder);
    CLEANUP_SECRET char *account = store_get(s, VALUE_ACCOUNT, NULL);
    CLEANUP_SECRET char *network = store_get(s, VALUE_NETWORK, &len);
    if (account == NULL || network == NULL)
        return diag_set(d, ERR_FORMAT, "%s: the store lacks its account or network", folder);
    a.account = account;
    d->text[0] = '\0';
    int r = network_note_open(network, len, &a.net, d);
    if (r == 0)
        r = omemo_open(store_database(s), &a.omemo, d);
    CLEANUP_CLIENT_HUB struct client_hub *hub = client_hub_new();
    if (r == 0)
        r = open_client(&a, hub, folder, source);
    if (r == 0)
        r = run_until_done(&a, hub, timeout_ms);
    client_free(a.client);
    omemo_close(a.omemo);
    network_note_free(a.net);
    return r;
}
