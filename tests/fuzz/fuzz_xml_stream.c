/* A stream. The first byte says how it is fed: bits 0 to 5 the length of a piece (0: whole), bit 7:
 * with a small cap. What comes of it must not depend on the pieces, and a stanza that was written
 * again must read the same.
 */
#include "fuzz.h"
#include "wire/xml.h"

#define SMALL 400U

struct heard {
    struct buf text;
    size_t cap;
};

static void on_opened(void *context, const struct xml_element *stream)
{
    struct heard *h = context;
    buf_put_text(&h->text, "opened ");
    xml_put_element(&h->text, stream);
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct heard *h = context;
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf first = BUF_INIT(FUZZ_BYTES_MAX), second = BUF_INIT(FUZZ_BYTES_MAX);
    struct xml_element *again;
    xml_put_element(&first, stanza);
    FUZZ_MUST(!buf_failed(&first) && stanza->source_len > 0);
    FUZZ_MUST(xml_parse(&a, (const char *)first.data, first.len, &again) == 0);
    xml_put_element(&second, again);
    FUZZ_MUST(fuzz_same(&first, &second));
    buf_format(&h->text, "stanza of %zu ", stanza->source_len);
    buf_put(&h->text, first.data, first.len);
}

static void on_too_large(void *context, const struct xml_element *start)
{
    struct heard *h = context;
    FUZZ_MUST(start->first == NULL);
    buf_put_text(&h->text, "too large ");
    xml_put_element(&h->text, start);
}

static void on_closed(void *context)
{
    struct heard *h = context;
    buf_put_text(&h->text, "closed");
}

static const struct xml_stream_events events = {
    .opened = on_opened, .stanza = on_stanza, .too_large = on_too_large, .closed = on_closed};

static int feed(struct heard *h, const uint8_t *data, size_t len, size_t piece)
{
    struct xml_stream *s = xml_stream_new(&events, h, h->cap);
    int r = 0;
    for (size_t at = 0; at < len && r == 0; at += piece)
        r = xml_stream_feed(s, data + at, len - at < piece ? len - at : piece);
    xml_stream_free(s);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    bool small = (data[0] & 0x80) != 0;
    struct heard whole = {.text = BUF_INIT(16 * FUZZ_BYTES_MAX),
                          .cap = small ? SMALL : FUZZ_BYTES_MAX},
                 pieces = whole;
    size_t piece = (data[0] & 0x3f) == 0 ? len : data[0] & 0x3f;
    int r = feed(&whole, data + 1, len - 1, len), s = feed(&pieces, data + 1, len - 1, piece);
    /* With a small cap a tag that comes in pieces may end the stream before it is whole. */
    if (!small)
        FUZZ_MUST(r == s && fuzz_same(&whole.text, &pieces.text));
    buf_clear(&whole.text);
    buf_clear(&pieces.text);
    return 0;
}
