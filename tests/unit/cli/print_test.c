/* cmocka has a print_message of its own: see print_renamed.c. */
#define print_message shown_message
#include "cli/print.h"
#undef print_message

#include "capture.h"
#include "wire/test.h"

static const char policy_text[] =
    "{\"account\":\"anna@chat.example\",\"network\":\"chat.example\",\"kind\":\"live\","
    "\"policy\":{\"serial\":3,\"issued\":\"2021-06-07T00:00:00.000Z\",\"notice\":\"Kept.\\nAll.\","
    "\"without_warrant\":\"stop\"},\"readers\":[\"north\",\"south\"],\"warrants\":[{\"id\":"
    "\"2021-0001\",\"authority\":\"Court\\u001b[2J\",\"from\":\"2021-06-07\",\"until\":"
    "\"2021-09-04\",\"scope\":\"all\",\"exclude\":[\"DE\",\"NL\"],\"names_you\":true,"
    "\"in_force\":true,\"bot\":\"ibot.chat.example\",\"agencies\":[{\"name\":\"north\","
    "\"recipient\":\"age1n\"},{\"name\":\"south\",\"recipient\":\"age1s\"}]}]}";

static json_t *json(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    assert_non_null(o);
    return o;
}

static const char *printed(void)
{
    const char *out, *error;
    capture_end(&out, &error);
    assert_string_equal(error, "");
    return out;
}

static void assert_prints(const char *text, size_t len, const char *expected)
{
    capture_begin();
    print_text(text, len, 3);
    assert_string_equal(printed(), expected);
}

static void print__text__keeps_what_is_harmless(void **state)
{
    (void)state;
    assert_prints("plain \xc3\xa9 \xe2\x86\x92 \xf0\x9f\x99\x82", 17,
                  "plain \xc3\xa9 \xe2\x86\x92 \xf0\x9f\x99\x82");
    assert_prints("", 0, "");
    assert_prints("one\ntwo\tx", 9, "one\n   two x");
}

static void print__text__shows_no_control_character(void **state)
{
    (void)state;
#define BAD "\xef\xbf\xbd"
    assert_prints("\x1b[2J", 4, BAD "[2J");
    assert_prints("a\rb\x7f\b", 5, "a" BAD "b" BAD BAD);
    assert_prints("a\0b", 3, "a" BAD "b");
    /* U+009B is a control sequence in one character; U+00A0 is none. */
    assert_prints("\xc2\x9b"
                  "2J\xc2\xa0",
                  6, BAD "2J\xc2\xa0");
    assert_prints("\xc2", 1, "\xc2"); /* nothing behind it */
}

static void print__json__is_one_line(void **state)
{
    (void)state;
    json_t *o = json("{\"a\": [1, \"x\\ny\"]}");
    capture_begin();
    print_json(o);
    assert_string_equal(printed(), "{\"a\":[1,\"x\\ny\"]}\n");
    json_decref(o);
}

static void print__heading__is_plain_in_a_file(void **state)
{
    (void)state;
    capture_begin();
    print_heading("Title");
    assert_string_equal(printed(), "Title\n");
}

static void print__list__says_none_when_it_is_empty(void **state)
{
    (void)state;
    json_t *empty = json("[]"), *two = json("[\"a\",\"b\\u001b\"]");
    capture_begin();
    print_list(empty, ", ");
    print_list(two, " + ");
    print_list(NULL, ", ");
    assert_string_equal(printed(), "nonea + b" BAD "none");
    json_decref(empty);
    json_decref(two);
}

static void print__message__says_who_can_read_it(void **state)
{
    (void)state;
    json_t *policy = json(policy_text);
    json_t *m = json("{\"at\":\"2021-06-07T10:11:12.123Z\",\"from\":\"anna@chat.example\",\"to\":"
                     "[\"bert@chat.example\"],\"body\":\"Hello\\n\\u001b[1m\",\"archived\":true,"
                     "\"warrants\":[\"2021-0001\",\"2021-0002\"]}");
    capture_begin();
    shown_message(m, policy, "anna@chat.example");
    assert_string_equal(printed(),
                        "2021-06-07 10:11  anna@chat.example (this device) → bert@chat.example\n"
                        "    Hello\n    " BAD "[1m\n"
                        "    [archived under 2021-0001: north, south can read it; 2021-0002]\n");
    capture_begin();
    shown_message(m, NULL, "bert@chat.example");
    assert_string_equal(printed(), "2021-06-07 10:11  anna@chat.example → bert@chat.example\n"
                                   "    Hello\n    " BAD "[1m\n"
                                   "    [archived under 2021-0001; 2021-0002]\n");
    json_decref(m);
    json_decref(policy);
}

static void print__message__says_that_nobody_archived_it(void **state)
{
    (void)state;
    json_t *m = json("{\"at\":\"short\",\"from\":\"a@x\",\"to\":[],\"body\":\"b\"}");
    capture_begin();
    shown_message(m, NULL, "b@x");
    assert_string_equal(printed(),
                        "short   a@x → none\n    b\n    [not archived: no warrant covers it]\n");
    json_decref(m);
}

static void print__policy__tells_who_reads_and_until_when(void **state)
{
    (void)state;
    json_t *policy = json(policy_text);
    capture_begin();
    print_policy(policy);
    const char *out = printed();
    assert_says(out, "You, whoever you write to, and today: north, south\n");
    assert_says(out, "Kept.\n  All.");
    assert_says(out, "Warrant 2021-0001, in force\n");
    assert_says(out, "issued by   Court" BAD "[2J\n");
    assert_says(out, "days        2021-06-07 to 2021-09-04\n");
    assert_says(out, "covers      all accounts, except devices in DE, NL\n");
    assert_says(out, "read by     north        age1n\n");
    assert_says(out, "Without a warrant the network rests: nothing is delivered.\n");
    assert_says(out, "Policy 3, issued 2021-06-07.\n");
    json_decref(policy);
}

static void print__policy__says_when_it_is_about_others(void **state)
{
    (void)state;
    json_t *policy = json(policy_text);
    json_t *w = json_array_get(json_object_get(policy, "warrants"), 0);
    json_object_set_new(w, "in_force", json_false());
    json_object_set_new(w, "names_you", json_false());
    json_object_set_new(w, "scope", json_string("accounts"));
    json_object_set_new(w, "accounts", json_integer(7));
    json_object_set_new(json_object_get(policy, "policy"), "without_warrant", json_string("open"));
    json_object_set_new(policy, "kind", json_string("replay"));
    capture_begin();
    print_policy(policy);
    const char *out = printed();
    assert_says(out, "network chat.example (a replay)\n");
    assert_says(out, "Warrant 2021-0001, not in force today\n");
    assert_says(out, "covers      7 named accounts, except devices in DE, NL (not this account)\n");
    assert_says(out, "Without a warrant messages are delivered and not archived.\n");
    json_decref(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(print__text__keeps_what_is_harmless),
        cmocka_unit_test(print__text__shows_no_control_character),
        cmocka_unit_test(print__json__is_one_line),
        cmocka_unit_test(print__heading__is_plain_in_a_file),
        cmocka_unit_test(print__list__says_none_when_it_is_empty),
        cmocka_unit_test(print__message__says_who_can_read_it),
        cmocka_unit_test(print__message__says_that_nobody_archived_it),
        cmocka_unit_test(print__policy__tells_who_reads_and_until_when),
        cmocka_unit_test(print__policy__says_when_it_is_about_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
