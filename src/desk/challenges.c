#include "desk/challenges.h"

#include <string.h>

#include "base/secret.h"

static void hash_of(const struct desk_challenge_for *f, uint8_t ret[static HASH_BYTES])
{
    const uint8_t use = (uint8_t)f->use;
    const struct hash_part parts[] = {{&use, 1}, {f->who, strlen(f->who)}};
    hash_sha256_parts(parts, 2, ret);
}

static void forget(struct desk_challenge *c)
{
    secret_wipe(c, sizeof *c);
}

static void forget_all_for(struct desk_challenges *c, const uint8_t who[static HASH_BYTES])
{
    for (unsigned i = 0; i < DESK_CHALLENGES_MAX; i++)
        if (memcmp(c->all[i].who, who, HASH_BYTES) == 0)
            forget(&c->all[i]);
}

void desk_challenges_give(struct desk_challenges *c, const struct desk_challenge_for *to,
                          int64_t now_unix_ms, uint8_t ret[static PASSKEY_CHALLENGE_BYTES])
{
    struct desk_challenge *made = &c->all[c->next];
    uint8_t who[HASH_BYTES];
    hash_of(to, who);
    if (to->use == DESK_CHALLENGE_CREATE)
        forget_all_for(c, who);
    c->next = (c->next + 1) % DESK_CHALLENGES_MAX;
    memcpy(made->who, who, sizeof who);
    made->at_unix_ms = now_unix_ms;
    secret_random(made->bytes, sizeof made->bytes);
    memcpy(ret, made->bytes, sizeof made->bytes);
}

/* A clock that was set back ends it, too. */
static bool is_in_time(const struct desk_challenge *c, int64_t now)
{
    return now >= c->at_unix_ms && now - c->at_unix_ms < DESK_CHALLENGE_MS;
}

int desk_challenges_take(struct desk_challenges *c, const struct desk_challenge_for *from,
                         const uint8_t bytes[static PASSKEY_CHALLENGE_BYTES], int64_t now_unix_ms)
{
    uint8_t who[HASH_BYTES];
    hash_of(from, who);
    for (unsigned i = 0; i < DESK_CHALLENGES_MAX; i++) {
        struct desk_challenge *x = &c->all[i];
        if (memcmp(x->who, who, sizeof who) != 0 || !secret_equal(x->bytes, bytes, sizeof x->bytes))
            continue;
        bool good = is_in_time(x, now_unix_ms);
        forget(x);
        return good ? 0 : ERR_NOT_FOUND;
    }
    return ERR_NOT_FOUND;
}
