#include "wire/certificate.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"

void certificate_free(struct certificate *c)
{
    if (c == NULL)
        return;
    document_clear(&c->document);
    free(c);
}

void certificate_read_omemo(struct document_reader *r, uint32_t *ret_device,
                            uint8_t ret_identity[static CERTIFICATE_IDENTITY_BYTES])
{
    const char *value = document_value(r, "omemo");
    const char *word[2];
    uint64_t device = 0;
    if (r->failed != 0)
        return;
    if (document_words(r, "omemo", value, word, 2) != 2 ||
        value_parse_u64(word[0], INT32_MAX, &device) < 0 || device == 0 ||
        decode_base64_exact(word[1], strlen(word[1]), ret_identity, CERTIFICATE_IDENTITY_BYTES) <
            0 ||
        ret_identity[0] != 0x05)
        document_refuse(r, "omemo", value, "not DEVICE-ID IDENTITY");
    *ret_device = (uint32_t)device;
}

static int read_certificate(struct document_reader *r, struct certificate *c, const char *domain)
{
    document_network(r, domain);
    c->account = document_value(r, "account");
    if (!value_account_valid(c->account, domain))
        document_refuse(r, "account", c->account, "not handle@domain of this network");
    c->serial = document_number(r, "serial", UINT32_MAX);
    if (c->serial == 0)
        document_refuse(r, "serial", "0", "serials start at 1");
    document_key(r, "key", c->key);
    certificate_read_omemo(r, &c->omemo_device, c->omemo_identity);
    c->from_day = document_day(r, "from");
    c->until_day = document_day(r, "until");
    if (c->until_day < c->from_day)
        document_refuse(r, "until", "", "before 'from'");
    const char *blind = document_value(r, "blind");
    if (decode_base64_exact(blind, strlen(blind), c->blind, sizeof c->blind) < 0)
        document_refuse(r, "blind", blind, "not 32 bytes in base64");
    return document_end(r);
}

int certificate_open(const struct network_note *net, const char *note, size_t len,
                     struct certificate **ret, struct diag *d)
{
    CLEANUP(certificate_free_cleanup) struct certificate *c = mem_new(sizeof *c);
    struct document_reader r;
    struct note view;
    int e = document_begin(&r, &c->document, "device", note, len, VALUE_CERTIFICATE_MAX, &view, d);
    if (e == 0)
        e = read_certificate(&r, c, net->domain);
    if (e == 0)
        e = document_verify(&view, "device", net->registrar, net->registrar_key, d);
    if (e == 0)
        *ret = TAKE(c);
    return e;
}

void certificate_format(struct buf *b, const char *domain, const struct certificate *c)
{
    char from[CALENDAR_DAY_LEN + 1], until[CALENDAR_DAY_LEN + 1];
    calendar_format_day(c->from_day, from);
    calendar_format_day(c->until_day, until);
    buf_format(b, "ironside device 1\nnetwork %s\naccount %s\nserial %" PRIu64 "\nkey ", domain,
               c->account, c->serial);
    encode_base64_buf(b, c->key, sizeof c->key);
    buf_format(b, "\nomemo %" PRIu32 " ", c->omemo_device);
    encode_base64_buf(b, c->omemo_identity, sizeof c->omemo_identity);
    buf_format(b, "\nfrom %s\nuntil %s\nblind ", from, until);
    encode_base64_buf(b, c->blind, sizeof c->blind);
    buf_put_u8(b, '\n');
}

void place_free(struct place *p)
{
    if (p == NULL)
        return;
    document_clear(&p->document);
    free(p);
}

static int read_place(struct document_reader *r, struct place *p, const char *domain)
{
    document_network(r, domain);
    document_hash(r, "certificate", p->certificate);
    p->country = document_value(r, "country");
    if (!value_country_valid(p->country))
        document_refuse(r, "country", p->country, "not a country code");
    p->issued_unix_ms = document_instant(r, "issued");
    p->until_unix_ms = document_instant(r, "until");
    if (p->until_unix_ms <= p->issued_unix_ms ||
        p->until_unix_ms - p->issued_unix_ms > PLACE_LIFE_MAX_MS)
        document_refuse(r, "until", "", "not within 24 hours after 'issued'");
    return document_end(r);
}

int place_open(const struct network_note *net, const char *note, size_t len, struct place **ret,
               struct diag *d)
{
    CLEANUP(place_free_cleanup) struct place *p = mem_new(sizeof *p);
    struct document_reader r;
    struct note view;
    int e = document_begin(&r, &p->document, "place", note, len, VALUE_PLACE_MAX, &view, d);
    if (e == 0)
        e = read_place(&r, p, net->domain);
    if (e == 0)
        e = document_verify(&view, "place", net->registrar, net->registrar_key, d);
    if (e == 0)
        *ret = TAKE(p);
    return e;
}

void place_format(struct buf *b, const char *domain, const struct place *p)
{
    char hash[2 * HASH_BYTES + 1], issued[CALENDAR_INSTANT_LEN + 1],
        until[CALENDAR_INSTANT_LEN + 1];
    encode_hex(p->certificate, sizeof p->certificate, hash);
    calendar_format(p->issued_unix_ms, issued);
    calendar_format(p->until_unix_ms, until);
    buf_format(b, "ironside place 1\nnetwork %s\ncertificate %s\ncountry %s\nissued %s\nuntil %s\n",
               domain, hash, p->country, issued, until);
}

bool place_valid_for(const struct place *p, const uint8_t certificate[static HASH_BYTES],
                     int64_t at_unix_ms)
{
    return memcmp(p->certificate, certificate, HASH_BYTES) == 0 &&
           at_unix_ms >= p->issued_unix_ms && at_unix_ms <= p->until_unix_ms;
}
