/* What is read of a document before it is opened. */
#include "test.h"

#include "wire/document_peek.h"

static const char note[] = "ironside bot 1\n"
                           "bot ibot.chat.example\n"
                           "day 2019-05-01\n"
                           "day 2019-05-02\n"
                           "empty \n"
                           "days\n"
                           "\n"
                           "bot signed.example\n";
#define LEN (sizeof note - 1)

static void assert_peeks(const char *key, const char *value)
{
    CLEANUP_FREE char *got = document_peek(note, LEN, key);
    assert_string_equal(got, value);
}

static void document_peek__first__with_its_key(void **state)
{
    (void)state;
    assert_peeks("bot", "ibot.chat.example");
    assert_peeks("day", "2019-05-01");
    assert_peeks("empty", "");
    assert_peeks("da", "");
    assert_peeks("days", "");
    assert_peeks("ironside", ""); /* the kind is no line of these */
}

static void document_peek__is__a_whole_line_of_the_text(void **state)
{
    (void)state;
    assert_true(document_peek_is(note, LEN, "day", "2019-05-02"));
    assert_false(document_peek_is(note, LEN, "day", "2019-05-0"));
    assert_false(document_peek_is(note, LEN, "day", "2019-05-023"));
    assert_false(document_peek_is(note, LEN, "ironside", "bot 1"));
    assert_false(document_peek_is(note, LEN, "bot", "signed.example")); /* behind the text */
    assert_false(document_peek_is(note, LEN, "days", ""));
}

static void document_peek__count__up_to_each_end(void **state)
{
    (void)state;
    assert_int_equal(document_peek_count(note, LEN, "day"), 2);
    assert_int_equal(document_peek_count(note, LEN, "bot"), 1);
    assert_int_equal(document_peek_count(note, LEN, "none"), 0);
    assert_int_equal(document_peek_count("", 0, "day"), 0);
    for (size_t len = 1; len <= LEN; len++) {
        CLEANUP_FREE char *cut = mem_copy(note, len); /* reading further is seen */
        assert_true(document_peek_count(cut, len, "day") <= 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_peek__first__with_its_key),
        cmocka_unit_test(document_peek__is__a_whole_line_of_the_text),
        cmocka_unit_test(document_peek__count__up_to_each_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
