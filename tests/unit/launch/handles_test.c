#include "support.h"

#include "launch/handles.h"

static struct handles *open_handles(const char *path)
{
    struct handles *h = NULL;
    struct diag d;
    if (handles_open(path, &h, &d) != 0)
        fail_msg("%s", d.text);
    return h;
}

static void handles__of__makes_what_an_address_allows(void **state)
{
    static const char *const pairs[][2] = {
        {"anna@one.example", "anna"},
        {"Jeff.Dasovich@enron.com", "jeff.dasovich"},
        {"a_b-c.9@x", "a_b-c.9"},
        {"no at sign", "no-at-sign"},
        {"'quoted'@x", "quoted-"},
        {"..dots@x", "dots"},
        {"two   spaces@x", "two-spaces"},
        {"\xc3\xa9t\xc3\xa9@x", "t-"},
        {"@nobody", "device"},
        {"!!!@x", "device-2"},
        {"", "device-3"},
    };
    CLEANUP_FREE char *path = file_join(*state, "handles.jsonl");
    CLEANUP(handles_free_cleanup) struct handles *h = open_handles(path);
    for (size_t i = 0; i < COUNT(pairs); i++) {
        assert_string_equal(handles_of(h, pairs[i][0]), pairs[i][1]);
        assert_true(value_handle_valid(pairs[i][1]));
    }
    assert_int_equal(handles_count(h), COUNT(pairs));
}

static void handles__of__gives_no_handle_twice(void **state)
{
    CLEANUP_FREE char *path = file_join(*state, "handles.jsonl");
    CLEANUP(handles_free_cleanup) struct handles *h = open_handles(path);
    assert_string_equal(handles_of(h, "anna@one"), "anna");
    assert_string_equal(handles_of(h, "Anna@one"), "anna-2"); /* addresses are not folded */
    assert_string_equal(handles_of(h, "anna-3@one"), "anna-3");
    assert_string_equal(handles_of(h, "anna@two"), "anna-4");
    assert_string_equal(handles_of(h, "anna@one"), "anna");
    assert_int_equal(handles_count(h), 4);
}

static void handles__of__cuts_a_long_address(void **state)
{
    CLEANUP_FREE char *path = file_join(*state, "handles.jsonl");
    CLEANUP(handles_free_cleanup) struct handles *h = open_handles(path);
    for (int i = 0; i < 12; i++) {
        CLEANUP_FREE char *stem = repeat('a', 300);
        CLEANUP_FREE char *address = mem_format("%s@%d", stem, i);
        assert_true(value_handle_valid(handles_of(h, address)));
    }
    assert_int_equal(handles_count(h), 12);
}

static void handles__find__knows_only_what_was_made(void **state)
{
    CLEANUP_FREE char *path = file_join(*state, "handles.jsonl");
    CLEANUP(handles_free_cleanup) struct handles *h = open_handles(path);
    handles_of(h, "anna@one");
    handles_of(h, "bert@one");
    assert_string_equal(handles_find(h, "bert@one"), "bert");
    assert_null(handles_find(h, "bert"));
    assert_null(handles_find(h, "carla@one"));
    assert_int_equal(handles_number(h, "bert@one"), 1);
    assert_string_equal(handles_at(h, 0), "anna");
    handles_free(NULL);
}

static void handles__save__gives_the_same_in_a_second_run(void **state)
{
    CLEANUP_FREE char *path = file_join(*state, "handles.jsonl");
    CLEANUP(handles_free_cleanup) struct handles *first = open_handles(path);
    handles_of(first, "anna@two");
    handles_of(first, "anna@one");
    handles_of(first, "\"quoted\" \\ address");
    assert_int_equal(handles_save(first, path, NULL), 0);
    CLEANUP(handles_free_cleanup) struct handles *second = open_handles(path);
    assert_int_equal(handles_count(second), 3);
    /* Asked in another order, each keeps its own. */
    assert_string_equal(handles_of(second, "anna@one"), "anna-2");
    assert_string_equal(handles_of(second, "anna@two"), "anna");
    assert_int_equal(handles_number(second, "\"quoted\" \\ address"), 2);
    assert_string_equal(handles_of(second, "anna@three"), "anna-3");
}

static void handles__save__refuses_what_json_cannot_hold(void **state)
{
    CLEANUP_FREE char *path = file_join(*state, "handles.jsonl");
    CLEANUP(handles_free_cleanup) struct handles *h = open_handles(path);
    struct diag d;
    handles_of(h, "\xff@x");
    assert_int_equal(handles_save(h, path, &d), ERR_FORMAT);
    assert_false(file_exists(path));
}

static void handles__open__refuses_other_lines(void **state)
{
    static const char good[] = "{\"address\":\"anna@x\",\"handle\":\"anna\"}\n";
    static const char *const bad[] = {
        "x\n",
        "[]\n",
        "{\"address\":\"bert@x\"}\n",
        "{\"handle\":\"bert\"}\n",
        "{\"address\":\"bert@x\",\"handle\":\"Bert\"}\n", /* not a handle */
        "{\"address\":\"bert@x\",\"handle\":\"../b\"}\n",
        "{\"address\":\"bert@x\",\"handle\":\"anna\"}\n", /* taken */
        "{\"address\":\"anna@x\",\"handle\":\"bert\"}\n", /* known */
        "{\"address\":\"bert@x\",\"address\":\"b@x\",\"handle\":\"bert\"}\n",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct handles *h = NULL;
        struct diag d;
        CLEANUP_FREE char *text = mem_format("%s%s", good, bad[i]);
        CLEANUP_FREE char *path = put_text(*state, "handles.jsonl", text);
        assert_int_equal(handles_open(path, &h, &d), ERR_FORMAT);
        assert_says(d.text, path);
        assert_says(d.text, "line 2");
        assert_null(h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(handles__of__makes_what_an_address_allows),
        FOLDER_TEST(handles__of__gives_no_handle_twice),
        FOLDER_TEST(handles__of__cuts_a_long_address),
        FOLDER_TEST(handles__find__knows_only_what_was_made),
        FOLDER_TEST(handles__save__gives_the_same_in_a_second_run),
        FOLDER_TEST(handles__save__refuses_what_json_cannot_hold),
        FOLDER_TEST(handles__open__refuses_other_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
