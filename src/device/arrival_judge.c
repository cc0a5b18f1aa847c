/* Every check of a message that comes before it is decrypted. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "device/arrival.h"
#include "device/wants.h"

/* The server's delay stamp (XEP-0203), or NULL: a sender can write one of its own too. */
static const char *server_delay(const struct arrival *a)
{
    for (const struct xml_element *x = a->stanza->first; x != NULL; x = x->next) {
        const char *from = xml_attribute_of(x, "from");
        if (xml_is(x, "delay", DELAY_NS) && from != NULL && strcmp(from, a->d->net->domain) == 0)
            return xml_attribute_of(x, "stamp");
    }
    return NULL;
}

/* When the message counts as having been said: the verdict's time, or the server's delay stamp. */
static int64_t judged_at(const struct arrival *a)
{
    const char *stamp = server_delay(a);
    int64_t at;
    if (a->has_verdict)
        return a->verdict.at_unix_ms;
    if (!clock_is_replay(&a->d->o.clock) && stamp != NULL && calendar_parse_loose(stamp, &at) == 0)
        return at;
    return device_now(a->d);
}

static enum fate check_addressed(struct arrival *a)
{
    struct diag why;
    if (envelope_parse(a->stanza, false, a->arena, &a->e, &why) < 0)
        return arrival_refuse(a, "it is not in the form that devices of this network send (%s)",
                              why.text);
    for (size_t i = 0; i < a->e.to_count; i++)
        if (strcmp(a->e.to[i], a->d->account) == 0)
            return SHOW;
    return arrival_refuse(a, "it is not addressed to this device");
}

static enum fate check_sender(struct arrival *a)
{
    const struct certificate *c;
    if (a->d->newest == 0)
        return PARK; /* nothing can be judged before a policy is in force */
    enum have have = device_certificate(a->d, a->e.certificate, &c);
    if (have == HAVE_UNLOGGED)
        return arrival_refuse(a, "its certificate is not in the public log");
    if (have != HAVE)
        return have == HAVE_NOT_YET ? PARK
                                    : arrival_refuse(a, "the registrar knows no such certificate");
    if (strcmp(c->account, a->e.from) != 0)
        return arrival_refuse(a, "its certificate is %s's", c->account);
    if (c->omemo_device != a->e.sid)
        return arrival_refuse(a, "it comes from another OMEMO device than the certified one");
    a->sender = c;
    value_handle_of(a->e.from, a->handle);
    return SHOW;
}

static enum fate check_signature(struct arrival *a)
{
    enum have have = device_rules(a->d, a->e.policy, &a->rules);
    if (have == HAVE_UNLOGGED)
        return arrival_refuse(a, "it names policy %" PRIu32 ", which is not in the public log",
                              a->e.policy);
    if (have != HAVE)
        return have == HAVE_NOT_YET
                   ? PARK
                   : arrival_refuse(a, "it names policy %" PRIu32 ", which does not exist",
                                    a->e.policy);
    const struct policy_bot *bot = policy_bot(a->rules->policy, a->e.bot);
    if (bot == NULL)
        return arrival_refuse(a, "it names a bot that its policy does not");
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(8192);
    envelope_transcript(&a->e, bot->key, a->transcript);
    envelope_signed_bytes(&a->e, a->transcript, &signed_bytes);
    envelope_digest(&signed_bytes, a->e.signature, a->digest);
    if (sign_verify(a->sender->key, signed_bytes.data, signed_bytes.len, a->e.signature) < 0)
        return arrival_refuse(a, "its signature does not match");
    return SHOW;
}

/* Dealt with before? A repeat is acknowledged again, and shown once. */
static enum fate check_seen(struct arrival *a)
{
    enum store_seen seen = STORE_NOT_SEEN;
    if (store_seen(a->d->store, a->digest, &seen) < 0)
        return IGNORE;
    if (seen == STORE_SHOWN)
        device_send_receipt(a->d, a->e.from, a->e.id);
    return seen == STORE_NOT_SEEN ? SHOW : IGNORE;
}

static enum fate check_place(struct arrival *a)
{
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    if (a->e.place == NULL)
        return SHOW;
    struct diag why;
    if (place_open(a->d->net, a->e.place, strlen(a->e.place), &p, &why) < 0)
        return arrival_refuse(a, "its place token is not to be trusted (%s)", why.text);
    if (memcmp(p->certificate, a->e.certificate, HASH_BYTES) != 0)
        return arrival_refuse(a, "its place token is another device's");
    if (!place_valid_for(p, a->e.certificate, judged_at(a)))
        return arrival_refuse(a, "its place token was not in force when it was sent");
    memcpy(a->country, p->country, sizeof a->country);
    return SHOW;
}

/* Which warrants should have sealed it, by the policy that T names? */
static enum fate check_coverage(struct arrival *a)
{
    const struct coverage_query q = arrival_query(a);
    if (q.country == NULL && policy_demands_place(a->rules->policy))
        return arrival_refuse(a, "it has no place token, without which its policy lets nothing "
                                 "pass");
    if (policy_bot_for(a->rules->policy, q.country) != policy_bot(a->rules->policy, a->e.bot))
        return arrival_refuse(a, "it went to a bot that is not its sender's");
    if (policy_set_coverage(a->rules, &q, &a->cover) < 0)
        return PARK;
    if ((a->cover.count > 0) != (a->e.n > 0) || a->cover.count != a->e.wrap_count)
        return arrival_refuse(a, a->e.n == 0
                                     ? "a warrant covers it, but it is not sealed for the archive"
                                     : "it is sealed for other warrants than those that cover it");
    for (size_t i = 0; i < a->cover.count; i++)
        if (strcmp(a->rules->warrants[a->cover.index[i]]->id, a->e.wraps[i].warrant) != 0)
            return arrival_refuse(a, "it is sealed for other warrants than those that cover it");
    return SHOW;
}

/* A policy ceases to be in force when the next one is issued, however many came behind that. */
static enum fate check_policy_in_force(struct arrival *a, int64_t at_unix_ms)
{
    if (a->d->newest <= a->e.policy)
        return SHOW;
    const struct policy *next = device_policy(a->d, a->e.policy + 1);
    if (next == NULL)
        return arrival_lack(a, device_want_policy(a->d, a->e.policy + 1), a->e.policy + 1);
    if (at_unix_ms > next->issued_unix_ms + VALUE_AHEAD_MAX_MS)
        return arrival_refuse(a, "it names policy %" PRIu32 ", which was not in force any more",
                              a->e.policy);
    return SHOW;
}

/* A message that no warrant covers is sent openly. Its policy must be the one in force when it was
 * sent: naming an older one would get around a new warrant. */
static enum fate check_open(struct arrival *a)
{
    int64_t said = judged_at(a), difference = said - a->e.at_unix_ms;
    if (a->has_verdict) /* not to be verified, and its time would be believed */
        return arrival_refuse(a, "it carries a verdict, but no warrant covers it");
    if (a->rules->policy->stop_without_warrant)
        return arrival_refuse(a,
                              "no warrant covers it, and the policy lets nothing pass without one");
    if (!a->d->newest_asked) /* what was stored comes before a policy that was issued meanwhile */
        return PARK;
    enum fate f = check_policy_in_force(a, said);
    if (f != SHOW)
        return f;
    if (!clock_is_replay(&a->d->o.clock) &&
        (difference > VALUE_AHEAD_MAX_MS || difference < -VALUE_AHEAD_MAX_MS))
        return arrival_refuse(a, "its time is more than 10 minutes off");
    return SHOW;
}

static enum fate check_sender_in_force(struct arrival *a)
{
    const char *wrong = device_certificate_wrong(a->d, a->sender, judged_at(a));
    return wrong != NULL ? arrival_refuse(a, "%s", wrong) : SHOW;
}

enum fate arrival_judge(struct arrival *a)
{
    const struct xml_element *verdict = xml_only_child(a->stanza, "verdict", ENVELOPE_NS);
    enum fate f = check_addressed(a);
    if (f == SHOW)
        f = check_sender(a);
    if (f == SHOW)
        f = check_signature(a);
    if (f == SHOW)
        f = check_seen(a);
    if (f == SHOW && verdict != NULL) {
        struct diag why;
        a->has_verdict = true;
        if (verdict_parse(verdict, a->e.certificate, &a->verdict, &why) < 0)
            f = arrival_refuse(a, "its verdict is malformed");
    }
    if (f == SHOW)
        f = check_place(a);
    if (f == SHOW)
        f = check_coverage(a);
    if (f == SHOW)
        f = a->cover.count > 0 ? arrival_check_verdict(a) : check_open(a);
    if (f == SHOW)
        f = check_sender_in_force(a);
    return f;
}
