#include "test.h"

#include "base/calendar.h"
#include "wire/value.h"

struct form {
    const char *text;
    bool valid;
};

static void check(bool (*valid)(const char *), const struct form *forms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (valid(forms[i].text) != forms[i].valid)
            fail_msg("\"%s\" should be %s", forms[i].text, forms[i].valid ? "valid" : "refused");
}

/* `prefix` lengthened with 'a' to `len` bytes. */
static void check_length(bool (*valid)(const char *), const char *prefix, size_t max)
{
    CLEANUP_FREE char *fill = repeat('a', max + 1);
    memcpy(fill, prefix, strlen(prefix));
    assert_false(valid(fill));
    fill[max] = '\0';
    assert_true(valid(fill));
}

static void value__handle_valid__forms(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"a", true},      {"0", true},    {"anna", true},      {"a.b_c-d", true}, {"9..--__", true},
        {"", false},      {".a", false},  {"-a", false},       {"_a", false},     {"A", false},
        {"annA", false},  {"a b", false}, {" a", false},       {"a ", false},     {"a@b", false},
        {"a/b", false},   {"a+b", false}, {"\xc3\xa4", false}, {"a\n", false},    {"a\x7f", false},
        {"a\xff", false},
    };
    check(value_handle_valid, forms, COUNT(forms));
    check_length(value_handle_valid, "", VALUE_HANDLE_MAX);
}

static void value__domain_valid__forms(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"a", true},
        {"chat.example", true},
        {"a-b.c--d.e9", true},
        {"127.0.0.1", true},
        {"xn--bcher-kva.example", true},
        {"", false},
        {".", false},
        {"a.", false},
        {".a", false},
        {"a..b", false},
        {"-a.b", false},
        {"a-.b", false},
        {"a.b-", false},
        {"a.-b", false},
        {"A.b", false},
        {"a_b", false},
        {"a b", false},
        {"a@b", false},
        {"a/b", false},
        {"a:5222", false},
        {"[::1]", false},
        {"b\xc3\xbc"
         "cher.example",
         false},
    };
    check(value_domain_valid, forms, COUNT(forms));
    char label[65];
    memset(label, 'a', 64);
    label[64] = '\0';
    assert_false(value_domain_valid(label));
    assert_true(value_domain_valid(label + 1));
    CLEANUP_FREE char *longest = repeat('a', VALUE_DOMAIN_MAX + 1);
    for (size_t i = 63; i < VALUE_DOMAIN_MAX - 1; i += 64)
        longest[i] = '.';
    assert_false(value_domain_valid(longest));
    longest[VALUE_DOMAIN_MAX] = '\0';
    assert_true(value_domain_valid(longest));
}

static void value__account_valid__just_this_domain(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"anna@chat.example", true},
        {"a@chat.example", true},
        {"chat.example", false},
        {"@chat.example", false},
        {"anna@chat.example.", false},
        {"anna@chat.exampl", false},
        {"anna@other.example", false},
        {"anna@chat.example/phone", false},
        {"Anna@chat.example", false},
        {"anna@CHAT.example", false},
        {"anna@@chat.example", false},
        {"a@b@chat.example", false},
        {"anna@", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(forms); i++)
        assert_int_equal(value_account_valid(forms[i].text, "chat.example"), forms[i].valid);
}

static void value__bare_valid__forms(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"anna@chat.example", true},
        {"ibot.chat.example", true},
        {"a@b", true},
        {"anna@", false},
        {"@b", false},
        {"", false},
        {"anna@chat.example/x", false},
        {"a@b@c", false},
        {"a@-b", false},
        {"A@b", false},
    };
    check(value_bare_valid, forms, COUNT(forms));
    /* The longest: a handle and a domain at their bounds. */
    CLEANUP_FREE char *jid = repeat('a', VALUE_JID_MAX);
    jid[VALUE_HANDLE_MAX] = '@';
    for (size_t i = VALUE_HANDLE_MAX + 2; i < VALUE_JID_MAX - 1; i += 2)
        jid[i] = '.';
    assert_true(value_bare_valid(jid));
    CLEANUP_FREE char *longer = mem_format("a%s", jid);
    assert_false(value_bare_valid(longer));
}

static void value__id_valid__forms(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"m1", true},
        {"!", true},
        {"~", true},
        {"a b", true},
        {"#$%()*+,-./:;=?@[]^_`{|}", true},
        {"<33155740.JavaMail.evans@thyme>", false},
        {"33155740.JavaMail.evans@thyme", true},
        {"", false},
        {"a\"", false},
        {"a\\", false},
        {"a<", false},
        {"a>", false},
        {"a&", false},
        {"a'", false},
        {"a\n", false},
        {"a\x1f", false},
        {"a\x7f", false},
        {"a\x80", false},
        {"\xc3\xa4", false},
    };
    check(value_id_valid, forms, COUNT(forms));
    check_length(value_id_valid, "", VALUE_ID_MAX);
}

static void value__warrant_valid__forms(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"2019-0147", true}, {"A", true},   {"z.Z_9-", true},    {"", false},
        {"-1", false},       {".a", false}, {"_a", false},       {"a b", false},
        {"a/b", false},      {"a'", false}, {"\xc3\xa4", false}, {"a\n", false},
    };
    check(value_warrant_valid, forms, COUNT(forms));
    check_length(value_warrant_valid, "", VALUE_WARRANT_MAX);
}

static void value__country_valid__forms(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"NL", true},   {"AA", true}, {"ZZ", true},  {"nl", false}, {"Nl", false}, {"N", false},
        {"NLD", false}, {"", false},  {"N1", false}, {"N ", false}, {"N@", false}, {"N[", false},
    };
    check(value_country_valid, forms, COUNT(forms));
}

static bool line_valid(const char *s)
{
    return value_line_valid(s, 16);
}

static void value__line_valid__forms(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"x", true},          {" two words ", true}, {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91", true},
        {"\xc2\xa0", true},   {"", false},           {"a\nb", false},
        {"a\tb", false},      {"a\rb", false},       {"\x01", false},
        {"a\x7f", false},     {"\xc2\x80", false},   {"\xc2\x85", false},
        {"a\xc2\x9f", false}, {"a\xc2", false},      {"\xff", false},
    };
    check(line_valid, forms, COUNT(forms));
    check_length(line_valid, "", 16);
}

static void value__path_valid__forms(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"/a", true},
        {"/upload/0a1b/Xy9/photo.jpg", true},
        {"/.hidden/a..b/...", true},
        {"/a%20b/%C3%A4%22", true},
        {"/-._~!$()*+,;=:@", true},
        {"", false},
        {"/", false},
        {"a", false},
        {"a/b", false},
        {"//evil.example/a", false},
        {"/a//b", false},
        {"/a/", false},
        {"/..", false},
        {"/a/..", false},
        {"/../a", false},
        {"/./a", false},
        {"/a/.", false},
        {"/%2E%2E/a", false}, /* the same dots */
        {"/%2e%2e/a", false},
        {"/a%2Fb", false},
        {"/%61", false}, /* may stand unescaped */
        {"/%c3%a4", false},
        {"/%00", false},
        {"/%0A", false},
        {"/%7F", false},
        {"/%", false},
        {"/%4", false},
        {"/%G0", false},
        {"/%2", false},
        {"/a b", false},
        {"/a?b", false},
        {"/a#b", false},
        {"/a\\b", false},
        {"/a'b", false},
        {"/a\"b", false},
        {"/a<b", false},
        {"/a&b", false},
        {"/a\n", false},
        {"/\xc3\xa4", false},
    };
    check(value_path_valid, forms, COUNT(forms));
    check_length(value_path_valid, "/", VALUE_PATH_MAX);
}

static void value__utf8_valid__rfc_3629(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"plain", true},
        {"", true},
        {"\x01\x7f", true},
        {"\xc2\x80", true},
        {"\xdf\xbf", true},
        {"\xe0\xa0\x80", true},
        {"\xed\x9f\xbf", true},
        {"\xee\x80\x80", true},
        {"\xef\xbf\xbf", true},
        {"\xf0\x90\x80\x80", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"\x80", false},
        {"\xbf", false},
        {"\xc0\x80", false}, /* overlong */
        {"\xc1\xbf", false},
        {"\xe0\x9f\xbf", false},
        {"\xf0\x8f\xbf\xbf", false},
        {"\xed\xa0\x80", false}, /* a surrogate */
        {"\xed\xbf\xbf", false},
        {"\xf4\x90\x80\x80", false}, /* past U+10FFFF */
        {"\xf5\x80\x80\x80", false},
        {"\xff", false},
        {"\xc3", false}, /* cut */
        {"\xe2\x82", false},
        {"\xf0\x9f\x94", false},
        {"\xc3(", false},
        {"\xe2(\x82", false},
        {"\xe2\x82(", false},
        {"a\xf0\x9f\x94", false},
    };
    for (size_t i = 0; i < COUNT(forms); i++)
        assert_int_equal(value_utf8_valid(forms[i].text, strlen(forms[i].text)), forms[i].valid);
    assert_true(value_utf8_valid("a\0b", 3));
    assert_false(value_utf8_valid("\xc3\xa4", 1));
}

static void value__instant_valid__bounds(void **state)
{
    (void)state;
    int64_t first, last;
    assert_int_equal(calendar_parse("0001-01-01T00:00:00.000Z", &first), 0);
    assert_int_equal(calendar_parse("9999-12-31T23:59:59.999Z", &last), 0);
    assert_true(value_instant_valid(first));
    assert_true(value_instant_valid(last));
    assert_true(value_instant_valid(0));
    assert_false(value_instant_valid(first - 1));
    assert_false(value_instant_valid(last + 1));
    assert_false(value_instant_valid(INT64_MIN));
    assert_false(value_instant_valid(INT64_MAX));
}

static void value__handle_of__part_before_at(void **state)
{
    (void)state;
    char handle[VALUE_HANDLE_MAX + 1];
    value_handle_of("anna@chat.example", handle);
    assert_string_equal(handle, "anna");
    value_handle_of("chat.example", handle);
    assert_string_equal(handle, "");
    CLEANUP_FREE char *jid = repeat('a', VALUE_HANDLE_MAX + 2);
    jid[VALUE_HANDLE_MAX + 1] = '@';
    value_handle_of(jid, handle); /* longer than a handle */
    assert_string_equal(handle, "");
    jid[VALUE_HANDLE_MAX] = '@';
    value_handle_of(jid, handle);
    assert_int_equal(strlen(handle), VALUE_HANDLE_MAX);
}

static void value__bare_of__cuts_the_resource(void **state)
{
    (void)state;
    char bare[VALUE_JID_MAX + 1];
    assert_int_equal(value_bare_of("anna@chat.example/phone/2", bare), 0);
    assert_string_equal(bare, "anna@chat.example");
    assert_int_equal(value_bare_of("chat.example", bare), 0);
    assert_string_equal(bare, "chat.example");
    CLEANUP_FREE char *jid = repeat('a', VALUE_JID_MAX + 1);
    assert_int_equal(value_bare_of(jid, bare), ERR_LIMIT);
    jid[VALUE_JID_MAX] = '/';
    assert_int_equal(value_bare_of(jid, bare), 0);
    assert_int_equal(strlen(bare), VALUE_JID_MAX);
}

/* Text is looked at eight bytes at a time: each byte in each place. */
static void value__utf8_valid__finds_a_byte_in_any_place(void **state)
{
    (void)state;
    for (size_t at = 0; at < 20; at++) {
        CLEANUP_FREE char *text = repeat('x', 20);
        text[at] = '\x80';
        assert_false(value_utf8_valid(text, 20));
        text[at] = '\0';
        assert_true(value_utf8_valid(text, 20));
        if (at == 19)
            break;
        memcpy(text + at, "\xc3\xa9", 2);
        assert_true(value_utf8_valid(text, 20));
        assert_int_equal(value_utf8_valid(text, at + 1), false); /* cut inside */
    }
}

static void value__put_json__escapes_in_any_place(void **state)
{
    (void)state;
    for (int c = 1; c < 0x80; c++)
        for (size_t at = 0; at < 18; at++) {
            CLEANUP_BUF struct buf b = BUF_INIT(1000);
            CLEANUP_FREE char *text = repeat('x', 18);
            CLEANUP_FREE char *as = c == '\n'               ? mem_string("\\n")
                                    : c == '"' || c == '\\' ? mem_format("\\%c", c)
                                    : c < 0x20              ? mem_format("\\u%04x", (unsigned)c)
                                                            : mem_format("%c", c);
            text[at] = (char)c;
            CLEANUP_FREE char *expected =
                mem_format("\"%.*s%s%s\"", (int)at, text, as, text + at + 1);
            value_put_json(&b, text);
            assert_string_equal(buf_text(&b), expected);
        }
}

static void value__put_json__escapes(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "\"\""},
        {"plain /", "\"plain /\""},
        {"\"\\", "\"\\\"\\\\\""},
        {"a\nb", "\"a\\nb\""},
        {"\x01\t\x1f\x7f", "\"\\u0001\\u0009\\u001f\x7f\""},
        {"\xc3\xa4", "\"\xc3\xa4\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(100);
        value_put_json(&b, cases[i][0]);
        assert_string_equal(buf_text(&b), cases[i][1]);
    }
    CLEANUP_BUF struct buf b = BUF_INIT(100);
    value_put_json(&b, "\xff");
    assert_true(buf_failed(&b));
}

static void value__parse_u64__forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t max, value;
        bool valid;
    } cases[] = {
        {"0", 0, 0, true},
        {"1", 0, 0, false},
        {"7", 7, 7, true},
        {"8", 7, 0, false},
        {"10", 7, 0, false},
        {"99", 99, 99, true},
        {"100", 99, 0, false},
        {"4294967295", UINT32_MAX, UINT32_MAX, true},
        {"4294967296", UINT32_MAX, 0, false},
        {"18446744073709551615", UINT64_MAX, UINT64_MAX, true},
        {"18446744073709551616", UINT64_MAX, 0, false},
        {"99999999999999999999", UINT64_MAX, 0, false},
        {"", 9, 0, false},
        {"00", 9, 0, false},
        {"01", 9, 0, false},
        {"-1", 9, 0, false},
        {"+1", 9, 0, false},
        {" 1", 9, 0, false},
        {"1 ", 9, 0, false},
        {"1\n", 9, 0, false},
        {"0x1", 9, 0, false},
        {"1.0", 9, 0, false},
        {"\xd9\xa1", 9, 0, false}, /* an Arabic digit one */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t v = 77;
        int r = value_parse_u64(cases[i].text, cases[i].max, &v);
        assert_int_equal(r, cases[i].valid ? 0 : ERR_FORMAT);
        assert_true(v == (cases[i].valid ? cases[i].value : 77));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value__handle_valid__forms),
        cmocka_unit_test(value__domain_valid__forms),
        cmocka_unit_test(value__account_valid__just_this_domain),
        cmocka_unit_test(value__bare_valid__forms),
        cmocka_unit_test(value__id_valid__forms),
        cmocka_unit_test(value__warrant_valid__forms),
        cmocka_unit_test(value__country_valid__forms),
        cmocka_unit_test(value__line_valid__forms),
        cmocka_unit_test(value__path_valid__forms),
        cmocka_unit_test(value__utf8_valid__rfc_3629),
        cmocka_unit_test(value__instant_valid__bounds),
        cmocka_unit_test(value__handle_of__part_before_at),
        cmocka_unit_test(value__bare_of__cuts_the_resource),
        cmocka_unit_test(value__utf8_valid__finds_a_byte_in_any_place),
        cmocka_unit_test(value__put_json__escapes_in_any_place),
        cmocka_unit_test(value__put_json__escapes),
        cmocka_unit_test(value__parse_u64__forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
