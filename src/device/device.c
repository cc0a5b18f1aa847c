#include "device/device.h"

#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/conversation.h"
#include "device/files_internal.h"
#include "device/places.h"
#include "device/wants.h"
#include "store/values.h"

#define POLICY_POLL_MS 600000
#define TICK_MAX_MS 60000

const char *device_account(const struct device *d)
{
    return d->account;
}

static int open_identity(struct device *d, struct diag *diag)
{
    size_t seed_len = 0, len = 0;
    CLEANUP_SECRET char *state = store_get(d->store, VALUE_STATE, NULL);
    CLEANUP_SECRET char *consent = store_get(d->store, VALUE_CONSENT, NULL);
    CLEANUP_SECRET char *network = store_get(d->store, VALUE_NETWORK, &len);
    CLEANUP_SECRET char *certificate = store_get(d->store, VALUE_CERTIFICATE, NULL);
    CLEANUP_SECRET char *seed = store_get(d->store, VALUE_SIGNING_SEED, &seed_len);
    CLEANUP_SECRET char *stopped = store_get(d->store, VALUE_STOPPED, NULL);
    if (state == NULL || strcmp(state, STATE_ACTIVE) != 0 || consent == NULL)
        return diag_set(diag, ERR_INVALID_STATE,
                        "this device has not been activated: finish 'ironside device activate'");
    if (network == NULL || certificate == NULL || seed_len != SIGN_SEED_BYTES)
        return diag_set(diag, ERR_FORMAT, "the store lacks the device's own keys or documents");
    int r = network_note_open(network, len, &d->net, diag);
    if (r == 0)
        r = certificate_open(d->net, certificate, strlen(certificate), &d->certificate, diag);
    if (r < 0)
        return r;
    uint8_t public[SIGN_PUBLIC_BYTES];
    d->signing_secret = secret_new(SIGN_SECRET_BYTES);
    sign_keypair_from_seed((const uint8_t *)seed, public, d->signing_secret);
    if (memcmp(public, d->certificate->key, sizeof public) != 0)
        return diag_set(diag, ERR_FORMAT, "the device's certificate is not for its own key");
    snprintf(d->account, sizeof d->account, "%s", d->certificate->account);
    value_handle_of(d->account, d->handle);
    d->stopped = stopped != NULL;
    CLEANUP_SECRET char *accept_all = store_get(d->store, VALUE_ACCEPT_ALL, NULL);
    d->accept_all = accept_all != NULL;
    return 0;
}

/* Where the outbox stands. */
static int load_outbox(struct device *d, struct diag *diag)
{
    uint32_t first = 0;
    int r = outbox_last_sent(d->store, &d->sendings);
    d->confirm.confirmed = d->sendings;
    if (r == 0)
        r = store_policy_range(d->store, &first, &d->newest);
    if (r == 0) {
        device_files_sweep(d);
        r = device_load_outbox(d);
    }
    if (r < 0 && store_fault(d->store, diag) == 0)
        diag_set(diag, r, "the device's store cannot be read");
    return r;
}

int device_open(const struct device_options *o, struct device **ret, struct diag *diag)
{
    CLEANUP(device_free_cleanup) struct device *d = mem_new(sizeof *d);
    d->o = *o;
    d->store = o->store;
    d->arena = (struct arena)ARENA_INIT(4 * STANZA_MEMORY);
    int r = open_identity(d, diag);
    if (r == 0)
        r = omemo_open(store_database(d->store), &d->omemo, diag);
    if (r < 0)
        return r;
    if (omemo_device_id(d->omemo) != d->certificate->omemo_device ||
        memcmp(omemo_identity(d->omemo), d->certificate->omemo_identity, OMEMO_IDENTITY_BYTES) != 0)
        return diag_set(diag, ERR_FORMAT, "the device's certificate is not for its OMEMO identity");
    r = device_log_open(d, diag);
    if (r == 0)
        r = load_outbox(d, diag);
    if (r == 0)
        *ret = TAKE(d);
    return r;
}

void device_free(struct device *d)
{
    if (d == NULL)
        return;
    conversation_settle(d, false);
    device_drop_wants(d);
    device_drop_rules(d);
    device_log_clear(d);
    struct attempt *a, *next;
    HASH_ITER (hh, d->attempts, a, next) {
        HASH_DEL(d->attempts, a);
        free(a);
    }
    device_drop_addressees(d);
    omemo_close(d->omemo);
    place_free(d->place);
    certificate_free(d->certificate);
    network_note_free(d->net);
    secret_free(d->signing_secret);
    arena_clear(&d->arena);
    free(d);
}

static void pump(struct device *d)
{
    if (!d->online)
        return;
    if (d->signed_entry == 0)
        device_sign_next(d);
    device_repeat(d);
    device_transmit(d);
    device_confirm(d);
}

/* Does what has become possible; again as long as something did. */
static void settle(struct device *d)
{
    pump(d);
    while (d->dirty) {
        d->dirty = false;
        device_admit_wants(d);
        device_receive_parked(d);
        pump(d);
    }
}

void device_online(struct device *d)
{
    d->online = true;
    d->bundle_unsure = true;
    d->next_bundle_ms = 0;
    d->next_policy_ms = 0;
    d->newest_asked = false;
    device_log_refresh(d);
    device_reschedule_all(d);
    device_repeat_soon(d);
    device_places_begin(d, false);
    d->dirty = true;
    device_tick(d);
}

void device_offline(struct device *d)
{
    d->online = false;
}

void device_stanza(struct device *d, const struct xml_element *x)
{
    const char *from = xml_attribute_of(x, "from"), *type = xml_attribute_of(x, "type");
    char bare[VALUE_JID_MAX + 1];
    if (strcmp(x->name, "message") != 0 || from == NULL || value_bare_of(from, bare) < 0)
        return;
    arena_reset(&d->arena);
    if (type != NULL && strcmp(type, "error") == 0) {
        device_take_bounce(d, x);
    } else if (strcmp(bare, d->net->registrar) == 0) {
        if (xml_child(x, "policy", REGISTRY_NS) != NULL) {
            d->next_policy_ms = 0;
            device_log_refresh(d);
        }
    } else if (strchr(bare, '@') == NULL) {
        device_take_bot_message(d, x);
    } else {
        device_receive(d, x);
    }
    device_tick(d);
}

/* What has come since the last tick; the log first, by which other things count. */
static void take_in(struct device *d)
{
    if (d->log.grew) {
        d->log.grew = false;
        device_find_newest(d);
        device_admit_wants(d);
    }
    device_admit_arrived(d);
}

int device_tick(struct device *d)
{
    int64_t now = clock_monotonic_ms();
    arena_reset(&d->arena);
    conversation_expire(d);
    d->due_ms = now + TICK_MAX_MS;
    if (!d->online)
        return TICK_MAX_MS;
    device_log_follow(d); /* before what it may have to show is asked for */
    take_in(d);
    if (now >= d->next_policy_ms) {
        d->next_policy_ms = now + POLICY_POLL_MS;
        device_admit_wants(d);
        (void)device_want_policy(d, 0);
    }
    device_ask_again(d);
    device_want_uses(d);
    device_keep_bundle(d);
    device_ask_proofs(d);
    device_places_upkeep(d);
    device_files_run(d);
    settle(d);
    device_log_follow(d);
    int64_t due = device_min_due(device_wants_due(d), device_transmit_due(d));
    due = device_min_due(due, device_bundle_due(d));
    due = device_min_due(due, device_proofs_due(d));
    due = device_min_due(due, device_log_due(d));
    due = device_min_due(due, device_places_due(d));
    due = device_min_due(due, conversation_due(d));
    due = device_min_due(due, device_files_due(d));
    now = clock_monotonic_ms();
    due = device_min_due(due, d->next_policy_ms - now);
    due = due < 0 ? 0 : due > TICK_MAX_MS ? TICK_MAX_MS : due;
    d->due_ms = now + due;
    return (int)due;
}

int64_t device_due_ms(const struct device *d)
{
    return d->due_ms;
}

size_t device_parked(struct device *d)
{
    size_t count = 0;
    return store_count_parked(d->store, &count) < 0 ? 0 : count;
}

bool device_idle(struct device *d)
{
    size_t queued = 0, signed_ones = 0, sending = 0, parked = 0;
    if (outbox_count(d->store, OUTBOX_QUEUED, &queued) < 0 ||
        outbox_count(d->store, OUTBOX_SIGNED, &signed_ones) < 0 ||
        outbox_count(d->store, OUTBOX_SENDING, &sending) < 0 ||
        store_count_parked(d->store, &parked) < 0)
        return false;
    return queued + signed_ones + sending + parked == 0;
}
