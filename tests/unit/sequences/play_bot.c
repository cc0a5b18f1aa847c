/* The real bot, and the server between it and the devices. */
#include "play_internal.h"

void play_start_bot(struct play *p)
{
    p->bot_view = *p->w->f;
    if (p->row->claim.east) {
        p->bot_view.bots[0] = p->w->f->bots[1];
        p->bot_view.bots[1] = p->w->f->bots[0];
    }
    p->b = bot_new(&p->bot_view, NULL);
    bot_publish(p->b, p->sets[ROW_FIRST]);
    for (size_t i = 0; i < WORLD_PARTIES; i++)
        bot_register(p->b,
                     &(struct fixture_device){.certificate = p->w->parties[i].device->certificate});
    bot_announce(p->b);
    bot_reach(p->b, p->now);
}

const struct bot_answer *play_ask(struct play *p, const char *account, const char *stanza)
{
    bot_forget_answers(p->b);
    bot_feed(p->b, stanza);
    bot_run(p->b);
    for (size_t i = 0; i < p->b->answer_count; i++)
        if (strcmp(xml_attribute_of(p->b->answers[i].stanza, "to"), account) == 0)
            return &p->b->answers[i];
    return NULL;
}

static void put_later(struct play *p, const struct envelope *e, struct buf *answer)
{
    static const enum later_reason reasons[HELPER_COUNT] = {
        [SERVER_SAYS_LATER] = LATER_SLOW_DOWN,
        [SERVER_SAYS_MALFORMED] = LATER_MALFORMED,
        [SERVER_SAYS_GAP] = LATER_GAP,
    };
    const struct later l = {.reason = reasons[p->row->helper], .seconds = 1};
    buf_format(answer, "<message xmlns='jabber:client' from='%s' to='%s' id='%s'>", e->bot, e->from,
               e->id);
    later_put_xml(answer, &l);
    buf_put_text(answer, "</message>");
}

/* By the bot's key, or by one of the server's own. */
static void put_conflict(struct play *p, const struct envelope *e, struct buf *answer)
{
    struct fixture_bot by = p->bot_view.bots[0];
    struct verdict_line l = {.n = e->n, .state = VERDICT_REFUSED, .reason = VERDICT_CONFLICT};
    uint8_t transcript[HASH_BYTES];
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(8192);
    envelope_transcript(e, by.signer.key.key, transcript);
    envelope_signed_bytes(e, transcript, &signed_bytes);
    envelope_digest(&signed_bytes, e->signature, l.digest);
    memcpy(l.certificate, e->certificate, HASH_BYTES);
    by.signer.key.name = by.signer.name;
    if (p->row->helper == SERVER_SAYS_CONFLICT)
        fixture_signer_init(&by.signer, p->bot_view.bots[0].jid, "the server");
    world_put_verdict(p->w, answer, &by, e->from, e->id, &l, p->now);
}

/* The bot has taken it; its answer is kept, and something else said in its name. */
static void lie(struct play *p, const struct xml_element *x, struct arena *arena,
                struct buf *answer)
{
    struct envelope e;
    FIXTURE_MUST(envelope_parse(x, true, arena, &e, NULL) == 0);
    if (play_helps(p, SERVER_SAYS_CONFLICT, BOT_CONFLICT))
        put_conflict(p, &e, answer);
    else if (p->row->helper != SERVER_KEEPS_VERDICT)
        put_later(p, &e, answer);
}

/* A blind copy of one of the devices; the world's own bot stands for those that no row is about. */
bool play_carry_blind_copy(struct world *w, const char *stanza, struct buf *answer)
{
    struct play *p = play_now;
    struct arena arena = ARENA_INIT(1U << 20);
    struct xml_element *x;
    FIXTURE_MUST(xml_parse(&arena, stanza, strlen(stanza), &x) == 0);
    const char *id = xml_attribute_of(x, "id"), *jid = p->bot_view.bots[0].jid;
    char bare[VALUE_JID_MAX + 1];
    FIXTURE_MUST(value_bare_of(xml_attribute_of(x, "from"), bare) == 0);
    bool ours = strcmp(xml_attribute_of(x, "to"), jid) == 0;
    const struct bot_answer *a = ours ? play_ask(p, bare, stanza) : NULL;
    if (ours && p->lies) {
        lie(p, x, &arena, answer);
    } else if (a != NULL) {
        buf_format(answer, "<message xmlns='jabber:client' from='%s' to='%s' id='%s'>", jid, bare,
                   id);
        xml_put_element(answer, a->child);
        buf_put_text(answer, "</message>");
    }
    arena_clear(&arena);
    (void)w;
    return ours;
}

uint64_t play_head(const struct play *p, uint8_t ret[static HASH_BYTES])
{
    const struct fixture_device dev = {.certificate = anna(p->w)->device->certificate};
    return bot_head(p->b, &dev, ret);
}
