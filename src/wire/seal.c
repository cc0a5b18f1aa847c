#include "wire/seal.h"

#include <string.h>

#include "base/calendar.h"
#include "base/secret.h"

static const char info_label[] = "ironside access 1"; /* with its NUL */
static const char ephemeral_salt[] = "ironside ephemeral 1";

struct seal_info {
    uint8_t bytes[sizeof info_label + VALUE_WARRANT_MAX];
    size_t len;
};

static struct seal_info info_for(const char *warrant)
{
    struct seal_info info;
    size_t len = strnlen(warrant, VALUE_WARRANT_MAX);
    memcpy(info.bytes, info_label, sizeof info_label);
    memcpy(info.bytes + sizeof info_label, warrant, len);
    info.len = sizeof info_label + len;
    return info;
}

/* DeriveKeyPair( HKDF-SHA256( salt, ikm K, info T, 32 ) ) */
static void ephemeral_pair(const uint8_t transcript[static HASH_BYTES],
                           const uint8_t content[static PAYLOAD_CONTENT_BYTES],
                           struct hpke_keypair *ret)
{
    uint8_t prk[HASH_BYTES], ikm[HASH_BYTES];
    const struct hash_part k = {content, PAYLOAD_CONTENT_BYTES}, t = {transcript, HASH_BYTES};
    hash_hkdf_extract(ephemeral_salt, sizeof ephemeral_salt - 1, &k, 1, prk);
    hash_hkdf_expand(prk, &t, 1, ikm, sizeof ikm);
    hpke_derive_keypair(ikm, sizeof ikm, ret);
    secret_wipe(prk, sizeof prk);
    secret_wipe(ikm, sizeof ikm);
}

int seal_make(struct envelope *e, const struct policy_set *set, const struct coverage *cover,
              const uint8_t transcript[static HASH_BYTES],
              const uint8_t content[static PAYLOAD_CONTENT_BYTES])
{
    struct hpke_keypair pair;
    int r = 0;
    int64_t day = calendar_day_of(e->at_unix_ms);
    memset(e->enc, 0, sizeof e->enc);
    e->wrap_count = 0;
    if (cover->count == 0)
        return 0;
    ephemeral_pair(transcript, content, &pair);
    for (size_t i = 0; i < cover->count && r == 0; i++) {
        const struct warrant *w = set->warrants[cover->index[i]];
        const struct epochs *epochs = set->epochs[cover->index[i]];
        const uint8_t *key = epochs == NULL ? NULL : epochs_key(epochs, day);
        struct seal_info info = info_for(w->id);
        e->wraps[i].warrant = w->id;
        r = key == NULL ? ERR_NOT_FOUND
                        : hpke_seal(&pair, key, info.bytes, info.len, transcript, HASH_BYTES,
                                    content, PAYLOAD_CONTENT_BYTES, e->wraps[i].wrap);
    }
    if (r == 0) {
        memcpy(e->enc, pair.public, sizeof e->enc);
        e->wrap_count = cover->count;
    }
    secret_wipe(&pair, sizeof pair);
    return r;
}

int seal_check(const struct envelope *e, const struct policy_set *set, const struct coverage *cover,
               const uint8_t transcript[static HASH_BYTES],
               const uint8_t content[static PAYLOAD_CONTENT_BYTES])
{
    struct envelope again = {.at_unix_ms = e->at_unix_ms};
    int r = seal_make(&again, set, cover, transcript, content);
    if (r < 0)
        return r;
    bool equal =
        again.wrap_count == e->wrap_count && secret_equal(again.enc, e->enc, sizeof again.enc);
    for (size_t i = 0; i < again.wrap_count && i < e->wrap_count; i++)
        equal = strcmp(again.wraps[i].warrant, e->wraps[i].warrant) == 0 &&
                secret_equal(again.wraps[i].wrap, e->wraps[i].wrap, ENVELOPE_WRAP_BYTES) && equal;
    return equal ? 0 : ERR_AUTH;
}

int seal_open(const struct envelope *e, const struct envelope_wrap *w,
              struct hpke_recipient *day_key, const uint8_t transcript[static HASH_BYTES],
              uint8_t ret_content[static PAYLOAD_CONTENT_BYTES])
{
    struct seal_info info = info_for(w->warrant);
    return hpke_recipient_open(day_key, e->enc, info.bytes, info.len, transcript, HASH_BYTES,
                               w->wrap, ENVELOPE_WRAP_BYTES, ret_content);
}
