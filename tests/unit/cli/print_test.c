/* cmocka has a print_message of its own: see print_renamed.c. */
#define print_message shown_message
#include "cli/print.h"
#undef print_message

#include <locale.h>
#include <stdlib.h>

#include "capture.h"
#include "wire/content.h"
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

#define BAD "\xef\xbf\xbd"
#define BAR "  \xe2\x94\x82 "

static void print__json__is_one_line(void **state)
{
    (void)state;
    json_t *o = json("{\"a\": [1, \"x\\ny\"]}");
    capture_begin();
    print_json(o);
    assert_string_equal(printed(), "{\"a\":[1,\"x\\ny\"]}\n");
    json_decref(o);
}

/* All of it is there, and none of it does anything to a terminal or ends a line. */
static void print__json__escapes_what_is_obeyed(void **state)
{
    static const char text[] = "\x1b\x7f \xc2\x85\xc2\x9b \xe2\x80\xa8\xe2\x80\xa9 "
                               "\xe2\x80\xae\xe2\x81\xa6 \xc3\xa9\xd7\xa9\xf0\x9f\x99\x82";
    (void)state;
    json_t *o = json_pack("[s]", text);
    capture_begin();
    print_json(o);
    const char *out = printed();
    assert_string_equal(out, "[\"\\u001B\\u007F \\u0085\\u009B \\u2028\\u2029 \\u202E\\u2066 "
                             "\xc3\xa9\xd7\xa9\xf0\x9f\x99\x82\"]\n");
    json_t *back = json(out);
    assert_true(json_equal(o, back));
    json_decref(back);
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
    struct line l = LINE_INIT;
    capture_begin();
    print_list(&l, empty, ", ");
    print_list(&l, two, " + ");
    print_list(&l, NULL, ", ");
    line_end(&l, 0);
    assert_string_equal(printed(), "nonea + b" BAD "none\n");
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
                        "2021-06-07 12:11 +02:00  anna@chat.example (this device) → "
                        "bert@chat.example\n" BAR "Hello\n" BAR BAD "[1m\n"
                        "    [archived under 2021-0001: north, south can read it; 2021-0002]\n");
    capture_begin();
    shown_message(m, NULL, "bert@chat.example");
    assert_string_equal(printed(),
                        "2021-06-07 12:11 +02:00  anna@chat.example → bert@chat.example\n" BAR
                        "Hello\n" BAR BAD "[1m\n"
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
                        "short  a@x → none\n" BAR "b\n    [not archived: no warrant covers it]\n");
    json_decref(m);
}

#define SPACES_80 "                                                                                "
#define FORGED "2026-11-28 22:40 UTC  anna@trial.example → erik@trial.example"

/* Whatever a message holds and wherever: the only line that begins with a time is its header. */
static void assert_one_header(const char *out, const char *header)
{
    assert_memory_equal(out, header, strlen(header));
    for (const char *line = out; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        assert_true(line == out || line[0] == ' ' || line[0] == '\0');
    }
    assert_null(strstr(out, "\xe2\x80\xae"));
}

static void print__message__lets_nobody_else_speak(void **state)
{
    (void)state;
    json_t *m = json("{\"at\":\"2021-06-07T10:11:12.123Z\",\"from\":\"anna@chat.example\",\"to\":"
                     "[\"bert@chat.example\"],\"body\":\"hi" SPACES_80 FORGED SPACES_80
                     "[archived under 2026-0001]\\r\\n\\u202e" SPACES_80 FORGED "\"}");
    capture_begin();
    shown_message(m, NULL, "bert@chat.example");
    const char *out = printed();
    assert_one_header(out, "2021-06-07 12:11 +02:00  anna@chat.example → bert@chat.example\n");
    assert_says(out, "\xe2\x94\x86 " FORGED "\n");
    assert_says(out, "\xe2\x94\x86 [archived under 2026-0001]\n");
    json_decref(m);
}

static void print__content__lets_nobody_else_speak(void **state)
{
    (void)state;
    json_t *m = json(
        "{\"at\":\"2021-06-07T10:11:12.123Z\",\"from\":\"anna@chat.example\",\"to\":["
        "\"bert@chat.example\"],\"kind\":\"file\",\"name\":\"\\u202e" SPACES_80 FORGED
        "\",\"type\":"
        "\"a/b" SPACES_80 FORGED "\",\"size\":3,\"about\":{\"id\":\"1" SPACES_80 FORGED
        "\",\"from\":\"b@x\"},\"group\":\"g" SPACES_80 FORGED "\",\"until\":\"u" SPACES_80 FORGED
        "\",\"reactions_of\":[{\"from\":\"b@x\",\"reactions\":[\"\\u202e\",\"r" SPACES_80 FORGED
        "\"]}],\"votes\":[{\"option\":\"\\u202eo" SPACES_80 FORGED
        "\",\"count\":1,\"from\":[\"" SPACES_80 FORGED "\"]}],\"read_by\":[\"" SPACES_80 FORGED
        "\"],\"archived\":true,\"warrants\":[\"" SPACES_80 FORGED "\"]}");
    capture_begin();
    shown_message(m, NULL, "bert@chat.example");
    assert_one_header(printed(),
                      "2021-06-07 12:11 +02:00  anna@chat.example → bert@chat.example\n");
    capture_begin();
    json_object_set_new(m, "kind", json_string("edit"));
    shown_message(m, NULL, "bert@chat.example");
    assert_one_header(printed(),
                      "2021-06-07 12:11 +02:00  anna@chat.example → bert@chat.example\n");
    capture_begin();
    print_notice("the group " SPACES_80 FORGED " was changed at 2021-06-07T10:11:12.123Z");
    const char *out = printed();
    assert_one_header(out, "    ! the group\n");
    assert_says(out, "2021-06-07 12:11 +02:00");
    json_decref(m);
}

static void print__content__polls_and_votes(void **state)
{
    (void)state;
    json_t *m = json("{\"kind\":\"poll\",\"votes\":[{\"option\":\"Pizza\",\"count\":2,\"from\":["
                     "\"anna@x\",\"bert@x\"]},{\"option\":\"Soup\",\"count\":0,\"from\":[]}]}");
    capture_begin();
    print_content(m);
    assert_string_equal(printed(), "    2 for Pizza: anna@x, bert@x\n    0 for Soup\n");
    json_decref(m);
    m = json("{\"kind\":\"vote\",\"about\":{\"from\":\"anna@x\",\"id\":\"p1\"}}");
    capture_begin();
    print_content(m);
    assert_string_equal(printed(), "    (votes in message p1 of anna@x)\n");
    json_decref(m);
}

/* Each kind that is about a message says so. */
static void print__content__what_is_about_another(void **state)
{
    (void)state;
    for (enum content_kind k = CONTENT_TEXT; k < CONTENT_KINDS; k++) {
        bool about = content_traits(k)->about != CONTENT_BY_ITSELF;
        json_t *m = json_pack("{ss s{ss ss}}", "kind", content_kind_text(k), "about", "from",
                              "anna@x", "id", "m1");
        capture_begin();
        print_content(m);
        const char *out = printed();
        assert_int_equal(strstr(out, " message m1 of anna@x)") != NULL, about);
        assert_null(strstr(out, "null"));
        json_decref(m);
    }
}

static void print__policy__tells_who_reads_and_until_when(void **state)
{
    (void)state;
    json_t *policy = json(policy_text);
    capture_begin();
    print_policy(policy);
    const char *out = printed();
    assert_says(out, "You, whoever you write to, and today: north, south\n");
    assert_says(out, BAR "Kept.\n" BAR "All.\n");
    assert_says(out, "Warrant 2021-0001, in force\n");
    assert_says(out, "issued by   Court" BAD "[2J\n");
    assert_says(out, "days        2021-06-07 to 2021-09-04 (UTC)\n");
    assert_says(out, "covers      all accounts, except devices in DE, NL\n");
    assert_says(out, "read by     north        age1n\n");
    assert_says(out, "Without a warrant the network rests: nothing is delivered.\n");
    assert_says(out, "Policy 3, issued 2021-06-07 02:00 +02:00.\n");
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

#define GOES_ON "\n    \xe2\x94\x86 " /* a line that was too long */

/* What its agencies use a warrant's archive for, in words; long lines are put together again. */
static const char *uses_printed(const char *north, const char *south)
{
    static char flat[8192];
    json_t *policy = json(policy_text);
    json_t *w = json_array_get(json_object_get(policy, "warrants"), 0);
    json_t *agencies = json_object_get(w, "agencies");
    json_object_update_new(json_array_get(agencies, 0), json(north));
    json_object_update_new(json_array_get(agencies, 1), json(south));
    capture_begin();
    print_policy(policy);
    json_decref(policy);
    snprintf(flat, sizeof flat, "%s", printed());
    for (char *at; (at = strstr(flat, GOES_ON)) != NULL;) {
        *at = ' ';
        memmove(at + 1, at + strlen(GOES_ON), strlen(at + strlen(GOES_ON)) + 1);
    }
    return flat;
}

#define STATED(counts, left_out)                                                                   \
    "{\"desk\":\"K\",\"use\":{\"day\":\"2021-06-08\"," counts ",\"left_out\":" left_out "},"       \
    "\"silent_since\":"
#define COUNTS "\"users\":2,\"searches\":3,\"opened\":12,\"exported\":4,\"passed\":0"
#define ONES "\"users\":1,\"searches\":1,\"opened\":1,\"exported\":0,\"passed\":0"

static void print__policy__says_what_it_was_used_for(void **state)
{
    (void)state;
    const char *out = uses_printed("{\"desk\":null}", "{}");
    assert_says(out, "used        this warrant names no desk: its use is not stated\n");
    assert_null(strstr(out, "desk of"));
    out = uses_printed(STATED(COUNTS, "0") "null}", "{\"desk\":null}");
    assert_says(out, "used        the desk of north: 3 searches, 12 messages opened, 4 exported, 0 "
                     "passed on, by 2 users, on 2021-06-08 (UTC)\n");
    assert_says(out, "used        this warrant names no desk of south: its use is not stated\n");
    out = uses_printed(STATED(ONES, "2") "\"2021-06-08\"}", "{\"desk\":\"K\"}");
    assert_says(out, "the desk of north: 1 search, 1 message opened, 0 exported, 0 passed on, by 1 "
                     "user, on 2021-06-08 (UTC); of the warrant's days until then it left out 2; "
                     "nothing heard since 2021-06-08\n");
    /* At the activation nothing is known yet. */
    assert_says(out,
                "used        the desk of south: it is to state each day what it uses this for\n");
    out = uses_printed("{\"desk\":\"K\",\"use\":null,\"silent_since\":\"2021-06-07\"}", "{}");
    assert_says(out, "used        the desk of north: nothing heard since 2021-06-07\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(print__json__is_one_line),
        cmocka_unit_test(print__json__escapes_what_is_obeyed),
        cmocka_unit_test(print__message__lets_nobody_else_speak),
        cmocka_unit_test(print__content__lets_nobody_else_speak),
        cmocka_unit_test(print__content__polls_and_votes),
        cmocka_unit_test(print__content__what_is_about_another),
        cmocka_unit_test(print__heading__is_plain_in_a_file),
        cmocka_unit_test(print__list__says_none_when_it_is_empty),
        cmocka_unit_test(print__message__says_who_can_read_it),
        cmocka_unit_test(print__message__says_that_nobody_archived_it),
        cmocka_unit_test(print__policy__tells_who_reads_and_until_when),
        cmocka_unit_test(print__policy__says_when_it_is_about_others),
        cmocka_unit_test(print__policy__says_what_it_was_used_for),
    };
    setlocale(LC_ALL, "C.UTF-8");
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    unsetenv("COLUMNS");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
