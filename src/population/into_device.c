/* A device's half: its certificate, its place, and what it signs. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/secret.h"
#include "crypto/dh.h"
#include "population/into_internal.h"
#include "registrar/places.h"
#include "wire/seal.h"

#define RESOURCE "device"
#define IDENTITY_TYPE 0x05 /* libsignal's mark of a Curve25519 key */

void into_devices_free(struct into *x)
{
    struct into_device *v, *next;
    HASH_ITER (hh, x->devices, v, next) {
        HASH_DEL(x->devices, v);
        place_free(v->place);
        free(v);
    }
    for (size_t i = 0; i < x->block_count; i++)
        secret_free(x->blocks[i]);
    free(x->blocks);
}

static uint8_t *new_key(struct into *x)
{
    size_t within = x->key_count++ % INTO_BLOCK_KEYS;
    if (within == 0) {
        x->blocks = mem_resize(x->blocks, x->block_count + 1, sizeof *x->blocks);
        x->blocks[x->block_count++] = secret_new(INTO_BLOCK_KEYS * SIGN_SECRET_BYTES);
    }
    return x->blocks[x->block_count - 1] + within * SIGN_SECRET_BYTES;
}

/* ---- activation ---- */

/* Keys, and the request for a certificate, signed with them. */
static int make_request(struct into *x, struct into_device *v, struct buf *note)
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    CLEANUP_SECRET uint8_t *identity = secret_new(DH_BYTES);
    struct registry_request q = {.account = v->account};
    struct note_key k = {.name = v->account};
    v->secret = new_key(x);
    sign_keypair(k.key, v->secret);
    secret_random(identity, DH_BYTES);
    secret_random(&q.omemo_device, sizeof q.omemo_device);
    q.omemo_device = (q.omemo_device & INT32_MAX) | 1;
    q.omemo_identity[0] = IDENTITY_TYPE;
    dh_public_of(identity, q.omemo_identity + 1);
    memcpy(q.key, k.key, sizeof q.key);
    memcpy(v->key, k.key, sizeof v->key);
    v->omemo_device = q.omemo_device;
    registry_request_format(&text, x->net->domain, &q);
    note_sign(note, (const char *)text.data, text.len, &k, v->secret);
    return buf_failed(note) ? ERR_LIMIT : 0;
}

static int activate(struct into *x, struct into_device *v, const struct bundle *u, struct diag *d)
{
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_CERTIFICATE_MAX);
    char from[VALUE_JID_MAX + sizeof RESOURCE + 1];
    struct registry_query q = {.what = REGISTRY_ACTIVATE};
    struct registry_piece piece;
    int r = make_request(x, v, &note);
    if (r < 0)
        return diag_set(d, r, "%s cannot ask for a certificate", v->account);
    q.request = (const char *)note.data;
    q.request_len = note.len;
    registry_request_mac(u->secret, q.request, q.request_len, q.mac);
    snprintf(from, sizeof from, "%s/" RESOURCE, v->account);
    r = registrar_answer(x->registrar, from, &q, &piece, d);
    if (r == 0)
        memcpy(v->certificate, piece.hash, HASH_BYTES);
    return r;
}

static int make_device(struct into *x, struct into_device *v, struct diag *d)
{
    CLEANUP(bundle_free_cleanup) struct bundle *u = NULL;
    char handle[VALUE_HANDLE_MAX + 1];
    if (!value_account_valid(v->account, x->net->domain))
        return diag_set(d, ERR_FORMAT, "%s is no account of %s", v->account, x->net->domain);
    value_handle_of(v->account, handle);
    const struct registrar_order o = {.handle = handle};
    int r = registrar_provision(x->registrar, &o, &u, d);
    if (r == ERR_EXISTS)
        return diag_set(d, r,
                        "there is one already, whose keys are gone: make a new network with "
                        "'ironside init --replay'");
    return r < 0 ? r : activate(x, v, u, d);
}

int into_device_of(struct into *x, const char *account, struct into_device **ret, struct diag *d)
{
    struct into_device *v;
    HASH_FIND_STR(x->devices, account, v);
    if (v == NULL) {
        v = mem_new(sizeof *v);
        snprintf(v->account, sizeof v->account, "%s", account);
        HASH_ADD_STR(x->devices, account, v);
        int r = make_device(x, v, d);
        if (r < 0)
            return diag_prefix(d, r, "device %s", account);
        x->counts.devices++;
    }
    *ret = v;
    return 0;
}

/* ---- place ---- */

static int ask_place(struct into *x, struct into_device *v, struct diag *d)
{
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_PLACE_MAX);
    char from[VALUE_JID_MAX + sizeof RESOURCE + 1];
    snprintf(from, sizeof from, "%s/" RESOURCE, v->account);
    place_free(v->place);
    v->place = NULL;
    v->place_until_ms = (calendar_day_of(clock_now_ms(&x->clock)) + 1) * CALENDAR_DAY_MS - 1;
    int r = registrar_place(x->registrar, from, &note, d);
    if (r == ERR_NOT_FOUND)
        return 0; /* the policy makes no difference there */
    return r < 0 ? r : place_open(x->net, (const char *)note.data, note.len, &v->place, d);
}

int into_device_place(struct into *x, struct into_device *v, const char *country, struct diag *d)
{
    if (country == NULL || x->map == NULL ||
        (strcmp(v->country, country) == 0 && clock_now_ms(&x->clock) <= v->place_until_ms))
        return 0;
    if (country_map_loopback(x->map, country, x->address) < 0)
        return diag_set(d, ERR_NOT_FOUND, "the network's map has no address of 127.0.0.0/8 for %s",
                        country);
    snprintf(v->country, sizeof v->country, "%s", country);
    return ask_place(x, v, d);
}

/* ---- a message ---- */

static int sort_recipients(struct envelope *e, const struct into_message *m, struct diag *d)
{
    if (m->to_count < 1 || m->to_count > VALUE_RECIPIENTS_MAX)
        return diag_set(d, ERR_LIMIT, "a message has 1 to %u recipients", VALUE_RECIPIENTS_MAX);
    for (size_t i = 0; i < m->to_count; i++) {
        size_t at = i;
        for (; at > 0 && strcmp(e->to[at - 1], m->to[i]) > 0; at--)
            e->to[at] = e->to[at - 1];
        e->to[at] = m->to[i];
    }
    e->to_count = m->to_count;
    return 0;
}

static int find_coverage(struct into *x, const struct into_device *v, const struct envelope *e,
                         struct coverage *ret, struct diag *d)
{
    char handle[VALUE_HANDLE_MAX + 1], day[CALENDAR_DAY_LEN + 1];
    value_handle_of(v->account, handle);
    const struct coverage_query q = {.handle = handle,
                                     .bot = e->bot,
                                     .day = calendar_day_of(e->at_unix_ms),
                                     .country = v->place == NULL ? NULL : v->place->country};
    int r = policy_set_coverage(x->set, &q, ret);
    calendar_format_day(q.day, day);
    if (r < 0)
        return diag_set(d, r, "the network lacks a warrant that its policy names");
    return ret->count > 0 || v->place != NULL
               ? 0
               : diag_set(d, ERR_INVALID_STATE,
                          "no warrant covers what %s sends on %s: give the network one, "
                          "as 'ironside init --from DAY --until DAY' does",
                          handle, day);
}

/* As device/sign.c does it. */
static int seal_and_sign(struct into *x, struct into_device *v, struct envelope *e,
                         const struct coverage *cover, const uint8_t *content)
{
    uint8_t transcript[HASH_BYTES];
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(16384);
    e->n = v->n + 1;
    memcpy(e->prev, v->digest, HASH_BYTES);
    envelope_transcript(e, x->bot.folder.key, transcript);
    int r = seal_make(e, x->set, cover, transcript, content);
    if (r < 0)
        return r;
    envelope_signed_bytes(e, transcript, &signed_bytes);
    sign_detached(v->secret, signed_bytes.data, signed_bytes.len, e->signature);
    envelope_digest(&signed_bytes, e->signature, v->digest);
    v->n = e->n;
    return buf_failed(&signed_bytes) ? ERR_LIMIT : 0;
}

static void put_stanza(struct buf *b, const struct envelope *e)
{
    buf_format(b, "<message from='%s/" RESOURCE "' to='%s' id='%s' xml:lang='en'>", e->from, e->bot,
               e->id);
    envelope_put_addresses(b, e, true);
    buf_format(b, "<encrypted xmlns='" ENVELOPE_OMEMO_NS "'><header sid='%" PRIu32 "'>", e->sid);
    xml_put_base64(b, "iv", e->iv, sizeof e->iv);
    buf_put_text(b, "</header>");
    xml_put_base64(b, "payload", e->payload, e->payload_len);
    buf_put_text(b, "</encrypted>");
    envelope_put_access(b, e);
    buf_put_text(b, "</message>");
}

int into_device_sign(struct into *x, struct into_device *v, const struct into_message *m,
                     struct diag *d)
{
    uint8_t payload[VALUE_BODY_MAX], content[PAYLOAD_CONTENT_BYTES];
    struct coverage cover;
    struct envelope e = {.from = v->account,
                         .id = m->id,
                         .at_unix_ms = m->at_unix_ms,
                         .bot = x->bot.folder.jid,
                         .policy = x->set->policy->serial,
                         .sid = v->omemo_device,
                         .place = v->place == NULL ? NULL : v->place->document.note,
                         .payload = payload,
                         .payload_len = m->body_len};
    memcpy(e.certificate, v->certificate, HASH_BYTES);
    if (m->body_len > sizeof payload)
        return diag_set(d, ERR_LIMIT, "a text is longer than %u bytes", VALUE_BODY_MAX);
    int r = sort_recipients(&e, m, d);
    if (r == 0)
        r = find_coverage(x, v, &e, &cover, d);
    if (r == 0 && cover.count == 0)
        x->counts.open++;
    if (r < 0 || cover.count == 0)
        return r;
    payload_encrypt(m->body, m->body_len, e.iv, payload, content);
    r = seal_and_sign(x, v, &e, &cover, content);
    secret_wipe(content, sizeof content);
    put_stanza(&x->stanza, &e);
    if (r == 0 && buf_failed(&x->stanza))
        r = ERR_LIMIT;
    return r < 0 ? diag_set(d, r, "message %s of %s cannot be signed", m->id, v->account) : 0;
}
