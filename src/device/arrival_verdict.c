/* The verdict that a message carries: by which bot, by which rules, and when. */
#include <inttypes.h>
#include <string.h>

#include "device/arrival.h"

/* A verdict by a key that the newest policy does not name any more counts only if it is older than
 * that policy, and not at all once the key is revoked, be it by the policy that names it. */
static enum fate check_bot_key(struct arrival *a, const uint8_t key[static SIGN_PUBLIC_BYTES])
{
    const struct policy_set *newest = a->rules;
    enum have have = HAVE;
    if (a->d->newest > a->e.policy)
        have = device_rules(a->d, a->d->newest, &newest);
    if (have != HAVE)
        return arrival_lack(a, have, a->d->newest);
    if (policy_bot_key_revoked(newest->policy, key))
        return arrival_refuse(a, "the bot's key was revoked");
    if (a->d->newest <= a->e.policy)
        return SHOW;
    const struct policy_bot *now = policy_bot(newest->policy, a->e.bot);
    bool named = now != NULL && memcmp(now->key, key, SIGN_PUBLIC_BYTES) == 0;
    if (!named && a->verdict.at_unix_ms >= newest->policy->issued_unix_ms)
        return arrival_refuse(a, "its verdict is by a bot key that is not in force any more");
    return SHOW;
}

/* Would the message have gone to the same bot, by the same key, under the same warrants? */
static bool same_rules(const struct arrival *a, const struct policy_set *then)
{
    const struct coverage_query q = arrival_query(a);
    const struct policy_bot *named = policy_bot(a->rules->policy, a->e.bot);
    const struct policy_bot *bot = policy_bot_for(then->policy, q.country);
    return bot != NULL && strcmp(bot->jid, named->jid) == 0 &&
           memcmp(bot->key, named->key, SIGN_PUBLIC_BYTES) == 0 &&
           policy_set_same_coverage(a->rules, &q, then, &q);
}

/* The verdict's time is the bot's: by the policy of that time and, if the message is older, by the
 * rules of that day just the same warrants must cover it. Else one was left out, by a sender who
 * dated the message back, or since the server kept a new policy from the bot. */
static enum fate check_not_behind(struct arrival *a)
{
    const struct coverage_query q = arrival_query(a);
    const struct policy_set *then = a->rules;
    int64_t at = a->verdict.at_unix_ms;
    uint32_t serial;
    enum have have = device_in_force(a->d, a->e.policy, at, &serial);
    if (have != HAVE)
        return arrival_lack(a, have, serial);
    if (serial != a->e.policy) {
        have = device_rules(a->d, serial, &then);
        if (have == HAVE) /* which may have gone */
            have = device_rules(a->d, a->e.policy, &a->rules);
        if (have != HAVE)
            return arrival_lack(a, have, serial);
        if (!same_rules(a, then))
            return arrival_refuse(a,
                                  "it names policy %" PRIu32 ", which was not in force any more "
                                  "when the bot took it",
                                  a->e.policy);
    }
    if (policy_set_dated_back(then, &q, a->e.at_unix_ms, at, VALUE_BEHIND_VERDICT_MAX_MS))
        return arrival_refuse(a, "it is dated back to a day on which other warrants cover it");
    return SHOW;
}

enum fate arrival_check_verdict(struct arrival *a)
{
    uint8_t root[MERKLE_BYTES];
    if (!a->has_verdict)
        return arrival_refuse(a, "a warrant covers it, but it carries no verdict of the bot");
    const struct policy_bot *bot = policy_bot(a->rules->policy, a->e.bot);
    const struct verdict_line *l = &a->verdict.line;
    if (l->state != VERDICT_ARCHIVED || l->n != a->e.n ||
        memcmp(l->digest, a->digest, HASH_BYTES) != 0 ||
        memcmp(l->certificate, a->e.certificate, HASH_BYTES) != 0)
        return arrival_refuse(a, "its verdict is not that it was archived");
    if (verdict_verify(&a->verdict, bot->jid, bot->key, root) < 0)
        return arrival_refuse(a, "its verdict was not signed by the bot");
    enum fate f = check_bot_key(a, bot->key);
    return f == SHOW ? check_not_behind(a) : f;
}
