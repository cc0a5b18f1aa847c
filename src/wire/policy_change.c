#include "wire/policy_change.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"

struct teller {
    policy_change_say say;
    void *context;
};

static void tell(const struct teller *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void tell(const struct teller *t, const char *fmt, ...)
{
    char text[POLICY_CHANGE_LINE_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    t->say(t->context, text);
}

static const struct policy_warrant *find_warrant(const struct policy *p, const char *id)
{
    for (size_t i = 0; p != NULL && i < p->warrant_count; i++)
        if (strcmp(p->warrants[i].id, id) == 0)
            return &p->warrants[i];
    return NULL;
}

const struct policy_revoked *policy_warrant_revoked(const struct policy *p, const char *id)
{
    for (size_t i = 0; p != NULL && i < p->revoked_count; i++)
        if (p->revoked[i].kind == POLICY_REVOKED_WARRANT && strcmp(p->revoked[i].warrant, id) == 0)
            return &p->revoked[i];
    return NULL;
}

static void tell_warrants(const struct teller *t, const struct policy *old,
                          const struct policy *fresh)
{
    for (size_t i = 0; i < fresh->warrant_count; i++) {
        const struct policy_warrant *w = &fresh->warrants[i], *before = find_warrant(old, w->id);
        if (before == NULL)
            tell(t, "warrant %s came into force", w->id);
        else if (memcmp(before->hash, w->hash, HASH_BYTES) != 0)
            tell(t, "warrant %s has another text", w->id);
    }
    for (size_t i = 0; old != NULL && i < old->warrant_count; i++) {
        const char *id = old->warrants[i].id;
        if (find_warrant(fresh, id) == NULL && policy_warrant_revoked(fresh, id) == NULL)
            tell(t, "warrant %s ended", id);
    }
}

static void tell_countries(const struct teller *t, const struct policy_bot *b, const char *what)
{
    char text[POLICY_CHANGE_LINE_MAX] = "";
    size_t at = 0;
    for (size_t i = 0; i < b->country_count && at < sizeof text - 4; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, " %s", b->countries[i]);
    if (b->is_default)
        tell(t, "bot %s %s for all devices that no other bot has", b->jid, what);
    else
        tell(t, "bot %s %s for devices in%s", b->jid, what, text);
}

static bool same_countries(const struct policy_bot *a, const struct policy_bot *b)
{
    if (a->is_default != b->is_default || a->country_count != b->country_count)
        return false;
    for (size_t i = 0; i < a->country_count; i++)
        if (strcmp(a->countries[i], b->countries[i]) != 0)
            return false;
    return true;
}

static void tell_bots(const struct teller *t, const struct policy *old, const struct policy *fresh)
{
    for (size_t i = 0; i < fresh->bot_count; i++) {
        const struct policy_bot *b = &fresh->bots[i];
        const struct policy_bot *before = old == NULL ? NULL : policy_bot(old, b->jid);
        if (before == NULL)
            tell_countries(t, b, "archives");
        else if (!same_countries(before, b))
            tell_countries(t, b, "now archives");
        if (before != NULL && memcmp(before->key, b->key, SIGN_PUBLIC_BYTES) != 0)
            tell(t, "bot %s has a new key", b->jid);
    }
    for (size_t i = 0; old != NULL && i < old->bot_count; i++)
        if (policy_bot(fresh, old->bots[i].jid) == NULL)
            tell(t, "bot %s archives no more", old->bots[i].jid);
}

static bool same_revocation(const struct policy_revoked *a, const struct policy_revoked *b)
{
    if (a->kind != b->kind || a->since_unix_ms != b->since_unix_ms)
        return false;
    return a->kind == POLICY_REVOKED_WARRANT ? strcmp(a->warrant, b->warrant) == 0
                                             : memcmp(a->id, b->id, sizeof a->id) == 0;
}

static bool holds(const struct policy *p, const struct policy_revoked *x)
{
    for (size_t i = 0; p != NULL && i < p->revoked_count; i++)
        if (same_revocation(&p->revoked[i], x))
            return true;
    return false;
}

const char *policy_revoked_word(enum policy_revoked_kind kind)
{
    switch (kind) {
    case POLICY_REVOKED_CERTIFICATE:
        return "certificate";
    case POLICY_REVOKED_BOT_KEY:
        return "bot key";
    case POLICY_REVOKED_WARRANT:
        return "warrant";
    }
    return "";
}

_Static_assert(VALUE_WARRANT_MAX <= POLICY_REVOKED_ID_MAX &&
                   ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) <= POLICY_REVOKED_ID_MAX,
               "room for each kind");

void policy_revoked_id(const struct policy_revoked *x, char ret[static POLICY_REVOKED_ID_MAX + 1])
{
    switch (x->kind) {
    case POLICY_REVOKED_WARRANT:
        snprintf(ret, POLICY_REVOKED_ID_MAX + 1, "%s", x->warrant);
        break;
    case POLICY_REVOKED_CERTIFICATE:
        encode_hex(x->id, sizeof x->id, ret);
        break;
    case POLICY_REVOKED_BOT_KEY:
        encode_base64(x->id, sizeof x->id, ret);
        break;
    }
}

static void tell_revocation(const struct teller *t, const struct policy_revoked *x, bool fresh)
{
    char since[CALENDAR_INSTANT_LEN + 1], id[POLICY_REVOKED_ID_MAX + 1];
    const char *verb = fresh ? "was revoked, from" : "is no longer revoked; it was from";
    const char *word = policy_revoked_word(x->kind);
    calendar_format(x->since_unix_ms, since);
    policy_revoked_id(x, id);
    tell(t, "%s%s %s %s %s on",
         x->kind == POLICY_REVOKED_WARRANT       ? ""
         : x->kind == POLICY_REVOKED_CERTIFICATE ? "the device "
                                                 : "the ",
         word, id, verb, since);
}

static void tell_revocations(const struct teller *t, const struct policy *old,
                             const struct policy *fresh)
{
    for (size_t i = 0; i < fresh->revoked_count; i++)
        if (!holds(old, &fresh->revoked[i]))
            tell_revocation(t, &fresh->revoked[i], true);
    for (size_t i = 0; old != NULL && i < old->revoked_count; i++)
        if (!holds(fresh, &old->revoked[i]))
            tell_revocation(t, &old->revoked[i], false);
}

/* Whose are devices of which no country is known? "": nobody's, and nothing of theirs passes. */
static const char *bot_without_place(const struct policy *p)
{
    const struct policy_bot *b = policy_bot_for(p, NULL);
    return b == NULL ? "" : b->jid;
}

static void tell_without_place(const struct teller *t, const struct policy *old,
                               const struct policy *fresh)
{
    const char *jid = bot_without_place(fresh);
    if ((fresh->bot_count < 2 && (old == NULL || old->bot_count < 2)) ||
        (old != NULL && strcmp(bot_without_place(old), jid) == 0))
        return;
    if (jid[0] == '\0')
        tell(t, "from devices whose country is not known nothing is delivered");
    else
        tell(t, "devices whose country is not known have bot %s", jid);
}

void policy_change_each(const struct policy *old, const struct policy *fresh, policy_change_say say,
                        void *context)
{
    const struct teller t = {say, context};
    tell_warrants(&t, old, fresh);
    tell_revocations(&t, old, fresh);
    tell_bots(&t, old, fresh);
    tell_without_place(&t, old, fresh);
    if (old == NULL || old->stop_without_warrant != fresh->stop_without_warrant)
        tell(&t, "without a warrant %s",
             fresh->stop_without_warrant ? "the network rests"
                                         : "messages are delivered and not archived");
    if (old != NULL && strcmp(old->notice, fresh->notice) != 0)
        tell(&t, "the notice changed");
}
