/* A list of words or accounts as one search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "asking.h"
#include "base/secret.h"

static struct told list_of(struct small_desk *s, const char *csv)
{
    json_t *o = json_pack("{ss}", "csv", csv);
    CLEANUP_FREE char *body = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    return ask_as(s, DESK_REVIEWER, "POST", "/api/lists", body);
}

static void assert_line(const struct told *t, size_t i, int64_t number, const char *text,
                        int64_t count)
{
    const json_t *line = json_array_get(json_object_get(t->json, "lines"), i);
    if (json_integer_value(json_object_get(line, "line")) != number ||
        strcmp(text_at(line, "text"), text) != 0 ||
        json_integer_value(json_object_get(line, "count")) != count)
        fail_msg("line %d is not %lld '%s', %lld: %s", (int)i, (long long)number, text,
                 (long long)count, t->text);
    assert_true(json_is_true(json_object_get(line, "exact")));
}

static void assert_problem(const struct told *t, size_t i, const char *problem, int64_t offset)
{
    const json_t *line = json_array_get(json_object_get(t->json, "lines"), i);
    if (strstr(text_at(line, "problem"), problem) == NULL)
        fail_msg("'%s' is not '%s'", text_at(line, "problem"), problem);
    assert_int_equal(json_integer_value(json_object_get(line, "offset")), offset);
}

static void api__list__says_of_each_line_how_many(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t = list_of(s, "\xef\xbb\xbf"
                                            "cash,a remark\r\n"
                                            "\"at the pier\";\"two\nlines\"\r\n"
                                            "\r\n"
                                            "anna@chat.example\r\n"
                                            "pie*\n"
                                            "elsewhere");
    assert_status(&t, 200);
    assert_int_equal(json_array_size(json_object_get(t.json, "lines")), 5);
    assert_line(&t, 0, 1, "cash", SMALL_DESK_MESSAGES / 2);
    assert_line(&t, 1, 2, "at the pier", SMALL_DESK_MESSAGES);
    assert_line(&t, 2, 5, "anna@chat.example", 27);
    assert_line(&t, 3, 6, "pie*", SMALL_DESK_MESSAGES);
    assert_line(&t, 4, 7, "elsewhere", 0);
    assert_int_equal(number_at(&t, "count"), SMALL_DESK_MESSAGES);
    assert_int_equal(last_of(s).action, ACCESS_SEARCH);
    assert_non_null(strstr(last_of(s).what, "a list of 5: cash OR \"at the pier\" OR with:"));
}

static void api__list__is_one_search(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t = list_of(s, "number 3\nnumber 5\nnumber 3");
    assert_int_equal(number_at(&t, "count"), 2);
    CLEANUP_BUF struct buf query = BUF_INIT(1024);
    for (const char *at = text_at(t.json, "query"); *at != '\0'; at++)
        buf_format(&query, *at == ' ' || *at == '"' ? "%%%02X" : "%c", (unsigned char)*at);
    assert_int_equal(hits_of(s, buf_text(&query)), 2);
}

static void api__list__says_what_is_wrong_and_where(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t = list_of(s, "cash\n"
                                            "\"an open quote\n"
                                            "zoe@chat.example\n"
                                            "!!!\n"
                                            "\"cash\" or,so\n"
                                            "meet");
    assert_status(&t, 200);
    assert_line(&t, 0, 1, "cash", SMALL_DESK_MESSAGES / 2);
    assert_problem(&t, 0, "", 0);
    assert_problem(&t, 1, "quote", 0);
    assert_line(&t, 2, 3, "zoe@chat.example", 0);
    assert_problem(&t, 2, "there is no account zoe@chat.example", 0);
    assert_line(&t, 3, 4, "!!!", 0);
    assert_problem(&t, 3, "word", 0);
    assert_problem(&t, 4, "quote", 6);
    assert_line(&t, 5, 6, "meet", SMALL_DESK_MESSAGES / 2);
    assert_int_equal(number_at(&t, "count"), SMALL_DESK_MESSAGES);
}

static void assert_refused(struct small_desk *s, const char *csv, const char *code)
{
    CLEANUP_TOLD struct told t = list_of(s, csv);
    assert_string_equal(told_code(&t), code);
}

static void api__list__refuses_what_is_no_one_search(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_BUF struct buf many = BUF_INIT(59000), wide = BUF_INIT(59000);
    for (unsigned i = 0; i < 501; i++)
        buf_format(&many, "w%u\n", i);
    for (unsigned i = 0; i < 60; i++)
        buf_format(&wide, "%0200u\n", i);
    assert_refused(s, buf_text(&many), "too-long");
    assert_refused(s, buf_text(&wide), "too-long");
    assert_refused(s, "!!!\n\n", "malformed");
}

static void api__list__header_is_left_out(void **state)
{
    struct small_desk *s = *state;
    CLEANUP_TOLD struct told t = list_of(s, "\xef\xbb\xbf"
                                            "Keywords;since\r\ncash;2026\nwords\n");
    CLEANUP_TOLD struct told none = list_of(s, "cash\nkeywords\nelsewhere"),
                             alone = list_of(s, "words");
    assert_status(&t, 200);
    assert_string_equal(text_at(t.json, "header"), "Keywords");
    assert_int_equal(json_array_size(json_object_get(t.json, "lines")), 2);
    assert_line(&t, 0, 2, "cash", SMALL_DESK_MESSAGES / 2);
    assert_line(&t, 1, 3, "words", 0);
    assert_string_equal(text_at(none.json, "header"), "");
    assert_line(&none, 1, 2, "keywords", 0);
    assert_string_equal(text_at(alone.json, "header"), "");
    assert_line(&alone, 0, 1, "words", 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ASKING_TEST(api__list__says_of_each_line_how_many),
        ASKING_TEST(api__list__header_is_left_out),
        ASKING_TEST(api__list__is_one_search),
        ASKING_TEST(api__list__says_what_is_wrong_and_where),
        ASKING_TEST(api__list__refuses_what_is_no_one_search),
    };
    secret_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
