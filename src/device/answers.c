/* What comes back for what was sent: the bot's verdicts and delays, bounces, receipts. */
#include <inttypes.h>
#include <string.h>

#include "base/secret.h"
#include "device/conversation.h"
#include "device/files_internal.h"
#include "device/left.h"
#include "device/places.h"

#define BOUNCE_PAUSE_MS 250
#define BOUNCE_PAUSE_MAX_MS 10000
#define LATER_PAUSE_MAX_S 60

/* What a bot in order does not say of a device in order; NULL: it passes by itself. */
static const char *later_lasts(enum later_reason reason)
{
    switch (reason) {
    case LATER_MALFORMED:
        return "it is malformed";
    case LATER_TOO_LARGE:
        return "it is too large";
    case LATER_BAD_SIGNATURE:
        return "its signature is bad";
    case LATER_GAP:
        return "it lacks the messages before it";
    case LATER_SLOW_DOWN:
    case LATER_CLOSED:
    case LATER_UNKNOWN_DEVICE:
    case LATER_FILE:
    case LATER_REASONS:
        break;
    }
    return NULL;
}

/* Said once for a message and reason while the device runs. */
static void say_lasting(struct device *d, const struct outbox_entry *e, struct attempt *a,
                        enum later_reason reason)
{
    char text[128];
    if (a->told == reason)
        return;
    a->told = reason;
    snprintf(text, sizeof text, "the bot says that %s", later_lasts(reason));
    (void)!outbox_set_reason(d->store, e->number, text);
    device_notice(d, "",
                  "message %s waits: the bot, or the server in its name, says that %s. It is sent "
                  "again unchanged, and nothing goes before it. If this lasts, ask who runs the "
                  "network: a new bot key, or a new activation of this device, ends it",
                  e->id, later_lasts(reason));
}

/* Unsigned: the server could have said so, and kept a verdict. Signing another message in the place
 * of this one would then be a conflict, and the end of this device. So the same bytes come again,
 * whatever was said: a bot that has them answers with its verdict. */
static void take_later(struct device *d, const struct outbox_entry *e, const struct later *l)
{
    uint32_t seconds = l->seconds < 1                   ? 1
                       : l->seconds > LATER_PAUSE_MAX_S ? LATER_PAUSE_MAX_S
                                                        : l->seconds;
    int64_t next_ms = clock_monotonic_ms() + (int64_t)seconds * CLOCK_SECOND_MS;
    bool lasts = later_lasts(l->reason) != NULL;
    struct attempt *a = device_attempt(d, e->number, "");
    if (a == NULL)
        return;
    if (!lasts || a->next_ms < next_ms) /* what lasts: after the pause that grows */
        a->next_ms = next_ms;
    if (lasts)
        say_lasting(d, e, a, l->reason);
    device_progress(d, e->id, DEVICE_WAITING, later_reason_text(l->reason));
}

/* Only answers to what is before the bot now count; all else is ignored. */
void device_take_bot_message(struct device *d, const struct xml_element *x)
{
    const char *id = xml_attribute_of(x, "id"), *from = xml_attribute_of(x, "from");
    const struct xml_element *answer = x->first;
    struct outbox_entry e;
    struct verdict v;
    struct later l;
    if (id == NULL || answer == NULL || d->signed_entry == 0 ||
        outbox_get(d->store, d->signed_entry, &d->arena, &e) < 0 || strcmp(e.id, id) != 0 ||
        strcmp(e.envelope.bot, from) != 0)
        return;
    if (verdict_parse(answer, e.envelope.certificate, &v, NULL) == 0)
        device_take_verdict(d, &e, &v);
    else if (later_parse(answer, &l) == 0)
        take_later(d, &e, &l);
    secret_wipe(e.content, sizeof e.content);
}

/* An error stanza: whatever it says, try again after a pause. */
void device_take_bounce(struct device *d, const struct xml_element *x)
{
    const char *id = xml_attribute_of(x, "id"), *from = xml_attribute_of(x, "from");
    char bare[VALUE_JID_MAX + 1];
    struct outbox_entry e;
    if (id == NULL || value_bare_of(from, bare) < 0 || outbox_find(d->store, id, &d->arena, &e) < 0)
        return;
    bool blind = e.state == OUTBOX_SIGNED && e.has_envelope && strcmp(e.envelope.bot, bare) == 0;
    secret_wipe(e.content, sizeof e.content);
    struct attempt *a = device_attempt(d, e.number, blind ? "" : bare);
    if (a == NULL)
        return;
    int64_t pause = BOUNCE_PAUSE_MS;
    for (unsigned i = 1; i < a->count && pause < BOUNCE_PAUSE_MAX_MS; i++)
        pause *= 2;
    if (!blind)
        device_sent_back(d, a);
    a->next_ms = clock_monotonic_ms() + pause;
    if (blind)
        device_progress(d, id, DEVICE_WAITING, "the bot is away");
}
