#include "host/activate.h"

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

#define PASSWORD_BYTES 20
#define QUERY_MS 15000
#define PUBLISH_TRIES 30
#define PUBLISH_PAUSE_MS 100
#define AGAIN_PAUSE_MS 1000

/* The steps over the network. */
struct activation {
    struct store *s;
    struct client *client;
    struct network_note *net;
    struct omemo *omemo;
    char *account;
    bool tried_other; /* the other of two passwords that may be the account's */
    bool on_new;      /* the client uses the new one */
    int64_t again_ms; /* when to try the present step again; 0: not waiting for that */
    int published_tries;
    bool done;
    int code; /* why it ended; 0 while it goes on */
    struct diag *d;
};

static void end(struct activation *a, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void end(struct activation *a, int code, const char *fmt, ...)
{
    char text[sizeof a->d->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (a->code == 0)
        a->code = diag_set(a->d, code, "%s", text);
}

static bool in_state(struct activation *a, const char *state)
{
    CLEANUP_SECRET char *now = store_get(a->s, VALUE_STATE, NULL);
    return now != NULL && strcmp(now, state) == 0;
}

static int put(struct activation *a, const char *name, const char *value)
{
    int r = store_put_text(a->s, name, value);
    if (r < 0)
        end(a, r, "the device's store cannot be written");
    return r;
}

/* Our request for a certificate: the same bytes each time. */
static int make_request(struct activation *a, struct buf *note, uint8_t ret_key[static 32])
{
    size_t len = 0;
    CLEANUP_SECRET char *seed = store_get(a->s, VALUE_SIGNING_SEED, &len);
    CLEANUP_SECRET uint8_t *secret = secret_new(SIGN_SECRET_BYTES);
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    struct registry_request q = {.account = a->account, .omemo_device = omemo_device_id(a->omemo)};
    if (len != SIGN_SEED_BYTES)
        return ERR_FORMAT;
    sign_keypair_from_seed((const uint8_t *)seed, q.key, secret);
    memcpy(ret_key, q.key, sizeof q.key);
    memcpy(q.omemo_identity, omemo_identity(a->omemo), sizeof q.omemo_identity);
    registry_request_format(&text, a->net->domain, &q);
    struct note_key k = {.name = a->account};
    memcpy(k.key, q.key, sizeof k.key);
    note_sign(note, (const char *)text.data, text.len, &k, secret);
    return buf_failed(note) ? ERR_LIMIT : 0;
}

struct certified {
    struct store *s;
    const struct certificate *c;
};

static int put_certificate(void *context, struct diag *d)
{
    const struct certified *x = context;
    const struct document *note = &x->c->document;
    (void)d;
    int r = store_put_document(x->s, DOCUMENT_CERTIFICATE, note->hash, note->note);
    if (r == 0)
        r = store_put_text(x->s, VALUE_CERTIFICATE, note->note);
    if (r == 0)
        r = store_drop(x->s, VALUE_SECRET);
    return r < 0 ? r : store_put_text(x->s, VALUE_STATE, STATE_ACTIVE);
}

/* The certificate must hold just the keys that we asked it for. */
static int take_certificate(struct activation *a, const struct registry_piece *p)
{
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    CLEANUP_BUF struct buf note = BUF_INIT(2 * VALUE_CERTIFICATE_MAX);
    uint8_t key[SIGN_PUBLIC_BYTES];
    int r = certificate_open(a->net, (const char *)p->data, p->len, &c, a->d);
    if (r == 0)
        r = make_request(a, &note, key);
    if (r < 0)
        return r;
    if (strcmp(c->account, a->account) != 0 || memcmp(c->key, key, sizeof key) != 0 ||
        c->omemo_device != omemo_device_id(a->omemo) ||
        memcmp(c->omemo_identity, omemo_identity(a->omemo), OMEMO_IDENTITY_BYTES) != 0)
        return diag_set(a->d, ERR_KEY,
                        "the registrar certified other keys than this device's: "
                        "do not use it, and tell the distributor");
    struct certified x = {.s = a->s, .c = c};
    return store_transaction(a->s, put_certificate, &x, a->d);
}

/* What passes by itself, and what nobody answers, is tried again until the activation's time is
 * over. A session that ended begins the step anew by itself. */
static void again(struct activation *a, int pause_ms, const char *why)
{
    a->again_ms = clock_monotonic_ms() + pause_ms;
    if (why != NULL && a->code == 0)
        diag_set(a->d, 0, "%s", why);
}

/* The condition that an error stanza names. */
static const char *error_of(const struct xml_element *iq)
{
    const struct xml_element *error = xml_child(iq, "error", iq->ns);
    return error == NULL || error->first == NULL ? "it gives no reason" : error->first->name;
}

/* The last step: without its keys on the server nobody can write to the device. ejabberd refuses
 * now and then, when many make their first node at the same moment: then again. If this is cut
 * short, the device does it when it first runs. */
static void publish_again(struct activation *a, const struct xml_element *iq)
{
    bool passes = iq == NULL || client_is_passing(iq);
    if (!passes && ++a->published_tries > PUBLISH_TRIES)
        end(a, ERR_AUTH, "the server refuses the device's keys: %s", error_of(iq));
    again(a, passes ? AGAIN_PAUSE_MS : PUBLISH_PAUSE_MS,
          passes ? "the server does not take the device's keys now" : NULL);
}

static void on_published(void *context, const struct xml_element *iq)
{
    struct activation *a = context;
    if (stanza_is_result(iq))
        a->done = true;
    else
        publish_again(a, iq);
}

static void publish_bundle(struct activation *a)
{
    char node[64];
    uint64_t version;
    CLEANUP_BUF struct buf bundle = BUF_INIT(VALUE_STANZA_MAX);
    snprintf(node, sizeof node, OMEMO_BUNDLE_NODE "%u", omemo_device_id(a->omemo));
    if (bundle_write(a->s, a->omemo, &bundle, &version) < 0 ||
        client_publish(a->client, node, buf_text(&bundle), true, on_published, a) < 0)
        end(a, ERR_IO, "the device's keys cannot be published");
}

static void on_list_published(void *context, const struct xml_element *iq)
{
    struct activation *a = context;
    if (stanza_is_result(iq))
        publish_bundle(a);
    else
        publish_again(a, iq);
}

static void publish_keys(struct activation *a)
{
    CLEANUP_BUF struct buf list = BUF_INIT(1024);
    omemo_put_device_list(&list, omemo_device_id(a->omemo));
    if (client_publish(a->client, OMEMO_DEVICES_NODE, buf_text(&list), true, on_list_published, a) <
        0)
        end(a, ERR_IO, "the device's keys cannot be published");
}

/* What the registrar itself says against it; any other error is the server's, while the registrar
 * is away. */
static const char *refusal(const struct xml_element *iq)
{
    static const char *const meanings[][2] = {
        {"forbidden", "the bundle is not this account's, or a newer one was made"},
        {"conflict", "the bundle has been used by another device"},
    };
    if (!registry_is_refusal(iq))
        return NULL;
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (strcmp(error_of(iq), meanings[i][0]) == 0)
            return meanings[i][1];
    return error_of(iq);
}

static void take_answer(struct activation *a, const struct xml_element *iq)
{
    struct arena arena = ARENA_INIT(128U * 1024);
    struct registry_piece piece;
    if (iq->first == NULL || registry_parse_piece(iq->first, &arena, &piece) < 0 ||
        piece.len != piece.size) {
        end(a, ERR_FORMAT, "the registrar's answer is not a certificate");
    } else {
        int r = take_certificate(a, &piece);
        if (r < 0)
            a->code = r;
        else
            publish_keys(a);
    }
    arena_clear(&arena);
}

static void on_certificate(void *context, const struct xml_element *iq)
{
    struct activation *a = context;
    if (a->code != 0)
        return;
    if (stanza_is_result(iq))
        take_answer(a, iq);
    else if (iq != NULL && refusal(iq) != NULL)
        end(a, ERR_AUTH, "the registrar refuses the activation: %s", refusal(iq));
    else
        again(a, AGAIN_PAUSE_MS, "the registrar does not answer");
}

static void ask_certificate(struct activation *a)
{
    size_t len = 0;
    uint8_t key[SIGN_PUBLIC_BYTES];
    CLEANUP_SECRET char *secret = store_get(a->s, VALUE_SECRET, &len);
    CLEANUP_BUF struct buf note = BUF_INIT(2 * VALUE_CERTIFICATE_MAX), payload = BUF_INIT(16384);
    struct registry_query q = {.what = REGISTRY_ACTIVATE};
    if (len != REGISTRY_SECRET_BYTES || make_request(a, &note, key) < 0) {
        end(a, ERR_FORMAT, "the store lacks what the activation needs");
        return;
    }
    q.request = (const char *)note.data;
    q.request_len = note.len;
    registry_request_mac((const uint8_t *)secret, q.request, q.request_len, q.mac);
    registry_put_query(&payload, &q);
    if (client_query(a->client, a->net->registrar, "set", buf_text(&payload), QUERY_MS,
                     on_certificate, a) < 0)
        end(a, ERR_IO, "the registrar cannot be asked");
}

static int put_password(void *context, struct diag *d)
{
    struct store *s = context;
    CLEANUP_SECRET char *fresh = store_get(s, VALUE_NEW_PASSWORD, NULL);
    (void)d;
    int r = fresh == NULL ? 0 : store_put_text(s, VALUE_PASSWORD, fresh);
    if (r == 0)
        r = store_drop(s, VALUE_NEW_PASSWORD);
    return r < 0 ? r : store_put_text(s, VALUE_STATE, STATE_PASSWORD_CHANGED);
}

/* The new password is the account's from here on. */
static void keep_password(struct activation *a)
{
    int r = store_transaction(a->s, put_password, a->s, a->d);
    if (r < 0) {
        end(a, r, "the device's store cannot be written");
        return;
    }
    ask_certificate(a);
}

static void on_password(void *context, int code)
{
    struct activation *a = context;
    if (code == 0)
        keep_password(a);
    else if (code == ERR_AUTH)
        end(a, code, "the server refuses to change the bundle's password");
    else if (code == ERR_LIMIT)
        again(a, AGAIN_PAUSE_MS, "the server does not change the bundle's password now");
    else
        client_drop(a->client); /* either may be the account's: the next session finds out */
}

static void change_password(struct activation *a)
{
    CLEANUP_SECRET char *fresh = store_get(a->s, VALUE_NEW_PASSWORD, NULL);
    if (fresh == NULL) {
        uint8_t bytes[PASSWORD_BYTES];
        char hex[2 * PASSWORD_BYTES + 1];
        secret_random(bytes, sizeof bytes);
        encode_hex(bytes, sizeof bytes, hex);
        int r = put(a, VALUE_NEW_PASSWORD, hex);
        secret_wipe(bytes, sizeof bytes);
        secret_wipe(hex, sizeof hex);
        if (r < 0)
            return;
        fresh = store_get(a->s, VALUE_NEW_PASSWORD, NULL);
    }
    if (client_change_password(a->client, fresh, on_password, a) < 0)
        end(a, ERR_IO, "the password cannot be changed");
}

static void begin_step(void *context)
{
    struct activation *a = context;
    a->again_ms = 0;
    if (in_state(a, STATE_ACTIVE))
        publish_keys(a); /* the session had ended before they were */
    else if (in_state(a, STATE_PASSWORD_CHANGED))
        ask_certificate(a);
    else if (a->on_new)
        keep_password(a);
    else
        change_password(a);
}

static void on_offline(void *context, enum client_end how, const char *why)
{
    struct activation *a = context;
    CLEANUP_SECRET char *old = store_get(a->s, VALUE_PASSWORD, NULL);
    CLEANUP_SECRET char *fresh = store_get(a->s, VALUE_NEW_PASSWORD, NULL);
    if (how == CLIENT_UNTRUSTED) {
        end(a, ERR_AUTH, "the server is not the network's own: %s", why);
    } else if (how == CLIENT_REFUSED && fresh != NULL && !a->tried_other) {
        a->tried_other = true;
        a->on_new = !a->on_new;
        client_set_password(a->client, a->on_new ? fresh : old);
        client_retry(a->client);
    } else if (how == CLIENT_REFUSED) {
        end(a, ERR_AUTH, "%s",
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
    if (in_state(&a, STATE_ACTIVE))
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
