/* Looking things up in a tree, building one, reading one element, and writing. */
#include "test.h"

#include "wire/xml.h"

#define ARENA_MAX (1U << 20)

static struct xml_element *parse(struct arena *a, const char *text)
{
    struct xml_element *x = NULL;
    assert_int_equal(xml_parse(a, text, strlen(text), &x), 0);
    assert_non_null(x);
    return x;
}

static int refused(const char *text, size_t len)
{
    struct arena a = ARENA_INIT(ARENA_MAX);
    struct xml_element *untouched = (struct xml_element *)&a, *x = untouched;
    int r = xml_parse(&a, text, len, &x);
    assert_ptr_equal(x, untouched);
    arena_clear(&a);
    return r;
}

/* Reads the text, writes it, and compares with `becomes` (NULL: the same text). */
static void check_written(const char *text, const char *becomes)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(ARENA_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(ARENA_MAX);
    xml_put_element(&b, parse(&a, text));
    assert_string_equal(buf_text(&b), becomes == NULL ? text : becomes);
}

static void xml__attribute_of__first_match(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(ARENA_MAX);
    const struct xml_element *x = parse(&a, "<a one='1' two='' x:one='3' xmlns:x='u'/>");
    assert_string_equal(xml_attribute_of(x, "one"), "1");
    assert_string_equal(xml_attribute_of(x, "two"), "");
    assert_string_equal(xml_attribute_of(x, "x:one"), "3");
    assert_null(xml_attribute_of(x, "on"));
    assert_null(xml_attribute_of(x, "three"));
    assert_int_equal(x->attribute_count, 4);
}

static void xml__child__by_name_and_namespace(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(ARENA_MAX);
    const struct xml_element *x =
        parse(&a, "<a xmlns='u'><b/><c n='1'/><b xmlns='v'/><c n='2'/><d xmlns=''/></a>");
    assert_true(xml_is(x, "a", "u"));
    assert_false(xml_is(x, "a", ""));
    assert_false(xml_is(x, "b", "u"));
    assert_string_equal(xml_child(x, "b", "u")->ns, "u");
    assert_string_equal(xml_child(x, "b", "v")->ns, "v");
    assert_non_null(xml_child(x, "d", ""));
    assert_null(xml_child(x, "d", "u"));
    assert_null(xml_child(x, "e", "u"));
    assert_string_equal(xml_attribute_of(xml_child(x, "c", "u"), "n"), "1");
    assert_null(xml_only_child(x, "c", "u")); /* there are two */
    assert_non_null(xml_only_child(x, "b", "u"));
    assert_non_null(xml_only_child(x, "b", "v"));
    assert_null(xml_only_child(x, "e", "u"));
}

static void xml__parse__namespaces(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(ARENA_MAX);
    const struct xml_element *x =
        parse(&a, "<a xmlns='u'><b><c/></b><d xmlns='v'><e/><f xmlns='u'/></d><g/>"
                  "<x:h xmlns:x='urn:ironside:access:1'/></a>");
    const struct xml_element *b = xml_child(x, "b", "u");
    assert_non_null(xml_child(b, "c", "u"));
    const struct xml_element *d = xml_child(x, "d", "v");
    assert_non_null(xml_child(d, "e", "v"));
    assert_non_null(xml_child(d, "f", "u"));
    assert_non_null(xml_child(x, "g", "u"));
    /* A prefix is part of the name: such an element is never one of ours. */
    assert_null(xml_child(x, "h", "urn:ironside:access:1"));
    assert_non_null(xml_child(x, "x:h", "u"));
}

static void xml__parse__text(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"<a>plain</a>", "plain"},
        {"<a/>", ""},
        {"<a></a>", ""},
        {"<a> \n\t </a>", " \n\t "},
        {"<a>&lt;&gt;&amp;&quot;&apos;</a>", "<>&\"'"},
        {"<a>&#65;&#x20AC;</a>", "A\xe2\x82\xac"},
        {"<a>one<![CDATA[ <two> ]]>three</a>", "one <two> three"},
        {"<a>\r\nx\ry</a>", "\nx\ny"}, /* XML 1.0 section 2.11 */
        {"<a>&#13;</a>", "\r"},
        {"<a>before<b/></a>", ""}, /* mixed: dropped */
        {"<a>before<b/>after</a>", ""},
        {"<a><b/>after</a>", ""},
        {"<a>before<b>inside</b>after</a>", ""},
        {"<?xml version='1.0'?><a>declared</a>", "declared"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(ARENA_MAX);
        const struct xml_element *x = parse(&a, cases[i][0]);
        assert_string_equal(x->text, cases[i][1]);
        assert_int_equal(x->text_len, strlen(cases[i][1]));
        if (x->first != NULL && strstr(cases[i][0], "inside") != NULL)
            assert_string_equal(x->first->text, "inside");
    }
}

static void xml__parse__malformed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "text",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>text",
        "</a>",
        "<a b></a>",
        "<a b=c></a>",
        "<a b='1' b='2'/>",
        "<a b='<'/>",
        "<a>&unknown;</a>",
        "<a>&</a>",
        "<a>&#0;</a>",
        "<a>&#1;</a>",
        "<a>\x01</a>",
        "<a>\xff</a>",
        "<a>\xed\xa0\x80</a>",
        "<a>\xef\xbf\xbf</a>",
        "<a>]]></a>",
        "<a",
        "<a><![CDATA[</a>",
        /* what RFC 6120 section 11.1 forbids */
        "<a><!-- comment --></a>",
        "<!-- comment --><a/>",
        "<a><?target data?></a>",
        "<?target data?><a/>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY % b 'c'> %b;]><a/>",
        "<!DOCTYPE l [<!ENTITY l0 'lol'><!ENTITY l1 '&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;'>"
        "<!ENTITY l2 '&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;'><!ENTITY l3 '&l2;&l2;&l2;&l2;&l2;&l2;'>"
        "<!ENTITY l4 '&l3;&l3;&l3;&l3;&l3;&l3;'>]><l>&l4;</l>",
        "<?xml version='1.0' encoding='no-such'?><a>\xe4</a>",
        "<?xml version='2.0'?><a",
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        if (refused(bad[i], strlen(bad[i])) != ERR_FORMAT)
            fail_msg("taken: %s", bad[i]);
    assert_int_equal(refused("<a>\0</a>", 8), ERR_FORMAT);
    /* The encoding is UTF-8 whatever the declaration says. */
    static const char latin[] = "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>";
    assert_int_equal(refused(latin, sizeof latin - 1), ERR_FORMAT);
}

static char *nested(size_t depth)
{
    struct buf b = BUF_INIT(ARENA_MAX);
    for (size_t i = 0; i < depth; i++)
        buf_put_text(&b, "<a>");
    for (size_t i = 0; i < depth; i++)
        buf_put_text(&b, "</a>");
    return buf_take_text(&b);
}

static char *with_attributes(size_t count, const char *before, const char *after)
{
    struct buf b = BUF_INIT(ARENA_MAX);
    buf_format(&b, "%s<a", before);
    for (size_t i = 0; i < count; i++)
        buf_format(&b, " n%zu='%zu'", i, i);
    buf_format(&b, "/>%s", after);
    return buf_take_text(&b);
}

static void xml__parse__depth_and_attributes(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(ARENA_MAX);
    CLEANUP_FREE char *deep = nested(XML_DEPTH_MAX), *deeper = nested(XML_DEPTH_MAX + 1);
    const struct xml_element *x = parse(&a, deep);
    size_t depth = 1;
    for (; x->first != NULL; x = x->first)
        depth++;
    assert_int_equal(depth, XML_DEPTH_MAX);
    assert_int_equal(refused(deeper, strlen(deeper)), ERR_LIMIT);

    CLEANUP_FREE char *many = with_attributes(XML_ATTRIBUTES_MAX, "<r>", "</r>");
    CLEANUP_FREE char *more = with_attributes(XML_ATTRIBUTES_MAX + 1, "<r>", "</r>");
    CLEANUP_FREE char *root = with_attributes(XML_ATTRIBUTES_MAX + 1, "", "");
    x = parse(&a, many)->first;
    assert_int_equal(x->attribute_count, XML_ATTRIBUTES_MAX);
    assert_string_equal(xml_attribute_of(x, "n31"), "31");
    assert_int_equal(refused(more, strlen(more)), ERR_LIMIT);
    assert_int_equal(refused(root, strlen(root)), ERR_LIMIT);
    /* What is malformed stays so, however deep. */
    deeper[strlen(deeper) - 1] = '\0';
    assert_int_equal(refused(deeper, strlen(deeper)), ERR_FORMAT);
}

static void xml__parse__arena_full(void **state)
{
    (void)state;
    CLEANUP_FREE char *fill = repeat('x', 4000);
    CLEANUP_FREE char *text = mem_format("<a><b>%s</b></a>", fill);
    CLEANUP_FREE char *attribute = mem_format("<a b='%s'/>", fill);
    bool taken = false;
    for (size_t max = 1; max < 9000; max += 13) {
        struct arena a = ARENA_INIT(max);
        struct xml_element *x = NULL;
        int r = xml_parse(&a, text, strlen(text), &x);
        assert_true(r == 0 || (r == ERR_LIMIT && !taken && x == NULL));
        taken = r == 0;
        arena_clear(&a);
    }
    assert_true(taken);
    struct arena a = ARENA_INIT(5000);
    struct xml_element *x = NULL;
    assert_int_equal(xml_parse(&a, attribute, strlen(attribute), &x), 0);
    assert_int_equal(xml_parse(&a, attribute, strlen(attribute), &x), ERR_LIMIT); /* half is used */
    arena_clear(&a);
}

static void xml__element_new__builds(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(ARENA_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(ARENA_MAX);
    static const char *const pairs[] = {"from", "a'b", "type", "get"};
    struct xml_element *iq = xml_element_new(&a, NULL, "iq", "jabber:client");
    assert_true(xml_set_attributes(&a, iq, pairs, 2));
    struct xml_element *query = xml_element_new(&a, iq, "query", "urn:q");
    struct xml_element *item = xml_element_new(&a, query, "item", NULL);
    struct xml_element *none = xml_element_new(&a, query, "none", "");
    assert_true(xml_set_text(&a, item, "x<y", 3));
    assert_string_equal(item->ns, "urn:q");
    assert_ptr_equal(query->first, item);
    assert_ptr_equal(item->next, none);
    xml_put_element(&b, iq);
    assert_string_equal(buf_text(&b),
                        "<iq from='a&apos;b' type='get' xmlns='jabber:client'><query xmlns='urn:q'>"
                        "<item>x&lt;y</item><none xmlns=''/></query></iq>");
    /* A part of it names its namespace, also where it was inherited. */
    buf_reset(&b);
    xml_put_element(&b, item);
    assert_string_equal(buf_text(&b), "<item xmlns='urn:q'>x&lt;y</item>");
}

static void xml__element_new__arena_full(void **state)
{
    (void)state;
    static const char *const pairs[] = {"from", "anna@chat.example"};
    for (size_t max = 0; max < 600; max++) {
        struct arena a = ARENA_INIT(max);
        struct xml_element *x = xml_element_new(&a, NULL, "message", "jabber:client");
        if (x != NULL && !xml_set_attributes(&a, x, pairs, 1))
            assert_int_equal(x->attribute_count, 0);
        if (x != NULL && !xml_set_text(&a, x, "text", 4))
            assert_string_equal(x->text, "");
        arena_clear(&a);
    }
    struct arena a = ARENA_INIT(ARENA_MAX);
    const char *many[2 * (XML_ATTRIBUTES_MAX + 1)];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = "x";
    struct xml_element *x = xml_element_new(&a, NULL, "a", NULL);
    assert_false(xml_set_attributes(&a, x, many, XML_ATTRIBUTES_MAX + 1));
    arena_clear(&a);
}

static void xml__escape__round_trip(void **state)
{
    (void)state;
    char every[128 + 16] = "";
    size_t len = 0;
    for (char c = 1; c > 0; c++)
        if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r')
            every[len++] = c;
    memcpy(every + len, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91", 10);
    const char *const texts[] = {
        every,
        "",
        " ",
        "\r",
        "\r\n",
        "a\r\nb\rc\nd\te",
        "]]>",
        "&amp;",
        "&#13;",
        "'\"",
        "\xc2\x85\xe2\x80\xa8", /* line ends of Unicode stay as they are */
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        CLEANUP_ARENA struct arena a = ARENA_INIT(ARENA_MAX);
        CLEANUP_BUF struct buf b = BUF_INIT(ARENA_MAX);
        buf_put_text(&b, "<a");
        xml_put_attribute(&b, "b", texts[i]);
        buf_put_text(&b, ">");
        xml_escape(&b, texts[i]);
        buf_put_text(&b, "</a>");
        const struct xml_element *x = parse(&a, buf_text(&b));
        assert_string_equal(x->text, texts[i]);
        assert_string_equal(xml_attribute_of(x, "b"), texts[i]);
    }
}

static void xml__escape__what_xml_cannot_carry(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x01",
        "a\x1f",
        "\x08",
        "\x0b",
        "\x0c",
        "\xff",
        "a\xc3",
        "\xed\xa0\x80",
        "\xc0\x80",
        "\xef\xbf\xbe",
        ("a\xef\xbf\xbf"
         "b"),
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(100), c = BUF_INIT(100);
        xml_escape(&b, bad[i]);
        assert_true(buf_failed(&b));
        xml_put_attribute(&c, "a", bad[i]);
        assert_true(buf_failed(&c));
    }
}

static void xml__put_base64__element(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(100);
    xml_put_base64(&b, "iv", "\x00\xff\x10", 3);
    xml_put_base64(&b, "none", NULL, 0);
    assert_string_equal(buf_text(&b), "<iv>AP8Q</iv><none></none>");
}

static void xml__put_element__as_it_was_read(void **state)
{
    (void)state;
    check_written("<a/>", NULL);
    check_written("<a></a>", "<a/>");
    check_written("<a>text</a>", NULL);
    check_written("<a xmlns='u'><b/><c><d e='1'/></c><f>g</f></a>", NULL);
    check_written("<a xmlns='u'><b xmlns=''><c/></b></a>", NULL);
    check_written("<x:a xmlns:x='u' x:b='1'><x:c/></x:a>", NULL);
    check_written("<a  b = \"1\" >t</a >", "<a b='1'>t</a>");
    check_written("<a b='&#9;&#10;&#13;'>&#13;</a>", NULL);
    check_written("<a>mixed<b/>text</a>", "<a><b/></a>");
    CLEANUP_FREE char *deep = nested(XML_DEPTH_MAX);
    CLEANUP_FREE char *becomes = replace(deep, "<a></a>", "<a/>");
    check_written(deep, becomes);
}

static void xml__put_element__buffer_full(void **state)
{
    (void)state;
    CLEANUP_ARENA struct arena a = ARENA_INIT(ARENA_MAX);
    const struct xml_element *x = parse(&a, "<a b='1'><c>text</c></a>");
    for (size_t max = 0; max < 25; max++) {
        struct buf b = BUF_INIT(max);
        xml_put_element(&b, x);
        assert_int_equal(buf_failed(&b), max < 24);
        buf_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml__attribute_of__first_match),
        cmocka_unit_test(xml__child__by_name_and_namespace),
        cmocka_unit_test(xml__parse__namespaces),
        cmocka_unit_test(xml__parse__text),
        cmocka_unit_test(xml__parse__malformed),
        cmocka_unit_test(xml__parse__depth_and_attributes),
        cmocka_unit_test(xml__parse__arena_full),
        cmocka_unit_test(xml__element_new__builds),
        cmocka_unit_test(xml__element_new__arena_full),
        cmocka_unit_test(xml__escape__round_trip),
        cmocka_unit_test(xml__escape__what_xml_cannot_carry),
        cmocka_unit_test(xml__put_base64__element),
        cmocka_unit_test(xml__put_element__as_it_was_read),
        cmocka_unit_test(xml__put_element__buffer_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
