/* A stream's stanzas as they come, whatever the pieces. */
#include "test.h"

#include "wire/xml.h"

#define STANZA_MAX 4096U
#define OPEN                                                                                       \
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='7'>"

/* What happened, one line an event: "opened id", "<stanza…>", "too large <start>", "closed". */
struct heard {
    struct buf lines;
    size_t source_len; /* of the last stanza */
};

static void on_opened(void *context, const struct xml_element *stream)
{
    struct heard *h = context;
    buf_format(&h->lines, "opened %s %s\n", stream->name, xml_attribute_of(stream, "id"));
    assert_null(stream->first);
}

static void on_stanza(void *context, const struct xml_element *stanza)
{
    struct heard *h = context;
    xml_put_element(&h->lines, stanza);
    buf_put_u8(&h->lines, '\n');
    h->source_len = stanza->source_len;
}

static void on_too_large(void *context, const struct xml_element *start)
{
    struct heard *h = context;
    assert_null(start->first);
    buf_put_text(&h->lines, "too large ");
    xml_put_element(&h->lines, start);
    buf_put_u8(&h->lines, '\n');
    h->source_len = start->source_len;
}

static void on_closed(void *context)
{
    struct heard *h = context;
    buf_put_text(&h->lines, "closed\n");
}

static const struct xml_stream_events events = {
    .opened = on_opened, .stanza = on_stanza, .too_large = on_too_large, .closed = on_closed};

struct listener {
    struct heard heard;
    struct xml_stream *stream;
};

static void listener_init(struct listener *l, size_t max)
{
    *l = (struct listener){.heard = {.lines = BUF_INIT(1U << 20)}};
    l->stream = xml_stream_new(&events, &l->heard, max);
}

static void listener_clear(struct listener *l)
{
    xml_stream_free(l->stream);
    buf_clear(&l->heard.lines);
}
#define CLEANUP_LISTENER CLEANUP(listener_clear)

static int feed(struct listener *l, const char *text)
{
    return xml_stream_feed(l->stream, text, strlen(text));
}

static const char *heard(struct listener *l)
{
    return buf_text(&l->heard.lines);
}

static void forget(struct listener *l)
{
    buf_reset(&l->heard.lines);
}

static const char conversation[] =
    "<?xml version='1.0'?>\n" OPEN "\n <message from='anna@chat.example' id='m&amp;1'>"
    "<body>Gr\xc3\xbc\xc3\x9f"
    "e &lt;\xe2\x82\xac&#62;</body></message> \n"
    "<iq type='get'><query xmlns='urn:q'><item/></query></iq>"
    "<message><body>one</body><body>two</body></message>"
    "</stream:stream>\n";
static const char expected[] =
    "opened stream:stream 7\n"
    "<message from='anna@chat.example' id='m&amp;1' xmlns='jabber:client'>"
    "<body>Gr\xc3\xbc\xc3\x9f"
    "e &lt;\xe2\x82\xac&gt;</body></message>\n"
    "<iq type='get' xmlns='jabber:client'><query xmlns='urn:q'><item/></query></iq>\n"
    "<message xmlns='jabber:client'><body>one</body><body>two</body></message>\n"
    "closed\n";

static void xml_stream__feed__whole(void **state)
{
    (void)state;
    CLEANUP_LISTENER struct listener l;
    listener_init(&l, STANZA_MAX);
    assert_int_equal(feed(&l, conversation), 0);
    assert_string_equal(heard(&l), expected);
}

static void xml_stream__feed__split_at_every_byte(void **state)
{
    (void)state;
    for (size_t at = 0; at < sizeof conversation; at++) {
        CLEANUP_LISTENER struct listener l;
        listener_init(&l, STANZA_MAX);
        assert_int_equal(xml_stream_feed(l.stream, conversation, at), 0);
        assert_int_equal(xml_stream_feed(l.stream, conversation + at, sizeof conversation - 1 - at),
                         0);
        assert_string_equal(heard(&l), expected);
    }
}

static void xml_stream__feed__byte_by_byte(void **state)
{
    (void)state;
    CLEANUP_LISTENER struct listener l;
    listener_init(&l, STANZA_MAX);
    for (size_t i = 0; i < sizeof conversation - 1; i++)
        assert_int_equal(xml_stream_feed(l.stream, conversation + i, 1), 0);
    assert_string_equal(heard(&l), expected);
}

/* A stanza must not wait for the next one's bytes, however its last ones come. */
static void xml_stream__feed__at_once(void **state)
{
    (void)state;
    static const char stanza[] = "<message id='m1'><body>text</body></message>";
    static const char empty[] = "<presence from='anna@chat.example/a-rather-long-resource'/>";
    CLEANUP_LISTENER struct listener l;
    listener_init(&l, STANZA_MAX);
    assert_int_equal(feed(&l, OPEN), 0);
    const char *const texts[] = {stanza, empty};
    for (size_t k = 0; k < COUNT(texts); k++) {
        size_t len = strlen(texts[k]);
        for (size_t at = 0; at < len; at++) {
            forget(&l);
            assert_int_equal(xml_stream_feed(l.stream, texts[k], at), 0);
            assert_string_equal(heard(&l), "");
            assert_int_equal(xml_stream_feed(l.stream, texts[k] + at, len - at), 0);
            assert_int_equal(strncmp(heard(&l), texts[k], 9), 0);
            assert_int_equal(l.heard.source_len, len);
        }
    }
}

static void xml_stream__feed__source_length(void **state)
{
    (void)state;
    CLEANUP_LISTENER struct listener l;
    listener_init(&l, STANZA_MAX);
    assert_int_equal(feed(&l, OPEN "<a  b = '1'><c/> &amp; </a >"), 0);
    assert_int_equal(l.heard.source_len, strlen("<a  b = '1'><c/> &amp; </a >"));
    assert_int_equal(feed(&l, "  <a/>"), 0);
    assert_int_equal(l.heard.source_len, 4);
}

static char *message_of(size_t body)
{
    CLEANUP_FREE char *fill = repeat('x', body);
    return mem_format("<message id='m1'><body>%s</body></message>", fill);
}

static void xml_stream__feed__too_large(void **state)
{
    (void)state;
    CLEANUP_LISTENER struct listener l;
    listener_init(&l, STANZA_MAX);
    assert_int_equal(feed(&l, OPEN), 0);
    static const struct {
        const char *before, *after;
    } over[] = {
        {"<message id='m1'>", "</message>"},
        {"<message id='m1'><a><b><c>", "</c></b></a></message>"},
        {"<message id='m1'><a/><b>", "</b><message id='m2'/></message>"},
        {"<message id='m1'><a b='", "'/><a><b>text</b></a></message>"},
        {"<message id='m1'><a/><a b='", "'>text</a><c/></message>"},
    };
    CLEANUP_FREE char *fill = repeat('x', STANZA_MAX - 20), *more = repeat('x', STANZA_MAX + 1);
    for (size_t i = 0; i < COUNT(over); i++) {
        CLEANUP_FREE char *text = mem_format("%s%s%s", over[i].before, fill, over[i].after);
        forget(&l);
        assert_int_equal(feed(&l, text), 0);
        assert_string_equal(heard(&l), "too large <message id='m1' xmlns='jabber:client'/>\n");
        /* the rest of the stream goes on */
        forget(&l);
        assert_int_equal(feed(&l, "<message id='next'><body>t</body></message>"), 0);
        assert_string_equal(heard(&l), "<message id='next' xmlns='jabber:client'><body>t</body>"
                                       "</message>\n");
    }
    /* Text between children is dropped, so it counts only while it is read. */
    CLEANUP_FREE char *mixed = mem_format("<message id='m3'>%s<a/>%s</message>", fill, fill);
    CLEANUP_FREE char *long_text = mem_format("<message id='m4'>%s<a/></message>", more);
    forget(&l);
    assert_int_equal(feed(&l, mixed), 0);
    assert_int_equal(feed(&l, long_text), 0);
    assert_int_equal(feed(&l, "</stream:stream>"), 0);
    assert_string_equal(heard(&l), "<message id='m3' xmlns='jabber:client'><a/></message>\n"
                                   "too large <message id='m4' xmlns='jabber:client'/>\nclosed\n");
}

/* The cap counts memory: near it one more byte makes the difference, and never a crash. */
static void xml_stream__feed__around_the_cap(void **state)
{
    (void)state;
    bool refused = false;
    for (size_t body = STANZA_MAX - 600; body < STANZA_MAX + 10; body++) {
        CLEANUP_LISTENER struct listener l;
        CLEANUP_FREE char *text = message_of(body);
        listener_init(&l, STANZA_MAX);
        assert_int_equal(feed(&l, OPEN), 0);
        forget(&l);
        assert_int_equal(feed(&l, text), 0);
        bool now = strncmp(heard(&l), "too large", 9) == 0;
        assert_true(now || strncmp(heard(&l), "<message", 8) == 0);
        assert_true(now || !refused);
        refused = now;
    }
    assert_true(refused);
}

static void xml_stream__feed__depth_and_attributes(void **state)
{
    (void)state;
    CLEANUP_LISTENER struct listener l;
    listener_init(&l, 65536);
    struct buf b = BUF_INIT(65536);
    assert_int_equal(feed(&l, OPEN), 0);
    for (size_t depth = XML_DEPTH_MAX - 1; depth <= XML_DEPTH_MAX + 1; depth++) {
        buf_reset(&b);
        for (size_t i = 0; i < depth; i++)
            buf_put_text(&b, i == 0 ? "<message>" : "<a>");
        for (size_t i = 0; i < depth; i++)
            buf_put_text(&b, i == depth - 1 ? "</message>" : "</a>");
        forget(&l);
        assert_int_equal(feed(&l, buf_text(&b)), 0);
        bool large = strncmp(heard(&l), "too large", 9) == 0;
        assert_int_equal(large, depth >= XML_DEPTH_MAX); /* the stream is one of them */
    }
    /* Too many attributes: of a child; of the stanza itself, which nobody hears of then. */
    buf_reset(&b);
    for (size_t i = 0; i <= XML_ATTRIBUTES_MAX; i++)
        buf_format(&b, " a%zu='1'", i);
    CLEANUP_FREE char *child = mem_format("<message id='1'><a%s/></message>", buf_text(&b));
    CLEANUP_FREE char *own = mem_format("<message%s><a>text</a></message>", buf_text(&b));
    CLEANUP_FREE char *stream = mem_format("<stream%s/>", buf_text(&b));
    forget(&l);
    assert_int_equal(feed(&l, child), 0);
    assert_int_equal(feed(&l, own), 0);
    assert_int_equal(feed(&l, "<iq/>"), 0);
    assert_string_equal(heard(&l), "too large <message id='1' xmlns='jabber:client'/>\n"
                                   "<iq xmlns='jabber:client'/>\n");
    /* The stream's own tag: it never opened, so it is not closed either. */
    CLEANUP_LISTENER struct listener second;
    listener_init(&second, 65536);
    assert_int_equal(feed(&second, stream), ERR_FORMAT);
    assert_string_equal(heard(&second), "");
    buf_clear(&b);
}

/* Not even a tag that never ends makes it hold more than its cap. */
static void xml_stream__feed__tag_without_end(void **state)
{
    (void)state;
    static const char *const starts[] = {"<message id='", "<message ", "<", "</", "<!", "&"};
    CLEANUP_FREE char *fill = repeat('x', 1000);
    for (size_t i = 0; i < COUNT(starts); i++) {
        CLEANUP_LISTENER struct listener l;
        listener_init(&l, STANZA_MAX);
        assert_int_equal(feed(&l, OPEN), 0);
        int r = feed(&l, starts[i]);
        size_t fed = 0;
        for (; r == 0 && fed < 100000; fed += 1000)
            r = feed(&l, fill);
        assert_int_equal(r, ERR_FORMAT);
        assert_true(fed <= STANZA_MAX + 1000);
    }
    /* Whitespace between stanzas, which keeps a connection alive, is not such a tag. */
    CLEANUP_LISTENER struct listener l;
    listener_init(&l, STANZA_MAX);
    assert_int_equal(feed(&l, OPEN), 0);
    for (size_t i = 0; i < 3 * STANZA_MAX; i++)
        assert_int_equal(feed(&l, i % 2 == 0 ? " " : "\n"), 0);
    assert_int_equal(feed(&l, "<iq/>"), 0);
    assert_says(heard(&l), "<iq xmlns='jabber:client'/>");
}

static void xml_stream__feed__forbidden(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "<!-- comment -->",
        "<?target?>",
        "<message><!-- c --></message>",
        "<message><?target?></message>",
        "<!DOCTYPE a>",
        "&unknown;",
        "<message>&unknown;</message>",
        "</message>",
        "<message></iq>",
        "<a b='1' b='2'/>",
        "\x01",
        "\xff",
        "<message>\xff",
        "<?xml version='1.0'?>",
        "</stream:stream><message/>",
        "</stream:stream>text",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_LISTENER struct listener l;
        listener_init(&l, STANZA_MAX);
        assert_int_equal(feed(&l, OPEN), 0);
        assert_int_equal(feed(&l, "<message id='before'/>"), 0);
        forget(&l);
        assert_int_equal(feed(&l, bad[i]), ERR_FORMAT);
        /* it is over: nothing that follows is heard */
        assert_int_equal(feed(&l, "<message id='after'/>"), ERR_FORMAT);
        assert_null(strstr(heard(&l), "after"));
        assert_null(strstr(heard(&l), "<message"));
    }
    static const char *const before[] = {
        "<!DOCTYPE s [<!ENTITY b 'c'>]>" OPEN,
        "<!-- c -->" OPEN,
        "<?target?>" OPEN,
        "text" OPEN,
        "<?xml version='1.0'?><?xml version='1.0'?>" OPEN,
    };
    for (size_t i = 0; i < COUNT(before); i++) {
        CLEANUP_LISTENER struct listener l;
        listener_init(&l, STANZA_MAX);
        assert_int_equal(feed(&l, before[i]), ERR_FORMAT);
        assert_string_equal(heard(&l), "");
    }
}

static void xml_stream__feed__namespace(void **state)
{
    (void)state;
    CLEANUP_LISTENER struct listener l;
    listener_init(&l, STANZA_MAX);
    assert_int_equal(feed(&l, "<s id='1'><a/><b xmlns='u'><c/></b></s>"), 0);
    assert_string_equal(heard(&l), "opened s 1\n<a/>\n<b xmlns='u'><c/></b>\nclosed\n");
}

static void xml_stream__free__in_the_middle(void **state)
{
    (void)state;
    CLEANUP_LISTENER struct listener l;
    listener_init(&l, STANZA_MAX);
    assert_int_equal(feed(&l, OPEN "<message><body>half"), 0);
    xml_stream_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_stream__feed__whole),
        cmocka_unit_test(xml_stream__feed__split_at_every_byte),
        cmocka_unit_test(xml_stream__feed__byte_by_byte),
        cmocka_unit_test(xml_stream__feed__at_once),
        cmocka_unit_test(xml_stream__feed__source_length),
        cmocka_unit_test(xml_stream__feed__too_large),
        cmocka_unit_test(xml_stream__feed__around_the_cap),
        cmocka_unit_test(xml_stream__feed__depth_and_attributes),
        cmocka_unit_test(xml_stream__feed__tag_without_end),
        cmocka_unit_test(xml_stream__feed__forbidden),
        cmocka_unit_test(xml_stream__feed__namespace),
        cmocka_unit_test(xml_stream__free__in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
