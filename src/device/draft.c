/* Whether a message may go, to whom, to which bot and under which warrants. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "device/draft.h"
#include "device/places.h"
#include "device/wants.h"

enum have draft_wait_for(struct draft *f, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->why, sizeof f->why, fmt, ap);
    va_end(ap);
    return HAVE_NOT_YET;
}

static enum have leave_out(struct draft *f, const char *account, const char *why)
{
    snprintf(f->left_out[f->left_out_count].account, VALUE_JID_MAX + 1, "%s", account);
    f->left_out[f->left_out_count++].why = why;
    return HAVE;
}

/* A recipient who can't be sent to is left out, and the user told; one that is only not known yet
 * makes the message wait. */
static enum have find_recipient(struct draft *f, const char *account)
{
    struct device *d = f->d;
    const struct certificate *c;
    switch (device_contact(d, account, &c)) {
    case HAVE_NOT_YET:
        return draft_wait_for(f, "waiting for the certificate of %s", account);
    case HAVE_NONE:
        return leave_out(f, account, "no device is activated for it");
    case HAVE_UNLOGGED:
        return leave_out(f, account, "its certificate is not in the public log");
    case HAVE:
        break;
    }
    const char *wrong = device_certificate_wrong(d, c, device_now(d));
    if (wrong != NULL)
        return leave_out(f, account, wrong);
    if (peers_differ(d, c))
        return draft_wait_for(
            f,
            "the keys of %s are not those that you have compared: compare again, then "
            "'ironside contact add'",
            account);
    if (!omemo_has_session(d->omemo, account, c->omemo_device, c->omemo_identity)) {
        return device_want_bundle(d, c, false) == HAVE_NONE
                   ? draft_wait_for(f, "the server has no keys of %s yet", account)
                   : draft_wait_for(f, "waiting for keys of %s", account);
    }
    f->to[f->to_count++] = c;
    return HAVE;
}

enum have draft_find_recipients(struct draft *f)
{
    enum have all = HAVE;
    CLEANUP_FREE char *names = mem_string(f->e->to);
    char *rest = NULL;
    for (char *account = strtok_r(names, " ", &rest); account != NULL;
         account = strtok_r(NULL, " ", &rest))
        if (find_recipient(f, account) != HAVE)
            all = HAVE_NOT_YET; /* go on, so that everything is asked for at once */
    if (all == HAVE && f->to_count == 0)
        return HAVE_NONE;
    return all;
}

/* Under a policy that demands a place token, nobody takes a message without one. */
enum have draft_find_place(struct draft *f)
{
    if (device_places_known(f->d, f->rules) != HAVE)
        return draft_wait_for(f, "waiting for the registrar to say where this device is");
    if (!policy_demands_place(f->rules->policy) || device_places_token(f->d) != NULL)
        return HAVE;
    return draft_wait_for(
        f,
        "it has no place token, and policy %" PRIu32 " lets nothing pass without: the "
        "registrar knows no country for this device's address. Connect from another "
        "one, or ask who runs the network",
        f->rules->policy->serial);
}

/* The envelope's fields that don't depend on keys. */
void draft_begin(struct draft *f)
{
    struct device *d = f->d;
    const struct place *place = device_places_token(d);
    struct envelope e = {.from = d->account,
                         .id = f->e->id,
                         .at_unix_ms =
                             f->e->fixed_at_unix_ms != 0 ? f->e->fixed_at_unix_ms : device_now(d),
                         .policy = f->rules->policy->serial,
                         .sid = d->certificate->omemo_device,
                         .place = place == NULL ? NULL : place->document.note};
    const struct policy_bot *bot =
        policy_bot_for(f->rules->policy, place == NULL ? NULL : place->country);
    e.bot = bot->jid;
    memcpy(f->e->bot_key, bot->key, sizeof f->e->bot_key);
    memcpy(e.certificate, d->certificate->document.hash, HASH_BYTES);
    /* What was encrypted before stays: recipients' keys are for it. */
    memcpy(e.iv, f->e->envelope.iv, sizeof e.iv);
    e.payload = f->e->envelope.payload;
    e.payload_len = f->e->envelope.payload_len;
    e.file_count = f->file_count;
    e.files[0] = f->file;
    f->e->envelope = e;
}

enum have draft_find_coverage(struct draft *f)
{
    struct device *d = f->d;
    const struct place *place = device_places_token(d);
    struct coverage_query q = {.handle = d->handle,
                               .bot = f->e->envelope.bot,
                               .day = calendar_day_of(f->e->envelope.at_unix_ms),
                               .country = place == NULL ? NULL : place->country};
    if (policy_set_coverage(f->rules, &q, &f->cover) < 0)
        return draft_wait_for(f, "waiting for the warrants that the policy names");
    if (f->cover.count > 0 && policy_bot_key_revoked(f->rules->policy, f->e->bot_key))
        return draft_wait_for(
            f,
            "the key of bot %s was revoked, so that no recipient takes what it signs: "
            "it waits for a policy that names another key",
            f->e->envelope.bot);
    if (f->cover.count > 0)
        return HAVE;
    f->rests = f->rules->policy->stop_without_warrant;
    return f->rests
               ? draft_wait_for(f, "the network rests: no warrant is in force for this message")
               : HAVE;
}
