/* The part of the opener that uses keys: from the sealed message to its records. */
#include <string.h>

#include "base/calendar.h"
#include "base/secret.h"
#include "ibot/opener_internal.h"
#include "wire/seal.h"

/* The place token's country, or NULL; false when there is a token that does not hold. It is judged
 * at the verdict's time. */
static bool check_place(struct opener *o, const struct envelope *e,
                        char ret_country[static VALUE_COUNTRY_BYTES])
{
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    ret_country[0] = '\0';
    if (e->place == NULL)
        return true;
    if (place_open(o->o.net, e->place, strlen(e->place), &p, NULL) < 0 ||
        !place_valid_for(p, e->certificate, clock_now_ms(&o->o.clock)))
        return false;
    memcpy(ret_country, p->country, VALUE_COUNTRY_BYTES);
    return true;
}

static bool seals_match(const struct policy_set *set, const struct coverage *cover,
                        const struct envelope *e)
{
    bool match = cover->count == e->wrap_count;
    for (size_t i = 0; match && i < cover->count; i++)
        match = strcmp(set->warrants[cover->index[i]]->id, e->wraps[i].warrant) == 0;
    return match;
}

/* All wraps must open, to one and the same key content. */
static enum verdict_reason open_seals(struct opener *o, const struct envelope *e,
                                      const uint8_t transcript[static HASH_BYTES],
                                      uint8_t ret_content[static PAYLOAD_CONTENT_BYTES])
{
    int64_t day = calendar_day_of(e->at_unix_ms);
    for (size_t i = 0; i < e->wrap_count; i++) {
        struct hpke_recipient *key = daykeys_find(o->o.keys, e->wraps[i].warrant, day);
        uint8_t content[PAYLOAD_CONTENT_BYTES];
        if (key == NULL)
            return VERDICT_WRONG_DAY;
        if (seal_open(e, &e->wraps[i], key, transcript, content) < 0)
            return VERDICT_BAD_SEAL;
        bool same = i == 0 || secret_equal(content, ret_content, sizeof content);
        memcpy(ret_content, content, sizeof content);
        secret_wipe(content, sizeof content);
        if (!same)
            return VERDICT_BAD_SEAL;
    }
    return VERDICT_NO_REASON;
}

/* Does the key open the payload? The text is not wanted: it is wiped at once. */
static bool payload_authentic(const struct envelope *e,
                              const uint8_t content[static PAYLOAD_CONTENT_BYTES])
{
    uint8_t scratch[VALUE_BODY_MAX];
    int r = payload_decrypt(content, e->iv, e->payload, e->payload_len, scratch);
    secret_wipe(scratch, e->payload_len);
    return r == 0;
}

static void add_records(struct opener *o, const struct coverage *cover, const struct envelope *e,
                        const struct device *dev,
                        const uint8_t content[static PAYLOAD_CONTENT_BYTES])
{
    struct record rec = {
        .received_at_unix_ms = clock_now_ms(&o->o.clock), .envelope = *e, .certificate = dev->note};
    memcpy(rec.content, content, sizeof rec.content);
    for (size_t i = 0; i < cover->count; i++) {
        rec.warrant = o->set->warrants[cover->index[i]]->id;
        opener_round_add_record(o->round, cover->index[i], &rec);
    }
    opener_round_add_files(o->round, e);
    secret_wipe(rec.content, sizeof rec.content);
}

enum verdict_reason opener_open_request(struct opener *o, const struct envelope *e,
                                        const struct device *dev,
                                        const uint8_t transcript[static HASH_BYTES], bool keep)
{
    char handle[VALUE_HANDLE_MAX + 1], country[VALUE_COUNTRY_BYTES];
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    struct coverage cover;
    int64_t now = clock_now_ms(&o->o.clock);
    if (e->policy < o->set->policy->serial)
        return VERDICT_OLD_POLICY;
    if (e->at_unix_ms > now + VALUE_AHEAD_MAX_MS)
        return VERDICT_WRONG_DAY;
    if (!check_place(o, e, country))
        return VERDICT_BAD_PLACE;
    const char *place = country[0] == '\0' ? NULL : country;
    const struct policy_bot *self = opener_self(o, o->set->policy);
    if (self == NULL || policy_bot_for(o->set->policy, place) != self)
        return VERDICT_BAD_PLACE; /* also without a token where one is demanded */
    value_handle_of(e->from, handle);
    struct coverage_query q = {
        .handle = handle, .bot = o->o.bot, .day = calendar_day_of(e->at_unix_ms), .country = place};
    if (policy_set_coverage(o->set, &q, &cover) < 0 || cover.count == 0 ||
        !seals_match(o->set, &cover, e))
        return VERDICT_NOT_COVERED;
    if (policy_set_dated_back(o->set, &q, e->at_unix_ms, now, VALUE_BEHIND_MAX_MS))
        return VERDICT_WRONG_DAY;
    enum verdict_reason reason = open_seals(o, e, transcript, content);
    if (reason == VERDICT_NO_REASON && !payload_authentic(e, content))
        reason = VERDICT_BAD_SEAL;
    if (reason == VERDICT_NO_REASON && keep)
        add_records(o, &cover, e, dev, content);
    secret_wipe(content, sizeof content);
    return reason;
}
