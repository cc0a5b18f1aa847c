#include <unicode/uvernum.h>

#include "said.h"

static void text__version__names_what_an_index_rests_on(void **state)
{
    (void)state;
    assert_non_null(strstr(text_version(), "desk 1"));
    assert_non_null(strstr(text_version(), "ICU " U_ICU_VERSION));
    assert_non_null(strstr(text_version(), "common words 1"));
}

static void text__new__many_beside_each_other(void **state)
{
    (void)state;
    CLEANUP(text_free_cleanup) struct text *a = NULL, *b = NULL;
    assert_int_equal(text_new(&a, NULL), 0);
    assert_int_equal(text_new(&b, NULL), 0);
    assert_said(a, "Один the 你好", SAID_WORDS, "один the 你好");
    text_free(a);
    a = NULL;
    assert_said(b, "Один the 你好", SAID_WORDS, "один the 你好");
    text_free(NULL);
}

/* ---- common words ---- */

static void text__common__words_of_the_list(void **state)
{
    static const char *const not [] = {
        "",     "pier", "The",  "thee", "th",
        "boat", "мост", "я не", "的的", "a longer one than all of them",
        "\x02"};
    (void)state;
    assert_true(text_common("the", 3));
    assert_true(text_common("не", 4));
    assert_true(text_common("的", 3));
    assert_true(text_common("there", 3));
    assert_false(text_common("the", 2));
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
        assert_false(text_common(not [i], strlen(not [i])));
}

/* Each is as text_words hands it out, and makes pairs. */
static void text__common__list_is_folded_and_makes_pairs(void **state)
{
    CLEANUP(text_free_cleanup) struct text *t = NULL;
    (void)state;
    assert_int_equal(text_new(&t, NULL), 0);
    for (size_t i = 0; text_common_words[i] != NULL; i++) {
        const char *w = text_common_words[i];
        char text[64], pair[64];
        assert_said(t, w, SAID_WORDS, w);
        assert_true(strlen(w) <= TEXT_COMMON_BYTES_MAX);
        snprintf(text, sizeof text, "boat, %s", w);
        snprintf(pair, sizeof pair, "[boat+%s]", w);
        char *is = said(t, text, strlen(text), SAID_FORMS);
        if (strstr(is, pair) == NULL)
            fail_msg("\"%s\" makes no pair", w);
        free(is);
        for (size_t k = 0; k < i; k++)
            if (strcmp(w, text_common_words[k]) == 0)
                fail_msg("\"%s\" is there twice", w);
    }
}

/* The set of a walk against the list. */
static void text__common__set_agrees_with_the_list(void **state)
{
    static struct text_common_set set;
    uint32_t seed = 1;
    int found = 0;
    (void)state;
    text_common_fill(&set);
    for (int i = 0; i < 200000; i++) {
        char word[TEXT_COMMON_BYTES_MAX + 1];
        size_t len = seed >> 8 & 3;
        for (size_t k = 0; k < sizeof word; k++) { /* what stands behind it does not count */
            seed = seed * 1664525U + 1013904223U;
            word[k] = "adeehintosuvwyz"[(seed >> 16) % 15];
        }
        assert_int_equal(text_common_has(&set, word, len), text_common(word, len));
        found += text_common(word, len);
    }
    assert_true(found > 1000);
    assert_false(text_common_has(&set, "the the the the ", 17));
    assert_false(text_common_has(&set, "the the the the ", 0));
}

/* ---- languages ---- */

static void assert_language(const char *text, const char *expected)
{
    const char *is = text_language(text, strlen(text));
    if (strcmp(is, expected) != 0)
        fail_msg("\"%s\" is '%s', not '%s'", text, is, expected);
}

static void text__language__of_sentences(void **state)
{
    (void)state;
    assert_language("Can you call me when you get to the office tomorrow morning?", "en");
    assert_language("Guten Morgen, wie geht es dir heute?", "de");
    assert_language("On se voit demain devant la gare, vers dix-neuf heures?", "fr");
    assert_language("Mañana llegará el camión, según me dijo el señor.", "es");
    assert_language("Привет, как у тебя дела? Встретимся завтра на вокзале.", "ru");
    assert_language("Привіт, як справи? Зустрінемося завтра на вокзалі.", "uk");
    assert_language("سوف نلتقي غدا صباحا أمام محطة القطار", "ar");
    assert_language("שלום מה שלומך היום אני בסדר גמור", "he");
    assert_language("今天天气很好，我们去公园玩吧", "zh");
    assert_language("今天天氣很好，我們去公園玩吧，這裡沒有人", "zh");
    assert_language("明日の朝、駅で会いましょう。鍵を忘れないでください。", "ja");
    assert_language("พรุ่งนี้เจอกันที่สถานีรถไฟ", "th");
    assert_language("तुम कल सुबह कहाँ मिलोगे, मुझे बताओ", "hi");
}

static void text__language__not_said(void **state)
{
    (void)state;
    assert_language("", "");
    assert_language("ok", "");
    assert_language("lol", "");
    assert_language("👍👍", "");
    assert_language("12:30 2001-03-15 +49 170 1234567", "");
    assert_language("\xff\xfe\xc3", "");
    assert_language("Can you call me when you get \xff to the office tomorrow morning?", "");
    assert_string_equal(text_language(NULL, 0), "");
    assert_string_equal(text_language("Guten Morgen, wie geht es dir?", 2), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text__version__names_what_an_index_rests_on),
        cmocka_unit_test(text__new__many_beside_each_other),
        cmocka_unit_test(text__common__words_of_the_list),
        cmocka_unit_test(text__common__list_is_folded_and_makes_pairs),
        cmocka_unit_test(text__common__set_agrees_with_the_list),
        cmocka_unit_test(text__language__of_sentences),
        cmocka_unit_test(text__language__not_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
