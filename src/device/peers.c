/* Whom the device accepts messages from. */
#include <string.h>

#include "base/encode.h"
#include "device/conversation.h"
#include "device/safety_number.h"

bool peers_accept_all(struct device *d)
{
    return d->accept_all;
}

enum peer_state peers_state(struct device *d, const char *account)
{
    struct store_peer p;
    return store_peer(d->store, account, &p) < 0 ? PEER_BLOCKED : p.state;
}

bool peers_enough(struct device *d, const char *account)
{
    int64_t numbers[STORE_HELD_MAX];
    size_t count = 0;
    if (peers_accept_all(d) || peers_state(d, account) == PEER_CONTACT)
        return false;
    return (store_held(d->store, account, numbers, &count) < 0 || count == STORE_HELD_MAX) &&
           !groups_shared(d, account);
}

void peers_fingerprint(const struct certificate *c, char ret[static PEERS_FINGERPRINT_LEN + 1])
{
    static const char context[] = "ironside identity 1";
    uint8_t hash[HASH_BYTES];
    const struct hash_part parts[] = {{context, sizeof context},
                                      {c->account, strlen(c->account) + 1},
                                      {c->key, sizeof c->key},
                                      {c->omemo_identity, sizeof c->omemo_identity}};
    hash_sha256_parts(parts, 4, hash);
    encode_hex(hash, HASH_BYTES, ret);
}

bool peers_as_expected(const struct device *d, const char *expect, const struct certificate *c)
{
    char number[SAFETY_NUMBER_LEN + 1], print[PEERS_FINGERPRINT_LEN + 1];
    safety_number_of(d->certificate, c, number);
    peers_fingerprint(c, print);
    return expect[0] == '\0' || strcmp(expect, number) == 0 || strcmp(expect, print) == 0;
}

bool peers_differ(struct device *d, const struct certificate *c)
{
    struct store_peer p;
    return store_peer(d->store, c->account, &p) < 0 ||
           (p.state == PEER_CONTACT && !peers_as_expected(d, p.expect, c));
}
