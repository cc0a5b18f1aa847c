/* A message stanza, as link and devices read it: whatever is taken is canonical, and reads the same
 * after it was written in either form. */
#include "fuzz.h"
#include "wire/envelope.h"

static void put_stanza(struct buf *b, const struct envelope *e, bool blind)
{
    buf_put_text(b, "<message");
    xml_put_attribute(b, "from", e->from);
    xml_put_attribute(b, "id", e->id);
    buf_put_u8(b, '>');
    envelope_put_addresses(b, e, blind);
    buf_format(b, "<encrypted xmlns='" ENVELOPE_OMEMO_NS "'><header sid='%u'>", e->sid);
    xml_put_base64(b, "iv", e->iv, sizeof e->iv);
    buf_put_text(b, "</header>");
    xml_put_base64(b, "payload", e->payload, e->payload_len);
    buf_put_text(b, "</encrypted>");
    envelope_put_access(b, e);
    buf_put_text(b, "</message>");
}

static void check_binary(const struct envelope *e)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf first = BUF_INIT(FUZZ_BYTES_MAX), second = BUF_INIT(FUZZ_BYTES_MAX);
    struct envelope again;
    envelope_put(&first, e);
    struct cursor c = cursor_over(first.data, first.len);
    FUZZ_MUST(envelope_get(&c, &a, &again) == 0 && cursor_end(&c) == 0);
    envelope_put(&second, &again);
    FUZZ_MUST(fuzz_same(&first, &second));
}

static void check_xml(const struct envelope *e, bool blind)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf text = BUF_INIT(FUZZ_BYTES_MAX), first = BUF_INIT(FUZZ_BYTES_MAX),
                           second = BUF_INIT(FUZZ_BYTES_MAX);
    struct xml_element *x;
    struct envelope again;
    put_stanza(&text, e, blind);
    FUZZ_MUST(!buf_failed(&text));
    FUZZ_MUST(xml_parse(&a, (const char *)text.data, text.len, &x) == 0);
    FUZZ_MUST(envelope_parse(x, blind, &a, &again, NULL) == 0);
    envelope_put(&first, e);
    envelope_put(&second, &again);
    FUZZ_MUST(fuzz_same(&first, &second));
}

static void check_digests(const struct envelope *e)
{
    static const uint8_t bot_key[SIGN_PUBLIC_BYTES] = {1};
    CLEANUP_BUF struct buf s = BUF_INIT(FUZZ_BYTES_MAX);
    uint8_t t[HASH_BYTES], d[HASH_BYTES];
    envelope_transcript(e, bot_key, t);
    envelope_signed_bytes(e, t, &s);
    FUZZ_MUST(!buf_failed(&s));
    envelope_digest(&s, e->signature, d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    struct xml_element *x;
    if (xml_parse(&a, (const char *)data, len, &x) < 0)
        return 0;
    for (int blind = 0; blind < 2; blind++) {
        struct envelope e;
        struct diag d = {""};
        if (envelope_parse(x, blind, &a, &e, &d) < 0) {
            FUZZ_MUST(d.text[0] != '\0');
            continue;
        }
        FUZZ_MUST(envelope_valid(&e));
        check_digests(&e);
        check_binary(&e);
        check_xml(&e, blind);
    }
    return 0;
}
