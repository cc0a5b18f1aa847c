/* The senders: a changed program that claims something, and an unchanged device. */
#include "play_internal.h"

#include "base/calendar.h"
#include "base/memory.h"

#define ASKED_AGAIN 3 /* times, while the server lies */

static char *make_token(const struct play *p)
{
    switch (p->row->claim.place) {
    case PLACE_NL:
        return world_place(anna(p->w), "NL", p->now);
    case PLACE_DE:
        return world_place(anna(p->w), "DE", p->now);
    case PLACE_ANOTHERS:
        return world_place(cara(p->w), "NL", p->now);
    case PLACE_ENDED:
        return world_place(anna(p->w), "NL", p->now - 2 * DAY_MS);
    case PLACE_NONE:
    case PLACE_COUNT:
        break;
    }
    return NULL;
}

static void set_fields(struct play *p, struct letter *l)
{
    const struct claim *c = &p->row->claim;
    l->rules = p->sets[c->policy];
    l->e.policy = c->policy;
    l->e.at_unix_ms = p->now - c->ago * PLAY_MINUTE;
    l->verdict_ms = p->row->helper == BOT_BACKDATES ? l->e.at_unix_ms : p->now;
    l->bot = p->bot_view.bots[0];
    l->bot.signer.key.name = l->bot.signer.name;
    l->e.bot = p->bot_view.bots[0].jid;
    l->e.n = play_head(p, l->e.prev) + 1 + c->gap;
    l->e.place = p->token = make_token(p);
    l->country = c->place == PLACE_NONE ? NULL : c->place == PLACE_DE ? "DE" : "NL";
    if (c->seal == SEAL_FALSE)
        l->sealed_content[0] ^= 1;
}

static char *blind_copy(const struct letter *l)
{
    struct buf b = BUF_INIT(1U << 20);
    buf_format(&b, "<message xmlns='jabber:client' from='%s/device' to='%s' id='%s'>", l->e.from,
               l->e.bot, l->e.id);
    envelope_put_addresses(&b, &l->e, true);
    omemo_begin_encrypted(&b, l->sid);
    omemo_end_encrypted(&b, l->e.iv, l->e.payload, l->e.payload_len);
    envelope_put_access(&b, &l->e);
    buf_put_text(&b, "</message>");
    FIXTURE_MUST(!buf_failed(&b));
    return buf_take_text(&b);
}

/* The honest bot is asked; without its verdict the sender goes on all the same. */
static bool ask_bot(struct play *p, const struct letter *l, struct verdict *ret)
{
    CLEANUP_FREE char *stanza = blind_copy(l);
    const struct bot_answer *a = play_ask(p, l->e.from, stanza);
    struct later later;
    if (a == NULL || a->child == NULL)
        fail_msg("the bot says nothing to %s", stanza);
    if (verdict_parse(a->child, l->e.certificate, ret, NULL) < 0) {
        FIXTURE_MUST(later_parse(a->child, &later) == 0);
        play_note(p, WHO_BOT, later_reason_text(later.reason));
        return false;
    }
    if (ret->line.state != VERDICT_ARCHIVED)
        play_note(p, WHO_BOT, verdict_reason_text(ret->line.reason));
    return ret->line.state == VERDICT_ARCHIVED;
}

static void claim(struct letter *l, enum stage s)
{
    static struct verdict verdict;
    struct play *p = play_now;
    bool bot_lies = play_helps(p, BOT_SIGNS, BOT_BACKDATES);
    if (s == LETTER_FIELDS)
        set_fields(p, l);
    if (s == LETTER_SEALED && p->row->claim.seal == SEAL_NONE) {
        l->e.n = 0;
        l->e.wrap_count = 0;
        memset(l->e.prev, 0, sizeof l->e.prev);
        memset(l->e.enc, 0, sizeof l->e.enc);
        l->has_verdict = false;
    }
    if (s == LETTER_SIGNED && bot_lies)
        l->has_verdict = true;
    if (s == LETTER_LINE && l->has_verdict && !bot_lies)
        l->has_verdict = ask_bot(p, l, &verdict);
    if (s == LETTER_LINE && bot_lies && l->e.n == 0)
        l->line.n = 1; /* a verdict has one */
    if (s == LETTER_VERDICT && !bot_lies)
        l->verdict = verdict;
}

/* The stanza as the server hands it to the recipient. */
static void stamp(const struct play *p, struct letter *l)
{
    char at[CALENDAR_INSTANT_LEN + 1];
    calendar_format(l->e.at_unix_ms, at);
    CLEANUP_FREE char *delay = mem_format(
        "<delay xmlns='urn:xmpp:delay' from='%s' stamp='%s'/><request ", p->w->f->domain, at);
    letter_replace(l, "<request ", delay);
}

static const char body[] = "What the row is about.";

enum outcome play_send_claim(struct play *p)
{
    struct letter l;
    letter_write(&l, p->w, claim, "claim");
    if (p->row->helper == SERVER_STAMPS)
        stamp(p, &l);
    party_take(bert(p->w), l.text);
    party_wait(bert(p->w));
    free(l.text);
    free(p->token);
    return party_count_shown(bert(p->w), l.body) > 0 ? SHOWN : NOT_SHOWN;
}

static bool server_lies(enum helper h)
{
    return h >= SERVER_KEEPS_VERDICT && h <= SERVER_SAYS_CONFLICT;
}

/* An unchanged device; what the server says in the bot's name goes on for a while, and then ends.
 */
enum outcome play_send_truth(struct play *p)
{
    struct world *w = p->w;
    uint8_t hash[HASH_BYTES];
    uint64_t n = play_head(p, hash);
    p->lies = server_lies(p->row->helper) || p->row->helper == BOT_CONFLICT;
    party_send(anna(w), bert(w)->account, "truth", body);
    for (int i = 0; i < ASKED_AGAIN; i++)
        party_wait(anna(w));
    if (!server_lies(p->row->helper) || party_count_shown(bert(w), body) > 0)
        return party_count_shown(bert(w), body) > 0 ? SHOWN : NOT_SHOWN;
    p->lies = false;
    party_wait(anna(w));
    if (play_head(p, hash) != n + 1)
        fail_msg("the bot has another number of messages than one more");
    return party_count_shown(bert(w), body) == 1 ? SHOWN_AFTERWARDS : NOT_SHOWN;
}
