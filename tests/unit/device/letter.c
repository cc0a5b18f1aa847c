#include "letter.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "wire/seal.h"

#define ROUND 5
#define OURS 2

static void stage(struct letter *l, letter_spoil *spoil, enum stage s)
{
    if (spoil != NULL)
        spoil(l, s);
}

static void begin(struct letter *l, struct world *w, const char *id)
{
    static unsigned number;
    *l = (struct letter){
        .w = w, .from = anna(w), .to = bert(w), .ratchet = anna(w), .rules = w->rules};
    const struct certificate *c = l->from->device->certificate;
    snprintf(l->id, sizeof l->id, "%s", id);
    snprintf(l->body, sizeof l->body, "Letter %s.", id);
    size_t len = strlen(l->body);
    l->e = (struct envelope){.from = l->from->account,
                             .to = {l->to->account},
                             .to_count = 1,
                             .id = l->id,
                             .at_unix_ms = world_now(),
                             .bot = w->f->bots[0].jid,
                             .policy = w->rules->policy->serial,
                             .sid = c->omemo_device,
                             .payload = l->cipher,
                             .payload_len = len};
    memcpy(l->e.certificate, c->document.hash, HASH_BYTES);
    memcpy(l->signing_secret, l->from->device->signing_secret, SIGN_SECRET_BYTES);
    payload_encrypt(l->body, len, l->e.iv, l->cipher, l->content);
    memcpy(l->sealed_content, l->content, sizeof l->content);
    memcpy(l->encrypted_content, l->content, sizeof l->content);
    l->sid = c->omemo_device;
    l->rid = l->to->device->certificate->omemo_device;
    l->verdict_ms = world_now();
    l->bot = w->f->bots[0];
    l->bot.signer.key.name = l->bot.signer.name;
    l->e.prev[0] = 1;
    l->e.n = 100 + number++;
}

static void seal(struct letter *l)
{
    char handle[VALUE_HANDLE_MAX + 1];
    uint8_t transcript[HASH_BYTES];
    value_handle_of(l->e.from, handle);
    struct coverage_query q = {.handle = handle,
                               .bot = l->e.bot,
                               .day = calendar_day_of(l->e.at_unix_ms),
                               .country = l->country};
    assert_int_equal(policy_set_coverage(l->rules, &q, &l->cover), 0);
    l->has_verdict = l->cover.count > 0;
    if (l->cover.count == 0) {
        l->e.n = 0;
        memset(l->e.prev, 0, sizeof l->e.prev);
        return;
    }
    envelope_transcript(&l->e, l->bot.signer.key.key, transcript);
    assert_int_equal(seal_make(&l->e, l->rules, &l->cover, transcript, l->sealed_content), 0);
}

static void sign(struct letter *l)
{
    uint8_t transcript[HASH_BYTES];
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(8192);
    envelope_transcript(&l->e, l->bot.signer.key.key, transcript);
    envelope_signed_bytes(&l->e, transcript, &signed_bytes);
    sign_detached(l->signing_secret, signed_bytes.data, signed_bytes.len, l->e.signature);
    envelope_digest(&signed_bytes, l->e.signature, l->digest);
}

static void make_round(struct letter *l)
{
    struct verdict_line lines[ROUND];
    struct verdict verdicts[ROUND];
    for (size_t i = 0; i < ROUND; i++) {
        lines[i] = l->line;
        lines[i].digest[0] = (uint8_t)(l->line.digest[0] ^ (i == OURS ? 0 : i + 1));
    }
    fixture_round(&l->bot, l->verdict_ms, lines, ROUND, verdicts);
    l->verdict = verdicts[OURS];
}

struct sealing {
    const struct letter *l;
    struct buf *key;
    bool prekey;
};

static int encrypt_content(void *context, struct diag *d)
{
    struct sealing *s = context;
    const struct certificate *c = s->l->to->device->certificate;
    return omemo_encrypt_key(s->l->ratchet->device->omemo, s->l->to->account, c->omemo_device,
                             c->omemo_identity, s->l->encrypted_content, s->key, &s->prekey, d);
}

static void write_text(struct letter *l)
{
    CLEANUP_BUF struct buf key = BUF_INIT(OMEMO_KEY_MAX);
    struct buf b = BUF_INIT(1U << 20);
    struct sealing sealing = {.l = l, .key = &key};
    assert_int_equal(store_transaction(l->ratchet->store, encrypt_content, &sealing, NULL), 0);
    buf_format(&b, "<message xmlns='jabber:client' from='%s/device' to='%s' id='%s'>", l->e.from,
               l->to->account, l->e.id);
    envelope_put_addresses(&b, &l->e, false);
    omemo_begin_encrypted(&b, l->sid);
    if (!l->drop_key)
        omemo_put_key(&b, l->rid, key.data, key.len, sealing.prekey);
    omemo_end_encrypted(&b, l->e.iv, l->e.payload, l->e.payload_len);
    envelope_put_access(&b, &l->e);
    if (l->has_verdict)
        verdict_put_xml(&b, &l->verdict);
    buf_put_text(&b, "<request xmlns='urn:xmpp:receipts'/></message>");
    assert_false(buf_failed(&b));
    l->text = buf_take_text(&b);
}

void letter_write(struct letter *l, struct world *w, letter_spoil *spoil, const char *id)
{
    begin(l, w, id);
    stage(l, spoil, LETTER_FIELDS);
    seal(l);
    stage(l, spoil, LETTER_SEALED);
    sign(l);
    stage(l, spoil, LETTER_SIGNED);
    l->line = (struct verdict_line){.n = l->e.n, .state = VERDICT_ARCHIVED};
    memcpy(l->line.digest, l->digest, HASH_BYTES);
    memcpy(l->line.certificate, l->e.certificate, HASH_BYTES);
    stage(l, spoil, LETTER_LINE);
    make_round(l);
    stage(l, spoil, LETTER_VERDICT);
    write_text(l);
    stage(l, spoil, LETTER_TEXT);
}

void letter_replace(struct letter *l, const char *old, const char *new)
{
    const char *at = strstr(l->text, old);
    if (at == NULL)
        fail_msg("no \"%s\" in \"%s\"", old, l->text);
    char *text = mem_format("%.*s%s%s", (int)(at - l->text), l->text, new, at + strlen(old));
    free(l->text);
    l->text = text;
}

void letter_acquaint(struct world *w)
{
    party_send(anna(w), bert(w)->account, "hello", "Hello, Bert.");
    party_send(bert(w), anna(w)->account, "hello", "Hello, Anna.");
    assert_int_equal(party_count_shown(bert(w), "Hello, Bert."), 1);
    assert_int_equal(party_count_shown(anna(w), "Hello, Anna."), 1);
}

void letter_take(struct world *w, struct letter *l, bool shown, const char *says)
{
    unsigned receipts = bert(w)->receipts;
    party_take(bert(w), l->text);
    if (party_count_shown(bert(w), l->body) != shown || bert(w)->receipts != receipts + shown ||
        (!shown && strstr(party_said(bert(w)), says) == NULL))
        fail_msg("%s: \"%s\"", l->id, party_said(bert(w)));
    free(l->text);
}

static void refuse_one(struct world *w, const struct letter_row *row)
{
    struct letter l;
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    unsigned receipts = bert(w)->receipts;
    size_t shown = bert(w)->shown_count, notices = bert(w)->notice_count;
    letter_write(&l, w, row->spoil, row->name);
    party_state(bert(w), before);
    party_take(bert(w), l.text);
    party_state(bert(w), after);
    if (bert(w)->shown_count != shown || bert(w)->receipts != receipts)
        fail_msg("%s: it was shown or acknowledged", row->name);
    if (bert(w)->notice_count != notices + 1 || strstr(party_said(bert(w)), row->says) == NULL ||
        strstr(party_said(bert(w)), anna(w)->account) == NULL)
        fail_msg("%s: said \"%s\", not \"%s\"", row->name,
                 bert(w)->notice_count == notices ? "" : party_said(bert(w)), row->says);
    if (!row->decrypted && memcmp(before, after, sizeof before) != 0)
        fail_msg("%s: the store has changed", row->name);
    assert_int_equal(party_number(bert(w), "SELECT count(*) FROM parked"), 0);
    party_take(bert(w), l.text);
    assert_int_equal(bert(w)->notice_count, notices + 1); /* said once */
    free(l.text);
}

void letter_refused(struct world *w, const struct letter_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct letter good;
        CLEANUP_FREE char *id = mem_format("good-%zu-%s", i, rows[i].name);
        refuse_one(w, &rows[i]);
        letter_write(&good, w, NULL, id);
        unsigned receipts = bert(w)->receipts;
        party_take(bert(w), good.text);
        if (party_count_shown(bert(w), good.body) != 1 || bert(w)->receipts != receipts + 1)
            fail_msg("after %s a good message was not shown: %s", rows[i].name,
                     party_said(bert(w)));
        free(good.text);
    }
}
