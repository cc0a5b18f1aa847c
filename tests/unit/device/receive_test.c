/* What a device must not show: each named to its user, with ratchet and store as they were, and the
 * next good message shown. */
#include "letter.h"

#include <string.h>

#include "base/memory.h"
#include "base/secret.h"

static void receive__shows__good_letter(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter l;
    letter_acquaint(w);
    unsigned receipts = bert(w)->receipts;
    letter_write(&l, w, NULL, "good");
    party_take(bert(w), l.text);
    assert_int_equal(party_count_shown(bert(w), l.body), 1);
    assert_int_equal(bert(w)->receipts, receipts + 1);
    assert_string_equal(party_said(bert(w)), "");
    free(l.text);
}

/* Sender and address. */

static void spoil_address(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->e.to[0] = cara(l->w)->account;
}

static void spoil_access_removed(struct letter *l, enum stage s)
{
    if (s != LETTER_TEXT)
        return;
    char *from = strstr(l->text, "<access"), *to = strstr(l->text, "</access>");
    memmove(from, to + strlen("</access>"), strlen(to) - strlen("</access>") + 1);
}

static void spoil_plain_body(struct letter *l, enum stage s)
{
    if (s != LETTER_TEXT)
        return;
    free(l->text);
    l->text = mem_format("<message xmlns='jabber:client' from='%s/x' to='%s' id='plain'>"
                         "<body>Psst.</body></message>",
                         l->e.from, l->to->account);
}

/* Cara's certificate and key, anna's address: the server lets her write as anna. */
static void spoil_account(struct letter *l, enum stage s)
{
    if (s != LETTER_FIELDS)
        return;
    memcpy(l->e.certificate, cara(l->w)->device->certificate->document.hash, HASH_BYTES);
    memcpy(l->signing_secret, cara(l->w)->device->signing_secret, SIGN_SECRET_BYTES);
}

static void spoil_registrar(struct letter *l, enum stage s)
{
    struct fixture_signer forger;
    uint8_t key[SIGN_PUBLIC_BYTES];
    if (s != LETTER_FIELDS)
        return;
    fixture_signer_init(&forger, l->w->f->registrar.name, "forger");
    sign_keypair(key, l->signing_secret);
    (void)world_certify(l->w, l->e.from, 9, key, l->sid,
                        l->from->device->certificate->omemo_identity, &forger);
    memcpy(l->e.certificate, l->w->documents[l->w->document_count - 1].hash, HASH_BYTES);
}

static void spoil_certificate_unknown(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->e.certificate[5] ^= 1;
}

static void spoil_sid(struct letter *l, enum stage s)
{
    if (s == LETTER_FIELDS)
        l->sid++;
}

static void receive__refuses__sender(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {
        {"other-address", spoil_address, "not addressed to this device", false},
        {"no-access", spoil_access_removed, "no access element", false},
        {"plain-body", spoil_plain_body, "no access element", false},
        {"other-account", spoil_account, "its certificate is cara@", false},
        {"unknown-certificate", spoil_certificate_unknown, "no such certificate", false},
        {"other-sid", spoil_sid, "another OMEMO device", false},
    };
    CLEANUP_WORLD struct world *w = world_new(NULL);
    letter_acquaint(w);
    letter_refused(w, rows, COUNT(rows));
}

/* It waits for a certificate that never comes, and is neither shown nor acknowledged. */
static void receive__keeps_back__certificate_not_by_registrar(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    struct letter l;
    letter_acquaint(w);
    unsigned receipts = bert(w)->receipts;
    letter_write(&l, w, spoil_registrar, "forged");
    party_take(bert(w), l.text);
    party_wait(bert(w));
    assert_int_equal(party_count_shown(bert(w), l.body), 0);
    assert_int_equal(bert(w)->receipts, receipts);
    assert_int_not_equal(party_count_said(bert(w), "not to be trusted"), 0);
    free(l.text);
}

/* Fields, each with a bit flipped behind the signature. */

#define FLIP(name, what)                                                                           \
    static void flip_##name(struct letter *l, enum stage s)                                        \
    {                                                                                              \
        if (s == LETTER_VERDICT)                                                                   \
            what;                                                                                  \
    }
FLIP(at, l->e.at_unix_ms++)
FLIP(n, l->e.n++)
FLIP(prev, l->e.prev[31] ^= 1)
FLIP(iv, l->e.iv[0] ^= 1)
FLIP(payload, l->cipher[0] ^= 1)
FLIP(payload_length, l->e.payload_len--)
FLIP(enc, l->e.enc[0] ^= 1)
FLIP(wrap, l->e.wraps[0].wrap[47] ^= 1)
FLIP(wrap_id, l->e.wraps[0].warrant = "2019-0148")
FLIP(signature, l->e.signature[0] ^= 1)
FLIP(signature_end, l->e.signature[63] ^= 0x10)
FLIP(recipients, (l->e.to[1] = cara(l->w)->account, l->e.to_count = 2))
FLIP(id, l->id[0] ^= 1)

static void flip_signer(struct letter *l, enum stage s)
{
    uint8_t key[SIGN_PUBLIC_BYTES];
    if (s == LETTER_FIELDS)
        sign_keypair(key, l->signing_secret);
}

static void flip_file(struct letter *l, enum stage s)
{
    if (s == LETTER_VERDICT) {
        l->e.files[0] = (struct envelope_file){.size = 1, .path = "/a/b"};
        l->e.file_count = 1;
    }
}

static void flip_bot(struct letter *l, enum stage s)
{
    if (s == LETTER_VERDICT)
        l->e.bot = "other.chat.example";
}

static void receive__refuses__flipped_field(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {
        {"at", flip_at, "its signature does not match", false},
        {"n", flip_n, "its signature does not match", false},
        {"prev", flip_prev, "its signature does not match", false},
        {"iv", flip_iv, "its signature does not match", false},
        {"payload", flip_payload, "its signature does not match", false},
        {"payload-length", flip_payload_length, "its signature does not match", false},
        {"enc", flip_enc, "its signature does not match", false},
        {"wrap", flip_wrap, "its signature does not match", false},
        {"wrap-id", flip_wrap_id, "its signature does not match", false},
        {"signature", flip_signature, "its signature does not match", false},
        {"signature-end", flip_signature_end, "its signature does not match", false},
        {"recipients", flip_recipients, "its signature does not match", false},
        {"id", flip_id, "its signature does not match", false},
        {"signer", flip_signer, "its signature does not match", false},
        {"file", flip_file, "its signature does not match", false},
        {"bot", flip_bot, "names a bot that its policy does not", false},
    };
    CLEANUP_WORLD struct world *w = world_new(NULL);
    letter_acquaint(w);
    letter_refused(w, rows, COUNT(rows));
}

/* XML that no device of this network writes. */

#define TEXT(name, old, new)                                                                       \
    static void text_##name(struct letter *l, enum stage s)                                        \
    {                                                                                              \
        if (s == LETTER_TEXT)                                                                      \
            letter_replace(l, old, new);                                                           \
    }
TEXT(attribute, "<access ", "<access x='1' ")
TEXT(no_addresses, "<addresses ", "<addressed ")
TEXT(child, "</access>", "<more/></access>")
TEXT(two_access, "<access ", "<access xmlns='" ENVELOPE_NS "'/><access ")
TEXT(sid_zero, "sid='", "sid='0")
TEXT(no_iv, "<iv>", "<iv>!")
TEXT(bcc, "<address type='to'", "<address type='bcc' jid='ibot.chat.example'/><address type='to'")
TEXT(verdict_state, "state='archived'", "state='archived '")
TEXT(verdict_child, "</verdict>", "<sig>AA</sig></verdict>")
TEXT(two_payloads, "<payload>", "<payload>AA</payload><payload>")

static void text_oversized(struct letter *l, enum stage s)
{
    static uint8_t large[VALUE_BODY_MAX + 1];
    if (s == LETTER_SEALED) {
        l->e.payload = large;
        l->e.payload_len = sizeof large;
    }
}

static void text_no_addresses_end(struct letter *l, enum stage s)
{
    text_no_addresses(l, s);
    if (s == LETTER_TEXT)
        letter_replace(l, "</addresses>", "</addressed>");
}

static void text_two_verdicts(struct letter *l, enum stage s)
{
    if (s == LETTER_TEXT)
        letter_replace(l, "<request ", "<verdict xmlns='" ENVELOPE_NS "'/><request ");
}

static void receive__refuses__malformed(void **state)
{
    (void)state;
    static const struct letter_row rows[] = {
        {"attribute", text_attribute, "not in the form", false},
        {"no-addresses", text_no_addresses_end, "not in the form", false},
        {"child", text_child, "not in the form", false},
        {"two-access", text_two_access, "not in the form", false},
        {"sid-zero", text_sid_zero, "not in the form", false},
        {"no-iv", text_no_iv, "not in the form", false},
        {"bcc", text_bcc, "not in the form", false},
        {"verdict-state", text_verdict_state, "its verdict is malformed", false},
        {"verdict-child", text_verdict_child, "its verdict is malformed", false},
        {"two-verdicts", text_two_verdicts, "carries no verdict", false},
        {"two-payloads", text_two_payloads, "not in the form", false},
        {"oversized", text_oversized, "more than 16384 bytes", false},
    };
    CLEANUP_WORLD struct world *w = world_new(NULL);
    letter_acquaint(w);
    letter_refused(w, rows, COUNT(rows));
}

/* Anyone can send what is refused. */
static void receive__names__so_many_refusals_a_day(void **state)
{
    (void)state;
    CLEANUP_WORLD struct world *w = world_new(NULL);
    for (int i = 0; i < 300; i++) {
        CLEANUP_FREE char *text =
            mem_format("<message xmlns='jabber:client' from='%s/x' to='%s' id='p%d'>"
                       "<body>Psst.</body></message>",
                       cara(w)->account, bert(w)->account, i);
        party_take(bert(w), text);
    }
    assert_in_range(party_number(bert(w), "SELECT count(*) FROM notice"), 20, 41);
    assert_int_equal(party_count_said(bert(w), "further ones of today are not named"), 1);
    party_sql(bert(w), "UPDATE notice SET at = at - 86400000");
    party_take(bert(w), "<message xmlns='jabber:client' from='cara@chat.example/x'"
                        " to='bert@chat.example' id='next'><body>Psst.</body></message>");
    assert_int_equal(
        party_number(bert(w),
                     "SELECT count(*) FROM notice WHERE at > 1000 * unixepoch() - 3600000"),
        1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receive__names__so_many_refusals_a_day),
        cmocka_unit_test(receive__shows__good_letter),
        cmocka_unit_test(receive__refuses__sender),
        cmocka_unit_test(receive__keeps_back__certificate_not_by_registrar),
        cmocka_unit_test(receive__refuses__flipped_field),
        cmocka_unit_test(receive__refuses__malformed),
    };
    return cmocka_run_group_tests(tests, world_start, NULL);
}
