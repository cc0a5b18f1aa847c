/* Where this device is, as the registrar sees it: the place token of the present session. A token
 * of an earlier session is not used, so that a device that crosses a border changes with its next
 * message. Nothing is asked while the newest policy is the same everywhere.
 */
#ifndef IRONSIDE_DEVICE_PLACES_H
#define IRONSIDE_DEVICE_PLACES_H

#include "device/have.h"
#include "wire/policy_set.h"

struct device;
struct place;

struct device_places {
    bool in_flight, answered; /* in this session, by the newest policy */
    bool demanded;            /* without one nothing goes */
    unsigned session;         /* counts on with each session and policy */
    unsigned asked_in;        /* what it was when the query left */
    unsigned refused;         /* tokens that the bot refused, one after the other */
    int64_t next_ms;          /* not to be asked before */
    int64_t waiting_since_ms; /* a message waits for the answer; 0: none */
    int pause_ms;
};

/* A message waits so long for the registrar's answer. Then it goes as from a place that is not
 * known: sealed to every warrant that such a device has, and to the default bot. Where the policy
 * demands a token it waits until there is one. */
#define PLACES_WAIT_MS 15000

/* A new session, or a policy that came into force: ask anew. `keep` the token meanwhile? */
void device_places_begin(struct device *d, bool keep);
/* Asks if it is time: at a session's start, and before the token ends. */
void device_places_upkeep(struct device *d);
/* In ms from now; -1: no limit. */
int64_t device_places_due(const struct device *d);
/* Is it known where the device is, for a message under these rules? HAVE, too, when nothing
 * depends on it, or it was waited for long enough. The token may be lacking all the same. */
enum have device_places_known(struct device *d, const struct policy_set *rules);
/* The token that is in force now, or NULL. */
const struct place *device_places_token(const struct device *d);
/* The bot refused the token: it is dropped, and another asked for. False when that was so with the
 * one before it already: then another will not help. */
bool device_places_refused(struct device *d);
/* The bot took a message. */
void device_places_accepted(struct device *d);

#endif
