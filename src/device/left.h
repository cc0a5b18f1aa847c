/* Messages that were signed for a bot's key and left there without a verdict, since a policy came
 * that does not name that key. Only the bot knows whether it has them, so that when the key comes
 * back, their place in its chain may be taken: the bot then says so with a signed `conflict`, and
 * this says by which message.
 */
#ifndef IRONSIDE_DEVICE_LEFT_H
#define IRONSIDE_DEVICE_LEFT_H

#include "store/store.h"

struct device;
struct policy;

struct left {
    uint8_t bot_key[SIGN_PUBLIC_BYTES];
    uint64_t n;
    uint8_t digest[HASH_BYTES];
};

/* The bot with this key has another message at `n`, or before it: the latest one of ours that this
 * may be, which is forgotten. ERR_NOT_FOUND: none was left there; ERR_IO. */
int left_take(struct store *s, const uint8_t bot_key[static SIGN_PUBLIC_BYTES], uint64_t n,
              struct left *ret) MUST_USE;

/* A policy came into force: what is before a bot key that it does not name is signed anew. */
void device_leave_old_bot(struct device *d, const struct policy *p);

#endif
