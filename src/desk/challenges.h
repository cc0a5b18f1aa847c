/* Challenges for passkeys: each is for one who asked (a session that makes a passkey, or a name
 * that signs in), is taken once, and ends after five minutes. In memory alone.
 */
#ifndef IRONSIDE_DESK_CHALLENGES_H
#define IRONSIDE_DESK_CHALLENGES_H

#include "crypto/hash.h"
#include "passkey/passkey.h"

#define DESK_CHALLENGES_MAX 256U
#define DESK_CHALLENGE_MS (5LL * 60 * 1000)

enum desk_challenge_use {
    DESK_CHALLENGE_CREATE, /* for a session, by its token; a later one takes its place */
    DESK_CHALLENGE_SIGN_IN /* for a name; there may be several, or anybody could end another's */
};
struct desk_challenge_for {
    enum desk_challenge_use use;
    const char *who;
};

struct desk_challenge {
    uint8_t who[HASH_BYTES]; /* a hash of who asked; zeros: there is none here */
    uint8_t bytes[PASSKEY_CHALLENGE_BYTES];
    int64_t at_unix_ms;
};
struct desk_challenges {
    struct desk_challenge all[DESK_CHALLENGES_MAX]; /* a ring: the next is made over the oldest */
    unsigned next;
};

/* Where there are too many, the oldest one goes. */
void desk_challenges_give(struct desk_challenges *c, const struct desk_challenge_for *to,
                          int64_t now_unix_ms, uint8_t ret[static PASSKEY_CHALLENGE_BYTES]);
/* That one is gone then, however it ends. ERR_NOT_FOUND: never given for that, taken already, too
 * old. */
int desk_challenges_take(struct desk_challenges *c, const struct desk_challenge_for *from,
                         const uint8_t bytes[static PASSKEY_CHALLENGE_BYTES],
                         int64_t now_unix_ms) MUST_USE;

#endif
