/* The steps over the network: the password, the certificate, the keys. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/secret.h"
#include "device/bundle.h"
#include "host/activate_internal.h"
#include "store/values.h"
#include "wire/stanza.h"

#define PASSWORD_BYTES 20
#define QUERY_MS 15000
#define PUBLISH_TRIES 30
#define AGAIN_PAUSE_MS 1000

void activate_end(struct activation *a, int code, const char *fmt, ...)
{
    char text[sizeof a->d->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (a->code == 0)
        a->code = diag_set(a->d, code, "%s", text);
}

bool activate_in_state(struct activation *a, const char *state)
{
    CLEANUP_SECRET char *now = store_get(a->s, VALUE_STATE, NULL);
    return now != NULL && strcmp(now, state) == 0;
}

static int put(struct activation *a, const char *name, const char *value)
{
    int r = store_put_text(a->s, name, value);
    if (r < 0)
        activate_end(a, r, "the device's store cannot be written");
    return r;
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
        activate_end(a, ERR_AUTH, "the server refuses the device's keys: %s", error_of(iq));
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
        activate_end(a, ERR_IO, "the device's keys cannot be published");
}

static void on_list_published(void *context, const struct xml_element *iq)
{
    struct activation *a = context;
    if (stanza_is_result(iq))
        publish_bundle(a);
    else
        publish_again(a, iq);
}

void activate_publish_keys(struct activation *a)
{
    CLEANUP_BUF struct buf list = BUF_INIT(1024);
    omemo_put_device_list(&list, omemo_device_id(a->omemo));
    if (client_publish(a->client, OMEMO_DEVICES_NODE, buf_text(&list), true, on_list_published, a) <
        0)
        activate_end(a, ERR_IO, "the device's keys cannot be published");
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
        activate_end(a, ERR_FORMAT, "the registrar's answer is not a certificate");
    } else {
        int r = activate_take_certificate(a, &piece);
        if (r < 0)
            a->code = r;
        else
            activate_publish_keys(a);
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
        activate_end(a, ERR_AUTH, "the registrar refuses the activation: %s", refusal(iq));
    else
        again(a, AGAIN_PAUSE_MS, "the registrar does not answer");
}

void activate_ask_certificate(struct activation *a)
{
    size_t len = 0;
    uint8_t key[SIGN_PUBLIC_BYTES];
    CLEANUP_SECRET char *secret = store_get(a->s, VALUE_SECRET, &len);
    CLEANUP_BUF struct buf note = BUF_INIT(2 * VALUE_CERTIFICATE_MAX), payload = BUF_INIT(16384);
    struct registry_query q = {.what = REGISTRY_ACTIVATE};
    if (len != REGISTRY_SECRET_BYTES || activate_request(a, &note, key) < 0) {
        activate_end(a, ERR_FORMAT, "the store lacks what the activation needs");
        return;
    }
    q.request = (const char *)note.data;
    q.request_len = note.len;
    registry_request_mac((const uint8_t *)secret, q.request, q.request_len, q.mac);
    registry_put_query(&payload, &q);
    if (client_query(a->client, a->net->registrar, "set", buf_text(&payload), QUERY_MS,
                     on_certificate, a) < 0)
        activate_end(a, ERR_IO, "the registrar cannot be asked");
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
void activate_keep_password(struct activation *a)
{
    int r = store_transaction(a->s, put_password, a->s, a->d);
    if (r < 0) {
        activate_end(a, r, "the device's store cannot be written");
        return;
    }
    activate_ask_certificate(a);
}

static void on_password(void *context, int code)
{
    struct activation *a = context;
    if (code == 0)
        activate_keep_password(a);
    else if (code == ERR_AUTH)
        activate_end(a, code, "the server refuses to change the bundle's password");
    else if (code == ERR_LIMIT)
        again(a, AGAIN_PAUSE_MS, "the server does not change the bundle's password now");
    else
        client_drop(a->client); /* either may be the account's: the next session finds out */
}

void activate_change_password(struct activation *a)
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
        activate_end(a, ERR_IO, "the password cannot be changed");
}
