/* A bot that keeps chains as the real one does and archives nothing. What breaks the protocol ends
 * the test. */
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "wire/seal.h"
#include "world.h"

#define ROUND_LINES 5 /* so that a verdict carries a path */
#define ROUND_OURS 3

void world_put_verdict(struct world *w, struct buf *b, const struct fixture_bot *by, const char *to,
                       const char *id, const struct verdict_line *l, int64_t at_unix_ms)
{
    struct verdict_line lines[ROUND_LINES];
    struct verdict verdicts[ROUND_LINES];
    (void)w;
    for (size_t i = 0; i < ROUND_LINES; i++) {
        lines[i] = *l;
        lines[i].digest[0] = (uint8_t)(l->digest[0] ^ (i == ROUND_OURS ? 0 : i + 1));
    }
    fixture_round(by, at_unix_ms, lines, ROUND_LINES, verdicts);
    buf_format(b, "<message xmlns='jabber:client' from='%s' to='%s' id='%s'>", by->jid, to, id);
    verdict_put_xml(b, &verdicts[ROUND_OURS]);
    buf_put_text(b, "</message>");
}

/* Which of the parties' certificates signed it? */
static struct certificate *certificate_of(struct world *w, const struct envelope *e)
{
    struct certificate *c = NULL;
    for (size_t i = 0; i < w->document_count; i++)
        if (memcmp(w->documents[i].hash, e->certificate, HASH_BYTES) == 0)
            FIXTURE_MUST(certificate_open(w->f->network, w->documents[i].note,
                                          strlen(w->documents[i].note), &c, NULL) == 0);
    FIXTURE_MUST(c != NULL);
    return c;
}

static size_t chain_of(struct world *w, const struct envelope *e, const uint8_t *bot_key)
{
    struct world_bot *bot = &w->bot;
    size_t i = 0;
    while (i < bot->chain_count &&
           (memcmp(bot->chains[i].certificate, e->certificate, HASH_BYTES) != 0 ||
            memcmp(bot->chains[i].bot_key, bot_key, SIGN_PUBLIC_BYTES) != 0))
        i++;
    if (i == bot->chain_count) {
        FIXTURE_MUST(bot->chain_count++ < WORLD_CHAINS);
        memcpy(bot->chains[i].certificate, e->certificate, HASH_BYTES);
        memcpy(bot->chains[i].bot_key, bot_key, SIGN_PUBLIC_BYTES);
    }
    return i;
}

/* Every wrap opens with its day's key, and the payload is under what it holds. */
static void check_seals(struct world *w, const struct envelope *e,
                        const uint8_t transcript[static HASH_BYTES])
{
    uint8_t content[PAYLOAD_CONTENT_BYTES], text[VALUE_BODY_MAX];
    FIXTURE_MUST(e->wrap_count == w->rules->policy->warrant_count);
    for (size_t i = 0; i < e->wrap_count; i++)
        for (size_t k = 0; k < w->f->warrant_count; k++) {
            const struct fixture_warrant *x = &w->f->warrants[k];
            if (strcmp(x->id, e->wraps[i].warrant) != 0)
                continue;
            const struct hpke_keypair *pair = fixture_day_key(x, calendar_day_of(e->at_unix_ms));
            struct hpke_recipient *key = hpke_recipient_new(pair);
            FIXTURE_MUST(seal_open(e, &e->wraps[i], key, transcript, content) == 0);
            FIXTURE_MUST(payload_decrypt(content, e->iv, e->payload, e->payload_len, text) == 0);
            hpke_recipient_free(key);
        }
}

static void answer_later(enum later_reason reason, struct buf *b, const struct fixture_bot *by,
                         const struct envelope *e)
{
    buf_format(b, "<message xmlns='jabber:client' from='%s' to='%s' id='%s'>", by->jid, e->from,
               e->id);
    later_put_xml(b, &(struct later){.reason = reason, .seconds = 1});
    buf_put_text(b, "</message>");
}

static void put_conflict(struct world *w, const struct fixture_bot *by, const struct envelope *e,
                         const uint8_t *digest, struct buf *b)
{
    struct verdict_line l = {.n = e->n, .state = VERDICT_REFUSED, .reason = VERDICT_CONFLICT};
    memcpy(l.digest, digest, HASH_BYTES);
    memcpy(l.certificate, e->certificate, HASH_BYTES);
    world_put_verdict(w, b, by, e->from, e->id, &l, world_now());
}

static void judge(struct world *w, const struct envelope *e, const uint8_t *digest, size_t chain,
                  struct buf *b)
{
    struct world_bot *bot = &w->bot;
    const struct fixture_bot *by = fixture_bot_of(w->f, e->bot);
    struct fixture_bot forger = *by;
    struct verdict_line l = {.n = e->n,
                             .state = bot->refuse == 0 ? VERDICT_ARCHIVED : VERDICT_REFUSED,
                             .reason = bot->refuse};
    memcpy(l.digest, digest, HASH_BYTES);
    memcpy(l.certificate, e->certificate, HASH_BYTES);
    fixture_signer_init(&forger.signer, by->jid, "forger");
    if (verdict_line_consumes(&l) && !bot->forge) {
        bot->chains[chain].n = e->n;
        memcpy(bot->chains[chain].digest, digest, HASH_BYTES);
    }
    bot->archived += bot->refuse == 0;
    bot->refused += bot->refuse != 0;
    world_put_verdict(w, b, bot->forge ? &forger : by, e->from, e->id, &l, world_now());
    if (verdict_line_consumes(&l) && !bot->forge) {
        free(bot->chains[chain].answer);
        bot->chains[chain].answer = mem_string(buf_text(b));
    }
}

static void take(struct world *w, const struct envelope *e, struct buf *b)
{
    static const uint8_t zeros[HASH_BYTES];
    struct world_bot *bot = &w->bot;
    const struct fixture_bot *by = fixture_bot_of(w->f, e->bot);
    const uint8_t *bot_key = by->signer.key.key;
    uint8_t transcript[HASH_BYTES], digest[HASH_BYTES];
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(8192);
    struct certificate *c = certificate_of(w, e);
    size_t i = chain_of(w, e, bot_key);
    envelope_transcript(e, bot_key, transcript);
    envelope_signed_bytes(e, transcript, &signed_bytes);
    envelope_digest(&signed_bytes, e->signature, digest);
    snprintf(bot->last_id, sizeof bot->last_id, "%s", e->id);
    bot->last_n = e->n;
    if (bot->chains[i].n == e->n && memcmp(bot->chains[i].digest, digest, HASH_BYTES) == 0) {
        buf_put_text(b, bot->chains[i].answer); /* the same bytes: the same verdict */
    } else if (bot->later != 0) {
        answer_later(bot->later, b, by, e);
    } else if (sign_verify(c->key, signed_bytes.data, signed_bytes.len, e->signature) < 0) {
        bot->strange++;
        answer_later(LATER_BAD_SIGNATURE, b, by, e);
    } else if (e->n > bot->chains[i].n + 1) {
        bot->strange++;
        answer_later(LATER_GAP, b, by, e);
    } else if (e->n <= bot->chains[i].n ||
               memcmp(e->prev, bot->chains[i].n == 0 ? zeros : bot->chains[i].digest, HASH_BYTES) !=
                   0) {
        bot->strange++;
        put_conflict(w, by, e, digest, b);
    } else {
        check_seals(w, e, transcript);
        judge(w, e, digest, i, b);
    }
    if (bot->once > 0 && --bot->once == 0) {
        bot->refuse = 0;
        bot->later = 0;
    }
    certificate_free(c);
}

void world_bot_take(struct world *w, const struct xml_element *x, struct buf *b)
{
    struct arena arena = ARENA_INIT(1U << 20);
    struct envelope e;
    struct diag why;
    if (envelope_parse(x, true, &arena, &e, &why) < 0)
        fail_msg("a blind copy: %s", why.text);
    if (!w->bot.silent)
        take(w, &e, b);
    if (w->bot.withheld)
        buf_reset(b);
    arena_clear(&arena);
}
