/* The writing of documents: the exact counterpart of each kind's reader. */
#include <inttypes.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "wire/policy.h"
#include "wire/warrant.h"

static void put_key(struct buf *b, const uint8_t key[static 32])
{
    encode_base64_buf(b, key, 32);
}

static void put_hash(struct buf *b, const uint8_t hash[static HASH_BYTES])
{
    char hex[2 * HASH_BYTES + 1];
    encode_hex(hash, HASH_BYTES, hex);
    buf_put_text(b, hex);
}

static void put_instant(struct buf *b, int64_t at_unix_ms)
{
    char text[CALENDAR_INSTANT_LEN + 1];
    calendar_format(at_unix_ms, text);
    buf_put_text(b, text);
}

static void put_words(struct buf *b, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_format(b, " %s", words[i]);
}

void network_note_format(struct buf *b, const struct network_note *n)
{
    buf_format(b, "ironside network 1\ndomain %s\nkind %s\nauthority ", n->domain,
               n->replay ? "replay" : "live");
    put_hash(b, n->authority);
    for (size_t i = 0; i < n->custodian_count; i++) {
        buf_format(b, "\ncustodian %s ", n->custodians[i].name);
        put_key(b, n->custodians[i].key);
    }
    buf_format(b, "\nquorum %zu\nregistrar ", n->quorum);
    put_key(b, n->registrar_key);
    buf_format(b, "\nupload %s\n", n->upload);
}

static void put_scope(struct buf *b, const struct warrant *w)
{
    switch (w->scope) {
    case WARRANT_ALL:
        buf_put_text(b, "\nscope all\n");
        return;
    case WARRANT_ACCOUNTS:
        buf_put_text(b, "\nscope accounts");
        for (size_t i = 0; i < w->account_count; i++) {
            buf_put_u8(b, ' ');
            put_hash(b, w->accounts[i]);
        }
        break;
    case WARRANT_COUNTRIES:
        buf_put_text(b, "\nscope countries");
        put_words(b, w->countries, w->country_count);
        break;
    }
    buf_put_u8(b, '\n');
}

void warrant_format(struct buf *b, const struct warrant *w)
{
    char from[CALENDAR_DAY_LEN + 1], until[CALENDAR_DAY_LEN + 1];
    calendar_format_day(w->from_day, from);
    calendar_format_day(w->until_day, until);
    buf_format(b, "ironside warrant 1\nnetwork %s\nid %s\nauthority %s\nbot %s\nepochs ",
               w->network, w->id, w->authority, w->bot);
    put_hash(b, w->epochs);
    buf_format(b, "\nfrom %s\nuntil %s", from, until);
    put_scope(b, w);
    if (w->excluded_count > 0) {
        buf_put_text(b, "exclude");
        put_words(b, w->excluded, w->excluded_count);
        buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < w->agency_count; i++)
        buf_format(b, "agency %s %s\n", w->agencies[i].name, w->agencies[i].recipient_text);
}

void epochs_format(struct buf *b, const char *domain, const struct epochs *e)
{
    buf_format(b, "ironside epochs 1\nnetwork %s\nwarrant %s\nbot %s\n", domain, e->warrant,
               e->bot);
    for (size_t i = 0; i < e->count; i++) {
        buf_format(b, "%" PRId64 " ", e->days[i].day);
        put_key(b, e->days[i].key);
        buf_put_u8(b, '\n');
    }
}

static void put_revoked(struct buf *b, const struct policy_revoked *r)
{
    switch (r->kind) {
    case POLICY_REVOKED_CERTIFICATE:
        buf_put_text(b, "revoked certificate ");
        put_hash(b, r->id);
        break;
    case POLICY_REVOKED_BOT_KEY:
        buf_put_text(b, "revoked bot-key ");
        put_key(b, r->id);
        break;
    case POLICY_REVOKED_WARRANT:
        buf_format(b, "revoked warrant %s", r->warrant);
        break;
    }
    buf_put_u8(b, ' ');
    put_instant(b, r->since_unix_ms);
    buf_put_u8(b, '\n');
}

void policy_format(struct buf *b, const char *domain, const struct policy *p)
{
    buf_format(b, "ironside policy 2\nnetwork %s\nserial %" PRIu32, domain, p->serial);
    if (p->serial > 1) {
        buf_put_text(b, "\nprevious ");
        put_hash(b, p->previous);
    }
    buf_put_text(b, "\nissued ");
    put_instant(b, p->issued_unix_ms);
    buf_put_u8(b, '\n');
    for (size_t i = 0; i < p->bot_count; i++) {
        const struct policy_bot *bot = &p->bots[i];
        buf_format(b, "bot %s ", bot->jid);
        put_key(b, bot->key);
        buf_put_text(b, bot->is_default ? " default" : " countries");
        put_words(b, bot->countries, bot->country_count);
        buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < p->warrant_count; i++) {
        buf_format(b, "warrant %s ", p->warrants[i].id);
        put_hash(b, p->warrants[i].hash);
        buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < p->revoked_count; i++)
        put_revoked(b, &p->revoked[i]);
    buf_format(b, "without-warrant %s\n%snotice %s\n", p->stop_without_warrant ? "stop" : "open",
               p->default_without_place ? "without-place default\n" : "", p->notice);
}
