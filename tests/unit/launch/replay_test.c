/* The survey: what is checked before anything starts. Replaying itself is a scenario's. */
#include "support.h"

#include "launch/handles.h"
#include "launch/replay.h"
#include "launch/replay_line.h"
#include "network/settings.h"

#define LINE(id, ts, from, to)                                                                     \
    "{\"id\":\"" id "\",\"ts\":\"" ts "\",\"from\":\"" from "\",\"to\":[" to "],\"body\":\"b\"}\n"

static const char two[] = LINE("m1", "2000-02-13T08:00:00.500Z", "anna@x", "\"bert@x\"")
    LINE("m2", "2000-02-13T08:00:00.500Z", "bert@x", "\"anna@x\",\"Carla@x\"");

static void put_settings(const char *folder)
{
    const struct settings s = {
        .domain = "chat.example", .host = "127.0.0.1", .port = 5222, .replay = true};
    assert_int_equal(settings_write(folder, &s, NULL), 0);
}

static int survey(const char *folder, const char *text, int64_t *ret_first,
                  struct replay_counts *ret, struct diag *d)
{
    CLEANUP_FREE char *file = put_text(folder, "messages.jsonl", text);
    put_settings(folder);
    return replay_survey(file, folder, false, ret_first, ret, d);
}

/* What no message can be made of, between two that are. */
static void replay__survey__passes_over_what_it_is_told_to(void **state)
{
    CLEANUP_FREE char *long_text = repeat('x', VALUE_BODY_MAX + 1);
    CLEANUP_FREE char *long_line = repeat('x', 2 * REPLAY_LINE_MAX);
    CLEANUP_FREE char *text =
        mem_format(LINE("m1", "2001-05-03T14:00:00Z", "anna@x",
                        "\"bert@x\"") "{\"id\":\"m2\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":"
                                      "\"anna@x\",\"to\":[\"cara@x\"],\"body\":\"%s\"}\n"
                                      "{\"id\":\"m3\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":"
                                      "\"anna@x\",\"to\":[\"cara@x\"],\"body\":\"%s\"}\n"
                                      "{\"id\":\"m4\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":"
                                      "\"anna@x\",\"to\":[\"cara@x\"],\"body\":\"\\u0000\"}\n"
                                      "{\"id\":\"m5\",\"ts\":\"2001-05-03T14:00:00Z\",\"from\":"
                                      "\"anna@x\",\"to\":[\"cara@x\"],\"body\":\"\\ud83d\"}\n"
                                      "no message\n" LINE("m6", "2001-05-03T14:00:01Z", "bert@x",
                                                          "\"anna@x\""),
                   long_text, long_line);
    CLEANUP_FREE char *file = put_text(*state, "messages.jsonl", text);
    struct replay_counts c;
    int64_t first;
    struct diag d;
    put_settings(*state);
    assert_int_equal(replay_survey(file, *state, false, &first, &c, &d), ERR_LIMIT);
    assert_says(d.text, "line 2: 'body' is longer than 16384 bytes");
    assert_int_equal(replay_survey(file, *state, true, &first, &c, &d), 0);
    assert_true(c.messages == 2 && c.recipients == 2 && c.devices == 2 && c.skipped == 5);
    assert_says(c.first_skipped, "line 2: 'body' is longer than 16384 bytes");
    /* In the wrong order: that is the file's, not the line's. */
    CLEANUP_FREE char *back =
        put_text(*state, "back.jsonl",
                 LINE("m1", "2001-05-03T14:00:00Z", "anna@x", "\"bert@x\"")
                     LINE("m2", "2001-05-02T14:00:00Z", "anna@x", "\"bert@x\""));
    assert_int_equal(replay_survey(back, *state, true, &first, &c, &d), ERR_FORMAT);
    assert_says(d.text, "line 2 is earlier");
    CLEANUP_FREE char *none = put_text(*state, "none.jsonl", "{}\n");
    assert_int_equal(replay_survey(none, *state, true, &first, &c, &d), ERR_FORMAT);
    assert_says(d.text, "holds no message");
    assert_int_equal(c.skipped, 1);
}

static void replay__survey__counts_and_gives_the_first_instant(void **state)
{
    struct replay_counts c;
    int64_t first = 0;
    struct diag d;
    if (survey(*state, two, &first, &c, &d) != 0)
        fail_msg("%s", d.text);
    assert_true(first == INT64_C(950428800500));
    assert_true(c.messages == 2 && c.recipients == 3 && c.devices == 3);
    assert_true(c.sent == 0 && c.delivered == 0);
}

static void replay__survey__keeps_the_handles_for_the_next_run(void **state)
{
    struct replay_counts c;
    int64_t first;
    assert_int_equal(survey(*state, two, &first, &c, NULL), 0);
    CLEANUP_FREE char *path = mem_format("%s/replay/handles.jsonl", (char *)*state);
    CLEANUP(handles_free_cleanup) struct handles *h = NULL;
    assert_int_equal(handles_open(path, &h, NULL), 0);
    assert_string_equal(handles_find(h, "Carla@x"), "carla");
    /* Another file on the same network: its addresses come behind. */
    assert_int_equal(survey(*state, LINE("m1", "2001-01-01T00:00:00.000Z", "dora@x", "\"anna@x\""),
                            &first, &c, NULL),
                     0);
    assert_true(c.messages == 1 && c.devices == 4);
}

static void assert_refused(void **state, const char *text, int code, const char *part)
{
    struct replay_counts c;
    int64_t first;
    struct diag d = {""};
    CLEANUP_FREE char *handles = mem_format("%s/replay/handles.jsonl", (char *)*state);
    assert_int_equal(survey(*state, text, &first, &c, &d), code);
    assert_says(d.text, "messages.jsonl");
    assert_says(d.text, part);
    assert_false(file_exists(handles));
}

static void replay__survey__refuses_an_empty_file(void **state)
{
    assert_refused(state, "", ERR_FORMAT, "holds no message");
}

static void replay__survey__refuses_a_line_that_is_no_message(void **state)
{
    CLEANUP_FREE char *text = mem_format("%s{}\n", two);
    assert_refused(state, text, ERR_FORMAT, "line 3");
}

static void replay__survey__refuses_an_earlier_line_behind_a_later_one(void **state)
{
    CLEANUP_FREE char *text =
        mem_format("%s%s", two, LINE("m3", "2000-02-13T08:00:00.499Z", "anna@x", "\"bert@x\""));
    assert_refused(state, text, ERR_FORMAT, "line 3 is earlier than the one before: sort it");
}

static void replay__survey__refuses_a_line_over_its_bound(void **state)
{
    CLEANUP_FREE char *blank = repeat(' ', REPLAY_LINE_MAX + 1000);
    assert_refused(state, blank, ERR_LIMIT, "line 1 is longer");
}

static void replay__survey__refuses_a_file_that_is_not_there(void **state)
{
    struct replay_counts c;
    int64_t first;
    struct diag d;
    put_settings(*state);
    assert_int_equal(replay_survey("/nowhere/x.jsonl", *state, false, &first, &c, &d),
                     ERR_NOT_FOUND);
    assert_says(d.text, "/nowhere/x.jsonl");
}

#define GROUP_LINE(id, from, to, more)                                                             \
    "{\"id\":\"" id "\",\"ts\":\"2000-02-13T08:00:00Z\",\"from\":\"" from "\",\"to\":[" to         \
    "],\"kind\":\"group\",\"group\":\"00112233445566778899aabbccddeeff\",\"name\":\"Skat\"" more   \
    "}\n"

/* Who is told of a change is everyone who was or is a member: else the replay would wait for ever.
 */
static void replay__survey__checks_who_is_in_a_group(void **state)
{
    static const char made[] = GROUP_LINE("m1", "anna@x", "\"bert@x\",\"carla@x\"", "");
    static const struct {
        const char *line, *says;
    } wrong[] = {
        {GROUP_LINE("m2", "dora@x", "\"anna@x\",\"bert@x\",\"carla@x\"", ""),
         "line 2: dora@x is not in the group Skat"},
        {GROUP_LINE("m2", "anna@x", "\"bert@x\"", ""),
         "line 2: 'to' leaves out carla@x, who is in the group Skat"},
        {GROUP_LINE("m2", "anna@x", "\"bert@x\",\"carla@x\",\"dora@x\"",
                    ",\"remove\":[\"dora@x\"]"),
         "line 2: 'remove' names dora@x, who is not in the group Skat"},
    };
    struct replay_counts c;
    int64_t first;
    struct diag d;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CLEANUP_FREE char *text = mem_format("%s%s", made, wrong[i].line);
        assert_refused(state, text, ERR_FORMAT, wrong[i].says);
    }
    /* One leaves, another comes, and who has left need not be told of what comes later. */
    CLEANUP_FREE char *good = mem_format(
        "%s%s%s", made,
        GROUP_LINE("m2", "anna@x", "\"bert@x\",\"carla@x\"", ",\"remove\":[\"carla@x\"]"),
        GROUP_LINE("m3", "bert@x", "\"anna@x\",\"dora@x\"", ""));
    if (survey(*state, good, &first, &c, &d) != 0)
        fail_msg("%s", d.text);
    assert_true(c.messages == 3 && c.recipients == 6 && c.devices == 4);
}

static void replay__survey__looks_for_files(void **state)
{
    static const char line[] = "{\"id\":\"m1\",\"ts\":\"2000-02-13T08:00:00Z\",\"from\":\"anna@x\","
                               "\"to\":[\"bert@x\"],\"kind\":\"file\",\"file\":\"door.jpg\","
                               "\"as\":\"photo\"}\n";
    struct settings s = {
        .domain = "chat.example", .host = "127.0.0.1", .port = 5222, .replay = true};
    struct replay_counts c;
    int64_t first;
    struct diag d;
    assert_refused(state, line, ERR_INVALID_STATE, "line 1: the network has no upload host");
    CLEANUP_FREE char *file = put_text(*state, "messages.jsonl", line);
    s.upload_port = 5223;
    assert_int_equal(settings_write(*state, &s, NULL), 0);
    assert_int_equal(replay_survey(file, *state, false, &first, &c, &d), ERR_NOT_FOUND);
    assert_says(d.text, "door.jpg");
    CLEANUP_FREE char *photo = put_text(*state, "door.jpg", "x");
    assert_int_equal(replay_survey(file, *state, false, &first, &c, &d), 0);
}

static void replay__survey__refuses_damaged_handles(void **state)
{
    struct replay_counts c;
    int64_t first;
    struct diag d;
    CLEANUP_FREE char *folder = file_join(*state, "replay");
    assert_int_equal(file_make_folder(folder, 0700, NULL), 0);
    CLEANUP_FREE char *handles = put_text(folder, "handles.jsonl", "damaged\n");
    assert_int_equal(survey(*state, two, &first, &c, &d), ERR_FORMAT);
    assert_says(d.text, handles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(replay__survey__counts_and_gives_the_first_instant),
        FOLDER_TEST(replay__survey__keeps_the_handles_for_the_next_run),
        FOLDER_TEST(replay__survey__passes_over_what_it_is_told_to),
        FOLDER_TEST(replay__survey__refuses_an_empty_file),
        FOLDER_TEST(replay__survey__refuses_a_line_that_is_no_message),
        FOLDER_TEST(replay__survey__refuses_an_earlier_line_behind_a_later_one),
        FOLDER_TEST(replay__survey__refuses_a_line_over_its_bound),
        FOLDER_TEST(replay__survey__refuses_a_file_that_is_not_there),
        FOLDER_TEST(replay__survey__checks_who_is_in_a_group),
        FOLDER_TEST(replay__survey__looks_for_files),
        FOLDER_TEST(replay__survey__refuses_damaged_handles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
