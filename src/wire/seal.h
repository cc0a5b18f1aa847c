/* The seal of the access element: one message's key content K sealed to the day key of each
 * covering warrant, under one ephemeral pair that K and T determine. Whoever knows K can make the
 * same bytes again, which is how a recipient checks that the archive was given the same key.
 */
#ifndef IRONSIDE_WIRE_SEAL_H
#define IRONSIDE_WIRE_SEAL_H

#include "wire/envelope.h"
#include "wire/policy_set.h"

/* Fills enc and the wraps for the covering warrants; none and zeros when nothing covers the
 * message, or on failure. `transcript` is T of the envelope, which does not depend on what is
 * filled in. ERR_NOT_FOUND: an epochs note is not held or has no key for the day; ERR_KEY: a day
 * key of low order. */
int seal_make(struct envelope *e, const struct policy_set *set, const struct coverage *cover,
              const uint8_t transcript[static HASH_BYTES],
              const uint8_t content[static PAYLOAD_CONTENT_BYTES]) MUST_USE;

/* Makes it again and compares, in constant time: 0 or ERR_AUTH, and the errors of seal_make. */
int seal_check(const struct envelope *e, const struct policy_set *set, const struct coverage *cover,
               const uint8_t transcript[static HASH_BYTES],
               const uint8_t content[static PAYLOAD_CONTENT_BYTES]) MUST_USE;

/* The bot's side: opens one wrap with the warrant's day key. ERR_AUTH, ERR_KEY. */
int seal_open(const struct envelope *e, const struct envelope_wrap *w,
              struct hpke_recipient *day_key, const uint8_t transcript[static HASH_BYTES],
              uint8_t ret_content[static PAYLOAD_CONTENT_BYTES]) MUST_USE;

#endif
