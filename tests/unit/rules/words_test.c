#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "rules/words.h"

#define FOUND_MAX 8

static struct text *text;

static int open_text(void **state)
{
    (void)state;
    return text_new(&text, NULL);
}

static int close_text(void **state)
{
    (void)state;
    text_free(text);
    return 0;
}

static struct words *list(const char *csv)
{
    struct words *w = NULL;
    struct diag d;
    if (words_read(csv, strlen(csv), text, &w, &d) < 0)
        fail_msg("%s", d.text);
    return w;
}

static int weigh(const struct words *w, const char *lang, const char *said)
{
    struct words_found found[FOUND_MAX];
    size_t count;
    return words_weigh(w, text, lang, said, strlen(said), found, FOUND_MAX, &count);
}

static void words__weigh__each_row_once(void **state)
{
    (void)state;
    CLEANUP(words_free_cleanup)
    struct words *w = list("# remark\n\n*,boat,3\r\nen,at the pier,5\n*,film,-4\n*,stab*,7");
    assert_int_equal(words_count(w), 4);
    assert_int_equal(weigh(w, "en", "The BOAT, the boat!"), 3);
    assert_int_equal(weigh(w, "en", "a boat at the pier"), 8);
    assert_int_equal(weigh(w, "en", "a film of a boat"), -1);
    assert_int_equal(weigh(w, "en", "stabbed"), 7);
    assert_int_equal(weigh(w, "en", "boats at a pier"), 0);
    assert_int_equal(weigh(w, "en", "at the"), 0);
    assert_int_equal(weigh(w, "en", ""), 0);
}

static void words__weigh__by_language(void **state)
{
    (void)state;
    CLEANUP(words_free_cleanup) struct words *w = list("de,tot,4\n*,bomb,5\n");
    assert_int_equal(weigh(w, "de", "tot"), 4);
    assert_int_equal(weigh(w, "", "tot"), 4);
    assert_int_equal(weigh(w, "en", "tot"), 0);
    assert_int_equal(weigh(w, "en", "bomb"), 5);
}

static void words__weigh__with_others_between(void **state)
{
    (void)state;
    CLEANUP(words_free_cleanup) struct words *w = list("*,want … dead,10\n*,burn...the house,3\n");
    assert_int_equal(weigh(w, "", "I want dead"), 10);
    assert_int_equal(weigh(w, "", "I want that rat Mike dead tonight"), 10);
    assert_int_equal(weigh(w, "", "want one two three four five dead"), 10);
    assert_int_equal(weigh(w, "", "want one two three four five six dead"), 0);
    assert_int_equal(weigh(w, "", "want to want one two three four him dead"), 10);
    assert_int_equal(weigh(w, "", "dead want"), 0);
    assert_int_equal(weigh(w, "", "burn down the house"), 3);
    assert_int_equal(weigh(w, "", "burn the big house"), 0);
}

static void words__weigh__says_where(void **state)
{
    (void)state;
    CLEANUP(words_free_cleanup) struct words *w = list("*,kill him,10\n*,boat,1\n");
    struct words_found found[1];
    size_t count;
    const char *said = "the boat. Kill him";
    assert_int_equal(words_weigh(w, text, "", said, strlen(said), found, 1, &count), 11);
    assert_int_equal(count, 1);
    assert_string_equal(found[0].row, "boat");
    assert_int_equal(found[0].start, 4);
    assert_int_equal(found[0].end, 8);
    assert_int_equal(found[0].weight, 1);
}

static void words__weigh__other_scripts(void **state)
{
    (void)state;
    CLEANUP(words_free_cleanup) struct words *w = list("ru,убить,9\nzh,杀了他,10\nth,มือปืน,10\n");
    assert_int_equal(weigh(w, "ru", "Надо УБИТЬ его"), 9);
    assert_int_equal(weigh(w, "zh", "今晚杀了他"), 10);
    assert_int_equal(weigh(w, "th", "มือปืนมาแล้ว"), 10);
    assert_int_equal(weigh(w, "ru", "Надо купить хлеба"), 0);
}

static void words__read__says_which_row_is_wrong(void **state)
{
    (void)state;
    const struct {
        const char *csv;
        int code;
        const char *said;
    } wrong[] = {
        {"*,a,1\nboat", ERR_FORMAT, "row 2"},
        {"boat,3", ERR_FORMAT, "row 1"},
        {"engl,boat,3", ERR_FORMAT, "language"},
        {",boat,3", ERR_FORMAT, "language"},
        {"en,boat,", ERR_FORMAT, "number"},
        {"en,boat,x", ERR_FORMAT, "weight"},
        {"en,boat,0", ERR_FORMAT, "weight"},
        {"en,boat,101", ERR_FORMAT, "weight"},
        {"en,boat,-101", ERR_FORMAT, "weight"},
        {"en,boat,1e1", ERR_FORMAT, "weight"},
        {"en,...,3", ERR_FORMAT, "no word"},
        {"en,*,3", ERR_FORMAT, "no word"},
        {"en,a b c d e f g h i,3", ERR_LIMIT, "too many words"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct words *w = NULL;
        struct diag d = {.text = ""};
        assert_int_equal(words_read(wrong[i].csv, strlen(wrong[i].csv), text, &w, &d),
                         wrong[i].code);
        assert_non_null(strstr(d.text, wrong[i].said));
        assert_null(w);
    }
}

static void words__read__so_many_rows(void **state)
{
    (void)state;
    CLEANUP_BUF struct buf b = BUF_INIT(WORDS_BYTES_MAX + 16);
    struct words *w;
    for (size_t i = 0; i < WORDS_ROWS_MAX; i++)
        buf_put_text(&b, "*,a,1\n");
    w = list(buf_text(&b));
    assert_int_equal(words_count(w), WORDS_ROWS_MAX);
    words_free(w);
    buf_put_text(&b, "*,a,1\n");
    assert_int_equal(words_read((const char *)b.data, b.len, text, &w, NULL), ERR_LIMIT);
    assert_int_equal(words_read((const char *)b.data, WORDS_BYTES_MAX + 1, text, &w, NULL),
                     ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words__weigh__each_row_once),
        cmocka_unit_test(words__weigh__by_language),
        cmocka_unit_test(words__weigh__with_others_between),
        cmocka_unit_test(words__weigh__says_where),
        cmocka_unit_test(words__weigh__other_scripts),
        cmocka_unit_test(words__read__says_which_row_is_wrong),
        cmocka_unit_test(words__read__so_many_rows),
    };
    return cmocka_run_group_tests_name("rules/words", tests, open_text, close_text);
}
