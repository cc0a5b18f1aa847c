/* Text as it may be shown. */
#include "support.h"

#include "forms/clean.h"

static const struct {
    const char *in;
    size_t len; /* 0: up to the NUL */
    const char *text, *line;
    size_t replaced, replaced_line;
} cases[] = {
    {"", 0, "", "", 0, 0},
    {"plain", 0, "plain", "plain", 0, 0},
    {"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", 0, "ä € 😀", "ä € 😀", 0, 0},
    {"a\nb\tc", 0, "a\nb\tc", "a␊b␉c", 0, 2},
    {"a\r\nb\rc\r\n", 0, "a\nb\nc\n", "a␍␊b␍c␍␊", 0, 5},
    {"a\xc2\x85z", 0, "a\nz", "a␤z", 0, 1},
    {"a\xe2\x80\xa8z", 0, "a\xe2\x80\xa8z", "a␤z", 0, 1},
    {"\x1b[2J\x07\x7f", 0, "␛[2J␇␡", "␛[2J␇␡", 3, 3},
    {"a\0b", 3, "a␀b", "a␀b", 1, 1},
    {"\x14\xc2\x9b", 0, "␔\xef\xbf\xbd", "␔\xef\xbf\xbd", 2, 2},
    {"\xff\xfe", 0, "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd", 2, 2},
    {"cut \xe2\x82", 0, "cut \xef\xbf\xbd\xef\xbf\xbd", "cut \xef\xbf\xbd\xef\xbf\xbd", 2, 2},
    {"\xed\xa0\x80", 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 3, 3},
    {"\xc0\xaf", 0, "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd", 2, 2},
    {"\xef\xbf\xbf\xf0\x9f\xbf\xbe", 0, "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd", 2,
     2},
    {"\xef\xbb\xbfmark", 0, "\xef\xbb\xbfmark", "\xef\xbb\xbfmark", 0, 0},
    {"photo\xe2\x80\xaegpj.exe", 0, "photo\xe2\x80\xaegpj.exe", "photo\xef\xbf\xbdgpj.exe", 0, 1},
};

static size_t len_of(size_t i)
{
    return cases[i].len != 0 ? cases[i].len : strlen(cases[i].in);
}

static void clean_text__controls_and_bytes__are_visible(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(1024);
        assert_int_equal(clean_text(&b, cases[i].in, len_of(i)), cases[i].replaced);
        assert_string_equal(buf_text(&b), cases[i].text);
    }
}

static void clean_line__line_ends_and_orders__are_visible(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf b = BUF_INIT(1024);
        assert_int_equal(clean_line(&b, cases[i].in, len_of(i)), cases[i].replaced_line);
        assert_string_equal(buf_text(&b), cases[i].line);
    }
}

/* Every character that is one comes out as itself, or is counted. */
static void clean_text__every_character__is_itself_or_counted(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf in = BUF_INIT(8), out = BUF_INIT(8);
    for (uint32_t c = 1; c <= 0x10ffff; c++) {
        if (c == '\r' || c == 0x85 || (c >= 0xd800 && c < 0xe000))
            continue;
        buf_reset(&in);
        buf_reset(&out);
        clean_put(&in, c);
        size_t replaced = clean_text(&out, (const char *)in.data, in.len);
        assert_int_equal(replaced == 0,
                         in.len == out.len && memcmp(in.data, out.data, in.len) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_text__controls_and_bytes__are_visible),
        cmocka_unit_test(clean_line__line_ends_and_orders__are_visible),
        cmocka_unit_test(clean_text__every_character__is_itself_or_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
