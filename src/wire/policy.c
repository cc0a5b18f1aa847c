#include "wire/policy.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"

#define BOT_WORDS 3 /* address, key, "default" or "countries"; then the countries */
#define REVOKED_WORDS 3

void policy_free(struct policy *p)
{
    if (p == NULL)
        return;
    document_clear(&p->document);
    free(p);
}

static void read_bot(struct document_reader *r, struct policy *p, const char *value)
{
    const char **word =
        arena_array(&r->document->arena, POLICY_COUNTRIES_MAX + BOT_WORDS, sizeof *word);
    size_t count =
        word == NULL ? 0 : document_words(r, "bot", value, word, POLICY_COUNTRIES_MAX + BOT_WORDS);
    if (p->bot_count == POLICY_BOTS_MAX) {
        document_refuse(r, "bot", value, "more than 8 bots");
        return;
    }
    struct policy_bot *b = &p->bots[p->bot_count];
    if (count < BOT_WORDS || !value_domain_valid(word[0]) ||
        decode_base64_exact(word[1], strlen(word[1]), b->key, sizeof b->key) < 0) {
        document_refuse(r, "bot", value, "not ADDRESS KEY default|countries …");
        return;
    }
    b->jid = word[0];
    b->is_default = strcmp(word[2], "default") == 0;
    b->countries = word + BOT_WORDS;
    b->country_count = count - BOT_WORDS;
    if (b->is_default ? count != BOT_WORDS
                      : strcmp(word[2], "countries") != 0 || count == BOT_WORDS)
        document_refuse(r, "bot", value, "neither default nor countries CC …");
    for (size_t i = BOT_WORDS; i < count; i++)
        if (!value_country_valid(word[i]) || (i > BOT_WORDS && strcmp(word[i - 1], word[i]) >= 0))
            document_refuse(r, "bot", word[i], "not country codes in ascending order");
    for (size_t i = 0; i < p->bot_count; i++)
        if (strcmp(p->bots[i].jid, b->jid) == 0 ||
            memcmp(p->bots[i].key, b->key, sizeof b->key) == 0)
            document_refuse(r, "bot", value, "the same bot or key twice");
    p->bot_count++;
}

static void read_bots(struct document_reader *r, struct policy *p)
{
    size_t defaults = 0;
    read_bot(r, p, document_value(r, "bot"));
    for (const char *v; (v = document_optional(r, "bot")) != NULL;)
        read_bot(r, p, v);
    for (size_t i = 0; i < p->bot_count; i++)
        defaults += p->bots[i].is_default;
    if (defaults != 1)
        document_refuse(r, "bot", "", "exactly one bot must be the default");
}

static void read_warrants(struct document_reader *r, struct policy *p)
{
    for (const char *v; (v = document_optional(r, "warrant")) != NULL;) {
        const char *word[2];
        if (p->warrant_count == POLICY_WARRANTS_MAX) {
            document_refuse(r, "warrant", v, "more than 16 warrants");
            return;
        }
        struct policy_warrant *w = &p->warrants[p->warrant_count];
        if (document_words(r, "warrant", v, word, 2) != 2 || !value_warrant_valid(word[0]) ||
            decode_hex_exact(word[1], strlen(word[1]), w->hash, sizeof w->hash) < 0) {
            document_refuse(r, "warrant", v, "not ID SHA-256");
            return;
        }
        if (p->warrant_count > 0 && strcmp(w[-1].id, word[0]) >= 0)
            document_refuse(r, "warrant", v, "not in ascending order");
        w->id = word[0];
        p->warrant_count++;
    }
}

static bool read_revoked_id(const char *kind, const char *id, struct policy_revoked *x)
{
    if (strcmp(kind, "certificate") == 0) {
        x->kind = POLICY_REVOKED_CERTIFICATE;
        return decode_hex_exact(id, strlen(id), x->id, sizeof x->id) == 0;
    }
    if (strcmp(kind, "bot-key") == 0) {
        x->kind = POLICY_REVOKED_BOT_KEY;
        return decode_base64_exact(id, strlen(id), x->id, sizeof x->id) == 0;
    }
    x->kind = POLICY_REVOKED_WARRANT;
    x->warrant = id;
    return strcmp(kind, "warrant") == 0 && value_warrant_valid(id);
}

static void read_revoked(struct document_reader *r, struct policy *p)
{
    p->revoked = arena_array(&r->document->arena, POLICY_REVOKED_MAX, sizeof *p->revoked);
    for (const char *v; (v = document_optional(r, "revoked")) != NULL;) {
        const char *word[REVOKED_WORDS];
        if (p->revoked == NULL || p->revoked_count == POLICY_REVOKED_MAX) {
            document_refuse(r, "revoked", v, "more than 500 revocations");
            return;
        }
        struct policy_revoked *x = &p->revoked[p->revoked_count];
        if (document_words(r, "revoked", v, word, REVOKED_WORDS) != REVOKED_WORDS ||
            !read_revoked_id(word[0], word[1], x) ||
            calendar_parse(word[2], &x->since_unix_ms) < 0) {
            document_refuse(r, "revoked", v, "not certificate|bot-key|warrant ID SINCE");
            return;
        }
        p->revoked_count++;
    }
}

static int read_text(struct document_reader *r, struct policy *p, const char *domain)
{
    document_network(r, domain);
    p->serial = (uint32_t)document_number(r, "serial", UINT32_MAX);
    if (p->serial == 0)
        document_refuse(r, "serial", "0", "serials start at 1");
    if (p->serial > 1)
        document_hash(r, "previous", p->previous);
    p->issued_unix_ms = document_instant(r, "issued");
    read_bots(r, p);
    read_warrants(r, p);
    read_revoked(r, p);
    const char *without = document_value(r, "without-warrant");
    p->stop_without_warrant = strcmp(without, "stop") == 0;
    if (!p->stop_without_warrant && strcmp(without, "open") != 0)
        document_refuse(r, "without-warrant", without, "neither stop nor open");
    const char *place = document_optional(r, "without-place");
    p->default_without_place = place != NULL;
    if (place != NULL && (strcmp(place, "default") != 0 || p->bot_count < 2))
        document_refuse(r, "without-place", place,
                        p->bot_count < 2 ? "with one bot there is no other" : "not default");
    p->notice = document_value(r, "notice");
    if (!value_line_valid(p->notice, POLICY_NOTICE_MAX))
        document_refuse(r, "notice", p->notice, "not a line of text");
    return document_end(r);
}

static int open_any(const struct network_note *net, const char *domain, const char *note,
                    size_t len, struct policy **ret, struct diag *d)
{
    CLEANUP(policy_free_cleanup) struct policy *p = mem_new(sizeof *p);
    struct document_reader r;
    struct note view;
    int e = (net != NULL ? document_begin : document_begin_draft)(&r, &p->document, "policy", note,
                                                                  len, VALUE_NOTE_MAX, &view, d);
    if (e == 0)
        e = read_text(&r, p, domain);
    if (e == 0 && net != NULL)
        e = network_verify_custodians(net, &view, "policy", d);
    if (e == 0)
        *ret = TAKE(p);
    return e;
}

int policy_open(const struct network_note *net, const char *note, size_t len, struct policy **ret,
                struct diag *d)
{
    return open_any(net, net->domain, note, len, ret, d);
}

int policy_open_unsigned(const char *domain, const char *note, size_t len, struct policy **ret,
                         struct diag *d)
{
    return open_any(NULL, domain, note, len, ret, d);
}

int policy_follows(const struct policy *before, const struct policy *p, struct diag *d)
{
    uint32_t last = before == NULL ? 0 : before->serial;
    if (last == UINT32_MAX || p->serial != last + 1)
        return diag_set(d, ERR_INVALID_STATE, "policy %" PRIu32 " does not follow policy %" PRIu32,
                        p->serial, last);
    if (before == NULL)
        return 0;
    if (memcmp(p->previous, before->document.hash, HASH_BYTES) != 0)
        return diag_set(d, ERR_INVALID_STATE,
                        "policy %" PRIu32 " was made to follow another policy %" PRIu32
                        " than the one that is known here",
                        p->serial, last);
    if (p->issued_unix_ms < before->issued_unix_ms)
        return diag_set(d, ERR_INVALID_STATE,
                        "policy %" PRIu32 " was issued before policy %" PRIu32, p->serial, last);
    return 0;
}

bool policy_is_ahead(const struct policy *p, int64_t now_unix_ms)
{
    return p->issued_unix_ms > now_unix_ms + VALUE_AHEAD_MAX_MS;
}

const struct policy_bot *policy_bot(const struct policy *p, const char *jid)
{
    for (size_t i = 0; i < p->bot_count; i++)
        if (strcmp(p->bots[i].jid, jid) == 0)
            return &p->bots[i];
    return NULL;
}

const struct policy_bot *policy_default_bot(const struct policy *p)
{
    for (size_t i = 0; i < p->bot_count; i++)
        if (p->bots[i].is_default)
            return &p->bots[i];
    return NULL;
}

bool policy_demands_place(const struct policy *p)
{
    return p->bot_count > 1 && !p->default_without_place;
}

const struct policy_bot *policy_bot_for(const struct policy *p, const char *country)
{
    if (country == NULL)
        return policy_demands_place(p) ? NULL : policy_default_bot(p);
    for (size_t i = 0; i < p->bot_count; i++)
        for (size_t k = 0; k < p->bots[i].country_count; k++)
            if (strcmp(p->bots[i].countries[k], country) == 0)
                return &p->bots[i];
    return policy_default_bot(p);
}

bool policy_certificate_revoked(const struct policy *p, const uint8_t hash[static HASH_BYTES],
                                int64_t at_unix_ms)
{
    for (size_t i = 0; i < p->revoked_count; i++)
        if (p->revoked[i].kind == POLICY_REVOKED_CERTIFICATE &&
            memcmp(p->revoked[i].id, hash, HASH_BYTES) == 0 &&
            at_unix_ms >= p->revoked[i].since_unix_ms)
            return true;
    return false;
}

bool policy_bot_key_revoked(const struct policy *p, const uint8_t key[static SIGN_PUBLIC_BYTES])
{
    for (size_t i = 0; i < p->revoked_count; i++)
        if (p->revoked[i].kind == POLICY_REVOKED_BOT_KEY &&
            memcmp(p->revoked[i].id, key, SIGN_PUBLIC_BYTES) == 0)
            return true;
    return false;
}

static void put_revoked(struct buf *b, const struct policy_revoked *r)
{
    switch (r->kind) {
    case POLICY_REVOKED_CERTIFICATE:
        buf_put_text(b, "revoked certificate ");
        document_put_hash(b, r->id);
        break;
    case POLICY_REVOKED_BOT_KEY:
        buf_put_text(b, "revoked bot-key ");
        document_put_key(b, r->id);
        break;
    case POLICY_REVOKED_WARRANT:
        buf_format(b, "revoked warrant %s", r->warrant);
        break;
    }
    buf_put_u8(b, ' ');
    document_put_instant(b, r->since_unix_ms);
    buf_put_u8(b, '\n');
}

void policy_format(struct buf *b, const char *domain, const struct policy *p)
{
    buf_format(b, "ironside policy 2\nnetwork %s\nserial %" PRIu32, domain, p->serial);
    if (p->serial > 1) {
        buf_put_text(b, "\nprevious ");
        document_put_hash(b, p->previous);
    }
    buf_put_text(b, "\nissued ");
    document_put_instant(b, p->issued_unix_ms);
    buf_put_u8(b, '\n');
    for (size_t i = 0; i < p->bot_count; i++) {
        const struct policy_bot *bot = &p->bots[i];
        buf_format(b, "bot %s ", bot->jid);
        document_put_key(b, bot->key);
        buf_put_text(b, bot->is_default ? " default" : " countries");
        document_put_words(b, bot->countries, bot->country_count);
        buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < p->warrant_count; i++) {
        buf_format(b, "warrant %s ", p->warrants[i].id);
        document_put_hash(b, p->warrants[i].hash);
        buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < p->revoked_count; i++)
        put_revoked(b, &p->revoked[i]);
    buf_format(b, "without-warrant %s\n%snotice %s\n", p->stop_without_warrant ? "stop" : "open",
               p->default_without_place ? "without-place default\n" : "", p->notice);
}
