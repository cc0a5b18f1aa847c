#include "said.h"

static int set_up(void **state)
{
    struct diag d = {""};
    if (text_new((struct text **)state, &d) != 0)
        fail_msg("%s", d.text);
    return 0;
}

static int tear_down(void **state)
{
    text_free(*state);
    return 0;
}

/* ---- what a word is ---- */

static void words__latin__split_and_folded(void **state)
{
    assert_said(*state, "", SAID_WORDS, "");
    assert_said(*state, " .,;!? -_'\"", SAID_WORDS, "");
    assert_said(*state, "Hello, World", SAID_WORDS, "hello world");
    assert_said(*state, "mail john.doe@enron.com!", SAID_WORDS, "mail john doe enron com");
    assert_said(*state, "u.s.a U.S.A.", SAID_WORDS, "u s a u s a");
    assert_said(*state, "don't don’t donʼt don＇t", SAID_WORDS, "don t don t don t don t");
    assert_said(*state, "foo_bar a-b c/d 3.14 1,000 10:30", SAID_WORDS,
                "foo bar a b c d 3 14 1 000 10 30");
    assert_said(*state, "abc123 4you", SAID_WORDS, "abc123 4you");
    assert_said(*state, "m² ½ ①", SAID_WORDS, "m 2 12 1");
}

static void words__accents__only_where_they_are_accents(void **state)
{
    assert_said(*state, "Ärger Straße naïve ÉTÉ Łódź søster İstanbul ısı", SAID_WORDS,
                "arger strasse naive ete lodz soster istanbul isi");
    assert_said(*state, "e\u0301te\u0301 A\u030ar", SAID_WORDS, "ete ar");
    assert_said(*state, "Αθήνα ΟΔΟΣ ὁδός Ёлка й", SAID_WORDS, "αθηνα οδοσ οδοσ елка и");
    assert_said(*state, "ñ Å ﬁne Ĳ Ⅳ", SAID_WORDS, "n a fine ij iv");
    /* vowels elsewhere */
    assert_said(*state, "हिन्दी में", SAID_WORDS, "हिन्दी में");
    assert_said(*state, "עִבְרִית", SAID_WORDS, "עִבְרִית");
    assert_said(*state, "مُحَمَّد", SAID_WORDS, "مُحَمَّد");
    assert_said(*state, "กำลัง", SAID_WORDS, "กําลัง"); /* as two characters, by NFKC */
    assert_said(*state, "が か\u3099", SAID_WORDS, "が が");
}

static void words__width__and_digits(void **state)
{
    assert_said(*state, "ＡＢＣ１２３ ﾃｽﾄ", SAID_WORDS, "abc123 テスト");
    assert_said(*state, "٠١٢ ۳۴ ५६ ๗๘", SAID_WORDS, "012 34 56 78");
    assert_said(*state, "co\u00adoperate wo\u200drd", SAID_WORDS, "cooperate word");
}

static void words__without_blanks__by_dictionary(void **state)
{
    assert_said(*state, "ฉันรักประเทศไทย", SAID_WORDS, "ฉัน รัก ประเทศไทย");
    assert_said(*state, "你好世界，我们去公园", SAID_WORDS, "你好 世界 我们 去 公园");
    assert_said(*state, "日本語を勉強する", SAID_WORDS, "日本語 を 勉強 する");
    assert_said(*state, "東京タワー", SAID_WORDS, "東京タワー");
    assert_said(*state, "한국어 공부", SAID_WORDS, "한국어 공부");
    assert_said(*state, "ທ່ານສະບາຍດີ", SAID_WORDS, "ທ່ານ ສະບາຍດີ");
}

static void words__leftward__and_mixed(void **state)
{
    assert_said(*state, "السلام عليكم، صديقي", SAID_WORDS, "السلام عليكم صديقي");
    assert_said(*state, "שלום, עולם צה\"ל צה״ל", SAID_WORDS, "שלום עולם צה ל צה ל");
    assert_said(*state, "iPhone手机很好", SAID_WORDS, "iphone 手机 很好");
    assert_said(*state, "meetме3", SAID_WORDS, "meetме3");
    assert_said(*state, "call 医生now", SAID_WORDS, "call 医生 now");
    assert_said(*state, "\u200fשלום\u200f", SAID_WORDS, "שלום");
}

static void words__emoji__are_words(void **state)
{
    assert_said(*state, "hi👍ok", SAID_WORDS, "hi 👍 ok");
    assert_said(*state, "👍👍🏽👍", SAID_WORDS, "👍 👍🏽 👍");
    assert_said(*state, "👨‍👩‍👧👩🏽‍🚀", SAID_WORDS,
                "👨‍👩‍👧 👩🏽‍🚀");
    assert_said(*state, "❤️ ❤ ❤︎", SAID_WORDS, "❤ ❤ ❤");
    assert_said(*state, "🇩🇪🇫🇷", SAID_WORDS, "🇩🇪 🇫🇷");
    assert_said(*state, "🏴󠁧󠁢󠁥󠁮󠁧󠁿", SAID_WORDS, "🏴󠁧󠁢󠁥󠁮󠁧󠁿");
    assert_said(*state, "Ⓜetro", SAID_WORDS, "metro"); /* a letter that is an emoji, too */
    assert_said(*state, "你好👍再见", SAID_WORDS, "你好 👍 再见");
    /* no emoji: signs that texts are full of */
    assert_said(*state, "Acme™ © ® → € § •", SAID_WORDS, "acme");
    assert_said(*state, "\ufe0f \u200d \u20e3", SAID_WORDS, "");
}

/* ---- what is no text ---- */

static void words__controls__separate(void **state)
{
    assert_said(*state,
                "a\x01"
                "b\x02"
                "c\x03"
                "d\x7f"
                "e\tf\ng\xc2\x85h\xc2\x9fi",
                SAID_WORDS, "a b c d e f g h i");
    assert_said(*state, "мо\x01сква 你\x02好", SAID_WORDS, "мо сква 你 好");
    char *is = said(*state, "a\0b", 3, SAID_WORDS);
    assert_string_equal(is, "a b");
    free(is);
}

static void words__broken_utf8__separates(void **state)
{
    assert_said(*state,
                "ab\xff"
                "cd",
                SAID_WORDS, "ab cd");
    assert_said(*state, "\xc3", SAID_WORDS, "");
    assert_said(*state, "a\xc3", SAID_WORDS, "a");
    assert_said(*state, "м\xd0о", SAID_WORDS, "м о");
    assert_said(*state, "\xe4\xbd", SAID_WORDS, "");
    assert_said(*state, "x\xed\xa0\x80y\xc0\xafz", SAID_WORDS, "x y z"); /* a surrogate, too long */
    assert_said(*state, "x\xf4\x90\x80\x80y", SAID_WORDS, "x y");
    assert_said(*state, "你\xff好", SAID_WORDS, "你 好");
    assert_said(*state, "\ufffe\uffff\U0010ffff", SAID_WORDS, "");
}

static void words__no_word__no_position(void **state)
{
    assert_said(*state, "a \u0301 \u0e31 \u3164 \u115f b", SAID_WORDS, "a b");
}

/* ---- how they are handed out ---- */

static void words__offsets__of_the_text(void **state)
{
    assert_said(*state, "Hi, Ärger!", SAID_OFFSETS, "hi@0-2 arger@4-10");
    assert_said(*state, "你好世界 x", SAID_OFFSETS, "你好@0-6 世界@6-12 x@13-14");
    assert_said(*state, "\xff👍🏽a", SAID_OFFSETS, "👍🏽@1-9 a@9-10");
    assert_said(*state, "u.s e\u0301x", SAID_OFFSETS, "u@0-1 s@2-3 ex@4-8");
    assert_said(*state, "ﷺ.", SAID_OFFSETS, "صلىاللهعليهوسلم@0-3");
}

static void words__pairs__with_a_common_word(void **state)
{
    assert_said(*state, "meet at the old Pier", SAID_FORMS,
                "meet [meet+at] at [at+the] the [the+old] old pier");
    assert_said(*state, "The", SAID_FORMS, "the");
    assert_said(*state, "red boat", SAID_FORMS, "red boat");
    assert_said(*state, "boat. The", SAID_FORMS | SAID_OFFSETS, "boat@0-4 [boat+the]@0-9 the@6-9");
    assert_said(*state, "old boat. The", SAID_FORMS | SAID_OFFSETS,
                "old@0-3 boat@4-8 [boat+the]@4-13 the@10-13");
    assert_said(*state, "не 👍", SAID_FORMS, "не (ne) [не+👍] 👍");
}

static void words__latin_forms__of_other_letters(void **state)
{
    assert_said(*state, "Москва", SAID_FORMS, "москва (moskva)");
    assert_said(*state, "Αθήνα", SAID_FORMS, "αθηνα (athena)");
    assert_said(*state, "北京", SAID_FORMS, "北京 (beijing)");
    assert_said(*state, "カタカナ", SAID_FORMS, "カタカナ (katakana)");
    assert_said(*state, "서울", SAID_FORMS, "서울 (seoul)");
    assert_said(*state, "हिन्दी", SAID_FORMS, "हिन्दी (hindi)");
    assert_said(*state, "Müller 123 ٣ 👍 ªb", SAID_FORMS, "muller 123 3 👍 ab");
    assert_said(*state, "ع", SAID_FORMS, "ع"); /* nothing is left of it */
    for (int i = 0; i < 3; i++)                /* from what it keeps, too */
        assert_said(*state, "Москва", SAID_FORMS, "москва (moskva)");
}

static void words__long__are_cut(void **state)
{
    static const char *const parts[] = {"a", "я", "你", "e\u0301", "ß", "👍"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct buf b = BUF_INIT(1U << 20);
        for (int n = 0; n < 1000; n++)
            buf_put_text(&b, i == 5 ? "👍\u200d" : parts[i]);
        char *fast = said(*state, buf_text(&b), b.len, SAID_OFFSETS);
        char *slow = said(*state, buf_text(&b), b.len, SAID_OFFSETS | SAID_SLOW);
        assert_string_equal(fast, slow);
        if (i != 2) { /* the dictionary's words are short */
            assert_null(strchr(fast, ' '));
            assert_true(strlen(fast) <= TEXT_WORD_BYTES_MAX + sizeof "@0-10000" - 1);
            assert_true(strlen(fast) > (i == 3 ? 192 : TEXT_WORD_BYTES_MAX - 4));
        }
        free(fast);
        free(slow);
        buf_clear(&b);
    }
}

/* Longer than what ICU sees at once, and than the stream. */
static void words__long_texts(void **state)
{
    static const char *const parts[] = {"alpha the ", "я не ", "你好世界", "ไทย ", "é\u0301x "};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct buf b = BUF_INIT(1U << 24);
        struct buf one = BUF_INIT(1U << 24);
        for (int n = 0; n < 30000; n++)
            buf_put_text(&b, parts[i]);
        char *all = said(*state, buf_text(&b), b.len, SAID_FORMS);
        char *part = said(*state, parts[i], strlen(parts[i]), SAID_WORDS);
        size_t words = 1, of_one = 1;
        for (const char *p = part; *p != '\0'; p++)
            of_one += *p == ' ';
        char *only = said(*state, buf_text(&b), b.len, SAID_WORDS);
        for (const char *p = only; *p != '\0'; p++)
            words += *p == ' ';
        if (i != 2) /* where a stretch ends, a word may be cut */
            assert_int_equal(words, of_one * 30000);
        else
            assert_in_range(words, of_one * 30000, of_one * 30000 + 10);
        assert_true(strlen(all) >= strlen(only));
        free(all);
        free(part);
        free(only);
        buf_clear(&b);
        buf_clear(&one);
    }
}

static int end_at_third(void *context, const struct text_word *w)
{
    int *count = context;
    (void)w;
    return ++*count == 3 ? 42 : 0;
}

static void words__callback__ends_the_walk(void **state)
{
    static const char *const texts[] = {"a b c d", "один два три четыре", "你好世界我们去公园",
                                        "👍👍👍👍", "two the of"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int count = 0;
        assert_int_equal(text_words(*state, texts[i], strlen(texts[i]), end_at_third, &count), 42);
        assert_int_equal(count, 3);
    }
}

/* ---- the paths against each other ---- */

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void assert_paths_agree(struct text *t, const char *text, size_t len)
{
    char *fast = said(t, text, len, SAID_FORMS | SAID_OFFSETS);
    char *slow = said(t, text, len, SAID_FORMS | SAID_OFFSETS | SAID_SLOW);
    if (strcmp(fast, slow) != 0) {
        for (size_t i = 0; i < len; i++)
            printf("\\x%02x", (unsigned char)text[i]);
        fail_msg(" \"%.*s\": \"%s\" and by ICU \"%s\"", (int)len, text, fast, slow);
    }
    free(fast);
    free(slow);
}

static void words__paths__agree_on_ascii(void **state)
{
    uint32_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        char text[24];
        size_t len = next(&seed) % sizeof text;
        for (size_t k = 0; k < len; k++)
            text[k] = (char)(next(&seed) % 3 == 0 ? next(&seed) % 128
                                                  : (uint32_t) "aB3.'_ @,-:"[next(&seed) % 11]);
        assert_paths_agree(*state, text, len);
    }
    for (int a = 0; a < 128; a++) /* what stands between letters, digits and both */
        for (int b = 0; b < 6; b++) {
            char text[] = {"ax33"[b % 4], (char)a, "a3 3bb"[b]};
            assert_paths_agree(*state, text, sizeof text);
        }
}

/* All of them, and those of which one's neighbours could change what becomes of it more often. */
static size_t put_any(char *to, uint32_t *seed)
{
    static const uint32_t often[] = {
        'a',    'T',     ' ',     '\'',    '3',     '.',    0xe4,   0x301,  0x2019, 0x200d,
        0xfe0f, 0x1f44d, 0x1f3fd, 0x1f1e9, 0x1f1ea, 0x20e3, 0xad,   0x200b, 0x30fb, 0x30fc,
        0x30ab, 0x306e,  0x4e00,  0xe01,   0xe31,   0x5d0,  0x5f3,  0x5b0,  0x627,  0x64f,
        0x940,  0x915,   0x94d,   0xb7,    0x387,   0xff9e, 0x2764, 0x3000, 0xa0,   0x24c2,
        0xfdfa, 0x1100,  0xac00,  0x11a8,  0x130,   0x131,  0x17f};
    uint32_t c = often[next(seed) % (sizeof often / sizeof *often)], kind = next(seed) % 8;
    size_t len = 0;
    if (kind < 3)
        c = next(seed) % 0x800;
    else if (kind == 3)
        c = next(seed) % 0x10000;
    else if (kind == 4)
        c = next(seed) % 0x20000;
    if (next(seed) % 50 == 0)
        to[len++] = (char)next(seed);
    if (c < 0xd800 || c >= 0xe000)
        U8_APPEND_UNSAFE((uint8_t *)to, len, c);
    return len;
}

static void words__paths__agree_on_all(void **state)
{
    uint32_t seed = 2;
    for (int i = 0; i < 60000; i++) {
        char text[64];
        size_t len = 0;
        for (uint32_t k = next(&seed) % 10; k > 0; k--)
            len += put_any(text + len, &seed);
        assert_paths_agree(*state, text, len);
    }
    for (uint32_t c = 0x80; c < 0x3000; c++) { /* between letters, and alone */
        uint8_t text[16] = "a";
        size_t len = 1;
        if (c < 0xd800 || c >= 0xe000)
            U8_APPEND_UNSAFE(text, len, c);
        text[len++] = 'b';
        assert_paths_agree(*state, (char *)text, len);
        assert_paths_agree(*state, (char *)text + 1, len - 2);
    }
}

/* A word as it was handed out is handed out as it is, so that what a query asks for is what stands
 * in the index. Dictionaries may break it again, which the tokenizer knows. */
static int fold_again(void *context, const struct text_word *w)
{
    struct text *again = context;
    if (w->kind != TEXT_WORD)
        return 0;
    char *is = said(again, w->word, w->len, SAID_WORDS), *to = is;
    for (const char *p = is; *p != '\0'; p++)
        if (*p != ' ')
            *to++ = *p;
    if ((size_t)(to - is) != w->len || memcmp(is, w->word, w->len) != 0)
        fail_msg("\"%.*s\" is \"%s\" when it is folded again", (int)w->len, w->word, is);
    free(is);
    return 0;
}

static void words__folded__stays(void **state)
{
    CLEANUP(text_free_cleanup) struct text *again = NULL;
    uint32_t seed = 3;
    assert_int_equal(text_new(&again, NULL), 0);
    for (int i = 0; i < 40000; i++) {
        char text[64];
        size_t len = 0;
        for (uint32_t k = next(&seed) % 10; k > 0; k--)
            len += put_any(text + len, &seed);
        text_words(*state, text, len, fold_again, again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words__latin__split_and_folded),
        cmocka_unit_test(words__accents__only_where_they_are_accents),
        cmocka_unit_test(words__width__and_digits),
        cmocka_unit_test(words__without_blanks__by_dictionary),
        cmocka_unit_test(words__leftward__and_mixed),
        cmocka_unit_test(words__emoji__are_words),
        cmocka_unit_test(words__controls__separate),
        cmocka_unit_test(words__broken_utf8__separates),
        cmocka_unit_test(words__no_word__no_position),
        cmocka_unit_test(words__offsets__of_the_text),
        cmocka_unit_test(words__pairs__with_a_common_word),
        cmocka_unit_test(words__latin_forms__of_other_letters),
        cmocka_unit_test(words__long__are_cut),
        cmocka_unit_test(words__long_texts),
        cmocka_unit_test(words__callback__ends_the_walk),
        cmocka_unit_test(words__paths__agree_on_ascii),
        cmocka_unit_test(words__paths__agree_on_all),
        cmocka_unit_test(words__folded__stays),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
