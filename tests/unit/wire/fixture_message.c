/* Devices, their messages, and the bot's rounds. */
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"
#include "fixture.h"
#include "wire/seal.h"

#define SIGNED_MAX 4096U
#define STANZA_MAX (1U << 20)

struct fixture_device *fixture_device_new(const struct fixture *f, const char *handle,
                                          uint32_t serial)
{
    struct fixture_device *dev = mem_new(sizeof *dev);
    struct certificate c = {.serial = serial,
                            .omemo_device = 1000 + serial,
                            .omemo_identity = {0x05},
                            .from_day = FIXTURE_DAY - 180,
                            .until_day = FIXTURE_DAY + 180};
    dev->account = mem_format("%s@%s", handle, f->domain);
    c.account = dev->account;
    CLEANUP_FREE char *label = mem_format("%s %u", dev->account, serial);
    fixture_signer_init(&dev->signer, dev->account, label);
    memcpy(c.key, dev->signer.key.key, sizeof c.key);
    fixture_seed(label, c.blind);
    memcpy(c.omemo_identity + 1, c.blind, 32);

    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    certificate_format(&text, f->domain, &c);
    CLEANUP_FREE char *note = fixture_sign(buf_text(&text), &f->registrar, 1);
    FIXTURE_MUST(certificate_open(f->network, note, strlen(note), &dev->certificate, NULL) == 0);
    return dev;
}

void fixture_device_free(struct fixture_device *dev)
{
    if (dev == NULL)
        return;
    certificate_free(dev->certificate);
    free(dev->account);
    free(dev);
}

char *fixture_place(const struct fixture *f, const struct fixture_device *dev, const char *country,
                    int64_t at_unix_ms)
{
    struct place p = {.country = country,
                      .issued_unix_ms = at_unix_ms - 60000,
                      .until_unix_ms = at_unix_ms - 60000 + PLACE_LIFE_MAX_MS};
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_PLACE_MAX);
    memcpy(p.certificate, dev->certificate->document.hash, HASH_BYTES);
    place_format(&text, f->domain, &p);
    return fixture_sign(buf_text(&text), &f->registrar, 1);
}

static void set_recipients(struct fixture_message *m, const struct fixture *f,
                           const struct fixture_message_options *o)
{
    struct envelope *e = &m->envelope;
    e->to_count = o->to_count == 0 ? 1 : o->to_count;
    FIXTURE_MUST(e->to_count <= VALUE_RECIPIENTS_MAX);
    for (size_t i = 0; i < e->to_count; i++) {
        m->strings[i] = o->to_count == 0 ? mem_format("bert@%s", f->domain) : mem_string(o->to[i]);
        e->to[i] = m->strings[i];
    }
}

static void encrypt(struct fixture_message *m, const char *body)
{
    struct envelope *e = &m->envelope;
    e->payload_len = strlen(body);
    m->payload = mem_new(e->payload_len + 1);
    payload_encrypt(body, e->payload_len, e->iv, m->payload, m->content);
    e->payload = m->payload;
}

struct fixture_message *fixture_message_new(const struct fixture *f, const struct policy_set *set,
                                            const struct fixture_device *dev,
                                            const struct fixture_message_options *options)
{
    struct fixture_message_options o =
        options == NULL ? (struct fixture_message_options){0} : *options;
    struct fixture_message *m = mem_new(sizeof *m);
    struct envelope *e = &m->envelope;
    char handle[VALUE_HANDLE_MAX + 1];
    e->from = dev->account;
    set_recipients(m, f, &o);
    m->strings[VALUE_RECIPIENTS_MAX] = mem_string(o.id == NULL ? "m1" : o.id);
    e->id = m->strings[VALUE_RECIPIENTS_MAX];
    e->at_unix_ms = o.at_unix_ms == 0 ? FIXTURE_AT : o.at_unix_ms;
    const struct policy_bot *bot =
        o.bot == NULL ? policy_default_bot(set->policy) : policy_bot(set->policy, o.bot);
    FIXTURE_MUST(bot != NULL);
    e->bot = bot->jid;
    e->policy = set->policy->serial;
    memcpy(e->certificate, dev->certificate->document.hash, HASH_BYTES);
    e->sid = dev->certificate->omemo_device;
    e->place = o.place;
    for (e->file_count = 0; e->file_count < o.file_count; e->file_count++)
        e->files[e->file_count] = o.files[e->file_count];
    encrypt(m, o.body == NULL ? "Good morning." : o.body);

    value_handle_of(e->from, handle);
    struct coverage_query q = {.handle = handle,
                               .bot = e->bot,
                               .day = calendar_day_of(e->at_unix_ms),
                               .country = o.country};
    FIXTURE_MUST(policy_set_coverage(set, &q, &m->cover) == 0);
    if (m->cover.count > 0) {
        e->n = dev->n + 1;
        memcpy(e->prev, dev->prev, HASH_BYTES);
    }
    fixture_message_sign(m, f, set, dev);
    return m;
}

void fixture_message_free(struct fixture_message *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i <= VALUE_RECIPIENTS_MAX; i++)
        free(m->strings[i]);
    free(m->payload);
    buf_clear(&m->signed_bytes);
    free(m);
}

void fixture_message_sign(struct fixture_message *m, const struct fixture *f,
                          const struct policy_set *set, const struct fixture_device *dev)
{
    struct envelope *e = &m->envelope;
    envelope_transcript(e, fixture_bot_of(f, e->bot)->signer.key.key, m->transcript);
    if (set != NULL)
        FIXTURE_MUST(seal_make(e, set, &m->cover, m->transcript, m->content) == 0);
    buf_clear(&m->signed_bytes);
    m->signed_bytes.max = SIGNED_MAX;
    envelope_signed_bytes(e, m->transcript, &m->signed_bytes);
    FIXTURE_MUST(!buf_failed(&m->signed_bytes));
    sign_detached(dev->signer.secret, m->signed_bytes.data, m->signed_bytes.len, e->signature);
    envelope_digest(&m->signed_bytes, e->signature, m->digest);
}

void fixture_device_advance(struct fixture_device *dev, const struct fixture_message *m)
{
    dev->n = m->envelope.n;
    memcpy(dev->prev, m->digest, HASH_BYTES);
}

char *fixture_stanza(const struct fixture_message *m, bool blind)
{
    const struct envelope *e = &m->envelope;
    struct buf b = BUF_INIT(STANZA_MAX);
    buf_put_text(&b, "<message xmlns='jabber:client'");
    CLEANUP_FREE char *from = mem_format("%s/device", e->from);
    xml_put_attribute(&b, "from", from);
    xml_put_attribute(&b, "to", blind ? e->bot : e->to[0]);
    xml_put_attribute(&b, "id", e->id);
    buf_put_u8(&b, '>');
    envelope_put_addresses(&b, e, blind);
    buf_format(&b, "<encrypted xmlns='" ENVELOPE_OMEMO_NS "'><header sid='%u'>", e->sid);
    if (!blind)
        buf_put_text(&b, "<key rid='1001' prekey='true'>AAECAwQFBgc=</key>");
    xml_put_base64(&b, "iv", e->iv, sizeof e->iv);
    buf_put_text(&b, "</header>");
    xml_put_base64(&b, "payload", e->payload, e->payload_len);
    buf_put_text(&b, "</encrypted>");
    envelope_put_access(&b, e);
    buf_put_text(&b, "</message>");
    FIXTURE_MUST(!buf_failed(&b));
    return buf_take_text(&b);
}

void fixture_round(const struct fixture_bot *bot, int64_t at_unix_ms,
                   const struct verdict_line *lines, uint32_t count, struct verdict *ret)
{
    uint8_t(*leaves)[MERKLE_BYTES] = mem_array(count, MERKLE_BYTES);
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES], signature[SIGN_BYTES];
    struct verdict_round round = {.bot = bot->jid, .count = count, .at_unix_ms = at_unix_ms};
    for (uint32_t i = 0; i < count; i++) {
        uint8_t line[VERDICT_LINE_BYTES];
        verdict_line_put(&lines[i], line);
        merkle_leaf(line, sizeof line, leaves[i]);
    }
    struct merkle_memory *tree = merkle_memory_new((const uint8_t(*)[MERKLE_BYTES])leaves, count);
    merkle_memory_root(tree, round.root);
    CLEANUP_BUF struct buf signed_part = BUF_INIT(SIGNED_MAX);
    verdict_round_put(&signed_part, &round);
    sign_detached(bot->signer.secret, signed_part.data, signed_part.len, signature);
    for (uint32_t i = 0; i < count; i++) {
        ret[i] = (struct verdict){
            .line = lines[i], .at_unix_ms = at_unix_ms, .index = i, .count = count};
        ret[i].path_count = merkle_memory_path(tree, i, path);
        memcpy(ret[i].path, path, ret[i].path_count * MERKLE_BYTES);
        memcpy(ret[i].signature, signature, SIGN_BYTES);
    }
    merkle_memory_free(tree);
    free(leaves);
}
